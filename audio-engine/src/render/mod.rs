//! The offline graph: inputs → sum → tags → gain → limiter → dither → files, streamed.
//!
//! ```text
//! source ─ resample ─ gain ┐
//! source ─ resample ─ gain ┴ sum ─ tags (duck, voice) ┬ resample ─ gain ─ limiter ┬ dither ─ WAV
//!                                                     │                           └ MP3
//!                                                     └ … another rate or setting
//! ```
//!
//! [`render`] reads the sources several times and keeps no file in memory: once to measure, as often as needed to find
//! the gain that reaches the loudness target through the limiter, and once more to write. Each output is then measured
//! as a listener gets it, and written again with a lower limiter until it holds the ceiling.
//!
//! To add a processor, give it the shape of [`crate::dsp`] and a node in the document; to add a format, a sink in `output`.

mod document;
mod error;
mod master;
mod mix;
mod output;
mod progress;
mod receipt;
mod tags;

pub use document::{Bounce, DOCUMENT_VERSION, Input, Master, TagNode};
pub use error::RenderError;
pub use output::{Format, Metadata, Output, UnknownFormat};
pub use progress::Progress;
pub use receipt::{LoudnessOutcome, OutputReceipt, Receipt, render_key};

use crate::decode::Decoder;
use crate::dsp::{Planar, frames};
use crate::measure::{Measurement, Meter};
use mix::MixReader;
use progress::Tracker;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tags::TagTrack;

/// Frames that are processed at a time unless the workspace says otherwise.
const BLOCK_FRAMES: usize = 4096;

/// Where the files of a document are.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The path of every source by its name in the document.
    pub sources: BTreeMap<String, PathBuf>,
    /// The existing folder that outputs are written to.
    pub output_dir: PathBuf,
    /// Frames that are processed at a time; the result does not depend on it.
    pub block_frames: usize,
}

impl Workspace {
    /// A workspace without sources that writes to that folder.
    pub fn new(output_dir: impl Into<PathBuf>) -> Self {
        Self { sources: BTreeMap::new(), output_dir: output_dir.into(), block_frames: BLOCK_FRAMES }
    }

    /// Adds a source.
    #[must_use]
    pub fn with_source(mut self, name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        self.sources.insert(name.into(), path.into());
        self
    }

    fn path(&self, name: &str) -> Result<&Path, RenderError> {
        let path = self.sources.get(name).map(PathBuf::as_path);
        path.ok_or_else(|| RenderError::MissingSource { name: name.to_owned() })
    }

    fn decoder(&self, name: &str) -> Result<Decoder, RenderError> {
        Ok(Decoder::open(self.path(name)?)?)
    }
}

/// Renders a document: the whole engine in one call.
///
/// # Errors
/// The [`RenderError`] that names what is wrong; nothing is left in the output folder then, but for outputs that were
/// already complete.
pub fn render(bounce: &Bounce, workspace: &Workspace, progress: &mut dyn Progress) -> Result<Receipt, RenderError> {
    bounce.check()?;
    for name in bounce.sources() {
        workspace.path(name)?;
    }
    let mut graph = Graph::analyse(bounce, workspace, progress)?;
    master::write_outputs(&mut graph)
}

/// A document whose sources have been measured.
struct Graph<'a> {
    bounce: &'a Bounce,
    workspace: &'a Workspace,
    tracker: Tracker<'a>,
    tags: Vec<TagTrack>,
    source: Measurement,
    frames: u64,
    sample_rate_hz: u32,
    channels: usize,
}

impl<'a> Graph<'a> {
    /// The first pass: how long and how loud the sum is, and where tags go.
    fn analyse(
        bounce: &'a Bounce,
        workspace: &'a Workspace,
        progress: &'a mut dyn Progress,
    ) -> Result<Self, RenderError> {
        let mut mix = MixReader::open(bounce, workspace)?;
        let (rate, channels) = (mix.sample_rate_hz(), mix.channels());
        let mut tracker = Tracker::new(progress, mix.stated_frames());
        tracker.begin_pass(0.15);
        let mut meter = Meter::new(channels, rate);
        let mut block = Planar::new();
        let mut total = 0;
        loop {
            mix.next(workspace.block_frames.max(1), &mut block)?;
            if frames(&block) == 0 {
                break;
            }
            total += frames(&block) as u64;
            tracker.at(total)?;
            meter.add(&block);
        }
        tracker.know_total(total);
        let source = meter.finish();
        let mut tags = Vec::with_capacity(bounce.tags.len());
        for node in &bounce.tags {
            let mut track = TagTrack::load(node, workspace, rate, channels)?;
            track.place(source.integrated_lufs, total, rate);
            tags.push(track);
        }
        Ok(Self { bounce, workspace, tracker, tags, source, frames: total, sample_rate_hz: rate, channels })
    }

    /// Streams the sum with its tags once more.
    fn stream(
        &mut self,
        part_of_rest: f64,
        mut take: impl FnMut(&Planar) -> Result<(), RenderError>,
    ) -> Result<(), RenderError> {
        self.tracker.begin_pass(part_of_rest);
        let mut mix = MixReader::open(self.bounce, self.workspace)?;
        let mut block = Planar::new();
        let mut envelope = Vec::new();
        let mut at = 0;
        loop {
            mix.next(self.workspace.block_frames.max(1), &mut block)?;
            let n = frames(&block) as u64;
            if n == 0 {
                return Ok(());
            }
            for tag in &self.tags {
                tag.apply(&mut block, at, &mut envelope);
            }
            at += n;
            self.tracker.at(at)?;
            take(&block)?;
        }
    }

    fn tags_at_s(&self) -> Vec<f64> {
        let mut starts: Vec<u64> = self.tags.iter().flat_map(|tag| tag.starts().iter().copied()).collect();
        starts.sort_unstable();
        starts.iter().map(|start| crate::decode::frames_to_seconds(*start, self.sample_rate_hz)).collect()
    }
}

#[cfg(test)]
mod tests;
