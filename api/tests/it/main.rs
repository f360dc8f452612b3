//! The API as its callers see it, on real databases.

mod pages;
mod selling;
mod snapshots;
