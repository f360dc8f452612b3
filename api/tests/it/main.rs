//! The API as its callers see it: over HTTP, on real databases, with the real parts behind the ports.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accounts;
mod catalog;
mod clauses;
mod downloads;
mod http;
mod ledger;
mod licensees;
mod limits;
mod listening;
mod matrix;
mod money_back;
mod pages;
mod payouts;
mod selling;
mod snapshots;
mod splits;
mod subscriptions;
mod support;
