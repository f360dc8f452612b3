//! What is said about a file.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// The judgement over a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Unchanged since it was sealed, by somebody whom the caller trusts.
    Valid,
    /// Unchanged since it was sealed, by whoever holds the named certificate; no trusted roots were given to compare it with.
    Intact,
    /// Not to be relied on; the findings say why.
    Refused,
}

/// The level of `PAdES` that a seal reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Level {
    /// A seal.
    #[serde(rename = "B-B")]
    BB,
    /// With a timestamp.
    #[serde(rename = "B-T")]
    BT,
    /// With all certificates and revocation lists that prove it.
    #[serde(rename = "B-LT")]
    BLT,
    /// With a timestamp over all of that.
    #[serde(rename = "B-LTA")]
    BLTA,
}

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Self; 4] = [Self::BB, Self::BT, Self::BLT, Self::BLTA];

    /// The level as the standard writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::BB => "B-B",
            Self::BT => "B-T",
            Self::BLT => "B-LT",
            Self::BLTA => "B-LTA",
        }
    }
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Note,
    /// Something that will matter one day, or to somebody strict.
    Warning,
    /// The file is refused for it.
    Fault,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its name.
    pub kind: FindingKind,
    /// How much it weighs.
    pub severity: Severity,
    /// What is the matter, as a sentence.
    pub message: String,
    /// What to do about it.
    pub remedy: &'static str,
}

impl Finding {
    /// A finding with the weight and the remedy of its kind.
    pub(super) fn new(kind: FindingKind, message: impl Into<String>) -> Self {
        Self { kind, severity: kind.severity(), message: message.into(), remedy: kind.remedy() }
    }
}

/// The name of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// The file is no PDF.
    NotPdf,
    /// The file has no proper end: cut off, or with something behind it.
    CutOff,
    /// The file was written anew by another program, which keeps its objects in another way.
    ForeignStructure,
    /// The file is encrypted.
    Encrypted,
    /// The file breaks the rules of PDF.
    BrokenStructure,
    /// There is no seal.
    NotSealed,
    /// By what it says of itself, it is a document that is never sealed, such as a receipt.
    NeverSealed,
    /// A signature's byte range is not four numbers that begin at the start of the file.
    ByteRangeMalformed,
    /// A signature's byte range reaches beyond the end of the file.
    ByteRangeBeyondFile,
    /// A signature leaves out other bytes than its own contents.
    ByteRangeGap,
    /// A signature ends in the middle of a revision.
    ByteRangeNotARevision,
    /// A signature is not part of the revision that it covers.
    SignatureMoved,
    /// A signature cannot be read.
    SignatureUnreadable,
    /// Something stands behind a signature in its room.
    SignaturePadding,
    /// The bytes that a signature covers are not those that were signed.
    ContentChanged,
    /// A signature was not made with its certificate's key.
    SignatureInvalid,
    /// A signature's certificate is missing or not the one that it names.
    CertificateSubstituted,
    /// A signature uses an algorithm that is unknown or not safe.
    AlgorithmUnsupported,
    /// A certificate is not made for signing documents.
    CertificatePurpose,
    /// A certificate was not valid when the seal was made.
    CertificateNotValid,
    /// A certificate asks for what is not understood, or stands where its issuer does not allow it.
    CertificateRules,
    /// A certificate is revoked.
    CertificateRevoked,
    /// A certificate has expired since, and no timestamp proves that the seal is older.
    CertificateExpired,
    /// The certificates do not lead to a root within the file.
    ChainIncomplete,
    /// The seal was made by somebody who is not trusted.
    SignerUntrusted,
    /// A timestamp does not hold.
    TimestampInvalid,
    /// A timestamp was made by somebody who is not trusted.
    TimestampUntrusted,
    /// The time of the seal is only claimed.
    TimeOnlyClaimed,
    /// The seal does not forbid changes.
    NotLocked,
    /// What was sealed is no longer an earlier revision of the file.
    HistoryRewritten,
    /// Bytes behind the seal that belong to no revision.
    UnexplainedBytes,
    /// The catalogue was changed.
    CatalogChanged,
    /// Pages were added, removed or put in another order.
    PagesChanged,
    /// A page was changed.
    PageChanged,
    /// What stands on a page was changed.
    PageContentChanged,
    /// Fonts or pictures of a page were changed.
    PageResourcesChanged,
    /// An annotation was put on a page.
    AnnotationAdded,
    /// An annotation was changed.
    AnnotationChanged,
    /// An attached file was changed, added or removed.
    AttachmentChanged,
    /// What the file says about itself was changed.
    MetadataChanged,
    /// The form was changed.
    FormChanged,
    /// A further signature was added.
    SignatureAdded,
    /// A signature of an earlier revision is gone.
    SignatureRemoved,
    /// The seal itself was overwritten.
    SealOverwritten,
    /// Another object was overwritten or removed.
    ObjectOverwritten,
    /// An object was added that nothing allowed needs.
    UnexplainedObject,
    /// What proves the seal in the long run was removed.
    ValidationDataRemoved,
    /// The seal is of a lower level than was asked for.
    LevelTooLow,
    /// What the file tells of its signing contradicts itself, or the pages beside it.
    Contradicted,
}

impl FindingKind {
    /// How much it weighs.
    pub fn severity(self) -> Severity {
        match self {
            Self::TimeOnlyClaimed => Severity::Note,
            Self::ChainIncomplete | Self::NotLocked | Self::CertificateExpired => Severity::Warning,
            _ => Severity::Fault,
        }
    }

    /// What to do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Contradicted => "Ask somebody who signed for the file that they were mailed, and rely on that one.",
            Self::NotPdf | Self::Encrypted | Self::NotSealed => "Ask whoever sent it for the sealed PDF.",
            Self::NeverSealed => {
                "Compare it with the page of its order, where it is made anew. What is sealed, and can be verified, is the contract."
            }
            Self::CutOff => "Download it again; if that does not help, ask for the sealed PDF anew.",
            Self::ForeignStructure => "Use the file as it was delivered, not one that another program has saved.",
            Self::AlgorithmUnsupported => "Verify it with the program that sealed it.",
            Self::CertificatePurpose | Self::CertificateRules | Self::CertificateNotValid => {
                "Ask the studio to seal the document again with a certificate that fits."
            }
            Self::CertificateRevoked => "Ask the studio whether this document is one of its own, and to seal it again.",
            Self::CertificateExpired => "Ask the studio for the file with a timestamp.",
            Self::ChainIncomplete => "Give the issuer's root certificate as a trusted root.",
            Self::SignerUntrusted => {
                "Compare the fingerprint of the certificate with the one that the studio publishes; do not rely on the file until they match."
            }
            Self::TimestampInvalid | Self::TimestampUntrusted => {
                "Do not rely on the time; ask the studio for the file as it was sealed."
            }
            Self::TimeOnlyClaimed => {
                "Nothing, unless the time itself is disputed; a timestamp by an authority that you trust would prove it."
            }
            Self::NotLocked => "Look at what the file shows with care: its seal allows later changes.",
            Self::LevelTooLow | Self::ValidationDataRemoved => {
                "Ask the studio for the newest revision of the file, with timestamp and validation data."
            }
            _ => "Do not rely on this file; ask for the one that was sealed.",
        }
    }
}

/// A certificate, as people compare it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateReport {
    /// Whom it names.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Its serial number, hexadecimal.
    pub serial: String,
    /// SHA-256 over it, lower-case hexadecimal.
    pub sha256: String,
    /// First instant of its validity.
    pub valid_from: DateTime<Utc>,
    /// Last instant of its validity.
    pub valid_until: DateTime<Utc>,
}

/// What a signature in the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureKind {
    /// A seal.
    Seal,
    /// A timestamp over the whole file.
    DocumentTimestamp,
}

/// When something was signed, and how that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum StatedTime {
    /// A timestamp authority says so.
    Timestamp {
        /// Not later than this.
        at: DateTime<Utc>,
    },
    /// Whoever sealed says so.
    Claimed {
        /// By their clock.
        at: DateTime<Utc>,
    },
}

impl StatedTime {
    /// The instant.
    pub fn at(self) -> DateTime<Utc> {
        let (Self::Timestamp { at } | Self::Claimed { at }) = self;
        at
    }
}

/// A timestamp over a seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimestampReport {
    /// The stamped time.
    pub at: DateTime<Utc>,
    /// The authority's certificate.
    pub authority: CertificateReport,
    /// Whether the authority leads to a trusted root; `None` where none were given.
    pub trusted: Option<bool>,
}

/// A seal or document timestamp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignatureReport {
    /// Name of its field.
    pub field: String,
    /// What it is.
    pub kind: SignatureKind,
    /// Whether it holds over the bytes that it covers.
    pub holds: bool,
    /// The signer's certificate and its issuers as far as they are known; empty where the signature cannot be read.
    pub certificates: Vec<CertificateReport>,
    /// Whether the last of them is a root.
    pub chain_complete: bool,
    /// Whether it leads to a trusted root; `None` where none were given.
    pub trusted: Option<bool>,
    /// When it was made, if anybody says so.
    pub time: Option<StatedTime>,
    /// The timestamp within a seal.
    pub timestamp: Option<TimestampReport>,
    /// The reason that the seal states.
    pub reason: Option<String>,
    /// The place that the seal states.
    pub location: Option<String>,
    /// The byte range, as the file has it.
    pub byte_range: Vec<i64>,
    /// Bytes from the start of the file up to the end of what it covers.
    pub covers_bytes: u64,
    /// Whether that is the whole file.
    pub covers_whole_file: bool,
    /// What `DocMDP` allows after it: 1 nothing, 2 signing and forms, 3 annotations too; `None` where it is silent.
    pub doc_mdp: Option<i64>,
}

/// A file within the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type, if stated.
    pub media_type: Option<String>,
    /// What it is to the document, such as `Data` or `Source`.
    pub relationship: Option<String>,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 over it, lower-case hexadecimal.
    pub sha256: String,
}

/// All that can be said about a file by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The judgement.
    pub verdict: Verdict,
    /// The level that the first seal reaches; `None` where it does not hold.
    pub level: Option<Level>,
    /// SHA-256 over the file, lower-case hexadecimal.
    pub sha256: String,
    /// Size of the file.
    pub bytes: u64,
    /// How many revisions it consists of.
    pub revisions: usize,
    /// Seals and document timestamps, in the form's order.
    pub signatures: Vec<SignatureReport>,
    /// Files within it.
    pub attachments: Vec<Attachment>,
    /// What was found, the gravest first.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Refuses the file for what it tells of its signing, which only who knows the documents can judge: `why` is a sentence.
    pub fn contradict(&mut self, why: &str) {
        self.verdict = Verdict::Refused;
        self.findings.insert(0, Finding::new(FindingKind::Contradicted, why));
    }

    /// Whether something of this kind was found.
    pub fn found(&self, kind: FindingKind) -> bool {
        self.findings.iter().any(|finding| finding.kind == kind)
    }

    /// The seal that was there first, the one that the level is of.
    pub fn seal(&self) -> Option<&SignatureReport> {
        let seals = self.signatures.iter().filter(|signature| signature.kind == SignatureKind::Seal);
        // One whose coverage is wrong covers nothing.
        seals.min_by_key(|seal| if seal.covers_bytes == 0 { u64::MAX } else { seal.covers_bytes })
    }
}
