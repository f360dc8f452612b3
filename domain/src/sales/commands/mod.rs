//! What changes carts, orders and payments.

pub mod carts;
pub mod checkout;
pub mod claims;
pub(crate) mod direct;
pub mod disputes;
pub mod events;
pub mod orders;
pub mod reconcile;
pub mod recording;
pub mod refunds;
pub mod settlement;
pub mod sync;
