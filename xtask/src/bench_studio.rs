//! `cargo xtask bench studio`: how long the lists of a studio take that has 10,000 clients, 2,000 projects and 50,000 comments, over HTTP, on PostgreSQL, on
//! two cores.

#![expect(clippy::print_stdout, reason = "the table is the task's answer")]

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::postgres::{Database, Scratch};

/// Within how many milliseconds 95 of 100 answers are there.
const MOST_MS: f64 = 50.0;

/// What a run takes.
pub(crate) struct Terms {
    /// Requests of each list.
    pub(crate) requests: u32,
    /// Callers that ask at once.
    pub(crate) callers: u32,
    /// Cargo's profile of the server.
    pub(crate) profile: String,
}

/// Runs the measurement; fails if a list takes longer than it may.
pub(crate) fn studio(terms: &Terms, cargo: impl Fn() -> Command) -> Result<ExitCode> {
    let Some(database) = Database::find_durable()? else { bail!("the measurement needs a PostgreSQL") };
    super::require(&["taskset"], "the measurement")?;
    let server = super::example("bench_studio", &terms.profile, cargo)?;
    println!(
        "PostgreSQL {}, {} callers, {} requests of each list, two cores",
        database.origin, terms.callers, terms.requests
    );
    let scratch = Scratch::make(&database.url, &["studio"])?;
    let said = super::pinned(&server)
        .args([&scratch.url("studio"), &terms.requests.to_string(), &terms.callers.to_string()])
        .output()
        .context("cannot start the server")?;
    if !said.status.success() {
        bail!("the server failed: {}", String::from_utf8_lossy(&said.stderr));
    }
    let lists: Vec<Value> = serde_json::from_slice(&said.stdout).context("the server's answer")?;
    tell(&lists)
}

fn tell(lists: &[Value]) -> Result<ExitCode> {
    if lists.is_empty() {
        bail!("no list was measured");
    }
    println!("{:<40} {:>9} {:>9}", "", "p50, ms", "p95, ms");
    let mut missed = 0;
    for list in lists {
        let time = |name: &str| list[name].as_f64().with_context(|| format!("no {name} was told of {list}"));
        let (half, most) = (time("p50")?, time("p95")?);
        let holds = most < MOST_MS;
        missed += usize::from(!holds);
        let name = list["name"].as_str().unwrap_or_default();
        println!("{} {name:<38} {half:>9.1} {most:>9.1}", if holds { "✓" } else { "✗" });
    }
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
