//! Who did what.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use super::{check_space, lock, record, require_song};
use crate::{
    actor::Ctx,
    booking::{commands::hold_party, rules::texts::optional_line},
    env::Instant,
    ids::{PartyId, SessionCreditId, SessionId, SongId, TypedId},
    policy::Action,
    session_log::{
        SessionLogError,
        entity::{LogEntry, SessionRole, credit},
        rules::{MAX_CREDIT_NOTE_CHARS, MAX_WORD_CHARS, check_span},
    },
    store::Tx,
};

/// What somebody did; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditInput {
    /// Who.
    pub party: PartyId,
    /// On which song; none for all songs of the session.
    pub song: Option<SongId>,
    /// As what.
    pub role: SessionRole,
    /// On which instrument.
    pub instrument: Option<String>,
    /// From when, if not from the beginning.
    pub from: Option<Instant>,
    /// Until when, if not until the end.
    pub to: Option<Instant>,
    /// What else is to be said.
    pub note: Option<String>,
}

/// Writes down what somebody did, anew or otherwise than before.
///
/// # Errors
/// If the actor may not, the party or the song is not the studio's, the party was merged into another or erased, it lies outside of the session, or the log is full.
pub async fn put_credit(
    tx: &Tx,
    ctx: &Ctx,
    (session, existing): (SessionId, Option<SessionCreditId>),
    input: &CreditInput,
) -> Result<credit::Model, SessionLogError> {
    let session = lock(tx, ctx, session).await?;
    let before = match existing {
        Some(id) => Some(find(tx, session.id, id).await?),
        None => None,
    };
    // Who stands there already may have been erased since.
    if before.as_ref().is_none_or(|row| row.party_id != input.party) {
        let named = (session.studio_id, input.party);
        hold_party(tx, ctx, Action::WriteProduction, named).await.map_err(SessionLogError::Party)?;
    }
    if let Some(song) = input.song {
        require_song(tx, session.studio_id, song).await?;
    }
    check_span(&session, input.from, input.to)?;
    let note = optional_line("note", input.note.as_deref(), MAX_CREDIT_NOTE_CHARS)?;
    if input.role == SessionRole::Other && note.is_none() {
        return Err(SessionLogError::NoteMissing);
    }
    let row = credit::Model {
        id: before.as_ref().map_or_else(|| ctx.env.id(), |row| row.id),
        session_id: session.id,
        studio_id: session.studio_id,
        party_id: input.party,
        song_id: input.song,
        role: input.role,
        instrument: optional_line("instrument", input.instrument.as_deref(), MAX_WORD_CHARS)?,
        from_at: input.from,
        to_at: input.to,
        note,
        created_at: before.as_ref().map_or_else(|| ctx.env.now(), |row| row.created_at),
    };
    if before.is_some() {
        let written = credit::ActiveModel { id: Set(row.id), ..row.clone().into_active_model().reset_all() };
        written.update(tx).await?;
    } else {
        let entries = credit::Entity::find().filter(credit::Column::SessionId.eq(session.id)).count(tx).await?;
        check_space(entries)?;
        row.clone().into_active_model().insert(tx).await?;
    }
    record(tx, ctx, &session, (LogEntry::Credit, row.id.uuid()), (before.as_ref(), Some(&row))).await?;
    Ok(row)
}

async fn find(tx: &Tx, session: SessionId, id: SessionCreditId) -> Result<credit::Model, SessionLogError> {
    let of_session = credit::Entity::find_by_id(id).filter(credit::Column::SessionId.eq(session));
    of_session.one(tx).await?.ok_or(SessionLogError::NotLogged("credit"))
}

/// Takes out what somebody did; the edits keep it.
///
/// # Errors
/// If the actor may not, or the session has no such credit.
pub async fn remove_credit(
    tx: &Tx,
    ctx: &Ctx,
    session: SessionId,
    id: SessionCreditId,
) -> Result<credit::Model, SessionLogError> {
    let session = lock(tx, ctx, session).await?;
    let row = find(tx, session.id, id).await?;
    credit::Entity::delete_by_id(id).exec(tx).await?;
    record(tx, ctx, &session, (LogEntry::Credit, id.uuid()), (Some(&row), None)).await?;
    Ok(row)
}
