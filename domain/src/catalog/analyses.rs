//! Finding what was heard in files, and what came in archives.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, Order, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Expr, ExprTrait, Func, Query, SelectStatement, UnionType, WindowStatement},
};

use super::entity::{Fingerprint, analysis, archive_member, beat, likeness, stem_check};
use crate::{
    ids::{AssetId, BeatId, StudioId},
    report::StoreError,
    store::Db,
};

/// Fingerprints of a studio's other files of music, in the order of their ids, from behind `after`: at most `limit` of them. For the program itself.
pub async fn list_fingerprints(
    db: &impl ConnectionTrait,
    studio: StudioId,
    but: AssetId,
    after: Option<AssetId>,
    limit: u64,
) -> Result<Vec<(AssetId, Fingerprint)>, StoreError> {
    let rows = analysis::Entity::find()
        .select_only()
        .column(analysis::Column::AssetId)
        .column(analysis::Column::Fingerprint)
        .filter(analysis::Column::StudioId.eq(studio))
        .filter(analysis::Column::AssetId.ne(but))
        .apply_if(after, |query, after| query.filter(analysis::Column::AssetId.gt(after)))
        .order_by_asc(analysis::Column::AssetId)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows)
}

// For the loaders of one request and for the program itself: by ids of rows that the caller has been shown already.

/// What was heard in files that the caller has been shown.
pub async fn find_analyses(db: &Db, ids: &[AssetId]) -> Result<HashMap<AssetId, analysis::Model>, StoreError> {
    let rows = analysis::Entity::find().filter(analysis::Column::AssetId.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.asset_id, row)).collect())
}

/// What was found in the stems of beats that the caller has been shown.
pub async fn find_stem_checks(db: &Db, ids: &[BeatId]) -> Result<HashMap<BeatId, stem_check::Model>, StoreError> {
    let rows = stem_check::Entity::find().filter(stem_check::Column::BeatId.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.beat_id, row)).collect())
}

/// The stems that came in archives that the caller has been shown, in the archives' order of names.
pub async fn list_unpacked(db: &Db, ids: &[AssetId]) -> Result<HashMap<AssetId, Vec<AssetId>>, StoreError> {
    let rows = archive_member::Entity::find()
        .filter(archive_member::Column::ArchiveId.is_in(ids.iter().copied()))
        .order_by_asc(archive_member::Column::Position)
        .all(db)
        .await?;
    let mut unpacked: HashMap<AssetId, Vec<AssetId>> = HashMap::new();
    for row in rows {
        unpacked.entry(row.archive_id).or_default().push(row.asset_id);
    }
    Ok(unpacked)
}

/// A beat that sounds like a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlikeBeat {
    /// The beat, of the same studio.
    pub beat: beat::Model,
    /// How much of the shorter is found in the other, in parts per million.
    pub similarity_ppm: i32,
}

/// The most beats that are listed as sounding like one file.
pub const MAX_ALIKE: u32 = 20;

/// The beats whose source sounds like a file that the caller has been shown, the likest first: at most [`MAX_ALIKE`] of each.
pub async fn list_alike(db: &Db, ids: &[AssetId]) -> Result<HashMap<AssetId, Vec<AlikeBeat>>, StoreError> {
    let found: Vec<(AssetId, BeatId, i32)> = db
        .query_all(&likest(ids))
        .await?
        .iter()
        .map(|row| Ok((row.try_get("", "file_id")?, row.try_get("", "beat_id")?, row.try_get("", "similarity_ppm")?)))
        .collect::<Result<_, DbErr>>()?;
    let beats = beat::Entity::find().filter(beat::Column::Id.is_in(found.iter().map(|(_, id, _)| *id))).all(db).await?;
    let beats: HashMap<BeatId, beat::Model> = beats.into_iter().map(|beat| (beat.id, beat)).collect();
    let mut alike: HashMap<AssetId, Vec<AlikeBeat>> = HashMap::new();
    for (file, beat, similarity_ppm) in found {
        let Some(beat) = beats.get(&beat).cloned() else { continue };
        alike.entry(file).or_default().push(AlikeBeat { beat, similarity_ppm });
    }
    Ok(alike)
}

/// Files, each with the beats whose sources sound most like it, the likest first: `file_id`, `beat_id`, `similarity_ppm`.
fn likest(ids: &[AssetId]) -> SelectStatement {
    // A pair stands once and counts from either side.
    let seen_from = |own: likeness::Column, other: likeness::Column| {
        Query::select()
            .expr_as(Expr::col(own), "file_id")
            .expr_as(Expr::col(other), "other_id")
            .column(likeness::Column::SimilarityPpm)
            .from(likeness::Entity)
            .and_where(own.is_in(ids.iter().copied()))
            .take()
    };
    let pairs = seen_from(likeness::Column::AssetId, likeness::Column::OtherId)
        .union(UnionType::All, seen_from(likeness::Column::OtherId, likeness::Column::AssetId))
        .take();
    let place = WindowStatement::partition_by(("pairs", "file_id"))
        .order_by(("pairs", "similarity_ppm"), Order::Desc)
        .order_by((beat::Entity, beat::Column::Id), Order::Asc)
        .take();
    let of_source = Expr::col((beat::Entity, beat::Column::SourceAssetId)).equals(("pairs", "other_id"));
    let ranked = Query::select()
        .columns([("pairs", "file_id"), ("pairs", "similarity_ppm")])
        .expr_as(Expr::col((beat::Entity, beat::Column::Id)), "beat_id")
        .expr_window_as(Func::cust("ROW_NUMBER"), place, "place")
        .from_subquery(pairs, "pairs")
        .join(JoinType::InnerJoin, beat::Entity, of_source)
        .take();
    Query::select()
        .columns(["file_id", "beat_id", "similarity_ppm"])
        .from_subquery(ranked, "ranked")
        .and_where(ExprTrait::lte(Expr::col("place"), MAX_ALIKE))
        .order_by("file_id", Order::Asc)
        .order_by("place", Order::Asc)
        .take()
}
