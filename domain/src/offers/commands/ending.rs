//! How offers end by themselves: bought, withdrawn with their work, declined below the minimum, or over.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{NewStep, lock, take};
use crate::{
    actor::{Actor, Ctx},
    env::Instant,
    ids::{OfferId, OrderId, WorkId},
    offers::{
        OfferError,
        entity::{OfferAct, OfferSide, OfferState, offer},
        rules,
    },
    report::StoreError,
    sales::{
        self,
        entity::{OrderState, order},
    },
    services::Services,
    store::Tx,
};

/// How many offers are ended in one go.
const BATCH: u64 = 200;

/// The states of orders that came to nothing: not paid, or too late, and the money went back.
pub(super) const UNPAID: [OrderState; 2] = [OrderState::Expired, OrderState::Refunded];

pub(super) const UNDER_WAY: [OfferState; 3] = [OfferState::Open, OfferState::Countered, OfferState::Accepted];

/// Marks the offer as bought that led to an order which is granted now. Who calls this holds the order.
pub(crate) async fn mark_bought(tx: &Tx, ctx: &Ctx, order: OrderId) -> Result<(), StoreError> {
    let of_order = offer::Entity::find().filter(offer::Column::OrderId.eq(order)).one(tx).await?;
    if let Some(offer) = of_order {
        end(tx, ctx, offer, OfferAct::Bought).await?;
    }
    Ok(())
}

/// Withdraws all offers for works that an order has just bought exclusively, and has the buyers told. Who calls this holds the works.
pub(crate) async fn withdraw_family(tx: &Tx, ctx: &Ctx, works: &BTreeSet<WorkId>) -> Result<(), StoreError> {
    let open = offer::Entity::find()
        .filter(offer::Column::WorkId.is_in(works.iter().copied()))
        .filter(offer::Column::State.is_in(UNDER_WAY))
        .order_by_asc(offer::Column::Id)
        .all(tx)
        .await?;
    for offer in open {
        end(tx, ctx, offer, OfferAct::Sold).await?;
    }
    Ok(())
}

/// Ends an offer whose work is held, if it can still end so.
async fn end(tx: &Tx, ctx: &Ctx, offer: offer::Model, act: OfferAct) -> Result<(), StoreError> {
    if let Some(to) = rules::after(offer.state, OfferSide::House, act) {
        take(tx, ctx, offer, to, NewStep::of_house(act)).await?;
    }
    Ok(())
}

/// Declines the offers below the minimum whose hour has come, and ends those that nobody answered or ordered in time; returns how many. An accepted offer
/// whose order can still be paid waits for that.
pub async fn tend(services: &Services) -> Result<usize, OfferError> {
    let (ctx, now) = (services.ctx(Actor::System), services.env.now());
    let is_due = Condition::any().add(offer::Column::ExpiresAt.lte(now)).add(offer::Column::DeclineAt.lte(now));
    // Those whose order decides are not looked at before it has: so many of them would keep the others from ending.
    let unpaid =
        order::Entity::find().select_only().column(order::Column::Id).filter(order::Column::State.is_in(UNPAID));
    let can_end = Condition::any()
        .add(offer::Column::OrderId.is_null())
        .add(offer::Column::OrderId.in_subquery(unpaid.into_query()));
    let due: Vec<OfferId> = offer::Entity::find()
        .select_only()
        .column(offer::Column::Id)
        .filter(offer::Column::State.is_in(UNDER_WAY))
        .filter(is_due)
        .filter(can_end)
        .order_by_asc(offer::Column::ExpiresAt)
        .limit(BATCH)
        .into_tuple()
        .all(&services.db)
        .await?;
    let mut ended = 0;
    for id in due {
        let tx = services.begin().await?;
        // It may have been answered meanwhile.
        if let Some(offer) = lock(&tx, id).await?
            && let Some(act) = due_end(&tx, &offer, now).await?
        {
            end(&tx, &ctx, offer, act).await?;
            ended += 1;
        }
        services.commit(tx).await?;
    }
    Ok(ended)
}

/// How an offer ends now, if it does.
async fn due_end(tx: &Tx, offer: &offer::Model, now: Instant) -> Result<Option<OfferAct>, StoreError> {
    if !rules::is_under_way(offer.state) {
        return Ok(None);
    }
    if offer.decline_at.is_some_and(|at| at <= now) {
        return Ok(Some(OfferAct::Declined));
    }
    if now < offer.expires_at {
        return Ok(None);
    }
    let order = match offer.order_id {
        Some(order) => sales::queries::order(tx, order).await?,
        None => None,
    };
    let is_unpaid = order.is_none_or(|order| UNPAID.contains(&order.state));
    Ok(is_unpaid.then_some(OfferAct::Expired))
}
