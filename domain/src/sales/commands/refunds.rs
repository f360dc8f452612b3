//! Giving money back.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::LockType,
};

use crate::{
    actor::{Actor, Ctx},
    ids::PaymentId,
    ledger::{
        LedgerError,
        commands::{Event, book_refund, lock_sale, post_reversal},
        entity::{JournalKind, journal},
        rules::parts::totals,
    },
    sales::{
        SalesError,
        entity::{PaymentState, payment},
    },
    services::Services,
    splits,
    store::Tx,
};

/// Gives a payment back at the gateway and records it; what the job `refund_payment` does. Done already, it does nothing.
pub async fn refund_payment(services: &Services, id: PaymentId) -> Result<(), SalesError> {
    let payment = payment::Entity::find_by_id(id).one(&services.db).await?.ok_or(SalesError::NoPayment)?;
    match payment.state {
        PaymentState::Refunded => return Ok(()),
        PaymentState::Captured => return Err(SalesError::NotRefunding),
        PaymentState::Refunding => {}
    }
    let present = services.gateway.name();
    if payment.gateway != present {
        return Err(SalesError::OtherGateway { order: payment.gateway, present });
    }
    let key = format!("refund:{id}");
    services.gateway.refund(&payment.gateway_payment, &key).await.map_err(SalesError::Gateway)?;
    let tx = services.begin().await?;
    record_refund(&tx, &services.ctx(Actor::System), id).await?;
    services.commit(tx).await?;
    Ok(())
}

/// Records that the gateway has given a payment back with its fee: all that remains of what was booked for it is taken back. Called again, it does nothing.
pub async fn record_refund(tx: &Tx, ctx: &Ctx, id: PaymentId) -> Result<payment::Model, SalesError> {
    let payment = payment::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let payment = payment.ok_or(SalesError::NoPayment)?;
    match payment.state {
        PaymentState::Refunded => return Ok(payment),
        PaymentState::Captured => return Err(SalesError::NotRefunding),
        PaymentState::Refunding => {}
    }
    let booked = journal::Entity::find()
        .filter(journal::Column::Source.eq(payment.gateway.as_str()))
        .filter(journal::Column::ExternalId.eq(payment.gateway_payment.as_str()))
        .filter(journal::Column::Kind.is_in([JournalKind::Sale, JournalKind::RefundDue]))
        .one(tx)
        .await?;
    if let Some(booked) = booked {
        let memo = format!("Given back: {}", booked.memo);
        if booked.kind == JournalKind::Sale {
            give_back(tx, ctx, &payment, &booked, &memo).await?;
        } else {
            post_reversal(tx, ctx, &booked, JournalKind::Refund, &memo).await?;
        }
    }
    let row = payment::ActiveModel { state: Set(PaymentState::Refunded), ..payment.into_active_model() };
    Ok(row.update(tx).await?)
}

/// Takes back all that remains of a sale, and what was parked of it.
async fn give_back(
    tx: &Tx,
    ctx: &Ctx,
    payment: &payment::Model,
    sale: &journal::Model,
    memo: &str,
) -> Result<(), SalesError> {
    let (remaining_minor, _) = totals(&lock_sale(tx, sale.id).await?).map_err(LedgerError::from)?;
    if remaining_minor == 0 {
        return Ok(());
    }
    let event = Event {
        studio: sale.studio_id,
        source: &sale.source,
        external_id: &sale.external_id,
        order: sale.order_id,
        reference: &sale.reference,
        memo,
        currency: payment.currency,
        occurred_at: None,
    };
    let refund = book_refund(tx, ctx, event, sale.id, remaining_minor, -payment.fee_minor).await?;
    splits::take_back(tx, ctx, sale, &refund).await?;
    Ok(())
}
