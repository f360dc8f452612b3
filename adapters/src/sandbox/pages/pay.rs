//! The pay page, and the page of a bank that wants the buyer's approval.

use actix_web::{HttpResponse, web};
use askama::Template;
use domain::store::Tx;

use super::{ClosedPage, act, html, look, see_other};
use crate::sandbox::{
    cards::{CARDS, Card, declined},
    currency,
    server::Inner,
    store::{Failure, Means, PayOutcome, Refusal, session},
};

/// What is looked for here.
const WHAT: &str = "checkout";

struct Line {
    name: String,
    amount: String,
}

/// A test card, as the page offers it.
struct Offer {
    number: &'static str,
    shown: String,
    outcome: &'static str,
}

#[derive(Template)]
#[template(path = "sandbox/pay.html")]
struct PayPage<'a> {
    lines: Vec<Line>,
    total: String,
    /// The total in minor units.
    total_minor: i64,
    email: &'a str,
    /// What went wrong with the last attempt; empty if nothing did.
    problem: &'a str,
    can_cancel: bool,
    /// Whether the money is held first and collected by the shop later.
    held: bool,
    /// The cards that are offered; none if it takes no cards.
    cards: Vec<Offer>,
    /// Whether it can be paid by a debit that takes days.
    debit: bool,
}

#[derive(Template)]
#[template(path = "sandbox/approve.html")]
struct ApprovePage {
    total: String,
    last4: String,
}

fn pay_page(found: &session::Model, problem: &str) -> HttpResponse {
    let lines = found.line_items.as_array().into_iter().flatten().map(|line| {
        let quantity = line["quantity"].as_i64().unwrap_or(1);
        let amount = line["unit_amount"].as_i64().unwrap_or(0).saturating_mul(quantity);
        let name = line["name"].as_str().unwrap_or_default();
        let name = if quantity == 1 { name.to_owned() } else { format!("{quantity} × {name}") };
        Line { name, amount: currency::show(amount, &found.currency) }
    });
    let offered = CARDS.iter().filter(|(.., outcome)| found.takes("card") && !outcome.is_empty());
    let page = PayPage {
        lines: lines.collect(),
        total: currency::show(found.amount_total, &found.currency),
        total_minor: found.amount_total,
        email: found.customer_email.as_deref().unwrap_or_default(),
        problem,
        can_cancel: found.cancel_url.is_some(),
        held: found.capture_method == "manual",
        cards: offered.map(|&(number, _, outcome)| Offer { number, shown: Card::grouped(number), outcome }).collect(),
        debit: currency::debit(&found.currency).is_some_and(|method| found.takes(method)),
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

fn success_url(found: &session::Model) -> String {
    found.success_url.replace("{CHECKOUT_SESSION_ID}", &found.id)
}

/// Where the buyer goes after an attempt.
fn went(outcome: &PayOutcome) -> HttpResponse {
    match outcome {
        PayOutcome::Done(found) => see_other(&success_url(found)),
        PayOutcome::Challenged(found) => see_other(&format!("/sandbox/pay/{}/approve", found.id)),
        PayOutcome::Expired(found) => expired_page(found),
        PayOutcome::Declined(found, reason) => {
            let error = declined(reason);
            let why = error["message"].as_str().unwrap_or("It was declined.");
            pay_page(found, &format!("The payment was declined and nothing was charged; try another card. {why}"))
        }
    }
}

/// The checkout of a page.
async fn checkout(inner: &Inner, tx: &Tx, id: &str) -> Result<session::Model, Failure> {
    let found = inner.store.find_session(tx, id).await?;
    found.ok_or_else(|| Refusal::no_such("checkout.session", "session", id).into())
}

/// Shows a checkout.
pub(in crate::sandbox) async fn show(inner: web::Data<Inner>, id: web::Path<String>) -> HttpResponse {
    look(WHAT, &inner, async |tx| {
        let found = checkout(&inner, tx, &id).await?;
        Ok(match found.status.as_str() {
            "complete" => see_other(&success_url(&found)),
            "expired" => expired_page(&found),
            _ => pay_page(&found, ""),
        })
    })
    .await
}

/// Takes the buyer's decision.
pub(in crate::sandbox) async fn submit(
    inner: web::Data<Inner>,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    act(WHAT, &inner, &body, async |tx, form| {
        let found = checkout(&inner, tx, &id).await?;
        if form.text("outcome") == Some("cancel") && found.status == "open" {
            return Ok(found.cancel_url.as_deref().map_or_else(|| pay_page(&found, ""), see_other));
        }
        let means = match (form.text("debit"), form.text("card").and_then(Card::parse)) {
            (Some(debit), _) => Means::Debit { succeeds: debit != "fails" },
            (None, Some(card)) => Means::Card(card),
            (None, None) if found.status == "open" && found.amount_total > 0 => {
                let problem =
                    "This is not the number of a test card. Use 4242 4242 4242 4242 for a payment that succeeds.";
                return Ok(pay_page(&found, problem));
            }
            (None, None) => Means::Nothing,
        };
        Ok(went(&inner.store.pay(tx, &id, means).await?))
    })
    .await
}

/// Shows what the bank asks.
pub(in crate::sandbox) async fn show_challenge(inner: web::Data<Inner>, id: web::Path<String>) -> HttpResponse {
    look(WHAT, &inner, async |tx| {
        let found = checkout(&inner, tx, &id).await?;
        let asked = match &found.payment_intent {
            Some(intent) => inner.store.find_intent(tx, intent).await?.challenged_card,
            None => None,
        };
        let total = currency::show(found.amount_total, &found.currency);
        Ok(match (asked, found.status.as_str()) {
            (Some(last4), "open") => html(200, &ApprovePage { total, last4 }),
            // Nothing is asked any more: the pay page knows where to go from here.
            _ => see_other(&format!("/sandbox/pay/{}", found.id)),
        })
    })
    .await
}

/// Takes the buyer's answer to the bank.
pub(in crate::sandbox) async fn answer_challenge(
    inner: web::Data<Inner>,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    act(WHAT, &inner, &body, async |tx, form| {
        let outcome = inner.store.answer_challenge(tx, &id, form.text("answer") == Some("approve")).await?;
        Ok(went(&outcome))
    })
    .await
}
