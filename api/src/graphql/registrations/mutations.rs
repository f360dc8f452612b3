//! Registering: settings, codes, releases, works, and the files that go out and come back.

use async_graphql::{Context, Enum, InputObject, Json, MaybeUndefined, Object};
use chrono::{Datelike, NaiveDate};
use domain::{
    ids::{RecordingId, ReleaseId, StudioId, WorkId},
    registrations::{
        commands::{self, Answers, FirstIsrc, NewTrack, ReleaseInput, SettingsChange},
        entity::{assignment, cwr_file, message, release, settings, work_registration},
        queries,
    },
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::types::{
    Acknowledgement, CwrFile, IsrcAssignment, RegistrationSettings, Release, ReleaseKind, ReleaseMessage,
    WorkRegistration,
};
use crate::{
    caller::Caller,
    graphql::{caller, catalog::edit, errors::Failure, json, scalars::Id},
    payload,
};

/// A version of Common Works Registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "interchange::cwr::Version")]
pub enum CwrVersion {
    /// 2.1, which every society takes.
    V21,
    /// 2.2, with more of recordings, and what societies call a work.
    V22,
}

/// The first ISRC of a year.
#[derive(Debug, InputObject)]
pub struct FirstIsrcInput {
    /// The year.
    pub year: i32,
    /// Its first number, 1 to 99999.
    pub number: i32,
}

/// What is changed of how a studio registers; what is left out stays.
#[derive(Debug, InputObject)]
pub struct SetRegistrationSettingsInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The name in registrations, of 45 characters at the most.
    pub sender_name: MaybeUndefined<String>,
    /// The IPI name number.
    pub sender_ipi: MaybeUndefined<String>,
    /// The code in the names of files, two or three letters or digits.
    pub sender_code: MaybeUndefined<String>,
    /// The society of the studio's publisher, by its CISAC number.
    pub society: MaybeUndefined<i32>,
    /// The DDEX party identifier.
    pub dpid: MaybeUndefined<String>,
    /// The five characters that its ISRCs begin with.
    pub isrc_prefix: MaybeUndefined<String>,
    /// From which number on codes of a year are given out here, where others were given out elsewhere.
    pub first_isrc: Option<FirstIsrcInput>,
}

/// A recording that is to have an ISRC.
#[derive(Debug, InputObject)]
pub struct AssignIsrcInput {
    /// The recording.
    pub recording: Id<RecordingId>,
    /// The year in which it is given out; this one, if left out.
    pub year: Option<i32>,
}

/// A track of a release.
#[derive(Debug, InputObject)]
pub struct ReleaseTrackInput {
    /// The recording.
    pub recording: Id<RecordingId>,
    /// Its weight when the release's income is spread; one, where all count alike.
    #[graphql(default = 1)]
    pub weight: u32,
}

/// A release as it is to be.
#[derive(Debug, InputObject)]
pub struct SaveReleaseInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// Which release; left out for a new one.
    pub release: Option<Id<ReleaseId>>,
    /// The UPC or EAN, once it has one.
    pub ean: Option<String>,
    /// What it is.
    pub kind: ReleaseKind,
    /// The title.
    pub title: String,
    /// The artist, in words.
    pub artist: String,
    /// The label.
    pub label: String,
    /// The label's own number.
    pub catalogue_number: Option<String>,
    /// When it was released, or will be.
    pub released_on: Option<NaiveDate>,
    /// What a notification says of it beyond that: `version_title`, `genre`, `sub_genre`, `language`, `first_released_on`, `recordings_owned`, `artwork_owned`,
    /// `warning`, `artists`, `tracks`, `recipients`, `deals`, `is_taken_down`, `is_test`. `jsonInputReference(input: RELEASE)` tells what each may say.
    pub facts: Option<Json<Value>>,
    /// Its tracks, in their order.
    #[graphql(default)]
    pub tracks: Vec<ReleaseTrackInput>,
    /// From which day of use its income is spread over these tracks by these weights: left out, from its release on at first, and from today on when that is
    /// changed.
    pub spread_from: Option<NaiveDate>,
}

/// What is registered of a work.
#[derive(Debug, InputObject)]
pub struct SaveWorkRegistrationInput {
    /// The work.
    pub work: Id<WorkId>,
    /// What the split and the parties do not say: `code`, `category`, `duration_s`, `modified_from`, `other_titles`, `performers`, `library`, `parties`,
    /// `publishing`, `territories`, `chain`. `jsonInputReference(input: WORK_REGISTRATION)` tells what each may say.
    pub facts: Option<Json<Value>>,
}

/// Works for a society.
#[derive(Debug, InputObject)]
pub struct ExportCwrInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The works; all of which something is registered, if left out.
    pub works: Option<Vec<Id<WorkId>>>,
    /// In which version of the standard.
    #[graphql(default_with = "CwrVersion::V21")]
    pub version: CwrVersion,
    /// Whom it is for: the society's number with three digits, such as `052`, or `000` for everybody.
    pub recipient: String,
    /// Under the same key the file is written once.
    pub idempotency_key: Option<String>,
}

/// A society's file of answers.
#[derive(Debug, InputObject)]
pub struct TakeAcknowledgementsInput {
    /// The studio.
    pub studio: Id<StudioId>,
    /// The file as text, every line as it is.
    pub content: String,
}

payload! {
    /// What came of `setRegistrationSettings`.
    pub struct SetRegistrationSettingsPayload {
        /// The settings as they are now.
        settings: RegistrationSettings
    }
}

payload! {
    /// What came of `assignIsrc`.
    pub struct AssignIsrcPayload {
        /// The code that was given out.
        assignment: IsrcAssignment
    }
}

payload! {
    /// What came of `saveRelease`.
    pub struct SaveReleasePayload {
        /// The release as it is now.
        release: Release
    }
}

payload! {
    /// What came of `saveWorkRegistration`.
    pub struct SaveWorkRegistrationPayload {
        /// What is registered now.
        registration: WorkRegistration
    }
}

payload! {
    /// What came of `exportCwr`.
    pub struct ExportCwrPayload {
        /// The file.
        file: CwrFile
    }
}

payload! {
    /// What came of `exportErn`.
    pub struct ExportErnPayload {
        /// The notification.
        message: ReleaseMessage
    }
}

payload! {
    /// What came of `takeAcknowledgements`.
    pub struct TakeAcknowledgementsPayload {
        /// The answers, in their order.
        acknowledgements: Vec<Acknowledgement>,
        /// What of the file could not be read, a sentence each.
        unread: Vec<String>
    }
}

/// Mutations of registrations.
#[derive(Debug, Default)]
pub struct RegistrationsMutation;

#[Object]
impl RegistrationsMutation {
    /// Changes under which names and codes a studio registers.
    async fn set_registration_settings(
        &self,
        ctx: &Context<'_>,
        input: SetRegistrationSettingsInput,
    ) -> Result<SetRegistrationSettingsPayload, Failure> {
        SetRegistrationSettingsPayload::of(set_settings(caller(ctx)?, input).await)
    }

    /// Gives a recording the next ISRC of the studio's prefix and a year.
    async fn assign_isrc(&self, ctx: &Context<'_>, input: AssignIsrcInput) -> Result<AssignIsrcPayload, Failure> {
        AssignIsrcPayload::of(assign_isrc(caller(ctx)?, &input).await)
    }

    /// Enters a release, or changes it. How its income is spread over its tracks is written with it.
    async fn save_release(&self, ctx: &Context<'_>, input: SaveReleaseInput) -> Result<SaveReleasePayload, Failure> {
        SaveReleasePayload::of(save_release(caller(ctx)?, input).await)
    }

    /// Keeps what is said of a work where it is registered, all of it.
    async fn save_work_registration(
        &self,
        ctx: &Context<'_>,
        input: SaveWorkRegistrationInput,
    ) -> Result<SaveWorkRegistrationPayload, Failure> {
        SaveWorkRegistrationPayload::of(save_work(caller(ctx)?, input).await)
    }

    /// Writes works for a society into a file of Common Works Registration; refused with every fault if there is any.
    async fn export_cwr(&self, ctx: &Context<'_>, input: ExportCwrInput) -> Result<ExportCwrPayload, Failure> {
        ExportCwrPayload::of(export_cwr(caller(ctx)?, &input).await)
    }

    /// Writes a notification of a release as DDEX ERN 4.3; refused with every fault if there is any.
    async fn export_ern(&self, ctx: &Context<'_>, release: Id<ReleaseId>) -> Result<ExportErnPayload, Failure> {
        ExportErnPayload::of(export_ern(caller(ctx)?, &release).await)
    }

    /// Takes a society's file of answers in. The same file again is known.
    async fn take_acknowledgements(
        &self,
        ctx: &Context<'_>,
        input: TakeAcknowledgementsInput,
    ) -> Result<TakeAcknowledgementsPayload, Failure> {
        match take(caller(ctx)?, &input).await {
            Ok(Answers { acknowledgements, faults }) => Ok(TakeAcknowledgementsPayload::done(
                acknowledgements.into_iter().map(Into::into).collect(),
                faults.iter().map(ToString::to_string).collect(),
            )),
            Err(error) => TakeAcknowledgementsPayload::refused(error),
        }
    }
}

/// Facts as they are sent, read.
fn facts<T: DeserializeOwned + Default>(given: Option<Json<Value>>) -> Result<T, Failure> {
    given.map_or_else(|| Ok(T::default()), |Json(value)| json::read(value, "facts", "REGISTRATION"))
}

async fn set_settings(caller: &Caller, input: SetRegistrationSettingsInput) -> Result<settings::Model, Failure> {
    let studio = input.studio.named("studio")?;
    let change = SettingsChange {
        sender_name: edit(input.sender_name),
        sender_ipi: edit(input.sender_ipi),
        sender_code: edit(input.sender_code),
        society: edit(input.society),
        dpid: edit(input.dpid),
        isrc_prefix: edit(input.isrc_prefix),
        first_isrc: input.first_isrc.map(|first| FirstIsrc { year: first.year, number: first.number }),
    };
    let tx = caller.services.begin().await?;
    let row = commands::set_settings(&tx, &caller.ctx, studio, change).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn assign_isrc(caller: &Caller, input: &AssignIsrcInput) -> Result<assignment::Model, Failure> {
    let recording = input.recording.named("recording")?;
    let year = input.year.unwrap_or_else(|| caller.services.env.now().year());
    let tx = caller.services.begin().await?;
    let row = commands::assign_isrc(&tx, &caller.ctx, recording, year).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn save_release(caller: &Caller, input: SaveReleaseInput) -> Result<release::Model, Failure> {
    let studio = input.studio.named("studio")?;
    let tracks = input.tracks.iter().enumerate().map(|(place, track)| {
        let recording = track.recording.named(&format!("tracks.{place}.recording"))?;
        Ok(NewTrack { recording, weight: track.weight })
    });
    let release = ReleaseInput {
        id: input.release.map(|id| id.named("release")).transpose()?,
        tracks: tracks.collect::<Result<_, Failure>>()?,
        ean: input.ean,
        kind: input.kind.into(),
        title: input.title,
        artist: input.artist,
        label: input.label,
        catalogue_number: input.catalogue_number,
        released_on: input.released_on,
        facts: facts(input.facts)?,
        spread_from: input.spread_from,
    };
    let tx = caller.services.begin().await?;
    let row = commands::save_release(&tx, &caller.ctx, studio, release).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn save_work(caller: &Caller, input: SaveWorkRegistrationInput) -> Result<work_registration::Model, Failure> {
    let work = input.work.named("work")?;
    let facts = facts(input.facts)?;
    let tx = caller.services.begin().await?;
    let row = commands::save_work_registration(&tx, &caller.ctx, work, facts).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn export_cwr(caller: &Caller, input: &ExportCwrInput) -> Result<cwr_file::Model, Failure> {
    let studio = input.studio.named("studio")?;
    let works = match &input.works {
        Some(works) => {
            let named = works.iter().enumerate().map(|(place, id)| id.named(&format!("works.{place}")));
            named.collect::<Result<Vec<WorkId>, Failure>>()?
        }
        None => queries::list_registered(&caller.services.db, &caller.ctx, studio).await?,
    };
    let (version, key) = (input.version.into(), input.idempotency_key.as_deref());
    let row =
        commands::export_cwr(&caller.services, &caller.ctx, studio, &works, version, &input.recipient, key).await?;
    Ok(row)
}

async fn export_ern(caller: &Caller, release: &Id<ReleaseId>) -> Result<message::Model, Failure> {
    Ok(commands::export_ern(&caller.services, &caller.ctx, release.named("release")?).await?)
}

async fn take(caller: &Caller, input: &TakeAcknowledgementsInput) -> Result<Answers, Failure> {
    let studio = input.studio.named("studio")?;
    let tx = caller.services.begin().await?;
    let answers = commands::take_acknowledgements(&tx, &caller.ctx, studio, input.content.as_bytes()).await?;
    caller.services.commit(tx).await?;
    Ok(answers)
}
