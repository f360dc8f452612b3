//! One attempt at one job.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use domain::{
    actor::Ctx,
    outbox::{Job, entity::job, work},
    ports::Wake,
    report::StoreError,
    stages::Stage,
};
use futures::FutureExt;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument, field::Empty};

use super::{Attempt, JobError, JobHandler, Runtime, Settings, backend::Carried};

/// How often a worker shows that it is alive: well within [`work::LEASE_S`].
const BEAT: Duration = Duration::from_secs(1);

/// What the attempts of one queue share.
pub(super) struct Desk {
    pub(super) runtime: Runtime,
    handler: Arc<dyn JobHandler>,
    pub(super) settings: Settings,
    pub(super) stop: CancellationToken,
    /// Those under way.
    pub(super) attempts: TaskTracker,
    ctx: Ctx,
}

impl Desk {
    pub(super) fn new(
        runtime: Runtime,
        handler: Arc<dyn JobHandler>,
        settings: Settings,
        stop: CancellationToken,
    ) -> Self {
        let ctx = Ctx::system(runtime.env.clone());
        Self { runtime, handler, settings, stop, attempts: TaskTracker::new(), ctx }
    }

    /// Ends when the worker was told to stop and what became of each attempt has been written.
    pub(super) async fn settled(&self) {
        self.stop.cancelled().await;
        self.attempts.close();
        self.attempts.wait().await;
    }
}

/// Works on what the queue delivered, if there is still something to do. An error means that the outbox could not be read or written; the queue
/// then delivers again, or the rescue does.
pub(super) async fn work_on(desk: Arc<Desk>, carried: Carried) -> Result<(), StoreError> {
    let db = &desk.runtime.db;
    let Some(row) = work::begin_attempt(db, &desk.ctx, carried.job, carried.round).await? else {
        return Ok(());
    };
    desk.ctx.env.reach_of(Stage::JobBegun, &row.kind);
    let number = u32::try_from(row.attempts).unwrap_or(u32::MAX);
    let request = row.request.as_deref();
    let span = tracing::info_span!("attempt", job = %row.id, kind = row.kind, number, request, outcome = Empty);
    let is_last = number >= desk.settings.retries.most_attempts;
    let attempt = match begun(&desk, &row, number, is_last) {
        Ok(attempt) => attempt,
        Err(failure) => {
            let outcome = Err(failure);
            span.record("outcome", word(is_last, Some(&outcome)));
            return settle(&desk, &row, number, outcome).await;
        }
    };
    tracing::debug!(job = %row.id, kind = row.kind, number, "begins");
    let outcome = run(&desk, &attempt, carried.round).instrument(span.clone()).await;
    span.record("outcome", word(is_last, outcome.as_ref()));
    let Some(outcome) = outcome else {
        tracing::warn!(job = %row.id, kind = row.kind, "the job has passed to another worker");
        return Ok(());
    };
    settle(&desk, &row, number, outcome).await
}

/// The attempt as its handler gets it, if any can do something with it.
fn begun(desk: &Desk, row: &job::Model, number: u32, is_last: bool) -> Result<Attempt, JobError> {
    // A later version has written it, which takes this one's place: one of its workers gets it, sooner or later.
    let job: Job = serde_json::from_value(row.payload.clone()).map_err(|cause| JobError::Passing {
        what: "this version of the program does not know this job".to_owned(),
        source: Some(cause.into()),
    })?;
    if number > desk.settings.retries.most_attempts {
        return Err(JobError::lasting("the worker died in each attempt"));
    }
    Ok(Attempt { id: row.id, studio: row.studio_id, job, number, is_last, stop: desk.stop.child_token() })
}

/// Runs the handler with signs of life; none if the job is no longer ours.
async fn run(desk: &Desk, attempt: &Attempt, round: i32) -> Option<Result<(), JobError>> {
    let limit = desk.handler.time_limit(&attempt.job);
    let handling = AssertUnwindSafe(desk.handler.handle(attempt)).catch_unwind();
    tokio::select! {
        outcome = handling => Some(outcome.unwrap_or_else(|panic| Err(JobError::lasting(panic_text(&*panic))))),
        () = lose_hold(desk, attempt, round) => { attempt.stop.cancel(); None }
        () = tokio::time::sleep(limit) => {
            attempt.stop.cancel();
            Some(Err(JobError::passing(format!("not done within {} s", limit.as_secs()))))
        }
        () = grace_over(desk) => Some(Err(JobError::Interrupted)),
    }
}

/// What became of an attempt, as its span says it.
fn word(is_last: bool, outcome: Option<&Result<(), JobError>>) -> &'static str {
    match outcome {
        None => "passed_on",
        Some(Ok(())) => "done",
        Some(Err(JobError::Interrupted)) => "interrupted",
        Some(Err(JobError::Passing { .. })) if !is_last => "failed",
        Some(Err(_)) => "given_up",
    }
}

/// Ends when the job has passed to somebody else.
async fn lose_hold(desk: &Desk, attempt: &Attempt, round: i32) {
    loop {
        tokio::time::sleep(BEAT).await;
        match work::beat(&desk.runtime.db, &desk.ctx, attempt.id, round).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, job = %attempt.id, "no sign of life was written");
            }
        }
    }
}

/// An error as the log takes it, with its sources.
fn cause(error: &JobError) -> &(dyn std::error::Error + 'static) {
    error
}

async fn grace_over(desk: &Desk) {
    desk.stop.cancelled().await;
    tokio::time::sleep(desk.settings.grace).await;
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = said.unwrap_or("without words"), "a job's handler panicked");
    "the handler broke; the program's log says how".to_owned()
}

/// Writes what became of an attempt.
async fn settle(desk: &Desk, row: &job::Model, number: u32, outcome: Result<(), JobError>) -> Result<(), StoreError> {
    let (db, ctx) = (&desk.runtime.db, &desk.ctx);
    match outcome {
        Ok(()) => {
            ctx.env.reach_of(Stage::JobDone, &row.kind);
            work::finish(db, ctx, row.id, row.round).await?;
            ctx.env.reach_of(Stage::JobFinished, &row.kind);
            Ok(())
        }
        Err(JobError::Interrupted) => work::release(db, row.id, row.round).await.map(drop),
        Err(error) => {
            let wait = match &error {
                JobError::Lasting { .. } => None,
                _ => desk.settings.retries.wait_after(number),
            };
            let told = error.to_string();
            let Some(wait) = wait else {
                tracing::error!(error = cause(&error), job = %row.id, kind = row.kind, number, "given up: a dead letter");
                return work::bury(db, ctx, row.id, row.round, &told).await.map(drop);
            };
            tracing::warn!(error = cause(&error), job = %row.id, kind = row.kind, number, wait_s = wait.num_seconds(), "failed");
            work::fail_attempt(db, row.id, row.round, &told, ctx.env.now() + wait).await?;
            // The relay learns of the new due time.
            desk.runtime.wake.jobs_written();
            Ok(())
        }
    }
}
