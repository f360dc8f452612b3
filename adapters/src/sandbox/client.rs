//! The domain's gateway, spoken to the sandbox over HTTP.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use domain::{
    env::Instant,
    ids::OrderId,
    money::{Currency, Money},
    ports::{Checkout, CheckoutRequest, CheckoutState, EventError, GatewayEvent, PaymentGateway, PortError, Receipt},
};
use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::{SandboxKeys, signature};

/// How often a request is tried.
const ATTEMPTS: u32 = 3;

/// The wait before the second attempt, which doubles for the third.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// The id of a payment of nothing: an order without a price has no payment intent, so its checkout stands for it.
const FREE: &str = "cs_";

/// Why a call failed; the source of the port's error, for the log.
#[derive(Debug)]
enum CallError {
    Transport(reqwest::Error),
    Refused { status: StatusCode, message: String },
    Shape(&'static str),
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(_) => f.write_str("the gateway could not be reached"),
            Self::Refused { status, message } => write!(f, "the gateway answered {status}: {message}"),
            Self::Shape(field) => write!(f, "the gateway's answer has no usable `{field}`"),
        }
    }
}

impl std::error::Error for CallError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Transport(cause) => Some(cause),
            _ => None,
        }
    }
}

impl CallError {
    /// Whether the very same call may succeed later.
    fn is_transient(&self) -> bool {
        match self {
            Self::Transport(cause) => !cause.is_builder(),
            Self::Refused { status, .. } => {
                status.is_server_error() || matches!(*status, StatusCode::TOO_MANY_REQUESTS | StatusCode::CONFLICT)
            }
            Self::Shape(_) => false,
        }
    }

    fn at(self, what: &'static str) -> PortError {
        PortError { what, transient: self.is_transient(), source: Box::new(self) }
    }
}

/// Collects no real money, at the sandbox. Cheap to clone.
#[derive(Clone)]
pub struct SandboxGateway {
    http: reqwest::Client,
    /// Where the sandbox is, without a slash at the end, `/sandbox` included.
    base_url: String,
    keys: SandboxKeys,
}

impl fmt::Debug for SandboxGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxGateway").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl SandboxGateway {
    /// A client of the sandbox at `server_url` (such as `http://127.0.0.1:8080`, without a slash at the end).
    pub fn new(server_url: &str, keys: SandboxKeys) -> Result<Self, PortError> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|cause| PortError::lasting("building the gateway's HTTP client", cause))?;
        Ok(Self { http, base_url: format!("{server_url}/sandbox"), keys })
    }

    /// Calls, and calls again with the same key if the answer may be better then.
    async fn call(
        &self,
        method: Method,
        path: &str,
        form: &[(String, String)],
        idempotency_key: Option<&str>,
    ) -> Result<Value, CallError> {
        let mut wait = FIRST_WAIT;
        let mut attempt = 1;
        loop {
            match self.call_once(method.clone(), path, form, idempotency_key).await {
                Err(failed) if failed.is_transient() && attempt < ATTEMPTS => {
                    tracing::warn!(error = &failed as &dyn std::error::Error, attempt, "calling the gateway again");
                    tokio::time::sleep(wait).await;
                    (attempt, wait) = (attempt + 1, wait * 2);
                }
                outcome => return outcome,
            }
        }
    }

    async fn call_once(
        &self,
        method: Method,
        path: &str,
        form: &[(String, String)],
        idempotency_key: Option<&str>,
    ) -> Result<Value, CallError> {
        let mut request =
            self.http.request(method.clone(), format!("{}{path}", self.base_url)).bearer_auth(&self.keys.secret_key);
        if method == Method::POST {
            request = request.form(form);
        }
        if let Some(key) = idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        let response = request.send().await.map_err(CallError::Transport)?;
        let status = response.status();
        let body = response.bytes().await.map_err(CallError::Transport)?;
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status.is_success() {
            return Ok(answer);
        }
        let message = answer["error"]["message"].as_str().unwrap_or("no message");
        Err(CallError::Refused { status, message: message.chars().take(500).collect() })
    }
}

fn text(value: &Value, field: &'static str) -> Result<String, CallError> {
    value[field].as_str().map(str::to_owned).ok_or(CallError::Shape(field))
}

fn number(value: &Value, field: &'static str) -> Result<i64, CallError> {
    value[field].as_i64().ok_or(CallError::Shape(field))
}

fn checkout_form(request: &CheckoutRequest) -> Vec<(String, String)> {
    let order = request.order.to_string();
    let mut form: Vec<(String, String)> = [
        ("mode", "payment"),
        ("success_url", &request.success_url),
        ("cancel_url", &request.cancel_url),
        ("client_reference_id", &request.reference),
        ("customer_email", request.buyer_email.as_str()),
        ("expires_at", &request.expires_at.timestamp().to_string()),
        ("metadata[order]", &order),
        ("metadata[reference]", &request.reference),
        ("payment_intent_data[metadata][order]", &order),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    for (index, (name, price)) in request.lines.iter().enumerate() {
        let field = |rest: &str| format!("line_items[{index}]{rest}");
        form.extend([
            (field("[quantity]"), "1".to_owned()),
            (field("[price_data][currency]"), price.currency.code().to_lowercase()),
            (field("[price_data][unit_amount]"), price.minor.to_string()),
            (field("[price_data][product_data][name]"), name.clone()),
        ]);
    }
    form
}

fn read_state(session: &Value) -> Result<CheckoutState, CallError> {
    match session["payment_status"].as_str() {
        Some("paid") => {
            let currency = text(session, "currency")?.to_uppercase();
            let currency: Currency = currency.parse().map_err(|_| CallError::Shape("currency"))?;
            let intent = &session["payment_intent"];
            let transaction = &intent["latest_charge"]["balance_transaction"];
            Ok(CheckoutState::Paid(Receipt {
                payment: text(intent, "id")?,
                amount: Money::new(number(intent, "amount_received")?, currency),
                fee: Money::new(number(transaction, "fee")?, currency),
            }))
        }
        Some("no_payment_required") => {
            let currency = text(session, "currency")?.to_uppercase();
            let nothing = Money::zero(currency.parse().map_err(|_| CallError::Shape("currency"))?);
            Ok(CheckoutState::Paid(Receipt { payment: text(session, "id")?, amount: nothing, fee: nothing }))
        }
        _ if session["status"] == "expired" => Ok(CheckoutState::Expired),
        _ => Ok(CheckoutState::Open),
    }
}

#[async_trait]
impl PaymentGateway for SandboxGateway {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    async fn open_checkout(&self, request: &CheckoutRequest) -> Result<Checkout, PortError> {
        const WHAT: &str = "opening a checkout";
        let lines = request.lines.iter().map(|(_, price)| *price);
        let sum = Money::sum(request.total.currency, lines).map_err(|cause| PortError::lasting(WHAT, cause))?;
        if sum != request.total {
            return Err(PortError::lasting(WHAT, format!("the lines total {sum}, the order {}", request.total)));
        }
        let form = checkout_form(request);
        let key = Some(request.idempotency_key.as_str());
        let open = async {
            let session = self.call(Method::POST, "/v1/checkout/sessions", &form, key).await?;
            Ok(Checkout { id: text(&session, "id")?, pay_url: text(&session, "url")? })
        };
        open.await.map_err(|failed: CallError| failed.at(WHAT))
    }

    async fn find_checkout(&self, id: &str) -> Result<Option<CheckoutState>, PortError> {
        // An id goes into a path: whatever is not one of the gateway's own cannot exist there.
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Ok(None);
        }
        let path = format!("/v1/checkout/sessions/{id}?expand[]=payment_intent.latest_charge.balance_transaction");
        match self.call(Method::GET, &path, &[], None).await {
            Ok(session) => read_state(&session).map(Some).map_err(|failed| failed.at("reading a checkout")),
            Err(CallError::Refused { status: StatusCode::NOT_FOUND, .. }) => Ok(None),
            Err(failed) => Err(failed.at("reading a checkout")),
        }
    }

    async fn refund(&self, payment: &str, idempotency_key: &str) -> Result<(), PortError> {
        if payment.starts_with(FREE) {
            return Ok(());
        }
        let form = [("payment_intent".to_owned(), payment.to_owned())];
        match self.call(Method::POST, "/v1/refunds", &form, Some(idempotency_key)).await {
            Ok(_) => Ok(()),
            Err(failed) => Err(failed.at("refunding a payment")),
        }
    }

    fn read_event(&self, signature: Option<&str>, body: &[u8], now: Instant) -> Result<GatewayEvent, EventError> {
        signature::verify(&self.keys.webhook_secret, signature, body, now)?;
        let event: Value =
            serde_json::from_slice(body).map_err(|cause| EventError::Malformed(format!("it is not JSON ({cause})")))?;
        let word = |field: &str| {
            let found = event[field].as_str().filter(|text| !text.is_empty() && text.len() <= 255);
            found.map(str::to_owned).ok_or_else(|| EventError::Malformed(format!("it has no `{field}`")))
        };
        let object = &event["data"]["object"];
        let order = object["metadata"]["order"].as_str().and_then(|text| text.parse::<OrderId>().ok());
        let is_checkout = object["object"] == "checkout.session";
        let checkout = object["id"].as_str().filter(|_| is_checkout).map(str::to_owned);
        Ok(GatewayEvent { id: word("id")?, kind: word("type")?, order, checkout })
    }
}
