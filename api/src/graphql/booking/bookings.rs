//! Bookings as the studio sees them.

use async_graphql::{ComplexObject, Context, Enum, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    booking::{
        commands::kept_of,
        entity::{booking, booking_event, series},
        queries::{self, BookingFilter, booking_url},
        rules::words,
    },
    ids::{BookingId, BookingSeriesId, EquipmentId, OrderId, PartyId, ProjectId, RoomId, StudioId},
    money::Money as DomainMoney,
    policy::{self, Action},
};

use super::{
    loading::{BookingsOf, DepositsOf, EquipmentOf, EventsOf, PaidOf, PartyNamed, PeopleOf},
    rooms::Room,
};
use crate::graphql::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    loader,
    parties::Party,
    scalars::{Id, Money, Share},
};

/// What a booking is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::booking::entity::BookingKind")]
pub enum BookingKind {
    /// So many hours within the opening hours.
    Session,
    /// Whole days, whatever the opening hours.
    Lockout,
    /// The studio's own: nobody books it then.
    Block,
}

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::booking::entity::BookingState")]
pub enum BookingState {
    /// Its time is kept until the client has paid the deposit, or confirmed it.
    Held,
    /// It stands.
    Confirmed,
    /// Called off.
    Cancelled,
    /// The hold came to nothing.
    Lapsed,
    /// The client did not come.
    NoShow,
}

/// What was done with a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::booking::entity::BookingAct")]
pub enum BookingAct {
    /// Its time is kept for now.
    Held,
    /// It stands.
    Confirmed,
    /// Its time or its room is another.
    Moved,
    /// Something else of it was changed.
    Changed,
    /// Called off.
    Cancelled,
    /// The hold came to nothing.
    Lapsed,
    /// The client did not come.
    NoShow,
}

/// Who has done something with a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::booking::entity::BookingSide")]
pub enum BookingSide {
    /// The studio.
    Studio,
    /// The client, by their link.
    Client,
    /// The program itself.
    House,
}

/// Something that was done with a booking.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct BookingEvent {
    /// Its place, from 1.
    pub number: i32,
    /// What was done.
    pub act: BookingAct,
    /// Who did it.
    pub side: BookingSide,
    /// The room since then.
    pub room_id: Id<RoomId>,
    /// When it begins since then.
    pub starts_at: DateTime<Utc>,
    /// When it ends since then.
    pub ends_at: DateTime<Utc>,
    /// What was said with it.
    pub note: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

impl From<booking_event::Model> for BookingEvent {
    fn from(row: booking_event::Model) -> Self {
        Self {
            number: row.seq,
            act: row.act.into(),
            side: row.side.into(),
            room_id: row.room_id.into(),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            note: row.note,
            at: row.at,
        }
    }
}

/// Equipment that was booked along.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct BookingEquipment {
    /// The piece.
    pub id: Id<EquipmentId>,
    /// Its name.
    pub name: String,
    /// What it costs; within the booking's price.
    pub price: Money,
}

/// Somebody who is asked to come.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct BookingPerson {
    /// Who.
    pub party: Party,
    /// As what.
    pub role: String,
}

/// A booking of a room, with the terms as they were when it was made.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Booking {
    /// The id.
    pub id: Id<BookingId>,
    /// What it is for.
    pub kind: BookingKind,
    /// Where it stands.
    pub state: BookingState,
    /// What it is called in calendars.
    pub title: String,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Who has booked.
    pub client_name: Option<String>,
    /// Where they are reached.
    pub client_email: Option<String>,
    /// Who they are in the books.
    pub party_id: Option<Id<PartyId>>,
    /// The project that it is for.
    pub project_id: Option<Id<ProjectId>>,
    /// The series that it is of.
    pub series_id: Option<Id<BookingSeriesId>>,
    /// What was said with it.
    pub notes: String,
    /// What it costs, equipment and all.
    pub price: Money,
    /// What of that is paid ahead.
    pub deposit: Money,
    /// Until when the client cancels for nothing.
    pub free_until: DateTime<Utc>,
    /// Which part of the deposit is kept after that.
    pub kept_share: Share,
    /// Until when its time is kept; absent unless it is held.
    pub held_until: Option<DateTime<Utc>>,
    /// What is kept of the deposit, once it was cancelled or nobody came.
    pub kept: Option<Money>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    row: booking::Model,
}

impl From<booking::Model> for Booking {
    fn from(row: booking::Model) -> Self {
        Self {
            id: row.id.into(),
            kind: row.kind.into(),
            state: row.state.into(),
            title: row.title.clone(),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            client_name: row.client_name.clone(),
            client_email: row.client_email.as_ref().map(ToString::to_string),
            party_id: row.party_id.map(Id::from),
            project_id: row.project_id.map(Id::from),
            series_id: row.series_id.map(Id::from),
            notes: row.notes.clone(),
            price: row.price().into(),
            deposit: row.deposit().into(),
            free_until: row.free_until,
            kept_share: row.kept_share.into(),
            held_until: row.held_until,
            kept: row.kept_minor.map(|minor| DomainMoney::new(minor, row.currency).into()),
            created_at: row.created_at,
            row,
        }
    }
}

#[ComplexObject]
impl Booking {
    /// The room.
    async fn room(&self, ctx: &Context<'_>) -> Result<Option<Room>, Failure> {
        Ok(loader(ctx)?.load_one(self.row.room_id).await?.map(Room::from))
    }

    /// When it is, by the clocks of its room, in words.
    async fn when(&self, ctx: &Context<'_>) -> Result<String, Failure> {
        let room = loader(ctx)?.load_one(self.row.room_id).await?.ok_or_else(|| Failure::not_found("room"))?;
        Ok(words::when(room.time_zone, self.row.kind, self.row.starts_at, self.row.ends_at))
    }

    /// Who the client is in the books.
    async fn party(&self, ctx: &Context<'_>) -> Result<Option<Party>, Failure> {
        let Some(id) = self.row.party_id else { return Ok(None) };
        Ok(loader(ctx)?.load_one(PartyNamed(id)).await?.map(Party::from))
    }

    /// What was booked along.
    async fn equipment(&self, ctx: &Context<'_>) -> Result<Vec<BookingEquipment>, Failure> {
        let rows = loader(ctx)?.load_one(EquipmentOf(self.row.id)).await?.unwrap_or_default();
        let along = |(piece, price_minor): (domain::booking::entity::equipment::Model, i64)| BookingEquipment {
            id: piece.id.into(),
            name: piece.name,
            price: DomainMoney::new(price_minor, self.row.currency).into(),
        };
        Ok(rows.into_iter().map(along).collect())
    }

    /// Who is asked to come.
    async fn people(&self, ctx: &Context<'_>) -> Result<Vec<BookingPerson>, Failure> {
        let rows = loader(ctx)?.load_one(PeopleOf(self.row.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(|(party, role)| BookingPerson { party: party.into(), role }).collect())
    }

    /// What became of it, in order.
    async fn events(&self, ctx: &Context<'_>) -> Result<Vec<BookingEvent>, Failure> {
        let rows = loader(ctx)?.load_one(EventsOf(self.row.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(BookingEvent::from).collect())
    }

    /// The orders by which its deposit was to be paid, oldest first.
    async fn deposit_order_ids(&self, ctx: &Context<'_>) -> Result<Vec<Id<OrderId>>, Failure> {
        let orders = loader(ctx)?.load_one(DepositsOf(self.row.id)).await?.unwrap_or_default();
        Ok(orders.into_iter().map(Id::from).collect())
    }

    /// What of the deposit that is paid would be kept if the client cancelled now.
    #[graphql(complexity = "5")]
    async fn kept_now(&self, ctx: &Context<'_>) -> Result<Money, Failure> {
        let paid = loader(ctx)?.load_one(PaidOf(self.row.id)).await?;
        Ok(kept_of(&self.row, paid, caller(ctx)?.services.env.now()).into())
    }

    /// The page on which the client confirms, pays, moves and cancels it: whoever has the address can. For who may change bookings.
    #[expect(clippy::unused_async, reason = "resolvers are")]
    async fn url(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        let caller = caller(ctx)?;
        let may = policy::require(&caller.ctx.actor, Action::WriteProduction, self.row.studio_id).is_ok();
        Ok((may && self.row.client_email.is_some()).then(|| booking_url(&caller.services, self.row.id)))
    }
}

/// Bookings that were made together.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct BookingSeries {
    /// The id.
    pub id: Id<BookingSeriesId>,
    /// Every how many weeks.
    pub every_weeks: i32,
    /// How many were made.
    pub occurrences: i32,
    /// When.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    key: BookingSeriesId,
}

impl From<series::Model> for BookingSeries {
    fn from(row: series::Model) -> Self {
        Self {
            id: row.id.into(),
            every_weeks: row.every_weeks,
            occurrences: row.occurrences,
            created_at: row.created_at,
            key: row.id,
        }
    }
}

#[ComplexObject]
impl BookingSeries {
    /// Its bookings, in the order of time; 104 at the most.
    #[graphql(complexity = "1 + 104 * child_complexity / 4")]
    async fn bookings(&self, ctx: &Context<'_>) -> Result<Vec<Booking>, Failure> {
        let rows = loader(ctx)?.load_one(BookingsOf(self.key)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Booking::from).collect())
    }
}

/// Which bookings are listed.
#[derive(Debug, Default, async_graphql::InputObject)]
pub struct BookingFilterInput {
    /// Of a room.
    pub room: Option<Id<RoomId>>,
    /// Of a project.
    pub project: Option<Id<ProjectId>>,
    /// Of a party.
    pub party: Option<Id<PartyId>>,
    /// That stand so.
    pub state: Option<BookingState>,
    /// That end after an instant.
    pub from: Option<DateTime<Utc>>,
    /// That begin before an instant.
    pub to: Option<DateTime<Utc>>,
}

impl BookingFilterInput {
    fn read(&self) -> Result<BookingFilter, Failure> {
        Ok(BookingFilter {
            room: self.room.as_ref().map(|id| id.named("filter.room")).transpose()?,
            project: self.project.as_ref().map(|id| id.named("filter.project")).transpose()?,
            party: self.party.as_ref().map(|id| id.named("filter.party")).transpose()?,
            state: self.state.map(Into::into),
            from: self.from,
            to: self.to,
        })
    }
}

/// Queries about bookings.
#[derive(Debug, Default)]
pub struct BookingQuery;

#[Object]
impl BookingQuery {
    /// A booking.
    async fn booking(&self, ctx: &Context<'_>, id: Id<BookingId>) -> Result<Option<Booking>, Failure> {
        let caller = caller(ctx)?;
        Ok(queries::find_booking(&caller.services.db, &caller.ctx, id.named("id")?).await?.map(Booking::from))
    }

    /// The studio's bookings, those made last first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn bookings(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        filter: Option<BookingFilterInput>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Booking>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let (studio, filter) = (studio.named("studio")?, filter.unwrap_or_default().read()?);
        let rows = queries::list_bookings(&caller.services.db, &caller.ctx, studio, filter, request).await?;
        Ok(connection(rows, |row| row.id, Booking::from))
    }

    /// Bookings that were made together.
    async fn booking_series(
        &self,
        ctx: &Context<'_>,
        id: Id<BookingSeriesId>,
    ) -> Result<Option<BookingSeries>, Failure> {
        let caller = caller(ctx)?;
        Ok(queries::find_series(&caller.services.db, &caller.ctx, id.named("id")?).await?.map(BookingSeries::from))
    }
}
