//! `ledgerline studios`.

use std::process::ExitCode;

use anyhow::{Result, bail};
use domain::{
    actor::Ctx,
    env::Env,
    identity::{IdentityError, commands},
    store,
};
use serde_json::json;

use super::explained;
use crate::{config::Config, wiring};

/// What to do with studios.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
    /// Print one JSON object: `studio`, the word in its addresses, and `name`.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Close a studio: its shop, rooms and portfolio are gone from the outside, its keys, calendars and webhooks rest, and its members read on and change
    /// nothing; what was bought or signed stays where its links lead. An owner opens it again in its settings. Refused, with each reason, while it owes money
    /// or files, or rooms are booked.
    Close {
        /// The word in its addresses.
        #[arg(value_name = "SLUG")]
        slug: String,
        /// Why, for its members to read.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// Closes a studio.
pub(crate) async fn run(config: &Config, args: &Args) -> Result<ExitCode> {
    if config.database_url.is_none() && !config.data_dir.join("ledgerline.db").exists() {
        bail!("there is nothing in {}; name the folder with --data", crate::shown(&config.data_dir));
    }
    let db = wiring::connect(config).await?;
    if !wiring::pending_steps(&db).await?.is_empty() {
        bail!("the database is of an older version; `ledgerline migrate` brings it up to date");
    }
    let What::Close { slug, reason } = &args.what;
    let tx = store::begin(&db).await?;
    let closed = commands::close_studio_of(&tx, &Ctx::system(Env::system()), slug, reason).await;
    let studio = closed.map_err(|error| match error {
        IdentityError::Store(cause) => cause.into(),
        refusal => explained(refusal),
    })?;
    tx.commit().await?;
    let facts = json!({ "studio": studio.slug, "name": studio.name });
    let line = format!("✓ {} is closed", studio.name);
    super::print(&if args.json { serde_json::to_string_pretty(&facts)? } else { line });
    Ok(ExitCode::SUCCESS)
}
