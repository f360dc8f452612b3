//! Common Works Registration: works told to societies, written in CWR 2.1 and 2.2, and what societies answer, read.
//!
//! A file is lines of fixed fields in capital letters without accents (CISAC's CWR19-1070R1). Before anything is written, the shares are held against the
//! standard's rules, in hundredths of a percent with its tolerance of six. A territory's collected shares are held against each other where they name the
//! same territory or the world; that a country lies in a group of countries is left to the society to find.

mod acknowledgements;
mod check;
mod codes;
mod line;
mod rules;
#[cfg(test)]
mod tests;
mod write;

use chrono::{DateTime, NaiveDate, Utc};

pub use acknowledgements::{Acknowledgement, Acknowledgements, IswcNotice, Message, read_acknowledgements};
pub use codes::{
    AgreementKind, Category, Kind, Level, PublisherRole, SenderKind, Status, TitleKind, Version, WriterRole,
};

use crate::fault::Fault;

/// The world, in CISAC's Territory Information System; countries have the numbers of ISO 3166-1.
pub const WORLD: u16 = 2136;

/// A file of registrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Which version of the standard it is written in.
    pub version: Version,
    /// Whether the works are new or were registered before.
    pub kind: Kind,
    /// Who sends it.
    pub sender: Sender,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// The program that wrote it, and its version. Written in 2.2 alone.
    pub software: (String, String),
    /// The publishers of the works.
    pub publishers: Vec<Publisher>,
    /// What is registered, at least one.
    pub works: Vec<Work>,
}

/// Who sends a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// As what.
    pub kind: SenderKind,
    /// The name, as CISAC knows it.
    pub name: String,
    /// The IPI name number, zeros in front included or left out.
    pub ipi_name_number: String,
}

/// A publisher.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publisher {
    /// The sender's own identifier, no longer than nine characters.
    pub id: String,
    /// The name.
    pub name: String,
    /// IPI name number.
    pub ipi_name_number: Option<String>,
    /// IPI base number.
    pub ipi_base_number: Option<String>,
    /// The societies that it is a member of.
    pub societies: Societies,
}

/// Societies by their CISAC numbers, for each right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Societies {
    /// For performing rights.
    pub performing: Option<u16>,
    /// For mechanical rights.
    pub mechanical: Option<u16>,
    /// For synchronisation rights.
    pub synchronisation: Option<u16>,
}

/// Shares in each right, in parts per million.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shares {
    /// Of the performing right.
    pub performing_ppm: u32,
    /// Of the mechanical right.
    pub mechanical_ppm: u32,
    /// Of the synchronisation right.
    pub synchronisation_ppm: u32,
}

/// A musical work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    /// The sender's own identifier, no longer than 14 characters, by which the society answers.
    pub id: String,
    /// The title.
    pub title: String,
    /// ISWC, with or without points and hyphens.
    pub iswc: Option<String>,
    /// How long it is, in seconds.
    pub duration_s: Option<u32>,
    /// How it is to be distributed.
    pub category: Category,
    /// What it is a modified version of; nothing if it is an original.
    pub modified_from: Option<Original>,
    /// Its other titles.
    pub other_titles: Vec<OtherTitle>,
    /// Who publishes it, from the original publisher on.
    pub chains: Vec<Chain>,
    /// Who wrote it, at least one.
    pub writers: Vec<Writer>,
    /// Who performs it.
    pub performers: Vec<Performer>,
    /// What was recorded of it.
    pub recordings: Vec<Recording>,
    /// The library of production music that it is from.
    pub library: Option<Library>,
    /// What societies call it. Written in 2.2 alone.
    pub references: Vec<Reference>,
}

/// The work that a modified version is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Original {
    /// Its title.
    pub title: String,
    /// Its ISWC.
    pub iswc: Option<String>,
}

/// Another title of a work.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherTitle {
    /// The title.
    pub title: String,
    /// What kind of title it is.
    pub kind: TitleKind,
}

/// Publishers who hold rights one from the other, the original publisher first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// Whether the sender controls it.
    pub is_controlled: bool,
    /// The publishers, at least one.
    pub links: Vec<Link>,
}

/// A publisher's place in a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Which one, of [`Registration::publishers`]; nothing if the sender does not know, outside its own chains.
    pub publisher: Option<usize>,
    /// As what.
    pub role: PublisherRole,
    /// What it owns.
    pub shares: Shares,
    /// What it collects, and where.
    pub collections: Vec<Collection>,
    /// By which agreement with the one before.
    pub agreement: Option<Agreement>,
}

/// An agreement, as societies know it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Agreement {
    /// The sender's own number of it.
    pub number: Option<String>,
    /// The number that a society has given it.
    pub society_number: Option<String>,
    /// What kind of agreement it is.
    pub kind: Option<AgreementKind>,
}

/// What somebody collects in a territory. Of those that a territory is in, the last one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collection {
    /// The territory, by its number in CISAC's Territory Information System.
    pub territory: u16,
    /// Whether the territory is taken out of those before.
    pub is_excluded: bool,
    /// What is collected there.
    pub shares: Shares,
}

/// Somebody who wrote a work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writer {
    /// The sender's own identifier, no longer than nine characters.
    pub id: String,
    /// The family name, or the only one; empty if the sender does not know who it is.
    pub last_name: String,
    /// The given names.
    pub first_name: String,
    /// As what.
    pub role: WriterRole,
    /// IPI name number.
    pub ipi_name_number: Option<String>,
    /// IPI base number.
    pub ipi_base_number: Option<String>,
    /// The societies that they are a member of.
    pub societies: Societies,
    /// What they own.
    pub shares: Shares,
    /// What they collect, and where.
    pub collections: Vec<Collection>,
    /// Whether the sender publishes or represents them.
    pub is_controlled: bool,
    /// Who publishes them.
    pub publishers: Vec<Publishing>,
}

/// By whom a writer is published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publishing {
    /// By the first of which of [`Work::chains`].
    pub chain: usize,
    /// By which agreement.
    pub agreement: Option<Agreement>,
}

/// Somebody who performs a work.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Performer {
    /// The family name, or the only one.
    pub last_name: String,
    /// The given names.
    pub first_name: String,
}

/// A recording of a work. One without a date, a duration and an ISRC is not written; what else is said of it is written in 2.2 alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    /// The sender's own identifier, no longer than 14 characters.
    pub id: String,
    /// When it was first released.
    pub released_on: Option<NaiveDate>,
    /// How long it is, in seconds.
    pub duration_s: Option<u32>,
    /// ISRC, with or without hyphens.
    pub isrc: Option<String>,
    /// Its title.
    pub title: String,
    /// The title of the version.
    pub version_title: String,
    /// How its artists are shown together.
    pub display_artist: String,
    /// The label.
    pub label: String,
}

/// A library of production music.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Library {
    /// Its name.
    pub name: String,
    /// The number of the album in it.
    pub album: String,
}

/// What a society calls a work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reference {
    /// The society, by its CISAC number.
    pub society: u16,
    /// Its identifier of the work.
    pub identifier: String,
}

/// Writes a file.
///
/// # Errors
///
/// Every value that the standard does not take.
pub fn write(registration: &Registration) -> Result<String, Vec<Fault>> {
    let faults = check::faults(registration);
    if faults.is_empty() { Ok(write::file(registration)) } else { Err(faults) }
}

/// The name that a file must have: of the year, its number in it, and who sends it to whom (`CW260007NVA_000.V21`). The number is the sender's to count;
/// codes have two or three letters or digits, and 000 is everybody.
pub fn file_name(version: Version, year: u16, number: u16, sender: &str, recipient: &str) -> String {
    let extension = match version {
        Version::V21 => "V21",
        Version::V22 => "V22",
    };
    format!("CW{:02}{number:04}{sender}_{recipient}.{extension}", year % 100)
}
