//! Signing up.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::{
    super::{
        IdentityError,
        entity::{MailPurpose, user},
        password::{self, PasswordHash},
        rules,
    },
    mail_links, studios, throttle,
};
use crate::{
    actor::Ctx,
    email::EmailAddress,
    env::Env,
    money::Currency,
    services::Services,
    store::{self, Tx},
};

/// A sign-up, texts as typed.
#[derive(Clone, PartialEq, Eq)]
pub struct SignUp {
    /// The person's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The studio's name.
    pub studio_name: String,
    /// What the studio sells in.
    pub currency: Currency,
}

/// A sign-up that has passed the rules, its password hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedSignUp {
    pub(super) name: String,
    pub(super) email: EmailAddress,
    password_hash: PasswordHash,
    studio_name: String,
    currency: Currency,
}

/// Checks a sign-up and hashes its password. Slow on purpose: call it from a blocking thread.
pub fn prepare_sign_up(env: &Env, input: &SignUp) -> Result<AcceptedSignUp, IdentityError> {
    let name = rules::name(&input.name, 200).map_err(|fault| IdentityError::Name { field: "name", fault })?;
    let studio_name =
        rules::name(&input.studio_name, 200).map_err(|fault| IdentityError::Name { field: "studioName", fault })?;
    let email: EmailAddress = input.email.parse()?;
    rules::check_password(&input.password, &email, &name, std::slice::from_ref(&studio_name))?;
    let password_hash = password::hash(env, &input.password);
    Ok(AcceptedSignUp { name, email, password_hash, studio_name, currency: input.currency })
}

/// Signs a person up and founds their studio; or, if the address has an account, tells its owner by mail. The outcome looks the same, so that
/// nobody learns who has an account.
pub async fn sign_up(services: &Services, ctx: &Ctx, accepted: AcceptedSignUp, ip: &str) -> Result<(), IdentityError> {
    let tx = services.begin().await?;
    let outcome = match throttle::count(&tx, &ctx.env, rules::SIGN_UP_PER_IP, ip).await {
        Ok(()) => sign_up_in(&tx, ctx, accepted).await,
        Err(refusal @ IdentityError::Throttled { .. }) => {
            services.commit(tx).await?;
            return Err(refusal);
        }
        Err(error) => Err(error),
    };
    outcome?;
    services.commit(tx).await?;
    Ok(())
}

async fn sign_up_in(tx: &Tx, ctx: &Ctx, accepted: AcceptedSignUp) -> Result<(), IdentityError> {
    let AcceptedSignUp { name, email, password_hash, studio_name, currency } = accepted;
    let Some(user) = insert_user(tx, ctx, &name, &email, password_hash, false).await? else {
        let known = user::Entity::find().filter(user::Column::EmailKey.eq(email.account_key())).one(tx).await?;
        if let Some(known) = known {
            mail_links::mail_if_allowed(tx, ctx, &known, MailPurpose::AccountExists).await?;
        }
        return Ok(());
    };
    studios::found(tx, ctx, &user, &studio_name, currency).await?;
    mail_links::put(tx, ctx, user.id, MailPurpose::VerifyEmail).await?;
    Ok(())
}

/// Inserts an account unless the address has one; then none.
pub(super) async fn insert_user(
    tx: &Tx,
    ctx: &Ctx,
    name: &str,
    email: &EmailAddress,
    password_hash: PasswordHash,
    verified: bool,
) -> Result<Option<user::Model>, IdentityError> {
    let now = ctx.env.now();
    let user = user::Model {
        id: ctx.env.id(),
        email: email.clone(),
        email_key: email.account_key(),
        name: name.to_owned(),
        password_hash: password_hash.0,
        email_verified_at: verified.then_some(now),
        created_at: now,
    };
    let row = user::ActiveModel {
        id: Set(user.id),
        email: Set(user.email.clone()),
        email_key: Set(user.email_key.clone()),
        name: Set(user.name.clone()),
        password_hash: Set(user.password_hash.clone()),
        email_verified_at: Set(user.email_verified_at),
        created_at: Set(user.created_at),
    };
    Ok(store::insert_new(tx, row).await?.then_some(user))
}
