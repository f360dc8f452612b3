//! Accounts, studios, members, keys.

pub mod accounts;
pub mod closing;
pub mod members;
pub mod passkeys;
pub mod security;
pub mod sessions;
pub mod studios;
pub mod types;

use async_graphql::{Context, MergedObject, Object};
use domain::identity::{IdentityError, queries};

use super::{caller, errors::Failure, scalars::Id};
use domain::ids::StudioId;
use types::{InvitationPreview, Me, Studio};

/// Queries of identity.
#[derive(Debug, Default)]
pub struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// The signed-in person; none if nobody is signed in, and none for an API key.
    async fn me(&self, ctx: &Context<'_>) -> Result<Option<Me>, Failure> {
        let caller = caller(ctx)?;
        let user = queries::find_me(&caller.services.db, &caller.ctx).await?;
        Ok(user.map(|user| Me { user, seen_by: caller.ctx.clone() }))
    }

    /// A studio that the caller belongs to, seen from inside.
    async fn studio(&self, ctx: &Context<'_>, id: Id<StudioId>) -> Result<Studio, Failure> {
        let caller = caller(ctx)?;
        let row = queries::find_studio(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        Ok(Studio { row, seen_by: caller.ctx.clone() })
    }

    /// What an invitation's link is about, for whoever holds it.
    async fn invitation(&self, ctx: &Context<'_>, token: String) -> Result<InvitationPreview, Failure> {
        let caller = caller(ctx)?;
        let services = &caller.services;
        let facts = queries::find_invitation_by_link(&services.db, &services.links, &token, services.env.now()).await?;
        Ok(InvitationPreview::from(facts))
    }
}

/// Mutations of identity.
#[derive(MergedObject, Default)]
pub struct IdentityMutation(
    accounts::AccountMutation,
    sessions::SessionMutation,
    security::SecurityMutation,
    closing::ClosingMutation,
    passkeys::PasskeyMutation,
    studios::StudioMutation,
    members::MemberMutation,
);

/// How many passwords are hashed at once: each takes 19 MiB and a core.
static PASSWORDS: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(4);

/// Runs what is slow on purpose on a thread where it holds nobody up.
async fn slowly<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let _turn = PASSWORDS.acquire().await.map_err(Failure::broken)?;
    tokio::task::spawn_blocking(work).await.map_err(Failure::broken)
}

/// An address as typed.
fn email(text: &str) -> Result<domain::email::EmailAddress, Failure> {
    Ok(text.parse().map_err(IdentityError::Email)?)
}
