//! Moving bookings to another time or room, and changing what else is said of them.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{
    Done,
    holding::check_client_time,
    lock, mail,
    making::{NewLength, check_studio_time, put_people, require_own, require_room, time_of},
    occupying::{equipment_of, let_go, lock_room, occupy},
    people_of, require_client, take,
};
use crate::{
    actor::Ctx,
    booking::{
        BookingError,
        entity::{
            BookingAct, BookingKind, BookingReader, BookingSide, BookingState, booking, booking_person, equipment, room,
        },
        rules::{
            MAX_PEOPLE, MAX_PRICE_MINOR, Slot, terms,
            texts::{MAX_NAME_CHARS, MAX_NOTE_CHARS, MAX_NOTES_CHARS, line, lines},
        },
    },
    edit::Edit,
    env::Instant,
    ids::{BookingId, PartyId, ProjectId, RoomId},
    money::Money,
    parties,
    policy::{self, Action},
    report::StoreError,
    store::Tx,
};

/// Where a booking is moved to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoveBooking<'a> {
    /// Another room; none for the same.
    pub room: Option<RoomId>,
    /// The time; of a lock-out so many days, of anything else so many minutes.
    pub time: NewLength,
    /// Whether the opening hours are passed over.
    pub outside_hours: bool,
    /// What is said to it.
    pub note: &'a str,
}

/// Moves a booking by the studio. It costs what it has cost, and can be cancelled for nothing as long before its start as before; to an earlier time, until the
/// deadline that the client was told, or its start if that is sooner.
///
/// # Errors
/// If the actor may not, it is over, the time cannot be booked, or somebody has it.
pub async fn move_as_studio(
    tx: &Tx,
    ctx: &Ctx,
    id: BookingId,
    to: MoveBooking<'_>,
) -> Result<booking::Model, BookingError> {
    let found = booking::Entity::find_by_id(id).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::WriteProduction, found, |row| row.studio_id)?;
    let before = found.ok_or(BookingError::NotFound { what: "booking", field: "booking" })?;
    let room = lock_rooms(tx, &before, to.room.unwrap_or(before.room_id)).await?;
    let is_of_kind = match before.kind {
        BookingKind::Session => matches!(to.time, NewLength::Minutes { .. }),
        BookingKind::Lockout => matches!(to.time, NewLength::Days { .. }),
        BookingKind::Block => true,
    };
    if !is_of_kind {
        return Err(BookingError::OtherLength);
    }
    let (slot, _) = time_of(&room, to.time)?;
    check_studio_time(tx, ctx, &room, (slot, to.time), to.outside_hours).await?;
    move_to(tx, ctx, (before, &room), slot, (BookingSide::Studio, to.note)).await
}

/// Moves a session by its client, who holds its link, to another start of the same length: as long as they can cancel it for nothing.
///
/// # Errors
/// If it is not confirmed, is no session, the deadline is over, the time cannot be booked, or somebody has it.
pub async fn move_as_client(
    tx: &Tx,
    ctx: &Ctx,
    id: BookingId,
    starts_at: Instant,
) -> Result<booking::Model, BookingError> {
    let found = booking::Entity::find_by_id(id).one(tx).await?;
    let before = found.ok_or(BookingError::NotFound { what: "booking", field: "booking" })?;
    let room = lock_rooms(tx, &before, before.room_id).await?;
    may_move(&before, ctx.env.now())?;
    let minutes = (before.ends_at - before.starts_at).num_minutes();
    let time = NewLength::Minutes { starts_at, minutes };
    let (slot, _) = time_of(&room, time)?;
    check_client_time(tx, ctx, &room, (slot, time)).await?;
    move_to(tx, ctx, (before, &room), slot, (BookingSide::Client, "")).await
}

/// Whether a client may move a booking themselves.
///
/// # Errors
/// [`BookingError::State`], [`BookingError::OtherLength`] or [`BookingError::DeadlineOver`].
pub fn may_move(booking: &booking::Model, now: Instant) -> Result<(), BookingError> {
    if booking.state != BookingState::Confirmed {
        Err(BookingError::State(booking.state))
    } else if booking.kind != BookingKind::Session {
        Err(BookingError::OtherLength)
    } else if now > booking.free_until || now >= booking.starts_at {
        Err(BookingError::DeadlineOver)
    } else {
        Ok(())
    }
}

/// Holds the room that a booking is in and the one that it is moved to; gives the latter.
async fn lock_rooms(tx: &Tx, before: &booking::Model, to: RoomId) -> Result<room::Model, BookingError> {
    let mut rooms = [before.room_id, to];
    rooms.sort_unstable();
    let mut found = None;
    for id in rooms {
        let room = lock_room(tx, id).await?;
        if id == to {
            found = room;
        }
    }
    require_room(found.filter(|room| room.studio_id == before.studio_id))
}

/// Moves a booking as it was seen before its room was held to a time of a room that is.
async fn move_to(
    tx: &Tx,
    ctx: &Ctx,
    (before, room): (booking::Model, &room::Model),
    slot: Slot,
    (side, note): (BookingSide, &str),
) -> Result<booking::Model, BookingError> {
    let note = lines("note", note, MAX_NOTE_CHARS)?;
    let equipment = equipment_of(tx, before.id).await?;
    // In its own room a booking stays as it was booked, wherever a piece has been put meanwhile.
    let stays_elsewhere = |piece: &&equipment::Model| piece.room_id.is_some_and(|other| other != room.id);
    if room.id != before.room_id
        && let Some(piece) = equipment.iter().find(stays_elsewhere)
    {
        return Err(BookingError::OtherRoom { what: piece.name.clone() });
    }
    let held = lock(tx, before.id).await?.filter(|held| held.events == before.events);
    let booking = held.ok_or(BookingError::Raced)?;
    if !booking.stands() {
        return Err(BookingError::State(booking.state));
    }
    let free_until = terms::free_until(slot.starts_at, booking.free_hours);
    let free_until = match side {
        // Who is moved loses no time to say no.
        BookingSide::Studio => free_until.max(booking.free_until.min(slot.starts_at)),
        BookingSide::Client | BookingSide::House => free_until,
    };
    let_go(tx, booking.id).await?;
    let moved = booking::Model {
        room_id: room.id,
        starts_at: slot.starts_at,
        ends_at: slot.ends_at,
        free_until,
        held_until: booking.held_until.map(|until| until.min(slot.starts_at)),
        sequence: booking.sequence.saturating_add(1),
        ..booking
    };
    let note = Some(note.as_str()).filter(|note| !note.is_empty());
    let moved = take(tx, ctx, moved, &Done::new(BookingAct::Moved, side, note)).await?;
    occupy(tx, &moved, room, &equipment).await?;
    Ok(moved)
}

/// What is changed of a booking besides its time; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BookingChange {
    /// What it is called.
    pub title: Edit<String>,
    /// What is said with it.
    pub notes: Edit<String>,
    /// Who the client is in the books.
    pub party: Edit<Option<PartyId>>,
    /// The project that it is for.
    pub project: Edit<Option<ProjectId>>,
    /// Who is asked to come, and as what; all of them.
    pub people: Edit<Vec<(PartyId, String)>>,
    /// What it costs.
    pub price: Edit<Money>,
}

/// Changes what is said of a booking. Of one that stands those are told who are newly asked to come, and who are asked no more.
///
/// # Errors
/// If the actor may not, it is over, something is not the studio's, its client was merged at the same moment, or it costs less than its deposit.
pub async fn change_booking(
    tx: &Tx,
    ctx: &Ctx,
    id: BookingId,
    change: BookingChange,
) -> Result<booking::Model, BookingError> {
    let found = booking::Entity::find_by_id(id).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::WriteProduction, found, |row| row.studio_id)?;
    let seen = found.ok_or(BookingError::NotFound { what: "booking", field: "booking" })?;
    // Who stands there already may have been erased since.
    let named = match change.party {
        Edit::To(party) if party != seen.party_id => party,
        Edit::To(_) | Edit::Keep => None,
    };
    let people = match change.people {
        Edit::To(people) => Some(people),
        Edit::Keep => None,
    };
    let given = people.as_deref().unwrap_or_default();
    hold_parties(tx, &seen, named, given).await?;
    require_own(tx, ctx, seen.studio_id, (named, change.project.or(seen.project_id)), given).await?;
    let held = lock(tx, id).await?.filter(|held| held.party_id == seen.party_id);
    let booking = held.ok_or(BookingError::Raced)?;
    let (party, project) = (change.party.or(booking.party_id), change.project.or(booking.project_id));
    let price = change.price.or(booking.price());
    if price != booking.price() {
        policy::require(&ctx.actor, Action::ManageProduction, booking.studio_id)?;
        require_client(&booking)?;
        if price.currency != booking.currency || !(booking.deposit_minor..=MAX_PRICE_MINOR).contains(&price.minor) {
            return Err(BookingError::Price);
        }
    }
    let before = people_of(tx, booking.id).await?;
    let changed = booking::Model {
        title: change.title.try_map(|title| line("title", &title, MAX_NAME_CHARS))?.or(booking.title),
        notes: change.notes.try_map(|notes| lines("notes", &notes, MAX_NOTES_CHARS))?.or(booking.notes),
        party_id: party,
        project_id: project,
        price_minor: price.minor,
        sequence: booking.sequence.saturating_add(i32::from(people.is_some())),
        ..booking
    };
    if let Some(people) = people {
        booking_person::Entity::delete_many().filter(booking_person::Column::BookingId.eq(changed.id)).exec(tx).await?;
        put_people(tx, &changed, &people).await?;
    }
    let changed = take(tx, ctx, changed, &Done::new(BookingAct::Changed, BookingSide::Studio, None)).await?;
    if changed.state == BookingState::Confirmed {
        tell_people(tx, ctx, &changed, &before).await?;
    }
    Ok(changed)
}

/// Holds all parties of a booking that is about to be changed, those who stand there and those who are newly named, before the booking itself: whoever merges
/// them does so, too.
async fn hold_parties(
    tx: &Tx,
    booking: &booking::Model,
    named: Option<PartyId>,
    people: &[(PartyId, String)],
) -> Result<(), StoreError> {
    let mut all = people_of(tx, booking.id).await?;
    all.extend(booking.party_id.into_iter().chain(named));
    // Who names more is refused.
    all.extend(people.iter().map(|(person, _)| *person).take(MAX_PEOPLE));
    parties::hold_present(tx, booking.studio_id, &all).await?;
    Ok(())
}

/// Has those told who are newly asked to come to a booking, and those who were before and are no more.
async fn tell_people(tx: &Tx, ctx: &Ctx, booking: &booking::Model, before: &[PartyId]) -> Result<(), StoreError> {
    let after = people_of(tx, booking.id).await?;
    let asked = after.iter().filter(|person| !before.contains(person)).map(|person| BookingReader::Person(*person));
    let dropped = before.iter().filter(|person| !after.contains(person)).map(|person| BookingReader::Dropped(*person));
    for to in asked.chain(dropped) {
        mail(tx, ctx, booking, to).await?;
    }
    Ok(())
}
