//! Payouts: what collaborators are owed reaches them, by the gateway, by hand or by a file for a bank, and nothing reaches them twice.
//!
//! A payout is booked before any money moves, so that what is under way is owed no more; what the gateway refuses is booked back, is owed again with the
//! reason beside it, and is tried again later under another key. What was sold lately is held back for a while, for it may have to be given back, and
//! who owes the studio in a currency is paid nothing in that currency. Nobody's files ever wait for any of this.
//!
//! [`rules`] decide, [`commands`] book and send, [`export`] writes the files for banks, [`queries`] tell how everybody stands, [`letters`] what mails say.

pub mod commands;
pub mod entity;
pub mod error;
pub mod export;
pub mod letters;
pub mod queries;
pub mod rules;

pub use error::PayoutError;
