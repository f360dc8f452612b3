//! Clients: the parties that a studio works for or hopes to, each at a stage from first call to dormant.
//!
//! A client is a party, once. How it moves from stage to stage is written down with who moved it and why; what has happened with it is read from where it
//! stands ([`timeline`]), so that nothing is told twice. Lists of people are taken in in two steps ([`imports`]): what would become of each line is shown
//! first.
//!
//! **To add a source to the timeline:** an entry in its `SOURCES`.

pub mod commands;
pub mod entity;
pub mod error;
pub mod exports;
pub mod imports;
pub mod known;
pub mod people;
pub mod queries;
pub mod records;
pub mod timeline;

pub use error::ClientError;
