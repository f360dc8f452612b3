//! Sales: carts, orders, payments and the one path by which a payment becomes licences.
//!
//! The path: [`add_to_cart`](commands::carts::add_to_cart) → [`place_order`] → [`open_checkout`] → the gateway collects → [`settle_order`],
//! which webhook, return page and reconciler call alike, as often as they like. A payment that finds its beat gone goes back by
//! [`refund_payment`].

pub mod commands;
pub mod entity;
pub mod error;
pub mod proof;
pub mod queries;
pub mod rules;

pub use commands::{
    checkout::open_checkout,
    events::receive_event,
    orders::{PlaceOrder, place_order},
    refunds::refund_payment,
    settlement::{Settled, settle_order},
};
pub use error::SalesError;
