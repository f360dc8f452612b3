//! `ledgerline peaks`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
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
    refuse_place(args)?;
    let waveform = Waveform::of(&args.file, WaveformOptions::default())
        .with_context(|| format!("cannot draw {}", args.file.display()))?;
    waveform.write(&args.out).with_context(|| format!("cannot write {}", args.out.display()))?;
    super::print(&format!("wrote {}", args.out.display()));
    Ok(ExitCode::SUCCESS)
}

/// A waveform takes the place of a file that may be lost, and of nothing else.
fn refuse_place(Args { file, out }: &Args) -> anyhow::Result<()> {
    if out == Path::new("-") {
        bail!("--out takes the name of a file, such as song.dat; nothing is written to standard output");
    }
    let Ok(there) = std::fs::metadata(out) else { return Ok(()) };
    if !there.is_file() {
        bail!("--out names {}, which is no file: give the waveform a name of its own", out.display());
    }
    if out.canonicalize()? == file.canonicalize().with_context(|| format!("cannot draw {}", file.display()))? {
        bail!("--out names {} itself: give the waveform another name, such as song.dat", file.display());
    }
    Ok(())
}
