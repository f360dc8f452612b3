//! Words and values that columns of the catalogue hold.

use crate::{ids::AssetId, text_enum};

text_enum! {
    /// Where a beat stands.
    pub enum BeatState {
        /// Being prepared; only the studio sees it.
        Draft = "draft",
        /// On the storefront.
        Published = "published",
        /// Taken off the storefront by the studio.
        Unpublished = "unpublished",
        /// Withdrawn for ever: the work was sold exclusively.
        Sold = "sold",
    }
}

text_enum! {
    /// Whether a file has been looked through.
    pub enum AssetState {
        /// Stored, not yet looked through.
        Checking = "checking",
        /// What it claims to be, whole, and within the limits.
        Ready = "ready",
        /// Refused; `refusal` says why.
        Refused = "refused",
    }
}

text_enum! {
    /// What a file is for.
    pub enum AssetKind {
        /// A beat's source, or a version of a song's mix: the untagged mix.
        Source = "source",
        /// One stem.
        Stem = "stem",
        /// A ZIP of stems; each becomes a file of its own.
        StemArchive = "stem_archive",
        /// A cover picture.
        Artwork = "artwork",
        /// A studio's own voice tag.
        Tag = "tag",
        /// A preview, rendered: a beat's, tagged, or a mix at the level of its review.
        Preview = "preview",
        /// Waveform data, rendered.
        Waveform = "waveform",
        /// A file of full quality, rendered: a master for delivery, or a mix that was bounced.
        Master = "master",
        /// A contract, typeset.
        Contract = "contract",
        /// What somebody says to a mix, spoken.
        VoiceNote = "voice_note",
        /// Another workstation's session: a DAWproject, a set of Ableton Live, or Pro Tools' session info as text.
        Session = "session",
        /// A version of a mix packed for other workstations, a ZIP archive.
        Handoff = "handoff",
        /// A royalty statement, as it came.
        Statement = "statement",
        /// The index of a royalty statement's lines.
        StatementIndex = "statement_index",
        /// What a run of royalties was reckoned from, what it came to, and what payees are told of it.
        Royalties = "royalties",
        /// What is sent to societies and distributors.
        Registration = "registration",
    }
}

text_enum! {
    /// What a label on a beat is.
    pub enum LabelKind {
        /// A mood, such as `dark`.
        Mood = "mood",
        /// A free tag, such as `drake type beat`.
        Tag = "tag",
    }
}

text_enum! {
    /// How bad a finding is.
    pub enum Severity {
        /// Worth knowing.
        Note = "note",
        /// Should be heard before the file goes out.
        Warning = "warning",
        /// The file should not go out.
        Fault = "fault",
    }
}

text_enum! {
    /// What findings add up to.
    pub enum Verdict {
        /// Nothing worse than notes.
        Pass = "pass",
        /// Warnings: listen to it.
        Listen = "listen",
        /// Faults.
        Fail = "fail",
    }
}

text_enum! {
    /// By what right a sample stands in a beat.
    pub enum SampleClearance {
        /// Cleared by the studio for every licence.
        Cleared = "cleared",
        /// Cleared by the studio for licences that are not exclusive.
        ClearedForLeases = "cleared_for_leases",
        /// From a library whose licence covers it, and that others may use, too.
        RoyaltyFree = "royalty_free",
        /// Not cleared: the licensee has to clear it before a release.
        NotCleared = "not_cleared",
    }
}

/// A recording or composition of others that is heard in a beat.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sample {
    /// What was taken.
    pub title: String,
    /// Its artist, library or owner.
    pub source: String,
    /// By what right it is used.
    pub clearance: SampleClearance,
}

/// The samples that a beat declares; empty if it has none.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]
pub struct Samples(pub Vec<Sample>);

/// The tags by which a store knows the parts of a file that is sent straight there, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]
pub struct PartTags(pub Vec<String>);

/// One thing that was found in a file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Finding {
    /// A stable name, such as `clipping`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// What was found, with its figure.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// What was found in a file, the worst first.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]
pub struct Findings(pub Vec<Finding>);

/// What was found in one stem.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StemFindings {
    /// The file.
    pub asset: AssetId,
    /// Its name in the set.
    pub name: String,
    /// What was found, the worst first.
    pub findings: Findings,
}

/// What was found in a set of stems, in the order of the set.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]
pub struct StemSetFindings(pub Vec<StemFindings>);

/// An acoustic fingerprint, as the audio engine takes and compares it; opaque here.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]
pub struct Fingerprint(pub Vec<u32>);
