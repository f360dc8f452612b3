//! Mailed single-use links: verifying an address, setting a new password.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    super::{
        IdentityError,
        entity::{AccountNotice, MailPurpose, RevokedReason, mail_token, passkey, passkey_ceremony, user},
        password::{self, PasswordHash},
        queries::PasswordOwner,
        rules,
    },
    closing, notices, sign_ins, throttle,
};
use crate::{
    actor::Ctx,
    email::EmailAddress,
    env::{Env, Instant},
    ids::{MailTokenId, UserId},
    links::{LinkKey, Purpose},
    outbox::{self, Job},
    policy::Denied,
    services::Services,
    store::Tx,
};

/// Writes a mail with a link, and the job that sends it.
pub(super) async fn put(tx: &Tx, ctx: &Ctx, user: UserId, purpose: MailPurpose) -> Result<(), IdentityError> {
    let life = match purpose {
        MailPurpose::ResetPassword => rules::RESET_LIFE,
        MailPurpose::VerifyEmail | MailPurpose::AccountExists => rules::VERIFY_LIFE,
    };
    let (id, now): (MailTokenId, Instant) = (ctx.env.id(), ctx.env.now());
    mail_token::ActiveModel {
        id: Set(id),
        user_id: Set(user),
        purpose: Set(purpose),
        created_at: Set(now),
        expires_at: Set(now + life),
        used_at: Set(None),
    }
    .insert(tx)
    .await?;
    outbox::put(tx, ctx, None, &Job::MailToken { token: id }).await?;
    Ok(())
}

/// Writes a mail that anybody can cause, unless the account has had enough of them; nobody is told which.
pub(super) async fn mail_if_allowed(
    tx: &Tx,
    ctx: &Ctx,
    user: &user::Model,
    purpose: MailPurpose,
) -> Result<(), IdentityError> {
    match throttle::count(tx, &ctx.env, rules::MAIL_PER_ADDRESS, &user.email_key).await {
        Ok(()) => put(tx, ctx, user.id, purpose).await,
        Err(IdentityError::Throttled { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Mails the signed-in person another link to verify their address. Nothing happens if it is verified.
pub async fn request_verification(tx: &Tx, ctx: &Ctx) -> Result<(), IdentityError> {
    let id = ctx.actor.user().ok_or(Denied::Unauthenticated)?;
    let user = user::Entity::find_by_id(id).one(tx).await?.ok_or(Denied::Unauthenticated)?;
    if user.email_verified_at.is_none() {
        mail_if_allowed(tx, ctx, &user, MailPurpose::VerifyEmail).await?;
    }
    Ok(())
}

/// Verifies the address that a link was mailed to. Opening it twice is opening it once: what was spent verifies nothing.
pub async fn verify_email(tx: &Tx, ctx: &Ctx, links: &LinkKey, token: &str) -> Result<(), IdentityError> {
    let id: MailTokenId = links.open(Purpose::VerifyEmail, token, ctx.env.now())?;
    let Some(user) = claim(tx, ctx, id, MailPurpose::VerifyEmail).await? else { return Ok(()) };
    user::Entity::update_many()
        .col_expr(user::Column::EmailVerifiedAt, Expr::value(ctx.env.now()))
        .filter(user::Column::Id.eq(user.id))
        .filter(user::Column::EmailVerifiedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Mails a link to set a new password, if the address has an account. The outcome looks the same if it has none.
pub async fn request_password_reset(
    services: &Services,
    ctx: &Ctx,
    email: &EmailAddress,
    ip: &str,
) -> Result<(), IdentityError> {
    let tx = services.begin().await?;
    let allowed = throttle::count(&tx, &ctx.env, rules::MAIL_PER_IP, ip).await;
    if allowed.is_ok() {
        let known = user::Entity::find().filter(user::Column::EmailKey.eq(email.account_key())).one(&tx).await?;
        if let Some(known) = known {
            mail_if_allowed(&tx, ctx, &known, MailPurpose::ResetPassword).await?;
        }
    }
    services.commit(tx).await?;
    allowed
}

/// Checks a link and the new password, and hashes the latter. Slow on purpose, but for the database: give it the facts of
/// [`super::super::queries::find_reset`], or of [`super::super::queries::find_password_owner`].
pub fn prepare_password_reset(env: &Env, owner: &PasswordOwner, password: &str) -> Result<PasswordHash, IdentityError> {
    let PasswordOwner { user, studios } = owner;
    rules::check_password(password, &user.email, &user.name, studios)?;
    Ok(password::hash(env, password))
}

/// Sets the new password, ends every sign-in of the account, and spends every other reset link of it. Its passkeys are removed: whoever had the account before may
/// have added one. The mail has proved the address too.
pub async fn complete_password_reset(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    token: &str,
    new: PasswordHash,
) -> Result<(), IdentityError> {
    let now = ctx.env.now();
    let id: MailTokenId = links.open(Purpose::ResetPassword, token, now)?;
    let user = claim(tx, ctx, id, MailPurpose::ResetPassword).await?.ok_or(IdentityError::LinkUsed)?;
    throttle::clear(tx, rules::SIGN_IN_PER_ADDRESS, &user.email_key).await?;
    let verified_at = user.email_verified_at.unwrap_or(now);
    user::ActiveModel {
        id: Set(user.id),
        password_hash: Set(new.0),
        email_verified_at: Set(Some(verified_at)),
        ..Default::default()
    }
    .update(tx)
    .await?;
    mail_token::Entity::update_many()
        .col_expr(mail_token::Column::UsedAt, Expr::value(now))
        .filter(mail_token::Column::UserId.eq(user.id))
        .filter(mail_token::Column::Purpose.eq(MailPurpose::ResetPassword))
        .filter(mail_token::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    passkey::Entity::delete_many().filter(passkey::Column::UserId.eq(user.id)).exec(tx).await?;
    passkey_ceremony::Entity::delete_many().filter(passkey_ceremony::Column::UserId.eq(user.id)).exec(tx).await?;
    sign_ins::revoke_all_but(tx, ctx, user.id, None, RevokedReason::PasswordReset).await?;
    notices::tell(tx, ctx, user.id, AccountNotice::PasswordReset).await?;
    Ok(())
}

/// Marks a link as used, and gives the account that it is of, held; none if it was used before. Of two at once, one is first.
async fn claim(
    tx: &Tx,
    ctx: &Ctx,
    id: MailTokenId,
    purpose: MailPurpose,
) -> Result<Option<user::Model>, IdentityError> {
    let row = mail_token::Entity::find_by_id(id).filter(mail_token::Column::Purpose.eq(purpose)).one(tx).await?;
    let user = closing::hold_account(tx, row.ok_or(crate::links::LinkError::Forged)?.user_id).await?;
    let claimed = mail_token::Entity::update_many()
        .col_expr(mail_token::Column::UsedAt, Expr::value(ctx.env.now()))
        .filter(mail_token::Column::Id.eq(id))
        .filter(mail_token::Column::Purpose.eq(purpose))
        .filter(mail_token::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(user.filter(|_| claimed.rows_affected == 1))
}
