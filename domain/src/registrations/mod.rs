//! Registrations: codes of recordings, releases, and works as societies know them; what is sent to societies and distributors, and what comes back.
//!
//! The formats are `interchange`'s ([`interchange::cwr`], [`interchange::ern`]); here stand the facts that they are made of, the numbers that are given out
//! without a gap, and what was sent, which never changes. Writers and their shares are those of the executed split, their names and numbers those of the
//! parties; [`facts`] holds only what nobody else knows.

pub mod catalogue;
pub mod commands;
pub mod entity;
mod error;
pub mod facts;
pub mod queries;
mod recordings;
mod releases;
pub mod rules;
mod works;

pub use error::RegistrationError;
