//! Commands and queries on real databases: SQLite always, PostgreSQL where `LEDGERLINE_TEST_DATABASE_URL` names a server.

mod catalog;
mod outbox;
mod outbox_work;
mod support;
