//! Royalties: what statements of sales come to for everybody who has a part in it.
//!
//! [`rules`] reckon on plain values, without a database: the same lines under the same rules give the same bytes, wherever they are reckoned.
//!
//! The path: a statement is taken in and read ([`entity::import`]); its lines are matched to recordings and works ([`entity::item`]) and added up
//! ([`entity::sum`]); what it says is due waits in suspense, in the books, too. A run takes what is matched and has a split, reckons it by the terms
//! ([`entity::rule`], and splits as they were executed), is approved and posted; payees are told, and paid. What nobody owns yet stays where it is, and keeps
//! nobody from being paid.
//!
//! Locks come in one order: the studio, a statement, a run, a charge, the ledger.

pub mod commands;
pub mod entity;
mod error;
pub mod queries;
pub mod rules;

pub use error::RoyaltyError;
