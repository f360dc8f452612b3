//! Fresh, migrated databases for tests: SQLite always, PostgreSQL where `LEDGERLINE_TEST_DATABASE_URL` names a server.

use std::path::Path;

use sea_orm_migration::{
    MigratorTrait,
    sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement},
};
use tempfile::TempDir;

use crate::Migrator;

/// The variable that names a PostgreSQL server on which databases may be created and dropped.
pub const URL_VARIABLE: &str = "LEDGERLINE_TEST_DATABASE_URL";

/// A database of a test's own.
#[derive(Debug)]
pub struct TestDatabase {
    /// Its address.
    pub url: String,
    /// `sqlite` or `postgres`, for messages.
    pub name: &'static str,
    // Held so that SQLite's folder outlives the test.
    _folder: Option<TempDir>,
    // The server and the database to drop on it.
    server: Option<(String, String)>,
}

/// One fresh database of each kind at hand, migrated.
pub async fn databases() -> Vec<TestDatabase> {
    let mut all = vec![sqlite().await];
    if let Ok(server) = std::env::var(URL_VARIABLE) {
        all.push(postgres(&server).await);
    }
    all
}

/// One fresh database of each kind at hand as it was before a step, for that step's own test; the test migrates the rest.
///
/// # Panics
/// If there is no step of that name.
pub async fn databases_before(step: &str) -> Vec<TestDatabase> {
    let before = Some(count_before(step));
    let mut all = vec![sqlite_up_to(before).await];
    if let Ok(server) = std::env::var(URL_VARIABLE) {
        let admin = Database::connect(single(&server)).await.expect("the PostgreSQL server answers");
        let name = fresh_name();
        admin.execute_unprepared(&format!("CREATE DATABASE \"{name}\"")).await.expect("a test's database");
        admin.close().await.expect("the server's connection closes");
        let url = on(&server, &name);
        let db = Database::connect(single(&url)).await.expect("the database opens");
        Migrator::up(&db, before).await.expect("PostgreSQL migrates");
        db.close().await.expect("the database closes");
        all.push(TestDatabase { url, name: "postgres", _folder: None, server: Some((server, name)) });
    }
    all
}

/// A fresh SQLite file as it was before a step.
///
/// # Panics
/// If there is no step of that name.
pub async fn sqlite_before(step: &str) -> TestDatabase {
    sqlite_up_to(Some(count_before(step))).await
}

/// How many steps come before one.
fn count_before(step: &str) -> u32 {
    let before = Migrator::migrations().iter().position(|known| known.name() == step).expect("a step of that name");
    u32::try_from(before).expect("fewer steps than that")
}

/// A fresh SQLite file in a folder of its own, copied from a migrated template that the first test makes.
pub async fn sqlite() -> TestDatabase {
    let template = std::env::temp_dir().join(format!("{}.db", template_name()));
    if !template.exists() {
        let draft = sqlite_up_to(None).await;
        let moved = template.with_extension(fresh_name());
        std::fs::copy(draft.file(), &moved).expect("a draft of the template");
        // Whoever comes second puts the same in its place.
        std::fs::rename(&moved, &template).expect("the template");
    }
    let database = sqlite_in(tempfile::tempdir().expect("a temporary folder"));
    std::fs::copy(&template, database.file()).expect("a test's database");
    database
}

async fn sqlite_up_to(steps: Option<u32>) -> TestDatabase {
    let database = sqlite_in(tempfile::tempdir().expect("a temporary folder"));
    let db = Database::connect(format!("{}?mode=rwc", database.url)).await.expect("SQLite opens");
    db.execute_unprepared("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF").await.expect("pragmas");
    Migrator::up(&db, steps).await.expect("SQLite migrates");
    // With its last connection, what its log holds goes into the file.
    db.close().await.expect("SQLite closes");
    database
}

fn sqlite_in(folder: TempDir) -> TestDatabase {
    let url = format!("sqlite://{}", folder.path().join("ledgerline.db").display());
    TestDatabase { url, name: "sqlite", _folder: Some(folder), server: None }
}

/// A fresh database on a PostgreSQL server, copied from a migrated template that the first test makes.
pub async fn postgres(server: &str) -> TestDatabase {
    let admin = Database::connect(single(server)).await.expect("the PostgreSQL server answers");
    let template = template_name();
    if !has(&admin, &template).await {
        make_template(server, &admin, &template).await;
    }
    // Nobody is ever connected to the template, and so any number may copy it at once.
    let name = fresh_name();
    admin
        .execute_unprepared(&format!("CREATE DATABASE \"{name}\" TEMPLATE {template}"))
        .await
        .expect("a test's database");
    admin.close().await.expect("the server's connection closes");
    TestDatabase { url: on(server, &name), name: "postgres", _folder: None, server: Some((server.to_owned(), name)) }
}

/// Makes the template, unless somebody else has meanwhile. It has its name only once it is whole.
async fn make_template(server: &str, admin: &DatabaseConnection, template: &str) {
    // A process of its own runs each test: the lock is the server's.
    admin.execute_unprepared("SELECT pg_advisory_lock(7205113)").await.expect("the lock");
    if !has(admin, template).await {
        let draft = format!("{template}_draft");
        for statement in [format!("DROP DATABASE IF EXISTS {draft}"), format!("CREATE DATABASE {draft}")] {
            admin.execute_unprepared(&statement).await.expect("a draft of the template");
        }
        let db = Database::connect(single(&on(server, &draft))).await.expect("the draft opens");
        Migrator::up(&db, None).await.expect("PostgreSQL migrates");
        db.close().await.expect("the draft closes");
        admin.execute_unprepared(&format!("ALTER DATABASE {draft} RENAME TO {template}")).await.expect("the template");
    }
    admin.execute_unprepared("SELECT pg_advisory_unlock(7205113)").await.expect("the lock");
}

/// Whether a PostgreSQL server has a database of this name.
async fn has(admin: &DatabaseConnection, name: &str) -> bool {
    let asked = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    let found = admin.query_one_raw(Statement::from_string(admin.get_database_backend(), asked)).await;
    found.expect("the list of databases").is_some()
}

impl TestDatabase {
    /// Where SQLite's file is.
    fn file(&self) -> &Path {
        Path::new(self.url.trim_start_matches("sqlite://"))
    }

    /// Another database of the same kind with all that is in this one, which nobody is connected to meanwhile.
    pub async fn copied(&self) -> Self {
        let Some((server, name)) = &self.server else {
            let copy = sqlite_in(tempfile::tempdir().expect("a temporary folder"));
            std::fs::copy(self.file(), copy.file()).expect("a copy of the database");
            return copy;
        };
        let admin = Database::connect(single(server)).await.expect("the PostgreSQL server answers");
        let fresh = fresh_name();
        admin
            .execute_unprepared(&format!("CREATE DATABASE \"{fresh}\" TEMPLATE \"{name}\""))
            .await
            .expect("a copy of the database");
        admin.close().await.expect("the server's connection closes");
        Self { url: on(server, &fresh), name: self.name, _folder: None, server: Some((server.clone(), fresh)) }
    }

    /// Drops the database; a test that panics leaves it behind for a look.
    pub async fn drop(self, db: DatabaseConnection) {
        db.close().await.expect("the database closes");
        if let Some((server, name)) = self.server {
            let admin = Database::connect(single(&server)).await.expect("the server answers");
            admin
                .execute_unprepared(&format!("DROP DATABASE \"{name}\" WITH (FORCE)"))
                .await
                .expect("the database is dropped");
        }
    }
}

/// A name for a test's database on a server.
fn fresh_name() -> String {
    let folder = tempfile::Builder::new().prefix("").rand_bytes(12).tempdir().expect("a name");
    let word = folder.path().file_name().expect("a name").to_string_lossy().to_lowercase();
    format!("ledgerline_test_{word}")
}

/// The template's name holds a digest of the schema's text, so that a changed schema makes a new template.
fn template_name() -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut digest = DefaultHasher::new();
    crate::SCHEMA_TEXT.hash(&mut digest);
    format!("ledgerline_template_{:016x}", digest.finish())
}

fn single(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    options
}

/// The address of another database on the same server.
fn on(server: &str, database: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, None), |(base, query)| (base, Some(query)));
    let root = base.rfind('/').filter(|at| *at > "postgres://".len()).map_or(base, |at| &base[..at]);
    query.map_or_else(|| format!("{root}/{database}"), |query| format!("{root}/{database}?{query}"))
}
