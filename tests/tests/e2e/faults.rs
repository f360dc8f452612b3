//! One thing after the other fails while guests buy: the database, the store, the disk, the clock, the mail server, the gateway, the processes themselves. Whoever
//! asks is served or told when to come again; and when all is well again everything is, by itself: nothing is lost, and nothing doubled. Each fails once, and
//! shortly; `cargo xtask faults` goes on for as long as it is told. `docs/faults.md` says what is promised of each.

mod board;
mod catcher;
mod house;
mod plan;
mod proxy;
mod street;
mod watch;

use std::{
    collections::BTreeSet,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use cli::client::until;
use domain::{
    outbox::queries as outbox,
    store::{self, Db},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use self::{
    board::{Board, Counts},
    house::House,
    plan::{Fault, OPENING, plan},
    street::Street,
    watch::Watch,
};
use crate::{
    backup::told,
    chance::{self, Chance},
    cluster::{self, Cluster},
    kill::check_order,
    program::{self, Server, free_port},
    request,
    shop::{PATIENCE, base, come_to_rest},
};

/// The variables that say for how many seconds, none for the short form, and with which seed.
const SECONDS: &str = "LEDGERLINE_FAULTS_SECONDS";
const SEED: &str = "LEDGERLINE_FAULTS_SEED";

/// Within this time of a fault's end a guest can order, pay and fetch the files as before.
const WELL_WITHIN: Duration = Duration::from_mins(2);

/// How many mails may be on their way at once: each worker does so many jobs of the office.
const MAILS_AT_ONCE: usize = 2 * 4;

/// What a job says whose mail was refused for good.
const REFUSED: &str = "sending a mail failed";

/// What has failed, and how that was.
struct Happened {
    fault: Fault,
    at: Duration,
    lasted: Duration,
    counts: Counts,
    well_after: Duration,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_fails_comes_right_by_itself() {
    let Some(binaries) = cluster::find_binaries() else {
        eprintln!("SKIPPED: nothing failed, for there is no initdb, by which a PostgreSQL is made that can be ended");
        return;
    };
    let seed = chance::said(SEED).unwrap_or(1);
    let time = chance::said(SECONDS).map(Duration::from_secs);
    eprintln!("seed {seed} ({SEED} and {SECONDS} repeat what fails when; who asks what at which moment differs)");
    let mut house = House::open(binaries).await;
    let street = Street::open(&house).await.expect("the shop opens");
    let board = Board::default();
    let watch = Watch::new(&street, &board).expect("somebody to ask");
    let storm = async {
        let happened = storm(&mut house, &street, &board, (seed, time)).await;
        street.close();
        happened
    };
    let (happened, first, second, beats, pages, files, uploads) = tokio::join!(
        Box::pin(storm),
        Box::pin(street.buy(0)),
        Box::pin(street.buy(1)),
        Box::pin(street.bring_in()),
        watch.pages(),
        watch.files(),
        watch.uploads(),
    );
    let happened = happened.expect("what fails comes right");
    print(&happened);
    for done in [first, second, beats, pages, files, uploads] {
        done.expect("whoever is cut off takes it up again");
    }
    let wrong = board.wrong();
    assert!(wrong.is_empty(), "seed {seed}: {} answers were wrong:\n{}", wrong.len(), wrong.join("\n"));
    check(&house, &street, &happened).await.expect("nothing is lost and nothing doubled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_finds_no_room_ends_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    // Whatever is written there finds the disk full.
    std::os::unix::fs::symlink("/dev/full", folder.path().join("server.log")).expect("a log");
    let port = free_port();
    let _server = Server::start(folder.path(), port, &[]);
    for _ in 0..3 {
        let answer = request::send("GET", &format!("{}/health", base(port)), &[], &[]).await.expect("it is answered");
        assert_eq!(answer.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_there_before_its_database_waits_for_it() {
    let Some(binaries) = cluster::find_binaries() else {
        eprintln!("SKIPPED: no database was waited for, for there is no initdb");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (data, port) = (folder.path().to_owned(), free_port());
    let cluster = Cluster::make(binaries, "off").expect("PostgreSQL starts");
    let url = cluster.url();
    cluster.end().expect("it ends");
    let starting = tokio::task::spawn_blocking(move || {
        Server::start_without_worker(&data, port, &[("LEDGERLINE_DATABASE_URL", url.as_str())])
    });
    let log = folder.path().join("server.log");
    let waits = until("the server to wait", PATIENCE, async || {
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        Ok(said.contains("waiting for the database").then_some(()))
    });
    waits.await.expect("it says that it waits");
    cluster.start().expect("PostgreSQL starts again");
    let _server = starting.await.expect("the server starts");
    let answer = request::send("GET", &format!("{}/health", base(port)), &[], &[]).await.expect("it is answered");
    assert_eq!(answer.status, 200);
}

/// Lets one thing after the other fail: each once, or for as long as this.
async fn storm(
    house: &mut House,
    street: &Street,
    board: &Board,
    (seed, time): (u64, Option<Duration>),
) -> Result<Vec<Happened>> {
    let (mut chance, began, mut happened) = (Chance::new(seed), Instant::now(), Vec::new());
    let can_limit = Command::new("prlimit").arg("--version").output().is_ok();
    if !can_limit {
        eprintln!("SKIPPED: no disk was full, for there is no prlimit, by which files are kept from growing");
    }
    let mut faults: Vec<_> = time.map(|_| OPENING).into_iter().collect();
    loop {
        faults.extend(plan(&mut chance, time.is_some()));
        for (fault, lasts) in faults.drain(..) {
            if fault == Fault::Disk && !can_limit {
                continue;
            }
            let at = began.elapsed();
            board.begin(fault);
            house.strike(fault, lasts, &mut chance).await.with_context(|| fault.to_string())?;
            let ended = Instant::now();
            let email = format!("well{}@example.com", happened.len());
            street.sell_whole(&email, &house.catcher).await.with_context(|| format!("after: {fault}"))?;
            let (counts, well_after) = (board.counts(), ended.elapsed());
            ensure!(fault != Fault::Database || counts.told > 0, "{fault}: nobody was told to come again");
            ensure!(well_after < WELL_WITHIN, "{fault}: it took {well_after:?} until all was well again");
            happened.push(Happened { fault, at, lasted: lasts, counts, well_after });
            if time.is_some_and(|time| began.elapsed() > time) {
                return Ok(happened);
            }
        }
        if time.is_none() {
            return Ok(happened);
        }
    }
}

/// Prints what happened.
fn print(happened: &[Happened]) {
    eprintln!(
        "\n{:<22} {:>8} {:>6} {:>8} {:>6} {:>11} {:>11}",
        "fault", "at", "for", "served", "503", "broken off", "well after"
    );
    for Happened { fault, at, lasted, counts, well_after } in happened {
        let Counts { served, told, broken_off } = counts;
        eprintln!(
            "{fault:<22} {:>6.1} s {:>4} s {served:>8} {told:>6} {broken_off:>11} {:>9.1} s",
            at.as_secs_f64(),
            lasted.as_secs(),
            well_after.as_secs_f64()
        );
    }
}

/// Every order that somebody saw as paid was charged, booked, licensed and delivered once, and its mail has come; and nothing waits any more.
async fn check(house: &House, street: &Street, happened: &[Happened]) -> Result<()> {
    let db = store::connect(&house.database, 2).await?;
    let sales = street.sales();
    for sale in &sales {
        street.fetch_at_last(sale).await?;
    }
    send_refused_mails_again(street, &db, happened).await?;
    let proof = come_to_rest(&db).await?;
    let each_once = u64::try_from(sales.len())?;
    assert_eq!((proof.payments, proof.licences, proof.journals), (each_once, each_once, each_once), "{proof:?}");

    let references: BTreeSet<&str> = sales.iter().map(|sale| sale.order.reference.as_str()).collect();
    let orders = street.producer.orders(&street.studio).await?;
    orders.iter().for_each(check_order);
    let delivered = orders.iter().filter(|order| order.state == "DELIVERED");
    assert_eq!(delivered.map(|order| order.reference.as_str()).collect::<BTreeSet<_>>(), references);
    assert_eq!(charges(house).await?, i64::try_from(sales.len())?, "charged once at the gateway");
    has_mails(house, street, happened);

    let mut proof = program::command();
    proof.args(["proof", "--json", "--data"]).arg(house.data()).env("LEDGERLINE_DATABASE_URL", &house.database);
    let proof = told(&proof.output().context("it starts")?);
    assert_eq!(proof["holds"], true, "{proof}");
    db.close().await?;
    eprintln!(
        "\n{} orders paid, delivered and mailed, of {} that were placed; the books hold",
        sales.len(),
        orders.len()
    );
    Ok(())
}

/// Does what `docs/faults.md` leaves to the studio: sends mails again that were refused for good. No other job was given up.
async fn send_refused_mails_again(street: &Street, db: &Db, happened: &[Happened]) -> Result<()> {
    until("all jobs to end", PATIENCE, async || Ok((outbox::count_open(db).await? == 0).then_some(()))).await?;
    let (base, studio) = (street.bases[1].as_str(), street.studio.id.as_str());
    let cookies = request::sign_in(base).await?;
    let letters = "query ($studio: ID!) { deadLetters(studioId: $studio, first: 50) { nodes { id kind lastError } } }";
    let retry = "mutation ($input: RetryJobInput!) { retryJob(input: $input) { job { id } userErrors { message } } }";
    loop {
        let answer = request::graphql(base, &cookies, letters, json!({ "studio": studio })).await?.json()?;
        let dead = answer["data"]["deadLetters"]["nodes"].as_array().with_context(|| answer.to_string())?;
        if dead.is_empty() {
            return Ok(());
        }
        let was_refused = happened.iter().any(|happened| happened.fault == Fault::MailNever);
        for job in dead {
            let is_mail = job["kind"].as_str().is_some_and(|kind| kind.starts_with("mail_"));
            ensure!(was_refused && is_mail && job["lastError"] == REFUSED, "a job was given up: {job}");
            let input = json!({ "input": { "studioId": studio, "jobId": job["id"] } });
            let answer = request::graphql(base, &cookies, retry, input).await?.json()?;
            ensure!(answer["data"]["retryJob"]["userErrors"] == Value::Array(Vec::new()), "{answer}");
        }
    }
}

/// How many charges the gateway has collected, and given nothing of back.
async fn charges(house: &House) -> Result<i64> {
    let gateway = store::connect(&format!("sqlite://{}?mode=rw", house.data().join("sandbox.db").display()), 1).await?;
    let counted = "SELECT count(*) FROM charges WHERE amount_captured > 0 AND amount_refunded = 0";
    let row = gateway.query_one_raw(Statement::from_string(DbBackend::Sqlite, counted)).await?;
    let charges = row.context("a count")?.try_get_by_index(0)?;
    gateway.close().await?;
    Ok(charges)
}

/// Each buyer's one letter has come; twice at the most as often as a worker, or what it writes down in, was gone while mails went out.
fn has_mails(house: &House, street: &Street, happened: &[Happened]) {
    let mut doubled = 0;
    for sale in street.sales() {
        let letters = house.catcher.letters_to(&sale.email);
        let different: BTreeSet<&str> = letters.iter().map(|letter| letter.id.as_str()).collect();
        assert_eq!(different.len(), 1, "to {}: {letters:?}", sale.email);
        doubled += letters.len() - 1;
    }
    let most = MAILS_AT_ONCE * happened.iter().filter(|happened| happened.fault.doubles_mail()).count();
    assert!(doubled <= most, "{doubled} mails came twice, and {most} may have");
}
