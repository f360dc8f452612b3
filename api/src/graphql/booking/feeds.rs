//! Calendars of bookings that others subscribe to.

use async_graphql::{ComplexObject, Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    booking::{
        commands::{self, NewFeed},
        entity::feed,
        queries::{self, feed_url},
    },
    ids::{CalendarFeedId, PartyId, RoomId, StudioId},
};

use crate::{
    caller::Caller,
    graphql::{
        caller,
        connection::{Connection, connection, page, page_cost},
        errors::Failure,
        scalars::Id,
    },
    payload,
};

/// What a calendar feed holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::booking::entity::FeedScope")]
pub enum FeedScope {
    /// All rooms of the studio.
    Studio,
    /// One room.
    Room,
    /// What one party is booked for, or has booked.
    Person,
}

/// A calendar of bookings, read by whoever has its address until it is revoked.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct CalendarFeed {
    /// The id.
    pub id: Id<CalendarFeedId>,
    /// Which bookings it holds.
    pub scope: FeedScope,
    /// The room, of a room's.
    pub room_id: Option<Id<RoomId>>,
    /// The party, of a person's.
    pub party_id: Option<Id<PartyId>>,
    /// Whether it says who has booked and what they said, or only that a room is taken.
    pub shows_names: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was revoked; absent while it is read.
    pub revoked_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    key: CalendarFeedId,
}

impl From<feed::Model> for CalendarFeed {
    fn from(row: feed::Model) -> Self {
        Self {
            id: row.id.into(),
            scope: row.scope.into(),
            room_id: row.room_id.map(Id::from),
            party_id: row.party_id.map(Id::from),
            shows_names: row.shows_names,
            created_at: row.created_at,
            revoked_at: row.revoked_at,
            key: row.id,
        }
    }
}

#[ComplexObject]
impl CalendarFeed {
    /// The address that a calendar subscribes to; absent once it was revoked.
    #[expect(clippy::unused_async, reason = "resolvers are asynchronous")]
    async fn url(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        let caller = caller(ctx)?;
        Ok(self.revoked_at.is_none().then(|| feed_url(&caller.services, self.key)))
    }
}

/// Queries about calendar feeds.
#[derive(Debug, Default)]
pub struct FeedsQuery;

#[Object]
impl FeedsQuery {
    /// The studio's calendar feeds, newest first, revoked ones too.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn calendar_feeds(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<CalendarFeed>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let rows = queries::list_feeds(&caller.services.db, &caller.ctx, studio.named("studio")?, request).await?;
        Ok(connection(rows, |row| row.id, CalendarFeed::from))
    }
}

/// A feed to be made: of a room, of a person, or, if neither is named, of the whole studio.
#[derive(Debug, InputObject)]
pub struct CreateCalendarFeedInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The room.
    pub room: Option<Id<RoomId>>,
    /// The party.
    pub party: Option<Id<PartyId>>,
    /// Whether it says who has booked.
    #[graphql(default)]
    pub shows_names: bool,
}

/// A feed to be revoked.
#[derive(Debug, InputObject)]
pub struct RevokeCalendarFeedInput {
    /// The feed.
    pub feed: Id<CalendarFeedId>,
}

payload! {
    /// What came of a mutation of a calendar feed.
    pub struct CalendarFeedPayload {
        /// The feed as it is now.
        feed: CalendarFeed
    }
}

/// Mutations of calendar feeds.
#[derive(Debug, Default)]
pub struct FeedsMutation;

#[Object]
impl FeedsMutation {
    /// Makes a calendar that others can subscribe to: whoever has its address reads it.
    async fn create_calendar_feed(
        &self,
        ctx: &Context<'_>,
        input: CreateCalendarFeedInput,
    ) -> Result<CalendarFeedPayload, Failure> {
        CalendarFeedPayload::of(create(caller(ctx)?, &input).await)
    }

    /// Revokes a calendar: its address opens nothing from now on.
    async fn revoke_calendar_feed(
        &self,
        ctx: &Context<'_>,
        input: RevokeCalendarFeedInput,
    ) -> Result<CalendarFeedPayload, Failure> {
        CalendarFeedPayload::of(revoke(caller(ctx)?, &input).await)
    }
}

async fn create(caller: &Caller, input: &CreateCalendarFeedInput) -> Result<feed::Model, Failure> {
    let studio = input.studio.named("studio")?;
    let new = NewFeed {
        room: input.room.as_ref().map(|room| room.named("room")).transpose()?,
        party: input.party.as_ref().map(|party| party.named("party")).transpose()?,
        shows_names: input.shows_names,
    };
    let tx = caller.services.begin().await?;
    let row = commands::create_feed(&tx, &caller.ctx, studio, new).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn revoke(caller: &Caller, input: &RevokeCalendarFeedInput) -> Result<feed::Model, Failure> {
    let id = input.feed.named("feed")?;
    let tx = caller.services.begin().await?;
    let row = commands::revoke_feed(&tx, &caller.ctx, id).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}
