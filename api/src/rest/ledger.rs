//! `GET /studios/{slug}/ledger.csv` and `…/ledger.beancount`: a studio's books for other programs.

use std::io;

use actix_web::{
    HttpResponse,
    http::header,
    web::{Path, ServiceConfig},
};
use bytes::Bytes;
use domain::{
    ledger::export::{Format, export},
    policy::{self, Action, Denied},
    sales::queries::find_storefront,
};
use futures::StreamExt;

use super::stored::attachment;
use crate::{caller::Caller, edge::look, errors::Problem};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.route("/studios/{slug}/ledger.csv", look().to(csv))
        .route("/studios/{slug}/ledger.beancount", look().to(beancount));
}

/// All entries of a studio's books, oldest first, a line each, quoted as RFC 4180 says; debits positive, credits negative. A cell that a spreadsheet would
/// take for a formula has an apostrophe in front. For who may read the ledger.
#[utoipa::path(
    get, path = "/studios/{slug}/ledger.csv", tag = "files",
    params(("slug" = String, Path, description = "The studio's word in addresses")),
    responses(
        (status = 200, description = "The list: `journal_id`, `posted_at`, `occurred_at`, `kind`, `source`, `external_id`, `order_id`, `of_journal_id`, `reference`, `memo`, `account`, `party_id`, `party`, `amount`, `currency`", body = String, content_type = "text/csv"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such studio, or not the caller's", body = crate::errors::ProblemBody),
    ),
)]
pub async fn csv(caller: Caller, slug: Path<String>) -> Result<HttpResponse, Problem> {
    books(&caller, &slug, Format::Csv).await
}

/// A studio's books as a file for beancount: its accounts, a transaction for each journal, oldest first, and every balance asserted at the end. For who may
/// read the ledger.
#[utoipa::path(
    get, path = "/studios/{slug}/ledger.beancount", tag = "files",
    params(("slug" = String, Path, description = "The studio's word in addresses")),
    responses(
        (status = 200, description = "The file, which `bean-check` accepts", body = String, content_type = "text/plain"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such studio, or not the caller's", body = crate::errors::ProblemBody),
    ),
)]
pub async fn beancount(caller: Caller, slug: Path<String>) -> Result<HttpResponse, Problem> {
    books(&caller, &slug, Format::Beancount).await
}

/// The stream ends in an error if something cannot be read, so that nobody takes a torso for the whole.
async fn books(caller: &Caller, slug: &str, format: Format) -> Result<HttpResponse, Problem> {
    let found = find_storefront(&caller.services.db, slug).await?;
    let studio = policy::visible(&caller.ctx.actor, Action::ReadLedger, found, |studio| studio.id)?;
    let studio = studio.ok_or(Denied::Stranger)?;
    let until = caller.services.env.now();
    let pieces = export(&caller.services.db, &caller.ctx, studio.id, format, until).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, format.media_type()))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header(attachment(&format!("{} ledger.{format}", studio.slug)))
        .streaming(pieces.map(|piece| piece.map(Bytes::from).map_err(io::Error::other))))
}
