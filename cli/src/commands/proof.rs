//! `ledgerline proof`.

use std::process::ExitCode;

use anyhow::Result;
use domain::{
    env::Env,
    sales::proof::{Drift, Proof, prove_all_at},
};
use serde_json::{Value, json};

use crate::{config::Config, wiring};

/// How to tell what was found.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print one JSON object: `holds`, `orders`, `payments`, `licences`, `journals`, `sums`, `drifts`, `oldest_drift`.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Proves the books of all studios; fails if anything has drifted.
pub(crate) async fn run(config: &Config, args: &Args) -> Result<ExitCode> {
    let db = wiring::installed(config).await?;
    let proof = prove_all_at(&db, Env::system().now()).await?;
    if args.json {
        super::print(&serde_json::to_string_pretty(&facts(&proof))?);
    } else {
        tell(&proof);
    }
    Ok(if proof.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub(super) fn facts(proof: &Proof) -> Value {
    let drift = |drift: &Drift| json!({ "kind": drift.kind.word(), "reference": drift.reference, "said": drift.kind.said(), "since": drift.since });
    json!({
        "holds": proof.holds(),
        "orders": proof.orders,
        "payments": proof.payments,
        "licences": proof.licences,
        "journals": proof.journals,
        "sums": proof.sums.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "drifts": proof.drifts.iter().map(drift).collect::<Vec<_>>(),
        "oldest_drift": proof.oldest_drift(),
    })
}

pub(super) fn tell(proof: &Proof) {
    let Proof { orders, payments, licences, journals, .. } = proof;
    super::print(&format!("{orders} orders, {payments} payments, {licences} licences, {journals} journals"));
    for sum in &proof.sums {
        super::print(&format!("{} all entries sum to {sum}", if sum.minor == 0 { "✓" } else { "✗" }));
    }
    for Drift { kind, reference, since } in &proof.drifts {
        super::print(&format!("✗ {reference}: {} (since {})", kind.said(), since.format("%Y-%m-%d %H:%M UTC")));
    }
    super::print(if proof.holds() {
        "✓ every payment is booked, every granted order is paid and licensed"
    } else {
        "✗ the money is not as it should be; restore from a backup what was changed by hand, or tell the makers of this program"
    });
}
