//! `GET /masters/{token}/…`: the masters of a project's approved mixes and the reports on them, for whoever holds the project's link. Whether a file opens is
//! computed anew from the money each time.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{StatusCode, header},
    web::{self, Path, ServiceConfig},
};
use domain::{
    actor::Actor,
    catalog::entity::asset,
    delivery::commands::Fetch,
    ids::{MasterDeliveryId, MasterId, ProjectId},
    links::LinkError,
    masters::{
        MasterError,
        commands::log_download,
        entity::master,
        qc::{Report, text_of},
        queries::{self, View},
    },
};

use super::{
    downloads::wants_html,
    stored::{StoredFile, attachment, serve_download},
};
use crate::{
    caller::Caller,
    edge::look,
    errors::Problem,
    pages::{PageError, texts::t},
};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.service(web::resource("/masters/{token}/files/{master}/{name}").route(look().to(download)))
        .service(web::resource("/masters/{token}/qc/{delivery}").route(look().to(report)))
        .service(web::resource("/masters/{token}/qc/{delivery}/report.txt").route(look().to(report_text)));
}

/// Downloads a master by its project's link once the project's balance is paid, until a payment has gone: in ranges, if asked for, with its SHA-256 as
/// `ETag` and `Repr-Digest`. Every download is logged.
#[utoipa::path(
    get, path = "/masters/{token}/files/{master}/{name}", tag = "files",
    params(
        ("token" = String, Path, description = "The project's link"),
        ("master" = String, Path, description = "The master's id, `master_…`"),
        ("name" = String, Path, description = "The file's name, for people"),
    ),
    responses(
        (status = 200, description = "The file"),
        (status = 206, description = "The part that was asked for"),
        (status = 302, description = "The store gives the file out itself, at the address in `Location`"),
        (status = 304, description = "The caller has it"),
        (status = 403, description = "The project's balance is not paid", body = crate::errors::ProblemBody),
        (status = 404, description = "Not a link of ours, or no such master", body = crate::errors::ProblemBody),
        (status = 409, description = "The master is not ready", body = crate::errors::ProblemBody),
        (status = 410, description = "A later version took its place", body = crate::errors::ProblemBody),
        (status = 416, description = "The file is shorter than that"),
    ),
)]
pub async fn download(
    request: HttpRequest,
    caller: Caller,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (token, id, _) = path.into_inner();
    let outcome = match open(&caller, &token, &id).await {
        Ok((master, file)) => send(&request, &caller, &master, file).await,
        Err(error) => Err(refused(error)),
    };
    match outcome {
        Err(problem) if wants_html(&request) => {
            let page = PageError::of_problem(&problem, t("errors-master-not-given"));
            Ok(page.error_response())
        }
        other => other,
    }
}

/// What is over is gone, which is more than refused.
fn refused(error: MasterError) -> Problem {
    let is_over = matches!(error, MasterError::Link(LinkError::Expired) | MasterError::Superseded);
    let problem = Problem::from(error);
    if is_over { problem.with_status(StatusCode::GONE) } else { problem }
}

/// The project that a link opens.
async fn enter(caller: &Caller, token: &str) -> Result<ProjectId, MasterError> {
    let services = &caller.services;
    Ok(queries::find_by_link(&services.db, &services.links, token, services.env.now()).await?.id)
}

async fn open(caller: &Caller, token: &str, id: &str) -> Result<(master::Model, asset::Model), MasterError> {
    let project = enter(caller, token).await?;
    let id: MasterId = id.parse().map_err(|_| MasterError::NotFound { what: "master", field: "master" })?;
    queries::find_file(&caller.services.db, project, id).await
}

async fn send(
    request: &HttpRequest,
    caller: &Caller,
    master: &master::Model,
    asset: asset::Model,
) -> Result<HttpResponse, Problem> {
    let file = StoredFile {
        sha256: asset.sha256,
        bytes: asset.bytes.unsigned_abs(),
        media_type: asset.media_type,
        download_as: Some(asset.file_name),
        cache_control: "private, no-cache",
    };
    let served = serve_download(request, caller.services.files.as_ref(), &file).await?;
    if let Some(sent) = served.sent {
        let range = served.partial.then_some(sent);
        let fetch = Fetch { ip: caller.ip.to_string(), user_agent: caller.user_agent.to_string(), range };
        let ctx = caller.services.ctx(Actor::Anonymous);
        let tx = caller.services.begin().await?;
        log_download(&tx, &ctx, master, &fetch).await?;
        caller.services.commit(tx).await?;
    }
    Ok(served.response)
}

/// A delivery of the link's project.
async fn reported(caller: &Caller, token: &str, id: &str) -> Result<View, MasterError> {
    let project = enter(caller, token).await?;
    let none = |_| MasterError::NotFound { what: "delivery", field: "delivery" };
    let id: MasterDeliveryId = id.parse().map_err(none)?;
    queries::find_reported(&caller.services.db, project, id).await
}

/// What is measured of the masters of a delivery.
#[derive(serde::Serialize)]
struct Reports<'a> {
    song: &'a str,
    version: i32,
    superseded: bool,
    masters: Vec<&'a Report>,
}

/// What was measured of a song's masters, and what it was held against, as JSON. It opens before the files do.
#[utoipa::path(
    get, path = "/masters/{token}/qc/{delivery}", tag = "files",
    params(
        ("token" = String, Path, description = "The project's link"),
        ("delivery" = String, Path, description = "The delivery's id, `mdlv_…`"),
    ),
    responses(
        (status = 200, description = "The reports"),
        (status = 404, description = "Not a link of ours, or no such delivery", body = crate::errors::ProblemBody),
    ),
)]
pub async fn report(caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (token, id) = path.into_inner();
    let view = reported(&caller, &token, &id).await.map_err(refused)?;
    let reports =
        Reports { song: &view.song, version: view.version, superseded: !view.is_current, masters: view.reports() };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "private, no-store")).json(reports))
}

/// The same for people, as text.
#[utoipa::path(
    get, path = "/masters/{token}/qc/{delivery}/report.txt", tag = "files",
    params(
        ("token" = String, Path, description = "The project's link"),
        ("delivery" = String, Path, description = "The delivery's id, `mdlv_…`"),
    ),
    responses(
        (status = 200, description = "The report"),
        (status = 404, description = "Not a link of ours, or no such delivery", body = crate::errors::ProblemBody),
    ),
)]
pub async fn report_text(caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (token, id) = path.into_inner();
    let view = reported(&caller, &token, &id).await.map_err(refused)?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header(attachment("quality report.txt"))
        .body(text_of(&view.song, view.reports())))
}
