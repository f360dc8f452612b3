//! `ledgerline rin`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail};
use domain::{
    actor::Ctx,
    ids::SessionId,
    registrations::queries::find_settings,
    services::Services,
    session_log::{
        queries::find_session,
        rin::{Version, notification},
    },
};
use serde_json::json;

use super::cwr::open;
use crate::config::Config;

/// What to do with notifications of recordings.
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
    /// Write what was logged of a session as DDEX Recording Information Notification.
    Export(Export),
}

#[derive(Debug, clap::Args)]
struct Export {
    /// The session, by its id.
    session: SessionId,
    /// The sender's DDEX party identifier; the studio's, if nothing is said.
    #[arg(long, value_name = "DPID")]
    dpid: Option<String>,
    /// The version of the standard, 2.1 or 2.0.
    #[arg(long, value_name = "VERSION", default_value = "2.1", value_parser = version)]
    rin: Version,
    /// Where to; into this folder, under the session's id, if nothing is said.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print one JSON object: `file`.
    #[arg(long)]
    json: bool,
}

fn version(text: &str) -> Result<Version, String> {
    match text {
        "2.1" => Ok(Version::V21),
        "2.0" => Ok(Version::V20),
        _ => Err("give 2.1 or 2.0".to_owned()),
    }
}

/// Writes the notification.
pub(crate) async fn run(mut config: Config, args: &Args) -> Result<ExitCode> {
    let What::Export(args) = &args.what;
    let services = open(&mut config).await?;
    let ctx = Ctx::system(services.env.clone());
    let dpid = match &args.dpid {
        Some(dpid) => dpid.clone(),
        None => own_dpid(&services, &ctx, args.session).await?,
    };
    let spinner = super::spinner(format!("writing {}", args.session));
    let written = notification(&services, &ctx, args.session, (&dpid, args.rin)).await;
    spinner.finish_and_clear();
    let file = written?;
    let path = args.out.clone().unwrap_or_else(|| PathBuf::from(&file.file_name));
    std::fs::write(&path, &file.text).with_context(|| format!("cannot write {}", path.display()))?;
    if args.json {
        super::print(&serde_json::to_string_pretty(&json!({ "file": path }))?);
    } else {
        super::print(&format!("wrote {}", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// The identifier of the studio whose session it is.
async fn own_dpid(services: &Services, ctx: &Ctx, id: SessionId) -> Result<String> {
    let Some(session) = find_session(&services.db, ctx, id).await? else { bail!("there is no session {id}") };
    let settings = find_settings(&services.db, ctx, session.studio_id).await?;
    let dpid = settings.and_then(|settings| settings.dpid);
    dpid.context("the studio has no DDEX party identifier; give one with --dpid, or enter it in its settings")
}
