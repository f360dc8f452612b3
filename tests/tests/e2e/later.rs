//! A schema that a later version has taken further: a program of the version before it starts on it, as one does that is started again while another takes
//! its place.

use std::{fs, path::Path, process::Output};

use cli::client::until;
use domain::store;
use sea_orm::ConnectionTrait;

use crate::{
    backup::sqlite,
    postgres::{self, drop_database, made},
    program::{self, Server, Worker, free_port},
    shop::PATIENCE,
};

/// A step that no version has yet.
const LATER: &str = "m29990101_a_later";

/// One that none has ever had, between those that there are.
const STRANGE: &str = "m20261124_a_strange";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_starts_on_a_later_schema_and_says_so() {
    starts_and_says_so(&[]).await;
    let Some(server) = postgres::server() else { return };
    let url = made(&server, "later").await;
    starts_and_says_so(&[("LEDGERLINE_DATABASE_URL", url.as_str())]).await;
    drop_database(&server, "later").await;
}

async fn starts_and_says_so(settings: &[(&str, &str)]) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path();
    assert!(run(data, settings, "migrate").status.success());
    let url = settings.first().map_or_else(|| sqlite(data), |(_, url)| (*url).to_owned());
    let db = store::connect(&url, 1).await.expect("the database opens");
    let apply = |step: &str| format!("INSERT INTO seaql_migrations (version, applied_at) VALUES ('{step}', 0)");
    db.execute_unprepared(&apply(LATER)).await.expect("a later version was here");

    for command in ["migrate", "doctor"] {
        let said = String::from_utf8(run(data, settings, command).stdout).expect("text");
        assert!(said.contains(&format!("a later version of the program has taken it further, by {LATER}")), "{said}");
    }
    let _server = Server::start_without_worker(data, free_port(), settings);
    let _worker = Worker::start(data, settings);
    let warned = until("server and worker to have started, each with a warning", PATIENCE, async || {
        let log = fs::read_to_string(data.join("server.log"))?;
        Ok((log.matches(LATER).count() == 2 && log.contains("working off jobs")).then_some(()))
    });
    warned.await.expect("they start");

    db.execute_unprepared(&apply(STRANGE)).await.expect("nobody knows who was here");
    let refused = run(data, settings, "migrate");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains(STRANGE), "{said}");
}

fn run(data: &Path, settings: &[(&str, &str)], command: &str) -> Output {
    let mut program = program::command();
    program.arg(command).arg("--data").arg(data).envs(settings.iter().copied());
    program.output().expect("it starts")
}
