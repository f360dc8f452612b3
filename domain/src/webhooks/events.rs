//! What is told, in the transaction in which it happens, and to whom. A text names things by their ids and says what anybody may know of them: nobody's name,
//! address or words stand in it, for it leaves the house. Whoever needs more asks the API for it, and is asked who they are. Amounts are whole minor units
//! beside their currency.
//!
//! `docs/webhooks.md` has an example of each.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, sea_query::LockType,
};
use serde_json::{Value, json};

use super::{
    entity::{DeliveryState, EventKind, delivery, event, webhook},
    queries::kinds_of,
};
use crate::{
    actor::Ctx,
    agreements::entity::agreement,
    booking::entity::{BookingAct, BookingState, booking},
    catalog::Sha256,
    env::Instant,
    identity::queries::closed_studios,
    ids::{OrderId, ProjectId, StudioId, WebhookEventId},
    licensing::entity::licence,
    money::Currency,
    outbox::{self, Job},
    payouts::entity::payout,
    report::StoreError,
    reviews::entity::approval,
    royalties::entity::run,
    sales::entity::{order, refund},
    store::Tx,
};

/// A text as it is sent.
#[derive(serde::Serialize)]
struct Message<'a> {
    id: WebhookEventId,
    kind: EventKind,
    created: Instant,
    studio: StudioId,
    data: &'a Value,
}

fn money(minor: i64, currency: Currency) -> Value {
    json!({ "minor": minor, "currency": currency })
}

/// An order was paid.
pub(crate) async fn order_paid(tx: &Tx, ctx: &Ctx, order: &order::Model) -> Result<(), StoreError> {
    let data = json!({
        "order": order.id,
        "reference": order.reference,
        "total": money(order.total_minor, order.currency),
        "gateway": order.gateway,
    });
    tell(tx, ctx, order.studio_id, (EventKind::OrderPaid, data)).await
}

/// Money of an order went back.
pub(crate) async fn order_refunded(
    tx: &Tx,
    ctx: &Ctx,
    order: OrderId,
    refund: &refund::Model,
) -> Result<(), StoreError> {
    let data = json!({
        "refund": refund.id,
        "order": order,
        "payment": refund.payment_id,
        "amount": money(refund.amount_minor, refund.currency),
    });
    tell(tx, ctx, refund.studio_id, (EventKind::OrderRefunded, data)).await
}

/// A licence was granted.
pub(crate) async fn licence_granted(tx: &Tx, ctx: &Ctx, licence: &licence::Model) -> Result<(), StoreError> {
    let data = json!({
        "licence": licence.id,
        "reference": licence.reference,
        "order": licence.order_id,
        "beat": licence.beat_id,
        "tier": licence.terms.tier_name,
        "exclusive": licence.exclusive,
        "price": money(licence.price_minor, licence.currency),
    });
    tell(tx, ctx, licence.studio_id, (EventKind::LicenceGranted, data)).await
}

/// An agreement has all its signatures.
pub(crate) async fn agreement_executed(
    tx: &Tx,
    ctx: &Ctx,
    agreement: &agreement::Model,
    text_sha256: &Sha256,
) -> Result<(), StoreError> {
    let data = json!({
        "agreement": agreement.id,
        "reference": agreement.reference,
        "template": agreement.template,
        "version": agreement.version,
        "text_sha256": text_sha256,
        "work": agreement.work_id,
    });
    tell(tx, ctx, agreement.studio_id, (EventKind::AgreementExecuted, data)).await
}

/// A mix was approved, by somebody's word or by silence.
pub(crate) async fn review_approved(tx: &Tx, ctx: &Ctx, approval: &approval::Model) -> Result<(), StoreError> {
    let data = json!({
        "review": approval.review_id,
        "round": approval.round_id,
        "song": approval.song_id,
        "version": approval.version_id,
        "by_silence": approval.approved_by.is_none(),
    });
    tell(tx, ctx, approval.studio_id, (EventKind::ReviewApproved, data)).await
}

/// Something was done with a booking: it is told of those that stand, or stood until then.
pub(crate) async fn booking_done(
    tx: &Tx,
    ctx: &Ctx,
    booking: &booking::Model,
    (before, act): (BookingState, BookingAct),
) -> Result<(), StoreError> {
    let kind = match (act, before) {
        (BookingAct::Confirmed, _) => EventKind::BookingMade,
        (BookingAct::Moved, BookingState::Confirmed) => EventKind::BookingMoved,
        (BookingAct::Cancelled, BookingState::Confirmed) => EventKind::BookingCancelled,
        _ => return Ok(()),
    };
    let data = json!({
        "booking": booking.id,
        "kind": booking.kind,
        "room": booking.room_id,
        "project": booking.project_id,
        "series": booking.series_id,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "price": money(booking.price_minor, booking.currency),
    });
    tell(tx, ctx, booking.studio_id, (kind, data)).await
}

/// Masters of a project were delivered.
pub(crate) async fn masters_delivered(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    project: ProjectId,
) -> Result<(), StoreError> {
    tell(tx, ctx, studio, (EventKind::MastersDelivered, json!({ "project": project }))).await
}

/// A run of royalties was posted.
pub(crate) async fn run_issued(tx: &Tx, ctx: &Ctx, run: &run::Model) -> Result<(), StoreError> {
    let data = json!({
        "run": run.id,
        "number": run.number,
        "from": run.from_on,
        "through": run.through_on,
        "due": money(run.due_minor, run.currency),
    });
    tell(tx, ctx, run.studio_id, (EventKind::RoyaltyRunIssued, data)).await
}

/// Money left to a payee.
pub(crate) async fn payout_sent(tx: &Tx, ctx: &Ctx, payout: &payout::Model) -> Result<(), StoreError> {
    let data = json!({
        "payout": payout.id,
        "party": payout.party_id,
        "reference": payout.reference,
        "method": payout.method,
        "amount": money(payout.amount_minor, payout.currency),
    });
    tell(tx, ctx, payout.studio_id, (EventKind::PayoutSent, data)).await
}

/// Tells of something to each of a studio's webhooks that wants it. Where none does, nothing is written.
async fn tell(tx: &Tx, ctx: &Ctx, studio: StudioId, (kind, data): (EventKind, Value)) -> Result<(), StoreError> {
    // Held against whoever removes one meanwhile, and against nobody else. Those of a closed studio hear nothing.
    let mut webhooks = webhook::Entity::find()
        .filter(webhook::Column::StudioId.eq(studio))
        .filter(webhook::Column::OffAt.is_null())
        .filter(webhook::Column::StudioId.not_in_subquery(closed_studios()))
        .order_by_asc(webhook::Column::Id)
        .lock(LockType::KeyShare)
        .all(tx)
        .await?;
    webhooks.retain(|webhook| kinds_of(webhook).contains(&kind));
    if !webhooks.is_empty() {
        send(tx, ctx, studio, (kind, data), &webhooks).await?;
    }
    Ok(())
}

/// Writes an event, its deliveries to these webhooks, and their jobs.
///
/// # Panics
/// Never: a message is plain data.
pub(super) async fn send(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    (kind, data): (EventKind, Value),
    webhooks: &[webhook::Model],
) -> Result<Vec<delivery::Model>, StoreError> {
    let (id, now) = (ctx.env.id(), ctx.env.now());
    let message = Message { id, kind, created: now, studio, data: &data };
    let row = event::ActiveModel {
        id: Set(id),
        studio_id: Set(studio),
        kind: Set(kind),
        body: Set(serde_json::to_string(&message).expect("a message is plain data")),
        created_at: Set(now),
    };
    row.insert(tx).await?;
    let mut deliveries = Vec::with_capacity(webhooks.len());
    for webhook in webhooks {
        let row = delivery::Model {
            id: ctx.env.id(),
            studio_id: studio,
            webhook_id: webhook.id,
            event_id: id,
            state: DeliveryState::Waiting,
            tries: 0,
            attempts: 0,
            created_at: now,
            due_at: Some(now),
            settled_at: None,
        };
        row.clone().into_active_model().insert(tx).await?;
        outbox::put(tx, ctx, Some(studio), &Job::DeliverWebhook { delivery: row.id }).await?;
        deliveries.push(row);
    }
    Ok(deliveries)
}
