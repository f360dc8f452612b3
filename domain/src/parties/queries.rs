//! Finding parties.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{PartyError, entity};
use crate::{
    actor::Ctx,
    ids::{PartyId, StudioId},
    page::{self, Page, PageRequest},
    policy::{Action, require, visible},
    report::StoreError,
    store::Db,
};

/// A party by its id; none if there is none that the caller may see.
pub async fn find_party(db: &Db, ctx: &Ctx, id: PartyId) -> Result<Option<entity::Model>, PartyError> {
    let found = entity::Entity::find_by_id(id).one(db).await?;
    Ok(visible(&ctx.actor, Action::ReadCatalog, found, |party| party.studio_id)?)
}

/// A studio's parties.
pub async fn list_parties(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    request: PageRequest<PartyId>,
) -> Result<Page<entity::Model>, PartyError> {
    require(&ctx.actor, Action::ReadCatalog, studio)?;
    let query = entity::Entity::find().filter(entity::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, entity::Column::Id, request).await?)
}

/// Parties by ids that stand in rows which the caller has been shown.
pub async fn find_parties_by_ids(db: &Db, ids: &[PartyId]) -> Result<HashMap<PartyId, entity::Model>, StoreError> {
    let rows = entity::Entity::find().filter(entity::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|party| (party.id, party)).collect())
}
