//! What a signed-in person does that their sign-in alone is not enough for: they give their password once more, and a code where one is set up and it is not
//! the password itself that they change.
//!
//! As with signing in, [`begin_proof`] counts the attempt, [`Attempt::check`] makes it [`Checked`] outside any transaction, and what follows takes that alone.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    super::{
        IdentityError,
        entity::{AccountNotice, MailPurpose, RevokedReason, mail_token, sign_in, user},
        password::PasswordHash,
        rules,
    },
    closing, notices, second_factors,
    sign_ins::{Attempt, Checked, revoke_all_but},
    throttle,
};
use crate::{
    actor::Ctx,
    env::Instant,
    ids::{SignInId, UserId},
    links::LinkKey,
    policy::Denied,
    services::Services,
    store::Tx,
};

/// Counts an attempt of the signed-in person to prove themselves, and refuses it if they have had enough of them: who has found an open browser cannot
/// guess on.
pub async fn begin_proof(services: &Services, ctx: &Ctx) -> Result<Attempt, IdentityError> {
    let id = ctx.actor.user().ok_or(Denied::Unauthenticated)?;
    let subject = id.to_string();
    let tx = services.begin().await?;
    let counted = throttle::count(&tx, &ctx.env, rules::PROOF_PER_ACCOUNT, &subject).await;
    let known = user::Entity::find_by_id(id).one(&tx).await?;
    services.commit(tx).await?;
    counted?;
    Ok(Attempt::of(rules::PROOF_PER_ACCOUNT, subject, known))
}

/// Marks the sign-in as proved; tells until when that holds.
pub async fn step_up(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    id: SignInId,
    checked: Checked,
    code: Option<&str>,
) -> Result<Instant, IdentityError> {
    let user = checked.own()?;
    closing::open_account(tx, user).await?.ok_or(Denied::Unauthenticated)?;
    second_factors::pass(tx, ctx, links, user, code).await?;
    checked.forget(tx).await?;
    mark_proved(tx, ctx, id, user).await
}

/// Marks a sign-in of a person as proved; tells until when that holds.
pub(super) async fn mark_proved(tx: &Tx, ctx: &Ctx, id: SignInId, user: UserId) -> Result<Instant, IdentityError> {
    let now = ctx.env.now();
    let proved = sign_in::Entity::update_many()
        .col_expr(sign_in::Column::ProvedAt, Expr::value(now))
        .filter(sign_in::Column::Id.eq(id))
        .filter(sign_in::Column::UserId.eq(user))
        .filter(sign_in::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    if proved.rows_affected == 0 {
        return Err(IdentityError::SignInEnded);
    }
    Ok(now + rules::PROOF_LIFE)
}

/// Changes the password, ends every other sign-in of the account, and spends its open links that set a password.
pub async fn change_password(
    tx: &Tx,
    ctx: &Ctx,
    own: Option<SignInId>,
    checked: Checked,
    new: PasswordHash,
) -> Result<(), IdentityError> {
    let (id, old) = (checked.own()?, checked.hash()?);
    // The attempt stays counted: it has told no code, and guesses of one are counted with it.
    let changed = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(new.0))
        .filter(user::Column::Id.eq(id))
        // Of two that were checked at once, one is first; the other's password is not the right one any more.
        .filter(user::Column::PasswordHash.eq(old))
        .exec(tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(IdentityError::WrongPassword);
    }
    mail_token::Entity::update_many()
        .col_expr(mail_token::Column::UsedAt, Expr::value(ctx.env.now()))
        .filter(mail_token::Column::UserId.eq(id))
        .filter(mail_token::Column::Purpose.eq(MailPurpose::ResetPassword))
        .filter(mail_token::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    revoke_all_but(tx, ctx, id, own, RevokedReason::PasswordChanged).await?;
    notices::tell(tx, ctx, id, AccountNotice::PasswordChanged).await?;
    Ok(())
}
