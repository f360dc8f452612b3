//! Request bodies, read whole and only so far.

use actix_web::{http::StatusCode, web};
use domain::report::{Kind, Report};

use crate::Problem;

/// Reads a body of at most `limit` bytes.
///
/// # Errors
/// 413 with this remedy if it is longer, 400 if it breaks off.
pub(crate) async fn read_body(body: web::Payload, limit: usize, remedy: &str) -> Result<web::Bytes, Problem> {
    match body.to_bytes_limited(limit).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a body broke off");
            let report = Report::new(Kind::Invalid, "BODY_BROKE_OFF", "the body did not arrive whole");
            Err(Problem::new(report).with_status(StatusCode::BAD_REQUEST))
        }
        Err(_) => {
            let report = Report::new(Kind::Invalid, "BODY_TOO_LONG", format!("the body is longer than {limit} bytes"))
                .remedy(remedy);
            Err(Problem::new(report).with_status(StatusCode::PAYLOAD_TOO_LARGE))
        }
    }
}
