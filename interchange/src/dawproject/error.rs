//! Why a project is refused.

use std::fmt;

use super::Limits;

/// Where in the archive's XML something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `project.xml` or `metadata.xml`.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of {}", self.line, self.file)
    }
}

/// Why a project is refused, or could not be written; each variant names the breach and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum DawprojectError {
    /// The disk.
    #[error("the file could not be read or written")]
    Io(#[from] std::io::Error),
    /// It cannot be read as a ZIP archive.
    #[error("the archive is damaged ({0}): export the project anew")]
    Damaged(String),
    /// It is a ZIP archive that uses what is not read.
    #[error(
        "the archive is packed in a way that is not read ({0}): export the project anew, without a password, or pack it with Deflate"
    )]
    Packing(String),
    /// An entry needs a password.
    #[error("{name} in the archive is encrypted: export the project without a password")]
    Encrypted {
        /// The entry.
        name: String,
    },
    /// More entries than are accepted.
    #[error("the archive has more than {most} entries: export the project without files that it does not use")]
    TooManyEntries {
        /// The limit.
        most: usize,
    },
    /// An entry's name leads out of the archive, or is none.
    #[error("{name:?} in the archive is no plain path below it: export the project anew")]
    EntryName {
        /// The name.
        name: String,
    },
    /// Two entries have one name.
    #[error("{name} is in the archive twice, so that nobody can tell which is meant: export the project anew")]
    DuplicateEntry {
        /// The name, where the archive's reader tells it.
        name: String,
    },
    /// An entry is a link to something else.
    #[error("{name} in the archive is a symbolic link: pack the file itself")]
    Symlink {
        /// The entry.
        name: String,
    },
    /// Entries share their bytes.
    #[error("entries of the archive overlap each other, as in a bomb: export the project anew")]
    Overlap,
    /// One entry is larger than is accepted.
    #[error("{name} in the archive has more than {} MB: shorten it, or export it in parts", most_bytes / 1_000_000)]
    TooLarge {
        /// The entry.
        name: String,
        /// The limit.
        most_bytes: u64,
    },
    /// All entries together unpack to more than is accepted of an archive of this size.
    #[error("the archive unpacks to more than {} MB, which is more than its size allows: export the project anew", most_bytes / 1_000_000)]
    Bomb {
        /// The limit.
        most_bytes: u64,
    },
    /// An entry is longer than it says.
    #[error("{name} in the archive is longer than the archive says: export the project anew")]
    LongerThanDeclared {
        /// The entry.
        name: String,
    },
    /// There is no project in it.
    #[error("there is no project.xml in the archive: is this a .dawproject?")]
    NoProject,
    /// The archive has no such file.
    #[error("{name} is not in the archive: export the project with its files")]
    Missing {
        /// The file.
        name: String,
    },
    /// It is not XML in UTF-8.
    #[error("{file} is not in UTF-8: export the project anew")]
    Encoding {
        /// The file.
        file: &'static str,
    },
    /// It declares entities, or what else a document type may.
    #[error("{file} has a document type, which a project has no use for: export it without")]
    DocumentType {
        /// The file.
        file: &'static str,
    },
    /// It is no XML.
    #[error("{file} is damaged ({reason}): export the project anew")]
    Xml {
        /// The file.
        file: &'static str,
        /// What is wrong, and where.
        reason: String,
    },
    /// It has more of something than is accepted.
    #[error("{file} has more than {most} {what}: export the project in parts")]
    TooComplex {
        /// The file.
        file: &'static str,
        /// Of what.
        what: &'static str,
        /// The limit.
        most: usize,
    },
    /// Elements, or clips that play other clips, lie in each other too deeply.
    #[error("{place}: {what} lie in each other more than {most} deep: flatten them")]
    TooDeep {
        /// Where.
        place: Place,
        /// What.
        what: &'static str,
        /// The limit.
        most: usize,
    },
    /// Another root than the file must have.
    #[error("{file} begins with <{found}>, not with <{expected}>: is this a .dawproject?")]
    Root {
        /// The file.
        file: &'static str,
        /// What it must begin with.
        expected: &'static str,
        /// What it begins with.
        found: String,
    },
    /// An attribute or element is missing without which the rest means nothing.
    #[error("{place}: <{element}> has no `{missing}`: export the project anew")]
    Lacking {
        /// Where.
        place: Place,
        /// The element.
        element: String,
        /// What is missing.
        missing: &'static str,
    },
    /// A value that is not accepted.
    #[error("{place}: <{element} {attribute}=\"{found}\">: {accepted} is accepted")]
    Value {
        /// Where.
        place: Place,
        /// The element.
        element: String,
        /// The attribute.
        attribute: &'static str,
        /// What it says.
        found: String,
        /// What is accepted.
        accepted: &'static str,
    },
    /// Two elements have one id.
    #[error(
        "{place}: another element has the id {id:?} too, so that nobody can tell which is meant: export the project anew"
    )]
    DuplicateId {
        /// Where the second is.
        place: Place,
        /// The id.
        id: String,
    },
    /// A clip plays a timeline that it is part of.
    #[error("the clip that plays {id:?} is part of {id:?} itself, and would never end: unlink it")]
    ReferenceCycle {
        /// The timeline.
        id: String,
    },
    /// A channel's signal comes back to it.
    #[error("the signal of the channel {channel:?} comes back to itself: send it elsewhere")]
    RoutingCycle {
        /// The channel's name, or its id.
        channel: String,
    },
    /// A file that is to be written has a name that no archive may have.
    #[error("{name:?} is no plain path below an archive: give the file another name")]
    Unwritable {
        /// The name.
        name: String,
    },
}

impl DawprojectError {
    /// The refusal of an archive with too many entries.
    pub(super) fn too_many(limits: Limits) -> Self {
        Self::TooManyEntries { most: limits.entries }
    }
}

impl From<zip::result::ZipError> for DawprojectError {
    fn from(error: zip::result::ZipError) -> Self {
        use zip::result::ZipError;
        match error {
            ZipError::Io(cause) => read_failed(cause),
            ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
                Self::Packing(error.to_string())
            }
            other => Self::Damaged(other.to_string()),
        }
    }
}

/// What the archive's reader finds wrong with its bytes comes as the same type as a disk's failure.
pub(super) fn read_failed(cause: std::io::Error) -> DawprojectError {
    use std::io::ErrorKind;
    match cause.kind() {
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof | ErrorKind::Other => {
            DawprojectError::Damaged(cause.to_string())
        }
        _ => DawprojectError::Io(cause),
    }
}
