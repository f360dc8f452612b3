//! The API as its callers see it, on real databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod catalog;
mod downloads;
mod pages;
mod selling;
mod snapshots;
