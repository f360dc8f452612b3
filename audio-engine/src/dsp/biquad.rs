//! Second-order filters in series, both channels at once, in double precision (transposed direct form II).
//!
//! Coefficients follow R. Bristow-Johnson's Audio EQ Cookbook, and the bilinear transform for first order.

use super::Stereo;
use super::math::{exp2, sin_turns};
use wide::f64x2;

/// Keeps the states of a filter that rings out away from denormal numbers; far below what an `f32` can show.
const NO_DENORMAL: f64 = 1e-60;
/// Filters stay below this part of the sample rate.
const HIGHEST: f64 = 0.49;

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

#[derive(Debug, Clone, Copy)]
struct Stage {
    section: Section,
    state: [f64x2; 2],
}

impl Cascade {
    pub(crate) fn new(sections: impl IntoIterator<Item = Section>) -> Self {
        let stage = |section| Stage { section, state: [f64x2::ZERO; 2] };
        Self { stages: sections.into_iter().map(stage).collect() }
    }

    /// Changes the coefficients and keeps what rings.
    pub(crate) fn set(&mut self, sections: impl IntoIterator<Item = Section>) {
        for (stage, section) in self.stages.iter_mut().zip(sections) {
            stage.section = section;
        }
    }

    /// Filters a block in place.
    pub(crate) fn process(&mut self, [left, right]: Stereo<'_>) {
        for stages in self.stages.chunks_mut(4) {
            match stages {
                [a, b, c, d] => run([a, b, c, d], left, right),
                [a, b, c] => run([a, b, c], left, right),
                [a, b] => run([a, b], left, right),
                [a] => run([a], left, right),
                _ => {}
            }
        }
    }
}

/// The two channels share a vector; the sections' recursions overlap from frame to frame.
fn run<const N: usize>(mut stages: [&mut Stage; N], left: &mut [f32], right: &mut [f32]) {
    let forward: [[f64x2; 3]; N] = std::array::from_fn(|n| stages[n].section.b.map(f64x2::splat));
    let back: [[f64x2; 2]; N] = std::array::from_fn(|n| stages[n].section.a.map(f64x2::splat));
    let mut state: [[f64x2; 2]; N] = std::array::from_fn(|n| stages[n].state);
    for (left, right) in left.iter_mut().zip(right) {
        let mut x = f64x2::from([f64::from(*left), f64::from(*right)]) + f64x2::splat(NO_DENORMAL);
        for n in 0..N {
            let y = forward[n][0] * x + state[n][0];
            state[n][0] = (forward[n][1] * x + state[n][1]) - back[n][0] * y;
            state[n][1] = forward[n][2] * x - back[n][1] * y;
            x = y;
        }
        let [l, r] = x.to_array();
        (*left, *right) = (super::narrow(l), super::narrow(r));
    }
    for (stage, state) in stages.iter_mut().zip(state) {
        stage.state = state;
    }
}
