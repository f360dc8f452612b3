//! Giving money back.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::LockType,
};

use super::settlement::{REFUND_DUE, SALE};
use crate::{
    actor::{Actor, Ctx},
    ids::PaymentId,
    ledger::{commands::post_reversal, entity::journal},
    sales::{
        SalesError,
        entity::{PaymentState, payment},
    },
    services::Services,
    splits,
    store::Tx,
};

/// The kind of the journal of a refund.
pub const REFUND: &str = "refund";

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

/// Records that the gateway has given a payment back: what was booked for it is reversed exactly. Called again, it does nothing.
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
        .filter(journal::Column::Kind.is_in([SALE, REFUND_DUE]))
        .one(tx)
        .await?;
    if let Some(booked) = booked {
        let reversal = post_reversal(tx, ctx, &booked, REFUND, &format!("Given back: {}", booked.memo)).await?;
        splits::take_back(tx, ctx, &booked, &reversal).await?;
    }
    let row = payment::ActiveModel { state: Set(PaymentState::Refunded), ..payment.into_active_model() };
    Ok(row.update(tx).await?)
}
