//! Transactions: how a use case begins one on either database.

use std::{io, time::Duration};

use sea_orm::{
    ActiveModelTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    EntityTrait, SqliteTransactionMode, TransactionOptions, TransactionTrait, sea_query::OnConflict,
    sqlx::Connection as _,
};
use tokio::{net::TcpStream, time::timeout};
use tracing::Instrument as _;
use url::Url;

use crate::report::StoreError;

/// The database as the rest of the code knows it. Cheap to clone.
pub type Db = DatabaseConnection;

/// A transaction that a command writes in.
pub type Tx = DatabaseTransaction;

/// A connection that was used more lately than this is taken to be alive: asking it first costs each transaction a journey to the database.
const IDLE: Duration = Duration::from_secs(5);

/// Connects to `sqlite:` or `postgres:`. SQLite runs in WAL mode with foreign keys on, waits up to 30 s for another writer, and syncs every
/// commit, for a paid order must outlive a power cut.
pub async fn connect(url: &str, max_connections: u32) -> Result<Db, StoreError> {
    open(url, max_connections, "FULL", None).await
}

/// As [`connect`], for a program that people wait for: whoever finds no connection to PostgreSQL within `patience`, because it is away or because all are
/// taken, is told so, by [`StoreError::is_away`].
pub async fn connect_within(patience: Duration, url: &str, max_connections: u32) -> Result<Db, StoreError> {
    open(url, max_connections, "FULL", Some(patience)).await
}

/// As [`connect_within`], to a replica on PostgreSQL. Whether it is there is seen when it is asked; whatever would write is refused, also by one that has become a
/// primary.
pub async fn connect_to_read(patience: Duration, url: &str, max_connections: u32) -> Result<Db, StoreError> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(max_connections).sqlx_logging(false).test_before_acquire_if_idle_for(IDLE);
    options.acquire_timeout(patience).connect_lazy(true);
    options.map_sqlx_postgres_opts(|postgres| postgres.options([("default_transaction_read_only", "on")]));
    Ok(Database::connect(options).await?)
}

/// Nobody opens the door of a database server.
#[derive(Debug, thiserror::Error)]
#[error("nothing answers at {host}:{port}")]
pub struct Unanswered {
    host: String,
    port: u16,
    #[source]
    cause: io::Error,
}

/// Tries the door of a server of PostgreSQL's: the pool would try a closed one for as long as it may, and not say why. SQLite has none.
pub async fn knock(patience: Duration, address: &Url) -> Result<(), Unanswered> {
    let host = address.host_str().filter(|host| !host.is_empty() && address.scheme().starts_with("postgres"));
    let Some(host) = host else { return Ok(()) };
    let port = address.port().unwrap_or(5432);
    let connect = TcpStream::connect((host.trim_matches(['[', ']']), port));
    let silent = || io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {} s", patience.as_secs()));
    let answered = timeout(patience, connect).await.unwrap_or_else(|_| Err(silent()));
    answered.map(drop).map_err(|cause| Unanswered { host: host.to_owned(), port, cause })
}

/// As [`connect`], for a test's database, which outlives no power cut: SQLite syncs nothing.
#[cfg(any(test, feature = "testing"))]
pub async fn connect_unsynced(url: &str, max_connections: u32) -> Result<Db, StoreError> {
    open(url, max_connections, "OFF", None).await
}

async fn open(
    url: &str,
    max_connections: u32,
    synchronous: &'static str,
    patience: Option<Duration>,
) -> Result<Db, StoreError> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(max_connections).sqlx_logging(false).test_before_acquire_if_idle_for(IDLE);
    if url.starts_with("sqlite:") {
        options.map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", synchronous)
                .busy_timeout(Duration::from_secs(30))
        });
        // When a disk is full, SQLite rolls back by itself, and the driver goes on believing in a transaction: it begins no other on that connection, which is
        // therefore exchanged.
        options.map_sqlx_sqlite_before_acquire(|connection, _| {
            Box::pin(async move {
                if connection.is_in_transaction() {
                    // Maybe its rollback is on its way: whatever was told before is done when this is answered.
                    connection.ping().await?;
                }
                Ok(!connection.is_in_transaction())
            })
        });
    } else if let Some(patience) = patience {
        options.acquire_timeout(patience);
    }
    Ok(Database::connect(options).await?)
}

/// Begins a transaction that writes. SQLite takes its write lock at once (`BEGIN IMMEDIATE`), so two writers queue up instead of failing in the
/// middle; PostgreSQL reads committed rows and locks where a command says so.
///
/// A caller that is dropped while it waits, as when a browser leaves, leaves nothing open: the beginning is a task of its own, so it ends, and the
/// transaction is rolled back as any that is dropped. The driver itself would give the connection back with the transaction still open in it, and
/// whoever got it next would write into that.
pub async fn begin(db: &Db) -> Result<Tx, StoreError> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let db = db.clone();
    let begin = async move { db.begin_with_options(options).await };
    let begun = tokio::spawn(begin.instrument(tracing::Span::current()));
    match begun.await {
        Ok(tx) => Ok(tx?),
        Err(fault) => match fault.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Tasks are only cancelled when the runtime itself ends, and we with it.
            Err(_) => std::future::pending().await,
        },
    }
}

/// Whether this is PostgreSQL, for the few statements that the two databases spell differently.
pub fn is_postgres(db: &impl ConnectionTrait) -> bool {
    db.get_database_backend() == DbBackend::Postgres
}

/// Inserts a row unless a unique key stands against it; true if it was inserted. Unlike a refused insert, this leaves a PostgreSQL transaction
/// usable; against another transaction's uncommitted row it waits for the outcome.
pub async fn insert_new<A>(tx: &Tx, row: A) -> Result<bool, StoreError>
where
    A: ActiveModelTrait,
{
    let affected = <A::Entity as EntityTrait>::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(affected > 0)
}
