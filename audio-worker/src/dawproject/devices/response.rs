//! What filters ought to do to each frequency, and how far what is played is off.
//!
//! The format names a band's form, order, frequency, gain and quality, and no design. The analogue prototypes of R. Bristow-Johnson's Audio EQ
//! Cookbook, and Butterworth's, are what these numbers mean nearly everywhere; they are taken at the rate of the mix, through the bilinear transform.

use std::f64::consts::PI;

use audio_engine::{render::Processor, response_db};
use interchange::dawproject::BandKind;

/// The band in which filters are compared, in Hz.
const HEARD_HZ: (f64, f64) = (20.0, 20_000.0);
/// Frequencies that are compared, evenly spaced in octaves.
const COMPARED: u32 = 400;
/// What is softer than this is silence, however soft it is, in dB.
const SILENT_DB: f64 = -80.0;
/// Filters are compared below this part of the sample rate, and their own frequencies are taken no higher.
const HIGHEST: f64 = 0.49;

/// One section of a filter as it ought to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ideal {
    pub(super) kind: BandKind,
    /// Whether it is of the first order; of the second otherwise.
    pub(super) is_first: bool,
    pub(super) hz: f64,
    pub(super) gain_db: f64,
    pub(super) q: f64,
}

impl Ideal {
    /// Its gain at a frequency, in dB.
    pub(super) fn db(&self, hz: f64, rate_hz: f64) -> f64 {
        let warped = |hz: f64| (PI * (hz / rate_hz).min(HIGHEST)).tan();
        // Beyond what the rate can show the analogue filter is meant.
        let ratio = if self.hz < HIGHEST * rate_hz { warped(hz) / warped(self.hz) } else { hz / self.hz };
        let square = ratio * ratio;
        let root = 10_f64.powf(self.gain_db / 40.0);
        let power = if self.is_first {
            match self.kind {
                BandKind::HighPass => square / (1.0 + square),
                BandKind::LowPass => 1.0 / (1.0 + square),
                BandKind::LowShelf => (square + root * root) / (square + 1.0 / (root * root)),
                BandKind::HighShelf => (1.0 + square * root * root) / (1.0 + square / (root * root)),
                BandKind::BandPass | BandKind::Bell | BandKind::Notch => 1.0,
            }
        } else {
            let apart = (1.0 - square) * (1.0 - square);
            let width = |q: f64| square / (q * q);
            match self.kind {
                BandKind::HighPass => square * square / (apart + width(self.q)),
                BandKind::LowPass => 1.0 / (apart + width(self.q)),
                BandKind::BandPass => width(self.q) / (apart + width(self.q)),
                BandKind::Notch => apart / (apart + width(self.q)),
                BandKind::Bell => (apart + width(self.q / root)) / (apart + width(self.q * root)),
                BandKind::LowShelf => root * root * shelf(square, root, self.q),
                BandKind::HighShelf => root * root * shelf(1.0 / square, root, self.q),
            }
        };
        10.0 * power.max(1e-30).log10()
    }
}

/// A shelf's power below its gain, by the square of the frequency that is above the shelf.
fn shelf(square: f64, root: f64, q: f64) -> f64 {
    let slope = square * root / (q * q);
    let side = |a: f64, b: f64| (a - b * square) * (a - b * square) + slope;
    side(root, 1.0) / side(1.0, root)
}

/// The largest difference within what is heard between what is played, with a gain beside it, and what is meant, in dB.
pub(super) fn deviation_db(processors: &[Processor], gain_db: f64, meant: impl Fn(f64) -> f64, rate_hz: f64) -> f64 {
    let (low, high) = (HEARD_HZ.0, HEARD_HZ.1.min(HIGHEST * rate_hz));
    let compare = |i: u32| {
        let hz = low * (high / low).powf(f64::from(i) / f64::from(COMPARED));
        let played: f64 = processors.iter().filter_map(|processor| response_db(processor, hz, rate_hz)).sum();
        ((played + gain_db).max(SILENT_DB) - meant(hz).max(SILENT_DB)).abs()
    };
    (0..=COMPARED).map(compare).fold(0.0, f64::max)
}
