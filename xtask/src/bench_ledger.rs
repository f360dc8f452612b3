//! `cargo xtask bench ledger`: the ledger's postings and whole checkouts per second beside `pgbench`'s TPC-B, on the same PostgreSQL, in the same minutes, on
//! two cores.
//!
//! Both sides have as many clients. TPC-B runs once before ours and once after, and the ratio is to the mean of both.

#![expect(clippy::print_stdout, reason = "the table is the task's answer")]

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    postgres::{Database, Scratch},
    tpc_b::{self, TpcB},
};

/// The ratios to TPC-B that are to be beaten: pgledger's, measured on such a machine.
const COLD: f64 = 0.51;
const HOT: f64 = 0.38;

/// What a run takes.
pub(crate) struct Terms {
    /// Seconds of each measurement.
    pub(crate) seconds: u32,
    /// Clients of each side.
    pub(crate) clients: u32,
    /// Cargo's profile of our side.
    pub(crate) profile: String,
}

/// Runs the comparison; fails if a posting misses its ratio.
pub(crate) fn ledger(terms: &Terms, cargo: impl Fn() -> Command) -> Result<ExitCode> {
    let pgbench = tpc_b::find()?;
    let Some(database) = Database::find_durable()? else { bail!("the comparison needs a PostgreSQL") };
    super::require(&["taskset"], "the comparison")?;
    let ours = super::example("bench_ledger", &terms.profile, cargo)?;
    println!("PostgreSQL {}, {} clients, {} s each, two cores", database.origin, terms.clients, terms.seconds);

    let scratch = Scratch::make(&database.url, &["tpcb", "ledger"])?;
    let tpc_b = TpcB::prepare(pgbench, scratch.url("tpcb"))?;
    let mut peers = vec![tpc_b.per_second(terms.clients, terms.seconds)?];
    let said = super::pinned(&ours)
        .args([&scratch.url("ledger"), &terms.seconds.to_string(), &terms.clients.to_string()])
        .output()
        .context("cannot start our side")?;
    if !said.status.success() {
        bail!("our side failed: {}", String::from_utf8_lossy(&said.stderr));
    }
    peers.push(tpc_b.per_second(terms.clients, terms.seconds)?);
    let speeds: Value = serde_json::from_slice(&said.stdout).context("our side's answer")?;
    Ok(tell(&speeds, &peers))
}

fn tell(speeds: &Value, peers: &[f64]) -> ExitCode {
    #[expect(clippy::cast_precision_loss, reason = "a handful of runs")]
    let peer = peers.iter().sum::<f64>() / peers.len() as f64;
    let runs: Vec<String> = peers.iter().map(|speed| format!("{speed:.0}")).collect();
    println!("{:<34} {:>9} {:>7} {:>9}", "", "per s", "ratio", "to beat");
    println!("  {:<32} {peer:>9.0} {:>7.2} {:>9}", format!("TPC-B ({})", runs.join(", ")), 1.0, "");
    let mut missed = 0;
    for (name, what, least) in [
        ("post_cold", "a journal of four, cold", Some(COLD)),
        ("post_hot", "a journal of four, one payee", Some(HOT)),
        ("sale_cold", "a sale with its parts, cold", None),
        ("sale_hot", "a sale with its parts, two payees", None),
        ("checkout", "a checkout, from cart to licence", None),
    ] {
        let speed = speeds[name].as_f64().unwrap_or(0.0);
        let ratio = speed / peer;
        let holds = least.is_none_or(|least| ratio > least);
        missed += usize::from(!holds);
        let least = least.map_or_else(String::new, |least| format!("{least:.2}"));
        println!("{} {what:<32} {speed:>9.0} {ratio:>7.2} {least:>9}", if holds { "✓" } else { "✗" });
    }
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
