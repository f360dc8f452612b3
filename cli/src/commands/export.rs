//! `ledgerline export`.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
    pin::pin,
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::Subcommand;
use domain::{
    actor::Ctx,
    env::Env,
    ledger::export::{Format, export},
};
use futures::StreamExt;

use crate::{config::Config, wiring};

/// What to write for other programs.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// A studio's books, oldest entry first: as a list for spreadsheets, or for beancount.
    Ledger(LedgerArgs),
}

#[derive(Debug, clap::Args)]
struct LedgerArgs {
    /// `csv`, a line for each entry, or `beancount`, which checks itself.
    #[arg(long, value_parser = format)]
    format: Format,
    /// The studio's word in addresses; the only one, if there is one only.
    #[arg(long, value_name = "SLUG")]
    studio: Option<String>,
    /// Where to; standard output, if nothing is said.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn format(text: &str) -> Result<Format, String> {
    [Format::Csv, Format::Beancount]
        .into_iter()
        .find(|format| format.word() == text)
        .ok_or_else(|| "give csv or beancount".to_owned())
}

/// Writes what was asked for; fails, and says so, if it could not be read to the end.
pub(crate) async fn run(config: &Config, args: &Args) -> Result<ExitCode> {
    let What::Ledger(args) = &args.what;
    let db = wiring::installed(config).await?;
    let studio = wiring::find_studio(&db, args.studio.as_deref()).await?;
    let ctx = Ctx::system(Env::system());
    let until = ctx.env.now();
    let mut pieces = pin!(export(&db, &ctx, studio, args.format, until).await?);
    let mut to: Box<dyn Write> = match &args.out {
        Some(path) => {
            Box::new(BufWriter::new(File::create(path).with_context(|| format!("cannot write {}", path.display()))?))
        }
        None => Box::new(std::io::stdout().lock()),
    };
    while let Some(piece) = pieces.next().await {
        to.write_all(
            piece.context("the books could not be read to the end; what was written is not whole")?.as_bytes(),
        )?;
    }
    to.flush()?;
    Ok(ExitCode::SUCCESS)
}
