//! The pay page: plain HTML, no script.

use actix_web::{HttpResponse, http::header, web};
use askama::Template;
use domain::money::{Currency, Money};

use super::{
    form::Form,
    server::Inner,
    store::{Card, Failure, PayOutcome, session},
};

/// Forms may lead on to the shop, wherever it is; nothing else is loaded or framed.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self' http: https:; base-uri 'none'; frame-ancestors 'none'";

struct Line {
    name: String,
    amount: String,
}

#[derive(Template)]
#[template(path = "sandbox/pay.html")]
struct PayPage<'a> {
    lines: Vec<Line>,
    total: String,
    free: bool,
    email: &'a str,
    /// What went wrong with the last attempt; empty if nothing did.
    problem: &'a str,
    can_cancel: bool,
}

#[derive(Template)]
#[template(path = "sandbox/closed.html")]
struct ClosedPage<'a> {
    title: &'a str,
    text: &'a str,
    /// Where to go from here; empty if nowhere.
    back: &'a str,
}

fn html(status: u16, page: &impl Template) -> HttpResponse {
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

fn see_other(url: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, url))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

fn money(minor: i64, currency: &str) -> String {
    currency
        .to_uppercase()
        .parse::<Currency>()
        .map_or_else(|_| minor.to_string(), |known| Money::new(minor, known).to_string())
}

fn pay_page(found: &session::Model, problem: &str) -> HttpResponse {
    let lines = found.line_items.as_array().into_iter().flatten().map(|line| {
        let quantity = line["quantity"].as_i64().unwrap_or(1);
        let amount = line["unit_amount"].as_i64().unwrap_or(0).saturating_mul(quantity);
        let name = line["name"].as_str().unwrap_or_default();
        let name = if quantity == 1 { name.to_owned() } else { format!("{quantity} × {name}") };
        Line { name, amount: money(amount, &found.currency) }
    });
    let page = PayPage {
        lines: lines.collect(),
        total: money(found.amount_total, &found.currency),
        free: found.amount_total == 0,
        email: found.customer_email.as_deref().unwrap_or_default(),
        problem,
        can_cancel: found.cancel_url.is_some(),
    };
    html(if problem.is_empty() { 200 } else { 402 }, &page)
}

fn expired_page(found: &session::Model) -> HttpResponse {
    let page = ClosedPage {
        title: "This checkout has expired",
        text: "Nothing was charged. Go back to the shop and place the order again.",
        back: found.cancel_url.as_deref().unwrap_or_default(),
    };
    html(410, &page)
}

fn failed(failure: Failure) -> HttpResponse {
    match failure {
        Failure::Refused(refusal) if refusal.status == 404 => {
            let text = "The address of a pay page works only as a whole. Go back to the shop and check out again.";
            html(404, &ClosedPage { title: "There is no such checkout", text, back: "" })
        }
        Failure::Refused(_) => html(
            400,
            &ClosedPage { title: "That did not work", text: "Nothing was charged. Go back and try again.", back: "" },
        ),
        Failure::Broken(cause) => {
            tracing::error!(error = &cause as &dyn std::error::Error, "the sandbox gateway's database failed");
            let text = "Nothing was charged. Reload the page to try again.";
            html(500, &ClosedPage { title: "The sandbox failed", text, back: "" })
        }
    }
}

fn success_url(found: &session::Model) -> String {
    found.success_url.replace("{CHECKOUT_SESSION_ID}", &found.id)
}

/// The style sheet of these pages.
pub(super) async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(include_str!("../../templates/sandbox/pay.css"))
}

/// Shows a checkout.
pub(super) async fn show(inner: web::Data<Inner>, id: web::Path<String>) -> HttpResponse {
    let show = async || {
        let tx = inner.store.begin().await?;
        let found = inner.store.find_session(&tx, &id).await?;
        tx.commit().await?;
        let found = found.ok_or_else(|| super::store::Refusal::no_such("checkout.session", &id))?;
        Ok(match found.status.as_str() {
            "complete" => see_other(&success_url(&found)),
            "expired" => expired_page(&found),
            _ => pay_page(&found, ""),
        })
    };
    show().await.unwrap_or_else(failed)
}

/// Takes the buyer's decision.
pub(super) async fn submit(inner: web::Data<Inner>, id: web::Path<String>, body: web::Bytes) -> HttpResponse {
    let submit = async || {
        let form = Form::parse(&body).unwrap_or_default();
        let tx = inner.store.begin().await?;
        let found = inner.store.find_session(&tx, &id).await?;
        let found = found.ok_or_else(|| super::store::Refusal::no_such("checkout.session", &id))?;
        if form.text("outcome") == Some("cancel") && found.status == "open" {
            tx.commit().await?;
            return Ok(found.cancel_url.as_deref().map_or_else(|| pay_page(&found, ""), see_other));
        }
        let card = form.text("card").and_then(Card::parse);
        if card.is_none() && found.status == "open" && found.amount_total > 0 {
            tx.commit().await?;
            return Ok(pay_page(
                &found,
                "This is not a card number. Use 4242 4242 4242 4242 for a payment that succeeds.",
            ));
        }
        let outcome = inner.store.pay(&tx, &id, card.as_ref()).await?;
        tx.commit().await?;
        inner.wake.notify_one();
        Ok(match outcome {
            PayOutcome::Paid(found) => see_other(&success_url(&found)),
            PayOutcome::Expired(found) => expired_page(&found),
            PayOutcome::Declined(found) => {
                pay_page(&found, "The card was declined. Nothing was charged; try another card.")
            }
        })
    };
    submit().await.unwrap_or_else(failed)
}
