//! Everything a running program holds: the database, the surroundings and the ports. The command line builds it once; `api`,
//! `audio-worker` and `back-office` each get a clone.

use std::sync::Arc;

use crate::{
    actor::{Actor, Ctx},
    domains::rules::address_at,
    env::Env,
    identity::entity::studio,
    ids::StudioId,
    links::LinkKey,
    ports::{
        AgreementDocuments, Contracts, Dns, FileStore, Mailer, MixDocuments, PaymentGateway, Scanner, Seals, Wake,
        WebhookSender,
    },
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
    /// The domain name system.
    pub dns: Arc<dyn Dns>,
    /// What looks for malware in what is handed in; none where nobody does.
    pub scanner: Option<Arc<dyn Scanner>>,
    /// What sends events to the programs of studios.
    pub webhooks: Arc<dyn WebhookSender>,
    /// Whom to wake when jobs have been written.
    pub wake: Arc<dyn Wake>,
    /// The address that people reach the pages under, without a slash at the end, such as `http://127.0.0.1:8080`.
    pub public_url: Arc<str>,
    /// Whose own domain that address is; none if it is the platform's. See [`Services::at_home`].
    pub home: Option<OwnDomain>,
}

/// A studio's own domain, as far as those who are there know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnDomain {
    /// Whose it is.
    pub studio: StudioId,
    /// Where the platform itself is.
    pub platform_url: Arc<str>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services").field("public_url", &self.public_url).finish_non_exhaustive()
    }
}

impl Services {
    /// The same as it is reached under a studio's own domain: every address that is made with it leads there.
    #[must_use]
    pub fn at_home(&self, studio: StudioId, host: &str) -> Self {
        let platform_url: Arc<str> = self.platform_url().into();
        let public_url = address_at(&platform_url, host).into();
        Self { public_url, home: Some(OwnDomain { studio, platform_url }), ..self.clone() }
    }

    /// The same within a request: whatever is asked of them knows its id.
    #[must_use]
    pub fn within(&self, request: Arc<str>) -> Self {
        Self { env: self.env.clone().within(request), ..self.clone() }
    }

    /// The address of the platform itself, which stays whatever becomes of a studio's domain: for what is known by it for good.
    pub fn platform_url(&self) -> &str {
        self.home.as_ref().map_or(&*self.public_url, |home| &*home.platform_url)
    }

    fn is_home_of(&self, studio: &studio::Model) -> bool {
        self.home.as_ref().is_some_and(|home| home.studio == studio.id)
    }

    /// Where a studio's shop is on the host that these are reached under: a path of the platform's; at its own domain that whole address, which a path can
    /// follow as well.
    pub fn shop_url(&self, studio: &studio::Model) -> String {
        if self.is_home_of(studio) { self.public_url.to_string() } else { format!("/s/{}", studio.slug) }
    }

    /// The same as a whole address.
    pub fn whole_shop_url(&self, studio: &studio::Model) -> String {
        let shop = self.shop_url(studio);
        if self.is_home_of(studio) { shop } else { format!("{}{shop}", self.public_url) }
    }

    /// The path under which all of a studio's shop is on that host.
    pub fn shop_path(&self, studio: &studio::Model) -> String {
        if self.is_home_of(studio) { "/".to_owned() } else { self.shop_url(studio) }
    }

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
