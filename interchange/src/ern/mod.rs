//! DDEX Electronic Release Notification 4.3, written: a release with its tracks and cover, and where, when and how it may be offered.
//!
//! One message tells of one release in the profile `Audio`: its sound recordings, the image of its cover, the release itself, a track release for each
//! recording, and deals. Elements stand in the order that the schema demands. The schema itself needs a licence of DDEX and is not part of this crate;
//! the tests validate against it where `LEDGERLINE_TEST_ERN_SCHEMA` names a folder that holds it.

mod check;
mod write;

use chrono::{DateTime, NaiveDate, Utc};

use crate::fault::Fault;
pub use crate::{ddex::Messenger, rin::Role};

/// A message. What refers to something within it gives its position in the list, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRelease {
    /// From whom to whom.
    pub header: Header,
    /// The language that titles are in: `en`, `de-CH`.
    pub language: String,
    /// Under which name the sender's own identifiers are unique.
    pub namespace: String,
    /// People and companies.
    pub parties: Vec<Party>,
    /// What the release contains, in its order; at least one.
    pub tracks: Vec<Track>,
    /// Its cover.
    pub cover: Option<Cover>,
    /// The release.
    pub release: Release,
    /// Where, when and how it may be offered. Without any, it is to be taken down.
    pub deals: Vec<Deal>,
}

/// From whom to whom a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Unique among the sender's messages, for ever.
    pub message_id: String,
    /// What messages on the same release share.
    pub thread_id: Option<String>,
    /// Who sends it.
    pub sender: Messenger,
    /// To whom, at least one.
    pub recipients: Vec<Messenger>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// Whether it must not be acted on.
    pub is_test: bool,
}

/// A person, a band or a company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// The sender's own identifier.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// ISNI, with or without blanks.
    pub isni: Option<String>,
    /// DDEX party identifier, of companies.
    pub dpid: Option<String>,
    /// IPI name number, zeros in front included or left out.
    pub ipi_name_number: Option<String>,
    /// International performer number, eight digits.
    pub ipn: Option<String>,
}

/// An artist who is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Artist {
    /// Who, of [`NewRelease::parties`].
    pub party: usize,
    /// Whether as a guest.
    pub is_featured: bool,
}

/// Somebody's part in a recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contributor {
    /// Who, of [`NewRelease::parties`].
    pub party: usize,
    /// As what, at least one.
    pub roles: Vec<Role>,
}

/// Who owns a recording, or what a release looks like, since when: `2026 Nova Records`.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owned {
    /// The year of the first release.
    pub year: u16,
    /// The owner.
    pub owner: String,
}

/// What is said of the words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// They are explicit.
    Explicit,
    /// They were, and are cut.
    Edited,
    /// They are not.
    NotExplicit,
    /// Nobody has said.
    #[default]
    Unknown,
}

/// A recording on the release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Track {
    /// The sender's own identifier.
    pub id: String,
    /// ISRC, with or without hyphens.
    pub isrc: String,
    /// The title.
    pub title: String,
    /// What tells it from others of the title: `Radio Edit`.
    pub version_title: Option<String>,
    /// How the artists are shown together: `Ada feat. Bob`.
    pub artist_name: String,
    /// The artists, at least one.
    pub artists: Vec<Artist>,
    /// Who did what on it.
    pub contributors: Vec<Contributor>,
    /// ISWC of the work, with or without points and hyphens.
    pub iswc: Option<String>,
    /// How long it is, in milliseconds.
    pub duration_ms: u64,
    /// Who owns the recording.
    pub owned: Owned,
    /// What is said of the words.
    pub warning: Warning,
    /// The language that is sung.
    pub language: Option<String>,
    /// The file.
    pub file: Option<Audio>,
}

/// A file of a recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audio {
    /// Where it is.
    pub file: File,
    /// Samples of a second.
    pub sample_rate_hz: Option<u32>,
    /// Bits of a sample.
    pub bit_depth: Option<u16>,
    /// Channels.
    pub channels: Option<u16>,
}

/// A file that is delivered with the message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// Where it is, as seen from the message: `resources/A1.flac`.
    pub uri: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: Option<String>,
}

/// The front cover.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cover {
    /// The sender's own identifier.
    pub id: String,
    /// The file.
    pub file: Option<File>,
    /// Height and width, in pixels.
    pub size: Option<(u32, u32)>,
}

/// What form a release has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReleaseKind {
    /// An album.
    #[default]
    Album,
    /// Less than one.
    Ep,
    /// A song or two.
    Single,
}

/// A release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// The sender's own identifier.
    pub id: String,
    /// What form it has.
    pub kind: ReleaseKind,
    /// UPC or EAN.
    pub ean: String,
    /// The label's number of it.
    pub catalogue_number: Option<String>,
    /// The title.
    pub title: String,
    /// What tells it from others of the title: `Deluxe Edition`.
    pub version_title: Option<String>,
    /// How the artists are shown together.
    pub artist_name: String,
    /// The artists, at least one.
    pub artists: Vec<Artist>,
    /// The label, of [`NewRelease::parties`].
    pub label: usize,
    /// Who owns the recordings.
    pub recordings_owned: Owned,
    /// Who owns what is seen of it.
    pub artwork_owned: Owned,
    /// The genre.
    pub genre: String,
    /// What kind of it.
    pub sub_genre: Option<String>,
    /// When it is released in this form.
    pub released_on: Option<NaiveDate>,
    /// When it was first released in any.
    pub first_released_on: Option<NaiveDate>,
    /// What is said of the words.
    pub warning: Warning,
}

/// Where a deal holds, by codes of ISO 3166-1.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Territories {
    /// Everywhere.
    World,
    /// In these alone.
    Only(Vec<String>),
    /// Everywhere else.
    Except(Vec<String>),
}

/// How listeners pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommercialModel {
    /// By looking at advertisements.
    Advertisement,
    /// Not at all.
    Free,
    /// For each release.
    PayAsYouGo,
    /// By the month.
    Subscription,
}

/// What listeners may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// Keep it as long as they pay.
    ConditionalDownload,
    /// Hear what a station plays.
    NonInteractiveStream,
    /// Hear what they choose.
    OnDemandStream,
    /// Keep it for ever.
    PermanentDownload,
}

/// Where, when and how a release may be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// Where.
    pub territories: Territories,
    /// From when.
    pub start: DateTime<Utc>,
    /// Until when; nothing for good.
    pub end: Option<DateTime<Utc>>,
    /// How listeners pay, at least one way.
    pub models: Vec<CommercialModel>,
    /// What they may do, at least one thing.
    pub uses: Vec<Use>,
    /// Whether each track may be had on its own as well.
    pub is_for_tracks: bool,
    /// Whether it may be ordered only, not yet be had.
    pub is_pre_order: bool,
}

/// Writes a message.
///
/// # Errors
///
/// Every value that the standard does not take.
pub fn write(message: &NewRelease) -> Result<String, Vec<Fault>> {
    let faults = check::faults(message);
    if faults.is_empty() { Ok(write::message(message)) } else { Err(faults) }
}
