//! The API as its callers see it, on real databases.

mod catalog;
mod pages;
mod selling;
mod snapshots;
