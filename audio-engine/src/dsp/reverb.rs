//! The algorithmic reverb: diffusing allpasses into a feedback delay network of eight lines (Jot 1991), mixed by a
//! Hadamard matrix, each line losing its part of the decay and its highs.

use super::delay::{DelayLine, NO_DENORMAL};
use super::math::exp2;
use super::{Process, Stereo, narrow};
use crate::render::{Processor, Reverb as Parameters};

/// Lengths of the lines in a hall, in ms; none a multiple of another.
const LINES_MS: [f64; 8] = [29.7, 37.1, 41.1, 43.7, 53.3, 61.7, 71.3, 79.1];
/// Lengths of the diffusers of each side, in ms.
const DIFFUSERS_MS: [[f64; 4]; 2] = [[4.77, 3.59, 12.73, 9.31], [5.03, 3.71, 12.17, 9.67]];
const DIFFUSION: f32 = 0.65;
/// One over the square root of eight: the matrix of eight delays keeps the energy.
const HADAMARD: f32 = 0.353_553_4;
/// Suits a mix of one half.
const LEVEL: f32 = 0.5;

/// A reverb.
pub(crate) struct Reverb {
    pre_delay: [DelayLine; 2],
    diffusers: [[DelayLine; 4]; 2],
    lines: [DelayLine; 8],
    lengths_s: [f64; 8],
    decay: [f32; 8],
    damped: [f32; 8],
    damping: f32,
    mix: f32,
    rate: f64,
}

impl Reverb {
    pub(crate) fn new(parameters: &Parameters, rate: f64) -> Self {
        let frames = |ms: f64| super::whole(ms / 1000.0 * rate).max(1);
        // Odd lengths, so that lines share few factors.
        let lengths = LINES_MS.map(|ms| frames(ms * parameters.size) | 1);
        let mut new = Self {
            pre_delay: std::array::from_fn(|_| DelayLine::new(frames(parameters.pre_delay_ms))),
            diffusers: DIFFUSERS_MS.map(|side| side.map(|ms| DelayLine::new(frames(ms * parameters.size)))),
            lines: lengths.map(DelayLine::new),
            lengths_s: lengths.map(|n| f64::from(u32::try_from(n).unwrap_or(u32::MAX)) / rate),
            decay: [0.0; 8],
            damped: [0.0; 8],
            damping: 0.0,
            mix: 0.0,
            rate,
        };
        new.tune(parameters);
        new
    }

    fn tune(&mut self, parameters: &Parameters) {
        // Sixty decibels in the decay's time.
        let per_second = -(60.0 / 20.0) * std::f64::consts::LOG2_10 / parameters.decay_s;
        self.decay = self.lengths_s.map(|s| narrow(exp2(per_second * s)));
        let turns = (parameters.damping_hz / self.rate).min(0.49);
        self.damping = narrow(1.0 - exp2(-std::f64::consts::TAU * turns * std::f64::consts::LOG2_E));
        self.mix = narrow(parameters.mix);
    }

    fn frame(&mut self, input: [f32; 2]) -> [f32; 2] {
        let mut diffuse = [0.0; 2];
        for side in 0..2 {
            let mut x = self.pre_delay[side].oldest();
            self.pre_delay[side].push(input[side]);
            for line in &mut self.diffusers[side] {
                let before = line.oldest();
                let inner = x - DIFFUSION * before;
                line.push(inner + NO_DENORMAL);
                x = before + DIFFUSION * inner;
            }
            diffuse[side] = x;
        }
        let mut out = [0.0; 8];
        for ((out, line), (damped, decay)) in
            out.iter_mut().zip(&self.lines).zip(self.damped.iter_mut().zip(self.decay))
        {
            *damped += (line.oldest() - *damped) * self.damping + NO_DENORMAL;
            *out = *damped * decay;
        }
        let wet = [out[0] - out[2] + out[4] - out[6], out[1] - out[3] + out[5] - out[7]].map(|x| x * LEVEL);
        hadamard(&mut out);
        for (i, (line, x)) in self.lines.iter_mut().zip(out).enumerate() {
            line.push(x + diffuse[i % 2] + NO_DENORMAL);
        }
        wet
    }
}

/// The orthogonal 8 x 8 matrix of ones and minus ones, in three steps of sums and differences.
fn hadamard(x: &mut [f32; 8]) {
    for span in [1, 2, 4] {
        for i in (0..8).filter(|i| i & span == 0) {
            let (a, b) = (x[i], x[i + span]);
            (x[i], x[i + span]) = (a + b, a - b);
        }
    }
    for x in x {
        *x *= HADAMARD;
    }
}

impl Process for Reverb {
    fn set(&mut self, parameters: &Processor) {
        if let Processor::Reverb(parameters) = parameters {
            self.tune(parameters);
        }
    }

    fn process(&mut self, [left, right]: Stereo<'_>, _key: Option<[&[f32]; 2]>) {
        for (left, right) in left.iter_mut().zip(right) {
            let wet = self.frame([*left, *right]);
            *left += (wet[0] - *left) * self.mix;
            *right += (wet[1] - *right) * self.mix;
        }
    }
}
