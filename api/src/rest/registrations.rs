//! What a studio has registered, as files: `GET /registrations/{file}.txt` for societies, `GET /releases/messages/{message}.xml` for distributors, and
//! `GET /studios/{slug}/catalogue.csv` for people.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Path, ServiceConfig},
};
use domain::{
    catalog::entity::asset,
    ids::{CwrFileId, ReleaseMessageId},
    policy::{self, Action, Denied},
    registrations::{
        catalogue::catalogue_csv,
        queries::{find_cwr_file, find_message_file},
    },
    sales::queries::find_storefront,
};

use super::stored::{StoredFile, attachment, serve_stored};
use crate::{caller::Caller, edge::look, errors::Problem};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.route("/registrations/{cwr_file}.txt", look().to(cwr))
        .route("/releases/messages/{release_message}.xml", look().to(ern))
        .route("/studios/{slug}/catalogue.csv", look().to(catalogue));
}

/// Downloads a file of Common Works Registration under the name that it must be sent under. For who sees the studio's catalogue.
#[utoipa::path(
    get, path = "/registrations/{cwrFile}.txt", tag = "files",
    params(("cwrFile" = String, Path, description = "The file's id, `cwr_…`")),
    responses(
        (status = 200, description = "The file", content_type = "text/plain"),
        (status = 206, description = "The part that was asked for"),
        (status = 304, description = "The caller has it"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such file, or not the caller's", body = crate::errors::ProblemBody),
        (status = 416, description = "The file is shorter than that"),
    ),
)]
pub async fn cwr(request: HttpRequest, caller: Caller, file: Path<String>) -> Result<HttpResponse, Problem> {
    let id: CwrFileId = file.parse().map_err(|_| Problem::not_found())?;
    let found = find_cwr_file(&caller.services.db, &caller.ctx, id).await?;
    let (_, file) = found.ok_or_else(Problem::not_found)?;
    serve(&request, &caller, file).await
}

/// Downloads a notification of a release as DDEX ERN 4.3. For who sees the studio's catalogue.
#[utoipa::path(
    get, path = "/releases/messages/{releaseMessage}.xml", tag = "files",
    params(("releaseMessage" = String, Path, description = "The notification's id, `relmsg_…`")),
    responses(
        (status = 200, description = "The notification", content_type = "application/xml"),
        (status = 206, description = "The part that was asked for"),
        (status = 304, description = "The caller has it"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such notification, or not the caller's", body = crate::errors::ProblemBody),
        (status = 416, description = "The file is shorter than that"),
    ),
)]
pub async fn ern(request: HttpRequest, caller: Caller, message: Path<String>) -> Result<HttpResponse, Problem> {
    let id: ReleaseMessageId = message.parse().map_err(|_| Problem::not_found())?;
    let found = find_message_file(&caller.services.db, &caller.ctx, id).await?;
    serve(&request, &caller, found.ok_or_else(Problem::not_found)?).await
}

async fn serve(request: &HttpRequest, caller: &Caller, file: asset::Model) -> Result<HttpResponse, Problem> {
    let file = StoredFile {
        sha256: file.sha256,
        bytes: file.bytes.unsigned_abs(),
        media_type: file.media_type,
        download_as: Some(file.file_name),
        cache_control: "private, no-cache",
    };
    Ok(serve_stored(request, caller.services.files.as_ref(), &file).await?.response)
}

/// A studio's catalogue, a line for each recording, and for each work that nothing was recorded of: its codes, who wrote and owns it as it was signed, and the
/// release that it was first on. Quoted as RFC 4180 says; a cell that a spreadsheet would take for a formula has an apostrophe in front. For who sees the
/// studio's catalogue.
#[utoipa::path(
    get, path = "/studios/{slug}/catalogue.csv", tag = "files",
    params(("slug" = String, Path, description = "The studio's word in addresses")),
    responses(
        (status = 200, description = "The list", body = String, content_type = "text/csv"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such studio, or not the caller's", body = crate::errors::ProblemBody),
    ),
)]
pub async fn catalogue(caller: Caller, slug: Path<String>) -> Result<HttpResponse, Problem> {
    let found = find_storefront(&caller.services.db, &slug).await?;
    let studio = policy::visible(&caller.ctx.actor, Action::ReadCatalog, found, |studio| studio.id)?;
    let studio = studio.ok_or(Denied::Stranger)?;
    let list = catalogue_csv(&caller.services.db, &caller.ctx, studio.id).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header(attachment(&format!("{} catalogue.csv", studio.slug)))
        .body(list))
}
