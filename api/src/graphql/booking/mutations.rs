//! What the studio does with bookings.

use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    booking::{
        commands::{
            self, BookingChange, ClientFacts, Hold, MoveBooking, NewBooking, NewLength, NewSeries, StudioCancel,
        },
        entity::{booking, series},
        rules::recurring::SeriesEnd,
    },
    edit::Edit,
    ids::{BookingId, BookingSeriesId, EquipmentId, PartyId, ProjectId, RoomId},
    report::{Kind, Report},
};

use super::bookings::{Booking, BookingSeries};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        catalog::edit,
        errors::Failure,
        scalars::{Id, MoneyInput},
    },
    payload,
};

/// For when something is booked: a start and so many minutes, or a first day and so many days.
#[derive(Debug, InputObject)]
pub struct BookingTimeInput {
    /// When it begins, of so many minutes.
    pub starts_at: Option<DateTime<Utc>>,
    /// How many minutes.
    pub minutes: Option<i32>,
    /// The first day where the room is, of whole days.
    pub first_day: Option<NaiveDate>,
    /// How many days, 1 to 31.
    pub days: Option<i32>,
}

impl BookingTimeInput {
    pub(super) fn read(&self) -> Result<NewLength, Failure> {
        match (self.starts_at, self.minutes, self.first_day, self.days) {
            (Some(starts_at), Some(minutes), None, None) => {
                Ok(NewLength::Minutes { starts_at, minutes: i64::from(minutes) })
            }
            (None, None, Some(first), Some(days)) => {
                Ok(NewLength::Days { first, days: u32::try_from(days).unwrap_or_default() })
            }
            _ => {
                let message = "a booking has a start and minutes, or a first day and days";
                let report = Report::new(Kind::Invalid, "BOOKING_TIME", message).field("time");
                Err(Failure::new(report.remedy("give startsAt and minutes, or firstDay and days")))
            }
        }
    }
}

/// Who comes.
#[derive(Debug, InputObject)]
pub struct BookingClientInput {
    /// Their name.
    pub name: String,
    /// Where mails and invitations go; empty if nowhere.
    #[graphql(default)]
    pub email: String,
}

/// Somebody who is asked to come, and is invited by mail if their party has an address.
#[derive(Debug, InputObject)]
pub struct BookingPersonInput {
    /// Who.
    pub party: Id<PartyId>,
    /// As what, such as `engineer`.
    pub role: String,
}

/// A booking to be made.
#[derive(Debug, InputObject)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the input")]
pub struct CreateBookingInput {
    /// The room.
    pub room: Id<RoomId>,
    /// For when.
    pub time: BookingTimeInput,
    /// Whether nobody comes: the room is only kept free.
    #[graphql(default)]
    pub block: bool,
    /// What it is called in calendars; the client's name if it is left out.
    pub title: Option<String>,
    /// Who comes.
    pub client: Option<BookingClientInput>,
    /// Who that is in the books.
    pub party: Option<Id<PartyId>>,
    /// The project that it is for.
    pub project: Option<Id<ProjectId>>,
    /// What is booked along.
    #[graphql(default)]
    pub equipment: Vec<Id<EquipmentId>>,
    /// Who is asked to come.
    #[graphql(default)]
    pub people: Vec<BookingPersonInput>,
    /// What is said with it.
    #[graphql(default)]
    pub notes: String,
    /// Another price than by the rates; for who sets rates.
    pub price: Option<MoneyInput>,
    /// Whether the opening hours are passed over.
    #[graphql(default)]
    pub outside_hours: bool,
    /// Whether it is only held until its client has confirmed it by the mailed link.
    #[graphql(default)]
    pub hold: bool,
    /// Until when it is held; for two days, or until it begins, if that is left out.
    pub hold_until: Option<DateTime<Utc>>,
    /// Whether the client confirms what is held by paying the room's deposit.
    #[graphql(default)]
    pub ask_deposit: bool,
}

impl CreateBookingInput {
    fn read(self) -> Result<NewBooking, Failure> {
        let holds = self.hold || self.hold_until.is_some() || self.ask_deposit;
        Ok(NewBooking {
            room: self.room.named("room")?,
            time: self.time.read()?,
            is_block: self.block,
            title: self.title,
            client: self.client.map(|client| ClientFacts { name: client.name, email: client.email }),
            party: self.party.map(|id| id.named("party")).transpose()?,
            project: self.project.map(|id| id.named("project")).transpose()?,
            equipment: pieces(&self.equipment)?,
            people: people(self.people)?,
            notes: self.notes,
            price: self.price.map(|price| price.named("price")).transpose()?,
            hold: holds.then_some(Hold { until: self.hold_until, asks_deposit: self.ask_deposit }),
            outside_hours: self.outside_hours,
        })
    }
}

pub(super) fn pieces(given: &[Id<EquipmentId>]) -> Result<Vec<EquipmentId>, Failure> {
    given.iter().enumerate().map(|(place, id)| id.named(&format!("equipment.{place}"))).collect()
}

fn people(given: Vec<BookingPersonInput>) -> Result<Vec<(PartyId, String)>, Failure> {
    let person = |(place, person): (usize, BookingPersonInput)| {
        Ok((person.party.named(&format!("people.{place}.party"))?, person.role))
    };
    given.into_iter().enumerate().map(person).collect()
}

/// Bookings that recur, at the same time of the clock each.
#[derive(Debug, InputObject)]
pub struct CreateBookingSeriesInput {
    /// The first of them.
    pub first: CreateBookingInput,
    /// Every how many weeks, 1 to 12.
    #[graphql(default = 1)]
    pub every_weeks: i32,
    /// How many in all, 2 to 104; either this or `until`.
    pub count: Option<i32>,
    /// The day of the last one at the latest.
    pub until: Option<NaiveDate>,
}

/// Bookings of a series to be called off.
#[derive(Debug, InputObject)]
pub struct CancelBookingSeriesInput {
    /// The series.
    pub series: Id<BookingSeriesId>,
    /// From when on; all that have not begun if it is left out.
    pub from: Option<DateTime<Utc>>,
    /// What is said to it.
    #[graphql(default)]
    pub note: String,
}

/// A booking that is named.
#[derive(Debug, InputObject)]
pub struct BookingInput {
    /// The booking.
    pub booking: Id<BookingId>,
}

/// A booking to be moved.
#[derive(Debug, InputObject)]
pub struct MoveBookingInput {
    /// The booking.
    pub booking: Id<BookingId>,
    /// Another room; the same if it is left out.
    pub room: Option<Id<RoomId>>,
    /// To when.
    pub time: BookingTimeInput,
    /// Whether the opening hours are passed over.
    #[graphql(default)]
    pub outside_hours: bool,
    /// What the client is told.
    #[graphql(default)]
    pub note: String,
}

/// A change of what is said of a booking: what is left out stays, null empties a field that may be empty.
#[derive(Debug, InputObject)]
pub struct ChangeBookingInput {
    /// The booking.
    pub booking: Id<BookingId>,
    /// What it is called.
    pub title: Option<String>,
    /// What is said with it.
    pub notes: Option<String>,
    /// Who the client is in the books.
    pub party: MaybeUndefined<Id<PartyId>>,
    /// The project that it is for.
    pub project: MaybeUndefined<Id<ProjectId>>,
    /// Who is asked to come; all of them.
    pub people: Option<Vec<BookingPersonInput>>,
    /// What it costs; for who sets rates.
    pub price: Option<MoneyInput>,
}

/// A booking to be called off.
#[derive(Debug, InputObject)]
pub struct CancelBookingInput {
    /// The booking.
    pub booking: Id<BookingId>,
    /// Whether it is the client who has called it off: then what the terms say is kept of the deposit. Else all of it goes back, which a manager decides.
    #[graphql(default)]
    pub by_client: bool,
    /// What the client is told.
    #[graphql(default)]
    pub note: String,
}

payload! {
    /// What came of a mutation of a booking.
    pub struct BookingPayload {
        /// The booking as it stands.
        booking: Booking
    }
}

payload! {
    /// What came of `createBookingSeries`.
    pub struct BookingSeriesPayload {
        /// The series with its bookings.
        series: BookingSeries
    }
}

payload! {
    /// What came of `cancelBookingSeries`.
    pub struct CancelBookingSeriesPayload {
        /// The bookings that were called off.
        cancelled: Vec<Booking>
    }
}

/// Mutations of bookings.
#[derive(Debug, Default)]
pub struct BookingMutation;

#[Object]
impl BookingMutation {
    /// Books a room: at once, or held until its client has confirmed it. Two bookings never share any of a room's or a piece's time.
    async fn create_booking(&self, ctx: &Context<'_>, input: CreateBookingInput) -> Result<BookingPayload, Failure> {
        BookingPayload::of(create(caller(ctx)?, input).await)
    }

    /// Books a room week by week: all of them or none. If one cannot be made, `occurrences.<day>` is the field that the user error names.
    async fn create_booking_series(
        &self,
        ctx: &Context<'_>,
        input: CreateBookingSeriesInput,
    ) -> Result<BookingSeriesPayload, Failure> {
        BookingSeriesPayload::of(create_series(caller(ctx)?, input).await)
    }

    /// Calls off the bookings of a series that have not begun.
    async fn cancel_booking_series(
        &self,
        ctx: &Context<'_>,
        input: CancelBookingSeriesInput,
    ) -> Result<CancelBookingSeriesPayload, Failure> {
        match cancel_series(caller(ctx)?, &input).await {
            Ok(rows) => Ok(CancelBookingSeriesPayload::done(rows.into_iter().map(Booking::from).collect())),
            Err(failure) => CancelBookingSeriesPayload::refused(failure),
        }
    }

    /// Confirms a booking that is held, without waiting for its client.
    async fn confirm_booking(&self, ctx: &Context<'_>, input: BookingInput) -> Result<BookingPayload, Failure> {
        BookingPayload::of(confirm(caller(ctx)?, &input).await)
    }

    /// Moves a booking to another time, or another room. It costs what it has cost.
    async fn move_booking(&self, ctx: &Context<'_>, input: MoveBookingInput) -> Result<BookingPayload, Failure> {
        BookingPayload::of(move_booking(caller(ctx)?, &input).await)
    }

    /// Changes what is said of a booking.
    async fn change_booking(&self, ctx: &Context<'_>, input: ChangeBookingInput) -> Result<BookingPayload, Failure> {
        BookingPayload::of(change(caller(ctx)?, input).await)
    }

    /// Calls a booking off; what is not kept of its deposit goes back by itself.
    async fn cancel_booking(&self, ctx: &Context<'_>, input: CancelBookingInput) -> Result<BookingPayload, Failure> {
        BookingPayload::of(cancel(caller(ctx)?, &input).await)
    }

    /// Writes down that the client did not come; of the deposit is kept what the terms say.
    async fn mark_no_show(&self, ctx: &Context<'_>, input: BookingInput) -> Result<BookingPayload, Failure> {
        BookingPayload::of(mark_no_show(caller(ctx)?, &input).await)
    }
}

async fn create(caller: &Caller, input: CreateBookingInput) -> Result<booking::Model, Failure> {
    let new = input.read()?;
    let tx = caller.services.begin().await?;
    let row = commands::create_booking(&tx, &caller.ctx, &new).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn create_series(caller: &Caller, input: CreateBookingSeriesInput) -> Result<series::Model, Failure> {
    let end = match (input.count, input.until) {
        (Some(count), None) => SeriesEnd::Count(count),
        (None, Some(until)) => SeriesEnd::Until(until),
        _ => {
            let message = "a series has a number of bookings, or the day of the last";
            let report = Report::new(Kind::Invalid, "SERIES_END", message).field("until");
            return Err(Failure::new(report.remedy("give either count or until")));
        }
    };
    let new = NewSeries { first: input.first.read()?, every_weeks: input.every_weeks, end };
    let tx = caller.services.begin().await?;
    let (row, _) = commands::create_series(&tx, &caller.ctx, &new).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn cancel_series(caller: &Caller, input: &CancelBookingSeriesInput) -> Result<Vec<booking::Model>, Failure> {
    let id = input.series.named("series")?;
    let tx = caller.services.begin().await?;
    let rows = commands::cancel_series(&tx, &caller.ctx, id, input.from, &input.note).await?;
    caller.services.commit(tx).await?;
    Ok(rows)
}

async fn confirm(caller: &Caller, input: &BookingInput) -> Result<booking::Model, Failure> {
    let id = input.booking.named("booking")?;
    let tx = caller.services.begin().await?;
    let row = commands::confirm_as_studio(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn move_booking(caller: &Caller, input: &MoveBookingInput) -> Result<booking::Model, Failure> {
    let id = input.booking.named("booking")?;
    let to = MoveBooking {
        room: input.room.as_ref().map(|room| room.named("room")).transpose()?,
        time: input.time.read()?,
        outside_hours: input.outside_hours,
        note: &input.note,
    };
    let tx = caller.services.begin().await?;
    let row = commands::move_as_studio(&tx, &caller.ctx, id, to).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn change(caller: &Caller, input: ChangeBookingInput) -> Result<booking::Model, Failure> {
    let id = input.booking.named("booking")?;
    let change = BookingChange {
        title: input.title.into(),
        notes: input.notes.into(),
        party: edit(input.party).try_map(|id| id.map(|id| id.named("party")).transpose())?,
        project: edit(input.project).try_map(|id| id.map(|id| id.named("project")).transpose())?,
        people: Edit::from(input.people).try_map(people)?,
        price: Edit::from(input.price).try_map(|price| price.named("price"))?,
    };
    let tx = caller.services.begin().await?;
    let row = commands::change_booking(&tx, &caller.ctx, id, change).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn cancel(caller: &Caller, input: &CancelBookingInput) -> Result<booking::Model, Failure> {
    let id = input.booking.named("booking")?;
    let how = StudioCancel { note: &input.note, by_client: input.by_client };
    Ok(commands::cancel_as_studio(&caller.services, &caller.ctx, id, how).await?)
}

async fn mark_no_show(caller: &Caller, input: &BookingInput) -> Result<booking::Model, Failure> {
    let id = input.booking.named("booking")?;
    Ok(commands::mark_no_show(&caller.services, &caller.ctx, id).await?)
}
