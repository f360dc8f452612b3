//! Why a log refuses something.

use super::rules::MAX_ENTRIES;
use crate::{
    booking::rules::texts::TextFault,
    parties::PartyError,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// Why a log refuses something.
#[derive(Debug, thiserror::Error)]
pub enum SessionLogError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such thing in this studio.
    #[error("there is no such {what}")]
    NotFound {
        /// What was looked for, such as `take`.
        what: &'static str,
        /// The field that names it.
        field: &'static str,
    },
    /// Who is named is no party of the studio, was merged into another, or was erased.
    #[error("{0}")]
    Party(#[source] PartyError),
    /// No such entry in the session, or none any more.
    #[error("there is no such {0} in this session")]
    NotLogged(&'static str),
    /// A text is refused.
    #[error(transparent)]
    Text(#[from] TextFault),
    /// The booking was logged already.
    #[error("this booking has its log already")]
    Logged,
    /// The booking does not stand, or nobody comes to it.
    #[error("nobody has come to this booking")]
    NotHeld,
    /// Neither a booking nor a beginning is given.
    #[error("a session begins at some time")]
    NoStart,
    /// It ends before it begins, or something lies outside of it.
    #[error("what ends, ends after it begins, and within its session")]
    Span {
        /// The field.
        field: &'static str,
    },
    /// A number is out of its range.
    #[error("{said}")]
    Range {
        /// The field.
        field: &'static str,
        /// What it has to be.
        said: &'static str,
    },
    /// What somebody did is not said.
    #[error("what they did is something else, and not said")]
    NoteMissing,
    /// Another take of that part has the number.
    #[error("{part} has a take {number} in this session already")]
    NumberTaken {
        /// The part.
        part: String,
        /// The number.
        number: i32,
    },
    /// A comp of nothing, of itself, of another song's takes, or of too many.
    #[error("a comp is made of 1 to {MAX_ENTRIES} other takes of its song")]
    Comp,
    /// A comp is made of the take.
    #[error("a comp is made of this take")]
    InComp,
    /// The log is full.
    #[error("a session has {MAX_ENTRIES} entries of a sort at the most")]
    Full,
    /// The identifier of the sender is none.
    #[error("this is no party identifier of DDEX: {0}")]
    Dpid(String),
    /// The notification cannot be written.
    #[error("the notification cannot be written: {0}")]
    Unwritten(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(SessionLogError);

impl Explain for SessionLogError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        let invalid = |code| report(Kind::Invalid, code);
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::NotFound { field, .. } => report(Kind::NotFound, "NOT_FOUND").field(*field),
            Self::Party(problem) => problem.explain().field("party"),
            Self::NotLogged(what) => {
                report(Kind::Conflict, "NOT_LOGGED").field(*what).remedy("look at what the log says now")
            }
            Self::Text(fault) => fault.explain(),
            Self::Logged => {
                report(Kind::Conflict, "BOOKING_LOGGED").field("booking").remedy("write in the log that it has")
            }
            Self::NotHeld => report(Kind::Conflict, "BOOKING_NOT_HELD")
                .field("booking")
                .remedy("name a confirmed booking, or log the session without one"),
            Self::NoStart => invalid("NO_START").field("startedAt").remedy("say when it began, or name its booking"),
            Self::Span { field } => invalid("LOG_SPAN").field(*field).remedy("give a time within the session"),
            Self::Range { field, .. } => invalid("LOG_RANGE").field(*field).remedy("give a number within that"),
            Self::NoteMissing => invalid("NOTE_MISSING").field("note").remedy("say in the note what they did"),
            Self::NumberTaken { .. } => report(Kind::Conflict, "TAKE_NUMBER")
                .field("number")
                .remedy("leave the number out for the next one, or change that take"),
            Self::Comp => invalid("COMP_TAKES").field("compOf").remedy("name other takes of the same song"),
            Self::InComp => report(Kind::Conflict, "TAKE_IN_COMP")
                .field("take")
                .remedy("take it out of the comp first, or remove the comp"),
            Self::Full => report(Kind::Conflict, "LOG_FULL").remedy("log another session"),
            Self::Dpid(_) => invalid("DPID")
                .field("dpid")
                .remedy("ask DDEX for one, which is free, and write it as PADPIDA2013020802I"),
            Self::Unwritten(_) => Report::internal(),
            Self::Store(error) => error.explain(),
        }
    }
}
