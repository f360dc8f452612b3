//! Events: recorded with their cause, sent until they are taken.

use domain::store::Tx;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Failure, Store, add,
    entity::{
        account, charge, dispute,
        event::{Column, Entity, Model},
        intent, refund, session, transfer,
    },
};
use crate::sandbox::{objects, schedule::Start};

/// How long an event is offered, in seconds: three days, as Stripe does.
const OFFERED_S: i64 = 3 * 24 * 60 * 60;

/// The longest wait between two attempts, in milliseconds: an hour.
const LONGEST_WAIT_MS: i64 = 60 * 60 * 1000;

/// The version of the interface whose shapes are spoken.
const API_VERSION: &str = "2026-09-30";

/// What the webhook endpoint has subscribed to; the other events are kept in the list, and not sent unless the settings say so.
const SENT: [&str; 19] = [
    "checkout.session.completed",
    "checkout.session.expired",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "payment_intent.canceled",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "account.updated",
    "transfer.created",
    "transfer.updated",
    "transfer.reversed",
    "charge.failed",
];

/// How messages have fared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(in crate::sandbox) struct Messages {
    /// How many events there are.
    events: i64,
    /// How often one of them was sent, and perhaps lost on its way.
    attempts: i64,
    /// How many of them were taken, once or several times.
    taken: i64,
    /// How many are to be sent, for the first time or once more.
    waiting: i64,
}

impl Store {
    pub(super) async fn record_session(&self, tx: &Tx, kind: &str, row: &session::Model) -> Result<(), Failure> {
        self.record(tx, kind, &objects::session(row, &self.public_url)).await
    }

    pub(super) async fn record_intent(&self, tx: &Tx, kind: &str, row: &intent::Model) -> Result<(), Failure> {
        let object = self.intent_object(tx, row).await?;
        self.record(tx, kind, &object).await
    }

    pub(super) async fn record_charge(&self, tx: &Tx, kind: &str, row: &charge::Model) -> Result<(), Failure> {
        self.record(tx, kind, &objects::charge(row)).await
    }

    pub(super) async fn record_refund(&self, tx: &Tx, kind: &str, row: &refund::Model) -> Result<(), Failure> {
        self.record(tx, kind, &objects::refund(row)).await
    }

    pub(super) async fn record_dispute(&self, tx: &Tx, kind: &str, row: &dispute::Model) -> Result<(), Failure> {
        let object = self.dispute_object(tx, row).await?;
        self.record(tx, kind, &object).await
    }

    pub(super) async fn record_account(&self, tx: &Tx, row: &account::Model) -> Result<(), Failure> {
        self.record(tx, "account.updated", &objects::account(row)).await
    }

    pub(super) async fn record_transfer(&self, tx: &Tx, kind: &str, row: &transfer::Model) -> Result<(), Failure> {
        let object = self.transfer_object(tx, row).await?;
        self.record(tx, kind, &object).await
    }

    async fn record(&self, tx: &Tx, kind: &str, object: &Value) -> Result<(), Failure> {
        let id = self.fresh_id("evt");
        let now = self.now();
        let mut body = json!({
            "id": id, "object": "event", "type": kind, "created": now.timestamp(), "livemode": false,
            "api_version": API_VERSION, "pending_webhooks": 1, "request": { "id": null, "idempotency_key": null },
            "data": { "object": object },
        });
        if object["object"] == "account" {
            // What happens at a payee's account says at whose.
            body["account"] = object["id"].clone();
        }
        let last = Entity::find().order_by_desc(Column::Number).one(tx).await?;
        let number = last.map_or(1, |last| last.number + 1);
        let settings = self.settings();
        let start = settings.schedule.start(u64::try_from(number).unwrap_or(0));
        let sent = settings.every_kind || SENT.contains(&kind);
        let first_ms = match start {
            Start::After(wait_ms) if sent => {
                Some(now.timestamp_millis().saturating_add(i64::try_from(wait_ms).unwrap_or(i64::MAX)))
            }
            _ => None,
        };
        let row = Model {
            id,
            number,
            kind: kind.to_owned(),
            body: body.to_string(),
            created: now.timestamp(),
            attempts: 0,
            next_attempt_at_ms: first_ms,
            delivered_at: None,
        };
        add(tx, row).await?;
        Ok(())
    }

    /// The events whose time to be sent has come, oldest first.
    pub(in crate::sandbox) async fn due_events(&self, limit: u64) -> Result<Vec<Model>, Failure> {
        let due = Entity::find().filter(Column::NextAttemptAtMs.lte(self.now().timestamp_millis()));
        let query = due.order_by_asc(Column::NextAttemptAtMs).order_by_asc(Column::Number);
        Ok(query.limit(limit).all(&self.db).await?)
    }

    /// How all messages have fared.
    pub(in crate::sandbox) async fn messages(&self) -> Result<Messages, Failure> {
        let rows: Vec<(i32, Option<i64>, Option<i64>)> = Entity::find()
            .select_only()
            .columns([Column::Attempts, Column::NextAttemptAtMs, Column::DeliveredAt])
            .into_tuple()
            .all(&self.db)
            .await?;
        let mut messages = Messages::default();
        for (attempts, next_attempt, delivered) in rows {
            messages.events += 1;
            messages.attempts += i64::from(attempts);
            messages.taken += i64::from(delivered.is_some());
            messages.waiting += i64::from(next_attempt.is_some());
        }
        Ok(messages)
    }

    /// When the next event is to be sent, unix milliseconds.
    pub(in crate::sandbox) async fn next_attempt(&self, tx: &Tx) -> Result<Option<i64>, Failure> {
        let waiting = Entity::find().filter(Column::NextAttemptAtMs.is_not_null());
        let first = waiting.order_by_asc(Column::NextAttemptAtMs).one(tx).await?;
        Ok(first.and_then(|row| row.next_attempt_at_ms))
    }

    /// Notes how an attempt went. A refused event is offered again after a wait that doubles, for three days; one that was taken is sent again
    /// if the schedule says so.
    pub(in crate::sandbox) async fn attempted(
        &self,
        mut row: Model,
        taken: bool,
        again_after_ms: Option<u64>,
        first_wait_ms: i64,
    ) -> Result<(), Failure> {
        let now = self.now();
        row.attempts = row.attempts.saturating_add(1);
        let doubled = first_wait_ms.saturating_mul(1_i64 << row.attempts.clamp(1, 30).saturating_sub(1));
        let given_up = now.timestamp() - row.created > OFFERED_S;
        let wait_ms = match (taken, again_after_ms) {
            (true, again_after_ms) => again_after_ms.map(|wait_ms| i64::try_from(wait_ms).unwrap_or(i64::MAX)),
            (false, _) if row.delivered_at.is_some() || given_up => None,
            (false, _) => Some(doubled.min(LONGEST_WAIT_MS)),
        };
        row.next_attempt_at_ms = wait_ms.map(|wait_ms| now.timestamp_millis().saturating_add(wait_ms));
        if taken {
            row.delivered_at = Some(now.timestamp());
        }
        // Not within a transaction: the row is this sender's alone.
        Entity::update_many()
            .col_expr(Column::Attempts, Expr::value(row.attempts))
            .col_expr(Column::NextAttemptAtMs, Expr::value(row.next_attempt_at_ms))
            .col_expr(Column::DeliveredAt, Expr::value(row.delivered_at))
            .filter(Column::Id.eq(row.id))
            .exec(&self.db)
            .await?;
        Ok(())
    }
}
