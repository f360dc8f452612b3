//! Why something about webhooks is refused.

use super::rules::{AddressFault, MAX_WEBHOOKS};
use crate::{
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// Why something about webhooks is refused.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Events cannot be sent to that address.
    #[error(transparent)]
    Address(#[from] AddressFault),
    /// Nothing is to be sent there.
    #[error("a webhook is for at least one kind of event")]
    NoKinds,
    /// The studio has too many.
    #[error("a studio has {MAX_WEBHOOKS} webhooks at the most")]
    TooMany,
    /// No such webhook of this studio.
    #[error("there is no such webhook")]
    NotFound,
    /// No such delivery of this studio.
    #[error("there is no such delivery")]
    NoDelivery,
    /// Nothing is sent to a webhook that is off.
    #[error("this webhook is off")]
    Off,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(WebhookError);

impl Explain for WebhookError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Address(fault) => {
                let remedy = match fault {
                    AddressFault::Form => "write the whole address, with https:// before it",
                    AddressFault::Unencrypted => {
                        "give the receiver a certificate, and its address with https:// before it"
                    }
                    AddressFault::Credentials => "leave them out, and let the receiver check the signature",
                    AddressFault::NotPublic => {
                        "give one that the whole internet can reach: to this machine, and into the network that it stands in, only the operator lets events be sent"
                    }
                    AddressFault::TooLong => "give a shorter one",
                };
                report(Kind::Invalid, "BAD_WEBHOOK_ADDRESS").field("url").remedy(remedy)
            }
            Self::NoKinds => report(Kind::Invalid, "NO_EVENT_KINDS").field("kinds").remedy("choose what is to be sent"),
            Self::TooMany => report(Kind::Conflict, "TOO_MANY_WEBHOOKS").remedy("remove one first"),
            Self::NotFound | Self::NoDelivery => report(Kind::NotFound, "NOT_FOUND"),
            Self::Off => report(Kind::Conflict, "WEBHOOK_OFF").remedy("turn it on first"),
            Self::Store(error) => error.explain(),
        }
    }
}
