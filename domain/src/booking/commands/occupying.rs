//! Occupying rooms and equipment: quarters of an hour, each of which the database lets one booking have.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{LockType, OnConflict},
};

use crate::{
    booking::{
        BookingError,
        entity::{booking, booking_equipment, equipment, equipment_slice, room, room_slice},
        rules::{SlotRules, availability::quarters},
    },
    ids::{BookingId, EquipmentId, RoomId},
    report::StoreError,
    store::Tx,
};

/// How many quarters are written at a time: no database takes any number of values in one statement.
const BATCH: usize = 2_000;

/// A room, held until the end of the transaction: of two who want its time the later sees what the earlier has.
pub(super) async fn lock_room(tx: &Tx, id: RoomId) -> Result<Option<room::Model>, StoreError> {
    Ok(room::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?)
}

/// Pieces of equipment, held likewise, in the order in which they are held everywhere.
pub(super) async fn lock_equipment(tx: &Tx, ids: &[EquipmentId]) -> Result<Vec<equipment::Model>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(equipment::Entity::find()
        .filter(equipment::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(equipment::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx)
        .await?)
}

/// Occupies a booking's room and its equipment, which are held, for its time with its buffers.
///
/// # Errors
/// [`BookingError::Taken`], if somebody has any of it; then nothing of the transaction may be kept.
pub(super) async fn occupy(
    tx: &Tx,
    booking: &booking::Model,
    room: &room::Model,
    equipment: &[equipment::Model],
) -> Result<(), BookingError> {
    let time = quarters((booking.starts_at, booking.ends_at), SlotRules::from(room).buffers);
    let of_room =
        |slice| room_slice::ActiveModel { room_id: Set(room.id), slice: Set(slice), booking_id: Set(booking.id) };
    if !insert_all(tx, &time.clone().map(of_room).collect::<Vec<_>>()).await? {
        return Err(BookingError::Taken { what: room.name.clone(), is_room: true });
    }
    for piece in equipment {
        let of_piece = |slice| equipment_slice::ActiveModel {
            equipment_id: Set(piece.id),
            slice: Set(slice),
            booking_id: Set(booking.id),
        };
        if !insert_all(tx, &time.clone().map(of_piece).collect::<Vec<_>>()).await? {
            return Err(BookingError::Taken { what: piece.name.clone(), is_room: false });
        }
    }
    Ok(())
}

/// Inserts rows, in their order; false if a key stands against any of them, and then some may have been inserted.
async fn insert_all<A: ActiveModelTrait>(tx: &Tx, rows: &[A]) -> Result<bool, StoreError> {
    for batch in rows.chunks(BATCH) {
        let wanted = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        let inserted = <A::Entity as EntityTrait>::insert_many(batch.to_vec())
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
        if inserted < wanted {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Lets go of all that a booking occupies.
pub(super) async fn let_go(tx: &Tx, booking: BookingId) -> Result<(), StoreError> {
    room_slice::Entity::delete_many().filter(room_slice::Column::BookingId.eq(booking)).exec(tx).await?;
    equipment_slice::Entity::delete_many().filter(equipment_slice::Column::BookingId.eq(booking)).exec(tx).await?;
    Ok(())
}

/// The equipment of a booking, held as [`lock_equipment`] does.
pub(super) async fn equipment_of(tx: &Tx, booking: BookingId) -> Result<Vec<equipment::Model>, StoreError> {
    let rows =
        booking_equipment::Entity::find().filter(booking_equipment::Column::BookingId.eq(booking)).all(tx).await?;
    let ids: Vec<EquipmentId> = rows.into_iter().map(|row| row.equipment_id).collect();
    lock_equipment(tx, &ids).await
}
