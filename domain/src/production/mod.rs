//! Production: projects with their songs, from the first idea to the delivered master.

pub mod entity;
