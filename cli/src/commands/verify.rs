//! `ledgerline verify`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use documents::seal::{
    self, Finding, Level, Options, Report, Severity, SignatureKind, SignatureReport, StatedTime, Verdict,
};
use domain::env::{Clock, SystemClock};

/// What to verify, and whom to trust.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A sealed PDF.
    #[arg(value_name = "FILE.pdf")]
    file: PathBuf,
    /// The root certificates (PEM) that a seal must lead to; without any, it is said who sealed, and not whether to trust them.
    #[arg(long, value_name = "CA.pem")]
    trust: Vec<PathBuf>,
    /// The root certificates (PEM) that timestamps must lead to. Without any, those of --trust prove a time and others are only told.
    #[arg(long, value_name = "CA.pem")]
    trust_timestamps: Vec<PathBuf>,
    /// The level that the seal must reach.
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    level: Option<Level>,
    /// Print one JSON object: `verdict` (`valid`, `intact`, `refused`), `level`, `signatures`, `attachments`, `findings` and more.
    #[arg(long)]
    json: bool,
}

fn level(text: &str) -> Result<Level, String> {
    let names = Level::ALL.map(Level::name);
    let found = Level::ALL.into_iter().find(|level| level.name().eq_ignore_ascii_case(text));
    found.ok_or_else(|| format!("give one of {}", names.join(", ")))
}

/// Verifies the file by itself, offline; fails if it is refused.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut options = Options::default().at(SystemClock.now());
    for path in &args.trust {
        options = options.trusting(&pem(path)?).with_context(|| path.display().to_string())?;
    }
    for path in &args.trust_timestamps {
        options = options.trusting_timestamps(&pem(path)?).with_context(|| path.display().to_string())?;
    }
    if let Some(level) = args.level {
        options = options.at_least(level);
    }
    let pdf = std::fs::read(&args.file).with_context(|| args.file.display().to_string())?;
    let report = seal::verify(&pdf, &options);
    if args.json {
        super::print(&serde_json::to_string_pretty(&report)?);
    } else {
        tell(&args.file.display().to_string(), &report);
    }
    Ok(if report.verdict == Verdict::Refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn pem(path: &PathBuf) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

fn tell(name: &str, report: &Report) {
    let (mark, verdict) = match report.verdict {
        Verdict::Valid => ("✓", "unchanged since it was sealed by somebody you trust"),
        Verdict::Intact => ("✓", "unchanged since it was sealed; compare the fingerprint to know by whom"),
        Verdict::Refused => ("✗", "not to be relied on"),
    };
    let level = report.level.map_or_else(String::new, |level| format!(" ({})", level.name()));
    super::print(&format!("{mark} {name}: {verdict}{level}"));
    for Finding { severity, message, remedy, .. } in &report.findings {
        let mark = match severity {
            Severity::Note => "·",
            Severity::Warning => "!",
            Severity::Fault => "✗",
        };
        super::print(&format!("  {mark} {message}\n    → {remedy}"));
    }
    report.signatures.iter().for_each(tell_signature);
    for file in &report.attachments {
        super::print(&format!("  attached: {} ({} bytes)\n    SHA-256 {}", file.name, file.bytes, file.sha256));
    }
    super::print(&format!("  SHA-256 {}", report.sha256));
}

fn tell_signature(signature: &SignatureReport) {
    let what = match signature.kind {
        SignatureKind::Seal => "seal",
        SignatureKind::DocumentTimestamp => "timestamp over the file",
    };
    let holds = if signature.holds { "holds" } else { "does not hold" };
    let coverage = if signature.covers_whole_file {
        "the whole file".to_owned()
    } else {
        format!("the first {} bytes", signature.covers_bytes)
    };
    super::print(&format!("  {what} “{}” {holds}, over {coverage}", signature.field));
    match signature.time {
        Some(StatedTime::Timestamp { at }) => super::print(&format!("    at {at}, by a timestamp")),
        Some(StatedTime::Claimed { at }) => super::print(&format!("    at {at}, by the clock of whoever sealed")),
        None => {}
    }
    for certificate in &signature.certificates {
        super::print(&format!("    {}\n      SHA-256 {}", certificate.subject, certificate.sha256));
    }
}
