//! Why a statement is refused as a whole.

use std::io;

use zip::result::ZipError;

use super::drift::Drift;

/// Why a statement cannot be read. What its lines gave before holds nothing: only a file that was read to its end counts.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The disk.
    #[error("the file could not be read")]
    Io(#[source] io::Error),
    /// There is nothing in it.
    #[error("the file is empty: download the statement anew")]
    Empty,
    /// It is something else.
    #[error("the file is {what}, not a statement as text: {remedy}")]
    NotText {
        /// What it is.
        what: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A packed file ends too early.
    #[error("the file ends in the middle, as if its download had been cut off: download it anew")]
    Truncated,
    /// A packed file does not unpack.
    #[error("the file is damaged ({0}): download it anew")]
    Damaged(String),
    /// An archive needs a password.
    #[error("{name} in the archive is encrypted: pack it without a password")]
    Encrypted {
        /// The entry.
        name: String,
    },
    /// An archive that holds no statement, or several.
    #[error("the archive holds {found} files instead of one statement{}: unpack it and take each by itself", named(*found, names))]
    NotOneFile {
        /// How many files are in it.
        found: usize,
        /// What the first of them are called.
        names: Vec<String>,
    },
    /// It unpacks to more than is accepted.
    #[error("the file unpacks to more than {} MB, which is more than its size allows: unpack it first", most_bytes / 1_000_000)]
    Bomb {
        /// The limit.
        most_bytes: u64,
    },
    /// No known format has such a header.
    #[error("{0}: teach it as a format, or download the statement in one that is known")]
    Drift(Box<Drift>),
    /// The file does not say its currency, and nobody else did.
    #[error("{format} does not say in which currency it is: name it")]
    NoCurrency {
        /// The format.
        format: String,
    },
    /// Bytes that are no text in the encoding of those before.
    #[error("line {line} is not in {encoding} like the lines before it: save the file in one encoding, best UTF-8")]
    Encoding {
        /// The line.
        line: u64,
        /// The encoding.
        encoding: &'static str,
    },
    /// More in one cell than any statement has.
    #[error(
        "line {line} has more than {} kB in column {column}: look whether a quotation mark is missing or the file is damaged",
        most_bytes / 1000
    )]
    CellTooLarge {
        /// The line that the record begins on.
        line: u64,
        /// The column, from 1.
        column: usize,
        /// The limit.
        most_bytes: usize,
    },
    /// A record longer than any statement has.
    #[error("the record on line {line} has more than {} kB: look whether its line break is missing", most_bytes / 1000)]
    RecordTooLarge {
        /// The line that it begins on.
        line: u64,
        /// The limit.
        most_bytes: usize,
    },
    /// A quotation mark that opens a cell and is never closed.
    #[error(
        "a quotation mark opens on line {line} and is never closed: close it, or teach the format as one without quotation marks"
    )]
    OpenQuote {
        /// The line of the record.
        line: u64,
    },
    /// The sum is beyond any that is kept.
    #[error("the amounts add up to more than is kept: look whether the file's decimal mark is read right")]
    TooMuch,
    /// The one who takes the lines has stopped.
    #[error("the statement was not read to its end, for it was cancelled")]
    Cancelled,
}

/// What files are called, in brackets; nothing if none is named.
fn named(found: usize, names: &[String]) -> String {
    let more = if found > names.len() { ", …" } else { "" };
    if names.is_empty() { String::new() } else { format!(" ({}{more})", names.join(", ")) }
}

impl From<io::Error> for StatementError {
    /// What an unpacker finds wrong with the bytes comes as the same type as a disk's failure.
    fn from(cause: io::Error) -> Self {
        use io::ErrorKind;
        match cause.kind() {
            ErrorKind::UnexpectedEof => Self::Truncated,
            ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other => Self::Damaged(cause.to_string()),
            _ => Self::Io(cause),
        }
    }
}

impl From<ZipError> for StatementError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(cause) => cause.into(),
            other => Self::Damaged(other.to_string()),
        }
    }
}
