//! Making versions, and what the worker records of them. Whoever makes a version holds its song, so that numbers follow each other.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, sea_query::LockType,
};

use super::{
    MixError,
    document::MixReading,
    entity::{MixKind, MixState, document, sound, source, version},
    rules,
};
use crate::{
    actor::Ctx,
    catalog::{
        Sha256,
        entity::{AssetState, asset},
    },
    identity::rules::optional_text,
    ids::{AssetId, MixVersionId, SongId},
    outbox::{self, Job},
    policy::{Action, visible},
    ports::MixDocuments,
    production::{self, entity::song},
    report::StoreError,
    store::{self, Tx},
};

/// Reads a document that is to become a version.
///
/// # Errors
/// What in it cannot stand, or that it is too long.
pub fn read_document(documents: &dyn MixDocuments, json: &str) -> Result<MixReading, MixError> {
    if json.len() > rules::MAX_DOCUMENT_BYTES {
        return Err(MixError::TooLong);
    }
    let reading = documents.read(json).map_err(MixError::Document)?;
    if reading.canonical_json.len() > rules::MAX_DOCUMENT_BYTES { Err(MixError::TooLong) } else { Ok(reading) }
}

/// Makes a version of an uploaded file. It can be heard when the file was looked through. The very same file as the latest version's is no new version:
/// that one is given again, unless it could not be heard.
///
/// # Errors
/// If the caller may not, there is no such song, its project is over or it has too many versions, or file or note cannot be.
pub async fn add_file_version(
    tx: &Tx,
    ctx: &Ctx,
    song: SongId,
    file: AssetId,
    note: &str,
) -> Result<version::Model, MixError> {
    let song = lock_song(tx, ctx, song).await?;
    // Held, so that its inspection and its use do not miss each other.
    let found = asset::Entity::find_by_id(file).lock(LockType::NoKeyUpdate).one(tx).await?;
    rules::check_file(found.as_ref(), song.studio_id, "file")?;
    let latest = latest(tx, song.id).await?;
    if let Some(latest) = &latest
        && latest.file_asset_id == Some(file)
        && !is_refused(tx, latest.id).await?
    {
        return Ok(latest.clone());
    }
    let made = Made { kind: MixKind::File, file: Some(file), document: None };
    let version = insert(tx, ctx, &song, latest.as_ref(), made, note).await?;
    if found.is_some_and(|file| file.state == AssetState::Ready) {
        outbox::put(tx, ctx, Some(song.studio_id), &Job::BounceMix { version: version.id }).await?;
    }
    Ok(version)
}

/// Makes a version of a document that [`read_document`] has read, with the file behind each name that it plays. The worker bounces it, and the same document
/// with the same files once only. The very same as the latest version is no new version: that one is given again, unless it could not be bounced.
///
/// # Errors
/// If the caller may not, there is no such song, its project is over or it has too many versions, or a file, its name or the note cannot be.
pub async fn add_document_version(
    tx: &Tx,
    ctx: &Ctx,
    song: SongId,
    (reading, sources): (&MixReading, &[(String, AssetId)]),
    note: &str,
) -> Result<version::Model, MixError> {
    let song = lock_song(tx, ctx, song).await?;
    let matched = rules::match_sources(&reading.sources, sources)?;
    let files = asset::Entity::find().filter(asset::Column::Id.is_in(matched.values().copied())).all(tx).await?;
    for (place, (_, id)) in sources.iter().enumerate() {
        let file = files.iter().find(|file| file.id == *id);
        rules::check_source(file, song.studio_id, &format!("sources.{place}.asset"))?;
    }
    let sha256 = Sha256::of(reading.canonical_json.as_bytes());
    let latest = latest(tx, song.id).await?;
    if let Some(latest) = &latest
        && latest.document_sha256.as_ref() == Some(&sha256)
        && sources_of(tx, latest.id).await? == matched
        && !is_refused(tx, latest.id).await?
    {
        return Ok(latest.clone());
    }
    let kept = document::Model {
        studio_id: song.studio_id,
        sha256: sha256.to_string(),
        body: reading.canonical_json.clone(),
        created_at: ctx.env.now(),
    };
    store::insert_new(tx, kept.into_active_model()).await?;
    let made = Made { kind: MixKind::Document, file: None, document: Some(sha256) };
    let version = insert(tx, ctx, &song, latest.as_ref(), made, note).await?;
    for (name, asset_id) in matched {
        let row = source::Model { version_id: version.id, name, asset_id };
        row.into_active_model().insert(tx).await?;
    }
    outbox::put(tx, ctx, Some(song.studio_id), &Job::BounceMix { version: version.id }).await?;
    Ok(version)
}

/// The song, held, if the caller may work on it and its project is not over.
pub(super) async fn lock_song(tx: &Tx, ctx: &Ctx, id: SongId) -> Result<song::Model, MixError> {
    let found = song::Entity::find_by_id(id).one(tx).await?;
    visible(&ctx.actor, Action::WriteProduction, found, |song| song.studio_id)?.ok_or(MixError::NoSong)?;
    if let Some(state) = production::queries::over_of_song(tx, id).await? {
        return Err(MixError::Over { state });
    }
    // Only now, for whoever changes a project holds that first, and its songs behind it.
    song::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?.ok_or(MixError::NoSong)
}

async fn latest(tx: &Tx, song: SongId) -> Result<Option<version::Model>, StoreError> {
    let versions = version::Entity::find().filter(version::Column::SongId.eq(song));
    Ok(versions.order_by_desc(version::Column::Number).one(tx).await?)
}

async fn sources_of(tx: &Tx, version: MixVersionId) -> Result<BTreeMap<String, AssetId>, StoreError> {
    let rows = source::Entity::find().filter(source::Column::VersionId.eq(version)).all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.name, row.asset_id)).collect())
}

async fn is_refused(tx: &Tx, version: MixVersionId) -> Result<bool, StoreError> {
    let sound = sound::Entity::find_by_id(version).one(tx).await?;
    Ok(sound.is_some_and(|sound| sound.state == MixState::Refused))
}

/// What a version is made of.
struct Made {
    kind: MixKind,
    file: Option<AssetId>,
    document: Option<Sha256>,
}

async fn insert(
    tx: &Tx,
    ctx: &Ctx,
    song: &song::Model,
    latest: Option<&version::Model>,
    made: Made,
    note: &str,
) -> Result<version::Model, MixError> {
    let note =
        optional_text(Some(note.replace("\r\n", "\n").as_str()), rules::MAX_NOTE_CHARS).map_err(MixError::Note)?;
    let number = latest.map_or(1, |latest| latest.number.saturating_add(1));
    if number > rules::MAX_VERSIONS {
        return Err(MixError::TooMany);
    }
    let row = version::Model {
        id: ctx.env.id(),
        studio_id: song.studio_id,
        song_id: song.id,
        number,
        kind: made.kind,
        file_asset_id: made.file,
        document_sha256: made.document,
        note,
        made_by: ctx.actor.user(),
        made_at: ctx.env.now(),
    };
    row.clone().into_active_model().insert(tx).await?;
    let sound = sound::Model {
        version_id: row.id,
        studio_id: row.studio_id,
        state: MixState::Waiting,
        refusal: None,
        audio_asset_id: None,
        waveform_asset_id: None,
        loudness_mlufs: None,
        true_peak_mdbtp: None,
        duration_ms: None,
        settled_at: None,
    };
    sound.into_active_model().insert(tx).await?;
    Ok(row)
}

/// A file was looked through: the versions that it is are measured and drawn, or refused with it. For the catalogue, which holds the file.
pub(crate) async fn after_inspection(tx: &Tx, ctx: &Ctx, file: &asset::Model) -> Result<(), StoreError> {
    let versions = version::Entity::find().filter(version::Column::FileAssetId.eq(file.id));
    for version in versions.order_by_asc(version::Column::Id).all(tx).await? {
        match file.state {
            AssetState::Checking => {}
            AssetState::Ready => {
                outbox::put(tx, ctx, Some(version.studio_id), &Job::BounceMix { version: version.id }).await?;
            }
            AssetState::Refused => {
                let why = file.refusal.clone().unwrap_or_default();
                settle(tx, ctx, version.id, Err(why)).await?;
            }
        }
    }
    Ok(())
}

/// What the worker found a version to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// Its audio at full quality.
    pub audio: AssetId,
    /// Its waveform's data.
    pub waveform: AssetId,
    /// Its integrated loudness in thousandths of LUFS.
    pub loudness_mlufs: i32,
    /// Its true peak in thousandths of dBTP.
    pub true_peak_mdbtp: i32,
    /// Its length in milliseconds.
    pub duration_ms: i64,
}

/// Records what the worker found a version to be, or a sentence why it cannot be heard. What is settled stays as it is.
pub async fn record_sound(
    tx: &Tx,
    ctx: &Ctx,
    version: MixVersionId,
    outcome: Result<Sound, String>,
) -> Result<(), MixError> {
    let found = version::Entity::find_by_id(version).one(tx).await?;
    visible(&ctx.actor, Action::WriteProduction, found, |version| version.studio_id)?
        .ok_or(MixError::NoVersion { field: "version" })?;
    Ok(settle(tx, ctx, version, outcome).await?)
}

async fn settle(tx: &Tx, ctx: &Ctx, version: MixVersionId, outcome: Result<Sound, String>) -> Result<(), StoreError> {
    let found = sound::Entity::find_by_id(version).lock_exclusive().one(tx).await?;
    let Some(waiting) = found.filter(|sound| sound.state == MixState::Waiting) else { return Ok(()) };
    let mut row = waiting.into_active_model();
    row.settled_at = Set(Some(ctx.env.now()));
    match outcome {
        Ok(sound) => {
            row.state = Set(MixState::Ready);
            row.audio_asset_id = Set(Some(sound.audio));
            row.waveform_asset_id = Set(Some(sound.waveform));
            row.loudness_mlufs = Set(Some(sound.loudness_mlufs));
            row.true_peak_mdbtp = Set(Some(sound.true_peak_mdbtp));
            row.duration_ms = Set(Some(sound.duration_ms));
        }
        Err(why) => {
            row.state = Set(MixState::Refused);
            row.refusal = Set(Some(why));
        }
    }
    row.update(tx).await?;
    Ok(())
}
