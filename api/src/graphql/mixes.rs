//! Versions of songs' mixes: files and documents, what they sound like, and what one changes of another.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, Enum, InputObject, Json, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use domain::{
    ids::{AssetId, MixVersionId, SongId},
    mixes::{
        commands,
        entity::{sound, source, version},
        queries,
    },
};
use serde_json::Value;

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    handoffs::{HandoffPack, PackOf},
    loader,
    loaders::CallerLoader,
    scalars::{Id, Int64},
};
use crate::{caller::Caller, payload};

/// What a version of a mix is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::mixes::entity::MixKind")]
pub enum MixKind {
    /// A file, as it was uploaded.
    File,
    /// A mix document, which is bounced here.
    Document,
}

/// Whether a version can be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::mixes::entity::MixState")]
pub enum MixState {
    /// It is still being looked through, bounced or measured.
    Waiting,
    /// It can be heard.
    Ready,
    /// It cannot be heard; `refusal` says why.
    Refused,
}

/// A version of a song's mix.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct MixVersion {
    /// The id.
    pub id: Id<MixVersionId>,
    /// The song.
    pub song_id: Id<SongId>,
    /// Its number in the song, from 1.
    pub number: i32,
    /// What it is made of.
    pub kind: MixKind,
    /// What is new in it, in the maker's words.
    pub note: Option<String>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    #[graphql(skip)]
    row: MixVersionId,
}

impl From<version::Model> for MixVersion {
    fn from(row: version::Model) -> Self {
        Self {
            id: row.id.into(),
            song_id: row.song_id.into(),
            number: row.number,
            kind: row.kind.into(),
            note: row.note,
            made_at: row.made_at,
            row: row.id,
        }
    }
}

/// What a version sounds like.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct MixSound {
    /// Whether it can be heard.
    pub state: MixState,
    /// Why it cannot, a sentence.
    pub refusal: Option<String>,
    /// Its audio at full quality: the uploaded file, or the bounce; `GET /media/{asset}` plays it.
    pub audio_asset_id: Option<Id<AssetId>>,
    /// Its waveform's data.
    pub waveform_asset_id: Option<Id<AssetId>>,
    /// Its integrated loudness in thousandths of LUFS.
    pub loudness_mlufs: Option<i32>,
    /// Its true peak in thousandths of dBTP.
    pub true_peak_mdbtp: Option<i32>,
    /// Its length in milliseconds.
    pub duration_ms: Option<Int64>,
}

impl From<sound::Model> for MixSound {
    fn from(row: sound::Model) -> Self {
        Self {
            state: row.state.into(),
            refusal: row.refusal,
            audio_asset_id: row.audio_asset_id.map(Id::from),
            waveform_asset_id: row.waveform_asset_id.map(Id::from),
            loudness_mlufs: row.loudness_mlufs,
            true_peak_mdbtp: row.true_peak_mdbtp,
            duration_ms: row.duration_ms.map(Int64),
        }
    }
}

/// The file behind a name in a document.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct MixSource {
    /// The name in the document.
    pub name: String,
    /// The file.
    pub asset_id: Id<AssetId>,
}

#[ComplexObject]
impl MixVersion {
    /// What it sounds like.
    async fn sound(&self, ctx: &Context<'_>) -> Result<Option<MixSound>, Failure> {
        Ok(loader(ctx)?.load_one(SoundOf(self.row)).await?.map(MixSound::from))
    }

    /// The files that its document plays, by their names in it; none of a version that is a file.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<MixSource>, Failure> {
        let rows = loader(ctx)?.load_one(SourcesOf(self.row)).await?.unwrap_or_default();
        let source = |row: source::Model| MixSource { name: row.name, asset_id: row.asset_id.into() };
        Ok(rows.into_iter().map(source).collect())
    }

    /// Its latest pack for other workstations.
    async fn handoff_pack(&self, ctx: &Context<'_>) -> Result<Option<HandoffPack>, Failure> {
        Ok(loader(ctx)?.load_one(PackOf(self.row)).await?.map(HandoffPack::from))
    }
}

/// Loads what a version sounds like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SoundOf(pub MixVersionId);

/// Loads the files that a version's document plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SourcesOf(pub MixVersionId);

impl Loader<SoundOf> for CallerLoader {
    type Value = sound::Model;
    type Error = Failure;

    async fn load(&self, keys: &[SoundOf]) -> Result<HashMap<SoundOf, Self::Value>, Failure> {
        let versions: Vec<MixVersionId> = keys.iter().map(|key| key.0).collect();
        let found = queries::find_sounds(&self.caller.services.db, &versions).await?;
        Ok(found.into_iter().map(|(version, row)| (SoundOf(version), row)).collect())
    }
}

impl Loader<SourcesOf> for CallerLoader {
    type Value = Vec<source::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[SourcesOf]) -> Result<HashMap<SourcesOf, Self::Value>, Failure> {
        let versions: Vec<MixVersionId> = keys.iter().map(|key| key.0).collect();
        let found = queries::list_sources(&self.caller.services.db, &versions).await?;
        Ok(found.into_iter().map(|(version, rows)| (SourcesOf(version), rows)).collect())
    }
}

impl Loader<MixVersionId> for CallerLoader {
    type Value = version::Model;
    type Error = Failure;

    async fn load(&self, keys: &[MixVersionId]) -> Result<HashMap<MixVersionId, Self::Value>, Failure> {
        Ok(queries::find_versions_by_ids(&self.caller.services.db, keys).await?)
    }
}

/// Queries about mixes.
#[derive(Debug, Default)]
pub struct MixesQuery;

#[Object]
impl MixesQuery {
    /// A version of a mix.
    async fn mix_version(&self, ctx: &Context<'_>, id: Id<MixVersionId>) -> Result<Option<MixVersion>, Failure> {
        let caller = caller(ctx)?;
        Ok(queries::find_version(&caller.services.db, &caller.ctx, id.named("id")?).await?.map(MixVersion::from))
    }

    /// The versions of a song's mix, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn mix_versions(
        &self,
        ctx: &Context<'_>,
        song: Id<SongId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<MixVersion>, Failure> {
        let caller = caller(ctx)?;
        let (song, request) = (song.named("song")?, page(first, after, last, before)?);
        let rows = queries::list_versions(&caller.services.db, &caller.ctx, song, request).await?;
        Ok(connection(rows, |row| row.id, MixVersion::from))
    }

    /// The document of a version, with all that was left unsaid in it spelt out; absent if the version is a file.
    async fn mix_document(&self, ctx: &Context<'_>, version: Id<MixVersionId>) -> Result<Option<Json<Value>>, Failure> {
        let caller = caller(ctx)?;
        let found = queries::find_document(&caller.services.db, &caller.ctx, version.named("version")?).await?;
        found.map(|json| serde_json::from_str(&json).map(Json).map_err(Failure::broken)).transpose()
    }

    /// What one version changes of another of the same song, a sentence each, such as `Drums: fader +1.5 dB (-3 → -1.5 dB)`; empty if they sound alike. Both have
    /// documents.
    async fn mix_changes(
        &self,
        ctx: &Context<'_>,
        from: Id<MixVersionId>,
        to: Id<MixVersionId>,
    ) -> Result<Vec<String>, Failure> {
        let caller = caller(ctx)?;
        let (services, from, to) = (&caller.services, from.named("from")?, to.named("to")?);
        Ok(queries::changes(&services.db, &caller.ctx, services.mixes.as_ref(), from, to).await?)
    }
}

/// A file that is to become a version.
#[derive(Debug, InputObject)]
pub struct AddMixFileInput {
    /// The song.
    pub song: Id<SongId>,
    /// The file, uploaded as a source; it may still be looked through.
    pub file: Id<AssetId>,
    /// What is new in it, at most 2,000 characters.
    #[graphql(default)]
    pub note: String,
}

/// The file behind a name in a document.
#[derive(Debug, InputObject)]
pub struct MixSourceInput {
    /// The name in the document.
    pub name: String,
    /// The file, audio of the studio that was looked through.
    pub asset: Id<AssetId>,
}

/// A document that is to become a version.
#[derive(Debug, InputObject)]
pub struct AddMixDocumentInput {
    /// The song.
    pub song: Id<SongId>,
    /// The document, as `ledgerline schema mix` describes it. Its outputs and voice tags are no part of the bounce.
    pub document: Json<Value>,
    /// The files that it plays, each once.
    pub sources: Vec<MixSourceInput>,
    /// What is new in it, at most 2,000 characters.
    #[graphql(default)]
    pub note: String,
}

payload! {
    /// What came of `addMixFile`.
    pub struct AddMixFilePayload {
        /// The version.
        version: MixVersion
    }
}

payload! {
    /// What came of `addMixDocument`.
    pub struct AddMixDocumentPayload {
        /// The version.
        version: MixVersion
    }
}

/// Mutations of mixes.
#[derive(Debug, Default)]
pub struct MixesMutation;

#[Object]
impl MixesMutation {
    /// Makes a version of a file. The same file as the latest version's is no new version.
    async fn add_mix_file(&self, ctx: &Context<'_>, input: AddMixFileInput) -> Result<AddMixFilePayload, Failure> {
        AddMixFilePayload::of(add_file(caller(ctx)?, input).await)
    }

    /// Makes a version of a document, which is bounced once, however often it comes. The same document as the latest version's is no new version.
    /// The whole request may have 2 MiB (2,097,152 bytes), its document 4 MiB with all that it leaves unsaid spelt out. Of a longer one thin the automation
    /// out, or send its bounce by `addMixFile`.
    async fn add_mix_document(
        &self,
        ctx: &Context<'_>,
        input: AddMixDocumentInput,
    ) -> Result<AddMixDocumentPayload, Failure> {
        AddMixDocumentPayload::of(add_document(caller(ctx)?, input).await)
    }
}

async fn add_file(caller: &Caller, input: AddMixFileInput) -> Result<version::Model, Failure> {
    let (song, file) = (input.song.named("song")?, input.file.named("file")?);
    let tx = caller.services.begin().await?;
    let version = commands::add_file_version(&tx, &caller.ctx, song, file, &input.note).await?;
    caller.services.commit(tx).await?;
    Ok(version)
}

async fn add_document(caller: &Caller, input: AddMixDocumentInput) -> Result<version::Model, Failure> {
    let song = input.song.named("song")?;
    let named = |(place, source): (usize, MixSourceInput)| {
        Ok((source.name, source.asset.named(&format!("sources.{place}.asset"))?))
    };
    let sources = input.sources.into_iter().enumerate().map(named).collect::<Result<Vec<_>, Failure>>()?;
    // Nobody who may not work on the song learns by a document what the engine thinks of it.
    queries::find_song(&caller.services.db, &caller.ctx, song).await?;
    let reading = commands::read_document(caller.services.mixes.as_ref(), &input.document.0.to_string())?;
    let tx = caller.services.begin().await?;
    let version = commands::add_document_version(&tx, &caller.ctx, song, (&reading, &sources), &input.note).await?;
    caller.services.commit(tx).await?;
    Ok(version)
}
