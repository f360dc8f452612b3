//! After the execution: a signer takes back the consent to electronic records, for what is to come.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use domain::{
    agreements::{AgreementError, commands, queries},
    ids::SignerId,
    links::{LinkKey, Purpose},
};

use super::{private, visit};
use crate::{
    Caller,
    pages::{
        chrome::{Chrome, see_other},
        errors::PageError,
    },
};

#[derive(Template)]
#[template(path = "sign/records.html")]
struct RecordsPage {
    chrome: Chrome,
    title: String,
    reference: String,
    /// Where the agreement itself is.
    back: String,
    action: String,
}

/// Where a signer of an executed agreement withdraws the consent.
pub(super) fn path(links: &LinkKey, signer: SignerId) -> String {
    format!("/agreement/{}/consent/withdraw", links.token(Purpose::Agreement, signer, None))
}

/// Asks whether it is meant.
pub(super) async fn ask(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let found = queries::find_signed(&services.db, &services.links, &token, services.env.now()).await;
    let (agreement, signer) = found.map_err(refused)?;
    let back = format!("/agreement/{token}");
    if signer.consent_version.is_none() {
        // Signed on paper: there is nothing to withdraw.
        return Ok(see_other(&back));
    }
    let page = RecordsPage {
        chrome: Chrome::private(agreement.title.clone()),
        title: agreement.title,
        reference: agreement.reference,
        action: format!("{back}/consent/withdraw"),
        back,
    };
    private(StatusCode::OK, &page)
}

/// Takes it back.
pub(super) async fn withdraw(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (links, device) = (&services.links, visit::device(&caller));
    let tx = services.begin().await?;
    commands::withdraw_consent(&tx, &caller.ctx, links, &token, &device).await.map_err(refused)?;
    services.commit(tx).await?;
    Ok(see_other(&format!("/agreement/{token}")))
}

fn refused(error: AgreementError) -> PageError {
    match error {
        AgreementError::Link(cause) => PageError::bad_link(cause),
        other => other.into(),
    }
}
