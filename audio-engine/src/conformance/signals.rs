//! The test signals.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "signals of at most two minutes"
)]

use std::f64::consts::{PI, TAU};

/// The rate of all cases, in Hz.
pub(super) const RATE_HZ: u32 = 48_000;
/// Seconds, and the peak level of each channel in dBFS; `None` is silence.
pub(super) type Part = (f64, Option<f64>);

/// A stereo tone of 1 kHz, in phase, at levels in turn.
pub(super) fn parts(levels: &[Part]) -> Vec<Vec<f32>> {
    let mut left = Vec::new();
    for (seconds, level) in levels {
        let gain = level.map_or(0.0, gain);
        for _ in 0..(seconds * f64::from(RATE_HZ)).round() as usize {
            let turns = left.len() as f64 * 1000.0 / f64::from(RATE_HZ);
            left.push((gain * (TAU * turns).sin()) as f32);
        }
    }
    vec![left.clone(), left]
}

/// Case 6: left and right at -28, centre at -24, the surrounds at -30 dBFS.
pub(super) fn surround() -> Vec<Vec<f32>> {
    [-28.0, -28.0, -24.0, -30.0, -30.0].map(|level| parts(&[(20.0, Some(level))]).swap_remove(0)).to_vec()
}

/// A stereo tone of 1 kHz at -23 dBFS for 10 s, at any rate.
pub(super) fn fractions(rate: u32) -> Vec<Vec<f32>> {
    let value = |i: u32| (gain(-23.0) * (TAU * 1000.0 * f64::from(i) / f64::from(rate)).sin()) as f32;
    let left: Vec<f32> = (0..10 * rate).map(value).collect();
    vec![left.clone(), left]
}

/// Cases 15 to 19: a sine of a fraction of the rate, at a phase in degrees, faded over 10 ms.
pub(super) fn phase_sine(divisor: f64, degrees: f64, amplitude: f64) -> Vec<Vec<f32>> {
    let n = RATE_HZ as usize;
    let value = |i: usize| {
        let fade = (i.min(n - i) as f64 / 480.0).min(1.0);
        (fade * amplitude * (TAU * (i as f64 / divisor + degrees / 360.0)).sin()) as f32
    };
    let left: Vec<f32> = (0..n).map(value).collect();
    vec![left.clone(), left]
}

/// Cases 20 to 23: one period of fs/4 at full scale within fs/6 at half, continuous in phase; made at four times the
/// rate, low-passed, and every fourth sample taken from `offset`.
pub(super) fn between_samples(offset: usize) -> Vec<Vec<f32>> {
    let n = 4 * 9_600_usize;
    let burst = n / 2..n / 2 + 16;
    let mut phase = 0.0_f64;
    let high: Vec<f64> = (0..n)
        .map(|i| {
            let inside = burst.contains(&i);
            let fade = (i.min(n - i) as f64 / (4.0 * 480.0)).min(1.0);
            let value = fade * if inside { 1.0 } else { 0.5 } * (TAU * phase).sin();
            phase += if inside { 1.0 / 16.0 } else { 1.0 / 24.0 };
            value
        })
        .collect();
    let taps = low_pass();
    let value = |i: usize| {
        let sum: f64 = taps.iter().enumerate().filter_map(|(k, tap)| Some(tap * high.get(i.checked_sub(k)?)?)).sum();
        sum as f32
    };
    let left: Vec<f32> = (offset..n).step_by(4).map(value).collect();
    vec![left.clone(), left]
}

/// A windowed sinc that ends at the half of the lower rate.
fn low_pass() -> Vec<f64> {
    const HALF: usize = 128;
    let tap = |k: usize| {
        let x = k as f64 - HALF as f64;
        let sinc = if k == HALF { 1.0 } else { (PI * x / 4.0).sin() / (PI * x / 4.0) };
        let window = 0.5 + 0.5 * (PI * x / (HALF as f64 + 1.0)).cos();
        sinc * window / 4.0
    };
    (0..=2 * HALF).map(tap).collect()
}

fn gain(db: f64) -> f64 {
    10_f64.powf(db / 20.0)
}
