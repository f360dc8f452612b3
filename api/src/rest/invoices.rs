//! `GET /studios/{slug}/invoices/{file}`: a studio's invoice or credit note as a document, for who sees its sales.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Path, ServiceConfig},
};
use domain::{
    invoices::{InvoiceError, queries},
    policy::{self, Action, Denied},
    sales::queries::find_storefront,
};

use super::stored::attachment;
use crate::{
    caller::Caller,
    edge::look,
    errors::{Problem, chain},
};

pub(crate) fn configure(app: &mut ServiceConfig) {
    app.route("/studios/{slug}/invoices/{file}", look().to(download));
}

/// An invoice or a credit note, by its number; the same document each time. For who sees the studio's sales.
#[utoipa::path(
    get, path = "/studios/{slug}/invoices/{file}", tag = "files",
    params(
        ("slug" = String, Path, description = "The studio's word in addresses"),
        ("file" = String, Path, description = "The number with `.pdf` behind it, such as `INV-2026-0001.pdf`"),
    ),
    responses(
        (status = 200, description = "The document, PDF/A"),
        (status = 401, description = "Not signed in", body = crate::errors::ProblemBody),
        (status = 403, description = "The role or key does not allow it", body = crate::errors::ProblemBody),
        (status = 404, description = "No such studio or invoice, or not the caller's", body = crate::errors::ProblemBody),
    ),
)]
pub async fn download(caller: Caller, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (slug, file) = path.into_inner();
    let services = &caller.services;
    let found = find_storefront(&services.db, &slug).await?;
    let studio = policy::visible(&caller.ctx.actor, Action::ReadSales, found, |studio| studio.id)?;
    let studio = studio.ok_or(Denied::Stranger)?;
    let reference = file.strip_suffix(".pdf").unwrap_or_default();
    let invoice = queries::invoice_of_reference(&services.db, studio.id, reference).await?;
    let invoice = invoice.ok_or(InvoiceError::NoInvoice)?;
    let document = queries::document(services, &invoice)?;
    let contracts = services.contracts.clone();
    let typeset = tokio::task::spawn_blocking(move || contracts.invoice(&document)).await;
    let pdf = typeset.map_err(|cause| Problem::broken(chain(&cause)))?;
    let pdf = pdf.map_err(|cause| Problem::broken(chain(&cause)))?;
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header(attachment(&format!("{}.pdf", invoice.reference)))
        .body(pdf))
}
