//! Where a payee's mailed link leads: to the gateway, which asks where their money goes. Looking at the page, as mail programs do, at the most asks the gateway how
//! the account stands; its button leads on. Only the link that was mailed last opens it.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use domain::{
    ids::PayeeId,
    links::{LinkError, Purpose},
    payouts::{
        commands::{onboard, sync_payee},
        entity::PayeeState,
        queries::{PayeeLetter, find_payee_letter},
    },
    report::Kind,
    services::Services,
};

use super::{
    cart::allow_paying,
    chrome::{Chrome, render, see_other},
    errors::PageError,
    orders::keep_to_itself,
    texts::t,
};
use crate::Caller;

#[derive(Template)]
#[template(path = "payee.html")]
struct PayeePage {
    chrome: Chrome,
    heading: String,
    said: String,
    /// Where the form goes; empty if there is nothing to do.
    action: String,
    button: String,
}

/// The payee whom a token names.
async fn open(services: &Services, token: &str) -> Result<PayeeLetter, PageError> {
    let id: PayeeId = services.links.open(Purpose::Payee, token, services.env.now()).map_err(bad_link)?;
    let facts = find_payee_letter(&services.db, id).await?.ok_or_else(PageError::not_found)?;
    if facts.opens(token, &services.links) { Ok(facts) } else { Err(bad_link(LinkError::Expired)) }
}

fn bad_link(cause: LinkError) -> PageError {
    match cause {
        LinkError::Forged => PageError::bad_link(cause),
        LinkError::Expired => PageError::saying(Kind::NotFound, "LINK_EXPIRED", t("payee-link-over"))
            .advising(t("payee-link-over-remedy"))
            .titled(StatusCode::GONE, t("errors-link-expired")),
    }
}

/// Shows how the payee's account stands. Where there is one the gateway is asked, for the payee may have come from there.
pub(super) async fn show(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let mut facts = open(services, &token).await?;
    if facts.payee.gateway_account.is_some() && facts.payee.state != PayeeState::Ready {
        match sync_payee(services, facts.payee.id).await {
            Ok(()) => facts = open(services, &token).await?,
            // The page shows what is known; the account is looked at again by itself.
            Err(error) => {
                let causes = crate::errors::chain(&error);
                tracing::warn!(payee = %facts.payee.id, causes, "an account could not be looked at by its page");
            }
        }
    }
    let mut response = render(StatusCode::OK, &page(&facts, &token))?;
    allow_paying(&mut response);
    keep_to_itself(&mut response);
    Ok(response)
}

fn page(facts: &PayeeLetter, token: &str) -> PayeePage {
    let studio = &facts.studio_name;
    let (heading, said, button) = match facts.payee.state {
        PayeeState::Invited => {
            (t("payee-invited"), t("payee-invited-said").with("studio", studio), t("payee-go").to_string())
        }
        PayeeState::Incomplete => (t("payee-incomplete"), t("payee-incomplete-said"), t("payee-go-on").to_string()),
        PayeeState::Ready => (t("payee-ready"), t("payee-ready-said").with("studio", studio), String::new()),
    };
    let heading = heading.to_string();
    let action = if button.is_empty() { String::new() } else { format!("/payee/{token}") };
    PayeePage { chrome: Chrome::private(heading.clone()), heading, said: said.into(), action, button }
}

/// Leads to the gateway's own page.
pub(super) async fn go(caller: Caller, token: web::Path<String>) -> Result<HttpResponse, PageError> {
    let services = &caller.services;
    let facts = open(services, &token).await?;
    let back = format!("/payee/{token}");
    if facts.payee.state == PayeeState::Ready {
        return Ok(see_other(&back));
    }
    let back_url = format!("{}{back}", services.public_url);
    let url = onboard(services, facts.payee.id, &back_url)
        .await
        .map_err(|error| PageError::from(error).leading_to(back, t("payee-back")))?;
    Ok(see_other(&url))
}
