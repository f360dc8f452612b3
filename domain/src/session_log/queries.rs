//! Reading the log: sessions, their entries and edits, and who did what on a song.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    SessionLogError,
    commands::TakeView,
    entity::{SessionRole, comp_take, credit, edit, gear, sample, session, take},
};
use crate::{
    actor::Ctx,
    ids::{BookingId, PartyId, ProjectId, SessionId, SongId, StudioId, TakeId},
    page::{self, Page, PageRequest},
    parties::entity as party,
    policy::{self, Action},
    production::entity::song,
    report::StoreError,
    store::Db,
};

/// The most edits that are read at a time.
pub const MAX_EDITS: u64 = 100;

/// Which sessions are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SessionFilter {
    /// Of a project.
    pub project: Option<ProjectId>,
    /// Of a booking.
    pub booking: Option<BookingId>,
    /// In which a song was worked on.
    pub song: Option<SongId>,
}

/// A session, for who sees the studio's, or for the program itself.
pub async fn find_session(db: &Db, ctx: &Ctx, id: SessionId) -> Result<Option<session::Model>, SessionLogError> {
    let found = session::Entity::find_by_id(id).one(db).await?;
    Ok(policy::visible(&ctx.actor, Action::ReadProduction, found, |row| row.studio_id)?)
}

/// The studio's sessions, those logged last first.
pub async fn list_sessions(
    db: &Db,
    ctx: &Ctx,
    studio: StudioId,
    filter: SessionFilter,
    page: PageRequest<SessionId>,
) -> Result<Page<session::Model>, SessionLogError> {
    policy::require(&ctx.actor, Action::ReadProduction, studio)?;
    let mut query = session::Entity::find().filter(session::Column::StudioId.eq(studio));
    if let Some(project) = filter.project {
        query = query.filter(session::Column::ProjectId.eq(project));
    }
    if let Some(booking) = filter.booking {
        query = query.filter(session::Column::BookingId.eq(booking));
    }
    if let Some(song) = filter.song {
        let sessions = sessions_of_songs(db, &[song]).await?.into_iter().map(|(session, _)| session);
        query = query.filter(session::Column::Id.is_in(sessions));
    }
    Ok(page::fetch(db, query, session::Column::Id, page).await?)
}

/// The sessions in which songs were worked on: those with a take, a credit or a sample of them.
async fn sessions_of_songs(
    db: &impl ConnectionTrait,
    songs: &[SongId],
) -> Result<BTreeSet<(SessionId, SongId)>, StoreError> {
    let of_takes: Vec<(SessionId, SongId)> = take::Entity::find()
        .select_only()
        .column(take::Column::SessionId)
        .column(take::Column::SongId)
        .filter(take::Column::SongId.is_in(songs.iter().copied()))
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    let of_credits: Vec<(SessionId, SongId)> = credit::Entity::find()
        .select_only()
        .column(credit::Column::SessionId)
        .column(credit::Column::SongId)
        .filter(credit::Column::SongId.is_in(songs.iter().copied()))
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    let of_samples: Vec<(SessionId, SongId)> = sample::Entity::find()
        .select_only()
        .column(sample::Column::SessionId)
        .column(sample::Column::SongId)
        .filter(sample::Column::SongId.is_in(songs.iter().copied()))
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    Ok(of_takes.into_iter().chain(of_credits).chain(of_samples).collect())
}

fn by_session<T>(rows: Vec<T>, session: impl Fn(&T) -> SessionId) -> HashMap<SessionId, Vec<T>> {
    let mut by_session: HashMap<SessionId, Vec<T>> = HashMap::new();
    for row in rows {
        by_session.entry(session(&row)).or_default().push(row);
    }
    by_session
}

/// Who did what, by session, in the order in which it was entered. For who may see the sessions: it asks nothing itself.
pub async fn credits_of_sessions(
    db: &impl ConnectionTrait,
    sessions: &[SessionId],
) -> Result<HashMap<SessionId, Vec<credit::Model>>, StoreError> {
    let rows = credit::Entity::find()
        .filter(credit::Column::SessionId.is_in(sessions.iter().copied()))
        .order_by_asc(credit::Column::Id)
        .all(db)
        .await?;
    Ok(by_session(rows, |row| row.session_id))
}

/// Takes, by session, in the order in which they were entered. For who may see the sessions: it asks nothing itself.
pub async fn takes_of_sessions(
    db: &impl ConnectionTrait,
    sessions: &[SessionId],
) -> Result<HashMap<SessionId, Vec<TakeView>>, StoreError> {
    let rows = take::Entity::find()
        .filter(take::Column::SessionId.is_in(sessions.iter().copied()))
        .order_by_asc(take::Column::Id)
        .all(db)
        .await?;
    let comps = rows.iter().filter(|row| row.is_comp).map(|row| row.id);
    let sources = comp_take::Entity::find()
        .filter(comp_take::Column::CompId.is_in(comps))
        .order_by_asc(comp_take::Column::TakeId)
        .all(db)
        .await?;
    let mut of_comps: HashMap<TakeId, Vec<TakeId>> = HashMap::new();
    for source in sources {
        of_comps.entry(source.comp_id).or_default().push(source.take_id);
    }
    let view = |take: take::Model| TakeView { comp_of: of_comps.remove(&take.id).unwrap_or_default(), take };
    Ok(by_session(rows.into_iter().map(view).collect(), |row| row.take.session_id))
}

/// Equipment that was used, by session. For who may see the sessions: it asks nothing itself.
pub async fn gear_of_sessions(
    db: &impl ConnectionTrait,
    sessions: &[SessionId],
) -> Result<HashMap<SessionId, Vec<gear::Model>>, StoreError> {
    let rows = gear::Entity::find()
        .filter(gear::Column::SessionId.is_in(sessions.iter().copied()))
        .order_by_asc(gear::Column::Id)
        .all(db)
        .await?;
    Ok(by_session(rows, |row| row.session_id))
}

/// Samples that were used, by session. For who may see the sessions: it asks nothing itself.
pub async fn samples_of_sessions(
    db: &impl ConnectionTrait,
    sessions: &[SessionId],
) -> Result<HashMap<SessionId, Vec<sample::Model>>, StoreError> {
    let rows = sample::Entity::find()
        .filter(sample::Column::SessionId.is_in(sessions.iter().copied()))
        .order_by_asc(sample::Column::Id)
        .all(db)
        .await?;
    Ok(by_session(rows, |row| row.session_id))
}

/// Edits of a session before a number, the last first, [`MAX_EDITS`] at the most. For who may see the session: it asks nothing itself.
pub async fn edits_of_session(
    db: &impl ConnectionTrait,
    session: SessionId,
    before: Option<i32>,
    limit: u64,
) -> Result<Vec<edit::Model>, StoreError> {
    Ok(edit::Entity::find()
        .filter(edit::Column::SessionId.eq(session))
        .filter(edit::Column::Seq.lt(before.unwrap_or(i32::MAX)))
        .order_by_desc(edit::Column::Seq)
        .limit(limit.min(MAX_EDITS))
        .all(db)
        .await?)
}

/// The titles of songs that stand in rows which the caller has been shown.
pub async fn titles_of_songs(db: &impl ConnectionTrait, ids: &[SongId]) -> Result<HashMap<SongId, String>, StoreError> {
    let rows = song::Entity::find().filter(song::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.title)).collect())
}

/// What a party did on a song, in whichever sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SongCredit {
    /// Who.
    pub party: party::Model,
    /// As what.
    pub role: SessionRole,
    /// On which instrument.
    pub instrument: Option<String>,
    /// What it was, of something else than the roles.
    pub note: Option<String>,
    /// In which sessions, the first first.
    pub sessions: Vec<SessionId>,
}

/// Who did what on a song, by all that was logged; each once, by role and then by name. For who sees the studio's sessions.
///
/// # Errors
/// If there is no such song.
pub async fn credits_of_song(db: &Db, ctx: &Ctx, id: SongId) -> Result<Vec<SongCredit>, SessionLogError> {
    let found = song::Entity::find_by_id(id).one(db).await?;
    let found = policy::visible(&ctx.actor, Action::ReadProduction, found, |row| row.studio_id)?;
    let song = found.ok_or(SessionLogError::NotFound { what: "song", field: "song" })?;
    Ok(song_credits(db, song.id).await?)
}

/// Who did what on a song, as [`credits_of_song`]; for who may know it: it asks nothing itself.
pub(crate) async fn song_credits(db: &impl ConnectionTrait, song: SongId) -> Result<Vec<SongCredit>, StoreError> {
    Ok(credits_of_songs(db, &[song]).await?.remove(&song).unwrap_or_default())
}

/// The same of songs, in a fixed number of queries; of those alone that were logged.
pub(crate) async fn credits_of_songs(
    db: &impl ConnectionTrait,
    songs: &[SongId],
) -> Result<HashMap<SongId, Vec<SongCredit>>, StoreError> {
    let mut of_sessions: HashMap<SessionId, Vec<SongId>> = HashMap::new();
    for (session, song) in sessions_of_songs(db, songs).await? {
        of_sessions.entry(session).or_default().push(song);
    }
    let of_all = Condition::all()
        .add(credit::Column::SongId.is_null())
        .add(credit::Column::SessionId.is_in(of_sessions.keys().copied()));
    let rows = credit::Entity::find()
        .filter(Condition::any().add(credit::Column::SongId.is_in(songs.iter().copied())).add(of_all))
        .order_by_asc(credit::Column::SessionId)
        .order_by_asc(credit::Column::Id)
        .all(db)
        .await?;
    let parties = party::Entity::find()
        .filter(party::Column::Id.is_in(rows.iter().map(|row| row.party_id).collect::<BTreeSet<PartyId>>()))
        .all(db)
        .await?;
    let parties: HashMap<PartyId, party::Model> = parties.into_iter().map(|party| (party.id, party)).collect();
    let mut found = BTreeMap::new();
    for row in rows.into_iter().filter(|row| row.role.is_credited()) {
        let Some(party) = parties.get(&row.party_id) else { continue };
        // What else was noted tells no credits apart, unless it says what was done.
        let note = row.note.filter(|_| row.role == SessionRole::Other);
        let of_session = of_sessions.get(&row.session_id).cloned().unwrap_or_default();
        for song in row.song_id.map_or(of_session, |song| vec![song]) {
            let key = (song, row.role, party.name.to_lowercase(), party.id, row.instrument.clone(), note.clone());
            let credit = found.entry(key).or_insert_with(|| SongCredit {
                party: party.clone(),
                role: row.role,
                instrument: row.instrument.clone(),
                note: note.clone(),
                sessions: Vec::new(),
            });
            if credit.sessions.last() != Some(&row.session_id) {
                credit.sessions.push(row.session_id);
            }
        }
    }
    let mut by_song: HashMap<SongId, Vec<SongCredit>> = HashMap::new();
    for ((song, ..), credit) in found {
        by_song.entry(song).or_default().push(credit);
    }
    Ok(by_song)
}
