//! Payees' links to their portal.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::{
    actor::Ctx,
    ids::PartyId,
    parties,
    policy::{self, Action},
    royalties::{RoyaltyError, entity::portal_link},
    store::Tx,
};

/// The link of a payee's portal, made if there is none. Its token is signed when it is given out. Whoever has the link sees what the payee is told: it is for who
/// may see that themselves.
///
/// # Errors
/// If the actor may not, or the party is none any more.
pub async fn open_portal(tx: &Tx, ctx: &Ctx, id: PartyId) -> Result<portal_link::Model, RoyaltyError> {
    let party = parties::lock_present(tx, ctx, Action::ManageRoyalties, id).await?;
    policy::require(&ctx.actor, Action::ReadRoyalties, party.studio_id)?;
    if let Some(standing) = standing(tx, id).await? {
        return Ok(standing);
    }
    let row = portal_link::Model {
        id: ctx.env.id(),
        studio_id: party.studio_id,
        party_id: id,
        created_at: ctx.env.now(),
        revoked_at: None,
    };
    Ok(row.into_active_model().insert(tx).await?)
}

/// The link by which a mail of the program's own leads a payee to their portal, made if there is none: of who was merged, of who took their place.
pub async fn portal_of_payee(tx: &Tx, ctx: &Ctx, id: PartyId) -> Result<portal_link::Model, RoyaltyError> {
    let present = parties::present(tx, id).await?;
    open_portal(tx, ctx, present).await
}

/// Revokes the link of a payee's portal, and those of all that were merged into them, which lead there too: they open nothing any more; another can be made. True if
/// there was one.
///
/// # Errors
/// If the actor may not, or the party is none any more.
pub async fn revoke_portal(tx: &Tx, ctx: &Ctx, id: PartyId) -> Result<bool, RoyaltyError> {
    parties::lock_present(tx, ctx, Action::ManageRoyalties, id).await?;
    let revoked = portal_link::Entity::update_many()
        .set(portal_link::ActiveModel { revoked_at: Set(Some(ctx.env.now())), ..Default::default() })
        .filter(portal_link::Column::PartyId.is_in(parties::family_of(tx, id).await?))
        .filter(portal_link::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(revoked.rows_affected > 0)
}

/// The link that stands; the party is held.
async fn standing(tx: &Tx, party: PartyId) -> Result<Option<portal_link::Model>, RoyaltyError> {
    Ok(portal_link::Entity::find()
        .filter(portal_link::Column::PartyId.eq(party))
        .filter(portal_link::Column::RevokedAt.is_null())
        .one(tx)
        .await?)
}
