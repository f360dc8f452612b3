//! Paying again: a bank has let a payment fail days after its buyer has gone through with the checkout, which nobody can pay any more. The order gets
//! another, and never two that can be paid: the failed payment is given up at the gateway first, where that lets it be, and the database lets go of the one
//! checkout only with a row that says so.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};

use super::{
    claims,
    settlement::{Settled, TAKEN, close, follow_payment, lock_order},
    upgrades,
};
use crate::{
    actor::Actor,
    outbox::{self, Job},
    ports::{GatewayError, GatewayPayment, IdempotencyKey, PaymentStanding},
    sales::{
        SalesError,
        entity::{OrderState, failed_checkout, order},
        queries,
    },
    services::Services,
    store,
};

/// Acts on a checkout whose payment has failed: the order that waited for it can be paid again, and its buyer is told; if its beat was sold meanwhile, or
/// the licence that it upgrades is not as it was, it is closed. A payment that has come after all counts.
pub(super) async fn reopen(
    services: &Services,
    order: &order::Model,
    payment: &GatewayPayment,
) -> Result<Settled, SalesError> {
    if order.state != OrderState::AwaitingPayment {
        return Ok(Settled::Already(order.state));
    }
    let key = IdempotencyKey { value: format!("give-up:{}", payment.id), since: order.placed_at };
    let given_up = match services.gateway.cancel(&payment.id, &key).await {
        Ok(given_up) => given_up,
        Err(refused @ GatewayError::Refused { .. }) => {
            let found = services.gateway.find_payment(&payment.id).await.map_err(SalesError::Gateway)?;
            found.ok_or(SalesError::Gateway(refused))?
        }
        Err(error) => return Err(SalesError::Gateway(error)),
    };
    // Of a checkout some gateways cancel nothing but what is held. What is still unpaid when they refuse stays so: who has gone through with a checkout
    // can pay it no more.
    if !matches!(given_up.standing, PaymentStanding::Cancelled | PaymentStanding::Unpaid) {
        return follow_payment(services, order, &given_up).await;
    }
    let ctx = services.ctx(Actor::System);
    let tx = services.begin().await?;
    let held = lock_order(&tx, order.id).await?;
    if held.state != OrderState::AwaitingPayment {
        return Ok(Settled::Already(held.state));
    }
    let (Some(checkout), true) = (held.checkout_id.clone(), held.checkout_id == order.checkout_id) else {
        // Another was faster.
        return Ok(Settled::PayAgain);
    };
    let lines = queries::lines_of_order(&tx, held.id).await?;
    let is_sold = claims::is_sold(&tx, held.id, &lines).await?;
    let refusal = if is_sold { Some(TAKEN) } else { upgrades::refusal(&tx, held.id).await? };
    if let Some(reason) = refusal {
        claims::tell_closed(&tx, &ctx, &held).await?;
        close(&tx, held, OrderState::Expired, reason).await?;
        services.commit(tx).await?;
        return Ok(Settled::Expired);
    }
    let failed = queries::failed_checkouts(&tx, held.id).await?;
    let row = failed_checkout::Model {
        gateway: held.gateway.clone(),
        checkout_id: checkout,
        order_id: held.id,
        number: failed.last().map_or(1, |last| last.number.saturating_add(1)),
        gateway_payment: payment.id.clone(),
        failed_at: ctx.env.now(),
    };
    if !store::insert_new(&tx, row.into_active_model()).await? {
        return Ok(Settled::PayAgain);
    }
    outbox::put(&tx, &ctx, Some(held.studio_id), &Job::MailPayAgain { order: held.id }).await?;
    let reopened = order::ActiveModel { checkout_id: Set(None), pay_url: Set(None), ..held.into_active_model() };
    reopened.update(&tx).await?;
    services.commit(tx).await?;
    Ok(Settled::PayAgain)
}
