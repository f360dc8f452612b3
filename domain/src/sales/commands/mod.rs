//! What changes carts, orders and payments.

pub mod cart_prices;
pub mod carts;
pub mod checkout;
pub mod claims;
pub(crate) mod deposits;
pub(crate) mod direct;
pub mod disputes;
pub mod events;
pub(crate) mod exclusives;
pub mod orders;
mod owed;
mod pay_again;
pub mod reconcile;
pub mod recording;
pub mod refunds;
pub mod settlement;
pub mod sync;
mod tries;
mod unmatched;
pub mod upgrades;
