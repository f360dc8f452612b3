//! Jobs: those that wait or run, and those that were given up; cancelled, and tried again.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    delivery,
    ids::{JobId, StudioId},
    outbox::{self, Priority, entity::job, queries},
};
use serde_json::{Map, Value};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    scalars::Id,
};
use crate::{caller::Caller, payload};

/// How urgent a job is; of jobs that wait, the more urgent begins first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum JobPriority {
    /// Nobody waits for it.
    Idle,
    /// A producer waits for it.
    Usual,
    /// Somebody has paid and waits for it.
    Paid,
}

impl From<i32> for JobPriority {
    fn from(level: i32) -> Self {
        let is_at_least = |priority: Priority| level >= i32::from(priority.level());
        if is_at_least(Priority::Paid) {
            Self::Paid
        } else if is_at_least(Priority::Usual) {
            Self::Usual
        } else {
            Self::Idle
        }
    }
}

/// The one id that a job's payload holds beside its word.
fn subject(payload: &Map<String, Value>) -> Option<String> {
    payload.iter().find(|(name, _)| *name != "job").and_then(|(_, id)| id.as_str()).map(str::to_owned)
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Job {
    /// The id.
    pub id: Id<JobId>,
    /// What it does, such as `bounce_masters`.
    pub kind: String,
    /// What it is about, by its id, such as `beat_…`.
    pub subject: Option<String>,
    /// How urgent it is.
    pub priority: JobPriority,
    /// Where it stands: `open`, `done`, `dead` or `cancelled`.
    pub state: String,
    /// How often it was begun since it was written or last retried.
    pub attempts: i32,
    /// Why the last attempt failed, a sentence.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was done, given up or cancelled.
    pub finished_at: Option<DateTime<Utc>>,
}

impl From<job::Model> for Job {
    fn from(row: job::Model) -> Self {
        Self {
            id: row.id.into(),
            subject: row.payload.as_object().and_then(subject),
            priority: row.priority.into(),
            kind: row.kind,
            state: row.state.word().to_owned(),
            attempts: row.attempts,
            last_error: row.last_error,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

/// Queries about jobs.
#[derive(Debug, Default)]
pub struct JobsQuery;

#[Object]
impl JobsQuery {
    /// The jobs of a studio that wait or run, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn open_jobs(
        &self,
        ctx: &Context<'_>,
        studio_id: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Job>, Failure> {
        let (caller, request) = (caller(ctx)?, page(first, after, last, before)?);
        let studio = studio_id.named("studioId")?;
        let found = queries::list_open(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(found, |row| row.id, Job::from))
    }

    /// The jobs of a studio that were given up, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn dead_letters(
        &self,
        ctx: &Context<'_>,
        studio_id: Id<StudioId>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Job>, Failure> {
        let (caller, request) = (caller(ctx)?, page(first, after, last, before)?);
        let studio = studio_id.named("studioId")?;
        let found = queries::list_dead(&caller.services.db, &caller.ctx, studio, request).await?;
        Ok(connection(found, |row| row.id, Job::from))
    }
}

/// Which job to cancel.
#[derive(Debug, Clone, InputObject)]
pub struct CancelJobInput {
    /// The studio.
    pub studio_id: Id<StudioId>,
    /// The job, one that waits or runs.
    pub job_id: Id<JobId>,
}

payload! {
    /// What came of `cancelJob`.
    pub struct CancelJobPayload {
        /// The job, cancelled.
        job: Job
    }
}

/// Which job to try again.
#[derive(Debug, Clone, InputObject)]
pub struct RetryJobInput {
    /// The studio.
    pub studio_id: Id<StudioId>,
    /// The job, one of its dead letters.
    pub job_id: Id<JobId>,
}

payload! {
    /// What came of `retryJob`.
    pub struct RetryJobPayload {
        /// The job, open again.
        job: Job
    }
}

/// Mutations of jobs.
#[derive(Debug, Default)]
pub struct JobsMutation;

#[Object]
impl JobsMutation {
    /// Cancels a render or an analysis that waits or runs: a preview, masters that no order waits for, a file or stems that are listened to. What
    /// somebody has paid for is not cancelled.
    async fn cancel_job(&self, ctx: &Context<'_>, input: CancelJobInput) -> Result<CancelJobPayload, Failure> {
        CancelJobPayload::of(cancel(caller(ctx)?, &input).await)
    }

    /// Gives a dead letter all its attempts anew, the first at once.
    async fn retry_job(&self, ctx: &Context<'_>, input: RetryJobInput) -> Result<RetryJobPayload, Failure> {
        RetryJobPayload::of(retry(caller(ctx)?, &input).await)
    }
}

async fn retry(caller: &Caller, input: &RetryJobInput) -> Result<job::Model, Failure> {
    let (studio, id) = (input.studio_id.named("input.studioId")?, input.job_id.named("input.jobId")?);
    let tx = caller.services.begin().await?;
    let row = outbox::retry_dead(&tx, &caller.ctx, studio, id).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}

async fn cancel(caller: &Caller, input: &CancelJobInput) -> Result<job::Model, Failure> {
    let (studio, id) = (input.studio_id.named("input.studioId")?, input.job_id.named("input.jobId")?);
    let tx = caller.services.begin().await?;
    let row = delivery::cancel_job(&tx, &caller.ctx, studio, id).await?;
    caller.services.commit(tx).await?;
    Ok(row)
}
