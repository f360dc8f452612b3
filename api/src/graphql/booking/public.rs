//! What clients see and do without an account: rooms that they can book, what is free, and holding a slot.

use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    booking::{
        commands::{self, HoldSlot},
        entity::room,
        queries::{self, Quote, Wanted, booking_url},
    },
    identity::queries::require_open,
    ids::{EquipmentId, RoomId, StudioId},
    sales::queries::find_storefront,
};

use super::{
    mutations::{BookingTimeInput, pieces},
    rooms::{BookingSlot, EquipmentItem, OpeningHours},
};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        errors::Failure,
        scalars::{Id, Money, MoneyInput, Share},
    },
    payload,
};

/// A room that clients can book.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct BookableRoom {
    /// The id.
    pub id: Id<RoomId>,
    /// The studio's.
    pub studio_id: Id<StudioId>,
    /// Its word in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// A few sentences about it.
    pub description: String,
    /// Where it is.
    pub address: Option<String>,
    /// Its time zone by the IANA.
    pub time_zone: String,
    /// When it is open, week by week.
    pub hours: Vec<OpeningHours>,
    /// What an hour costs.
    pub hour_rate: Option<Money>,
    /// What a day costs.
    pub day_rate: Option<Money>,
    /// Every how many minutes a session can begin, counted from the opening.
    pub step_minutes: i32,
    /// The shortest session, in minutes.
    pub min_minutes: i32,
    /// The longest session, in minutes.
    pub max_minutes: i32,
    /// Which part of the price is paid ahead.
    pub deposit_share: Share,
    /// Until how many hours before its start a booking is cancelled for nothing.
    pub free_cancel_hours: i32,
    /// Which part of the deposit is kept after that.
    pub kept_share: Share,
    #[graphql(skip)]
    row: room::Model,
}

impl From<room::Model> for BookableRoom {
    fn from(row: room::Model) -> Self {
        Self {
            id: row.id.into(),
            studio_id: row.studio_id.into(),
            slug: row.slug.clone(),
            name: row.name.clone(),
            description: row.description.clone(),
            address: row.address.clone(),
            time_zone: row.time_zone.to_string(),
            hours: row.hours.0.iter().copied().map(OpeningHours::from).collect(),
            hour_rate: row.hour_rate().map(Money::from),
            day_rate: row.day_rate().map(Money::from),
            step_minutes: row.step_minutes,
            min_minutes: row.min_minutes,
            max_minutes: row.max_minutes,
            deposit_share: row.deposit_share.into(),
            free_cancel_hours: row.free_cancel_hours,
            kept_share: row.kept_share.into(),
            row,
        }
    }
}

#[ComplexObject]
impl BookableRoom {
    /// What can be booked along.
    #[graphql(complexity = "5 + 5 * child_complexity")]
    async fn equipment(&self, ctx: &Context<'_>) -> Result<Vec<EquipmentItem>, Failure> {
        let rows = queries::public_equipment(&caller(ctx)?.services.db, &self.row).await?;
        // Its maker's number is the studio's own business.
        Ok(rows.into_iter().map(|row| EquipmentItem { serial: None, ..row.into() }).collect())
    }

    /// The slots of so many minutes that can be held now with equipment that is booked along, on so many days from a day on, 62 at the most.
    #[graphql(complexity = "20 + 20 * child_complexity")]
    async fn slots(
        &self,
        ctx: &Context<'_>,
        first: NaiveDate,
        #[graphql(default = 7)] days: i32,
        minutes: i32,
        #[graphql(default)] equipment: Vec<Id<EquipmentId>>,
    ) -> Result<Vec<BookingSlot>, Failure> {
        let services = &caller(ctx)?.services;
        let (days, along) = ((first, u32::try_from(days).unwrap_or(1)), pieces(&equipment)?);
        let wanted = Wanted { room: &self.row, equipment: &along, moving: None };
        let slots = queries::free_slots(&services.db, wanted, days, i64::from(minutes), services.env.now()).await?;
        Ok(slots.into_iter().map(BookingSlot::from).collect())
    }

    /// The days, of so many from a day on, on which a lock-out of so many days can begin.
    #[graphql(complexity = "20")]
    async fn lockouts(
        &self,
        ctx: &Context<'_>,
        first: NaiveDate,
        #[graphql(default = 31)] days: i32,
        length: i32,
        #[graphql(default)] equipment: Vec<Id<EquipmentId>>,
    ) -> Result<Vec<NaiveDate>, Failure> {
        let services = &caller(ctx)?.services;
        let (days, length) = ((first, u32::try_from(days).unwrap_or(1)), u32::try_from(length).unwrap_or_default());
        let along = pieces(&equipment)?;
        let wanted = Wanted { room: &self.row, equipment: &along, moving: None };
        Ok(queries::free_lockouts(&services.db, wanted, days, length, services.env.now()).await?)
    }

    /// What a time costs with equipment that is booked along; whether it is free is not asked.
    #[graphql(complexity = "10 + child_complexity")]
    async fn quote(
        &self,
        ctx: &Context<'_>,
        time: BookingTimeInput,
        #[graphql(default)] equipment: Vec<Id<EquipmentId>>,
    ) -> Result<BookingQuote, Failure> {
        let along = pieces(&equipment)?;
        let mut rows = queries::public_equipment(&caller(ctx)?.services.db, &self.row).await?;
        rows.retain(|piece| along.contains(&piece.id));
        Ok(queries::quote(&self.row, &rows, time.read()?)?.into())
    }
}

/// What a time costs.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct BookingQuote {
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// What it costs, equipment and all.
    pub price: Money,
    /// What of that is paid ahead.
    pub deposit: Money,
    /// Until when it is cancelled for nothing.
    pub free_until: DateTime<Utc>,
}

impl From<Quote> for BookingQuote {
    fn from(quote: Quote) -> Self {
        Self {
            starts_at: quote.slot.starts_at,
            ends_at: quote.slot.ends_at,
            price: quote.price.into(),
            deposit: quote.deposit.into(),
            free_until: quote.free_until,
        }
    }
}

/// Queries about rooms that clients can book.
#[derive(Debug, Default)]
pub struct BookableRoomsQuery;

#[Object]
impl BookableRoomsQuery {
    /// The rooms of the studio of a word that clients can book; open to anybody.
    #[graphql(complexity = "5 + 10 * child_complexity")]
    async fn bookable_rooms(&self, ctx: &Context<'_>, studio: String) -> Result<Vec<BookableRoom>, Failure> {
        let caller = caller(ctx)?;
        let found = find_storefront(&caller.services.db, &studio).await?;
        let found = found.ok_or_else(|| Failure::not_found("studio"))?;
        require_open(&caller.services.db, found.id).await??;
        let rooms = queries::public_rooms(&caller.services.db, found.id).await?;
        Ok(rooms.into_iter().map(BookableRoom::from).collect())
    }
}

/// A slot that a client wants.
#[derive(Debug, InputObject)]
pub struct RequestBookingInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The room.
    pub room: Id<RoomId>,
    /// For when.
    pub time: BookingTimeInput,
    /// The client's name.
    pub name: String,
    /// Where the link and the invitation go.
    pub email: String,
    /// What they say to it.
    #[graphql(default)]
    pub notes: String,
    /// What is booked along.
    #[graphql(default)]
    pub equipment: Vec<Id<EquipmentId>>,
    /// The price that they saw and agree to.
    pub seen: MoneyInput,
}

payload! {
    /// What came of `requestBooking`.
    pub struct RequestBookingPayload {
        /// Until when the slot is held.
        held_until: DateTime<Utc>,
        /// The deposit by which it is confirmed; nothing if the mailed link confirms it.
        deposit: Money,
        /// The page on which it is paid; none where none is, for there the mailed link proves the address.
        url: String
    }
}

/// What clients do without an account.
#[derive(Debug, Default)]
pub struct RequestBookingMutation;

#[Object]
impl RequestBookingMutation {
    /// Holds a slot for a client: for a while nobody else gets it. It stands as soon as the deposit is paid, or, where none is asked, the mailed link has
    /// confirmed the address. Open to anybody.
    async fn request_booking(
        &self,
        ctx: &Context<'_>,
        input: RequestBookingInput,
    ) -> Result<RequestBookingPayload, Failure> {
        request(caller(ctx)?, input).await.or_else(RequestBookingPayload::refused)
    }
}

async fn request(caller: &Caller, input: RequestBookingInput) -> Result<RequestBookingPayload, Failure> {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let studio = input.studio.named("studio")?;
    let wanted = HoldSlot {
        room: input.room.named("room")?,
        time: input.time.read()?,
        name: input.name,
        email: input.email,
        notes: input.notes,
        equipment: pieces(&input.equipment)?,
        seen: input.seen.named("seen")?,
        ip: some(&caller.ip),
        user_agent: some(&caller.user_agent),
    };
    let booking = commands::hold_slot(&caller.services, &caller.ctx, studio, &wanted).await?;
    Ok(RequestBookingPayload {
        held_until: booking.held_until,
        deposit: Some(booking.deposit().into()),
        url: (booking.deposit_minor > 0).then(|| booking_url(&caller.services, booking.id)),
        user_errors: Vec::new(),
    })
}
