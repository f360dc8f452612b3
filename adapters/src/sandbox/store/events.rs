//! Events: recorded with their cause, sent until they are taken.

use domain::{report::StoreError, store::Tx};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::{Value, json};

use super::{
    Expand, Failure, Store,
    entity::{charge, event, intent, session},
    objects,
};

/// How long an event is offered, in seconds: three days, as Stripe does.
const OFFERED_S: i64 = 3 * 24 * 60 * 60;

/// The longest wait between two attempts, in milliseconds: an hour.
const LONGEST_WAIT_MS: i64 = 60 * 60 * 1000;

/// What the webhook endpoint has subscribed to; the other events are kept in the list, and not sent.
const SENT: [&str; 3] = ["checkout.session.completed", "checkout.session.expired", "charge.refunded"];

impl Store {
    pub(super) async fn record_session_event(
        &self,
        tx: &Tx,
        kind: &str,
        row: &session::Model,
    ) -> Result<(), StoreError> {
        let payment_intent = row.payment_intent.as_deref().into();
        self.record(tx, kind, &objects::session(row, &payment_intent, "")).await
    }

    pub(super) async fn record_intent_event(&self, tx: &Tx, kind: &str, row: &intent::Model) -> Result<(), StoreError> {
        self.record(tx, kind, &objects::intent(row, None, &Expand::default())).await
    }

    pub(super) async fn record_charge_event(&self, tx: &Tx, kind: &str, row: &charge::Model) -> Result<(), StoreError> {
        self.record(tx, kind, &objects::charge(row, &Expand::default())).await
    }

    async fn record(&self, tx: &Tx, kind: &str, object: &Value) -> Result<(), StoreError> {
        let id = self.fresh_id("evt");
        let now = self.env.now();
        let body = json!({
            "id": id, "object": "event", "type": kind, "created": now.timestamp(), "livemode": false,
            "api_version": "2026-09-30", "pending_webhooks": 1, "data": { "object": object },
        });
        let row = event::ActiveModel {
            id: Set(id),
            kind: Set(kind.to_owned()),
            body: Set(body.to_string()),
            created: Set(now.timestamp()),
            attempts: Set(0),
            next_attempt_at_ms: Set(SENT.contains(&kind).then(|| now.timestamp_millis())),
            delivered_at: Set(None),
        };
        row.insert(tx).await?;
        Ok(())
    }

    /// The events whose time to be sent has come, oldest first.
    pub(in crate::sandbox) async fn due_events(&self, limit: u64) -> Result<Vec<event::Model>, Failure> {
        let due = event::Column::NextAttemptAtMs.lte(self.env.now().timestamp_millis());
        let query = event::Entity::find().filter(due).order_by_asc(event::Column::NextAttemptAtMs);
        Ok(query.limit(limit).all(&self.db).await?)
    }

    /// When the next event is to be sent, unix milliseconds.
    pub(in crate::sandbox) async fn next_attempt(&self, tx: &Tx) -> Result<Option<i64>, Failure> {
        let waiting = event::Entity::find().filter(event::Column::NextAttemptAtMs.is_not_null());
        let first = waiting.order_by_asc(event::Column::NextAttemptAtMs).one(tx).await?;
        Ok(first.and_then(|row| row.next_attempt_at_ms))
    }

    /// Notes how an attempt went. A refused event is offered again after a wait that doubles, for three days.
    pub(in crate::sandbox) async fn attempted(
        &self,
        row: event::Model,
        taken: bool,
        first_wait_ms: i64,
    ) -> Result<(), Failure> {
        let now = self.env.now();
        let attempts = row.attempts.saturating_add(1);
        let doubled = first_wait_ms.saturating_mul(1_i64 << attempts.clamp(1, 30).saturating_sub(1));
        let given_up = now.timestamp() - row.created > OFFERED_S;
        let mut row = row.into_active_model();
        row.attempts = Set(attempts);
        row.next_attempt_at_ms =
            Set((!taken && !given_up).then(|| now.timestamp_millis() + doubled.min(LONGEST_WAIT_MS)));
        if taken {
            row.delivered_at = Set(Some(now.timestamp()));
        }
        row.update(&self.db).await?;
        Ok(())
    }
}
