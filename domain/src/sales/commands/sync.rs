//! What became of a payment: asked of the gateway whole, and booked as far as it is not booked yet. Called from events, from settlement and from the
//! reconciler, as often as they like.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{
    claims, disputes, owed, refunds,
    settlement::{follow_payment, require_gateway},
};
use crate::{
    actor::Actor,
    ids::PaymentId,
    masters,
    ports::{GatewayDispute, GatewayPayment, GatewayRefund, PaymentStanding},
    report::StoreError,
    sales::{
        SalesError,
        entity::{OrderState, PaymentState, RefundState, payment, refund},
        queries,
        rules::money_back::after_refunds,
    },
    services::Services,
    store::Tx,
};

/// Asks the gateway what became of a payment and books every refund and dispute that is not booked yet; what the job `sync_payment` does. One that was not
/// collected when it was last seen is followed as settlement does.
///
/// # Errors
/// If another gateway has collected it, or the gateway does not answer.
pub async fn sync_payment(services: &Services, id: PaymentId) -> Result<(), SalesError> {
    let payment = payment::Entity::find_by_id(id).one(&services.db).await?.ok_or(SalesError::NoPayment)?;
    require_gateway(services, &payment.gateway)?;
    let found = services.gateway.find_payment(&payment.gateway_payment).await.map_err(SalesError::Gateway)?;
    let Some(found) = found else {
        tracing::warn!(payment = payment.gateway_payment, "the gateway does not know this payment");
        return Ok(());
    };
    if payment.state < PaymentState::Captured {
        let order = queries::order(&services.db, payment.order_id).await?.ok_or(SalesError::NoOrder)?;
        follow_payment(services, &order, &found).await?;
        // What is held for an order that does not wait for it is let go of, even if the job that was to do so is lost.
        let is_held = matches!(found.standing, PaymentStanding::Authorised { .. });
        let is_idle = is_held && order.state != OrderState::AwaitingPayment;
        return if is_idle { claims::cancel_payment(services, id).await } else { Ok(()) };
    }
    book_what_became(services, &payment.gateway, &found).await
}

/// [`book_what_became`], of a payment that was recorded a moment ago: if it fails, the record stands, and the reconciler looks at the payment.
pub(super) async fn book_at_once(services: &Services, gateway: &str, found: &GatewayPayment) {
    if let Err(error) = book_what_became(services, gateway, found).await {
        tracing::warn!(
            payment = found.id,
            error = &error as &dyn std::error::Error,
            "what became of a payment is not booked yet"
        );
    }
}

/// Books what is not booked yet of all that became of a payment. Disputes come first: what they hold cannot be given back, and what they have set free can.
///
/// Each is booked in a transaction of its own, for a transaction that posts twice may wait for a payee whom another holds that waits for it. Broken off
/// in between, it is gone on with by the next call.
async fn book_what_became(services: &Services, gateway: &str, found: &GatewayPayment) -> Result<(), SalesError> {
    let Some(payment) = queries::payment_of_gateway(&services.db, gateway, &found.id).await? else { return Ok(()) };
    if payment.state < PaymentState::Captured {
        return Ok(());
    }
    for told in &found.disputes {
        book_one(services, payment.id, Told::Dispute(told)).await?;
    }
    for told in &found.refunds {
        book_one(services, payment.id, Told::Refund(told)).await?;
    }
    let ctx = services.ctx(Actor::System);
    let tx = services.begin().await?;
    if let Some(payment) = refunds::lock_payment(&tx, payment.id).await? {
        owed::ask_for_rest(&tx, &ctx, &payment).await?;
        settle_state(&tx, &payment).await?;
        let checked_at = Set(Some(services.env.now()));
        payment::ActiveModel { id: Set(payment.id), checked_at, ..Default::default() }.update(&tx).await?;
    }
    services.commit(tx).await?;
    Ok(())
}

/// One thing that became of a payment.
enum Told<'a> {
    Dispute(&'a GatewayDispute),
    Refund(&'a GatewayRefund),
}

async fn book_one(services: &Services, payment: PaymentId, told: Told<'_>) -> Result<(), SalesError> {
    let ctx = services.ctx(Actor::System);
    let tx = services.begin().await?;
    if let Some(payment) = refunds::lock_payment(&tx, payment).await? {
        match told {
            Told::Dispute(told) => disputes::take_in(&tx, &ctx, &payment, told).await?,
            Told::Refund(told) => refunds::take_in(&tx, &ctx, &payment, told).await?,
        }
        settle_state(&tx, &payment).await?;
        masters::commands::money_moved_by(&tx, &ctx, payment.order_id).await?;
    }
    services.commit(tx).await?;
    Ok(())
}

/// Brings a payment's state up to what was given back of it. Of what is owed back, what the buyer's bank has taken is with the buyer too. Who calls this
/// holds the payment.
pub(super) async fn settle_state(tx: &Tx, payment: &payment::Model) -> Result<(), SalesError> {
    let mut given_back_minor = given_back(tx, payment.id).await?;
    let is_owed_back = owed::is_owed_back(tx, payment).await?;
    if is_owed_back {
        given_back_minor = given_back_minor.saturating_add(owed::lost(tx, payment.id).await?);
    }
    let state = after_refunds(payment.state, payment.amount_minor, given_back_minor, is_owed_back);
    if state != payment.state {
        let row = payment::ActiveModel { state: Set(state), ..payment.clone().into_active_model() };
        row.update(tx).await?;
    }
    Ok(())
}

/// What was given back of a payment as far as it is booked, in minor units.
pub(super) async fn given_back(tx: &Tx, payment: PaymentId) -> Result<i64, StoreError> {
    let rows = refund::Entity::find()
        .filter(refund::Column::PaymentId.eq(payment))
        .filter(refund::Column::JournalId.is_not_null())
        .filter(refund::Column::State.ne(RefundState::Failed))
        .all(tx)
        .await?;
    Ok(rows.iter().map(|row| row.amount_minor).fold(0, i64::saturating_add))
}
