//! Takes, and comps of them.

use std::collections::BTreeSet;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, sea_query::LockType,
};

use super::{check_space, lock, record, require_song};
use crate::{
    actor::Ctx,
    booking::rules::texts::{line, lines},
    env::Instant,
    ids::{SessionId, SongId, TakeId, TypedId},
    report::StoreError,
    session_log::{
        SessionLogError,
        entity::{LogEntry, comp_take, session, take},
        rules::{MAX_ENTRIES, MAX_TAKE_NOTES_CHARS, MAX_WORD_CHARS, check_span},
    },
    store::Tx,
};

/// The highest number of a take.
const MAX_NUMBER: i32 = 9_999;

/// A take; texts as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeInput {
    /// The song.
    pub song: SongId,
    /// What of it was recorded.
    pub part: String,
    /// Its number; none for the one it has, or the next of that part.
    pub number: Option<i32>,
    /// When it was recorded.
    pub recorded_at: Option<Instant>,
    /// How good it is, 1 to 5.
    pub rating: Option<i32>,
    /// What is to be said of it.
    pub notes: String,
    /// The takes that it is put together of; none if it is no comp.
    pub comp_of: Option<Vec<TakeId>>,
}

/// A take with what it is put together of.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TakeView {
    /// The take.
    #[serde(flatten)]
    pub take: take::Model,
    /// The takes that it is put together of, by their ids; empty unless it is a comp.
    pub comp_of: Vec<TakeId>,
}

/// Writes down a take, anew or otherwise than before.
///
/// # Errors
/// If the actor may not, the song is not the studio's, the number is another's, or it is a comp of what it cannot be made of.
pub async fn put_take(
    tx: &Tx,
    ctx: &Ctx,
    (session, existing): (SessionId, Option<TakeId>),
    input: &TakeInput,
) -> Result<TakeView, SessionLogError> {
    let session = lock(tx, ctx, session).await?;
    let before = match existing {
        Some(id) => Some(find(tx, session.id, id).await?),
        None => None,
    };
    require_song(tx, session.studio_id, input.song).await?;
    let outside = |_| SessionLogError::Span { field: "recordedAt" };
    check_span(&session, input.recorded_at, None).map_err(outside)?;
    if input.rating.is_some_and(|rating| !(1..=5).contains(&rating)) {
        return Err(SessionLogError::Range { field: "rating", said: "a rating is 1 to 5" });
    }
    if let Some(before) = &before
        && before.take.song_id != input.song
    {
        // A comp is of one song.
        require_uncomped(tx, before.take.id).await?;
    }
    let part = line("part", &input.part, MAX_WORD_CHARS)?;
    let number = number_of(tx, (&session, before.as_ref()), (input.song, &part), input.number).await?;
    let row = take::Model {
        id: before.as_ref().map_or_else(|| ctx.env.id(), |before| before.take.id),
        session_id: session.id,
        studio_id: session.studio_id,
        song_id: input.song,
        part,
        number,
        recorded_at: input.recorded_at,
        rating: input.rating,
        is_comp: input.comp_of.is_some(),
        notes: lines("notes", &input.notes, MAX_TAKE_NOTES_CHARS)?,
        created_at: before.as_ref().map_or_else(|| ctx.env.now(), |before| before.take.created_at),
    };
    let comp_of = match &input.comp_of {
        Some(takes) => require_sources(tx, &row, takes).await?,
        None => Vec::new(),
    };
    if before.is_some() {
        comp_take::Entity::delete_many().filter(comp_take::Column::CompId.eq(row.id)).exec(tx).await?;
        let written = take::ActiveModel { id: Set(row.id), ..row.clone().into_active_model().reset_all() };
        written.update(tx).await?;
    } else {
        let entries = take::Entity::find().filter(take::Column::SessionId.eq(session.id)).count(tx).await?;
        check_space(entries)?;
        row.clone().into_active_model().insert(tx).await?;
    }
    for source in &comp_of {
        comp_take::Model { comp_id: row.id, take_id: *source }.into_active_model().insert(tx).await?;
    }
    let after = TakeView { take: row, comp_of };
    record(tx, ctx, &session, (LogEntry::Take, after.take.id.uuid()), (before.as_ref(), Some(&after))).await?;
    Ok(after)
}

/// The number of a take among those of its part: the one that is given, or the one it has, or the next.
async fn number_of(
    tx: &Tx,
    (session, before): (&session::Model, Option<&TakeView>),
    (song, part): (SongId, &str),
    given: Option<i32>,
) -> Result<i32, SessionLogError> {
    let out_of_range = SessionLogError::Range { field: "number", said: "a take has a number from 1 to 9999" };
    let others = take::Entity::find()
        .filter(take::Column::SessionId.eq(session.id))
        .filter(take::Column::SongId.eq(song))
        .filter(take::Column::Part.eq(part))
        .order_by_desc(take::Column::Number)
        .all(tx)
        .await?;
    let of_itself = before.filter(|before| before.take.song_id == song && before.take.part == part);
    let number = match (given, of_itself) {
        (Some(number), _) => number,
        (None, Some(before)) => before.take.number,
        (None, None) => others.first().map_or(1, |last| last.number.saturating_add(1)),
    };
    if !(1..=MAX_NUMBER).contains(&number) {
        return Err(out_of_range);
    }
    let own = before.map(|before| before.take.id);
    if others.iter().any(|other| other.number == number && Some(other.id) != own) {
        return Err(SessionLogError::NumberTaken { part: part.to_owned(), number });
    }
    Ok(number)
}

/// What a comp is put together of, by the takes' ids.
async fn sources_of(tx: &Tx, comp: TakeId) -> Result<Vec<TakeId>, StoreError> {
    let rows = comp_take::Entity::find()
        .filter(comp_take::Column::CompId.eq(comp))
        .order_by_asc(comp_take::Column::TakeId)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| row.take_id).collect())
}

/// The takes of which a comp is put together: others of its song, in any session of the studio; held, so that none is removed meanwhile.
async fn require_sources(tx: &Tx, comp: &take::Model, takes: &[TakeId]) -> Result<Vec<TakeId>, SessionLogError> {
    let wanted: BTreeSet<TakeId> = takes.iter().copied().collect();
    if wanted.is_empty() || wanted.len() > MAX_ENTRIES || wanted.contains(&comp.id) {
        return Err(SessionLogError::Comp);
    }
    let found = take::Entity::find()
        .filter(take::Column::Id.is_in(wanted.iter().copied()))
        .filter(take::Column::StudioId.eq(comp.studio_id))
        .order_by_asc(take::Column::Id)
        .lock(LockType::KeyShare)
        .all(tx)
        .await?;
    if found.len() < wanted.len() {
        return Err(SessionLogError::NotFound { what: "take", field: "compOf" });
    }
    if found.iter().any(|source| source.song_id != comp.song_id) {
        return Err(SessionLogError::Comp);
    }
    Ok(found.into_iter().map(|source| source.id).collect())
}

/// Refuses to touch a take that a comp is made of; nobody makes one of it until the end of the transaction.
async fn require_uncomped(tx: &Tx, id: TakeId) -> Result<(), SessionLogError> {
    take::Entity::find_by_id(id).lock(LockType::Update).one(tx).await?;
    let comps = comp_take::Entity::find().filter(comp_take::Column::TakeId.eq(id)).count(tx).await?;
    if comps == 0 { Ok(()) } else { Err(SessionLogError::InComp) }
}

async fn find(tx: &Tx, session: SessionId, id: TakeId) -> Result<TakeView, SessionLogError> {
    let of_session = take::Entity::find_by_id(id).filter(take::Column::SessionId.eq(session));
    let take = of_session.one(tx).await?.ok_or(SessionLogError::NotLogged("take"))?;
    Ok(TakeView { take, comp_of: sources_of(tx, id).await? })
}

/// Takes out a take; the edits keep it. Of a comp the takes stay.
///
/// # Errors
/// If the actor may not, the session has no such take, or a comp is made of it.
pub async fn remove_take(tx: &Tx, ctx: &Ctx, session: SessionId, id: TakeId) -> Result<TakeView, SessionLogError> {
    let session = lock(tx, ctx, session).await?;
    let gone = find(tx, session.id, id).await?;
    require_uncomped(tx, id).await?;
    comp_take::Entity::delete_many().filter(comp_take::Column::CompId.eq(id)).exec(tx).await?;
    take::Entity::delete_by_id(id).exec(tx).await?;
    record(tx, ctx, &session, (LogEntry::Take, id.uuid()), (Some(&gone), None)).await?;
    Ok(gone)
}
