//! Parties: the people and companies that a studio deals with.

mod commands;
pub mod entity;
mod error;
mod queries;
pub mod rules;

pub(crate) use commands::find_or_enter;
pub use commands::{PartyChange, PartyInput, create_party, update_party};
pub use error::PartyError;
pub use queries::{find_parties_by_ids, find_party, list_parties};
pub use rules::PartyFacts;
