//! The storefront: what anybody may see of a studio.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::Expr,
};

use crate::{
    catalog::entity::{BeatState, LabelKind, beat, beat_label},
    identity::entity::studio,
    ids::{BeatId, StudioId},
    page::{self, Page, PageRequest},
    report::StoreError,
    store::Db,
};

/// Which beats are looked for; everything left out does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BeatSearch {
    /// A part of the title, in any case.
    pub text: Option<String>,
    /// A mood.
    pub mood: Option<String>,
    /// A tag.
    pub tag: Option<String>,
    /// The slowest tempo, in thousandths of a beat per minute.
    pub bpm_milli_min: Option<i32>,
    /// The fastest tempo, in thousandths of a beat per minute.
    pub bpm_milli_max: Option<i32>,
    /// The key, as it is written on the beat.
    pub musical_key: Option<String>,
}

/// The studio behind a storefront's word.
pub async fn find_storefront(db: &impl ConnectionTrait, slug: &str) -> Result<Option<studio::Model>, StoreError> {
    Ok(studio::Entity::find().filter(studio::Column::Slug.eq(slug)).one(db).await?)
}

/// The published beats of a studio, newest first.
pub async fn list_storefront_beats(
    db: &Db,
    studio: StudioId,
    search: &BeatSearch,
    page: PageRequest<BeatId>,
) -> Result<Page<beat::Model>, StoreError> {
    let mut query = published(studio);
    if let Some(text) = &search.text {
        let lower = Expr::expr(sea_orm::sea_query::Func::lower(Expr::col(beat::Column::Title)));
        let pattern = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        query = query.filter(lower.like(sea_orm::sea_query::LikeExpr::new(format!("%{pattern}%")).escape('\\')));
    }
    for (kind, label) in [(LabelKind::Mood, &search.mood), (LabelKind::Tag, &search.tag)] {
        if let Some(label) = label {
            let labelled = beat_label::Entity::find()
                .select_only()
                .column(beat_label::Column::BeatId)
                .filter(beat_label::Column::Kind.eq(kind))
                .filter(beat_label::Column::Label.eq(label.trim().to_lowercase()));
            query = query.filter(beat::Column::Id.in_subquery(labelled.into_query()));
        }
    }
    if let Some(slowest) = search.bpm_milli_min {
        query = query.filter(beat::Column::BpmMilli.gte(slowest));
    }
    if let Some(fastest) = search.bpm_milli_max {
        query = query.filter(beat::Column::BpmMilli.lte(fastest));
    }
    if let Some(key) = &search.musical_key {
        query = query.filter(beat::Column::MusicalKey.eq(key.as_str()));
    }
    page::fetch(db, query, beat::Column::Id, page).await
}

/// A published beat by its word.
pub async fn find_storefront_beat(
    db: &impl ConnectionTrait,
    studio: StudioId,
    slug: &str,
) -> Result<Option<beat::Model>, StoreError> {
    Ok(published(studio).filter(beat::Column::Slug.eq(slug)).one(db).await?)
}

/// Which of these beats anybody may see: those that are published.
pub async fn published_beats(
    db: &impl ConnectionTrait,
    beats: &[BeatId],
) -> Result<HashMap<BeatId, beat::Model>, StoreError> {
    let rows = beat::Entity::find()
        .filter(beat::Column::Id.is_in(beats.iter().copied()))
        .filter(beat::Column::State.eq(BeatState::Published))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|beat| (beat.id, beat)).collect())
}

/// The moods and tags of beats, by beat, in the order of the alphabet.
pub async fn labels_of_beats(
    db: &impl ConnectionTrait,
    beats: &[BeatId],
) -> Result<HashMap<BeatId, Vec<beat_label::Model>>, StoreError> {
    let rows = beat_label::Entity::find()
        .filter(beat_label::Column::BeatId.is_in(beats.iter().copied()))
        .order_by_asc(beat_label::Column::Label)
        .all(db)
        .await?;
    let mut by_beat: HashMap<BeatId, Vec<beat_label::Model>> = HashMap::new();
    for row in rows {
        by_beat.entry(row.beat_id).or_default().push(row);
    }
    Ok(by_beat)
}

fn published(studio: StudioId) -> sea_orm::Select<beat::Entity> {
    beat::Entity::find().filter(beat::Column::StudioId.eq(studio)).filter(beat::Column::State.eq(BeatState::Published))
}
