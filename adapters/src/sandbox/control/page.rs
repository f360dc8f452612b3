//! The control page.

use actix_web::HttpResponse;
use askama::Template;

use super::Latest;
use crate::sandbox::{
    currency, pages,
    store::{Failure, Settings, Store, charge},
};

struct Payment {
    id: String,
    /// The order's reference, if it has one.
    reference: String,
    amount: String,
    /// What it is, in a word or two.
    standing: &'static str,
    on_its_way: bool,
    /// Whether it can be refunded and disputed.
    collected: bool,
}

struct Dispute {
    id: String,
    reference: String,
    amount: String,
    status: String,
    open: bool,
    inquiry: bool,
}

struct Refund {
    id: String,
    reference: String,
    amount: String,
    status: String,
    can_fail: bool,
}

struct Account {
    id: String,
    email: String,
    state: String,
}

#[derive(Template)]
#[template(path = "sandbox/control.html")]
struct ControlPage<'a> {
    /// What went wrong with the last action; empty if nothing did.
    problem: &'a str,
    now: String,
    settings: Settings,
    available: Vec<String>,
    payments: Vec<Payment>,
    disputes: Vec<Dispute>,
    refunds: Vec<Refund>,
    accounts: Vec<Account>,
}

fn is_collected(row: &charge::Model) -> bool {
    row.captured && row.status == "succeeded"
}

/// How the money of a charge stands, in a word or two.
pub(super) fn standing(row: &charge::Model) -> &'static str {
    match row.status.as_str() {
        "pending" => "on its way",
        "failed" => "failed",
        _ if row.disputed => "disputed",
        _ if is_collected(row) && row.left() == 0 => "given back",
        _ if is_collected(row) && row.amount_refunded > 0 => "given back in part",
        _ if is_collected(row) => "collected",
        _ if row.capture_before.is_none() => "let go",
        _ => "held",
    }
}

/// The page with all that can be acted on.
pub(super) async fn render(store: &Store, problem: &str) -> Result<HttpResponse, Failure> {
    let latest = Latest::read(store).await?;
    let payments = latest.charges.iter().map(|row| {
        let (collected, standing) = (is_collected(row), standing(row));
        Payment {
            id: row.payment_intent.clone(),
            reference: latest.reference_of(&row.payment_intent),
            amount: currency::show(row.amount, &row.currency),
            standing,
            on_its_way: row.status == "pending",
            collected: collected && !row.disputed && row.left() > 0,
        }
    });
    let disputes = latest.disputes.iter().map(|row| Dispute {
        id: row.id.clone(),
        reference: latest.reference_of(&row.payment_intent),
        amount: currency::show(row.amount, &row.currency),
        status: row.status.replace('_', " "),
        open: !row.is_closed(),
        inquiry: row.is_inquiry(),
    });
    let refunds = latest.refunds.iter().map(|row| Refund {
        id: row.id.clone(),
        reference: latest.reference_of(&row.payment_intent),
        amount: currency::show(row.amount, &row.currency),
        status: row.status.clone(),
        can_fail: row.status == "succeeded" && row.balance_transaction.is_some(),
    });
    let accounts = latest.accounts.iter().map(|row| Account {
        id: row.id.clone(),
        email: row.email.clone().unwrap_or_default(),
        state: row.state.clone(),
    });
    let page = ControlPage {
        problem,
        now: store.now().format("%-d %B %Y, %H:%M:%S UTC").to_string(),
        settings: store.settings(),
        available: latest.available.iter().map(|(code, amount)| currency::show(*amount, code)).collect(),
        payments: payments.collect(),
        disputes: disputes.collect(),
        refunds: refunds.collect(),
        accounts: accounts.collect(),
    };
    Ok(pages::html(200, &page))
}
