//! Checkout sessions: opening, finding, expiring.

use std::collections::BTreeMap;

use domain::store::Tx;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;

use super::{
    Failure, Refusal, Store, add,
    entity::{
        intent,
        session::{Column, Entity, Model},
    },
    json_map, load, save,
};

/// A checkout as it is asked for, already checked.
pub(in crate::sandbox) struct NewSession {
    pub(in crate::sandbox) currency: String,
    pub(in crate::sandbox) amount_total: i64,
    pub(in crate::sandbox) line_items: Value,
    pub(in crate::sandbox) metadata: BTreeMap<String, String>,
    pub(in crate::sandbox) intent_metadata: BTreeMap<String, String>,
    pub(in crate::sandbox) intent_data: BTreeMap<String, String>,
    pub(in crate::sandbox) capture_method: &'static str,
    pub(in crate::sandbox) method_types: Vec<String>,
    pub(in crate::sandbox) client_reference_id: Option<String>,
    pub(in crate::sandbox) customer_email: Option<String>,
    pub(in crate::sandbox) success_url: String,
    pub(in crate::sandbox) cancel_url: Option<String>,
    pub(in crate::sandbox) expires_at: i64,
}

impl Model {
    /// Whether a method, such as `card`, may pay it.
    pub(in crate::sandbox) fn takes(&self, method: &str) -> bool {
        self.method_types.as_array().is_some_and(|types| types.iter().any(|one| one == method))
    }
}

impl Store {
    /// Opens a checkout.
    pub(in crate::sandbox) async fn create_session(&self, tx: &Tx, new: NewSession) -> Result<Model, Failure> {
        let row = Model {
            id: self.fresh_id("cs_test"),
            status: "open".to_owned(),
            payment_status: "unpaid".to_owned(),
            currency: new.currency,
            amount_total: new.amount_total,
            line_items: new.line_items,
            metadata: json_map(new.metadata),
            intent_metadata: json_map(new.intent_metadata),
            intent_data: json_map(new.intent_data),
            capture_method: new.capture_method.to_owned(),
            method_types: new.method_types.into(),
            client_reference_id: new.client_reference_id,
            customer_email: new.customer_email,
            success_url: new.success_url,
            cancel_url: new.cancel_url,
            expires_at: new.expires_at,
            payment_intent: None,
            created: self.now_s(),
        };
        Ok(add(tx, row).await?)
    }

    /// A checkout as it stands now: one whose time is over is expired on the way.
    pub(in crate::sandbox) async fn find_session(&self, tx: &Tx, id: &str) -> Result<Option<Model>, Failure> {
        match load::<Entity>(tx, id).await? {
            Some(session) if session.status == "open" && session.expires_at <= self.now_s() => {
                Ok(Some(self.expire(tx, session).await?))
            }
            found => Ok(found),
        }
    }

    /// The checkout that a payment came from.
    pub(in crate::sandbox) async fn session_of(&self, tx: &Tx, payment_intent: &str) -> Result<Option<Model>, Failure> {
        Ok(Entity::find().filter(Column::PaymentIntent.eq(payment_intent)).one(tx).await?)
    }

    /// Closes an open checkout before its time.
    pub(in crate::sandbox) async fn expire_session(&self, tx: &Tx, id: &str) -> Result<Model, Failure> {
        let found = self.find_session(tx, id).await?;
        let session = found.ok_or_else(|| Refusal::no_such("checkout.session", "session", id))?;
        if session.status != "open" {
            let message = format!(
                "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of {}.",
                session.status
            );
            return Err(Refusal::invalid("session", message).into());
        }
        self.expire(tx, session).await
    }

    /// Expires every open checkout whose time is over.
    pub(super) async fn expire_due(&self, tx: &Tx) -> Result<(), Failure> {
        let open = Entity::find().filter(Column::Status.eq("open"));
        for session in open.filter(Column::ExpiresAt.lte(self.now_s())).all(tx).await? {
            self.expire(tx, session).await?;
        }
        Ok(())
    }

    /// When the next open checkout expires, unix seconds.
    pub(super) async fn next_expiry(&self, tx: &Tx) -> Result<Option<i64>, Failure> {
        let first = Entity::find().filter(Column::Status.eq("open")).order_by_asc(Column::ExpiresAt).one(tx).await?;
        Ok(first.map(|session| session.expires_at))
    }

    async fn expire(&self, tx: &Tx, mut session: Model) -> Result<Model, Failure> {
        "expired".clone_into(&mut session.status);
        save(tx, &session).await?;
        // What the buyer had begun to pay with leads nowhere any more.
        if let Some(id) = &session.payment_intent
            && let Some(begun) = load::<intent::Entity>(tx, id).await?
            && begun.is_open()
        {
            self.cancel_intent(tx, begun, Some("automatic")).await?;
        }
        self.record_session(tx, "checkout.session.expired", &session).await?;
        Ok(session)
    }
}
