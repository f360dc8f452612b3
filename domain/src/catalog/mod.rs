//! The catalogue: works, recordings, beats with their collaborators and stems, and the files behind them.

pub mod entity;
mod sha256;

pub use sha256::{Sha256, Sha256Error};
