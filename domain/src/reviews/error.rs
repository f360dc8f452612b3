//! Why reviews are refused.

use super::rules::ReviewFault;
use crate::{
    catalog::CatalogError,
    env::Instant,
    identity::IdentityError,
    links::LinkError,
    policy::Denied,
    production::entity::ProjectState,
    report::{Explain, Kind, Report, StoreError},
};

/// Why reviews are refused.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The link is none of ours, or changed.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The link was revoked.
    #[error("this link was revoked by the studio")]
    Revoked,
    /// The link's time is over.
    #[error("this link has expired")]
    Expired,
    /// No such thing that the caller may know of.
    #[error("there is no such {what}")]
    NotFound {
        /// What was looked for, such as `review`.
        what: &'static str,
        /// The field that names it.
        field: &'static str,
    },
    /// The version cannot be heard yet, or never.
    #[error("{}", unheard(.refusal.as_deref()))]
    Unheard {
        /// Why it cannot be heard; none if it only waits.
        refusal: Option<String>,
    },
    /// The project is over.
    #[error("the project of this song is {state}, and nothing of it is reviewed any more")]
    Over {
        /// Where it stands.
        state: ProjectState,
        /// The field that names the song, or what is of it.
        field: &'static str,
    },
    /// Whoever has mails sent has not shown that their own address is theirs.
    #[error("only who has confirmed their own e-mail address may have others mailed")]
    Unconfirmed {
        /// The field that names what is mailed.
        field: &'static str,
    },
    /// The song has no review.
    #[error("the mix of this song has no review yet")]
    NotOpened,
    /// The song is under review already.
    #[error("the mix of this song has its review already")]
    Opened,
    /// Somebody else did the same at once.
    #[error("somebody else has just done this")]
    Raced,
    /// What the rules refuse.
    #[error(transparent)]
    Fault(#[from] ReviewFault),
    /// A voice note is refused.
    #[error(transparent)]
    Voice(#[from] CatalogError),
    /// Too much is said.
    #[error("a lot was said within the last hour; the next can be said after {}", retry_at.format("%H:%M UTC"))]
    TooMany {
        /// When it can be tried again.
        retry_at: Instant,
    },
    /// Counting attempts failed.
    #[error("the attempt could not be counted")]
    Counting(#[source] IdentityError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(ReviewError);

impl From<IdentityError> for ReviewError {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Throttled { retry_at } => Self::TooMany { retry_at },
            other => Self::Counting(other),
        }
    }
}

fn unheard(refusal: Option<&str>) -> String {
    refusal.map_or_else(
        || "this version is still being made ready to be heard".to_owned(),
        |why| format!("this version cannot be heard: {why}"),
    )
}

impl Explain for ReviewError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Link(_) => report(Kind::NotFound, "LINK_INVALID").field("token"),
            Self::Revoked => report(Kind::Forbidden, "LINK_REVOKED")
                .field("token")
                .remedy("ask the studio if you did not expect this"),
            Self::Expired => {
                report(Kind::Forbidden, "LINK_EXPIRED").field("token").remedy("ask the studio to mail you a fresh one")
            }
            Self::NotFound { field, .. } => report(Kind::NotFound, "NOT_FOUND").field(*field),
            Self::Unheard { refusal: None } => report(Kind::Conflict, "MIX_NOT_READY")
                .field("version")
                .remedy("try again in a moment; its state tells when it is"),
            Self::Unheard { refusal: Some(_) } => {
                report(Kind::Conflict, "MIX_REFUSED").field("version").remedy("make another version without that fault")
            }
            Self::Over { field, .. } => {
                report(Kind::Conflict, "PROJECT_OVER").field(*field).remedy("the studio reopens the project first")
            }
            Self::Unconfirmed { field } => report(Kind::Conflict, "EMAIL_NOT_CONFIRMED").field(*field).remedy(
                "open the link in the mail that came when you signed up; `requestVerification` mails another. With a key, an owner of the studio does this",
            ),
            Self::NotOpened => {
                report(Kind::Conflict, "REVIEW_NOT_OPENED").field("version").remedy("open the review of the song first")
            }
            Self::Opened => {
                report(Kind::Conflict, "REVIEW_OPENED").field("song").remedy("change the terms of the review instead")
            }
            Self::Raced => report(Kind::Conflict, "RACED").remedy("look at how it stands, then try again"),
            Self::Fault(fault) => fault.explain(),
            Self::Voice(error) => error.explain(),
            Self::TooMany { .. } => report(Kind::TooMany, "TOO_MUCH_SAID").field("words").remedy("wait"),
            Self::Counting(error) => Report::within(error),
            Self::Store(store) => store.explain(),
        }
    }
}
