//! Files: each is written beside its final name and renamed once it is complete and verified.

mod metadata;
mod mp3;
mod spec;
mod wav;

pub(super) use spec::check_output;
pub use spec::{Format, Metadata, Output};

use super::{RenderError, Workspace};
use crate::decode::Decoder;
use crate::measure::{Measurement, Meter};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file being written.
pub(super) enum Sink {
    Wav(Box<wav::WavSink>),
    Mp3(Box<mp3::Mp3Sink>),
}

impl Sink {
    /// Starts a file for a stream of that rate and channel count.
    pub(super) fn create(
        output: &Output,
        workspace: &Workspace,
        rate: u32,
        channels: usize,
        seed: u64,
    ) -> Result<(Self, Partial), RenderError> {
        let tags = metadata::Tags::build(&output.metadata, workspace)?;
        let partial = Partial::new(&workspace.output_dir, &output.file);
        let kbps = match output.format {
            Format::Wav16 | Format::Wav24 => {
                let bits = if output.format == Format::Wav16 { 16 } else { 24 };
                let sink = wav::WavSink::create(&partial.path, bits, rate, channels, seed, tags)?;
                return Ok((Self::Wav(Box::new(sink)), partial));
            }
            Format::Mp3Kbps128 => 128,
            Format::Mp3Kbps192 => 192,
            Format::Mp3Kbps320 => 320,
        };
        let sink = mp3::Mp3Sink::create(&partial.path, kbps, rate, channels, &tags)?;
        Ok((Self::Mp3(Box::new(sink)), partial))
    }

    pub(super) fn write(&mut self, block: &[Vec<f32>]) -> Result<(), RenderError> {
        match self {
            Self::Wav(sink) => sink.write(block),
            Self::Mp3(sink) => sink.write(block),
        }
    }

    /// Completes the file and measures what a listener gets of it.
    pub(super) fn finish(self, partial: &Partial) -> Result<Measurement, RenderError> {
        match self {
            Self::Wav(sink) => sink.finish(),
            Self::Mp3(sink) => {
                sink.finish()?;
                let mut decoder = Decoder::open(&partial.path)?;
                let mut meter = Meter::new(decoder.spec().channels, decoder.spec().sample_rate_hz);
                while let Some(block) = decoder.next_block()? {
                    meter.add(block);
                }
                Ok(meter.finish())
            }
        }
    }
}

/// An unfinished file, removed unless it is kept.
pub(super) struct Partial {
    path: PathBuf,
    target: PathBuf,
    kept: bool,
}

impl Partial {
    fn new(folder: &Path, name: &str) -> Self {
        Self { path: folder.join(format!(".{name}.part")), target: folder.join(name), kept: false }
    }

    /// Gives the file its name; returns where it is, its SHA-256 and its size.
    pub(super) fn keep(mut self) -> Result<(PathBuf, String, u64), RenderError> {
        let (sha256, bytes) = hash(&self.path)?;
        std::fs::rename(&self.path, &self.target)?;
        self.kept = true;
        Ok((self.target.clone(), sha256, bytes))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.kept {
            // A file that cannot be removed is overwritten by the next attempt.
            drop(std::fs::remove_file(&self.path));
        }
    }
}

fn hash(path: &Path) -> Result<(String, u64), RenderError> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut bytes = 0;
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok((hex::encode(hash.finalize()), bytes));
        }
        hash.update(&buffer[..n]);
        bytes += n as u64;
    }
}
