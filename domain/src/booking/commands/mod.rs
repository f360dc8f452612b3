//! What changes rooms, equipment, bookings and feeds.
//!
//! **What is held in which order:** an order before its booking, as payments have it; the address that asks for a slot; rooms and then equipment, each by their
//! ids, and then the parties that are named, by theirs, before the booking: whoever merges parties holds them before what names them. Who lets go of a time
//! only holds no room.

mod confirming;
mod deposits;
mod ending;
mod equipment;
mod feeds;
mod holding;
mod making;
mod moving;
mod occupying;
mod rooms;
mod series;

pub(crate) use confirming::confirm_paid;
pub use confirming::{confirm_as_client, confirm_as_studio};
pub(crate) use deposits::{find_deposit, refusal};
pub use deposits::{open_deposit, settle_deposit};
pub use ending::{
    StudioCancel, cancel_as_client, cancel_as_studio, kept_now, kept_of, mark_no_show, paid_deposits, tend,
};
pub use equipment::{EquipmentChange, EquipmentInput, create_equipment, update_equipment};
pub use feeds::{NewFeed, create_feed, revoke_feed};
pub use holding::{HoldSlot, hold_slot};
pub use making::{ClientFacts, Hold, NewBooking, NewLength, create_booking};
pub(crate) use making::{price_of, time_of};
pub use moving::{BookingChange, MoveBooking, change_booking, may_move, move_as_client, move_as_studio};
pub use rooms::{RoomChange, RoomInput, create_room, remove_exception, set_exception, update_room};
pub use series::{NewSeries, cancel_series, create_series};

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, sea_query::LockType,
};

use super::{
    BookingError,
    entity::{
        BookingAct, BookingKind, BookingReader, BookingSide, BookingState, booking, booking_event, booking_person,
        deposit,
    },
    rules,
};
use crate::{
    actor::Ctx,
    email::EmailAddress,
    ids::{BookingId, OrderId, PartyId, StudioId},
    outbox::{self, Job},
    parties::{self, PartyError, PartyFacts},
    policy::Action,
    report::StoreError,
    sales,
    store::Tx,
    webhooks::events,
};

/// A booking, held until the end of the transaction. Who acts on its deposit holds that before.
async fn lock(tx: &Tx, id: BookingId) -> Result<Option<booking::Model>, StoreError> {
    Ok(booking::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?)
}

/// Holds a party that is about to be named until the end of the transaction, if it was neither merged into another nor erased; of another studio it is as
/// if there were none.
pub(crate) async fn hold_party(
    tx: &Tx,
    ctx: &Ctx,
    action: Action,
    (studio, id): (StudioId, PartyId),
) -> Result<(), PartyError> {
    let party = parties::lock_present(tx, ctx, action, id).await?;
    if party.studio_id == studio { Ok(()) } else { Err(PartyError::NotFound) }
}

/// Who the client of a booking that stands is in the books: who is named there, else whoever is known, or is entered now, under their name and address.
/// Of a name alone nobody knows whose it is. Who was found is held from now on, as who is named.
async fn client_in_books(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    named: Option<PartyId>,
    (name, email): (Option<&str>, Option<&EmailAddress>),
) -> Result<Option<PartyId>, StoreError> {
    let (None, Some(name), Some(email)) = (named, name, email) else { return Ok(named) };
    let facts = PartyFacts::default();
    let mut party = parties::find_or_enter(tx, ctx, studio, name, Some(email), &facts).await?;
    if !parties::hold_if_present(tx, party).await? {
        // Merged or erased between the two: asked for again, they are found as who they are now.
        party = parties::find_or_enter(tx, ctx, studio, name, Some(email), &facts).await?;
        parties::hold_if_present(tx, party).await?;
    }
    Ok(Some(party))
}

/// A booking and before it the orders of its deposit, held until the end of the transaction: nothing is paid meanwhile.
async fn lock_with_deposits(tx: &Tx, id: BookingId) -> Result<Option<booking::Model>, StoreError> {
    for order in orders_of(tx, id).await? {
        sales::queries::lock_order(tx, order).await?;
    }
    lock(tx, id).await
}

/// The orders of a booking's deposit, oldest first.
async fn orders_of(db: &impl ConnectionTrait, id: BookingId) -> Result<Vec<OrderId>, StoreError> {
    let rows = deposit::Entity::find()
        .filter(deposit::Column::BookingId.eq(id))
        .order_by_asc(deposit::Column::OrderId)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.order_id).collect())
}

/// What was done with a booking, by whom, and what they say to it.
struct Done<'a> {
    act: BookingAct,
    side: BookingSide,
    note: Option<&'a str>,
    /// Whether those are told whom it concerns; of what is done with a whole series they are told once.
    is_told: bool,
}

impl<'a> Done<'a> {
    fn new(act: BookingAct, side: BookingSide, note: Option<&'a str>) -> Self {
        Self { act, side, note, is_told: true }
    }
}

/// Writes down the first event of a booking that has just been made, and the mails about it.
async fn begin(tx: &Tx, ctx: &Ctx, booking: &booking::Model, side: BookingSide) -> Result<(), StoreError> {
    let act = if booking.state == BookingState::Held { BookingAct::Held } else { BookingAct::Confirmed };
    let done = Done { is_told: booking.series_id.is_none(), ..Done::new(act, side, None) };
    write_event(tx, ctx, booking, BookingState::Held, &done).await
}

/// Does something with a booking that is held: it gets where that leads, and those are told whom it concerns. What else is new about it stands in `booking`
/// already.
///
/// # Errors
/// If that is not possible now.
async fn take(tx: &Tx, ctx: &Ctx, booking: booking::Model, done: &Done<'_>) -> Result<booking::Model, BookingError> {
    let before = booking.state;
    let to = rules::after(before, done.act).ok_or(BookingError::State(before))?;
    let changed = booking::Model {
        state: to,
        held_until: booking.held_until.filter(|_| to == BookingState::Held),
        events: booking.events.saturating_add(1),
        updated_at: ctx.env.now(),
        ..booking
    };
    let row = booking::ActiveModel { id: Set(changed.id), ..changed.clone().into_active_model().reset_all() };
    let booking = row.update(tx).await?;
    write_event(tx, ctx, &booking, before, done).await?;
    Ok(booking)
}

/// Writes down the last event of a booking, and the mails about it.
async fn write_event(
    tx: &Tx,
    ctx: &Ctx,
    booking: &booking::Model,
    before: BookingState,
    done: &Done<'_>,
) -> Result<(), StoreError> {
    let row = booking_event::ActiveModel {
        booking_id: Set(booking.id),
        seq: Set(booking.events),
        act: Set(done.act),
        side: Set(done.side),
        user_id: Set(ctx.actor.user().filter(|_| done.side == BookingSide::Studio)),
        room_id: Set(booking.room_id),
        starts_at: Set(booking.starts_at),
        ends_at: Set(booking.ends_at),
        note: Set(done.note.map(str::to_owned)),
        at: Set(ctx.env.now()),
    };
    row.insert(tx).await?;
    events::booking_done(tx, ctx, booking, (before, done.act)).await?;
    if !done.is_told {
        return Ok(());
    }
    let told = rules::told(booking.kind, before, done.act, done.side);
    if told.client && booking.client_email.is_some() {
        mail(tx, ctx, booking, BookingReader::Client).await?;
    }
    if told.studio {
        mail(tx, ctx, booking, BookingReader::Studio).await?;
    }
    if told.people {
        for person in people_of(tx, booking.id).await? {
            mail(tx, ctx, booking, BookingReader::Person(person)).await?;
        }
    }
    Ok(())
}

async fn mail(tx: &Tx, ctx: &Ctx, booking: &booking::Model, to: BookingReader) -> Result<(), StoreError> {
    let job = Job::MailBooking { booking: booking.id, event: booking.events, to };
    outbox::put(tx, ctx, Some(booking.studio_id), &job).await?;
    Ok(())
}

/// Who is asked to come to a booking.
async fn people_of(tx: &Tx, booking: BookingId) -> Result<Vec<PartyId>, StoreError> {
    let rows = booking_person::Entity::find()
        .filter(booking_person::Column::BookingId.eq(booking))
        .order_by_asc(booking_person::Column::PartyId)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| row.party_id).collect())
}

/// Refuses what only a client's booking has.
fn require_client(booking: &booking::Model) -> Result<(), BookingError> {
    if booking.kind == BookingKind::Block { Err(BookingError::State(booking.state)) } else { Ok(()) }
}
