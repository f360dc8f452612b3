//! Why something about clients is refused.

use interchange::contact::ReadError;

use crate::{
    page::PageError,
    parties::PartyError,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// The longest words on a move, in characters.
pub const MAX_WORDS_CHARS: usize = 500;
/// The fewest days of silence after which a client can be dormant.
pub const MIN_SILENT_DAYS: i32 = 7;
/// The most.
pub const MAX_SILENT_DAYS: i32 = 3650;

/// Why something about clients is refused.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The caller may not.
    #[error("not allowed")]
    Denied(#[from] Denied),
    /// The database failed.
    #[error("the clients could not be read or written")]
    Store(#[from] StoreError),
    /// The party cannot be a client as it is.
    #[error(transparent)]
    Party(#[from] PartyError),
    /// The page cannot be given.
    #[error(transparent)]
    Page(#[from] PageError),
    /// No such client in this studio.
    #[error("there is no such client")]
    NotFound,
    /// The party is of another studio.
    #[error("there is no such party")]
    NoParty,
    /// The words are too many, or cannot be shown.
    #[error("the words for a move have at most {MAX_WORDS_CHARS} characters")]
    Words,
    /// Not a silence that a studio can wait for.
    #[error("a silence has {MIN_SILENT_DAYS} to {MAX_SILENT_DAYS} days")]
    Days,
    /// The list cannot be read at all.
    #[error("{0}")]
    Unread(ReadError),
    /// No such list in this studio.
    #[error("there is no such list")]
    NoImport,
}

crate::from_db_err!(ClientError);

impl Explain for ClientError {
    fn explain(&self) -> Report {
        let invalid = |code| Report::new(Kind::Invalid, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Store(broken) => broken.explain(),
            Self::Party(problem) => problem.explain(),
            Self::Page(problem) => problem.explain(),
            Self::NotFound => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()).field("client"),
            Self::NoParty => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()).field("party"),
            Self::Words => invalid("BAD_TEXT").field("words").remedy("shorten it, or write a note"),
            Self::Days => invalid("BAD_DAYS").field("dormantAfterDays").remedy("send a number of days in that range"),
            Self::Unread(_) => invalid("BAD_LIST").field("body").remedy("send the list as the address book exports it"),
            Self::NoImport => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()).field("id"),
        }
    }
}
