//! `ledgerline statement import`.

use std::{
    fs::File,
    io::{self, BufReader},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use domain::{
    actor::{Actor, Ctx},
    catalog::{NewFile, Sha256, add_asset, entity::AssetKind, rules::files},
    ids::{StatementImportId, StudioId},
    money::Currency,
    outbox::{self, Job},
    royalties::{
        commands::imports::{TakeIn, Taken, take_in},
        entity::{ImportState, import, total},
        queries::imports::{Placed, find_by_file, find_import, placed_of, totals_of},
    },
    services::Services,
};
use serde_json::{Value, json};
use sha2::Digest;
use tokio::{io::AsyncReadExt, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    commands::{explained, store_file},
    config::Config,
    wiring::{self, Parts},
};

/// Bytes that are hashed at a time.
const PIECE_BYTES: usize = 1 << 18;
/// How often it is looked how far a statement is read.
const POLL: Duration = Duration::from_millis(100);

#[derive(Debug, clap::Args)]
pub(super) struct Import {
    /// Statements, as they were downloaded; packed with gzip or ZIP or not.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The studio, by the word in its address; not needed where there is only one.
    #[arg(long, value_name = "SLUG")]
    studio: Option<String>,
    /// The currency of files that do not say it, such as USD.
    #[arg(long, value_name = "CODE", value_parser = currency)]
    currency: Option<Currency>,
    /// Print one JSON array: an object a file, with `state`, `format`, `lines`, `totals` and what holds it, or with `file` and `error`.
    #[arg(long)]
    pub(super) json: bool,
}

fn currency(text: &str) -> Result<Currency, String> {
    text.to_ascii_uppercase().parse().map_err(|_| "give the three letters of a currency, such as USD".to_owned())
}

/// What became of a file.
struct Outcome {
    statement: import::Model,
    is_known: bool,
    totals: Vec<total::Model>,
    placed: Vec<Placed>,
    /// Where its format can be taught.
    format_url: String,
}

/// Takes each file in and has it read; fails if one does not count, after having taken in the others.
pub(super) async fn run(mut config: Config, args: &Import) -> Result<ExitCode> {
    let parts = wiring::build_beside_server(&mut config).await?;
    let studio = wiring::find_studio(&parts.services.db, args.studio.as_deref()).await?;
    let mut desk = Desk { services: parts.services.clone(), studio, currency: args.currency, work: None };
    let bar = crate::commands::file_bar(args.files.len());
    let (mut rows, mut failed) = (Vec::with_capacity(args.files.len()), false);
    for path in &args.files {
        let name = path.display().to_string();
        bar.set_message(name.clone());
        let outcome =
            desk.take(path, (&parts, &config), |lines| bar.set_message(format!("{name}: {lines} lines"))).await;
        let counts = |outcome: &Outcome| matches!(outcome.statement.state, ImportState::Ready | ImportState::Duplicate);
        failed |= !outcome.as_ref().is_ok_and(counts);
        if args.json {
            rows.push(row(&name, &outcome));
        } else {
            bar.suspend(|| tell(&name, &outcome));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    desk.close().await?;
    if args.json {
        crate::commands::print(&serde_json::to_string_pretty(&rows)?);
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Where files are taken in. Its jobs are worked off here, too, so that importing needs no server.
struct Desk {
    services: Services,
    studio: StudioId,
    currency: Option<Currency>,
    work: Option<(JoinHandle<Result<()>>, CancellationToken)>,
}

impl Desk {
    fn ctx(&self) -> Ctx {
        self.services.ctx(Actor::System)
    }

    async fn take(&mut self, path: &Path, (parts, config): (&Parts, &Config), tell: impl Fn(i64)) -> Result<Outcome> {
        let to_hash = path.to_owned();
        let sha256 = tokio::task::spawn_blocking(move || hash(&to_hash)).await?;
        let sha256 = sha256.with_context(|| format!("cannot read {}", path.display()))?;
        let known = find_by_file(&self.services.db, &self.ctx(), self.studio, &sha256).await.map_err(explained)?;
        let taken = match known {
            Some(import) if self.currency.is_none() || import.state == ImportState::Ready => {
                Taken { import, is_known: true }
            }
            _ => self.take_in(path).await?,
        };
        let id = taken.import.id;
        let statement = if matches!(taken.import.state, ImportState::Waiting | ImportState::Reading) {
            if self.work.is_none() {
                let stop = CancellationToken::new();
                let work = tokio::spawn(wiring::work(parts.clone(), config.clone(), stop.clone()));
                self.work = Some((work, stop));
            }
            self.wait_until_read(id, tell).await?
        } else {
            taken.import
        };
        let totals = totals_of(&self.services.db, &[id]).await?;
        let placed = placed_of(&self.services.db, &statement).await.map_err(explained)?;
        let format_url = format!("{}/statements/{id}/format", self.services.public_url);
        Ok(Outcome { statement, is_known: taken.is_known, totals, placed, format_url })
    }

    async fn take_in(&self, path: &Path) -> Result<Taken> {
        let (file_name, stored) = store_file(&self.services, path).await?;
        let mut head = Vec::new();
        let file = tokio::fs::File::open(path).await.with_context(|| format!("cannot open {}", path.display()))?;
        file.take(files::HEAD_BYTES as u64).read_to_end(&mut head).await?;
        let new = NewFile { kind: AssetKind::Statement, file_name, declared: None, stored, head };
        let tx = self.services.begin().await?;
        let asset = add_asset(&tx, &self.ctx(), self.studio, new).await.map_err(explained)?;
        let new = TakeIn { asset: asset.id, currency: self.currency };
        let taken = take_in(&tx, &self.ctx(), self.studio, new).await.map_err(explained)?;
        self.services.commit(tx).await?;
        Ok(taken)
    }

    async fn wait_until_read(&self, id: StatementImportId, tell: impl Fn(i64)) -> Result<import::Model> {
        let job = Job::ImportStatement { import: id };
        loop {
            let is_over = outbox::queries::find_open(&self.services.db, self.studio, &job).await?.is_none();
            let found = find_import(&self.services.db, &self.ctx(), id).await.map_err(explained)?;
            let statement = found.context("the statement has gone from the database")?;
            if !matches!(statement.state, ImportState::Waiting | ImportState::Reading) {
                return Ok(statement);
            }
            if is_over {
                bail!("its reading was given up; the studio's dead letters say why");
            }
            tell(statement.lines_read);
            tokio::time::sleep(POLL).await;
        }
    }

    async fn close(self) -> Result<()> {
        if let Some((work, stop)) = self.work {
            stop.cancel();
            work.await??;
        }
        Ok(())
    }
}

fn hash(path: &Path) -> io::Result<Sha256> {
    let mut digest = sha2::Sha256::new();
    io::copy(&mut BufReader::with_capacity(PIECE_BYTES, File::open(path)?), &mut Sink(&mut digest))?;
    Ok(Sha256::from_digest(digest.finalize().into()))
}

/// A digest that is written to.
struct Sink<'d>(&'d mut sha2::Sha256);

impl io::Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn row(name: &str, outcome: &Result<Outcome>) -> Value {
    let Outcome { statement, is_known, totals, placed, .. } = match outcome {
        Ok(outcome) => outcome,
        Err(error) => return json!({ "file": name, "error": format!("{error:#}") }),
    };
    let totals: Vec<Value> = totals
        .iter()
        .map(|total| {
            let placed = placed.iter().find(|placed| placed.currency == total.currency);
            json!({
                "currency": total.currency,
                "lines": total.lines,
                "amount": total.amount,
                "account_currency": total.account_currency,
                "matched": placed.map(|placed| placed.matched),
                "suspense": placed.map(|placed| placed.waiting),
            })
        })
        .collect();
    json!({
        "file": name,
        "statement": statement.id.to_string(),
        "known": is_known,
        "state": statement.state,
        "format": statement.format,
        "lines": statement.lines,
        "totals": totals,
        "problems": statement.problems(),
        "drift": statement.drift(),
    })
}

fn tell(name: &str, outcome: &Result<Outcome>) {
    let print = crate::commands::print;
    let Outcome { statement, is_known, totals, placed, format_url } = match outcome {
        Ok(outcome) => outcome,
        Err(error) => return print(&format!("✗ {name}: {error:#}")),
    };
    let sign = match statement.state {
        _ if *is_known => "=",
        ImportState::Ready => "✓",
        ImportState::Duplicate => "=",
        _ => "✗",
    };
    let format = statement.format.as_deref().unwrap_or("no known format");
    let known = if *is_known { ", taken in before" } else { "" };
    print(&format!("{sign} {name}: {format}, {} lines, {}{known}", statement.lines, statement.state));
    for total in totals {
        print(&format!("  {} {} in {} lines", total.currency, total.amount, total.lines));
        if total.account_currency.is_none() {
            print(&format!(
                "    ! no run takes it without a rate: set the rate of {}, or record what of it reached the bank",
                total.currency
            ));
        }
        for placed in placed.iter().filter(|placed| placed.currency == total.currency) {
            print(&format!("    {} matched, {} in suspense", placed.matched, placed.waiting));
        }
    }
    for problem in statement.problems() {
        let sign = if problem.is_warning { "!" } else { "✗" };
        print(&format!("  {sign} {}; {}", problem.message, problem.remedy));
    }
    if let Some(drift) = statement.drift() {
        print(&format!("  ✗ {drift}; teach it as a format: {format_url}"));
    }
}
