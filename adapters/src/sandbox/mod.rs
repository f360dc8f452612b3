//! The sandbox gateway: a stand-in for Stripe that collects no real money.
//!
//! It has two halves which meet over HTTP alone, as the program and Stripe would: the **server** ([`SandboxServer`]), which keeps its own
//! state in its own SQLite file and sends signed webhooks, and the **client** ([`SandboxGateway`]), which is the domain's
//! [`PaymentGateway`](domain::ports::PaymentGateway). Shapes, words and rules are Stripe's: form-encoded requests with bracketed fields,
//! idempotency keys, error objects, expandable ids, `Stripe-Signature`.
//!
//! To add an endpoint: its state in `store/`, its handler in `server.rs`, its page (if a buyer sees it) in `pages.rs`.

mod client;
mod fee;
mod form;
mod keys;
mod pages;
mod sender;
mod server;
mod signature;
mod store;

pub use client::SandboxGateway;
pub use keys::SandboxKeys;
pub use server::{SandboxConfig, SandboxServer};
pub use signature::{SIGNATURE_HEADER, TOLERANCE_S, sign, verify};
pub use store::SandboxError;
