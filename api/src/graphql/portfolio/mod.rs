//! The portfolio: what a studio says of itself, the works that it shows, and songs that it could show.

mod loading;
pub mod mutations;
pub mod types;
