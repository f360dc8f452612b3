//! The sandbox's HTTP interface.

use std::{future::Future, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{AUTHORIZATION, ContentType},
    web,
};
use domain::{env::Env, money::Currency, report::StoreError};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::Notify;

use super::{
    SandboxError, SandboxKeys,
    form::Form,
    pages, sender,
    store::{Expand, Failure, NewSession, Refusal, Store},
};

/// Stripe's own limits, in the units of its interface.
mod limits {
    /// The longest idempotency key, in characters.
    pub(super) const KEY_CHARS: usize = 255;
    /// The largest amount: eight digits.
    pub(super) const AMOUNT: i64 = 99_999_999;
    /// Most lines of a checkout.
    pub(super) const LINES: usize = 100;
    /// Most keys of a metadata map.
    pub(super) const METADATA_KEYS: usize = 50;
    /// The largest request, in bytes.
    pub(super) const BODY_BYTES: usize = 256 * 1024;
    /// A checkout stays open for at most 24 hours, in seconds; Stripe's least is half an hour, the sandbox takes any time to come.
    pub(super) const OPEN_S: i64 = 24 * 60 * 60;
}

/// How the sandbox is set up.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Its own database, such as `sqlite:/path/sandbox.db`.
    pub database_url: String,
    /// The address that buyers reach it under, without a slash at the end; pay pages are at `{public_url}/sandbox/pay/…`.
    pub public_url: String,
    /// Where events are posted to, such as `http://127.0.0.1:8080/webhooks/sandbox`.
    pub webhook_url: String,
    /// Its two secrets.
    pub keys: SandboxKeys,
    /// How long a refused event waits before it is sent again, in milliseconds; each further wait doubles, up to an hour, for three days.
    pub first_retry_ms: u32,
}

/// What handlers and the sender share.
pub(super) struct Inner {
    pub(super) store: Store,
    pub(super) config: SandboxConfig,
    pub(super) http: reqwest::Client,
    /// Events may have been recorded.
    pub(super) wake: Notify,
}

impl Inner {
    pub(super) fn pay_url(&self, session: &str) -> String {
        format!("{}/sandbox/pay/{session}", self.config.public_url)
    }
}

/// The server: mount it with [`configure`](Self::configure) and keep [`run_sender`](Self::run_sender) running. Cheap to clone.
#[derive(Clone)]
pub struct SandboxServer(Arc<Inner>);

impl std::fmt::Debug for SandboxServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SandboxServer").field("public_url", &self.0.config.public_url).finish_non_exhaustive()
    }
}

impl SandboxServer {
    /// Opens the sandbox on its own database, which is made if it is not there.
    pub async fn open(config: SandboxConfig, env: Env) -> Result<Self, SandboxError> {
        let store = Store::open(&config.database_url, env).await?;
        let http = sender::http_client().map_err(SandboxError::Sender)?;
        Ok(Self(Arc::new(Inner { store, config, http, wake: Notify::new() })))
    }

    /// Mounts the sandbox under `/sandbox`.
    pub fn configure(&self, app: &mut web::ServiceConfig) {
        app.service(
            web::scope("/sandbox")
                .app_data(web::Data::from(self.0.clone()))
                .app_data(web::PayloadConfig::new(limits::BODY_BYTES))
                .route("/v1/checkout/sessions", web::post().to(create_session))
                .route("/v1/checkout/sessions/{id}", web::get().to(read_session))
                .route("/v1/payment_intents/{id}", web::get().to(read_intent))
                .route("/v1/refunds", web::post().to(create_refund))
                .route("/pay.css", web::get().to(pages::style))
                .route("/pay/{session}", web::get().to(pages::show))
                .route("/pay/{session}", web::post().to(pages::submit)),
        );
    }

    /// Sends events until `stop` resolves. What is not yet delivered is kept, and sent by the next run.
    pub async fn run_sender(&self, stop: impl Future<Output = ()>) {
        tokio::select! {
            () = stop => {}
            () = sender::run(&self.0) => {}
        }
    }
}

fn answer(status: u16, body: impl Into<String>) -> HttpResponse {
    let status =
        actix_web::http::StatusCode::from_u16(status).unwrap_or(actix_web::http::StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status).insert_header(ContentType::json()).body(body.into())
}

fn refuse(failure: Failure) -> HttpResponse {
    match failure {
        Failure::Refused(refusal) => answer(refusal.status, refusal.body().to_string()),
        Failure::Broken(cause) => broken(&cause),
    }
}

fn broken(cause: &StoreError) -> HttpResponse {
    tracing::error!(error = cause as &dyn std::error::Error, "the sandbox gateway's database failed");
    answer(500, json!({ "error": { "type": "api_error", "message": "The sandbox failed; try again." } }).to_string())
}

fn authorize(inner: &Inner, request: &HttpRequest) -> Result<(), Failure> {
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let given = given.strip_prefix("Bearer ").unwrap_or_default();
    let good = bool::from(given.as_bytes().ct_eq(inner.config.keys.secret_key.as_bytes()));
    if good { Ok(()) } else { Err(Refusal::unauthorized().into()) }
}

fn parse(body: &[u8]) -> Result<Form, Failure> {
    Form::parse(body).ok_or_else(|| Refusal::invalid("", "The request has more than 1,000 fields.").into())
}

fn expand(request: &HttpRequest) -> Result<Expand, Failure> {
    Ok(Expand::new(parse(request.query_string().as_bytes())?.list("expand")))
}

/// A request that changes something: authorised, replayed if its key has an answer, else done and its answer kept, all in one transaction.
async fn change<F>(inner: &Inner, request: &HttpRequest, body: &[u8], action: F) -> Result<HttpResponse, Failure>
where
    F: AsyncFnOnce(&domain::store::Tx) -> Result<Value, Failure>,
{
    authorize(inner, request)?;
    let key = request.headers().get("Idempotency-Key").and_then(|value| value.to_str().ok());
    if key.is_some_and(|key| key.is_empty() || key.len() > limits::KEY_CHARS) {
        return Err(Refusal::invalid("Idempotency-Key", "An idempotency key has 1 to 255 characters.").into());
    }
    let fingerprint =
        hex::encode(Sha256::new().chain_update(request.path()).chain_update([0]).chain_update(body).finalize());
    let tx = inner.store.begin().await?;
    if let Some(key) = key
        && let Some((status, body)) = inner.store.replay(&tx, key, &fingerprint).await?
    {
        tx.commit().await?;
        let mut replayed = answer(status, body);
        let name = actix_web::http::header::HeaderName::from_static("idempotent-replayed");
        replayed.headers_mut().insert(name, actix_web::http::header::HeaderValue::from_static("true"));
        return Ok(replayed);
    }
    // A refusal changes nothing and is kept for its key like any other answer; only a failure of the sandbox itself is not.
    let (status, text) = match action(&tx).await {
        Ok(object) => (200, object.to_string()),
        Err(Failure::Refused(refusal)) => (refusal.status, refusal.body().to_string()),
        Err(broken) => return Err(broken),
    };
    if let Some(key) = key {
        inner.store.keep(&tx, key, &fingerprint, status, &text).await?;
    }
    tx.commit().await?;
    inner.wake.notify_one();
    Ok(answer(status, text))
}

async fn create_session(inner: web::Data<Inner>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let action = async |tx: &domain::store::Tx| {
        let form = parse(&body)?;
        let new = read_new_session(&form, inner.store.now_s())?;
        let session = inner.store.create_session(tx, new).await?;
        let expand = Expand::new(form.list("expand"));
        Ok(inner.store.session_object(tx, &session, &inner.pay_url(&session.id), &expand).await?)
    };
    change(&inner, &request, &body, action).await.unwrap_or_else(refuse)
}

fn read_new_session(form: &Form, now_s: i64) -> Result<NewSession, Failure> {
    match form.text("mode") {
        Some("payment") => {}
        Some(_) => return Err(Refusal::invalid("mode", "The sandbox knows the mode payment alone.").into()),
        None => return Err(Refusal::missing("mode").into()),
    }
    let success_url = read_url(form, "success_url")?.ok_or_else(|| Refusal::missing("success_url"))?;
    let (currency, amount_total, line_items) = read_lines(form)?;
    let expires_at = match form.text("expires_at") {
        None => now_s + limits::OPEN_S,
        Some(text) => text
            .parse()
            .ok()
            .filter(|at| (now_s + 1..=now_s + limits::OPEN_S).contains(at))
            .ok_or_else(|| Refusal::invalid("expires_at", "expires_at must be in the coming 24 hours."))?,
    };
    Ok(NewSession {
        currency,
        amount_total,
        line_items,
        metadata: read_metadata(form, "metadata")?,
        intent_metadata: read_metadata(form, "payment_intent_data[metadata]")?,
        client_reference_id: form.text("client_reference_id").map(str::to_owned),
        customer_email: form.text("customer_email").map(str::to_owned),
        success_url,
        cancel_url: read_url(form, "cancel_url")?,
        expires_at,
    })
}

/// An address of the web: the buyer's browser is sent there, so nothing but http and https will do.
fn read_url(form: &Form, name: &str) -> Result<Option<String>, Failure> {
    let Some(text) = form.text(name) else { return Ok(None) };
    let good = url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if good { Ok(Some(text.to_owned())) } else { Err(Refusal::invalid(name, "Not a valid URL.").into()) }
}

fn read_metadata(form: &Form, name: &str) -> Result<std::collections::BTreeMap<String, String>, Failure> {
    let map = form.map(name);
    let fits = map.len() <= limits::METADATA_KEYS
        && map.iter().all(|(key, value)| key.chars().count() <= 40 && value.chars().count() <= 500);
    if fits {
        Ok(map)
    } else {
        Err(Refusal::invalid(name, "Metadata has at most 50 keys of 40 characters with values of 500.").into())
    }
}

fn read_lines(form: &Form) -> Result<(String, i64, Value), Failure> {
    let indices = form.indices("line_items");
    if indices.is_empty() {
        return Err(Refusal::missing("line_items").into());
    }
    if indices.len() > limits::LINES {
        return Err(Refusal::invalid("line_items", "A checkout has at most 100 lines.").into());
    }
    let (mut currency, mut total, mut lines) = (None::<String>, 0_i64, Vec::new());
    for index in indices {
        let field = |name: &str| format!("line_items[{index}]{name}");
        let needed = |name: &str| {
            let name = field(name);
            form.text(&name).map(str::to_owned).ok_or_else(|| Refusal::missing(&name))
        };
        let number = |name: &str, least: i64| {
            let range = least..=limits::AMOUNT;
            let value = needed(name)?.parse::<i64>().ok().filter(|value| range.contains(value));
            value.ok_or_else(|| Refusal::invalid(&field(name), "Invalid integer."))
        };
        let of_line = needed("[price_data][currency]")?.to_lowercase();
        of_line
            .to_uppercase()
            .parse::<Currency>()
            .map_err(|_| Refusal::invalid(&field("[price_data][currency]"), "Invalid currency."))?;
        if *currency.get_or_insert_with(|| of_line.clone()) != of_line {
            return Err(Refusal::invalid(&field("[price_data][currency]"), "All lines share one currency.").into());
        }
        let name = needed("[price_data][product_data][name]")?;
        let (unit, quantity) = (number("[price_data][unit_amount]", 0)?, number("[quantity]", 1)?);
        total = unit
            .checked_mul(quantity)
            .and_then(|amount| total.checked_add(amount))
            .filter(|total| *total <= limits::AMOUNT)
            .ok_or_else(|| Refusal::invalid("line_items", "The total amount must be no more than 999,999.99."))?;
        lines.push(json!({ "name": name, "unit_amount": unit, "quantity": quantity }));
    }
    Ok((currency.unwrap_or_default(), total, Value::Array(lines)))
}

async fn read_session(inner: web::Data<Inner>, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    let read = async || {
        authorize(&inner, &request)?;
        let expand = expand(&request)?;
        let tx = inner.store.begin().await?;
        let found = inner.store.find_session(&tx, &id).await?;
        let session = found.ok_or_else(|| Refusal::no_such("checkout.session", &id))?;
        let object = inner.store.session_object(&tx, &session, &inner.pay_url(&session.id), &expand).await?;
        tx.commit().await?;
        inner.wake.notify_one();
        Ok(answer(200, object.to_string()))
    };
    read().await.unwrap_or_else(refuse)
}

async fn read_intent(inner: web::Data<Inner>, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    let read = async || {
        authorize(&inner, &request)?;
        let found = inner.store.intent_object(&inner.store.db, &id, &expand(&request)?).await?;
        Ok(answer(200, found.ok_or_else(|| Refusal::no_such("payment_intent", &id))?.to_string()))
    };
    read().await.unwrap_or_else(refuse)
}

async fn create_refund(inner: web::Data<Inner>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let action = async |tx: &domain::store::Tx| {
        let form = parse(&body)?;
        let intent = form.text("payment_intent").ok_or_else(|| Refusal::missing("payment_intent"))?;
        let amount = match form.text("amount") {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| Refusal::invalid("amount", "Invalid integer."))?),
        };
        inner.store.refund(tx, intent, amount).await
    };
    change(&inner, &request, &body, action).await.unwrap_or_else(refuse)
}
