//! Proposing a change: other shares of a split sheet, or words about anything else.

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode, web};
use askama::Template;
use domain::{
    agreements::{
        AgreementError, Prepared,
        commands::{self, CounterProposal},
        document,
        entity::version,
    },
    report::Kind,
};
use serde_json::Value;

use super::{
    answers, private,
    shares::{self, Side},
    views::Head,
    visit::{self, Visit},
};
use crate::{
    Caller,
    pages::{
        chrome::{Chrome, script, see_other},
        errors::{PageError, sentences},
    },
};

#[derive(Template)]
#[template(path = "sign/counter.html")]
struct CounterPage {
    chrome: Chrome,
    head: Head,
    version: i32,
    sides: Vec<Side>,
    words: String,
    problem: String,
    script: &'static str,
}

/// A form whose fields depend on the document.
type Typed = Vec<(String, String)>;

fn typed<'a>(form: &'a Typed, field: &str) -> &'a str {
    form.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value.as_str())
}

/// Asks for what should be otherwise.
pub(super) async fn ask(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let (visit, version) = Visit::verified(&caller, &request, &signer).await?;
    if !visit.view.may_sign {
        return Ok(see_other(&format!("{}/done", visit.base())));
    }
    if visit.view.agreement.template != document::Template::SplitSheet {
        return answers::ask_change(&visit, &version);
    }
    let document = parsed(&version)?;
    page(&visit, &version, StatusCode::OK, shares::form(&document, &[]), String::new(), String::new())
}

fn parsed(version: &version::Model) -> Result<Value, PageError> {
    serde_json::from_str(&version.document).map_err(|cause| PageError::broken(&cause))
}

fn page(
    visit: &Visit,
    version: &version::Model,
    status: StatusCode,
    sides: Vec<Side>,
    words: String,
    problem: String,
) -> Result<HttpResponse, PageError> {
    let page = CounterPage {
        chrome: visit.chrome("Propose"),
        head: visit.head(Vec::new()),
        version: version.number,
        sides,
        words,
        problem,
        script: script(),
    };
    private(status, &page)
}

/// Sends the proposal to the studio.
pub(super) async fn propose(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
    form: web::Form<Typed>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (visit, version) = Visit::verified(&caller, &request, &signer).await?;
    let form = form.into_inner();
    let expected_version = typed(&form, "version").parse().unwrap_or(version.number);
    let words = typed(&form, "words").to_owned();
    let document = parsed(&version)?;
    let mut sides = shares::form(&document, &form);
    let changed = if visit.view.agreement.template == document::Template::SplitSheet {
        match shares::put(&document, &mut sides) {
            Ok(changed) => changed,
            Err(problem) => {
                return page(&visit, &version, StatusCode::UNPROCESSABLE_ENTITY, sides, words, problem);
            }
        }
    } else {
        document
    };
    let (documents, present) = (services.agreements.clone(), version.clone());
    let prepared = web::block(move || Prepared::revising(documents.as_ref(), &changed.to_string(), &present)).await;
    let outcome = match prepared.map_err(|cause| PageError::broken(&cause))? {
        Ok(document) => {
            let proposal = CounterProposal { expected_version, document, note: Some(words.clone()) };
            let tx = services.begin().await?;
            match commands::counter(&tx, &visit.ctx, &proposal, &visit::device(&caller)).await {
                Ok(_) => Ok(services.commit(tx).await?),
                Err(error) => Err(error),
            }
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => Ok(see_other(&format!("{}/done", visit.base()))),
        Err(error) => refused(&visit, &version, error, sides, words),
    }
}

fn refused(
    visit: &Visit,
    version: &version::Model,
    error: AgreementError,
    sides: Vec<Side>,
    words: String,
) -> Result<HttpResponse, PageError> {
    let problem = PageError::from(error);
    if problem.report().kind != Kind::Invalid {
        return Err(problem.leading_to(visit.base(), "Read it as it is now"));
    }
    let said = sentences(&problem);
    if visit.view.agreement.template == document::Template::SplitSheet {
        page(visit, version, problem.status_code(), sides, words, said)
    } else {
        answers::change_refused(visit, version, problem.status_code(), words, said)
    }
}
