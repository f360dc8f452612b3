//! Signal processing in blocks of planar `f32`, full scale at ±1. Every processor gives the same samples however its
//! input is cut into blocks at multiples of [`GRID`] frames.
//!
//! A processor of the document implements [`Process`] and is made in `strip`; those that change the length of a stream
//! (resampler, limiter) own their latency: what they hand out is aligned with what went in.

mod bands;
mod biquad;
mod convolver;
mod delay;
mod dynamics;
pub(crate) mod fast;
mod limiter;
mod math;
mod oversample;
mod quantise;
mod resample;
mod reverb;
mod shaper;
mod simd;
mod strip;

pub(crate) use biquad::{Cascade, Section};
pub(crate) use convolver::Convolver;
pub(crate) use delay::DelayLine;
pub(crate) use limiter::Limiter;
pub(crate) use math::{cos_turns, db_to_gain, exp2, gain_to_db, log10, pow10, sin_turns};
pub(crate) use oversample::{DELAY as PEAK_DELAY, PeakFinder, loudest};
pub(crate) use quantise::{Noise, Quantiser};
pub(crate) use resample::Resampler;
pub use resample::resample;
#[cfg(test)]
pub(crate) use simd::levels;
pub(crate) use simd::{add_scaled, scale, vectorised};
pub use strip::response_db;
pub(crate) use strip::{Surroundings, processor};

use crate::render::Processor;

/// Blocks begin at multiples of this many frames of their stream; automation moves on this grid.
pub(crate) const GRID: usize = 64;

/// One vector of samples per channel, all of the same length.
pub(crate) type Planar = Vec<Vec<f32>>;

/// Left and right of a block, of the same length.
pub(crate) type Stereo<'a> = [&'a mut [f32]; 2];

/// What can stand in a channel strip.
pub(crate) trait Process: Send + Sync {
    /// Frames by which the output is late.
    fn latency(&self) -> usize {
        0
    }

    /// Takes new numbers over; what rings goes on.
    fn set(&mut self, parameters: &Processor);

    /// Works in place. `key` is what a side chain listens to, of the block's length.
    fn process(&mut self, block: Stereo<'_>, key: Option<[&[f32]; 2]>);
}

/// The number of frames in a block.
pub(crate) fn frames(block: &[Vec<f32>]) -> usize {
    block.first().map_or(0, Vec::len)
}

/// To the samples' precision.
#[expect(clippy::cast_possible_truncation, reason = "the samples' precision")]
pub(crate) fn narrow(x: f64) -> f32 {
    x as f32
}

/// A small count as a number.
#[expect(clippy::cast_precision_loss, reason = "taps and bins, far below 2^52")]
pub(crate) fn index(i: usize) -> f64 {
    i as f64
}

/// Seconds times rate, rounded to whole frames.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked ranges; negative becomes 0")]
pub(crate) fn whole(frames: f64) -> usize {
    (frames + 0.5) as usize
}

#[cfg(test)]
mod tests;
