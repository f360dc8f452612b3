//! Why a render fails.

use crate::decode::DecodeError;

/// Why a render fails. Nothing is left behind in the output folder when it does.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The document is malformed; `path` leads to the field.
    #[error("the document{} is refused: {reason}", part(path))]
    Document {
        /// Where in the document; empty for the whole of it.
        path: String,
        /// What is wrong and what is accepted.
        reason: String,
    },
    /// The document names a source that the workspace does not have.
    #[error("the document names the source `{name}`, which was not given")]
    MissingSource {
        /// The name.
        name: String,
    },
    /// A source, or a lossy output that is measured, cannot be decoded.
    #[error("{name} cannot be decoded")]
    Decode {
        /// The source's or the output's name.
        name: String,
        /// What is wrong with it.
        #[source]
        cause: DecodeError,
    },
    /// A file cannot be written or read.
    #[error("a file cannot be written or read")]
    Io(#[from] std::io::Error),
    /// Two sample rates have no usable ratio.
    #[error("the sample rate cannot be converted")]
    Rate(#[from] rubato::ResamplerConstructionError),
    /// The conversion failed.
    #[error("the sample rate conversion failed")]
    Resample(#[from] rubato::ResampleError),
    /// Tags or artwork cannot be written.
    #[error("the file's tags cannot be written: {reason}")]
    Metadata {
        /// What is wrong.
        reason: String,
    },
    /// The encoder refused the stream.
    #[error("the encoder refused the stream: {reason}")]
    Encoder {
        /// What it said.
        reason: String,
    },
    /// The ceiling could not be held in that many attempts.
    #[error(
        "{file}: the ceiling is still exceeded by {excess_db:.2} dB after {attempts} attempts: raise master.ceiling_dbtp, or choose a format with a higher bit rate"
    )]
    Ceiling {
        /// The output.
        file: String,
        /// By how much.
        excess_db: f64,
        /// How often it was tried.
        attempts: u32,
    },
    /// The caller cancelled.
    #[error("the render was cancelled")]
    Cancelled,
}

impl RenderError {
    /// The same of a file of that name, where it does not say which file it is.
    pub(super) fn named(self, name: &str) -> Self {
        match self {
            Self::Io(cause) => Self::Io(std::io::Error::new(cause.kind(), format!("{name}: {cause}"))),
            other => other,
        }
    }
}

fn part(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("'s {path}") }
}
