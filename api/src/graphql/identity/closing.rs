//! Closing an account or a studio, and opening a studio again.

use async_graphql::{Context, Object};
use domain::{
    identity::{commands, queries},
    ids::StudioId,
};

use super::{email, security::require_proved, sessions::forget_cookies, types::Studio};
use crate::{
    graphql::{caller, errors::Failure, scalars::Id},
    payload,
};

payload! {
    /// What came of `closeAccount`.
    pub struct CloseAccountPayload {
        /// Whether it is closed.
        closed: bool,
    }
}

payload! {
    /// What came of `closeStudio`.
    pub struct CloseStudioPayload {
        /// The studio, closed.
        studio: Studio,
    }
}

payload! {
    /// What came of `reopenStudio`.
    pub struct ReopenStudioPayload {
        /// The studio, open.
        studio: Studio,
    }
}

/// The mutations that close accounts and studios.
#[derive(Debug, Default)]
pub struct ClosingMutation;

#[Object]
impl ClosingMutation {
    /// Closes the caller's own account for good, whose address is given once more: ends all of its sign-ins, takes back the invitations that it has sent, takes it out of its studios and erases its name and address; a comment on a mix keeps the name of whoever has made it, and an invitation, until 90 days after it has lapsed, the address that it was sent to. Refused while it is the only owner of an open studio. Asks for proof as `stepUp` gives it.
    async fn close_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "email")] address: String,
    ) -> Result<CloseAccountPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            require_proved(caller).await?;
            let address = email(&address)?;
            let tx = caller.services.begin().await?;
            commands::close_account(&tx, &caller.ctx, &address).await?;
            caller.services.commit(tx).await?;
            forget_cookies(ctx, caller);
            Ok::<_, Failure>(true)
        };
        CloseAccountPayload::of(outcome.await)
    }

    /// Closes a studio, whose name is given once more: its shop, its rooms and its portfolio are gone from the outside, and its keys, calendars and webhooks rest; members read on, and change nothing. What was bought or signed stays where its links lead. Refused, with each reason, while it owes money to others than its owner, or files, or rooms are booked. Asks for proof as `stepUp` gives it. For owners.
    async fn close_studio(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        name: String,
        reason: Option<String>,
    ) -> Result<CloseStudioPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            require_proved(caller).await?;
            let studio = studio.named("studio")?;
            let tx = caller.services.begin().await?;
            commands::close_studio(&tx, &caller.ctx, studio, &name, reason.as_deref()).await?;
            caller.services.commit(tx).await?;
            let row = queries::find_studio(&caller.services.db, &caller.ctx, studio).await?;
            Ok::<_, Failure>(Studio { row, seen_by: caller.ctx.clone() })
        };
        CloseStudioPayload::of(outcome.await)
    }

    /// Opens a closed studio again: all is as it was, but what its webhooks would have been sent meanwhile is not sent later. For owners.
    async fn reopen_studio(&self, ctx: &Context<'_>, studio: Id<StudioId>) -> Result<ReopenStudioPayload, Failure> {
        let caller = caller(ctx)?;
        let outcome = async {
            let studio = studio.named("studio")?;
            let tx = caller.services.begin().await?;
            commands::reopen_studio(&tx, &caller.ctx, studio).await?;
            caller.services.commit(tx).await?;
            let row = queries::find_studio(&caller.services.db, &caller.ctx, studio).await?;
            Ok::<_, Failure>(Studio { row, seen_by: caller.ctx.clone() })
        };
        ReopenStudioPayload::of(outcome.await)
    }
}
