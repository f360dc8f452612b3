//! `ledgerline`: the composition root. It reads the configuration, builds the parts and runs one command. Beside that live only what the
//! commands share: a folder of beats read, and the two kinds of users as programs.
//!
//! **May depend on** every room. **To add a command:** a file in `commands`, a variant in [`Command`], a line in [`run`].

pub mod client;
mod commands;
mod config;
#[cfg(test)]
mod deployed;
mod folder;
mod replica;
mod secret_files;
mod secrets;
mod smtp_url;
mod wiring;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// Runs a music producer's business, from the first booking to the last royalty cent.
#[derive(Debug, Parser)]
#[command(name = "ledgerline", version, max_term_width = 110)]
struct Cli {
    #[command(flatten)]
    flags: config::Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the pages, and work off the jobs unless told not to.
    Serve(commands::serve::Args),
    /// Work off jobs only; run as many of these as there is work.
    Worker,
    /// Walk one real sale, or one commission, from end to end, then stay up for a look.
    Demo(commands::demo::Args),
    /// Import a folder of beats into a studio.
    Import(commands::import::Args),
    /// Bring the database to the present schema.
    Migrate,
    /// Change the secrets that links and tokens are signed with, and second factors sealed.
    Keys(commands::keys::Args),
    /// Sign people out everywhere, or close an account.
    Accounts(commands::accounts::Args),
    /// Close a studio.
    Studios(commands::studios::Args),
    /// Keep a copy of everything in a folder, while the program serves: every row, the stored files that the rows name, and the installation's keys.
    Backup(commands::backup::Args),
    /// Put a backup back, into an empty database of either kind and an empty file store, and prove the books.
    Restore(commands::restore::Args),
    /// Render a mix document: masters and a tagged preview out of one pass.
    Bounce(commands::bounce::Args),
    /// Take over a project of another workstation as a mix document, or write one.
    Dawproject(commands::dawproject::Args),
    /// Look at royalty statements as stores, distributors and societies send them, or take them in.
    Statement(commands::statement::Args),
    /// Check files, or a set of stems, before they go out: a verdict, and a remedy for each finding.
    Check(commands::check::Args),
    /// Say how deep one file nulls against another.
    Compare(commands::compare::Args),
    /// Write works for societies in Common Works Registration.
    Cwr(commands::cwr::Args),
    /// Measure loudness, peaks and faults of audio files.
    Measure(commands::measure::Args),
    /// Write the waveform of an audio file in the format of audiowaveform (`.dat`, version 2).
    Peaks(commands::peaks::Args),
    /// Write what was logged of sessions for labels, as DDEX RIN.
    Rin(commands::rin::Args),
    /// Measure the EBU's test signals and print how far each is from its tolerance.
    Selftest(commands::selftest::Args),
    /// Verify a sealed PDF by itself, offline: who sealed it, when, and whether anything was changed since.
    Verify(commands::verify::Args),
    /// Prove the books of all studios: every journal sums to zero, every payment is booked, every granted order is paid and licensed.
    Proof(commands::proof::Args),
    /// Reckon royalties by signed splits and contracts, approve, post or discard a run, reckon one again offline, or explain where a line has gone.
    Royalties(commands::royalties::Args),
    /// Write a studio's books for other programs.
    Export(commands::export::Args),
    /// Print the GraphQL schema, the OpenAPI document, or the JSON Schema of mix documents or agreements.
    Schema(commands::schema::Args),
    /// Say what is configured, what works, and what is wrong. Steps that the schema lacks are tried and taken back, which briefly locks the database.
    Doctor(commands::doctor::Args),
    /// Ask the server that listens here whether it can work; fails if it cannot.
    Health,
    /// Write notifications of releases for distributors, as DDEX ERN.
    Ern(commands::ern::Args),
    /// Decode one file for a worker, in a process of its own; workers start it themselves.
    #[command(name = audio_worker::listener::COMMAND, hide = true)]
    Listen,
}

impl Command {
    /// What it is called in traces, if it makes any: whoever answers requests or works off jobs for as long as it runs does.
    fn traced(&self) -> Option<&'static str> {
        match self {
            Self::Serve(_) => Some("serve"),
            Self::Worker => Some("worker"),
            _ => None,
        }
    }

    /// Whether it answers in JSON: then it fails in JSON, too.
    fn answers_in_json(&self) -> bool {
        match self {
            Self::Dawproject(args) => args.answers_in_json(),
            Self::Statement(args) => args.answers_in_json(),
            Self::Demo(args) => args.json,
            Self::Keys(args) => args.json,
            Self::Accounts(args) => args.json,
            Self::Studios(args) => args.json,
            Self::Backup(args) => args.json,
            Self::Restore(args) => args.json,
            Self::Bounce(args) => args.json,
            Self::Check(args) => args.json,
            Self::Compare(args) => args.json,
            Self::Cwr(args) => args.answers_in_json(),
            Self::Measure(args) => args.json,
            Self::Selftest(args) => args.json,
            Self::Verify(args) => args.json,
            Self::Proof(args) => args.json,
            Self::Royalties(args) => args.answers_in_json(),
            Self::Doctor(args) => args.json,
            Self::Ern(args) => args.answers_in_json(),
            Self::Rin(args) => args.answers_in_json(),
            Self::Serve(_)
            | Self::Worker
            | Self::Import(_)
            | Self::Migrate
            | Self::Health
            | Self::Peaks(_)
            | Self::Export(_)
            | Self::Schema(_)
            | Self::Listen => false,
        }
    }
}

/// The stack of a thread of the runtime. GraphQL is executed in it, whose objects resolve one in another: in a debug build a sale takes some 1.7 MB.
const STACK_BYTES: usize = 8 << 20;

/// Runs the command line that the process was started with.
pub fn main() -> ExitCode {
    audio_engine::decode::hush_codecs();
    let cli = Cli::parse();
    if matches!(cli.command, Command::Listen) {
        // Before the runtime starts its threads: a listener has one, and little memory.
        return audio_worker::listener::main();
    }
    let in_json = cli.command.answers_in_json();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK_BYTES)
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(cli)));
    match outcome {
        Ok(code) => code,
        Err(error) => {
            if in_json {
                commands::print(&failure(&error));
            }
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A failure as programs read it: what people are told, in one JSON object.
fn failure(error: &anyhow::Error) -> String {
    format!("{:#}", serde_json::json!({ "error": format!("{error:#}") }))
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    config::refuse_missing(&cli.flags)?;
    // Commands on files alone need no configuration and must work where it is broken.
    match cli.command {
        Command::Bounce(args) => return commands::bounce::run(args).await,
        Command::Backup(args) if args.is_of_files_alone() => return commands::backup::verify(&args),
        Command::Dawproject(args) => return commands::dawproject::run(&args),
        Command::Statement(args) if args.is_of_files_alone() => return commands::statement::inspect(&args),
        Command::Check(args) => return commands::check::run(&args),
        Command::Compare(args) => return commands::compare::run(&args),
        Command::Measure(args) => return commands::measure::run(&args),
        Command::Selftest(args) => return commands::selftest::run(&args),
        Command::Peaks(args) => return commands::peaks::run(&args),
        Command::Verify(args) => return commands::verify::run(&args),
        Command::Royalties(args) if args.is_offline() => return commands::royalties::replay_offline(&args),
        Command::Schema(args) => return Ok(commands::schema::run(&args)),
        Command::Doctor(args) => return commands::doctor::run(&args, &cli.flags).await,
        _ => {}
    }
    let mut config = config::load(&cli.flags)?;
    if matches!(cli.command, Command::Demo(_)) && config.log == config::Config::default().log {
        // The walk tells its steps itself.
        "warn".clone_into(&mut config.log);
    }
    let traces = config::start_logging(&config, cli.command.traced())?;
    let outcome = match cli.command {
        Command::Serve(args) => commands::serve::run(config, &args).await,
        Command::Worker => commands::worker::run(config).await,
        Command::Demo(args) => commands::demo::run(config, args, cli.flags.data.is_some()).await,
        Command::Import(args) => commands::import::run(config, &args).await,
        Command::Migrate => commands::migrate::run(&config).await,
        Command::Keys(args) => commands::keys::run(&config, &args).await,
        Command::Accounts(args) => commands::accounts::run(&config, &args).await,
        Command::Studios(args) => commands::studios::run(&config, &args).await,
        Command::Backup(args) => commands::backup::run(&config, &args).await,
        Command::Restore(args) => commands::restore::run(&config, &args).await,
        Command::Health => commands::health::run(&config).await,
        Command::Proof(args) => commands::proof::run(&config, &args).await,
        Command::Royalties(args) => commands::royalties::run(config, &args).await,
        Command::Export(args) => commands::export::run(&config, &args).await,
        Command::Statement(args) => commands::statement::run(config, &args).await,
        Command::Cwr(args) => commands::cwr::run(config, &args).await,
        Command::Ern(args) => commands::ern::run(config, &args).await,
        Command::Rin(args) => commands::rin::run(config, &args).await,
        Command::Bounce(_)
        | Command::Dawproject(_)
        | Command::Check(_)
        | Command::Compare(_)
        | Command::Measure(_)
        | Command::Selftest(_)
        | Command::Peaks(_)
        | Command::Verify(_)
        | Command::Schema(_)
        | Command::Doctor(_)
        | Command::Listen => {
            unreachable!("handled above")
        }
    };
    if let Some(traces) = traces {
        traces.end().await;
    }
    outcome
}

/// A path as a person reads it.
fn shown(path: &std::path::Path) -> String {
    std::fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path)).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_ins_are_ended_of_one_or_of_everybody_and_never_by_a_slip() {
        let parses = |line: &str| Cli::try_parse_from(line.split(' ')).is_ok();
        assert!(parses("ledgerline accounts sessions end --all"));
        assert!(parses("ledgerline accounts sessions end ada@example.com"));
        for slip in ["", " ada", " ada@example.com --all"] {
            assert!(!parses(&format!("ledgerline accounts sessions end{slip}")), "{slip}");
        }
    }

    #[test]
    fn whoever_asks_for_json_is_told_of_a_failure_in_json() {
        let asked = |line: &str| Cli::parse_from(line.split(' ')).command.answers_in_json();
        for line in [
            "proof --json",
            "keys list --json",
            "accounts sessions end --all --json",
            "accounts close ada@example.com --json",
            "studios close nova --reason gone --json",
            "studios reopen nova --json",
            "studios reopen nova --new-owner ada@example.com --json",
            "demo --json",
            "doctor --json",
            "verify --json a.pdf",
            "check --json a.wav",
            "statement inspect --json a.tsv",
            "statement import --json a.tsv",
            "cwr export --json",
        ] {
            assert!(asked(&format!("ledgerline {line}")), "{line}");
        }
        assert!(!asked("ledgerline proof") && !asked("ledgerline migrate"));
        let error = anyhow::anyhow!("nothing answers at \"db\":5432").context("cannot reach the database");
        let said: serde_json::Value = serde_json::from_str(&failure(&error)).unwrap();
        assert_eq!(said, serde_json::json!({ "error": "cannot reach the database: nothing answers at \"db\":5432" }));
    }
}
