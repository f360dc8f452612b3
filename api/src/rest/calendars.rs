//! `GET /calendars/{token}.ics`: a calendar of bookings, which programs subscribe to by its link until it is revoked.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Path, ServiceConfig},
};
use domain::{
    booking::{BookingError, calendar::feed_text, queries::find_feed_by_link},
    policy::Denied,
};
use sha2::{Digest, Sha256};

use super::stored::is_known;
use crate::{caller::Caller, edge::look, errors::Problem};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.route("/calendars/{token}.ics", look().to(feed));
}

/// The bookings of a calendar feed as iCalendar (RFC 5545): those of the last 90 days and all that are to come. Whoever holds its link reads it; a program that
/// sends the `ETag` of what it has is told so.
#[utoipa::path(
    get, path = "/calendars/{token}.ics", tag = "files",
    params(("token" = String, Path, description = "The feed's token")),
    responses(
        (status = 200, description = "The calendar", body = String, content_type = "text/calendar"),
        (status = 304, description = "The caller has it"),
        (status = 404, description = "Not a link of ours", body = crate::errors::ProblemBody),
        (status = 410, description = "The feed was revoked, or its studio is closed", body = crate::errors::ProblemBody),
    ),
)]
pub async fn feed(request: HttpRequest, caller: Caller, token: Path<String>) -> Result<HttpResponse, Problem> {
    let services = &caller.services;
    let found = find_feed_by_link(&services.db, &services.links, &token, services.env.now()).await;
    let view = found.map_err(|error| match error {
        // Its subscribers need not ask again.
        BookingError::FeedRevoked | BookingError::Denied(Denied::Closed) => {
            Problem::from(error).with_status(StatusCode::GONE)
        }
        other => Problem::from(other),
    })?;
    let text = feed_text(services, &view).await?;
    let tag = format!("\"{}\"", hex::encode(Sha256::digest(text.as_bytes())));
    let is_known = is_known(request.headers(), &tag);
    let mut response = HttpResponse::build(if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    response.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, "private, no-cache"));
    if is_known {
        return Ok(response.finish());
    }
    Ok(response.insert_header((header::CONTENT_TYPE, "text/calendar; charset=utf-8")).body(text))
}
