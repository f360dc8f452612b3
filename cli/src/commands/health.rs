//! `ledgerline health`.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, bail};

use crate::config::Config;

/// Longer than a server takes whose database is about to be given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks the server that listens where this configuration says whether it can work; for a container's or a supervisor's check, which then needs no other
/// program.
pub(crate) async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let mut address = config.listen;
    if address.ip().is_unspecified() {
        // Listened to on every address: this machine's own is one of them.
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build()?;
    let answer = client.get(format!("http://{address}/health")).send().await;
    let answer = answer.with_context(|| format!("no server answers at {address}"))?;
    let (status, text) = (answer.status(), answer.text().await?);
    if !status.is_success() {
        bail!("the server at {address} cannot work: {text}");
    }
    super::print(&text);
    Ok(ExitCode::SUCCESS)
}
