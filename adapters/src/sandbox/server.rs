//! The sandbox's server: what it is made of, and where its parts are mounted.

use std::{future::Future, sync::Arc};

use actix_web::web;
use domain::env::Env;
use tokio::sync::Notify;

use super::{SandboxError, SandboxKeys, api, control, pages, sender, store::Store};

/// The largest request, in bytes.
const BODY_BYTES: usize = 1024 * 1024;

/// How the sandbox is set up.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Its own database, such as `sqlite:/path/sandbox.db`.
    pub database_url: String,
    /// The address that buyers reach it under, without a slash at the end; pay pages are at `{public_url}/sandbox/pay/…`.
    pub public_url: String,
    /// Where events are posted to, such as `http://127.0.0.1:8080/webhooks/sandbox`.
    pub webhook_url: String,
    /// Its two secrets.
    pub keys: SandboxKeys,
    /// How long a refused event waits before it is sent again, in milliseconds; each further wait doubles, up to an hour, for three days.
    pub first_retry_ms: u32,
}

/// What handlers and the sender share.
pub(super) struct Inner {
    pub(super) store: Store,
    pub(super) config: SandboxConfig,
    pub(super) http: reqwest::Client,
    /// Events may have been recorded.
    pub(super) wake: Notify,
}

/// The server: mount it with [`configure`](Self::configure) and keep [`run_sender`](Self::run_sender) running. Cheap to clone.
#[derive(Clone)]
pub struct SandboxServer(Arc<Inner>);

impl std::fmt::Debug for SandboxServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SandboxServer").field("public_url", &self.0.config.public_url).finish_non_exhaustive()
    }
}

impl SandboxServer {
    /// Opens the sandbox on its own database, which is made if it is not there, and brought to its present form if it is older.
    pub async fn open(config: SandboxConfig, env: Env) -> Result<Self, SandboxError> {
        let store = Store::open(&config.database_url, config.public_url.clone(), env).await?;
        let http = sender::http_client().map_err(SandboxError::Sender)?;
        Ok(Self(Arc::new(Inner { store, config, http, wake: Notify::new() })))
    }

    /// Mounts the sandbox under `/sandbox`: Stripe's interface at `/v1`, the pages that buyers and payees see, and the control interface.
    pub fn configure(&self, app: &mut web::ServiceConfig) {
        app.service(
            web::scope("/sandbox")
                .app_data(web::Data::from(self.0.clone()))
                .app_data(web::PayloadConfig::new(BODY_BYTES))
                .route("/v1/{path:.*}", web::route().to(api::serve))
                .route("/pay.css", web::get().to(pages::style))
                .route("/pay/{session}", web::get().to(pages::pay::show))
                .route("/pay/{session}", web::post().to(pages::pay::submit))
                .route("/pay/{session}/approve", web::get().to(pages::pay::show_challenge))
                .route("/pay/{session}/approve", web::post().to(pages::pay::answer_challenge))
                .route("/onboarding/{link}", web::get().to(pages::onboarding::show))
                .route("/onboarding/{link}", web::post().to(pages::onboarding::submit))
                .route("/control", web::get().to(control::show))
                .route("/control/{action}", web::post().to(control::act)),
        );
    }

    /// Sends events until `stop` resolves. What is not yet delivered is kept, and sent by the next run.
    pub async fn run_sender(&self, stop: impl Future<Output = ()>) {
        tokio::select! {
            () = stop => {}
            () = sender::run(&self.0) => {}
        }
    }
}
