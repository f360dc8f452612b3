//! The session log: who did what in the studio, on which song, with which takes, equipment and samples, and every edit of that.

pub mod entries;
mod loading;
pub mod mutations;
pub mod sessions;
