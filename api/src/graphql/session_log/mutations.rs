//! What is written in the log.

use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use chrono::{DateTime, Utc};
use domain::{
    edit::Edit,
    ids::{
        BookingId, EquipmentId, PartyId, ProjectId, RoomId, SessionCreditId, SessionGearId, SessionId, SessionSampleId,
        SongId, StudioId, TakeId, TypedId,
    },
    session_log::{
        commands::{self, CreditInput, GearInput, NewSession, SampleInput, SessionChange, TakeInput, TakeView},
        entity::{credit, gear, sample, session},
    },
};

use super::{
    entries::{SessionCredit, SessionGear, SessionRole, SessionSample, SessionTake},
    sessions::{SessionKind, StudioSession},
};
use crate::{
    caller::Caller,
    graphql::{
        caller,
        catalog::{SampleClearance, edit},
        errors::Failure,
        scalars::Id,
    },
    payload,
};

/// A log to be begun.
#[derive(Debug, InputObject)]
pub struct StartSessionInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The booking that it is held in; what is left out below is as the booking says.
    pub booking: Option<Id<BookingId>>,
    /// What it is for.
    pub kind: SessionKind,
    /// What it is called.
    pub title: Option<String>,
    /// The room.
    pub room: MaybeUndefined<Id<RoomId>>,
    /// The project.
    pub project: MaybeUndefined<Id<ProjectId>>,
    /// Where it was, if elsewhere.
    pub venue: Option<String>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended; null while it lasts.
    pub ended_at: MaybeUndefined<DateTime<Utc>>,
    /// Bits of a sample: 16, 24 or 32.
    pub bit_depth: Option<i32>,
    /// Samples of a second, in hertz: 8000 to 768000.
    pub sample_rate_hz: Option<i32>,
    /// What else is to be said.
    pub notes: Option<String>,
}

impl StartSessionInput {
    fn read(self) -> Result<(StudioId, NewSession), Failure> {
        let new = NewSession {
            booking: self.booking.map(|id| id.named("booking")).transpose()?,
            kind: self.kind.into(),
            title: self.title,
            started_at: self.started_at,
            rest: SessionChange {
                room: edit(self.room).try_map(|id| id.map(|id| id.named("room")).transpose())?,
                project: edit(self.project).try_map(|id| id.map(|id| id.named("project")).transpose())?,
                venue: Edit::from(self.venue.map(Some)),
                ended_at: edit(self.ended_at),
                bit_depth: Edit::from(self.bit_depth.map(Some)),
                sample_rate_hz: Edit::from(self.sample_rate_hz.map(Some)),
                notes: self.notes.into(),
                ..SessionChange::default()
            },
        };
        Ok((self.studio.named("studio")?, new))
    }
}

/// What is changed of a session; what is left out stays.
#[derive(Debug, InputObject)]
pub struct UpdateSessionInput {
    /// The session.
    pub session: Id<SessionId>,
    /// What it is for.
    pub kind: Option<SessionKind>,
    /// What it is called.
    pub title: Option<String>,
    /// The room; null for none.
    pub room: MaybeUndefined<Id<RoomId>>,
    /// The project; null for none.
    pub project: MaybeUndefined<Id<ProjectId>>,
    /// Where it was; null if not elsewhere.
    pub venue: MaybeUndefined<String>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended; null while it lasts.
    pub ended_at: MaybeUndefined<DateTime<Utc>>,
    /// Bits of a sample; null if that is not known.
    pub bit_depth: MaybeUndefined<i32>,
    /// Samples of a second, in hertz; null if that is not known.
    pub sample_rate_hz: MaybeUndefined<i32>,
    /// What else is to be said.
    pub notes: Option<String>,
}

impl UpdateSessionInput {
    fn read(self) -> Result<(SessionId, SessionChange), Failure> {
        let change = SessionChange {
            kind: Edit::from(self.kind.map(Into::into)),
            title: self.title.into(),
            room: edit(self.room).try_map(|id| id.map(|id| id.named("room")).transpose())?,
            project: edit(self.project).try_map(|id| id.map(|id| id.named("project")).transpose())?,
            venue: edit(self.venue),
            started_at: self.started_at.into(),
            ended_at: edit(self.ended_at),
            bit_depth: edit(self.bit_depth),
            sample_rate_hz: edit(self.sample_rate_hz),
            notes: self.notes.into(),
        };
        Ok((self.session.named("session")?, change))
    }
}

/// Which entry of a session is written: an existing one by its id, or a new one.
fn entry<T: TypedId>(
    session: &Id<SessionId>,
    existing: Option<&Id<T>>,
    field: &str,
) -> Result<(SessionId, Option<T>), Failure> {
    Ok((session.named("session")?, existing.map(|id| id.named(field)).transpose()?))
}

/// What somebody did.
#[derive(Debug, InputObject)]
pub struct LogCreditInput {
    /// The session.
    pub session: Id<SessionId>,
    /// The entry that is replaced; a new one if it is left out.
    pub credit: Option<Id<SessionCreditId>>,
    /// Who.
    pub party: Id<PartyId>,
    /// On which song; all songs of the session if it is left out.
    pub song: Option<Id<SongId>>,
    /// As what.
    pub role: SessionRole,
    /// On which instrument.
    pub instrument: Option<String>,
    /// From when, if not from the beginning.
    pub from: Option<DateTime<Utc>>,
    /// Until when, if not until the end.
    pub to: Option<DateTime<Utc>>,
    /// What else is to be said; what they did, of `OTHER`.
    pub note: Option<String>,
}

/// A take.
#[derive(Debug, InputObject)]
pub struct LogTakeInput {
    /// The session.
    pub session: Id<SessionId>,
    /// The take that is replaced; a new one if it is left out.
    pub take: Option<Id<TakeId>>,
    /// The song.
    pub song: Id<SongId>,
    /// What of it was recorded, such as `lead vocal`.
    pub part: String,
    /// Its number; the next of that part if it is left out.
    pub number: Option<i32>,
    /// When it was recorded.
    pub recorded_at: Option<DateTime<Utc>>,
    /// How good it is, 1 to 5.
    pub rating: Option<i32>,
    /// What is to be said of it.
    #[graphql(default)]
    pub notes: String,
    /// The takes that it is put together of, if it is a comp.
    pub comp_of: Option<Vec<Id<TakeId>>>,
}

/// Equipment that was used.
#[derive(Debug, InputObject)]
pub struct LogGearInput {
    /// The session.
    pub session: Id<SessionId>,
    /// The entry that is replaced; a new one if it is left out.
    pub gear: Option<Id<SessionGearId>>,
    /// The piece, if it is one of the studio's.
    pub equipment: Option<Id<EquipmentId>>,
    /// What it is called; as the piece if it is left out.
    pub name: Option<String>,
    /// What it was used for.
    pub used_for: Option<String>,
}

/// A sample that was used.
#[derive(Debug, InputObject)]
pub struct LogSampleInput {
    /// The session.
    pub session: Id<SessionId>,
    /// The entry that is replaced; a new one if it is left out.
    pub sample: Option<Id<SessionSampleId>>,
    /// In which song; all songs of the session if it is left out.
    pub song: Option<Id<SongId>>,
    /// What was sampled.
    pub title: String,
    /// Where it is from.
    pub source: String,
    /// By what right.
    pub clearance: SampleClearance,
}

payload! {
    /// What came of a mutation of a session.
    pub struct StudioSessionPayload {
        /// The session as it stands.
        session: StudioSession
    }
}

payload! {
    /// What came of a mutation of a credit.
    pub struct SessionCreditPayload {
        /// The credit as it stands, or stood.
        credit: SessionCredit
    }
}

payload! {
    /// What came of a mutation of a take.
    pub struct SessionTakePayload {
        /// The take as it stands, or stood.
        take: SessionTake
    }
}

payload! {
    /// What came of a mutation of equipment that was used.
    pub struct SessionGearPayload {
        /// The entry as it stands, or stood.
        gear: SessionGear
    }
}

payload! {
    /// What came of a mutation of a sample that was used.
    pub struct SessionSamplePayload {
        /// The entry as it stands, or stood.
        sample: SessionSample
    }
}

/// Mutations of the session log.
#[derive(Debug, Default)]
pub struct SessionLogMutation;

#[Object]
impl SessionLogMutation {
    /// Begins the log of a session: of a booking, or of none.
    async fn start_session(
        &self,
        ctx: &Context<'_>,
        input: StartSessionInput,
    ) -> Result<StudioSessionPayload, Failure> {
        StudioSessionPayload::of(start(caller(ctx)?, input).await)
    }

    /// Changes what a log says of its session.
    async fn update_session(
        &self,
        ctx: &Context<'_>,
        input: UpdateSessionInput,
    ) -> Result<StudioSessionPayload, Failure> {
        StudioSessionPayload::of(update(caller(ctx)?, input).await)
    }

    /// Writes down what somebody did, anew or otherwise than before; the edits keep both.
    async fn log_session_credit(
        &self,
        ctx: &Context<'_>,
        input: LogCreditInput,
    ) -> Result<SessionCreditPayload, Failure> {
        SessionCreditPayload::of(put_credit(caller(ctx)?, input).await)
    }

    /// Takes out what somebody did; the edits keep it.
    async fn remove_session_credit(
        &self,
        ctx: &Context<'_>,
        session: Id<SessionId>,
        credit: Id<SessionCreditId>,
    ) -> Result<SessionCreditPayload, Failure> {
        SessionCreditPayload::of(remove_credit(caller(ctx)?, &session, &credit).await)
    }

    /// Writes down a take or a comp, anew or otherwise than before; the edits keep both.
    async fn log_session_take(&self, ctx: &Context<'_>, input: LogTakeInput) -> Result<SessionTakePayload, Failure> {
        SessionTakePayload::of(put_take(caller(ctx)?, input).await)
    }

    /// Takes out a take; the edits keep it.
    async fn remove_session_take(
        &self,
        ctx: &Context<'_>,
        session: Id<SessionId>,
        take: Id<TakeId>,
    ) -> Result<SessionTakePayload, Failure> {
        SessionTakePayload::of(remove_take(caller(ctx)?, &session, &take).await)
    }

    /// Writes down equipment that was used, anew or otherwise than before; the edits keep both.
    async fn log_session_gear(&self, ctx: &Context<'_>, input: LogGearInput) -> Result<SessionGearPayload, Failure> {
        SessionGearPayload::of(put_gear(caller(ctx)?, input).await)
    }

    /// Takes out equipment; the edits keep it.
    async fn remove_session_gear(
        &self,
        ctx: &Context<'_>,
        session: Id<SessionId>,
        gear: Id<SessionGearId>,
    ) -> Result<SessionGearPayload, Failure> {
        SessionGearPayload::of(remove_gear(caller(ctx)?, &session, &gear).await)
    }

    /// Writes down a sample that was used, anew or otherwise than before; the edits keep both.
    async fn log_session_sample(
        &self,
        ctx: &Context<'_>,
        input: LogSampleInput,
    ) -> Result<SessionSamplePayload, Failure> {
        SessionSamplePayload::of(put_sample(caller(ctx)?, input).await)
    }

    /// Takes out a sample; the edits keep it.
    async fn remove_session_sample(
        &self,
        ctx: &Context<'_>,
        session: Id<SessionId>,
        sample: Id<SessionSampleId>,
    ) -> Result<SessionSamplePayload, Failure> {
        SessionSamplePayload::of(remove_sample(caller(ctx)?, &session, &sample).await)
    }
}

async fn start(caller: &Caller, input: StartSessionInput) -> Result<session::Model, Failure> {
    let (studio, new) = input.read()?;
    let tx = caller.services.begin().await?;
    let row = commands::start_session(&tx, &caller.ctx, studio, new).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn update(caller: &Caller, input: UpdateSessionInput) -> Result<session::Model, Failure> {
    let (id, change) = input.read()?;
    let tx = caller.services.begin().await?;
    let row = commands::update_session(&tx, &caller.ctx, id, change).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn put_credit(caller: &Caller, input: LogCreditInput) -> Result<credit::Model, Failure> {
    let entry = entry(&input.session, input.credit.as_ref(), "credit")?;
    let wanted = CreditInput {
        party: input.party.named("party")?,
        song: input.song.map(|id| id.named("song")).transpose()?,
        role: input.role.into(),
        instrument: input.instrument,
        from: input.from,
        to: input.to,
        note: input.note,
    };
    let tx = caller.services.begin().await?;
    let row = commands::put_credit(&tx, &caller.ctx, entry, &wanted).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn remove_credit(
    caller: &Caller,
    session: &Id<SessionId>,
    credit: &Id<SessionCreditId>,
) -> Result<credit::Model, Failure> {
    let (session, id) = (session.named("session")?, credit.named("credit")?);
    let tx = caller.services.begin().await?;
    let row = commands::remove_credit(&tx, &caller.ctx, session, id).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn put_take(caller: &Caller, input: LogTakeInput) -> Result<TakeView, Failure> {
    let entry = entry(&input.session, input.take.as_ref(), "take")?;
    let comp_of = input.comp_of.map(|takes| {
        takes.iter().enumerate().map(|(place, id)| id.named(&format!("compOf.{place}"))).collect::<Result<Vec<_>, _>>()
    });
    let wanted = TakeInput {
        song: input.song.named("song")?,
        part: input.part,
        number: input.number,
        recorded_at: input.recorded_at,
        rating: input.rating,
        notes: input.notes,
        comp_of: comp_of.transpose()?,
    };
    let tx = caller.services.begin().await?;
    let row = commands::put_take(&tx, &caller.ctx, entry, &wanted).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn remove_take(caller: &Caller, session: &Id<SessionId>, take: &Id<TakeId>) -> Result<TakeView, Failure> {
    let (session, id) = (session.named("session")?, take.named("take")?);
    let tx = caller.services.begin().await?;
    let row = commands::remove_take(&tx, &caller.ctx, session, id).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn put_gear(caller: &Caller, input: LogGearInput) -> Result<gear::Model, Failure> {
    let entry = entry(&input.session, input.gear.as_ref(), "gear")?;
    let wanted = GearInput {
        equipment: input.equipment.map(|id| id.named("equipment")).transpose()?,
        name: input.name,
        used_for: input.used_for,
    };
    let tx = caller.services.begin().await?;
    let row = commands::put_gear(&tx, &caller.ctx, entry, &wanted).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn remove_gear(
    caller: &Caller,
    session: &Id<SessionId>,
    gear: &Id<SessionGearId>,
) -> Result<gear::Model, Failure> {
    let (session, id) = (session.named("session")?, gear.named("gear")?);
    let tx = caller.services.begin().await?;
    let row = commands::remove_gear(&tx, &caller.ctx, session, id).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn put_sample(caller: &Caller, input: LogSampleInput) -> Result<sample::Model, Failure> {
    let entry = entry(&input.session, input.sample.as_ref(), "sample")?;
    let wanted = SampleInput {
        song: input.song.map(|id| id.named("song")).transpose()?,
        title: input.title,
        source: input.source,
        clearance: input.clearance.into(),
    };
    let tx = caller.services.begin().await?;
    let row = commands::put_sample(&tx, &caller.ctx, entry, &wanted).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn remove_sample(
    caller: &Caller,
    session: &Id<SessionId>,
    sample: &Id<SessionSampleId>,
) -> Result<sample::Model, Failure> {
    let (session, id) = (session.named("session")?, sample.named("sample")?);
    let tx = caller.services.begin().await?;
    let row = commands::remove_sample(&tx, &caller.ctx, session, id).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}
