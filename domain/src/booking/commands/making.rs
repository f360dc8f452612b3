//! Making bookings of the studio, and what all bookings are made of.

use chrono::{Datelike, Duration, NaiveDate};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{
    begin, client_in_books, hold_party,
    occupying::{lock_equipment, lock_room, occupy},
};
use crate::{
    actor::Ctx,
    booking::{
        BookingError,
        entity::{BookingKind, BookingSide, BookingState, booking, booking_equipment, booking_person, equipment, room},
        queries,
        rules::{
            self, Slot, TimeFault,
            availability::{check_open, check_time},
            terms::{self, Rates, Rented},
            texts::{MAX_NAME_CHARS, MAX_NOTES_CHARS, line, lines, optional_line},
        },
    },
    email::EmailAddress,
    env::Instant,
    identity::commands::hold_open,
    ids::{BookingSeriesId, EquipmentId, PartyId, ProjectId, RoomId, StudioId},
    money::{Money, MoneyError},
    policy::{self, Action},
    production::entity::project,
    store::Tx,
};

/// The longest role of somebody who is asked to come, in characters.
const MAX_ROLE_CHARS: usize = 60;
/// The years of which anything is booked: those that databases and calendars write alike.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2100;

/// For when something is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewLength {
    /// From an instant on, for so many minutes: a session.
    Minutes {
        /// When it begins.
        starts_at: Instant,
        /// How long it lasts.
        minutes: i64,
    },
    /// So many whole days where the room is: a lock-out.
    Days {
        /// The first.
        first: NaiveDate,
        /// How many.
        days: u32,
    },
}

/// A client, as the studio enters them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientFacts {
    /// Their name.
    pub name: String,
    /// Where they are reached; empty if nowhere.
    pub email: String,
}

/// That a booking of the studio's making is held until its client has confirmed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Until when; none for [`rules::STUDIO_HOLD_HOURS`], or until it begins if that is sooner.
    pub until: Option<Instant>,
    /// Whether the client confirms it by paying the room's deposit.
    pub asks_deposit: bool,
}

/// A booking of the studio's making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBooking {
    /// The room.
    pub room: RoomId,
    /// For when.
    pub time: NewLength,
    /// Whether nobody comes: the room is only kept free.
    pub is_block: bool,
    /// What it is called; none for the client's name.
    pub title: Option<String>,
    /// Who comes.
    pub client: Option<ClientFacts>,
    /// Who that is in the books.
    pub party: Option<PartyId>,
    /// The project that it is for.
    pub project: Option<ProjectId>,
    /// What is booked along.
    pub equipment: Vec<EquipmentId>,
    /// Who is asked to come, and as what.
    pub people: Vec<(PartyId, String)>,
    /// What is said with it.
    pub notes: String,
    /// Another price than by the rates.
    pub price: Option<Money>,
    /// That it waits for its client; none if it stands at once.
    pub hold: Option<Hold>,
    /// Whether the opening hours are passed over.
    pub outside_hours: bool,
}

/// What a booking is, but for its time; checked.
pub(super) struct Draft {
    pub(super) kind: BookingKind,
    pub(super) title: String,
    pub(super) client_name: Option<String>,
    pub(super) client_email: Option<EmailAddress>,
    pub(super) party: Option<PartyId>,
    pub(super) project: Option<ProjectId>,
    pub(super) people: Vec<(PartyId, String)>,
    pub(super) notes: String,
    /// Another price than by the rates.
    pub(super) price: Option<Money>,
    /// Until when it is held, and whether by a deposit; none if it stands at once.
    pub(super) held: Option<(Instant, bool)>,
    pub(super) device: (Option<String>, Option<String>),
}

/// Makes a booking of the studio: it stands at once, or waits for its client.
///
/// # Errors
/// If the time cannot be booked or is taken, something of it is not the studio's, or a client is asked who has no address.
pub async fn create_booking(tx: &Tx, ctx: &Ctx, new: &NewBooking) -> Result<booking::Model, BookingError> {
    let (room, equipment, draft) = prepare(tx, ctx, new).await?;
    let (slot, rented) = time_of(&room, new.time)?;
    check_studio_time(tx, ctx, &room, (slot, new.time), new.outside_hours).await?;
    let booking = insert(tx, ctx, (&room, &equipment), &draft, (slot, rented), None).await?;
    begin(tx, ctx, &booking, BookingSide::Studio).await?;
    Ok(booking)
}

/// The room and the equipment of a booking of the studio's making, which are held from now on, and what it is; all of it checked but the time.
pub(super) async fn prepare(
    tx: &Tx,
    ctx: &Ctx,
    new: &NewBooking,
) -> Result<(room::Model, Vec<equipment::Model>, Draft), BookingError> {
    let found = lock_room(tx, new.room).await?;
    let found = policy::visible(&ctx.actor, Action::WriteProduction, found, |room| room.studio_id)?;
    let room = require_room(found)?;
    hold_open(tx, room.studio_id).await??;
    let equipment = require_equipment(tx, &room, &new.equipment, false).await?;
    require_own(tx, ctx, room.studio_id, (new.party, new.project), &new.people).await?;
    if let Some(price) = new.price {
        policy::require(&ctx.actor, Action::ManageProduction, room.studio_id)?;
        if !(0..=rules::MAX_PRICE_MINOR).contains(&price.minor) || price.currency != room.currency {
            return Err(BookingError::Price);
        }
    }
    let client = new.client.as_ref().filter(|_| !new.is_block);
    let client_name = client.map(|client| client_name(&client.name)).transpose()?;
    let email = client.map(|client| client.email.trim()).filter(|email| !email.is_empty());
    let client_email: Option<EmailAddress> = email.map(str::parse).transpose().map_err(|_| BookingError::Email)?;
    let hold = new.hold.filter(|_| !new.is_block);
    if hold.is_some() && client_email.is_none() {
        return Err(BookingError::NoAddress);
    }
    let mut people = Vec::with_capacity(new.people.len());
    for (place, (person, role)) in new.people.iter().enumerate() {
        people.push((*person, line(format!("people.{place}.role"), role, MAX_ROLE_CHARS)?));
    }
    let title = optional_line("title", new.title.as_deref(), MAX_NAME_CHARS)?;
    // Who holds it only becomes a party once it is confirmed.
    let party = if hold.is_some() {
        new.party
    } else {
        let client = (client_name.as_deref(), client_email.as_ref());
        client_in_books(tx, ctx, room.studio_id, new.party, client).await?
    };
    let blocked = || if new.is_block { "Blocked" } else { "Booked" }.to_owned();
    let draft = Draft {
        kind: match new.time {
            _ if new.is_block => BookingKind::Block,
            NewLength::Minutes { .. } => BookingKind::Session,
            NewLength::Days { .. } => BookingKind::Lockout,
        },
        title: title.or_else(|| client_name.clone()).unwrap_or_else(blocked),
        client_name,
        client_email,
        party,
        project: new.project,
        people,
        notes: lines("notes", &new.notes, MAX_NOTES_CHARS)?,
        price: new.price,
        held: hold.map(|hold| {
            let usual = ctx.env.now() + Duration::hours(rules::STUDIO_HOLD_HOURS);
            (hold.until.unwrap_or(usual), hold.asks_deposit)
        }),
        device: (None, None),
    };
    Ok((room, equipment, draft))
}

/// A room that is still booked.
pub(super) fn require_room(found: Option<room::Model>) -> Result<room::Model, BookingError> {
    let room = found.ok_or(BookingError::NotFound { what: "room", field: "room" })?;
    if room.archived_at.is_some() { Err(BookingError::Archived { what: room.name }) } else { Ok(room) }
}

/// The equipment of these ids, which is held from now on, if it can be booked with a room; by a client, if it is for clients.
pub(super) async fn require_equipment(
    tx: &Tx,
    room: &room::Model,
    ids: &[EquipmentId],
    by_client: bool,
) -> Result<Vec<equipment::Model>, BookingError> {
    if ids.len() > rules::MAX_EQUIPMENT {
        return Err(BookingError::TooMuch { field: "equipment" });
    }
    let mut wanted = ids.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let found = lock_equipment(tx, &wanted).await?;
    if found.len() < wanted.len() || found.iter().any(|piece| piece.studio_id != room.studio_id) {
        return Err(BookingError::NotFound { what: "piece of equipment", field: "equipment" });
    }
    for piece in &found {
        if piece.archived_at.is_some() {
            return Err(BookingError::Archived { what: piece.name.clone() });
        }
        let stays_elsewhere = piece.room_id.is_some_and(|other| other != room.id);
        if stays_elsewhere || (by_client && !piece.is_public) || piece.currency != room.currency {
            return Err(BookingError::OtherRoom { what: piece.name.clone() });
        }
    }
    Ok(found)
}

/// Refuses parties and projects of other studios as if there were none; the parties are held from now on, in the order of their ids.
pub(super) async fn require_own(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    (party, project): (Option<PartyId>, Option<ProjectId>),
    people: &[(PartyId, String)],
) -> Result<(), BookingError> {
    if people.len() > rules::MAX_PEOPLE {
        return Err(BookingError::TooMuch { field: "people" });
    }
    let named = people.iter().map(|(person, _)| (*person, "people")).chain(party.map(|party| (party, "party")));
    let mut named: Vec<(PartyId, &'static str)> = named.collect();
    named.sort_unstable();
    named.dedup_by_key(|(id, _)| *id);
    for (id, field) in named {
        let held = hold_party(tx, ctx, Action::WriteProduction, (studio, id)).await;
        held.map_err(|problem| BookingError::Party { field, problem })?;
    }
    if let Some(project) = project {
        let found = project::Entity::find_by_id(project).filter(project::Column::StudioId.eq(studio)).one(tx).await?;
        found.ok_or(BookingError::NotFound { what: "project", field: "project" })?;
    }
    Ok(())
}

pub(super) fn client_name(text: &str) -> Result<String, BookingError> {
    line("name", text, MAX_NAME_CHARS).map_err(|_| BookingError::ClientName)
}

/// When it begins and ends, and how long it is rented.
pub(crate) fn time_of(room: &room::Model, time: NewLength) -> Result<(Slot, Rented), BookingError> {
    let year = match time {
        NewLength::Minutes { starts_at, .. } => starts_at.year(),
        NewLength::Days { first, .. } => first.year(),
    };
    if year < *YEARS.start() {
        return Err(TimeFault::Past.into());
    }
    if year > *YEARS.end() {
        return Err(TimeFault::Horizon { horizon_days: rules::MAX_AHEAD_DAYS }.into());
    }
    match time {
        NewLength::Minutes { starts_at, minutes } => {
            let length = Duration::try_minutes(minutes).filter(|_| minutes <= rules::MAX_STUDIO_MINUTES);
            let too_long = TimeFault::TooLong { minutes, max_minutes: rules::MAX_STUDIO_MINUTES };
            let ends_at = length.and_then(|length| starts_at.checked_add_signed(length)).ok_or(too_long)?;
            Ok((Slot { starts_at, ends_at }, Rented::Minutes(minutes)))
        }
        NewLength::Days { first, days } => {
            if !(1..=rules::MAX_LOCKOUT_DAYS).contains(&days) {
                return Err(BookingError::Days);
            }
            let last = first.checked_add_days(chrono::Days::new(u64::from(days - 1))).ok_or(BookingError::Days)?;
            let slot = Slot { starts_at: room.time_zone.bounds(first).0, ends_at: room.time_zone.bounds(last).1 };
            let minutes = (slot.ends_at - slot.starts_at).num_minutes();
            Ok((slot, Rented::Days { days: i64::from(days), minutes }))
        }
    }
}

/// Refuses a time that not even the studio books; unless it says so, also one outside of the opening hours.
pub(super) async fn check_studio_time(
    tx: &Tx,
    ctx: &Ctx,
    room: &room::Model,
    (slot, time): (Slot, NewLength),
    outside_hours: bool,
) -> Result<(), BookingError> {
    let now = ctx.env.now();
    check_time(slot, now)?;
    if slot.starts_at > now + Duration::days(rules::MAX_AHEAD_DAYS) {
        return Err(TimeFault::Horizon { horizon_days: rules::MAX_AHEAD_DAYS }.into());
    }
    if !outside_hours {
        check_hours(tx, room, (slot, time)).await?;
    }
    Ok(())
}

/// Whether the room is open: a session lies within the openings, and on each day of a lock-out it opens at some time.
pub(super) async fn check_hours(
    tx: &Tx,
    room: &room::Model,
    (slot, time): (Slot, NewLength),
) -> Result<(), BookingError> {
    match time {
        NewLength::Minutes { .. } => check_open(&queries::openings_of(tx, room, slot).await?, slot)?,
        NewLength::Days { first, days } => {
            let opens = queries::opening_days(tx, room, first, days).await?;
            if usize::try_from(days).unwrap_or(usize::MAX) != opens {
                return Err(TimeFault::Closed.into());
            }
        }
    }
    Ok(())
}

/// What a booking of a room and equipment costs by their rates, and each piece of it; none if the room is not rented so.
pub(crate) fn price_of(
    room: &room::Model,
    equipment: &[equipment::Model],
    rented: Rented,
) -> Result<Option<(Money, Vec<Money>)>, BookingError> {
    let Some(mut total) = terms::price(Rates { hour: room.hour_rate(), day: room.day_rate() }, rented)? else {
        return Ok(None);
    };
    let mut pieces = Vec::with_capacity(equipment.len());
    for piece in equipment {
        let price = terms::price(Rates { hour: piece.hour_rate(), day: piece.day_rate() }, rented)?;
        // What has no rate comes along for nothing.
        let price = price.unwrap_or(Money::zero(room.currency));
        total = total.plus(price)?;
        pieces.push(price);
    }
    if total.minor > rules::MAX_PRICE_MINOR {
        return Err(MoneyError::Overflow.into());
    }
    Ok(Some((total, pieces)))
}

/// Writes a booking with all that it occupies; what it costs is by the rates unless the draft says otherwise. Who calls this holds the studio open.
pub(super) async fn insert(
    tx: &Tx,
    ctx: &Ctx,
    (room, equipment): (&room::Model, &[equipment::Model]),
    draft: &Draft,
    (slot, rented): (Slot, Rented),
    series: Option<BookingSeriesId>,
) -> Result<booking::Model, BookingError> {
    let nothing = Money::zero(room.currency);
    let is_block = draft.kind == BookingKind::Block;
    let by_rates = if is_block { None } else { price_of(room, equipment, rented)? };
    let (by_rates, pieces) = by_rates.unwrap_or_else(|| (nothing, vec![nothing; equipment.len()]));
    let price = draft.price.filter(|_| !is_block).unwrap_or(by_rates);
    let now = ctx.env.now();
    let held_until = draft.held.map(|(until, _)| until.min(slot.starts_at));
    if held_until.is_some_and(|until| until <= now) {
        return Err(BookingError::HoldUntil);
    }
    let asks_deposit = draft.held.is_some_and(|(_, asks_deposit)| asks_deposit);
    let row = booking::Model {
        id: ctx.env.id(),
        studio_id: room.studio_id,
        room_id: room.id,
        series_id: series,
        kind: draft.kind,
        state: if held_until.is_some() { BookingState::Held } else { BookingState::Confirmed },
        title: draft.title.clone(),
        starts_at: slot.starts_at,
        ends_at: slot.ends_at,
        client_name: draft.client_name.clone(),
        client_email: draft.client_email.clone(),
        party_id: draft.party,
        project_id: draft.project,
        notes: draft.notes.clone(),
        price_minor: price.minor,
        deposit_minor: if asks_deposit { terms::deposit(price, room.deposit_share).minor } else { 0 },
        currency: room.currency,
        free_hours: room.free_cancel_hours,
        free_until: terms::free_until(slot.starts_at, room.free_cancel_hours),
        kept_share: room.kept_share,
        held_until,
        sequence: 0,
        events: 1,
        client_ip: draft.device.0.clone(),
        client_user_agent: draft.device.1.clone(),
        created_by: ctx.actor.user(),
        created_at: now,
        updated_at: now,
        kept_minor: None,
    };
    row.clone().into_active_model().insert(tx).await?;
    for (piece, price) in equipment.iter().zip(pieces) {
        let along = booking_equipment::ActiveModel {
            booking_id: Set(row.id),
            equipment_id: Set(piece.id),
            price_minor: Set(price.minor),
        };
        along.insert(tx).await?;
    }
    put_people(tx, &row, &draft.people).await?;
    occupy(tx, &row, room, equipment).await?;
    Ok(row)
}

/// Asks people to come to a booking; of one who is named twice the last role stands.
pub(super) async fn put_people(
    tx: &Tx,
    booking: &booking::Model,
    people: &[(PartyId, String)],
) -> Result<(), BookingError> {
    let by_person: std::collections::BTreeMap<PartyId, &String> =
        people.iter().map(|(person, role)| (*person, role)).collect();
    for (person, role) in by_person {
        let row =
            booking_person::ActiveModel { booking_id: Set(booking.id), party_id: Set(person), role: Set(role.clone()) };
        row.insert(tx).await?;
    }
    Ok(())
}
