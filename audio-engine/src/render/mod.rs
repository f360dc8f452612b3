//! The offline graph, streamed: tracks → buses → master chain, once, into a scratch file; then loudness, tags, limiter and
//! files from there.
//!
//! ```text
//! clips ─ strip ┐                                     ┌ (duck, voice) ┐
//! clips ─ strip ┴ buses ─ master processors ─ scratch ┴───────────────┴ resample ─ gain ─ limiter ┬ dither ─ WAV
//!                              └ measured                                                         └ MP3
//! ```
//!
//! [`render`] reads the sources once, unless there is nothing to be known beforehand: a document without loudness target,
//! tags and reference is written in that same pass. The scratch file serves the passes that look for the gain that
//! reaches the target through the limiter, and those that write. Each output is measured as a listener gets it, and
//! written again until it holds the ceiling and, as far as the limiter may go, the target (`level`).
//!
//! To add a processor, describe it in `document::processors` and run it in [`crate::dsp`]; to add a format, a sink in
//! `output`.

mod cache;
mod document;
mod error;
mod graph;
mod level;
mod master;
mod output;
mod premaster;
mod progress;
mod receipt;
mod reference;
mod scratch;
mod tags;
mod work_folder;

pub use cache::StemCache;
pub use document::{
    Band, BandShape, Bus, Clip, Clipper, Compressor, Convolution, Cut, DOCUMENT_VERSION, DeEsser, Delay, Dither,
    Equaliser, Fade, FadeCurve, Gate, Lane, Master, Mix, Multiband, MultibandBand, Pan, PanLaw, Point, Processor,
    Reverb, Saturation, SendTo, Shape, Slope, Strip, TagNode, Target, Time, Track, Width, mix_schema,
};
pub use error::RenderError;
pub use output::{Format, Metadata, Output, UnknownFormat, in_ascii};
pub use progress::Progress;
pub use receipt::{LoudnessOutcome, OutputReceipt, Receipt, Shortfall, render_key};

use crate::decode::Decoder;
use output::fold_name;
use premaster::PreMaster;
use progress::stop_if_cancelled;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Frames that are processed at a time unless the workspace says otherwise.
const BLOCK_FRAMES: usize = 4096;

/// Where the files of a document are.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The path of every source by its name in the document.
    pub sources: BTreeMap<String, PathBuf>,
    /// The file that the document came from, if it did: no output may take its place.
    pub document: Option<PathBuf>,
    /// The existing folder that outputs are written to. What is not finished lies in a hidden folder within it, which goes with the render.
    pub output_dir: PathBuf,
    /// Frames that are processed at a time, rounded up to a multiple of 64; the result does not depend on it.
    pub block_frames: usize,
    /// Threads that tracks and buses are rendered on, at least one; the result does not depend on it.
    pub threads: usize,
    /// Where tracks are kept from render to render, if anywhere.
    pub stem_cache: Option<StemCache>,
}

impl Workspace {
    /// A workspace without sources that writes to that folder, on one thread.
    pub fn new(output_dir: impl Into<PathBuf>) -> Self {
        Self {
            sources: BTreeMap::new(),
            document: None,
            output_dir: output_dir.into(),
            block_frames: BLOCK_FRAMES,
            threads: 1,
            stem_cache: None,
        }
    }

    /// Names the file that the document came from.
    #[must_use]
    pub fn with_document(mut self, path: impl Into<PathBuf>) -> Self {
        self.document = Some(path.into());
        self
    }

    /// Adds a source.
    #[must_use]
    pub fn with_source(mut self, name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        self.sources.insert(name.into(), path.into());
        self
    }

    /// Renders on that many threads.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// The SHA-256 of every source by its name, in lower-case hex: what [`render_key`] asks for.
    ///
    /// # Errors
    /// [`RenderError::Io`] if one cannot be read.
    pub fn hash_sources(&self) -> Result<BTreeMap<String, String>, RenderError> {
        let hash = |(name, path): (&String, &PathBuf)| {
            let (sha256, _) = output::hash(path).map_err(|error| error.named(name))?;
            Ok((name.clone(), sha256))
        };
        self.sources.iter().map(hash).collect()
    }

    /// Keeps tracks in that folder.
    #[must_use]
    pub fn with_stem_cache(mut self, cache: StemCache) -> Self {
        self.stem_cache = Some(cache);
        self
    }

    /// Whether an output is that file: by another path, or by a name that some disks do not tell from its own.
    fn would_overwrite(&self, output: &Output, path: &Path) -> bool {
        let same = |a: &Path, b: &Path| a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b));
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let named = path.file_name().is_some_and(|name| fold_name(&name.to_string_lossy()) == fold_name(&output.file));
        same(&self.output_dir.join(&output.file), path) || named && same(&self.output_dir, folder)
    }

    fn path(&self, name: &str) -> Result<&Path, RenderError> {
        let path = self.sources.get(name).map(PathBuf::as_path);
        path.ok_or_else(|| RenderError::MissingSource { name: name.to_owned() })
    }

    fn decoder(&self, name: &str) -> Result<Decoder, RenderError> {
        Decoder::open(self.path(name)?).map_err(|cause| RenderError::Decode { name: name.to_owned(), cause })
    }
}

/// Renders a document: the whole engine in one call.
///
/// # Errors
/// The [`RenderError`] that names what is wrong; nothing is left in the output folder then, nor of an earlier render replaced.
pub fn render(mix: &Mix, workspace: &Workspace, progress: &mut dyn Progress) -> Result<Receipt, RenderError> {
    mix.check()?;
    for name in mix.sources() {
        workspace.path(name)?;
    }
    refuse_overwriting(mix, workspace)?;
    for (i, output) in mix.outputs.iter().enumerate() {
        output::check_artwork(&format!("outputs[{i}]"), &output.metadata, workspace)?;
    }
    graph::clip::check_clips(mix, workspace, &|| stop_if_cancelled(&*progress))?;
    master::write_outputs(&mut PreMaster::analyse(mix, workspace, progress)?)
}

/// What is read and is also an output would be gone before it is read again, and a folder gives its place to no file.
fn refuse_overwriting(mix: &Mix, workspace: &Workspace) -> Result<(), RenderError> {
    for (i, output) in mix.outputs.iter().enumerate() {
        if workspace.output_dir.join(&output.file).is_dir() {
            let reason = "a folder has this name: give the output another".to_owned();
            return Err(RenderError::Document { path: format!("outputs[{i}].file"), reason });
        }
        if workspace.sources.values().chain(&workspace.document).any(|path| workspace.would_overwrite(output, path)) {
            let reason = "it would overwrite the document or a source: give it another name or folder".to_owned();
            return Err(RenderError::Document { path: format!("outputs[{i}].file"), reason });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
