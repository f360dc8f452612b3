//! The outbox: jobs written in the transaction that caused them, handed to the queue afterwards, each done once.

mod commands;
pub mod entity;
mod job;

pub use commands::put;
pub use job::{Job, Queue};
