//! What is refused of masters.

use crate::{
    links::LinkError,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// Why something of masters is refused.
#[derive(Debug, thiserror::Error)]
pub enum MasterError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The link.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// No such thing that the caller may know of.
    #[error("there is no such {what}")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// The field that names it.
        field: &'static str,
    },
    /// No version of the song is approved.
    #[error("no version of this song's mix is approved now, and only an approved one is mastered")]
    NotApproved,
    /// No profile was named.
    #[error("masters are made to at least one profile")]
    NoProfiles,
    /// A profile of a delivery was made too often.
    #[error("this master was made a thousand times already")]
    TooOften,
    /// Nobody is known to whom the masters go.
    #[error("nobody is known to whom these masters go")]
    NoRecipient,
    /// There is nothing that the client could be told of.
    #[error("none of this project's masters are ready yet")]
    NothingReady,
    /// Who has it mailed has not shown that their own address is theirs.
    #[error("confirm your own e-mail address before you have others mailed")]
    Unconfirmed,
    /// It is not made yet, or cannot be.
    #[error("this master is not ready")]
    NotReady,
    /// The balance is not paid.
    #[error("these masters open once the balance of the project is paid")]
    Unpaid,
    /// A later version took its place before it was delivered.
    #[error("a later version of this mix was sent, and its masters take the place of these")]
    Superseded,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(MasterError);

impl Explain for MasterError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Link(LinkError::Forged) => {
                report(Kind::NotFound, "BAD_LINK").remedy("copy the link whole from the mail")
            }
            Self::Link(LinkError::Expired) => {
                report(Kind::Forbidden, "LINK_EXPIRED").remedy("ask the studio to send the link again")
            }
            Self::NotFound { field, .. } => report(Kind::NotFound, "NOT_FOUND").field(*field),
            Self::NotApproved => report(Kind::Conflict, "NOT_APPROVED")
                .field("song")
                .remedy("send a version for review, and have it approved"),
            Self::NoProfiles => report(Kind::Invalid, "NO_PROFILES")
                .field("profiles")
                .remedy("name one, or leave `profiles` out for those that the project wants"),
            Self::TooOften => {
                report(Kind::Conflict, "TOO_OFTEN").field("song").remedy("have another version of the mix approved")
            }
            Self::NoRecipient => report(Kind::Conflict, "NO_RECIPIENT")
                .field("project")
                .remedy("name the project's client and enter their e-mail address"),
            Self::NothingReady => report(Kind::Conflict, "NOTHING_READY")
                .field("project")
                .remedy("order masters of an approved mix, and wait until they are made"),
            Self::Unconfirmed => report(Kind::Conflict, "EMAIL_NOT_CONFIRMED")
                .field("project")
                .remedy("open the link in the mail that came when you signed up; `requestVerification` mails another"),
            Self::NotReady => report(Kind::Conflict, "MASTER_NOT_READY").remedy("open the page again in a few minutes"),
            Self::Unpaid => report(Kind::Forbidden, "BALANCE_UNPAID").remedy("pay what is open; the page leads to it"),
            Self::Superseded => report(Kind::Conflict, "MASTER_SUPERSEDED")
                .remedy("wait for the masters of the version that is approved next"),
            Self::Store(store) => store.explain(),
        }
    }
}
