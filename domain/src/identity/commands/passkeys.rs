//! Passkeys: added, removed, and used to sign in or to prove oneself once more.
//!
//! Each is a ceremony of a browser in two halves, and any process of the program may see to either: what was begun is kept in the database for five
//! minutes. [`take_ceremony`] takes it away and commits by itself, so that it is good for one answer, whatever that is; what follows takes [`Taken`] alone.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, OnConflict},
};
use serde_json::Value;

use super::{
    super::{
        IdentityError,
        entity::{AccountNotice, CeremonyKind, passkey, passkey_ceremony, user},
        passkeys::{self, Begun, RelyingParty},
        rules,
    },
    closing, notices, proving,
    sign_ins::{self, Device, SignedIn},
    throttle,
};
use crate::{
    actor::Ctx,
    env::Instant,
    ids::{PasskeyCeremonyId, PasskeyId, SignInId, UserId},
    policy::Denied,
    services::Services,
    store::{self, Tx},
};

/// What a browser is asked to do with a passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceremony {
    /// By which its answer is sent.
    pub id: PasskeyCeremonyId,
    /// What `navigator.credentials` is given, in the JSON of browsers.
    pub options: Value,
    /// Until when an answer is taken.
    pub expires_at: Instant,
}

/// A ceremony that was taken for its one answer.
#[derive(Debug)]
pub struct Taken {
    kind: CeremonyKind,
    user: Option<UserId>,
    /// As what their password was kept when it was taken.
    password_hash: Option<String>,
    state: String,
}

impl Taken {
    /// What the answer is held against, if the ceremony is of this kind and of this person.
    fn state_for(&self, kind: CeremonyKind, user: Option<UserId>) -> Result<&str, IdentityError> {
        if self.kind == kind && self.user == user { Ok(&self.state) } else { Err(IdentityError::CeremonyOver) }
    }
}

/// Begins to add a passkey to the signed-in person's account.
pub async fn begin_passkey(tx: &Tx, ctx: &Ctx, rp: &RelyingParty) -> Result<Ceremony, IdentityError> {
    let id = ctx.actor.user().ok_or(Denied::Unauthenticated)?;
    let person = closing::open_account(tx, id).await?.ok_or(Denied::Unauthenticated)?;
    let known = passkey::Entity::find().filter(passkey::Column::UserId.eq(id)).order_by_asc(passkey::Column::Id);
    let known = known.all(tx).await?;
    if known.len() >= rules::PASSKEYS_MAX {
        return Err(IdentityError::TooManyPasskeys);
    }
    put(tx, ctx, CeremonyKind::Add, Some(id), passkeys::begin_adding(rp, &person, &known)?).await
}

/// Begins to sign in with a passkey, whosever. Counts an attempt for the network address, as [`super::begin_sign_in`] does.
pub async fn begin_passkey_sign_in(
    services: &Services,
    ctx: &Ctx,
    rp: &RelyingParty,
    ip: &str,
) -> Result<Ceremony, IdentityError> {
    let begun = passkeys::begin_using(rp)?;
    let tx = services.begin().await?;
    let outcome = match throttle::count(&tx, &ctx.env, rules::SIGN_IN_PER_IP, ip).await {
        Ok(()) => put(&tx, ctx, CeremonyKind::SignIn, None, begun).await,
        Err(refused) => Err(refused),
    };
    services.commit(tx).await?;
    outcome
}

/// Begins to prove by a passkey that whoever sits there is the person who signed in. Counts an attempt, answered or
/// not, apart from those with a password, which [`super::begin_proof`] counts.
pub async fn begin_passkey_proof(services: &Services, ctx: &Ctx, rp: &RelyingParty) -> Result<Ceremony, IdentityError> {
    let id = ctx.actor.user().ok_or(Denied::Unauthenticated)?;
    let begun = passkeys::begin_using(rp)?;
    let tx = services.begin().await?;
    closing::open_account(&tx, id).await?.ok_or(Denied::Unauthenticated)?;
    let outcome = match throttle::count(&tx, &ctx.env, rules::PASSKEY_PROOF_PER_ACCOUNT, &id.to_string()).await {
        Ok(()) => put(&tx, ctx, CeremonyKind::Prove, Some(id), begun).await,
        Err(refused) => Err(refused),
    };
    services.commit(tx).await?;
    outcome
}

/// Keeps what was begun until its answer comes. A person has one of each kind at a time: whoever begins anew gives the other up.
async fn put(
    tx: &Tx,
    ctx: &Ctx,
    kind: CeremonyKind,
    user: Option<UserId>,
    begun: Begun,
) -> Result<Ceremony, IdentityError> {
    let now = ctx.env.now();
    // What nobody has answered is of no use to anybody.
    passkey_ceremony::Entity::delete_many().filter(passkey_ceremony::Column::ExpiresAt.lte(now)).exec(tx).await?;
    let (id, expires_at): (PasskeyCeremonyId, Instant) = (ctx.env.id(), now + rules::CEREMONY_LIFE);
    let row = passkey_ceremony::ActiveModel {
        id: Set(id),
        kind: Set(kind),
        user_id: Set(user),
        state: Set(begun.state),
        expires_at: Set(expires_at),
    };
    let anew = OnConflict::columns([passkey_ceremony::Column::UserId, passkey_ceremony::Column::Kind])
        .update_columns([
            passkey_ceremony::Column::Id,
            passkey_ceremony::Column::State,
            passkey_ceremony::Column::ExpiresAt,
        ])
        .to_owned();
    passkey_ceremony::Entity::insert(row).on_conflict(anew).exec_without_returning(tx).await?;
    Ok(Ceremony { id, options: begun.options, expires_at })
}

/// Takes a ceremony of a kind, of the signed-in person if it is not one that signs in, for its one answer. Of two who come with it, one is first.
pub async fn take_ceremony(
    services: &Services,
    ctx: &Ctx,
    kind: CeremonyKind,
    id: PasskeyCeremonyId,
) -> Result<Taken, IdentityError> {
    let user = match kind {
        CeremonyKind::SignIn => None,
        CeremonyKind::Add | CeremonyKind::Prove => Some(ctx.actor.user().ok_or(Denied::Unauthenticated)?),
    };
    let tx = services.begin().await?;
    let row = passkey_ceremony::Entity::find_by_id(id).one(&tx).await?;
    let row = row.filter(|row| row.kind == kind && row.user_id == user).ok_or(IdentityError::CeremonyOver)?;
    let taken = passkey_ceremony::Entity::delete_by_id(id).exec(&tx).await?;
    let person = match user {
        Some(user) => user::Entity::find_by_id(user).one(&tx).await?,
        None => None,
    };
    services.commit(tx).await?;
    if taken.rows_affected == 0 || row.expires_at <= ctx.env.now() {
        return Err(IdentityError::CeremonyOver);
    }
    Ok(Taken { kind, user, password_hash: person.map(|person| person.password_hash), state: row.state })
}

/// Adds the passkey that a device has made to the signed-in person's account, under a name.
pub async fn add_passkey(
    tx: &Tx,
    ctx: &Ctx,
    rp: &RelyingParty,
    taken: &Taken,
    name: &str,
    answer: &Value,
) -> Result<passkey::Model, IdentityError> {
    let user = ctx.actor.user().ok_or(Denied::Unauthenticated)?;
    let state = taken.state_for(CeremonyKind::Add, Some(user))?;
    let name = rules::name(name, 100).map_err(|fault| IdentityError::Name { field: "name", fault })?;
    let made = passkeys::added(rp, state, answer)?;
    let person = closing::open_account(tx, user).await?.ok_or(Denied::Unauthenticated)?;
    // A password that is set by mail removes the passkeys of whoever had the account before: none of theirs comes after it.
    if taken.password_hash.as_ref() != Some(&person.password_hash) {
        return Err(IdentityError::CeremonyOver);
    }
    let own = passkey::Entity::find().filter(passkey::Column::UserId.eq(user));
    if own.all(tx).await?.len() >= rules::PASSKEYS_MAX {
        return Err(IdentityError::TooManyPasskeys);
    }
    let id: PasskeyId = ctx.env.id();
    let row = passkey::ActiveModel {
        id: Set(id),
        user_id: Set(user),
        name: Set(name),
        credential_id: Set(made.credential_id),
        public_key: Set(made.public_key),
        transports: Set(made.transports),
        sign_count: Set(made.sign_count),
        backup: Set(made.backup),
        created_at: Set(ctx.env.now()),
        last_used_at: Set(None),
    };
    if !store::insert_new(tx, row).await? {
        return Err(IdentityError::PasskeyIsKnown);
    }
    notices::tell(tx, ctx, user, AccountNotice::PasskeyAdded).await?;
    passkey::Entity::find_by_id(id).one(tx).await?.ok_or(IdentityError::NoPasskey)
}

/// Removes one of the signed-in person's own passkeys: it opens nothing any more. Sign-ins that were opened by it go on.
pub async fn remove_passkey(tx: &Tx, ctx: &Ctx, id: PasskeyId) -> Result<passkey::Model, IdentityError> {
    let user = ctx.actor.user().ok_or(Denied::Unauthenticated)?;
    let own = passkey::Entity::find_by_id(id).filter(passkey::Column::UserId.eq(user));
    let row = own.one(tx).await?.ok_or(IdentityError::NoPasskey)?;
    let removed = passkey::Entity::delete_by_id(id).exec(tx).await?;
    // Of two who remove it at once, one has.
    if removed.rows_affected == 0 {
        return Err(IdentityError::NoPasskey);
    }
    notices::tell(tx, ctx, user, AccountNotice::PasskeyRemoved).await?;
    Ok(row)
}

/// Signs in with a passkey: whoever has used it has it, and was looked at by its device, so that no code is asked for.
pub async fn sign_in_with_passkey(
    tx: &Tx,
    ctx: &Ctx,
    rp: &RelyingParty,
    taken: &Taken,
    answer: &Value,
    device: Device,
) -> Result<SignedIn, IdentityError> {
    let state = taken.state_for(CeremonyKind::SignIn, None)?;
    let row = find(tx, answer).await?;
    closing::open_account(tx, row.user_id).await?.ok_or(IdentityError::UnknownPasskey)?;
    accept(tx, ctx, rp, state, answer, &row).await?;
    sign_ins::open(tx, ctx, row.user_id, device).await
}

/// Marks the sign-in as proved by a passkey of the same person; tells until when that holds.
pub async fn step_up_with_passkey(
    tx: &Tx,
    ctx: &Ctx,
    rp: &RelyingParty,
    taken: &Taken,
    answer: &Value,
    id: SignInId,
) -> Result<Instant, IdentityError> {
    let user = ctx.actor.user().ok_or(Denied::Unauthenticated)?;
    let state = taken.state_for(CeremonyKind::Prove, Some(user))?;
    let row = find(tx, answer).await?;
    if row.user_id != user {
        return Err(IdentityError::UnknownPasskey);
    }
    closing::open_account(tx, user).await?.ok_or(Denied::Unauthenticated)?;
    accept(tx, ctx, rp, state, answer, &row).await?;
    throttle::clear(tx, rules::PASSKEY_PROOF_PER_ACCOUNT, &user.to_string()).await?;
    proving::mark_proved(tx, ctx, id, user).await
}

/// The passkey that an answer says it is of.
async fn find(tx: &Tx, answer: &Value) -> Result<passkey::Model, IdentityError> {
    let named = passkeys::named(answer)?;
    let row = passkey::Entity::find().filter(passkey::Column::CredentialId.eq(named)).one(tx).await?;
    row.ok_or(IdentityError::UnknownPasskey)
}

/// Takes an answer that holds, and keeps what it tells. A passkey that was removed meanwhile, or whose count another answer has moved, is refused.
async fn accept(
    tx: &Tx,
    ctx: &Ctx,
    rp: &RelyingParty,
    state: &str,
    answer: &Value,
    row: &passkey::Model,
) -> Result<(), IdentityError> {
    let used = passkeys::used(rp, state, answer, row)?;
    let kept = passkey::Entity::update_many()
        .col_expr(passkey::Column::SignCount, Expr::value(used.sign_count))
        .col_expr(passkey::Column::Backup, Expr::value(used.backup.word()))
        .col_expr(passkey::Column::LastUsedAt, Expr::value(ctx.env.now()))
        .filter(passkey::Column::Id.eq(row.id))
        .filter(passkey::Column::SignCount.eq(row.sign_count))
        .exec(tx)
        .await?;
    if kept.rows_affected == 0 { Err(IdentityError::PasskeyRefused) } else { Ok(()) }
}
