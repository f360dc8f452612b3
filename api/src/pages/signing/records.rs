//! After the execution: a signer takes back the consent to electronic records, for what is to come. The lasting link may be shown to others, and
//! has no more than a mail sent to the signer; the link in that mail asks, and withdraws.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use domain::{
    agreements::{AgreementError, commands, queries},
    ids::SignerId,
    links::{LinkKey, Purpose},
};

use super::{links::closing, private, visit};
use crate::{
    Caller,
    pages::{
        chrome::{Chrome, see_other},
        errors::PageError,
        texts::t,
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
    /// Whether this withdraws it; else it has the link mailed that leads to this.
    withdraws: bool,
}

/// Where a signer of an executed agreement has the link mailed under which the consent is withdrawn.
pub(super) fn path(links: &LinkKey, signer: SignerId) -> String {
    format!("/agreement/{}/consent/withdraw", links.token(Purpose::Agreement, signer, None))
}

/// Asks whether the link is to be mailed.
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
        withdraws: false,
    };
    private(StatusCode::OK, &page)
}

/// Has the link mailed.
pub(super) async fn mail(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let tx = services.begin().await?;
    let device = visit::device(&caller);
    commands::ask_withdrawal(&tx, &caller.ctx, &services.links, &token, &device).await.map_err(refused)?;
    services.commit(tx).await?;
    closing(t("sign-look-into-mail"), t("sign-records-mailed"))
}

/// Asks whether it is meant.
pub(super) async fn confirm(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let found = queries::find_withdrawing(&services.db, &services.links, &token, services.env.now()).await;
    let (agreement, signer) = found.map_err(refused)?;
    let page = RecordsPage {
        chrome: Chrome::private(agreement.title.clone()),
        title: agreement.title,
        reference: agreement.reference,
        action: format!("/agreement/{token}/consent/confirm"),
        back: queries::agreement_url("", &services.links, signer.id),
        withdraws: true,
    };
    private(StatusCode::OK, &page)
}

/// Takes it back.
pub(super) async fn withdraw(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let tx = services.begin().await?;
    let device = visit::device(&caller);
    let withdrawn = commands::withdraw_consent(&tx, &caller.ctx, &services.links, &token, &device).await;
    let signer = withdrawn.map_err(refused)?;
    services.commit(tx).await?;
    Ok(see_other(&queries::agreement_url("", &services.links, signer)))
}

fn refused(error: AgreementError) -> PageError {
    match error {
        AgreementError::Link(cause) => PageError::bad_link(cause),
        other => other.into(),
    }
}
