//! The sandbox's own tables. Instants are unix seconds, amounts minor units, as in the interface that it speaks.

/// The schema, safe to run at each start.
pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS checkout_sessions (
    id TEXT PRIMARY KEY, status TEXT NOT NULL, payment_status TEXT NOT NULL, currency TEXT NOT NULL, amount_total INTEGER NOT NULL,
    line_items TEXT NOT NULL, metadata TEXT NOT NULL, intent_metadata TEXT NOT NULL, client_reference_id TEXT, customer_email TEXT,
    success_url TEXT NOT NULL, cancel_url TEXT, expires_at INTEGER NOT NULL, payment_intent TEXT, created INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS checkout_sessions_open ON checkout_sessions (expires_at) WHERE status = 'open';
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
CREATE TABLE IF NOT EXISTS events (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, created INTEGER NOT NULL, attempts INTEGER NOT NULL,
    next_attempt_at_ms INTEGER, delivered_at INTEGER);
CREATE INDEX IF NOT EXISTS events_due ON events (next_attempt_at_ms) WHERE next_attempt_at_ms IS NOT NULL;
CREATE TABLE IF NOT EXISTS idempotency_keys (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, created INTEGER NOT NULL);
";

macro_rules! table {
    ($module:ident, $table:literal, $(#[$doc:meta])* { $($fields:tt)* }) => {
        pub(in crate::sandbox) mod $module {
            #![expect(unreachable_pub, reason = "the ORM's derive makes its types public")]
            #![allow(missing_docs, reason = "private to the sandbox; the derive's own types cannot carry a comment")]
            use sea_orm::entity::prelude::*;
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model { $($fields)* }
            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}
            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

table!(session, "checkout_sessions", /** A checkout. */ {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// `open`, `complete` or `expired`.
    pub status: String,
    /// `unpaid`, `paid` or `no_payment_required`.
    pub payment_status: String,
    pub currency: String,
    pub amount_total: i64,
    pub line_items: Json,
    pub metadata: Json,
    /// What the payment intent will carry.
    pub intent_metadata: Json,
    pub client_reference_id: Option<String>,
    pub customer_email: Option<String>,
    pub success_url: String,
    pub cancel_url: Option<String>,
    pub expires_at: i64,
    pub payment_intent: Option<String>,
    pub created: i64,
});

table!(intent, "payment_intents", /** An attempt to collect, and its outcome. */ {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// `requires_payment_method` or `succeeded`.
    pub status: String,
    pub amount: i64,
    pub currency: String,
    pub metadata: Json,
    pub latest_charge: Option<String>,
    /// Why the last card was declined.
    pub last_decline: Option<String>,
    pub created: i64,
});

table!(charge, "charges", /** Money collected, with its balance transaction. */ {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub payment_intent: String,
    pub amount: i64,
    pub amount_refunded: i64,
    pub currency: String,
    pub fee: i64,
    pub balance_transaction: String,
    pub card_last4: String,
    pub metadata: Json,
    pub created: i64,
});

table!(refund, "refunds", /** Money given back. */ {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub charge: String,
    pub payment_intent: String,
    pub amount: i64,
    pub currency: String,
    pub created: i64,
});

table!(event, "events", /** Something that happened, told to the webhook until it answers 2xx. */ {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    /// The very bytes that are sent and signed.
    pub body: String,
    pub created: i64,
    pub attempts: i32,
    /// When it is sent next, unix milliseconds; none once delivered or given up.
    pub next_attempt_at_ms: Option<i64>,
    pub delivered_at: Option<i64>,
});

table!(idempotency, "idempotency_keys", /** The answer that a key got, to be given again. */ {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// SHA-256 of path and body: the same key with another request is refused.
    pub fingerprint: String,
    pub status: i32,
    pub body: String,
    pub created: i64,
});
