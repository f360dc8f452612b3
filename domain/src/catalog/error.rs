//! Why the catalogue refuses.

use super::{
    entity::{AssetKind, AssetState, BeatState},
    rules::{
        files::FileRefusal,
        music::BPM_MILLI,
        samples::SamplesFault,
        shares::ShareTableError,
        stems::{LENGTH_TOLERANCE_MS, StemSetError},
        texts::{LabelRefusal, MAX_DESCRIPTION_CHARS, MAX_LABEL_CHARS, MAX_LABELS, MAX_TITLE_CHARS},
    },
};
use crate::{
    identifiers::IdentifierError,
    policy::Denied,
    report::{Explain, Kind, Report, StoreError},
};

/// Why the catalogue refuses.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The caller may not.
    #[error("not allowed")]
    Denied(#[from] Denied),
    /// The database failed.
    #[error("the catalogue could not be read or written")]
    Store(#[from] StoreError),
    /// No such row in this studio.
    #[error("there is no such {what}")]
    NotFound {
        /// What was looked for, such as `beat`.
        what: &'static str,
        /// The field that names it.
        field: String,
    },
    /// The title is empty or too long.
    #[error("a title has 1 to {MAX_TITLE_CHARS} characters")]
    Title,
    /// A text is too long.
    #[error("this text has at most {MAX_DESCRIPTION_CHARS} characters")]
    TooLong {
        /// The field.
        field: &'static str,
    },
    /// The tempo is none.
    #[error("a tempo is {} to {} bpm", BPM_MILLI.start() / 1_000, BPM_MILLI.end() / 1_000)]
    Bpm,
    /// The key is none.
    #[error("{given:?} is no key")]
    Key {
        /// What was given, cut to 40 characters.
        given: String,
    },
    /// Labels are too many or too long.
    #[error("a beat has at most {MAX_LABELS} {field}, each of at most {MAX_LABEL_CHARS} characters")]
    Labels {
        /// `moods` or `tags`.
        field: &'static str,
        /// What is wrong.
        refusal: LabelRefusal,
    },
    /// An identifier's form or check digit is wrong.
    #[error("{problem}")]
    Identifier {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        problem: IdentifierError,
    },
    /// The ISRC or ISWC is another's already.
    #[error("another {what} of this studio has this code already")]
    CodeTaken {
        /// `recording` or `work`.
        what: &'static str,
        /// `isrc` or `iswc`.
        field: &'static str,
    },
    /// The declared samples are wrong.
    #[error("{0}")]
    Samples(SamplesFault),
    /// The share table does not hold.
    #[error("{0}")]
    Shares(ShareTableError),
    /// The studio has no party that the beat could be put down to.
    #[error("the studio has no party yet, so nobody can be credited")]
    NoParty,
    /// Who is to be credited was erased.
    #[error("this party was erased, and nothing is written down of it any more")]
    Erased {
        /// The line of the share table, from 0.
        line: usize,
    },
    /// The stem set does not hold.
    #[error("{0}")]
    Stems(StemSetError),
    /// The file is refused.
    #[error("{0}")]
    File(FileRefusal),
    /// A file of another kind is needed.
    #[error("this file was uploaded as {found}, and a {needed} is needed")]
    AssetKind {
        /// The field that names it.
        field: String,
        /// The kind that is needed.
        needed: AssetKind,
        /// The kind that it is.
        found: AssetKind,
    },
    /// A file is not ready to be used.
    #[error("{}", asset_state(*.state, .refusal.as_deref()))]
    AssetNotReady {
        /// The field that names it.
        field: String,
        /// Where it stands.
        state: AssetState,
        /// Why it was refused.
        refusal: Option<String>,
    },
    /// The upload has been given up.
    #[error("this upload has expired")]
    UploadExpired,
    /// Bytes that do not follow those that arrived.
    #[error("the upload stands at byte {offset}")]
    UploadOffset {
        /// Where it stands.
        offset: u64,
    },
    /// More bytes than declared, or not all of them.
    #[error("the upload has {found} bytes, and {length} were declared")]
    UploadLength {
        /// How many there are.
        found: u64,
        /// How many there should be.
        length: u64,
    },
    /// Publishing needs a source.
    #[error("the beat has no audio yet")]
    NoSource,
    /// Publishing needs a tier on sale.
    #[error("no licence tier of this beat is on sale")]
    NoTier,
    /// Publishing needs a tier that the samples do not bar.
    #[error("the declared samples bar every licence tier of this beat that is on sale")]
    SamplesBarEveryTier,
    /// Publishing needs a tier whose files exist.
    #[error("every tier on sale delivers stems, and the beat has none")]
    NoDeliverableTier,
    /// Publishing needs a signed split, as the studio has it.
    #[error("those who made this beat have not all signed its split")]
    SplitUnsigned,
    /// The work has been sold exclusively.
    #[error("the work was sold exclusively")]
    Sold,
    /// The beat's state does not allow it.
    #[error("the beat is {state}")]
    State {
        /// The state.
        state: BeatState,
    },
}

crate::from_db_err!(CatalogError);

impl From<FileRefusal> for CatalogError {
    fn from(refusal: FileRefusal) -> Self {
        Self::File(refusal)
    }
}

fn asset_state(state: AssetState, refusal: Option<&str>) -> String {
    match (state, refusal) {
        (AssetState::Refused, Some(reason)) => format!("this file was refused: {reason}"),
        (AssetState::Refused, None) => "this file was refused".to_owned(),
        (AssetState::Checking, _) => "this file is still being looked through".to_owned(),
        (AssetState::Ready, _) => "this file lacks facts that are needed".to_owned(),
    }
}

impl Explain for CatalogError {
    fn explain(&self) -> Report {
        let report = |kind, code| Report::new(kind, code, self.to_string());
        let invalid = |code| report(Kind::Invalid, code);
        let conflict = |code| report(Kind::Conflict, code);
        match self {
            Self::Denied(denied) => denied.explain(),
            Self::Store(broken) => broken.explain(),
            Self::NotFound { field, .. } => report(Kind::NotFound, "NOT_FOUND").field(field),
            Self::Title => invalid("BAD_TITLE").field("title").remedy("give a title of one line"),
            Self::TooLong { field } => invalid("TOO_LONG").field(*field).remedy("shorten it"),
            Self::Bpm => {
                invalid("BAD_BPM").field("bpmMilli").remedy("give thousandths of a beat per minute, such as 140000")
            }
            Self::Key { .. } => {
                invalid("BAD_KEY").field("musicalKey").remedy("write it as `A minor`, `F#m` or `Gb major`")
            }
            Self::Labels { field, refusal } => {
                let field = match refusal {
                    LabelRefusal::TooMany => (*field).to_owned(),
                    LabelRefusal::TooLong { place } => format!("{field}.{place}"),
                };
                invalid("BAD_LABELS").field(field).remedy("use fewer or shorter words")
            }
            Self::Identifier { field, .. } => {
                invalid("BAD_IDENTIFIER").field(*field).remedy("correct it, or leave it out")
            }
            Self::CodeTaken { field, .. } => {
                conflict("CODE_TAKEN").field(*field).remedy("correct it, or enter the beat as an alternate of that one")
            }
            Self::Samples(fault) => explain_samples(*fault, invalid),
            Self::Shares(error) => explain_shares(error, invalid),
            Self::NoParty => {
                conflict("NO_PARTY").field("collaborators").remedy("enter a party first, or name the collaborators")
            }
            Self::Erased { line } => conflict("ERASED")
                .field(format!("collaborators.{line}.partyId"))
                .remedy("enter the party anew, if they come back"),
            Self::Stems(error) => explain_stems(error, invalid),
            Self::File(refusal) => explain_file(refusal, invalid),
            Self::AssetKind { field, needed, .. } => {
                invalid("WRONG_ASSET_KIND").field(field).remedy(format!("upload the file as kind {needed}"))
            }
            Self::AssetNotReady { field, state, .. } => conflict("ASSET_NOT_READY").field(field).remedy(match state {
                AssetState::Checking => "wait a moment and try again",
                AssetState::Ready | AssetState::Refused => "upload another file",
            }),
            Self::UploadExpired => conflict("UPLOAD_EXPIRED").remedy("begin the upload anew"),
            Self::UploadOffset { .. } => conflict("UPLOAD_OFFSET").remedy("ask for the offset and go on from there"),
            Self::UploadLength { .. } => invalid("UPLOAD_LENGTH").remedy("send exactly the declared number of bytes"),
            Self::NoSource => conflict("NO_SOURCE").field("sourceAssetId").remedy("upload the untagged mix and set it"),
            Self::NoTier => conflict("NO_TIER").remedy("enable at least one tier"),
            Self::SamplesBarEveryTier => conflict("SAMPLES_BAR_EVERY_TIER")
                .field("samples")
                .remedy("clear the samples and declare them so, or enable a lease that they do not bar"),
            Self::NoDeliverableTier => {
                conflict("NO_DELIVERABLE_TIER").remedy("add the stems, or enable a tier without them")
            }
            Self::SplitUnsigned => conflict("SPLIT_UNSIGNED").field("collaborators").remedy(
                "have all who are credited sign a split sheet, or let the studio sell with the money parked until then",
            ),
            Self::Sold => conflict("SOLD_EXCLUSIVELY").remedy(
                "it stays with its licensee until all of its price has arrived back with them; enter a new work instead",
            ),
            Self::State { .. } => conflict("BEAT_STATE").remedy("see the beat's state"),
        }
    }
}

fn explain_samples(fault: SamplesFault, invalid: impl Fn(&'static str) -> Report) -> Report {
    match fault {
        SamplesFault::TooMany => {
            invalid("TOO_MANY_SAMPLES").field("samples").remedy("declare what is of one source in one line")
        }
        SamplesFault::Title { place } => {
            invalid("BAD_SAMPLE").field(format!("samples[{place}].title")).remedy("name what was taken, on one line")
        }
        SamplesFault::Source { place } => invalid("BAD_SAMPLE")
            .field(format!("samples[{place}].source"))
            .remedy("name its artist, library or owner, on one line"),
    }
}

fn explain_shares(error: &ShareTableError, invalid: impl Fn(&'static str) -> Report) -> Report {
    match error {
        ShareTableError::Length => invalid("BAD_COLLABORATORS").field("collaborators").remedy("name at least one"),
        ShareTableError::Twice { line } => invalid("COLLABORATOR_TWICE")
            .field(format!("collaborators.{line}.partyId"))
            .remedy("add its shares together in one line"),
        ShareTableError::Role { line } => invalid("BAD_ROLE")
            .field(format!("collaborators.{line}.role"))
            .remedy("say what they did, such as producer"),
        ShareTableError::Share { line, .. } => invalid("BAD_SHARE")
            .field(format!("collaborators.{line}.sharePpm"))
            .remedy("give 0 to 1000000 parts per million"),
        ShareTableError::Total { .. } => invalid("SHARES_NOT_WHOLE")
            .field("collaborators")
            .remedy("make the shares total exactly 1000000 parts per million, which is 100 %"),
    }
}

fn explain_stems(error: &StemSetError, invalid: impl Fn(&'static str) -> Report) -> Report {
    match error {
        StemSetError::Empty => invalid("NO_STEMS").field("stems").remedy("name at least one stem"),
        StemSetError::TooMany => {
            invalid("TOO_MANY_STEMS").field("stems").remedy("bounce groups instead of single tracks")
        }
        StemSetError::Name { place } | StemSetError::NameTwice { place, .. } => {
            invalid("BAD_STEM_NAME").field(format!("stems.{place}.name")).remedy("give each stem a name of its own")
        }
        StemSetError::Rate { place, .. } => {
            invalid("STEM_RATE").field(format!("stems.{place}.assetId")).remedy("export all stems at one sampling rate")
        }
        StemSetError::Length { place, .. } => invalid("STEM_LENGTH")
            .field(format!("stems.{place}.assetId"))
            .remedy(format!("export all stems from the same start to the same end, within {LENGTH_TOLERANCE_MS} ms")),
    }
}

fn explain_file(refusal: &FileRefusal, invalid: impl Fn(&'static str) -> Report) -> Report {
    let (code, field, remedy) = match refusal {
        FileRefusal::Empty => ("EMPTY_FILE", "file", "choose a file with content"),
        FileRefusal::TooLarge { .. } => {
            ("FILE_TOO_LARGE", "file", "upload a smaller file; FLAC halves a WAV without loss")
        }
        FileRefusal::Unknown { what: AssetKind::Artwork } | FileRefusal::WrongKind { what: AssetKind::Artwork, .. } => {
            ("FILE_TYPE", "file", "upload a PNG or JPEG picture")
        }
        FileRefusal::Unknown { what: AssetKind::Session } | FileRefusal::WrongKind { what: AssetKind::Session, .. } => {
            ("FILE_TYPE", "file", "upload a DAWproject, an Ableton set (.als), or Pro Tools' session info as text")
        }
        FileRefusal::Unknown { .. } | FileRefusal::WrongKind { .. } => {
            ("FILE_TYPE", "file", "upload WAV, AIFF, FLAC, MP3, AAC, M4A or Ogg audio")
        }
        FileRefusal::EmptyArchive => ("EMPTY_STEM_ARCHIVE", "file", "pack the stems anew, or upload them one by one"),
        FileRefusal::MediaType { .. } => {
            ("MEDIA_TYPE_MISMATCH", "mediaType", "declare what the file is, or leave it out")
        }
        FileRefusal::Extension { .. } => {
            ("EXTENSION_MISMATCH", "fileName", "give the file the extension of its content")
        }
        FileRefusal::Infected { .. } => {
            ("FILE_INFECTED", "file", "see to the machine that it comes from, and upload one that was made elsewhere")
        }
        FileRefusal::TooLongToScan { .. } => (
            "FILE_TOO_LONG_TO_SCAN",
            "file",
            "upload a shorter one, or ask whoever operates the program to have longer ones scanned",
        ),
        FileRefusal::NotUploaded { .. } => {
            ("KIND_NOT_UPLOADED", "kind", "upload a source, stem, artwork, tag, voice note or session")
        }
        FileRefusal::FileName => ("BAD_FILE_NAME", "fileName", "give a plain file name"),
    };
    invalid(code).field(field).remedy(remedy)
}
