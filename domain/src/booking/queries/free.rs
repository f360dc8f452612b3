//! What is free.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, Duration, NaiveDate};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use crate::{
    booking::{
        BookingError,
        commands::{NewLength, price_of, time_of},
        entity::{equipment, equipment_slice, exception, room, room_slice},
        rules::{
            DayHours, MAX_LOCKOUT_DAYS, Slot, SlotRules, TimeFault,
            availability::{self, Barred, check_ahead, check_time, quarters},
            hours::Hours,
            terms,
        },
    },
    env::Instant,
    ids::{BookingId, EquipmentId, RoomId},
    money::Money,
    report::StoreError,
};

/// The most days whose slots are read at a time.
pub const MAX_DAYS: u32 = 62;

/// The days between two, both included, on which a room has other hours than its week says.
async fn exceptions_between(
    db: &impl ConnectionTrait,
    room: RoomId,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<BTreeMap<NaiveDate, DayHours>, StoreError> {
    let rows = exception::Entity::find()
        .filter(exception::Column::RoomId.eq(room))
        .filter(exception::Column::OnDate.between(first, last))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.on_date, row.hours)).collect())
}

/// The openings of a room on the days that a time touches and on the one before, in order.
pub(crate) async fn openings_of(
    db: &impl ConnectionTrait,
    room: &room::Model,
    slot: Slot,
) -> Result<Vec<(Instant, Instant)>, StoreError> {
    let zone = room.time_zone;
    openings_between(db, room, zone.day(slot.starts_at), zone.day(slot.ends_at)).await
}

async fn openings_between(
    db: &impl ConnectionTrait,
    room: &room::Model,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<(Instant, Instant)>, StoreError> {
    let exceptions = exceptions_between(db, room.id, first.pred_opt().unwrap_or(first), last).await?;
    let hours = Hours { zone: room.time_zone, week: &room.hours, exceptions: &exceptions };
    Ok(hours.openings(first, last))
}

/// On how many of so many days from one on a room opens at some time.
pub(crate) async fn opening_days(
    db: &impl ConnectionTrait,
    room: &room::Model,
    first: NaiveDate,
    days: u32,
) -> Result<usize, StoreError> {
    let last = first.checked_add_days(Days::new(u64::from(days.saturating_sub(1)))).unwrap_or(first);
    let exceptions = exceptions_between(db, room.id, first, last).await?;
    let hours = Hours { zone: room.time_zone, week: &room.hours, exceptions: &exceptions };
    Ok(first.iter_days().take_while(|day| *day <= last).filter(|day| !hours.on(*day).is_empty()).count())
}

/// What a free time is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The room.
    pub room: &'a room::Model,
    /// What is to be free with it.
    pub equipment: &'a [EquipmentId],
    /// The booking that is moved, if one is: what it occupies is free for it.
    pub moving: Option<BookingId>,
}

/// The quarters of an hour in which what is wanted is occupied, about a time with the room's buffers.
async fn occupied(
    db: &impl ConnectionTrait,
    wanted: Wanted<'_>,
    (from, to): (Instant, Instant),
) -> Result<BTreeSet<i64>, StoreError> {
    let about = quarters((from, to), SlotRules::from(wanted.room).buffers);
    let rows = room_slice::Entity::find()
        .filter(room_slice::Column::RoomId.eq(wanted.room.id))
        .filter(room_slice::Column::Slice.gte(about.start))
        .filter(room_slice::Column::Slice.lt(about.end))
        .all(db)
        .await?;
    let is_others = |booking: BookingId| wanted.moving != Some(booking);
    let mut taken: BTreeSet<i64> =
        rows.into_iter().filter(|row| is_others(row.booking_id)).map(|row| row.slice).collect();
    if !wanted.equipment.is_empty() {
        // Of another studio's piece nobody learns here when it is used.
        let own = equipment::Entity::find()
            .select_only()
            .column(equipment::Column::Id)
            .filter(equipment::Column::StudioId.eq(wanted.room.studio_id))
            .filter(equipment::Column::Id.is_in(wanted.equipment.iter().copied()));
        let rows = equipment_slice::Entity::find()
            .filter(equipment_slice::Column::EquipmentId.in_subquery(own.into_query()))
            .filter(equipment_slice::Column::Slice.gte(about.start))
            .filter(equipment_slice::Column::Slice.lt(about.end))
            .all(db)
            .await?;
        taken.extend(rows.into_iter().filter(|row| is_others(row.booking_id)).map(|row| row.slice));
    }
    Ok(taken)
}

/// Whether any of some days can be booked at all: none before today can, nor one further ahead than the room is booked.
fn is_within_reach(room: &room::Model, (first, last): (NaiveDate, NaiveDate), now: Instant) -> bool {
    let ahead = now + Duration::days(i64::from(room.horizon_days));
    room.time_zone.day(now) <= last && first <= room.time_zone.day(ahead)
}

/// The slots of so many minutes that a client can hold now and that begin on one of so many days, in order; at most [`MAX_DAYS`] days are looked at. Open to
/// anybody who sees the room: they tell nothing but what is taken.
pub async fn free_slots(
    db: &impl ConnectionTrait,
    wanted: Wanted<'_>,
    (first, days): (NaiveDate, u32),
    minutes: i64,
    now: Instant,
) -> Result<Vec<Slot>, StoreError> {
    let room = wanted.room;
    let (zone, rules) = (room.time_zone, SlotRules::from(room));
    if !(rules.min_minutes..=rules.max_minutes).contains(&minutes) {
        return Ok(Vec::new());
    }
    let last = last_of(first, days);
    if !is_within_reach(room, (first, last), now) {
        return Ok(Vec::new());
    }
    let (openings, taken) = sessions_about(db, wanted, (first, last)).await?;
    let mut slots = availability::free_slots(rules, &openings, &taken, minutes, now);
    slots.retain(|slot| (first..=last).contains(&zone.day(slot.starts_at)));
    Ok(slots)
}

/// Why no slot of so many minutes begins on a day, of each of so many days on which none does; at most [`MAX_DAYS`] days are looked at. Open to anybody who
/// sees the room.
pub async fn why_no_slots(
    db: &impl ConnectionTrait,
    wanted: Wanted<'_>,
    (first, days): (NaiveDate, u32),
    minutes: i64,
    now: Instant,
) -> Result<BTreeMap<NaiveDate, Barred>, StoreError> {
    let (zone, rules, last) = (wanted.room.time_zone, SlotRules::from(wanted.room), last_of(first, days));
    let (openings, taken) = sessions_about(db, wanted, (first, last)).await?;
    let why = |day: NaiveDate| {
        let barred = availability::barred(rules, &openings, &taken, zone.bounds(day), minutes, now)?;
        Some((day, barred))
    };
    Ok(first.iter_days().take_while(|day| *day <= last).filter_map(why).collect())
}

/// The last of so many days from one on, of which at most [`MAX_DAYS`] are looked at.
fn last_of(first: NaiveDate, days: u32) -> NaiveDate {
    first.checked_add_days(Days::new(u64::from(days.clamp(1, MAX_DAYS) - 1))).unwrap_or(first)
}

/// When the room opens, and what is taken, as sessions see it that begin on one of some days.
async fn sessions_about(
    db: &impl ConnectionTrait,
    wanted: Wanted<'_>,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<(Vec<(Instant, Instant)>, BTreeSet<i64>), StoreError> {
    let zone = wanted.room.time_zone;
    let until = last.checked_add_days(Days::new(2)).unwrap_or(last);
    let openings = openings_between(db, wanted.room, first, until).await?;
    let taken = occupied(db, wanted, (zone.bounds(first).0, zone.bounds(until).1)).await?;
    Ok((openings, taken))
}

/// The days among so many on which a lock-out of so many days can begin that a client can hold now. Open to anybody who sees the room.
pub async fn free_lockouts(
    db: &impl ConnectionTrait,
    wanted: Wanted<'_>,
    (first, days): (NaiveDate, u32),
    length: u32,
    now: Instant,
) -> Result<Vec<NaiveDate>, StoreError> {
    let room = wanted.room;
    if room.day_rate_minor.is_none() || !(1..=MAX_LOCKOUT_DAYS).contains(&length) {
        return Ok(Vec::new());
    }
    if !is_within_reach(room, (first, last_of(first, days)), now) {
        return Ok(Vec::new());
    }
    let looked_at = lockouts(db, wanted, (first, days), length, now).await?;
    Ok(looked_at.into_iter().filter(|(_, barred)| barred.is_none()).map(|(day, _)| day).collect())
}

/// Why no lock-out of so many days begins on a day, of each of so many days on which none does. Open to anybody who sees the room.
pub async fn why_no_lockouts(
    db: &impl ConnectionTrait,
    wanted: Wanted<'_>,
    days: (NaiveDate, u32),
    length: u32,
    now: Instant,
) -> Result<BTreeMap<NaiveDate, Barred>, StoreError> {
    let looked_at = lockouts(db, wanted, days, length.clamp(1, MAX_LOCKOUT_DAYS), now).await?;
    Ok(looked_at.into_iter().filter_map(|(day, barred)| Some((day, barred?))).collect())
}

/// So many days, each with why a lock-out of so many days cannot begin on it; with nothing if it can.
async fn lockouts(
    db: &impl ConnectionTrait,
    wanted: Wanted<'_>,
    (first, days): (NaiveDate, u32),
    length: u32,
    now: Instant,
) -> Result<Vec<(NaiveDate, Option<Barred>)>, StoreError> {
    let room = wanted.room;
    let (zone, rules) = (room.time_zone, SlotRules::from(room));
    let further = |day: NaiveDate, by: u32| day.checked_add_days(Days::new(u64::from(by))).unwrap_or(day);
    let last = last_of(first, days);
    let until = further(last, length);
    let exceptions = exceptions_between(db, room.id, first, until).await?;
    let hours = Hours { zone, week: &room.hours, exceptions: &exceptions };
    let taken = occupied(db, wanted, (zone.bounds(first).0, zone.bounds(until).1)).await?;
    let barred = |day: NaiveDate| {
        let ends = further(day, length - 1);
        let slot = Slot { starts_at: zone.bounds(day).0, ends_at: zone.bounds(ends).1 };
        let touched = quarters((slot.starts_at, slot.ends_at), rules.buffers);
        let is_open = day.iter_days().take_while(|on| *on <= ends).all(|on| !hours.on(on).is_empty());
        match check_time(slot, now).and_then(|()| check_ahead(rules, slot.starts_at, now)) {
            _ if !is_open => Some(Barred::Closed),
            Err(TimeFault::Horizon { .. }) => Some(Barred::Horizon),
            Err(_) => Some(Barred::Notice),
            Ok(()) => taken.range(touched).next().map(|_| Barred::Taken),
        }
    };
    Ok(first.iter_days().take_while(|day| *day <= last).map(|day| (day, barred(day))).collect())
}

/// What a time costs a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// When it begins and ends.
    pub slot: Slot,
    /// What it costs, equipment and all.
    pub price: Money,
    /// What of that each piece of equipment costs, in the order in which they were given.
    pub pieces: Vec<Money>,
    /// What of that is paid ahead.
    pub deposit: Money,
    /// Until when it is cancelled for nothing.
    pub free_until: Instant,
}

/// What a time costs in a room with equipment that is booked along, by the rates and terms of now. Whether it is free is not asked.
///
/// # Errors
/// If it is no time, or the room is not rented so.
pub fn quote(room: &room::Model, equipment: &[equipment::Model], time: NewLength) -> Result<Quote, BookingError> {
    let (slot, rented) = time_of(room, time)?;
    if slot.ends_at <= slot.starts_at {
        return Err(TimeFault::Nothing.into());
    }
    let (price, pieces) = price_of(room, equipment, rented)?.ok_or(BookingError::NotRented)?;
    let deposit = terms::deposit(price, room.deposit_share);
    Ok(Quote { slot, price, pieces, deposit, free_until: terms::free_until(slot.starts_at, room.free_cancel_hours) })
}
