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
    pages::{chrome::Chrome, errors::PageError},
};

#[derive(Template)]
#[template(path = "sign/proposal.html")]
struct ProposalPage {
    chrome: Chrome,
    head: Head,
    by: String,
    note: String,
    changes: Vec<ChangeView>,
    version: i32,
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
        let said = format!("This change of “{}” was answered, or another has taken its place.", agreement.title);
        return closing("It no longer waits", said);
    };
    let page = ProposalPage {
        chrome: Chrome::private(format!("Proposal · {}", agreement.title)).of_sender(&studio.name),
        head: Head {
            kind: views::kind(agreement.template),
            reference: agreement.reference,
            title: agreement.title,
            studio: studio.name,
            base: String::new(),
            steps: Vec::new(),
        },
        by: proposal.by.unwrap_or_else(|| "A signer".to_owned()),
        note: proposal.note.unwrap_or_default(),
        changes: read::diff(&caller, proposal.before, proposal.after).await?,
        version: proposal.version,
    };
    private(StatusCode::OK, &page)
}
