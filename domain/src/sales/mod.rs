//! Sales: carts, orders, payments and the one path by which a payment becomes licences.
//!
//! The path: [`add_to_cart`](commands::carts::add_to_cart) → [`place_order`] → [`open_checkout`] → the gateway collects → [`settle_order`],
//! which webhook, return page and reconciler call alike, as often as they like. What is bought exclusively is held first and collected by who has claimed it
//! ([`commands::claims`]); a payment that finds its beat gone goes back by [`refund_payment`]. What becomes of a payment later, refunds and disputes
//! made here or elsewhere, is booked by [`sync_payment`]; what a buyer may do follows from it ([`entitlements`]).
//!
//! A licence is upgraded by an order of its own ([`place_upgrade`]), which takes the same path and costs the difference ([`upgrades`]).

pub mod commands;
pub mod entitlements;
pub mod entity;
pub mod error;
pub mod evidence;
pub mod proof;
pub mod queries;
pub mod receipt;
pub mod rules;
pub mod shown;
pub mod upgrades;

pub use commands::{
    checkout::open_checkout,
    events::receive_event,
    orders::{PlaceOrder, place_order},
    refunds::{AskRefund, refund_payment, request_order_refund, request_refund},
    settlement::{Settled, settle_order},
    sync::sync_payment,
    upgrades::{PlaceUpgrade, place_upgrade},
};
pub use error::SalesError;
