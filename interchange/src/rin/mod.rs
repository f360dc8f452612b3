//! DDEX Recording Information Notification, written: who did what in which session, on which recording of which work.
//!
//! Version 2.1 is written, or 2.0 for recipients that have not moved on; what is written of a session reads alike in both. Elements stand in the order
//! that the schema demands. The schema itself needs a licence of DDEX and is not part of this crate; the tests validate against it where
//! `LEDGERLINE_TEST_RIN_SCHEMA` names a folder that holds it.

mod check;
mod roles;
mod write;

use chrono::{DateTime, NaiveDate, Utc};

pub use roles::{EquipmentKind, Role, SessionKind, WorkRole};

pub use crate::ddex::Messenger;
use crate::fault::Fault;

/// Versions of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 2.0 of 2021.
    V20,
    /// 2.1, the present one.
    V21,
}

/// A message. What refers to something within it gives its position in the list, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// From whom to whom.
    pub header: Header,
    /// The language that titles and comments are in: `en`, `de-CH`.
    pub language: String,
    /// Under which name the sender's own identifiers are unique.
    pub namespace: String,
    /// What is to be said of the whole.
    pub comments: Vec<String>,
    /// People and companies.
    pub parties: Vec<Party>,
    /// What was composed.
    pub works: Vec<Work>,
    /// What was recorded of it.
    pub recordings: Vec<Recording>,
    /// Takes, stems and other parts of recordings.
    pub components: Vec<Component>,
    /// What the recordings were made for.
    pub projects: Vec<Project>,
    /// When and where that was.
    pub sessions: Vec<Session>,
    /// With what.
    pub equipment: Vec<Equipment>,
}

/// From whom to whom a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Unique among the sender's messages, for ever.
    pub message_id: String,
    /// What messages on the same subject share.
    pub thread_id: Option<String>,
    /// The program that wrote it, and its version.
    pub program: (String, String),
    /// Who sends it.
    pub sender: Messenger,
    /// To whom, at least one.
    pub recipients: Vec<Messenger>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// Whether it must not be acted on.
    pub is_test: bool,
}

/// A person or company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// The sender's own identifier.
    pub id: String,
    /// The name to credit.
    pub name: String,
    /// The name in contracts, if it is another.
    pub legal_name: Option<String>,
    /// Whether it is a company, a band or an orchestra.
    pub is_organization: bool,
    /// ISNI, with or without blanks.
    pub isni: Option<String>,
    /// IPI name number, zeros in front included or left out.
    pub ipi_name_number: Option<String>,
    /// International performer number, eight digits.
    pub ipn: Option<String>,
}

/// Something composed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    /// The sender's own identifier.
    pub id: String,
    /// The title.
    pub title: String,
    /// ISWC, with or without points and hyphens.
    pub iswc: Option<String>,
    /// When it was composed.
    pub created_on: Option<NaiveDate>,
    /// What is to be said of it.
    pub comment: Option<String>,
    /// Who composed and publishes it.
    pub contributors: Vec<WorkContributor>,
}

/// Somebody's part in a work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkContributor {
    /// Who, of [`Notification::parties`].
    pub party: usize,
    /// As what.
    pub roles: Vec<WorkRole>,
    /// Which share of the work they own, in parts per million; all of a work together no more than a million.
    pub share_ppm: Option<u32>,
}

/// Something recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    /// The sender's own identifier.
    pub id: String,
    /// The title.
    pub title: String,
    /// How the artists are shown together: `Ada feat. Bob`.
    pub artist_name: String,
    /// The artists, of [`Notification::parties`].
    pub artists: Vec<usize>,
    /// ISRC, with or without hyphens.
    pub isrc: Option<String>,
    /// The language that is sung, by ISO 639-1.
    pub language: Option<String>,
    /// The key: `F minor`.
    pub key: Option<String>,
    /// The meter: `4/4`.
    pub meter: Option<String>,
    /// Beats per minute.
    pub tempo: Option<String>,
    /// How long it is, in milliseconds.
    pub duration_ms: Option<u64>,
    /// The genre.
    pub genre: Option<String>,
    /// What is to be said of it.
    pub comment: Option<String>,
    /// What it is a recording of, of [`Notification::works`]; at least one.
    pub works: Vec<usize>,
    /// Who did what on it.
    pub contributors: Vec<Contributor>,
    /// What it was made for, of [`Notification::projects`].
    pub projects: Vec<usize>,
    /// Where it was made, of [`Notification::sessions`].
    pub sessions: Vec<usize>,
    /// Its parts, of [`Notification::components`].
    pub components: Vec<usize>,
    /// The recordings that it samples; nothing if that is not known.
    pub samples: Option<Vec<Sample>>,
    /// When it was recorded.
    pub created_on: Option<NaiveDate>,
    /// The country in which it was recorded, by ISO 3166-1.
    pub territory: Option<String>,
    /// When it was mastered.
    pub mastered_on: Option<NaiveDate>,
}

/// A recording that another one samples.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    /// ISRC, with or without hyphens.
    pub isrc: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// The artist.
    pub artist_name: Option<String>,
    /// What else is known: from where, cleared by whom.
    pub note: Option<String>,
}

/// Somebody's part in a recording, a part of it, a project or a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contributor {
    /// Who, of [`Notification::parties`].
    pub party: usize,
    /// As what.
    pub roles: Vec<Role>,
    /// What they played. Not written of projects.
    pub instruments: Vec<String>,
    /// Which pieces of [`Notification::equipment`] they used. Not written of projects.
    pub equipment: Vec<usize>,
    /// Whether they are a featured artist.
    pub is_featured: Option<bool>,
    /// Whether they are to be credited.
    pub is_credited: Option<bool>,
}

/// A take, a stem or another part of a recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Component {
    /// The sender's own identifier.
    pub id: String,
    /// Its number.
    pub number: String,
    /// What it is called.
    pub title: String,
    /// How its artists are shown together.
    pub artist_name: String,
    /// What is to be said of it.
    pub comment: Option<String>,
    /// Who did what on it.
    pub contributors: Vec<Contributor>,
    /// With what it was made, of [`Notification::equipment`].
    pub equipment: Vec<usize>,
    /// When it was made.
    pub created_on: Option<NaiveDate>,
}

/// An album, a song, a film: what recordings are made for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Project {
    /// The sender's own identifier.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub artist_name: Option<String>,
    /// The genre.
    pub genre: Option<String>,
    /// When it was begun.
    pub created_on: Option<NaiveDate>,
    /// What is to be said of it.
    pub comment: Option<String>,
    /// Who did what for it.
    pub contributors: Vec<Contributor>,
}

/// A time spent in a studio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The sender's own identifier.
    pub id: String,
    /// What for.
    pub kind: SessionKind,
    /// From when.
    pub start: Option<DateTime<Utc>>,
    /// Until when.
    pub end: Option<DateTime<Utc>>,
    /// Where.
    pub venue: Option<Venue>,
    /// Whether it was under a union's agreement.
    pub is_union: Option<bool>,
    /// Bits of a sample.
    pub bit_depth: Option<u16>,
    /// Samples of a second.
    pub sample_rate_hz: Option<u32>,
    /// What is to be said of it.
    pub comment: Option<String>,
    /// Who came, and did what.
    pub contributors: Vec<Contributor>,
    /// What for, of [`Notification::projects`].
    pub projects: Vec<usize>,
    /// With what, of [`Notification::equipment`].
    pub equipment: Vec<usize>,
    /// What was worked on, of [`Notification::recordings`].
    pub recordings: Vec<usize>,
    /// What was made, of [`Notification::components`].
    pub components: Vec<usize>,
}

/// Where a session was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Venue {
    /// The studio.
    pub name: Option<String>,
    /// Its address, or at least its town.
    pub address: Option<String>,
    /// Its country, by ISO 3166-1.
    pub territory: Option<String>,
    /// The room.
    pub room: Option<String>,
}

/// A microphone, a program, an instrument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equipment {
    /// The sender's own identifier.
    pub id: String,
    /// What kind of thing it is.
    pub kind: EquipmentKind,
    /// What it is called.
    pub name: String,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Which model it is.
    pub model: Option<String>,
    /// Its serial number.
    pub serial_number: Option<String>,
    /// What is to be said of it.
    pub comment: Option<String>,
}

/// Writes a message.
///
/// # Errors
///
/// Every value that the standard does not take.
pub fn write(notification: &Notification, version: Version) -> Result<String, Vec<Fault>> {
    let faults = check::faults(notification);
    if faults.is_empty() { Ok(write::message(notification, version)) } else { Err(faults) }
}
