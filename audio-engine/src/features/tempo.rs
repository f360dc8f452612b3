//! Tempo: how strongly each moment begins something, compared with itself at every beat's distance.
//!
//! The onset strength is the spectral flux of compressed magnitudes (Klapuri 1999; Ellis 2007). A tempo is scored by the
//! autocorrelation at its beat and multiples of it, weighted by how usual it is, which settles halves and doubles.

use super::{Framer, float, hann};
use realfft::{RealFftPlanner, RealToComplex};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const SIZE: usize = 512;
/// 5.8 ms at 11 kHz.
const HOP: usize = 64;
/// Bands whose rise is summed.
const BANDS: usize = 24;
/// Bands in which a bass drum lives; a snare fills all the others, so these weigh more.
const LOW_BANDS: usize = 2;
const LOW_WEIGHT: f64 = 6.0;
/// Levels this far below the loudest begin to be compressed.
const SOFT: f64 = 0.1;
/// How much of the loudest is kept from one frame to the next: half of it after 20 s.
const FORGET: f64 = 0.999_8;
/// A double tempo that scores this part of the best is the beat; less is what fills it.
const DOUBLE: f64 = 0.8;
/// Slowest and fastest tempo that is looked for, in beats per minute.
const RANGE_BPM: (f64, f64) = (55.0, 210.0);
/// The step of the search, in beats per minute.
const STEP_BPM: f64 = 0.25;
/// Beats that a tempo is followed over.
const BEATS: usize = 8;
/// Onsets of an hour are enough, whatever the length: 2.5 MB.
const MAX_ONSETS: usize = 620_000;

/// A tempo.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TempoEstimate {
    /// Beats per minute.
    pub bpm: f64,
    /// How much of the onsets repeats at that beat, and how far ahead of its rivals it is: 0 to 1.
    pub confidence: f64,
    /// The next best reading, often half or double.
    pub alternative_bpm: Option<f64>,
}

/// Gathers onset strength.
pub(super) struct Onsets {
    rate: f64,
    framer: Framer,
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    last: Vec<f64>,
    /// The loudest band of late, against which the others are heard.
    peak: f64,
    strength: Vec<f32>,
}

impl Onsets {
    pub(super) fn new(rate: u32) -> Self {
        Self {
            rate: f64::from(rate) / float(HOP),
            framer: Framer::new(SIZE, HOP),
            transform: RealFftPlanner::new().plan_fft_forward(SIZE),
            window: hann(SIZE),
            last: vec![0.0; BANDS],
            peak: 0.0,
            strength: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, samples: &[f32]) {
        let Self { framer, transform, window, last, peak, strength, .. } = self;
        let mut spectrum = transform.make_output_vec();
        framer.add(samples, |frame| {
            if strength.len() >= MAX_ONSETS {
                return;
            }
            let mut frame: Vec<f32> = frame.iter().zip(window.iter()).map(|(x, w)| x * w).collect();
            if transform.process(&mut frame, &mut spectrum).is_err() {
                return;
            }
            let mut rise = 0.0;
            *peak *= FORGET;
            for (band, last) in last.iter_mut().enumerate() {
                let (from, to) = edges(band);
                let power: f64 = spectrum[from..to].iter().map(|bin| f64::from(bin.norm_sqr())).sum();
                *peak = peak.max(power.sqrt());
                let loudness = (1.0 + power.sqrt() / (SOFT * peak.max(1e-3))).ln();
                let weight = if band < LOW_BANDS { LOW_WEIGHT } else { 1.0 };
                rise += weight * (loudness - *last).max(0.0);
                *last = loudness;
            }
            strength.push(narrow(rise));
        });
    }

    pub(super) fn tempo(&self) -> Option<TempoEstimate> {
        let onsets = self.sharpened()?;
        let longest = (60.0 / RANGE_BPM.0 * self.rate * float(BEATS)).ceil();
        let repeats = autocorrelation(&onsets, whole(longest) + 2);
        let energy = repeats[0];
        if energy <= 0.0 {
            return None;
        }
        let count = whole((RANGE_BPM.1 - RANGE_BPM.0) / STEP_BPM);
        let scores: Vec<(f64, f64)> = (0..=count)
            .map(|i| {
                let bpm = RANGE_BPM.0 + STEP_BPM * float(i);
                (bpm, self.score(&repeats, bpm) * usual(bpm))
            })
            .collect();
        let (bpm, best) = scores.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))?;
        if best <= 0.0 {
            return None;
        }
        let doubled = 2.0 * bpm <= RANGE_BPM.1 && self.score(&repeats, 2.0 * bpm) >= DOUBLE * self.score(&repeats, bpm);
        let bpm = self.refined(&repeats, if doubled { 2.0 * bpm } else { bpm });
        let rival = scores
            .iter()
            .copied()
            .filter(|(other, _)| (other / bpm - 1.0).abs() > 0.08)
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let ahead = rival.map_or(1.0, |(_, score)| (1.0 - score / best).clamp(0.0, 1.0));
        let periodic = (self.score(&repeats, bpm) / energy).clamp(0.0, 1.0);
        Some(TempoEstimate {
            bpm: (bpm * 100.0).round() / 100.0,
            confidence: periodic.sqrt() * (0.5 + 0.5 * ahead),
            alternative_bpm: rival.filter(|(_, score)| *score > 0.0).map(|(bpm, _)| bpm),
        })
    }

    /// The onsets above their neighbourhood's mean, smoothed a little so that swing and jitter still meet.
    fn sharpened(&self) -> Option<Vec<f32>> {
        let reach = whole(self.rate * 0.5);
        if self.strength.len() < whole(self.rate * 4.0) {
            return None;
        }
        let mut sums = vec![0.0_f64];
        for x in &self.strength {
            sums.push(sums[sums.len() - 1] + f64::from(*x));
        }
        let above = |i: usize| {
            let (from, to) = (i.saturating_sub(reach), (i + reach).min(self.strength.len()));
            let mean = (sums[to] - sums[from]) / float(to - from);
            (f64::from(self.strength[i]) - mean).max(0.0)
        };
        let raw: Vec<f64> = (0..self.strength.len()).map(above).collect();
        let smooth = |i: usize| {
            let near = [0.25, 0.75, 1.0, 0.75, 0.25];
            let sum = near
                .iter()
                .enumerate()
                .map(|(k, w)| w * (i + k).checked_sub(2).and_then(|j| raw.get(j)).unwrap_or(&0.0));
            narrow(sum.sum::<f64>())
        };
        Some((0..raw.len()).map(smooth).collect())
    }

    /// How strongly the onsets repeat at a beat and at its multiples, the near ones counting most.
    fn score(&self, repeats: &[f64], bpm: f64) -> f64 {
        let beat = 60.0 / bpm * self.rate;
        let mut score = 0.0;
        let mut weights = 0.0;
        for k in 1..=BEATS {
            let weight = 1.0 / float(k).sqrt();
            score += weight * at(repeats, beat * float(k));
            weights += weight;
        }
        score / weights
    }

    /// The tempo between the search's steps: the distance of the last beats that were followed tells most.
    fn refined(&self, repeats: &[f64], bpm: f64) -> f64 {
        let steps = (-20..=20).map(|i: i32| bpm + f64::from(i) * 0.02);
        let scored = steps.map(|bpm| {
            (bpm, (1..=BEATS).map(|k| float(k) * at(repeats, 60.0 / bpm * self.rate * float(k))).sum::<f64>())
        });
        scored.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(bpm, |(bpm, _)| bpm)
    }
}

/// How usual a tempo is: a bell over octaves around 118 beats per minute.
fn usual(bpm: f64) -> f64 {
    let octaves = (bpm / 118.0).log2();
    (-0.5 * (octaves / 1.6).powi(2)).exp()
}

/// Bins of a band: narrow below, wide above.
fn edges(band: usize) -> (usize, usize) {
    let edge = |i: usize| {
        let part = float(i) / float(BANDS);
        whole(2.0 + (float(SIZE / 2) - 2.0) * (part * 0.35 + part * part * 0.65))
    };
    (edge(band), edge(band + 1).max(edge(band) + 1))
}

/// By transform, so that an hour takes no longer than its logarithm.
fn autocorrelation(signal: &[f32], lags: usize) -> Vec<f64> {
    let size = (signal.len() + lags).next_power_of_two();
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, back) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let mut padded = signal.to_vec();
    padded.resize(size, 0.0);
    let mut spectrum = forward.make_output_vec();
    let done = forward.process(&mut padded, &mut spectrum);
    for bin in &mut spectrum {
        *bin = realfft::num_complex::Complex::new(bin.norm_sqr(), 0.0);
    }
    if done.and(back.process(&mut spectrum, &mut padded)).is_err() {
        return vec![0.0; lags];
    }
    let value = |lag: usize| {
        f64::from(padded[lag]) / float(size) * float(signal.len()) / float(signal.len().saturating_sub(lag).max(1))
    };
    (0..lags.min(signal.len())).map(value).collect()
}

/// Between two lags.
fn at(repeats: &[f64], lag: f64) -> f64 {
    let i = whole(lag);
    let part = lag - float(i);
    match (repeats.get(i), repeats.get(i + 1)) {
        (Some(a), Some(b)) => a * (1.0 - part) + b * part,
        _ => 0.0,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts")]
fn whole(x: f64) -> usize {
    x as usize
}

#[expect(clippy::cast_possible_truncation, reason = "onset strengths need no more")]
fn narrow(x: f64) -> f32 {
    x as f32
}
