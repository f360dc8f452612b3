//! Reviews: a song's mixes are listened to by whoever holds a link, commented on, and approved or sent back, round by round.
//!
//! The path: [`open_review`](commands::open_review) on the terms of the project → [`invite_reviewer`](commands::invite_reviewer), one of whom decides →
//! [`send_for_review`](commands::send_for_review) begins a round with a version → comments → [`decide`](commands::decide) ends it by an approval or by a
//! revision, which the next version answers. A revision that would need more rounds than were agreed upon is refused, with the offer of an extra one. Who says
//! nothing is warned, and approves in the end ([`tend`](commands::tend)).
//!
//! An approval is a row of its own ([`entity::approval`]), of the round and the version that it is about; [`queries::find_approval`] tells which one stands.

pub mod commands;
pub mod entity;
pub mod error;
pub mod levels;
pub mod queries;
pub mod rules;

pub use error::ReviewError;
