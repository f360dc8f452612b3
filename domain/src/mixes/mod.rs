//! Mixes: the versions of a song's mix, each an uploaded file or a document of the audio engine that the worker bounces.
//!
//! A version never changes, and neither does its document, which lies under its SHA-256. What a version sounds like (its audio, its waveform, how loud it
//! is, or why it cannot be heard) is known when the worker has looked, and is settled once.
//!
//! What goes to other workstations is packed ([`handoffs`]), and what comes from them is opened ([`daw_sessions`]), both by the worker.

pub mod commands;
pub mod daw_sessions;
pub mod document;
pub mod entity;
pub mod error;
pub mod handoffs;
pub mod queries;
pub mod rules;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use error::MixError;
