//! `ledgerline peaks`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use audio_engine::waveform::{Waveform, WaveformOptions};

/// What to draw and where to write it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An audio file.
    file: PathBuf,
    /// Where the waveform goes.
    #[arg(long, value_name = "FILE.dat")]
    out: PathBuf,
}

/// Writes the waveform.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let waveform = Waveform::of(&args.file, WaveformOptions::default())
        .with_context(|| format!("cannot draw {}", args.file.display()))?;
    waveform.write(&args.out).with_context(|| format!("cannot write {}", args.out.display()))?;
    super::print(&format!("wrote {}", args.out.display()));
    Ok(ExitCode::SUCCESS)
}
