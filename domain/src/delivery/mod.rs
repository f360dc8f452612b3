//! Delivery: the files owed to a licensee, the renders that make them, and the log of downloads.

pub mod commands;
pub mod entity;
pub mod error;
pub mod inputs;
pub mod queries;
pub mod renders;
pub mod rules;
