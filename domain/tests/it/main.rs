//! Commands and queries on real databases: SQLite always, PostgreSQL where `LEDGERLINE_TEST_DATABASE_URL` names a server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod agreements;
mod booking;
mod books;
mod catalog;
mod channels;
mod clients;
mod currencies;
mod delivery;
mod disputes;
mod entitlements;
mod exclusives;
mod first_refusal;
mod free_downloads;
mod gateway;
mod identity;
mod invoices;
mod ledger;
mod licensing;
mod meter;
mod money_back_upgrade;
mod offers;
mod outbox;
mod outbox_work;
mod payee_banks;
mod paying_again;
mod payout_guards;
mod payout_limits;
mod payouts;
mod pricing;
mod production;
mod proof;
mod race;
mod reconciling;
mod refunds;
mod reviews;
mod sales;
mod seals;
mod session_log;
mod shop;
mod splits;
mod storm;
mod support;
mod upgrade_prices;
mod upgrades;
