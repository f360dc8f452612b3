//! Why first refusal is refused.

use crate::{
    links::LinkError,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
    sales::SalesError,
};

/// Why first refusal is refused.
#[derive(Debug, thiserror::Error)]
pub enum FirstRefusalError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such studio.
    #[error("there is no such studio")]
    NoStudio,
    /// The link opens nothing.
    #[error("this link is not valid; copy it whole from the mail")]
    BadLink,
    /// The time of the link is over.
    #[error("the time to buy it before others is over")]
    Over,
    /// The lease does not stand any more.
    #[error("your lease of this beat does not stand any more")]
    NoLease,
    /// The sale refused.
    #[error(transparent)]
    Sale(#[from] SalesError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(FirstRefusalError);

impl From<LinkError> for FirstRefusalError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Forged => Self::BadLink,
            LinkError::Expired => Self::Over,
        }
    }
}

impl Explain for FirstRefusalError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::NoStudio => report(Kind::NotFound, "NOT_FOUND").field("studio"),
            Self::BadLink => report(Kind::NotFound, "LINK_INVALID").field("token"),
            Self::Over => report(Kind::Conflict, "FIRST_REFUSAL_OVER")
                .field("token")
                .remedy("look at the beat's page: if nobody has bought it meanwhile, you can buy it there"),
            Self::NoLease => report(Kind::Conflict, "NO_LEASE").field("token").remedy("buy it on the beat's page"),
            Self::Sale(error) => error.explain(),
            Self::Store(error) => error.explain(),
        }
    }
}
