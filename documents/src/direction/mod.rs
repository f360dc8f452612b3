//! A letter of direction: a payer of royalties has whoever pays them pay a part of it to somebody else directly. One page, to be signed by both.

mod render;
mod text;

pub use render::to_pdf;
pub use text::{DirectionText, direction_text};

use chrono::{DateTime, NaiveDate, Utc};

use crate::texts::Language;

/// A letter of direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Direction {
    /// The language that it is written in.
    pub language: Language,
    /// What the rule is called that it is written of, with its version.
    pub reference: String,
    /// When that was written.
    pub written_at: DateTime<Utc>,
    /// In whose books it stands.
    pub studio: String,
    /// Who directs: whose royalties they are.
    pub payer: String,
    /// Who is to be paid of them.
    pub payee: String,
    /// So many parts …
    pub part: u64,
    /// … of so many.
    pub of: u64,
    /// From which day of use on.
    pub effective_on: NaiveDate,
    /// The agreement that it carries out, if one was executed.
    pub agreed: Option<Agreed>,
    /// Of which titles; none of all.
    pub titles: Option<Vec<String>>,
}

/// An agreement that both have signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Its reference.
    pub reference: String,
    /// The day of the last signature.
    pub executed_on: NaiveDate,
    /// SHA-256 of the document that was signed, in hexadecimal.
    pub sha256: String,
}
