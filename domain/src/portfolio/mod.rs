//! The portfolio: what a studio shows of itself and of its released work.
//!
//! Of each song of the studio's own projects title, artist, roles and credits are there already ([`queries::list_suggestions`]); work that was done elsewhere is
//! typed in. Nothing is shown that nobody chose: a portfolio and each entry of it are private until somebody says otherwise, an entry is seen from the day of its
//! release on, and others' names only where it says so. Whoever changes a portfolio holds its row first.

pub mod commands;
mod credits;
pub mod entity;
pub mod error;
pub mod queries;
pub mod rules;

pub use error::PortfolioError;
