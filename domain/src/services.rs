//! Everything a running program holds: the database, the surroundings and the ports. The command line builds it once; `api`,
//! `audio-worker` and `back-office` each get a clone.

use std::sync::Arc;

use crate::{
    actor::{Actor, Ctx},
    env::Env,
    links::LinkKey,
    ports::{AgreementDocuments, Contracts, FileStore, Mailer, MixDocuments, PaymentGateway, Seals, Wake},
    report::StoreError,
    store::{self, Db, Tx},
};

/// What a running program holds. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// The database.
    pub db: Db,
    /// Time, ids and randomness.
    pub env: Env,
    /// The installation's key for links.
    pub links: LinkKey,
    /// The files.
    pub files: Arc<dyn FileStore>,
    /// The mail.
    pub mailer: Arc<dyn Mailer>,
    /// The payments.
    pub gateway: Arc<dyn PaymentGateway>,
    /// The contracts.
    pub contracts: Arc<dyn Contracts>,
    /// The agreements.
    pub agreements: Arc<dyn AgreementDocuments>,
    /// The mix documents.
    pub mixes: Arc<dyn MixDocuments>,
    /// The seals.
    pub seals: Arc<dyn Seals>,
    /// Whom to wake when jobs have been written.
    pub wake: Arc<dyn Wake>,
    /// The address that people reach the pages under, without a slash at the end, such as `http://127.0.0.1:8080`.
    pub public_url: Arc<str>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services").field("public_url", &self.public_url).finish_non_exhaustive()
    }
}

impl Services {
    /// A context for an actor.
    pub fn ctx(&self, actor: Actor) -> Ctx {
        Ctx::new(actor, self.env.clone())
    }

    /// Begins a transaction that writes.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        store::begin(&self.db).await
    }

    /// Commits a transaction, and wakes the relay for the jobs it may have written.
    pub async fn commit(&self, tx: Tx) -> Result<(), StoreError> {
        tx.commit().await?;
        self.wake.jobs_written();
        Ok(())
    }
}
