//! The page on which a payee tells what must be known before money can be sent.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{act, html, look, see_other};
use crate::sandbox::{server::Inner, store::Refusal};

/// What is looked for here.
const WHAT: &str = "page";

#[derive(Template)]
#[template(path = "sandbox/onboarding.html")]
struct OnboardingPage<'a> {
    email: &'a str,
    country: &'a str,
}

/// Shows the page; once it has lapsed the browser goes where a new one is made.
pub(in crate::sandbox) async fn show(inner: web::Data<Inner>, id: web::Path<String>) -> HttpResponse {
    look(WHAT, &inner, async |tx| {
        let (link, account) = inner.store.find_link(tx, &id).await?;
        Ok(match account {
            None => see_other(&link.refresh_url),
            Some(account) => {
                let email = account.email.as_deref().unwrap_or_default();
                html(200, &OnboardingPage { email, country: &account.country })
            }
        })
    })
    .await
}

/// Takes what the payee did.
pub(in crate::sandbox) async fn submit(
    inner: web::Data<Inner>,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    act(WHAT, &inner, &body, async |tx, form| {
        let state = match form.text("outcome") {
            Some("complete") => "enabled",
            Some("missing") => "incomplete",
            Some("reject") => "rejected",
            _ => return Err(Refusal::missing("outcome").into()),
        };
        let (link, account) = inner.store.find_link(tx, &id).await?;
        let there =
            if account.is_some() { inner.store.use_link(tx, link, state).await?.return_url } else { link.refresh_url };
        Ok(see_other(&there))
    })
    .await
}
