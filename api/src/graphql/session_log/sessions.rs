//! Sessions as the studio sees them, and what is made of them.

use async_graphql::{ComplexObject, Context, Enum, InputObject, Json, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    agreements,
    ids::{BookingId, ProjectId, RoomId, SessionId, SongId, StudioId},
    session_log::{
        entity::session,
        queries::{self, MAX_EDITS, SessionFilter, SongCredit as DomainCredit},
    },
};
use serde_json::Value;

use super::{
    entries::{SessionCredit, SessionEdit, SessionGear, SessionRole, SessionSample, SessionTake},
    loading::{CreditsOf, GearOf, SamplesOf, TakesOf},
};
use crate::graphql::{
    booking::rooms::Room,
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    loader,
    parties::Party,
    scalars::Id,
};

/// What a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::session_log::entity::SessionKind")]
pub enum SessionKind {
    /// Writing the song.
    Writing,
    /// Recording the basic tracks.
    Tracking,
    /// Recording on top of them.
    Overdub,
    /// Recording vocals.
    Vocal,
    /// Programming beats and instruments.
    Programming,
    /// Editing.
    Editing,
    /// Mixing.
    Mixing,
    /// Mastering.
    Mastering,
    /// Anything else.
    Other,
}

/// A session as it was logged.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct StudioSession {
    /// The id.
    pub id: Id<SessionId>,
    /// Whose it is.
    pub studio_id: Id<StudioId>,
    /// The booking that it was held in.
    pub booking_id: Option<Id<BookingId>>,
    /// The project that it was for.
    pub project_id: Option<Id<ProjectId>>,
    /// What it was for.
    pub kind: SessionKind,
    /// What it is called.
    pub title: String,
    /// Where it was, if elsewhere.
    pub venue: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; absent while it lasts.
    pub ended_at: Option<DateTime<Utc>>,
    /// Bits of a sample.
    pub bit_depth: Option<i32>,
    /// Samples of a second, in hertz.
    pub sample_rate_hz: Option<i32>,
    /// What else is to be said.
    pub notes: String,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    key: SessionId,
    #[graphql(skip)]
    room_key: Option<RoomId>,
}

impl From<session::Model> for StudioSession {
    fn from(row: session::Model) -> Self {
        Self {
            id: row.id.into(),
            studio_id: row.studio_id.into(),
            booking_id: row.booking_id.map(Id::from),
            project_id: row.project_id.map(Id::from),
            kind: row.kind.into(),
            title: row.title,
            venue: row.venue,
            started_at: row.started_at,
            ended_at: row.ended_at,
            bit_depth: row.bit_depth,
            sample_rate_hz: row.sample_rate_hz,
            notes: row.notes,
            created_at: row.created_at,
            key: row.id,
            room_key: row.room_id,
        }
    }
}

#[ComplexObject]
impl StudioSession {
    /// The room, if it was one of the studio's.
    async fn room(&self, ctx: &Context<'_>) -> Result<Option<Room>, Failure> {
        let Some(room) = self.room_key else { return Ok(None) };
        Ok(loader(ctx)?.load_one(room).await?.map(Room::from))
    }

    /// Who did what.
    #[graphql(complexity = "5 + 10 * child_complexity")]
    async fn credits(&self, ctx: &Context<'_>) -> Result<Vec<SessionCredit>, Failure> {
        let rows = loader(ctx)?.load_one(CreditsOf(self.key)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Takes and comps, in the order in which they were entered.
    #[graphql(complexity = "5 + 10 * child_complexity")]
    async fn takes(&self, ctx: &Context<'_>) -> Result<Vec<SessionTake>, Failure> {
        let rows = loader(ctx)?.load_one(TakesOf(self.key)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(SessionTake::from).collect())
    }

    /// Equipment that was used.
    #[graphql(complexity = "5 + 10 * child_complexity")]
    async fn gear(&self, ctx: &Context<'_>) -> Result<Vec<SessionGear>, Failure> {
        let rows = loader(ctx)?.load_one(GearOf(self.key)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(SessionGear::from).collect())
    }

    /// Samples that were used.
    #[graphql(complexity = "5 + 10 * child_complexity")]
    async fn samples(&self, ctx: &Context<'_>) -> Result<Vec<SessionSample>, Failure> {
        let rows = loader(ctx)?.load_one(SamplesOf(self.key)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(SessionSample::from).collect())
    }

    /// Edits of the log, the last first: 20 unless it is said, 100 at the most, and those before a number if one is given.
    #[graphql(complexity = "5 + 20 * child_complexity")]
    async fn edits(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20)] last: i32,
        before: Option<i32>,
    ) -> Result<Vec<SessionEdit>, Failure> {
        let limit = u64::try_from(last).unwrap_or(1).clamp(1, MAX_EDITS);
        let rows = queries::edits_of_session(&caller(ctx)?.services.db, self.key, before, limit).await?;
        Ok(rows.into_iter().map(SessionEdit::from).collect())
    }
}

/// What a party did on a song, in whichever sessions.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct LoggedCredit {
    /// Who.
    pub party: Party,
    /// As what.
    pub role: SessionRole,
    /// On which instrument.
    pub instrument: Option<String>,
    /// What it was, of something else than the roles.
    pub note: Option<String>,
    /// In which sessions, the first first.
    pub session_ids: Vec<Id<SessionId>>,
}

impl From<DomainCredit> for LoggedCredit {
    fn from(credit: DomainCredit) -> Self {
        Self {
            party: credit.party.into(),
            role: credit.role.into(),
            instrument: credit.instrument,
            note: credit.note,
            session_ids: credit.sessions.into_iter().map(Id::from).collect(),
        }
    }
}

/// Which sessions are listed.
#[derive(Debug, Default, InputObject)]
pub struct StudioSessionFilterInput {
    /// Of a project.
    pub project: Option<Id<ProjectId>>,
    /// Of a booking.
    pub booking: Option<Id<BookingId>>,
    /// In which a song was worked on.
    pub song: Option<Id<SongId>>,
}

impl StudioSessionFilterInput {
    fn read(&self) -> Result<SessionFilter, Failure> {
        Ok(SessionFilter {
            project: self.project.as_ref().map(|id| id.named("filter.project")).transpose()?,
            booking: self.booking.as_ref().map(|id| id.named("filter.booking")).transpose()?,
            song: self.song.as_ref().map(|id| id.named("filter.song")).transpose()?,
        })
    }
}

/// Queries about sessions.
#[derive(Debug, Default)]
pub struct SessionLogQuery;

#[Object]
impl SessionLogQuery {
    /// A session as it was logged.
    async fn studio_session(&self, ctx: &Context<'_>, id: Id<SessionId>) -> Result<Option<StudioSession>, Failure> {
        let caller = caller(ctx)?;
        let found = queries::find_session(&caller.services.db, &caller.ctx, id.named("id")?).await?;
        Ok(found.map(StudioSession::from))
    }

    /// The studio's sessions, those logged last first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of every connection and what narrows the list")]
    async fn studio_sessions(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        filter: Option<StudioSessionFilterInput>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<StudioSession>, Failure> {
        let caller = caller(ctx)?;
        let request = page(first, after, last, before)?;
        let (studio, filter) = (studio.named("studio")?, filter.unwrap_or_default().read()?);
        let rows = queries::list_sessions(&caller.services.db, &caller.ctx, studio, filter, request).await?;
        Ok(connection(rows, |row| row.id, StudioSession::from))
    }

    /// Who did what on a song, by all that was logged of it.
    #[graphql(complexity = "10 + 10 * child_complexity")]
    async fn logged_credits(&self, ctx: &Context<'_>, song: Id<SongId>) -> Result<Vec<LoggedCredit>, Failure> {
        let caller = caller(ctx)?;
        let rows = queries::credits_of_song(&caller.services.db, &caller.ctx, song.named("song")?).await?;
        Ok(rows.into_iter().map(LoggedCredit::from).collect())
    }

    /// A split sheet of a song's work to begin with, from what was logged of it in equal parts and with the studio's own clauses: a document for
    /// `draftAgreement`.
    async fn logged_split_sheet_draft(&self, ctx: &Context<'_>, song: Id<SongId>) -> Result<Json<Value>, Failure> {
        let caller = caller(ctx)?;
        let (services, song) = (&caller.services, song.named("song")?);
        let documents = services.agreements.as_ref();
        let draft = agreements::queries::prefill_logged_split_sheet(&services.db, &caller.ctx, documents, song).await?;
        serde_json::from_str(&draft).map(Json).map_err(Failure::broken)
    }
}
