//! `ledgerline measure`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::bail;
use audio_engine::measure::{Measurement, measure};

/// Files to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Audio files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON array: an object a file, with `file` and the fields of the measurement, or with `file` and `error`.
    #[arg(long)]
    json: bool,
}

/// Measures each file; fails if any could not be measured, after having measured the others.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let bar = super::file_bar(args.files.len());
    let mut rows = Vec::with_capacity(args.files.len());
    let mut failed = false;
    for file in &args.files {
        bar.set_message(file.display().to_string());
        let outcome = refuse_folder(file).and_then(|()| Ok(measure(file)?));
        failed |= outcome.is_err();
        if args.json {
            rows.push(row(file, &outcome)?);
        } else {
            bar.suspend(|| print_row(file, &outcome));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    if args.json {
        super::print(&serde_json::to_string_pretty(&rows)?);
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

type Outcome = anyhow::Result<Measurement>;

fn refuse_folder(file: &Path) -> anyhow::Result<()> {
    match std::fs::metadata(file) {
        Ok(found) if found.is_dir() => bail!("this is a folder; name the files in it"),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!("there is no such file"),
        Err(error) => Err(error.into()),
    }
}

fn row(file: &Path, outcome: &Outcome) -> anyhow::Result<serde_json::Value> {
    let mut row = match outcome {
        Ok(measurement) => serde_json::to_value(measurement)?,
        Err(error) => serde_json::json!({ "error": format!("{error:#}") }),
    };
    row["file"] = file.display().to_string().into();
    Ok(row)
}

fn print_row(file: &Path, outcome: &Outcome) {
    match outcome {
        Err(error) => super::print(&format!("{}: {error:#}", file.display())),
        Ok(m) => {
            let shown = |value: Option<f64>, unit: &str| {
                value.map_or_else(|| "silent".to_owned(), |value| format!("{value:.1} {unit}"))
            };
            super::print(&format!(
                "{}\n  integrated {}   range {}   true peak {}   sample peak {}\n  momentary max {}   short-term max {}   {:.1} s   {} Hz   {} ch",
                file.display(),
                shown(m.integrated_lufs, "LUFS"),
                shown(m.loudness_range_lu, "LU"),
                shown(m.true_peak_dbtp, "dBTP"),
                shown(m.sample_peak_dbfs, "dBFS"),
                shown(m.momentary_max_lufs, "LUFS"),
                shown(m.short_term_max_lufs, "LUFS"),
                m.duration_s,
                m.sample_rate_hz,
                m.channels,
            ));
        }
    }
}
