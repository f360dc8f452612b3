//! How the sandbox says no, in Stripe's words.

use domain::report::StoreError;
use serde_json::{Value, json};

use crate::sandbox::cards::{declined, doc_url};

/// The type of most refusals.
const INVALID: &str = "invalid_request_error";

/// A request that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox) struct Refusal {
    /// The HTTP status.
    pub(in crate::sandbox) status: u16,
    kind: &'static str,
    code: Option<&'static str>,
    message: String,
    param: Option<String>,
    /// The whole error object of a card that was declined.
    declined: Option<Value>,
}

impl Refusal {
    fn new(status: u16, kind: &'static str, code: Option<&'static str>, message: impl Into<String>) -> Self {
        Self { status, kind, code, message: message.into(), param: None, declined: None }
    }

    /// Names the parameter that it is about.
    pub(in crate::sandbox) fn about(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    /// A parameter that is needed is not there.
    pub(in crate::sandbox) fn missing(param: &str) -> Self {
        let message = format!("Missing required param: {param}.");
        Self::new(400, INVALID, Some("parameter_missing"), message).about(param)
    }

    /// A parameter cannot be what it is.
    pub(in crate::sandbox) fn invalid(param: &str, message: impl Into<String>) -> Self {
        Self::new(400, INVALID, None, message).about(param)
    }

    /// A parameter that should be a whole number is none, or is out of range.
    pub(in crate::sandbox) fn not_integer(param: &str, given: &str) -> Self {
        let given: String = given.chars().take(40).collect();
        Self::coded("parameter_invalid_integer", format!("Invalid integer: {given}")).about(param)
    }

    /// The request is well formed, and Stripe has a code for why it cannot be done.
    pub(in crate::sandbox) fn coded(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(400, INVALID, Some(code), message)
    }

    /// No such object; `param` is the parameter that named it.
    pub(in crate::sandbox) fn no_such(kind: &str, param: &str, id: &str) -> Self {
        let id: String = id.chars().take(100).collect();
        Self::new(404, INVALID, Some("resource_missing"), format!("No such {kind}: '{id}'")).about(param)
    }

    /// A parameter of a request to do something names what is not there: unlike an address that does, this is a bad request.
    pub(in crate::sandbox) fn names_none(kind: &str, param: &str, id: &str) -> Self {
        Self { status: 400, ..Self::no_such(kind, param, id) }
    }

    /// There is no such address.
    pub(in crate::sandbox) fn unknown_address(method: &str, path: &str) -> Self {
        let path: String = path.chars().take(200).collect();
        let message =
            format!("Unrecognized request URL ({method}: {path}). It may be one that the sandbox does not know.");
        Self::new(404, INVALID, None, message)
    }

    /// The state of a payment does not allow it.
    pub(in crate::sandbox) fn payment_state(message: impl Into<String>) -> Self {
        Self::coded("payment_intent_unexpected_state", message)
    }

    /// A card was declined, for a reason of [`declined`]; the payment, by its object, stays as that has left it.
    pub(in crate::sandbox) fn declined(reason: &str, payment_intent: Value) -> Self {
        let mut error = declined(reason);
        let message = error["message"].as_str().unwrap_or("Your card was declined.").to_owned();
        error["payment_intent"] = payment_intent;
        Self { declined: Some(error), ..Self::new(402, "card_error", None, message) }
    }

    /// Whether a card was declined: unlike any other refusal, that has happened.
    pub(in crate::sandbox) const fn is_declined(&self) -> bool {
        self.declined.is_some()
    }

    /// A key came back with another request.
    pub(super) fn idempotency() -> Self {
        let message =
            "Keys for idempotent requests can only be used with the same parameters they were first used with.";
        Self::new(400, "idempotency_error", None, message)
    }

    /// No key, or not ours.
    pub(in crate::sandbox) fn unauthorized() -> Self {
        let message =
            "Invalid API key. Send the sandbox's secret key as a bearer token; live keys are not accepted here.";
        Self::new(401, INVALID, None, message)
    }

    /// The sentence that says why.
    pub(in crate::sandbox) fn message(&self) -> &str {
        &self.message
    }

    /// The error object.
    pub(in crate::sandbox) fn body(&self) -> Value {
        if let Some(error) = &self.declined {
            return json!({ "error": error });
        }
        let mut error = json!({ "type": self.kind, "message": self.message });
        if let Some(code) = self.code {
            error["code"] = code.into();
            error["doc_url"] = doc_url(code).into();
        }
        if let Some(param) = &self.param {
            error["param"] = param.as_str().into();
        }
        json!({ "error": error })
    }
}

/// Why a request is not answered as it wished.
#[derive(Debug)]
pub(in crate::sandbox) enum Failure {
    /// It is refused.
    Refused(Refusal),
    /// The sandbox itself failed.
    Broken(StoreError),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for Failure {
    fn from(cause: StoreError) -> Self {
        Self::Broken(cause)
    }
}

impl From<sea_orm::DbErr> for Failure {
    fn from(cause: sea_orm::DbErr) -> Self {
        Self::Broken(cause.into())
    }
}
