//! Key: the strength of the twelve pitch classes, after the tuning was found, held against key profiles.
//!
//! Peaks of the spectrum are placed by parabolic interpolation; the tuning is their circular mean within a semitone.
//! The profiles are Temperley's (1999), which know the leading note and tell neighbours on the circle of fifths apart
//! better than those of Krumhansl and Kessler; the minor one is levelled between its two sevenths, for pop uses both.

use super::{Framer, float, hann};
use realfft::{RealFftPlanner, RealToComplex};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const SIZE: usize = 8192;
const HOP: usize = 2048;
/// Partials are looked for between these, in Hz.
const RANGE_HZ: (f64, f64) = (60.0, 2_000.0);
/// Parts of an octave that strength is gathered in until the tuning is known: ten cents each.
const PARTS: usize = 120;
/// Peaks this far below the loudest of their frame count for nothing.
const FLOOR: f64 = 0.003;

const MAJOR: [f64; 12] = [5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0];
const MINOR: [f64; 12] = [5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 2.75, 3.5];
const NAMES: [&str; 12] = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];

/// Major or minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Major.
    Major,
    /// Minor.
    Minor,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyEstimate {
    /// As in tags: `Eb`, or `F#m` for minor.
    pub name: String,
    /// The tonic: 0 is C, 11 is B.
    pub tonic: usize,
    /// Major or minor.
    pub mode: Mode,
    /// How far the best key is ahead of the second, 0 to 1.
    pub confidence: f64,
    /// How far the tuning is from A = 440 Hz, in cents, -50 to 50.
    pub tuning_cents: f64,
}

/// Gathers strength by pitch.
pub(super) struct Chroma {
    rate: f64,
    framer: Framer,
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    parts: [f64; PARTS],
    /// Where within a semitone peaks lie, as a sum of unit vectors.
    tuning: (f64, f64),
}

impl Chroma {
    pub(super) fn new(rate: u32) -> Self {
        Self {
            rate: f64::from(rate),
            framer: Framer::new(SIZE, HOP),
            transform: RealFftPlanner::new().plan_fft_forward(SIZE),
            window: hann(SIZE),
            parts: [0.0; PARTS],
            tuning: (0.0, 0.0),
        }
    }

    pub(super) fn add(&mut self, samples: &[f32]) {
        let Self { rate, framer, transform, window, parts, tuning } = self;
        let mut spectrum = transform.make_output_vec();
        framer.add(samples, |frame| {
            let mut frame: Vec<f32> = frame.iter().zip(window.iter()).map(|(x, w)| x * w).collect();
            if transform.process(&mut frame, &mut spectrum).is_ok() {
                let magnitudes: Vec<f64> = spectrum.iter().map(|bin| f64::from(bin.norm())).collect();
                gather(&magnitudes, *rate, parts, tuning);
            }
        });
    }

    pub(super) fn key(&self) -> Option<KeyEstimate> {
        if self.parts.iter().sum::<f64>() <= 0.0 {
            return None;
        }
        let tuning = self.tuning.1.atan2(self.tuning.0) / std::f64::consts::TAU;
        let chroma = self.classes(tuning);
        let mut keys: Vec<(f64, usize, Mode)> = (0..12)
            .flat_map(|tonic| [(tonic, Mode::Major, MAJOR), (tonic, Mode::Minor, MINOR)])
            .map(|(tonic, mode, profile)| {
                let turned: [f64; 12] = std::array::from_fn(|i| chroma[(i + tonic) % 12]);
                (correlation(&turned, &profile), tonic, mode)
            })
            .collect();
        keys.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (best, tonic, mode) = keys[0];
        let ahead = (best - keys[1].0) * 4.0;
        let minor = if mode == Mode::Minor { "m" } else { "" };
        Some(KeyEstimate {
            name: format!("{}{minor}", NAMES[tonic]),
            tonic,
            mode,
            confidence: (best.max(0.0) * ahead.sqrt()).clamp(0.0, 1.0),
            tuning_cents: (tuning * 1000.0).round() / 10.0,
        })
    }

    /// Sums the parts of an octave into twelve classes that start `tuning` semitones above C.
    fn classes(&self, tuning: f64) -> [f64; 12] {
        let mut classes = [0.0; 12];
        for (i, strength) in self.parts.iter().enumerate() {
            // The middle of the part, in semitones above C.
            let semitones = (float(i) + 0.5) / float(PARTS / 12);
            classes[nearest(semitones - tuning)] += strength;
        }
        classes
    }
}

/// Adds a frame's peaks.
fn gather(magnitudes: &[f64], rate: f64, parts: &mut [f64; PARTS], tuning: &mut (f64, f64)) {
    let bin_hz = rate / float(SIZE);
    let loudest = magnitudes.iter().copied().fold(0.0, f64::max);
    if loudest <= 1e-3 {
        return;
    }
    let (from, to) = (whole(RANGE_HZ.0 / bin_hz), whole(RANGE_HZ.1 / bin_hz).min(magnitudes.len() - 2));
    for i in from..to {
        let [a, b, c] = [magnitudes[i - 1], magnitudes[i], magnitudes[i + 1]];
        if b < a || b <= c || b < loudest * FLOOR {
            continue;
        }
        // The top of a parabola through the logarithms.
        let [la, lb, lc] = [a, b, c].map(|x| x.max(1e-12).ln());
        let shift = 0.5 * (la - lc) / (la - 2.0 * lb + lc);
        let hz = (float(i) + shift.clamp(-0.5, 0.5)) * bin_hz;
        let semitones = 12.0 * (hz / 440.0).log2() + 69.0;
        // High partials are less of the chord and more of the timbre.
        let strength = (b / loudest) * (200.0 / hz).min(1.0).sqrt();
        let part = semitones.rem_euclid(12.0) * float(PARTS / 12);
        parts[whole(part) % PARTS] += strength;
        let turn = std::f64::consts::TAU * semitones;
        tuning.0 += strength * turn.cos();
        tuning.1 += strength * turn.sin();
    }
}

fn nearest(semitones: f64) -> usize {
    whole((semitones + 0.5).rem_euclid(12.0)) % 12
}

fn correlation(a: &[f64; 12], b: &[f64; 12]) -> f64 {
    let mean = |x: &[f64; 12]| x.iter().sum::<f64>() / 12.0;
    let (ma, mb) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(x, y)| f(x - ma, y - mb)).sum::<f64>();
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt().max(1e-12)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts")]
fn whole(x: f64) -> usize {
    x as usize
}
