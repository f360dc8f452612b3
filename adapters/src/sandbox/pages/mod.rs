//! The pages that buyers and payees see: plain HTML, no script.

pub(super) mod onboarding;
pub(super) mod pay;

use actix_web::{HttpResponse, http::header, web};
use askama::Template;
use domain::store::Tx;

use super::{form::Form, server::Inner, store::Failure};

/// Forms may lead on to the shop, wherever it is; nothing else is loaded or framed.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self' http: https:; base-uri 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "sandbox/closed.html")]
struct ClosedPage<'a> {
    title: &'a str,
    text: &'a str,
    /// Where to go from here; empty if nowhere.
    back: &'a str,
}

pub(super) fn html(status: u16, page: &impl Template) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).unwrap_or_default();
    match page.render() {
        Ok(body) => HttpResponse::build(status)
            .insert_header(header::ContentType::html())
            .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::REFERRER_POLICY, "no-referrer"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(body),
        Err(cause) => {
            tracing::error!(
                error = &cause as &dyn std::error::Error,
                "a page of the sandbox gateway cannot be rendered"
            );
            HttpResponse::InternalServerError().body("The sandbox failed. Reload the page.")
        }
    }
}

pub(super) fn see_other(url: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, url))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// A page that says what did not work; `what` is what was looked for, such as `checkout`.
fn failed(failure: Failure, what: &str) -> HttpResponse {
    let closed = |status, title: &str, text| html(status, &ClosedPage { title, text, back: "" });
    match failure {
        Failure::Refused(refusal) if refusal.status == 404 => {
            let text = "The address of this page works only as a whole. Go back to the shop and begin again.";
            closed(404, &format!("There is no such {what}"), text)
        }
        Failure::Refused(_) => closed(400, "That did not work", "Nothing was changed. Go back and try again."),
        Failure::Broken(cause) => {
            tracing::error!(error = &cause as &dyn std::error::Error, "the sandbox gateway's database failed");
            closed(500, "The sandbox failed", "Nothing was changed. Reload the page to try again.")
        }
    }
}

/// Shows a page in one transaction; `what` is what is looked for.
async fn look(what: &str, inner: &Inner, show: impl AsyncFnOnce(&Tx) -> Result<HttpResponse, Failure>) -> HttpResponse {
    let shown = async {
        let tx = inner.store.begin().await?;
        let page = show(&tx).await?;
        tx.commit().await?;
        Ok(page)
    };
    shown.await.unwrap_or_else(|failure: Failure| failed(failure, what))
}

/// Does what a form of such a page says in one transaction, and has the events sent that it has caused.
async fn act(
    what: &str,
    inner: &Inner,
    body: &web::Bytes,
    submit: impl AsyncFnOnce(&Tx, &Form) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    let form = Form::parse(body).unwrap_or_default();
    let answer = look(what, inner, async |tx| submit(tx, &form).await).await;
    inner.wake.notify_one();
    answer
}

/// The style sheet of these pages.
pub(super) async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(include_str!("../../../templates/sandbox/pay.css"))
}
