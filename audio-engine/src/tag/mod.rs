//! The built-in voice tag: “ledger line”, spoken by a small formant synthesiser, with a soft ping.
//!
//! The synthesiser follows D. H. Klatt, “Software for a cascade/parallel formant synthesizer” (JASA 67, 1980): a glottal
//! source and noise through a cascade of resonators whose frequencies glide from one sound of the language to the next.

use crate::dsp::{Noise, cos_turns, exp2, sin_turns};

/// Length of the tag in seconds.
pub const TAG_S: f64 = 1.3;
/// Peak of the tag, full scale at 1.
const PEAK: f64 = 0.5;
/// How often the resonators are set anew, in seconds.
const FRAME_S: f64 = 0.002;

/// One sound: what the mouth does at its middle.
struct Sound {
    /// Duration in seconds.
    seconds: f64,
    /// The first three formants in Hz.
    formants: [f64; 3],
    /// Strength of the voice, 0 to 1.
    voice: f64,
    /// Strength of the hiss, 0 to 1.
    hiss: f64,
}

const fn sound(seconds: f64, formants: [f64; 3], voice: f64, hiss: f64) -> Sound {
    Sound { seconds, formants, voice, hiss }
}

/// L EH D ZH ER · L AH IH N, with formants after Peterson and Barney (1952) and Klatt (1980).
const WORDS: [Sound; 12] = [
    sound(0.03, [330.0, 1000.0, 2700.0], 0.0, 0.0),
    sound(0.08, [340.0, 1050.0, 2750.0], 0.55, 0.0),
    sound(0.13, [560.0, 1780.0, 2500.0], 1.0, 0.0),
    sound(0.05, [250.0, 1800.0, 2700.0], 0.12, 0.0),
    sound(0.06, [280.0, 1950.0, 2600.0], 0.25, 0.85),
    sound(0.15, [480.0, 1270.0, 1600.0], 0.9, 0.02),
    sound(0.07, [340.0, 1050.0, 2750.0], 0.55, 0.0),
    sound(0.12, [740.0, 1120.0, 2450.0], 1.0, 0.0),
    sound(0.09, [560.0, 1650.0, 2500.0], 0.95, 0.0),
    sound(0.07, [390.0, 2050.0, 2600.0], 0.8, 0.0),
    sound(0.12, [270.0, 1350.0, 2250.0], 0.45, 0.0),
    sound(0.05, [270.0, 1350.0, 2250.0], 0.0, 0.0),
];

/// Bandwidths of the first three formants and the two fixed ones above, in Hz.
const BANDWIDTHS: [f64; 5] = [70.0, 100.0, 140.0, 220.0, 300.0];
const UPPER_FORMANTS: [f64; 2] = [3400.0, 4300.0];

/// Speaks the tag at that rate in Hz: one channel, [`TAG_S`] seconds, the same samples every time.
#[expect(clippy::cast_possible_truncation, reason = "the samples' precision")]
pub fn speak(sample_rate_hz: u32) -> Vec<f32> {
    let rate = f64::from(sample_rate_hz);
    let mut samples = voice(rate);
    let loudest = samples.iter().fold(1e-9_f64, |m, x| m.max(x.abs()));
    for (i, x) in (0_u32..).zip(samples.iter_mut()) {
        *x = *x / loudest * 0.9 + ping(f64::from(i) / rate, rate);
    }
    let loudest = samples.iter().fold(1e-9_f64, |m, x| m.max(x.abs()));
    samples.iter().map(|x| (x / loudest * PEAK) as f32).collect()
}

fn voice(rate: f64) -> Vec<f64> {
    let total = whole(TAG_S * rate);
    let mut noise = Noise::new(0x1ED6_E211);
    let mut resonators = [Resonator::default(); 5];
    let mut hiss_filter = Resonator::default();
    hiss_filter.tune(3600.0_f64.min(rate * 0.42), 1800.0, rate);
    let step = whole(FRAME_S * rate).max(1);
    let (mut phase, mut mouth, mut before) = (0.0, Mouth::at(0.0), 0.0);
    let mut out = Vec::with_capacity(total);
    for (i, n) in (0..total).zip(0_u32..) {
        let t = f64::from(n) / rate;
        if i % step == 0 {
            mouth = Mouth::at(t);
            for (k, resonator) in resonators.iter_mut().enumerate() {
                let formant = if k < 3 { mouth.formants[k] } else { UPPER_FORMANTS[k - 3] };
                resonator.tune(formant, BANDWIDTHS[k], rate);
            }
        }
        // The pitch falls over the two words, as a statement's does.
        let pitch_hz = 148.0 - 42.0 * (t / TAG_S) + 4.0 * sin_turns(5.2 * t);
        phase += pitch_hz / rate;
        if phase >= 1.0 {
            phase -= 1.0;
        }
        let white = noise.bipolar();
        let breath = 0.02 * white * mouth.voice;
        let excited = resonators.iter_mut().fold(glottis(phase) * mouth.voice + breath, |x, r| r.run(x));
        // The lips radiate the derivative.
        let radiated = excited - 0.96 * before;
        before = excited;
        out.push(radiated + hiss_filter.run(white) * mouth.hiss * 0.07);
    }
    out
}

/// The derivative of the air flow through the vocal folds (KLGLOTT88), open for 60 % of the period.
fn glottis(phase: f64) -> f64 {
    let open = phase / 0.6;
    if open < 1.0 { open * (2.0 - 3.0 * open) } else { 0.0 }
}

/// A bell-like fifth at the end, so that even without words the tag is one.
fn ping(t: f64, rate: f64) -> f64 {
    [(1318.51, 0.92, 0.16), (1975.53, 0.99, 0.11)]
        .iter()
        .filter(|(hz, start, _)| t > *start && *hz < rate * 0.45)
        .map(|(hz, start, level)| {
            let since = t - start;
            let attack = (since / 0.004).min(1.0);
            let fade = ((TAG_S - t) / 0.05).clamp(0.0, 1.0);
            level * attack * fade * exp2(-since * 9.0) * sin_turns(hz * since)
        })
        .sum()
}

/// Where the mouth is at one instant.
struct Mouth {
    formants: [f64; 3],
    voice: f64,
    hiss: f64,
}

impl Mouth {
    fn at(t: f64) -> Self {
        let mut middle = 0.0;
        let mut from = &WORDS[0];
        let mut from_middle = 0.0;
        let mut start = 0.0;
        for to in &WORDS {
            middle += to.seconds / 2.0;
            if t < middle {
                let part = ((t - from_middle) / (middle - from_middle)).clamp(0.0, 1.0);
                // Most of the way is covered around the boundary between two sounds.
                let part = part * part * (3.0 - 2.0 * part);
                let blend = |a: f64, b: f64| a + (b - a) * part;
                return Self {
                    formants: std::array::from_fn(|k| blend(from.formants[k], to.formants[k])),
                    voice: blend(from.voice, to.voice),
                    hiss: blend(from.hiss, to.hiss),
                };
            }
            from_middle = middle;
            start += to.seconds;
            middle = start;
            from = to;
        }
        Self { formants: from.formants, voice: 0.0, hiss: 0.0 }
    }
}

/// A two-pole resonator with unity gain at zero frequency (Klatt 1980, eq. 1).
#[derive(Debug, Clone, Copy, Default)]
struct Resonator {
    a: f64,
    b: f64,
    c: f64,
    y1: f64,
    y2: f64,
}

impl Resonator {
    fn tune(&mut self, hz: f64, bandwidth_hz: f64, rate: f64) {
        if hz > rate * 0.45 {
            // Above what the rate can carry: passes unchanged.
            (self.a, self.b, self.c) = (1.0, 0.0, 0.0);
            return;
        }
        let r = exp2(-std::f64::consts::PI * bandwidth_hz / rate * std::f64::consts::LOG2_E);
        self.c = -r * r;
        self.b = 2.0 * r * cos_turns(hz / rate);
        self.a = 1.0 - self.b - self.c;
    }

    fn run(&mut self, x: f64) -> f64 {
        let y = self.a * x + self.b * self.y1 + self.c * self.y2;
        self.y2 = self.y1;
        self.y1 = y;
        y
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "seconds times rate, both positive and small"
)]
fn whole(x: f64) -> usize {
    x as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_at_any_rate() {
        for rate in [8_000, 22_050, 44_100, 48_000, 96_000, 192_000] {
            let tag = speak(rate);
            assert_eq!(tag.len(), whole(TAG_S * f64::from(rate)));
            let loudest = tag.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
            assert!((loudest - 0.5).abs() < 1e-3, "{rate}: {loudest}");
            assert!(tag[tag.len() - 1].abs() < 0.02, "ends softly at {rate}");
        }
        assert_eq!(speak(44_100), speak(44_100));
    }

    #[test]
    fn vowels_differ_in_their_formants() {
        // Energy around the first formant of AH (740 Hz) against that of N (270 Hz), by a single-bin transform.
        let tag = speak(48_000);
        let level = |from_s: f64, hz: f64| {
            let part = &tag[whole(from_s * 48_000.0)..][..3_840];
            let (mut re, mut im) = (0.0, 0.0);
            for (x, i) in part.iter().zip(0_u32..) {
                re += f64::from(*x) * cos_turns(hz * f64::from(i) / 48_000.0);
                im += f64::from(*x) * sin_turns(hz * f64::from(i) / 48_000.0);
            }
            re.hypot(im)
        };
        let band = |from_s: f64, hz: f64| (-6..=6).map(|k| level(from_s, hz + f64::from(k) * 12.5)).sum::<f64>();
        assert!(band(0.60, 740.0) / band(0.60, 300.0) > 2.0 * band(0.88, 740.0) / band(0.88, 300.0));
    }
}
