//! Working a queue.

use std::{sync::Arc, time::Duration};

use apalis::prelude::{BackendExt, BoxDynError, Data, WorkerBuilder, WorkerBuilderExt, WorkerContext};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use domain::outbox::Queue;
use sea_orm::DbBackend;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::{
    JobHandler, QueueError, Runtime, Settings,
    attempt::{Desk, work_on},
    backend::{Carried, postgres_config, sqlite_config},
};

/// The wait before a worker that lost its database begins again.
const RESTART_WAIT: Duration = Duration::from_secs(1);

/// Works a queue until it is told to stop; then gives running jobs their grace, hands back what is not done, and returns.
pub async fn run_queue(
    runtime: Runtime,
    queue: Queue,
    handler: Arc<dyn JobHandler>,
    settings: Settings,
    stop: CancellationToken,
) -> Result<(), QueueError> {
    let desk = Arc::new(Desk::new(runtime, handler, settings, stop.clone()));
    while !stop.is_cancelled() {
        match run_worker(&desk, queue).await {
            Ok(()) => {}
            Err(QueueError::Unsupported) => return Err(QueueError::Unsupported),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, %queue, "a worker ended; it begins again");
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(RESTART_WAIT) => {}
        }
    }
    Ok(())
}

/// One worker's life, from its registration to its stop.
async fn run_worker(desk: &Arc<Desk>, queue: Queue) -> Result<(), QueueError> {
    let db = &desk.runtime.db;
    // A name of its own for each life: what an earlier life held is found by its silence.
    let context = WorkerContext::new(&format!("{queue}-{}", hex::encode(desk.runtime.env.random::<8>())));
    let worker = WorkerBuilder::new(&context);
    let calls = desk.runtime.wake.queue_calls(queue);
    let life = match db.get_database_backend() {
        DbBackend::Sqlite => {
            let storage: SqliteStorage<Carried> =
                SqliteStorage::new(db.get_sqlite_connection_pool()).with_config(sqlite_config(queue));
            let worker = worker
                .backend(storage.poll_with_strategy(calls))
                .concurrency(desk.settings.concurrency)
                .data(Arc::clone(desk))
                .build(take);
            AbortOnDropHandle::new(tokio::spawn(worker.run()))
        }
        DbBackend::Postgres => {
            let storage: PostgresStorage<Carried> =
                PostgresStorage::new(db.get_postgres_connection_pool()).with_config(postgres_config(queue));
            let worker = worker
                .backend(storage.poll_with_strategy(calls))
                .concurrency(desk.settings.concurrency)
                .data(Arc::clone(desk))
                .build(take);
            AbortOnDropHandle::new(tokio::spawn(worker.run()))
        }
        _ => return Err(QueueError::Unsupported),
    };
    tokio::pin!(life);
    tokio::select! {
        ended = &mut life => {
            ended.map_err(QueueError::from_database)?.map_err(|cause| QueueError::from_database(cause.to_string()))
        }
        // Not `context.stop()`: the queue would wait for its tasks without looking at what else it had begun, maybe with a transaction open that
        // theirs wait for. What it has not been told as done it delivers again, to nobody's harm.
        () = desk.settled() => {
            life.abort();
            drop(life.await);
            Ok(())
        }
    }
}

/// What the queue calls for each task it delivers.
async fn take(carried: Carried, desk: Data<Arc<Desk>>) -> Result<(), BoxDynError> {
    let desk = Arc::clone(&desk);
    if desk.stop.is_cancelled() {
        // Left for the next worker, which gets it when this one is gone.
        return std::future::pending().await;
    }
    // A task of its own, so that jobs run side by side on all cores; it ends with the worker.
    AbortOnDropHandle::new(desk.attempts.spawn(work_on(Arc::clone(&desk), carried))).await??;
    Ok(())
}
