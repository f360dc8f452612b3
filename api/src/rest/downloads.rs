//! `GET /d/{token}/{name}`: the files that licensees are owed. What a link opens is computed anew from the order and the licence each time.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{Method, StatusCode, header},
    web::{self, Path, ServiceConfig},
};
use domain::{
    actor::Actor,
    delivery::{
        commands::{Fetch, log_download},
        entity::deliverable,
        error::DeliveryError,
        queries::{self, Download},
    },
    ids::DeliverableId,
    links::{LinkError, Purpose},
};

use super::{
    stored::{StoredFile, serve_download},
    zip::{Member, archive_answer, zip_stream},
};
use crate::{
    caller::Caller,
    edge::look,
    errors::Problem,
    pages::{PageError, texts::t},
};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.service(web::resource("/d/{token}/{name}").route(look().to(download)));
}

/// Downloads a file by its signed link: in ranges, if asked for, with its SHA-256 as `ETag` and `Repr-Digest`. Stems come as one archive that is
/// made as it is sent, whole. Every download is logged.
#[utoipa::path(
    get, path = "/d/{token}/{name}", tag = "files",
    params(
        ("token" = String, Path, description = "The link's token"),
        ("name" = String, Path, description = "The file's name, for people"),
    ),
    responses(
        (status = 200, description = "The file"),
        (status = 206, description = "The part that was asked for"),
        (status = 302, description = "The store gives the file out itself, at the address in `Location`"),
        (status = 304, description = "The caller has it"),
        (status = 403, description = "The order is not paid", body = crate::errors::ProblemBody),
        (status = 404, description = "Not a link of ours", body = crate::errors::ProblemBody),
        (status = 409, description = "The file is still being made, or there is nothing to pack", body = crate::errors::ProblemBody),
        (status = 410, description = "The link has expired, or the licence is withdrawn", body = crate::errors::ProblemBody),
        (status = 416, description = "The file is shorter than that"),
    ),
)]
pub async fn download(
    request: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let outcome = match open(&caller, &path.0).await {
        Ok(Download::File { deliverable, asset }) => send_file(&request, &caller, deliverable, asset).await,
        Ok(Download::Stems { deliverable, stems }) => send_stems(&request, &caller, &deliverable, stems).await,
        Err(error) => Err(refused(error)),
    };
    match outcome {
        Err(problem) if wants_html(&request) => {
            Ok(PageError::of_problem(&problem, t("errors-file-not-given")).error_response())
        }
        other => other,
    }
}

/// What is over is gone, which is more than forbidden.
pub(super) fn refused(error: DeliveryError) -> Problem {
    let is_over = matches!(error, DeliveryError::Link(LinkError::Expired) | DeliveryError::Revoked);
    let problem = Problem::from(error);
    if is_over { problem.with_status(StatusCode::GONE) } else { problem }
}

async fn open(caller: &Caller, token: &str) -> Result<Download, DeliveryError> {
    let services = &caller.services;
    let id: DeliverableId = services.links.open(Purpose::Download, token, services.env.now())?;
    queries::find_download(&services.db, id).await
}

async fn send_file(
    request: &HttpRequest,
    caller: &Caller,
    deliverable: deliverable::Model,
    asset: domain::catalog::entity::asset::Model,
) -> Result<HttpResponse, Problem> {
    let file = StoredFile {
        sha256: asset.sha256,
        bytes: asset.bytes.unsigned_abs(),
        media_type: asset.media_type,
        download_as: Some(deliverable.file_name.clone()),
        cache_control: "private, no-cache",
    };
    let served = serve_download(request, caller.services.files.as_ref(), &file).await?;
    if let Some(sent) = served.sent {
        log(caller, &deliverable, served.partial.then_some(sent)).await?;
    }
    Ok(served.response)
}

async fn send_stems(
    request: &HttpRequest,
    caller: &Caller,
    deliverable: &deliverable::Model,
    stems: Vec<queries::StemFile>,
) -> Result<HttpResponse, Problem> {
    let mut response = archive_answer(&deliverable.file_name);
    if request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    log(caller, deliverable, None).await?;
    let members = stems.into_iter().map(Member::from).collect();
    Ok(response.streaming(zip_stream(caller.services.files.clone(), members)))
}

pub(super) async fn log(
    caller: &Caller,
    deliverable: &deliverable::Model,
    range: Option<std::ops::Range<u64>>,
) -> Result<(), Problem> {
    let fetch = Fetch { ip: caller.ip.to_string(), user_agent: caller.user_agent.to_string(), range };
    let ctx = caller.services.ctx(Actor::Buyer { order: deliverable.order_id });
    let tx = caller.services.begin().await?;
    log_download(&tx, &ctx, deliverable, &fetch).await?;
    caller.services.commit(tx).await?;
    Ok(())
}

pub(super) fn wants_html(request: &HttpRequest) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepts.is_some_and(|accepts| accepts.contains("text/html"))
}
