//! Rooms and equipment.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    actor::Ctx,
    booking::{
        BookingError,
        entity::{equipment, exception, room},
    },
    ids::{EquipmentId, RoomId, StudioId},
    page::{self, Page, PageRequest},
    policy::{self, Action},
    report::StoreError,
    store::Db,
};

/// A room, for who sees the studio's bookings.
pub async fn find_room(db: &Db, ctx: &Ctx, id: RoomId) -> Result<Option<room::Model>, BookingError> {
    let found = room::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadProduction, found, |row| row.studio_id)?)
}

/// The studio's rooms, newest first; those that are given up only if so asked.
pub async fn list_rooms(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    with_archived: bool,
    page: PageRequest<RoomId>,
) -> Result<Page<room::Model>, BookingError> {
    policy::require(&ctx.actor, Action::ReadProduction, studio)?;
    let mut query = room::Entity::find().filter(room::Column::StudioId.eq(studio));
    if !with_archived {
        query = query.filter(room::Column::ArchivedAt.is_null());
    }
    Ok(page::fetch(db, query, room::Column::Id, page).await?)
}

/// Rooms by ids that stand in rows which the caller has been shown.
pub async fn rooms_by_ids(
    db: &impl ConnectionTrait,
    ids: &[RoomId],
) -> Result<HashMap<RoomId, room::Model>, StoreError> {
    let rows = room::Entity::find().filter(room::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The days from one on, that included, on which rooms have other hours than their weeks say; by room, in order. For who may see the rooms.
pub async fn exceptions_of_room(
    db: &impl ConnectionTrait,
    rooms: &[RoomId],
    from: NaiveDate,
) -> Result<HashMap<RoomId, Vec<exception::Model>>, StoreError> {
    let rows = exception::Entity::find()
        .filter(exception::Column::RoomId.is_in(rooms.iter().copied()))
        .filter(exception::Column::OnDate.gte(from))
        .order_by_asc(exception::Column::OnDate)
        .all(db)
        .await?;
    let mut by_room: HashMap<RoomId, Vec<exception::Model>> = HashMap::new();
    for row in rows {
        by_room.entry(row.room_id).or_default().push(row);
    }
    Ok(by_room)
}

/// A piece of equipment, for who sees the studio's bookings.
pub async fn find_equipment(db: &Db, ctx: &Ctx, id: EquipmentId) -> Result<Option<equipment::Model>, BookingError> {
    let found = equipment::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadProduction, found, |row| row.studio_id)?)
}

/// The studio's equipment, newest first; what is given up only if so asked.
pub async fn list_equipment(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    with_archived: bool,
    page: PageRequest<EquipmentId>,
) -> Result<Page<equipment::Model>, BookingError> {
    policy::require(&ctx.actor, Action::ReadProduction, studio)?;
    let mut query = equipment::Entity::find().filter(equipment::Column::StudioId.eq(studio));
    if !with_archived {
        query = query.filter(equipment::Column::ArchivedAt.is_null());
    }
    Ok(page::fetch(db, query, equipment::Column::Id, page).await?)
}

/// The rooms of a studio that clients book, by name. Open to anybody.
pub async fn public_rooms(db: &impl ConnectionTrait, studio: StudioId) -> Result<Vec<room::Model>, StoreError> {
    Ok(room::Entity::find()
        .filter(room::Column::StudioId.eq(studio))
        .filter(room::Column::IsPublic.eq(true))
        .filter(room::Column::ArchivedAt.is_null())
        .order_by_asc(room::Column::Name)
        .order_by_asc(room::Column::Id)
        .all(db)
        .await?)
}

/// The room of a studio that clients book under a word. Open to anybody.
pub async fn find_public_room(
    db: &impl ConnectionTrait,
    studio: StudioId,
    slug: &str,
) -> Result<Option<room::Model>, StoreError> {
    if slug.contains('\0') {
        // No text of PostgreSQL holds it, so it is no room's word either.
        return Ok(None);
    }
    Ok(room::Entity::find()
        .filter(room::Column::StudioId.eq(studio))
        .filter(room::Column::Slug.eq(slug))
        .filter(room::Column::IsPublic.eq(true))
        .filter(room::Column::ArchivedAt.is_null())
        .one(db)
        .await?)
}

/// The equipment that clients book along with a room, by name. Open to anybody.
pub async fn public_equipment(
    db: &impl ConnectionTrait,
    room: &room::Model,
) -> Result<Vec<equipment::Model>, StoreError> {
    let here = Condition::any().add(equipment::Column::RoomId.is_null()).add(equipment::Column::RoomId.eq(room.id));
    Ok(equipment::Entity::find()
        .filter(equipment::Column::StudioId.eq(room.studio_id))
        .filter(equipment::Column::IsPublic.eq(true))
        .filter(equipment::Column::ArchivedAt.is_null())
        .filter(equipment::Column::Currency.eq(room.currency))
        .filter(here)
        .order_by_asc(equipment::Column::Name)
        .order_by_asc(equipment::Column::Id)
        .all(db)
        .await?)
}
