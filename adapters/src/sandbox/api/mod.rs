//! Stripe's HTTP interface: one door, through which every request is authorised, answered again if its key has an answer, and routed.

mod accounts;
mod disputes;
mod events;
mod intents;
mod payments;
mod read;
mod refunds;
mod sessions;
mod transfers;

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{AUTHORIZATION, ContentType, HeaderName, HeaderValue},
    },
    web,
};
use domain::{report::StoreError, store::Tx};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{
    form::Form,
    objects::Expand,
    server::Inner,
    store::{Failure, Fault, Refusal, Store},
};

/// The longest idempotency key, in characters.
const KEY_CHARS: usize = 255;

/// A request that is being answered, in its transaction.
struct Call<'a> {
    store: &'a Store,
    tx: &'a Tx,
    form: &'a Form,
    /// The address without the host, such as `/v1/refunds`.
    path: &'a str,
}

/// Answers any request to `/v1/…`.
pub(super) async fn serve(inner: web::Data<Inner>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let mut response = answer(&inner, &request, &body).await.unwrap_or_else(refuse);
    if let Ok(id) = HeaderValue::from_str(&inner.store.fresh_id("req")) {
        response.headers_mut().insert(HeaderName::from_static("request-id"), id);
    }
    response
}

async fn answer(inner: &Inner, request: &HttpRequest, body: &[u8]) -> Result<HttpResponse, Failure> {
    authorize(inner, request)?;
    let store = &inner.store;
    let fault = store.next_fault();
    match fault {
        Some(Fault::Fail) => return Ok(failed()),
        Some(Fault::Hang(ms)) => tokio::time::sleep(Duration::from_millis(ms)).await,
        Some(Fault::Lose) | None => {}
    }
    let response =
        if request.method() == Method::POST { change(store, request, body).await } else { look(store, request).await };
    inner.wake.notify_one();
    if fault == Some(Fault::Lose) { Ok(failed()) } else { response }
}

/// A request that only looks.
async fn look(store: &Store, request: &HttpRequest) -> Result<HttpResponse, Failure> {
    let form = parse(request.query_string().as_bytes())?;
    let tx = store.begin().await?;
    let object = call(store, &tx, request, &form).await?;
    tx.commit().await?;
    Ok(reply(200, object.to_string()))
}

/// A request that changes something: replayed if its key has an answer, else done and its answer kept, all in one transaction.
async fn change(store: &Store, request: &HttpRequest, body: &[u8]) -> Result<HttpResponse, Failure> {
    let key = request.headers().get("Idempotency-Key").and_then(|value| value.to_str().ok());
    if key.is_some_and(|key| key.is_empty() || key.len() > KEY_CHARS) {
        return Err(Refusal::invalid("Idempotency-Key", "An idempotency key has 1 to 255 characters.").into());
    }
    let fingerprint =
        hex::encode(Sha256::new().chain_update(request.path()).chain_update([0]).chain_update(body).finalize());
    let tx = store.begin().await?;
    if let Some(key) = key
        && let Some((status, body)) = store.replay(&tx, key, &fingerprint).await?
    {
        tx.commit().await?;
        let mut replayed = reply(status, body);
        let name = HeaderName::from_static("idempotent-replayed");
        replayed.headers_mut().insert(name, HeaderValue::from_static("true"));
        return Ok(replayed);
    }
    // A refusal is kept for its key like any other answer; only a failure of the sandbox itself is not.
    let done = match parse(body) {
        Ok(form) => call(store, &tx, request, &form).await,
        Err(refused) => Err(refused),
    };
    let (tx, status, text) = match done {
        Ok(object) => (tx, 200, object.to_string()),
        // A card that was declined was tried: that is kept.
        Err(Failure::Refused(refusal)) if refusal.is_declined() => (tx, refusal.status, refusal.body().to_string()),
        Err(Failure::Refused(refusal)) => {
            // Whatever had been done before it was refused is undone.
            tx.rollback().await?;
            (store.begin().await?, refusal.status, refusal.body().to_string())
        }
        Err(broken) => return Err(broken),
    };
    if let Some(key) = key {
        store.keep(&tx, key, &fingerprint, status, &text).await?;
    }
    tx.commit().await?;
    Ok(reply(status, text))
}

/// Routes a request, and expands its answer.
async fn call(store: &Store, tx: &Tx, request: &HttpRequest, form: &Form) -> Result<Value, Failure> {
    let expand = Expand::new(form.list("expand"))?;
    let path = request.path().strip_prefix("/sandbox").unwrap_or(request.path());
    let call = Call { store, tx, form, path };
    let steps: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
    let mut object = match request.method().as_str() {
        "GET" => find(&call, &steps).await?,
        "POST" => act(&call, &steps).await?,
        _ => None,
    }
    .ok_or_else(|| Refusal::unknown_address(request.method().as_str(), path))?;
    expand.apply(store, tx, &mut object).await?;
    Ok(object)
}

/// What can be looked at; none if there is no such address.
async fn find(call: &Call<'_>, steps: &[&str]) -> Result<Option<Value>, Failure> {
    let found = match steps {
        ["checkout", "sessions"] => sessions::list(call).await,
        ["checkout", "sessions", id] => sessions::retrieve(call, id).await,
        ["payment_intents"] => payments::list(call).await,
        ["payment_intents", id] => payments::retrieve(call, id).await,
        ["charges", id] => read::whole(call, "charge", "charge", id, "ch_").await,
        ["balance_transactions", id] => read::whole(call, "balance_transaction", "id", id, "txn_").await,
        ["refunds"] => refunds::list(call).await,
        ["refunds", id] => read::whole(call, "refund", "id", id, "re_").await,
        ["disputes"] => disputes::list(call).await,
        ["disputes", id] => read::whole(call, "dispute", "dispute", id, "du_").await,
        ["accounts"] => accounts::list(call).await,
        ["accounts", id] => read::whole(call, "account", "account", id, "acct_").await,
        ["transfers"] => transfers::list(call).await,
        ["transfers", id] => read::whole(call, "transfer", "transfer", id, "tr_").await,
        ["transfers", id, "reversals"] => transfers::list_reversals(call, id).await,
        ["transfers", _, "reversals", id] => read::whole(call, "transfer_reversal", "id", id, "trr_").await,
        ["events"] => events::list(call).await,
        ["events", id] => read::whole(call, "event", "id", id, "evt_").await,
        _ => return Ok(None),
    };
    found.map(Some)
}

/// What can be done; none if there is no such address.
async fn act(call: &Call<'_>, steps: &[&str]) -> Result<Option<Value>, Failure> {
    let done = match steps {
        ["checkout", "sessions"] => sessions::create(call).await,
        ["checkout", "sessions", id, "expire"] => sessions::expire(call, id).await,
        ["payment_intents"] => intents::create(call).await,
        ["payment_intents", id] => payments::update(call, id).await,
        ["payment_intents", id, "confirm"] => intents::confirm(call, id).await,
        ["payment_intents", id, "capture"] => payments::capture(call, id).await,
        ["payment_intents", id, "cancel"] => payments::cancel(call, id).await,
        ["refunds"] => refunds::create(call).await,
        ["disputes", id] => disputes::update(call, id).await,
        ["accounts"] => accounts::create(call).await,
        ["account_links"] => accounts::create_link(call).await,
        ["transfers"] => transfers::create(call).await,
        ["transfers", id, "reversals"] => transfers::reverse(call, id).await,
        _ => return Ok(None),
    };
    done.map(Some)
}

fn authorize(inner: &Inner, request: &HttpRequest) -> Result<(), Failure> {
    let given = authorization(request).strip_prefix("Bearer ").unwrap_or_default();
    if is_key(inner, given) { Ok(()) } else { Err(Refusal::unauthorized().into()) }
}

/// What a request says of who sends it.
pub(super) fn authorization(request: &HttpRequest) -> &str {
    request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether it is the secret key; how long the answer takes tells nothing of it.
pub(super) fn is_key(inner: &Inner, given: &str) -> bool {
    given.as_bytes().ct_eq(inner.config.keys.secret_key().as_bytes()).into()
}

fn parse(encoded: &[u8]) -> Result<Form, Failure> {
    Form::parse(encoded).ok_or_else(|| Refusal::invalid("", "The request has more than 1,000 fields.").into())
}

fn reply(status: u16, body: impl Into<String>) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status).insert_header(ContentType::json()).body(body.into())
}

/// The interface's own way to say that it failed.
fn failed() -> HttpResponse {
    let message = "An error occurred with our connection to the sandbox; try again.";
    reply(500, json!({ "error": { "type": "api_error", "message": message } }).to_string())
}

pub(super) fn refuse(failure: Failure) -> HttpResponse {
    match failure {
        Failure::Refused(refusal) => reply(refusal.status, refusal.body().to_string()),
        Failure::Broken(cause) => broken(&cause),
    }
}

fn broken(cause: &StoreError) -> HttpResponse {
    tracing::error!(error = cause as &dyn std::error::Error, "the sandbox gateway's database failed");
    failed()
}
