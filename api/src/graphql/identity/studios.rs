//! Studios and their keys.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, SimpleObject};
use domain::{
    actor::Scope as DomainScope,
    identity::{
        IdentityError,
        commands::{self, StudioSettings},
        queries,
    },
    ids::{ApiKeyId, StudioId},
    legible::require_legible,
    policy::{Action, require},
};

use super::{
    security::require_proved,
    types::{Accent, ApiKey, Scope, Studio, UnsignedSplits},
};
use crate::{
    graphql::{
        caller,
        catalog::edit,
        errors::Failure,
        scalars::{Id, currency},
    },
    payload,
};

payload! {
    /// What came of `createStudio`.
    pub struct CreateStudioPayload {
        /// The studio. Its inside is open to the next request.
        studio_id: Id<StudioId>,
    }
}

payload! {
    /// What came of `updateStudio`.
    pub struct UpdateStudioPayload {
        /// The studio.
        studio: Studio,
    }
}

payload! {
    /// What came of `createApiKey`.
    pub struct CreateApiKeyPayload {
        /// The key and its secret.
        created: CreatedApiKey,
    }
}

payload! {
    /// What came of `revokeApiKey`.
    pub struct RevokeApiKeyPayload {
        /// The key, revoked.
        api_key: ApiKey,
    }
}

/// A fresh key.
#[derive(SimpleObject)]
pub struct CreatedApiKey {
    /// The key.
    api_key: ApiKey,
    /// The secret, for the `Authorization: Bearer` header. Shown this once.
    secret: String,
}

impl std::fmt::Debug for CreatedApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedApiKey").field("api_key", &self.api_key).finish_non_exhaustive()
    }
}

/// A studio's settings, all of them.
#[derive(InputObject)]
pub struct UpdateStudioInput {
    /// The studio.
    studio: Id<StudioId>,
    /// Its name.
    name: String,
    /// Where it is reached.
    contact_email: String,
    /// Its legal name, where it differs.
    legal_name: Option<String>,
    /// Its postal address.
    address: Option<String>,
    /// Whose law governs its contracts; completes "governed by the law of …".
    governing_law: String,
    /// What becomes of sales of beats of several makers who have not signed their split; left out, it stays. What has been parked stays so until it is
    /// signed for.
    unsigned_splits: Option<UnsignedSplits>,
    /// The colour of its public pages; left out, it stays, and null is the house's own.
    accent: MaybeUndefined<Accent>,
}

/// Mutations of studios.
#[derive(Debug, Default)]
pub struct StudioMutation;

#[Object]
impl StudioMutation {
    /// Founds another studio, which the signed-in person owns.
    async fn create_studio(
        &self,
        ctx: &Context<'_>,
        name: String,
        #[graphql(name = "currency", desc = "An ISO 4217 code.", default = "EUR")] code: String,
    ) -> Result<CreateStudioPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let currency = currency(&code, "currency")?;
            require_legible(caller.services.agreements.as_ref(), "name", &name)?;
            let tx = caller.services.begin().await?;
            let studio = commands::create_studio(&tx, &caller.ctx, &name, currency).await?;
            caller.services.commit(tx).await?;
            Ok::<_, Failure>(studio.id)
        };
        CreateStudioPayload::of(outcome.await)
    }

    /// Changes a studio's settings. Contracts already made keep what they say.
    async fn update_studio(&self, ctx: &Context<'_>, input: UpdateStudioInput) -> Result<UpdateStudioPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let contact_email = input.contact_email.parse().map_err(|error| {
                let mut report = domain::report::Explain::explain(&IdentityError::Email(error));
                report.field = Some("contactEmail".to_owned());
                Failure::new(report)
            })?;
            let UpdateStudioInput { studio, name, legal_name, address, governing_law, unsigned_splits, accent, .. } =
                input;
            let studio = studio.named("studio")?;
            require(&caller.ctx.actor, Action::ManageStudio, studio)?;
            let stored = queries::find_studio(&caller.services.db, &caller.ctx, studio).await?;
            for (field, text, stands) in [
                ("name", Some(&name), Some(&stored.name)),
                ("legalName", legal_name.as_ref(), stored.legal_name.as_ref()),
                ("address", address.as_ref(), stored.address.as_ref()),
                ("governingLaw", Some(&governing_law), Some(&stored.governing_law)),
            ] {
                let text = text.map_or("", String::as_str).trim();
                // What stands already, from before it was asked for, holds up no change of something else.
                if stands.is_none_or(|stands| stands != text) {
                    require_legible(caller.services.agreements.as_ref(), field, text)?;
                }
            }
            let unsigned_splits = unsigned_splits.map(Into::into).into();
            let accent = edit(accent.map_value(Into::into));
            let settings =
                StudioSettings { name, contact_email, legal_name, address, governing_law, unsigned_splits, accent };
            let tx = caller.services.begin().await?;
            let row = commands::update_studio(&tx, &caller.ctx, studio, settings).await?;
            caller.services.commit(tx).await?;
            Ok::<_, Failure>(Studio { row, seen_by: caller.ctx.clone() })
        };
        UpdateStudioPayload::of(outcome.await)
    }

    /// Makes a key for a program. Asks for proof as `stepUp` gives it.
    async fn create_api_key(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        name: String,
        scopes: Vec<Scope>,
    ) -> Result<CreateApiKeyPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            // A key outlives the sign-in that has made it.
            require_proved(caller).await?;
            let scopes = scopes.into_iter().map(DomainScope::from);
            let tx = caller.services.begin().await?;
            let new = commands::create_api_key(&tx, &caller.ctx, studio.named("studio")?, &name, scopes).await?;
            caller.services.commit(tx).await?;
            Ok::<_, Failure>(CreatedApiKey { api_key: new.key.into(), secret: new.secret })
        };
        CreateApiKeyPayload::of(outcome.await)
    }

    /// Revokes a key at once and for good.
    async fn revoke_api_key(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        id: Id<ApiKeyId>,
    ) -> Result<RevokeApiKeyPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let (studio, id) = (studio.named("studio")?, id.named("id")?);
            let tx = caller.services.begin().await?;
            let row = commands::revoke_api_key(&tx, &caller.ctx, studio, id).await?;
            caller.services.commit(tx).await?;
            Ok::<_, Failure>(row)
        };
        RevokeApiKeyPayload::of(outcome.await)
    }
}
