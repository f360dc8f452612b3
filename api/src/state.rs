//! What the server's threads share.

use std::sync::Arc;

use domain::services::Services;
use tokio::runtime::Handle;

use crate::{
    auth::tokens::AccessTokens,
    config::ApiConfig,
    graphql::{self, ApiSchema, changes::Watches},
    hosts::Homes,
    metrics::Metrics,
};

/// What the server's threads share. Cheap to clone.
#[derive(Clone)]
pub struct ApiState {
    /// Everything the program holds.
    pub services: Services,
    /// The GraphQL schema.
    pub schema: ApiSchema,
    /// Issues and reads access tokens.
    pub tokens: AccessTokens,
    /// The settings.
    pub config: Arc<ApiConfig>,
    /// The counters behind `GET /metrics`.
    pub metrics: Arc<Metrics>,
    /// Whose the hosts are that requests name.
    pub(crate) homes: Arc<Homes>,
    /// The studios that are followed.
    pub(crate) watches: Arc<Watches>,
    /// The runtime in which the server was started.
    pub(crate) runtime: Handle,
}

impl std::fmt::Debug for ApiState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiState")
            .field("services", &self.services)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl ApiState {
    /// The state of a server over these services, in the present tokio runtime.
    pub fn new(services: Services, config: ApiConfig) -> Self {
        Self {
            tokens: AccessTokens::new(&services.links),
            schema: graphql::build(&config.limits),
            config: Arc::new(config),
            metrics: Arc::new(Metrics::default()),
            homes: Arc::new(Homes::default()),
            watches: Watches::new(services.db.clone(), Handle::current()),
            runtime: Handle::current(),
            services,
        }
    }
}
