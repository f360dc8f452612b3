//! Consent to sign electronically, and the signature itself.

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode, web};
use askama::Template;
use domain::{
    agreements::{
        AgreementError,
        commands::{self, CONSENT_TEXT, CONSENT_VERSION, Signing},
        document::Mark,
        entity::version,
        rules::Fault,
    },
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
        chrome::{Chrome, script, see_other},
        errors::{PageError, sentences},
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
    version: i32,
    text_sha256: String,
    /// In whose name, if not in one's own.
    party: String,
    typed: String,
    ip: String,
    problem: String,
    script: &'static str,
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
        chrome: visit.chrome("Agree"),
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
        .map_err(|error| PageError::from(error).leading_to(format!("{base}/consent"), "Read the text"))?;
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
    page(&caller, &visit, &version, StatusCode::OK, String::new(), String::new()).await
}

async fn page(
    caller: &Caller,
    visit: &Visit,
    version: &version::Model,
    status: StatusCode,
    typed: String,
    problem: String,
) -> Result<HttpResponse, PageError> {
    // What is signed is the text as it reads now, which must be what was read.
    let text_sha256 = read::text_sha256(caller, version.document.clone()).await?;
    let page = SignaturePage {
        chrome: visit.chrome("Sign"),
        head: visit.head(views::steps(3)),
        version: version.number,
        text_sha256: text_sha256.to_string(),
        party: views::party_name(&visit.signers, &visit.view.signer).unwrap_or_default(),
        typed,
        ip: caller.ip.to_string(),
        problem,
        script: script(),
    };
    private(status, &page)
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
        return Err(PageError::bad_form().leading_to(base, "Back to the agreement"));
    };
    let signing = Signing { version: form.version, text_sha256, typed_name: form.name.clone(), mark };
    let tx = services.begin().await?;
    match commands::sign(&tx, &visit.ctx, &signing, &visit::device(&caller)).await {
        Ok(_) => services.commit(tx).await?,
        // A second click, or another tab: it is signed, that is what was wanted.
        Err(AgreementError::Fault(Fault::AlreadySigned)) => {}
        Err(error) => {
            drop(tx);
            return refused(&caller, &visit, &version, error, form.name).await;
        }
    }
    Ok(see_other(&format!("{base}/done")))
}

async fn refused(
    caller: &Caller,
    visit: &Visit,
    version: &version::Model,
    error: AgreementError,
    typed: String,
) -> Result<HttpResponse, PageError> {
    if let AgreementError::Mark | AgreementError::Text { field: "name", .. } = error {
        let problem = PageError::from(error);
        let status = problem.status_code();
        return page(caller, visit, version, status, typed, sentences(&problem)).await;
    }
    let problem = PageError::from(error);
    let words = if problem.report().kind == Kind::Conflict { "Read it as it is now" } else { "Back to the agreement" };
    Err(problem.leading_to(visit.base(), words))
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
