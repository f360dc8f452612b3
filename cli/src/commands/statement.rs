//! `ledgerline statement`.

mod import;

use std::{fs::File, ops::ControlFlow, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail};
use interchange::statements::{
    Agreement, Currency, Description, Faults, Options, Progress, Span, Stated, StatementError, Summary, Tally, known,
    read,
};
use serde_json::{Value, json};

use crate::config::Config;

/// What to do with royalty statements.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

impl Args {
    /// Whether it answers in JSON.
    pub(crate) fn answers_in_json(&self) -> bool {
        match &self.what {
            What::Inspect(inspect) => inspect.json,
            What::Import(import) => import.json,
        }
    }

    /// Whether files alone are looked at, which needs no configuration.
    pub(crate) fn is_of_files_alone(&self) -> bool {
        matches!(self.what, What::Inspect(_))
    }
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Say of each file its format, its rows, and its exact total by currency; fail if one cannot be read whole, or its own total is another.
    Inspect(Inspect),
    /// Take each file in for a studio: read, held against its own total, and matched to recordings and works; fail if one does not count.
    Import(import::Import),
}

#[derive(Debug, clap::Args)]
struct Inspect {
    /// Statements, as they were downloaded; packed with gzip or ZIP or not.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The currency of files that do not say it, such as USD.
    #[arg(long, value_name = "CODE", value_parser = currency)]
    currency: Option<Currency>,
    /// The description of a format that is not known, in JSON; the known ones are asked after it. May be given several times.
    #[arg(long = "format", value_name = "FILE.json")]
    formats: Vec<PathBuf>,
    /// Print one JSON array: an object a file, with `file`, `layout`, `tally` and `stated`, or with `file` and `error`.
    #[arg(long)]
    json: bool,
}

fn currency(text: &str) -> Result<Currency, String> {
    Currency::read(text).ok_or_else(|| "give the three letters of a currency, such as USD".to_owned())
}

/// Looks at each file, or takes each in.
pub(crate) async fn run(config: Config, args: &Args) -> Result<ExitCode> {
    match &args.what {
        What::Inspect(_) => inspect(args),
        What::Import(import) => import::run(config, import).await,
    }
}

/// Looks at each file; fails if any does not hold, after having looked at the others.
pub(crate) fn inspect(args: &Args) -> Result<ExitCode> {
    let What::Inspect(inspect) = &args.what else { bail!("this takes files in, and needs a studio") };
    let formats = formats(&inspect.formats)?;
    let options = Options { currency: inspect.currency, ..Options::default() };
    let bar = super::file_bar(inspect.files.len());
    let mut rows = Vec::with_capacity(inspect.files.len());
    let mut failed = false;
    for path in &inspect.files {
        let name = path.display().to_string();
        bar.set_message(name.clone());
        let outcome = File::open(path).map_err(StatementError::from).and_then(|file| {
            let gone_on = |(), progress: Progress<'_>| {
                bar.set_message(format!("{name}: {} lines", progress.lines));
                ControlFlow::Continue(())
            };
            read(file, &formats, &options, || (), |(), _| {}, gone_on)
        });
        failed |= !outcome.as_ref().is_ok_and(Summary::holds);
        if inspect.json {
            rows.push(row(&name, outcome)?);
        } else {
            bar.suspend(|| tell(&name, &outcome, inspect.currency));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    if inspect.json {
        super::print(&serde_json::to_string_pretty(&rows)?);
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The descriptions that were given, then those that are known.
fn formats(paths: &[PathBuf]) -> Result<Vec<Description>> {
    let mut formats = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let format: Description =
            serde_json::from_str(&text).with_context(|| format!("{} is no description of a format", path.display()))?;
        if let Err(faults) = format.check() {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            bail!("{} does not hold: {}", path.display(), faults.join(" | "));
        }
        formats.push(format);
    }
    formats.extend_from_slice(known());
    Ok(formats)
}

fn row(name: &str, outcome: Result<Summary, StatementError>) -> Result<Value> {
    let mut row = match outcome {
        Ok(summary) => serde_json::to_value(&summary)?,
        Err(StatementError::Drift(drift)) => {
            json!({ "error": StatementError::Drift(drift.clone()).to_string(), "drift": drift })
        }
        Err(error) => json!({ "error": format!("{:#}", anyhow::Error::from(error)) }),
    };
    row["file"] = name.into();
    Ok(row)
}

fn tell(name: &str, outcome: &Result<Summary, StatementError>, named: Option<Currency>) {
    let Summary { layout, tally, stated } = match outcome {
        Ok(summary) => summary,
        Err(StatementError::Io(cause)) => {
            return super::print(&format!("✗ {name}: the file could not be read: {cause}"));
        }
        Err(error) => return super::print(&format!("✗ {name}: {error}")),
    };
    super::print(&format!("{name}: {}, {} lines", layout.name, tally.lines));
    for (currency, total) in &tally.totals {
        super::print(&format!("  {currency} {} in {} lines", total.amount, total.lines));
    }
    for (what, span) in [("sold", tally.sold), ("accounted for", tally.period)] {
        if let Some(Span { from, to }) = span {
            super::print(&format!("  {what} from {from} to {to}"));
        }
    }
    for total in stated {
        super::print(&format!("  {}", agreement(total)));
    }
    if let Some(named) = named.filter(|named| tally.lines > 0 && !tally.totals.contains_key(named)) {
        super::print(&format!("  ! {named} was named, but the file says its currency itself, which holds"));
    }
    tell_faults(tally);
}

fn agreement(Stated { place, currency, amount, agreement }: &Stated) -> String {
    let currency = currency.map_or_else(String::new, |currency| format!("{currency} "));
    let said = format!("its own total, on line {}: {currency}{amount}", place.line);
    match agreement {
        Agreement::Exact => format!("✓ {said}"),
        Agreement::Rounded { difference } => format!("✓ {said}, rounded by {difference}"),
        Agreement::Differs { difference } => format!("✗ {said}, which is {difference} more than its lines"),
        Agreement::Unknown => format!("✗ {said}, of which nobody can tell the currency"),
    }
}

fn tell_faults(Tally { faults, notices, .. }: &Tally) {
    for (mark, Faults { count, first }) in [("✗", faults), ("!", notices)] {
        for found in first {
            super::print(&format!("  {mark} line {}: {}", found.place.line, found.fault));
        }
        let more = count.saturating_sub(first.len() as u64);
        if more > 0 {
            super::print(&format!("  {mark} and {more} more"));
        }
    }
}
