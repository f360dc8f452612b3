//! What can go wrong between data and document.

use std::fmt;

/// One field that cannot be printed as it is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// What kind of fault it is, for programs: `empty`, `too_long`, `form`, `check_digit`, `total` ….
    pub code: &'static str,
    /// Path of the field in the model, for example `terms.writers[1].share_ppm`.
    pub field: String,
    /// What is wrong with the value.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.field, self.problem, self.remedy)
    }
}

/// Why a document was not made. `Display` never repeats the source of an error.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The data is incomplete or contradicts itself; every offending field is listed.
    #[error("the contract cannot be written: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "))]
    Invalid(Vec<FieldError>),
    /// A PDF was asked for an offer that nobody has accepted yet.
    #[error("the contract has no accepted sale; a PDF is made only once a licensee has accepted it")]
    NotAccepted,
    /// The data of one document exceeds [`crate::world::MAX_DATA_BYTES`].
    #[error("the document's data is {bytes} bytes, more than the {limit} allowed; shorten its lists or texts")]
    TooLarge {
        /// Size of the data as JSON.
        bytes: usize,
        /// The limit it exceeds.
        limit: usize,
    },
    /// A file to be embedded has a name that cannot be one, or there are too many.
    #[error("the file '{name}' cannot be embedded: {problem}")]
    Embed {
        /// Its name.
        name: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// A sentence is missing from a language's texts or names a value that was not given.
    #[error("the text '{key}' cannot be said: {problem}")]
    Text {
        /// Key in `texts/<language>.txt`.
        key: String,
        /// What is missing.
        problem: String,
    },
    /// The typesetter refused the template or the data; the messages are its own.
    #[error("the document cannot be typeset: {}", .0.join(" | "))]
    Typeset(Vec<String>),
    /// An extra font file holds no usable font.
    #[error("font file number {index} holds no usable font; give OpenType or TrueType data")]
    Font {
        /// Position in the list of extra fonts, from 0.
        index: usize,
    },
    /// The model could not be turned into JSON.
    #[error("the document's data cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// The HTML template failed.
    #[error("the page cannot be rendered")]
    Html(#[from] askama::Error),
}
