//! How the sandbox says no, in Stripe's words.

use domain::report::StoreError;
use serde_json::{Value, json};

/// A request that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sandbox) struct Refusal {
    /// The HTTP status.
    pub(in crate::sandbox) status: u16,
    kind: &'static str,
    code: Option<&'static str>,
    message: String,
    param: Option<String>,
}

impl Refusal {
    fn new(status: u16, kind: &'static str, code: Option<&'static str>, message: impl Into<String>) -> Self {
        Self { status, kind, code, message: message.into(), param: None }
    }

    fn about(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    /// A parameter that is needed is not there.
    pub(in crate::sandbox) fn missing(param: &str) -> Self {
        let message = format!("Missing required param: {param}.");
        Self::new(400, "invalid_request_error", Some("parameter_missing"), message).about(param)
    }

    /// A parameter cannot be what it is.
    pub(in crate::sandbox) fn invalid(param: &str, message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", Some("parameter_invalid"), message).about(param)
    }

    /// No such object.
    pub(in crate::sandbox) fn no_such(kind: &str, id: &str) -> Self {
        let id: String = id.chars().take(100).collect();
        Self::new(404, "invalid_request_error", Some("resource_missing"), format!("No such {kind}: '{id}'")).about("id")
    }

    /// The charge has been given back already.
    pub(in crate::sandbox) fn already_refunded(charge: &str) -> Self {
        let message = format!("Charge {charge} has already been refunded.");
        Self::new(400, "invalid_request_error", Some("charge_already_refunded"), message)
    }

    /// The state of an object does not allow it.
    pub(in crate::sandbox) fn unexpected_state(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", Some("resource_unexpected_state"), message)
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
        Self::new(401, "invalid_request_error", None, message)
    }

    /// The error object.
    pub(in crate::sandbox) fn body(&self) -> Value {
        let mut error = json!({ "type": self.kind, "message": self.message });
        if let Some(code) = self.code {
            error["code"] = code.into();
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
