//! Inter-sample peaks by a four-fold polyphase interpolator (ITU-R BS.1770-5, annex 2, with a longer filter).
//!
//! Of its phases the one halfway between two samples is symmetric, and the other two mirror each other. So sums and
//! differences of the samples on either side serve all three: with `e` and `o` the even and odd parts of the first, these
//! two give `e + o` and `e - o`, of which the larger magnitude is `|e| + |o|`.

use super::math::sin_turns;
use super::{index, narrow};
use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x8};

/// Taps of each phase; even.
pub(super) const TAPS: usize = 24;
/// Frames between a sample's entry and its own peak leaving.
pub(crate) const DELAY: usize = TAPS / 2;
/// Pairs of taps.
const PAIRS: usize = TAPS / 2;
/// The window's form: with 24 taps this one finds what an interpolator of 32 taps and 9 does, never less and at most
/// 0.05 dB more, on noise up to half the rate as well.
const BETA: f64 = 5.0;
const CHUNK: usize = 256;
/// Frames that are interpolated at once.
const LANES: usize = 8;
/// Frames that are interpolated or left out together.
const GROUP: usize = 16;
/// Groups that a group's frames are interpolated from: its own and those that the taps reach into.
const REACH: usize = 1 + (TAPS - 1).div_ceil(GROUP);
/// Room for a chunk and what its last group reaches into.
const WINDOW: usize = CHUNK + (REACH - 1) * GROUP;

/// Finds, for every frame of one channel, the largest magnitude between it and the next one.
pub(crate) struct PeakFinder {
    /// Weights of each pair's sum: the phase at one half, and the even part of that at one quarter.
    half: [f32; PAIRS],
    even: [f32; PAIRS],
    /// Weights of each pair's difference: the odd part of the phase at one quarter.
    odd: [f32; PAIRS],
    /// No interpolated value exceeds the largest sample times this.
    worst_gain: f32,
    /// The last `TAPS - 1` samples, then the current chunk.
    window: [f32; WINDOW],
}

impl PeakFinder {
    pub(crate) fn new() -> Self {
        let [quarter, half] = [0.25, 0.5].map(phase);
        let part = |sign: f64| std::array::from_fn(|k| narrow(0.5 * (quarter[k] + sign * quarter[TAPS - 1 - k])));
        let largest = [quarter, half].map(|taps| taps.iter().map(|tap| tap.abs()).sum::<f64>());
        Self {
            half: std::array::from_fn(|k| narrow(half[k])),
            even: part(1.0),
            odd: part(-1.0),
            // A little more than exact, for sums are rounded.
            worst_gain: narrow(largest[0].max(largest[1]).max(1.0) * 1.000_01),
            window: [0.0; WINDOW],
        }
    }

    /// The largest magnitude of all of `input` and between its samples, if it exceeds `floor`; else `floor`. The last
    /// `DELAY` frames are seen with the next input.
    pub(crate) fn highest(&mut self, input: &[f32], floor: f32) -> f32 {
        let mut peaks = [0.0; CHUNK];
        let mut highest = floor;
        for input in input.chunks(CHUNK) {
            let peaks = &mut peaks[..input.len()];
            peaks.fill(0.0);
            self.raise(input, peaks, highest);
            highest = highest.max(loudest(peaks));
        }
        highest
    }

    /// Raises `peaks[i]` to the largest magnitude around the frame that entered `DELAY` frames before `input[i]`.
    /// Below `ignore` the values are only known to be below it.
    pub(crate) fn raise(&mut self, input: &[f32], peaks: &mut [f32], ignore: f32) {
        self.raise_with(Level::new(), input, peaks, ignore);
    }

    fn raise_with(&mut self, level: Level, input: &[f32], peaks: &mut [f32], ignore: f32) {
        dispatch!(level, simd => self.raise_by(simd, input, peaks, ignore));
    }

    #[inline(always)]
    fn raise_by<S: Simd>(&mut self, simd: S, input: &[f32], peaks: &mut [f32], ignore: f32) {
        for (input, peaks) in input.chunks(CHUNK).zip(peaks.chunks_mut(CHUNK)) {
            let end = TAPS - 1 + input.len();
            self.window[TAPS - 1..end].copy_from_slice(input);
            self.window[end..].fill(0.0);
            for (peak, x) in peaks.iter_mut().zip(&self.window[TAPS - 1 - DELAY..]) {
                *peak = peak.max(x.abs());
            }
            let loudest: [f32; WINDOW / GROUP] =
                std::array::from_fn(|g| loudest_by(simd, &self.window[g * GROUP..][..GROUP]));
            for (g, peaks) in peaks.chunks_mut(GROUP).enumerate() {
                let near = loudest[g..g + REACH].iter().fold(0.0_f32, |m, x| m.max(*x));
                if near * self.worst_gain <= ignore {
                    continue;
                }
                for (l, peaks) in peaks.chunks_mut(LANES).enumerate() {
                    let between = self.between(simd, &self.window[g * GROUP + l * LANES..]);
                    for (peak, between) in peaks.iter_mut().zip(between) {
                        *peak = peak.max(between);
                    }
                }
            }
            self.window.copy_within(input.len()..end, 0);
        }
    }

    /// The largest interpolated magnitude of each of the first `LANES` frames of a window.
    #[inline(always)]
    fn between<S: Simd>(&self, simd: S, window: &[f32]) -> [f32; LANES] {
        let window = &window[..LANES + TAPS - 1];
        let eight = |from: usize| f32x8::from_slice(simd, &window[from..from + LANES]);
        let [mut half, mut even, mut odd] = [f32x8::splat(simd, 0.0); 3];
        for k in 0..PAIRS {
            let (before, after) = (eight(k), eight(TAPS - 1 - k));
            let (sum, difference) = (before + after, before - after);
            half += sum * self.half[k];
            even += sum * self.even[k];
            odd += difference * self.odd[k];
        }
        half.abs().max_precise(even.abs() + odd.abs()).to_array()
    }
}

/// The filter for an instant that many frames after a sample; its taps sum to one.
fn phase(after: f64) -> [f64; TAPS] {
    // Tap k weighs the sample that is `x` frames away from the interpolated instant.
    let tap = |k: usize| {
        let x = index(k) - (index(DELAY) - 1.0) - after;
        sinc(x) * kaiser(2.0 * x / index(TAPS), BETA)
    };
    let taps: [f64; TAPS] = std::array::from_fn(tap);
    let sum: f64 = taps.iter().sum();
    taps.map(|tap| tap / sum)
}

/// The largest magnitude.
pub(crate) fn loudest(samples: &[f32]) -> f32 {
    loudest_with(Level::new(), samples)
}

fn loudest_with(level: Level, samples: &[f32]) -> f32 {
    dispatch!(level, simd => loudest_by(simd, samples))
}

#[inline(always)]
fn loudest_by<S: Simd>(simd: S, samples: &[f32]) -> f32 {
    let (whole, rest) = samples.as_chunks::<LANES>();
    let rest = rest.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
    let lanes = whole.iter().fold(f32x8::splat(simd, 0.0), |m, x| m.max_precise(f32x8::simd_from(simd, *x).abs()));
    lanes.to_array().into_iter().fold(rest, f32::max)
}

pub(super) fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { sin_turns(x / 2.0) / (std::f64::consts::PI * x) }
}

/// The Kaiser window over -1..1, up to a factor; the larger `beta`, the wider the transition and the less beside it.
pub(super) fn kaiser(x: f64, beta: f64) -> f64 {
    // The modified Bessel function of order zero, whose series needs the argument's square alone.
    let quarter_square = beta * beta * (1.0 - x * x).max(0.0) / 4.0;
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..=25 {
        term *= quarter_square / f64::from(k * k);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::levels;

    /// Of no frames, and on either side of what is worked on at once.
    const LENGTHS: [usize; 8] = [0, 1, 3, 4, 63, 64, 65, 257];

    #[test]
    fn peaks_are_the_bits_of_a_plain_loop() {
        let mut noise = crate::dsp::Noise::new(5);
        let finder = PeakFinder::new();
        for len in LENGTHS {
            let input: Vec<f32> = (0..len).map(|_| narrow(noise.bipolar())).collect();
            let padded = [vec![0.0; TAPS - 1], input.clone()].concat();
            let plain = |i: usize| {
                let [mut half, mut even, mut odd] = [0.0_f32; 3];
                for k in 0..PAIRS {
                    let (before, after) = (padded[i + k], padded[i + TAPS - 1 - k]);
                    half += (before + after) * finder.half[k];
                    even += (before + after) * finder.even[k];
                    odd += (before - after) * finder.odd[k];
                }
                padded[i + TAPS - 1 - DELAY].abs().max(half.abs()).max(even.abs() + odd.abs()).to_bits()
            };
            let expected: Vec<u32> = (0..len).map(plain).collect();
            for level in levels() {
                let mut peaks = vec![0.0_f32; len];
                PeakFinder::new().raise_with(level, &input, &mut peaks, 0.0);
                let peaks: Vec<u32> = peaks.iter().map(|peak| peak.to_bits()).collect();
                assert_eq!(peaks, expected, "{len} frames, {level:?}");
            }
        }
    }

    #[test]
    fn the_loudest_is_the_bits_of_a_plain_loop() {
        let mut noise = crate::dsp::Noise::new(6);
        for len in LENGTHS {
            let numbers: Vec<f32> = (0..len).map(|_| narrow(noise.bipolar())).collect();
            // What is no number hides no other.
            let mut with_none = numbers.clone();
            with_none.iter_mut().skip(len / 2).step_by(9).for_each(|x| *x = f32::NAN);
            for samples in [numbers, with_none] {
                let expected = samples.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
                for level in levels() {
                    let given = loudest_with(level, &samples);
                    assert_eq!(given.to_bits(), expected.to_bits(), "{len} frames, {level:?}: {given} for {expected}");
                }
            }
        }
    }

    #[test]
    fn finds_the_peak_between_samples() {
        // A quarter-rate sine at 45° has its samples at 0.707 of its peak.
        let input: Vec<f32> = (0..400).map(|i| narrow(sin_turns(f64::from(i) / 4.0 + 0.125))).collect();
        let mut peaks = vec![0.0; 400];
        PeakFinder::new().raise(&input, &mut peaks, 0.0);
        let found = peaks[100..].iter().fold(0.0_f32, |m, x| m.max(*x));
        assert!((found - 1.0).abs() < 0.01, "{found}");
    }

    #[test]
    fn agrees_with_the_direct_sum_whatever_is_left_out() {
        let mut noise = crate::dsp::Noise::new(3);
        // Loud and quiet stretches, and chunks that end inside groups.
        let sample = |i: usize| narrow(noise.bipolar() * if (i / 90).is_multiple_of(2) { 1.0 } else { 0.05 });
        let input: Vec<f32> = (0..2_000).map(sample).collect();
        let padded = [vec![0.0; TAPS - 1], input.clone()].concat();
        let phases = [0.25, 0.5, 0.75].map(phase);
        let direct = |i: usize| {
            let at = |taps: &[f64; TAPS]| {
                padded[i..i + TAPS].iter().zip(taps).map(|(x, tap)| f64::from(*x) * tap).sum::<f64>().abs()
            };
            phases.iter().map(at).fold(f64::from(padded[i + TAPS - 1 - DELAY].abs()), f64::max)
        };
        for ignore in [0.0, 0.4, 1.1] {
            let (mut finder, mut peaks) = (PeakFinder::new(), vec![0.0; input.len()]);
            for (input, peaks) in input.chunks(301).zip(peaks.chunks_mut(301)) {
                finder.raise(input, peaks, ignore);
            }
            for (i, peak) in peaks.iter().enumerate() {
                let right = direct(i);
                let as_known = right <= f64::from(ignore) + 1e-6 && *peak <= ignore;
                assert!((f64::from(*peak) - right).abs() < 2e-6 || as_known, "{i}: {peak} for {right}");
            }
        }
    }

    /// What is full of peaks between samples up to half the rate: there interpolators part ways.
    #[test]
    fn finds_no_less_than_a_longer_interpolator() {
        let mut noise = crate::dsp::Noise::new(11);
        let signs: Vec<f32> = (0..48_000).map(|_| narrow(0.4 * noise.bipolar().signum())).collect();
        let uniform: Vec<f32> = (0..48_000).map(|_| narrow(0.8 * noise.bipolar())).collect();
        for (name, signal) in [("signs", signs), ("uniform", uniform)] {
            let mut longer = 0.0_f64;
            for phase in [0.25, 0.5, 0.75] {
                let tap = |k: usize| {
                    let x = index(k) - 15.0 - phase;
                    sinc(x) * kaiser(x / 16.0, 9.0)
                };
                let taps: Vec<f64> = (0..32).map(tap).collect();
                let sum: f64 = taps.iter().sum();
                for window in signal.windows(32) {
                    let between: f64 = window.iter().zip(&taps).map(|(x, tap)| f64::from(*x) * tap / sum).sum();
                    longer = longer.max(between.abs());
                }
            }
            let found = f64::from(PeakFinder::new().highest(&signal, 0.0));
            let apart_db = 20.0 * (found / longer).log10();
            assert!((-0.005..0.1).contains(&apart_db), "{name}: {apart_db}");
        }
    }
}
