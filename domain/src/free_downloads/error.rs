//! Why free downloads are refused.

use super::rules::WORDING_VERSION;
use crate::{
    env::Instant,
    identity::IdentityError,
    links::LinkError,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// Why free downloads are refused.
#[derive(Debug, thiserror::Error)]
pub enum FreeDownloadError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The link opens nothing.
    #[error("this link is not valid; copy it whole from the mail")]
    BadLink,
    /// The link's time is over.
    #[error("this link has expired")]
    Expired,
    /// No such beat in this studio.
    #[error("there is no such beat")]
    NoBeat,
    /// The beat was sold exclusively.
    #[error("the beat was sold exclusively")]
    Sold,
    /// The beat is not downloaded for free.
    #[error("this beat is not downloaded for free")]
    NotFree,
    /// The address is none.
    #[error("this is not an e-mail address")]
    Email,
    /// Another wording stands beside the form now.
    #[error("what you consent to is worded otherwise now (version {WORDING_VERSION})")]
    WordingChanged,
    /// Too many requests.
    #[error("too many downloads were asked for; the next can be asked for after {}", retry_at.format("%-d %B, %H:%M UTC"))]
    TooMany {
        /// When it can be tried again.
        retry_at: Instant,
    },
    /// The address is not confirmed yet.
    #[error("the address has not been confirmed yet")]
    Unconfirmed,
    /// Counting attempts failed.
    #[error("the attempt could not be counted")]
    Counting(#[source] IdentityError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(FreeDownloadError);

impl From<IdentityError> for FreeDownloadError {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Throttled { retry_at } => Self::TooMany { retry_at },
            other => Self::Counting(other),
        }
    }
}

impl From<LinkError> for FreeDownloadError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Forged => Self::BadLink,
            LinkError::Expired => Self::Expired,
        }
    }
}

impl Explain for FreeDownloadError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::BadLink => report(Kind::NotFound, "LINK_INVALID").field("token"),
            Self::Expired => report(Kind::NotFound, "LINK_EXPIRED")
                .field("token")
                .remedy("ask for the download again on the beat's page"),
            Self::NoBeat => report(Kind::NotFound, "NOT_FOUND").field("beat"),
            Self::Sold => report(Kind::Conflict, "SOLD").field("beat").remedy("choose another beat"),
            Self::NotFree => report(Kind::Conflict, "NOT_FREE").field("beat").remedy("listen to it on its page"),
            Self::Email => report(Kind::Invalid, "DOWNLOAD_EMAIL")
                .field("email")
                .remedy("give the address that the link shall be sent to"),
            Self::WordingChanged => {
                report(Kind::Conflict, "WORDING_CHANGED").field("wording").remedy("reload the page and read it again")
            }
            Self::TooMany { .. } => report(Kind::TooMany, "TOO_MANY_DOWNLOADS")
                .field("email")
                .remedy("use the link in the last mail, or wait"),
            Self::Unconfirmed => report(Kind::Conflict, "UNCONFIRMED")
                .field("token")
                .remedy("confirm the address on the page of the link"),
            Self::Counting(error) => Report::within(error),
            Self::Store(error) => error.explain(),
        }
    }
}
