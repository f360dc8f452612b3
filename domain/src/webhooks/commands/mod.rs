//! What changes webhooks, and what sends to them.
//!
//! **What is held in which order:** a webhook before its deliveries. Whoever tells it something holds it against its removal alone, so that no two wait for each other.

mod sending;
mod settings;

pub use sending::{deliver, forget, send_again, send_test, tend};
pub use settings::{
    NewWebhook, Receiver, accept_receiver, change_webhook, create_webhook, remove_webhook, rotate_secret,
    switch_webhook,
};
