//! Saturation and clipping at four times the rate, so that most of what they add above the band is filtered away
//! instead of folding back.

use super::delay::DelayLine;
use super::oversample::{kaiser, sinc};
use super::{Process, Stereo, db_to_gain, index, narrow};
use crate::render::{Clipper as ClipperParameters, Processor, Saturation as SaturationParameters};

const FACTOR: usize = 4;
/// Taps of each phase of the filter.
const TAPS: usize = 32;
/// The window's form.
const BETA: f64 = 6.0;
const LENGTH: usize = FACTOR * TAPS;
/// Frames that up and down take together.
const LATENCY: usize = TAPS;
const CHUNK: usize = 256;

/// One channel, up, through a curve, and down again.
struct Oversampled {
    /// The low-pass at a quarter of the raised band, by phase, each phase with a sum of one.
    up: [[f32; TAPS]; FACTOR],
    down: [f32; LENGTH],
    input: Vec<f32>,
    raised: Vec<f32>,
}

impl Oversampled {
    fn new() -> Self {
        let mut up = [[0.0; TAPS]; FACTOR];
        let mut down = [0.0; LENGTH];
        for (phase, taps) in up.iter_mut().enumerate() {
            let tap = |k: usize| {
                let x = (index(k * FACTOR + phase) - index(LENGTH / 2)) / index(FACTOR);
                sinc(x) * kaiser(2.0 * x / index(TAPS), BETA)
            };
            let sum: f64 = (0..TAPS).map(tap).sum();
            for (k, to) in taps.iter_mut().enumerate() {
                *to = narrow(tap(k) / sum);
                down[k * FACTOR + phase] = narrow(tap(k) / sum / index(FACTOR));
            }
        }
        // Oldest sample first, as the windows are.
        for taps in &mut up {
            taps.reverse();
        }
        down.reverse();
        Self { up, down, input: vec![0.0; TAPS - 1], raised: vec![0.0; LENGTH - 1] }
    }

    fn process(&mut self, block: &mut [f32], curve: impl Fn(f32) -> f32) {
        for block in block.chunks_mut(CHUNK) {
            self.input.extend_from_slice(block);
            for window in self.input.windows(TAPS) {
                for taps in &self.up {
                    self.raised.push(curve(dot(taps, window)));
                }
            }
            for (x, window) in block.iter_mut().zip(self.raised.windows(LENGTH).step_by(FACTOR)) {
                *x = dot(&self.down, window);
            }
            self.input.drain(..block.len());
            self.raised.drain(..block.len() * FACTOR);
        }
    }
}

/// The sum of products in eight strands, so that it becomes vector code and keeps its order.
fn dot(taps: &[f32], window: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (taps, window) in taps.chunks_exact(8).zip(window.chunks_exact(8)) {
        for i in 0..8 {
            sums[i] += taps[i] * window[i];
        }
    }
    ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]))
}

/// Soft saturation.
pub(crate) struct Saturation {
    sides: [Oversampled; 2],
    dry: [DelayLine; 2],
    wet: Vec<f32>,
    drive: f32,
    output: f32,
    mix: f32,
}

impl Saturation {
    pub(crate) fn new(parameters: &SaturationParameters) -> Self {
        let mut new = Self {
            sides: [Oversampled::new(), Oversampled::new()],
            dry: [DelayLine::new(LATENCY), DelayLine::new(LATENCY)],
            wet: Vec::new(),
            drive: 1.0,
            output: 1.0,
            mix: 1.0,
        };
        new.tune(parameters);
        new
    }

    fn tune(&mut self, parameters: &SaturationParameters) {
        // The curve's slope at zero is taken back, so that small signals keep their level.
        self.drive = narrow(db_to_gain(parameters.drive_db) / 1.5);
        self.output = narrow(db_to_gain(parameters.output_db - parameters.drive_db));
        self.mix = narrow(parameters.mix);
    }
}

/// A cubic that reaches one with a slope of zero, and stays there.
fn soft(x: f32) -> f32 {
    let x = x.clamp(-1.0, 1.0);
    1.5 * x - 0.5 * x * x * x
}

impl Process for Saturation {
    fn latency(&self) -> usize {
        LATENCY
    }

    fn set(&mut self, parameters: &Processor) {
        if let Processor::Saturation(parameters) = parameters {
            self.tune(parameters);
        }
    }

    fn process(&mut self, block: Stereo<'_>, _key: Option<[&[f32]; 2]>) {
        let (drive, output) = (self.drive, self.output);
        for ((channel, side), dry) in block.into_iter().zip(&mut self.sides).zip(&mut self.dry) {
            self.wet.clear();
            self.wet.extend_from_slice(channel);
            side.process(&mut self.wet, |x| soft(x * drive) * output);
            dry.process(channel);
            for (x, wet) in channel.iter_mut().zip(&self.wet) {
                *x += (wet - *x) * self.mix;
            }
        }
    }
}

/// A clipper with a rounded knee.
pub(crate) struct Clipper {
    sides: [Oversampled; 2],
    drive: f32,
    ceiling: f32,
    /// Where the rounding begins, as a part of the ceiling.
    knee: f32,
}

impl Clipper {
    pub(crate) fn new(parameters: &ClipperParameters) -> Self {
        let sides = [Oversampled::new(), Oversampled::new()];
        let mut new = Self { sides, drive: 1.0, ceiling: 1.0, knee: 1.0 };
        new.tune(parameters);
        new
    }

    fn tune(&mut self, parameters: &ClipperParameters) {
        self.ceiling = narrow(db_to_gain(parameters.ceiling_db));
        self.drive = narrow(db_to_gain(parameters.drive_db - parameters.ceiling_db));
        self.knee = narrow(db_to_gain(-parameters.knee_db));
    }
}

/// Straight up to the knee, then a parabola that meets one with a slope of zero.
fn clip(x: f32, knee: f32) -> f32 {
    let size = x.abs();
    let room = 1.0 - knee;
    let t = ((size - knee) / (2.0 * room).max(1e-6)).clamp(0.0, 1.0);
    (size.min(knee) + room * t * (2.0 - t)).copysign(x)
}

impl Process for Clipper {
    fn latency(&self) -> usize {
        LATENCY
    }

    fn set(&mut self, parameters: &Processor) {
        if let Processor::Clipper(parameters) = parameters {
            self.tune(parameters);
        }
    }

    fn process(&mut self, block: Stereo<'_>, _key: Option<[&[f32]; 2]>) {
        let (drive, ceiling, knee) = (self.drive, self.ceiling, self.knee);
        for (channel, side) in block.into_iter().zip(&mut self.sides) {
            side.process(channel, |x| clip(x * drive, knee) * ceiling);
        }
    }
}
