//! What changes the log. Each command holds the session first, so that its edits are in an order; who removes a take, or makes a comp of it, holds that as well.

mod credits;
mod material;
mod sessions;
mod takes;

pub use credits::{CreditInput, put_credit, remove_credit};
pub use material::{GearInput, SampleInput, put_gear, put_sample, remove_gear, remove_sample};
pub use sessions::{NewSession, SessionChange, start_session, update_session};
pub use takes::{TakeInput, TakeView, put_take, remove_take};

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, prelude::Uuid,
    sea_query::LockType,
};
use serde::Serialize;

use super::{
    SessionLogError,
    entity::{LogAct, LogEntry, edit, session},
    rules::MAX_ENTRIES,
};
use crate::{
    actor::Ctx,
    ids::{SessionId, SongId, StudioId},
    policy::{self, Action},
    production::entity::song,
    report::StoreError,
    store::Tx,
};

/// A session for whoever may write in its log, held until the end of the transaction.
async fn lock(tx: &Tx, ctx: &Ctx, id: SessionId) -> Result<session::Model, SessionLogError> {
    let found = session::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let found = policy::visible(&ctx.actor, Action::WriteProduction, found, |row| row.studio_id)?;
    found.ok_or(SessionLogError::NotFound { what: "session", field: "session" })
}

/// Refuses another entry where there are as many as a session has.
fn check_space(entries: u64) -> Result<(), SessionLogError> {
    if usize::try_from(entries).unwrap_or(usize::MAX) < MAX_ENTRIES { Ok(()) } else { Err(SessionLogError::Full) }
}

/// Refuses a song of another studio as if there were none.
async fn require_song(tx: &Tx, studio: StudioId, id: SongId) -> Result<(), SessionLogError> {
    let found = song::Entity::find_by_id(id).filter(song::Column::StudioId.eq(studio)).one(tx).await?;
    found.map(drop).ok_or(SessionLogError::NotFound { what: "song", field: "song" })
}

/// Appends an edit to those of a session that is held; none where nothing has changed.
async fn record<T: Serialize + PartialEq + Sync>(
    tx: &Tx,
    ctx: &Ctx,
    session: &session::Model,
    (entry, entry_id): (LogEntry, Uuid),
    (before, after): (Option<&T>, Option<&T>),
) -> Result<(), StoreError> {
    if before == after {
        return Ok(());
    }
    let seq = session.edits.saturating_add(1);
    append(tx, ctx, (session.id, seq), (entry, entry_id), (before, after)).await?;
    let counted = session::ActiveModel { id: Set(session.id), edits: Set(seq), ..Default::default() };
    counted.update(tx).await?;
    Ok(())
}

async fn append<T: Serialize + Sync>(
    tx: &Tx,
    ctx: &Ctx,
    (session, seq): (SessionId, i32),
    (entry, entry_id): (LogEntry, Uuid),
    (before, after): (Option<&T>, Option<&T>),
) -> Result<(), StoreError> {
    let json = |row: Option<&T>| {
        let told = row.map(serde_json::to_value).transpose();
        told.map_err(|cause| StoreError::from(sea_orm::DbErr::Json(cause.to_string())))
    };
    let row = edit::ActiveModel {
        session_id: Set(session),
        seq: Set(seq),
        entry: Set(entry),
        entry_id: Set(entry_id),
        act: Set(match (before, after) {
            (None, _) => LogAct::Added,
            (Some(_), Some(_)) => LogAct::Changed,
            (Some(_), None) => LogAct::Removed,
        }),
        before: Set(json(before)?),
        after: Set(json(after)?),
        user_id: Set(ctx.actor.user()),
        at: Set(ctx.env.now()),
    };
    row.insert(tx).await?;
    Ok(())
}
