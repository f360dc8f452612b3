//! Beginning a log, and changing what it says of the session itself.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::LockType,
};

use super::{append, lock, record};
use crate::{
    actor::Ctx,
    booking::{
        entity::{BookingKind, BookingState, booking, room},
        rules::texts::{line, lines, optional_line},
    },
    edit::Edit,
    env::Instant,
    ids::{BookingId, ProjectId, RoomId, SessionId, StudioId, TypedId},
    policy::{self, Action},
    production::entity::project,
    session_log::{
        SessionLogError,
        entity::{LogEntry, SessionKind, session},
        rules::{MAX_LINE_CHARS, MAX_SESSION_NOTES_CHARS, MAX_TITLE_CHARS, check_format, check_year},
    },
    store::Tx,
};

/// A session as its log is begun; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The booking that it is held in; what is left out below is as the booking says.
    pub booking: Option<BookingId>,
    /// What it is for.
    pub kind: SessionKind,
    /// What it is called.
    pub title: Option<String>,
    /// When it began.
    pub started_at: Option<Instant>,
    /// What else is said.
    pub rest: SessionChange,
}

/// What is changed of a session; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionChange {
    /// What it is for.
    pub kind: Edit<SessionKind>,
    /// What it is called.
    pub title: Edit<String>,
    /// The room.
    pub room: Edit<Option<RoomId>>,
    /// The project.
    pub project: Edit<Option<ProjectId>>,
    /// Where it was, if elsewhere.
    pub venue: Edit<Option<String>>,
    /// When it began.
    pub started_at: Edit<Instant>,
    /// When it ended.
    pub ended_at: Edit<Option<Instant>>,
    /// Bits of a sample.
    pub bit_depth: Edit<Option<i32>>,
    /// Samples of a second, in hertz.
    pub sample_rate_hz: Edit<Option<i32>>,
    /// What else is to be said.
    pub notes: Edit<String>,
}

/// Begins the log of a session, of a booking that was confirmed or of none.
///
/// # Errors
/// If the actor may not, the booking has its log already or nobody comes to it, or something is not the studio's.
pub async fn start_session(
    tx: &Tx,
    ctx: &Ctx,
    studio: StudioId,
    new: NewSession,
) -> Result<session::Model, SessionLogError> {
    policy::require(&ctx.actor, Action::WriteProduction, studio)?;
    let booked = match new.booking {
        Some(id) => Some(require_booking(tx, studio, id).await?),
        None => None,
    };
    let now = ctx.env.now();
    let of_booking = booked.as_ref();
    let started_at = new.started_at.or(of_booking.map(|row| row.starts_at)).ok_or(SessionLogError::NoStart)?;
    let named = new.title.or_else(|| of_booking.map(|row| row.title.clone())).unwrap_or_default();
    let begun = session::Model {
        id: ctx.env.id(),
        studio_id: studio,
        booking_id: new.booking,
        room_id: of_booking.map(|row| row.room_id),
        project_id: of_booking.and_then(|row| row.project_id),
        kind: new.kind,
        title: line("title", &named, MAX_TITLE_CHARS)?,
        venue: None,
        started_at,
        // What is booked for later has not ended.
        ended_at: of_booking.map(|row| row.ends_at).filter(|end| *end <= now && started_at < *end),
        bit_depth: None,
        sample_rate_hz: None,
        notes: String::new(),
        edits: 1,
        created_at: now,
    };
    let session = changed(tx, begun, new.rest).await?;
    session.clone().into_active_model().insert(tx).await?;
    append(tx, ctx, (session.id, 1), (LogEntry::Session, session.id.uuid()), (None, Some(&session))).await?;
    Ok(session)
}

/// A booking of the studio that was held, or is to be, and is not logged yet; held, so that it is logged once.
async fn require_booking(tx: &Tx, studio: StudioId, id: BookingId) -> Result<booking::Model, SessionLogError> {
    let found = booking::Entity::find_by_id(id)
        .filter(booking::Column::StudioId.eq(studio))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?;
    let found = found.ok_or(SessionLogError::NotFound { what: "booking", field: "booking" })?;
    if found.state != BookingState::Confirmed || found.kind == BookingKind::Block {
        return Err(SessionLogError::NotHeld);
    }
    let logged = session::Entity::find().filter(session::Column::BookingId.eq(id)).one(tx).await?;
    if logged.is_some() { Err(SessionLogError::Logged) } else { Ok(found) }
}

/// Changes what a log says of its session.
///
/// # Errors
/// If the actor may not, or something is refused. What was logged within the session may lie outside of another beginning or end; it stays.
pub async fn update_session(
    tx: &Tx,
    ctx: &Ctx,
    id: SessionId,
    change: SessionChange,
) -> Result<session::Model, SessionLogError> {
    let before = lock(tx, ctx, id).await?;
    let after = changed(tx, before.clone(), change).await?;
    let row = session::ActiveModel { id: Set(id), ..after.clone().into_active_model().reset_all() };
    row.update(tx).await?;
    record(tx, ctx, &before, (LogEntry::Session, id.uuid()), (Some(&before), Some(&after))).await?;
    Ok(after)
}

/// A session with a change, checked.
async fn changed(tx: &Tx, session: session::Model, change: SessionChange) -> Result<session::Model, SessionLogError> {
    let title = change.title.try_map(|title| line("title", &title, MAX_TITLE_CHARS))?;
    let venue = change.venue.try_map(|venue| optional_line("venue", venue.as_deref(), MAX_LINE_CHARS))?;
    let notes = change.notes.try_map(|notes| lines("notes", &notes, MAX_SESSION_NOTES_CHARS))?;
    let changed = session::Model {
        kind: change.kind.or(session.kind),
        title: title.or(session.title),
        room_id: change.room.or(session.room_id),
        project_id: change.project.or(session.project_id),
        venue: venue.or(session.venue),
        started_at: change.started_at.or(session.started_at),
        ended_at: change.ended_at.or(session.ended_at),
        bit_depth: change.bit_depth.or(session.bit_depth),
        sample_rate_hz: change.sample_rate_hz.or(session.sample_rate_hz),
        notes: notes.or(session.notes),
        ..session
    };
    check_year("startedAt", Some(changed.started_at))?;
    check_year("endedAt", changed.ended_at)?;
    if changed.ended_at.is_some_and(|end| end <= changed.started_at) {
        return Err(SessionLogError::Span { field: "endedAt" });
    }
    check_format(changed.bit_depth, changed.sample_rate_hz)?;
    if let Some(id) = changed.room_id {
        let found = room::Entity::find_by_id(id).filter(room::Column::StudioId.eq(changed.studio_id)).one(tx).await?;
        found.ok_or(SessionLogError::NotFound { what: "room", field: "room" })?;
    }
    if let Some(id) = changed.project_id {
        let of_studio = project::Entity::find_by_id(id).filter(project::Column::StudioId.eq(changed.studio_id));
        of_studio.one(tx).await?.ok_or(SessionLogError::NotFound { what: "project", field: "project" })?;
    }
    Ok(changed)
}
