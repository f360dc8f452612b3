//! Delivery: the files owed to a licensee, the renders that make them, and the log of downloads.

mod cancelling;
pub mod commands;
pub mod entity;
pub mod error;
pub mod inputs;
pub mod queries;
pub mod renders;
pub mod rules;

pub use cancelling::cancel_job;
