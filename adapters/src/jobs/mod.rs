//! Running jobs: the relay hands what the outbox holds to a queue, and workers take it from there.
//!
//! The queue (`apalis`, on the pool that SeaORM has already) carries nothing but a job's id and round. Everything that matters stands in the
//! outbox's row ([`domain::outbox::work`]), so the queue may deliver twice, late or to two workers, and a job is still done once.
//!
//! **To run jobs:** [`set_up`] once after the migrations, then in every process that works: [`run_relay`], [`listen`] (PostgreSQL) and one
//! [`run_queue`] for each queue, all until the same token is cancelled. **To handle a new job:** a variant of [`domain::outbox::Job`] and its arm
//! in the crate that owns the queue.

mod attempt;
mod backend;
mod queue;
mod relay;
mod wake;

use std::time::Duration;

use async_trait::async_trait;
pub use backend::{QUEUE_TABLES, QueueError, set_up, sweep};
use domain::{
    env::Env,
    ids::{JobId, StudioId},
    outbox::{Job, rules::Retries},
    ports::PortError,
    report::StoreError,
    store::Db,
};
pub use queue::run_queue;
pub use relay::{LONGEST_SLEEP, listen, run_relay};
use tokio_util::sync::CancellationToken;
pub use wake::WakeUp;

/// One attempt at a job, as its handler sees it.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The job's id, the same in each attempt: the key for whatever must happen once outside.
    pub id: JobId,
    /// Whose it is; none for a person's own mail.
    pub studio: Option<StudioId>,
    /// What to do.
    pub job: Job,
    /// Which attempt this is, from 1.
    pub number: u32,
    /// Whether a failure now makes it a dead letter.
    pub is_last: bool,
    /// Cancelled when the worker stops or has lost the job: end soon, with [`JobError::Interrupted`].
    pub stop: CancellationToken,
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why an attempt came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Something that may pass by itself: try again later.
    #[error("{what}")]
    Passing {
        /// What was attempted, for the people who see the dead letter; no secrets.
        what: String,
        /// The cause, for the log.
        #[source]
        source: Option<Cause>,
    },
    /// Something that stays: give up at once.
    #[error("{what}")]
    Lasting {
        /// Why, for the people who see the dead letter; no secrets.
        what: String,
        /// The cause, for the log.
        #[source]
        source: Option<Cause>,
    },
    /// The worker stops. The job is given back and the attempt does not count.
    #[error("the worker stopped")]
    Interrupted,
}

impl JobError {
    /// A failure that may pass, without a cause to log.
    pub fn passing(what: impl Into<String>) -> Self {
        Self::Passing { what: what.into(), source: None }
    }

    /// A failure that stays, without a cause to log.
    pub fn lasting(what: impl Into<String>) -> Self {
        Self::Lasting { what: what.into(), source: None }
    }

    /// A failure that may pass, with its cause.
    pub fn passing_from(cause: impl Into<Cause>) -> Self {
        let cause = cause.into();
        Self::Passing { what: cause.to_string(), source: Some(cause) }
    }

    /// A failure that stays, with its cause.
    pub fn lasting_from(cause: impl Into<Cause>) -> Self {
        let cause = cause.into();
        Self::Lasting { what: cause.to_string(), source: Some(cause) }
    }
}

impl From<StoreError> for JobError {
    fn from(cause: StoreError) -> Self {
        Self::passing_from(cause)
    }
}

impl From<sea_orm::DbErr> for JobError {
    fn from(cause: sea_orm::DbErr) -> Self {
        StoreError::from(cause).into()
    }
}

impl From<PortError> for JobError {
    fn from(cause: PortError) -> Self {
        if cause.transient { Self::passing_from(cause) } else { Self::lasting_from(cause) }
    }
}

/// Does the jobs of a queue. Doing one twice must be doing it once.
#[async_trait]
pub trait JobHandler: Send + Sync + 'static {
    /// Does a job.
    async fn handle(&self, attempt: &Attempt) -> Result<(), JobError>;

    /// How long one attempt may take.
    fn time_limit(&self, _job: &Job) -> Duration {
        Duration::from_mins(2)
    }
}

/// What running jobs needs of the program.
#[derive(Debug, Clone)]
pub struct Runtime {
    /// The database.
    pub db: Db,
    /// Time and randomness.
    pub env: Env,
    /// The same one that the program's [`domain::services::Services`] wake.
    pub wake: WakeUp,
}

/// How a queue is worked.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How many jobs at once.
    pub concurrency: usize,
    /// How failures are met.
    pub retries: Retries,
    /// How long a job may still run once the worker is told to stop.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { concurrency: 2, retries: Retries::default(), grace: Duration::from_secs(5) }
    }
}
