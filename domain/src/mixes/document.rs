//! A mix document as the domain knows it: read through [`crate::ports::MixDocuments`], for what a fader is, only the audio engine knows.

use std::collections::BTreeSet;

/// What a mix document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MixReading {
    /// The document with all that it leaves unsaid spelt out: the text that is kept.
    pub canonical_json: String,
    /// The names of the files that its bounce needs.
    pub sources: BTreeSet<String>,
}

/// What in a mix document cannot stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MixProblem {
    /// Where in the document, such as `tracks[0].strip.fader_db`; empty if it is about the whole.
    pub path: String,
    /// What is wrong, a sentence.
    pub message: String,
}
