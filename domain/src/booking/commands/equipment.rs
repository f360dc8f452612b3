//! Entering and changing equipment.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, QuerySelect, sea_query::LockType};

use super::rooms::check_rate;
use crate::{
    actor::Ctx,
    booking::{
        BookingError,
        entity::{equipment, room},
        rules::texts::{MAX_NAME_CHARS, line, optional_line},
    },
    edit::Edit,
    env::Instant,
    identity::entity::studio,
    ids::{EquipmentId, RoomId, StudioId},
    money::Money,
    policy::{self, Action},
    store::Tx,
};

/// The longest category and the longest number, in characters.
const MAX_WORD_CHARS: usize = 100;

/// A piece of equipment as it is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EquipmentInput {
    /// Its name.
    pub name: String,
    /// What sort of thing it is, such as `microphone`.
    pub category: String,
    /// What else is known of it.
    pub rest: EquipmentChange,
}

/// A change of a piece of equipment; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EquipmentChange {
    /// The room that it stays in.
    pub room: Edit<Option<RoomId>>,
    /// Its name.
    pub name: Edit<String>,
    /// What sort of thing it is.
    pub category: Edit<String>,
    /// Its maker's number.
    pub serial: Edit<Option<String>>,
    /// Whether clients book it on the public page.
    pub is_public: Edit<bool>,
    /// What an hour costs.
    pub hour_rate: Edit<Option<Money>>,
    /// What a day costs.
    pub day_rate: Edit<Option<Money>>,
    /// Whether it is given up.
    pub archived: Edit<bool>,
}

/// Enters a piece of equipment.
///
/// # Errors
/// [`BookingError`], with the field that cannot stand.
pub async fn create_equipment(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    input: EquipmentInput,
) -> Result<equipment::Model, BookingError> {
    policy::require(&ctx.actor, Action::ManageProduction, studio)?;
    let not_found = BookingError::NotFound { what: "studio", field: "studio" };
    let currency = studio::Entity::find_by_id(studio).one(tx).await?.ok_or(not_found)?.currency;
    let now = ctx.env.now();
    let blank = equipment::Model {
        id: ctx.env.id(),
        studio_id: studio,
        room_id: None,
        name: String::new(),
        category: String::new(),
        serial: None,
        is_public: false,
        currency,
        hour_rate_minor: None,
        day_rate_minor: None,
        archived_at: None,
        created_at: now,
        updated_at: now,
    };
    let change = EquipmentChange { name: Edit::To(input.name), category: Edit::To(input.category), ..input.rest };
    let row = apply(tx, blank, change, now).await?;
    Ok(row.into_active_model().insert(tx).await?)
}

/// Changes a piece of equipment. What is booked already stays as it was booked.
///
/// # Errors
/// [`BookingError`], with the field that cannot stand.
pub async fn update_equipment(
    tx: &Tx,
    ctx: &Ctx,
    id: EquipmentId,
    change: EquipmentChange,
) -> Result<equipment::Model, BookingError> {
    let found = equipment::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::ManageProduction, found, |piece| piece.studio_id)?;
    let found = found.ok_or(BookingError::NotFound { what: "piece of equipment", field: "equipment" })?;
    let changed = apply(tx, found, change, ctx.env.now()).await?;
    let row = equipment::ActiveModel { id: Set(changed.id), ..changed.into_active_model().reset_all() };
    Ok(row.update(tx).await?)
}

/// A piece as it is changed, if it can stand so.
async fn apply(
    tx: &Tx,
    piece: equipment::Model,
    change: EquipmentChange,
    now: Instant,
) -> Result<equipment::Model, BookingError> {
    if let Edit::To(Some(id)) = change.room {
        let room = room::Entity::find_by_id(id).one(tx).await?.filter(|room| room.studio_id == piece.studio_id);
        room.ok_or(BookingError::NotFound { what: "room", field: "room" })?;
    }
    let of_currency = piece.currency;
    Ok(equipment::Model {
        room_id: change.room.or(piece.room_id),
        name: change.name.try_map(|name| line("name", &name, MAX_NAME_CHARS))?.or(piece.name),
        category: change.category.try_map(|word| line("category", &word, MAX_WORD_CHARS))?.or(piece.category),
        serial: change
            .serial
            .try_map(|text| optional_line("serial", text.as_deref(), MAX_WORD_CHARS))?
            .or(piece.serial),
        is_public: change.is_public.or(piece.is_public),
        hour_rate_minor: change
            .hour_rate
            .try_map(|rate| check_rate("hourRate", rate, of_currency))?
            .or(piece.hour_rate_minor),
        day_rate_minor: change
            .day_rate
            .try_map(|rate| check_rate("dayRate", rate, of_currency))?
            .or(piece.day_rate_minor),
        archived_at: match change.archived {
            Edit::Keep => piece.archived_at,
            Edit::To(true) => piece.archived_at.or(Some(now)),
            Edit::To(false) => None,
        },
        updated_at: now,
        ..piece
    })
}
