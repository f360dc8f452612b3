//! Equipment and samples that were used.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use super::{check_space, lock, record, require_song};
use crate::{
    actor::Ctx,
    booking::{
        entity::equipment,
        rules::texts::{line, optional_line},
    },
    catalog::entity::SampleClearance,
    ids::{EquipmentId, SessionGearId, SessionId, SessionSampleId, SongId, TypedId},
    session_log::{
        SessionLogError,
        entity::{LogEntry, gear, sample},
        rules::{MAX_LINE_CHARS, MAX_TITLE_CHARS},
    },
    store::Tx,
};

/// Equipment that was used; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GearInput {
    /// The piece, if it is one of the studio's.
    pub equipment: Option<EquipmentId>,
    /// What it is called; none for the piece's name.
    pub name: Option<String>,
    /// What it was used for.
    pub used_for: Option<String>,
}

/// A sample that was used; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleInput {
    /// In which song; none for all songs of the session.
    pub song: Option<SongId>,
    /// What was sampled.
    pub title: String,
    /// Where it is from.
    pub source: String,
    /// By what right.
    pub clearance: SampleClearance,
}

/// Writes down equipment that was used, anew or otherwise than before.
///
/// # Errors
/// If the actor may not, the piece is not the studio's, nothing names it, or the log is full.
pub async fn put_gear(
    tx: &Tx,
    ctx: &Ctx,
    (session, existing): (SessionId, Option<SessionGearId>),
    input: &GearInput,
) -> Result<gear::Model, SessionLogError> {
    let session = lock(tx, ctx, session).await?;
    let before = match existing {
        Some(id) => Some(find_gear(tx, session.id, id).await?),
        None => None,
    };
    let piece = match input.equipment {
        Some(id) => {
            let of_studio = equipment::Entity::find_by_id(id).filter(equipment::Column::StudioId.eq(session.studio_id));
            let not_found = SessionLogError::NotFound { what: "piece of equipment", field: "equipment" };
            Some(of_studio.one(tx).await?.ok_or(not_found)?)
        }
        None => None,
    };
    let name = optional_line("name", input.name.as_deref(), MAX_TITLE_CHARS)?;
    let row = gear::Model {
        id: before.as_ref().map_or_else(|| ctx.env.id(), |row| row.id),
        session_id: session.id,
        studio_id: session.studio_id,
        equipment_id: input.equipment,
        name: match (name, piece) {
            (Some(name), _) => name,
            (None, Some(piece)) => piece.name,
            (None, None) => line("name", "", MAX_TITLE_CHARS)?,
        },
        used_for: optional_line("usedFor", input.used_for.as_deref(), MAX_LINE_CHARS)?,
        created_at: before.as_ref().map_or_else(|| ctx.env.now(), |row| row.created_at),
    };
    if before.is_some() {
        let written = gear::ActiveModel { id: Set(row.id), ..row.clone().into_active_model().reset_all() };
        written.update(tx).await?;
    } else {
        let entries = gear::Entity::find().filter(gear::Column::SessionId.eq(session.id)).count(tx).await?;
        check_space(entries)?;
        row.clone().into_active_model().insert(tx).await?;
    }
    record(tx, ctx, &session, (LogEntry::Gear, row.id.uuid()), (before.as_ref(), Some(&row))).await?;
    Ok(row)
}

async fn find_gear(tx: &Tx, session: SessionId, id: SessionGearId) -> Result<gear::Model, SessionLogError> {
    let of_session = gear::Entity::find_by_id(id).filter(gear::Column::SessionId.eq(session));
    of_session.one(tx).await?.ok_or(SessionLogError::NotLogged("gear"))
}

/// Takes out equipment; the edits keep it.
///
/// # Errors
/// If the actor may not, or the session has no such equipment.
pub async fn remove_gear(
    tx: &Tx,
    ctx: &Ctx,
    session: SessionId,
    id: SessionGearId,
) -> Result<gear::Model, SessionLogError> {
    let session = lock(tx, ctx, session).await?;
    let row = find_gear(tx, session.id, id).await?;
    gear::Entity::delete_by_id(id).exec(tx).await?;
    record(tx, ctx, &session, (LogEntry::Gear, id.uuid()), (Some(&row), None)).await?;
    Ok(row)
}

/// Writes down a sample that was used, anew or otherwise than before.
///
/// # Errors
/// If the actor may not, the song is not the studio's, a text is refused, or the log is full.
pub async fn put_sample(
    tx: &Tx,
    ctx: &Ctx,
    (session, existing): (SessionId, Option<SessionSampleId>),
    input: &SampleInput,
) -> Result<sample::Model, SessionLogError> {
    let session = lock(tx, ctx, session).await?;
    let before = match existing {
        Some(id) => Some(find_sample(tx, session.id, id).await?),
        None => None,
    };
    if let Some(song) = input.song {
        require_song(tx, session.studio_id, song).await?;
    }
    let row = sample::Model {
        id: before.as_ref().map_or_else(|| ctx.env.id(), |row| row.id),
        session_id: session.id,
        studio_id: session.studio_id,
        song_id: input.song,
        title: line("title", &input.title, MAX_LINE_CHARS)?,
        source: line("source", &input.source, MAX_LINE_CHARS)?,
        clearance: input.clearance,
        created_at: before.as_ref().map_or_else(|| ctx.env.now(), |row| row.created_at),
    };
    if before.is_some() {
        let written = sample::ActiveModel { id: Set(row.id), ..row.clone().into_active_model().reset_all() };
        written.update(tx).await?;
    } else {
        let entries = sample::Entity::find().filter(sample::Column::SessionId.eq(session.id)).count(tx).await?;
        check_space(entries)?;
        row.clone().into_active_model().insert(tx).await?;
    }
    record(tx, ctx, &session, (LogEntry::Sample, row.id.uuid()), (before.as_ref(), Some(&row))).await?;
    Ok(row)
}

async fn find_sample(tx: &Tx, session: SessionId, id: SessionSampleId) -> Result<sample::Model, SessionLogError> {
    let of_session = sample::Entity::find_by_id(id).filter(sample::Column::SessionId.eq(session));
    of_session.one(tx).await?.ok_or(SessionLogError::NotLogged("sample"))
}

/// Takes out a sample; the edits keep it.
///
/// # Errors
/// If the actor may not, or the session has no such sample.
pub async fn remove_sample(
    tx: &Tx,
    ctx: &Ctx,
    session: SessionId,
    id: SessionSampleId,
) -> Result<sample::Model, SessionLogError> {
    let session = lock(tx, ctx, session).await?;
    let row = find_sample(tx, session.id, id).await?;
    sample::Entity::delete_by_id(id).exec(tx).await?;
    record(tx, ctx, &session, (LogEntry::Sample, id.uuid()), (Some(&row), None)).await?;
    Ok(row)
}
