//! Checkout sessions: opening, finding, expiring.

use std::collections::BTreeMap;

use domain::store::Tx;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::Value;

use super::{
    Failure, Store,
    entity::session::{ActiveModel, Column, Entity, Model},
    json_map,
};

/// A checkout as it is asked for, already checked.
pub(in crate::sandbox) struct NewSession {
    pub(in crate::sandbox) currency: String,
    pub(in crate::sandbox) amount_total: i64,
    pub(in crate::sandbox) line_items: Value,
    pub(in crate::sandbox) metadata: BTreeMap<String, String>,
    pub(in crate::sandbox) intent_metadata: BTreeMap<String, String>,
    pub(in crate::sandbox) client_reference_id: Option<String>,
    pub(in crate::sandbox) customer_email: Option<String>,
    pub(in crate::sandbox) success_url: String,
    pub(in crate::sandbox) cancel_url: Option<String>,
    pub(in crate::sandbox) expires_at: i64,
}

impl Store {
    /// Opens a checkout.
    pub(in crate::sandbox) async fn create_session(&self, tx: &Tx, new: NewSession) -> Result<Model, Failure> {
        let row = ActiveModel {
            id: Set(self.fresh_id("cs_test")),
            status: Set("open".to_owned()),
            payment_status: Set("unpaid".to_owned()),
            currency: Set(new.currency),
            amount_total: Set(new.amount_total),
            line_items: Set(new.line_items),
            metadata: Set(json_map(new.metadata)),
            intent_metadata: Set(json_map(new.intent_metadata)),
            client_reference_id: Set(new.client_reference_id),
            customer_email: Set(new.customer_email),
            success_url: Set(new.success_url),
            cancel_url: Set(new.cancel_url),
            expires_at: Set(new.expires_at),
            payment_intent: Set(None),
            created: Set(self.now_s()),
        };
        Ok(row.insert(tx).await?)
    }

    /// A checkout as it stands now: one whose time is over is expired on the way.
    pub(in crate::sandbox) async fn find_session(&self, tx: &Tx, id: &str) -> Result<Option<Model>, Failure> {
        match Entity::find_by_id(id).one(tx).await? {
            Some(session) if session.status == "open" && session.expires_at <= self.now_s() => {
                Ok(Some(self.expire(tx, session).await?))
            }
            found => Ok(found),
        }
    }

    /// Expires every open checkout whose time is over.
    pub(in crate::sandbox) async fn expire_due(&self, tx: &Tx) -> Result<(), Failure> {
        let open = Entity::find().filter(Column::Status.eq("open"));
        for session in open.filter(Column::ExpiresAt.lte(self.now_s())).all(tx).await? {
            self.expire(tx, session).await?;
        }
        Ok(())
    }

    /// When the next open checkout expires, unix seconds.
    pub(in crate::sandbox) async fn next_expiry(&self, tx: &Tx) -> Result<Option<i64>, Failure> {
        let first = Entity::find().filter(Column::Status.eq("open")).order_by_asc(Column::ExpiresAt).one(tx).await?;
        Ok(first.map(|session| session.expires_at))
    }

    async fn expire(&self, tx: &Tx, session: Model) -> Result<Model, Failure> {
        let mut row = session.into_active_model();
        row.status = Set("expired".to_owned());
        let session = row.update(tx).await?;
        self.record_session_event(tx, "checkout.session.expired", &session).await?;
        Ok(session)
    }
}
