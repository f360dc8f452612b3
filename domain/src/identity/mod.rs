//! Identity: accounts, studios and their members, and every way of signing in.
//!
//! Nothing secret is stored: passwords as argon2id hashes, refresh tokens, API keys and recovery codes as fingerprints, and the links in mails are derived
//! from their row and the installation's secret; of a passkey its public half. What must be read again, the secret of a second factor, is sealed under it. Nobody can find out by asking whether an address has an account.

pub mod commands;
pub mod devices;
pub mod entity;
mod error;
pub(crate) mod limits;
pub mod passkeys;
pub mod password;
pub mod queries;
pub mod rules;
#[cfg(feature = "testing")]
pub mod testing;
pub mod totp;

pub use error::{IdentityError, InTheWay};
