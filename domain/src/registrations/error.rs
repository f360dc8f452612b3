//! Why registrations refuse something.

use interchange::fault::Fault;

use crate::{
    catalog::CatalogError,
    page::PageError,
    policy::Denied,
    ports::PortError,
    report::{Explain, Kind, Report, StoreError},
    royalties::RoyaltyError,
};

/// Why registrations refuse something.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such page of a list.
    #[error(transparent)]
    Page(#[from] PageError),
    /// No such thing in this studio.
    #[error("there is no such {what}")]
    NotFound {
        /// What was looked for, such as `release`.
        what: &'static str,
        /// The field that names it.
        field: &'static str,
    },
    /// Something about what is registered is wrong.
    #[error("{}", .0.problem)]
    Fault(Fault),
    /// All that is wrong about what is to be written.
    #[error("this cannot be written yet: {}", said(.0))]
    Faults(Vec<Fault>),
    /// The recording has a code already.
    #[error("this recording has the ISRC {isrc}, and a recording keeps its code")]
    HasIsrc {
        /// Its code, as printed.
        isrc: String,
    },
    /// All codes of a year were given out.
    #[error("all codes of the prefix {prefix} for the year {year} were given out")]
    IsrcsExhausted {
        /// The prefix.
        prefix: String,
        /// The year.
        year: i32,
    },
    /// The next code belongs to a recording that was given another one.
    #[error("the next code would be {isrc}, which “{title}” has, although it was given another one")]
    IsrcHeld {
        /// The code, as printed.
        isrc: String,
        /// What has it.
        title: String,
    },
    /// The prefix is another studio's.
    #[error("another studio gives out codes with this prefix")]
    PrefixTaken,
    /// Codes of the year were given out from another number on.
    #[error("codes of this prefix for the year {year} begin with the number {first}")]
    CountingBegun {
        /// The year.
        year: i32,
        /// Its first number.
        first: i32,
    },
    /// Another release of the studio has the EAN.
    #[error("another release has this EAN")]
    EanTaken,
    /// Another work of the studio has the code.
    #[error("another work is registered under this code")]
    CodeTaken,
    /// The key was used for something else.
    #[error("this idempotency key was used for something else")]
    KeyTaken,
    /// The catalogue refused.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// How a release's income is spread could not be written.
    #[error(transparent)]
    Royalty(#[from] RoyaltyError),
    /// A file could not be kept.
    #[error("the file could not be kept")]
    Port(#[from] PortError),
    /// What was kept cannot be read.
    #[error("what was kept of a registration cannot be read")]
    Content(#[from] serde_json::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(RegistrationError);

/// Every fault in one sentence each.
fn said(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
}

impl RegistrationError {
    /// One value that cannot be taken.
    pub(crate) fn of(field: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Fault(Fault { field: field.into(), problem: problem.into(), remedy: remedy.into() })
    }
}

impl Explain for RegistrationError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Page(problem) => problem.explain(),
            Self::NotFound { field, .. } => report(Kind::NotFound, "NOT_FOUND").field(*field),
            Self::Fault(fault) => {
                report(Kind::Invalid, "REGISTRATION").field(fault.field.clone()).remedy(fault.remedy.clone())
            }
            Self::Faults(faults) => Report::of_faults(Kind::Invalid, "REGISTRATION", faults),
            Self::HasIsrc { .. } => report(Kind::Conflict, "HAS_ISRC")
                .field("recording")
                .remedy("give each recording one code, and another only to another recording"),
            Self::IsrcsExhausted { .. } => {
                report(Kind::Conflict, "ISRCS_EXHAUSTED").field("year").remedy("ask the ISRC agency for another prefix")
            }
            Self::IsrcHeld { .. } => {
                report(Kind::Conflict, "ISRC_HELD").field("recording").remedy("give that recording its own code back")
            }
            Self::PrefixTaken => report(Kind::Conflict, "PREFIX_TAKEN")
                .field("isrcPrefix")
                .remedy("enter the prefix that the ISRC agency has given to you"),
            Self::CountingBegun { .. } => {
                report(Kind::Conflict, "COUNTING_BEGUN").field("firstIsrc").remedy("leave it out")
            }
            Self::EanTaken => report(Kind::Conflict, "EAN_TAKEN").field("ean").remedy("change the release that has it"),
            Self::CodeTaken => report(Kind::Conflict, "CODE_TAKEN").field("facts.code").remedy("choose another"),
            Self::KeyTaken => {
                report(Kind::Conflict, "IDEMPOTENCY_KEY_TAKEN").field("idempotencyKey").remedy("use a new key")
            }
            Self::Catalog(error) => error.explain(),
            Self::Royalty(error) => error.explain(),
            Self::Port(error) => error.explain(),
            Self::Content(_) => Report::internal(),
            Self::Store(error) => error.explain(),
        }
    }
}
