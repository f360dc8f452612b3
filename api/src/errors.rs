//! The one table from a refusal's kind to what the outside sees of it, and the REST edges' error answer.
//!
//! | kind | status | in GraphQL | log |
//! |---|---|---|---|
//! | `Invalid` | 422 | user error of the payload; of a query, an error | debug |
//! | `Conflict` | 409 | user error of the payload; of a query, an error | debug |
//! | `TooMany` | 429 | user error of the payload; of a query, an error | info |
//! | `NotFound` | 404 | an error | debug |
//! | `Unauthenticated` | 401 | an error | info |
//! | `Forbidden` | 403 | an error | info |
//! | `Unavailable` | 503 with `Retry-After` | an error with `retryAfterS` | warning, with the whole chain of causes |
//! | `Internal` | 500 | an error without any cause | error, with the whole chain of causes |
//!
//! What guesses at a password or a code is logged as info, of whatever kind it is.

use std::{error::Error, fmt, io};

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{HeaderMap, HeaderValue, RETRY_AFTER},
    },
};
use domain::report::{Explain, Kind, Report, is_without_room};
use tracing::Level;

/// After how many seconds whoever finds something away is told to come again: a database or a store that is started anew is there by then, or soon after.
pub const RETRY_AFTER_S: u32 = 5;

/// The HTTP status of a kind of refusal.
pub const fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// How loudly a kind of refusal is logged.
pub const fn severity(kind: Kind) -> Level {
    match kind {
        Kind::Invalid | Kind::NotFound | Kind::Conflict => Level::DEBUG,
        Kind::Unauthenticated | Kind::Forbidden | Kind::TooMany => Level::INFO,
        Kind::Unavailable => Level::WARN,
        Kind::Internal => Level::ERROR,
    }
}

/// Refusals of what may be a guess at somebody's secret.
const GUESSES: [&str; 3] = ["WRONG_CODE", "WRONG_CREDENTIALS", "WRONG_PASSWORD"];

/// Whether a kind of refusal is an expected outcome of a mutation, told in its payload.
pub const fn is_expected(kind: Kind) -> bool {
    matches!(kind, Kind::Invalid | Kind::Conflict | Kind::TooMany)
}

/// Logs a refusal with the chain of its causes, once, and gives what may be told. The request's id is in the log line's span.
pub(crate) fn disclose(error: &impl Explain) -> Report {
    let report = error.explain();
    let causes = chain(error);
    let level = if GUESSES.contains(&report.code) { Level::INFO } else { severity(report.kind) };
    match level {
        Level::ERROR => tracing::error!(code = report.code, causes, "a request failed"),
        Level::WARN => tracing::warn!(code = report.code, causes, "a request found something away"),
        Level::INFO => tracing::info!(code = report.code, causes, "a request was refused"),
        _ => tracing::debug!(code = report.code, causes, "a request was refused"),
    }
    report
}

/// Says in an answer of 503 when to come again.
pub(crate) fn tell_when(status: StatusCode, headers: &mut HeaderMap) {
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
    }
}

/// An error's message and those of its causes, outermost first.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

/// What a REST handler answers instead: an RFC 9457 problem document. `?` makes it from any error of the domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    report: Report,
    status: StatusCode,
}

/// The body of a problem document.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct ProblemBody {
    /// The status in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The stable code in upper snake case.
    pub code: &'static str,
    /// A sentence for a person.
    pub detail: String,
    /// The field it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Problem {
    /// A problem from a report, with the status of its kind.
    pub fn new(report: Report) -> Self {
        Self { status: status(report.kind), report }
    }

    /// The same problem under another status, where HTTP has a more exact one (405, 409, 413, 415, 460 …).
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Something broke inside; the cause goes to the log.
    pub fn broken(cause: impl fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(Report::internal())
    }

    /// A file of our own could not be read or written; the cause goes to the log.
    pub(crate) fn of_disk(cause: io::Error) -> Self {
        if !is_without_room(&cause) {
            return Self::broken(cause);
        }
        tracing::warn!(%cause, "there is no room left to write");
        Self::new(Report::no_room())
    }

    /// There is nothing under this address.
    pub fn not_found() -> Self {
        Self::new(Report::new(Kind::NotFound, "NOT_FOUND", "there is nothing under this address"))
    }

    /// What it reports.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

impl<E: Explain> From<E> for Problem {
    fn from(error: E) -> Self {
        Self::new(disclose(&error))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.report.message)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header(("WWW-Authenticate", "Bearer"));
        }
        let mut response = response.insert_header(("Content-Type", "application/problem+json")).json(ProblemBody {
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            code: self.report.code,
            detail: self.report.message.clone(),
            field: self.report.field.clone(),
            remedy: self.report.remedy.clone(),
        });
        tell_when(self.status, response.headers_mut());
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_finds_something_away_is_told_when_to_come_again() {
        for (problem, status) in [
            (Problem::new(Report::unavailable()), StatusCode::SERVICE_UNAVAILABLE),
            (Problem::of_disk(io::ErrorKind::StorageFull.into()), StatusCode::SERVICE_UNAVAILABLE),
            (Problem::of_disk(io::ErrorKind::PermissionDenied.into()), StatusCode::INTERNAL_SERVER_ERROR),
            (Problem::not_found(), StatusCode::NOT_FOUND),
        ] {
            let answer = problem.error_response();
            let again = answer.headers().get(RETRY_AFTER).map(HeaderValue::as_bytes);
            assert_eq!(answer.status(), status);
            assert_eq!(again, (status == StatusCode::SERVICE_UNAVAILABLE).then_some(b"5".as_slice()), "{problem}");
        }
    }
}
