//! `GET /payee-statements/{payeeStatement}/…`, `GET /letters-of-direction/{letterOfDirection}/letter.pdf` and
//! `GET /studios/{slug}/royalties/{royaltyYear}/totals.csv`: what payees are told, letters of direction, and what a year comes to, for who sees the studio's
//! royalties. The books for accountants are [`super::ledger`]'s.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Path, ServiceConfig},
};
use domain::{
    catalog,
    ids::{AssetId, LetterOfDirectionId, PayeeStatementId},
    policy::{self, Action, Denied},
    royalties::{RoyaltyError, entity::payee_statement, queries::payees as queries},
    sales::queries::find_storefront,
};

use super::stored::{StoredFile, attachment, not_ready, serve_stored};
use crate::{caller::Caller, edge::look, errors::Problem};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.route("/letters-of-direction/{letterOfDirection}/letter.pdf", look().to(direction))
        .route("/payee-statements/{payeeStatement}/statement.pdf", look().to(statement_pdf))
        .route("/payee-statements/{payeeStatement}/statement.csv", look().to(statement_csv))
        .route("/studios/{slug}/royalties/{royaltyYear}/totals.csv", look().to(year_totals));
}

/// A payee's statement as a document, as the payee has it. For who may see the studio's royalties.
#[utoipa::path(
    get, path = "/payee-statements/{payeeStatement}/statement.pdf", tag = "files",
    params(("payeeStatement" = String, Path, description = "The statement's id, `pstatement_…`")),
    responses(
        (status = 200, description = "The document, PDF/A", content_type = "application/pdf"),
        (status = 206, description = "The part that was asked for"),
        (status = 304, description = "The caller has it"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such statement, or not the caller's", body = crate::errors::ProblemBody),
        (status = 409, description = "The document is still being made", body = crate::errors::ProblemBody),
        (status = 416, description = "The document is shorter than that"),
    ),
)]
pub async fn statement_pdf(request: HttpRequest, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    send(&request, &caller, &id, |row| row.pdf_asset_id).await
}

/// A payee's statement as a table, as the payee has it: every amount with all its decimals. For who may see the studio's royalties.
#[utoipa::path(
    get, path = "/payee-statements/{payeeStatement}/statement.csv", tag = "files",
    params(("payeeStatement" = String, Path, description = "The statement's id, `pstatement_…`")),
    responses(
        (status = 200, description = "The table: `statement`, `period_from`, `period_through`, `account`, `entry`, `on`, `subject`, `title`, `units`, `amount`, `currency`, `note`", body = String, content_type = "text/csv"),
        (status = 206, description = "The part that was asked for"),
        (status = 304, description = "The caller has it"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such statement, or not the caller's", body = crate::errors::ProblemBody),
        (status = 409, description = "The table is still being made", body = crate::errors::ProblemBody),
        (status = 416, description = "The table is shorter than that"),
    ),
)]
pub async fn statement_csv(request: HttpRequest, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    send(&request, &caller, &id, |row| row.csv_asset_id).await
}

async fn send(
    request: &HttpRequest,
    caller: &Caller,
    id: &str,
    which: impl FnOnce(&payee_statement::Model) -> Option<AssetId>,
) -> Result<HttpResponse, Problem> {
    let services = &caller.services;
    let id: PayeeStatementId = id.parse().map_err(|_| Problem::not_found())?;
    let found = queries::find_statement(&services.db, &caller.ctx, id).await?;
    let statement = found.ok_or_else(Problem::not_found)?;
    let asset = which(&statement).ok_or_else(|| not_ready("statement"))?;
    serve(request, caller, asset).await
}

/// A file that the caller may see.
async fn serve(request: &HttpRequest, caller: &Caller, asset: AssetId) -> Result<HttpResponse, Problem> {
    let services = &caller.services;
    let found = catalog::find_assets_by_ids(&services.db, &[asset]).await?.remove(&asset);
    let asset = found.ok_or_else(Problem::not_found)?;
    let file = StoredFile {
        sha256: asset.sha256,
        bytes: asset.bytes.unsigned_abs(),
        media_type: asset.media_type,
        download_as: Some(asset.file_name),
        cache_control: "private, no-cache",
    };
    Ok(serve_stored(request, services.files.as_ref(), &file).await?.response)
}

/// What each payee of a studio has earned and was paid in a year, a line for each and each currency, quoted as RFC 4180 says. A cell that a spreadsheet would
/// take for a formula has an apostrophe in front. For who may see the studio's royalties.
#[utoipa::path(
    get, path = "/studios/{slug}/royalties/{royaltyYear}/totals.csv", tag = "files",
    params(
        ("slug" = String, Path, description = "The studio's word in addresses"),
        ("royaltyYear" = String, Path, description = "The year, such as `2026`"),
    ),
    responses(
        (status = 200, description = "The list: `year`, `party_id`, `party`, `legal_name`, `currency`, `earned`, `tax_withheld`, `paid_out`", body = String, content_type = "text/csv"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such studio, or not the caller's", body = crate::errors::ProblemBody),
        (status = 422, description = "Not a year", body = crate::errors::ProblemBody),
    ),
)]
pub async fn year_totals(caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (slug, year) = path.into_inner();
    let found = find_storefront(&caller.services.db, &slug).await?;
    let studio = policy::visible(&caller.ctx.actor, Action::ReadRoyalties, found, |studio| studio.id)?;
    let studio = studio.ok_or(Denied::Stranger)?;
    let year: i32 = year.parse().map_err(|_| RoyaltyError::Year)?;
    let table = queries::year_csv(&caller.services.db, &caller.ctx, studio.id, year).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header(attachment(&format!("{} royalties {year}.csv", studio.slug)))
        .body(table))
}

/// A letter of direction as it was made, to be signed. For who may see the studio's royalties.
#[utoipa::path(
    get, path = "/letters-of-direction/{letterOfDirection}/letter.pdf", tag = "files",
    params(("letterOfDirection" = String, Path, description = "The letter's id, `direction_…`")),
    responses(
        (status = 200, description = "The letter, PDF/A", content_type = "application/pdf"),
        (status = 206, description = "The part that was asked for"),
        (status = 304, description = "The caller has it"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such letter, or not the caller's", body = crate::errors::ProblemBody),
        (status = 416, description = "The letter is shorter than that"),
    ),
)]
pub async fn direction(request: HttpRequest, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id: LetterOfDirectionId = id.parse().map_err(|_| Problem::not_found())?;
    let found = queries::find_direction(&caller.services.db, &caller.ctx, id).await?;
    serve(&request, &caller, found.ok_or_else(Problem::not_found)?.asset_id).await
}
