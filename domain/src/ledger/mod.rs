//! The ledger: double-entry journals, append-only, whose entries sum to zero in each currency; a balance is the fold of its entries.

pub mod commands;
pub mod entity;
pub mod error;
pub mod queries;
pub mod rules;

pub use error::LedgerError;
