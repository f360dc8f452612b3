//! How deep two files null against each other: aligned, matched in gain if asked, and streamed.

mod align;

use crate::decode::{DecodeError, Decoder, frames_to_seconds};
use crate::dsp::gain_to_db;
pub(crate) use align::Pair;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// How files are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompareOptions {
    /// Find the offset between the files first, up to two seconds.
    pub align: bool,
    /// Bring the second file to the level, and polarity, of the first.
    pub match_gain: bool,
}

impl Default for CompareOptions {
    fn default() -> Self {
        Self { align: true, match_gain: false }
    }
}

/// What is left of the first file when the second is taken off it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Whether every sample is the same, and there are as many.
    pub identical: bool,
    /// Energy of the difference over that of the first file, in dB; `null` if nothing is left.
    pub null_depth_db: Option<f64>,
    /// The largest difference, in dBFS; `null` if nothing is left.
    pub residual_peak_dbfs: Option<f64>,
    /// Frames by which the second file is behind the first.
    pub offset_frames: i64,
    /// Gain that the second file was given, in dB.
    pub gain_db: f64,
    /// Whether the second file was turned over.
    pub inverted: bool,
    /// What was compared, in seconds.
    pub compared_s: f64,
    /// Frames at either end that have no counterpart.
    pub unmatched_frames: u64,
}

/// Why two files cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// A file cannot be decoded.
    #[error(transparent)]
    Decode(#[from] Unreadable),
    /// They differ in sample rate.
    #[error("the sample rates are {0} and {1} Hz: convert one of the files first")]
    Rates(u32, u32),
    /// They differ in channels.
    #[error("the files have {0} and {1} channels")]
    Channels(usize, usize),
    /// They do not overlap.
    #[error("nothing of the two files lies side by side")]
    Apart,
    /// There is no depth below silence.
    #[error("the first file is silent and the second is not: compare them the other way round")]
    Silent,
}

/// A file that cannot be decoded.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be decoded", path.display())]
pub struct Unreadable {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    #[source]
    pub cause: DecodeError,
}

impl Unreadable {
    fn because(path: &Path) -> impl Fn(DecodeError) -> Self {
        |cause| Self { path: path.to_owned(), cause }
    }
}

/// Compares two files of one rate and channel count.
///
/// # Errors
/// The [`CompareError`] that says why they cannot be compared.
pub fn compare(a: &Path, b: &Path, options: CompareOptions) -> Result<Comparison, CompareError> {
    let open = |path: &Path| Decoder::open(path).map_err(Unreadable::because(path));
    let (first, second) = (open(a)?, open(b)?);
    let (spec, other) = (first.spec().clone(), second.spec());
    if spec.sample_rate_hz != other.sample_rate_hz {
        return Err(CompareError::Rates(spec.sample_rate_hz, other.sample_rate_hz));
    }
    if spec.channels != other.channels {
        return Err(CompareError::Channels(spec.channels, other.channels));
    }
    drop((first, second));
    let offset = if options.align { align::offset(a, b, spec.sample_rate_hz)? } else { 0 };
    let gain = if options.match_gain { matching_gain(a, b, offset)? } else { 1.0 };
    let mut sums = Sums::default();
    let mut pair = Pair::open(a, b, offset)?;
    pair.each(|a, b| sums.add(a, b, gain))?;
    if sums.frames == 0 {
        return Err(CompareError::Apart);
    }
    if sums.energy == 0.0 && sums.residual > 0.0 {
        return Err(CompareError::Silent);
    }
    let unmatched = pair.unmatched()?;
    let level = |energy: f64| (energy > 0.0).then_some(energy);
    Ok(Comparison {
        identical: sums.peak == 0.0 && unmatched == 0 && gain.to_bits() == 1.0_f64.to_bits(),
        null_depth_db: level(sums.residual).map(|left| 10.0 * (left / sums.energy).log10()),
        residual_peak_dbfs: level(sums.peak).map(gain_to_db),
        offset_frames: offset,
        gain_db: gain_to_db(gain.abs()),
        inverted: gain < 0.0,
        compared_s: frames_to_seconds(sums.frames, spec.sample_rate_hz),
        unmatched_frames: unmatched,
    })
}

#[derive(Default)]
struct Sums {
    frames: u64,
    energy: f64,
    residual: f64,
    peak: f64,
}

impl Sums {
    fn add(&mut self, a: &[Vec<f32>], b: &[Vec<f32>], gain: f64) {
        self.frames += a[0].len() as u64;
        for (x, y) in a.iter().flatten().zip(b.iter().flatten()) {
            let x = f64::from(*x);
            let left = x - f64::from(*y) * gain;
            self.energy += x * x;
            self.residual += left * left;
            self.peak = self.peak.max(left.abs());
        }
    }
}

/// The gain of the second file that leaves least of the first (least squares).
fn matching_gain(a: &Path, b: &Path, offset: i64) -> Result<f64, CompareError> {
    let (mut product, mut energy) = (0.0_f64, 0.0_f64);
    Pair::open(a, b, offset)?.each(|a, b| {
        for (x, y) in a.iter().flatten().zip(b.iter().flatten()) {
            product += f64::from(*x) * f64::from(*y);
            energy += f64::from(*y) * f64::from(*y);
        }
    })?;
    let gain = product / energy;
    Ok(if gain.is_finite() && gain != 0.0 { gain } else { 1.0 })
}

#[cfg(test)]
mod tests;
