//! adapters

pub mod jobs;
