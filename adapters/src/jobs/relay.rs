//! The relay: from the outbox to the queue.

use std::time::Duration;

use domain::{
    actor::Ctx,
    outbox::{Queue, entity::job, queries, work},
    ports::Wake,
    report::StoreError,
    stages::Stage,
    store,
};
use tokio_util::sync::CancellationToken;

use super::{QueueError, Runtime, backend};

/// How long a relay of the program sleeps at the most: the fall-back for a wake that another process could not give.
pub const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// How many jobs are handed over at a time.
const BATCH: u64 = 100;

const QUEUES: [Queue; 2] = [Queue::Audio, Queue::Office];

/// The channel on which PostgreSQL tells that jobs were written.
const CHANNEL: &str = "outbox_written";

#[derive(Debug, thiserror::Error)]
enum RelayError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Hands waiting jobs to their queues as soon as they are written or due, and rescues those whose workers died, until it is told to stop.
/// It is woken by whoever writes a job, and looks by itself after `longest_sleep`, which is [`LONGEST_SLEEP`] but in tests of the waking.
pub async fn run_relay(runtime: Runtime, longest_sleep: Duration, stop: CancellationToken) {
    let ctx = Ctx::system(runtime.env.clone());
    let mut calls = runtime.wake.relay_calls();
    while !stop.is_cancelled() {
        calls.mark_unchanged();
        let sleep = match pass(&runtime, &ctx, &stop).await {
            Ok(due_in) => due_in.map_or(longest_sleep, |due_in| due_in.min(longest_sleep)),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the relay could not hand jobs over");
                longest_sleep
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            changed = calls.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(sleep) => {}
        }
    }
}

/// One look at the outbox; tells in how long the next job is due, if one waits.
async fn pass(runtime: &Runtime, ctx: &Ctx, stop: &CancellationToken) -> Result<Option<Duration>, RelayError> {
    let db = &runtime.db;
    let rescued = work::rescue_lost(db, ctx).await?;
    if rescued > 0 {
        tracing::warn!(rescued, "jobs had lost their workers and are handed out anew");
    }
    loop {
        let waiting = queries::list_waiting(db, &QUEUES, ctx.env.now(), BATCH).await?;
        // A worker that stops gives its job back for others: not to the queue that stops with it.
        if waiting.is_empty() || stop.is_cancelled() {
            break;
        }
        reach(ctx, Stage::JobWritten, &waiting);
        for queue in QUEUES {
            let rows: Vec<_> = waiting.iter().filter(|row| row.queue == queue).collect();
            if !rows.is_empty() {
                backend::push(db, queue, &rows).await?;
                runtime.wake.pushed(queue);
            }
        }
        reach(ctx, Stage::JobPushed, &waiting);
        let handed: Vec<_> = waiting.iter().map(|row| (row.id, row.round)).collect();
        work::mark_handed(db, ctx, &handed).await?;
        reach(ctx, Stage::JobHanded, &waiting);
    }
    let due_in = queries::find_next_due(db, &QUEUES).await?.map(|due| due - ctx.env.now());
    Ok(due_in.map(|wait| wait.to_std().unwrap_or_default()))
}

fn reach(ctx: &Ctx, stage: Stage, rows: &[job::Model]) {
    for row in rows {
        ctx.env.reach_of(stage, &row.kind);
    }
}

/// On PostgreSQL: wakes this process's relay when any process has written jobs, until it is told to stop. Elsewhere there is nothing to listen to.
pub async fn listen(runtime: Runtime, stop: CancellationToken) {
    if !store::is_postgres(&runtime.db) {
        return;
    }
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            Err(error) = relay_notifications(&runtime) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "listening for jobs ended; beginning again");
                tokio::time::sleep(LONGEST_SLEEP).await;
            }
        }
    }
}

async fn relay_notifications(runtime: &Runtime) -> Result<(), sqlx::Error> {
    let pool = runtime.db.get_postgres_connection_pool();
    let mut listener = sqlx::postgres::PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        listener.recv().await?;
        runtime.wake.jobs_written();
    }
}
