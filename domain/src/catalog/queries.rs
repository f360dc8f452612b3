//! Finding what is in the catalogue: a studio's own, and what anybody may see of what is published.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType},
};

use super::{
    CatalogError, Sha256,
    entity::{AssetKind, BeatState, LabelKind, asset, beat, beat_label, collaborator, recording, stem, upload, work},
    rules::{music::Key, names, stems},
};
use crate::{
    actor::Ctx,
    identity::queries::closed_studios,
    ids::{AssetId, BeatId, RecordingId, StudioId, UploadId, WorkId},
    licensing::on_sale::{OfferFilter, on_sale},
    page::{self, Page, PageRequest},
    parties,
    policy::{Action, require, visible},
    report::StoreError,
    splits,
    store::{self, Db},
    wording,
};

/// Which beats are wanted; what is empty or none does not narrow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BeatFilter {
    /// Only in these states. The storefront ignores it.
    pub states: Vec<BeatState>,
    /// Words that the title holds, as one text, upper and lower case alike.
    pub title: Option<String>,
    /// The slowest, in thousandths of a beat per minute.
    pub min_bpm_milli: Option<i32>,
    /// The fastest, in thousandths of a beat per minute.
    pub max_bpm_milli: Option<i32>,
    /// A key in canonical form, such as `A minor`.
    pub musical_key: Option<String>,
    /// Whether the keys that mix with it are wanted as well.
    pub compatible_keys: bool,
    /// A mood.
    pub mood: Option<String>,
    /// A tag.
    pub tag: Option<String>,
    /// Only alternates of one work.
    pub work: Option<WorkId>,
    /// Only what is on sale so. The studio's own list ignores it.
    pub offer: Option<OfferFilter>,
}

impl BeatFilter {
    /// The keys that are wanted, in canonical form; none if every key is.
    fn keys(&self) -> Option<Vec<String>> {
        let key = self.musical_key.as_deref()?;
        let mixing = Key::parse(key).filter(|_| self.compatible_keys).map(Key::compatible);
        Some(mixing.map_or_else(|| vec![key.to_owned()], |keys| keys.iter().map(ToString::to_string).collect()))
    }
}

/// A collaborator with the party it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// The line of the share table.
    pub line: collaborator::Model,
    /// Who it is.
    pub party: parties::entity::Model,
}

/// A beat of a folder that is about to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderBeat {
    /// Its files.
    pub files: stems::BeatFiles,
    /// What the name of its mix says.
    pub named: names::NamedBeat,
}

/// Sorts a folder's files (paths with `/`, relative to it) into beats, for whoever may upload them to the studio.
pub fn sort_folder(ctx: &Ctx, studio: StudioId, paths: &[String]) -> Result<Vec<FolderBeat>, CatalogError> {
    require(&ctx.actor, Action::WriteCatalog, studio)?;
    let describe = |files: stems::BeatFiles| FolderBeat { named: names::read(&files.source), files };
    Ok(stems::group(paths).into_iter().map(describe).collect())
}

/// A beat by its id; none if there is none that the caller may see.
pub async fn find_beat(db: &Db, ctx: &Ctx, id: BeatId) -> Result<Option<beat::Model>, CatalogError> {
    let found = beat::Entity::find_by_id(id).one(db).await?;
    Ok(visible(&ctx.actor, Action::ReadCatalog, found, |beat| beat.studio_id)?)
}

/// A studio's beat whose present source is this very file; none if there is none.
pub async fn find_beat_with_source(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    sha256: &Sha256,
) -> Result<Option<beat::Model>, CatalogError> {
    require(&ctx.actor, Action::ReadCatalog, studio)?;
    let files = asset::Entity::find()
        .select_only()
        .column(asset::Column::Id)
        .filter(asset::Column::StudioId.eq(studio))
        .filter(asset::Column::Sha256.eq(sha256.clone()))
        .into_query();
    let query = beat::Entity::find()
        .filter(beat::Column::StudioId.eq(studio))
        .filter(beat::Column::SourceAssetId.in_subquery(files));
    Ok(query.order_by_asc(beat::Column::Id).one(db).await?)
}

/// A work by its id; none if there is none that the caller may see.
pub async fn find_work(db: &Db, ctx: &Ctx, id: WorkId) -> Result<Option<work::Model>, CatalogError> {
    let found = work::Entity::find_by_id(id).one(db).await?;
    Ok(visible(&ctx.actor, Action::ReadCatalog, found, |work| work.studio_id)?)
}

/// A file by its id; none if there is none that the caller may see.
pub async fn find_asset(db: &Db, ctx: &Ctx, id: AssetId) -> Result<Option<asset::Model>, CatalogError> {
    let found = asset::Entity::find_by_id(id).one(db).await?;
    let action = found.as_ref().map_or(Action::ReadCatalog, |asset| reading(asset.kind));
    Ok(visible(&ctx.actor, action, found, |asset| asset.studio_id)?)
}

/// An upload by its id, expired ones included; none if there is none that the caller may continue.
pub async fn find_upload(db: &Db, ctx: &Ctx, id: UploadId) -> Result<Option<upload::Model>, CatalogError> {
    let found = upload::Entity::find_by_id(id).one(db).await?;
    Ok(visible(&ctx.actor, Action::WriteCatalog, found, |upload| upload.studio_id)?)
}

/// A studio's beats, in any state.
pub async fn list_beats(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    filter: &BeatFilter,
    request: PageRequest<BeatId>,
) -> Result<Page<beat::Model>, CatalogError> {
    require(&ctx.actor, Action::ReadCatalog, studio)?;
    Ok(page::fetch(db, wanted(studio, filter), beat::Column::Id, request).await?)
}

/// How many beats of a studio a filter wants.
pub async fn count_beats(db: &Db, ctx: &Ctx, studio: StudioId, filter: &BeatFilter) -> Result<i64, CatalogError> {
    require(&ctx.actor, Action::ReadCatalog, studio)?;
    Ok(page::count(db, wanted(studio, filter), beat::Column::Id).await?)
}

/// The beats that a filter wants, those that are not on sale among them.
fn wanted(studio: StudioId, filter: &BeatFilter) -> Select<beat::Entity> {
    let query = filtered(studio, filter);
    if filter.states.is_empty() {
        return query;
    }
    query.filter(beat::Column::State.is_in(filter.states.iter().copied()))
}

/// A studio's works.
pub async fn list_works(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    request: PageRequest<WorkId>,
) -> Result<Page<work::Model>, CatalogError> {
    require(&ctx.actor, Action::ReadCatalog, studio)?;
    let query = work::Entity::find().filter(work::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, work::Column::Id, request).await?)
}

/// Files that only those see who see royalties: what statements say and payees are told is not everybody's business in a studio.
const OF_ROYALTIES: [AssetKind; 3] = [AssetKind::Statement, AssetKind::StatementIndex, AssetKind::Royalties];

/// What somebody must be allowed to do who sees a file of a kind.
fn reading(kind: AssetKind) -> Action {
    if OF_ROYALTIES.contains(&kind) { Action::ReadRoyalties } else { Action::ReadCatalog }
}

/// A studio's files, of one kind or of all that the actor may see.
pub async fn list_assets(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    kind: Option<AssetKind>,
    request: PageRequest<AssetId>,
) -> Result<Page<asset::Model>, CatalogError> {
    require(&ctx.actor, kind.map_or(Action::ReadCatalog, reading), studio)?;
    let sees_royalties = require(&ctx.actor, Action::ReadRoyalties, studio).is_ok();
    let query = asset::Entity::find()
        .filter(asset::Column::StudioId.eq(studio))
        .apply_if((!sees_royalties).then_some(OF_ROYALTIES), |query, kinds| {
            query.filter(asset::Column::Kind.is_not_in(kinds))
        })
        .apply_if(kind, |query, kind| query.filter(asset::Column::Kind.eq(kind)));
    Ok(page::fetch(db, query, asset::Column::Id, request).await?)
}

/// What a studio has on its storefront; open to anybody.
pub async fn list_storefront_beats(
    db: &Db,
    studio: StudioId,
    filter: &BeatFilter,
    request: PageRequest<BeatId>,
) -> Result<Page<beat::Model>, CatalogError> {
    let query = filtered(studio, filter).filter(beat::Column::State.eq(BeatState::Published));
    let Some(offer) = &filter.offer else { return Ok(page::fetch(db, query, beat::Column::Id, request).await?) };
    let query = query.filter(on_sale(offer, store::is_postgres(db)));
    let sellable = |rows: Vec<beat::Model>| not_withheld(db, studio, rows);
    let by_id = (beat::Column::Id, |row: &beat::Model| row.id);
    Ok(page::fetch_passing(db, query, by_id, request, sellable).await?)
}

/// Those of a studio's beats for whose split it does not wait.
async fn not_withheld(db: &Db, studio: StudioId, mut rows: Vec<beat::Model>) -> Result<Vec<beat::Model>, StoreError> {
    let ids: Vec<BeatId> = rows.iter().map(|row| row.id).collect();
    let withheld = splits::withheld_beats(db, studio, &ids).await?;
    rows.retain(|row| !withheld.contains(&row.id));
    Ok(rows)
}

/// A beat of the storefront by the words in its address; open to anybody. A sold one is found, too, for its page says that it is sold.
pub async fn find_storefront_beat(
    db: &Db,
    studio_slug: &str,
    beat_slug: &str,
) -> Result<Option<beat::Model>, CatalogError> {
    let studio = Query::select().column("id").from("studios").and_where(Expr::col("slug").eq(studio_slug)).take();
    let query = beat::Entity::find()
        .filter(beat::Column::StudioId.in_subquery(studio))
        .filter(beat::Column::Slug.eq(beat_slug))
        .filter(beat::Column::State.is_in([BeatState::Published, BeatState::Sold]));
    Ok(query.one(db).await?)
}

/// A file that anybody may fetch: the preview, waveform or artwork of a published beat. Of a closed studio's the artwork alone: it
/// stands on the pages of what was bought there.
pub async fn find_public_asset(db: &Db, id: AssetId) -> Result<Option<asset::Model>, CatalogError> {
    // It stands in one of three columns, each with an index of its own. Asked for in one condition, SQLite would look for it in every beat.
    let shown_as = |column: beat::Column| {
        beat::Entity::find()
            .select_only()
            .column(beat::Column::StudioId)
            .filter(beat::Column::State.eq(BeatState::Published))
            .filter(column.eq(id))
    };
    let heard_as = |column: beat::Column| {
        shown_as(column).filter(beat::Column::StudioId.not_in_subquery(closed_studios())).into_query()
    };
    let studios = shown_as(beat::Column::ArtworkAssetId)
        .into_query()
        .union(UnionType::All, heard_as(beat::Column::PreviewAssetId))
        .union(UnionType::All, heard_as(beat::Column::WaveformAssetId))
        .take();
    Ok(asset::Entity::find_by_id(id).filter(asset::Column::StudioId.in_subquery(studios)).one(db).await?)
}

fn filtered(studio: StudioId, filter: &BeatFilter) -> Select<beat::Entity> {
    beat::Entity::find()
        .filter(beat::Column::StudioId.eq(studio))
        .apply_if(filter.title.as_deref().map(str::trim).filter(|text| !text.is_empty()), |query, text| {
            query.filter(wording::holds(beat::Column::Title, text))
        })
        .apply_if(filter.min_bpm_milli, |query, bpm| query.filter(beat::Column::BpmMilli.gte(bpm)))
        .apply_if(filter.max_bpm_milli, |query, bpm| query.filter(beat::Column::BpmMilli.lte(bpm)))
        .apply_if(filter.keys(), |query, keys| query.filter(beat::Column::MusicalKey.is_in(keys)))
        .apply_if(filter.mood.as_deref(), |query, mood| {
            query.filter(beat::Column::Id.in_subquery(labelled(LabelKind::Mood, mood)))
        })
        .apply_if(filter.tag.as_deref(), |query, tag| {
            query.filter(beat::Column::Id.in_subquery(labelled(LabelKind::Tag, tag)))
        })
        .apply_if(filter.work, |query, work| query.filter(beat::Column::WorkId.eq(work)))
}

fn labelled(kind: LabelKind, label: &str) -> SelectStatement {
    beat_label::Entity::find()
        .select_only()
        .column(beat_label::Column::BeatId)
        .filter(beat_label::Column::Kind.eq(kind))
        .filter(beat_label::Column::Label.eq(label.trim().to_lowercase()))
        .into_query()
}

// For the loaders of one request: by ids of rows that the caller has been shown already, so there is no policy to ask.

/// Works by ids that stand in rows which the caller has been shown.
pub async fn find_works_by_ids(db: &Db, ids: &[WorkId]) -> Result<HashMap<WorkId, work::Model>, StoreError> {
    let rows = work::Entity::find().filter(work::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Recordings by ids that stand in rows which the caller has been shown.
pub async fn find_recordings_by_ids(
    db: &Db,
    ids: &[RecordingId],
) -> Result<HashMap<RecordingId, recording::Model>, StoreError> {
    let rows = recording::Entity::find().filter(recording::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Files by ids that stand in rows which the caller has been shown.
pub async fn find_assets_by_ids(
    db: &impl ConnectionTrait,
    ids: &[AssetId],
) -> Result<HashMap<AssetId, asset::Model>, StoreError> {
    let rows = asset::Entity::find().filter(asset::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Moods and tags of beats that the caller has been shown, in alphabetical order.
pub async fn list_labels_of_beats(
    db: &Db,
    ids: &[BeatId],
) -> Result<HashMap<BeatId, Vec<beat_label::Model>>, StoreError> {
    let rows = beat_label::Entity::find()
        .filter(beat_label::Column::BeatId.is_in(ids.iter().copied()))
        .order_by_asc(beat_label::Column::Label)
        .all(db)
        .await?;
    Ok(by_beat(rows, |row| row.beat_id))
}

/// Collaborators of beats that the caller has been shown, in the order of the credits.
pub async fn list_credits_of_beats(db: &Db, ids: &[BeatId]) -> Result<HashMap<BeatId, Vec<Credit>>, StoreError> {
    let lines = collaborator::Entity::find()
        .filter(collaborator::Column::BeatId.is_in(ids.iter().copied()))
        .order_by_asc(collaborator::Column::Position)
        .all(db)
        .await?;
    let parties: Vec<_> = lines.iter().map(|line| line.party_id).collect();
    let parties = parties::find_parties_by_ids(db, &parties).await?;
    // A foreign key holds that every line has its party.
    let credits = lines.into_iter().filter_map(|line| {
        let party = parties.get(&line.party_id)?.clone();
        Some(Credit { line, party })
    });
    Ok(by_beat(credits, |credit| credit.line.beat_id))
}

/// Stems of beats that the caller has been shown, in the order of the set.
pub async fn list_stems_of_beats(db: &Db, ids: &[BeatId]) -> Result<HashMap<BeatId, Vec<stem::Model>>, StoreError> {
    let rows = stem::Entity::find()
        .filter(stem::Column::BeatId.is_in(ids.iter().copied()))
        .order_by_asc(stem::Column::Position)
        .all(db)
        .await?;
    Ok(by_beat(rows, |row| row.beat_id))
}

fn by_beat<T>(rows: impl IntoIterator<Item = T>, beat: impl Fn(&T) -> BeatId) -> HashMap<BeatId, Vec<T>> {
    let mut all: HashMap<BeatId, Vec<T>> = HashMap::new();
    for row in rows {
        all.entry(beat(&row)).or_default().push(row);
    }
    all
}
