//! The sandbox gateway: a stand-in for Stripe that collects no real money.
//!
//! It is a server ([`SandboxServer`]), which keeps its own state in its own SQLite file and sends signed webhooks. The program reaches it as
//! it reaches Stripe, over HTTP alone and through the same client ([`crate::stripe`]). Shapes, words and rules are Stripe's: form-encoded
//! requests with bracketed fields, idempotency keys, error objects, expandable ids, `Stripe-Signature`.
//!
//! To add an endpoint: its state in `store/`, its handler in `server.rs`, its page (if a buyer sees it) in `pages.rs`.

mod fee;
mod form;
mod keys;
mod pages;
mod sender;
mod server;
mod signature;
mod store;

pub use keys::SandboxKeys;
pub use server::{SandboxConfig, SandboxServer};
pub use signature::{SIGNATURE_HEADER, TOLERANCE_S, sign, verify};
pub use store::SandboxError;
