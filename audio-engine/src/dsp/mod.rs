//! Signal processing in blocks of planar `f32`. Every processor gives the same samples however its input is cut into
//! blocks, and owns its latency: what it hands out is aligned with what went in.

mod limiter;
mod math;
mod oversample;
mod quantise;
mod resample;

pub(crate) use limiter::Limiter;
pub(crate) use math::{cos_turns, db_to_gain, exp2, gain_to_db, sin_turns};
pub(crate) use oversample::{DELAY as PEAK_DELAY, PeakFinder};
pub(crate) use quantise::{Noise, Quantiser};
pub(crate) use resample::Resampler;

/// One vector of samples per channel, all of the same length.
pub(crate) type Planar = Vec<Vec<f32>>;

/// The number of frames in a block.
pub(crate) fn frames(block: &[Vec<f32>]) -> usize {
    block.first().map_or(0, Vec::len)
}
