//! `ledgerline compare`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use audio_engine::compare::{CompareOptions, Comparison, compare};

/// Frames that one file may have and the other not, beyond their offset: what lossy coding adds at the ends.
const PADDING_FRAMES: u64 = 4096;

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
    /// Fail unless what is left is this far below the first file, in dB, such as -120, and the files are of one length.
    #[arg(long, value_name = "DB", allow_negative_numbers = true, value_parser = super::level(-400.0, 0.0))]
    at_most: Option<f64>,
    /// Print one JSON object; `null_depth_db` is null if nothing is left.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Prints how deep the files null.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let options = CompareOptions { align: !args.no_align, match_gain: args.match_gain };
    let spinner = super::spinner(format!("{} against {}", args.a.display(), args.b.display()));
    let found = compare(&args.a, &args.b, options)
        .with_context(|| format!("cannot compare {} with {}", args.a.display(), args.b.display()));
    spinner.finish_and_clear();
    let found = found?;
    super::print(&if args.json { serde_json::to_string_pretty(&found)? } else { describe(&found) });
    match args.at_most.and_then(|most| miss(&found, most)) {
        None => Ok(ExitCode::SUCCESS),
        Some(why) => {
            eprintln!("{why}");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Why the files do not null as deep as they should.
fn miss(found: &Comparison, most: f64) -> Option<String> {
    let beside = found.unmatched_frames.saturating_sub(2 * found.offset_frames.unsigned_abs());
    if beside > PADDING_FRAMES {
        return Some(format!("one file is longer: {beside} frames have no counterpart"));
    }
    let depth = found.null_depth_db.filter(|depth| *depth > most)?;
    Some(format!("the files null to {depth:.1} dB, not to {most:.1} dB"))
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
