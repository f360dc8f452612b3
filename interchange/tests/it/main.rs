//! Whole files, held against what other programs make of them.

mod broadcast_wav;
mod calendars;
mod contacts;
mod judge;
mod markers;
mod midi;
mod recording_information;
