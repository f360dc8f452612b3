//! What goes to other workstations and what comes from them: hand-off packs of mix versions, and sessions that are handed in for a song.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, Enum, InputObject, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use domain::{
    ids::{AssetId, DawSessionId, HandoffPackId, MixVersionId, SongId},
    mixes::{
        daw_sessions,
        entity::{
            FidelityEntry as DomainEntry, FidelityLedger as DomainLedger, InventoryMedia as DomainMedia,
            InventoryPlugin as DomainPlugin, InventoryTrack as DomainTrack, ProjectMarker as DomainMarker,
            SessionInventory as DomainInventory, daw_session, pack,
        },
        handoffs,
    },
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    loader,
    loaders::CallerLoader,
    mixes::MixVersion,
    scalars::{Id, Int64},
};
use crate::{caller::Caller, payload};

/// Entries of one list of a session that are answered at once.
const MOST_LISTED: usize = 1_000;
/// What it costs to read a session, beside what is asked of it: what is kept of one may be megabytes.
const SESSION_COST: usize = 100;

/// Whether the worker is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::mixes::entity::HandoffState")]
pub enum HandoffState {
    /// It is at work, or will be.
    Waiting,
    /// It is done.
    Ready,
    /// It cannot be done; `refusal` says why.
    Refused,
}

/// What is made of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::mixes::entity::DawSessionKind")]
pub enum DawSessionKind {
    /// A DAWproject: a version of the song's mix.
    Dawproject,
    /// A set of Ableton Live, or Pro Tools' session info as text: a list of what is inside.
    Inventory,
}

/// What became of something that another workstation has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::mixes::entity::Fidelity")]
pub enum Fidelity {
    /// It sounds as its numbers say.
    Exact,
    /// It sounds nearly so.
    Approximated,
    /// It was left out.
    Bypassed,
}

/// What that does to the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::mixes::entity::FidelityEffect")]
pub enum FidelityEffect {
    /// Levels are off by so much at the most.
    Level,
    /// What is added or missing lies at so much of full scale at the most.
    Residue,
    /// Nobody can tell without the original.
    Unknown,
}

/// A version of a mix packed for other workstations.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct HandoffPack {
    /// The id; `GET /handoffs/{handoff}.zip` gives the archive.
    pub id: Id<HandoffPackId>,
    /// Whether it is packed.
    pub state: HandoffState,
    /// Why it cannot be, a sentence.
    pub refusal: Option<String>,
    /// How many stems are in it.
    pub stems: Option<i32>,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When it was packed or refused.
    pub settled_at: Option<DateTime<Utc>>,
}

impl From<pack::Model> for HandoffPack {
    fn from(row: pack::Model) -> Self {
        Self {
            id: row.id.into(),
            state: row.state.into(),
            refusal: row.refusal,
            stems: row.stems,
            requested_at: row.requested_at,
            settled_at: row.settled_at,
        }
    }
}

/// One thing of another workstation's project, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct FidelityEntry {
    /// Where it is, such as `Drums › EQ+`.
    pub place: String,
    /// What became of it.
    pub fidelity: Fidelity,
    /// What that does to the sound.
    pub effect: FidelityEffect,
    /// By how much, in thousandths of dB; absent of what nobody can tell.
    pub effect_mdb: Option<i32>,
    /// A sentence that says so.
    pub note: String,
}

impl From<DomainEntry> for FidelityEntry {
    fn from(entry: DomainEntry) -> Self {
        Self {
            place: entry.place,
            fidelity: entry.fidelity.into(),
            effect: entry.effect.into(),
            effect_mdb: entry.effect_mdb,
            note: entry.note,
        }
    }
}

/// A marker of another workstation's project.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ProjectMarker {
    /// What it says.
    pub name: String,
    /// Where it is, in milliseconds.
    pub at_ms: Int64,
}

impl From<DomainMarker> for ProjectMarker {
    fn from(marker: DomainMarker) -> Self {
        Self { name: marker.name, at_ms: Int64(marker.at_ms) }
    }
}

/// What became of everything in a project that was taken over; of each list the first 1,000.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct FidelityLedger {
    /// How many devices and settings sound as their numbers say. Tracks and clips that are as they were have no entry, and are not counted.
    pub exact: i32,
    /// How many sound nearly so.
    pub approximated: i32,
    /// How many were left out.
    pub bypassed: i32,
    /// The entries, in the order of the project.
    pub entries: Vec<FidelityEntry>,
    /// The project's markers, in order.
    pub markers: Vec<ProjectMarker>,
}

impl From<DomainLedger> for FidelityLedger {
    fn from(ledger: DomainLedger) -> Self {
        use domain::mixes::entity::Fidelity as Fate;
        let of = |fate: Fate| number(ledger.entries.iter().filter(|entry| entry.fidelity == fate).count());
        Self {
            exact: of(Fate::Exact),
            approximated: of(Fate::Approximated),
            bypassed: of(Fate::Bypassed),
            entries: listed(ledger.entries),
            markers: listed(ledger.markers),
        }
    }
}

/// A track of a session.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct InventoryTrack {
    /// Its name.
    pub name: String,
    /// What it is: `audio`, `midi`, `group` or `return`.
    pub kind: String,
    /// How many clips are on it.
    pub clips: i32,
}

impl From<DomainTrack> for InventoryTrack {
    fn from(track: DomainTrack) -> Self {
        Self { name: track.name, kind: track.kind, clips: track.clips }
    }
}

/// A file that a session plays.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct InventoryMedia {
    /// Its name, without folders.
    pub name: String,
    /// Where it was, in the way in which the computer that wrote the session writes paths.
    pub path: Option<String>,
    /// The pack of sounds that it belongs to.
    pub pack: Option<String>,
    /// Whether it is missing: the session says so, or it is of no pack and the studio has no file of this name.
    pub is_missing: bool,
}

impl From<DomainMedia> for InventoryMedia {
    fn from(media: DomainMedia) -> Self {
        Self { name: media.name, path: media.path, pack: media.pack, is_missing: media.is_missing }
    }
}

/// A plug-in or device that a session uses.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
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

impl From<DomainPlugin> for InventoryPlugin {
    fn from(plugin: DomainPlugin) -> Self {
        Self {
            name: plugin.name,
            maker: plugin.maker,
            format: plugin.format,
            version: plugin.version,
            instances: plugin.instances,
        }
    }
}

/// What is inside a session; of each list the first 1,000, with the number of all.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct SessionInventory {
    /// Which program wrote it.
    pub program: String,
    /// The program's version, such as `11.3.13`; Pro Tools' text does not say it.
    pub program_version: Option<String>,
    /// What the session is called within.
    pub name: Option<String>,
    /// Its tempo at the start, in thousandths of a beat per minute.
    pub bpm_milli: Option<i32>,
    /// Its sampling rate in hertz.
    pub sample_rate_hz: Option<i32>,
    /// Bits of a sample.
    pub bit_depth: Option<i32>,
    /// How many tracks it has.
    pub track_count: i32,
    /// Its tracks, in order.
    pub tracks: Vec<InventoryTrack>,
    /// How many files it plays.
    pub media_count: i32,
    /// How many of them are missing.
    pub missing_count: i32,
    /// The files, those that are missing first.
    pub media: Vec<InventoryMedia>,
    /// How many plug-ins and devices it uses.
    pub plugin_count: i32,
    /// The plug-ins and devices.
    pub plugins: Vec<InventoryPlugin>,
}

impl From<DomainInventory> for SessionInventory {
    fn from(mut inventory: DomainInventory) -> Self {
        inventory.media.sort_by_key(|media| !media.is_missing);
        Self {
            program: inventory.program,
            program_version: inventory.version,
            name: inventory.name,
            bpm_milli: inventory.bpm_milli,
            sample_rate_hz: inventory.sample_rate_hz,
            bit_depth: inventory.bit_depth,
            track_count: number(inventory.tracks.len()),
            tracks: listed(inventory.tracks),
            media_count: number(inventory.media.len()),
            missing_count: number(inventory.media.iter().filter(|media| media.is_missing).count()),
            media: listed(inventory.media),
            plugin_count: number(inventory.plugins.len()),
            plugins: listed(inventory.plugins),
        }
    }
}

fn listed<T: From<D>, D>(all: Vec<D>) -> Vec<T> {
    all.into_iter().take(MOST_LISTED).map(T::from).collect()
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Another workstation's session that was handed in for a song.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct DawSession {
    /// The id.
    pub id: Id<DawSessionId>,
    /// The song.
    pub song_id: Id<SongId>,
    /// The file, which is kept as it came.
    pub asset_id: Id<AssetId>,
    /// What is made of it.
    pub kind: DawSessionKind,
    /// What is said of it.
    pub note: Option<String>,
    /// Whether it was opened.
    pub state: HandoffState,
    /// Why it cannot be, a sentence that names the limit or the fault.
    pub refusal: Option<String>,
    /// What became of everything in a DAWproject.
    pub fidelity: Option<FidelityLedger>,
    /// What is inside any other session.
    pub inventory: Option<SessionInventory>,
    /// When it was handed in.
    pub taken_at: DateTime<Utc>,
    /// When it was opened or refused.
    pub settled_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    version_id: Option<MixVersionId>,
}

impl From<daw_session::Model> for DawSession {
    fn from(row: daw_session::Model) -> Self {
        Self {
            id: row.id.into(),
            song_id: row.song_id.into(),
            asset_id: row.asset_id.into(),
            kind: row.kind.into(),
            note: row.note,
            state: row.state.into(),
            refusal: row.refusal,
            fidelity: row.fidelity.map(FidelityLedger::from),
            inventory: row.inventory.map(SessionInventory::from),
            taken_at: row.taken_at,
            settled_at: row.settled_at,
            version_id: row.version_id,
        }
    }
}

#[ComplexObject]
impl DawSession {
    /// The version of the song's mix that a DAWproject has become.
    async fn version(&self, ctx: &Context<'_>) -> Result<Option<MixVersion>, Failure> {
        let Some(version) = self.version_id else { return Ok(None) };
        Ok(loader(ctx)?.load_one(version).await?.map(MixVersion::from))
    }
}

/// Loads the latest pack of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PackOf(pub MixVersionId);

impl Loader<PackOf> for CallerLoader {
    type Value = pack::Model;
    type Error = Failure;

    async fn load(&self, keys: &[PackOf]) -> Result<HashMap<PackOf, Self::Value>, Failure> {
        let versions: Vec<MixVersionId> = keys.iter().map(|key| key.0).collect();
        let found = handoffs::find_packs(&self.caller.services.db, &versions).await?;
        Ok(found.into_iter().map(|(version, row)| (PackOf(version), row)).collect())
    }
}

/// Queries about sessions of other workstations.
#[derive(Debug, Default)]
pub struct HandoffsQuery;

#[Object]
impl HandoffsQuery {
    /// Another workstation's session that was handed in.
    #[graphql(complexity = "SESSION_COST + child_complexity")]
    async fn daw_session(&self, ctx: &Context<'_>, id: Id<DawSessionId>) -> Result<Option<DawSession>, Failure> {
        let caller = caller(ctx)?;
        let found = daw_sessions::find_daw_session(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        Ok(found.map(DawSession::from))
    }

    /// The sessions that were handed in for a song, newest first.
    #[graphql(complexity = "page_cost(first, last, SESSION_COST + child_complexity)")]
    async fn daw_sessions(
        &self,
        ctx: &Context<'_>,
        song: Id<SongId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<DawSession>, Failure> {
        let caller = caller(ctx)?;
        let (song, request) = (song.named("song")?, page(first, after, last, before)?);
        let rows = daw_sessions::list_daw_sessions(&caller.services.db, &caller.ctx, song, request).await?;
        Ok(connection(rows, |row| row.id, DawSession::from))
    }
}

/// A version that is to be packed.
#[derive(Debug, InputObject)]
pub struct PackMixInput {
    /// The version; it has a document, and was bounced.
    pub version: Id<MixVersionId>,
}

/// A session that is to be opened.
#[derive(Debug, InputObject)]
pub struct OpenDawSessionInput {
    /// The song.
    pub song: Id<SongId>,
    /// The file, uploaded as a session: a DAWproject, a set of Ableton Live, or Pro Tools' session info as text.
    pub file: Id<AssetId>,
    /// What is said of it, at most 2,000 characters; the note of the version that a DAWproject becomes.
    #[graphql(default)]
    pub note: String,
}

payload! {
    /// What came of `packMix`.
    pub struct PackMixPayload {
        /// The pack.
        pack: HandoffPack
    }
}

payload! {
    /// What came of `openDawSession`.
    pub struct OpenDawSessionPayload {
        /// The session.
        session: DawSession
    }
}

/// Mutations of what goes to other workstations and comes from them.
#[derive(Debug, Default)]
pub struct HandoffsMutation;

#[Object]
impl HandoffsMutation {
    /// Packs a version for other workstations: a stem for each track, consolidated from zero, the tempo and the markers as MIDI, and the mix as a DAWproject. With
    /// nothing new to be said of its song, the pack that there is already is given.
    async fn pack_mix(&self, ctx: &Context<'_>, input: PackMixInput) -> Result<PackMixPayload, Failure> {
        PackMixPayload::of(pack(caller(ctx)?, input).await)
    }

    /// Opens another workstation's session for a song: a DAWproject becomes a version of its mix, of anything else it is listed what is inside. The same file
    /// for the same song is opened once.
    async fn open_daw_session(
        &self,
        ctx: &Context<'_>,
        input: OpenDawSessionInput,
    ) -> Result<OpenDawSessionPayload, Failure> {
        OpenDawSessionPayload::of(open(caller(ctx)?, input).await)
    }
}

async fn pack(caller: &Caller, input: PackMixInput) -> Result<pack::Model, Failure> {
    let version = input.version.named("version")?;
    let tx = caller.services.begin().await?;
    let pack = handoffs::pack_mix(&tx, &caller.ctx, version).await?;
    caller.services.commit(tx).await?;
    Ok(pack)
}

async fn open(caller: &Caller, input: OpenDawSessionInput) -> Result<daw_session::Model, Failure> {
    let (song, file) = (input.song.named("song")?, input.file.named("file")?);
    let tx = caller.services.begin().await?;
    let session = daw_sessions::open_daw_session(&tx, &caller.ctx, song, file, &input.note).await?;
    caller.services.commit(tx).await?;
    Ok(session)
}
