//! `ledgerline serve`.

use std::process::ExitCode;

use tokio_util::sync::CancellationToken;

use crate::{config::Config, wiring};

/// What else runs in the process.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Leave the jobs to `ledgerline worker`.
    #[arg(long)]
    no_worker: bool,
}

/// Serves until told to stop, then lets requests and jobs in progress finish.
pub(crate) async fn run(config: Config, args: &Args) -> anyhow::Result<ExitCode> {
    let stop = CancellationToken::new();
    let to_try = if config.graphiql { "GraphiQL at /graphql, " } else { "" };
    let running = wiring::start(config, stop.clone(), !args.no_worker).await?;
    super::print(&format!("Ledgerline is at {} ({to_try}Ctrl-C stops it)", running.public_url));
    wiring::stop_signal().await;
    stop.cancel();
    running.stopped().await?;
    Ok(ExitCode::SUCCESS)
}
