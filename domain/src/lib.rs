//! The business of a music producer: the model, its rules, and the only code that writes the database.
//!
//! **May depend on** `interchange`, for plain types of the outside world's formats. Payments, mail and files stand behind [`ports`].
//!
//! **One folder per aggregate, the same grammar in each:** `entity.rs` (SeaORM models), `rules.rs` (pure decisions on plain types),
//! `commands.rs` (take a transaction and a [`actor::Ctx`]; load, decide, save, put jobs in the outbox), `queries.rs` (scoped to a studio),
//! `error.rs`. Beside them stands the kernel: [`ids`], [`money`], [`collectable`], [`share`], [`env`], [`page`], [`identifiers`], [`policy`], [`links`], [`secrets`], [`ports`].
//!
//! **To add a use case:** a rule with its test in `rules.rs`; a command that asks [`policy::require`] first; a variant in the aggregate's error
//! with its line in `explain`; then a field in `api`. **To add an aggregate:** a folder of this grammar, a migration, a file in `api/src/graphql`.

pub mod actor;
pub mod acts;
pub mod agreements;
pub mod booking;
pub mod catalog;
pub mod changes;
pub mod clients;
pub mod collectable;
pub mod delivery;
pub mod domains;
pub mod edit;
pub mod email;
mod entity_macros;
pub mod env;
pub mod first_refusal;
pub mod free_downloads;
pub mod identity;
pub mod ids;
pub mod invoices;
pub mod ledger;
pub mod legible;
pub mod licensing;
pub mod links;
pub mod masters;
pub mod mixes;
pub mod money;
pub mod offers;
pub mod outbox;
pub mod page;
pub mod parties;
pub mod payouts;
pub mod policy;
pub mod portfolio;
pub mod ports;
pub mod pricing;
pub mod production;
pub mod reach;
pub mod registrations;
pub mod replica;
pub mod report;
pub mod reviews;
pub mod roster;
pub mod royalties;
pub mod sales;
pub mod sealing;
pub mod seals;
pub mod secrets;
pub mod sent_mails;
pub mod services;
pub mod session_log;
pub mod share;
pub mod splits;
pub mod stages;
pub mod store;
pub mod visible;
pub mod webhooks;
mod wording;

/// Identifiers of the music business, as every format of the outside world has them too.
pub use interchange::identifiers;
