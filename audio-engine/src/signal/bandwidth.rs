//! Where a spectrum ends. Lossy encoders cut everything above some frequency as with a knife; music fades out.

use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Frames of one transform.
const SIZE: usize = 4096;
/// Seconds from one transform to the next.
const EVERY_S: f64 = 0.2;
/// Width of the bands that are compared, in Hz.
const BAND_HZ: f64 = 200.0;
/// A cut drops by this much within three bands, in dB, and nothing above it comes back.
const DROP_DB: f64 = 20.0;
/// Below this frequency no encoder cuts, in Hz.
const LOWEST_HZ: f64 = 8_000.0;
/// Ends above this part of half the rate are the converter's own filter.
const FULL: f64 = 0.93;

/// Averages the power spectrum of the sum of all channels.
pub(super) struct Spectrum {
    rate: f64,
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    frame: Vec<f32>,
    /// Frames that are still to be left out.
    skip: usize,
    power: Vec<f64>,
    count: u32,
}

impl Spectrum {
    pub(super) fn new(sample_rate_hz: u32) -> Self {
        Self {
            rate: f64::from(sample_rate_hz),
            transform: RealFftPlanner::new().plan_fft_forward(SIZE),
            window: blackman_harris(),
            frame: Vec::with_capacity(SIZE),
            skip: 0,
            power: vec![0.0; SIZE / 2 + 1],
            count: 0,
        }
    }

    pub(super) fn add(&mut self, block: &[Vec<f32>]) {
        let len = block.first().map_or(0, Vec::len);
        let mut at = 0;
        while at < len {
            let skipped = self.skip.min(len - at);
            self.skip -= skipped;
            at += skipped;
            let end = len.min(at + SIZE - self.frame.len());
            for i in at..end {
                self.frame.push(block.iter().map(|channel| channel[i]).sum());
            }
            at = end;
            if self.frame.len() == SIZE {
                self.end_frame();
            }
        }
    }

    fn end_frame(&mut self) {
        for (x, w) in self.frame.iter_mut().zip(&self.window) {
            *x *= w;
        }
        let mut spectrum = self.transform.make_output_vec();
        // It fails for buffers of a wrong length alone.
        if self.transform.process(&mut self.frame, &mut spectrum).is_ok() {
            for (power, bin) in self.power.iter_mut().zip(&spectrum) {
                *power += f64::from(bin.norm_sqr());
            }
            self.count += 1;
        }
        self.frame.clear();
        self.skip = whole(self.rate * EVERY_S).saturating_sub(SIZE);
    }

    /// The frequency of a cut, in Hz.
    pub(super) fn cutoff_hz(&self) -> Option<f64> {
        let bands = self.bands_db();
        let lowest = whole(LOWEST_HZ / BAND_HZ).max(3);
        let highest = whole(self.rate / 2.0 * FULL / BAND_HZ).min(bands.len().checked_sub(4)?);
        let loudest = bands.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (lowest..highest).rev().find_map(|k| {
            let below = bands[k - 3..k].iter().copied().fold(f64::INFINITY, f64::min);
            let above = bands[k + 2..].iter().copied().fold(f64::NEG_INFINITY, f64::max);
            // What is cut must have been there: no more than 90 dB below the loudest band.
            (below - above >= DROP_DB && below > loudest - 90.0).then(|| float(k) * BAND_HZ)
        })
    }

    fn bands_db(&self) -> Vec<f64> {
        if self.count == 0 {
            return Vec::new();
        }
        let per_band = BAND_HZ / (self.rate / float(SIZE));
        let count = whole(float(SIZE / 2) / per_band);
        let band = |k: usize| {
            let (from, to) = (whole(float(k) * per_band), whole(float(k + 1) * per_band));
            let bins = &self.power[from..to.max(from + 1)];
            let mean = bins.iter().sum::<f64>() / float(bins.len());
            10.0 * (mean / f64::from(self.count)).max(1e-20).log10()
        };
        (0..count).map(band).collect()
    }
}

/// Harris 1978, four terms: side lobes at -92 dB, so that what lies below a cut does not spill over it.
fn blackman_harris() -> Vec<f32> {
    let value = |i: usize| {
        let t = std::f64::consts::TAU * float(i) / float(SIZE);
        0.358_75 - 0.488_29 * t.cos() + 0.141_28 * (2.0 * t).cos() - 0.011_68 * (3.0 * t).cos()
    };
    (0..SIZE).map(|i| narrow(value(i))).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "the samples' precision")]
fn narrow(x: f64) -> f32 {
    x as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bands and frames of a fraction of a second"
)]
fn whole(x: f64) -> usize {
    x as usize
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn float(n: usize) -> f64 {
    n as f64
}
