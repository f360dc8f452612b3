//! Webhooks: other programs of a studio's are told what happens in it, at addresses that its owner names.
//!
//! The path: an owner names an address and the kinds that are wanted there, and is shown a secret once ([`commands::create_webhook`]) → whatever happens is told in
//! the transaction in which it happens ([`events`]): its text, a delivery to each webhook that wants it, and their jobs → the back office sends each by itself
//! ([`commands::deliver`]), signed as Standard Webhooks has it, and writes down what was answered. What fails is sent again for about three days
//! ([`rules::wait_after`]), always the same text under the same number, by which a receiver knows what it has. An address at which nothing has arrived for five days
//! is sent nothing more, and the studio is mailed. In which order events arrive is not promised.
//!
//! **To add a kind:** a variant of [`entity::EventKind`] and of the API's, a function in [`events`] that is called beside the mail about the same thing, and
//! its example in `docs/webhooks.md`.

pub mod commands;
pub mod entity;
pub mod error;
pub mod events;
pub mod queries;
pub mod rules;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use error::WebhookError;
