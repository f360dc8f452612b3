//! The control page.

use actix_web::HttpResponse;
use askama::Template;

use super::Latest;
use crate::sandbox::{
    currency, pages,
    store::{Failure, Settings, Store},
};

struct Payment {
    id: String,
    amount: String,
    /// What it is, in a word or two.
    standing: &'static str,
    on_its_way: bool,
    /// Whether it can be refunded and disputed.
    collected: bool,
}

struct Dispute {
    id: String,
    amount: String,
    status: String,
    open: bool,
    inquiry: bool,
}

struct Refund {
    id: String,
    amount: String,
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

/// The page with all that can be acted on.
pub(super) async fn render(store: &Store, problem: &str) -> Result<HttpResponse, Failure> {
    let latest = Latest::read(store).await?;
    let payments = latest.charges.iter().map(|row| {
        let collected = row.captured && row.status == "succeeded";
        let standing = match row.status.as_str() {
            "pending" => "on its way",
            "failed" => "failed",
            _ if row.disputed => "disputed",
            _ if collected && row.left() == 0 => "given back",
            _ if collected => "collected",
            _ if row.capture_before.is_none() => "let go",
            _ => "held",
        };
        Payment {
            id: row.payment_intent.clone(),
            amount: currency::show(row.amount, &row.currency),
            standing,
            on_its_way: row.status == "pending",
            collected: collected && !row.disputed && row.left() > 0,
        }
    });
    let disputes = latest.disputes.iter().map(|row| Dispute {
        id: row.id.clone(),
        amount: currency::show(row.amount, &row.currency),
        status: row.status.replace('_', " "),
        open: !row.is_closed(),
        inquiry: row.is_inquiry(),
    });
    let refunds = latest.refunds.iter().map(|row| Refund {
        id: row.id.clone(),
        amount: currency::show(row.amount, &row.currency),
        can_fail: row.status == "succeeded" && row.balance_transaction.is_some(),
    });
    let accounts = latest.accounts.iter().map(|row| Account {
        id: row.id.clone(),
        email: row.email.clone().unwrap_or_default(),
        state: row.state.clone(),
    });
    let page = ControlPage {
        problem,
        now: store.now().format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        settings: store.settings(),
        available: latest.available.iter().map(|(code, amount)| currency::show(*amount, code)).collect(),
        payments: payments.collect(),
        disputes: disputes.collect(),
        refunds: refunds.collect(),
        accounts: accounts.collect(),
    };
    Ok(pages::html(200, &page))
}
