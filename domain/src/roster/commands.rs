//! Granting studios to rosters, and saying up to which amount somebody approves runs.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::{LockType, OnConflict},
};

use crate::{
    actor::Ctx,
    acts::{self, NewAct, entity::Act},
    identity::entity::{member, studio},
    ids::{StudioId, UserId},
    money::Money,
    policy::{self, Action},
    royalties::{
        RoyaltyError,
        entity::{grant, limit},
    },
    store::Tx,
};

/// Holds the studio, for an owner of it.
async fn hold(tx: &Tx, ctx: &Ctx, id: StudioId) -> Result<(), RoyaltyError> {
    policy::require(&ctx.actor, Action::ManageMembers, id)?;
    let held = studio::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    held.ok_or(RoyaltyError::NotFound { what: "studio", field: "studio" })?;
    Ok(())
}

async fn require_member(tx: &Tx, studio: StudioId, user: UserId) -> Result<member::Model, RoyaltyError> {
    let found = member::Entity::find_by_id((studio, user)).one(tx).await?;
    found.ok_or(RoyaltyError::NotFound { what: "member", field: "user" })
}

/// The grant that stands; the studio is held, so that there is one at a time.
async fn standing(tx: &Tx, ctx: &Ctx, id: StudioId, user: UserId) -> Result<Option<grant::Model>, RoyaltyError> {
    hold(tx, ctx, id).await?;
    Ok(grant::Entity::find()
        .filter(grant::Column::StudioId.eq(id))
        .filter(grant::Column::UserId.eq(user))
        .filter(grant::Column::RevokedAt.is_null())
        .one(tx)
        .await?)
}

/// Revokes a grant: the studio is gone from the roster. True if there was one.
pub async fn revoke_roster(tx: &Tx, ctx: &Ctx, studio: StudioId, user: UserId) -> Result<bool, RoyaltyError> {
    let Some(standing) = standing(tx, ctx, studio, user).await? else { return Ok(false) };
    revoke(tx, ctx, standing).await?;
    acts::record(tx, ctx, studio, NewAct::of(Act::RosterRevoked).on(user)).await?;
    Ok(true)
}

async fn revoke(tx: &Tx, ctx: &Ctx, standing: grant::Model) -> Result<(), RoyaltyError> {
    let row = grant::ActiveModel { revoked_at: Set(Some(ctx.env.now())), ..standing.into_active_model() };
    row.update(tx).await?;
    Ok(())
}

/// Lets a member of the studio have it on their roster, as long as they stay. Granting twice is granting once.
pub async fn grant_roster(tx: &Tx, ctx: &Ctx, studio: StudioId, user: UserId) -> Result<grant::Model, RoyaltyError> {
    let standing = standing(tx, ctx, studio, user).await?;
    let member = require_member(tx, studio, user).await?;
    match standing {
        Some(standing) if member.joined_at <= standing.granted_at => return Ok(standing),
        // Whoever has left and come again needs another.
        Some(standing) => revoke(tx, ctx, standing).await?,
        None => {}
    }
    let row = grant::Model {
        id: ctx.env.id(),
        studio_id: studio,
        user_id: user,
        granted_at: ctx.env.now(),
        granted_by: ctx.actor.user(),
        revoked_at: None,
    };
    acts::record(tx, ctx, studio, NewAct::of(Act::RosterGranted).on(user)).await?;
    Ok(row.into_active_model().insert(tx).await?)
}

/// Says up to which amount, in its currency, a member of the studio may approve what a run pays out, and let payees be paid at once, as long as they stay. Nothing takes the leave back; an
/// owner needs none.
pub async fn set_limit(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    user: UserId,
    limit: Money,
) -> Result<limit::Model, RoyaltyError> {
    hold(tx, ctx, studio).await?;
    if limit.minor < 0 {
        return Err(RoyaltyError::LimitBelowZero { limit });
    }
    require_member(tx, studio, user).await?;
    let before = limit::Entity::find_by_id((studio, user, limit.currency)).one(tx).await?;
    let before = before.map(|row| Money::new(row.limit_minor, row.currency));
    let row = limit::Model {
        studio_id: studio,
        user_id: user,
        currency: limit.currency,
        limit_minor: limit.minor,
        set_at: ctx.env.now(),
        set_by: ctx.actor.user(),
    };
    let key = [limit::Column::StudioId, limit::Column::UserId, limit::Column::Currency];
    let on_key = OnConflict::columns(key)
        .update_columns([limit::Column::LimitMinor, limit::Column::SetAt, limit::Column::SetBy])
        .to_owned();
    limit::Entity::insert(row.clone().into_active_model()).on_conflict(on_key).exec_without_returning(tx).await?;
    let set = NewAct::of(Act::ApprovalLimitSet).on(user).set("limit", before, Some(limit));
    acts::record(tx, ctx, studio, set).await?;
    Ok(row)
}
