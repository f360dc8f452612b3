//! What delivery refuses.

use crate::{
    from_db_err,
    links::LinkError,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// Why a file is not delivered.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The link.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// No such order, file or licence that the caller may know of.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Owed, still being made.
    #[error("this file is still being made")]
    NotReady,
    /// The order is not paid.
    #[error("this order is not paid")]
    Unpaid,
    /// The buyer's bank disputes the payment.
    #[error("the payment for this order is disputed, so its files are withheld until the bank has decided")]
    Suspended,
    /// The money went back, and the licence with it.
    #[error("this order was refunded, so its licence and its files are withdrawn")]
    Revoked,
    /// The beat has no stems to pack.
    #[error("this beat has no stems to deliver")]
    NoStems,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

from_db_err!(DeliveryError);

impl Explain for DeliveryError {
    fn explain(&self) -> Report {
        let told = self.to_string();
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Link(LinkError::Forged) => Report::new(Kind::NotFound, "BAD_LINK", told)
                .remedy("copy the link whole from the mail, or open it from the order page"),
            Self::Link(LinkError::Expired) => Report::new(Kind::Forbidden, "LINK_EXPIRED", told)
                .remedy("open the order page from the mail; it makes fresh links at any time"),
            Self::NotFound(_) => Report::new(Kind::NotFound, "NOT_FOUND", told),
            Self::NotReady => Report::new(Kind::Conflict, "FILE_NOT_READY", told)
                .remedy("open the order page again in a minute; a mail with the links follows"),
            Self::Unpaid => Report::new(Kind::Forbidden, "ORDER_UNPAID", told).remedy("pay the order on its page"),
            Self::Suspended => Report::new(Kind::Forbidden, "PAYMENT_DISPUTED", told)
                .remedy("if you did not dispute it, ask your bank; the files open again once the payment stands"),
            Self::Revoked => Report::new(Kind::Forbidden, "LICENCE_REVOKED", told)
                .remedy("ask the studio if you did not expect this"),
            Self::NoStems => Report::new(Kind::Conflict, "NO_STEMS", told)
                .remedy("ask the studio to upload the stems; the link then works"),
            Self::Store(store) => store.explain(),
        }
    }
}
