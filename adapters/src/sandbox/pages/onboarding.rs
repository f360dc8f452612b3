//! The page on which a payee tells what must be known before money can be sent.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{failed, html, see_other};
use crate::sandbox::{
    form::Form,
    server::Inner,
    store::{Failure, Refusal},
};

#[derive(Template)]
#[template(path = "sandbox/onboarding.html")]
struct OnboardingPage<'a> {
    email: &'a str,
    country: &'a str,
}

/// Shows the page; once it has lapsed the browser goes where a new one is made.
pub(in crate::sandbox) async fn show(inner: web::Data<Inner>, id: web::Path<String>) -> HttpResponse {
    let show = async || {
        let tx = inner.store.begin().await?;
        let (link, account) = inner.store.find_link(&tx, &id).await?;
        tx.commit().await?;
        Ok(match account {
            None => see_other(&link.refresh_url),
            Some(account) => {
                let email = account.email.as_deref().unwrap_or_default();
                html(200, &OnboardingPage { email, country: &account.country })
            }
        })
    };
    show().await.unwrap_or_else(|failure: Failure| failed(failure, "page"))
}

/// Takes what the payee did.
pub(in crate::sandbox) async fn submit(
    inner: web::Data<Inner>,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    let submit = async || {
        let form = Form::parse(&body).unwrap_or_default();
        let state = match form.text("outcome") {
            Some("complete") => "enabled",
            Some("missing") => "incomplete",
            Some("reject") => "rejected",
            _ => return Err(Refusal::missing("outcome").into()),
        };
        let tx = inner.store.begin().await?;
        let (link, account) = inner.store.find_link(&tx, &id).await?;
        let there =
            if account.is_some() { inner.store.use_link(&tx, link, state).await?.return_url } else { link.refresh_url };
        tx.commit().await?;
        inner.wake.notify_one();
        Ok(see_other(&there))
    };
    submit().await.unwrap_or_else(|failure: Failure| failed(failure, "page"))
}
