//! Licensing: the tiers that a studio sells, the licences it has granted, and what their songs have come to.

pub mod channels;
pub mod commands;
pub mod contract;
pub mod entity;
pub mod error;
pub mod finder;
pub mod force;
pub mod meter;
pub mod on_sale;
pub mod prices;
pub mod queries;
pub mod rules;
pub mod terms;
pub mod upgrades;
pub mod usage;

pub use error::LicensingError;
