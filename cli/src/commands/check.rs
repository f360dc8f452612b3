//! `ledgerline check`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use audio_engine::qc::{Expectations, Finding, Severity, Verdict, check, check_stems};

/// What to check, and what to hold it against.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Audio files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The files are stems: check that they are alike, sounding and well named.
    #[arg(long)]
    stems: bool,
    /// The stems' mix, to find those that are turned over or missing in it.
    #[arg(long, value_name = "FILE", requires = "stems")]
    mix: Option<PathBuf>,
    /// Loudness that each file should have, in LUFS, such as -14.
    #[arg(long, value_name = "LUFS", allow_negative_numbers = true, value_parser = super::level(-70.0, 0.0), conflicts_with = "stems")]
    loudness: Option<f64>,
    /// True peak that no file should pass, in dBTP.
    #[arg(long, value_name = "DBTP", allow_negative_numbers = true, value_parser = super::level(-20.0, 0.0), default_value_t = -1.0)]
    ceiling: f64,
    /// Print one JSON object (`stems`, `verdict`) for stems, else an array of objects (`file`, and the report or `error`).
    #[arg(long)]
    pub(crate) json: bool,
}

/// Checks, prints every finding with its remedy, and fails if a file should not go out.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let worst = if args.stems { stems(args)? } else { files(args)? };
    Ok(if worst < Verdict::Fail { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn files(args: &Args) -> Result<Verdict> {
    let expected = Expectations { ceiling_dbtp: args.ceiling, loudness_lufs: args.loudness, ..Expectations::default() };
    let bar = super::file_bar(args.files.len());
    let (mut worst, mut rows) = (Verdict::Pass, Vec::new());
    for file in &args.files {
        bar.set_message(file.display().to_string());
        let name = file.display().to_string();
        match check(file, &expected) {
            Ok(report) => {
                worst = worst.max(report.verdict);
                if args.json {
                    let mut row = serde_json::to_value(&report)?;
                    row["file"] = name.into();
                    rows.push(row);
                } else {
                    bar.suspend(|| tell(&name, report.verdict, &report.findings));
                }
            }
            Err(error) => {
                worst = Verdict::Fail;
                if args.json {
                    rows.push(serde_json::json!({ "file": name, "error": error.to_string() }));
                } else {
                    bar.suspend(|| super::print(&format!("✗ {name}: {error}")));
                }
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    if args.json {
        super::print(&serde_json::to_string_pretty(&rows)?);
    }
    Ok(worst)
}

fn stems(args: &Args) -> Result<Verdict> {
    let mix: Option<&Path> = args.mix.as_deref();
    let spinner = super::spinner(format!("{} stems", args.files.len()));
    let report = check_stems(&args.files, mix).context("the mix cannot be decoded");
    spinner.finish_and_clear();
    let report = report?;
    if args.json {
        super::print(&serde_json::to_string_pretty(&report)?);
        return Ok(report.verdict);
    }
    for stem in &report.stems {
        let verdict = match stem.findings.iter().map(|finding| finding.severity).max() {
            Some(Severity::Fault) => Verdict::Fail,
            Some(Severity::Warning) => Verdict::Listen,
            Some(Severity::Note) | None => Verdict::Pass,
        };
        tell(&stem.name, verdict, &stem.findings);
    }
    Ok(report.verdict)
}

fn tell(name: &str, verdict: Verdict, findings: &[Finding]) {
    let mark = match verdict {
        Verdict::Pass => "✓",
        Verdict::Listen => "!",
        Verdict::Fail => "✗",
    };
    super::print(&format!("{mark} {name}"));
    for Finding { message, remedy, .. } in findings {
        super::print(&format!("  {message}\n    → {remedy}"));
    }
}
