//! Backups, judged by what the databases and folders hold themselves: made while the program serves, put back row for row and file for file, on SQLite
//! and PostgreSQL and from one to the other; and refused when a byte of them was changed, or when they are not whole.

use std::{
    collections::{BTreeMap, HashSet},
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use cli::client::Producer;
use domain::{
    agreements::evidence::canonical,
    catalog::Sha256,
    store::{self, Db},
};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;

use crate::{
    postgres::{self, drop_database, made},
    program::{self, Server, free_port},
};

/// The job queue's own tables. What it has in hand is no part of a backup.
const QUEUE: [&str; 3] = ["Jobs", "Workers", "_sqlx_migrations"];

/// Tables, each with its rows in some fixed order, each with its columns by name.
type Rows = BTreeMap<String, Vec<Vec<String>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_kept_comes_back_row_for_row_and_file_for_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, kept) = (folder.path().join("data"), folder.path().join("kept"));
    demo(&data);
    let server = start(&data).await;
    let first = told(&backup(&data, None, &kept));
    assert!(first["files"].as_u64() > Some(5) && first["copied"] == first["files"], "{first}");
    server.kill();
    verified(&kept);

    // Once more, and nothing moves meanwhile: what there is already stays where it is.
    let second = told(&backup(&data, None, &kept));
    assert_eq!((&second["copied"], &second["files"]), (&0.into(), &first["files"]), "{second}");
    assert_eq!(second["missing"], serde_json::json!([]));
    assert!(second["others"].to_string().contains("secret.key") && second["others"].to_string().contains("seals/"));
    let rows = rows(&sqlite(&data)).await;
    let files = files(&data, &rows);
    assert!(rows["entries"].len() > 5 && rows["agreement_evidence"].len() > 5 && !files.is_empty());

    let stored = files.keys().find(|path| path.starts_with("files")).expect("there are files");
    let length = fs::read(data.join(stored)).expect("it is read").len();
    fs::remove_dir_all(&data).expect("the data folder is wiped");
    // Under another secret nobody's links and second factors would open.
    let mut other = program::command();
    other.arg("restore").arg(&kept).arg("--data").arg(&data).env("LEDGERLINE_SECRET", "ab".repeat(32));
    let other = other.output().expect("it starts");
    let said = String::from_utf8_lossy(&other.stderr).into_owned();
    assert!(!other.status.success() && said.contains("another than the backup's"), "{said}");
    // What the store has already is held against its address.
    let damaged = data.join(stored);
    fs::create_dir_all(damaged.parent().expect("a folder")).expect("it is made");
    fs::write(&damaged, vec![0; length]).expect("it is written");
    let refused = restore(&kept, &data, None);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("and not whole"), "{said}");
    fs::remove_dir_all(&data).expect("the data folder is wiped");
    let back = told(&restore(&kept, &data, None));
    assert_eq!((&back["proof"]["holds"], &back["migrated"]), (&true.into(), &0.into()), "{back}");
    assert_eq!(back["chains"]["broken"], serde_json::json!([]));
    assert!(back["chains"]["count"].as_u64() > Some(0), "{back}");
    same(&rows, &self::rows(&sqlite(&data)).await);
    assert_eq!(files, self::files(&data, &rows));

    let again = restore(&kept, &data, None);
    let said = String::from_utf8_lossy(&again.stderr);
    assert!(!again.status.success() && said.contains("a fresh data folder"), "{said}");
    // It serves, and takes on from there.
    start(&data).await.kill();

    refuses_every_change(&kept, folder.path());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_studio_moves_from_one_database_to_the_other_and_back() {
    let Some(server) = postgres::server() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let within = |name: &str| folder.path().join(name);
    let (laptop, platform, second, home) = (within("laptop"), within("platform"), within("second"), within("home"));
    demo(&laptop);
    told(&backup(&laptop, None, &within("kept")));

    let url = made(&server, "platform").await;
    let back = told(&restore(&within("kept"), &platform, Some(&url)));
    assert_eq!(back["proof"]["holds"], true, "{back}");
    let on_postgres = told(&backup(&platform, Some(&url), &within("kept on PostgreSQL")));
    assert_eq!(on_postgres["database"], "postgres");
    verified(&within("kept on PostgreSQL"));

    let other = made(&server, "second").await;
    told(&restore(&within("kept on PostgreSQL"), &second, Some(&other)));
    same(&rows(&url).await, &rows(&other).await);

    told(&restore(&within("kept on PostgreSQL"), &home, None));
    let (before, after) = (rows(&sqlite(&laptop)).await, rows(&sqlite(&home)).await);
    same(&before, &after);
    assert_eq!(files(&laptop, &before), files(&home, &after));

    // Numbers that the database counts go on behind those that came back.
    let db = store::connect(&url, 1).await.expect("PostgreSQL opens");
    let goes_on =
        one(&db, "SELECT (nextval(pg_get_serial_sequence('entries', 'seq')) > (SELECT MAX(seq) FROM entries))::text");
    assert_eq!(goes_on.await, "true");
    db.close().await.expect("it closes");
    for (server, name) in [(&server, "platform"), (&server, "second")] {
        drop_database(server, name).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_killed_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let port = free_port();
    let server = start_at(&data, port).await;
    let mut producer = Producer::new(&format!("http://127.0.0.1:{port}")).expect("a client");
    producer.sign_up("Killed in the middle", "EUR").await.expect("a studio opens");
    server.kill();

    let kept = folder.path().join("kept");
    let mut deaths = 0;
    for wait_ms in (0..).map(|step| 10 + step * 15).take(40) {
        let mut doomed = program::command()
            .arg("backup")
            .arg(&kept)
            .arg("--data")
            .arg(&data)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        doomed.kill().expect("it is ours to be killed");
        let ended = doomed.wait().expect("it has ended");
        // The manifest is what makes it whole, and comes last.
        assert_eq!(verify(&kept).status.success(), kept.join("manifest.json").exists(), "after {wait_ms} ms");
        if ended.success() {
            break;
        }
        deaths += 1;
    }
    assert!(deaths > 0, "it was never killed in the middle");
    told(&backup(&data, None, &kept));
    verified(&kept);
    let leftovers: Vec<_> =
        paths(&kept).into_iter().filter(|path| path.extension() == Some(OsStr::new("partial"))).collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
}

/// Changes a byte of files of each kind, one after the other, and takes one file away: neither passes, neither is put back.
fn refuses_every_change(kept: &Path, folder: &Path) {
    let nowhere = folder.join("nowhere");
    let all = paths(kept);
    let of = |part: &'static str| all.iter().filter(move |path| path.starts_with(kept.join(part)));
    let some: Vec<&PathBuf> =
        of("manifest.json").chain(of("others")).chain(of("tables").step_by(9)).chain(of("files").step_by(4)).collect();
    assert!(some.len() > 10, "{some:?}");
    for path in some {
        let whole = fs::read(path).expect("a file of the backup");
        let mut changed = whole.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        fs::write(path, &changed).expect("it can be changed");
        let refused = verify(kept);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && said.contains("damaged"), "{}: {said}", path.display());
        assert!(!restore(kept, &nowhere, None).status.success(), "{}", path.display());
        assert!(!nowhere.join("ledgerline.db").exists() && !nowhere.join("files").exists(), "nothing was begun");
        fs::write(path, &whole).expect("it can be mended");
    }
    let path = of("files").next_back().expect("a file");
    let whole = fs::read(path).expect("a file of the backup");
    fs::remove_file(path).expect("it can be taken away");
    assert!(!verify(kept).status.success());
    fs::write(path, &whole).expect("it can be mended");
    verified(kept);
}

/// Walks the demo on a data folder.
fn demo(data: &Path) {
    let walked = program::command()
        .args(["demo", "--once", "--json", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .output()
        .expect("the demo runs");
    assert!(walked.status.success(), "{}", String::from_utf8_lossy(&walked.stderr));
}

async fn start(data: &Path) -> Server {
    start_at(data, free_port()).await
}

async fn start_at(data: &Path, port: u16) -> Server {
    fs::create_dir_all(data).expect("a data folder");
    let data = data.to_owned();
    tokio::task::spawn_blocking(move || Server::start(&data, port, &[])).await.expect("the server starts")
}

fn backup(data: &Path, url: Option<&str>, kept: &Path) -> Output {
    run("backup", kept, data, &on(url))
}

fn restore(kept: &Path, data: &Path, url: Option<&str>) -> Output {
    run("restore", kept, data, &on(url))
}

/// The setting that names a database, if it is not the data folder's own.
fn on(url: Option<&str>) -> Vec<(&str, &str)> {
    url.map(|url| ("LEDGERLINE_DATABASE_URL", url)).into_iter().collect()
}

/// Makes a backup or restores one.
pub(crate) fn run(what: &str, kept: &Path, data: &Path, settings: &[(&str, &str)]) -> Output {
    let mut command = program::command();
    command.arg(what).arg(kept).args(["--json", "--data"]).arg(data).envs(settings.iter().copied());
    command.output().expect("it starts")
}

fn verify(kept: &Path) -> Output {
    program::command().args(["backup", "--verify"]).arg(kept).output().expect("it starts")
}

pub(crate) fn verified(kept: &Path) {
    let output = verify(kept);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What a command that succeeded has answered.
pub(crate) fn told(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_slice(&output.stdout).expect("the answer is JSON")
}

/// The address of a data folder's own database.
pub(crate) fn sqlite(data: &Path) -> String {
    format!("sqlite://{}", data.join("ledgerline.db").display())
}

/// All rows of a database but the queue's, as the database itself writes their values.
async fn rows(url: &str) -> Rows {
    let db = store::connect(url, 1).await.expect("the database opens");
    let is_postgres = store::is_postgres(&db);
    let tables = if is_postgres {
        "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
    } else {
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    };
    let mut all = Rows::new();
    for table in texts(&db, tables).await {
        if QUEUE.contains(&table.as_str()) {
            continue;
        }
        let columns = if is_postgres {
            format!(
                "SELECT attname::text FROM pg_attribute WHERE attrelid = '\"{table}\"'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY 1"
            )
        } else {
            format!("SELECT name FROM pragma_table_info('{table}') ORDER BY name")
        };
        let quote = if is_postgres { "quote_nullable" } else { "quote" };
        let columns: Vec<_> =
            texts(&db, &columns).await.iter().map(|column| format!("{quote}(\"{column}\")")).collect();
        let ask = format!("SELECT {} FROM \"{table}\"", columns.join(", "));
        let found = db.query_all_raw(Statement::from_string(db.get_database_backend(), ask)).await.expect("rows");
        let mut rows: Vec<Vec<String>> = found
            .iter()
            .map(|row| (0..columns.len()).map(|at| plain(row.try_get_by_index(at).expect("a value"))).collect())
            .collect();
        rows.sort();
        all.insert(table, rows);
    }
    db.close().await.expect("it closes");
    all
}

/// A quoted value; JSON in one form, for PostgreSQL writes it in its own.
fn plain(quoted: String) -> String {
    let text = quoted.trim_start_matches('\'').trim_end_matches('\'').replace("''", "'");
    match serde_json::from_str::<Value>(&text) {
        Ok(json) if text.starts_with(['{', '[']) => canonical(&json),
        _ => quoted,
    }
}

async fn texts(db: &Db, ask: &str) -> Vec<String> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), ask)).await.expect("an answer");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
}

async fn one(db: &Db, ask: &str) -> String {
    texts(db, ask).await.pop().expect("a row")
}

/// Says which table differs, and in which row.
fn same(one: &Rows, other: &Rows) {
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (table, rows) in one {
        let there = &other[table];
        assert_eq!(rows.len(), there.len(), "rows of {table}");
        for (row, there) in rows.iter().zip(there) {
            assert_eq!(row, there, "a row of {table}");
        }
    }
}

/// The stored files that the rows name, the keys and the secret of a data folder, by their places.
fn files(data: &Path, rows: &Rows) -> BTreeMap<PathBuf, Sha256> {
    let named: HashSet<Sha256> =
        rows["assets"].iter().flatten().filter_map(|cell| cell.trim_matches('\'').parse().ok()).collect();
    let is_kept = |path: &PathBuf| {
        let name = path.file_name().and_then(OsStr::to_str).and_then(|name| name.parse::<Sha256>().ok());
        name.is_none_or(|sha256| named.contains(&sha256))
    };
    let parts = ["files", "seals", "secret.key"].map(|part| data.join(part));
    let all = parts.iter().flat_map(|part| paths(part)).filter(is_kept);
    contents(data, all)
}

/// What files of a folder hold, by their places in it.
pub(crate) fn contents(folder: &Path, files: impl IntoIterator<Item = PathBuf>) -> BTreeMap<PathBuf, Sha256> {
    let content = |path: PathBuf| {
        let content = Sha256::of(&fs::read(&path).expect("a file"));
        (path.strip_prefix(folder).expect("within it").to_owned(), content)
    };
    files.into_iter().map(content).collect()
}

/// A file, or all files of a folder and of those within it.
pub(crate) fn paths(at: &Path) -> Vec<PathBuf> {
    if !at.is_dir() {
        return vec![at.to_owned()];
    }
    let mut found: Vec<PathBuf> =
        fs::read_dir(at).expect("a folder").flat_map(|entry| paths(&entry.expect("an entry").path())).collect();
    found.sort();
    found
}
