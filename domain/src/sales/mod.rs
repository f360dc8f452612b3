//! Sales: carts, orders, payments and the gateway's events.

pub mod entity;
