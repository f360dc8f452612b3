//! Webhooks: where a studio's events are sent, and how that went. What changes them is in [`mutations`].

pub mod mutations;
mod types;

pub use mutations::WebhooksMutation;
pub use types::{
    Webhook, WebhookAttempt, WebhookDelivery, WebhookDeliveryState, WebhookEventKind, WebhookOffBecause, WebhooksQuery,
};
