//! The second step of signing in: set up, confirmed by a first code, passed, and turned off.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    super::{
        IdentityError,
        entity::{AccountNotice, recovery_code, second_factor},
        totp,
    },
    closing, notices,
    sign_ins::Checked,
};
use crate::{
    actor::Ctx,
    ids::UserId,
    links::LinkKey,
    policy::Denied,
    sealing::{self, Use},
    store::{self, Tx},
};

/// What an authenticator is given: shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct NewSecondFactor {
    /// The secret, to be typed.
    pub secret: String,
    /// The same with everything else, to be photographed.
    pub uri: String,
}

impl std::fmt::Debug for NewSecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewSecondFactor(…)")
    }
}

/// Makes a second factor for the signed-in person, which counts once it is confirmed; one that never was is made anew.
pub async fn set_up_second_factor(tx: &Tx, ctx: &Ctx, links: &LinkKey) -> Result<NewSecondFactor, IdentityError> {
    let id = ctx.actor.user().ok_or(Denied::Unauthenticated)?;
    let user = closing::open_account(tx, id).await?.ok_or(Denied::Unauthenticated)?;
    let (secret, now) = (ctx.env.random::<{ totp::SECRET_BYTES }>(), ctx.env.now());
    let sealed = sealing::seal(&ctx.env, links, (Use::SecondFactor, id), &secret);
    let row = second_factor::ActiveModel {
        user_id: Set(id),
        sealed_secret: Set(sealed.clone()),
        created_at: Set(now),
        confirmed_at: Set(None),
        last_step: Set(0),
    };
    if !store::insert_new(tx, row).await? {
        let replaced = second_factor::Entity::update_many()
            .col_expr(second_factor::Column::SealedSecret, Expr::value(sealed))
            .col_expr(second_factor::Column::CreatedAt, Expr::value(now))
            .col_expr(second_factor::Column::LastStep, Expr::value(0_i64))
            .filter(second_factor::Column::UserId.eq(id))
            .filter(second_factor::Column::ConfirmedAt.is_null())
            .exec(tx)
            .await?;
        if replaced.rows_affected == 0 {
            return Err(IdentityError::SecondFactorIsOn);
        }
    }
    Ok(NewSecondFactor { secret: totp::base32(&secret), uri: totp::uri(&user.email, &secret) })
}

/// Confirms the second factor by a first code, and gives the recovery codes: shown once, their fingerprints kept.
pub async fn confirm_second_factor(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    code: &str,
) -> Result<Vec<String>, IdentityError> {
    let id = ctx.actor.user().ok_or(Denied::Unauthenticated)?;
    closing::open_account(tx, id).await?.ok_or(Denied::Unauthenticated)?;
    let row = second_factor::Entity::find_by_id(id).one(tx).await?.ok_or(IdentityError::NoSecondFactor)?;
    if row.confirmed_at.is_some() {
        return Err(IdentityError::SecondFactorIsOn);
    }
    if !take_code(tx, ctx, links, &row, code).await? {
        return Err(IdentityError::WrongFirstCode);
    }
    let confirmed = second_factor::Entity::update_many()
        .col_expr(second_factor::Column::ConfirmedAt, Expr::value(ctx.env.now()))
        .filter(second_factor::Column::UserId.eq(id))
        .filter(second_factor::Column::ConfirmedAt.is_null())
        .exec(tx)
        .await?;
    if confirmed.rows_affected == 0 {
        return Err(IdentityError::SecondFactorIsOn);
    }
    let codes: Vec<String> = (0..totp::RECOVERY_CODES).map(|_| totp::recovery_code(&ctx.env)).collect();
    for code in &codes {
        recovery_code::ActiveModel {
            user_id: Set(id),
            fingerprint: Set(totp::recovery_fingerprint(code)),
            used_at: Set(None),
        }
        .insert(tx)
        .await?;
    }
    notices::tell(tx, ctx, id, AccountNotice::SecondFactorOn).await?;
    Ok(codes)
}

/// Turns the second factor off: by the password and a code of it, or a recovery code.
pub async fn turn_off_second_factor(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    checked: Checked,
    code: &str,
) -> Result<(), IdentityError> {
    let id = checked.own()?;
    closing::open_account(tx, id).await?.ok_or(Denied::Unauthenticated)?;
    if !is_on(tx, id).await? {
        return Err(IdentityError::NoSecondFactor);
    }
    pass(tx, ctx, links, id, Some(code)).await?;
    checked.forget(tx).await?;
    recovery_code::Entity::delete_many().filter(recovery_code::Column::UserId.eq(id)).exec(tx).await?;
    second_factor::Entity::delete_many().filter(second_factor::Column::UserId.eq(id)).exec(tx).await?;
    notices::tell(tx, ctx, id, AccountNotice::SecondFactorOff).await?;
    Ok(())
}

async fn is_on(tx: &Tx, user: UserId) -> Result<bool, IdentityError> {
    let row = second_factor::Entity::find_by_id(user).one(tx).await?;
    Ok(row.is_some_and(|row| row.confirmed_at.is_some()))
}

/// Passes the second step: with nothing where the account has none, else with a code of it or a recovery code, which is spent. Only whoever has
/// given the right password may be brought here, and their attempt is counted.
pub(super) async fn pass(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    user: UserId,
    code: Option<&str>,
) -> Result<(), IdentityError> {
    let row = second_factor::Entity::find_by_id(user).one(tx).await?;
    let Some(row) = row.filter(|row| row.confirmed_at.is_some()) else { return Ok(()) };
    let code = code.map(str::trim).filter(|code| !code.is_empty()).ok_or(IdentityError::SecondFactorRequired)?;
    if take_code(tx, ctx, links, &row, code).await? || take_recovery_code(tx, ctx, user, code).await? {
        Ok(())
    } else {
        Err(IdentityError::WrongCode)
    }
}

/// Whether a code is good, once: of two who come with it, one is first.
async fn take_code(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    row: &second_factor::Model,
    code: &str,
) -> Result<bool, IdentityError> {
    let Some(secret) = sealing::open(links, (Use::SecondFactor, row.user_id), &row.sealed_secret) else {
        tracing::error!(user = %row.user_id, "a second factor was sealed under another key: its recovery codes open alone");
        return Ok(false);
    };
    let Some(step) = totp::matching_step(&secret, code, ctx.env.now(), row.last_step) else { return Ok(false) };
    let taken = second_factor::Entity::update_many()
        .col_expr(second_factor::Column::LastStep, Expr::value(step))
        .filter(second_factor::Column::UserId.eq(row.user_id))
        .filter(second_factor::Column::SealedSecret.eq(&row.sealed_secret))
        .filter(second_factor::Column::LastStep.lt(step))
        .exec(tx)
        .await?;
    Ok(taken.rows_affected == 1)
}

async fn take_recovery_code(tx: &Tx, ctx: &Ctx, user: UserId, code: &str) -> Result<bool, IdentityError> {
    let taken = recovery_code::Entity::update_many()
        .col_expr(recovery_code::Column::UsedAt, Expr::value(ctx.env.now()))
        .filter(recovery_code::Column::UserId.eq(user))
        .filter(recovery_code::Column::Fingerprint.eq(totp::recovery_fingerprint(code)))
        .filter(recovery_code::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(taken.rows_affected == 1)
}
