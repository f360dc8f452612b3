//! The queue's two backends, each on the pool that SeaORM has.

use apalis::prelude::{Task, TaskBuilder};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use domain::{
    ids::JobId,
    outbox::{Queue, entity::job, rules},
    store::Db,
};
use sea_orm::{ConnectionTrait, DbBackend};

/// The queue did not do as it was told.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The database.
    #[error("the job queue's database did not answer as expected")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Neither SQLite nor PostgreSQL.
    #[error("the job queue runs on SQLite and PostgreSQL alone")]
    Unsupported,
}

impl QueueError {
    pub(super) fn from_database(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Database(cause.into())
    }
}

/// What the queue carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Carried {
    /// The job.
    pub(super) job: JobId,
    /// The round it was handed in.
    pub(super) round: i32,
}

/// How often a worker of the queue gives a sign of life; one that missed two is believed dead.
const QUEUE_HEARTBEAT: std::time::Duration = std::time::Duration::from_secs(2);

pub(super) fn sqlite_config(queue: Queue) -> apalis_sqlite::Config {
    apalis_sqlite::Config {
        queue: queue.word().into(),
        // One at a time, so that no worker holds jobs back which another could begin.
        batch_size: 1,
        heartbeat_interval: QUEUE_HEARTBEAT,
        ..Default::default()
    }
}

pub(super) fn postgres_config(queue: Queue) -> apalis_postgres::Config {
    apalis_postgres::Config {
        queue: queue.word().into(),
        batch_size: 1,
        heartbeat_interval: QUEUE_HEARTBEAT,
        missed_heartbeats: 2,
        ..Default::default()
    }
}

/// The queue's own tables where they lie beside the program's: all of them on SQLite; on PostgreSQL the list of its migrations, for the others have
/// a schema of their own.
pub const QUEUE_TABLES: [&str; 3] = ["Jobs", "Workers", "_sqlx_migrations"];

/// Makes or updates the queue's own tables, after the migrations.
pub async fn set_up(db: &Db) -> Result<(), QueueError> {
    // The backends' own `setup` would also turn off the syncing of commits on SQLite. What a later version has applied stays, as in the schema.
    let run = match db.get_database_backend() {
        DbBackend::Sqlite => {
            SqliteStorage::migrations().set_ignore_missing(true).run(db.get_sqlite_connection_pool()).await
        }
        DbBackend::Postgres => {
            PostgresStorage::migrations().set_ignore_missing(true).run(db.get_postgres_connection_pool()).await
        }
        _ => return Err(QueueError::Unsupported),
    };
    run.map_err(QueueError::from_database)
}

/// Forgets what the queue has done more than an hour ago, and workers that have been gone for a day.
pub async fn sweep(db: &Db) -> Result<(), QueueError> {
    let statements = match db.get_database_backend() {
        DbBackend::Sqlite => [
            "DELETE FROM Jobs WHERE status = 'Done' AND done_at < strftime('%s', 'now') - 3600",
            "DELETE FROM Workers WHERE last_seen < strftime('%s', 'now') - 86400 \
             AND id NOT IN (SELECT lock_by FROM Jobs WHERE lock_by IS NOT NULL)",
        ],
        DbBackend::Postgres => [
            "DELETE FROM apalis.jobs WHERE status = 'Done' AND done_at < now() - interval '1 hour'",
            "DELETE FROM apalis.workers w WHERE last_seen < now() - interval '1 day' \
             AND NOT EXISTS (SELECT 1 FROM apalis.jobs j WHERE j.lock_by = w.id)",
        ],
        _ => return Err(QueueError::Unsupported),
    };
    for statement in statements {
        db.execute_unprepared(statement).await.map_err(QueueError::from_database)?;
    }
    Ok(())
}

fn task(row: &job::Model) -> Result<Task<Vec<u8>>, QueueError> {
    let carried = Carried { job: row.id, round: row.round };
    let bytes = serde_json::to_vec(&carried).map_err(QueueError::from_database)?;
    // Both backends deliver the larger priority first, and fetch a task only when a worker is free to take it.
    let priority = usize::try_from(row.priority).unwrap_or(0);
    Ok(TaskBuilder::new(bytes).idempotency_key(rules::queue_key(row)).priority(priority).build())
}

/// Pushes jobs of one queue; what has been pushed before under the same key is left alone.
pub(super) async fn push(db: &Db, queue: Queue, rows: &[&job::Model]) -> Result<(), QueueError> {
    match db.get_database_backend() {
        DbBackend::Sqlite => push_to_sqlite(db, queue, rows).await,
        DbBackend::Postgres => push_to_postgres(db, queue, rows).await,
        _ => Err(QueueError::Unsupported),
    }
}

async fn push_to_sqlite(db: &Db, queue: Queue, rows: &[&job::Model]) -> Result<(), QueueError> {
    let tasks = rows.iter().map(|row| task(row)).collect::<Result<Vec<_>, _>>()?;
    let mut tx = db.get_sqlite_connection_pool().begin().await.map_err(QueueError::from_database)?;
    apalis_sqlite::queries::push_tasks(&mut *tx, queue.word(), &tasks).await.map_err(QueueError::from_database)?;
    tx.commit().await.map_err(QueueError::from_database)
}

async fn push_to_postgres(db: &Db, queue: Queue, rows: &[&job::Model]) -> Result<(), QueueError> {
    let mut connection = db.get_postgres_connection_pool().acquire().await.map_err(QueueError::from_database)?;
    let tasks = rows.iter().map(|row| task(row)).collect::<Result<Vec<_>, _>>()?;
    match apalis_postgres::queries::push_tasks(&mut *connection, queue.word(), tasks).await {
        Err(cause) if is_known_key(&cause) => {}
        other => return other.map_err(QueueError::from_database),
    }
    // Another relay was faster with at least one of them: push each by itself.
    for row in rows {
        let one = vec![task(row)?];
        match apalis_postgres::queries::push_tasks(&mut *connection, queue.word(), one).await {
            Err(cause) if is_known_key(&cause) => {}
            other => other.map_err(QueueError::from_database)?,
        }
    }
    Ok(())
}

fn is_known_key(cause: &apalis_postgres::Error) -> bool {
    matches!(cause, apalis_postgres::Error::Database(sqlx::Error::Database(refused)) if refused.is_unique_violation())
}
