//! Passkeys: added, removed, and used in the place of a password. Each use is a ceremony in two halves: a mutation that begins it and gives what the browser's
//! `navigator.credentials` is to be asked, and one that takes its answer.

use async_graphql::{Context, InputObject, Json, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    identity::{
        IdentityError,
        commands::{self, Ceremony, Device, Taken},
        entity::{CeremonyKind, PasskeyBackup, passkey},
        passkeys::RelyingParty,
    },
    ids::{PasskeyCeremonyId, PasskeyId},
    policy::Denied,
};
use serde_json::Value;

use super::{
    security::{StepUpPayload, require_proved, told},
    sessions::{SignInPayload, TokenTransport, session},
};
use crate::{
    caller::Caller,
    graphql::{caller, errors::Failure, scalars::Id},
    payload,
};

/// A passkey of the signed-in person.
#[derive(Debug)]
pub struct Passkey(passkey::Model);

impl From<passkey::Model> for Passkey {
    fn from(row: passkey::Model) -> Self {
        Self(row)
    }
}

#[Object]
impl Passkey {
    /// The id.
    async fn id(&self) -> Id<PasskeyId> {
        self.0.id.into()
    }

    /// What the person calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// When it was added.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last used; none until then.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }

    /// Whether it is kept on more than the device that has made it, so that losing that device does not lose it.
    async fn is_backed_up(&self) -> bool {
        self.0.backup == PasskeyBackup::Exists
    }
}

/// What a browser is to do with a passkey.
#[derive(Debug, SimpleObject)]
pub struct PasskeyCeremony {
    /// By which the answer is sent, once.
    id: Id<PasskeyCeremonyId>,
    /// What `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` reads.
    options: Json<Value>,
    /// Until when an answer is taken: five minutes.
    expires_at: DateTime<Utc>,
}

impl From<Ceremony> for PasskeyCeremony {
    fn from(ceremony: Ceremony) -> Self {
        let Ceremony { id, options, expires_at } = ceremony;
        Self { id: id.into(), options: Json(options), expires_at }
    }
}

/// A sign-in by a passkey.
#[derive(InputObject)]
pub struct PasskeySignInInput {
    /// What `beginPasskeySignIn` has begun.
    ceremony: Id<PasskeyCeremonyId>,
    /// What `navigator.credentials.get` has given, as its `toJSON` writes it.
    credential: Json<Value>,
    /// How the tokens are kept.
    #[graphql(default_with = "TokenTransport::Cookies")]
    transport: TokenTransport,
}

payload! {
    /// What came of `beginPasskey`, `beginPasskeySignIn` or `beginPasskeyProof`.
    pub struct PasskeyCeremonyPayload {
        /// What the browser is to do.
        ceremony: PasskeyCeremony,
    }
}

payload! {
    /// What came of `addPasskey` or `removePasskey`.
    pub struct PasskeyPayload {
        /// The passkey.
        passkey: Passkey,
    }
}

/// Mutations of passkeys.
#[derive(Debug, Default)]
pub struct PasskeyMutation;

#[Object]
impl PasskeyMutation {
    /// Begins to add a passkey to the caller's account, which has 20 at most: give the options to `navigator.credentials.create`, and what comes of it to
    /// `addPasskey`. Asks for proof as `stepUp` gives it.
    async fn begin_passkey(&self, ctx: &Context<'_>) -> Result<PasskeyCeremonyPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            require_proved(caller).await?;
            let tx = caller.services.begin().await?;
            let begun = commands::begin_passkey(&tx, &caller.ctx, &relying_party(caller)?).await?;
            caller.services.commit(tx).await?;
            Ok::<_, Failure>(begun)
        };
        PasskeyCeremonyPayload::of(outcome.await)
    }

    /// Adds the passkey that a browser has made, under a name by which the person knows it again. A ceremony is good for one answer, within five minutes.
    async fn add_passkey(
        &self,
        ctx: &Context<'_>,
        ceremony: Id<PasskeyCeremonyId>,
        name: String,
        credential: Json<Value>,
    ) -> Result<PasskeyPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            require_proved(caller).await?;
            let (services, rp) = (&caller.services, relying_party(caller)?);
            let taken = take(caller, CeremonyKind::Add, &ceremony).await?;
            let tx = services.begin().await?;
            let row = commands::add_passkey(&tx, &caller.ctx, &rp, &taken, &name, &credential.0).await?;
            services.commit(tx).await?;
            told(caller, "a passkey was added");
            Ok::<_, Failure>(row)
        };
        PasskeyPayload::of(outcome.await)
    }

    /// Removes one of the caller's own passkeys: it opens nothing any more, and ends no sign-in. Asks for proof as `stepUp` gives it.
    async fn remove_passkey(&self, ctx: &Context<'_>, id: Id<PasskeyId>) -> Result<PasskeyPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            require_proved(caller).await?;
            let tx = caller.services.begin().await?;
            let row = commands::remove_passkey(&tx, &caller.ctx, id.named("id")?).await?;
            caller.services.commit(tx).await?;
            told(caller, "a passkey was removed");
            Ok::<_, Failure>(row)
        };
        PasskeyPayload::of(outcome.await)
    }

    /// Begins to sign in with a passkey: give the options to `navigator.credentials.get`, which has the person choose among theirs, and what comes of it to
    /// `signInWithPasskey`. Counted with the tries of a network address.
    async fn begin_passkey_sign_in(&self, ctx: &Context<'_>) -> Result<PasskeyCeremonyPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let rp = relying_party(caller)?;
            let begun = commands::begin_passkey_sign_in(&caller.services, &caller.ctx, &rp, &caller.ip).await?;
            Ok::<_, Failure>(begun)
        };
        PasskeyCeremonyPayload::of(outcome.await)
    }

    /// Signs in with a passkey, without address, password or code: its device has looked who sits there. A ceremony is good for one answer, within five minutes.
    async fn sign_in_with_passkey(
        &self,
        ctx: &Context<'_>,
        input: PasskeySignInInput,
    ) -> Result<SignInPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let PasskeySignInInput { ceremony, credential, transport } = input;
            let (services, rp) = (&caller.services, relying_party(caller)?);
            let taken = take(caller, CeremonyKind::SignIn, &ceremony).await?;
            let device = Device { user_agent: caller.user_agent.to_string(), ip: caller.ip.to_string() };
            let tx = services.begin().await?;
            let signed_in =
                commands::sign_in_with_passkey(&tx, &caller.ctx, &rp, &taken, &credential.0, device).await?;
            services.commit(tx).await?;
            tracing::info!(sign_in = %signed_in.sign_in, "somebody has signed in with a passkey");
            session(ctx, caller, signed_in, transport).await
        };
        SignInPayload::of(outcome.await)
    }

    /// Begins to prove by a passkey that whoever sits there is the person who signed in: give the options to `navigator.credentials.get`, and what comes of it
    /// to `stepUpWithPasskey`. Ten that come to nothing in a quarter of an hour close it for the rest of it; the tries of `stepUp` are counted apart.
    async fn begin_passkey_proof(&self, ctx: &Context<'_>) -> Result<PasskeyCeremonyPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let rp = relying_party(caller)?;
            let begun = commands::begin_passkey_proof(&caller.services, &caller.ctx, &rp).await?;
            Ok::<_, Failure>(begun)
        };
        PasskeyCeremonyPayload::of(outcome.await)
    }

    /// Proves what `stepUp` does, by one of the caller's own passkeys instead of the password and a code.
    async fn step_up_with_passkey(
        &self,
        ctx: &Context<'_>,
        ceremony: Id<PasskeyCeremonyId>,
        credential: Json<Value>,
    ) -> Result<StepUpPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let own = caller.sign_in.ok_or(Denied::Unauthenticated)?;
            let (services, rp) = (&caller.services, relying_party(caller)?);
            let taken = take(caller, CeremonyKind::Prove, &ceremony).await?;
            let tx = services.begin().await?;
            let until = commands::step_up_with_passkey(&tx, &caller.ctx, &rp, &taken, &credential.0, own).await?;
            services.commit(tx).await?;
            tracing::info!(sign_in = %own, "a sign-in has proved itself by a passkey");
            Ok::<_, Failure>(until)
        };
        StepUpPayload::of(outcome.await)
    }
}

/// For whom passkeys are: the platform, on whatever host it is asked.
fn relying_party(caller: &Caller) -> Result<RelyingParty, IdentityError> {
    RelyingParty::of(caller.services.platform_url())
}

/// A ceremony for its one answer.
async fn take(caller: &Caller, kind: CeremonyKind, id: &Id<PasskeyCeremonyId>) -> Result<Taken, Failure> {
    Ok(commands::take_ceremony(&caller.services, &caller.ctx, kind, id.named("ceremony")?).await?)
}
