//! The catalogue: works, recordings, beats with their collaborators and stems, and the files behind them.

mod analyses;
pub mod card;
mod commands;
pub mod entity;
mod error;
mod queries;
pub mod rules;
mod scanning;
mod sha256;
mod storefront;

pub use analyses::*;
pub use commands::*;
pub use error::CatalogError;
pub use queries::*;
pub use scanning::scan;
pub use sha256::{Sha256, Sha256Error};
pub use storefront::{Facets, find_shop, list_facets, list_shops};
