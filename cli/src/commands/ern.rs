//! `ledgerline ern`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use domain::{actor::Ctx, ids::ReleaseId, registrations::commands::export_ern};
use serde_json::json;

use super::cwr::{open, save, told};
use crate::config::Config;

/// What to do with notifications of releases.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

impl Args {
    /// Whether it answers in JSON.
    pub(crate) fn answers_in_json(&self) -> bool {
        let What::Export(export) = &self.what;
        export.json
    }
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Write a notification of a release as DDEX ERN 4.3, or say all that is missing. What was written is kept, and numbered.
    Export(Export),
}

#[derive(Debug, clap::Args)]
struct Export {
    /// The release, by its id.
    release: ReleaseId,
    /// Where to; into this folder, under its number, if nothing is said.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print one JSON object: `file`, `number` and `sha256`, or `faults`.
    #[arg(long)]
    json: bool,
}

/// Writes the notification; fails, after saying every fault, if there is any.
pub(crate) async fn run(mut config: Config, args: &Args) -> Result<ExitCode> {
    let What::Export(args) = &args.what;
    let services = open(&mut config).await?;
    let ctx = Ctx::system(services.env.clone());
    let spinner = super::spinner(format!("writing {}", args.release));
    let written = export_ern(&services, &ctx, args.release).await;
    spinner.finish_and_clear();
    let Some(message) = told(written, args.json)? else { return Ok(ExitCode::FAILURE) };
    let named = || PathBuf::from(format!("{}-{}.xml", args.release, message.number));
    let path = args.out.clone().unwrap_or_else(named);
    save(&services, &message.sha256, &path).await?;
    if args.json {
        let file = json!({ "file": path, "number": message.number, "sha256": message.sha256 });
        super::print(&serde_json::to_string_pretty(&file)?);
    } else {
        super::print(&format!("wrote {}", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}
