//! Entering and changing rooms and equipment.

use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use chrono::NaiveDate;
use domain::{
    booking::{
        commands::{self, EquipmentChange, EquipmentInput, RoomChange, RoomInput},
        entity::{equipment, exception, room},
        rules::{Opening, Span},
    },
    edit::Edit,
    ids::{EquipmentId, RoomId, StudioId},
    money::Money,
};

use super::rooms::{DayHours, EquipmentItem, OpeningHours, Room, RoomException};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        catalog::edit,
        errors::Failure,
        scalars::{Id, MoneyInput, share},
    },
    payload,
};

/// What is said of a room: of a new one all that is left out is as most studios have it, of another it stays.
#[derive(Debug, InputObject)]
pub struct RoomFields {
    /// A few sentences about it.
    pub description: Option<String>,
    /// Where it is, as clients find it.
    pub address: MaybeUndefined<String>,
    /// Whether clients book it on its public page.
    pub is_public: Option<bool>,
    /// What an hour costs; null if it is not rented by the hour.
    pub hour_rate: MaybeUndefined<MoneyInput>,
    /// What a day costs; null if it is not rented by the day.
    pub day_rate: MaybeUndefined<MoneyInput>,
    /// Every how many minutes a client's session can begin, counted from the opening, 15 to 1440; 60 unless it is said.
    pub step_minutes: Option<i32>,
    /// The shortest session, in minutes; 120 unless it is said.
    pub min_minutes: Option<i32>,
    /// The longest session, in minutes; 720 unless it is said.
    pub max_minutes: Option<i32>,
    /// For how many minutes before a booking nothing else is booked.
    pub buffer_before_minutes: Option<i32>,
    /// For how many minutes after a booking nothing else is booked.
    pub buffer_after_minutes: Option<i32>,
    /// How many minutes ahead a client books at the latest; 1440 unless it is said.
    pub notice_minutes: Option<i32>,
    /// How many days ahead a client books at the earliest; 90 unless it is said.
    pub horizon_days: Option<i32>,
    /// For how many minutes a slot is held, 10 to 60; 30 unless it is said.
    pub hold_minutes: Option<i32>,
    /// Which part of the price is paid ahead, in parts per million; nothing unless it is said.
    pub deposit_share: Option<i32>,
    /// Until how many hours before its start a client cancels for nothing; 48 unless it is said.
    pub free_cancel_hours: Option<i32>,
    /// Which part of the deposit is kept after that, in parts per million; all of it unless it is said.
    pub kept_share: Option<i32>,
    /// Whether it is given up.
    pub archived: Option<bool>,
}

fn rate(given: MaybeUndefined<MoneyInput>, field: &str) -> Result<Edit<Option<Money>>, Failure> {
    edit(given).try_map(|rate| rate.map(|rate| rate.named(field)).transpose())
}

impl RoomFields {
    fn read(self) -> Result<RoomChange, Failure> {
        let part = |given: Option<i32>, field: &str| given.map(|ppm| share(ppm, field)).transpose();
        Ok(RoomChange {
            name: Edit::Keep,
            time_zone: Edit::Keep,
            hours: Edit::Keep,
            description: self.description.into(),
            address: edit(self.address),
            is_public: self.is_public.into(),
            hour_rate: rate(self.hour_rate, "hourRate")?,
            day_rate: rate(self.day_rate, "dayRate")?,
            step_minutes: self.step_minutes.into(),
            min_minutes: self.min_minutes.into(),
            max_minutes: self.max_minutes.into(),
            buffer_before_minutes: self.buffer_before_minutes.into(),
            buffer_after_minutes: self.buffer_after_minutes.into(),
            notice_minutes: self.notice_minutes.into(),
            horizon_days: self.horizon_days.into(),
            hold_minutes: self.hold_minutes.into(),
            deposit_share: part(self.deposit_share, "depositShare")?.into(),
            free_cancel_hours: self.free_cancel_hours.into(),
            kept_share: part(self.kept_share, "keptShare")?.into(),
            archived: self.archived.into(),
        })
    }
}

/// A room to be entered.
#[derive(Debug, InputObject)]
pub struct CreateRoomInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// Its name.
    pub name: String,
    /// Its time zone by the IANA, such as `Europe/Berlin`.
    pub time_zone: String,
    /// When it is open, week by week.
    #[graphql(default)]
    pub hours: Vec<OpeningHours>,
    /// What else is said of it.
    #[graphql(flatten)]
    pub fields: RoomFields,
}

/// A change of a room: what is left out stays, null empties a field that may be empty.
#[derive(Debug, InputObject)]
pub struct UpdateRoomInput {
    /// The room.
    pub room: Id<RoomId>,
    /// Its name.
    pub name: Option<String>,
    /// Its time zone.
    pub time_zone: Option<String>,
    /// Its week.
    pub hours: Option<Vec<OpeningHours>>,
    /// What else is said of it.
    #[graphql(flatten)]
    pub fields: RoomFields,
}

/// A day with other hours.
#[derive(Debug, InputObject)]
pub struct SetRoomExceptionInput {
    /// The room.
    pub room: Id<RoomId>,
    /// The day.
    pub on: NaiveDate,
    /// Its hours; none if the room is closed.
    #[graphql(default)]
    pub hours: Vec<DayHours>,
    /// Why.
    pub note: Option<String>,
}

/// A day that is to be as the week says again.
#[derive(Debug, InputObject)]
pub struct RemoveRoomExceptionInput {
    /// The room.
    pub room: Id<RoomId>,
    /// The day.
    pub on: NaiveDate,
}

/// A piece of equipment to be entered.
#[derive(Debug, InputObject)]
pub struct CreateEquipmentInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// Its name.
    pub name: String,
    /// What sort of thing it is, such as `microphone`.
    pub category: String,
    /// What else is said of it.
    #[graphql(flatten)]
    pub fields: EquipmentFields,
}

/// A change of a piece of equipment: what is left out stays, null empties a field that may be empty.
#[derive(Debug, InputObject)]
pub struct UpdateEquipmentInput {
    /// The piece.
    pub equipment: Id<EquipmentId>,
    /// Its name.
    pub name: Option<String>,
    /// What sort of thing it is.
    pub category: Option<String>,
    /// What else is said of it.
    #[graphql(flatten)]
    pub fields: EquipmentFields,
}

/// What is said of a piece of equipment.
#[derive(Debug, InputObject)]
pub struct EquipmentFields {
    /// The room that it stays in; null if it is carried about.
    pub room: MaybeUndefined<Id<RoomId>>,
    /// Its maker's number.
    pub serial: MaybeUndefined<String>,
    /// Whether clients book it on the public page.
    pub is_public: Option<bool>,
    /// What an hour costs.
    pub hour_rate: MaybeUndefined<MoneyInput>,
    /// What a day costs.
    pub day_rate: MaybeUndefined<MoneyInput>,
    /// Whether it is given up.
    pub archived: Option<bool>,
}

impl EquipmentFields {
    fn read(self) -> Result<EquipmentChange, Failure> {
        Ok(EquipmentChange {
            room: edit(self.room).try_map(|room| room.map(|room| room.named("room")).transpose())?,
            name: Edit::Keep,
            category: Edit::Keep,
            serial: edit(self.serial),
            is_public: self.is_public.into(),
            hour_rate: rate(self.hour_rate, "hourRate")?,
            day_rate: rate(self.day_rate, "dayRate")?,
            archived: self.archived.into(),
        })
    }
}

payload! {
    /// What came of a mutation of a room.
    pub struct RoomPayload {
        /// The room as it is now.
        room: Room
    }
}

payload! {
    /// What came of `setRoomException`.
    pub struct SetRoomExceptionPayload {
        /// The day as it is now.
        exception: RoomException
    }
}

payload! {
    /// What came of `removeRoomException`.
    pub struct RemoveRoomExceptionPayload {
        /// Whether the day had been otherwise.
        removed: bool
    }
}

payload! {
    /// What came of a mutation of a piece of equipment.
    pub struct EquipmentPayload {
        /// The piece as it is now.
        equipment: EquipmentItem
    }
}

/// Mutations of rooms and equipment.
#[derive(Debug, Default)]
pub struct RoomsMutation;

#[Object]
impl RoomsMutation {
    /// Enters a room.
    async fn create_room(&self, ctx: &Context<'_>, input: CreateRoomInput) -> Result<RoomPayload, Failure> {
        RoomPayload::of(create_room(caller(ctx)?, input).await)
    }

    /// Changes a room, or gives it up. What is booked already stays as it was booked.
    async fn update_room(&self, ctx: &Context<'_>, input: UpdateRoomInput) -> Result<RoomPayload, Failure> {
        RoomPayload::of(update_room(caller(ctx)?, input).await)
    }

    /// Gives a room other hours on a day than its week says, or none. What is booked on it already stays.
    async fn set_room_exception(
        &self,
        ctx: &Context<'_>,
        input: SetRoomExceptionInput,
    ) -> Result<SetRoomExceptionPayload, Failure> {
        SetRoomExceptionPayload::of(set_exception(caller(ctx)?, &input).await)
    }

    /// Lets a day be as the week says again.
    async fn remove_room_exception(
        &self,
        ctx: &Context<'_>,
        input: RemoveRoomExceptionInput,
    ) -> Result<RemoveRoomExceptionPayload, Failure> {
        RemoveRoomExceptionPayload::of(remove_exception(caller(ctx)?, &input).await)
    }

    /// Enters a piece of equipment.
    async fn create_equipment(
        &self,
        ctx: &Context<'_>,
        input: CreateEquipmentInput,
    ) -> Result<EquipmentPayload, Failure> {
        EquipmentPayload::of(create_equipment(caller(ctx)?, input).await)
    }

    /// Changes a piece of equipment, or gives it up. What is booked already stays as it was booked.
    async fn update_equipment(
        &self,
        ctx: &Context<'_>,
        input: UpdateEquipmentInput,
    ) -> Result<EquipmentPayload, Failure> {
        EquipmentPayload::of(update_equipment(caller(ctx)?, input).await)
    }
}

fn openings(hours: Vec<OpeningHours>) -> Vec<Opening> {
    hours.into_iter().map(Opening::from).collect()
}

async fn create_room(caller: &Caller, input: CreateRoomInput) -> Result<room::Model, Failure> {
    let studio = input.studio.named("studio")?;
    let room = RoomInput {
        name: input.name,
        time_zone: input.time_zone,
        hours: openings(input.hours),
        rest: input.fields.read()?,
    };
    let tx = caller.services.begin().await?;
    let row = commands::create_room(&tx, &caller.ctx, studio, room).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn update_room(caller: &Caller, input: UpdateRoomInput) -> Result<room::Model, Failure> {
    let id = input.room.named("room")?;
    let change = RoomChange {
        name: input.name.into(),
        time_zone: input.time_zone.into(),
        hours: input.hours.map(openings).into(),
        ..input.fields.read()?
    };
    let tx = caller.services.begin().await?;
    let row = commands::update_room(&tx, &caller.ctx, id, change).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn set_exception(caller: &Caller, input: &SetRoomExceptionInput) -> Result<exception::Model, Failure> {
    let id = input.room.named("room")?;
    let span = |given: &DayHours| Span { opens_minute: given.opens_minute, closes_minute: given.closes_minute };
    let hours: Vec<Span> = input.hours.iter().map(span).collect();
    let tx = caller.services.begin().await?;
    let row = commands::set_exception(&tx, &caller.ctx, (id, input.on), &hours, input.note.as_deref()).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn remove_exception(caller: &Caller, input: &RemoveRoomExceptionInput) -> Result<bool, Failure> {
    let id = input.room.named("room")?;
    let tx = caller.services.begin().await?;
    let removed = commands::remove_exception(&tx, &caller.ctx, id, input.on).await?;
    caller.services.commit(tx).await?;
    Ok(removed)
}

async fn create_equipment(caller: &Caller, input: CreateEquipmentInput) -> Result<equipment::Model, Failure> {
    let studio = input.studio.named("studio")?;
    let piece = EquipmentInput { name: input.name, category: input.category, rest: input.fields.read()? };
    let tx = caller.services.begin().await?;
    let row = commands::create_equipment(&tx, &caller.ctx, studio, piece).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn update_equipment(caller: &Caller, input: UpdateEquipmentInput) -> Result<equipment::Model, Failure> {
    let id = input.equipment.named("equipment")?;
    let change = EquipmentChange { name: input.name.into(), category: input.category.into(), ..input.fields.read()? };
    let tx = caller.services.begin().await?;
    let row = commands::update_equipment(&tx, &caller.ctx, id, change).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}
