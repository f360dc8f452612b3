//! Linkwitz-Riley crossovers, and what works on bands: multiband compressor, de-esser, width with mono bass.
//!
//! A crossover is two Butterworth filters in series on each side (Linkwitz 1976): the sides sum to an allpass. Bands
//! below a crossover pass its allpass, so that all of them together stay in phase.

use super::biquad::{Cascade, Section};
use super::dynamics::{CompressorGain, CompressorSetting};
use super::{Process, Stereo, narrow, simd};
use crate::render::Width as WidthParameters;
use crate::render::{DeEsser as DeEsserParameters, Multiband as MultibandParameters, MultibandBand, Processor};
use std::f64::consts::FRAC_1_SQRT_2;

type Planes = [Vec<f32>; 2];

/// Both filters of a crossover's lower side, of fourth order.
fn low(frequency_hz: f64, rate: f64) -> [Section; 2] {
    [Section::low_pass(frequency_hz, FRAC_1_SQRT_2, rate); 2]
}

fn high(frequency_hz: f64, rate: f64) -> [Section; 2] {
    [Section::high_pass(frequency_hz, FRAC_1_SQRT_2, rate); 2]
}

/// What the two sides sum to.
fn sum(frequency_hz: f64, rate: f64) -> Section {
    Section::all_pass(frequency_hz, FRAC_1_SQRT_2, rate)
}

fn both(planes: &mut Planes) -> Stereo<'_> {
    let [left, right] = planes;
    [left, right]
}

/// Splits a signal into bands that sum to an allpass.
pub(crate) struct Crossover {
    /// For every crossover its lower side with the allpasses of the higher ones behind it, and its upper side.
    sides: Vec<(Cascade, Cascade)>,
}

impl Crossover {
    pub(crate) fn new(frequencies_hz: &[f64], rate: f64) -> Self {
        let side = |(i, hz): (usize, &f64)| {
            let behind = frequencies_hz[i + 1..].iter().map(|hz| sum(*hz, rate));
            (Cascade::new(low(*hz, rate).into_iter().chain(behind)), Cascade::new(high(*hz, rate)))
        };
        Self { sides: frequencies_hz.iter().enumerate().map(side).collect() }
    }

    /// Writes the bands, from the lowest; what is above the last crossover is left in `block`.
    pub(crate) fn split(&mut self, [left, right]: Stereo<'_>, bands: &mut Vec<Planes>) {
        bands.resize_with(self.sides.len(), Planes::default);
        for ((low, high), band) in self.sides.iter_mut().zip(bands) {
            band[0].clear();
            band[0].extend_from_slice(left);
            band[1].clear();
            band[1].extend_from_slice(right);
            low.process(both(band));
            high.process([left, right]);
        }
    }
}

/// A compressor for each band.
pub(crate) struct Multiband {
    crossover: Crossover,
    gains: Vec<CompressorGain>,
    bands: Vec<Planes>,
    ride: Vec<f32>,
    rate: f64,
}

impl Multiband {
    pub(crate) fn new(parameters: &MultibandParameters, rate: f64) -> Self {
        Self {
            crossover: Crossover::new(&parameters.crossovers_hz, rate),
            gains: parameters.bands.iter().map(|band| CompressorGain::new(&band_setting(band), rate)).collect(),
            bands: Vec::new(),
            ride: Vec::new(),
            rate,
        }
    }
}

fn band_setting(band: &MultibandBand) -> CompressorSetting {
    CompressorSetting {
        threshold_db: band.threshold_db,
        ratio: band.ratio,
        knee_db: band.knee_db,
        attack_ms: band.attack_ms,
        release_ms: band.release_ms,
        make_up_db: band.gain_db,
    }
}

impl Process for Multiband {
    fn set(&mut self, parameters: &Processor) {
        let Processor::Multiband(parameters) = parameters else { return };
        for (gain, band) in self.gains.iter_mut().zip(&parameters.bands) {
            gain.set(&band_setting(band), self.rate);
        }
    }

    fn process(&mut self, [left, right]: Stereo<'_>, _key: Option<[&[f32]; 2]>) {
        self.crossover.split([left, right], &mut self.bands);
        if let Some(highest) = self.gains.last_mut() {
            highest.follow([left, right], &mut self.ride);
            for channel in [&mut *left, &mut *right] {
                simd::multiply(channel, &self.ride);
            }
        }
        for (band, gain) in self.bands.iter().zip(&mut self.gains) {
            gain.follow([&band[0], &band[1]], &mut self.ride);
            for (channel, band) in [&mut *left, &mut *right].into_iter().zip(band) {
                for ((x, band), gain) in channel.iter_mut().zip(band).zip(&self.ride) {
                    *x += band * gain;
                }
            }
        }
    }
}

/// Turns the highs down where they hiss.
pub(crate) struct DeEsser {
    crossover: Crossover,
    gain: CompressorGain,
    low: Vec<Planes>,
    ride: Vec<f32>,
    frequency_hz: f64,
    rate: f64,
}

impl DeEsser {
    pub(crate) fn new(parameters: &DeEsserParameters, rate: f64) -> Self {
        Self {
            crossover: Crossover::new(&[parameters.frequency_hz], rate),
            gain: CompressorGain::new(&de_esser_setting(parameters), rate),
            low: Vec::new(),
            ride: Vec::new(),
            frequency_hz: parameters.frequency_hz,
            rate,
        }
    }
}

fn de_esser_setting(parameters: &DeEsserParameters) -> CompressorSetting {
    CompressorSetting {
        threshold_db: parameters.threshold_db,
        ratio: parameters.ratio,
        knee_db: 6.0,
        attack_ms: parameters.attack_ms,
        release_ms: parameters.release_ms,
        make_up_db: 0.0,
    }
}

impl Process for DeEsser {
    fn set(&mut self, parameters: &Processor) {
        let Processor::DeEsser(parameters) = parameters else { return };
        self.gain.set(&de_esser_setting(parameters), self.rate);
        if (self.frequency_hz - parameters.frequency_hz).abs() > 0.0 {
            self.frequency_hz = parameters.frequency_hz;
            for (low_side, high_side) in &mut self.crossover.sides {
                low_side.set(low(parameters.frequency_hz, self.rate));
                high_side.set(high(parameters.frequency_hz, self.rate));
            }
        }
    }

    fn process(&mut self, [left, right]: Stereo<'_>, _key: Option<[&[f32]; 2]>) {
        self.crossover.split([left, right], &mut self.low);
        self.gain.follow([left, right], &mut self.ride);
        for (channel, low) in [left, right].into_iter().zip(&self.low[0]) {
            for ((x, low), gain) in channel.iter_mut().zip(low).zip(&self.ride) {
                *x = *x * gain + low;
            }
        }
    }
}

/// Mid and side: a factor on the side, which loses its bass; the mid passes the crossover's allpass to stay in phase.
pub(crate) struct Width {
    factor: f32,
    mono_below_hz: f64,
    /// The side's high-pass and the mid's allpass, each running on one of two channels.
    side: Cascade,
    mid: Cascade,
    planes: [Planes; 2],
    rate: f64,
}

impl Width {
    pub(crate) fn new(parameters: &WidthParameters, rate: f64) -> Self {
        let hz = parameters.mono_below_hz.max(1.0);
        Self {
            factor: narrow(parameters.width),
            mono_below_hz: parameters.mono_below_hz,
            side: Cascade::new(high(hz, rate)),
            mid: Cascade::new([sum(hz, rate)]),
            planes: [Planes::default(), Planes::default()],
            rate,
        }
    }
}

impl Process for Width {
    fn set(&mut self, parameters: &Processor) {
        let Processor::Width(parameters) = parameters else { return };
        self.factor = narrow(parameters.width);
        self.mono_below_hz = parameters.mono_below_hz;
        let hz = parameters.mono_below_hz.max(1.0);
        self.side.set(high(hz, self.rate));
        self.mid.set([sum(hz, self.rate)]);
    }

    fn process(&mut self, [left, right]: Stereo<'_>, _key: Option<[&[f32]; 2]>) {
        let [mid, side] = &mut self.planes;
        for planes in [&mut *mid, &mut *side] {
            for plane in planes {
                plane.clear();
                plane.resize(left.len(), 0.0);
            }
        }
        for (i, (l, r)) in left.iter().zip(right.iter()).enumerate() {
            mid[0][i] = 0.5 * (l + r);
            side[0][i] = 0.5 * (l - r);
        }
        if self.mono_below_hz > 0.0 {
            self.mid.process(both(mid));
            self.side.process(both(side));
        }
        for (i, (l, r)) in left.iter_mut().zip(right).enumerate() {
            let (m, s) = (mid[0][i], side[0][i] * self.factor);
            (*l, *r) = (m + s, m - s);
        }
    }
}
