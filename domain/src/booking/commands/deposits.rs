//! Deposits: an order without lines for each try to pay one, until one is paid.

use chrono::Duration;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{lock, orders_of};
use crate::{
    actor::Ctx,
    booking::{
        BookingError,
        entity::{BookingState, booking, deposit, room},
        rules,
    },
    env::Instant,
    identity::entity::studio,
    ids::{BookingId, OrderId},
    report::StoreError,
    sales::{
        self, Settled,
        commands::{deposits as orders, settlement},
        entity::{OrderState, order},
    },
    services::Services,
    store::Tx,
};

/// The longest name of what is paid for, in characters.
const MAX_TITLE_CHARS: usize = 250;

/// The deposit that an order pays; none of any other order. For who may see the order: it asks nothing itself.
pub(crate) async fn find_deposit(
    db: &impl ConnectionTrait,
    order: OrderId,
) -> Result<Option<deposit::Model>, StoreError> {
    Ok(deposit::Entity::find_by_id(order).one(db).await?)
}

/// Why what was paid by an order cannot be the deposit of its booking any more; none if it can, or if the order pays none. Who calls this holds the order; the
/// booking is held from now on.
pub(crate) async fn refusal(tx: &Tx, order: OrderId) -> Result<Option<&'static str>, StoreError> {
    let Some(deposit) = find_deposit(tx, order).await? else { return Ok(None) };
    let Some(booking) = lock(tx, deposit.booking_id).await? else { return Ok(None) };
    Ok(match booking.state {
        BookingState::Held => None,
        BookingState::Confirmed => Some("the booking had been confirmed already"),
        BookingState::Lapsed => Some("the hold had run out before the payment came"),
        BookingState::Cancelled | BookingState::NoShow => {
            Some("the booking had been cancelled before the payment came")
        }
    })
}

/// Opens the page where the deposit of a booking is paid, for whoever holds its link: the one that is open already, or that of another order. None if it has
/// just turned out to be paid.
///
/// # Errors
/// If it is not held any more, asks no deposit, or its payment is under way.
pub async fn open_deposit(services: &Services, ctx: &Ctx, id: BookingId) -> Result<Option<String>, BookingError> {
    // Of two who pay at once the later finds what the earlier has begun; what was paid by an order that is closed now, too.
    let awaited = awaiting(services, id).await?;
    for order in awaited {
        match sales::settle_order(services, order.id).await? {
            Settled::Granted => return Ok(None),
            Settled::Processing | Settled::Capturing | Settled::Queued => return Err(BookingError::Paying),
            _ => {}
        }
    }
    let tx = services.begin().await?;
    let booking = lock(&tx, id).await?.ok_or(BookingError::NotFound { what: "booking", field: "booking" })?;
    let now = ctx.env.now();
    match booking.state {
        BookingState::Confirmed => return Ok(None),
        BookingState::Held if booking.held_until.is_some_and(|until| now < until) => {}
        BookingState::Held | BookingState::Lapsed => return Err(BookingError::HoldOver),
        BookingState::Cancelled | BookingState::NoShow => return Err(BookingError::State(booking.state)),
    }
    if booking.deposit_minor == 0 {
        return Err(BookingError::NoDeposit);
    }
    let order = match payable(&tx, services, id, now).await? {
        Some(order) => order,
        None => place(&tx, ctx, services, &booking).await?,
    };
    services.commit(tx).await?;
    Ok(Some(sales::open_checkout(services, order).await?))
}

/// Asks what has become of what pays a booking's deposit, for whoever holds its link: they may be back before the gateway's event is here. None if nothing is open
/// to pay it.
///
/// # Errors
/// If the gateway does not answer.
pub async fn settle_deposit(services: &Services, id: BookingId) -> Result<Option<Settled>, BookingError> {
    let mut last = None;
    for order in awaiting(services, id).await? {
        last = Some(sales::settle_order(services, order.id).await?);
    }
    Ok(last)
}

/// The orders of a booking's deposit that await their payment at the gateway at hand, oldest first. What another still collects goes back unless the booking
/// waits for it.
async fn awaiting(services: &Services, id: BookingId) -> Result<Vec<order::Model>, StoreError> {
    let rows = deposit::Entity::find().filter(deposit::Column::BookingId.eq(id)).all(&services.db).await?;
    Ok(order::Entity::find()
        .filter(order::Column::Id.is_in(rows.into_iter().map(|row| row.order_id)))
        .filter(order::Column::State.eq(OrderState::AwaitingPayment))
        .filter(order::Column::Gateway.eq(services.gateway.name()))
        .order_by_asc(order::Column::Id)
        .all(&services.db)
        .await?)
}

/// An order of the deposit that can be paid at the gateway at hand.
async fn payable(tx: &Tx, services: &Services, id: BookingId, now: Instant) -> Result<Option<OrderId>, BookingError> {
    for order in orders_of(tx, id).await? {
        let Some(order) = sales::queries::order(tx, order).await? else { continue };
        if order.gateway == services.gateway.name() && sales::queries::can_be_paid(tx, &order, now).await? {
            return Ok(Some(order.id));
        }
    }
    Ok(None)
}

/// Places the order that pays a booking's deposit.
async fn place(tx: &Tx, ctx: &Ctx, services: &Services, booking: &booking::Model) -> Result<OrderId, BookingError> {
    let (Some(name), Some(email)) = (&booking.client_name, &booking.client_email) else {
        return Err(BookingError::NoAddress);
    };
    let room = room::Entity::find_by_id(booking.room_id).one(tx).await?;
    let room = room.ok_or(BookingError::NotFound { what: "room", field: "room" })?;
    let studio = studio::Entity::find_by_id(booking.studio_id).one(tx).await?;
    let studio = studio.ok_or(BookingError::NotFound { what: "studio", field: "studio" })?;
    let day = room.time_zone.day(booking.starts_at).format("%-d %B %Y");
    let clock = room.time_zone.clock(booking.starts_at);
    let title = format!("Deposit: {} at {}, {day}, {clock}", room.name, studio.name);
    let order = orders::DepositOrder {
        studio: booking.studio_id,
        buyer_name: name,
        buyer_email: email,
        total: booking.deposit(),
        ip: booking.client_ip.clone(),
        user_agent: booking.client_user_agent.clone(),
    };
    let order = orders::place_deposit(tx, ctx, services.gateway.name(), order).await?;
    let row = deposit::ActiveModel {
        order_id: Set(order.id),
        booking_id: Set(booking.id),
        title: Set(title.chars().take(MAX_TITLE_CHARS).collect()),
    };
    row.insert(tx).await?;
    Ok(order.id)
}

/// Closes what is open to pay a booking's deposit, at the gateway, before its time is let go of. What was paid a moment before counts.
///
/// # Errors
/// [`BookingError::Paying`], if the client's bank takes its time; or if the gateway does not answer.
pub(super) async fn stop_paying(services: &Services, id: BookingId) -> Result<(), BookingError> {
    for order in awaiting(services, id).await? {
        let settled = settlement::close_checkout(services, order.id).await?;
        if matches!(settled, Settled::Processing | Settled::Capturing | Settled::Queued) {
            return Err(BookingError::Paying);
        }
    }
    Ok(())
}

/// Keeps a hold that is over while the client's bank takes its time.
pub(super) async fn prolong(tx: &Tx, ctx: &Ctx, id: BookingId) -> Result<(), StoreError> {
    let now = ctx.env.now();
    let Some(booking) = lock(tx, id).await? else { return Ok(()) };
    if booking.state == BookingState::Held && booking.held_until.is_some_and(|until| until <= now) {
        let row = booking::ActiveModel {
            id: Set(id),
            held_until: Set(Some(now + Duration::hours(rules::BANK_HOURS))),
            updated_at: Set(now),
            ..Default::default()
        };
        row.update(tx).await?;
    }
    Ok(())
}
