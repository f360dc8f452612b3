//! Files: each is written in the render's own folder, and renamed once all of them are complete and verified.
//!
//! To add a format: a name in [`Format`], an [`Encoder`] in a file of its own, an arm in [`Sink::create`].

mod aac;
mod ascii;
mod broadcast;
mod flac;
mod format;
mod id3;
mod metadata;
mod mp3;
mod mp4;
mod ogg;
mod opus;
mod quantised;
mod spec;
mod vorbis;
mod wav;

pub use ascii::in_ascii;
pub(in crate::render) use format::Coding;
pub use format::{Format, UnknownFormat};
pub(super) use metadata::check_artwork;
pub use spec::{Metadata, Output};
pub(super) use spec::{check_key, check_output, fold_name};

use super::progress::Tracker;
use super::{Dither, RenderError, Workspace};
use crate::decode::Decoder;
use crate::measure::{Measurement, Meter};
use mp3::BitRate;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// What every encoder does with a stream of planar blocks.
trait Encoder {
    fn write(&mut self, block: &[Vec<f32>]) -> Result<(), RenderError>;

    /// Completes the file. Lossless ones have measured what they wrote; the others must be decoded.
    fn finish(self: Box<Self>) -> Result<Option<Measurement>, RenderError>;
}

/// A file being written.
pub(super) struct Sink(Box<dyn Encoder>);

impl Sink {
    /// Starts a file in `folder` for a stream of that rate and channel count.
    pub(super) fn create(
        output: &Output,
        (workspace, folder): (&Workspace, &Path),
        rate: u32,
        channels: usize,
        dither: Dither,
    ) -> Result<(Self, Partial), RenderError> {
        let tags = metadata::Tags::build(&output.metadata, workspace, output.format.coding())?;
        let partial = Partial::new(folder, &workspace.output_dir, &output.file);
        let path = &partial.path;
        let encoder: Box<dyn Encoder> = match output.format.coding() {
            Coding::Wav { bits } => {
                let samples = wav::Samples::integers(bits, rate, channels, dither);
                Box::new(wav::WavSink::create(path, samples, rate, channels, tags, &output.metadata)?)
            }
            Coding::WavFloat => {
                let samples = wav::Samples::floats(rate, channels);
                Box::new(wav::WavSink::create(path, samples, rate, channels, tags, &output.metadata)?)
            }
            Coding::Flac { bits } => Box::new(flac::FlacSink::create(path, bits, rate, channels, dither, &tags)?),
            Coding::Mp3 { kbps } => {
                Box::new(mp3::Mp3Sink::create(path, BitRate::Constant(kbps), rate, channels, &tags)?)
            }
            Coding::Mp3Vbr { target_kbps } => {
                Box::new(mp3::Mp3Sink::create(path, BitRate::Variable(target_kbps), rate, channels, &tags)?)
            }
            Coding::Aac { kbps } => Box::new(aac::AacSink::create(path, kbps, rate, channels, tags)?),
            Coding::Opus { kbps } => Box::new(opus::OpusSink::create(path, kbps, channels, &tags)?),
            Coding::Vorbis { quality } => Box::new(vorbis::VorbisSink::create(path, quality, rate, channels, &tags)?),
        };
        Ok((Self(encoder), partial))
    }

    pub(super) fn write(&mut self, block: &[Vec<f32>]) -> Result<(), RenderError> {
        if block.first().is_none_or(Vec::is_empty) {
            return Ok(());
        }
        self.0.write(block)
    }

    /// Completes the file and measures what a listener gets of it.
    pub(super) fn finish(self, partial: &Partial, tracker: &Tracker<'_>) -> Result<Measurement, RenderError> {
        if let Some(measured) = self.0.finish()? {
            return Ok(measured);
        }
        let undecodable = |cause| RenderError::Decode { name: partial.name(), cause };
        let mut decoder = Decoder::open(&partial.path).map_err(undecodable)?;
        let mut meter = Meter::new(decoder.spec().channels, decoder.spec().sample_rate_hz);
        while let Some(block) = decoder.next_block().map_err(undecodable)? {
            tracker.check()?;
            meter.add(block);
        }
        Ok(meter.finish())
    }
}

fn encoder_error(error: impl std::fmt::Display) -> RenderError {
    RenderError::Encoder { reason: error.to_string() }
}

/// A file that has not got its name yet.
pub(super) struct Partial {
    path: PathBuf,
    target: PathBuf,
}

impl Partial {
    fn new(folder: &Path, target: &Path, name: &str) -> Self {
        Self { path: folder.join(name), target: target.join(name) }
    }

    /// Where the file is going to be.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Its name, without folders.
    pub(super) fn name(&self) -> String {
        self.target.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Its SHA-256 and its size.
    pub(super) fn hash(&self) -> Result<(String, u64), RenderError> {
        hash(&self.path)
    }

    /// Removes the file, for another is better.
    pub(super) fn discard(self) {
        // What cannot be removed goes with the render's folder.
        drop(std::fs::remove_file(self.path));
    }
}

/// What stood under a file's name before.
enum Before {
    Nothing,
    /// It lies there meanwhile.
    Kept(PathBuf),
    /// It could not be put aside: some disks know no second name for a file.
    Unknown,
}

/// Gives all files their names, or none: where one of them cannot have it, those before it lose theirs again, and what was replaced is put
/// back from `aside`, a folder on the same disk.
pub(super) fn keep_all(partials: &[Partial], aside: &Path) -> Result<(), RenderError> {
    let mut placed = Vec::with_capacity(partials.len());
    for (i, partial) in partials.iter().enumerate() {
        // A second name, so that there is a file under the first at every moment.
        let old = aside.join(format!("replaced-{i}"));
        let before = match std::fs::hard_link(&partial.target, &old) {
            Ok(()) => Before::Kept(old),
            Err(cause) if cause.kind() == ErrorKind::NotFound => Before::Nothing,
            Err(_) => Before::Unknown,
        };
        if let Err(cause) = std::fs::rename(&partial.path, &partial.target) {
            undo(placed);
            return Err(RenderError::Io(cause).named(&partial.name()));
        }
        placed.push((&partial.target, before));
    }
    Ok(())
}

/// Puts back what can be put back; what cannot is no reason to leave the rest.
fn undo(placed: Vec<(&PathBuf, Before)>) {
    for (target, before) in placed {
        match before {
            Before::Nothing => drop(std::fs::remove_file(target)),
            Before::Kept(old) => drop(std::fs::rename(old, target)),
            Before::Unknown => {}
        }
    }
}

/// A file's SHA-256 in lower-case hex, and its size in bytes.
pub(super) fn hash(path: &Path) -> Result<(String, u64), RenderError> {
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

#[cfg(test)]
mod tests;
