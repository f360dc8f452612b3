//! Consent to sign electronically, and the signature itself.

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode, web};
use askama::Template;
use domain::{
    agreements::{
        AgreementError,
        commands::{self, CONSENT_TEXT, CONSENT_VERSION, Signing},
        document::Mark,
        entity::version,
        queries,
        rules::Fault,
    },
    legible::{Illegible, require_legible},
    parties::entity::PartyKind,
    report::Kind,
};

use super::{
    private, read,
    views::{self, Head},
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
#[template(path = "sign/consent.html")]
struct ConsentPage {
    chrome: Chrome,
    head: Head,
    text: Vec<&'static str>,
    version: &'static str,
}

#[derive(Template)]
#[template(path = "sign/signature.html")]
struct SignaturePage {
    chrome: Chrome,
    head: Head,
    version: String,
    text_sha256: String,
    /// In whose name, if not in one's own.
    party: String,
    /// The company that is signed for; empty if it is no company.
    company: String,
    typed: SignatureForm,
    /// The name that was asked to sign, where another was typed and is to be confirmed; else empty.
    asked: String,
    /// Whether the typed name is the company's, and is to be confirmed to be a person's, too.
    is_company_name: bool,
    ip: String,
    problem: Wording,
    problem_field: &'static str,
}

/// What is wrong with a signature.
#[derive(Default)]
struct Problem {
    said: Wording,
    field: &'static str,
    asked: String,
    is_company_name: bool,
}

/// A consent as it was given.
#[derive(serde::Deserialize)]
pub(super) struct ConsentForm {
    #[serde(default)]
    version: String,
}

/// A signature as it was made.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct SignatureForm {
    version: i32,
    text: String,
    name: String,
    /// In what capacity, for a company.
    capacity: String,
    /// The name that was confirmed although another was asked, or although it is the company's.
    confirmed: String,
    drawing: String,
}

/// Asks for the consent; whoever has given it goes on.
pub(super) async fn ask_consent(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let (visit, _) = Visit::verified(&caller, &request, &signer).await?;
    if !visit.view.may_sign {
        return Ok(see_other(&format!("{}/done", visit.base())));
    }
    if has_consented(&visit) {
        return Ok(see_other(&format!("{}/signature", visit.base())));
    }
    let page = ConsentPage {
        chrome: visit.chrome(t("sign-step-agree")),
        head: visit.head(views::steps(2)),
        text: CONSENT_TEXT.lines().filter(|line| !line.trim().is_empty()).collect(),
        version: CONSENT_VERSION,
    };
    private(StatusCode::OK, &page)
}

fn has_consented(visit: &Visit) -> bool {
    visit.view.session.consent_version.as_deref() == Some(CONSENT_VERSION)
}

/// Notes the consent.
pub(super) async fn consent(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
    form: web::Form<ConsentForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (visit, _) = Visit::verified(&caller, &request, &signer).await?;
    let tx = services.begin().await?;
    let base = visit.base();
    commands::consent(&tx, &visit.ctx, &form.version, &visit::device(&caller))
        .await
        .map_err(|error| PageError::from(error).leading_to(format!("{base}/consent"), t("sign-consent-read")))?;
    services.commit(tx).await?;
    Ok(see_other(&format!("{base}/signature")))
}

/// Asks for the signature.
pub(super) async fn ask(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let (visit, version) = Visit::verified(&caller, &request, &signer).await?;
    if !visit.view.may_sign {
        return Ok(see_other(&format!("{}/done", visit.base())));
    }
    if visit.view.session.shown_version != Some(version.number) {
        // It has changed, or was never read in this browser.
        return Ok(see_other(&visit.base()));
    }
    if !has_consented(&visit) {
        return Ok(see_other(&format!("{}/consent", visit.base())));
    }
    page(&caller, &visit, &version, StatusCode::OK, SignatureForm::default(), Problem::default()).await
}

async fn page(
    caller: &Caller,
    visit: &Visit,
    version: &version::Model,
    status: StatusCode,
    typed: SignatureForm,
    problem: Problem,
) -> Result<HttpResponse, PageError> {
    // What is signed is the text as it reads now, which must be what was read.
    let text_sha256 = read::text_sha256(caller, version.document.clone()).await?;
    let page = SignaturePage {
        chrome: visit.chrome(t("sign-step-sign")).with_island("sign"),
        head: visit.head(views::steps(3)),
        version: version.number.to_string(),
        text_sha256: text_sha256.to_string(),
        party: views::party_name(&visit.signers, &visit.view.signer).unwrap_or_default(),
        company: company(visit, version)?.unwrap_or_default(),
        typed,
        asked: problem.asked,
        is_company_name: problem.is_company_name,
        ip: caller.ip.to_string(),
        problem: problem.said,
        problem_field: problem.field,
    };
    private(status, &page)
}

/// The name of the party that the visitor signs for, if it is a company.
fn company(visit: &Visit, version: &version::Model) -> Result<Option<String>, PageError> {
    let reading = queries::reading(version)?;
    let party = usize::try_from(visit.view.signer.party_index).ok().and_then(|index| reading.parties.get(index));
    let company = party.filter(|party| party.facts.kind == Some(PartyKind::Company));
    Ok(company.map(|party| party.name.clone()))
}

/// Signs what was read.
pub(super) async fn sign(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
    form: web::Form<SignatureForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (visit, version) = Visit::verified(&caller, &request, &signer).await?;
    let form = form.into_inner();
    let base = visit.base();
    let (Ok(text_sha256), Some(mark)) = (form.text.parse(), mark(&form)) else {
        return Err(PageError::bad_form().leading_to(base, t("sign-back")));
    };
    if let Err(illegible) = legible(&caller, &form) {
        return refused(&caller, &visit, &version, illegible.into(), form).await;
    }
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let signing = Signing {
        version: form.version,
        text_sha256,
        typed_name: form.name.clone(),
        capacity: given(&form.capacity),
        confirmed_name: given(&form.confirmed),
        mark,
    };
    let tx = services.begin().await?;
    match commands::sign(&tx, &visit.ctx, &signing, &visit::device(&caller)).await {
        Ok(_) => services.commit(tx).await?,
        // A second click, or another tab: it is signed, that is what was wanted.
        Err(AgreementError::Fault(Fault::AlreadySigned)) => {}
        Err(error) => {
            drop(tx);
            return refused(&caller, &visit, &version, error, form).await;
        }
    }
    Ok(see_other(&format!("{base}/done")))
}

/// Refuses what the sealed file could not show.
fn legible(caller: &Caller, form: &SignatureForm) -> Result<(), Illegible> {
    let documents = caller.services.agreements.as_ref();
    require_legible(documents, "name", &form.name)?;
    require_legible(documents, "capacity", &form.capacity)
}

async fn refused(
    caller: &Caller,
    visit: &Visit,
    version: &version::Model,
    error: AgreementError,
    typed: SignatureForm,
) -> Result<HttpResponse, PageError> {
    let asked = match &error {
        AgreementError::AnotherName { asked, .. } => asked.clone(),
        _ => String::new(),
    };
    let is_company_name = matches!(error, AgreementError::CompanyName { .. });
    let problem = PageError::from(error);
    let report = problem.report();
    let field = match report.field.as_deref() {
        Some("capacity") => "capacity",
        Some("name" | "mark") => "name",
        _ => "",
    };
    if report.kind == Kind::Invalid && !field.is_empty() {
        let (status, said) = (problem.status_code(), sentences(&problem));
        return page(caller, visit, version, status, typed, Problem { said, field, asked, is_company_name }).await;
    }
    let way_on = if report.kind == Kind::Conflict { "sign-read-now" } else { "sign-back" };
    Err(problem.leading_to(visit.base(), t(way_on)))
}

/// The mark of a form: the drawing, if there is one, else the typed name. None if the drawing cannot be read.
fn mark(form: &SignatureForm) -> Option<Mark> {
    if form.drawing.trim().is_empty() { Some(Mark::Typed(form.name.trim().to_owned())) } else { drawn(&form.drawing) }
}

/// A drawing as the script sends it: `x.y_x.y-x.y_…`, a line for each stroke, in characters that a form sends as they are.
fn drawn(text: &str) -> Option<Mark> {
    let point = |text: &str| {
        let (x, y) = text.split_once('.')?;
        Some((x.parse().ok()?, y.parse().ok()?))
    };
    let stroke = |text: &str| text.split('_').map(point).collect::<Option<Vec<(u16, u16)>>>();
    text.trim().split('-').map(stroke).collect::<Option<Vec<_>>>().map(Mark::Drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_is_read_whole_or_not_at_all() {
        let strokes = vec![vec![(10, 10), (500, 200)], vec![(7, 0)]];
        assert_eq!(drawn("10.10_500.200-7.0"), Some(Mark::Drawn(strokes)));
        for text in ["", "10", "10.10_", "1.2.3", "-1.2", "99999.1", "a.b", "[[[1,2]]]"] {
            assert_eq!(drawn(text), None, "{text}");
        }
    }
}
