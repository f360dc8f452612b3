//! Proposing a change: other shares of a split sheet, or words about anything else.

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode, web};
use askama::Template;
use domain::{
    agreements::{
        AgreementError, Prepared,
        commands::{self, CounterProposal},
        document,
        entity::version,
        queries,
    },
    report::Kind,
};

use super::{
    answers, private,
    read::{changes, parsed},
    shares::{self, Side},
    views::{ChangeView, Head},
    visit::{self, Visit},
};
use crate::{
    Caller,
    pages::{
        chrome::{Chrome, see_other},
        errors::{PageError, sentences},
        texts::t,
        wording::Wording,
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
    problem: Wording,
    /// What somebody else has changed while this was typed.
    changes: Vec<ChangeView>,
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
    let asked = Asked { sides: shares::form(&parsed(&version)?, &[]), ..Asked::default() };
    page(&visit, &version, StatusCode::OK, asked)
}

/// What stands in the form, and what is told above it.
#[derive(Default)]
struct Asked {
    sides: Vec<Side>,
    words: String,
    problem: Wording,
    changes: Vec<ChangeView>,
}

fn page(visit: &Visit, version: &version::Model, status: StatusCode, asked: Asked) -> Result<HttpResponse, PageError> {
    let Asked { sides, words, problem, changes } = asked;
    let page = CounterPage {
        chrome: visit.chrome(t("sign-counter-title")).with_island("sign"),
        head: visit.head(Vec::new()),
        version: version.number,
        sides,
        words,
        problem,
        changes,
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
                if expected_version != version.number {
                    // What does not fit the document as it is now did perhaps fit the one that the signer knew.
                    let asked = Asked { sides, words, ..Asked::default() };
                    let changed = AgreementError::Changed { current: version.number };
                    return overtaken(&caller, &visit, &version, changed, asked).await;
                }
                let asked = Asked { sides, words, problem: Wording::own(problem), ..Asked::default() };
                return page(&visit, &version, StatusCode::UNPROCESSABLE_ENTITY, asked);
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
    let asked = Asked { sides, words, ..Asked::default() };
    match outcome {
        Ok(()) => Ok(see_other(&format!("{}/done", visit.base()))),
        Err(error @ AgreementError::Changed { .. }) if expected_version != version.number => {
            overtaken(&caller, &visit, &version, error, asked).await
        }
        Err(error) => refused(&visit, &version, error, asked),
    }
}

/// The form over the document as it is now, with what was typed over an earlier one, and what is different from what the signer knew: nothing that was typed
/// is lost.
async fn overtaken(
    caller: &Caller,
    visit: &Visit,
    version: &version::Model,
    error: AgreementError,
    asked: Asked,
) -> Result<HttpResponse, PageError> {
    if visit.view.agreement.template != document::Template::SplitSheet {
        return refused(visit, version, error, asked);
    }
    let evidence = queries::evidence_of(&caller.services.db, visit.view.agreement.id).await?;
    let (_, changes) = changes(caller, visit, &evidence, version).await?;
    let asked = Asked { problem: t("sign-counter-overtaken").into(), changes, ..asked };
    page(visit, version, StatusCode::CONFLICT, asked)
}

fn refused(
    visit: &Visit,
    version: &version::Model,
    error: AgreementError,
    asked: Asked,
) -> Result<HttpResponse, PageError> {
    let problem = PageError::from(error);
    if problem.report().kind != Kind::Invalid {
        return Err(problem.leading_to(visit.base(), t("sign-read-now")));
    }
    let said = sentences(&problem);
    if visit.view.agreement.template == document::Template::SplitSheet {
        page(visit, version, problem.status_code(), Asked { problem: said, ..asked })
    } else {
        answers::change_refused(visit, version, problem.status_code(), asked.words, said)
    }
}
