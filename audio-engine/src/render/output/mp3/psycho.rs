//! A model of masking: how much noise may hide in each scalefactor band.
//!
//! The power spectrum is summed by band and spread over the Bark scale (Traunmüller 1990) by Schroeder's function (1979);
//! Terhardt's threshold of hearing (1979) is the floor. From basic arithmetic, for bytes follow from what it says.

use crate::dsp::{cos_turns, exp2, fast, narrow};
use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlannerScalar};
use rusty_mp3::frame::SFB_LONG;
use rusty_mp3::tables::sfb_long_offsets;
use std::f64::consts::{LOG2_10, LOG2_E};
use std::ops::Range;
use std::sync::Arc;

/// Samples that a spectrum is taken of.
pub(super) const WINDOW: usize = 1024;
/// How far noise must lie below what masks it, in dB.
const OFFSET_DB: f64 = 3.0;
/// The hearing threshold's unit, as a share of the granule's mean power: the level of playback is unknown.
const QUIET: f32 = 1e-3;

/// What the model says of one granule of one channel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Masking {
    /// The noise energy that each band hides.
    pub(super) thresholds: [f32; SFB_LONG],
    /// The energy of each band, in the same unit.
    pub(super) energies: [f32; SFB_LONG],
    /// The perceptual entropy: see [`Model::entropy`].
    pub(super) entropy: f32,
}

/// The model for one sampling rate.
pub(super) struct Model {
    transform: Arc<dyn Fft<f32>>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
    window: Vec<f32>,
    bins: [Range<usize>; SFB_LONG],
    lines: [f32; SFB_LONG],
    /// By masked and masking band: the share of energy that spreads.
    spread: [[f32; SFB_LONG]; SFB_LONG],
    /// The power at the threshold of hearing by band.
    quiet: [f32; SFB_LONG],
}

impl Model {
    pub(super) fn new(rate_hz: u32) -> Self {
        // Planned without the vector instructions of this processor: bytes must not depend on it.
        let transform = FftPlannerScalar::new().plan_fft_forward(WINDOW);
        let edges = sfb_long_offsets(rate_hz).map(f64::from);
        let bins_per_line = narrow_index(WINDOW) / 1152.0;
        let power = |db: f64| exp2(db * (LOG2_10 / 10.0));
        let centre_hz: [f64; SFB_LONG] =
            std::array::from_fn(|band| f64::midpoint(edges[band], edges[band + 1]) * f64::from(rate_hz) / 1152.0);
        let barks = centre_hz.map(|hz| 26.81 * hz / (1960.0 + hz) - 0.53);
        let bin = |edge: f64| (0..WINDOW / 2).filter(|bin| narrow_index(*bin) + 0.5 <= edge * bins_per_line).count();
        Self {
            spectrum: vec![Complex32::default(); WINDOW],
            scratch: vec![Complex32::default(); transform.get_inplace_scratch_len()],
            transform,
            window: (0..WINDOW)
                .map(|i| narrow(0.5 - 0.5 * cos_turns(narrow_index(i) / narrow_index(WINDOW))))
                .collect(),
            bins: std::array::from_fn(|band| bin(edges[band])..bin(edges[band + 1])),
            lines: std::array::from_fn(|band| narrow(edges[band + 1] - edges[band])),
            spread: std::array::from_fn(|masked| {
                std::array::from_fn(|masker| narrow(power(spreading_db(barks[masked] - barks[masker]) - OFFSET_DB)))
            }),
            quiet: centre_hz.map(|hz| narrow(power(quiet_db(hz).min(200.0))) * QUIET),
        }
    }

    /// Two granules at once, each of [`WINDOW`] samples: one transform serves two real signals.
    pub(super) fn listen(&mut self, granules: [&[f32]; 2]) -> [Masking; 2] {
        for (((bin, window), a), b) in self.spectrum.iter_mut().zip(&self.window).zip(granules[0]).zip(granules[1]) {
            *bin = Complex32::new(a * window, b * window);
        }
        self.transform.process_with_scratch(&mut self.spectrum, &mut self.scratch);
        let mut energies = [[1e-12_f32; SFB_LONG]; 2];
        for (band, bins) in self.bins.iter().enumerate() {
            for bin in bins.clone() {
                // The even part of the spectrum is the first signal's, the odd part the second's.
                let (z, mirrored) = (self.spectrum[bin], self.spectrum[(WINDOW - bin) % WINDOW].conj());
                energies[0][band] += (z + mirrored).norm_sqr() * 0.25;
                energies[1][band] += (z - mirrored).norm_sqr() * 0.25;
            }
        }
        energies.map(|energies| self.mask(&energies))
    }

    fn mask(&self, energies: &[f32; SFB_LONG]) -> Masking {
        #[expect(clippy::cast_precision_loss, reason = "1024")]
        let mean = (energies.iter().sum::<f32>() / WINDOW as f32).max(1e-9);
        let mut thresholds = [0.0_f32; SFB_LONG];
        for (band, threshold) in thresholds.iter_mut().enumerate() {
            let masked: f32 = self.spread[band].iter().zip(energies).map(|(share, energy)| share * energy).sum();
            // Noise beyond a band's own energy is no better than silence.
            *threshold = masked.max(self.quiet[band] * mean).min(energies[band]);
        }
        Masking { thresholds, energies: *energies, entropy: self.entropy(energies, &thresholds) }
    }

    /// Perceptual entropy (Johnston 1988): the bits that it takes to keep noise at the thresholds, roughly.
    pub(super) fn entropy(&self, energies: &[f32; SFB_LONG], thresholds: &[f32; SFB_LONG]) -> f32 {
        let bands = self.lines.iter().zip(energies).zip(thresholds);
        bands.map(|((lines, energy), threshold)| lines * fast::log2(1.0 + energy / threshold)).sum()
    }
}

/// A count as a number.
#[expect(clippy::cast_precision_loss, reason = "at most 1024")]
fn narrow_index(count: usize) -> f64 {
    count as f64
}

/// What a masker gives at that distance in Bark, in dB.
fn spreading_db(distance: f64) -> f64 {
    let x = distance + 0.474;
    15.81 + 7.5 * x - 17.5 * (1.0 + x * x).sqrt()
}

/// The threshold of hearing in dB.
fn quiet_db(hz: f64) -> f64 {
    let khz = (hz / 1000.0).max(0.01);
    let power = exp2(-0.8 * f64::from(fast::log2(narrow(khz))));
    let ear = exp2(-0.6 * (khz - 3.3) * (khz - 3.3) * LOG2_E);
    3.64 * power - 6.5 * ear + 1e-3 * khz * khz * khz * khz
}
