//! `ledgerline worker`.

use std::process::ExitCode;

use tokio_util::sync::CancellationToken;

use crate::{config::Config, wiring};

/// Works off jobs until it is told to stop.
pub(crate) async fn run(mut config: Config) -> anyhow::Result<ExitCode> {
    wiring::survive_full_disks()?;
    wiring::wait_for_database(&config).await?;
    let parts = wiring::build_beside_server(&mut config).await?;
    let stop = CancellationToken::new();
    let work = tokio::spawn(wiring::work(parts, config, stop.clone()));
    tracing::info!("working off jobs; stop with Ctrl-C");
    wiring::stop_signal().await;
    stop.cancel();
    work.await??;
    Ok(ExitCode::SUCCESS)
}
