//! Sealed documents: licence contracts and agreements, each with every revision that its seal went through.
//!
//! What a seal is worth stands in the file alone; these tables remember where each document is, and when its seal is looked at again.

pub mod commands;
pub mod entity;
pub mod queries;
pub mod rules;
