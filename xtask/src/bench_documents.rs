//! `cargo xtask bench documents`: contracts typeset and sealed, beside `WeasyPrint` with `pyHanko` doing the same, in the same minutes.
//!
//! Our program makes all contracts in one go: licences, and split sheets as four have signed them, with evidence page and attachments. It does
//! so on one core, which is how long one contract takes and what is judged, and on two, as the back office does, which is how many there are in
//! a time. The peer gets the very same licences as HTML, in one process that has loaded everything before its clock starts, on one core.

#![expect(clippy::print_stdout, reason = "the table is the task's answer")]

use std::{
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::bench::measured_on;

/// Milliseconds that one contract may take on one core, typeset and sealed.
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
    let program = super::example("sealing", "release", cargo)?;
    let made = |kind: &'static str| -> Result<Made> {
        let run = |cores: &str, threads: &str| {
            answered(cores, &program, &[kind.to_owned(), contracts.to_string(), threads.to_owned()])
        };
        Made::of(kind, run("0", "1")?, run("0,1", "2")?)
    };
    let ours = [made("licence")?, made("agreement")?];

    println!(
        "{:<28} {:>12} {:>9} {:>11} {:>7} {:>16}",
        "on one core", "typeset ms", "seal ms", "verify ms", "MB", "on two, ms each"
    );
    for made in &ours {
        println!(
            "{:<28} {:>12.2} {:>9.2} {:>11.2} {:>7.0} {:>16.2}",
            format!("{}, {contracts}", made.kind),
            made.typeset,
            made.seal,
            made.verify,
            made.mb,
            made.each_on_two
        );
    }
    match peer(&program, python) {
        Ok((said, mb)) => {
            let (theirs, sealed) = (figure(&said, "typeset_ms")?, figure(&said, "seal_ms")?);
            println!(
                "{:<28} {theirs:>12.2} {sealed:>9.2} {:>11} {mb:>7.0}",
                format!("WeasyPrint, pyHanko, {PEERS}"),
                "–"
            );
            println!(
                "{:<28} {:>12.1} {:>9.1}",
                "times faster, licences",
                theirs / ours[0].typeset,
                sealed / ours[0].seal
            );
        }
        Err(error) => println!("the peer was not asked: {error:#}"),
    }
    let mut holds = true;
    for made in &ours {
        for (what, value, most) in [
            ("ms for one on one core, typeset and sealed", made.typeset + made.seal, MOST_MS),
            ("MB resident at most", made.mb, MOST_MB),
            ("times the memory of a tenth", made.growth, MOST_GROWTH),
        ] {
            holds &= value <= most;
            let mark = if value <= most { "✓" } else { "✗" };
            println!("{mark} {}: {value:.2} {what} (promised: {most})", made.kind);
        }
    }
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What making documents of a kind took.
struct Made {
    kind: &'static str,
    /// Milliseconds for one on one core.
    typeset: f64,
    seal: f64,
    verify: f64,
    /// Milliseconds from one to the next where two cores make them.
    each_on_two: f64,
    /// The most memory that either run took.
    mb: f64,
    /// How many times the memory of a tenth of them either took for all.
    growth: f64,
}

impl Made {
    fn of(kind: &'static str, (one, mb): (Value, f64), (two, both_mb): (Value, f64)) -> Result<Self> {
        let growth = |said: &Value| -> Result<f64> {
            Ok(figure(said, "resident_kb")? / figure(said, "resident_after_a_tenth_kb")?)
        };
        Ok(Self {
            kind,
            typeset: figure(&one, "typeset_ms")?,
            seal: figure(&one, "seal_ms")?,
            verify: figure(&one, "verify_ms")?,
            each_on_two: (figure(&two, "typeset_ms")? + figure(&two, "seal_ms")?) / figure(&two, "threads")?,
            mb: mb.max(both_mb),
            growth: growth(&one)?.max(growth(&two)?),
        })
    }
}

fn figure(said: &Value, key: &str) -> Result<f64> {
    said[key].as_f64().with_context(|| format!("{key} in {said}"))
}

fn peer(program: &Path, python: &str) -> Result<(Value, f64)> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).display().to_string();
    let kept = ["licence".to_owned(), PEERS.to_string(), "1".to_owned(), folder.path().display().to_string()];
    answered("0", program, &kept)?;
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
