//! Finding parties.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    PartyError, entity,
    keys::{self, Likeness},
    records::KeyKind,
};
use crate::{
    actor::Ctx,
    ids::{PartyId, StudioId},
    page::{self, Page, PageRequest},
    policy::{Action, require, visible, visible_standing},
    report::StoreError,
    store::Db,
};

/// A party by its id; none if there is none that the caller may see.
pub async fn find_party(db: &Db, ctx: &Ctx, id: PartyId) -> Result<Option<entity::Model>, PartyError> {
    let found = entity::Entity::find_by_id(id).one(db).await?;
    Ok(visible(&ctx.actor, Action::ReadCatalog, found, |party| party.studio_id)?)
}

/// A party by its id, to be read by who may do that.
pub(super) async fn find_party_as(
    db: &Db,
    ctx: &Ctx,
    action: Action,
    id: PartyId,
) -> Result<entity::Model, PartyError> {
    let found = entity::Entity::find_by_id(id).one(db).await?;
    visible_standing(&ctx.actor, action, found, |party| party.studio_id)?.ok_or(PartyError::NotFound)
}

/// The most groups of parties that may be one that are told at a time.
pub const MAX_LIKENESSES: u64 = 100;

/// The parties of a studio that may be one: of the same address, the same number or the same name, in the order of what they have in common, from behind one
/// on. At most so many groups, of at most [`MAX_LIKENESSES`].
///
/// # Errors
/// If the actor may not.
pub async fn list_likenesses(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    behind: Option<(KeyKind, String)>,
    most: u64,
) -> Result<Vec<Likeness>, PartyError> {
    require(&ctx.actor, Action::ReadClients, studio)?;
    Ok(keys::likenesses(db, studio, behind, most.min(MAX_LIKENESSES)).await?)
}

/// A studio's parties, without those that were merged into others.
pub async fn list_parties(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    request: PageRequest<PartyId>,
) -> Result<Page<entity::Model>, PartyError> {
    require(&ctx.actor, Action::ReadCatalog, studio)?;
    let query = entity::Entity::find()
        .filter(entity::Column::StudioId.eq(studio))
        .filter(Expr::cust("NOT EXISTS (SELECT 1 FROM party_successors WHERE party_successors.party_id = parties.id)"));
    Ok(page::fetch(db, query, entity::Column::Id, request).await?)
}

/// Parties by ids that stand in rows which the caller has been shown.
pub async fn find_parties_by_ids(db: &Db, ids: &[PartyId]) -> Result<HashMap<PartyId, entity::Model>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = entity::Entity::find().filter(entity::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|party| (party.id, party)).collect())
}
