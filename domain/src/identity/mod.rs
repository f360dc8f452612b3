//! Identity: accounts, studios and their members, and every way of signing in.
//!
//! Nothing secret is stored: passwords as argon2id hashes, refresh tokens and API keys as fingerprints, and the links in mails are derived
//! from their row and the installation's key. Nobody can find out by asking whether an address has an account.

pub mod commands;
pub mod entity;
mod error;
pub(crate) mod limits;
pub mod password;
pub mod queries;
pub mod rules;

pub use error::IdentityError;
