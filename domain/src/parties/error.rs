//! Why a party is refused.

use super::rules::MAX_NAME_CHARS;
use crate::{
    email::EmailError,
    identifiers::IdentifierError,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// Why a party is refused.
#[derive(Debug, thiserror::Error)]
pub enum PartyError {
    /// The caller may not.
    #[error("not allowed")]
    Denied(#[from] Denied),
    /// The database failed.
    #[error("the parties could not be read or written")]
    Store(#[from] StoreError),
    /// No such party in this studio.
    #[error("there is no such party")]
    NotFound,
    /// The name is empty, too long, or holds control characters.
    #[error("a name has 1 to {MAX_NAME_CHARS} characters")]
    Name {
        /// The field.
        field: &'static str,
    },
    /// The address is none.
    #[error("the address is refused")]
    Email(#[source] EmailError),
    /// An identifier's form or check digit is wrong.
    #[error("{problem}")]
    Identifier {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        problem: IdentifierError,
    },
}

crate::from_db_err!(PartyError);

impl Explain for PartyError {
    fn explain(&self) -> Report {
        let invalid = |code| Report::new(Kind::Invalid, code, self.to_string());
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Store(broken) => broken.explain(),
            Self::NotFound => Report::new(Kind::NotFound, "NOT_FOUND", self.to_string()).field("id"),
            Self::Name { field } => invalid("BAD_NAME").field(*field).remedy("give a name without control characters"),
            Self::Email(problem) => Report::new(Kind::Invalid, "BAD_EMAIL", problem.to_string())
                .field("email")
                .remedy("correct the address"),
            Self::Identifier { field, .. } => {
                invalid("BAD_IDENTIFIER").field(*field).remedy("correct it, or leave it out")
            }
        }
    }
}
