//! The sandbox's own tables. Instants are unix seconds, amounts are in the units of the interface that it speaks.

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
    /// What else it will carry, such as its `transfer_group`.
    pub intent_data: Json,
    /// `automatic` or `manual`.
    pub capture_method: String,
    /// How it can be paid: `card`, and a debit that takes days.
    pub method_types: Json,
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
    /// `requires_payment_method`, `requires_action`, `processing`, `requires_capture`, `succeeded` or `canceled`.
    pub status: String,
    pub amount: i64,
    pub currency: String,
    pub metadata: Json,
    pub intent_data: Json,
    pub capture_method: String,
    pub method_types: Json,
    pub amount_received: i64,
    pub amount_capturable: i64,
    pub latest_charge: Option<String>,
    /// Why the last attempt failed: a word of [`declined`](crate::sandbox::cards::declined).
    pub last_decline: Option<String>,
    /// The last four digits of the card that its bank wants approved, while it does.
    pub challenged_card: Option<String>,
    pub canceled_at: Option<i64>,
    pub cancellation_reason: Option<String>,
    pub created: i64,
});

table!(charge, "charges", /** Money collected, held, or on its way. */ {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub payment_intent: String,
    pub amount: i64,
    pub amount_captured: i64,
    /// Given back of what was captured.
    pub amount_refunded: i64,
    pub currency: String,
    pub fee: i64,
    /// Empty until the money has moved.
    pub balance_transaction: String,
    /// `card`, or a debit such as `sepa_debit`.
    pub method: String,
    pub card_last4: String,
    /// `pending`, `succeeded` or `failed`.
    pub status: String,
    pub captured: bool,
    /// Until when what is held can be captured.
    pub capture_before: Option<i64>,
    /// When a debit on its way arrives, or fails.
    pub settles_at: Option<i64>,
    /// Whether it will arrive.
    pub settles_well: bool,
    pub disputed: bool,
    pub transfer_group: Option<String>,
    pub billing_email: Option<String>,
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
    /// `succeeded` or `failed`.
    pub status: String,
    pub reason: Option<String>,
    pub failure_reason: Option<String>,
    pub balance_transaction: Option<String>,
    pub failure_balance_transaction: Option<String>,
    pub metadata: Json,
    pub created: i64,
});

table!(balance, "balance_transactions", /** Money that moved on the account's balance. */ {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// `charge`, `refund`, `refund_failure`, `adjustment`, `transfer` or `transfer_refund`.
    pub kind: String,
    pub reporting_category: String,
    /// What moved it.
    pub source: String,
    /// Below zero for what leaves.
    pub amount: i64,
    pub fee: i64,
    pub currency: String,
    pub description: Option<String>,
    /// From when on it can be sent elsewhere.
    pub available_on: i64,
    pub created: i64,
});

table!(dispute, "disputes", /** A payment that the buyer's bank disputes. */ {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub charge: String,
    pub payment_intent: String,
    pub amount: i64,
    pub currency: String,
    pub reason: String,
    /// Stripe's words: `needs_response`, `under_review`, `won`, `lost`, and those of an inquiry.
    pub status: String,
    pub evidence: Json,
    pub submission_count: i64,
    pub due_by: Option<i64>,
    pub metadata: Json,
    pub created: i64,
});

table!(account, "accounts", /** Where a payee's money goes. */ {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// `standard`, `express` or `custom`.
    pub kind: String,
    /// `new`, `incomplete`, `enabled` or `rejected`.
    pub state: String,
    pub country: String,
    pub default_currency: String,
    pub email: Option<String>,
    pub metadata: Json,
    pub created: i64,
});

table!(account_link, "account_links", /** A page for the payee, good once. */ {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub account: String,
    pub return_url: String,
    pub refresh_url: String,
    pub used: bool,
    pub expires_at: i64,
    pub created: i64,
});

table!(transfer, "transfers", /** Money sent to a payee's account. */ {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub amount: i64,
    pub amount_reversed: i64,
    pub currency: String,
    pub destination: String,
    pub source_transaction: Option<String>,
    pub transfer_group: Option<String>,
    pub balance_transaction: String,
    pub description: Option<String>,
    pub metadata: Json,
    pub created: i64,
});

table!(reversal, "transfer_reversals", /** Money taken back from a payee's account. */ {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub transfer: String,
    pub amount: i64,
    pub currency: String,
    pub balance_transaction: String,
    pub metadata: Json,
    pub created: i64,
});

table!(event, "events", /** Something that happened, told to the webhook until it answers 2xx. */ {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The how-manieth it is: what a schedule decides by.
    pub number: i64,
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

table!(setting, "settings", /** What the control interface has set, one document. */ {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub value: Json,
});
