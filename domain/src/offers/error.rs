//! Why offers are refused.

use super::rules::{MAX_OPEN_PER_IP, OfferFault};
use crate::{
    env::Instant,
    identity::IdentityError,
    licensing::terms::TierCode,
    links::LinkError,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
    sales::{SalesError, entity::OrderState},
};

/// Why offers are refused.
#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The link opens nothing.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// No such studio.
    #[error("there is no such studio")]
    NoStudio,
    /// No such beat in this studio.
    #[error("there is no such beat")]
    NoBeat,
    /// No such offer that the caller may know of.
    #[error("there is no such offer")]
    NoOffer,
    /// The studio takes no offers for this tier.
    #[error("the studio takes no offers for the {0} tier of this beat")]
    NotTaken(TierCode),
    /// The address is none.
    #[error("this is not an e-mail address")]
    Email,
    /// Several offers for the same tier of a beat are under way from the same network address.
    #[error("{MAX_OPEN_PER_IP} offers for this licence are under way from your network")]
    FromHere,
    /// Too many offers.
    #[error("too many offers were made; the next can be made after {}", retry_at.format("%H:%M UTC"))]
    TooMany {
        /// When it can be tried again.
        retry_at: Instant,
    },
    /// The amount or the step itself is wrong.
    #[error(transparent)]
    Fault(#[from] OfferFault),
    /// The offer has led to an order that stands.
    #[error("the offer has been ordered already, and the order is {0}")]
    Ordered(OrderState),
    /// Two set the same at once.
    #[error("somebody else has just set this")]
    Raced,
    /// The sale refused.
    #[error(transparent)]
    Sale(#[from] SalesError),
    /// Counting attempts failed.
    #[error("the attempt could not be counted")]
    Counting(#[source] IdentityError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(OfferError);

impl From<IdentityError> for OfferError {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Throttled { retry_at } => Self::TooMany { retry_at },
            other => Self::Counting(other),
        }
    }
}

impl Explain for OfferError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Link(LinkError::Forged) => report(Kind::NotFound, "LINK_INVALID").field("token"),
            Self::Link(LinkError::Expired) => {
                report(Kind::NotFound, "LINK_EXPIRED").field("token").remedy("ask the studio for a fresh one")
            }
            Self::NoStudio => report(Kind::NotFound, "NOT_FOUND").field("studio"),
            Self::NoBeat => report(Kind::NotFound, "NOT_FOUND").field("beat"),
            Self::NoOffer => report(Kind::NotFound, "NOT_FOUND").field("offer"),
            Self::NotTaken(_) => report(Kind::Conflict, "OFFERS_NOT_TAKEN")
                .field("tier")
                .remedy("buy it at its price, or choose another licence"),
            Self::Email => report(Kind::Invalid, "OFFER_EMAIL")
                .field("email")
                .remedy("give the address at which the studio's answer shall reach you"),
            Self::FromHere => report(Kind::TooMany, "OFFERS_FROM_HERE")
                .field("amount")
                .remedy("use the link in the mail about one of them, or wait until one is answered"),
            Self::TooMany { .. } => report(Kind::TooMany, "TOO_MANY_OFFERS").field("email").remedy("wait"),
            Self::Fault(fault) => fault.explain(),
            Self::Ordered(_) => report(Kind::Conflict, "OFFER_ORDERED")
                .field("offer")
                .remedy("look at the order, by the link in its mail"),
            Self::Raced => report(Kind::Conflict, "RACED").remedy("look at what they set, then try again"),
            Self::Sale(error) => error.explain(),
            Self::Counting(error) => Report::within(error),
            Self::Store(error) => error.explain(),
        }
    }
}
