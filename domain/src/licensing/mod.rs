//! Licensing: the tiers that a studio sells, and the licences it has granted.

pub mod channels;
pub mod commands;
pub mod contract;
pub mod entity;
pub mod error;
pub mod queries;
pub mod rules;
pub mod terms;

pub use error::LicensingError;
