//! What a render did, in figures.

use super::{Format, Mix, RenderError};
use crate::ENGINE_VERSION;
use crate::measure::Measurement;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

/// What a render did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// [`ENGINE_VERSION`] of the engine that rendered.
    pub engine_version: String,
    /// The rate that was mixed at, in Hz.
    pub sample_rate_hz: u32,
    /// Length of the mix in frames at that rate.
    pub frames: u64,
    /// The mix before tags and mastering.
    pub source: Measurement,
    /// Starts of all tags in seconds, in order.
    pub tags_at_s: Vec<f64>,
    /// One entry per output, in the document's order.
    pub outputs: Vec<OutputReceipt>,
}

/// What one output is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputReceipt {
    /// Where the file was written.
    pub path: PathBuf,
    /// Its name in the document.
    pub file: String,
    /// Its format.
    pub format: Format,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// The audio as a listener gets it: after quantisation, or after decoding the lossy file.
    pub measured: Measurement,
    /// Gain from mix to limiter, in dB.
    pub gain_db: f64,
    /// Where the limiter was set, in dBTP: at or below the document's ceiling.
    pub limiter_ceiling_dbtp: f64,
    /// The most that the limiter took off, in dB, 0 or more.
    pub limiter_max_reduction_db: f64,
    /// Whether the loudness target was reached.
    pub loudness: LoudnessOutcome,
    /// What is missing to the loudness target, why, and what helps; none if it was reached or there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortfall: Option<Shortfall>,
    /// How often the file was written until it held the ceiling and, if it can, the target.
    pub attempts: u32,
}

/// A loudness target that was missed by more than 0.2 LU.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shortfall {
    /// Target less measured, in LU: above 0 if the file is too quiet, below 0 if it is too loud; never within 0.2 of 0.
    pub missing_lu: f64,
    /// What kept the file from its target, a sentence.
    pub why: String,
    /// What helps, a sentence.
    pub remedy: String,
}

impl Shortfall {
    /// Beyond this, in LU, a file is not what was asked for.
    const GRAVE_LU: f64 = 1.0;

    /// Whether more than 1 LU is missing: such a file is not what was asked for.
    pub fn is_grave(&self) -> bool {
        self.missing_lu.abs() > Self::GRAVE_LU
    }
}

impl std::fmt::Display for Shortfall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let side = if self.missing_lu > 0.0 { "quiet" } else { "loud" };
        write!(f, "{:.1} LU too {side}: {}", self.missing_lu.abs(), self.why)
    }
}

/// Says why a target was missed, if it was.
pub(super) fn shortfall(outcome: LoudnessOutcome, format: Format) -> Option<Shortfall> {
    let (missing_lu, why, remedy) = match outcome {
        LoudnessOutcome::Reached { .. } | LoudnessOutcome::NoTarget | LoudnessOutcome::Unmeasurable => return None,
        LoudnessOutcome::LimitedByCeiling { deviation_lu, max_reduction_db } => {
            let coding = if format.is_lossless() { "" } else { "; a lossless format takes off less" };
            (
                -deviation_lu,
                format!("the limiter would have to take more than {max_reduction_db} dB off the peaks, which is the most that the document permits"),
                format!("raise master.max_reduction_db, tame the peaks before the limiter (a clipper or a compressor in master.processors), or choose a quieter master.target{coding}"),
            )
        }
        LoudnessOutcome::LimitedByCoding { deviation_lu } => (
            -deviation_lu,
            format!("{format} adds to the peaks of this mix as fast as to its loudness, so that the ceiling comes first"),
            "choose a format with a higher bit rate, a higher master.ceiling_dbtp, or a quieter master.target".to_owned(),
        ),
        LoudnessOutcome::TooQuiet { deviation_lu } => (
            -deviation_lu,
            "the mix is so quiet that it would have to be raised by more than 40 dB, and its noise with it".to_owned(),
            "raise the tracks, or master.trim_db, or look for a source that is all but silent".to_owned(),
        ),
        LoudnessOutcome::Missed { deviation_lu } => (
            -deviation_lu,
            "the loudness did not follow the gain: much of it lies around the threshold below which nothing is measured".to_owned(),
            "choose another master.target, or even out the level of the mix".to_owned(),
        ),
    };
    Some(Shortfall { missing_lu, why, remedy })
}

/// Whether the loudness target was reached.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum LoudnessOutcome {
    /// Within 0.2 LU.
    Reached {
        /// Measured less target, in LU.
        deviation_lu: f64,
    },
    /// The ceiling came first: the target would have needed more limiting than the document permits.
    LimitedByCeiling {
        /// Measured less target, in LU.
        deviation_lu: f64,
        /// What was permitted, in dB.
        max_reduction_db: f64,
    },
    /// The ceiling came first: lossy coding raises the peaks as fast as the level.
    LimitedByCoding {
        /// Measured less target, in LU.
        deviation_lu: f64,
    },
    /// Near silence would have had to be raised by more than 40 dB.
    TooQuiet {
        /// Measured less target, in LU.
        deviation_lu: f64,
    },
    /// Missed for another reason: the search came no closer.
    Missed {
        /// Measured less target, in LU.
        deviation_lu: f64,
    },
    /// The document has no target.
    NoTarget,
    /// Silence, or too short to have a loudness: the level was left as it is.
    Unmeasurable,
}

/// The key under which a render can be found again: SHA-256 over the engine's version, the document in canonical JSON,
/// and the hash of every source by name. Equal keys mean equal sound, and equal bytes on
/// systems with the same C library and processors with the same vector instructions: transforms, whose tables and the MP3
/// encoder's come from the library's sines, and the Vorbis encoder round differently in the last bit with others.
///
/// # Errors
/// [`RenderError::MissingSource`] if a source of the document has no hash.
pub fn render_key(mix: &Mix, source_sha256s: &BTreeMap<String, String>) -> Result<String, RenderError> {
    let mut hash = Sha256::new();
    hash.update(ENGINE_VERSION.as_bytes());
    hash.update([0]);
    let document =
        serde_json::to_value(mix).map_err(|e| RenderError::Document { path: String::new(), reason: e.to_string() })?;
    let mut canonical = String::new();
    write_canonical(&document, &mut canonical);
    hash.update(canonical.as_bytes());
    for name in mix.sources() {
        let sha256 = source_sha256s.get(name).ok_or_else(|| RenderError::MissingSource { name: name.to_owned() })?;
        hash.update([0]);
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update(sha256.as_bytes());
    }
    Ok(hex::encode(hash.finalize()))
}

/// Members in the order of their names, no spaces: whatever order a map keeps, the text is the same.
fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let sorted: BTreeMap<_, _> = members.iter().collect();
            out.push('{');
            for (i, (name, member)) in sorted.into_iter().enumerate() {
                let comma = if i == 0 { "" } else { "," };
                write!(out, "{comma}{}:", Value::String(name.clone())).expect("a string takes any text");
                write_canonical(member, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        other => write!(out, "{other}").expect("a string takes any text"),
    }
}
