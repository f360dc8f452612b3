//! `pgbench`'s TPC-B: what the machine and its PostgreSQL can do, in the same minutes as what is measured beside it.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::postgres::find_tool;

/// Branches, as many as clients at the most, so that they seldom meet.
const SCALE: &str = "16";

/// Finds the program; refuses to begin without it.
pub(crate) fn find() -> Result<PathBuf> {
    let Some(pgbench) = find_tool("pgbench") else { bail!("the comparison needs pgbench") };
    Ok(pgbench)
}

/// TPC-B on a database of its own.
pub(crate) struct TpcB {
    pgbench: PathBuf,
    url: String,
}

impl TpcB {
    /// Makes its tables.
    pub(crate) fn prepare(pgbench: PathBuf, url: String) -> Result<Self> {
        let mut tables = super::pinned(&pgbench);
        super::step("TPC-B's tables", tables.args(["--initialize", "--quiet", "--scale", SCALE, &url]))?;
        Ok(Self { pgbench, url })
    }

    /// Its transactions per second, by so many clients for so many seconds.
    pub(crate) fn per_second(&self, clients: u32, seconds: u32) -> Result<f64> {
        let (clients, seconds) = (clients.to_string(), seconds.to_string());
        let mut command = super::pinned(&self.pgbench);
        command.args(["--builtin", "tpcb-like", "--protocol", "prepared", "--jobs", "2", "--no-vacuum"]);
        command.args(["--client", &clients, "--time", &seconds, &self.url]);
        let said = command.output().context("cannot start pgbench")?;
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        let speed = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok());
        speed.with_context(|| format!("pgbench told no speed: {text}{}", String::from_utf8_lossy(&said.stderr)))
    }
}
