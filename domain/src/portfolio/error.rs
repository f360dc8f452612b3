//! Why a portfolio refuses something.

use super::rules::MAX_ENTRIES;
use crate::{
    booking::rules::texts::TextFault,
    page::PageError,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// What is wrong with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// It is no address that everybody can open safely.
    #[error("this is not a web address that begins with https://, of at most 300 characters")]
    Form,
    /// It leads to none of the services where work is listened to.
    #[error("this address is on none of Spotify, Apple Music, YouTube, SoundCloud, Bandcamp, TIDAL and Deezer")]
    Service,
    /// Another link leads to the same service.
    #[error("another link leads to the same service")]
    Twice,
}

/// Why a portfolio refuses something.
#[derive(Debug, thiserror::Error)]
pub enum PortfolioError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such page of a list.
    #[error(transparent)]
    Page(#[from] PageError),
    /// No such thing in this studio.
    #[error("there is no such {what}")]
    NotFound {
        /// What was looked for, such as `song`.
        what: &'static str,
        /// The field that names it.
        field: &'static str,
    },
    /// A text is refused.
    #[error(transparent)]
    Text(#[from] TextFault),
    /// A link is refused.
    #[error("{problem}")]
    Link {
        /// Its place, from 0.
        place: usize,
        /// What is wrong with it.
        problem: LinkFault,
    },
    /// There are too many of something.
    #[error("there are at most {most} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many at the most.
        most: usize,
    },
    /// The role is none that is shown.
    #[error("this role says nothing of what the studio did")]
    Role {
        /// Its place, from 0.
        place: usize,
    },
    /// The song stands in the portfolio already.
    #[error("this song is in the portfolio already")]
    Listed,
    /// No such work in the portfolio, or none any more.
    #[error("there is no such work in the portfolio")]
    NotListed,
    /// It is to be shown, and nobody said when it was released.
    #[error("what is shown has a release date")]
    NoRelease,
    /// There is no such place.
    #[error("the places of the portfolio are 1 to {last}")]
    Place {
        /// The last one.
        last: i32,
    },
    /// The portfolio is full.
    #[error("a portfolio has {MAX_ENTRIES} works at the most")]
    Full,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(PortfolioError);

impl Explain for PortfolioError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        let invalid = |code| report(Kind::Invalid, code);
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Page(problem) => problem.explain(),
            Self::NotFound { field, .. } => report(Kind::NotFound, "NOT_FOUND").field(*field),
            Self::Text(fault) => fault.explain(),
            Self::Link { place, problem } => {
                let (code, remedy) = match problem {
                    LinkFault::Form => ("LINK_URL", "copy it from the browser's address bar"),
                    LinkFault::Service => ("LINK_SERVICE", "give the address of the release on one of these services"),
                    LinkFault::Twice => ("LINK_TWICE", "leave one of the two out"),
                };
                invalid(code).field(format!("links.{place}")).remedy(remedy)
            }
            Self::TooMany { what, .. } => invalid("TOO_MANY").field(*what).remedy("leave some out"),
            Self::Role { place } => invalid("PORTFOLIO_ROLE")
                .field(format!("roles.{place}"))
                .remedy("name what the studio did, such as MIXING_ENGINEER"),
            Self::Listed => report(Kind::Conflict, "SONG_LISTED").field("song").remedy("change its entry instead"),
            Self::NotListed => report(Kind::Conflict, "NOT_LISTED").field("entry").remedy("look at what is there now"),
            Self::NoRelease => {
                invalid("NO_RELEASE_DATE").field("releasedOn").remedy("say when it was released, or keep it private")
            }
            Self::Place { .. } => invalid("BAD_PLACE").field("place").remedy("give a place within that"),
            Self::Full => report(Kind::Conflict, "PORTFOLIO_FULL").remedy("remove a work first"),
            Self::Store(error) => error.explain(),
        }
    }
}
