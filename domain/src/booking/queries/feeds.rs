//! Calendar feeds.

use std::collections::HashMap;

use chrono::Duration;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::rooms_by_ids;
use crate::{
    actor::Ctx,
    booking::{
        BookingError,
        entity::{BookingState, FeedScope, booking, booking_person, feed, room},
    },
    env::Instant,
    identity::{entity::studio, queries::require_open},
    ids::{CalendarFeedId, RoomId, StudioId},
    links::{LinkKey, Purpose},
    page::{self, Page, PageRequest},
    parties::entity as party,
    policy::{self, Action},
    report::StoreError,
    services::Services,
    store::Db,
};

/// How many days back a feed reaches.
const PAST_DAYS: i64 = 90;
/// The most bookings of a feed, the earliest of them.
const MOST: u64 = 5_000;

/// Where a feed is read.
pub fn feed_url(services: &Services, id: CalendarFeedId) -> String {
    format!("{}/calendars/{}.ics", services.public_url, services.links.token(Purpose::Calendar, id, None))
}

/// The studio's feeds, newest first, revoked ones too: their links are keys, so that who makes them sees them.
pub async fn list_feeds(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    page: PageRequest<CalendarFeedId>,
) -> Result<Page<feed::Model>, BookingError> {
    policy::require_standing(&ctx.actor, Action::ManageProduction, studio)?;
    let query = feed::Entity::find().filter(feed::Column::StudioId.eq(studio));
    Ok(page::fetch(db, query, feed::Column::Id, page).await?)
}

/// A feed with what its name is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedView {
    /// The feed.
    pub feed: feed::Model,
    /// Whose it is.
    pub studio: studio::Model,
    /// What it is called.
    pub name: String,
}

/// The feed of a link. For whoever holds it.
///
/// # Errors
/// If the link opens nothing, the feed was revoked, or the studio is closed.
pub async fn find_feed_by_link(
    db: &impl ConnectionTrait,
    links: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<FeedView, BookingError> {
    let not_found = || BookingError::NotFound { what: "calendar", field: "token" };
    let id: CalendarFeedId = links.open(Purpose::Calendar, token, now)?;
    let feed = feed::Entity::find_by_id(id).one(db).await?.ok_or_else(not_found)?;
    if feed.revoked_at.is_some() {
        return Err(BookingError::FeedRevoked);
    }
    require_open(db, feed.studio_id).await??;
    let studio = studio::Entity::find_by_id(feed.studio_id).one(db).await?.ok_or_else(not_found)?;
    let of = match (feed.room_id, feed.party_id) {
        (Some(room), _) => room::Entity::find_by_id(room).one(db).await?.map(|room| room.name),
        (_, Some(party)) => party::Entity::find_by_id(party).one(db).await?.map(|party| party.name),
        _ => None,
    };
    let name = of.map_or_else(|| studio.name.clone(), |of| format!("{of} · {}", studio.name));
    Ok(FeedView { feed, studio, name })
}

/// The bookings of a feed that stand, in the order of time, and their rooms. For whoever holds its link.
pub async fn bookings_of_feed(
    db: &impl ConnectionTrait,
    feed: &feed::Model,
    now: Instant,
) -> Result<(Vec<booking::Model>, HashMap<RoomId, room::Model>), StoreError> {
    let mut query = booking::Entity::find()
        .filter(booking::Column::StudioId.eq(feed.studio_id))
        .filter(booking::Column::State.is_in([BookingState::Held, BookingState::Confirmed]))
        .filter(booking::Column::EndsAt.gt(now - Duration::days(PAST_DAYS)));
    query = match feed.scope {
        FeedScope::Studio => query,
        FeedScope::Room => query.filter(booking::Column::RoomId.eq(feed.room_id)),
        FeedScope::Person => {
            let asked = booking_person::Entity::find()
                .select_only()
                .column(booking_person::Column::BookingId)
                .filter(booking_person::Column::PartyId.eq(feed.party_id));
            let theirs = Condition::any()
                .add(booking::Column::PartyId.eq(feed.party_id))
                .add(booking::Column::Id.in_subquery(asked.into_query()));
            query.filter(theirs)
        }
    };
    let bookings =
        query.order_by_asc(booking::Column::StartsAt).order_by_asc(booking::Column::Id).limit(MOST).all(db).await?;
    let mut ids: Vec<RoomId> = bookings.iter().map(|booking| booking.room_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let rooms = rooms_by_ids(db, &ids).await?;
    Ok((bookings, rooms))
}
