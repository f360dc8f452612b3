//! Bookings that recur, made and called off together; each is a booking of its own, which is moved and cancelled for itself.

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::{
    Done, begin, lock,
    making::{NewBooking, NewLength, check_studio_time, insert, prepare, time_of},
    occupying::let_go,
    take,
};
use crate::{
    actor::Ctx,
    booking::{
        BookingError,
        entity::{BookingAct, BookingReader, BookingSide, BookingState, booking, booking_person, series},
        rules::{
            SlotRules, Zone,
            availability::quarters,
            recurring::{MAX_QUARTERS, SeriesEnd, SeriesFault, occurrences},
            texts::{MAX_NOTE_CHARS, lines},
        },
    },
    env::Instant,
    ids::{BookingSeriesId, PartyId},
    outbox::{self, Job},
    policy::{self, Action},
    report::StoreError,
    store::Tx,
};

/// Bookings that recur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSeries {
    /// The first; that it is held for its client is passed over, for a series stands at once.
    pub first: NewBooking,
    /// Every how many weeks.
    pub every_weeks: i32,
    /// Until when.
    pub end: SeriesEnd,
}

/// Makes all bookings of a series, at the same time of the clock each; or none, if one of them cannot be made.
///
/// # Errors
/// [`BookingError::Occurrence`], with the day of the booking that cannot be made and why.
pub async fn create_series(
    tx: &Tx,
    ctx: &Ctx,
    new: &NewSeries,
) -> Result<(series::Model, Vec<booking::Model>), BookingError> {
    let (room, equipment, draft) = prepare(tx, ctx, &NewBooking { hold: None, ..new.first.clone() }).await?;
    // Before others are counted from it.
    let (first, _) = time_of(&room, new.first.time)?;
    let times = times(room.time_zone, new)?;
    let of_each = quarters((first.starts_at, first.ends_at), SlotRules::from(&room).buffers);
    let things = (equipment.len() + 1) * times.len();
    let taken = (of_each.end - of_each.start).saturating_mul(i64::try_from(things).unwrap_or(i64::MAX));
    if taken > MAX_QUARTERS {
        return Err(SeriesFault::Quarters(taken).into());
    }
    let row = series::Model {
        id: ctx.env.id(),
        studio_id: room.studio_id,
        room_id: room.id,
        every_weeks: new.every_weeks,
        occurrences: i32::try_from(times.len()).unwrap_or(i32::MAX),
        created_by: ctx.actor.user(),
        created_at: ctx.env.now(),
    };
    row.clone().into_active_model().insert(tx).await?;
    let mut made = Vec::with_capacity(times.len());
    for (on, time) in times {
        let of_day = |fault: BookingError| match fault {
            broken @ BookingError::Store(_) => broken,
            fault => BookingError::Occurrence { on, fault: Box::new(fault) },
        };
        let (slot, rented) = time_of(&room, time).map_err(of_day)?;
        check_studio_time(tx, ctx, &room, (slot, time), new.first.outside_hours).await.map_err(of_day)?;
        let placed = insert(tx, ctx, (&room, &equipment), &draft, (slot, rented), Some(row.id)).await;
        let booking = placed.map_err(of_day)?;
        begin(tx, ctx, &booking, BookingSide::Studio).await?;
        made.push(booking);
    }
    tell(tx, ctx, &row, &made).await?;
    Ok((row, made))
}

/// The days of a series, and the time of each.
fn times(zone: Zone, new: &NewSeries) -> Result<Vec<(NaiveDate, NewLength)>, BookingError> {
    let first = match new.first.time {
        NewLength::Minutes { starts_at, .. } => zone.local(starts_at),
        NewLength::Days { first, .. } => first.into(),
    };
    let locals = occurrences(first, new.every_weeks, new.end)?;
    let at = |(place, local): (usize, chrono::NaiveDateTime)| {
        let time = match new.first.time {
            // The very first was named as an instant, and is that even where the clocks show it twice.
            NewLength::Minutes { .. } if place == 0 => new.first.time,
            NewLength::Minutes { minutes, .. } => NewLength::Minutes { starts_at: zone.instant(local), minutes },
            NewLength::Days { days, .. } => NewLength::Days { first: local.date(), days },
        };
        (local.date(), time)
    };
    Ok(locals.into_iter().enumerate().map(at).collect())
}

/// Has the client and those who are asked to come told of a series as it stands.
async fn tell(tx: &Tx, ctx: &Ctx, series: &series::Model, bookings: &[booking::Model]) -> Result<(), StoreError> {
    let mut readers = Vec::new();
    if bookings.iter().any(|booking| booking.client_email.is_some()) {
        readers.push(BookingReader::Client);
    }
    let asked = booking_person::Entity::find()
        .filter(booking_person::Column::BookingId.is_in(bookings.iter().map(|booking| booking.id)))
        .order_by_asc(booking_person::Column::PartyId)
        .all(tx)
        .await?;
    let mut people: Vec<PartyId> = asked.into_iter().map(|row| row.party_id).collect();
    people.dedup();
    readers.extend(people.into_iter().map(BookingReader::Person));
    for to in readers {
        outbox::put(tx, ctx, Some(series.studio_id), &Job::MailBookingSeries { series: series.id, to }).await?;
    }
    Ok(())
}

/// Calls off what stands of a series and begins at an instant or later; what has begun stays. Gives what was called off.
///
/// # Errors
/// If the actor may not.
pub async fn cancel_series(
    tx: &Tx,
    ctx: &Ctx,
    id: BookingSeriesId,
    from: Option<Instant>,
    note: &str,
) -> Result<Vec<booking::Model>, BookingError> {
    let found = series::Entity::find_by_id(id).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::WriteProduction, found, |row| row.studio_id)?;
    let series = found.ok_or(BookingError::NotFound { what: "series", field: "series" })?;
    let note = lines("note", note, MAX_NOTE_CHARS)?;
    let said = Some(note.as_str()).filter(|note| !note.is_empty());
    let now = ctx.env.now();
    let from = from.map_or(now, |from| from.max(now));
    let standing = booking::Entity::find()
        .filter(booking::Column::SeriesId.eq(id))
        .filter(booking::Column::State.eq(BookingState::Confirmed))
        .filter(booking::Column::StartsAt.gte(from))
        .order_by_asc(booking::Column::Id)
        .all(tx)
        .await?;
    let mut cancelled = Vec::with_capacity(standing.len());
    for row in standing {
        // It may have been cancelled or moved for itself meanwhile.
        let held = lock(tx, row.id).await?;
        let Some(booking) = held.filter(|held| held.state == BookingState::Confirmed && held.starts_at >= from) else {
            continue;
        };
        let_go(tx, booking.id).await?;
        let booking = booking::Model { sequence: booking.sequence.saturating_add(1), ..booking };
        let done = Done { is_told: false, ..Done::new(BookingAct::Cancelled, BookingSide::Studio, said) };
        cancelled.push(take(tx, ctx, booking, &done).await?);
    }
    if !cancelled.is_empty() {
        tell(tx, ctx, &series, &cancelled).await?;
    }
    Ok(cancelled)
}
