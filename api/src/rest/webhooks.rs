//! Events from the payment gateway.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Payload},
};
use domain::{
    ports::EventError,
    report::{Kind, Report},
    sales,
};

use crate::{Caller, Problem, body::read_body};

pub(crate) fn configure(app: &mut web::ServiceConfig) {
    app.route("/webhooks/{gateway}", web::post().to(receive));
}

/// The largest event, in bytes.
const BODY_BYTES: usize = 512 * 1024;

/// The header that carries the signature, Stripe's and the sandbox's alike.
const SIGNATURE: &str = "Stripe-Signature";

/// Why an event's message is not believed, as the gateway's log shows it.
fn refusal(error: &EventError) -> Problem {
    let (code, remedy) = match error {
        EventError::BadSignature => ("BAD_SIGNATURE", "sign the raw body with this endpoint's secret"),
        EventError::Stale => ("STALE_SIGNATURE", "sign anew when sending again, and set the clocks right"),
        EventError::Malformed(_) => ("MALFORMED_EVENT", "send an event as JSON with an id and a type"),
    };
    tracing::warn!(code, "a gateway's event was refused: {error}");
    let report = Report::new(Kind::Invalid, code, error.to_string()).remedy(remedy);
    Problem::new(report).with_status(actix_web::http::StatusCode::BAD_REQUEST)
}

/// Takes an event of the payment gateway. One that is not about an order of ours is taken and ignored; one that came before is taken again
/// and changes nothing.
#[utoipa::path(
    post,
    path = "/webhooks/{gateway}",
    tag = "payments",
    params(("gateway" = String, Path, description = "The gateway's name: `stripe`, `stripe_test` or `sandbox`")),
    request_body(content = String, description = "The event as JSON, signed over its raw bytes in `Stripe-Signature`", content_type = "application/json"),
    responses(
        (status = 200, description = "Taken"),
        (status = 400, description = "Not signed by the gateway, signed too long ago, or no event", body = crate::errors::ProblemBody),
        (status = 413, description = "The event is longer than 512 KiB", body = crate::errors::ProblemBody),
        (status = 404, description = "Another gateway is in use", body = crate::errors::ProblemBody),
        (status = 500, description = "Not taken; send it again", body = crate::errors::ProblemBody),
    )
)]
pub async fn receive(
    caller: Caller,
    request: HttpRequest,
    gateway: web::Path<String>,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    let services = &caller.services;
    if services.gateway.name() != gateway.as_str() {
        return Err(Problem::not_found());
    }
    let body = read_body(body, BODY_BYTES, "send one event at a time").await?;
    let signature = request.headers().get(SIGNATURE).and_then(|value| value.to_str().ok());
    let event = services.gateway.read_event(signature, &body, services.env.now()).map_err(|error| refusal(&error))?;
    let received = sales::receive_event(services, &event).await?;
    tracing::info!(event = event.id, kind = event.kind, first = received.first, "an event was taken");
    Ok(HttpResponse::Ok().finish())
}
