//! What accompanies every request: its id, a span for the log, the security headers of its answer, its place in the metrics.

use std::{sync::Arc, time::Instant};

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};
use tracing::Instrument;

use crate::state::ApiState;

/// The id of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub Arc<str>);

/// Scripts, styles and frames from nowhere but here, nothing inline. A page that needs more sets its own policy, which stays.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(&str, &str); 5] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
];

pub(crate) async fn accompany(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let began = Instant::now();
    let state = request.app_data::<Data<ApiState>>().cloned();
    let id: Arc<str> = match &state {
        Some(state) => hex::encode(state.services.env.random::<12>()).into(),
        None => Arc::from("unnamed"),
    };
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let span = tracing::info_span!("request", id = %id, %method, path = request.path());
    let mut response = next.call(request).instrument(span.clone()).await?;
    let route = response.request().match_pattern();
    let took = began.elapsed();
    add_headers(response.headers_mut(), &id);
    if let Some(state) = state {
        state.metrics.request(&method, route.as_deref(), response.status(), took);
    }
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), took_ms = took.as_millis(), "answered"));
    Ok(response)
}

fn add_headers(headers: &mut HeaderMap, id: &str) {
    for (name, value) in HEADERS {
        if !headers.contains_key(name) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}
