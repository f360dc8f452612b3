//! How a signer comes in: the link from the mail, then the code from the next one.

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode, web};
use askama::Template;
use domain::{
    actor::Actor,
    agreements::{
        AgreementError, commands,
        entity::AgreementState,
        queries::{self, LinkStanding},
        rules::{self, Fault},
    },
    report::Kind,
    services::Services,
};

use super::{
    private,
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
#[template(path = "sign/open.html")]
struct OpenPage {
    chrome: Chrome,
    token: String,
    kind: String,
    reference: String,
    title: String,
    studio: String,
    name: String,
    email: String,
}

/// A link that opens nothing, or a request for another.
#[derive(Template)]
#[template(path = "sign/closed.html")]
struct ClosedPage {
    chrome: Chrome,
    heading: String,
    said: Wording,
    /// Where another link is asked for; empty if there is none.
    again: String,
    /// Where an executed agreement is verified; empty if it is none.
    verify: String,
}

impl ClosedPage {
    fn new(heading: impl Into<String>, said: impl Into<Wording>, again: String) -> Self {
        let heading = heading.into();
        Self { chrome: Chrome::private(heading.clone()), heading, said: said.into(), again, verify: String::new() }
    }
}

#[derive(Template)]
#[template(path = "sign/code.html")]
struct CodePage {
    chrome: Chrome,
    head: Head,
    said: String,
    problem: Wording,
    can_enter: bool,
}

/// The code as it was typed.
#[derive(serde::Deserialize)]
pub(super) struct CodeForm {
    #[serde(default)]
    code: String,
}

/// Shows what a link leads to. Looking at it opens nothing.
pub(super) async fn ask(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let found = match queries::find_link(&services.db, &services.links, &token, services.env.now()).await {
        Ok(found) => found,
        Err(error) => return closed(error, &token),
    };
    let over = match found.standing {
        LinkStanding::Open => None,
        LinkStanding::Used => Some(AgreementError::LinkUsed),
        LinkStanding::Expired => Some(AgreementError::LinkExpired),
        LinkStanding::Replaced => Some(AgreementError::LinkReplaced),
        LinkStanding::NotASigner => Some(Fault::NotASigner.into()),
        LinkStanding::Over(AgreementState::Executed) => return executed(&found.agreement.reference),
        LinkStanding::Over(state) => Some(AgreementError::Over(state)),
    };
    if let Some(error) = over {
        return closed(error, &token);
    }
    let page = OpenPage {
        chrome: Chrome::private(found.agreement.title.clone()).of_sender(&found.studio_name),
        token: token.into_inner(),
        kind: views::kind(found.agreement.template),
        reference: found.agreement.reference,
        title: found.agreement.title,
        studio: found.studio_name,
        name: found.signer_name,
        email: found.masked_email,
    };
    private(StatusCode::OK, &page)
}

/// The page of a link to what everybody has signed. The file itself opens by its own mail: whoever holds this link has entered no code.
fn executed(reference: &str) -> Result<HttpResponse, PageError> {
    let page = ClosedPage {
        verify: format!("/verify/{reference}"),
        ..ClosedPage::new(t("sign-closed-executed"), t("sign-closed-executed-said"), String::new())
    };
    private(StatusCode::GONE, &page)
}

/// The page of a link that opens nothing.
fn closed(error: AgreementError, token: &str) -> Result<HttpResponse, PageError> {
    let (status, heading, can_ask) = match &error {
        AgreementError::LinkUsed => (StatusCode::GONE, "sign-closed-used", true),
        AgreementError::LinkExpired => (StatusCode::GONE, "errors-link-expired", true),
        AgreementError::LinkReplaced => (StatusCode::GONE, "sign-closed-replaced", true),
        AgreementError::Over(AgreementState::Executed) => (StatusCode::GONE, "sign-closed-executed", false),
        AgreementError::Over(_) => (StatusCode::GONE, "sign-closed-over", false),
        AgreementError::Fault(Fault::NotASigner) => (StatusCode::GONE, "sign-closed-not-a-signer", false),
        AgreementError::Link(_) => (StatusCode::NOT_FOUND, "sign-closed-nothing", false),
        AgreementError::TooManyLinks => (StatusCode::TOO_MANY_REQUESTS, "errors-slower", false),
        _ => return Err(PageError::from(error)),
    };
    let said = sentences(&PageError::from(error));
    let again = if can_ask { format!("/sign/{token}/again") } else { String::new() };
    private(status, &ClosedPage::new(t(heading), said, again))
}

/// A last page: nothing is left to do in this browser.
pub(super) fn closing(heading: impl Into<String>, said: impl Into<Wording>) -> Result<HttpResponse, PageError> {
    private(StatusCode::OK, &ClosedPage::new(heading, said, String::new()))
}

/// Opens a link: it is spent, the browser gets its session, and a code is on its way.
pub(super) async fn open(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let device = visit::device(&caller);
    let tx = services.begin().await?;
    let opened = match commands::open_link(&tx, &caller.ctx, &services.links, &token, &device).await {
        Ok(opened) => opened,
        Err(error) => return closed(error, &token),
    };
    let Actor::Signer { signer, .. } = opened.actor else { return Err(PageError::not_found()) };
    // In the same transaction, so that nobody who has spent the link waits for a code that was never asked for.
    let ctx = services.ctx(opened.actor.clone());
    commands::ask_code(&tx, &ctx, &services.links, &device).await?;
    services.commit(tx).await?;
    let mut response = see_other(&format!("{}/code", visit::base(signer)));
    response.add_cookie(&visit::cookie(services, signer, &opened)).map_err(|cause| PageError::broken(&cause))?;
    Ok(response)
}

/// Mails another link to the address that the agreement was sent to.
pub(super) async fn again(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let tx = services.begin().await?;
    let device = visit::device(&caller);
    if let Err(error) = commands::request_link(&tx, &caller.ctx, &services.links, &token, &device).await {
        return closed(error, &token);
    }
    services.commit(tx).await?;
    closing(t("sign-look-into-mail"), t("sign-again-said"))
}

/// Asks for the code.
pub(super) async fn ask_code(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let visit = Visit::find(&caller, &request, &signer).await?;
    if visit.view.session.verified_at.is_some() {
        return Ok(see_other(&visit.base()));
    }
    code_page(&caller.services, &visit, StatusCode::OK, Wording::default())
}

fn code_page(
    services: &Services,
    visit: &Visit,
    status: StatusCode,
    problem: Wording,
) -> Result<HttpResponse, PageError> {
    let session = &visit.view.session;
    let is_good = session.code_expires_at.is_some_and(|until| until > services.env.now());
    let can_enter = is_good && session.attempts < rules::CODE_ATTEMPTS;
    let page = CodePage {
        chrome: visit.chrome(t("sign-code-title")),
        head: visit.head(Vec::new()),
        said: if can_enter {
            t("sign-code-on-its-way").with("email", &queries::masked(&visit.view.signer.email)).into()
        } else {
            t("sign-code-spent").into()
        },
        problem,
        can_enter,
    };
    private(status, &page)
}

/// Compares the code.
pub(super) async fn enter_code(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
    form: web::Form<CodeForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let visit = Visit::find(&caller, &request, &signer).await?;
    match commands::enter_code(services, &visit.ctx, &form.code, &visit::device(&caller)).await {
        Ok(()) | Err(AgreementError::AlreadyVerified) => Ok(see_other(&visit.base())),
        Err(error) => refused(&caller, &request, &signer, error).await,
    }
}

/// Mails another code.
pub(super) async fn another_code(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let visit = Visit::find(&caller, &request, &signer).await?;
    let tx = services.begin().await?;
    match commands::ask_code(&tx, &visit.ctx, &services.links, &visit::device(&caller)).await {
        Ok(()) => {
            services.commit(tx).await?;
            Ok(see_other(&format!("{}/code", visit.base())))
        }
        Err(AgreementError::AlreadyVerified) => Ok(see_other(&visit.base())),
        Err(error) => {
            drop(tx);
            refused(&caller, &request, &signer, error).await
        }
    }
}

/// The code's page again, with what is wrong.
async fn refused(
    caller: &Caller,
    request: &HttpRequest,
    signer: &str,
    error: AgreementError,
) -> Result<HttpResponse, PageError> {
    let problem = PageError::from(error);
    let (status, said) = (problem.status_code(), sentences(&problem));
    if !matches!(problem.report().kind, Kind::Invalid | Kind::Conflict | Kind::TooMany) {
        return Err(problem);
    }
    // How many tries are left stands in the session, which has just changed.
    let visit = Visit::find(caller, request, signer).await?;
    code_page(&caller.services, &visit, status, said)
}
