//! Error pages: what happened, and what to do about it.

use std::fmt;

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderMap},
    },
};
use askama::Template;
use domain::{
    links::LinkError,
    policy::STUDIO_CLOSED,
    report::{Explain, Kind, Report},
};

use super::{
    chrome::{Chrome, render},
    texts::t,
    wording::Wording,
};
use crate::errors::{Problem, disclose, status, tell_when};

/// What a page handler answers instead of its page. `?` makes it from any error of the domain.
#[derive(Debug)]
pub(crate) struct PageError {
    report: Report,
    /// What has happened, and what to do about it.
    message: Wording,
    remedy: Wording,
    status: StatusCode,
    /// Where to go on from here: an address and its words.
    way_on: (String, String),
    /// The heading, where the status has no good one.
    titled: Option<String>,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    chrome: Chrome,
    status: u16,
    heading: String,
    message: Wording,
    remedy: Wording,
    href: &'a str,
    words: &'a str,
}

impl PageError {
    /// A refusal of the domain, or of an edge in its words.
    pub(super) fn new(report: Report) -> Self {
        let (href, words) = match report.kind {
            Kind::Unauthenticated => ("/dashboard", t("errors-sign-in")),
            _ => ("/", t("errors-start")),
        };
        // Whatever of its shop was asked for: it is gone, and nothing has gone wrong.
        let is_closed = report.code == STUDIO_CLOSED;
        let status = if is_closed { StatusCode::GONE } else { status(report.kind) };
        let titled = is_closed.then(|| t("errors-studio-closed").to_string());
        let (message, remedy) = Wording::of_report(&report);
        let refused = Self { report, message, remedy, status, way_on: (href.to_owned(), words.into()), titled };
        // Strangers read it: what its owners can do is none of theirs.
        if is_closed { refused.advising(t("errors-kept")) } else { refused }
    }

    /// A refusal in the words of the texts, which no error of the domain is behind.
    pub(super) fn saying(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        let said = Wording::own(sentence(&message));
        Self { message: said, remedy: Wording::default(), ..Self::new(Report::new(kind, code, message)) }
    }

    /// The same with a better place to go on from.
    pub(super) fn leading_to(mut self, href: impl Into<String>, words: impl Into<String>) -> Self {
        self.way_on = (href.into(), words.into());
        self
    }

    /// The same with something else to do about it.
    pub(super) fn advising(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Wording::own(sentence(&remedy.into())), ..self }
    }

    /// The same under another status and a heading of its own.
    pub(super) fn titled(self, status: StatusCode, heading: impl Into<String>) -> Self {
        Self { status, titled: Some(heading.into()), ..self }
    }

    /// A REST edge's problem as a page, for an address that people open in a browser.
    pub(crate) fn of_problem(problem: &Problem, titled: impl Into<String>) -> Self {
        Self::new(problem.report().clone()).titled(problem.status_code(), titled)
    }

    /// What is refused of a form before its page is reached, said to whoever has sent it.
    pub(crate) fn of_form(problem: &Problem) -> Self {
        let report = problem.report();
        match report.kind {
            Kind::Unauthenticated => {
                Self::saying(report.kind, report.code, t("errors-signed-out")).advising(t("errors-signed-out-remedy"))
            }
            Kind::Forbidden => Self::new(report.clone()).advising(t("errors-reload")),
            _ => Self::new(report.clone()),
        }
    }

    /// There is no such page.
    pub(super) fn not_found() -> Self {
        Self::saying(Kind::NotFound, "NOT_FOUND", t("errors-no-address")).advising(t("errors-no-address-remedy"))
    }

    /// A link that opens nothing.
    pub(super) fn bad_link(cause: LinkError) -> Self {
        let gone = cause == LinkError::Expired;
        let (status, code, remedy) = if gone {
            (StatusCode::GONE, "LINK_EXPIRED", t("errors-link-expired-remedy"))
        } else {
            (StatusCode::NOT_FOUND, "LINK_INVALID", t("errors-link-invalid-remedy"))
        };
        Self { status, ..Self::new(Report::new(Kind::NotFound, code, cause.to_string())).advising(remedy) }
    }

    /// A form that cannot be read.
    pub(super) fn bad_form() -> Self {
        Self::saying(Kind::Invalid, "BAD_FORM", t("errors-bad-form")).advising(t("errors-reload"))
    }

    /// Something broke inside.
    pub(super) fn broken(cause: &dyn std::error::Error) -> Self {
        tracing::error!(cause = crate::errors::chain(cause), "a page failed");
        Self::new(Report::internal())
    }

    /// What it reports.
    pub(super) fn report(&self) -> &Report {
        &self.report
    }

    fn heading(&self) -> String {
        if let Some(titled) = &self.titled {
            return titled.clone();
        }
        let key = match self.status {
            _ if self.report.code == "LINK_EXPIRED" => "errors-link-expired",
            _ if self.report.code == "LINK_USED" => "errors-link-used",
            StatusCode::GONE => "errors-link-expired",
            StatusCode::NOT_FOUND => "errors-nothing-here",
            StatusCode::CONFLICT => "errors-changed",
            StatusCode::FORBIDDEN => "errors-not-from-here",
            StatusCode::UNAUTHORIZED => "errors-sign-in-first",
            StatusCode::TOO_MANY_REQUESTS => "errors-slower",
            StatusCode::SERVICE_UNAVAILABLE => "errors-not-now",
            status if status.is_server_error() => "errors-ours",
            _ => "errors-did-not-work",
        };
        t(key).into()
    }
}

/// A sentence as a page prints it: with a capital letter in front and a full stop behind.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let mut out: String =
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    if !out.is_empty() && !out.ends_with(['.', '!', '?', '…']) {
        out.push('.');
    }
    out
}

/// A refusal in full sentences, its remedy included.
pub(super) fn sentences(problem: &PageError) -> Wording {
    let first = problem.message.clone().then(problem.remedy.clone());
    let more = problem.report.more.iter().map(Wording::of_report);
    more.fold(first, |said, (message, remedy)| said.then(message).then(remedy))
}

impl<E: Explain> From<E> for PageError {
    fn from(error: E) -> Self {
        Self::new(disclose(&error))
    }
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.report.message)
    }
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let (heading, message, remedy) = (self.heading(), self.message.clone(), self.remedy.clone());
        // What the heading says is not said twice.
        let (message, remedy) = if message.says(&heading) { (remedy, Wording::default()) } else { (message, remedy) };
        let page = ErrorPage {
            chrome: Chrome::private(heading.clone()),
            status: self.status.as_u16(),
            heading,
            message,
            remedy,
            href: &self.way_on.0,
            words: &self.way_on.1,
        };
        let mut response = render(self.status, &page).unwrap_or_else(|_| HttpResponse::new(self.status));
        tell_when(self.status, response.headers_mut());
        response
    }
}

/// Whether a page is asked for, as browsers do; a program is told of problems in a document of its own.
pub(crate) fn is_read_by_people(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// What is answered where no route leads: a page to a browser, a problem document to a program.
pub(crate) async fn nothing_here(request: HttpRequest) -> HttpResponse {
    if is_read_by_people(request.headers()) {
        PageError::not_found().error_response()
    } else {
        Problem::not_found().error_response()
    }
}
