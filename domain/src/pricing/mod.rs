//! Pricing: what a cart comes to, by the tiers' prices, the studio's bundles, bulk deals and coupons, and the tax of the buyer's country.
//!
//! One pure function, [`rules::price`], prices what the cart page shows, what is ordered and what the receipt says. What a studio sets is checked by
//! [`rules::settings`] and loaded by [`queries::rules_of`]; how often a coupon is used is counted by [`commands::uses`], under a constraint of the
//! database.

pub mod commands;
pub mod countries;
pub mod entity;
pub mod error;
pub mod queries;
pub mod rules;

pub use countries::Country;
pub use error::PricingError;
pub use rules::{Priced, PricedLine, price};
