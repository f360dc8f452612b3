//! The ledger: double-entry journals, append-only, whose entries sum to zero in each currency; a balance is the fold of its entries.
//!
//! [`rules`] decide what is booked of an event, on plain values; [`commands`] lock, decide and post; what is posted is read back by [`queries`], written
//! for other programs by [`export`], and proved by [`crate::sales::proof`].

pub mod commands;
pub mod entity;
pub mod error;
pub mod export;
pub mod queries;
pub mod rules;

pub use error::LedgerError;
