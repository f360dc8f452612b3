//! `ledgerline studios`.

use std::process::ExitCode;

use anyhow::{Result, anyhow};
use domain::{
    actor::Ctx,
    email::EmailAddress,
    env::Env,
    identity::{IdentityError, commands},
    report::Explain as _,
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
    /// nothing; what was bought or signed stays where its links lead. An owner opens it again in its settings, or `reopen` does. Refused, with each reason, while it owes money
    /// to others than its owner, or files, or rooms are booked.
    Close {
        /// The word in its addresses.
        #[arg(value_name = "SLUG")]
        slug: String,
        /// Why, for its members to read.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Open a closed studio again, as one of its owners can; whose last owner has gone, by this alone, and with another. What its webhooks would have been sent
    /// meanwhile is not sent later.
    Reopen {
        /// The word in its addresses.
        #[arg(value_name = "SLUG")]
        slug: String,
        /// The account that becomes an owner of it; a studio that has none any more is not opened without.
        #[arg(long, value_name = "EMAIL")]
        new_owner: Option<EmailAddress>,
    },
}

/// Closes a studio, or opens it again.
pub(crate) async fn run(config: &Config, args: &Args) -> Result<ExitCode> {
    let db = wiring::installed(config).await?;
    let tx = store::begin(&db).await?;
    let ctx = Ctx::system(Env::system());
    let (done, is_now) = match &args.what {
        What::Close { slug, reason } => (commands::close_studio_of(&tx, &ctx, slug, reason).await, "closed"),
        What::Reopen { slug, new_owner } => {
            (commands::reopen_studio_of(&tx, &ctx, slug, new_owner.as_ref()).await, "open")
        }
    };
    let studio = done.map_err(|error| match error {
        IdentityError::Store(cause) => cause.into(),
        orphaned @ IdentityError::NoOwner { .. } => {
            anyhow!("{}", orphaned.explain().remedy("name an account with --new-owner").sentences())
        }
        refusal => explained(refusal),
    })?;
    tx.commit().await?;
    let facts = json!({ "studio": studio.slug, "name": studio.name });
    let line = format!("✓ {} is {is_now}", studio.name);
    super::print(&if args.json { serde_json::to_string_pretty(&facts)? } else { line });
    Ok(ExitCode::SUCCESS)
}
