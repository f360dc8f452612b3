//! Holding slots for clients.

use chrono::Duration;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{
    begin,
    making::{Draft, NewLength, check_hours, client_name, insert, price_of, require_equipment, require_room, time_of},
    occupying::lock_room,
};
use crate::{
    actor::Ctx,
    booking::{
        BookingError,
        entity::{BookingKind, BookingSide, BookingState, booking, room},
        queries,
        rules::{
            self, Slot, SlotRules,
            availability::{check_ahead, check_slot, check_time},
            terms::Rented,
            texts::{MAX_NOTES_CHARS, lines},
        },
    },
    email::EmailAddress,
    env::Instant,
    identity::commands::{hold_open, throttle},
    ids::{EquipmentId, RoomId, StudioId},
    money::Money,
    report::StoreError,
    sales::rules::told_apart,
    services::Services,
    store::Tx,
};

/// A slot that a client wants, as they saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldSlot {
    /// The room.
    pub room: RoomId,
    /// For when.
    pub time: NewLength,
    /// Their name.
    pub name: String,
    /// Where the link and the invitation go.
    pub email: String,
    /// What they say to it.
    pub notes: String,
    /// What is booked along.
    pub equipment: Vec<EquipmentId>,
    /// The price that they saw.
    pub seen: Money,
    /// The address that books; evidence in a dispute.
    pub ip: Option<String>,
    /// The browser that books; evidence in a dispute.
    pub user_agent: Option<String>,
}

/// Holds a slot of a studio's room for a client: for a while nobody else gets it. It stands as soon as the deposit is paid ([`open_deposit`](super::open_deposit)),
/// or, where none is asked, the mailed link has confirmed the address.
///
/// # Errors
/// If the room is not for clients, the time cannot be booked or is taken, it costs something else than they saw, or too many are asked for.
pub async fn hold_slot(
    services: &Services,
    ctx: &Ctx,
    studio: StudioId,
    request: &HoldSlot,
) -> Result<booking::Model, BookingError> {
    let name = client_name(&request.name)?;
    let email: EmailAddress = request.email.parse().map_err(|_| BookingError::Email)?;
    let notes = lines("notes", &request.notes, MAX_NOTES_CHARS)?;
    count_try(services, ctx, request.ip.as_deref(), &email).await?;
    let tx = services.begin().await?;
    // One address at a time, whichever rooms it asks for: what it holds is counted below.
    let mailbox = email.mailbox_key();
    throttle::hold(&tx, rules::BOOKINGS_PER_ADDRESS, &mailbox).await?;
    let found = lock_room(&tx, request.room).await?;
    let room = require_room(found.filter(|room| room.studio_id == studio && room.is_public))?;
    hold_open(&tx, studio).await??;
    let equipment = require_equipment(&tx, &room, &request.equipment, true).await?;
    let (slot, rented) = time_of(&room, request.time)?;
    check_client_time(&tx, ctx, &room, (slot, request.time)).await?;
    let (price, _) = price_of(&room, &equipment, rented)?.ok_or(BookingError::NotRented)?;
    if price != request.seen {
        return Err(BookingError::PriceChanged { seen: request.seen, now: price });
    }
    if count_held(&tx, studio, (&mailbox, ctx.env.now())).await? >= rules::MAX_HELD {
        return Err(BookingError::TooManyHeld);
    }
    let draft = Draft {
        kind: if matches!(rented, Rented::Days { .. }) { BookingKind::Lockout } else { BookingKind::Session },
        title: name.clone(),
        client_name: Some(name),
        client_email: Some(email),
        party: None,
        project: None,
        people: Vec::new(),
        notes,
        price: None,
        held: Some((ctx.env.now() + Duration::minutes(i64::from(room.hold_minutes)), true)),
        device: (request.ip.clone(), request.user_agent.clone()),
    };
    let booking = insert(&tx, ctx, (&room, &equipment), &draft, (slot, rented), None).await?;
    begin(&tx, ctx, &booking, BookingSide::Client).await?;
    services.commit(tx).await?;
    Ok(booking)
}

/// How many bookings of a studio that are to come are held for a mailbox, by whichever of its addresses.
async fn count_held(tx: &Tx, studio: StudioId, (mailbox, now): (&str, Instant)) -> Result<usize, StoreError> {
    let held: Vec<Option<EmailAddress>> = booking::Entity::find()
        .select_only()
        .column(booking::Column::ClientEmail)
        .filter(booking::Column::StudioId.eq(studio))
        .filter(booking::Column::State.eq(BookingState::Held))
        .filter(booking::Column::StartsAt.gt(now))
        .filter(booking::Column::ClientEmail.is_not_null())
        .into_tuple()
        .all(tx)
        .await?;
    Ok(held.into_iter().flatten().filter(|email| email.mailbox_key() == mailbox).count())
}

/// Counts a try of a client, in a transaction of its own: it counts whatever comes of it.
async fn count_try(services: &Services, ctx: &Ctx, ip: Option<&str>, email: &EmailAddress) -> Result<(), BookingError> {
    let tx = services.begin().await?;
    let mut counted = throttle::count(&tx, &ctx.env, rules::BOOKINGS_PER_ADDRESS, &email.mailbox_key()).await;
    if let (Ok(()), Some(ip)) = (&counted, told_apart(ip)) {
        counted = throttle::count(&tx, &ctx.env, rules::BOOKINGS_PER_IP, ip).await;
    }
    services.commit(tx).await?;
    Ok(counted?)
}

/// What a client's time has to be besides free.
pub(super) async fn check_client_time(
    tx: &Tx,
    ctx: &Ctx,
    room: &room::Model,
    (slot, time): (Slot, NewLength),
) -> Result<(), BookingError> {
    let (rules, now) = (SlotRules::from(room), ctx.env.now());
    match time {
        NewLength::Minutes { .. } => check_slot(rules, &queries::openings_of(tx, room, slot).await?, slot, now)?,
        NewLength::Days { .. } => {
            if room.day_rate_minor.is_none() {
                return Err(BookingError::NotRented);
            }
            check_time(slot, now)?;
            check_ahead(rules, slot.starts_at, now)?;
            check_hours(tx, room, (slot, time)).await?;
        }
    }
    Ok(())
}
