//! `cargo xtask bench royalties`: a statement from its file to posted royalties, on SQLite and on PostgreSQL, beside what Polars and `DuckDB` need to read the same
//! file and add it up, in the same minutes.
//!
//! The peers' script makes the files, too. Ours reads, matches, divides by what four have signed of each recording, recoups and posts; its computing time is
//! that of the program, and of PostgreSQL's own processes where the server is one that was started for this.

#![expect(clippy::print_stdout, reason = "the table is the task's answer")]

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    bench::{Measured, measured_on},
    judge::Judge,
    postgres::{Database, Scratch},
};

/// How many times Polars' computing time ours may take.
const MOST_RATIO: f64 = 4.0;
/// The most resident memory for the large file, in MB.
const MOST_MB: f64 = 300.0;
/// In how many seconds the same file is known again.
const MOST_AGAIN_S: f64 = 1.0;
/// Within how many milliseconds a line is explained.
const MOST_EXPLAIN_MS: f64 = 100.0;

/// What a run takes.
pub(crate) struct Terms {
    /// Lines of the file that is compared.
    pub(crate) lines: u64,
    /// Lines of the file whose memory is watched; none for no such file.
    pub(crate) many: u64,
    /// Recordings in both.
    pub(crate) recordings: u32,
    /// The peers' script.
    pub(crate) peers: PathBuf,
    /// A Python with Polars and `DuckDB`.
    pub(crate) python: String,
    /// Cargo's profile of our side.
    pub(crate) profile: String,
}

/// A file, and what its lines come to.
struct Statement {
    path: PathBuf,
    total: String,
}

/// What one accounting took.
struct Accounted {
    cpu_s: f64,
    /// What the database's server took beside it, where that can be told.
    server_s: Option<f64>,
    mb: f64,
    said: Value,
    again: Value,
}

/// Runs the comparison; fails if anything promised is missed.
pub(crate) fn royalties(terms: &Terms, cargo: impl Fn() -> Command) -> Result<ExitCode> {
    super::require(&["taskset"], "the comparison")?;
    let ours = super::example("bench_royalties", &terms.profile, cargo)?;
    let folder = tempfile::tempdir()?;
    let file = terms.generate(&folder.path().join("sales.tsv"), terms.lines)?;
    let peers = terms.peers_of(&file)?;
    let polars = peers.iter().find(|(name, _)| name == "polars").map(|(_, cpu_s)| *cpu_s);
    let polars = polars.context("the peers' script told nothing of Polars")?;

    println!("{} lines, {} recordings, a split of four each", terms.lines, terms.recordings);
    println!("{:<40} {:>9} {:>9} {:>9}", "", "", "ratio", "at most");
    for (name, cpu_s) in &peers {
        println!("  {:<38} {cpu_s:>7.2} s {:>9.2}", format!("{name}, parse and sum"), cpu_s / polars);
    }
    let mut judge = Judge::default();
    let sqlite = folder.path().join("sqlite");
    all(&mut judge, "SQLite", &terms.account(&ours, &file, &sqlite_url(&sqlite)?, &sqlite, None)?, polars);
    if let Some(database) = Database::find_durable()? {
        let scratch = Scratch::make(&database.url, &["royalties"])?;
        let kept = folder.path().join("postgres");
        let done = terms.account(&ours, &file, &scratch.url("royalties"), &kept, Some(&database))?;
        if done.server_s.is_none() {
            println!("  (the computing time of a server {} is not told)", database.origin);
        }
        all(&mut judge, "PostgreSQL", &done, polars);
    } else {
        judge.miss("PostgreSQL: neither named nor found");
    }
    if terms.many > 0 {
        let file = terms.generate(&folder.path().join("many.tsv"), terms.many)?;
        let many = folder.path().join("many");
        let done = terms.account(&ours, &file, &sqlite_url(&many)?, &many, None)?;
        println!("{} lines on SQLite, in {:.1} s", terms.many, figure(&done.said, "posted_s")?);
        judge.at_most("resident memory, MB", done.mb, MOST_MB);
    }
    Ok(judge.verdict())
}

impl Terms {
    fn script(&self, arguments: &[&str]) -> Result<String> {
        let said = Command::new(&self.python)
            .arg(&self.peers)
            .args(arguments)
            .output()
            .with_context(|| format!("cannot start {}", self.python))?;
        if !said.status.success() {
            bail!("{} failed: {}", self.peers.display(), String::from_utf8_lossy(&said.stderr));
        }
        Ok(String::from_utf8(said.stdout)?)
    }

    fn generate(&self, path: &Path, lines: u64) -> Result<Statement> {
        let name = path.display().to_string();
        let said = self.script(&["gen", &name, &lines.to_string(), &self.recordings.to_string()])?;
        let said: Value = serde_json::from_str(&said).context("what the peers' script says of its file")?;
        let total = said["total_usd"].as_str().context("the file's total")?;
        let total = if total.contains('.') { total.trim_end_matches('0').trim_end_matches('.') } else { total };
        Ok(Statement { path: path.to_owned(), total: total.to_owned() })
    }

    /// The peers with their computing time.
    fn peers_of(&self, file: &Statement) -> Result<Vec<(String, f64)>> {
        let said = self.script(&["run", &file.path.display().to_string()])?;
        let mut peers = Vec::new();
        for line in said.lines() {
            let peer: Value = serde_json::from_str(line).context("what the peers' script says of a peer")?;
            let name = peer["peer"].as_str().context("a peer's name")?;
            peers.push((name.to_owned(), figure(&peer, "cpu_s")?));
        }
        Ok(peers)
    }

    /// Has a file accounted for on an empty database, and looks that not a unit is lost.
    fn account(
        &self,
        ours: &Path,
        file: &Statement,
        url: &str,
        folder: &Path,
        server: Option<&Database>,
    ) -> Result<Accounted> {
        std::fs::create_dir_all(folder)?;
        let (folder, path) = (folder.display().to_string(), file.path.display().to_string());
        let step = |name: &str, rest: &[&str]| -> Result<(Measured, Value)> {
            let mut command = vec![ours.display().to_string(), name.to_owned(), url.to_owned(), folder.clone()];
            command.extend(rest.iter().map(|word| (*word).to_owned()));
            let measured = measured_on("0,1", &command)?;
            let said = serde_json::from_str(&measured.stdout).with_context(|| format!("what {name} says"))?;
            Ok((measured, said))
        };
        let (_, filled) = step("fill", &[&path, &self.recordings.to_string()])?;
        let studio = filled["studio"].as_str().context("the studio")?;
        let asset = filled["asset"].as_str().context("the kept file")?;
        let server_s = || server.and_then(Database::cpu_s);
        let before = server_s();
        let (took, said) = step("account", &[studio, asset])?;
        let server_s = server_s().zip(before).map(|(after, before)| after - before);
        if said["total"].as_str() != Some(&file.total) {
            bail!("the file comes to {}, and {} was accounted for", file.total, said["total"]);
        }
        let (_, again) = step("again", &[studio, &path])?;
        Ok(Accounted { cpu_s: took.cpu_s, server_s, mb: took.mb, said, again })
    }
}

fn sqlite_url(folder: &Path) -> Result<String> {
    std::fs::create_dir_all(folder)?;
    Ok(format!("sqlite://{}", folder.join("books.db").display()))
}

/// What an accounting on a database took, against what it may take.
fn all(judge: &mut Judge, database: &str, done: &Accounted, polars: f64) {
    let cpu_s = done.cpu_s + done.server_s.unwrap_or(0.0);
    println!("  {:<38} {cpu_s:>7.2} s, {:.0} MB", format!("{database}, parse to post"), done.mb);
    judge.at_most(&format!("{database}, to Polars"), cpu_s / polars, MOST_RATIO);
    let told = |key: &str| done.again[key].as_f64().unwrap_or(f64::NAN);
    judge.at_most(&format!("{database}, the same file again, s"), told("again_s"), MOST_AGAIN_S);
    judge.at_most(&format!("{database}, a line explained, ms"), told("explain_ms"), MOST_EXPLAIN_MS);
}

fn figure(said: &Value, key: &str) -> Result<f64> {
    said[key].as_f64().with_context(|| format!("{key} in {said}"))
}
