//! `ledgerline compare`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use audio_engine::compare::{CompareOptions, Comparison, compare};

/// Two files of one rate and channel count.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The first file.
    a: PathBuf,
    /// The second file, which is taken off the first.
    b: PathBuf,
    /// Compare from the first sample on, instead of finding the offset (up to two seconds) between the files.
    #[arg(long)]
    no_align: bool,
    /// Bring the second file to the level and polarity of the first.
    #[arg(long)]
    match_gain: bool,
    /// Fail unless what is left is this far below the first file, in dB, such as -120.
    #[arg(long, value_name = "DB", allow_negative_numbers = true)]
    at_most: Option<f64>,
    /// Print one JSON object; `null_depth_db` is null if nothing is left.
    #[arg(long)]
    json: bool,
}

/// Prints how deep the files null.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let options = CompareOptions { align: !args.no_align, match_gain: args.match_gain };
    let found = compare(&args.a, &args.b, options)
        .with_context(|| format!("cannot compare {} with {}", args.a.display(), args.b.display()))?;
    super::print(&if args.json { serde_json::to_string_pretty(&found)? } else { describe(&found) });
    let deep_enough = args.at_most.is_none_or(|most| found.null_depth_db.is_none_or(|depth| depth <= most));
    Ok(if deep_enough { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn describe(found: &Comparison) -> String {
    let level = |value: Option<f64>, unit: &str| {
        value.map_or_else(|| "nothing left".to_owned(), |value| format!("{value:.1} {unit}"))
    };
    format!(
        "null depth {}   residual peak {}{}\noffset {} frames   gain {:.2} dB{}   {:.1} s compared   {} frames without counterpart",
        level(found.null_depth_db, "dB"),
        level(found.residual_peak_dbfs, "dBFS"),
        if found.identical { "   identical" } else { "" },
        found.offset_frames,
        found.gain_db,
        if found.inverted { ", turned over" } else { "" },
        found.compared_s,
        found.unmatched_frames,
    )
}
