//! Registrations as the studio sees them.

use async_graphql::{ComplexObject, Context, Enum, Json, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{CwrAcknowledgementId, CwrFileId, RecordingId, ReleaseId, ReleaseMessageId, StudioId, WorkId},
    registrations::{
        entity::{
            acknowledgement, assignment, cwr_file, cwr_file_work, message, release, settings, track, work_registration,
        },
        queries, rules,
    },
};
use serde_json::Value;

use super::loading::{MessagesOf, TracksOf, WorksOf};
use crate::graphql::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    loader,
    scalars::Id,
};

/// Under which names and codes a studio registers.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct RegistrationSettings {
    /// Whose they are.
    pub studio_id: Id<StudioId>,
    /// The name in registrations.
    pub sender_name: Option<String>,
    /// The IPI name number.
    pub sender_ipi: Option<String>,
    /// The code in the names of files.
    pub sender_code: Option<String>,
    /// The society of the studio's publisher, by its CISAC number.
    pub society: Option<i32>,
    /// The DDEX party identifier.
    pub dpid: Option<String>,
    /// The five characters that its ISRCs begin with.
    pub isrc_prefix: Option<String>,
    /// When they were last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<settings::Model> for RegistrationSettings {
    fn from(row: settings::Model) -> Self {
        Self {
            studio_id: row.studio_id.into(),
            sender_name: row.sender_name,
            sender_ipi: row.sender_ipi,
            sender_code: row.sender_code,
            society: row.society,
            dpid: row.dpid,
            isrc_prefix: row.isrc_prefix,
            updated_at: row.updated_at,
        }
    }
}

/// An ISRC that was given out.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct IsrcAssignment {
    /// The code as printed, `AA-6Q7-20-00047`.
    pub isrc: String,
    /// The recording.
    pub recording_id: Id<RecordingId>,
    /// When.
    pub assigned_at: DateTime<Utc>,
}

impl From<assignment::Model> for IsrcAssignment {
    fn from(row: assignment::Model) -> Self {
        Self { isrc: rules::printed(&row.isrc), recording_id: row.recording_id.into(), assigned_at: row.assigned_at }
    }
}

/// What a release is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::registrations::entity::ReleaseKind")]
pub enum ReleaseKind {
    /// A single.
    Single,
    /// An EP.
    Ep,
    /// An album.
    Album,
}

/// A release.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Release {
    /// The id.
    pub id: Id<ReleaseId>,
    /// Whose it is.
    pub studio_id: Id<StudioId>,
    /// The EAN of 13 digits, once it has one.
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
    /// What a notification says of it beyond that.
    pub facts: Json<Value>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    key: ReleaseId,
}

impl From<release::Model> for Release {
    fn from(row: release::Model) -> Self {
        Self {
            id: row.id.into(),
            studio_id: row.studio_id.into(),
            ean: row.ean,
            kind: row.kind.into(),
            title: row.title,
            artist: row.artist,
            label: row.label,
            catalogue_number: row.catalogue_number,
            released_on: row.released_on,
            facts: Json(row.facts),
            created_at: row.created_at,
            updated_at: row.updated_at,
            key: row.id,
        }
    }
}

#[ComplexObject]
impl Release {
    /// Its tracks, in their order.
    #[graphql(complexity = "5 + 10 * child_complexity")]
    async fn tracks(&self, ctx: &Context<'_>) -> Result<Vec<ReleaseTrack>, Failure> {
        let rows = loader(ctx)?.load_one(TracksOf(self.key)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// The notifications that were written of it, the last first.
    #[graphql(complexity = "5 + 5 * child_complexity")]
    async fn messages(&self, ctx: &Context<'_>) -> Result<Vec<ReleaseMessage>, Failure> {
        let rows = loader(ctx)?.load_one(MessagesOf(self.key)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

/// A track of a release.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ReleaseTrack {
    /// Its place, from 1.
    pub position: i32,
    /// The recording.
    pub recording_id: Id<RecordingId>,
    /// Its weight when the release's income is spread.
    pub weight: i32,
}

impl From<track::Model> for ReleaseTrack {
    fn from(row: track::Model) -> Self {
        Self { position: row.position, recording_id: row.recording_id.into(), weight: row.weight }
    }
}

/// A notification of a release, of DDEX ERN 4.3.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ReleaseMessage {
    /// The id.
    pub id: Id<ReleaseMessageId>,
    /// The release.
    pub release_id: Id<ReleaseId>,
    /// Its number among the release's, from 1.
    pub number: i32,
    /// Where it is downloaded.
    pub path: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// When it was written.
    pub made_at: DateTime<Utc>,
}

impl From<message::Model> for ReleaseMessage {
    fn from(row: message::Model) -> Self {
        Self {
            id: row.id.into(),
            release_id: row.release_id.into(),
            number: row.number,
            path: format!("/releases/messages/{}.xml", row.id),
            sha256: row.sha256.to_string(),
            made_at: row.made_at,
        }
    }
}

/// What is registered of a work.
#[derive(Debug, Clone, SimpleObject)]
pub struct WorkRegistration {
    /// The work.
    pub work_id: Id<WorkId>,
    /// The studio's own code, by which societies answer.
    pub code: String,
    /// Roles, publishers, chains and territories, as far as the split and the parties do not say them.
    pub facts: Json<Value>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<work_registration::Model> for WorkRegistration {
    fn from(row: work_registration::Model) -> Self {
        Self { work_id: row.work_id.into(), code: row.code, facts: Json(row.facts), updated_at: row.updated_at }
    }
}

/// A file of registrations for a society.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct CwrFile {
    /// The id.
    pub id: Id<CwrFileId>,
    /// Whose it is.
    pub studio_id: Id<StudioId>,
    /// The year.
    pub year: i32,
    /// Its number in it, from 1.
    pub number: i32,
    /// Of which version of CWR: `2.1` or `2.2`.
    pub version: String,
    /// Whom it is for.
    pub recipient: String,
    /// What it is called; it must be sent under this name.
    pub file_name: String,
    /// Where it is downloaded.
    pub path: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// When it was written.
    pub made_at: DateTime<Utc>,
    #[graphql(skip)]
    key: CwrFileId,
}

impl From<cwr_file::Model> for CwrFile {
    fn from(row: cwr_file::Model) -> Self {
        Self {
            id: row.id.into(),
            studio_id: row.studio_id.into(),
            year: row.year,
            number: row.number,
            version: row.version,
            recipient: row.recipient,
            path: format!("/registrations/{}.txt", row.id),
            file_name: row.file_name,
            sha256: row.sha256.to_string(),
            made_at: row.made_at,
            key: row.id,
        }
    }
}

#[ComplexObject]
impl CwrFile {
    /// The works in it, in their order.
    #[graphql(complexity = "5 + 20 * child_complexity")]
    async fn works(&self, ctx: &Context<'_>) -> Result<Vec<CwrFileWork>, Failure> {
        let rows = loader(ctx)?.load_one(WorksOf(self.key)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

/// A work in a file of registrations.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct CwrFileWork {
    /// Its transaction in the file, from 0.
    pub position: i32,
    /// The work.
    pub work_id: Id<WorkId>,
    /// The studio's own code, as it was then.
    pub code: String,
}

impl From<cwr_file_work::Model> for CwrFileWork {
    fn from(row: cwr_file_work::Model) -> Self {
        Self { position: row.position, work_id: row.work_id.into(), code: row.code }
    }
}

/// What a society has answered to a work's registration.
#[derive(Debug, Clone, SimpleObject)]
pub struct Acknowledgement {
    /// The id.
    pub id: Id<CwrAcknowledgementId>,
    /// The society, by its CISAC number; 0 if it has given none.
    pub society: i32,
    /// The studio's own code, as the society repeats it.
    pub code: String,
    /// The work; absent if none of the studio's has the code.
    pub work_id: Option<Id<WorkId>>,
    /// The file that is answered, if that is known.
    pub file_id: Option<Id<CwrFileId>>,
    /// What became of it, two letters of the standard, such as `AS` for accepted and `RJ` for rejected.
    pub status: String,
    /// What the society calls the work.
    pub society_code: Option<String>,
    /// What else it says: `level`, `record`, `record_kind`, `rule` and `text` each.
    pub messages: Json<Value>,
    /// When it was taken in.
    pub received_at: DateTime<Utc>,
}

impl From<acknowledgement::Model> for Acknowledgement {
    fn from(row: acknowledgement::Model) -> Self {
        Self {
            id: row.id.into(),
            society: row.society,
            code: row.code,
            work_id: row.work_id.map(Id::from),
            file_id: row.file_id.map(Id::from),
            status: row.status,
            society_code: row.society_code,
            messages: Json(row.messages),
            received_at: row.received_at,
        }
    }
}

/// Queries of registrations.
#[derive(Debug, Default)]
pub struct RegistrationsQuery;

#[Object]
impl RegistrationsQuery {
    /// How a studio registers; null until somebody has said so.
    async fn registration_settings(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
    ) -> Result<Option<RegistrationSettings>, Failure> {
        let (caller, studio) = (caller(ctx)?, studio.named("studio")?);
        let found = queries::find_settings(&caller.services.db, &caller.ctx, studio).await?;
        Ok(found.map(Into::into))
    }

    /// A release.
    async fn release(&self, ctx: &Context<'_>, id: Id<ReleaseId>) -> Result<Option<Release>, Failure> {
        let (caller, id) = (caller(ctx)?, id.named("id")?);
        let found = queries::find_release(&caller.services.db, &caller.ctx, id).await?;
        Ok(found.map(Into::into))
    }

    /// A studio's releases, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn releases(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Release>, Failure> {
        let caller = caller(ctx)?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let rows = queries::list_releases(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |row| row.id, Release::from))
    }

    /// What is registered of a work; null if nothing is.
    async fn work_registration(
        &self,
        ctx: &Context<'_>,
        work: Id<WorkId>,
    ) -> Result<Option<WorkRegistration>, Failure> {
        let (caller, work) = (caller(ctx)?, work.named("work")?);
        let found = queries::find_work_registration(&caller.services.db, &caller.ctx, work).await?;
        Ok(found.map(Into::into))
    }

    /// A studio's files for societies, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn cwr_files(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<CwrFile>, Failure> {
        let caller = caller(ctx)?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let rows = queries::list_cwr_files(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(rows, |row| row.id, CwrFile::from))
    }

    /// What societies have answered, newest first; of one work, or of all.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    async fn acknowledgements(
        &self,
        ctx: &Context<'_>,
        studio: Id<StudioId>,
        work: Option<Id<WorkId>>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Acknowledgement>, Failure> {
        let caller = caller(ctx)?;
        let (studio, request) = (studio.named("studio")?, page(first, after, last, before)?);
        let work = work.map(|id| id.named("work")).transpose()?;
        let rows = queries::list_acknowledgements(&caller.services.db, &caller.ctx, studio, work, request).await?;
        Ok(connection(rows, |row| row.id, Acknowledgement::from))
    }
}
