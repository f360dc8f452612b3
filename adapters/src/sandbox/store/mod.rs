//! What the sandbox remembers, in a SQLite file of its own: it stands for a foreign service, so it shares nothing with the program's
//! database, and it survives being killed at any moment, for every change and its event are one transaction.

mod accounts;
mod balance;
mod disputes;
mod entity;
mod events;
mod intents;
mod payments;
mod refunds;
mod refusal;
mod rows;
mod schema;
mod sessions;
mod settings;
mod settle;
mod transfers;

pub(super) use accounts::NewAccount;
pub(super) use disputes::Verdict;
pub(super) use entity::{
    account, account_link, balance as balance_transaction, charge, dispute, event, intent, refund, reversal, session,
    transfer,
};
pub(super) use intents::NewIntent;
pub(super) use payments::{Means, PayOutcome};
pub(super) use refunds::NewRefund;
pub(super) use refusal::{Failure, Refusal};
pub(super) use rows::{Cursor, Page, add, load, page, save};
pub(super) use sessions::NewSession;
pub(super) use settings::{Fault, Settings};
pub(super) use transfers::NewTransfer;

use std::sync::{Arc, RwLock};

use domain::{
    env::{Env, Instant},
    report::StoreError,
    store::{Db, Tx},
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
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
    /// The address that buyers and payees reach it under, without a slash at the end.
    pub(super) public_url: String,
    settings: Arc<RwLock<Settings>>,
}

impl Store {
    /// Opens the file, making it and its tables if they are not there.
    pub(super) async fn open(sqlite_url: &str, public_url: String, env: Env) -> Result<Self, SandboxError> {
        let open = async {
            let db = domain::store::connect(sqlite_url, 4).await?;
            let tx = domain::store::begin(&db).await?;
            schema::prepare(&tx).await?;
            let settings = settings::read(&tx).await?;
            tx.commit().await?;
            Ok(Self { db, env, public_url, settings: Arc::new(RwLock::new(settings)) })
        };
        open.await.map_err(SandboxError::Store)
    }

    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        domain::store::begin(&self.db).await
    }

    /// The sandbox's time: the real one, and as much as its clock was driven ahead.
    pub(super) fn now(&self) -> Instant {
        self.env.now() + chrono::Duration::seconds(self.settings().clock_ahead_s)
    }

    /// The sandbox's time in unix seconds.
    pub(super) fn now_s(&self) -> i64 {
        self.now().timestamp()
    }

    /// A fresh id of Stripe's form: a prefix and 128 bits that nobody guesses.
    pub(super) fn fresh_id(&self, prefix: &str) -> String {
        format!("{prefix}_{}", hex::encode(self.env.random::<16>()))
    }

    /// The answer that was given for a key, if this very request got one within the last 24 hours.
    pub(super) async fn replay(&self, tx: &Tx, key: &str, fingerprint: &str) -> Result<Option<(u16, String)>, Failure> {
        use entity::idempotency::{Column, Entity};
        Entity::delete_many().filter(Column::Created.lte(self.now_s() - KEY_KEPT_S)).exec(tx).await?;
        let Some(kept) = load::<Entity>(tx, key).await? else { return Ok(None) };
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
        let row = entity::idempotency::Model {
            key: key.to_owned(),
            fingerprint: fingerprint.to_owned(),
            status: i32::from(status),
            body: body.to_owned(),
            created: self.now_s(),
        };
        // The same request may have come twice and been refused twice.
        domain::store::insert_new(tx, row.into_active_model()).await?;
        Ok(())
    }
}

/// A map as the JSON that a row keeps.
pub(super) fn json_map(map: std::collections::BTreeMap<String, String>) -> Value {
    Value::Object(map.into_iter().map(|(key, value)| (key, Value::String(value))).collect())
}
