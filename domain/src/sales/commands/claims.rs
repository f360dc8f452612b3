//! Exclusives: who has a work is decided by the claim's primary key before any money is collected. What the winner's bank holds is collected, what the
//! others' hold is let go of, and a claim whose money did not come is let go of too.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, TransactionTrait, sea_query::LockType,
};

use super::{
    recording,
    settlement::{self, Settled, close, lock_order},
    sync, upgrades,
};
use crate::{
    actor::{Actor, Ctx},
    catalog::entity::work,
    env::Instant,
    ids::{OrderId, PaymentId, WorkId},
    licensing::entity::{exclusive_claim, exclusive_end, licence},
    outbox::{self, Job},
    ports::{GatewayError, GatewayPayment, IdempotencyKey, PaymentStanding},
    report::StoreError,
    sales::{
        SalesError,
        entity::{OrderState, PaymentState, order, order_line, payment},
        queries,
        rules::{Silence, learned, may_become},
    },
    services::Services,
    stages::Stage,
    store::{self, Tx},
};

/// Locks works one by one in the order of their ids, so orders for the same works queue up and never wait in a circle: a lease (`false`) with
/// a lock that other leases share, an exclusive (`true`) alone. So an exclusive sees every lease sold before it, and none can slip in beside it.
pub(crate) async fn lock_works(
    tx: &Tx,
    lines: impl Iterator<Item = (WorkId, bool)>,
) -> Result<BTreeMap<WorkId, bool>, StoreError> {
    let mut works: BTreeMap<WorkId, bool> = BTreeMap::new();
    for (work, exclusive) in lines {
        *works.entry(work).or_default() |= exclusive;
    }
    for (work, exclusive) in &works {
        let lock = if *exclusive { LockType::NoKeyUpdate } else { LockType::Share };
        work::Entity::find_by_id(*work).lock(lock).one(tx).await?;
    }
    Ok(works)
}

/// Makes sure that every work of the order can still be granted, and claims those bought exclusively; false if somebody else has one of them. Claimed
/// already by the same order, it is the order's. The claim's primary key decides even if the locks should fail.
pub(super) async fn claim(
    tx: &Tx,
    ctx: &Ctx,
    order: &order::Model,
    lines: &[order_line::Model],
) -> Result<bool, SalesError> {
    let works = lock_works(tx, lines.iter().map(|line| (line.work_id, line.terms.is_exclusive()))).await?;
    let standing = exclusive_claim::Entity::find()
        .filter(exclusive_claim::Column::WorkId.is_in(works.keys().copied()))
        .all(tx)
        .await?;
    if standing.iter().any(|claim| claim.order_id != order.id) {
        return Ok(false);
    }
    let own: BTreeSet<WorkId> = standing.into_iter().map(|claim| claim.work_id).collect();
    let savepoint = tx.begin().await?;
    for work in works.into_iter().filter_map(|(work, exclusive)| exclusive.then_some(work)) {
        let row = exclusive_claim::ActiveModel {
            work_id: Set(work),
            order_id: Set(order.id),
            claimed_at: Set(ctx.env.now()),
        };
        if !own.contains(&work) && !store::insert_new(&savepoint, row).await? {
            savepoint.rollback().await?;
            return Ok(false);
        }
    }
    savepoint.commit().await?;
    Ok(true)
}

/// Whether an order holds claims.
pub(super) async fn are_held(tx: &Tx, order: OrderId) -> Result<bool, StoreError> {
    let held = exclusive_claim::Entity::find().filter(exclusive_claim::Column::OrderId.eq(order)).one(tx).await?;
    Ok(held.is_some())
}

/// Whether somebody else has claimed a work of an order.
pub(super) async fn is_taken(tx: &Tx, order: OrderId, lines: &[order_line::Model]) -> Result<bool, StoreError> {
    let taken = exclusive_claim::Entity::find()
        .filter(exclusive_claim::Column::WorkId.is_in(lines.iter().map(|line| line.work_id)))
        .filter(exclusive_claim::Column::OrderId.ne(order))
        .one(tx)
        .await?;
    Ok(taken.is_some())
}

/// Whether somebody else has been granted a work of an order exclusively, and has it still.
pub(super) async fn is_sold(
    db: &impl ConnectionTrait,
    order: OrderId,
    lines: &[order_line::Model],
) -> Result<bool, StoreError> {
    let ended = exclusive_end::Entity::find().select_only().column(exclusive_end::Column::LicenceId);
    let sold = licence::Entity::find()
        .filter(licence::Column::WorkId.is_in(lines.iter().map(|line| line.work_id)))
        .filter(licence::Column::OrderId.ne(order))
        .filter(licence::Column::Exclusive.eq(true))
        .filter(licence::Column::Id.not_in_subquery(sea_orm::QueryTrait::into_query(ended)))
        .one(db)
        .await?;
    Ok(sold.is_some())
}

/// Records that a buyer's bank holds the money of an order. Whoever comes first claims the works, and with the claim is written the job that collects; for
/// anybody else, and for what is not what was ordered, the job that lets go. Called again with the same payment, it does nothing.
pub async fn record_authorisation(
    tx: &Tx,
    ctx: &Ctx,
    id: OrderId,
    payment: &GatewayPayment,
    capture_before: Instant,
) -> Result<Settled, SalesError> {
    let order = lock_order(tx, id).await?;
    if let Some(standing) = recording::find_own_payment(tx, &order, payment).await? {
        let is_held = standing.state == PaymentState::Authorised && order.state == OrderState::AwaitingPayment;
        return Ok(if is_held { Settled::Capturing } else { Settled::Already(order.state) });
    }
    let row = payment::Model {
        amount_minor: payment.amount.minor,
        fee_minor: 0,
        currency: payment.amount.currency,
        capture_before: Some(capture_before),
        ..recording::new_payment(ctx, &order, &payment.id, PaymentState::Authorised)
    };
    if !store::insert_new(tx, row.clone().into_active_model()).await? {
        return Err(SalesError::PaymentElsewhere { payment: payment.id.clone() });
    }
    let mut refusal = recording::refusal(&order, payment.amount);
    if refusal.is_none() {
        refusal = upgrades::refusal(tx, order.id).await?;
    }
    if refusal.is_none() {
        let lines = queries::lines_of_order(tx, order.id).await?;
        if !claim(tx, ctx, &order, &lines).await? {
            refusal = Some(settlement::why_taken(tx, order.id, &lines).await?);
        }
    }
    let Some(reason) = refusal else {
        outbox::put(tx, ctx, Some(order.studio_id), &Job::CapturePayment { payment: row.id }).await?;
        return Ok(Settled::Capturing);
    };
    outbox::put(tx, ctx, Some(order.studio_id), &Job::CancelPayment { payment: row.id }).await?;
    close_told(tx, ctx, order, reason).await?;
    Ok(Settled::LetGo)
}

/// Closes an order that awaited its payment, and has its buyer told that nothing was charged.
async fn close_told(tx: &Tx, ctx: &Ctx, order: order::Model, reason: &str) -> Result<(), SalesError> {
    if order.state == OrderState::AwaitingPayment {
        tell_closed(tx, ctx, &order).await?;
        close(tx, order, OrderState::Expired, reason).await?;
    }
    Ok(())
}

/// Has the buyer told that their order was closed.
pub(super) async fn tell_closed(tx: &Tx, ctx: &Ctx, order: &order::Model) -> Result<(), StoreError> {
    outbox::put(tx, ctx, Some(order.studio_id), &Job::MailClosed { order: order.id }).await?;
    Ok(())
}

/// Records that nothing was or will be collected by a payment: an order that waited for it is closed, and lets go of what it had claimed, so that the
/// beats are on sale again. An order that is paid stays so, however late the failure comes.
pub(super) async fn give_up(
    tx: &Tx,
    ctx: &Ctx,
    id: OrderId,
    gateway_payment: &str,
    reason: &str,
) -> Result<Settled, SalesError> {
    let order = lock_order(tx, id).await?;
    if let Some(row) = queries::payment_of_gateway(tx, &order.gateway, gateway_payment).await? {
        let state = learned(row.state, PaymentState::Cancelled);
        if row.order_id != order.id {
            return Err(SalesError::PaymentElsewhere { payment: gateway_payment.to_owned() });
        }
        if state != row.state {
            let changed = payment::ActiveModel { state: Set(state), ..row.into_active_model() };
            changed.update(tx).await?;
        }
    }
    if !may_become(order.state, OrderState::Expired) {
        return Ok(Settled::Already(order.state));
    }
    release(tx, &order).await?;
    close_told(tx, ctx, order, reason).await?;
    Ok(Settled::Expired)
}

/// Lets go of what an order has claimed. Who calls this holds the order, and has seen that it is not granted.
async fn release(tx: &Tx, order: &order::Model) -> Result<(), SalesError> {
    let lines = queries::lines_of_order(tx, order.id).await?;
    // In the order in which everybody holds works, so that nobody waits for us while we wait for them.
    lock_works(tx, lines.iter().filter(|line| line.terms.is_exclusive()).map(|line| (line.work_id, true))).await?;
    exclusive_claim::Entity::delete_many().filter(exclusive_claim::Column::OrderId.eq(order.id)).exec(tx).await?;
    Ok(())
}

/// Has the pay pages closed of all other orders for works that were just sold exclusively.
pub(super) async fn close_rivals(
    tx: &Tx,
    ctx: &Ctx,
    order: &order::Model,
    works: &BTreeSet<WorkId>,
) -> Result<(), SalesError> {
    let lines = order_line::Entity::find()
        .select_only()
        .column(order_line::Column::OrderId)
        .filter(order_line::Column::WorkId.is_in(works.iter().copied()));
    let rivals = order::Entity::find()
        .filter(order::Column::State.eq(OrderState::AwaitingPayment))
        .filter(order::Column::Id.ne(order.id))
        .filter(order::Column::CheckoutId.is_not_null())
        .filter(order::Column::Id.in_subquery(sea_orm::QueryTrait::into_query(lines)))
        .order_by_asc(order::Column::Id)
        .all(tx)
        .await?;
    for rival in rivals {
        outbox::put(tx, ctx, Some(rival.studio_id), &Job::CloseCheckout { order: rival.id }).await?;
    }
    Ok(())
}

/// Collects what a buyer's bank holds for an order that has claimed its works, and grants it; what the job `capture_payment` does. If it cannot be
/// collected any more, the claim is let go of. Done already, it does nothing.
pub async fn capture_payment(services: &Services, id: PaymentId) -> Result<(), SalesError> {
    let Some(payment) = held(services, id).await? else { return Ok(()) };
    let key = IdempotencyKey { value: format!("capture:{}", payment.order_id), since: payment.received_at };
    let told = services.gateway.capture(&payment.gateway_payment, &key).await;
    if told.is_ok() {
        services.env.reach(Stage::MoneyCollected);
    }
    conclude(services, &payment, told, "your bank did not let us collect the payment").await
}

/// Lets go of what a buyer's bank holds; what the job `cancel_payment` does. What was collected meanwhile after all goes back. Done already, it does
/// nothing.
pub async fn cancel_payment(services: &Services, id: PaymentId) -> Result<(), SalesError> {
    let Some(payment) = held(services, id).await? else { return Ok(()) };
    let key = IdempotencyKey { value: format!("cancel:{id}"), since: payment.received_at };
    let told = services.gateway.cancel(&payment.gateway_payment, &key).await;
    conclude(services, &payment, told, "the payment was given up").await
}

/// A payment that is held and not collected; none if it has been decided.
async fn held(services: &Services, id: PaymentId) -> Result<Option<payment::Model>, SalesError> {
    let payment = payment::Entity::find_by_id(id).one(&services.db).await?.ok_or(SalesError::NoPayment)?;
    settlement::require_gateway(services, &payment.gateway)?;
    Ok((payment.state == PaymentState::Authorised).then_some(payment))
}

/// Acts on what the gateway answered. If it refused, what is true is asked: it may have been done before, or by somebody in its dashboard.
async fn conclude(
    services: &Services,
    payment: &payment::Model,
    told: Result<GatewayPayment, GatewayError>,
    reason: &str,
) -> Result<(), SalesError> {
    let truth = match told {
        Ok(told) => told,
        Err(refused @ GatewayError::Refused { .. }) => {
            tracing::warn!(payment = payment.gateway_payment, error = &refused as &dyn std::error::Error, "refused");
            let found = services.gateway.find_payment(&payment.gateway_payment).await.map_err(SalesError::Gateway)?;
            found.ok_or(SalesError::Gateway(refused))?
        }
        Err(error) => return Err(SalesError::Gateway(error)),
    };
    let ctx = services.ctx(Actor::System);
    let tx = services.begin().await?;
    match truth.standing {
        PaymentStanding::Captured => {
            recording::record_payment(&tx, &ctx, payment.order_id, &truth).await?;
        }
        PaymentStanding::Cancelled | PaymentStanding::Unpaid => {
            give_up(&tx, &ctx, payment.order_id, &payment.gateway_payment, reason).await?;
        }
        PaymentStanding::Authorised { .. } | PaymentStanding::Processing => {
            return Err(SalesError::StillUndecided { payment: payment.gateway_payment.clone() });
        }
    }
    services.commit(tx).await?;
    sync::book_at_once(services, &payment.gateway, &truth).await;
    Ok(())
}

/// Claims whose licence does not stand though they were made before an instant, compared with the gateway: what is held is collected, what was collected
/// is granted, and a claim that nothing is held for is let go of. Returns how many were looked at.
pub async fn sweep_claims(services: &Services, claimed_before: Instant) -> Result<usize, SalesError> {
    let orders = queries::list_unlicensed_claims(&services.db, services.gateway.name(), claimed_before).await?;
    let mut silence = Silence::default();
    for (number, id) in (1..).zip(&orders) {
        let payments = queries::payments_of_orders(&services.db, &[*id]).await?.remove(id).unwrap_or_default();
        let held = payments.iter().find(|payment| payment.state == PaymentState::Authorised);
        let done = match held {
            Some(payment) => capture_payment(services, payment.id).await,
            None => release_idle(services, *id).await,
        };
        if let Err(error) = &done {
            tracing::warn!(order = %id, error = error as &dyn std::error::Error, "a claim could not be compared");
        }
        if silence.is_kept(&done) {
            return Ok(number);
        }
    }
    Ok(orders.len())
}

/// Lets go of claims that nothing is held for.
async fn release_idle(services: &Services, id: OrderId) -> Result<(), SalesError> {
    let tx = services.begin().await?;
    let order = lock_order(&tx, id).await?;
    if matches!(order.state, OrderState::AwaitingPayment | OrderState::Expired | OrderState::Refunded) {
        release(&tx, &order).await?;
    }
    services.commit(tx).await?;
    Ok(())
}
