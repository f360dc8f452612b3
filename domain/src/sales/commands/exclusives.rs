//! Exclusives whose money went back. As long as it may come back, a refund that fails or a dispute that is decided anew, they could stand again; so they end
//! when the studio puts the work on sale again, and not by themselves.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, sea_query::LockType,
};

use crate::{
    actor::Ctx,
    ids::WorkId,
    licensing::entity::{exclusive_claim, exclusive_end, licence},
    report::StoreError,
    sales::{entitlements::money_of_orders, entity::payment, rules::money_back::is_returned},
    store::Tx,
};

/// Ends the exclusive of a work, of whose price nothing is kept any more, and lets go of its claim; false if somebody has the work still. Who calls this
/// holds the work and puts it on sale again.
pub(crate) async fn end_exclusive(tx: &Tx, ctx: &Ctx, work: WorkId) -> Result<bool, StoreError> {
    let Some(claim) = exclusive_claim::Entity::find_by_id(work).one(tx).await? else { return Ok(true) };
    let licences = licence::Entity::find()
        .filter(licence::Column::WorkId.eq(work))
        .filter(licence::Column::OrderId.eq(claim.order_id))
        .filter(licence::Column::Exclusive.eq(true))
        .all(tx)
        .await?;
    if licences.is_empty() {
        // Being collected: who does that holds the payment and then the beats, one of which whoever calls this holds.
        return Ok(false);
    }
    // Held, so that nothing comes back meanwhile.
    payment::Entity::find()
        .filter(payment::Column::OrderId.eq(claim.order_id))
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?;
    let money = money_of_orders(tx, &[claim.order_id]).await?.remove(&claim.order_id).unwrap_or_default();
    if !is_returned(&money) {
        return Ok(false);
    }
    for licence in licences {
        let row = exclusive_end::Model {
            licence_id: licence.id,
            studio_id: licence.studio_id,
            order_id: claim.order_id,
            work_id: work,
            claimed_at: claim.claimed_at,
            ended_at: ctx.env.now(),
            ended_by: ctx.actor.user(),
        };
        row.into_active_model().insert(tx).await?;
    }
    exclusive_claim::Entity::delete_by_id(work).exec(tx).await?;
    Ok(true)
}
