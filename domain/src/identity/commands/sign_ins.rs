//! Signing in and out, and renewing tokens.
//!
//! Signing in goes in three steps, so that the slow check of the password stands outside any transaction and cannot be left out:
//! [`begin_sign_in`] counts the attempt and gives an [`Attempt`], [`Attempt::check`] makes it [`Checked`], [`finish_sign_in`] takes that alone, and a
//! code where the account has a second factor.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    super::{
        IdentityError,
        entity::{RevokedReason, refresh_token, sign_in, user},
        password,
        rules::{self, Allowance},
    },
    closing, second_factors, throttle,
};
use crate::{
    actor::Ctx,
    email::EmailAddress,
    env::{Instant, fingerprint},
    ids::{RefreshTokenId, SignInId, UserId},
    links::LinkKey,
    policy::Denied,
    services::Services,
    store::Tx,
};

/// The device that signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// What its program calls itself.
    pub user_agent: String,
    /// Its network address; empty if it is not known.
    pub ip: String,
}

/// A counted attempt to sign in or to prove oneself, its password not checked yet.
#[derive(Debug)]
pub struct Attempt {
    allowance: Allowance,
    subject: String,
    known: Option<user::Model>,
}

/// An attempt whose password has been checked.
#[derive(Debug)]
pub struct Checked {
    allowance: Allowance,
    subject: String,
    /// Whose password it was, and as what it is kept.
    user: Option<(UserId, String)>,
}

impl Attempt {
    /// An attempt that was counted under an allowance.
    pub(super) fn of(allowance: Allowance, subject: String, known: Option<user::Model>) -> Self {
        Self { allowance, subject, known }
    }

    /// Checks the password; takes as long where there is no account. Slow on purpose: call it from a blocking thread.
    #[must_use]
    pub fn check(self, password: &str) -> Checked {
        let right = password::verify(self.known.as_ref().map(|user| user.password_hash.as_str()), password);
        let Self { allowance, subject, known } = self;
        Checked { allowance, subject, user: known.filter(|_| right).map(|user| (user.id, user.password_hash)) }
    }
}

impl Checked {
    /// Whose password it was, for somebody who is signed in.
    pub(super) fn own(&self) -> Result<UserId, IdentityError> {
        self.user.as_ref().map(|(id, _)| *id).ok_or(IdentityError::WrongPassword)
    }

    /// As what the password is kept that was checked.
    pub(super) fn hash(&self) -> Result<&str, IdentityError> {
        self.user.as_ref().map(|(_, hash)| hash.as_str()).ok_or(IdentityError::WrongPassword)
    }

    /// Forgets the count of attempts: this one has come through.
    pub(super) async fn forget(self, tx: &Tx) -> Result<(), IdentityError> {
        throttle::clear(tx, self.allowance, &self.subject).await
    }
}

/// What a device gets when it has signed in or renewed its tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The sign-in.
    pub sign_in: SignInId,
    /// Whose.
    pub user: UserId,
    /// The next refresh token: shown once, its fingerprint stored.
    pub refresh_token: String,
    /// Until when it is good.
    pub refresh_expires_at: Instant,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("sign_in", &self.sign_in).field("user", &self.user).finish_non_exhaustive()
    }
}

/// Counts an attempt for the address and for the network address, and refuses it if either is used up.
pub async fn begin_sign_in(
    services: &Services,
    ctx: &Ctx,
    email: &EmailAddress,
    ip: &str,
) -> Result<Attempt, IdentityError> {
    let email_key = email.account_key();
    let tx = services.begin().await?;
    // Both are counted, whatever the first says, and in one order, so that two attempts never wait for each other.
    let by_address = throttle::count(&tx, &ctx.env, rules::SIGN_IN_PER_ADDRESS, &email_key).await;
    let by_ip = throttle::count(&tx, &ctx.env, rules::SIGN_IN_PER_IP, ip).await;
    let known = user::Entity::find().filter(user::Column::EmailKey.eq(&email_key)).one(&tx).await?;
    services.commit(tx).await?;
    by_address?;
    by_ip?;
    Ok(Attempt::of(rules::SIGN_IN_PER_ADDRESS, email_key, known))
}

/// Signs in if the password was right, and the code, where the account has a second factor. That a code is needed is told to nobody without the password.
pub async fn finish_sign_in(
    tx: &Tx,
    ctx: &Ctx,
    links: &LinkKey,
    checked: Checked,
    code: Option<&str>,
    device: Device,
) -> Result<SignedIn, IdentityError> {
    let wrong = |_| IdentityError::WrongCredentials;
    let (user, hash) = (checked.own().map_err(wrong)?, checked.hash().map_err(wrong)?);
    // Of a sign-in and what changes the password or closes the account at the same time, the later sees the earlier.
    let known = closing::open_account(tx, user).await?;
    known.filter(|known| known.password_hash == hash).ok_or(IdentityError::WrongCredentials)?;
    second_factors::pass(tx, ctx, links, user, code).await?;
    checked.forget(tx).await?;
    open(tx, ctx, user, device).await
}

/// Opens a sign-in of somebody who has shown who they are, and whose account is held open.
pub(super) async fn open(tx: &Tx, ctx: &Ctx, user: UserId, device: Device) -> Result<SignedIn, IdentityError> {
    let (id, now): (SignInId, Instant) = (ctx.env.id(), ctx.env.now());
    sign_in::ActiveModel {
        id: Set(id),
        user_id: Set(user),
        user_agent: Set(device.user_agent),
        ip: Set(device.ip),
        created_at: Set(now),
        last_seen_at: Set(now),
        revoked_at: Set(None),
        revoked_reason: Set(None),
        proved_at: Set(None),
    }
    .insert(tx)
    .await?;
    issue(tx, ctx, id, user, now).await
}

/// The next refresh token of a sign-in, which is good no longer than that may last.
async fn issue(
    tx: &Tx,
    ctx: &Ctx,
    sign_in: SignInId,
    user: UserId,
    began_at: Instant,
) -> Result<SignedIn, IdentityError> {
    let (secret, now) = (ctx.env.secret(), ctx.env.now());
    let refresh_expires_at = (now + rules::REFRESH_TOKEN_LIFE).min(began_at + rules::SIGN_IN_LIFE);
    refresh_token::ActiveModel {
        id: Set(ctx.env.id::<RefreshTokenId>()),
        sign_in_id: Set(sign_in),
        fingerprint: Set(fingerprint(&secret)),
        issued_at: Set(now),
        expires_at: Set(refresh_expires_at),
        used_at: Set(None),
    }
    .insert(tx)
    .await?;
    Ok(SignedIn { sign_in, user, refresh_token: secret, refresh_expires_at })
}

/// Trades a refresh token for the next. A token that was used before ends the whole sign-in: somebody holds a copy, and nobody can tell who.
/// Of two that come with one token at once, one is first; the other ends the sign-in.
pub async fn refresh(services: &Services, ctx: &Ctx, token: &str) -> Result<SignedIn, IdentityError> {
    let tx = services.begin().await?;
    let outcome = refresh_in(&tx, ctx, token).await;
    match &outcome {
        Ok(_) | Err(IdentityError::TokenReused) => services.commit(tx).await?,
        Err(_) => drop(tx),
    }
    outcome
}

async fn refresh_in(tx: &Tx, ctx: &Ctx, token: &str) -> Result<SignedIn, IdentityError> {
    let (print, now) = (fingerprint(token), ctx.env.now());
    let row = refresh_token::Entity::find()
        .filter(refresh_token::Column::Fingerprint.eq(&print))
        .one(tx)
        .await?
        .ok_or(IdentityError::SignInEnded)?;
    let sign_in = sign_in::Entity::find_by_id(row.sign_in_id).one(tx).await?.ok_or(IdentityError::SignInEnded)?;
    closing::open_account(tx, sign_in.user_id).await?.ok_or(IdentityError::SignInEnded)?;
    let claimed = refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, Expr::value(now))
        .filter(refresh_token::Column::Fingerprint.eq(&print))
        .filter(refresh_token::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    if claimed.rows_affected == 0 {
        revoke(tx, ctx, sign_in.id, RevokedReason::TokenReused).await?;
        return Err(IdentityError::TokenReused);
    }
    // Ending a sign-in and renewing it at once: whoever comes second sees the other's row.
    let alive = sign_in::Entity::update_many()
        .col_expr(sign_in::Column::LastSeenAt, Expr::value(now))
        .filter(sign_in::Column::Id.eq(sign_in.id))
        .filter(sign_in::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    if alive.rows_affected == 0 || row.expires_at <= now {
        return Err(IdentityError::SignInEnded);
    }
    issue(tx, ctx, sign_in.id, sign_in.user_id, sign_in.created_at).await
}

async fn revoke(tx: &Tx, ctx: &Ctx, id: SignInId, reason: RevokedReason) -> Result<(), IdentityError> {
    sign_in::Entity::update_many()
        .col_expr(sign_in::Column::RevokedAt, Expr::value(ctx.env.now()))
        .col_expr(sign_in::Column::RevokedReason, Expr::value(reason.word()))
        .filter(sign_in::Column::Id.eq(id))
        .filter(sign_in::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends the sign-in behind a refresh token, or does nothing if there is none: whoever wants out is out.
pub async fn sign_out(tx: &Tx, ctx: &Ctx, token: &str) -> Result<(), IdentityError> {
    let row =
        refresh_token::Entity::find().filter(refresh_token::Column::Fingerprint.eq(fingerprint(token))).one(tx).await?;
    match row {
        Some(row) => revoke(tx, ctx, row.sign_in_id, RevokedReason::SignedOut).await,
        None => Ok(()),
    }
}

/// Ends one of the signed-in person's own sign-ins.
pub async fn revoke_sign_in(tx: &Tx, ctx: &Ctx, id: SignInId) -> Result<sign_in::Model, IdentityError> {
    let user = ctx.actor.user().ok_or(Denied::Unauthenticated)?;
    let own = || sign_in::Entity::find_by_id(id).filter(sign_in::Column::UserId.eq(user));
    own().one(tx).await?.ok_or(IdentityError::NoSignIn)?;
    revoke(tx, ctx, id, RevokedReason::SignedOut).await?;
    own().one(tx).await?.ok_or(IdentityError::NoSignIn)
}

/// Ends all of the signed-in person's sign-ins but this one; tells how many those were.
pub async fn revoke_other_sign_ins(tx: &Tx, ctx: &Ctx, own: Option<SignInId>) -> Result<u64, IdentityError> {
    let user = ctx.actor.user().ok_or(Denied::Unauthenticated)?;
    revoke_all_but(tx, ctx, user, own, RevokedReason::SignedOut).await
}

pub(super) async fn revoke_all_but(
    tx: &Tx,
    ctx: &Ctx,
    user: UserId,
    own: Option<SignInId>,
    reason: RevokedReason,
) -> Result<u64, IdentityError> {
    let mut ended = sign_in::Entity::update_many()
        .col_expr(sign_in::Column::RevokedAt, Expr::value(ctx.env.now()))
        .col_expr(sign_in::Column::RevokedReason, Expr::value(reason.word()))
        .filter(sign_in::Column::UserId.eq(user))
        .filter(sign_in::Column::RevokedAt.is_null());
    if let Some(own) = own {
        ended = ended.filter(sign_in::Column::Id.ne(own));
    }
    Ok(ended.exec(tx).await?.rows_affected)
}
