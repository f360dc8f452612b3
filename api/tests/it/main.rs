//! The API as its callers see it, on real databases.

mod selling;
mod snapshots;
