//! `ledgerline accounts`.

use std::process::ExitCode;

use anyhow::{Result, anyhow};
use domain::{
    actor::Ctx,
    email::EmailAddress,
    env::Env,
    identity::{IdentityError, commands},
    report::Explain as _,
    store::{self, Tx},
};
use serde_json::{Value, json};

use super::explained;
use crate::{config::Config, wiring};

/// What to do with people's accounts.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
    /// Print one JSON object. Of `sessions end`: `email` (none for everybody) and `ended`; of `close`: `email` and `owner`, who was made one of studios that
    /// would have none.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Where people are signed in.
    #[command(subcommand)]
    Sessions(Sessions),
    /// Close an account for good: it is signed out everywhere, leaves its studios, its open invitations are taken back, and its name and address are erased,
    /// but not from comments on mixes and from invitations that were sent to it. Keys for programs and calendar feeds are the studio's and go on: an owner
    /// revokes them. Refused while it is the only owner of an open studio, unless another is named; a closed studio whose only owner goes without one is opened
    /// again by `studios reopen` alone.
    Close {
        /// The address that it signs in with.
        #[arg(value_name = "EMAIL")]
        email: EmailAddress,
        /// The account that becomes an owner of studios that would have none.
        #[arg(long, value_name = "EMAIL")]
        new_owner: Option<EmailAddress>,
    },
}

#[derive(Debug, clap::Subcommand)]
enum Sessions {
    /// End all sign-ins of an account, or of everybody, at once; whoever it is signs in again. Programs with a studio's key are not signed in, and go on.
    End {
        /// The address that the account signs in with.
        #[arg(value_name = "EMAIL", required_unless_present = "all", conflicts_with = "all")]
        email: Option<EmailAddress>,
        /// Everybody's.
        #[arg(long)]
        all: bool,
    },
}

/// Ends sign-ins, or closes an account.
pub(crate) async fn run(config: &Config, args: &Args) -> Result<ExitCode> {
    let db = wiring::installed(config).await?;
    let tx = store::begin(&db).await?;
    let (facts, line) = act(&tx, &Ctx::system(Env::system()), &args.what).await.map_err(|error| match error {
        IdentityError::Store(cause) => cause.into(),
        alone @ IdentityError::OnlyOwner { .. } => {
            anyhow!("{}", alone.explain().remedy("name another account with --new-owner").sentences())
        }
        refusal => explained(refusal),
    })?;
    tx.commit().await?;
    super::print(&if args.json { serde_json::to_string_pretty(&facts)? } else { line });
    Ok(ExitCode::SUCCESS)
}

/// Does it, and says what programs and what people are told once it is committed.
async fn act(tx: &Tx, ctx: &Ctx, what: &What) -> Result<(Value, String), IdentityError> {
    match what {
        What::Sessions(Sessions::End { email, .. }) => {
            let ended = commands::end_sign_ins(tx, ctx, email.as_ref()).await?;
            let whose = email.as_ref().map_or_else(|| "everybody".to_owned(), ToString::to_string);
            let facts = json!({ "email": email.as_ref().map(EmailAddress::as_str), "ended": ended });
            Ok((facts, format!("✓ {ended} sign-ins of {whose} have ended")))
        }
        What::Close { email, new_owner } => {
            let handed_over = commands::close_account_of(tx, ctx, email, new_owner.as_ref()).await?;
            let owner = new_owner.as_ref().filter(|_| !handed_over.is_empty());
            let facts = json!({ "email": email.as_str(), "owner": owner.map(EmailAddress::as_str) });
            let made = owner.map(|owner| format!("; {owner} is an owner of what would have had none"));
            Ok((facts, format!("✓ the account of {email} is closed{}", made.unwrap_or_default())))
        }
    }
}
