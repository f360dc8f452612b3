//! What a piece is like, as far as it can be heard by rule: tempo, key, and a fingerprint to know it again.
//!
//! Held to synthetic grids and cadences in the tests; on real music nothing is claimed beyond the confidence given.

mod fingerprint;
mod key;
mod tempo;

use crate::decode::{DecodeError, Decoder};
use crate::dsp::{Planar, Resampler};
use crate::render::RenderError;
pub use fingerprint::{Fingerprint, fingerprint};
use key::Chroma;
pub use key::{KeyEstimate, Mode};
use serde::{Deserialize, Serialize};
use std::path::Path;
use tempo::Onsets;
pub use tempo::TempoEstimate;

/// The rate at which tempo and key are looked for, in Hz: both live below 5 kHz.
const RATE_HZ: u32 = 11_025;

/// Tempo and key of a piece.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Features {
    /// The tempo; nothing if no pulse was found.
    pub tempo: Option<TempoEstimate>,
    /// The key; nothing if no pitch was found.
    pub key: Option<KeyEstimate>,
}

/// Listens to a file.
///
/// # Errors
/// The [`DecodeError`] of the file.
pub fn features(path: &Path) -> Result<Features, DecodeError> {
    let mut decoder = Decoder::open(path)?;
    let mut listener = Listener::new(decoder.spec().sample_rate_hz)?;
    while let Some(block) = decoder.next_block()? {
        listener.add(block)?;
    }
    listener.finish()
}

/// Hears a stream as mono at [`RATE_HZ`].
struct Listener {
    resampler: Option<Resampler>,
    mono: Planar,
    onsets: Onsets,
    chroma: Chroma,
}

impl Listener {
    fn new(rate: u32) -> Result<Self, DecodeError> {
        let resampler = if rate == RATE_HZ {
            None
        } else {
            Some(Resampler::new(rate, RATE_HZ, 1).map_err(|_| DecodeError::SampleRate { sample_rate_hz: rate })?)
        };
        Ok(Self { resampler, mono: vec![Vec::new()], onsets: Onsets::new(RATE_HZ), chroma: Chroma::new(RATE_HZ) })
    }

    fn add(&mut self, block: &[Vec<f32>]) -> Result<(), DecodeError> {
        let mono = &mut self.mono[0];
        mono.clear();
        mono.extend((0..block[0].len()).map(|i| block.iter().map(|channel| channel[i]).sum::<f32>()));
        if let Some(resampler) = &mut self.resampler {
            resampler.process(&mut self.mono).map_err(failed)?;
        }
        self.hear();
        Ok(())
    }

    fn hear(&mut self) {
        self.onsets.add(&self.mono[0]);
        self.chroma.add(&self.mono[0]);
    }

    fn finish(mut self) -> Result<Features, DecodeError> {
        if let Some(resampler) = &mut self.resampler {
            resampler.flush(&mut self.mono).map_err(failed)?;
            self.hear();
        }
        Ok(Features { tempo: self.onsets.tempo(), key: self.chroma.key() })
    }
}

fn failed(error: impl Into<RenderError>) -> DecodeError {
    DecodeError::Corrupt { reason: error.into().to_string() }
}

/// Cuts a stream into overlapping frames.
struct Framer {
    size: usize,
    hop: usize,
    waiting: Vec<f32>,
}

impl Framer {
    fn new(size: usize, hop: usize) -> Self {
        Self { size, hop, waiting: Vec::new() }
    }

    fn add(&mut self, samples: &[f32], mut take: impl FnMut(&[f32])) {
        self.waiting.extend_from_slice(samples);
        let mut at = 0;
        while self.waiting.len() - at >= self.size {
            take(&self.waiting[at..at + self.size]);
            at += self.hop;
        }
        self.waiting.drain(..at.min(self.waiting.len()));
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the samples' precision")]
fn hann(size: usize) -> Vec<f32> {
    (0..size).map(|i| (0.5 - 0.5 * (std::f64::consts::TAU * float(i) / float(size)).cos()) as f32).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of frames and bins")]
fn float(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests;
