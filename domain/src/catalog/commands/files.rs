//! Files: taken in, looked through, rendered.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, prelude::Json, sea_query::LockType,
};

use super::sets;
use crate::{
    actor::Ctx,
    catalog::{
        CatalogError,
        entity::{AssetKind, AssetState, BeatState, asset, beat},
        rules::files,
    },
    ids::{AssetId, StudioId},
    mixes,
    outbox::{self, Job},
    policy::{Action, require, visible},
    ports::Stored,
    store::Tx,
};

/// A file that lies in the store already and is to become an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// What it is for: a source, stem, artwork, tag, voice note, session or statement.
    pub kind: AssetKind,
    /// Its name, as the client calls it.
    pub file_name: String,
    /// The media type that the client declared.
    pub declared: Option<String>,
    /// Where it lies.
    pub stored: Stored,
    /// Its first bytes: [`files::HEAD_BYTES`], or all.
    pub head: Vec<u8>,
}

/// What a worker found in an audio file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Length of the sound in milliseconds.
    pub duration_ms: i64,
    /// Sampling rate in hertz.
    pub sample_rate_hz: i32,
    /// Channels.
    pub channels: i32,
    /// Bits per sample, where the format has such a thing.
    pub bits_per_sample: Option<i32>,
    /// The engine's measurement, if it was made on the way.
    pub measurement: Option<Json>,
}

/// A file that was made here and lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedFile {
    /// What it is: a preview, waveform, master, contract or hand-off pack.
    pub kind: AssetKind,
    /// The name that it is given.
    pub file_name: String,
    /// Its media type.
    pub media_type: String,
    /// Where it lies.
    pub stored: Stored,
    /// What is known of its sound, if it has any.
    pub facts: Option<Facts>,
}

/// Takes a stored file in: a picture is ready at once, and so is another workstation's session, which is opened when it is taken for a song, and a royalty
/// statement, which is read when it is taken in; audio is `checking` until the audio worker has looked it through, and a ZIP of stems until it has been unpacked.
pub async fn add_asset(tx: &Tx, ctx: &Ctx, studio: StudioId, file: NewFile) -> Result<asset::Model, CatalogError> {
    require(&ctx.actor, Action::WriteCatalog, studio)?;
    if file.kind == AssetKind::Statement {
        require(&ctx.actor, Action::ManageRoyalties, studio)?;
    }
    files::check_length(file.kind, file.stored.bytes)?;
    let file_name = files::file_name(&file.file_name)?;
    let found = files::accept(file.kind, &file_name, file.declared.as_deref(), &file.head)?;
    let kind = files::stored_as(file.kind, found);
    let is_kept_as_it_is = matches!(kind, AssetKind::Artwork | AssetKind::Session | AssetKind::Statement);
    let state = if is_kept_as_it_is { AssetState::Ready } else { AssetState::Checking };
    let row = row(ctx, studio, kind, state, file_name, found.media_type().to_owned(), &file.stored).insert(tx).await?;
    let asset = row.id;
    let look = match kind {
        _ if is_kept_as_it_is => return Ok(row),
        AssetKind::StemArchive => Job::UnpackStems { asset },
        _ => Job::InspectAsset { asset },
    };
    outbox::put(tx, ctx, Some(studio), &look).await?;
    Ok(row)
}

/// Takes in a file that was made here; it is ready.
pub async fn add_rendered_asset(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    file: RenderedFile,
) -> Result<asset::Model, CatalogError> {
    require(&ctx.actor, Action::WriteCatalog, studio)?;
    let mut row = row(ctx, studio, file.kind, AssetState::Ready, file.file_name, file.media_type, &file.stored);
    if let Some(facts) = file.facts {
        set_facts(&mut row, facts);
    }
    Ok(row.insert(tx).await?)
}

/// Records what the audio worker found: facts, or a sentence why the file is refused. Then a file of music is listened to, and every beat whose
/// source it is gets its preview, its masters if it is on sale, and its stems checked against it; and every version of a mix that it is can be heard, or is refused
/// with it. A file that has been looked through before stays as it is.
pub async fn record_inspection(
    tx: &Tx,
    ctx: &Ctx,
    id: AssetId,
    outcome: Result<Facts, String>,
) -> Result<asset::Model, CatalogError> {
    let asset = lock_any(tx, ctx, id).await?;
    if asset.state != AssetState::Checking {
        return Ok(asset);
    }
    let studio = asset.studio_id;
    let mut row = asset.into_active_model();
    let ready = outcome.is_ok();
    match outcome {
        Ok(facts) => {
            row.state = Set(AssetState::Ready);
            set_facts(&mut row, facts);
        }
        Err(reason) => {
            row.state = Set(AssetState::Refused);
            row.refusal = Set(Some(reason));
        }
    }
    let asset = row.update(tx).await?;
    if asset.kind == AssetKind::Source {
        mixes::commands::after_inspection(tx, ctx, &asset).await?;
    }
    if ready && asset.kind == AssetKind::Source {
        outbox::put(tx, ctx, Some(studio), &Job::AnalyseAsset { asset: id }).await?;
        let beats = beat::Entity::find().filter(beat::Column::SourceAssetId.eq(id)).order_by_asc(beat::Column::Id);
        for beat in beats.all(tx).await? {
            outbox::put(tx, ctx, Some(studio), &Job::RenderPreview { beat: beat.id }).await?;
            sets::check_stems_anew(tx, ctx, &beat).await?;
            if beat.state == BeatState::Published {
                outbox::put(tx, ctx, Some(studio), &Job::BounceMasters { beat: beat.id }).await?;
            }
        }
    }
    Ok(asset)
}

/// Records the engine's measurement of a file.
pub async fn record_measurement(tx: &Tx, ctx: &Ctx, id: AssetId, measurement: Json) -> Result<(), CatalogError> {
    let mut row = lock_any(tx, ctx, id).await?.into_active_model();
    row.measurement = Set(Some(measurement));
    row.update(tx).await?;
    Ok(())
}

pub(super) async fn lock_any(tx: &Tx, ctx: &Ctx, id: AssetId) -> Result<asset::Model, CatalogError> {
    // No stronger, or whoever writes a row that names the file would wait too.
    let found = asset::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    visible(&ctx.actor, Action::WriteCatalog, found, |asset| asset.studio_id)?
        .ok_or(CatalogError::NotFound { what: "file", field: "id".to_owned() })
}

fn set_facts(row: &mut asset::ActiveModel, facts: Facts) {
    row.duration_ms = Set(Some(facts.duration_ms));
    row.sample_rate_hz = Set(Some(facts.sample_rate_hz));
    row.channels = Set(Some(facts.channels));
    row.bits_per_sample = Set(facts.bits_per_sample);
    row.measurement = Set(facts.measurement);
}

fn row(
    ctx: &Ctx,
    studio: StudioId,
    kind: AssetKind,
    state: AssetState,
    file_name: String,
    media_type: String,
    stored: &Stored,
) -> asset::ActiveModel {
    asset::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(studio),
        kind: Set(kind),
        state: Set(state),
        refusal: Set(None),
        sha256: Set(stored.sha256.clone()),
        bytes: Set(i64::try_from(stored.bytes).expect("no file has 2^63 bytes")),
        media_type: Set(media_type),
        file_name: Set(file_name),
        duration_ms: Set(None),
        sample_rate_hz: Set(None),
        channels: Set(None),
        bits_per_sample: Set(None),
        measurement: Set(None),
        created_at: Set(ctx.env.now()),
    }
}
