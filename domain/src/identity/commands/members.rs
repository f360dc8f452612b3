//! Changing and removing members.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, QueryFilter, QuerySelect,
};

use super::{
    super::{
        IdentityError,
        entity::{member, studio},
        rules,
    },
    invitations,
};
use crate::{
    actor::{Ctx, Role},
    acts::{self, NewAct, entity::Act},
    ids::{StudioId, UserId},
    policy::{Action, Denied, require},
    store::{self, Tx},
};

/// Holds the studio's row until the transaction ends, so that two who change its members take their turn.
pub(super) async fn lock_studio(tx: &Tx, studio: StudioId) -> Result<(), IdentityError> {
    let query = studio::Entity::find_by_id(studio);
    // SQLite's writers take their turn anyway.
    let query = if store::is_postgres(tx) { query.lock_exclusive() } else { query };
    query.one(tx).await?.ok_or(Denied::Stranger)?;
    Ok(())
}

async fn find(tx: &Tx, studio: StudioId, user: UserId) -> Result<member::Model, IdentityError> {
    member::Entity::find_by_id((studio, user)).one(tx).await?.ok_or(IdentityError::NoMember)
}

/// The owners of a studio.
pub(super) async fn owners_of(tx: &Tx, studio: StudioId) -> Result<Vec<UserId>, IdentityError> {
    let owners = member::Entity::find()
        .filter(member::Column::StudioId.eq(studio))
        .filter(member::Column::Role.eq(Role::Owner))
        .all(tx)
        .await?;
    Ok(owners.into_iter().map(|row| row.user_id).collect())
}

async fn keep_an_owner(tx: &Tx, studio: StudioId, user: UserId, role: Option<Role>) -> Result<(), IdentityError> {
    let owners = owners_of(tx, studio).await?;
    if rules::keeps_an_owner(&owners, user, role) { Ok(()) } else { Err(IdentityError::LastOwner) }
}

/// Gives a member another role. The last owner stays one.
pub async fn change_role(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    user: UserId,
    role: Role,
) -> Result<member::Model, IdentityError> {
    require(&ctx.actor, Action::ManageMembers, studio)?;
    lock_studio(tx, studio).await?;
    let row = find(tx, studio, user).await?;
    keep_an_owner(tx, studio, user, Some(role)).await?;
    let changed = NewAct::of(Act::RoleChanged).on(user).set("role", Some(row.role), Some(role));
    let mut row = row.into_active_model();
    row.role = Set(role);
    let row = row.update(tx).await?;
    acts::record(tx, ctx, studio, changed).await?;
    Ok(row)
}

/// Removes a member, and takes back the invitations that they have sent; anybody may remove themselves. The last owner cannot go.
pub async fn remove_member(tx: &Tx, ctx: &Ctx, studio: StudioId, user: UserId) -> Result<(), IdentityError> {
    let leaves = ctx.actor.user() == Some(user) && ctx.actor.role_in(studio).is_some();
    if !leaves {
        require(&ctx.actor, Action::ManageMembers, studio)?;
    }
    lock_studio(tx, studio).await?;
    let row = find(tx, studio, user).await?;
    keep_an_owner(tx, studio, user, None).await?;
    let removed = NewAct::of(Act::MemberRemoved).on(user).set("role", Some(row.role), None);
    row.delete(tx).await?;
    invitations::revoke_those_of(tx, ctx, user, Some(studio)).await?;
    acts::record(tx, ctx, studio, removed).await?;
    Ok(())
}
