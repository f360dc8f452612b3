//! The control interface: whoever tries things out says what happens next. A page that works without scripts, and JSON for programs.
//!
//! Everything here is the sandbox's alone: Stripe has a dashboard and banks where this has buttons. Who has the secret key may press them; on a
//! loopback address, everybody there.

mod actions;
mod door;
mod page;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use serde_json::{Value, json};

use super::{
    api, currency,
    form::Form,
    objects,
    pages::see_other,
    server::Inner,
    store::{Cursor, Failure, Refusal, Store, account, charge, dispute, event, intent, page as page_of, refund},
};

/// How many of each kind are shown.
const SHOWN: u64 = 20;

/// Whether a program asks, rather than a browser.
fn wants_json(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.contains("application/json")
}

/// Whether another page sent the form: its buttons press nothing here. Programs do not say.
fn is_foreign(request: &HttpRequest) -> bool {
    let site = request.headers().get("Sec-Fetch-Site");
    site.is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}

fn json_answer(object: &Value) -> HttpResponse {
    HttpResponse::build(StatusCode::OK).insert_header(header::ContentType::json()).body(object.to_string())
}

/// Shows how the sandbox is set, and what can be done with what is there.
pub(super) async fn show(inner: web::Data<Inner>, request: HttpRequest) -> HttpResponse {
    let show = async || {
        // No key is looked for here: addresses are kept in logs and histories.
        if !door::is_open(&inner, &request, &Form::default()) {
            return Ok(door::closed());
        }
        let form = Form::parse(request.query_string().as_bytes()).unwrap_or_default();
        if wants_json(&request) {
            return Ok(json_answer(&state(&inner.store).await?));
        }
        page::render(&inner.store, form.text("problem").unwrap_or_default()).await
    };
    show().await.unwrap_or_else(|failure: Failure| api::refuse(failure))
}

/// Does what a button, or a program, says.
pub(super) async fn act(
    inner: web::Data<Inner>,
    request: HttpRequest,
    action: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    let act = async || {
        if is_foreign(&request) {
            return Err(Refusal::invalid("Sec-Fetch-Site", "This form was sent by another site.").into());
        }
        let form = Form::parse(&body).unwrap_or_default();
        if !door::is_open(&inner, &request, &form) {
            return Ok(door::closed());
        }
        let done = actions::run(&inner.store, &action, &form).await;
        inner.wake.notify_one();
        match done {
            Ok(object) if wants_json(&request) => Ok(json_answer(&object)),
            Ok(_) => Ok(see_other("/sandbox/control")),
            Err(Failure::Refused(refusal)) if !wants_json(&request) => {
                let problem: String = url::form_urlencoded::byte_serialize(refusal.message().as_bytes()).collect();
                Ok(see_other(&format!("/sandbox/control?problem={problem}")))
            }
            Err(failure) => Err(failure),
        }
    };
    act().await.unwrap_or_else(|failure: Failure| api::refuse(failure))
}

/// The sandbox's state, for programs: settings, clock, and the latest of what can be acted on.
async fn state(store: &Store) -> Result<Value, Failure> {
    let latest = Latest::read(store).await?;
    let shown = |id: &str, intent: &str, amount: i64, code: &str, status: &str| {
        let (reference, amount) = (latest.reference_of(intent), currency::show(amount, code));
        json!({ "id": id, "payment": intent, "order": reference, "amount": amount, "status": status })
    };
    let payments: Vec<Value> = latest
        .charges
        .iter()
        .map(|row| shown(&row.id, &row.payment_intent, row.amount, &row.currency, page::standing(row)))
        .collect();
    let disputes: Vec<Value> = latest
        .disputes
        .iter()
        .map(|row| shown(&row.id, &row.payment_intent, row.amount, &row.currency, &row.status))
        .collect();
    Ok(json!({
        "payments": payments,
        "now": store.now_s(), "settings": store.settings(), "available": latest.available, "messages": store.messages().await?,
        "charges": latest.charges.iter().map(objects::charge).collect::<Vec<Value>>(), "disputes": disputes,
        "refunds": latest.refunds.iter().map(objects::refund).collect::<Vec<Value>>(),
        "accounts": latest.accounts.iter().map(objects::account).collect::<Vec<Value>>(),
        "events": latest.events.iter().map(|row| json!({
            "id": row.id, "number": row.number, "type": row.kind, "attempts": row.attempts,
            "next_attempt_at_ms": row.next_attempt_at_ms, "delivered_at": row.delivered_at,
        })).collect::<Vec<Value>>(),
    }))
}

/// The latest of what can be acted on, newest first.
struct Latest {
    charges: Vec<charge::Model>,
    disputes: Vec<dispute::Model>,
    refunds: Vec<refund::Model>,
    accounts: Vec<account::Model>,
    events: Vec<event::Model>,
    /// The references of the orders that payments are for, by the payment intent's id.
    references: std::collections::BTreeMap<String, String>,
    /// What can be sent elsewhere now, of every currency that was ever collected among the charges shown.
    available: std::collections::BTreeMap<String, i64>,
}

impl Latest {
    async fn read(store: &Store) -> Result<Self, Failure> {
        use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

        let cursor = Cursor { limit: SHOWN, ..Cursor::default() };
        let tx = store.begin().await?;
        store.tick(&tx).await?;
        let charges = page_of(&tx, charge::Entity::find(), &cursor).await?.rows;
        let disputes = page_of(&tx, dispute::Entity::find(), &cursor).await?.rows;
        let refunds = page_of(&tx, refund::Entity::find(), &cursor).await?.rows;
        let accounts = page_of(&tx, account::Entity::find(), &cursor).await?.rows;
        let events = page_of(&tx, event::Entity::find(), &cursor).await?.rows;
        let of_charges = charges.iter().map(|row| row.payment_intent.as_str());
        let of_disputes = disputes.iter().map(|row| row.payment_intent.as_str());
        let of_refunds = refunds.iter().map(|row| row.payment_intent.as_str());
        let intents: std::collections::BTreeSet<&str> = of_charges.chain(of_disputes).chain(of_refunds).collect();
        let references = intent::Entity::find()
            .filter(intent::Column::Id.is_in(intents))
            .all(&tx)
            .await?
            .into_iter()
            .filter_map(|row| Some((row.id, row.metadata["reference"].as_str()?.to_owned())))
            .collect();
        let mut available = std::collections::BTreeMap::new();
        for charge in &charges {
            if !available.contains_key(&charge.currency) {
                available.insert(charge.currency.clone(), store.available(&tx, &charge.currency).await?);
            }
        }
        tx.commit().await?;
        Ok(Self { charges, disputes, refunds, accounts, events, references, available })
    }

    /// The reference of the order that a payment is for; empty if it names none.
    fn reference_of(&self, payment_intent: &str) -> String {
        self.references.get(payment_intent).cloned().unwrap_or_default()
    }
}
