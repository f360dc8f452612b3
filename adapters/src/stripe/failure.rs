//! Why a call failed, and what that means to whoever asked.

use std::{error::Error, fmt::Display};

use domain::ports::gateway::GatewayError;
use stripe::StripeError;
use stripe_client_core::StripeClientErr;

/// The longest sentence of the gateway's that is kept, in characters.
const MESSAGE_CHARS: usize = 500;

/// Why a call failed; the source of the port's error, for the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The gateway hangs.
    #[error("no answer within the time allowed")]
    TimedOut,
    /// The connection failed, or something that is not the gateway answered, such as a proxy.
    #[error("the gateway could not be reached, or its answer not be read: {0}")]
    Transport(String),
    /// The gateway said no.
    #[error("the gateway answered {status} ({kind}, {}): {message}", .code.as_deref().unwrap_or("no code"))]
    Answered {
        /// The HTTP status.
        status: u16,
        /// The error's type, such as `card_error`.
        kind: String,
        /// Its code, such as `charge_already_refunded`.
        code: Option<String>,
        /// Its sentence.
        message: String,
    },
    /// The answer lacks what was asked for.
    #[error("the gateway's answer has no usable `{0}`")]
    Shape(&'static str),
    /// It will be there, and is not there yet.
    #[error("the gateway does not say yet what `{0}` is")]
    NotYet(&'static str),
    /// The request cannot be made.
    #[error("{0}")]
    Request(String),
}

impl Failure {
    /// Whether the very same call may succeed later.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::TimedOut | Self::Transport(_) | Self::NotYet(_) => true,
            Self::Answered { status, code, .. } => {
                // 409: the first request with the key is still being worked on.
                *status >= 500
                    || matches!(*status, 409 | 424 | 429)
                    || matches!(code.as_deref(), Some("lock_timeout" | "rate_limit" | "idempotency_key_in_use"))
            }
            Self::Shape(_) | Self::Request(_) => false,
        }
    }

    /// Whether it may succeed within the second. A gateway that hangs will not, and must not hold whoever asks for longer.
    pub(super) fn may_pass_at_once(&self) -> bool {
        self.is_transient() && !matches!(self, Self::TimedOut | Self::NotYet(_))
    }

    /// Whether the gateway has understood the request, and will not do it.
    pub(super) fn is_refusal(&self) -> bool {
        match self {
            // A key that came back with another request, or a secret key that does not hold or may not do this, is a fault of ours.
            Self::Answered { status, kind, .. } => {
                let is_ours = match status {
                    401 => true,
                    403 => !self.is_missing_account(),
                    _ => kind == "idempotency_error",
                };
                (400..500).contains(status) && !is_ours && !self.is_transient()
            }
            _ => false,
        }
    }

    /// What a look-up beside the request has failed by: that it was refused says nothing of the request itself.
    pub(super) fn beside(self) -> Self {
        if self.is_refusal() { Self::Request(format!("a look-up was refused: {self}")) } else { self }
    }

    /// Whether the gateway knows no such object.
    pub(super) fn is_missing(&self) -> bool {
        match self {
            Self::Answered { status, code, .. } => *status == 404 || code.as_deref() == Some("resource_missing"),
            _ => false,
        }
    }

    /// Whether the gateway knows no such account, or shows it to others alone.
    pub(super) fn is_missing_account(&self) -> bool {
        self.is_missing() || matches!(self, Self::Answered { code: Some(code), .. } if code == "account_invalid")
    }

    /// No such object, said by us: its id is none of the gateway's.
    pub(super) fn missing(id: &str) -> Self {
        let id: String = id.chars().take(100).collect();
        Self::Answered {
            status: 404,
            kind: "invalid_request_error".to_owned(),
            code: Some("resource_missing".to_owned()),
            message: format!("there is no {id:?}"),
        }
    }

    /// The gateway moves no such amount, said by us before it is asked.
    pub(super) fn unmovable(code: &str, message: String) -> Self {
        Self::Answered { status: 400, kind: "invalid_request_error".to_owned(), code: Some(code.to_owned()), message }
    }

    /// The port's error for what was attempted.
    pub(super) fn at(self, what: &'static str) -> GatewayError {
        if self.is_transient() {
            return GatewayError::Transient { what, source: Box::new(self) };
        }
        let refused = self.is_refusal();
        match self {
            Self::Answered { kind, code, message, .. } if refused => {
                GatewayError::Refused { what, code: code.unwrap_or(kind), message }
            }
            failure => lasting(what, failure),
        }
    }
}

/// The port's error for a fault of the program or of its setup.
pub(super) fn lasting(what: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> GatewayError {
    GatewayError::Lasting { what, source: source.into() }
}

impl From<StripeError> for Failure {
    fn from(error: StripeError) -> Self {
        match error {
            StripeError::Stripe(errors, status) => Self::Answered {
                status,
                kind: errors.type_.as_str().to_owned(),
                code: errors.code.as_ref().map(|code| code.as_str().to_owned()),
                message: errors.message.as_deref().unwrap_or("no message").chars().take(MESSAGE_CHARS).collect(),
            },
            // Out of the client this is an error's body that was no error object: a proxy's page, mostly.
            StripeError::JSONDeserialize(said) | StripeError::ClientError(said) => Self::Transport(said),
            StripeError::ConfigError(said) => Self::Request(said),
            StripeError::Timeout => Self::TimedOut,
        }
    }
}

impl StripeClientErr for Failure {
    // The call has succeeded, so whatever was asked for is done: only its description is not JSON.
    fn deserialize_err(_: impl Display) -> Self {
        Self::Shape("body")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, kind: &str, code: Option<&str>) -> Failure {
        Failure::Answered {
            status,
            kind: kind.to_owned(),
            code: code.map(str::to_owned),
            message: "It cannot be.".to_owned(),
        }
    }

    #[test]
    fn what_may_pass_is_told_from_what_is_refused_and_from_what_is_broken() {
        for (status, code) in [
            (500, None),
            (503, None),
            (429, Some("rate_limit")),
            (409, Some("idempotency_key_in_use")),
            (400, Some("lock_timeout")),
        ] {
            let failure = answered(status, "api_error", code);
            assert!(failure.may_pass_at_once() && !failure.is_refusal(), "{failure}");
            assert!(failure.at("trying").is_transient());
        }
        for hanging in [Failure::TimedOut, Failure::NotYet("fee")] {
            assert!(!hanging.may_pass_at_once());
            assert!(hanging.at("trying").is_transient());
        }
        assert!(Failure::Transport("reset".to_owned()).at("trying").is_transient());

        let refused = answered(402, "card_error", Some("card_declined")).at("trying");
        assert!(matches!(&refused, GatewayError::Refused { code, .. } if code == "card_declined"), "{refused:?}");
        let refused = answered(400, "invalid_request_error", None).at("trying");
        assert!(
            matches!(&refused, GatewayError::Refused { code, .. } if code == "invalid_request_error"),
            "{refused:?}"
        );
        let refused = answered(403, "invalid_request_error", Some("account_invalid")).at("trying");
        assert!(matches!(&refused, GatewayError::Refused { code, .. } if code == "account_invalid"), "{refused:?}");
        let refused = Failure::missing("pi_1").at("trying");
        assert!(matches!(&refused, GatewayError::Refused { code, .. } if code == "resource_missing"), "{refused:?}");

        let beside = Failure::missing("tr_1").beside().at("trying");
        assert!(
            matches!(beside, GatewayError::Lasting { .. }),
            "a look-up's refusal is none of the request: {beside:?}"
        );
        assert!(answered(503, "api_error", None).beside().at("trying").is_transient());

        for broken in [
            answered(401, "invalid_request_error", None),
            answered(403, "invalid_request_error", Some("more_permissions_required")),
            answered(400, "idempotency_error", None),
            Failure::Shape("currency"),
            Failure::Request("no such key".to_owned()),
        ] {
            let broken = broken.at("trying");
            assert!(matches!(broken, GatewayError::Lasting { .. }), "{broken:?}");
        }
    }
}
