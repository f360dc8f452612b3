//! `GET /agreement/{token}/{name}`: the sealed file of an executed agreement, by the lasting link that its signers were mailed. No account, no studio.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::StatusCode,
    web::{self, Path, ServiceConfig},
};
use domain::{
    agreements::{AgreementError, entity::agreement, queries},
    ids::SignerId,
    links::{LinkKey, Purpose},
    seals,
};

use super::{
    downloads::wants_html,
    stored::{StoredFile, not_ready, serve_stored},
};
use crate::{
    caller::Caller,
    edge::look,
    errors::Problem,
    pages::{PageError, texts::t},
};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.service(web::resource("/agreement/{token}/{name}").route(look().to(download)));
}

/// Where a signer's sealed file is downloaded, without the host.
pub(crate) fn file_path(links: &LinkKey, agreement: &agreement::Model, signer: SignerId) -> String {
    format!("/agreement/{}/{}.pdf", links.token(Purpose::Agreement, signer, None), agreement.reference)
}

/// Downloads the newest revision of an executed agreement's sealed file: in ranges, if asked for, with its SHA-256 as `ETag` and `Repr-Digest`.
#[utoipa::path(
    get, path = "/agreement/{token}/{name}", tag = "files",
    params(
        ("token" = String, Path, description = "The link's token"),
        ("name" = String, Path, description = "The file's name, for people"),
    ),
    responses(
        (status = 200, description = "The file"),
        (status = 206, description = "The part that was asked for"),
        (status = 304, description = "The caller has it"),
        (status = 404, description = "Not a link of ours", body = crate::errors::ProblemBody),
        (status = 409, description = "The file is still being sealed", body = crate::errors::ProblemBody),
        (status = 416, description = "The file is shorter than that"),
    ),
)]
pub async fn download(
    request: HttpRequest,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    match send(&request, &caller, &path.0).await {
        Err(problem) if wants_html(&request) => {
            Ok(PageError::of_problem(&problem, t("errors-file-not-given")).error_response())
        }
        other => other,
    }
}

async fn send(request: &HttpRequest, caller: &Caller, token: &str) -> Result<HttpResponse, Problem> {
    let services = &caller.services;
    let found = queries::find_signed(&services.db, &services.links, token, services.env.now()).await;
    let (agreement, _) = found.map_err(refused)?;
    let seal = seals::queries::find_by_reference(&services.db, &agreement.reference).await?;
    let seal = seal.ok_or_else(|| not_ready("sealed file"))?;
    let asset = seals::queries::find(&services.db, seal.id).await?.map(|(_, asset)| asset);
    let asset = asset.ok_or_else(|| Problem::broken(format!("the database lacks the file {}", seal.asset_id)))?;
    let stored = StoredFile {
        sha256: asset.sha256,
        bytes: asset.bytes.unsigned_abs(),
        media_type: asset.media_type,
        download_as: Some(asset.file_name),
        cache_control: "private, no-cache",
    };
    Ok(serve_stored(request, services.files.as_ref(), &stored).await?.response)
}

/// What is no link of ours opens nothing, whatever is wrong with it.
fn refused(error: AgreementError) -> Problem {
    let is_link = matches!(error, AgreementError::Link(_));
    let problem = Problem::from(error);
    if is_link { problem.with_status(StatusCode::NOT_FOUND) } else { problem }
}
