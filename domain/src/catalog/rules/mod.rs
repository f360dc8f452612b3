//! What the catalogue accepts, decided on plain values.

pub mod files;
pub mod music;
pub mod names;
pub mod samples;
pub mod shares;
pub mod stems;
pub mod suggestions;
pub mod texts;
