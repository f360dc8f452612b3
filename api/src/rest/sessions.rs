//! `GET /sessions/{session}/rin/{dpid}.xml`: what was logged of a session, as a notification for labels and other programs.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Path, Query, ServiceConfig},
};
use domain::{
    ids::SessionId,
    report::{Kind, Report},
    session_log::rin::{self, Version},
};

use super::stored::attachment;
use crate::{caller::Caller, edge::look, errors::Problem};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.route("/sessions/{session}/rin/{dpid}.xml", look().to(notification));
}

/// What is asked of the file.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct RinQuery {
    /// `2.1`, or `2.0` for recipients that have not moved on; 2.1 if it is left out.
    version: String,
}

/// A session as DDEX Recording Information Notification, from the holder of a DDEX party identifier and addressed to the same, who passes it on. For who sees
/// the studio's sessions.
#[utoipa::path(
    get, path = "/sessions/{session}/rin/{dpid}.xml", tag = "files",
    params(
        ("session" = String, Path, description = "The session's id"),
        ("dpid" = String, Path, description = "The sender's DDEX party identifier, such as PADPIDA2013020802I"),
        ("version" = Option<String>, Query, description = "2.1, or 2.0"),
    ),
    responses(
        (status = 200, description = "The notification", body = String, content_type = "application/xml"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such session, or not the caller's", body = crate::errors::ProblemBody),
        (status = 422, description = "Not a party identifier, or not a version", body = crate::errors::ProblemBody),
    ),
)]
pub async fn notification(
    caller: Caller,
    path: Path<(String, String)>,
    query: Query<RinQuery>,
) -> Result<HttpResponse, Problem> {
    let (session, dpid) = path.into_inner();
    let version = match query.version.as_str() {
        "" | "2.1" => Version::V21,
        "2.0" => Version::V20,
        _ => {
            let report = Report::new(Kind::Invalid, "RIN_VERSION", "the versions are 2.1 and 2.0").field("version");
            return Err(Problem::new(report.remedy("leave it out, or ask for one of them")));
        }
    };
    let session: SessionId = session.parse().map_err(|_| Problem::not_found())?;
    let file = rin::notification(&caller.services, &caller.ctx, session, (&dpid, version)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/xml; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header(attachment(&file.file_name))
        .body(file.text))
}
