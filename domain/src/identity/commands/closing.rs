//! Closing accounts, and what whoever operates the program does to them.
//!
//! Who has done what in a studio is told by the account's id, so its row stays: without the name, the address, the password and whatever else is known of the
//! person. What studios have written down of them as a party is the studios' own, and erased there. Two things stay as they were said: a comment on a mix
//! keeps the name of whoever has made it, and an invitation, until it is forgotten, the address that it was sent to.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::Expr,
};

use super::{
    super::{
        IdentityError,
        entity::{
            RevokedReason, mail_token, member, passkey, passkey_ceremony, recovery_code, refresh_token, second_factor,
            sign_in, studio, user,
        },
        queries::{open_accounts, require_open},
        rules,
    },
    invitations, members, sign_ins,
};
use crate::{
    actor::{Actor, Ctx, Role},
    email::EmailAddress,
    ids::{StudioId, UserId},
    outbox::{self, Job},
    policy::Denied,
    store::{self, Tx},
};

/// What an account is called that is closed.
const CLOSED_NAME: &str = "Closed account";

/// Closes the account of the signed-in person, who gives its address once more, for good. It leaves its studios; the only owner of one that is open cannot go. Whoever signs
/// in under the address is told what they would be told had there never been an account.
pub async fn close_account(tx: &Tx, ctx: &Ctx, email: &EmailAddress) -> Result<(), IdentityError> {
    let user =
        hold_account(tx, ctx.actor.user().ok_or(Denied::Unauthenticated)?).await?.ok_or(Denied::Unauthenticated)?;
    if user.email_key != email.account_key() {
        return Err(IdentityError::OtherAddress);
    }
    leave_studios(tx, ctx, user.id, None).await?;
    erase(tx, ctx, user.id).await
}

/// Closes the account of an address, for whoever operates the program. Studios that it is the only owner of get another owner, closed ones too, if one is
/// named; tells which those were. If none is, the only owner of a closed studio can go, but not that of an open one.
pub async fn close_account_of(
    tx: &Tx,
    ctx: &Ctx,
    email: &EmailAddress,
    heir: Option<&EmailAddress>,
) -> Result<Vec<StudioId>, IdentityError> {
    let id = account_of(tx, ctx, email).await?;
    let mut held = vec![(id, email)];
    if let Some(heir) = heir {
        held.push((account_of(tx, ctx, heir).await?, heir));
    }
    let heir = held.last().map(|(heir, _)| *heir).filter(|heir| *heir != id);
    // In one order, so that two who are closed at once never wait for each other.
    held.sort_by_key(|(id, _)| *id);
    for (id, email) in held {
        hold_account(tx, id).await?.ok_or_else(|| IdentityError::NoAccount(email.clone()))?;
    }
    let handed_over = leave_studios(tx, ctx, id, heir).await?;
    erase(tx, ctx, id).await?;
    Ok(handed_over)
}

/// Ends all sign-ins, of the account of an address or of everybody, for whoever operates the program; tells how many those were.
pub async fn end_sign_ins(tx: &Tx, ctx: &Ctx, of: Option<&EmailAddress>) -> Result<u64, IdentityError> {
    if let Some(email) = of {
        let id = account_of(tx, ctx, email).await?;
        hold_account(tx, id).await?.ok_or_else(|| IdentityError::NoAccount(email.clone()))?;
        let ended = sign_ins::revoke_all_but(tx, ctx, id, None, RevokedReason::EndedByOperator).await?;
        tracing::info!(user = %id, ended, "the sign-ins of an account were ended by an operator");
        return Ok(ended);
    }
    require_operator(ctx)?;
    let ended = sign_in::Entity::update_many()
        .col_expr(sign_in::Column::RevokedAt, Expr::value(ctx.env.now()))
        .col_expr(sign_in::Column::RevokedReason, Expr::value(RevokedReason::EndedByOperator.word()))
        .filter(sign_in::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    tracing::info!(ended = ended.rows_affected, "all sign-ins were ended by an operator");
    Ok(ended.rows_affected)
}

pub(super) fn require_operator(ctx: &Ctx) -> Result<(), Denied> {
    if ctx.actor == Actor::System { Ok(()) } else { Err(Denied::NotAllowed) }
}

/// Whose account an address is, for whoever operates the program.
pub(super) async fn account_of(tx: &Tx, ctx: &Ctx, email: &EmailAddress) -> Result<UserId, IdentityError> {
    require_operator(ctx)?;
    let known = user::Entity::find().filter(user::Column::EmailKey.eq(email.account_key())).one(tx).await?;
    known.map(|user| user.id).ok_or_else(|| IdentityError::NoAccount(email.clone()))
}

/// The account, unless it is closed, held until the transaction ends by whoever changes it: whoever signs in to it meanwhile comes before, and is ended,
/// or after, and is not let in. It is taken hold of before anything else, so that two never wait for each other.
pub(super) async fn hold_account(tx: &Tx, id: UserId) -> Result<Option<user::Model>, IdentityError> {
    let query = open_accounts(id);
    // SQLite's writers take their turn anyway.
    let query = if store::is_postgres(tx) { query.lock_exclusive() } else { query };
    Ok(query.one(tx).await?)
}

/// The account, unless it is closed, held until the transaction ends by whoever gives it something: of this and what closes it at the same time, the later
/// sees the earlier. It is taken hold of before anything else too.
pub(super) async fn open_account(tx: &Tx, id: UserId) -> Result<Option<user::Model>, IdentityError> {
    let query = open_accounts(id);
    let query = if store::is_postgres(tx) { query.lock_shared() } else { query };
    Ok(query.one(tx).await?)
}

/// Takes an account out of its studios, and makes the heir an owner of those that would have none; tells which those were. A closed studio needs none, unless
/// there is an heir.
async fn leave_studios(tx: &Tx, ctx: &Ctx, id: UserId, heir: Option<UserId>) -> Result<Vec<StudioId>, IdentityError> {
    // In one order, so that two who go at once never wait for each other.
    let memberships = member::Entity::find()
        .filter(member::Column::UserId.eq(id))
        .order_by_asc(member::Column::StudioId)
        .all(tx)
        .await?;
    let (mut alone, mut handed_over) = (Vec::new(), Vec::new());
    for studio in memberships.into_iter().map(|row| row.studio_id) {
        members::lock_studio(tx, studio).await?;
        let owners = members::owners_of(tx, studio).await?;
        let needs_none = heir.is_none() && require_open(tx, studio).await?.is_err();
        if needs_none || rules::keeps_an_owner(&owners, id, None) {
            continue;
        }
        match heir {
            Some(heir) => {
                make_owner(tx, ctx, studio, heir).await?;
                handed_over.push(studio);
            }
            None => alone.push(studio),
        }
    }
    if !alone.is_empty() {
        let studios = studio::Entity::find().filter(studio::Column::Id.is_in(alone)).order_by_asc(studio::Column::Id);
        let studios = studios.all(tx).await?.into_iter().map(|studio| studio.name).collect();
        return Err(IdentityError::OnlyOwner { studios });
    }
    member::Entity::delete_many().filter(member::Column::UserId.eq(id)).exec(tx).await?;
    Ok(handed_over)
}

/// Makes somebody an owner of a studio whose row is held.
pub(super) async fn make_owner(tx: &Tx, ctx: &Ctx, studio: StudioId, heir: UserId) -> Result<(), IdentityError> {
    let promoted = member::Entity::update_many()
        .col_expr(member::Column::Role, Expr::value(Role::Owner.word()))
        .filter(member::Column::StudioId.eq(studio))
        .filter(member::Column::UserId.eq(heir))
        .exec(tx)
        .await?;
    if promoted.rows_affected == 0 {
        member::ActiveModel {
            studio_id: Set(studio),
            user_id: Set(heir),
            role: Set(Role::Owner),
            joined_at: Set(ctx.env.now()),
        }
        .insert(tx)
        .await?;
    }
    tracing::info!(user = %heir, %studio, "somebody was made an owner by an operator");
    Ok(())
}

/// Has its owner told for the last time, ends every sign-in of an account, every link that was mailed to it and every invitation that it has sent, and erases what is known of the person. When and why
/// its sign-ins ended stays until they are forgotten, for the log names them.
async fn erase(tx: &Tx, ctx: &Ctx, id: UserId) -> Result<(), IdentityError> {
    let known = open_accounts(id).one(tx).await?.ok_or(Denied::Unauthenticated)?;
    let notice = Job::MailClosedAccount { email: known.email, name: known.name, when: ctx.env.now() };
    outbox::put(tx, ctx, None, &notice).await?;
    sign_ins::revoke_all_but(tx, ctx, id, None, RevokedReason::AccountClosed).await?;
    let own = sign_in::Entity::find().select_only().column(sign_in::Column::Id).filter(sign_in::Column::UserId.eq(id));
    refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::SignInId.in_subquery(own.into_query()))
        .exec(tx)
        .await?;
    sign_in::Entity::update_many()
        .col_expr(sign_in::Column::UserAgent, Expr::value(""))
        .col_expr(sign_in::Column::Ip, Expr::value(""))
        .filter(sign_in::Column::UserId.eq(id))
        .exec(tx)
        .await?;
    // The codes first: they are of the factor.
    recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(id)).exec(tx).await?;
    second_factor::Entity::delete_many().filter(second_factor::Column::UserId.eq(id)).exec(tx).await?;
    passkey::Entity::delete_many().filter(passkey::Column::UserId.eq(id)).exec(tx).await?;
    passkey_ceremony::Entity::delete_many().filter(passkey_ceremony::Column::UserId.eq(id)).exec(tx).await?;
    mail_token::Entity::update_many()
        .col_expr(mail_token::Column::UsedAt, Expr::value(ctx.env.now()))
        .filter(mail_token::Column::UserId.eq(id))
        .filter(mail_token::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    invitations::revoke_those_of(tx, ctx, id, None).await?;
    // No mail leads there (RFC 2606), and nobody knows it before, so that none can have taken it.
    let email: EmailAddress = format!("{}@closed.invalid", ctx.env.id::<UserId>()).parse()?;
    user::ActiveModel {
        id: Set(id),
        email_key: Set(email.account_key()),
        email: Set(email),
        name: Set(CLOSED_NAME.to_owned()),
        password_hash: Set(rules::CLOSED_PASSWORD.to_owned()),
        email_verified_at: Set(None),
        ..Default::default()
    }
    .update(tx)
    .await?;
    tracing::info!(user = %id, "an account was closed");
    Ok(())
}
