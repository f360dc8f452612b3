//! How bookings end: called off by either side, by the terms that were told; missed; or never confirmed.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    Done,
    deposits::{prolong, stop_paying},
    lock_with_deposits,
    occupying::let_go,
    require_client, take,
};
use crate::{
    actor::{Actor, Ctx},
    booking::{
        BookingError,
        entity::{BookingAct, BookingSide, BookingState, booking},
        queries,
        rules::{
            terms,
            texts::{MAX_NOTE_CHARS, lines},
        },
    },
    env::Instant,
    ids::{BookingId, OrderId},
    money::Money,
    policy::{self, Action},
    report::{Explain, StoreError},
    sales::{
        self, AskRefund, SalesError,
        entitlements::money_of_orders,
        entity::{OrderState, order},
        rules::Silence,
    },
    services::Services,
    store::Tx,
};

/// How many holds are ended in one go.
const BATCH: u64 = 200;

/// What is kept of a deposit when a booking ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeps {
    /// Nothing.
    Nothing,
    /// What the terms say, and no more than the client was told.
    Told(Money),
    /// What the terms say.
    ByTerms,
}

/// How the studio cancels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StudioCancel<'a> {
    /// What the client is told.
    pub note: &'a str,
    /// Whether it is the client who has called it off, by telephone for instance: then the terms hold, and else all of the deposit goes back.
    pub by_client: bool,
}

/// Cancels a booking for its client, who holds its link and has been told what of the deposit is kept. What is not goes back by itself.
///
/// # Errors
/// If more is kept now than they were told, it has begun, it is over already, or its payment is under way.
pub async fn cancel_as_client(
    services: &Services,
    ctx: &Ctx,
    id: BookingId,
    seen_kept: Money,
    note: &str,
) -> Result<booking::Model, BookingError> {
    end_with_deposit(services, ctx, id, (BookingAct::Cancelled, BookingSide::Client), Keeps::Told(seen_kept), note)
        .await
}

/// Cancels a booking by the studio.
///
/// # Errors
/// If the actor may not, it is over already, or its payment is under way.
pub async fn cancel_as_studio(
    services: &Services,
    ctx: &Ctx,
    id: BookingId,
    cancel: StudioCancel<'_>,
) -> Result<booking::Model, BookingError> {
    let keeps = if cancel.by_client { Keeps::ByTerms } else { Keeps::Nothing };
    end_with_deposit(services, ctx, id, (BookingAct::Cancelled, BookingSide::Studio), keeps, cancel.note).await
}

/// Writes down that the client did not come; of the deposit is kept what the terms say of who cancels late.
///
/// # Errors
/// If the actor may not, or the booking has not begun, or does not stand.
pub async fn mark_no_show(services: &Services, ctx: &Ctx, id: BookingId) -> Result<booking::Model, BookingError> {
    end_with_deposit(services, ctx, id, (BookingAct::NoShow, BookingSide::Studio), Keeps::ByTerms, "").await
}

async fn end_with_deposit(
    services: &Services,
    ctx: &Ctx,
    id: BookingId,
    (act, side): (BookingAct, BookingSide),
    keeps: Keeps,
    note: &str,
) -> Result<booking::Model, BookingError> {
    let note = lines("note", note, MAX_NOTE_CHARS)?;
    if side == BookingSide::Studio {
        // Before anything is asked of the gateway.
        let found = booking::Entity::find_by_id(id).one(&services.db).await?;
        let found = policy::visible(&ctx.actor, Action::WriteProduction, found, |row| row.studio_id)?;
        found.ok_or(BookingError::NotFound { what: "booking", field: "booking" })?;
    }
    stop_paying(services, id).await?;
    let tx = services.begin().await?;
    let found = lock_with_deposits(&tx, id).await?;
    let booking = found.ok_or(BookingError::NotFound { what: "booking", field: "booking" })?;
    if !booking.stands() {
        return Err(BookingError::State(booking.state));
    }
    let now = ctx.env.now();
    if act == BookingAct::NoShow {
        require_client(&booking)?;
        if now < booking.starts_at {
            return Err(BookingError::NotBegun);
        }
    } else if side == BookingSide::Client && booking.starts_at <= now {
        return Err(BookingError::Begun);
    }
    let paid = paid_deposit(&tx, &booking).await?;
    let by_terms = |paid: Money| terms::kept(paid, booking.kept_share, booking.free_until, now);
    let kept = match (keeps, &paid) {
        (_, None) => None,
        (Keeps::Nothing, Some(_)) => {
            // Who gives back what the terms would keep decides over money.
            policy::require(&ctx.actor, Action::ManageProduction, booking.studio_id)?;
            Some(Money::zero(booking.currency))
        }
        (Keeps::ByTerms, Some((_, paid))) => Some(by_terms(*paid)),
        (Keeps::Told(seen), Some((_, paid))) => {
            let kept = by_terms(*paid);
            if kept.currency != seen.currency || kept.minor > seen.minor {
                return Err(BookingError::KeptChanged { seen, now: kept });
            }
            Some(kept)
        }
    };
    let mut said = note;
    if let (Some((order, paid)), Some(kept)) = (paid, kept)
        && let Some(problem) = give_back(&tx, services, &booking, order, paid.minus(kept)?).await?
    {
        said = format!("{said}\n{problem}").trim().chars().take(MAX_NOTE_CHARS).collect();
    }
    let_go(&tx, id).await?;
    let booking = booking::Model {
        kept_minor: kept.map(|kept| kept.minor),
        sequence: booking.sequence.saturating_add(1),
        ..booking
    };
    let said = Some(said.as_str()).filter(|said| !said.is_empty());
    let booking = take(&tx, ctx, booking, &Done::new(act, side, said)).await?;
    services.commit(tx).await?;
    Ok(booking)
}

/// The order that has paid a booking's deposit, and what is left of that; none if none has.
async fn paid_deposit(
    db: &impl ConnectionTrait,
    booking: &booking::Model,
) -> Result<Option<(OrderId, Money)>, StoreError> {
    Ok(paid_deposits(db, &[booking.id]).await?.remove(&booking.id))
}

/// The orders that have paid bookings' deposits, each with what is left of that, by booking; of one that is not paid, none. For who may see the bookings: it asks
/// nothing itself.
pub async fn paid_deposits(
    db: &impl ConnectionTrait,
    bookings: &[BookingId],
) -> Result<HashMap<BookingId, (OrderId, Money)>, StoreError> {
    let placed = queries::deposits_of_bookings(db, bookings).await?;
    let granted: HashMap<OrderId, order::Model> = order::Entity::find()
        .filter(order::Column::Id.is_in(placed.values().flatten().copied()))
        .filter(order::Column::State.is_in([OrderState::Paid, OrderState::Delivered]))
        .all(db)
        .await?
        .into_iter()
        .map(|order| (order.id, order))
        .collect();
    let ids: Vec<OrderId> = granted.keys().copied().collect();
    let mut money_of = money_of_orders(db, &ids).await?;
    let going_minor = sales::queries::unbooked_of_orders(db, &ids).await?;
    let mut paid = HashMap::new();
    for (booking, orders) in placed {
        let Some(order) = orders.iter().find_map(|id| granted.get(id)) else { continue };
        let money = money_of.remove(&order.id).unwrap_or_default();
        let gone_minor = money.given_back_minor.saturating_add(money.lost_minor);
        let going_minor = going_minor.get(&order.id).copied().unwrap_or_default();
        let left_minor = money.captured_minor.saturating_sub(gone_minor).saturating_sub(going_minor).max(0);
        paid.insert(booking, (order.id, Money::new(left_minor, order.currency)));
    }
    Ok(paid)
}

/// Has what is not kept of a deposit given back; if that cannot be asked for now, why. The booking ends all the same, and the studio reads it.
async fn give_back(
    tx: &Tx,
    services: &Services,
    booking: &booking::Model,
    order: OrderId,
    amount: Money,
) -> Result<Option<String>, BookingError> {
    if amount.minor <= 0 {
        return Ok(None);
    }
    // By the terms that the client was told, not by who acts.
    let house = services.ctx(Actor::System);
    let key = format!("booking:{}", booking.id);
    let asked = AskRefund { amount: Some(amount), reason: "the booking was cancelled", key: Some(&key) };
    match sales::request_order_refund(tx, &house, booking.studio_id, order, asked).await {
        Ok(_) => Ok(None),
        Err(error) if error.explain().kind.is_ours() => Err(error.into()),
        Err(error) => Ok(Some(format!("{amount} could not be given back by itself: {error}."))),
    }
}

/// Ends the holds whose time is over, after what is open to pay them is closed at the gateway; returns how many. While a bank takes its time a hold is kept.
///
/// # Errors
/// If the holds cannot be read; one that cannot be ended comes round again.
pub async fn tend(services: &Services) -> Result<usize, BookingError> {
    let (ctx, now) = (services.ctx(Actor::System), services.env.now());
    let due: Vec<BookingId> = booking::Entity::find()
        .select_only()
        .column(booking::Column::Id)
        .filter(booking::Column::State.eq(BookingState::Held))
        .filter(booking::Column::HeldUntil.lte(now))
        .order_by_asc(booking::Column::HeldUntil)
        .limit(BATCH)
        .into_tuple()
        .all(&services.db)
        .await?;
    let (mut ended, mut silence) = (0, Silence::default());
    for id in due {
        let lapsed = lapse(services, &ctx, id).await;
        match &lapsed {
            Ok(has_ended) => ended += usize::from(*has_ended),
            Err(error) => tracing::warn!(booking = %id, error = error as &dyn std::error::Error, "a hold is not ended"),
        }
        let is_silent = matches!(&lapsed, Err(BookingError::Sale(SalesError::Gateway(error))) if error.is_transient());
        if silence.note(is_silent) {
            break;
        }
    }
    Ok(ended)
}

/// Ends a hold whose time is over; false if it is not held any more, or is kept.
async fn lapse(services: &Services, ctx: &Ctx, id: BookingId) -> Result<bool, BookingError> {
    match stop_paying(services, id).await {
        Ok(()) => {}
        Err(BookingError::Paying) => {
            let tx = services.begin().await?;
            prolong(&tx, ctx, id).await?;
            services.commit(tx).await?;
            return Ok(false);
        }
        Err(error) => return Err(error),
    }
    let tx = services.begin().await?;
    let now = ctx.env.now();
    let found = lock_with_deposits(&tx, id).await?;
    let is_over = |row: &booking::Model| row.state == BookingState::Held && row.held_until.is_some_and(|at| at <= now);
    let Some(booking) = found.filter(is_over) else { return Ok(false) };
    let_go(&tx, id).await?;
    take(&tx, ctx, booking, &Done::new(BookingAct::Lapsed, BookingSide::House, None)).await?;
    services.commit(tx).await?;
    Ok(true)
}

/// What is kept if the client cancels now; nothing of what has no deposit, or none that is paid. Told before they decide, to whoever may see the booking.
pub async fn kept_now(services: &Services, booking: &booking::Model) -> Result<Money, StoreError> {
    let paid = paid_deposit(&services.db, booking).await?;
    Ok(kept_of(booking, paid.map(|(_, paid)| paid), services.env.now()))
}

/// As [`kept_now`], of what is left of the deposit that is paid.
pub fn kept_of(booking: &booking::Model, paid: Option<Money>, now: Instant) -> Money {
    let kept = |paid| terms::kept(paid, booking.kept_share, booking.free_until, now);
    paid.map_or(Money::zero(booking.currency), kept)
}
