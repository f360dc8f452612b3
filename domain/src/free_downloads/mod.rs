//! Free downloads: a beat's tagged preview as an MP3, for an address that proves itself (double opt-in).
//!
//! The path: the studio switches it on for a beat → a visitor gives an address ([`request_download`](commands::request_download)) → the mailed link
//! confirms it ([`confirm`](commands::confirm)), which records a party's consent to be mailed, with the version of the wording, and opens the file →
//! the consent is withdrawn by a link that holds for good. Whether the file still opens is derived each time: it closes when the exclusive is claimed.

pub mod commands;
pub mod entity;
pub mod error;
pub mod queries;
pub mod rules;

pub use error::FreeDownloadError;
