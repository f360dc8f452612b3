//! The local mailbox, for trying things out without a mail server: only where mail is kept in it, and only for this very machine.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use adapters::mail::{Letter, Mailbox};
use askama::Template;
use domain::reach::{is_loopback, names_this_machine};

use super::{
    chrome::{Chrome, render},
    errors::PageError,
    texts::t,
    words,
};
use crate::{edge::was_passed_on, state::ApiState};

/// The mailbox, where the program mounted one beside the API (as application data).
type Kept = Option<web::Data<Mailbox>>;

struct Entry {
    href: String,
    from: String,
    to: String,
    subject: String,
    sent: String,
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct ListPage {
    chrome: Chrome,
    letters: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct LetterPage {
    chrome: Chrome,
    letter: Entry,
    text: String,
    html: String,
}

/// The mailbox, if there is one and the request comes from this machine itself; to anybody else it does not exist. A request that a proxy
/// passed on does not come from here, whatever the connection says: it tells so itself, or asks for another host than this machine.
fn open<'a>(mailbox: &'a Kept, request: &HttpRequest) -> Result<&'a Mailbox, PageError> {
    let is_local = request.peer_addr().is_some_and(|peer| is_loopback(peer.ip()));
    let asks_here = request.app_data::<web::Data<ApiState>>().is_some_and(|state| is_here(&state.services.public_url))
        && is_here(&format!("http://{}", request.connection_info().host()));
    mailbox
        .as_ref()
        .map(web::Data::get_ref)
        .filter(|_| is_local && !was_passed_on(request) && asks_here)
        .ok_or_else(PageError::not_found)
}

/// Whether an address names this machine.
fn is_here(address: &str) -> bool {
    url::Url::parse(address).is_ok_and(|url| names_this_machine(&url))
}

fn entry(letter: adapters::mail::LetterSummary) -> Entry {
    Entry {
        href: format!("/mailbox/{}", letter.id),
        from: letter.from,
        to: letter.to,
        subject: if letter.subject.is_empty() { t("mailbox-no-subject").into() } else { letter.subject },
        sent: words::moment(letter.sent_at),
    }
}

async fn find(mailbox: &Kept, request: &HttpRequest, id: &str) -> Result<Letter, PageError> {
    let missing = || PageError::not_found().leading_to("/mailbox", t("mailbox-see-all"));
    let mailbox = open(mailbox, request)?;
    let found = mailbox.find(id.parse().map_err(|_| missing())?).await.map_err(|cause| PageError::broken(&cause))?;
    found.ok_or_else(missing)
}

/// All mail.
pub(super) async fn list(mailbox: Kept, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let letters = open(&mailbox, &request)?.list().await.map_err(|cause| PageError::broken(&cause))?;
    let page = ListPage { chrome: Chrome::private(t("mailbox")), letters: letters.into_iter().map(entry).collect() };
    render(StatusCode::OK, &page)
}

/// One mail.
pub(super) async fn show(
    mailbox: Kept,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let letter = find(&mailbox, &request, &id).await?;
    let html = if letter.html.is_empty() { String::new() } else { format!("/mailbox/{id}/html") };
    let page = LetterPage {
        chrome: Chrome::private(letter.summary.subject.clone()),
        letter: entry(letter.summary),
        text: letter.text,
        html,
    };
    render(StatusCode::OK, &page)
}

/// A mail's HTML, for the frame on its page: sandboxed by its own policy too, so that nothing in it runs even when opened by itself.
pub(super) async fn html(
    mailbox: Kept,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let letter = find(&mailbox, &request, &id).await?;
    let policy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src 'self' data:; \
                  style-src 'unsafe-inline'; frame-ancestors 'self'";
    Ok(HttpResponse::Ok()
        .insert_header(header::ContentType::html())
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::X_FRAME_OPTIONS, "SAMEORIGIN"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // Without a target its links would open within the frame, which no page lets itself be shown in.
        .body(letter.html.replacen("<head>", r#"<head><base target="_blank">"#, 1)))
}
