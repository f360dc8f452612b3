//! What the gateway's events say of payees and payouts: when to look, as all events do.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    actor::Ctx,
    outbox::{self, Job},
    payouts::entity::{payee, payout},
    ports::GatewayEvent,
    report::StoreError,
    store::Tx,
};

/// Puts the jobs that look at the payee's account and the payout that an event is about, if it is about any.
pub(crate) async fn heard(tx: &Tx, ctx: &Ctx, gateway: &str, event: &GatewayEvent) -> Result<(), StoreError> {
    if let Some(account) = &event.account {
        let known = payee::Entity::find()
            .filter(payee::Column::Gateway.eq(gateway))
            .filter(payee::Column::GatewayAccount.eq(account.as_str()))
            .one(tx)
            .await?;
        if let Some(payee) = known {
            outbox::put(tx, ctx, Some(payee.studio_id), &Job::SyncPayee { payee: payee.id }).await?;
        }
    }
    if let Some(transfer) = &event.transfer {
        let known = payout::Entity::find()
            .filter(payout::Column::Gateway.eq(gateway))
            .filter(payout::Column::GatewayTransfer.eq(transfer.as_str()))
            .one(tx)
            .await?;
        if let Some(payout) = known {
            outbox::put(tx, ctx, Some(payout.studio_id), &Job::FollowPayout { payout: payout.id }).await?;
        }
    }
    Ok(())
}
