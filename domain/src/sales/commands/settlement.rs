//! Settlement: the one way in which a payment becomes licences, called from webhook, return page and reconciler alike.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};

use super::{claims, pay_again, recording, sync, upgrades};
use crate::{
    actor::{Actor, Ctx},
    identity::queries::require_open,
    ids::OrderId,
    outbox::{self, Job},
    ports::{CheckoutState, GatewayPayment, PaymentStanding},
    pricing::commands::uses,
    sales::{
        SalesError,
        entity::{OrderState, order, order_line},
        queries,
        rules::{self, Step},
    },
    services::Services,
    stages::Stage,
    store::Tx,
};

/// Why an order is closed whose time to pay is over.
const UNPAID: &str = "it was not paid in time";

/// Why an order is closed that can be paid no more, for its studio is closed.
const SHUT: &str = "the shop has closed, and nothing was charged";

/// Why an order is closed whose beat somebody else has bought.
pub(super) const TAKEN: &str = "the beat had just been sold exclusively to somebody else";

/// Why an order is closed whose beat somebody else has claimed, and not paid for yet: that may come to nothing.
const CLAIMED: &str = "the beat is being sold exclusively to somebody else, whose payment came first";

/// What settling came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Not paid yet.
    Waiting,
    /// The buyer has paid by a method that takes days; the order waits.
    Processing,
    /// The works are the buyer's, and what their bank holds for them is being collected.
    Capturing,
    /// Paid, and somebody else's exclusive of the beat is being collected: the order waits until that is decided.
    Queued,
    /// Paid, and now granted.
    Granted,
    /// Paid, but it cannot be granted: the money goes back.
    Refunding,
    /// It cannot be granted, and what the buyer's bank holds is let go of: nothing is charged.
    LetGo,
    /// The buyer's bank has let the payment fail: the order can be paid again.
    PayAgain,
    /// Closed unpaid.
    Expired,
    /// It stood so before; nothing was done.
    Already(OrderState),
}

/// Asks the gateway how the order's checkout stands, and acts on it. However often and from wherever it is called, at the same moment too, a
/// payment grants once. An order that was closed unpaid is asked about too: money that comes after all goes back.
pub async fn settle_order(services: &Services, id: OrderId) -> Result<Settled, SalesError> {
    let order = queries::order(&services.db, id).await?.ok_or(SalesError::NoOrder)?;
    if !matches!(order.state, OrderState::AwaitingPayment | OrderState::Expired) {
        return Ok(Settled::Already(order.state));
    }
    let Some(checkout) = &order.checkout_id else {
        // Never opened: nobody can pay it once the time to open it is over.
        let over = services.env.now() >= queries::pay_window(&services.db, &order).await?.opening_ends_at();
        return if over { expire_order(services, id).await } else { Ok(Settled::Waiting) };
    };
    require_gateway(services, &order.gateway)?;
    let state = services.gateway.find_checkout(checkout).await.map_err(SalesError::Gateway)?;
    follow_checkout(services, &order, state).await
}

/// Acts on how an order's checkout stands.
async fn follow_checkout(
    services: &Services,
    order: &order::Model,
    state: Option<CheckoutState>,
) -> Result<Settled, SalesError> {
    let is_over = services.env.now() >= queries::pay_window(&services.db, order).await?.ends_at();
    match state {
        // One that the gateway does not know can be paid by nobody; money that comes for it after all goes back.
        None if is_over => expire_order(services, order.id).await,
        None | Some(CheckoutState::Open) => Ok(Settled::Waiting),
        Some(CheckoutState::Expired) => expire_order(services, order.id).await,
        Some(CheckoutState::Free) => close_unpaid(services, order.id, "nothing was paid for it").await,
        Some(CheckoutState::Completed(payment)) => {
            if is_given_up(services, order, &payment).await? {
                pay_again::reopen(services, order, &payment).await
            } else {
                follow_payment(services, order, &payment).await
            }
        }
        Some(CheckoutState::Failed(payment)) => pay_again::reopen(services, order, &payment).await,
    }
}

/// Whether a payment that was never held has been given up: one that had failed, and whose order is being reopened, or was to be when we were broken off.
/// What is collected later is held first, so that it was a hold which was let go of, even if nobody has told us of that.
async fn is_given_up(services: &Services, order: &order::Model, payment: &GatewayPayment) -> Result<bool, SalesError> {
    if payment.standing != PaymentStanding::Cancelled {
        return Ok(false);
    }
    let lines = queries::lines_of_order(&services.db, order.id).await?;
    Ok(!lines.iter().any(|line| line.terms.is_exclusive())
        && queries::payment_of_gateway(&services.db, &order.gateway, &payment.id).await?.is_none())
}

/// Acts on a payment of an order that is not known yet, such as a second one for the same order; none if it is none of ours. While the order waits, one
/// that is collected or held counts for it, and the pay page is closed beside which it came; what else becomes of it, its own checkout tells.
///
/// # Errors
/// If it is not decided yet whether a payment beside the order's checkout counts: nothing is written down of it, so that it is to be asked about again.
pub(super) async fn follow_unknown(
    services: &Services,
    id: OrderId,
    gateway_payment: &str,
) -> Result<Option<Settled>, SalesError> {
    let Some(order) = queries::order(&services.db, id).await? else { return Ok(None) };
    if order.gateway != services.gateway.name() {
        return Ok(None);
    }
    let found = services.gateway.find_payment(gateway_payment).await.map_err(SalesError::Gateway)?;
    let Some(found) = found.filter(|found| found.order == Some(id)) else { return Ok(None) };
    let has_come = matches!(found.standing, PaymentStanding::Captured | PaymentStanding::Authorised { .. });
    let waits = order.state == OrderState::AwaitingPayment;
    if waits && !has_come {
        return Ok(None);
    }
    let settled = follow(services, &order, &found, waits).await?;
    if settled == Settled::Queued && !is_of_checkout(services, &order, &found).await? {
        return Err(SalesError::StillUndecided { payment: found.id });
    }
    Ok(Some(settled))
}

/// Whether a payment is the one by which the buyer has gone through with the order's checkout, of which its settlement is told time and again.
async fn is_of_checkout(
    services: &Services,
    order: &order::Model,
    payment: &GatewayPayment,
) -> Result<bool, SalesError> {
    let Some(checkout) = &order.checkout_id else { return Ok(false) };
    let state = services.gateway.find_checkout(checkout).await.map_err(SalesError::Gateway)?;
    Ok(matches!(state, Some(CheckoutState::Completed(own)) if own.id == payment.id))
}

/// Acts on how a payment of an order stands: the truth, however it was learned.
pub(super) async fn follow_payment(
    services: &Services,
    order: &order::Model,
    payment: &GatewayPayment,
) -> Result<Settled, SalesError> {
    follow(services, order, payment, false).await
}

/// As [`follow_payment`]; with what counts for the order, or goes back, the job is written that closes its pay page, if that may still be open.
async fn follow(
    services: &Services,
    order: &order::Model,
    payment: &GatewayPayment,
    closes_page: bool,
) -> Result<Settled, SalesError> {
    services.env.reach(Stage::PaymentLearned);
    let is_over = services.env.now() >= queries::pay_window(&services.db, order).await?.ends_at();
    let ctx = services.ctx(Actor::System);
    let settled = match rules::next_step(payment.standing, is_over) {
        Step::Wait => return Ok(Settled::Waiting),
        Step::WaitForBank => return Ok(Settled::Processing),
        Step::Claim { capture_before } => {
            let tx = services.begin().await?;
            let settled = claims::record_authorisation(&tx, &ctx, order.id, payment, capture_before).await?;
            if closes_page {
                put_close(&tx, &ctx, order.id, settled).await?;
            }
            services.commit(tx).await?;
            services.env.reach(Stage::ClaimCommitted);
            settled
        }
        Step::Record => {
            let tx = services.begin().await?;
            let settled = recording::record_payment(&tx, &ctx, order.id, payment).await?;
            if closes_page {
                put_close(&tx, &ctx, order.id, settled).await?;
            }
            services.commit(tx).await?;
            services.env.reach(Stage::PaymentCommitted);
            // Whoever hears late of a payment hears at once of what became of it.
            sync::book_at_once(services, &order.gateway, payment).await;
            settled
        }
        Step::Close => {
            let tx = services.begin().await?;
            let reason = "the payment did not come through, and nothing was charged";
            let settled = claims::give_up(&tx, &ctx, order.id, &payment.id, reason).await?;
            services.commit(tx).await?;
            settled
        }
    };
    Ok(settled)
}

/// Has the pay page of an order closed beside which a payment came that counts for it, or goes back.
async fn put_close(tx: &Tx, ctx: &Ctx, id: OrderId, settled: Settled) -> Result<(), SalesError> {
    if !matches!(settled, Settled::Granted | Settled::Refunding | Settled::Capturing) {
        return Ok(());
    }
    let order = lock_order(tx, id).await?;
    if order.checkout_id.is_some() {
        outbox::put(tx, ctx, Some(order.studio_id), &Job::CloseCheckout { order: id }).await?;
    }
    Ok(())
}

/// Closes the pay page of an order whose beat was sold exclusively meanwhile, that was paid beside it, or whose studio was closed; what the job `close_checkout`
/// does. One that was paid by it a moment before is settled as any other.
pub async fn close_checkout(services: &Services, id: OrderId) -> Result<Settled, SalesError> {
    let order = queries::order(&services.db, id).await?.ok_or(SalesError::NoOrder)?;
    if order.state == OrderState::Expired {
        return Ok(Settled::Already(order.state));
    }
    let Some(checkout) = &order.checkout_id else { return expire_order(services, id).await };
    require_gateway(services, &order.gateway)?;
    let state = services.gateway.close_checkout(checkout).await.map_err(SalesError::Gateway)?;
    follow_checkout(services, &order, state).await
}

/// Closes an unpaid order; one that is not awaiting payment stays as it is. If its beat was sold meanwhile, its buyer is told.
pub async fn expire_order(services: &Services, id: OrderId) -> Result<Settled, SalesError> {
    close_unpaid(services, id, UNPAID).await
}

/// As [`expire_order`], for a reason, unless it is closed with its studio.
pub(super) async fn close_unpaid(services: &Services, id: OrderId, reason: &str) -> Result<Settled, SalesError> {
    let tx = services.begin().await?;
    let order = lock_order(&tx, id).await?;
    if order.state != OrderState::AwaitingPayment {
        return Ok(Settled::Already(order.state));
    }
    // Held for an authorised payment whose capture is under way: that decides.
    if claims::are_held(&tx, id).await? {
        return Ok(Settled::Capturing);
    }
    let lines = queries::lines_of_order(&tx, id).await?;
    if claims::is_taken(&tx, id, &lines).await? {
        claims::tell_closed(&tx, &services.ctx(Actor::System), &order).await?;
        let taken = why_taken(&tx, id, &lines).await?;
        close(&tx, order, OrderState::Expired, taken).await?;
    } else if let Some(refused) = upgrades::refusal(&tx, id).await? {
        claims::tell_closed(&tx, &services.ctx(Actor::System), &order).await?;
        close(&tx, order, OrderState::Expired, refused).await?;
    } else {
        // Without lines it pays what was agreed upon before, which a closed studio still takes.
        let is_shut = !lines.is_empty() && require_open(&tx, order.studio_id).await?.is_err();
        close(&tx, order, OrderState::Expired, if is_shut { SHUT } else { reason }).await?;
    }
    services.commit(tx).await?;
    Ok(Settled::Expired)
}

/// Grants an order that costs nothing; if its beat was sold exclusively a moment ago, the order is closed.
pub(super) async fn settle_free(tx: &Tx, ctx: &Ctx, order: order::Model) -> Result<order::Model, SalesError> {
    let lines = queries::lines_of_order(tx, order.id).await?;
    if claims::claim(tx, ctx, &order, &lines).await? {
        recording::grant(tx, ctx, order, &lines).await
    } else {
        let taken = why_taken(tx, order.id, &lines).await?;
        close(tx, order, OrderState::Expired, taken).await
    }
}

/// Why an order is closed of which somebody else has a work: nobody is told that it is sold before it is paid for.
pub(super) async fn why_taken(tx: &Tx, id: OrderId, lines: &[order_line::Model]) -> Result<&'static str, SalesError> {
    Ok(if claims::is_sold(tx, id, lines).await? { TAKEN } else { CLAIMED })
}

/// The order, held until the end of the transaction.
pub(super) async fn lock_order(tx: &Tx, id: OrderId) -> Result<order::Model, SalesError> {
    queries::lock_order(tx, id).await?.ok_or(SalesError::NoOrder)
}

/// Refuses to ask the gateway at hand about what another has collected.
pub(super) fn require_gateway(services: &Services, gateway: &str) -> Result<(), SalesError> {
    let present = services.gateway.name();
    let other = || SalesError::OtherGateway { order: gateway.to_owned(), present };
    (gateway == present).then_some(()).ok_or_else(other)
}

/// Closes an order with a sentence for its buyer; it gives back the use of its coupon. One that may not be closed so any more stays as it is.
pub(super) async fn close(
    tx: &Tx,
    order: order::Model,
    state: OrderState,
    reason: &str,
) -> Result<order::Model, SalesError> {
    if !rules::may_become(order.state, state) {
        return Ok(order);
    }
    // Somebody else may use its coupon.
    uses::give_back(tx, order.id).await?;
    let row = order::ActiveModel {
        state: Set(state),
        closed_reason: Set(Some(reason.to_owned())),
        ..order.into_active_model()
    };
    Ok(row.update(tx).await?)
}
