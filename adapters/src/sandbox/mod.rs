//! The sandbox gateway: a stand-in for Stripe that collects no real money.
//!
//! It is a server ([`SandboxServer`]), which keeps its own state in its own SQLite file and sends signed webhooks. The program reaches it as
//! it reaches Stripe, over HTTP alone and through the same client ([`crate::stripe`]). Shapes, words and rules are Stripe's: form-encoded
//! requests with bracketed fields, idempotency keys, error objects, expandable ids, `Stripe-Signature`.
//!
//! The server speaks to three: to programs (`api/`, Stripe's own interface), to buyers and payees (`pages/`), and to whoever wants to see what
//! happens if (`control/`: disputes, failures, the clock, how webhooks travel).
//!
//! To add an endpoint: its table in `store/entity.rs` and `store/schema.rs`, what it does in `store/`, how it looks in `objects/`, its route in
//! `api/mod.rs`.

mod api;
mod cards;
mod control;
pub(crate) mod currency;
mod fee;
mod form;
mod keys;
mod objects;
mod pages;
mod schedule;
mod sender;
mod server;
mod signature;
mod store;

pub use keys::SandboxKeys;
pub use server::{SandboxConfig, SandboxServer};
pub use signature::{SIGNATURE_HEADER, TOLERANCE_S, sign, verify};
pub use store::SandboxError;
