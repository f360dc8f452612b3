//! Tables of what goes to other workstations, and of what comes from them.

use crate::text_enum;

text_enum! {
    /// Whether the worker is done with a pack, or with a session that was handed in.
    pub enum HandoffState {
        /// The worker has not looked yet.
        Waiting = "waiting",
        /// It is done.
        Ready = "ready",
        /// It cannot be; `refusal` says why.
        Refused = "refused",
    }
}

text_enum! {
    /// What is made of a session that was handed in.
    pub enum DawSessionKind {
        /// A DAWproject: a version of the song's mix.
        Dawproject = "dawproject",
        /// A set of Ableton Live, or Pro Tools' session info as text: a list of what is inside.
        Inventory = "inventory",
    }
}

text_enum! {
    /// What became of something that another workstation has.
    pub enum Fidelity {
        /// It sounds as its numbers say.
        Exact = "exact",
        /// It sounds nearly so.
        Approximated = "approximated",
        /// It was left out.
        Bypassed = "bypassed",
    }
}

text_enum! {
    /// What that does to the sound.
    pub enum FidelityEffect {
        /// Levels are off by so much at the most.
        Level = "level",
        /// What is added or missing lies at so much of full scale at the most.
        Residue = "residue",
        /// Nobody can tell without the original.
        Unknown = "unknown",
    }
}

/// A section of the song's arrangement, as a pack says it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PackSection {
    /// What it is called.
    pub name: String,
    /// How many bars it has.
    pub bars: i32,
    /// Its tempo, in thousandths of a quarter note per minute.
    pub bpm_milli: i32,
    /// How many beats a bar has.
    pub meter_beats: i32,
    /// Which note a beat is: 4 for a quarter.
    pub meter_unit: i32,
    /// Its key in canonical form.
    pub musical_key: Option<String>,
}

/// A comment on the version that was not settled, as a pack says it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PackComment {
    /// Who said it and what.
    pub text: String,
    /// Where it begins, in milliseconds.
    pub from_ms: i64,
    /// Where a range ends.
    pub to_ms: Option<i64>,
}

/// What a pack says of its song: as it was when the pack was asked for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]
pub struct PackFacts {
    /// The song's title.
    pub song: String,
    /// The studio's name.
    pub studio: String,
    /// The arrangement, in order.
    pub sections: Vec<PackSection>,
    /// The comments that were open, in the order of their places.
    pub comments: Vec<PackComment>,
    /// Whether there were more comments than are taken along.
    pub has_more_comments: bool,
}

/// One thing of another workstation's project, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FidelityEntry {
    /// Where it is, such as `Drums › EQ+`.
    pub place: String,
    /// What became of it.
    pub fidelity: Fidelity,
    /// What that does to the sound.
    pub effect: FidelityEffect,
    /// By how much, in thousandths of dB; none of what nobody can tell.
    pub effect_mdb: Option<i32>,
    /// A sentence that says so.
    pub note: String,
}

/// A marker of another workstation's project.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ProjectMarker {
    /// What it says.
    pub name: String,
    /// Where it is, in milliseconds.
    pub at_ms: i64,
}

/// The fidelity ledger of a project that was taken over: an entry for every device, and for everything else that is not what it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]
pub struct FidelityLedger {
    /// The entries, in the order of the project.
    pub entries: Vec<FidelityEntry>,
    /// The project's markers, in order.
    pub markers: Vec<ProjectMarker>,
}

/// A track of a session.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct InventoryTrack {
    /// Its name.
    pub name: String,
    /// What it is: `audio`, `midi`, `group` or `return`.
    pub kind: String,
    /// How many clips are on it.
    pub clips: i32,
}

/// A file that a session plays.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct InventoryMedia {
    /// Its name, without folders.
    pub name: String,
    /// Where it was, in the way in which the computer that wrote the session writes paths.
    pub path: Option<String>,
    /// The pack of sounds that it belongs to; whoever has the pack has the file.
    pub pack: Option<String>,
    /// Whether it is missing: the session says so, or it is of no pack and the studio has no file of this name.
    pub is_missing: bool,
}

/// A plug-in or device that a session uses.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct InventoryPlugin {
    /// Its name.
    pub name: String,
    /// Who made it, if the session says so.
    pub maker: Option<String>,
    /// What it is, such as `VST3`; `built-in` for a device of the program itself.
    pub format: String,
    /// Its version, if the session says so.
    pub version: Option<String>,
    /// How often it is used.
    pub instances: i32,
}

/// What is inside another workstation's session.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]
pub struct SessionInventory {
    /// Which program wrote it.
    pub program: String,
    /// The program's version.
    pub version: Option<String>,
    /// What the session is called within.
    pub name: Option<String>,
    /// Its tempo at the start, in thousandths of a beat per minute.
    pub bpm_milli: Option<i32>,
    /// Its sampling rate in hertz.
    pub sample_rate_hz: Option<i32>,
    /// Bits of a sample.
    pub bit_depth: Option<i32>,
    /// Its tracks, in order.
    pub tracks: Vec<InventoryTrack>,
    /// The files that it plays, each once.
    pub media: Vec<InventoryMedia>,
    /// The plug-ins that it uses, each once.
    pub plugins: Vec<InventoryPlugin>,
}

pub mod pack {
    //! Hand-off packs.
    use sea_orm::entity::prelude::*;

    use super::{HandoffState, PackFacts};
    use crate::{
        catalog::Sha256,
        env::Instant,
        ids::{AssetId, HandoffPackId, MixVersionId, StudioId, UserId},
    };

    /// A version of a mix packed for other workstations, once for each state of what is said of its song.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "handoff_packs")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: HandoffPackId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The version.
        pub version_id: MixVersionId,
        /// SHA-256 of the facts: the same version with the same facts is packed once.
        pub facts_sha256: Sha256,
        /// What it says of the song.
        #[sea_orm(column_type = "JsonBinary")]
        pub facts: PackFacts,
        /// Whether it is packed.
        pub state: HandoffState,
        /// Why it cannot be, a sentence for a person.
        pub refusal: Option<String>,
        /// The ZIP archive.
        pub asset_id: Option<AssetId>,
        /// How many stems are in it.
        pub stems: Option<i32>,
        /// Who of the studio asked for it; none if a program did.
        pub requested_by: Option<UserId>,
        /// When.
        pub requested_at: Instant,
        /// When it was settled.
        pub settled_at: Option<Instant>,
    }

    crate::plain_entity!();
}

pub mod daw_session {
    //! Sessions of other workstations.
    use sea_orm::entity::prelude::*;

    use super::{DawSessionKind, FidelityLedger, HandoffState, SessionInventory};
    use crate::{
        env::Instant,
        ids::{AssetId, DawSessionId, MixVersionId, SongId, StudioId, UserId},
    };

    /// Another workstation's session that was handed in for a song. What became of it is settled once.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "daw_sessions")]
    pub struct Model {
        /// The id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DawSessionId,
        /// Whose it is.
        pub studio_id: StudioId,
        /// The song.
        pub song_id: SongId,
        /// The file, which is kept as it came.
        pub asset_id: AssetId,
        /// What is made of it.
        pub kind: DawSessionKind,
        /// What is said of it.
        pub note: Option<String>,
        /// Whether it was opened.
        pub state: HandoffState,
        /// Why it cannot be, a sentence for a person.
        pub refusal: Option<String>,
        /// The version of the song's mix that a DAWproject has become.
        pub version_id: Option<MixVersionId>,
        /// What became of everything in a DAWproject.
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub fidelity: Option<FidelityLedger>,
        /// What is inside any other session.
        #[sea_orm(column_type = "JsonBinary", nullable)]
        pub inventory: Option<SessionInventory>,
        /// Who of the studio handed it in; none if a program did.
        pub taken_by: Option<UserId>,
        /// When.
        pub taken_at: Instant,
        /// When it was settled.
        pub settled_at: Option<Instant>,
    }

    crate::plain_entity!();
}
