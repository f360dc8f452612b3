//! The inbox of the gateway's events. An event only says when to look, and what about: what is true is asked of the gateway.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};

use super::{
    settlement::{Settled, follow_unknown, settle_order},
    sync::sync_payment,
    unmatched,
};
use crate::{
    actor::{Actor, Ctx},
    ids::{OrderId, PaymentId},
    outbox::{self, Job},
    payouts,
    ports::GatewayEvent,
    sales::{
        SalesError,
        entity::{gateway_event, order},
        queries,
        rules::is_about_money_back,
    },
    services::Services,
    stages::Stage,
    store::{self, Tx},
};

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// Whether it came for the first time.
    pub first: bool,
    /// What settling its order came to; none if it is about no order of ours, or the gateway could not be asked just now (the job will).
    pub settled: Option<Settled>,
}

/// Takes in an event whose signature was good, settles its order at once, and books what it says of money that goes back. If that fails, the job that was
/// put with the event tries again, so the gateway need not: what this returns but a failure is safe.
pub async fn receive_event(services: &Services, event: &GatewayEvent) -> Result<Received, SalesError> {
    receive(services, event, true).await
}

/// As [`receive_event`]; one that has come before is acted on again, or is not.
pub(super) async fn receive(services: &Services, event: &GatewayEvent, again: bool) -> Result<Received, SalesError> {
    let (ctx, gateway) = (services.ctx(Actor::System), services.gateway.name());
    if !again && is_known(services, gateway, event).await? {
        follow_second(services, event).await?;
        return Ok(Received { first: false, settled: None });
    }
    let tx = services.begin().await?;
    let first = ingest_event(&tx, &ctx, gateway, event).await?;
    services.commit(tx).await?;
    services.env.reach(Stage::EventTaken);
    let settled = match order_of(services, event).await? {
        None => None,
        Some(order) => match settle_order(services, order).await {
            Ok(settled) => Some(settled),
            Err(SalesError::NoOrder) => None,
            Err(error) => {
                tracing::warn!(%order, event = event.id, error = &error as &dyn std::error::Error, "settling waits for its job");
                None
            }
        },
    };
    if is_about_money_back(&event.kind)
        && let Some(payment) = payment_of(services, event).await?
        && let Err(error) = sync_payment(services, payment).await
    {
        tracing::warn!(%payment, event = event.id, error = &error as &dyn std::error::Error, "booking waits for its job");
    }
    follow_second(services, event).await?;
    Ok(Received { first, settled })
}

/// Whether the event is in the inbox. Asked of what is read from a list, which is not delivered by being read.
async fn is_known(services: &Services, gateway: &str, event: &GatewayEvent) -> Result<bool, SalesError> {
    let key = (gateway.to_owned(), event.id.clone());
    Ok(gateway_event::Entity::find_by_id(key).one(&services.db).await?.is_some())
}

/// Looks after a payment that settling its order has not met: one beside an order's checkout counts for the order while it waits, a second one goes back,
/// one of an order that is not here is kept in sight; none is kept in silence. No job is put for it, so what may pass is told, and the event is sent or read
/// again.
async fn follow_second(services: &Services, event: &GatewayEvent) -> Result<(), SalesError> {
    match look_at_second(services, event).await {
        Err(error) if !error.is_transient() => {
            tracing::error!(
                event = event.id,
                error = &error as &dyn std::error::Error,
                "a second payment is not understood"
            );
            Ok(())
        }
        looked => looked,
    }
}

async fn look_at_second(services: &Services, event: &GatewayEvent) -> Result<(), SalesError> {
    let Some(payment) = &event.payment else { return Ok(()) };
    if queries::payment_of_gateway(&services.db, services.gateway.name(), payment).await?.is_some() {
        return Ok(());
    }
    let order = match event.order {
        Some(order) => order,
        None => match unmatched::named_by(services, payment).await? {
            Some(order) => order,
            None => return Ok(()),
        },
    };
    match queries::order(&services.db, order).await? {
        Some(_) => follow_unknown(services, order, payment).await.map(drop),
        None => unmatched::look_at(services, payment, order).await,
    }
}

/// The order that an event is about, named by itself or by its payment.
async fn order_of(services: &Services, event: &GatewayEvent) -> Result<Option<OrderId>, SalesError> {
    if event.order.is_some() {
        return Ok(event.order);
    }
    let Some(payment) = &event.payment else { return Ok(None) };
    let known = queries::payment_of_gateway(&services.db, services.gateway.name(), payment).await?;
    Ok(known.map(|payment| payment.order_id))
}

async fn payment_of(services: &Services, event: &GatewayEvent) -> Result<Option<PaymentId>, SalesError> {
    let Some(payment) = &event.payment else { return Ok(None) };
    let known = queries::payment_of_gateway(&services.db, services.gateway.name(), payment).await?;
    Ok(known.map(|payment| payment.id))
}

/// Writes an event into the inbox, and at its first coming puts the jobs that settle its order and book what became of its payment; a repeat is counted.
/// True at the first.
pub async fn ingest_event(tx: &Tx, ctx: &Ctx, gateway: &str, event: &GatewayEvent) -> Result<bool, SalesError> {
    let payment = match &event.payment {
        Some(payment) => queries::payment_of_gateway(tx, gateway, payment).await?,
        None => None,
    };
    let order = event.order.or(payment.as_ref().map(|payment| payment.order_id));
    let row = gateway_event::ActiveModel {
        gateway: Set(gateway.to_owned()),
        event_id: Set(event.id.clone()),
        kind: Set(event.kind.clone()),
        order_id: Set(order),
        received_at: Set(ctx.env.now()),
        deliveries: Set(1),
    };
    if !store::insert_new(tx, row).await? {
        gateway_event::Entity::update_many()
            .col_expr(gateway_event::Column::Deliveries, Expr::col(gateway_event::Column::Deliveries).add(1))
            .filter(gateway_event::Column::Gateway.eq(gateway))
            .filter(gateway_event::Column::EventId.eq(event.id.as_str()))
            .exec(tx)
            .await?;
        return Ok(false);
    }
    payouts::commands::heard(tx, ctx, gateway, event).await?;
    if is_about_money_back(&event.kind)
        && let Some(payment) = &payment
    {
        let job = Job::SyncPayment { payment: payment.id };
        outbox::put(tx, ctx, Some(payment.studio_id), &job).await?;
    }
    let order = match order {
        Some(order) => order::Entity::find_by_id(order).filter(order::Column::Gateway.eq(gateway)).one(tx).await?,
        None => None,
    };
    if let Some(order) = order {
        // The answer to opening the checkout may have been lost; the event brings its id.
        if let (None, Some(checkout)) = (&order.checkout_id, &event.checkout)
            && !queries::failed_checkouts(tx, order.id).await?.iter().any(|failed| failed.checkout_id == *checkout)
        {
            order::Entity::update_many()
                .set(order::ActiveModel { checkout_id: Set(Some(checkout.clone())), ..Default::default() })
                .filter(order::Column::Id.eq(order.id))
                .filter(order::Column::CheckoutId.is_null())
                .exec(tx)
                .await?;
        }
        outbox::put(tx, ctx, Some(order.studio_id), &Job::SettleOrder { order: order.id }).await?;
    }
    Ok(true)
}
