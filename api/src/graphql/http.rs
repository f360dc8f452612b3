//! `/graphql` over HTTP: `POST` executes, `GET` shows GraphiQL, `/graphql/ws` carries subscriptions. Queries never come by `GET`, and a
//! body is JSON alone: a form cannot send one, so another site's page cannot either without asking the browser first.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::{self, Data, Payload, ServiceConfig},
};
use async_graphql::{Data as GraphQlData, Request, Response, http::GraphiQLSource};
use async_graphql_actix_web::GraphQLSubscription;
use domain::{
    actor::Actor,
    report::{Kind, Report},
};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use super::{errors::is_for_later, limits::Slots, loaders};
use crate::{
    auth,
    body::read_body,
    caller::Caller,
    edge::look,
    errors::{Problem, RETRY_AFTER_S},
    state::ApiState,
};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.service(web::resource("/graphql").route(web::post().to(post)).route(look().to(graphiql)))
        .route("/graphql/ws", web::get().to(websocket));
}

const GRAPHQL_JSON: &str = "application/graphql-response+json";

/// Executes a GraphQL query or mutation.
#[utoipa::path(
    post, path = "/graphql", tag = "graphql",
    request_body(content = serde_json::Value, description = "`query`, `variables`, `operationName`; see schema.graphql", content_type = "application/json"),
    responses(
        (status = 200, description = "`data` and `errors`", body = serde_json::Value),
        (status = 400, description = "Not a GraphQL request", body = crate::errors::ProblemBody),
        (status = 401, description = "The token or key is not valid", body = crate::errors::ProblemBody),
        (status = 413, description = "The body is too long", body = crate::errors::ProblemBody),
        (status = 415, description = "The body is not JSON", body = crate::errors::ProblemBody),
    ),
)]
pub async fn post(
    request: HttpRequest,
    caller: Caller,
    state: Data<ApiState>,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    let query = match serde_json::from_slice::<Request>(&read_json_body(&request, &caller, &state, body).await?) {
        Ok(query) => query,
        Err(error) => {
            let message = format!("the body is not a GraphQL request: {error}");
            let report = Report::new(Kind::Invalid, "BAD_REQUEST", message)
                .remedy("send an object with `query` and, if need be, `variables` and `operationName`");
            return Err(Problem::new(report).with_status(StatusCode::BAD_REQUEST));
        }
    };
    Ok(answer(&request, &execute(query, state, caller).await?))
}

/// Executes a request in the runtime that the server was started in: merged objects resolve one in another, deeper than the stack of actix's own threads is made
/// for. Whoever hangs up ends it, as everywhere.
async fn execute(query: Request, state: Data<ApiState>, caller: Caller) -> Result<Response, Problem> {
    let runtime = state.runtime.clone();
    let execution = async move { super::execute(query, &state, caller).await };
    AbortOnDropHandle::new(runtime.spawn(execution.in_current_span())).await.map_err(Problem::broken)
}

/// Reads a JSON body, of as many bytes as its sender may send at once.
async fn read_json_body(
    request: &HttpRequest,
    caller: &Caller,
    state: &ApiState,
    body: Payload,
) -> Result<web::Bytes, Problem> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = content_type.split(';').next().unwrap_or("").trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        let report = Report::new(Kind::Invalid, "NOT_JSON", "the body must be JSON")
            .remedy("send Content-Type: application/json");
        return Err(Problem::new(report).with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let limits = &state.config.limits;
    if matches!(caller.ctx.actor, Actor::User { .. } | Actor::ApiKey { .. }) {
        let remedy = "send less at once; of a mix document thin the automation out, or upload its bounce and send that by `addMixFile`";
        read_body(body, limits.member_body_bytes, remedy).await
    } else {
        let remedy = format!("send less at once, or sign in: then it may have {} bytes", limits.member_body_bytes);
        read_body(body, limits.body_bytes, &remedy).await
    }
}

/// The answer in the media type that was asked for. `application/json` is 200, as its clients expect, whatever came of it; but where nothing at all could be
/// given because what it needs is away, it is 503, for whoever stands between and cannot read it.
fn answer(request: &HttpRequest, response: &Response) -> HttpResponse {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let modern = accepts.contains(GRAPHQL_JSON);
    let never_began =
        response.data == async_graphql::Value::Null && response.errors.iter().any(|error| error.path.is_empty());
    let is_for_later = is_for_later(response);
    let status = if is_for_later && is_empty(&response.data) {
        StatusCode::SERVICE_UNAVAILABLE
    } else if modern && never_began {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let mut http = HttpResponse::build(status);
    http.insert_header((header::CACHE_CONTROL, "no-store"));
    if is_for_later {
        http.insert_header((header::RETRY_AFTER, RETRY_AFTER_S));
    }
    for (name, value) in &response.http_headers {
        http.append_header((name.as_str(), value.as_bytes()));
    }
    match serde_json::to_vec(response) {
        Ok(body) => http.content_type(if modern { GRAPHQL_JSON } else { "application/json" }).body(body),
        Err(error) => Problem::broken(error).error_response(),
    }
}

/// Whether none of the fields that were asked for has been given.
fn is_empty(data: &async_graphql::Value) -> bool {
    match data {
        async_graphql::Value::Null => true,
        async_graphql::Value::Object(fields) => fields.values().all(|field| *field == async_graphql::Value::Null),
        _ => false,
    }
}

async fn graphiql(state: Data<ApiState>) -> HttpResponse {
    if !state.config.graphiql {
        return Problem::not_found().error_response();
    }
    let nonce = hex::encode(state.services.env.random::<16>());
    let page = GraphiQLSource::build()
        .endpoint("/graphql")
        .subscription_endpoint("/graphql/ws")
        .title("Ledgerline · GraphiQL")
        .finish();
    // This page alone takes its scripts from a CDN; each is let in by the nonce, nothing else is.
    let policy = format!(
        "default-src 'self'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline' https://unpkg.com; img-src 'self' data: https://graphql.org; \
         font-src data: https://unpkg.com; worker-src blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .content_type("text/html; charset=utf-8")
        .body(page.replace("<script", &format!("<script nonce=\"{nonce}\"")))
}

/// Subscriptions. A browser is known by its cookies; a program by the `Authorization` header, or, where it cannot send one with a websocket, by
/// `{"authorization": "Bearer …"}` in the payload of `connection_init`.
async fn websocket(
    request: HttpRequest,
    caller: Caller,
    state: Data<ApiState>,
    body: Payload,
) -> actix_web::Result<HttpResponse> {
    let (init_state, init_caller) = (state.clone(), caller.clone());
    let slots = Slots::new(state.config.limits.subscriptions);
    let mut data = connection_data(&state, caller);
    data.insert(slots);
    GraphQLSubscription::new(state.schema.clone())
        .with_data(data)
        .on_connection_init(move |payload| async move {
            let Some(text) = payload.get("authorization").and_then(serde_json::Value::as_str) else {
                return Ok(GraphQlData::default());
            };
            let refused = || async_graphql::Error::new("the authorization of connection_init is not valid");
            let value = HeaderValue::from_str(text).map_err(|_| refused())?;
            let proved = auth::prove_header(&init_state, &value).await.map_err(|_| refused())?;
            let mut caller = init_caller;
            caller.ctx = caller.services.ctx(proved.actor);
            (caller.credential, caller.sign_in) = (proved.credential, proved.sign_in);
            Ok(connection_data(&init_state, caller))
        })
        .start(&request, body)
}

fn connection_data(state: &ApiState, caller: Caller) -> GraphQlData {
    let mut data = GraphQlData::default();
    data.insert(loaders::of(&caller));
    data.insert(Arc::clone(&state.metrics));
    data.insert(state.tokens.clone());
    data.insert(Arc::clone(&state.watches));
    data.insert(caller);
    data
}
