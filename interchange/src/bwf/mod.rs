//! Broadcast WAV for the hand-off of stems: where a file stands on the timeline, who made it, how loud it is, and markers within it.
//!
//! The engine writes broadcast files of its own, with levels measured on the way. [`stamp()`] changes in such a file what only the hand-off knows (its
//! place, its reference, its markers) and leaves its sound, its levels and its other chunks as they are. [`Bext`] and [`cues()`] are the chunks
//! themselves, for any other writer.

mod bext;
mod cue;
mod stamp;
#[cfg(test)]
mod tests;

pub use bext::{Bext, Loudness};
pub use cue::{Cue, cues};
pub use stamp::{BwfError, Stamp, stamp};
