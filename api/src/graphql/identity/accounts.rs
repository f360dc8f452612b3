//! Signing up, verifying addresses, setting new passwords.

use async_graphql::{Context, InputObject, Object};
use domain::{
    identity::{
        commands::{self, SignUp},
        queries,
    },
    legible::require_legible,
};

use super::{email, slowly};
use crate::{
    graphql::{caller, errors::Failure, scalars::currency},
    payload,
};

/// A sign-up.
#[derive(InputObject)]
pub struct SignUpInput {
    /// The person's name.
    name: String,
    /// Their address.
    email: String,
    /// The password, 10 to 200 characters, none of the most common ones, and more than the person's name or address.
    password: String,
    /// The studio's name.
    studio_name: String,
    /// What the studio sells in, an ISO 4217 code.
    #[graphql(default = "EUR")]
    currency: String,
}

payload! {
    /// What came of `signUp`. It looks the same whether the address had an account or not.
    pub struct SignUpPayload {
        /// What to do next.
        message: String,
    }
}

payload! {
    /// What came of asking for a mail. It looks the same whether one was sent or not.
    pub struct MailPayload {
        /// What to do next.
        message: String,
    }
}

payload! {
    /// What came of a mailed link.
    pub struct LinkPayload {
        /// Whether the link has done its work.
        completed: bool,
    }
}

/// Mutations of accounts.
#[derive(Debug, Default)]
pub struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Makes an account and a studio, and mails a link that verifies the address. Whoever has an account already gets a mail that says so.
    async fn sign_up(&self, ctx: &Context<'_>, input: SignUpInput) -> Result<SignUpPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let currency = currency(&input.currency, "currency")?;
            let SignUpInput { name, email, password, studio_name, .. } = input;
            require_legible(caller.services.agreements.as_ref(), "studioName", &studio_name)?;
            let (env, sign_up) = (caller.services.env.clone(), SignUp { name, email, password, studio_name, currency });
            let accepted = slowly(move || commands::prepare_sign_up(&env, &sign_up)).await??;
            commands::sign_up(&caller.services, &caller.ctx, accepted, &caller.ip).await?;
            Ok::<_, Failure>("Check your mail: we have sent you a link".to_owned())
        };
        SignUpPayload::of(outcome.await)
    }

    /// Verifies an address with the token of the mailed link.
    async fn verify_email(&self, ctx: &Context<'_>, token: String) -> Result<LinkPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let tx = caller.services.begin().await?;
            commands::verify_email(&tx, &caller.ctx, &caller.services.links, &token).await?;
            caller.services.commit(tx).await?;
            Ok::<_, Failure>(true)
        };
        LinkPayload::of(outcome.await)
    }

    /// Mails the signed-in person another link to verify their address.
    async fn request_verification(&self, ctx: &Context<'_>) -> Result<MailPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let tx = caller.services.begin().await?;
            commands::request_verification(&tx, &caller.ctx).await?;
            caller.services.commit(tx).await?;
            Ok::<_, Failure>("Check your mail".to_owned())
        };
        MailPayload::of(outcome.await)
    }

    /// Mails a link to set a new password, if the address has an account.
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "email")] address: String,
    ) -> Result<MailPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            commands::request_password_reset(&caller.services, &caller.ctx, &email(&address)?, &caller.ip).await?;
            Ok::<_, Failure>("if this address has an account, a link is on its way".to_owned())
        };
        MailPayload::of(outcome.await)
    }

    /// Sets a new password with the token of the mailed link, ends every sign-in of the account, and removes its passkeys.
    async fn complete_password_reset(
        &self,
        ctx: &Context<'_>,
        token: String,
        password: String,
    ) -> Result<LinkPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let services = &caller.services;
            let owner = queries::find_reset(&services.db, &services.links, &token, services.env.now()).await?;
            let env = services.env.clone();
            let hash = slowly(move || commands::prepare_password_reset(&env, &owner, &password)).await??;
            let tx = services.begin().await?;
            commands::complete_password_reset(&tx, &caller.ctx, &services.links, &token, hash).await?;
            services.commit(tx).await?;
            Ok::<_, Failure>(true)
        };
        LinkPayload::of(outcome.await)
    }
}
