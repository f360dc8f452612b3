//! Production: projects with their songs, from the first idea to the delivered master.
//!
//! A project's kind decides which stages, roles and tasks it begins with ([`rules::kinds`]). It starts when its agreement is signed, or when somebody says why
//! not ([`rules::states`]); a stage is closed when its gated tasks are done and what it requires is there ([`rules::stages`]). Whoever changes anything of a
//! project holds the project's row first, so that two who do so take their turn.

pub mod commands;
pub mod entity;
mod error;
pub mod queries;
pub mod rules;

pub use error::ProductionError;
