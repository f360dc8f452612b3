//! Entering and changing beats.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, LockType, Query},
};

use super::{is_claimed, lock_asset, lock_beat, lock_work, sets};
use crate::{
    actor::Ctx,
    catalog::{
        CatalogError,
        entity::{AssetKind, AssetState, BeatState, LabelKind, Sample, Samples, beat, beat_label, recording, work},
        rules::{
            music::{BPM_MILLI, Key},
            samples,
            shares::ShareLine,
            texts,
        },
    },
    edit::Edit,
    identifiers::{Isrc, Iswc},
    ids::{AssetId, BeatId, RecordingId, StudioId, TypedId, WorkId},
    outbox::{self, Job},
    policy::{Action, require},
    store::Tx,
};

/// A beat as entered; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewBeat {
    /// Its title.
    pub title: String,
    /// The work that it is an alternate of; none for a new work.
    pub alternate_of: Option<WorkId>,
    /// The untagged mix.
    pub source: Option<AssetId>,
    /// The cover picture.
    pub artwork: Option<AssetId>,
    /// Tempo in thousandths of a beat per minute.
    pub bpm_milli: Option<i32>,
    /// Key, in any spelling.
    pub musical_key: Option<String>,
    /// Moods.
    pub moods: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// A few sentences about it.
    pub description: String,
    /// What it holds of others' music.
    pub samples: Vec<Sample>,
    /// ISRC of the recording.
    pub isrc: Option<String>,
    /// ISWC of the work.
    pub iswc: Option<String>,
    /// Who made it; empty: the studio's first party, alone.
    pub collaborators: Vec<ShareLine>,
}

/// A change of a beat; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BeatChange {
    /// Its title; its address stays.
    pub title: Edit<String>,
    /// The untagged mix.
    pub source: Edit<AssetId>,
    /// The cover picture.
    pub artwork: Edit<Option<AssetId>>,
    /// Tempo in thousandths of a beat per minute.
    pub bpm_milli: Edit<Option<i32>>,
    /// Key, in any spelling.
    pub musical_key: Edit<Option<String>>,
    /// Moods.
    pub moods: Edit<Vec<String>>,
    /// Tags.
    pub tags: Edit<Vec<String>>,
    /// A few sentences about it.
    pub description: Edit<String>,
    /// What it holds of others' music, the whole list.
    pub samples: Edit<Vec<Sample>>,
    /// ISRC of the recording.
    pub isrc: Edit<Option<String>>,
    /// ISWC of the work.
    pub iswc: Edit<Option<String>>,
}

/// Enters a beat, as a draft: a new work and recording, or a recording of an existing work. Its preview is rendered as soon as its source is ready.
pub async fn create_beat(tx: &Tx, ctx: &Ctx, studio: StudioId, new: NewBeat) -> Result<beat::Model, CatalogError> {
    enter(tx, ctx, studio, new, None).await
}

/// As [`create_beat`], of a recording that is there already, and of its work.
pub(crate) async fn create_beat_of(
    tx: &Tx,
    ctx: &Ctx,
    recording: &recording::Model,
    new: NewBeat,
) -> Result<beat::Model, CatalogError> {
    enter(tx, ctx, recording.studio_id, new, Some(recording)).await
}

async fn enter(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    new: NewBeat,
    standing: Option<&recording::Model>,
) -> Result<beat::Model, CatalogError> {
    require(&ctx.actor, Action::WriteCatalog, studio)?;
    let title = texts::title(&new.title).ok_or(CatalogError::Title)?;
    let bpm_milli = check_bpm(new.bpm_milli)?;
    let musical_key = check_key(new.musical_key)?;
    let recording_code = check_isrc(new.isrc)?;
    let work_code = check_iswc(new.iswc)?;
    let description = check_text("description", &new.description)?;
    let samples = check_samples(new.samples)?;
    lock_studio(tx, studio).await?;
    let work = match standing.map(|recording| recording.work_id).or(new.alternate_of) {
        Some(id) => alternate(tx, studio, id, work_code).await?,
        None => insert_work(tx, ctx, studio, &title, work_code).await?,
    };
    let recording = match standing {
        Some(recording) => recording.id,
        None => insert_recording(tx, ctx, studio, work, &title, recording_code).await?,
    };
    if let Some(artwork) = new.artwork {
        lock_asset(tx, studio, artwork, AssetKind::Artwork, "artworkAssetId").await?;
    }
    let source_ready = match new.source {
        Some(source) => is_source_ready(tx, studio, source).await?,
        None => false,
    };
    let now = ctx.env.now();
    let beat = beat::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(studio),
        work_id: Set(work),
        recording_id: Set(recording),
        state: Set(BeatState::Draft),
        slug: Set(free_slug(tx, studio, &title).await?),
        title: Set(title),
        description: Set(description),
        bpm_milli: Set(bpm_milli),
        musical_key: Set(musical_key),
        source_asset_id: Set(new.source),
        artwork_asset_id: Set(new.artwork),
        preview_asset_id: Set(None),
        waveform_asset_id: Set(None),
        samples: Set(samples),
        published_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let beat = beat.insert(tx).await?;
    set_labels(tx, beat.id, LabelKind::Mood, &new.moods).await?;
    set_labels(tx, beat.id, LabelKind::Tag, &new.tags).await?;
    let lines = if new.collaborators.is_empty() { sets::first_party(tx, studio).await? } else { new.collaborators };
    sets::write_collaborators(tx, &beat, &lines).await?;
    if source_ready {
        outbox::put(tx, ctx, Some(studio), &Job::RenderPreview { beat: beat.id }).await?;
    }
    Ok(beat)
}

/// Changes a beat. Another source takes preview, waveform and stem check away until they are made anew; a sold beat keeps its source. What masters
/// carry as tags is put into them anew while the beat is on sale.
pub async fn update_beat(tx: &Tx, ctx: &Ctx, id: BeatId, change: BeatChange) -> Result<beat::Model, CatalogError> {
    let beat = lock_beat(tx, ctx, id, Action::WriteCatalog).await?;
    let studio = beat.studio_id;
    let title = change.title.try_map(|text| texts::title(&text).ok_or(CatalogError::Title))?;
    let mut row = beat.clone().into_active_model();
    if let Edit::To(title) = title {
        rename(tx, &beat, &title).await?;
        row.title = Set(title);
    }
    row.bpm_milli = Set(change.bpm_milli.try_map(check_bpm)?.or(beat.bpm_milli));
    row.musical_key = Set(change.musical_key.try_map(check_key)?.or(beat.musical_key.clone()));
    row.description =
        Set(change.description.try_map(|text| check_text("description", &text))?.or(beat.description.clone()));
    row.samples = Set(change.samples.try_map(check_samples)?.or(beat.samples.clone()));
    let recording_code = change.isrc.try_map(check_isrc)?;
    let recoded = recording_code != Edit::Keep;
    set_codes(tx, &beat, recording_code, change.iswc.try_map(check_iswc)?).await?;
    if let Edit::To(moods) = change.moods {
        set_labels(tx, id, LabelKind::Mood, &moods).await?;
    }
    if let Edit::To(tags) = change.tags {
        set_labels(tx, id, LabelKind::Tag, &tags).await?;
    }
    if let Edit::To(artwork) = change.artwork {
        if let Some(artwork) = artwork {
            lock_asset(tx, studio, artwork, AssetKind::Artwork, "artworkAssetId").await?;
        }
        row.artwork_asset_id = Set(artwork);
    }
    if let Edit::To(source) = change.source
        && beat.source_asset_id != Some(source)
    {
        replace_source(tx, ctx, &beat, source).await?;
        row.source_asset_id = Set(Some(source));
        row.preview_asset_id = Set(None);
        row.waveform_asset_id = Set(None);
    }
    row.updated_at = Set(ctx.env.now());
    let changed = row.update(tx).await?;
    if beat.state == BeatState::Published && (recoded || tags_differ(&beat, &changed)) {
        outbox::put(tx, ctx, Some(studio), &Job::BounceMasters { beat: id }).await?;
    }
    Ok(changed)
}

/// Whether the tags of masters say something else now.
fn tags_differ(before: &beat::Model, after: &beat::Model) -> bool {
    (&before.title, before.bpm_milli, &before.musical_key, before.artwork_asset_id)
        != (&after.title, after.bpm_milli, &after.musical_key, after.artwork_asset_id)
}

async fn replace_source(tx: &Tx, ctx: &Ctx, beat: &beat::Model, source: AssetId) -> Result<(), CatalogError> {
    if beat.state == BeatState::Sold {
        return Err(CatalogError::Sold);
    }
    let ready = is_source_ready(tx, beat.studio_id, source).await?;
    sets::check_stems_anew(tx, ctx, beat).await?;
    if ready {
        outbox::put(tx, ctx, Some(beat.studio_id), &Job::RenderPreview { beat: beat.id }).await?;
        if beat.state == BeatState::Published {
            outbox::put(tx, ctx, Some(beat.studio_id), &Job::BounceMasters { beat: beat.id }).await?;
        }
    }
    Ok(())
}

/// Whether a file can be a beat's source: one that is still being looked through may be set, a refused one not.
async fn is_source_ready(tx: &Tx, studio: StudioId, source: AssetId) -> Result<bool, CatalogError> {
    let field = "sourceAssetId";
    let asset = lock_asset(tx, studio, source, AssetKind::Source, field).await?;
    match asset.state {
        AssetState::Ready => Ok(true),
        AssetState::Checking => Ok(false),
        AssetState::Refused => {
            Err(CatalogError::AssetNotReady { field: field.to_owned(), state: asset.state, refusal: asset.refusal })
        }
    }
}

/// Queues up those who enter beats and codes of one studio, so that slugs and codes are found free or taken before they are written.
async fn lock_studio(tx: &Tx, studio: StudioId) -> Result<(), CatalogError> {
    let query = Query::select()
        .column("id")
        .from("studios")
        .and_where(ExprTrait::eq(Expr::col("id"), studio.uuid()))
        .lock(LockType::NoKeyUpdate)
        .take();
    tx.query_one(&query).await?.map(drop).ok_or(CatalogError::NotFound { what: "studio", field: "studioId".to_owned() })
}

async fn free_slug(tx: &Tx, studio: StudioId, title: &str) -> Result<String, CatalogError> {
    let base = texts::slug(title);
    let taken: Vec<String> = beat::Entity::find()
        .select_only()
        .column(beat::Column::Slug)
        .filter(beat::Column::StudioId.eq(studio))
        .filter(beat::Column::Slug.starts_with(&base))
        .into_tuple()
        .all(tx)
        .await?;
    if !taken.contains(&base) {
        return Ok(base);
    }
    // Among one more numbers than slugs are taken, one is free.
    let next = (2..=taken.len() + 2).map(|n| format!("{base}-{n}")).find(|slug| !taken.contains(slug));
    Ok(next.expect("there are more numbers than slugs taken"))
}

async fn alternate(tx: &Tx, studio: StudioId, id: WorkId, iswc: Option<String>) -> Result<WorkId, CatalogError> {
    let work = lock_work(tx, studio, id, "alternateOf").await?;
    if is_claimed(tx, id).await? {
        return Err(CatalogError::Sold);
    }
    if iswc.is_some() && iswc != work.iswc {
        set_iswc(tx, work, iswc).await?;
    }
    Ok(id)
}

/// Enters a work. Whoever gives it a code holds the studio.
pub(crate) async fn insert_work(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    title: &str,
    iswc: Option<String>,
) -> Result<WorkId, CatalogError> {
    let id: WorkId = ctx.env.id();
    require_iswc_free(tx, studio, id, iswc.as_deref()).await?;
    let row = work::ActiveModel {
        id: Set(id),
        studio_id: Set(studio),
        title: Set(title.to_owned()),
        iswc: Set(iswc),
        created_at: Set(ctx.env.now()),
    };
    row.insert(tx).await?;
    Ok(id)
}

/// Enters a recording of a work. Whoever gives it a code holds the studio.
pub(crate) async fn insert_recording(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    work: WorkId,
    title: &str,
    isrc: Option<String>,
) -> Result<RecordingId, CatalogError> {
    let id: RecordingId = ctx.env.id();
    require_isrc_free(tx, studio, id, isrc.as_deref()).await?;
    let row = recording::ActiveModel {
        id: Set(id),
        studio_id: Set(studio),
        work_id: Set(work),
        title: Set(title.to_owned()),
        isrc: Set(isrc),
        created_at: Set(ctx.env.now()),
    };
    row.insert(tx).await?;
    Ok(id)
}

/// Gives a recording of a studio another ISRC, or none; the masters of a beat on sale that is made of it are bounced anew. For production, which holds the
/// song's project.
pub(crate) async fn set_recording_isrc(
    tx: &Tx,
    ctx: &Ctx,
    (studio, id): (StudioId, RecordingId),
    isrc: Option<String>,
) -> Result<(), CatalogError> {
    let isrc = check_isrc(isrc)?;
    lock_studio(tx, studio).await?;
    require_isrc_free(tx, studio, id, isrc.as_deref()).await?;
    recording::Entity::update_many()
        .col_expr(recording::Column::Isrc, Expr::value(isrc))
        .filter(recording::Column::Id.eq(id))
        .filter(recording::Column::StudioId.eq(studio))
        .exec(tx)
        .await?;
    let on_sale = beat::Entity::find()
        .filter(beat::Column::RecordingId.eq(id))
        .filter(beat::Column::State.eq(BeatState::Published));
    for beat in on_sale.all(tx).await? {
        outbox::put(tx, ctx, Some(studio), &Job::BounceMasters { beat: beat.id }).await?;
    }
    Ok(())
}

/// Renames the recording with the beat, and the work as long as it is called like the beat.
async fn rename(tx: &Tx, beat: &beat::Model, title: &str) -> Result<(), CatalogError> {
    recording::Entity::update_many()
        .col_expr(recording::Column::Title, Expr::value(title))
        .filter(recording::Column::Id.eq(beat.recording_id))
        .exec(tx)
        .await?;
    work::Entity::update_many()
        .col_expr(work::Column::Title, Expr::value(title))
        .filter(work::Column::Id.eq(beat.work_id))
        .filter(work::Column::Title.eq(&beat.title))
        .exec(tx)
        .await?;
    Ok(())
}

async fn set_codes(
    tx: &Tx,
    beat: &beat::Model,
    recording_code: Edit<Option<String>>,
    work_code: Edit<Option<String>>,
) -> Result<(), CatalogError> {
    if recording_code == Edit::Keep && work_code == Edit::Keep {
        return Ok(());
    }
    lock_studio(tx, beat.studio_id).await?;
    if let Edit::To(isrc) = recording_code {
        require_isrc_free(tx, beat.studio_id, beat.recording_id, isrc.as_deref()).await?;
        recording::Entity::update_many()
            .col_expr(recording::Column::Isrc, Expr::value(isrc))
            .filter(recording::Column::Id.eq(beat.recording_id))
            .exec(tx)
            .await?;
    }
    if let Edit::To(iswc) = work_code {
        let work = lock_work(tx, beat.studio_id, beat.work_id, "id").await?;
        set_iswc(tx, work, iswc).await?;
    }
    Ok(())
}

async fn set_iswc(tx: &Tx, work: work::Model, iswc: Option<String>) -> Result<(), CatalogError> {
    require_iswc_free(tx, work.studio_id, work.id, iswc.as_deref()).await?;
    let mut row = work.into_active_model();
    row.iswc = Set(iswc);
    row.update(tx).await?;
    Ok(())
}

async fn require_isrc_free(
    tx: &Tx,
    studio: StudioId,
    own: RecordingId,
    isrc: Option<&str>,
) -> Result<(), CatalogError> {
    let Some(isrc) = isrc else { return Ok(()) };
    let holder = recording::Entity::find()
        .filter(recording::Column::StudioId.eq(studio))
        .filter(recording::Column::Isrc.eq(isrc))
        .filter(recording::Column::Id.ne(own));
    match holder.one(tx).await? {
        Some(_) => Err(CatalogError::CodeTaken { what: "recording", field: "isrc" }),
        None => Ok(()),
    }
}

async fn require_iswc_free(tx: &Tx, studio: StudioId, own: WorkId, iswc: Option<&str>) -> Result<(), CatalogError> {
    let Some(iswc) = iswc else { return Ok(()) };
    let holder = work::Entity::find()
        .filter(work::Column::StudioId.eq(studio))
        .filter(work::Column::Iswc.eq(iswc))
        .filter(work::Column::Id.ne(own));
    match holder.one(tx).await? {
        Some(_) => Err(CatalogError::CodeTaken { what: "work", field: "iswc" }),
        None => Ok(()),
    }
}

async fn set_labels(tx: &Tx, beat: BeatId, kind: LabelKind, given: &[String]) -> Result<(), CatalogError> {
    let field = if kind == LabelKind::Mood { "moods" } else { "tags" };
    let labels = texts::labels(given).map_err(|refusal| CatalogError::Labels { field, refusal })?;
    beat_label::Entity::delete_many()
        .filter(beat_label::Column::BeatId.eq(beat))
        .filter(beat_label::Column::Kind.eq(kind))
        .exec(tx)
        .await?;
    let rows = labels.into_iter().map(|label| beat_label::ActiveModel {
        beat_id: Set(beat),
        kind: Set(kind),
        label: Set(label),
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        beat_label::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn check_bpm(milli: Option<i32>) -> Result<Option<i32>, CatalogError> {
    match milli {
        Some(milli) if !BPM_MILLI.contains(&milli) => Err(CatalogError::Bpm),
        milli => Ok(milli),
    }
}

fn check_key(text: Option<String>) -> Result<Option<String>, CatalogError> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let key = Key::parse(&text).ok_or_else(|| CatalogError::Key { given: text.chars().take(40).collect() })?;
    Ok(Some(key.to_string()))
}

fn check_isrc(text: Option<String>) -> Result<Option<String>, CatalogError> {
    let checked = text.filter(|text| !text.trim().is_empty()).map(|text| text.parse::<Isrc>()).transpose();
    Ok(checked.map_err(|problem| CatalogError::Identifier { field: "isrc", problem })?.map(String::from))
}

fn check_iswc(text: Option<String>) -> Result<Option<String>, CatalogError> {
    let checked = text.filter(|text| !text.trim().is_empty()).map(|text| text.parse::<Iswc>()).transpose();
    Ok(checked.map_err(|problem| CatalogError::Identifier { field: "iswc", problem })?.map(String::from))
}

fn check_samples(given: Vec<Sample>) -> Result<Samples, CatalogError> {
    samples::check(given).map_err(CatalogError::Samples)
}

fn check_text(field: &'static str, text: &str) -> Result<String, CatalogError> {
    texts::description(text).ok_or(CatalogError::TooLong { field })
}
