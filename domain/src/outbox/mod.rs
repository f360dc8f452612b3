//! The outbox: jobs written in the transaction that caused them, handed to the queue afterwards, each done once.
//!
//! The row is the truth, the queue behind it only carries it: a worker may act on a job only while the row is open and of the round that it was
//! handed in, so a job that comes twice, late, or after its worker was believed dead does nothing.

mod commands;
pub mod entity;
pub mod error;
mod job;
pub mod queries;
mod queues;
pub mod rules;
pub mod work;

pub use commands::{put, put_at, retry_dead};
pub use job::Job;
pub use queues::{Priority, Queue};
