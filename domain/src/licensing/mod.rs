//! Licensing: the tiers that a studio sells, and the licences it has granted.

pub mod contract;
pub mod entity;
pub mod terms;
