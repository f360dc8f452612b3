//! What the sandbox remembers, in a SQLite file of its own: it stands for a foreign service, so it shares nothing with the program's
//! database, and it survives being killed at any moment, for every change and its event are one transaction.

mod entity;
mod events;
mod objects;
mod payments;
mod refusal;
mod sessions;

pub(super) use entity::{event, session};
pub(super) use objects::Expand;
pub(super) use payments::{Card, PayOutcome};
pub(super) use refusal::{Failure, Refusal};
pub(super) use sessions::NewSession;

use domain::{
    env::Env,
    report::StoreError,
    store::{Db, Tx},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde_json::Value;

/// How long an answer is kept for its idempotency key, in seconds: 24 hours.
const KEY_KEPT_S: i64 = 24 * 60 * 60;

/// The sandbox could not open its file.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The SQLite file cannot be opened or prepared.
    #[error("the sandbox gateway's own database cannot be opened; check that its folder can be written to")]
    Store(#[source] StoreError),
    /// The HTTP client that sends webhooks cannot be built.
    #[error("the sandbox gateway's webhook sender cannot be built")]
    Sender(#[source] reqwest::Error),
}

/// The sandbox's state. Cheap to clone.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) db: Db,
    pub(super) env: Env,
}

impl Store {
    /// Opens the file, making it and its tables if they are not there.
    pub(super) async fn open(sqlite_url: &str, env: Env) -> Result<Self, SandboxError> {
        let db = domain::store::connect(sqlite_url, 4).await.map_err(SandboxError::Store)?;
        db.execute_unprepared(entity::SCHEMA).await.map_err(|cause| SandboxError::Store(cause.into()))?;
        Ok(Self { db, env })
    }

    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        domain::store::begin(&self.db).await
    }

    pub(super) fn now_s(&self) -> i64 {
        self.env.now().timestamp()
    }

    /// A fresh id of Stripe's form: a prefix and 128 bits that nobody guesses.
    pub(super) fn fresh_id(&self, prefix: &str) -> String {
        format!("{prefix}_{}", hex::encode(self.env.random::<16>()))
    }

    /// The answer that was given for a key, if this very request got one within the last 24 hours.
    pub(super) async fn replay(&self, tx: &Tx, key: &str, fingerprint: &str) -> Result<Option<(u16, String)>, Failure> {
        let Some(kept) = entity::idempotency::Entity::find_by_id(key).one(tx).await? else { return Ok(None) };
        if self.now_s() - kept.created >= KEY_KEPT_S {
            entity::idempotency::Entity::delete_by_id(key).exec(tx).await?;
            return Ok(None);
        }
        if kept.fingerprint != fingerprint {
            return Err(Refusal::idempotency().into());
        }
        Ok(Some((u16::try_from(kept.status).unwrap_or(500), kept.body)))
    }

    /// Keeps an answer for its key, in the transaction of what it answers.
    pub(super) async fn keep(
        &self,
        tx: &Tx,
        key: &str,
        fingerprint: &str,
        status: u16,
        body: &str,
    ) -> Result<(), StoreError> {
        let row = entity::idempotency::ActiveModel {
            key: Set(key.to_owned()),
            fingerprint: Set(fingerprint.to_owned()),
            status: Set(i32::from(status)),
            body: Set(body.to_owned()),
            created: Set(self.now_s()),
        };
        row.insert(tx).await?;
        Ok(())
    }
}

/// A map as the JSON that a row keeps.
fn json_map(map: std::collections::BTreeMap<String, String>) -> Value {
    Value::Object(map.into_iter().map(|(key, value)| (key, Value::String(value))).collect())
}
