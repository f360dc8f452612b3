//! Offers: a buyer names what they would pay for a beat's tier, and haggles with the studio until one of them accepts, declines, or the time is over.
//!
//! The path: [`make_offer`](commands::make_offer) on the beat's page → the studio answers by [`answer`](commands::answer), the buyer by the mailed link
//! alone → an accepted offer is ordered once, at its price and with the terms that were frozen when it was made
//! ([`order_offer`](commands::order_offer)). When the work is sold exclusively, every offer for it is withdrawn in the same transaction.

pub mod commands;
pub mod entity;
pub mod error;
pub mod queries;
pub mod rules;

pub use error::OfferError;
