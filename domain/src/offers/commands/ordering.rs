//! Ordering what was accepted.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{Device, ending::UNPAID, lock};
use crate::{
    actor::Ctx,
    env::Instant,
    first_refusal,
    ids::{OfferId, OrderLineId},
    money::Money,
    offers::{
        OfferError,
        entity::{OfferAct, OfferState, offer},
        rules::OfferFault,
    },
    pricing::{
        Country,
        queries::{OrderFacts, facts_of_lines},
    },
    sales::{
        PlaceOrder, SalesError,
        commands::direct,
        entity::{OrderState, order},
        queries, settle_order,
    },
    services::Services,
    stages::Stage,
    store::Tx,
};

/// Who orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderOffer {
    /// The licensee's name, as it shall stand in the contract.
    pub buyer_name: String,
    /// Where they are; needed where the studio has rates of tax.
    pub country: Option<Country>,
    /// The total that they saw, tax and all.
    pub seen_total: Money,
    /// Where they sit.
    pub device: Device,
}

/// Places the order of an accepted offer, at its price, taxed as a price on the list is, and with the terms that were frozen when it was made; paid as any other order, by
/// [`open_checkout`](crate::sales::open_checkout). While that order can be paid it is given again; only if it was not paid, or too late, can the offer be
/// ordered anew, until its time is over. For whoever holds the offer's link.
pub async fn order_offer(
    services: &Services,
    ctx: &Ctx,
    id: OfferId,
    request: &OrderOffer,
) -> Result<order::Model, OfferError> {
    settle_lapsed(services, ctx, id).await?;
    let tx = services.begin().await?;
    let offer = lock(&tx, id).await?.ok_or(OfferError::NoOffer)?;
    if let Some(order) = standing_order(&tx, &offer, request).await? {
        return Ok(order);
    }
    require_orderable(&offer, ctx.env.now())?;
    let beat = direct::require_licensable(&tx, offer.beat_id, &offer.terms).await?;
    let wish = (&beat, &offer.terms, offer.amount());
    if let Some(until) = first_refusal::commands::hold_back(&tx, ctx, wish, None).await? {
        services.commit(tx).await?;
        return Err(SalesError::FirstRefusal { until }.into());
    }
    let place = PlaceOrder {
        buyer_name: request.buyer_name.clone(),
        buyer_email: offer.buyer_email.to_string(),
        seen_total: request.seen_total,
        ip: request.device.ip.clone(),
        user_agent: request.device.user_agent.clone(),
    };
    let order = direct::place_direct(services, &tx, ctx, offer.agreed(), request.country, &place).await?;
    let ordered = offer::ActiveModel { order_id: Set(Some(order.id)), ..offer.into_active_model() };
    ordered.update(&tx).await?;
    services.commit(tx).await?;
    services.env.reach(Stage::OrderPlaced);
    Ok(order)
}

/// Settles the offer's order if the time to pay it is over: unless it was paid after all, the offer can be ordered anew.
async fn settle_lapsed(services: &Services, ctx: &Ctx, id: OfferId) -> Result<(), OfferError> {
    let offer = offer::Entity::find_by_id(id).one(&services.db).await?;
    let Some(order) = offer.and_then(|offer| offer.order_id) else { return Ok(()) };
    let Some(order) = queries::order(&services.db, order).await? else { return Ok(()) };
    let waits = order.state == OrderState::AwaitingPayment;
    if waits && !queries::can_be_paid(&services.db, &order, ctx.env.now()).await? {
        settle_order(services, order.id).await?;
    }
    Ok(())
}

/// The offer's order, if it awaits its payment and is what the buyer saw.
///
/// # Errors
/// If it was paid, or comes to another total by the tax of another country.
async fn standing_order(
    tx: &Tx,
    offer: &offer::Model,
    request: &OrderOffer,
) -> Result<Option<order::Model>, OfferError> {
    let Some(id) = offer.order_id else { return Ok(None) };
    let Some(order) = queries::order(tx, id).await? else { return Ok(None) };
    if UNPAID.contains(&order.state) {
        return Ok(None);
    }
    let lines: Vec<OrderLineId> = queries::lines_of_order(tx, id).await?.iter().map(|line| line.id).collect();
    let facts = facts_of_lines(tx, &lines).await?;
    let taxed_in = OrderFacts::of(facts.values()).tax.map(|tax| tax.country);
    let is_seen = Money::new(order.total_minor, order.currency) == request.seen_total;
    let is_same = is_seen && (taxed_in.is_none() || taxed_in == request.country);
    if order.state == OrderState::AwaitingPayment && is_same {
        Ok(Some(order))
    } else {
        Err(OfferError::Ordered(order.state))
    }
}

fn require_orderable(offer: &offer::Model, now: Instant) -> Result<(), OfferFault> {
    if offer.state != OfferState::Accepted {
        return Err(OfferFault::NotNow { state: offer.state, act: OfferAct::Bought });
    }
    if now >= offer.expires_at { Err(OfferFault::Over) } else { Ok(()) }
}
