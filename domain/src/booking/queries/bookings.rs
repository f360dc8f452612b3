//! Bookings, for the studio and for whoever holds a link.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    actor::Ctx,
    booking::{
        BookingError,
        commands::find_deposit,
        entity::{
            BookingState, booking, booking_equipment, booking_event, booking_person, deposit, equipment, room, series,
        },
    },
    env::Instant,
    identity::entity::studio,
    ids::{BookingId, BookingSeriesId, OrderId, PartyId, ProjectId, RoomId, StudioId},
    links::{LinkKey, Purpose},
    page::{self, Page, PageRequest},
    parties::entity as party,
    policy::{self, Action},
    report::StoreError,
    services::Services,
    store::Db,
};

/// The page of a booking, for its client.
pub fn booking_url(services: &Services, id: BookingId) -> String {
    format!("{}/bookings/{}", services.public_url, services.links.token(Purpose::Booking, id, None))
}

/// Which bookings are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BookingFilter {
    /// Of a room.
    pub room: Option<RoomId>,
    /// Of a project.
    pub project: Option<ProjectId>,
    /// Of a party.
    pub party: Option<PartyId>,
    /// That stand so.
    pub state: Option<BookingState>,
    /// That end after an instant.
    pub from: Option<Instant>,
    /// That begin before an instant.
    pub to: Option<Instant>,
}

/// The studio's bookings, those made last first.
pub async fn list_bookings(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    filter: BookingFilter,
    page: PageRequest<BookingId>,
) -> Result<Page<booking::Model>, BookingError> {
    policy::require(&ctx.actor, Action::ReadProduction, studio)?;
    let conditions = [
        filter.room.map(|room| booking::Column::RoomId.eq(room)),
        filter.project.map(|project| booking::Column::ProjectId.eq(project)),
        filter.party.map(|party| booking::Column::PartyId.eq(party)),
        filter.state.map(|state| booking::Column::State.eq(state)),
        filter.from.map(|from| booking::Column::EndsAt.gt(from)),
        filter.to.map(|to| booking::Column::StartsAt.lt(to)),
    ];
    let mut query = booking::Entity::find().filter(booking::Column::StudioId.eq(studio));
    for condition in conditions.into_iter().flatten() {
        query = query.filter(condition);
    }
    Ok(page::fetch(db, query, booking::Column::Id, page).await?)
}

/// A booking, for who sees the studio's, or for the program itself.
pub async fn find_booking(db: &Db, ctx: &Ctx, id: BookingId) -> Result<Option<booking::Model>, BookingError> {
    let found = booking::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadProduction, found, |row| row.studio_id)?)
}

/// A booking with what is around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The booking.
    pub booking: booking::Model,
    /// Its room.
    pub room: room::Model,
    /// Whose it is.
    pub studio: studio::Model,
    /// What was booked along.
    pub equipment: Vec<equipment::Model>,
}

/// The booking of a link. For whoever holds it.
///
/// # Errors
/// If the link opens nothing.
pub async fn find_by_link(
    db: &impl ConnectionTrait,
    links: &LinkKey,
    token: &str,
    now: Instant,
) -> Result<Seen, BookingError> {
    let id: BookingId = links.open(Purpose::Booking, token, now)?;
    find_seen(db, id).await?.ok_or(BookingError::NotFound { what: "booking", field: "token" })
}

/// A booking with what is around it, for the program itself.
pub async fn find_seen(db: &impl ConnectionTrait, id: BookingId) -> Result<Option<Seen>, StoreError> {
    let Some(booking) = booking::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let Some(room) = room::Entity::find_by_id(booking.room_id).one(db).await? else { return Ok(None) };
    let Some(studio) = studio::Entity::find_by_id(booking.studio_id).one(db).await? else { return Ok(None) };
    let mut along = equipment_of_bookings(db, &[id]).await?;
    let equipment = along.remove(&id).unwrap_or_default().into_iter().map(|(piece, _)| piece).collect();
    Ok(Some(Seen { booking, room, studio, equipment }))
}

/// A series, for who sees the studio's bookings, or for the program itself.
pub async fn find_series(db: &Db, ctx: &Ctx, id: BookingSeriesId) -> Result<Option<series::Model>, BookingError> {
    let found = series::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadProduction, found, |row| row.studio_id)?)
}

/// The bookings of series, by series, in the order of time. For who may see the series: it asks nothing itself.
pub async fn bookings_of_series(
    db: &impl ConnectionTrait,
    series: &[BookingSeriesId],
) -> Result<HashMap<BookingSeriesId, Vec<booking::Model>>, StoreError> {
    let rows = booking::Entity::find()
        .filter(booking::Column::SeriesId.is_in(series.iter().copied()))
        .order_by_asc(booking::Column::StartsAt)
        .order_by_asc(booking::Column::Id)
        .all(db)
        .await?;
    let mut by_series: HashMap<BookingSeriesId, Vec<booking::Model>> = HashMap::new();
    for row in rows {
        if let Some(id) = row.series_id {
            by_series.entry(id).or_default().push(row);
        }
    }
    Ok(by_series)
}

/// What became of bookings, by booking, in order. For who may see the bookings: it asks nothing itself.
pub async fn events_of_bookings(
    db: &impl ConnectionTrait,
    bookings: &[BookingId],
) -> Result<HashMap<BookingId, Vec<booking_event::Model>>, StoreError> {
    let rows = booking_event::Entity::find()
        .filter(booking_event::Column::BookingId.is_in(bookings.iter().copied()))
        .order_by_asc(booking_event::Column::Seq)
        .all(db)
        .await?;
    let mut by_booking: HashMap<BookingId, Vec<booking_event::Model>> = HashMap::new();
    for row in rows {
        by_booking.entry(row.booking_id).or_default().push(row);
    }
    Ok(by_booking)
}

/// The equipment of bookings, by booking, each piece with what it costs in minor units. For who may see the bookings: it asks nothing itself.
pub async fn equipment_of_bookings(
    db: &impl ConnectionTrait,
    bookings: &[BookingId],
) -> Result<HashMap<BookingId, Vec<(equipment::Model, i64)>>, StoreError> {
    let rows = booking_equipment::Entity::find()
        .filter(booking_equipment::Column::BookingId.is_in(bookings.iter().copied()))
        .order_by_asc(booking_equipment::Column::EquipmentId)
        .all(db)
        .await?;
    let pieces = equipment::Entity::find()
        .filter(equipment::Column::Id.is_in(rows.iter().map(|row| row.equipment_id)))
        .all(db)
        .await?;
    let mut by_booking: HashMap<BookingId, Vec<(equipment::Model, i64)>> = HashMap::new();
    for row in rows {
        if let Some(piece) = pieces.iter().find(|piece| piece.id == row.equipment_id) {
            by_booking.entry(row.booking_id).or_default().push((piece.clone(), row.price_minor));
        }
    }
    Ok(by_booking)
}

/// Who is asked to come to bookings, by booking, each with their role. For who may see the bookings: it asks nothing itself.
pub async fn people_of_bookings(
    db: &impl ConnectionTrait,
    bookings: &[BookingId],
) -> Result<HashMap<BookingId, Vec<(party::Model, String)>>, StoreError> {
    let rows = booking_person::Entity::find()
        .filter(booking_person::Column::BookingId.is_in(bookings.iter().copied()))
        .order_by_asc(booking_person::Column::PartyId)
        .all(db)
        .await?;
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let people =
        party::Entity::find().filter(party::Column::Id.is_in(rows.iter().map(|row| row.party_id))).all(db).await?;
    let mut by_booking: HashMap<BookingId, Vec<(party::Model, String)>> = HashMap::new();
    for row in rows {
        if let Some(person) = people.iter().find(|person| person.id == row.party_id) {
            by_booking.entry(row.booking_id).or_default().push((person.clone(), row.role));
        }
    }
    Ok(by_booking)
}

/// The orders of bookings' deposits, by booking, oldest first. For who may see the bookings: it asks nothing itself.
pub async fn deposits_of_bookings(
    db: &impl ConnectionTrait,
    bookings: &[BookingId],
) -> Result<HashMap<BookingId, Vec<OrderId>>, StoreError> {
    let rows = deposit::Entity::find()
        .filter(deposit::Column::BookingId.is_in(bookings.iter().copied()))
        .order_by_asc(deposit::Column::OrderId)
        .all(db)
        .await?;
    let mut by_booking: HashMap<BookingId, Vec<OrderId>> = HashMap::new();
    for row in rows {
        by_booking.entry(row.booking_id).or_default().push(row.order_id);
    }
    Ok(by_booking)
}

/// The booking whose deposit an order pays; none of any other order. For who may see the order: it asks nothing itself.
pub async fn booking_of_order(db: &impl ConnectionTrait, order: OrderId) -> Result<Option<BookingId>, StoreError> {
    Ok(find_deposit(db, order).await?.map(|deposit| deposit.booking_id))
}
