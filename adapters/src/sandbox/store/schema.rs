//! The tables of the sandbox's file, and how an older file comes to have them: nothing that it holds is lost.

use domain::{report::StoreError, store::Tx};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// Every table in its first form, safe to run at each start.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS checkout_sessions (
    id TEXT PRIMARY KEY, status TEXT NOT NULL, payment_status TEXT NOT NULL, currency TEXT NOT NULL, amount_total INTEGER NOT NULL,
    line_items TEXT NOT NULL, metadata TEXT NOT NULL, intent_metadata TEXT NOT NULL, client_reference_id TEXT, customer_email TEXT,
    success_url TEXT NOT NULL, cancel_url TEXT, expires_at INTEGER NOT NULL, payment_intent TEXT, created INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS checkout_sessions_open ON checkout_sessions (expires_at) WHERE status = 'open';
CREATE INDEX IF NOT EXISTS checkout_sessions_intent ON checkout_sessions (payment_intent);
CREATE TABLE IF NOT EXISTS payment_intents (
    id TEXT PRIMARY KEY, status TEXT NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL, metadata TEXT NOT NULL,
    latest_charge TEXT, last_decline TEXT, created INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS charges (
    id TEXT PRIMARY KEY, payment_intent TEXT NOT NULL UNIQUE REFERENCES payment_intents (id), amount INTEGER NOT NULL,
    amount_refunded INTEGER NOT NULL CHECK (amount_refunded BETWEEN 0 AND amount), currency TEXT NOT NULL, fee INTEGER NOT NULL,
    balance_transaction TEXT NOT NULL, card_last4 TEXT NOT NULL, metadata TEXT NOT NULL, created INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS refunds (
    id TEXT PRIMARY KEY, charge TEXT NOT NULL REFERENCES charges (id), payment_intent TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL, created INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS refunds_intent ON refunds (payment_intent);
CREATE TABLE IF NOT EXISTS balance_transactions (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, reporting_category TEXT NOT NULL, source TEXT NOT NULL, amount INTEGER NOT NULL,
    fee INTEGER NOT NULL, currency TEXT NOT NULL, description TEXT, available_on INTEGER NOT NULL, created INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS balance_transactions_source ON balance_transactions (source);
CREATE INDEX IF NOT EXISTS balance_transactions_available ON balance_transactions (currency, available_on, amount, fee);
CREATE TABLE IF NOT EXISTS disputes (
    id TEXT PRIMARY KEY, charge TEXT NOT NULL REFERENCES charges (id), payment_intent TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL, reason TEXT NOT NULL, status TEXT NOT NULL, evidence TEXT NOT NULL, submission_count INTEGER NOT NULL,
    due_by INTEGER, metadata TEXT NOT NULL, created INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS disputes_intent ON disputes (payment_intent);
CREATE TABLE IF NOT EXISTS accounts (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, country TEXT NOT NULL, default_currency TEXT NOT NULL, email TEXT,
    metadata TEXT NOT NULL, created INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS account_links (
    id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (id), return_url TEXT NOT NULL, refresh_url TEXT NOT NULL,
    used INTEGER NOT NULL, expires_at INTEGER NOT NULL, created INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS transfers (
    id TEXT PRIMARY KEY, amount INTEGER NOT NULL CHECK (amount > 0),
    amount_reversed INTEGER NOT NULL CHECK (amount_reversed BETWEEN 0 AND amount), currency TEXT NOT NULL,
    destination TEXT NOT NULL REFERENCES accounts (id), source_transaction TEXT, transfer_group TEXT, balance_transaction TEXT NOT NULL,
    description TEXT, metadata TEXT NOT NULL, created INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS transfers_group ON transfers (transfer_group);
CREATE INDEX IF NOT EXISTS transfers_source ON transfers (source_transaction);
CREATE TABLE IF NOT EXISTS transfer_reversals (
    id TEXT PRIMARY KEY, transfer TEXT NOT NULL REFERENCES transfers (id), amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL, balance_transaction TEXT NOT NULL, metadata TEXT NOT NULL, created INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS transfer_reversals_transfer ON transfer_reversals (transfer);
CREATE TABLE IF NOT EXISTS events (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, created INTEGER NOT NULL, attempts INTEGER NOT NULL,
    next_attempt_at_ms INTEGER, delivered_at INTEGER);
CREATE INDEX IF NOT EXISTS events_due ON events (next_attempt_at_ms) WHERE next_attempt_at_ms IS NOT NULL;
CREATE INDEX IF NOT EXISTS events_created ON events (created);
CREATE TABLE IF NOT EXISTS idempotency_keys (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, created INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS idempotency_keys_created ON idempotency_keys (created);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
";

/// Columns that came later: table, column, and what it is.
const COLUMNS: &[(&str, &str, &str)] = &[
    ("checkout_sessions", "intent_data", "TEXT NOT NULL DEFAULT '{}'"),
    ("checkout_sessions", "capture_method", "TEXT NOT NULL DEFAULT 'automatic'"),
    ("checkout_sessions", "method_types", "TEXT NOT NULL DEFAULT '[\"card\"]'"),
    ("payment_intents", "intent_data", "TEXT NOT NULL DEFAULT '{}'"),
    ("payment_intents", "capture_method", "TEXT NOT NULL DEFAULT 'automatic'"),
    ("payment_intents", "method_types", "TEXT NOT NULL DEFAULT '[\"card\"]'"),
    ("payment_intents", "amount_received", "INTEGER NOT NULL DEFAULT 0"),
    ("payment_intents", "amount_capturable", "INTEGER NOT NULL DEFAULT 0"),
    ("payment_intents", "challenged_card", "TEXT"),
    ("payment_intents", "canceled_at", "INTEGER"),
    ("payment_intents", "cancellation_reason", "TEXT"),
    ("charges", "amount_captured", "INTEGER NOT NULL DEFAULT 0"),
    ("charges", "method", "TEXT NOT NULL DEFAULT 'card'"),
    ("charges", "status", "TEXT NOT NULL DEFAULT 'succeeded'"),
    ("charges", "captured", "INTEGER NOT NULL DEFAULT 1"),
    ("charges", "capture_before", "INTEGER"),
    ("charges", "settles_at", "INTEGER"),
    ("charges", "settles_well", "INTEGER NOT NULL DEFAULT 1"),
    ("charges", "disputed", "INTEGER NOT NULL DEFAULT 0"),
    ("charges", "transfer_group", "TEXT"),
    ("charges", "billing_email", "TEXT"),
    ("refunds", "status", "TEXT NOT NULL DEFAULT 'succeeded'"),
    ("refunds", "reason", "TEXT"),
    ("refunds", "failure_reason", "TEXT"),
    ("refunds", "balance_transaction", "TEXT"),
    ("refunds", "failure_balance_transaction", "TEXT"),
    ("refunds", "metadata", "TEXT NOT NULL DEFAULT '{}'"),
    ("events", "number", "INTEGER NOT NULL DEFAULT 0"),
];

/// Indexes on columns that came later.
const LATER_INDEXES: &str = "
CREATE INDEX IF NOT EXISTS charges_settling ON charges (settles_at) WHERE settles_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS charges_held ON charges (capture_before) WHERE capture_before IS NOT NULL;
CREATE INDEX IF NOT EXISTS events_number ON events (number);
";

/// What the later columns and tables say of rows that were there before them: all of them collected at once, with money that moved.
const FILL: &str = "
UPDATE charges SET amount_captured = amount;
UPDATE payment_intents SET amount_received = amount WHERE status = 'succeeded';
UPDATE refunds SET balance_transaction = 'txn_' || lower(hex(randomblob(16)));
UPDATE events SET number = rowid;
INSERT INTO balance_transactions
    SELECT balance_transaction, 'charge', 'charge', id, amount, fee, currency, NULL, created, created FROM charges;
INSERT INTO balance_transactions
    SELECT balance_transaction, 'refund', 'refund', id, -amount, 0, currency, NULL, created, created FROM refunds;
";

/// What was held and let go was once shown as a refund, of money that never moved. It is none.
const FORGET_RELEASES: &str = "
UPDATE charges SET amount_refunded = amount_refunded - (
    SELECT COALESCE(SUM(amount), 0) FROM refunds WHERE charge = charges.id AND balance_transaction IS NULL);
DELETE FROM refunds WHERE balance_transaction IS NULL;
";

/// The form of the file, as `PRAGMA user_version` keeps it.
const VERSION: i64 = 2;

/// Brings the file to its present form, in one transaction: killed in the middle, it is as it was.
pub(super) async fn prepare(tx: &Tx) -> Result<(), StoreError> {
    tx.execute_unprepared(TABLES).await?;
    let version = version(tx).await?;
    if version < 1 {
        for (table, column, what) in COLUMNS {
            if !has_column(tx, table, column).await? {
                tx.execute_unprepared(&format!("ALTER TABLE {table} ADD COLUMN {column} {what}")).await?;
            }
        }
        tx.execute_unprepared(FILL).await?;
    }
    if version < VERSION {
        tx.execute_unprepared(FORGET_RELEASES).await?;
        tx.execute_unprepared(&format!("PRAGMA user_version = {VERSION}")).await?;
    }
    tx.execute_unprepared(LATER_INDEXES).await?;
    Ok(())
}

async fn version(tx: &Tx) -> Result<i64, StoreError> {
    let row = tx.query_one_raw(Statement::from_string(DbBackend::Sqlite, "PRAGMA user_version")).await?;
    Ok(match row {
        Some(row) => row.try_get_by_index(0)?,
        None => 0,
    })
}

async fn has_column(tx: &Tx, table: &str, column: &str) -> Result<bool, StoreError> {
    let ask = "SELECT 1 FROM pragma_table_info(?) WHERE name = ?";
    let ask = Statement::from_sql_and_values(DbBackend::Sqlite, ask, [table.into(), column.into()]);
    Ok(tx.query_one_raw(ask).await?.is_some())
}
