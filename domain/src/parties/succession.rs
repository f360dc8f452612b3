//! Who took whose place. A party that was merged keeps its row, for what was signed and booked names it; whoever acts on it acts on its successor.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType};

use super::{
    entity,
    records::{erasure, successor},
};
use crate::{
    ids::{PartyId, StudioId},
    report::StoreError,
    store::Tx,
};

/// The successors of those parties that have one.
pub(crate) async fn successors_of(
    db: &impl ConnectionTrait,
    parties: impl IntoIterator<Item = PartyId>,
) -> Result<HashMap<PartyId, PartyId>, StoreError> {
    let asked: HashSet<PartyId> = parties.into_iter().collect();
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = successor::Entity::find().filter(successor::Column::PartyId.is_in(asked)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.party_id, row.successor_id)).collect())
}

/// Who stands for a party now: its successor, or itself.
pub(crate) async fn present(db: &impl ConnectionTrait, party: PartyId) -> Result<PartyId, StoreError> {
    Ok(successors_of(db, [party]).await?.remove(&party).unwrap_or(party))
}

/// As [`successors_of`], with those of a studio's parties and their successors held until the end of the transaction, in the order of their ids: whoever
/// merges or erases one of them waits, and sees what was written of it.
pub(crate) async fn hold_present(
    tx: &Tx,
    studio: StudioId,
    parties: &[PartyId],
) -> Result<HashMap<PartyId, PartyId>, StoreError> {
    let before = successors_of(tx, parties.iter().copied()).await?;
    let ids: BTreeSet<PartyId> = parties.iter().copied().chain(before.into_values()).collect();
    entity::Entity::find()
        .filter(entity::Column::StudioId.eq(studio))
        .filter(entity::Column::Id.is_in(ids))
        .order_by_asc(entity::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    successors_of(tx, parties.iter().copied()).await
}

/// A party and all that were merged into it, itself first, then in the order of their ids.
pub(crate) async fn family_of(db: &impl ConnectionTrait, party: PartyId) -> Result<Vec<PartyId>, StoreError> {
    let rows = successor::Entity::find()
        .filter(successor::Column::SuccessorId.eq(party))
        .order_by_asc(successor::Column::PartyId)
        .all(db)
        .await?;
    Ok([party].into_iter().chain(rows.into_iter().map(|row| row.party_id)).collect())
}

/// The parties that were merged into each of these, by successor. For who may see them: it asks nothing itself.
pub async fn merged_into(
    db: &impl ConnectionTrait,
    parties: &[PartyId],
) -> Result<HashMap<PartyId, Vec<successor::Model>>, StoreError> {
    let rows = successor::Entity::find()
        .filter(successor::Column::SuccessorId.is_in(parties.iter().copied()))
        .order_by_asc(successor::Column::PartyId)
        .all(db)
        .await?;
    let mut by_successor: HashMap<PartyId, Vec<successor::Model>> = HashMap::new();
    for row in rows {
        by_successor.entry(row.successor_id).or_default().push(row);
    }
    Ok(by_successor)
}

/// Which of these parties were erased. For who may see them: it asks nothing itself.
pub async fn erasures_of(
    db: &impl ConnectionTrait,
    parties: &[PartyId],
) -> Result<HashMap<PartyId, erasure::Model>, StoreError> {
    let rows = erasure::Entity::find().filter(erasure::Column::PartyId.is_in(parties.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.party_id, row)).collect())
}
