//! The entries of a session's log, and their edits.

use async_graphql::{ComplexObject, Context, Enum, Json, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    ids::{EquipmentId, PartyId, SessionCreditId, SessionGearId, SessionSampleId, SongId, TakeId, UserId},
    session_log::{
        commands::TakeView,
        entity::{credit, edit, gear, sample},
    },
};
use serde_json::Value;

use super::loading::SongTitle;
use crate::graphql::{
    booking::PartyNamed, catalog::SampleClearance, errors::Failure, loader, parties::Party, scalars::Id,
};

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::session_log::entity::SessionRole")]
pub enum SessionRole {
    /// Wrote words and music.
    Songwriter,
    /// Wrote the music.
    Composer,
    /// Wrote the words.
    Lyricist,
    /// The artist whose recording it is.
    Artist,
    /// An artist who is featured on it.
    FeaturedArtist,
    /// Played or sang.
    Performer,
    /// Played or sang, hired for it.
    SessionMusician,
    /// Sang lead.
    LeadVocalist,
    /// Sang backings.
    BackgroundVocalist,
    /// Played the solo.
    Soloist,
    /// Led the band.
    BandLeader,
    /// Conducted.
    Conductor,
    /// Was the DJ.
    Dj,
    /// Produced.
    Producer,
    /// Produced with somebody else.
    CoProducer,
    /// Produced besides.
    AdditionalProducer,
    /// Produced the vocals.
    VocalProducer,
    /// Helped to produce.
    AssistantProducer,
    /// Answered for the production.
    ExecutiveProducer,
    /// Programmed beats and instruments.
    Programmer,
    /// Designed sounds.
    SoundDesigner,
    /// Arranged for instruments.
    Arranger,
    /// Arranged for voices.
    VocalArranger,
    /// Engineered.
    Engineer,
    /// Helped to engineer.
    AssistantEngineer,
    /// Recorded.
    RecordingEngineer,
    /// Recorded vocals.
    VocalEngineer,
    /// Edited.
    EditingEngineer,
    /// Mixed.
    MixingEngineer,
    /// Mastered.
    MasteringEngineer,
    /// Remixed.
    Remixer,
    /// Was there, and is not credited.
    Visitor,
    /// Something else, which the note says.
    Other,
}

/// What somebody did in a session.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct SessionCredit {
    /// The id.
    pub id: Id<SessionCreditId>,
    /// Who.
    pub party_id: Id<PartyId>,
    /// On which song; absent for all songs of the session.
    pub song_id: Option<Id<SongId>>,
    /// As what.
    pub role: SessionRole,
    /// On which instrument.
    pub instrument: Option<String>,
    /// From when, if not from the beginning.
    pub from: Option<DateTime<Utc>>,
    /// Until when, if not until the end.
    pub to: Option<DateTime<Utc>>,
    /// What else is to be said.
    pub note: Option<String>,
    #[graphql(skip)]
    keys: (PartyId, Option<SongId>),
}

impl From<credit::Model> for SessionCredit {
    fn from(row: credit::Model) -> Self {
        Self {
            id: row.id.into(),
            party_id: row.party_id.into(),
            song_id: row.song_id.map(Id::from),
            role: row.role.into(),
            instrument: row.instrument,
            from: row.from_at,
            to: row.to_at,
            note: row.note,
            keys: (row.party_id, row.song_id),
        }
    }
}

#[ComplexObject]
impl SessionCredit {
    /// Who.
    async fn party(&self, ctx: &Context<'_>) -> Result<Option<Party>, Failure> {
        Ok(loader(ctx)?.load_one(PartyNamed(self.keys.0)).await?.map(Party::from))
    }

    /// The song's title.
    async fn song_title(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        title(ctx, self.keys.1).await
    }
}

async fn title(ctx: &Context<'_>, song: Option<SongId>) -> Result<Option<String>, Failure> {
    match song {
        Some(song) => loader(ctx)?.load_one(SongTitle(song)).await,
        None => Ok(None),
    }
}

/// A take of a part of a song, or a comp of takes.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct SessionTake {
    /// The id.
    pub id: Id<TakeId>,
    /// The song.
    pub song_id: Id<SongId>,
    /// What of it was recorded.
    pub part: String,
    /// Its number among the takes of that part in the session.
    pub number: i32,
    /// When it was recorded.
    pub recorded_at: Option<DateTime<Utc>>,
    /// How good it is, 1 to 5.
    pub rating: Option<i32>,
    /// Whether it is put together of other takes.
    pub is_comp: bool,
    /// Those takes.
    pub comp_of: Vec<Id<TakeId>>,
    /// What is to be said of it.
    pub notes: String,
    #[graphql(skip)]
    key: SongId,
}

impl From<TakeView> for SessionTake {
    fn from(view: TakeView) -> Self {
        let row = view.take;
        Self {
            id: row.id.into(),
            song_id: row.song_id.into(),
            part: row.part,
            number: row.number,
            recorded_at: row.recorded_at,
            rating: row.rating,
            is_comp: row.is_comp,
            comp_of: view.comp_of.into_iter().map(Id::from).collect(),
            notes: row.notes,
            key: row.song_id,
        }
    }
}

#[ComplexObject]
impl SessionTake {
    /// The song's title.
    async fn song_title(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        title(ctx, Some(self.key)).await
    }
}

/// Equipment that was used.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct SessionGear {
    /// The id.
    pub id: Id<SessionGearId>,
    /// The piece, if it is one of the studio's.
    pub equipment_id: Option<Id<EquipmentId>>,
    /// What it is called.
    pub name: String,
    /// What it was used for.
    pub used_for: Option<String>,
}

impl From<gear::Model> for SessionGear {
    fn from(row: gear::Model) -> Self {
        Self { id: row.id.into(), equipment_id: row.equipment_id.map(Id::from), name: row.name, used_for: row.used_for }
    }
}

/// A recording or composition of others that was used.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct SessionSample {
    /// The id.
    pub id: Id<SessionSampleId>,
    /// In which song; absent for all songs of the session.
    pub song_id: Option<Id<SongId>>,
    /// What was sampled.
    pub title: String,
    /// Where it is from.
    pub source: String,
    /// By what right.
    pub clearance: SampleClearance,
    #[graphql(skip)]
    key: Option<SongId>,
}

impl From<sample::Model> for SessionSample {
    fn from(row: sample::Model) -> Self {
        Self {
            id: row.id.into(),
            song_id: row.song_id.map(Id::from),
            title: row.title,
            source: row.source,
            clearance: row.clearance.into(),
            key: row.song_id,
        }
    }
}

#[ComplexObject]
impl SessionSample {
    /// The song's title.
    async fn song_title(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        title(ctx, self.key).await
    }
}

/// What of a log was edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::session_log::entity::LogEntry")]
pub enum SessionEditEntry {
    /// The session itself.
    Session,
    /// What somebody did.
    Credit,
    /// A take.
    Take,
    /// Equipment.
    Gear,
    /// A sample.
    Sample,
}

/// How it was edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::session_log::entity::LogAct")]
pub enum SessionEditAct {
    /// It was not there before.
    Added,
    /// It was otherwise before.
    Changed,
    /// It is not there any more.
    Removed,
}

/// An edit of a session's log. Edits are never changed.
#[derive(Debug, Clone, SimpleObject)]
pub struct SessionEdit {
    /// Its place, from 1.
    pub number: i32,
    /// What was edited.
    pub entry: SessionEditEntry,
    /// How.
    pub act: SessionEditAct,
    /// How it was before; absent of what was added.
    pub before: Option<Json<Value>>,
    /// How it is since then; absent of what was removed.
    pub after: Option<Json<Value>>,
    /// The member who did it; absent if a program did.
    pub user_id: Option<Id<UserId>>,
    /// When.
    pub at: DateTime<Utc>,
}

impl From<edit::Model> for SessionEdit {
    fn from(row: edit::Model) -> Self {
        Self {
            number: row.seq,
            entry: row.entry.into(),
            act: row.act.into(),
            before: row.before.map(Json),
            after: row.after.map(Json),
            user_id: row.user_id.map(Id::from),
            at: row.at,
        }
    }
}
