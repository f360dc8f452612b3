//! Agreements: documents that people sign online, each step of it evidence, and that are then executed.
//!
//! A document is JSON; the domain keeps its canonical form and what it must execute ([`document`]). [`rules`] is the state machine, pure:
//! who must sign still, what an edit voids, when all have signed. [`evidence`] is the chain. Commands of the studio and of signers load
//! the rows, ask the machine, save, and append to the chain, under the agreement's row lock.

pub mod chains;
pub mod commands;
pub mod document;
pub mod entity;
mod error;
pub mod evidence;
pub mod queries;
pub mod rules;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use commands::Prepared;
pub use error::AgreementError;
