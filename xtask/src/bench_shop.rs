//! `cargo xtask bench shop`: a shop under load over HTTP, on PostgreSQL, the program on two cores: its lists, searches and pages, and whole checkouts, beside
//! `pgbench`'s TPC-B.
//!
//! The program itself serves, without workers; a worker beside it delivers what is bought in one of the measurements. A checkout counts once the sandbox
//! gateway's webhook has had its order granted; what the gateway itself takes, which is served by the same process, counts against us. Where it is asked for, visitors and buyers then come for long at half of the speed that was
//! seen, while the server's memory is watched.

#![expect(clippy::print_stdout, reason = "the table is the task's answer")]

use std::{
    path::PathBuf,
    process::{Command, ExitCode},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::Value;

use crate::{
    buyers::{Shop, TIERS},
    judge::Judge,
    load::{self, Connection, Load, Pace, rate},
    postgres::{Database, Scratch},
    processes::Times,
    server::{Installation, Running},
    tpc_b::{self, TpcB},
};

/// Lists of 20 beats with their tiers a second, at least.
const LISTS_PER_S: f64 = 1_000.0;
/// Whole checkouts a second, at least; twice as many are aimed at.
const CHECKOUTS_PER_S: f64 = 150.0;
/// Within how many milliseconds 99 of 100 calls of a checkout are answered.
const MOST_CALL_MS: f64 = 100.0;
/// Within how many milliseconds of its start the server answers.
const MOST_START_MS: f64 = 300.0;
/// The memory of a server that nobody asks anything, in MB.
const MOST_IDLE_MB: f64 = 60.0;

/// How much of its memory after the first third a server may have at the end of the long load.
const MOST_GROWTH: f64 = 1.05;

/// How often memory is looked at under the long load.
const LOOK: Duration = Duration::from_secs(10);

/// How long a server is left alone before its memory is looked at.
const REST: Duration = Duration::from_secs(2);

/// What a run takes.
pub(crate) struct Terms {
    /// Seconds of each measurement.
    pub(crate) seconds: u32,
    /// Connections that are kept alive, each with one caller.
    pub(crate) connections: u32,
    /// Beats on sale.
    pub(crate) beats: u32,
    /// Minutes of the long load at half of the peak; 0 for none.
    pub(crate) minutes: u32,
    /// Cargo's profile of the program.
    pub(crate) profile: String,
}

/// Runs the measurement; fails if anything promised is missed.
pub(crate) fn shop(terms: &Terms, cargo: impl Fn() -> Command) -> Result<ExitCode> {
    let pgbench = tpc_b::find()?;
    let Some(database) = Database::find_durable()? else { bail!("the measurement needs a PostgreSQL") };
    super::require(&["taskset"], "the measurement")?;
    let (program, example) = super::program_and_example("bench_shop", &terms.profile, cargo)?;
    let program = std::path::absolute(program)?;
    println!(
        "PostgreSQL {}, {} beats of {TIERS} tiers, {} connections, {} s each, two cores",
        database.origin, terms.beats, terms.connections, terms.seconds
    );
    let scratch = Scratch::make(&database.url, &["tpcb", "shop"])?;
    let tpc_b = TpcB::prepare(pgbench, scratch.url("tpcb"))?;
    let before = tpc_b.per_second(terms.connections, terms.seconds)?;

    let folder = tempfile::tempdir()?;
    let books = Books { example, url: scratch.url("shop") };
    let data = folder.path().to_str().context("the folder is not UTF-8")?;
    let filled = books.step("fill", &[data, &terms.beats.to_string()])?;
    let settings = vec![
        ("LEDGERLINE_DATABASE_URL", scratch.url("shop")),
        // The buyers' addresses are in a header.
        ("LEDGERLINE_TRUST_FORWARDED_HEADERS", "true".to_owned()),
    ];
    let installation = Installation { program, folder: folder.path().to_owned(), settings };
    let (server, address, started) = installation.serve()?;
    #[expect(clippy::disallowed_methods, reason = "what is measured is a server at rest")]
    thread::sleep(REST);
    let idle_mb = server.resident_mb()?;

    let shop = Shop::of(&filled, address)?;
    let bench = Bench { terms, database: &database, server, shop, books };
    let mut judge = Judge::default();
    println!("{:<40} {:>9} {:>9} {:>9}", "", "", "seen", "promised");
    judge.at_most("the first answer after the start, ms", started.as_secs_f64() * 1_000.0, MOST_START_MS);
    judge.at_most("memory while nobody asks, MB", idle_mb, MOST_IDLE_MB);
    bench.look(&mut judge)?;
    let delivered = bench.deliver(&installation)?;
    let checkouts = bench.check_out(&mut judge, delivered)?;
    if terms.minutes > 0 {
        bench.endure(&mut judge, checkouts / 2.0)?;
    }
    println!("  {:<38} {:>9} {:>9.2}", "memory after all of it, MB", "", bench.server.resident_mb()?);
    let after = tpc_b.per_second(terms.connections, terms.seconds)?;
    let peer = f64::midpoint(before, after);
    println!("  {:<38} {:>9} {peer:>9.2}", format!("TPC-B, a second ({before:.0}, {after:.0})"), "");
    println!("  {:<38} {:>9} {:>9.2}", "checkouts to TPC-B", "", checkouts / peer);
    Ok(judge.verdict())
}

/// What the example does to the shop's database, and tells of it, by the program's own commands and queries.
struct Books {
    example: PathBuf,
    url: String,
}

impl Books {
    /// Has a step done.
    fn step(&self, name: &str, rest: &[&str]) -> Result<Value> {
        let mut command = super::pinned(&self.example);
        let said =
            command.arg(name).arg(&self.url).args(rest).output().with_context(|| format!("cannot start {name}"))?;
        if !said.status.success() {
            bail!("{name} failed: {}", String::from_utf8_lossy(&said.stderr));
        }
        serde_json::from_slice(&said.stdout).with_context(|| format!("what {name} says"))
    }
}

/// The computing time that was taken so far, in seconds.
struct Cpu {
    server: f64,
    database: Option<f64>,
    client: f64,
}

struct Bench<'a> {
    terms: &'a Terms,
    database: &'a Database,
    server: Running,
    shop: Shop,
    books: Books,
}

impl Bench<'_> {
    fn cpu(&self) -> Result<Cpu> {
        let client = Times::of(std::process::id()).context("we are a process")?.own_s();
        Ok(Cpu { server: self.server.cpu_s()?, database: self.database.cpu_s(), client })
    }

    /// One measurement, with a line of what it came to and of who took the cores.
    fn part<T>(&self, what: &str, one: impl Fn(&Shop, &mut Connection, u64) -> Result<T> + Sync) -> Result<Load> {
        self.paced(what, Duration::from_secs(self.terms.seconds.into()), Pace::AtOnce, one)
    }

    fn paced<T>(
        &self,
        what: &str,
        time: Duration,
        pace: Pace,
        one: impl Fn(&Shop, &mut Connection, u64) -> Result<T> + Sync,
    ) -> Result<Load> {
        let before = self.cpu()?;
        let turn = |connection: &mut Connection, turn: u64| one(&self.shop, connection, turn).map(drop);
        let load =
            load::run(self.shop.server, self.terms.connections, time, pace, turn).with_context(|| what.to_owned())?;
        let after = self.cpu()?;
        let database = after.database.zip(before.database);
        let database =
            database.map_or_else(|| "not told".to_owned(), |(after, before)| format!("{:.1} s", after - before));
        println!(
            "  {what:<38} {:>9} {:>9.2}  CPU: server {:.1} s, database {database}, client {:.1} s",
            "",
            load.per_second(),
            after.server - before.server,
            after.client - before.client
        );
        for call in load.calls() {
            let (half, most) = (load.at_most_ms(call, 50), load.at_most_ms(call, 99));
            println!("    {call:<36} p50 {half:.1} ms, p99 {most:.1} ms");
        }
        Ok(load)
    }

    /// What visitors look at.
    fn look(&self, judge: &mut Judge) -> Result<()> {
        self.shop.require_whole()?;
        let lists = self.part("lists, a second", |shop, connection, _| shop.list(connection))?;
        judge.at_least("lists of 20 with their tiers, a second", lists.per_second(), LISTS_PER_S);
        self.part("searches by words, a second", Shop::search)?;
        self.part("beats with a contract, a second", Shop::detail)?;
        self.part("pages of the shop, a second", |shop, connection, _| shop.page(connection, None))?;
        self.part("pages of beats, a second", |shop, connection, turn| shop.page(connection, Some(turn)))?;
        Ok(())
    }

    /// Whole checkouts beside a worker, until everything is delivered; how many there were.
    fn deliver(&self, installation: &Installation) -> Result<u64> {
        let worker = installation.start("worker", &[])?;
        // The masters are there before the first buyer is.
        self.books.step("idle", &[&self.shop.studio])?;
        let (begun, cpu_s) = (Instant::now(), worker.cpu_s()?);
        let load = self.part("checkouts beside a worker, a second", Shop::buy)?;
        let stands = self.books.step("idle", &[&self.shop.studio])?;
        let elapsed = begun.elapsed();
        let delivered = stands["delivered"].as_u64();
        ensure!(delivered == Some(load.turns), "{} were bought, and the books say {stands}", load.turns);
        println!(
            "  {:<38} {:>9} {:>9.2}  CPU: worker {:.1} s in {:.1} s; {:.0} MB",
            "bought and delivered, a second",
            "",
            rate(load.turns, elapsed),
            worker.cpu_s()? - cpu_s,
            elapsed.as_secs_f64(),
            worker.resident_mb()?
        );
        Ok(load.turns)
    }

    /// Whole checkouts by themselves, until all are granted; how many a second.
    fn check_out(&self, judge: &mut Judge, before: u64) -> Result<f64> {
        let begun = Instant::now();
        let load = self.part("checkouts, a second", Shop::buy)?;
        self.books.step("paid", &[&(before + load.turns).to_string()])?;
        let speed = rate(load.turns, begun.elapsed());
        judge.at_least("checkouts until all are paid, a second", speed, CHECKOUTS_PER_S);
        for call in load.calls() {
            judge.at_most(&format!("{call}, p99 in ms"), load.at_most_ms(call, 99), MOST_CALL_MS);
        }
        Ok(speed)
    }

    /// Visitors and buyers for long, so many of each a second, and the server's memory meanwhile.
    fn endure(&self, judge: &mut Judge, per_second: f64) -> Result<()> {
        let time = Duration::from_mins(self.terms.minutes.into());
        let what = format!("{} minutes of {per_second:.0} visits and checkouts", self.terms.minutes);
        let (over, is_over) = mpsc::channel::<()>();
        let (load, memory) = thread::scope(|scope| {
            let watch = scope.spawn(move || {
                let mut seen = Vec::new();
                while let Err(RecvTimeoutError::Timeout) = is_over.recv_timeout(LOOK) {
                    seen.push(self.server.resident_mb()?);
                }
                Ok::<_, anyhow::Error>(seen)
            });
            let load = self.paced(&what, time, Pace::PerSecond(per_second), |shop, connection, turn| {
                shop.list(connection)?;
                shop.page(connection, Some(turn))?;
                shop.buy(connection, turn)
            });
            drop(over);
            (load, watch.join().unwrap_or_else(|_| Err(anyhow!("the watch panicked"))))
        });
        let (load, memory) = (load?, memory?);
        let (first, rest) = memory.split_at(memory.len().div_ceil(3));
        let most = |seen: &[f64]| seen.iter().copied().fold(f64::NAN, f64::max);
        println!("  {:<38} {:>9} {:>9.2}", "memory in the first third, at most, MB", "", most(first));
        judge.at_most("memory after it to that before it", most(rest) / most(first), MOST_GROWTH);
        for call in load.calls() {
            judge.at_most(&format!("{call}, p99 in ms"), load.at_most_ms(call, 99), MOST_CALL_MS);
        }
        Ok(())
    }
}
