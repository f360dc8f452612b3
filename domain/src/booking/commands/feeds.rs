//! Making and revoking calendar feeds.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, QuerySelect, sea_query::LockType};

use super::hold_party;
use crate::{
    actor::Ctx,
    booking::{
        BookingError,
        entity::{FeedScope, feed, room},
    },
    ids::{CalendarFeedId, PartyId, RoomId, StudioId},
    policy::{self, Action},
    store::Tx,
};

/// A feed to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewFeed {
    /// The room whose bookings it holds; none for all, or a person's.
    pub room: Option<RoomId>,
    /// The party whose bookings it holds.
    pub party: Option<PartyId>,
    /// Whether it says who has booked.
    pub shows_names: bool,
}

/// Makes a feed: of the whole studio, of a room, or of a person.
///
/// # Errors
/// If the actor may not, room or party are not the studio's, the party was merged into another or erased, or both are named.
pub async fn create_feed(tx: &Tx, ctx: &Ctx, studio: StudioId, new: NewFeed) -> Result<feed::Model, BookingError> {
    policy::require(&ctx.actor, Action::ManageProduction, studio)?;
    let scope = match (new.room, new.party) {
        (None, None) => FeedScope::Studio,
        (Some(_), None) => FeedScope::Room,
        (None, Some(_)) => FeedScope::Person,
        (Some(_), Some(_)) => return Err(BookingError::FeedOfBoth),
    };
    if let Some(id) = new.room {
        let found = room::Entity::find_by_id(id).one(tx).await?.filter(|room| room.studio_id == studio);
        found.ok_or(BookingError::NotFound { what: "room", field: "room" })?;
    }
    if let Some(id) = new.party {
        let held = hold_party(tx, ctx, Action::ManageProduction, (studio, id)).await;
        held.map_err(|problem| BookingError::Party { field: "party", problem })?;
    }
    let row = feed::Model {
        id: ctx.env.id(),
        studio_id: studio,
        scope,
        room_id: new.room,
        party_id: new.party,
        shows_names: new.shows_names,
        created_by: ctx.actor.user(),
        created_at: ctx.env.now(),
        revoked_at: None,
    };
    Ok(row.into_active_model().insert(tx).await?)
}

/// Revokes a feed: its link opens nothing from now on. Revoking twice is revoking once.
///
/// # Errors
/// If the actor may not.
pub async fn revoke_feed(tx: &Tx, ctx: &Ctx, id: CalendarFeedId) -> Result<feed::Model, BookingError> {
    let found = feed::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageProduction, found, |row| row.studio_id)?;
    let found = found.ok_or(BookingError::NotFound { what: "feed", field: "feed" })?;
    if found.revoked_at.is_some() {
        return Ok(found);
    }
    let row = feed::ActiveModel { revoked_at: Set(Some(ctx.env.now())), ..found.into_active_model() };
    Ok(row.update(tx).await?)
}
