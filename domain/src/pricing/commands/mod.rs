//! What changes prices.

pub mod settings;
pub mod uses;
