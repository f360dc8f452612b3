//! DAWproject: what is written is read back the same, what is hostile is refused by name, and real projects are read.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod builder;
mod hostile;
mod outside;
mod property;
mod stable;
