//! Other answers than a signature: hand it on, decline, ask for paper, ask for a change in words.

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode, web};
use askama::Template;
use domain::{
    agreements::{
        AgreementError,
        commands::{self, Delegation},
        entity::version,
        rules::Fault,
    },
    legible::require_legible,
    report::Kind,
};

use super::{
    links, private,
    views::Head,
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

/// Which answer.
#[derive(Clone, Copy)]
enum Answer {
    Delegate,
    Decline,
    Paper,
    /// A change of the version with this number.
    Change(i32),
}

#[derive(Template)]
#[template(path = "sign/ask.html")]
struct AskPage {
    chrome: Chrome,
    head: Head,
    heading: String,
    said: String,
    action: String,
    /// The version that a change is asked of; empty elsewhere.
    version: String,
    ask_person: bool,
    words_label: String,
    words_required: bool,
    /// Who reads the words.
    readers: String,
    button: String,
    /// Whether it ends something.
    grave: bool,
    form: AnswerForm,
    problem: Wording,
    problem_field: &'static str,
}

/// What is typed; each page asks for its part.
#[derive(Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct AnswerForm {
    name: String,
    email: String,
    words: String,
}

impl AskPage {
    fn new(visit: &Visit, answer: Answer, form: AnswerForm) -> Self {
        let (studio, base) = (&visit.view.studio_name, visit.base());
        let (path, heading, button) = match answer {
            Answer::Delegate => ("delegate", "sign-ask-delegate", "sign-ask-delegate-button"),
            Answer::Decline => ("decline", "sign-ask-decline", "sign-ask-decline-button"),
            Answer::Paper => ("paper", "sign-ask-paper", "sign-ask-paper-button"),
            Answer::Change(_) => ("counter", "sign-ask-change", "sign-ask-change-button"),
        };
        let heading = t(heading).to_string();
        let said = match answer {
            Answer::Delegate => t("sign-ask-delegate-said").with("studio", studio),
            Answer::Decline => t("sign-ask-decline-said").with("studio", studio),
            Answer::Paper => t("sign-ask-paper-said").with("studio", studio),
            Answer::Change(_) => t("sign-ask-change-said").with("studio", studio),
        };
        let words_label = match answer {
            Answer::Delegate => "sign-ask-delegate-words",
            Answer::Decline => "sign-ask-decline-words",
            Answer::Paper => "sign-ask-paper-words",
            Answer::Change(_) => "sign-ask-change-words",
        };
        let readers = match answer {
            Answer::Delegate => t("sign-ask-delegate-readers").with("studio", studio),
            Answer::Decline => t("sign-ask-decline-readers").with("studio", studio),
            Answer::Paper => t("sign-ask-paper-readers").with("studio", studio),
            Answer::Change(_) => t("sign-ask-change-readers").with("studio", studio),
        };
        let version = if let Answer::Change(number) = answer { number.to_string() } else { String::new() };
        Self {
            chrome: visit.chrome(heading.as_str()),
            head: visit.head(Vec::new()),
            heading,
            said: said.into(),
            action: format!("{base}/{path}"),
            version,
            ask_person: matches!(answer, Answer::Delegate),
            words_label: t(words_label).into(),
            readers: readers.into(),
            words_required: matches!(answer, Answer::Decline | Answer::Change(_)),
            button: t(button).into(),
            grave: matches!(answer, Answer::Decline),
            form,
            problem: Wording::default(),
            problem_field: "",
        }
    }

    /// The same page again with what is wrong; what typing cannot mend is an error page.
    fn again(mut self, error: AgreementError) -> Result<HttpResponse, PageError> {
        let problem = PageError::from(error);
        let report = problem.report();
        let typed = report.kind == Kind::Invalid || report.code == "DELEGATE_SIGNS";
        if !typed {
            let back = self.head.base;
            return Err(problem.leading_to(back, t("sign-back")));
        }
        self.problem_field = match report.field.as_deref() {
            Some("name") => "name",
            Some("email") => "email",
            _ => "words",
        };
        self.problem = sentences(&problem);
        private(problem.status_code(), &self)
    }
}

/// Shows the page of an answer to whom it is still open.
async fn ask(caller: &Caller, request: &HttpRequest, signer: &str, answer: Answer) -> Result<HttpResponse, PageError> {
    let (visit, _) = Visit::verified(caller, request, signer).await?;
    if visit.view.agreement.stands_at(visit.ctx.env.now()).is_final() {
        return Ok(see_other(&format!("{}/done", visit.base())));
    }
    private(StatusCode::OK, &AskPage::new(&visit, answer, AnswerForm::default()))
}

/// Asks who shall sign instead.
pub(super) async fn ask_delegate(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    ask(&caller, &request, &signer, Answer::Delegate).await
}

/// Asks why it is declined.
pub(super) async fn ask_decline(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    ask(&caller, &request, &signer, Answer::Decline).await
}

/// Asks whether paper is wanted.
pub(super) async fn ask_paper(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    ask(&caller, &request, &signer, Answer::Paper).await
}

/// Asks what should be otherwise, in words.
pub(super) fn ask_change(visit: &Visit, version: &version::Model) -> Result<HttpResponse, PageError> {
    private(StatusCode::OK, &AskPage::new(visit, Answer::Change(version.number), AnswerForm::default()))
}

/// The same again, with what is wrong.
pub(super) fn change_refused(
    visit: &Visit,
    version: &version::Model,
    status: StatusCode,
    words: String,
    problem: Wording,
) -> Result<HttpResponse, PageError> {
    let form = AnswerForm { words, ..AnswerForm::default() };
    let page = AskPage::new(visit, Answer::Change(version.number), form);
    private(status, &AskPage { problem, problem_field: "words", ..page })
}

/// Hands it on.
pub(super) async fn delegate(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
    form: web::Form<AnswerForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (visit, _) = Visit::verified(&caller, &request, &signer).await?;
    let form = form.into_inner();
    let to = Delegation {
        name: form.name.clone(),
        email: form.email.clone(),
        note: Some(form.words.clone()).filter(|words| !words.trim().is_empty()),
    };
    if let Err(illegible) = require_legible(services.agreements.as_ref(), "name", &to.name) {
        return AskPage::new(&visit, Answer::Delegate, form).again(illegible.into());
    }
    let tx = services.begin().await?;
    match commands::delegate(&tx, &visit.ctx, &to, &visit::device(&caller)).await {
        Ok(_) => services.commit(tx).await?,
        Err(error) => return AskPage::new(&visit, Answer::Delegate, form).again(error),
    }
    // The pages of who has handed it on are closed to them from here on.
    links::closing(t("sign-ask-delegated"), t("sign-ask-delegated-said").with("name", to.name.trim()))
}

/// Declines.
pub(super) async fn decline(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
    form: web::Form<AnswerForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (visit, _) = Visit::verified(&caller, &request, &signer).await?;
    let form = form.into_inner();
    let tx = services.begin().await?;
    match commands::decline(&tx, &visit.ctx, &form.words, &visit::device(&caller)).await {
        Ok(_) => services.commit(tx).await?,
        // A second click, or somebody else was faster: the page that it leads to says how it ended.
        Err(AgreementError::Fault(Fault::Final(_))) => {}
        Err(error) => return AskPage::new(&visit, Answer::Decline, form).again(error),
    }
    Ok(see_other(&format!("{}/done", visit.base())))
}

/// Asks for paper.
pub(super) async fn paper(
    caller: Caller,
    request: HttpRequest,
    signer: web::Path<String>,
    form: web::Form<AnswerForm>,
) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let (visit, _) = Visit::verified(&caller, &request, &signer).await?;
    let form = form.into_inner();
    let words = Some(form.words.as_str()).filter(|words| !words.trim().is_empty());
    let tx = services.begin().await?;
    match commands::withdraw(&tx, &visit.ctx, words, &visit::device(&caller)).await {
        Ok(_) => services.commit(tx).await?,
        // A second click: it was asked for, that is what was wanted.
        Err(AgreementError::Fault(Fault::WantsPaper)) => {}
        Err(error) => return AskPage::new(&visit, Answer::Paper, form).again(error),
    }
    Ok(see_other(&format!("{}/done", visit.base())))
}
