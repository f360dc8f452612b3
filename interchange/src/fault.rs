//! One way to say what cannot be taken, where it stands and what to do about it.

use std::str::FromStr;

use crate::identifiers::IdentifierError;

/// One value that cannot be written, or was not read, as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[error("{field}: {problem}; {remedy}")]
pub struct Fault {
    /// Which value, as a path in the data (`events[2].end`) or by the file's own name for it (`E-mail 1 - Value`).
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl Fault {
    pub(crate) fn new(field: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into(), remedy: remedy.into() }
    }

    /// What is wrong with an identifier, if it is given and anything is.
    pub(crate) fn of_identifier<T: FromStr<Err = IdentifierError>>(
        field: impl Into<String>,
        text: Option<&str>,
    ) -> Option<Self> {
        let problem = text?.parse::<T>().err()?;
        Some(Self::new(field, problem.to_string(), "correct it, or leave it out"))
    }
}
