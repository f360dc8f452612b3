//! A change that a signer proposes, as the studio reads it by the link in its mail. It shows what is different; to read the whole document, and to
//! answer, one signs in.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use domain::agreements::{AgreementError, queries};

use super::{
    links::closing,
    private, read,
    views::{self, ChangeView, Head},
};
use crate::{
    Caller,
    pages::{chrome::Chrome, errors::PageError, texts::t},
};

#[derive(Template)]
#[template(path = "sign/proposal.html")]
struct ProposalPage {
    chrome: Chrome,
    head: Head,
    by: String,
    note: String,
    changes: Vec<ChangeView>,
    version: String,
}

/// Shows what waits to be answered.
pub(super) async fn show(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let found = queries::find_proposal(&services.db, &services.links, &token, services.env.now()).await;
    let (agreement, studio, proposal) = found.map_err(|error| match error {
        AgreementError::Link(cause) => PageError::bad_link(cause),
        other => other.into(),
    })?;
    let Some(proposal) = proposal else {
        let said = t("sign-proposal-gone-said").with("title", &agreement.title);
        return closing(t("sign-proposal-gone"), said);
    };
    let page = ProposalPage {
        chrome: Chrome::private(t("sign-proposal-title").with("title", &agreement.title)).of_sender(&studio.name),
        head: Head {
            kind: views::kind(agreement.template),
            reference: agreement.reference,
            title: agreement.title,
            studio: studio.name,
            base: String::new(),
            steps: Vec::new(),
        },
        by: proposal.by.unwrap_or_else(|| t("sign-proposal-a-signer").into()),
        note: proposal.note.unwrap_or_default(),
        changes: read::diff(&caller, proposal.before, proposal.after).await?,
        version: proposal.version.to_string(),
    };
    private(StatusCode::OK, &page)
}
