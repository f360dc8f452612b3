//! Whole files, held against what other programs make of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod broadcast_wav;
mod calendars;
mod contacts;
mod dice;
mod identifiers;
mod judge;
mod markers;
mod midi;
mod recording_information;
mod release_notifications;
mod statements;
mod works_registrations;
