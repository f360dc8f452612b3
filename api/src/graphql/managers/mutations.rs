//! What owners grant to managers, and what managers put aside.

use async_graphql::{Context, Object};
use domain::{
    ids::{RoyaltyAlertId, StudioId, UserId},
    roster::{alerts::settle_alert, commands},
    royalties::entity::{grant, limit},
};

use super::{ApprovalLimit, RosterGrant, RoyaltyAlert};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        errors::Failure,
        identity::security::require_proved,
        scalars::{Id, MoneyInput},
    },
    payload,
};

payload! {
    /// What came of `grantRoster`.
    pub struct GrantRosterPayload {
        /// The grant that stands.
        grant: RosterGrant
    }
}

payload! {
    /// What came of `revokeRoster`.
    pub struct RevokeRosterPayload {
        /// Who does not have the studio on their roster any more, or never had.
        user_id: Id<UserId>
    }
}

payload! {
    /// What came of `setApprovalLimit`.
    pub struct SetApprovalLimitPayload {
        /// The limit that holds now.
        limit: ApprovalLimit
    }
}

payload! {
    /// What came of `settleRoyaltyAlert`.
    pub struct SettleRoyaltyAlertPayload {
        /// The alert, put aside.
        alert: RoyaltyAlert
    }
}

/// Mutations of managers.
#[derive(Debug, Default)]
pub struct ManagersMutation;

#[Object]
impl ManagersMutation {
    /// Lets a member of the studio have it on their roster; twice is once. For owners. What they see there is what their role lets them see.
    async fn grant_roster(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        user: Id<UserId>,
    ) -> Result<GrantRosterPayload, Failure> {
        GrantRosterPayload::of(grant(caller(ctx)?, &studio, &user).await)
    }

    /// Takes the studio off a member's roster, at once. For owners.
    async fn revoke_roster(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        user: Id<UserId>,
    ) -> Result<RevokeRosterPayload, Failure> {
        RevokeRosterPayload::of(revoke(caller(ctx)?, &studio, &user).await)
    }

    /// Says up to which amount, in its currency, a member approves what a run of royalties pays out; nothing takes that back. For owners, who need no limit
    /// themselves.
    async fn set_approval_limit(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        user: Id<UserId>,
        limit: MoneyInput,
    ) -> Result<SetApprovalLimitPayload, Failure> {
        SetApprovalLimitPayload::of(set_limit(caller(ctx)?, &studio, &user, &limit).await)
    }

    /// Puts an alert aside: it is settled, and not raised again for the same thing.
    async fn settle_royalty_alert(
        &self,
        ctx: &Context<'_>,
        alert: Id<RoyaltyAlertId>,
    ) -> Result<SettleRoyaltyAlertPayload, Failure> {
        SettleRoyaltyAlertPayload::of(settle(caller(ctx)?, &alert).await)
    }
}

async fn grant(caller: &Caller, studio: &Id<StudioId>, user: &Id<UserId>) -> Result<grant::Model, Failure> {
    let (studio, user) = (studio.named("studio")?, user.named("user")?);
    let tx = caller.services.begin().await?;
    let row = commands::grant_roster(&tx, &caller.ctx, studio, user).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn revoke(caller: &Caller, studio: &Id<StudioId>, user: &Id<UserId>) -> Result<UserId, Failure> {
    let (studio, user) = (studio.named("studio")?, user.named("user")?);
    let tx = caller.services.begin().await?;
    commands::revoke_roster(&tx, &caller.ctx, studio, user).await?;
    caller.services.commit(tx).await?;
    Ok(user)
}

async fn set_limit(
    caller: &Caller,
    studio: &Id<StudioId>,
    user: &Id<UserId>,
    limit: &MoneyInput,
) -> Result<limit::Model, Failure> {
    require_proved(caller).await?;
    let (studio, user, limit) = (studio.named("studio")?, user.named("user")?, limit.named("limit")?);
    let tx = caller.services.begin().await?;
    let row = commands::set_limit(&tx, &caller.ctx, studio, user, limit).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn settle(caller: &Caller, alert: &Id<RoyaltyAlertId>) -> Result<RoyaltyAlert, Failure> {
    let id = alert.named("alert")?;
    let tx = caller.services.begin().await?;
    let row = settle_alert(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    Ok(RoyaltyAlert::try_from(row)?)
}
