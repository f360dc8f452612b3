//! Acts: who has done what in a studio, for its owners to read later.
//!
//! Each command that changes members and what they may, keys, prices, settings or terms writes its act in its own transaction (`record`), so that what was
//! refused has left none. What has a history of its own, as offers, agreements or payees' bank details have, writes none here. An act tells which plain values
//! have become which others; of secrets, addresses, bank details and names of persons at most that they are others. Who a person is, is read from their account.
//!
//! **To add an act:** a variant of [`entity::Act`] and of the API's in `api/src/graphql/acts.rs`, a call of `record` where it is done, and its words and kind
//! in the dashboard (`web/src/dashboard/areas/settings/record`).

mod commands;
pub mod entity;
mod error;
pub mod queries;

pub(crate) use commands::{NewAct, listed, record};
pub use error::ActError;
