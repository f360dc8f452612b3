//! The document that says what is to be rendered. Its JSON is the interface: versioned, described by [`mix_schema`], and
//! refused with the path of the field that is unknown or out of range.

mod automation;
mod changes;
mod check;
mod master;
pub(in crate::render) mod parameters;
mod processors;
mod time;
mod track;

pub use automation::{Lane, Point, Shape};
pub use master::{Dither, Master, TagNode, Target};
pub use processors::{
    Band, BandShape, Clipper, Compressor, Convolution, Cut, DeEsser, Delay, Equaliser, Gate, Multiband, MultibandBand,
    Processor, Reverb, Saturation, Slope, Width,
};
pub use time::Time;
pub use track::{Bus, Clip, Fade, FadeCurve, Pan, PanLaw, SendTo, Strip, Track};

use super::{Format, Output, RenderError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The version of the document that this engine reads.
pub const DOCUMENT_VERSION: u32 = 2;

/// One render: tracks through channel strips and buses into a master, mastered, with or without voice tags, and written
/// to one or several files.
///
/// Files are named, not located: [`super::Workspace`] says where each source lies and where outputs go, so that equal
/// documents mean equal renders wherever the files lie.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mix {
    /// [`DOCUMENT_VERSION`].
    #[schemars(range(min = 2, max = 2))]
    pub version: u32,
    /// The rate that everything is mixed at, in Hz, 8000 to 192000; by default that of the first clip's source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 8_000, max = 192_000))]
    pub sample_rate_hz: Option<u32>,
    /// Tempo in beats per minute, 20 to 400; times in beats need it, and tags start on its bars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 20.0, max = 400.0))]
    pub tempo_bpm: Option<f64>,
    /// Beats of one bar, 1 to 32.
    #[serde(default = "four")]
    #[schemars(range(min = 1, max = 32))]
    pub beats_per_bar: u32,
    /// The key, such as `F#m`: written, with the tempo, into outputs that state none of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-G][#b♯♭]?( ?(m|min|minor|maj|major))?$"))]
    pub key: Option<String>,
    /// The tracks, at least one.
    #[schemars(length(min = 1, max = 128))]
    pub tracks: Vec<Track>,
    /// Groups, and where effects are sent to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub buses: Vec<Bus>,
    /// Numbers that change while the mix runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256))]
    pub automation: Vec<Lane>,
    /// How long the mix goes on behind its last clip, so that reverbs and echoes ring out, in seconds, 0 to 60.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 60.0))]
    pub tail_s: f64,
    /// The master chain.
    #[serde(default)]
    pub master: Master,
    /// Voice tags over the music; outputs that are not tagged go without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8))]
    pub tags: Vec<TagNode>,
    /// The files to write.
    #[schemars(length(min = 1, max = 128))]
    pub outputs: Vec<Output>,
}

const fn four() -> u32 {
    4
}

impl Mix {
    /// A master of one source at the default target (-14 LUFS, -1 dBTP).
    pub fn master(source: &str, outputs: Vec<Output>) -> Self {
        let clip = Clip { source: source.to_owned(), ..Clip::default() };
        Self {
            version: DOCUMENT_VERSION,
            sample_rate_hz: None,
            tempo_bpm: None,
            beats_per_bar: four(),
            key: None,
            tracks: vec![Track { name: source.to_owned(), clips: vec![clip], ..Track::default() }],
            buses: Vec::new(),
            automation: Vec::new(),
            tail_s: 0.0,
            master: Master::default(),
            tags: Vec::new(),
            outputs,
        }
    }

    /// The preview of one source: the same graph as its master, with the tag, as MP3 at 128 kbit/s.
    pub fn preview(source: &str, file: &str, tag: TagNode) -> Self {
        Self { tags: vec![tag], ..Self::master(source, vec![Output::new(file, Format::Mp3Kbps128)]) }
    }

    /// The same mix as one file, without voice tags: what a version of a mix is bounced as.
    #[must_use]
    pub fn bounced_as(&self, output: Output) -> Self {
        Self { tags: Vec::new(), outputs: vec![output], ..self.clone() }
    }

    /// Reads a document and checks it.
    ///
    /// # Errors
    /// [`RenderError::Document`] with the path of the field at fault.
    pub fn from_json(json: &str) -> Result<Self, RenderError> {
        // Some editors begin a file with a byte-order mark.
        let mut reader = serde_json::Deserializer::from_str(json.trim_start_matches('\u{feff}'));
        let mix: Self = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            // A step that cannot be named is one to what is missing or unknown.
            let path = error.path().to_string();
            let path = path.trim_end_matches(['.', '?']).to_owned();
            RenderError::Document { path, reason: error.into_inner().to_string() }
        })?;
        reader.end().map_err(|e| RenderError::Document { path: String::new(), reason: e.to_string() })?;
        mix.check()?;
        Ok(mix)
    }

    /// Every name that the workspace must resolve.
    pub fn sources(&self) -> BTreeSet<&str> {
        let clips = self.tracks.iter().flat_map(|t| &t.clips).map(|c| c.source.as_str());
        let responses = self.processors().filter_map(|processor| match processor {
            Processor::Convolution(convolution) => Some(convolution.source.as_str()),
            _ => None,
        });
        let tags = self.tags.iter().filter_map(|t| t.source.as_deref());
        let artwork = self.outputs.iter().filter_map(|o| o.metadata.artwork.as_deref());
        clips.chain(responses).chain(tags).chain(artwork).chain(self.master.reference.as_deref()).collect()
    }

    /// Every processor of the document.
    fn processors(&self) -> impl Iterator<Item = &Processor> {
        let tracks = self.tracks.iter().flat_map(|track| &track.strip.processors);
        let buses = self.buses.iter().flat_map(|bus| &bus.strip.processors);
        tracks.chain(buses).chain(&self.master.processors)
    }
}

/// The JSON Schema of the document, as text.
pub fn mix_schema() -> String {
    let schema = schemars::schema_for!(Mix);
    serde_json::to_string_pretty(&schema).expect("a schema is plain JSON")
}
