//! Finding what was heard in files, and what came in archives.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

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

/// The beats whose source sounds like a file that the caller has been shown, the likest first.
pub async fn list_alike(db: &Db, ids: &[AssetId]) -> Result<HashMap<AssetId, Vec<AlikeBeat>>, StoreError> {
    let pairs = likeness::Entity::find()
        .filter(
            Condition::any()
                .add(likeness::Column::AssetId.is_in(ids.iter().copied()))
                .add(likeness::Column::OtherId.is_in(ids.iter().copied())),
        )
        .order_by_desc(likeness::Column::SimilarityPpm)
        .all(db)
        .await?;
    let sources = pairs.iter().flat_map(|pair| [pair.asset_id, pair.other_id]);
    let beats = beat::Entity::find()
        .filter(beat::Column::SourceAssetId.is_in(sources))
        .order_by_asc(beat::Column::Id)
        .all(db)
        .await?;
    let mut alike: HashMap<AssetId, Vec<AlikeBeat>> = HashMap::new();
    for id in ids {
        for pair in pairs.iter().filter(|pair| pair.asset_id == *id || pair.other_id == *id) {
            let other = if pair.asset_id == *id { pair.other_id } else { pair.asset_id };
            let of_other = beats.iter().filter(|beat| beat.source_asset_id == Some(other)).cloned();
            let found = of_other.map(|beat| AlikeBeat { beat, similarity_ppm: pair.similarity_ppm });
            alike.entry(*id).or_default().extend(found);
        }
    }
    Ok(alike)
}
