//! As much of PDF as sealing and verifying need: objects, plain cross-reference tables, and appended revisions.
//!
//! It is strict on purpose. A reader that repairs what is broken sees another document than the one that was sealed; whoever
//! tampers lives in that difference. So there is no search for lost objects: an offset that is wrong is an error.

mod file;
mod object;
mod revision;

pub(crate) use file::{Entry, File, Indirect};
pub(crate) use object::{Dict, Id, Object, Parser};
pub(crate) use revision::{Body, Revision};

/// Why bytes are not a PDF that can be sealed or verified.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// The file does not begin with `%PDF-`.
    #[error("the file does not begin as a PDF does")]
    NotPdf,
    /// The file does not end with `startxref`, an offset and `%%EOF`.
    #[error("the file has no proper end; it is cut off or something was put behind it")]
    NoEnd,
    /// The file keeps its table of objects in a stream, which documents sealed here never do.
    #[error("the table of objects is kept in a stream, as other programs write it when they save a document anew")]
    XrefStream,
    /// The file is encrypted.
    #[error("the file is encrypted")]
    Encrypted,
    /// Something else breaks the rules of PDF.
    #[error("at byte {at}: {problem}")]
    Broken {
        /// Offset in the file.
        at: usize,
        /// What is wrong there.
        problem: &'static str,
    },
}
