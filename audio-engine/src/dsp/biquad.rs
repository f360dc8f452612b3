//! Second-order filters in series, both channels at once, in double precision (transposed direct form II).
//!
//! Coefficients follow R. Bristow-Johnson's Audio EQ Cookbook, and the bilinear transform for first order.

use super::math::{exp2, log10, sin_turns};
use super::{Stereo, narrow};
use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f64x2, f64x4};
use std::cell::Cell;

/// Keeps the states of a filter that rings out away from denormal numbers; far below what an `f32` can show.
const NO_DENORMAL: f64 = 1e-60;
/// Filters stay below this part of the sample rate.
const HIGHEST: f64 = 0.49;
/// Sections that run together.
const AT_ONCE: usize = 4;

/// The coefficients of one section, normalised to `a0` = 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Section {
    pub(crate) b: [f64; 3],
    pub(crate) a: [f64; 2],
}

/// Cosine, one minus cosine, and alpha of the cookbook.
struct Angle {
    cos: f64,
    versine: f64,
    alpha: f64,
}

impl Angle {
    fn new(frequency_hz: f64, q: f64, rate: f64) -> Self {
        let turns = (frequency_hz / rate).min(HIGHEST);
        // Twice the squared sine of half the angle: exact where the cosine is close to one.
        let versine = 2.0 * sin_turns(turns / 2.0) * sin_turns(turns / 2.0);
        Self { cos: 1.0 - versine, versine, alpha: sin_turns(turns) / (2.0 * q) }
    }
}

impl Section {
    /// Divides by `a[0]`.
    pub(crate) fn new(b: [f64; 3], a: [f64; 3]) -> Self {
        Self { b: b.map(|b| b / a[0]), a: [a[1] / a[0], a[2] / a[0]] }
    }

    pub(crate) fn low_pass(frequency_hz: f64, q: f64, rate: f64) -> Self {
        let Angle { cos, versine, alpha } = Angle::new(frequency_hz, q, rate);
        Self::new([versine / 2.0, versine, versine / 2.0], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    pub(crate) fn high_pass(frequency_hz: f64, q: f64, rate: f64) -> Self {
        let Angle { cos, versine, alpha } = Angle::new(frequency_hz, q, rate);
        let half = 1.0 - versine / 2.0;
        Self::new([half, -2.0 * half, half], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    pub(crate) fn all_pass(frequency_hz: f64, q: f64, rate: f64) -> Self {
        let Angle { cos, alpha, .. } = Angle::new(frequency_hz, q, rate);
        Self::new([1.0 - alpha, -2.0 * cos, 1.0 + alpha], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    pub(crate) fn notch(frequency_hz: f64, q: f64, rate: f64) -> Self {
        let Angle { cos, alpha, .. } = Angle::new(frequency_hz, q, rate);
        Self::new([1.0, -2.0 * cos, 1.0], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    pub(crate) fn bell(frequency_hz: f64, gain_db: f64, q: f64, rate: f64) -> Self {
        let Angle { cos, alpha, .. } = Angle::new(frequency_hz, q, rate);
        let a = shelf_gain(gain_db);
        Self::new([1.0 + alpha * a, -2.0 * cos, 1.0 - alpha * a], [1.0 + alpha / a, -2.0 * cos, 1.0 - alpha / a])
    }

    pub(crate) fn low_shelf(frequency_hz: f64, gain_db: f64, q: f64, rate: f64) -> Self {
        Self::shelf(frequency_hz, gain_db, q, rate, 1.0)
    }

    pub(crate) fn high_shelf(frequency_hz: f64, gain_db: f64, q: f64, rate: f64) -> Self {
        Self::shelf(frequency_hz, gain_db, q, rate, -1.0)
    }

    /// The cookbook's two shelves differ in the sign of the cosine and of the middle coefficients.
    fn shelf(frequency_hz: f64, gain_db: f64, q: f64, rate: f64, sign: f64) -> Self {
        let Angle { cos, alpha, .. } = Angle::new(frequency_hz, q, rate);
        let a = shelf_gain(gain_db);
        let (cos, slope) = (sign * cos, 2.0 * a.sqrt() * alpha);
        let (plus, minus) = (a + 1.0, a - 1.0);
        Self::new(
            [a * (plus - minus * cos + slope), sign * 2.0 * a * (minus - plus * cos), a * (plus - minus * cos - slope)],
            [plus + minus * cos + slope, sign * -2.0 * (minus + plus * cos), plus + minus * cos - slope],
        )
    }

    /// First order, by the bilinear transform.
    pub(crate) fn first_low_pass(frequency_hz: f64, rate: f64) -> Self {
        let k = tangent(frequency_hz, rate);
        Self::new([k, k, 0.0], [1.0 + k, k - 1.0, 0.0])
    }

    pub(crate) fn first_high_pass(frequency_hz: f64, rate: f64) -> Self {
        let k = tangent(frequency_hz, rate);
        Self::new([1.0, -1.0, 0.0], [1.0 + k, k - 1.0, 0.0])
    }

    /// Its gain at a part of the sample rate, in dB; nothing is below -300 dB. It is put in squared sines of half the angle, which are exact where
    /// the cosine is close to one.
    pub(crate) fn gain_db(&self, turns: f64) -> f64 {
        let half = sin_turns(turns / 2.0) * sin_turns(turns / 2.0);
        let power = |[zero, one, two]: [f64; 3]| {
            let sum = zero + one + two;
            let mixed = zero * one + 4.0 * zero * two + one * two;
            sum * sum - 4.0 * half * mixed + 16.0 * half * half * zero * two
        };
        10.0 * log10((power(self.b) / power([1.0, self.a[0], self.a[1]])).max(1e-30))
    }
}

/// The tangent of half the angle.
fn tangent(frequency_hz: f64, rate: f64) -> f64 {
    let half = (frequency_hz / rate).min(HIGHEST) / 2.0;
    sin_turns(half) / sin_turns(half + 0.25)
}

/// The cookbook's `A`: the square root of the linear gain.
fn shelf_gain(gain_db: f64) -> f64 {
    exp2(gain_db * (std::f64::consts::LOG2_10 / 40.0))
}

/// The qualities of the sections of a Butterworth filter of that even order.
pub(crate) fn butterworth(order: u32) -> Vec<f64> {
    (0..order / 2).map(|k| 0.5 / sin_turns(f64::from(2 * k + 1) / f64::from(4 * order))).collect()
}

/// Sections in series.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cascade {
    stages: Vec<Stage>,
}

/// A section, and what it remembers of both channels.
#[derive(Debug, Clone, Copy)]
struct Stage {
    section: Section,
    state: [[f64; 2]; 2],
}

impl Stage {
    /// Filters one frame.
    #[inline(always)]
    fn step(&mut self, x: [f64; 2]) -> [f64; 2] {
        let (Section { b, a }, [first, second]) = (self.section, &mut self.state);
        std::array::from_fn(|side| {
            let y = b[0] * x[side] + first[side];
            first[side] = (b[1] * x[side] + second[side]) - a[0] * y;
            second[side] = b[2] * x[side] - a[1] * y;
            y
        })
    }
}

impl Cascade {
    pub(crate) fn new(sections: impl IntoIterator<Item = Section>) -> Self {
        let stage = |section| Stage { section, state: [[0.0; 2]; 2] };
        Self { stages: sections.into_iter().map(stage).collect() }
    }

    /// Changes the coefficients and keeps what rings.
    pub(crate) fn set(&mut self, sections: impl IntoIterator<Item = Section>) {
        for (stage, section) in self.stages.iter_mut().zip(sections) {
            stage.section = section;
        }
    }

    /// Filters a block in place.
    pub(crate) fn process(&mut self, block: Stereo<'_>) {
        let [left, right] = block.map(|channel| Cell::from_mut(channel).as_slice_of_cells());
        for stages in self.stages.chunks_mut(AT_ONCE) {
            let input = |i: usize| [left[i].get(), right[i].get()];
            filter(Level::new(), stages, left.len().min(right.len()), input, |i, [l, r]| {
                left[i].set(narrow(l));
                right[i].set(narrow(r));
            });
        }
    }

    /// The sums of squares of what the sections, [`AT_ONCE`] at most, make of the next samples.
    pub(crate) fn energies(&mut self, left: &[f32], right: &[f32]) -> [f64; 2] {
        let mut sums = [0.0; 2];
        filter(
            Level::new(),
            &mut self.stages,
            left.len().min(right.len()),
            |i| [left[i], right[i]],
            |_, y| {
                sums = [sums[0] + y[0] * y[0], sums[1] + y[1] * y[1]];
            },
        );
        sums
    }
}

/// Runs sections, [`AT_ONCE`] at most, over so many frames. Each is asked for once and given out once, both in their order,
/// and is asked for before it is given out.
fn filter(
    level: Level,
    stages: &mut [Stage],
    frames: usize,
    input: impl Fn(usize) -> [f32; 2],
    output: impl FnMut(usize, [f64; 2]),
) {
    match stages {
        [a, b, c, d] => dispatch!(level, simd => run(simd, [a, b, c, d], frames, input, output)),
        [a, b, c] => dispatch!(level, simd => run(simd, [a, b, c], frames, input, output)),
        [a, b] => dispatch!(level, simd => run(simd, [a, b], frames, input, output)),
        [a] => dispatch!(level, simd => run(simd, [a], frames, input, output)),
        _ => assert!(stages.is_empty(), "{} sections at once", stages.len()),
    }
}

/// The two channels of two sections share a vector. For all sections to work at the same time, each is one frame behind the
/// section before it: at the start those stand still that have no frame yet, at the end those that have no more.
#[inline(always)]
fn run<S: Simd, const N: usize>(
    simd: S,
    mut stages: [&mut Stage; N],
    frames: usize,
    input: impl Fn(usize) -> [f32; 2],
    mut output: impl FnMut(usize, [f64; 2]),
) {
    let input = |i: usize| input(i).map(|x| f64::from(x) + NO_DENORMAL);
    let late = N - 1;
    if frames < late {
        for i in 0..frames {
            output(i, stages.iter_mut().fold(input(i), |x, stage| stage.step(x)));
        }
        return;
    }
    let mut given = [[0.0; 2]; N];
    for i in 0..late {
        let moving = late - i;
        given[moving - 1] = stages[..moving].iter_mut().fold(input(i), |x, stage| stage.step(x));
    }
    let forward: [[f64x4<S>; 2]; 3] = std::array::from_fn(|k| pairs::<S, N>(simd, |n| [stages[n].section.b[k]; 2]));
    let back: [[f64x4<S>; 2]; 2] = std::array::from_fn(|k| pairs::<S, N>(simd, |n| [stages[n].section.a[k]; 2]));
    let mut state: [[f64x4<S>; 2]; 2] = std::array::from_fn(|k| pairs::<S, N>(simd, |n| stages[n].state[k]));
    let mut given = pairs::<S, N>(simd, |n| given[n]);
    for i in late..frames {
        let x = f64x2::simd_from(simd, input(i));
        let taken = [x.combine(x).slide::<2>(given[0]), given[0].slide::<2>(given[1])];
        for pair in 0..N.div_ceil(2) {
            let x = taken[pair];
            let y = forward[0][pair] * x + state[0][pair];
            state[0][pair] = (forward[1][pair] * x + state[1][pair]) - back[0][pair] * y;
            state[1][pair] = forward[2][pair] * x - back[1][pair] * y;
            given[pair] = y;
        }
        output(i - late, of_section(given, late));
    }
    for (n, stage) in stages.iter_mut().enumerate() {
        stage.state = state.map(|state| of_section(state, n));
    }
    for n in (0..late).rev() {
        output(frames - 1 - n, stages[n + 1..].iter_mut().fold(of_section(given, n), |x, stage| stage.step(x)));
    }
}

/// What all of `N` sections have of something for each channel, two sections to a vector.
#[inline(always)]
fn pairs<S: Simd, const N: usize>(simd: S, of: impl Fn(usize) -> [f64; 2]) -> [f64x4<S>; 2] {
    let section = |n: usize| if n < N { of(n) } else { [0.0; 2] };
    let pair = |a: [f64; 2], b: [f64; 2]| f64x4::simd_from(simd, [a[0], a[1], b[0], b[1]]);
    [pair(section(0), section(1)), pair(section(2), section(3))]
}

/// What one section has of it.
#[inline(always)]
fn of_section<S: Simd>(pairs: [f64x4<S>; 2], n: usize) -> [f64; 2] {
    let (even, odd) = pairs[n / 2].split();
    if n.is_multiple_of(2) { even.to_array() } else { odd.to_array() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::levels;

    #[test]
    fn sections_that_run_together_give_the_bits_that_they_give_in_turn() {
        let mut noise = crate::dsp::Noise::new(7);
        for count in 1..=AT_ONCE {
            let hz = [80.0, 400.0, 3_000.0, 10_000.0];
            let mut plain = Cascade::new(hz[..count].iter().map(|hz| Section::bell(*hz, 6.0, 0.8, 48_000.0)));
            let mut together: Vec<_> = levels().into_iter().map(|level| (level, plain.clone())).collect();
            for frames in [0, 1, 2, 3, 4, 5, 64, 1, 257] {
                let mut frame = || [narrow(noise.bipolar()), narrow(noise.bipolar())];
                let input: Vec<[f32; 2]> = (0..frames).map(|_| frame()).collect();
                let mut in_turn = |x: &[f32; 2]| {
                    let x = x.map(|x| f64::from(x) + NO_DENORMAL);
                    plain.stages.iter_mut().fold(x, |x, stage| stage.step(x)).map(f64::to_bits)
                };
                let expected: Vec<[u64; 2]> = input.iter().map(&mut in_turn).collect();
                for (level, cascade) in &mut together {
                    let mut given = Vec::new();
                    let output = |i: usize, y: [f64; 2]| {
                        assert_eq!(i, given.len());
                        given.push(y.map(f64::to_bits));
                    };
                    filter(*level, &mut cascade.stages, frames, |i| input[i], output);
                    assert_eq!(given, expected, "{count} sections, {frames} frames, {level:?}");
                }
            }
        }
    }
}
