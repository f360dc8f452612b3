//! What changes carts, orders and payments.

pub mod carts;
pub mod checkout;
pub mod events;
pub mod orders;
pub mod refunds;
pub mod settlement;
