//! Bookings: rooms and equipment with rates and hours, who has booked them when, and calendars of that. One file a subject.

pub mod bookings;
pub mod feeds;
mod loading;
pub mod mutations;
pub mod public;
pub mod rooms;
pub mod settings;

pub(in crate::graphql) use loading::PartyNamed;
