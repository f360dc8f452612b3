//! The document that says what is to be rendered. Its JSON is the interface: versioned, and unknown fields are refused.

use super::output::check_output;
use super::{Format, Metadata, Output, RenderError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The version of the document that this engine reads.
pub const DOCUMENT_VERSION: u32 = 1;
/// The most inputs and outputs of one document.
const MAX_NODES: usize = 128;

/// One render: inputs summed, tags laid over them, mastered, and written to one or several files.
///
/// Files are named, not located: [`super::Workspace`] says where each source lies and where outputs go, so that equal
/// documents mean equal renders on any machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounce {
    /// [`DOCUMENT_VERSION`].
    pub version: u32,
    /// The files that are summed, aligned at their first sample.
    pub inputs: Vec<Input>,
    /// The rate that everything is mixed at, in Hz; by default that of the first input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_rate_hz: Option<u32>,
    /// Voice tags over the music; a master has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagNode>,
    /// The master chain.
    #[serde(default)]
    pub master: Master,
    /// The files to write.
    pub outputs: Vec<Output>,
}

/// A file that is summed into the mix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The source's name in the workspace.
    pub source: String,
    /// Gain in dB, -120 to 24.
    #[serde(default)]
    pub gain_db: f64,
}

/// A voice that is laid over the music again and again, so that no stretch can be used without it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagNode {
    /// A source's name in the workspace (at most 15 s are used); the built-in voice if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When the first tag starts, in seconds, 0 to 3.
    #[serde(default = "default_first_at_s")]
    pub first_at_s: f64,
    /// Seconds from one tag's start to the next, 2 to 120.
    #[serde(default = "default_every_s")]
    pub every_s: f64,
    /// No stretch without a tag is longer than this, in seconds, 1 to 120; it wins over `every_s`.
    #[serde(default = "default_longest_uncovered_s")]
    pub longest_uncovered_s: f64,
    /// The tag's loudness relative to the music's, in LU, -40 to 20; `null` mutes it.
    #[serde(default = "default_level_lu")]
    pub level_lu: Option<f64>,
    /// How far the music steps back while the tag speaks, in dB, 0 to 60.
    #[serde(default = "default_duck_db")]
    pub duck_db: f64,
    /// How long the music takes to step back before the tag, in milliseconds, 1 to 1000.
    #[serde(default = "default_attack_ms")]
    pub attack_ms: f64,
    /// How long the music takes to return after the tag, in milliseconds, 1 to 5000.
    #[serde(default = "default_release_ms")]
    pub release_ms: f64,
    /// Tempo in beats per minute, 20 to 400: tags then start on bars of four beats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tempo_bpm: Option<f64>,
}

impl Default for TagNode {
    fn default() -> Self {
        Self {
            source: None,
            first_at_s: default_first_at_s(),
            every_s: default_every_s(),
            longest_uncovered_s: default_longest_uncovered_s(),
            level_lu: default_level_lu(),
            duck_db: default_duck_db(),
            attack_ms: default_attack_ms(),
            release_ms: default_release_ms(),
            tempo_bpm: None,
        }
    }
}

const fn default_first_at_s() -> f64 {
    1.5
}
const fn default_every_s() -> f64 {
    15.0
}
const fn default_longest_uncovered_s() -> f64 {
    14.0
}
#[expect(clippy::unnecessary_wraps, reason = "the default of an optional field")]
const fn default_level_lu() -> Option<f64> {
    Some(-1.0)
}
const fn default_duck_db() -> f64 {
    7.0
}
const fn default_attack_ms() -> f64 {
    90.0
}
const fn default_release_ms() -> f64 {
    350.0
}

/// Loudness target, true-peak ceiling and dither.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Master {
    /// Integrated loudness to reach, in LUFS, -40 to -5; `null` leaves the level as it is.
    #[serde(default = "default_target")]
    pub loudness_target_lufs: Option<f64>,
    /// True peak that no output exceeds, in dBTP, -20 to 0; lossy files hold it after decoding.
    #[serde(default = "default_ceiling")]
    pub ceiling_dbtp: f64,
    /// The most that the limiter may take off single peaks, in dB, 0 to 24; beyond it the loudness target gives way.
    #[serde(default = "default_max_reduction")]
    pub max_reduction_db: f64,
    /// Seed of the dither.
    #[serde(default)]
    pub dither_seed: u64,
}

impl Default for Master {
    fn default() -> Self {
        Self {
            loudness_target_lufs: default_target(),
            ceiling_dbtp: default_ceiling(),
            max_reduction_db: default_max_reduction(),
            dither_seed: 0,
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the default of an optional field")]
const fn default_target() -> Option<f64> {
    Some(-14.0)
}
const fn default_ceiling() -> f64 {
    -1.0
}
const fn default_max_reduction() -> f64 {
    12.0
}

impl Bounce {
    /// A master of one source at the default target (-14 LUFS, -1 dBTP).
    pub fn master(source: &str, outputs: Vec<Output>) -> Self {
        Self {
            version: DOCUMENT_VERSION,
            inputs: vec![Input { source: source.to_owned(), gain_db: 0.0 }],
            sample_rate_hz: None,
            tags: Vec::new(),
            master: Master::default(),
            outputs,
        }
    }

    /// The preview of one source: the same graph as its master, with the tag, as MP3 at 128 kbit/s.
    pub fn preview(source: &str, file: &str, tag: TagNode) -> Self {
        let output = Output {
            file: file.to_owned(),
            format: Format::Mp3Kbps128,
            sample_rate_hz: None,
            metadata: Metadata::default(),
        };
        Self { tags: vec![tag], ..Self::master(source, vec![output]) }
    }

    /// Reads a document and checks it.
    ///
    /// # Errors
    /// [`RenderError::Document`] with the field at fault.
    pub fn from_json(json: &str) -> Result<Self, RenderError> {
        let bounce: Self = serde_json::from_str(json)
            .map_err(|e| RenderError::Document { path: format!("line {}", e.line()), reason: e.to_string() })?;
        bounce.check()?;
        Ok(bounce)
    }

    /// Every name that the workspace must resolve.
    pub fn sources(&self) -> BTreeSet<&str> {
        let inputs = self.inputs.iter().map(|i| i.source.as_str());
        let tags = self.tags.iter().filter_map(|t| t.source.as_deref());
        let artwork = self.outputs.iter().filter_map(|o| o.metadata.artwork.as_deref());
        inputs.chain(tags).chain(artwork).collect()
    }

    /// Checks every field's range.
    ///
    /// # Errors
    /// [`RenderError::Document`] with the field at fault.
    pub fn check(&self) -> Result<(), RenderError> {
        let refuse = |path: String, reason: &str| Err(RenderError::Document { path, reason: reason.to_owned() });
        if self.version != DOCUMENT_VERSION {
            return refuse("version".into(), "only version 1 is known");
        }
        for (name, len) in [("inputs", self.inputs.len()), ("outputs", self.outputs.len())] {
            if len == 0 || len > MAX_NODES {
                return refuse(name.into(), "from 1 to 128 are accepted");
            }
        }
        if self.tags.len() > 8 {
            return refuse("tags".into(), "at most 8 are accepted");
        }
        if let Some(rate) = self.sample_rate_hz {
            in_range("sample_rate_hz", f64::from(rate), 8_000.0, 192_000.0)?;
        }
        for (i, input) in self.inputs.iter().enumerate() {
            in_range(&format!("inputs[{i}].gain_db"), input.gain_db, -120.0, 24.0)?;
        }
        self.tags.iter().enumerate().try_for_each(|(i, tag)| check_tag(&format!("tags[{i}]"), tag))?;
        let master = &self.master;
        in_range("master.loudness_target_lufs", master.loudness_target_lufs.unwrap_or(-14.0), -40.0, -5.0)?;
        in_range("master.ceiling_dbtp", master.ceiling_dbtp, -20.0, 0.0)?;
        in_range("master.max_reduction_db", master.max_reduction_db, 0.0, 24.0)?;
        let mut names = BTreeSet::new();
        for (i, output) in self.outputs.iter().enumerate() {
            check_output(&format!("outputs[{i}]"), output)?;
            if !names.insert(&output.file) {
                return refuse(format!("outputs[{i}].file"), "another output has this name");
            }
        }
        Ok(())
    }
}

fn check_tag(at: &str, tag: &TagNode) -> Result<(), RenderError> {
    in_range(&format!("{at}.first_at_s"), tag.first_at_s, 0.0, 3.0)?;
    in_range(&format!("{at}.every_s"), tag.every_s, 2.0, 120.0)?;
    in_range(&format!("{at}.longest_uncovered_s"), tag.longest_uncovered_s, 1.0, 120.0)?;
    in_range(&format!("{at}.level_lu"), tag.level_lu.unwrap_or(0.0), -40.0, 20.0)?;
    in_range(&format!("{at}.duck_db"), tag.duck_db, 0.0, 60.0)?;
    in_range(&format!("{at}.attack_ms"), tag.attack_ms, 1.0, 1000.0)?;
    in_range(&format!("{at}.release_ms"), tag.release_ms, 1.0, 5000.0)?;
    in_range(&format!("{at}.tempo_bpm"), tag.tempo_bpm.unwrap_or(120.0), 20.0, 400.0)
}

fn in_range(path: &str, value: f64, low: f64, high: f64) -> Result<(), RenderError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(RenderError::Document { path: path.to_owned(), reason: format!("{value} is outside {low} to {high}") })
}
