//! What the holder of an order's link does with one of its licences: tell where the song is online, and read what answers a claim on it.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use domain::{
    actor::Ctx,
    catalog,
    ids::ChannelId,
    licensing::{LicensingError, channels},
    services::Services,
};

use super::{
    chrome::{Chrome, render, see_other},
    errors::PageError,
    orders::{self, Refused, RefusedChannel, keep_to_itself},
    texts::t,
};
use crate::{
    Caller,
    rest::claims::{self, Claim},
};

/// An address to be added.
#[derive(Debug, serde::Deserialize)]
pub(super) struct AddForm {
    url: String,
}

/// An address to be removed.
#[derive(Debug, serde::Deserialize)]
pub(super) struct RemoveForm {
    channel: String,
}

#[derive(Template)]
#[template(path = "claim.html")]
struct ClaimPage {
    chrome: Chrome,
    reference: String,
    /// The order's page.
    order: String,
    archive: String,
    is_sealed: bool,
    certificate: Vec<(String, String)>,
    clause: u16,
    clause_heading: String,
    clause_paragraphs: Vec<String>,
    channels: Vec<String>,
    dispute: String,
}

/// Adds an address under which the song is online.
pub(super) async fn add_channel(
    caller: Caller,
    path: web::Path<(String, String)>,
    form: web::Form<AddForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (token, reference) = path.into_inner();
    let (ctx, order) = orders::open(services, &token).await?;
    match add(services, &ctx, &reference, &form.url).await {
        Ok(()) => Ok(see_other(&format!("/orders/{token}"))),
        Err(error @ LicensingError::Channel(_)) => {
            let refused = RefusedChannel { reference, typed: form.into_inner().url, problem: error.into() };
            let refused = Refused { channel: Some(&refused), ..Refused::default() };
            orders::page(services, &ctx, &order, &token, (None, refused)).await
        }
        Err(error) => Err(back(error, &token)),
    }
}

async fn add(services: &Services, ctx: &Ctx, reference: &str, url: &str) -> Result<(), LicensingError> {
    let tx = services.begin().await?;
    channels::add_channel(&tx, ctx, reference, url).await?;
    Ok(services.commit(tx).await?)
}

/// Removes an address. One that is gone already, by a second click or in another tab, is what was wanted.
pub(super) async fn remove_channel(
    caller: Caller,
    path: web::Path<(String, String)>,
    form: web::Form<RemoveForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (token, reference) = path.into_inner();
    let (ctx, _) = orders::open(services, &token).await?;
    let id: ChannelId = form.channel.parse().map_err(|_| PageError::bad_form())?;
    let tx = services.begin().await?;
    channels::remove_channel(&tx, &ctx, &reference, id).await.map_err(|error| back(error, &token))?;
    services.commit(tx).await?;
    Ok(see_other(&format!("/orders/{token}")))
}

fn back(error: LicensingError, token: &str) -> PageError {
    PageError::from(error).leading_to(format!("/orders/{token}"), t("order-back"))
}

/// Shows what answers a claim on the song.
pub(super) async fn claim_release(
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (token, reference) = path.into_inner();
    let found = claims::find(services, &token, &reference).await;
    let Claim { licence, release, sealed, .. } =
        found.map_err(|problem| PageError::of_problem(&problem, t("claim-nothing")))?;
    let studio = catalog::find_shop(&services.db, licence.studio_id).await?.ok_or_else(PageError::not_found)?;
    let told = channels::channels_of_licences(&services.db, &[licence.id]).await?.remove(&licence.id);
    let order = format!("/orders/{token}");
    let chrome =
        Chrome::private(t("claim-title").with("reference", &licence.reference)).of_studio(services, &studio).await?;
    let page = ClaimPage {
        chrome,
        archive: format!("{order}/licences/{}/claim-release.zip", licence.reference),
        reference: licence.reference,
        order,
        is_sealed: sealed.is_some(),
        certificate: release.certificate,
        clause: release.clause.number,
        clause_heading: release.clause.heading,
        clause_paragraphs: release.clause.paragraphs,
        channels: told.unwrap_or_default().into_iter().map(|channel| channel.url).collect(),
        dispute: release.dispute,
    };
    let mut response = render(StatusCode::OK, &page)?;
    keep_to_itself(&mut response);
    Ok(response)
}
