//! Jobs that were given up: seen, and tried again.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    ids::{JobId, StudioId},
    outbox::{self, entity::job, queries},
};

use super::{
    caller,
    connection::{Connection, connection, page, page_cost},
    errors::Failure,
    scalars::Id,
};
use crate::{caller::Caller, payload};

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Job {
    /// The id.
    pub id: Id<JobId>,
    /// What it does, such as `bounce_masters`.
    pub kind: String,
    /// Where it stands: `open`, `done` or `dead`.
    pub state: String,
    /// How often it was begun since it was written or last retried.
    pub attempts: i32,
    /// Why the last attempt failed, a sentence.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was done or given up.
    pub finished_at: Option<DateTime<Utc>>,
}

impl From<job::Model> for Job {
    fn from(row: job::Model) -> Self {
        Self {
            id: row.id.into(),
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
