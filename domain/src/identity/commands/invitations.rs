//! Inviting people into a studio.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    super::{
        IdentityError,
        entity::{invitation, member, user},
        password::{self, PasswordHash},
        queries, rules,
    },
    accounts, closing,
    closures::hold_open,
    members,
};
use crate::{
    actor::{Ctx, Role},
    acts::{self, NewAct, entity::Act},
    email::EmailAddress,
    env::{Env, Instant},
    ids::{InvitationId, StudioId, UserId},
    links::{LinkKey, Purpose},
    outbox::{self, Job},
    policy::{Action, Denied, require},
    store::{self, Tx},
};

/// Invites an address into a studio, by mail.
pub async fn invite(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    email: EmailAddress,
    role: Role,
) -> Result<invitation::Model, IdentityError> {
    require(&ctx.actor, Action::ManageMembers, studio)?;
    let invited_by = ctx.actor.user().ok_or(Denied::NotAllowed)?;
    closing::open_account(tx, invited_by).await?.ok_or(Denied::Unauthenticated)?;
    // Two who invite one address at once take their turn.
    members::lock_studio(tx, studio).await?;
    if queries::is_member(tx, studio, &email).await? {
        return Err(IdentityError::AlreadyMember);
    }
    let now = ctx.env.now();
    let open = invitation::Entity::find()
        .filter(invitation::Column::StudioId.eq(studio))
        .filter(invitation::Column::AcceptedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .filter(invitation::Column::ExpiresAt.gt(now))
        .all(tx)
        .await?;
    if open.iter().any(|row| row.email.account_key() == email.account_key()) {
        return Err(IdentityError::AlreadyInvited);
    }
    let row = invitation::ActiveModel {
        id: Set(ctx.env.id()),
        studio_id: Set(studio),
        email: Set(email),
        role: Set(role),
        invited_by: Set(invited_by),
        created_at: Set(now),
        expires_at: Set(now + rules::INVITATION_LIFE),
        accepted_at: Set(None),
        revoked_at: Set(None),
    };
    let row = row.insert(tx).await?;
    outbox::put(tx, ctx, Some(studio), &Job::MailInvitation { invitation: row.id }).await?;
    acts::record(tx, ctx, studio, NewAct::of(Act::MemberInvited).on(row.id).with("role", role)).await?;
    Ok(row)
}

/// Takes an invitation back. One that was accepted stays accepted.
pub async fn revoke_invitation(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    id: InvitationId,
) -> Result<invitation::Model, IdentityError> {
    require(&ctx.actor, Action::ManageMembers, studio)?;
    let find = || invitation::Entity::find_by_id(id).filter(invitation::Column::StudioId.eq(studio));
    find().one(tx).await?.ok_or(IdentityError::NoInvitation)?;
    let revoked = invitation::Entity::update_many()
        .col_expr(invitation::Column::RevokedAt, Expr::value(ctx.env.now()))
        .filter(invitation::Column::Id.eq(id))
        .filter(invitation::Column::AcceptedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    if revoked.rows_affected == 0 {
        return Err(IdentityError::InvitationClosed);
    }
    acts::record(tx, ctx, studio, NewAct::of(Act::InvitationRevoked).on(id)).await?;
    find().one(tx).await?.ok_or(IdentityError::NoInvitation)
}

/// Takes back what a member has sent and nobody has accepted, in a studio that is held or in all: it would let somebody in at the word of one who is gone.
pub(super) async fn revoke_those_of(
    tx: &Tx,
    ctx: &Ctx,
    member: UserId,
    studio: Option<StudioId>,
) -> Result<(), IdentityError> {
    let now = ctx.env.now();
    let mut open = invitation::Entity::update_many()
        .col_expr(invitation::Column::RevokedAt, Expr::value(now))
        .filter(invitation::Column::InvitedBy.eq(member))
        .filter(invitation::Column::AcceptedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .filter(invitation::Column::ExpiresAt.gt(now));
    if let Some(studio) = studio {
        open = open.filter(invitation::Column::StudioId.eq(studio));
    }
    open.exec(tx).await?;
    Ok(())
}

/// Accepts an invitation as the signed-in person, whose address it must have been sent to.
pub async fn accept_invitation(tx: &Tx, ctx: &Ctx, links: &LinkKey, token: &str) -> Result<StudioId, IdentityError> {
    let id = ctx.actor.user().ok_or(Denied::Unauthenticated)?;
    let user = closing::hold_account(tx, id).await?.ok_or(Denied::Unauthenticated)?;
    let invitation = claim(tx, ctx, links, token).await?;
    if invitation.email.account_key() != user.email_key {
        return Err(IdentityError::InvitationForAnother);
    }
    join(tx, ctx, user.id, &invitation).await?;
    verified(tx, user.id, ctx.env.now()).await?;
    Ok(invitation.studio_id)
}

/// A new member's account, checked and its password hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMember {
    name: String,
    password_hash: PasswordHash,
}

/// Checks a new member's name and password, and hashes the latter. Slow on purpose: call it from a blocking thread.
pub fn prepare_new_member(
    env: &Env,
    invited: &queries::InvitationFacts,
    name: &str,
    password: &str,
) -> Result<NewMember, IdentityError> {
    let name = rules::name(name, 200).map_err(|fault| IdentityError::Name { field: "name", fault })?;
    let studio = std::slice::from_ref(&invited.studio_name);
    rules::check_password(password, &invited.invitation.email, &name, studio)?;
    Ok(NewMember { password_hash: password::hash(env, password), name })
}

/// Accepts an invitation by making an account for the invited address, which the mail has proved.
pub async fn accept_invitation_as_new(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    token: &str,
    new: NewMember,
) -> Result<StudioId, IdentityError> {
    let invitation = claim(tx, ctx, links, token).await?;
    let user = accounts::insert_user(tx, ctx, &new.name, &invitation.email, new.password_hash, true)
        .await?
        .ok_or(IdentityError::HasAccount)?;
    join(tx, ctx, user.id, &invitation).await?;
    Ok(invitation.studio_id)
}

/// Marks an open invitation as accepted. Of two at once, one is first. Roll back if what follows is refused. The studio is held before it, as by whoever takes
/// back what a member has issued.
async fn claim(tx: &Tx, ctx: &Ctx, links: &LinkKey, token: &str) -> Result<invitation::Model, IdentityError> {
    let now = ctx.env.now();
    let id: InvitationId = links.open(Purpose::Invitation, token, now)?;
    let row = invitation::Entity::find_by_id(id).one(tx).await?.ok_or(IdentityError::InvitationClosed)?;
    members::lock_studio(tx, row.studio_id).await?;
    let claimed = invitation::Entity::update_many()
        .col_expr(invitation::Column::AcceptedAt, Expr::value(now))
        .filter(invitation::Column::Id.eq(id))
        .filter(invitation::Column::AcceptedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .filter(invitation::Column::ExpiresAt.gt(now))
        .exec(tx)
        .await?;
    if claimed.rows_affected == 0 {
        return Err(IdentityError::InvitationClosed);
    }
    Ok(row)
}

async fn join(tx: &Tx, ctx: &Ctx, user: UserId, invitation: &invitation::Model) -> Result<(), IdentityError> {
    hold_open(tx, invitation.studio_id).await??;
    let row = member::ActiveModel {
        studio_id: Set(invitation.studio_id),
        user_id: Set(user),
        role: Set(invitation.role),
        joined_at: Set(ctx.env.now()),
    };
    if !store::insert_new(tx, row).await? {
        return Err(IdentityError::AlreadyMember);
    }
    let joined = NewAct::of(Act::MemberJoined).by(user).on(user).with("role", invitation.role);
    Ok(acts::record(tx, ctx, invitation.studio_id, joined).await?)
}

async fn verified(tx: &Tx, user: UserId, now: Instant) -> Result<(), IdentityError> {
    user::Entity::update_many()
        .col_expr(user::Column::EmailVerifiedAt, Expr::value(now))
        .filter(user::Column::Id.eq(user))
        .filter(user::Column::EmailVerifiedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}
