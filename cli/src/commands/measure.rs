//! `ledgerline measure`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use audio_engine::{
    features::{Features, Fingerprint, features, fingerprint},
    measure::{Analysis, analyse},
};

/// Files to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Audio files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Listen for tempo and key too, and take the acoustic fingerprint; adds `tempo`, `key` and `fingerprint`.
    #[arg(long)]
    music: bool,
    /// Print one JSON array: an object a file, with `file` and everything that was measured, or with `file` and `error`.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Measures each file; fails if any could not be measured, after having measured the others.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let bar = super::file_bar(args.files.len());
    let mut rows = Vec::with_capacity(args.files.len());
    let mut failed = false;
    for file in &args.files {
        bar.set_message(file.display().to_string());
        let outcome = look_at(file, args.music);
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

type Outcome = anyhow::Result<Facts>;

/// All that is printed of a file.
#[derive(serde::Serialize)]
struct Facts {
    #[serde(flatten)]
    analysis: Analysis,
    #[serde(flatten)]
    music: Option<Music>,
}

#[derive(serde::Serialize)]
struct Music {
    #[serde(flatten)]
    features: Features,
    fingerprint: Fingerprint,
}

fn look_at(file: &Path, music: bool) -> Outcome {
    let analysis = analyse(file)?;
    let music = if music { Some(Music { features: features(file)?, fingerprint: fingerprint(file)? }) } else { None };
    Ok(Facts { analysis, music })
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
        Ok(facts) => super::print(&format!("{}\n{}", file.display(), describe(facts))),
    }
}

fn describe(Facts { analysis: Analysis { measurement: m, signal }, music }: &Facts) -> String {
    use audio_engine::measure::Undefined::{MomentaryAndIntegrated, ShortTermAndRange};
    let level = |value: Option<f64>, unit: &str| {
        value.map_or_else(|| "silent".to_owned(), |value| format!("{value:.1} {unit}"))
    };
    let loudness = |value: Option<f64>, needs| {
        if m.undefined.contains(&needs) { "too short".to_owned() } else { level(value, "LUFS") }
    };
    let range = m.loudness_range_lu.map_or_else(|| "too short".to_owned(), |value| format!("{value:.1} LU"));
    let mut lines = vec![
        format!(
            "  integrated {}   range {range}   true peak {}   sample peak {}",
            loudness(m.integrated_lufs, MomentaryAndIntegrated),
            level(m.true_peak_dbtp, "dBTP"),
            level(m.sample_peak_dbfs, "dBFS"),
        ),
        format!(
            "  momentary max {}   short-term max {}   {:.1} s   {} Hz   {} ch",
            loudness(m.momentary_max_lufs, MomentaryAndIntegrated),
            loudness(m.short_term_max_lufs, ShortTermAndRange),
            m.duration_s,
            m.sample_rate_hz,
            m.channels,
        ),
    ];
    let ratios = [
        ("PLR", m.plr_lu, "LU"),
        ("PSR min", m.psr_min_lu, "LU"),
        ("left less right", signal.imbalance_db, "dB"),
        ("noise floor", signal.noise_floor_dbfs, "dBFS"),
        ("content ends at", signal.cutoff_hz, "Hz"),
    ];
    let mut facts: Vec<String> = ratios
        .into_iter()
        .filter_map(|(name, value, unit)| value.map(|value| format!("{name} {value:.1} {unit}")))
        .collect();
    facts.extend(signal.correlation.map(|value| format!("correlation {value:.2}")));
    facts.push(format!("DC {:.4}", signal.dc_offset));
    facts.push(format!("{} clipped runs", signal.clipped_runs));
    facts.push(format!("silence {:.2} s before, {:.2} s behind", signal.silence_start_s, signal.silence_end_s));
    lines.push(format!("  {}", facts.join("   ")));
    if let Some(Music { features: Features { tempo, key }, .. }) = music {
        let tempo = tempo.as_ref().map_or_else(
            || "no pulse".to_owned(),
            |found| format!("{:.1} BPM (confidence {:.2})", found.bpm, found.confidence),
        );
        let key = key.as_ref().map_or_else(
            || "no key".to_owned(),
            |found| {
                format!("{} (confidence {:.2}, tuned {:+.0} cents)", found.name, found.confidence, found.tuning_cents)
            },
        );
        lines.push(format!("  {tempo}   {key}"));
    }
    lines.join("\n")
}
