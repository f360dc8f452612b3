//! Confirming what is held: by its client's link, by their payment, or by the studio.

use super::{Done, client_in_books, lock, lock_with_deposits, orders_of, require_client, take};
use crate::{
    actor::Ctx,
    booking::{
        BookingError,
        entity::{BookingAct, BookingSide, BookingState, booking},
    },
    ids::{BookingId, OrderId},
    outbox::{self, Job},
    policy::{self, Action},
    report::StoreError,
    sales::{self, entity::OrderState},
    store::Tx,
};

/// Confirms a booking that asks no deposit, by its client, who holds the mailed link. Confirming twice is confirming once.
///
/// # Errors
/// If it is confirmed by a deposit, the hold is over, or the booking is.
pub async fn confirm_as_client(tx: &Tx, ctx: &Ctx, id: BookingId) -> Result<booking::Model, BookingError> {
    let found = lock(tx, id).await?.ok_or(BookingError::NotFound { what: "booking", field: "booking" })?;
    match found.state {
        BookingState::Confirmed => return Ok(found),
        BookingState::Lapsed => return Err(BookingError::HoldOver),
        BookingState::Held if found.held_until.is_some_and(|until| until <= ctx.env.now()) => {
            return Err(BookingError::HoldOver);
        }
        BookingState::Held if found.deposit_minor > 0 => return Err(BookingError::DepositDue),
        BookingState::Held | BookingState::Cancelled | BookingState::NoShow => {}
    }
    confirm(tx, ctx, found, BookingSide::Client).await
}

/// Confirms a booking by the studio. Its deposit is asked for no more: what is still open to pay it is closed, and all of the price is left to be paid.
///
/// # Errors
/// If the actor may not, or it is not held.
pub async fn confirm_as_studio(tx: &Tx, ctx: &Ctx, id: BookingId) -> Result<booking::Model, BookingError> {
    let found = lock_with_deposits(tx, id).await?;
    let found = policy::visible(&ctx.actor, Action::WriteProduction, found, |row| row.studio_id)?;
    let found = found.ok_or(BookingError::NotFound { what: "booking", field: "booking" })?;
    if found.state == BookingState::Confirmed {
        return Ok(found);
    }
    require_client(&found)?;
    for order in orders_of(tx, id).await? {
        let order = sales::queries::order(tx, order).await?;
        if let Some(order) = order.filter(|order| order.state == OrderState::AwaitingPayment) {
            outbox::put(tx, ctx, Some(order.studio_id), &Job::CloseCheckout { order: order.id }).await?;
        }
    }
    // Of what is held nothing is paid yet: that would have confirmed it.
    let found = booking::Model { deposit_minor: 0, ..found };
    confirm(tx, ctx, found, BookingSide::Studio).await
}

/// Confirms the booking whose deposit an order has just paid; of any other order it does nothing. Who calls this holds the order, and has asked
/// [`refusal`](super::refusal).
pub(crate) async fn confirm_paid(tx: &Tx, ctx: &Ctx, order: OrderId) -> Result<bool, StoreError> {
    let Some(deposit) = super::find_deposit(tx, order).await? else { return Ok(false) };
    let Some(booking) = lock(tx, deposit.booking_id).await? else { return Ok(true) };
    match confirm(tx, ctx, booking, BookingSide::Client).await {
        Ok(_) | Err(BookingError::State(_)) => Ok(true),
        Err(BookingError::Store(broken)) => Err(broken),
        Err(other) => {
            tracing::error!(order = %order, error = &other as &dyn std::error::Error, "a paid booking is not confirmed");
            Ok(true)
        }
    }
}

/// Confirms a booking that is held; its client is a party of the studio from now on.
async fn confirm(
    tx: &Tx,
    ctx: &Ctx,
    booking: booking::Model,
    side: BookingSide,
) -> Result<booking::Model, BookingError> {
    let client = (booking.client_name.as_deref(), booking.client_email.as_ref());
    let party = client_in_books(tx, ctx, booking.studio_id, booking.party_id, client).await?;
    let booking = booking::Model { party_id: party, ..booking };
    take(tx, ctx, booking, &Done::new(BookingAct::Confirmed, side, None)).await
}
