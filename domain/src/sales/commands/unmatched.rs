//! Payments that name an order which is not here, as after a backup was put back: nobody can say what they were for, so that they are neither booked nor
//! sent back by themselves. The proof tells of each until the gateway keeps nothing of it any more.

use sea_orm::{EntityTrait, IntoActiveModel, sea_query::OnConflict};

use crate::{
    ids::OrderId,
    report::StoreError,
    sales::{SalesError, entity::unmatched_payment, rules::money_back::kept_minor},
    services::Services,
};

/// Looks at a payment that names an order which is not here, and keeps what the gateway has of it.
pub(super) async fn look_at(services: &Services, payment: &str, order: OrderId) -> Result<(), SalesError> {
    let found = services.gateway.find_payment(payment).await.map_err(SalesError::Gateway)?;
    let Some(found) = found.filter(|found| found.order == Some(order)) else { return Ok(()) };
    let kept_minor = kept_minor(&found);
    if kept_minor == 0 && named_by(services, payment).await?.is_none() {
        return Ok(());
    }
    tracing::error!(payment, %order, kept_minor, "a payment names an order that is not here");
    let now = services.env.now();
    let row = unmatched_payment::Model {
        gateway: services.gateway.name().to_owned(),
        gateway_payment: payment.to_owned(),
        order_named: order,
        kept_minor,
        currency: found.amount.currency,
        seen_at: now,
        checked_at: now,
    };
    let latest = OnConflict::columns([unmatched_payment::Column::Gateway, unmatched_payment::Column::GatewayPayment])
        .update_columns([unmatched_payment::Column::KeptMinor, unmatched_payment::Column::CheckedAt])
        .to_owned();
    unmatched_payment::Entity::insert(row.into_active_model())
        .on_conflict(latest)
        .exec_without_returning(&services.db)
        .await?;
    Ok(())
}

/// The order that such a payment names; none if it is not one.
pub(super) async fn named_by(services: &Services, payment: &str) -> Result<Option<OrderId>, StoreError> {
    let key = (services.gateway.name().to_owned(), payment.to_owned());
    let found = unmatched_payment::Entity::find_by_id(key).one(&services.db).await?;
    Ok(found.map(|found| found.order_named))
}
