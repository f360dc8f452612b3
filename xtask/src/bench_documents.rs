//! `cargo xtask bench documents`: contracts typeset and sealed, beside `WeasyPrint` with `pyHanko` doing the same, in the same minutes.
//!
//! Our program makes all contracts in one go, on one core and then on two, as the back office does; the peer gets the very same contracts
//! as HTML, in one process that has loaded everything before its clock starts, on one core.

#![expect(clippy::print_stdout, reason = "the table is the task's answer")]

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::bench::measured_on;

/// Milliseconds from one contract to the next, typeset and sealed, where two cores make them.
const MOST_MS: f64 = 10.0;

/// Our resident memory may not pass this, in MB.
const MOST_MB: f64 = 150.0;

/// Resident memory may not grow by more than this from a tenth of the contracts to all of them.
const MOST_GROWTH: f64 = 1.1;

/// How many contracts the peer makes of those that we make.
const PEERS: u32 = 50;

/// The peer: typesets pages named on its command line with `WeasyPrint` and seals them with pyHanko at the same level.
const PEER: &str = include_str!("bench_documents_peer.py");

/// Runs the comparison; fails if ours misses its speed, its memory or its steadiness. `python` has `weasyprint` and `pyhanko`.
pub(crate) fn documents(contracts: u32, python: &str, cargo: impl Fn() -> Command) -> Result<ExitCode> {
    let mut build = cargo();
    super::step("build", build.args(["build", "--release", "--package", "documents", "--example", "sealing"]))?;
    let root = std::env::current_dir()?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let program = target.join("release/examples/sealing");
    let run = |cores: &str, threads: &str| answered(cores, &program, &[contracts.to_string(), threads.to_owned()]);
    let (ours, mb) = run("0", "1")?;
    let (both, both_mb) = run("0,1", "2")?;
    let figure = |said: &Value, key: &str| said[key].as_f64().with_context(|| format!("{key} in {said}"));
    let (typeset, seal, verify) =
        (figure(&ours, "typeset_ms")?, figure(&ours, "seal_ms")?, figure(&ours, "verify_ms")?);
    let each = (figure(&both, "typeset_ms")? + figure(&both, "seal_ms")?) / 2.0;
    let growth =
        |said: &Value| -> Result<f64> { Ok(figure(said, "resident_kb")? / figure(said, "resident_after_a_tenth_kb")?) };
    let growth = growth(&ours)?.max(growth(&both)?);

    println!("{:<28} {:>12} {:>9} {:>11} {:>7}", "on one core", "typeset ms", "seal ms", "verify ms", "MB");
    println!("{:<28} {typeset:>12.2} {seal:>9.2} {verify:>11.2} {mb:>7.0}", format!("ours, {contracts} contracts"));
    match peer(&program, python) {
        Ok((said, mb)) => {
            let (theirs, sealed) = (figure(&said, "typeset_ms")?, figure(&said, "seal_ms")?);
            println!(
                "{:<28} {theirs:>12.2} {sealed:>9.2} {:>11} {mb:>7.0}",
                format!("WeasyPrint, pyHanko, {PEERS}"),
                "–"
            );
            println!("{:<28} {:>12.1} {:>9.1}", "times faster", theirs / typeset, sealed / seal);
        }
        Err(error) => println!("the peer was not asked: {error:#}"),
    }
    let mut holds = true;
    for (what, value, most) in [
        ("ms from one contract to the next on two cores, typeset and sealed", each, MOST_MS),
        ("MB resident at most", mb.max(both_mb), MOST_MB),
        ("times the memory of a tenth", growth, MOST_GROWTH),
    ] {
        holds &= value <= most;
        println!("{} {value:.2} {what} (promised: {most})", if value <= most { "✓" } else { "✗" });
    }
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn peer(program: &Path, python: &str) -> Result<(Value, f64)> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).display().to_string();
    answered("0", program, &[PEERS.to_string(), "1".to_owned(), folder.path().display().to_string()])?;
    let request = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=peer -addext \
                   keyUsage=digitalSignature,nonRepudiation";
    let mut words = request.split(' ');
    let mut openssl = Command::new(words.next().unwrap_or_default());
    openssl.args(words).args(["-keyout", &path("key.pem"), "-out", &path("cert.pem")]).stderr(Stdio::null());
    if !openssl.status().context("openssl makes the peer's key")?.success() {
        bail!("openssl made no key");
    }
    std::fs::write(folder.path().join("peer.py"), PEER)?;
    let mut arguments = vec![path("peer.py"), path("key.pem"), path("cert.pem")];
    arguments.extend((0..PEERS).map(|number| path(&format!("{number}.html"))));
    answered("0", Path::new(python), &arguments)
}

/// The JSON that a program prints, and the most resident memory that it took, in MB.
fn answered(cores: &str, program: &Path, arguments: &[String]) -> Result<(Value, f64)> {
    let program = program.display().to_string();
    let command: Vec<String> = std::iter::once(&program).chain(arguments).cloned().collect();
    let used = measured_on(cores, &command)?;
    Ok((serde_json::from_str(&used.stdout).with_context(|| format!("an answer of {program}"))?, used.mb))
}
