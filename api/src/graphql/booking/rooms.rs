//! Rooms and equipment as the studio sees them.

use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    booking::{
        entity::{equipment, exception, room},
        queries::{self, Wanted},
        rules::{Opening, Slot, Span},
    },
    ids::{EquipmentId, RoomId, StudioId},
};

use super::{loading::ExceptionsOf, mutations::pieces};
use crate::graphql::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    loader,
    scalars::{Id, Money, Share},
};

/// When a room opens on a day of every week.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject, InputObject)]
#[graphql(input_name = "OpeningHoursInput")]
pub struct OpeningHours {
    /// The day, from 1 for Monday to 7 for Sunday.
    pub weekday: i32,
    /// From, in minutes of the clock after midnight, a multiple of 15.
    pub opens_minute: i32,
    /// To, likewise; more than 1440 on the next day, such as 1560 for two in the morning.
    pub closes_minute: i32,
}

impl From<Opening> for OpeningHours {
    fn from(opening: Opening) -> Self {
        let Span { opens_minute, closes_minute } = opening.span;
        Self { weekday: opening.weekday, opens_minute, closes_minute }
    }
}

impl From<OpeningHours> for Opening {
    fn from(given: OpeningHours) -> Self {
        let OpeningHours { weekday, opens_minute, closes_minute } = given;
        Self { weekday, span: Span { opens_minute, closes_minute } }
    }
}

/// From when to when a room is open on an exceptional day.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject, InputObject)]
#[graphql(input_name = "DayHoursInput")]
pub struct DayHours {
    /// From, in minutes of the clock after midnight, a multiple of 15.
    pub opens_minute: i32,
    /// To, likewise; more than 1440 on the next day.
    pub closes_minute: i32,
}

/// A day on which a room has other hours than its week says.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RoomException {
    /// The day.
    pub on: NaiveDate,
    /// Its hours; none if the room is closed.
    pub hours: Vec<DayHours>,
    /// Why.
    pub note: Option<String>,
}

impl From<exception::Model> for RoomException {
    fn from(row: exception::Model) -> Self {
        let hours = row.hours.0.into_iter();
        let hours = hours.map(|Span { opens_minute, closes_minute }| DayHours { opens_minute, closes_minute });
        Self { on: row.on_date, hours: hours.collect(), note: row.note }
    }
}

/// A time that can be booked.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct BookingSlot {
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
}

impl From<Slot> for BookingSlot {
    fn from(slot: Slot) -> Self {
        Self { starts_at: slot.starts_at, ends_at: slot.ends_at }
    }
}

/// A room of a studio, with its rates, hours and terms.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Room {
    /// The id.
    pub id: Id<RoomId>,
    /// Its word in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// A few sentences about it.
    pub description: String,
    /// Where it is, as clients find it.
    pub address: Option<String>,
    /// Whether clients book it on its public page.
    pub is_public: bool,
    /// Its time zone by the IANA, such as `Europe/Berlin`.
    pub time_zone: String,
    /// When it is open, week by week.
    pub hours: Vec<OpeningHours>,
    /// What an hour costs; absent if it is not rented by the hour.
    pub hour_rate: Option<Money>,
    /// What a day costs; absent if it is not rented by the day.
    pub day_rate: Option<Money>,
    /// Every how many minutes a client's session can begin, counted from the opening.
    pub step_minutes: i32,
    /// The shortest session, in minutes.
    pub min_minutes: i32,
    /// The longest session, in minutes.
    pub max_minutes: i32,
    /// For how many minutes before a booking nothing else is booked.
    pub buffer_before_minutes: i32,
    /// For how many minutes after a booking nothing else is booked.
    pub buffer_after_minutes: i32,
    /// How many minutes ahead a client books at the latest.
    pub notice_minutes: i32,
    /// How many days ahead a client books at the earliest.
    pub horizon_days: i32,
    /// For how many minutes a client's time is kept until they have paid or confirmed.
    pub hold_minutes: i32,
    /// Which part of the price is paid ahead.
    pub deposit_share: Share,
    /// Until how many hours before its start a client cancels for nothing.
    pub free_cancel_hours: i32,
    /// Which part of the deposit is kept of a client who cancels later, or does not come.
    pub kept_share: Share,
    /// When it was given up; absent while it is booked.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    row: room::Model,
}

impl From<room::Model> for Room {
    fn from(row: room::Model) -> Self {
        Self {
            id: row.id.into(),
            slug: row.slug.clone(),
            name: row.name.clone(),
            description: row.description.clone(),
            address: row.address.clone(),
            is_public: row.is_public,
            time_zone: row.time_zone.to_string(),
            hours: row.hours.0.iter().copied().map(OpeningHours::from).collect(),
            hour_rate: row.hour_rate().map(Money::from),
            day_rate: row.day_rate().map(Money::from),
            step_minutes: row.step_minutes,
            min_minutes: row.min_minutes,
            max_minutes: row.max_minutes,
            buffer_before_minutes: row.buffer_before_minutes,
            buffer_after_minutes: row.buffer_after_minutes,
            notice_minutes: row.notice_minutes,
            horizon_days: row.horizon_days,
            hold_minutes: row.hold_minutes,
            deposit_share: row.deposit_share.into(),
            free_cancel_hours: row.free_cancel_hours,
            kept_share: row.kept_share.into(),
            archived_at: row.archived_at,
            created_at: row.created_at,
            row,
        }
    }
}

#[ComplexObject]
impl Room {
    /// The days with other hours than the week says, from a day on; today if none is named.
    async fn exceptions(&self, ctx: &Context<'_>, from: Option<NaiveDate>) -> Result<Vec<RoomException>, Failure> {
        let from = from.unwrap_or_else(|| today(ctx, &self.row));
        let rows = loader(ctx)?.load_one(ExceptionsOf(self.row.id, from)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(RoomException::from).collect())
    }

    /// The slots of so many minutes that a client could hold now with equipment that is booked along, on so many days from a day on, 62 at the most.
    #[graphql(complexity = "20 * child_complexity")]
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
}

fn today(ctx: &Context<'_>, room: &room::Model) -> NaiveDate {
    caller(ctx).map_or(NaiveDate::MIN, |caller| room.time_zone.day(caller.services.env.now()))
}

/// A piece of equipment.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct EquipmentItem {
    /// The id.
    pub id: Id<EquipmentId>,
    /// The room that it stays in; absent if it is carried about.
    pub room_id: Option<Id<RoomId>>,
    /// Its name.
    pub name: String,
    /// What sort of thing it is, such as `microphone`.
    pub category: String,
    /// Its maker's number.
    pub serial: Option<String>,
    /// Whether clients book it on the public page.
    pub is_public: bool,
    /// What an hour costs.
    pub hour_rate: Option<Money>,
    /// What a day costs.
    pub day_rate: Option<Money>,
    /// When it was given up; absent while it is booked.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
}

impl From<equipment::Model> for EquipmentItem {
    fn from(row: equipment::Model) -> Self {
        Self {
            id: row.id.into(),
            room_id: row.room_id.map(Id::from),
            hour_rate: row.hour_rate().map(Money::from),
            day_rate: row.day_rate().map(Money::from),
            name: row.name,
            category: row.category,
            serial: row.serial,
            is_public: row.is_public,
            archived_at: row.archived_at,
            created_at: row.created_at,
        }
    }
}

/// Queries about rooms and equipment.
#[derive(Debug, Default)]
pub struct RoomsQuery;

#[Object]
impl RoomsQuery {
    /// A room.
    async fn room(&self, ctx: &Context<'_>, id: Id<RoomId>) -> Result<Option<Room>, Failure> {
        let caller = caller(ctx)?;
        Ok(queries::find_room(&caller.services.db, &caller.ctx, id.named("id")?).await?.map(Room::from))
    }

    /// The studio's rooms, newest first; those that are given up only if so asked.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what widens the list")]
    async fn rooms(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        #[graphql(default)] archived: bool,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Room>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let studio = studio.named("studio")?;
        let rows = queries::list_rooms(&caller.services.db, &caller.ctx, studio, archived, request).await?;
        Ok(connection(rows, |row| row.id, Room::from))
    }

    /// A piece of equipment.
    async fn equipment_item(&self, ctx: &Context<'_>, id: Id<EquipmentId>) -> Result<Option<EquipmentItem>, Failure> {
        let caller = caller(ctx)?;
        let found = queries::find_equipment(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        Ok(found.map(EquipmentItem::from))
    }

    /// The studio's equipment, newest first; what is given up only if so asked.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what widens the list")]
    async fn equipment_items(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        #[graphql(default)] archived: bool,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<EquipmentItem>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let studio = studio.named("studio")?;
        let rows = queries::list_equipment(&caller.services.db, &caller.ctx, studio, archived, request).await?;
        Ok(connection(rows, |row| row.id, EquipmentItem::from))
    }
}
