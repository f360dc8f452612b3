//! The API as its callers see it: over HTTP, on real databases, with the real parts behind the ports.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accounts;
mod booking;
mod calendars;
mod catalog;
mod clauses;
mod clients;
mod crowd;
mod downloads;
mod hardening;
mod http;
mod ledger;
mod licensees;
mod limits;
mod listening;
mod lists;
mod managers;
mod matrix;
mod mixes;
mod money_back;
mod pages;
mod passkeys;
mod payee_statements;
mod payouts;
mod portfolio;
mod production;
mod proving;
mod registrations;
mod royalties;
mod selling;
mod snapshots;
mod splits;
mod statements;
mod subscriptions;
mod support;
