//! Splits: who owns what part of a work, as it was signed. An executed split sheet becomes a version of its work's split, and from its effective
//! date on that version is the rule that money follows; nothing is typed twice.
//!
//! The path: an agreement is executed → [`execute`] writes the version in the same transaction → a sale is divided by [`rules::line_rule`] at its
//! moment, and its journal names the document. What was sold before anything was signed is parked, and [`release_parked`] gives it out when it is.

mod commands;
pub mod entity;
mod error;
mod queries;
pub mod rules;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use commands::{ExecutedSplit, execute, release_parked};
pub(crate) use commands::{put_release, record_sale, take_back};
pub use error::SplitError;
pub(crate) use queries::executed;
pub use queries::{
    Basis, ParkedLine, bases_of_journals, find_rule_at, list_parked, list_versions, of_versions, rule_at,
    unsigned_beats,
};
pub(crate) use queries::{line_rules, standing_agreement, withheld_beats, writers_at};
