//! Why mixes are refused.

use super::{
    document::MixProblem,
    rules::{MAX_DOCUMENT_BYTES, MAX_SOURCE_CHARS, MAX_VERSIONS},
};
use crate::{
    catalog::entity::AssetKind,
    identity::rules::NameFault,
    policy::Denied,
    ports::PortError,
    production::entity::ProjectState,
    report::{Explain, Kind, Report, StoreError},
};

/// Why mixes are refused.
#[derive(Debug, thiserror::Error)]
pub enum MixError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such song that the caller may know of.
    #[error("there is no such song")]
    NoSong,
    /// No such version that the caller may know of.
    #[error("there is no such version of a mix")]
    NoVersion {
        /// The field that names it.
        field: &'static str,
    },
    /// No such file in the studio.
    #[error("there is no such file")]
    NoFile {
        /// The field that names it.
        field: String,
    },
    /// A file of another kind is needed.
    #[error("this file was uploaded as {found}, and a mix is made of music")]
    FileKind {
        /// The field that names it.
        field: String,
        /// What it was uploaded as.
        found: AssetKind,
    },
    /// The file was refused when it was looked through.
    #[error("this file was refused: {reason}")]
    FileRefused {
        /// The field that names it.
        field: String,
        /// Why.
        reason: String,
    },
    /// The file is still looked through.
    #[error("this file is still being looked through")]
    FileNotReady {
        /// The field that names it.
        field: String,
    },
    /// The document cannot stand.
    #[error("{}", .0.message)]
    Document(MixProblem),
    /// The document is too long.
    #[error("a mix document has {MAX_DOCUMENT_BYTES} bytes at the most, with all that it leaves unsaid spelt out")]
    TooLong,
    /// No file is given for a name of the document.
    #[error("the document plays `{name}`, and no file is given for it")]
    SourceMissing {
        /// The name.
        name: String,
    },
    /// A file is given for a name that the document does not play.
    #[error("the document plays no `{name}`")]
    SourceUnknown {
        /// Its place in what was given, from 0.
        place: usize,
        /// The name.
        name: String,
    },
    /// Two files are given for one name.
    #[error("two files are given for `{name}`")]
    SourceTwice {
        /// The place of the second, from 0.
        place: usize,
        /// The name.
        name: String,
    },
    /// A file has a name that cannot be kept.
    #[error(
        "a file of a document has a name of 1 to {MAX_SOURCE_CHARS} characters without U+0000, and this is {name:?}"
    )]
    SourceName {
        /// How the name begins.
        name: String,
    },
    /// The project is over.
    #[error("the project of this song is {state}, and nothing of it is mixed any more")]
    Over {
        /// Where it stands.
        state: ProjectState,
    },
    /// The note cannot stand.
    #[error("{0}")]
    Note(NameFault),
    /// The song has too many versions.
    #[error("a song's mix has {MAX_VERSIONS} versions at the most")]
    TooMany,
    /// A version without a document cannot be compared.
    #[error("version {number} is a file, and only documents can be compared")]
    NoDocument {
        /// Its number.
        number: i32,
        /// The field that names it.
        field: &'static str,
    },
    /// A version without a document has no stems to pack.
    #[error("version {number} is a file, and only a document has the tracks that a hand-off pack is made of")]
    NoStems {
        /// Its number.
        number: i32,
    },
    /// The version is still bounced.
    #[error("version {number} is still being bounced")]
    NotHeard {
        /// Its number.
        number: i32,
    },
    /// The version could not be bounced.
    #[error("version {number} could not be bounced: {reason}")]
    NeverHeard {
        /// Its number.
        number: i32,
        /// Why.
        reason: String,
    },
    /// A session of another workstation is needed.
    #[error("this file was uploaded as {found}, and another workstation's session is needed")]
    NoDawSession {
        /// What it was uploaded as.
        found: AssetKind,
    },
    /// Versions of two songs.
    #[error("these are versions of two songs")]
    OtherSong,
    /// What reads documents failed.
    #[error("the documents could not be compared")]
    Documents(#[from] PortError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

crate::from_db_err!(MixError);

impl Explain for MixError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        let not_found = |field: &str| report(Kind::NotFound, "NOT_FOUND").field(field);
        let source = |code, place: usize| report(Kind::Invalid, code).field(format!("sources.{place}.name"));
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::NoSong => not_found("song"),
            Self::NoVersion { field } => not_found(field),
            Self::NoFile { field } => not_found(field),
            Self::FileKind { field, .. } => report(Kind::Invalid, "ASSET_KIND")
                .field(field)
                .remedy("upload it as a source, or play it from a document as a stem"),
            Self::FileRefused { field, .. } => report(Kind::Conflict, "FILE_REFUSED")
                .field(field)
                .remedy("export it again and upload that; nothing else of the version is lost"),
            Self::FileNotReady { field } => report(Kind::Conflict, "ASSET_NOT_READY")
                .field(field)
                .remedy("try again when it was looked through; that takes seconds"),
            Self::Document(problem) => {
                let path = if problem.path.is_empty() { String::new() } else { format!(".{}", problem.path) };
                report(Kind::Invalid, "MIX_DOCUMENT")
                    .field(format!("document{path}"))
                    .remedy("write it as `ledgerline schema mix` says")
            }
            Self::TooLong => {
                report(Kind::Invalid, "MIX_TOO_LONG").field("document").remedy("thin its automation out, or bounce it")
            }
            Self::SourceMissing { .. } => report(Kind::Invalid, "SOURCE_MISSING")
                .field("sources")
                .remedy("upload the file and name it under `sources`"),
            Self::SourceUnknown { place, .. } => {
                source("SOURCE_UNKNOWN", *place).remedy("leave it out, or name it as the document does")
            }
            Self::SourceTwice { place, .. } => source("SOURCE_TWICE", *place).remedy("leave one of them out"),
            Self::SourceName { .. } => report(Kind::Invalid, "SOURCE_NAME")
                .field("document")
                .remedy("name the file otherwise, in the document and under `sources`"),
            Self::Over { .. } => {
                report(Kind::Conflict, "PROJECT_OVER").field("song").remedy("reopen the project first")
            }
            Self::Note(_) => report(Kind::Invalid, "BAD_NOTE").field("note").remedy("say it in fewer, plain words"),
            Self::TooMany => {
                report(Kind::Conflict, "TOO_MANY_VERSIONS").field("song").remedy("begin another song of the project")
            }
            Self::NoDocument { field, .. } => {
                report(Kind::Conflict, "NO_DOCUMENT").field(*field).remedy("listen to the two side by side instead")
            }
            Self::NoStems { .. } => report(Kind::Conflict, "NO_STEMS")
                .field("version")
                .remedy("add the mix as a document, or take its project over from DAWproject"),
            Self::NotHeard { .. } => report(Kind::Conflict, "MIX_NOT_READY")
                .field("version")
                .remedy("try again when it was bounced; that takes a moment"),
            Self::NeverHeard { .. } => report(Kind::Conflict, "MIX_REFUSED")
                .field("version")
                .remedy("make a version that can be bounced, and pack that"),
            Self::NoDawSession { .. } => report(Kind::Invalid, "ASSET_KIND")
                .field("file")
                .remedy("upload a DAWproject, an Ableton set or Pro Tools' session info as text, as a session"),
            Self::OtherSong => {
                report(Kind::Invalid, "OTHER_SONG").field("to").remedy("compare two versions of the same song")
            }
            Self::Documents(error) => error.explain(),
            Self::Store(store) => store.explain(),
        }
    }
}
