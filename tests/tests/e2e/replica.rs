//! Pages read from a true standby of PostgreSQL's: that it is the standby which answers, how long it may be behind, and what visitors see while it is gone.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use cli::client::{Producer, until};
use domain::store::{self, Db};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;

use crate::{
    cluster::{self, Cluster},
    program::{self, Server, free_port},
    request,
    shop::{PATIENCE, base},
};

/// How many pages the standby has given.
const GIVEN: &str = "ledgerline_replica_reads_total{asked=\"replica\"}";

/// What is said of a server that is no standby.
const NO_STANDBY: &str = "it is no standby of database_url's database: set LEDGERLINE_REPLICA_URL to one, or remove it";

/// A shop, as visitors meet it.
struct Visited {
    base: String,
    shop: String,
}

impl Visited {
    /// Whether the shop's page bears a name, for whoever shows these headers.
    async fn is_called(&self, name: &str, headers: &[(&str, &str)]) -> Result<bool> {
        let answer = request::send("GET", &self.shop, headers, b"").await?;
        ensure!(answer.status == 200, "{} is answered with {}", self.shop, answer.status);
        Ok(String::from_utf8(answer.body)?.contains(name))
    }

    async fn measured(&self, name: &str) -> Result<u64> {
        let answer = request::send("GET", &format!("{}/metrics", self.base), &[], b"").await?;
        let text = String::from_utf8(answer.body)?;
        let value = text.lines().find_map(|line| line.strip_prefix(name)).with_context(|| text.clone())?;
        Ok(value.trim().parse()?)
    }

    async fn until_in_use(&self, is_used: bool) {
        let said = until("the standby to be in use, or out of it", PATIENCE, async || {
            Ok((self.measured("ledgerline_replica_in_use").await? == u64::from(is_used)).then_some(()))
        });
        said.await.expect("it is seen");
    }
}

async fn rename(primary: &Db, name: &str) {
    primary.execute_unprepared(&format!("UPDATE studios SET name = '{name}'")).await.expect("the primary writes");
}

/// Lets a standby replay no more, and waits until it does not.
async fn pause(standby: &Db) {
    standby.execute_unprepared("SELECT pg_wal_replay_pause()").await.expect("it pauses");
    let asked = Statement::from_string(DbBackend::Postgres, "SELECT pg_get_wal_replay_pause_state() = 'paused'");
    let paused = until("the standby to pause", PATIENCE, async || {
        let row = standby.query_one_raw(asked.clone()).await?.context("a row")?;
        Ok(row.try_get_by_index::<bool>(0)?.then_some(()))
    });
    paused.await.expect("it has paused");
}

/// What `doctor` says of the replica.
fn doctor(data: &Path, database: &str, replica: &str) -> Value {
    let mut doctor = program::command();
    doctor.args(["doctor", "--json", "--data"]).arg(data);
    doctor.env("LEDGERLINE_DATABASE_URL", database).env("LEDGERLINE_REPLICA_URL", replica);
    let output = doctor.output().expect("it starts");
    let said: Value = serde_json::from_slice(&output.stdout).expect("the answer is JSON");
    let checks = said["checks"].as_array().expect("checks");
    checks.iter().find(|check| check["name"] == "replica").expect("a replica's").clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_read_from_a_standby_that_keeps_up_and_go_on_without_it() {
    let binaries = cluster::find_binaries().filter(|folder| folder.join("pg_basebackup").is_file());
    let Some(binaries) = binaries else {
        eprintln!("SKIPPED: nothing was read from a standby, for there is no pg_basebackup, by which one is made");
        return;
    };
    let primary = Cluster::make(binaries.clone(), "off").expect("PostgreSQL starts");
    let address = primary.url();
    let copied = ["--dbname", address.as_str(), "--write-recovery-conf", "--checkpoint", "fast", "--no-sync"];
    let standby = Cluster::made_by(binaries, "off", "pg_basebackup", &copied).expect("a standby starts");
    let replica = standby.url();
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let settings = [("LEDGERLINE_DATABASE_URL", address.as_str()), ("LEDGERLINE_REPLICA_URL", replica.as_str())];
    let _server = Server::start_without_worker(folder.path(), port, &settings);
    let base = base(port);
    let studio = Producer::new(&base).expect("a program").sign_up("First Name", "EUR").await.expect("a studio");
    let visited = Visited { shop: studio.url, base };
    let at_primary = store::connect(&address, 1).await.expect("the primary answers");

    // A stranger's pages come from the standby.
    visited.until_in_use(true).await;
    let given = until("the standby to give a page", PATIENCE, async || {
        ensure!(visited.is_called("First Name", &[]).await?, "another shop");
        Ok((visited.measured(GIVEN).await? > 0).then_some(()))
    });
    given.await.expect("it does");
    assert_eq!(doctor(folder.path(), &address, &replica)["ok"], true);

    // One that stands still shows what was there a moment ago, to nobody who may know better, and not for long.
    let at_standby = store::connect(&replica, 1).await.expect("the standby answers");
    pause(&at_standby).await;
    rename(&at_primary, "Second Name").await;
    assert!(visited.is_called("First Name", &[]).await.expect("a page"));
    assert!(visited.is_called("Second Name", &[("Cookie", "cart=of-somebody")]).await.expect("a page"));
    visited.until_in_use(false).await;
    assert!(visited.is_called("Second Name", &[]).await.expect("a page"));
    at_standby.execute_unprepared("SELECT pg_wal_replay_resume()").await.expect("it goes on");
    visited.until_in_use(true).await;
    assert!(visited.is_called("Second Name", &[]).await.expect("a page"));
    at_standby.close().await.expect("it closes");

    // Nobody is told that it is gone, and it comes back by itself.
    standby.end().expect("it ends");
    for _ in 0..3 {
        assert!(visited.is_called("Second Name", &[]).await.expect("a page"));
    }
    visited.until_in_use(false).await;
    rename(&at_primary, "Third Name").await;
    assert!(visited.is_called("Third Name", &[]).await.expect("a page"));
    standby.start().expect("it starts again");
    visited.until_in_use(true).await;
    let caught_up = until("the standby to have caught up", PATIENCE, async || {
        Ok(visited.is_called("Third Name", &[]).await?.then_some(()))
    });
    caught_up.await.expect("it has");
    let log = std::fs::read_to_string(folder.path().join("server.log")).expect("a log");
    for said in ["what anybody may see is read from the replica", "it is too far behind"] {
        assert!(log.contains(said), "{said}");
    }
    at_primary.close().await.expect("it closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_standby_is_never_read_from_and_keeps_no_server_from_starting() {
    let Some(binaries) = cluster::find_binaries() else {
        eprintln!("SKIPPED: nothing was taken for a standby, for there is no initdb");
        return;
    };
    let primary = Cluster::make(binaries, "off").expect("PostgreSQL starts");
    let (address, folder, port) = (primary.url(), tempfile::tempdir().expect("a folder"), free_port());
    // The primary itself by another name.
    let replica = format!("{address}?application_name=replica");
    let settings = [("LEDGERLINE_DATABASE_URL", address.as_str()), ("LEDGERLINE_REPLICA_URL", replica.as_str())];
    let _server = Server::start_without_worker(folder.path(), port, &settings);
    let log = folder.path().join("server.log");
    let refused = until("the server to say so", PATIENCE, async || {
        let said = std::fs::read_to_string(&log)?;
        Ok(said.contains(NO_STANDBY).then_some(()))
    });
    refused.await.expect("it does");
    let (base, about) = (base(port), doctor(folder.path(), &address, &replica));
    assert!(about["ok"] == false && about["detail"] == NO_STANDBY, "{about}");
    let home = request::send("GET", &format!("{base}/"), &[], b"").await.expect("a page");
    assert_eq!(home.status, 200);
    let measured = request::send("GET", &format!("{base}/metrics"), &[], b"").await.expect("measurements");
    let measured = String::from_utf8(measured.body).expect("text");
    assert!(measured.contains(&format!("{GIVEN} 0\n")) && measured.contains("ledgerline_replica_in_use 0\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn why_a_replica_does_not_answer_is_told_alike_by_the_log_and_by_doctor() {
    let Some(binaries) = cluster::find_binaries() else {
        eprintln!("SKIPPED: no replica was away, for there is no initdb");
        return;
    };
    let primary = Cluster::make(binaries, "off").expect("PostgreSQL starts");
    let (address, closed) = (primary.url(), free_port());
    for (replica, why) in [
        (format!("postgres://postgres@127.0.0.1:{closed}/postgres"), format!("nothing answers at 127.0.0.1:{closed}")),
        (format!("{address}_of_nobody"), "database \"postgres_of_nobody\" does not exist".to_owned()),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = [("LEDGERLINE_DATABASE_URL", address.as_str()), ("LEDGERLINE_REPLICA_URL", replica.as_str())];
        let _server = Server::start_without_worker(folder.path(), free_port(), &settings);
        let log = folder.path().join("server.log");
        let told = until("the server to say why", PATIENCE, async || {
            let said = std::fs::read_to_string(&log)?;
            let line = said.lines().find(|line| line.contains("nothing is read from the replica"));
            Ok(line.map(str::to_owned))
        });
        let about = doctor(folder.path(), &address, &replica);
        let detail = about["detail"].as_str().expect("a sentence").to_owned();
        for said in [told.await.expect("it does"), detail] {
            assert_eq!(said.matches(&why).count(), 1, "{said}");
        }
    }
}
