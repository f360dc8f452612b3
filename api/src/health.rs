//! `GET /health`: whether this process can do its work.

use actix_web::{
    HttpResponse,
    web::{Data, ServiceConfig},
};

use crate::{
    edge::look,
    errors::{chain, tell_when},
    state::ApiState,
};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.route("/health", look().to(health));
}

/// How the process is.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Health {
    /// `ok`, or `failing` if the database does not answer.
    pub status: &'static str,
    /// `ok` or `failing`.
    pub database: &'static str,
    /// The program's version.
    pub version: &'static str,
}

/// Says whether this process can do its work: 200 if the database answers, else 503.
#[utoipa::path(
    get, path = "/health", tag = "operation",
    responses((status = 200, description = "The process can work", body = Health), (status = 503, description = "It cannot", body = Health)),
)]
pub async fn health(state: Data<ApiState>) -> HttpResponse {
    let database = match state.services.db.ping().await {
        Ok(()) => "ok",
        Err(error) => {
            tracing::error!(causes = chain(&error), "the database does not answer");
            "failing"
        }
    };
    let health = Health { status: database, database, version: env!("CARGO_PKG_VERSION") };
    let mut response = if database == "ok" { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    let mut response = response.insert_header(("Cache-Control", "no-store")).json(health);
    tell_when(response.status(), response.headers_mut());
    response
}
