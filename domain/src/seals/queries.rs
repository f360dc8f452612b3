//! Reading seals. A document's reference is printed on it: whoever holds it may ask what became of its seal, and learns no more than that.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{revision, seal};
use crate::{
    catalog::{Sha256, entity::asset},
    env::Instant,
    ids::SealId,
    report::StoreError,
    store::Db,
};

/// A sealed document with its newest revision's file. For the program itself.
pub async fn find(db: &impl ConnectionTrait, id: SealId) -> Result<Option<(seal::Model, asset::Model)>, StoreError> {
    let Some(found) = seal::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let file = asset::Entity::find_by_id(found.asset_id).one(db).await?;
    Ok(file.map(|file| (found, file)))
}

/// The document of a reference.
pub async fn find_by_reference(db: &impl ConnectionTrait, reference: &str) -> Result<Option<seal::Model>, StoreError> {
    Ok(seal::Entity::find().filter(seal::Column::Reference.eq(reference)).one(db).await?)
}

/// The document that has this very file among its revisions, and which of them it is.
pub async fn find_by_file(
    db: &impl ConnectionTrait,
    sha256: &Sha256,
) -> Result<Option<(seal::Model, revision::Model)>, StoreError> {
    let query = revision::Entity::find().filter(revision::Column::Sha256.eq(sha256.clone()));
    let Some(row) = query.order_by_desc(revision::Column::Revision).one(db).await? else { return Ok(None) };
    let found = seal::Entity::find_by_id(row.seal_id).one(db).await?;
    Ok(found.map(|found| (found, row)))
}

/// Every revision of a document, oldest first.
pub async fn list_revisions(db: &Db, id: SealId) -> Result<Vec<revision::Model>, StoreError> {
    let query = revision::Entity::find().filter(revision::Column::SealId.eq(id));
    Ok(query.order_by_asc(revision::Column::Revision).all(db).await?)
}

/// Seals to be looked at now, the most urgent first.
pub(super) async fn list_due(
    db: &impl ConnectionTrait,
    now: Instant,
    most: u64,
) -> Result<Vec<seal::Model>, StoreError> {
    let query = seal::Entity::find().filter(seal::Column::DueAt.lte(now));
    Ok(query.order_by_asc(seal::Column::DueAt).limit(most).all(db).await?)
}
