//! `cargo xtask`: the demo, the tests, and what keeps generated files true.
//!
//! **May depend on** nobody in the house: it builds and starts the rooms as programs.

mod audit;
mod bench;
mod bench_documents;
mod bench_ledger;
mod bench_royalties;
mod bench_shop;
mod bench_studio;
mod browser;
mod buyers;
mod cluster;
mod faults;
mod fuzz;
mod judge;
mod load;
mod postgres;
mod processes;
mod sbom;
mod server;
mod simulate;
mod tpc_b;
mod web;

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Ledgerline's own tasks")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build, the pages too where a fitting Node is there, then walk one real sale from end to end (all arguments go to `ledgerline demo`).
    Demo {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Formatting, lints, and every test, on SQLite and PostgreSQL, of the pages where a fitting Node is there, and in a browser where Chromium is
    /// (further arguments go to the runner of the Rust tests).
    Test {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Build, then walk through the pages in Chromium: on a phone and at a desk, without scripts, and with axe (needs a fitting Node and Chromium).
    Browser {
        /// On two servers behind a balancer and two workers, on PostgreSQL and an S3 server, instead of one process on its folder.
        #[arg(long)]
        many: bool,
    },
    /// Write the committed schemas anew from the code.
    Schemas,
    /// Ask `cargo deny`, `cargo audit` and `npm audit`, those that are here and reach their advisories, and fail on what deny.toml does not justify.
    Audit,
    /// Write what the program is made of, Rust crates and npm packages, as a bill of materials in `CycloneDX` 1.6.
    Sbom {
        /// Where to [default: `ledgerline.cdx.json` in cargo's target folder].
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Compare speed and memory with peers, in the same minutes (needs ffmpeg and sox).
    Bench {
        #[command(subcommand)]
        what: Bench,
    },
    /// Let one thing after the other fail while buyers order, by chance that can be repeated: database, store, disk, clock, mail, gateway, processes; then see
    /// that nothing was lost and nothing doubled (needs PostgreSQL's initdb and `pg_ctl`).
    Faults {
        /// For how long.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
        minutes: u64,
        /// The seed of a run that is to be repeated.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Simulate the two job queues under so many times a shop's load, by chance that can be repeated, with as many workers as the formulas of
    /// docs/from-laptop-to-platform.md say, with fewer and with more. Nothing else is started.
    Simulate(simulate::Terms),
    /// Ask the running program for whatever it may be asked for, by chance that can be repeated.
    Fuzz {
        #[command(subcommand)]
        what: Fuzz,
    },
}

#[derive(Debug, Subcommand)]
enum Fuzz {
    /// GraphQL operations that fit the schema, then what is made to cost too much; its REST edges too, if a Python with schemathesis is named.
    Api {
        /// For how long.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
        minutes: u64,
        /// The seed of a run that is to be repeated.
        #[arg(long)]
        seed: Option<u64>,
        /// A Python with schemathesis, which asks for as long again.
        #[arg(long, env = "LEDGERLINE_TEST_PYTHON")]
        python: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// The audio engine: that its release build gives the committed bytes, then its speed and memory. Exits with 2 if not every promise was judged.
    Audio {
        /// Length of the stems in seconds.
        #[arg(long, default_value_t = 180)]
        seconds: u32,
        /// Also render a mix of that many hours and watch its memory; needs about 1 GB of disk for each of four files and hour.
        #[arg(long)]
        hours: Option<u32>,
    },
    /// Typesetting and sealing contracts (the peer needs a Python with weasyprint and pyhanko).
    Documents {
        /// How many contracts, in one go.
        #[arg(long, default_value_t = 1_000)]
        contracts: u32,
        /// The peer's Python.
        #[arg(long, env = "LEDGERLINE_BENCH_PYTHON", default_value = "python3")]
        python: String,
    },
    /// Posting to the ledger and checking out on PostgreSQL, beside pgbench's TPC-B (needs pgbench).
    Ledger {
        /// Seconds of each measurement; there are seven.
        #[arg(long, default_value_t = 10)]
        seconds: u32,
        /// Clients of each side.
        #[arg(long, default_value_t = 8)]
        clients: u32,
        /// Cargo's profile of our side.
        #[arg(long, default_value = "release")]
        profile: String,
    },
    /// A statement from its file to posted royalties, on SQLite and PostgreSQL, beside Polars and `DuckDB` reading and adding up the same file.
    Royalties {
        /// The peers' script, which makes the files and times the peers.
        #[arg(long, env = "LEDGERLINE_BENCH_STATEMENTS", value_name = "FILE.py")]
        peers: PathBuf,
        /// A Python with polars and duckdb.
        #[arg(long, env = "LEDGERLINE_BENCH_PYTHON", default_value = "python3")]
        python: String,
        /// Lines of the file that is compared.
        #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
        lines: u64,
        /// Lines of the file whose memory is watched; 0 for no such file. A million take about 130 MB of disk, three times.
        #[arg(long, default_value_t = 8_000_000)]
        many: u64,
        /// Recordings, each with a split that four have signed; the ISRCs of the files are theirs.
        #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        recordings: u32,
        /// Cargo's profile of our side.
        #[arg(long, default_value = "release")]
        profile: String,
    },
    /// A shop under load over HTTP on PostgreSQL: its lists, searches and pages, whole checkouts with and without what is delivered after them, beside
    /// pgbench's TPC-B, and how quickly the server starts and in how much memory (needs pgbench).
    Shop {
        /// Seconds of each measurement; there are nine.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
        seconds: u32,
        /// Connections that are kept alive, each with one caller.
        #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=200))]
        connections: u32,
        /// Beats on sale, of five tiers each.
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(20..=100_000))]
        beats: u32,
        /// Minutes of visits and checkouts at half of the seen peak, after all else, while the server's memory is watched.
        #[arg(long, default_value_t = 0)]
        minutes: u32,
        /// Cargo's profile of the program.
        #[arg(long, default_value = "release")]
        profile: String,
    },
    /// The lists of a studio of 10,000 clients, 2,000 projects and 50,000 comments, over HTTP on PostgreSQL: 95 of 100 answers within 50 ms.
    Studio {
        /// Requests of each list.
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
        requests: u32,
        /// Callers that ask at once.
        #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
        callers: u32,
        /// Cargo's profile of the server.
        #[arg(long, default_value = "release")]
        profile: String,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::Demo { arguments } => demo(&arguments),
        Task::Test { arguments } => test(&arguments),
        Task::Browser { many } => walk(many),
        Task::Schemas => schemas(),
        Task::Audit => audit::audit(cargo),
        Task::Sbom { out } => sbom::write(out, cargo),
        Task::Faults { minutes, seed } => faults::faults(minutes, seed, linting),
        Task::Simulate(terms) => Ok(simulate::simulate(&terms)),
        Task::Fuzz { what: Fuzz::Api { minutes, seed, python } } => {
            fuzz::api(minutes, seed, python.as_deref(), linting)
        }
        Task::Bench { what: Bench::Audio { seconds, hours } } => bench::audio(seconds, hours, cargo),
        Task::Bench { what: Bench::Documents { contracts, python } } => {
            bench_documents::documents(contracts, &python, cargo)
        }
        Task::Bench { what: Bench::Ledger { seconds, clients, profile } } => {
            bench_ledger::ledger(&bench_ledger::Terms { seconds, clients, profile }, cargo)
        }
        Task::Bench { what: Bench::Royalties { peers, python, lines, many, recordings, profile } } => {
            let terms = bench_royalties::Terms { lines, many, recordings, peers, python, profile };
            bench_royalties::royalties(&terms, cargo)
        }
        Task::Bench { what: Bench::Shop { seconds, connections, beats, minutes, profile } } => {
            bench_shop::shop(&bench_shop::Terms { seconds, connections, beats, minutes, profile }, cargo)
        }
        Task::Bench { what: Bench::Studio { requests, callers, profile } } => {
            bench_studio::studio(&bench_studio::Terms { requests, callers, profile }, cargo)
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The cargo that runs us, so that a toolchain override holds for what we start. What it tells a program about its package is kept from it: build
/// scripts that look would take it for a change, and half of the dependencies would be built anew each time.
fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in
        std::env::vars().filter(|(name, _)| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
    {
        command.env_remove(name);
    }
    command
}

/// A cargo that lints what it builds: clippy's driver is the compiler itself, and takes its place for this workspace's crates. `cargo clippy`
/// would have every dependency checked a second time, for it keeps nothing that a build could use. It leaves the compiler's
/// own optimisations of this workspace's crates to LLVM, and crates that are built without it, for the demo, are built anew; dependencies are not.
fn linting() -> Command {
    let mut command = cargo();
    // The form in which `cargo clippy` hands its driver the arguments.
    let arguments = ["--deny", "warnings"].map(|word| format!("{word}__CLIPPY_HACKERY__")).concat();
    command.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver").env("CLIPPY_ARGS", arguments);
    command
}

fn demo(arguments: &[String]) -> Result<ExitCode> {
    // The demo is worth its while without them: what can be had without a network is not missed for want of them.
    let without = match web::build() {
        Ok(web::Pages::Ready) => None,
        Ok(web::Pages::LeftOut(why)) => Some(why),
        Err(error) => Some(format!("{error:#}")),
    };
    if let Some(why) = without {
        eprintln!("\n── the dashboard and what makes the pages alive are left out ({why}); the pages work without\n");
    }
    let status =
        cargo().args(["run", "--package", "cli", "--bin", "ledgerline", "--", "demo"]).args(arguments).status()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Refuses to begin without tools that are needed later.
fn require(tools: &[&str], who: &str) -> Result<()> {
    for tool in tools {
        if Command::new(tool).arg("--help").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
            bail!("{who} need {tool} on the PATH");
        }
    }
    Ok(())
}

/// Runs a step and says which one failed.
fn step(what: &str, command: &mut Command) -> Result<()> {
    eprintln!("\n── {what}");
    let status = command.status().with_context(|| format!("cannot start: {what}"))?;
    if status.success() { Ok(()) } else { bail!("{what} failed") }
}

/// Runs a step whose words are read, or that others run beside: what it says is shown in one piece at its end, and given with whether it has succeeded.
fn step_in_one_piece(what: &str, command: &mut Command) -> Result<(bool, String)> {
    let done = command.stdout(Stdio::piped()).output().with_context(|| format!("cannot start: {what}"))?;
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    eprint!("\n── {what}\n{said}");
    Ok((done.status.success(), said))
}

/// Builds all, with its tests, as they are built for [`test`]: whoever runs one of them after the other builds nothing twice.
fn build(cargo: impl Fn() -> Command) -> Result<()> {
    step("build", cargo().args(["build", "--workspace", "--all-targets"]))
}

/// Builds an example, and tells where it lies. Of the whole workspace, so that all that is measured shares its dependencies: with a package's own features,
/// each would have them built anew.
fn example(name: &str, profile: &str, cargo: impl Fn() -> Command) -> Result<PathBuf> {
    step("build", cargo().args(["build", "--profile", profile, "--workspace", "--example", name]))?;
    Ok(built(profile).join("examples").join(name))
}

/// Builds the program and an example beside it, and tells where they lie.
fn program_and_example(name: &str, profile: &str, cargo: impl Fn() -> Command) -> Result<(PathBuf, PathBuf)> {
    let targets = ["--workspace", "--bin", "ledgerline", "--example", name];
    step("build", cargo().args(["build", "--profile", profile]).args(targets))?;
    Ok((built(profile).join("ledgerline"), built(profile).join("examples").join(name)))
}

/// Where cargo puts what it builds under a profile.
fn built(profile: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    // Cargo's folder of the profile `dev` is `debug`.
    target.join(if profile == "dev" { "debug" } else { profile })
}

/// A program on two cores.
fn pinned(program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", "0,1"]).arg(program);
    command
}

fn test(arguments: &[String]) -> Result<ExitCode> {
    require(&["ffmpeg", "sox"], "the tests, for a second opinion on sound,")?;
    step("formatting", cargo().args(["fmt", "--all", "--check"]))?;
    // Before the program, which embeds them.
    let pages = web::build()?;
    // Much of a build is one crate that all others wait for: the pages are looked at beside it.
    std::thread::scope(|scope| {
        let checked = scope.spawn(|| web::check(&pages));
        build(linting).and(checked.join().expect("a check fails, and does not panic"))
    })?;

    let database = postgres::Database::find()?;
    eprintln!(
        "\n── databases: SQLite{}",
        database.as_ref().map_or(
            " alone: neither LEDGERLINE_TEST_DATABASE_URL nor initdb is there".to_owned(),
            |pg| format!(" and PostgreSQL ({})", pg.origin)
        )
    );
    let with_database = |command: &mut Command| {
        if let Some(database) = &database {
            command.env(postgres::URL_VARIABLE, &database.url);
        }
    };

    let has_nextest = cargo().args(["nextest", "--version"]).output().is_ok_and(|out| out.status.success());
    let mut tests = linting();
    let threads = if has_nextest {
        tests.args(["nextest", "run", "--workspace"]);
        "NEXTEST_TEST_THREADS"
    } else {
        tests.args(["test", "--workspace", "--all-targets"]);
        "RUST_TEST_THREADS"
    };
    // Half of a test's time is waiting: for a disk that keeps what was committed, for a process that begins. What the caller has set stands.
    if std::env::var_os(threads).is_none() {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        tests.env(threads, (2 * cores).to_string());
    }
    with_database(tests.args(arguments));
    step("tests", &mut tests)?;
    step("examples in the documentation", linting().args(["test", "--workspace", "--doc", "--quiet"]))?;
    let not_walked = browser::check(&pages)?;

    eprintln!("\nAll passed, on SQLite{}.", if database.is_some() { " and PostgreSQL" } else { " alone" });
    if let web::Pages::LeftOut(why) = pages {
        eprintln!("SKIPPED: the checks of the pages in web/, for {why}.");
    }
    if let Some(why) = not_walked {
        eprintln!("SKIPPED: the journeys through the pages in a browser, and axe there, for {why}.");
    }
    Ok(ExitCode::SUCCESS)
}

fn walk(on_many: bool) -> Result<ExitCode> {
    let pages = web::build()?;
    build(linting)?;
    let not_walked = if on_many { browser::check_on_many(&pages, linting)? } else { browser::check(&pages)? };
    if let Some(why) = not_walked {
        bail!("the journeys were not walked: {why}");
    }
    Ok(ExitCode::SUCCESS)
}

fn schemas() -> Result<ExitCode> {
    step(
        "schemas",
        cargo().args(["test", "--package", "api"]).env("UPDATE_SNAPSHOTS", "1").args(["--", "the_committed"]),
    )?;
    Ok(ExitCode::SUCCESS)
}
