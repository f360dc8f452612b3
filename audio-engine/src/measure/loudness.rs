//! Loudness by ITU-R BS.1770-5, and its range by EBU Tech 3342: K-weighted energies of 10 ms each, of which every window
//! is a sum.

use crate::dsp::{Cascade, Section, cos_turns, db_to_gain, log10, pow10, sin_turns};
use std::collections::VecDeque;

/// Hops in a second.
pub(super) const HOPS_PER_S: u64 = 100;
/// Hops in the momentary window of 400 ms, which is also the gating block.
pub(super) const MOMENTARY_HOPS: usize = 40;
/// Hops in the short-term window of 3 s.
pub(super) const SHORT_TERM_HOPS: usize = 300;
/// Gating blocks overlap by three quarters.
const BLOCK_EVERY: u64 = 10;
/// Hops from one gating block to the next, which is a tenth of a second.
const TENTH_HOPS: usize = 10;
/// The short-term window in tenths of a second.
const SHORT_TERM_TENTHS: usize = SHORT_TERM_HOPS / TENTH_HOPS;
/// The windows of the range overlap by two thirds, the least that Tech 3342 permits.
const RANGE_EVERY: u64 = 100;
/// What neither integrated loudness nor range look at.
const ABSOLUTE_GATE_LUFS: f64 = -70.0;
/// Blocks further below the mean of the others do not count, as ratios of energy: 10 LU for the loudness, 20 for the range.
const RELATIVE_GATE: f64 = 0.1;
const RANGE_GATE: f64 = 0.01;
/// The range lies between these parts of the distribution.
const RANGE_PERCENTILES: [f64; 2] = [0.10, 0.95];

/// The loudness of a mean square, weighted and summed over the channels.
pub(super) fn lufs(energy: f64) -> f64 {
    10.0 * log10(energy) - 0.691
}

/// The weight of a channel, in the order of WAVE files. By the recommendation's table for any layout, what stands at 60° to 120° to a side counts
/// 1.5 dB more: the surrounds of 4.0 to 5.1, and of 6.1 and 7.1 the sides, not the backs. The low-frequency channel does not count.
fn weight(channel: usize, channels: usize) -> f64 {
    const SURROUND: f64 = 1.41;
    let weights: &[f64] = match channels {
        4 => &[1.0, 1.0, SURROUND, SURROUND],
        5 => &[1.0, 1.0, 1.0, SURROUND, SURROUND],
        7 => &[1.0, 1.0, 1.0, 0.0, 1.0, SURROUND, SURROUND],
        8 => &[1.0, 1.0, 1.0, 0.0, 1.0, 1.0, SURROUND, SURROUND],
        _ => &[1.0, 1.0, 1.0, 0.0, SURROUND, SURROUND],
    };
    weights.get(channel).copied().unwrap_or(0.0)
}

/// Gathers energies hop by hop.
pub(super) struct Loudness {
    filters: Vec<Cascade>,
    weights: Vec<f64>,
    /// Frames of a hop, on average.
    hop_frames: f64,
    hops: u64,
    /// Sums of squares of the last [`SHORT_TERM_HOPS`] hops.
    sums: VecDeque<f64>,
    /// Gating blocks above the absolute gate.
    blocks: Vec<f64>,
    /// Short-term windows above the absolute gate.
    windows: Vec<f64>,
    /// Sums of squares of every 100 ms so far.
    tenths: Vec<f64>,
    gate: f64,
}

impl Loudness {
    pub(super) fn new(channels: usize, rate_hz: u32) -> Self {
        Self {
            filters: (0..channels.div_ceil(2)).map(|_| k_weighting(f64::from(rate_hz))).collect(),
            weights: (0..channels).map(|channel| weight(channel, channels)).collect(),
            hop_frames: f64::from(rate_hz) / 100.0,
            hops: 0,
            sums: VecDeque::with_capacity(SHORT_TERM_HOPS),
            blocks: Vec::new(),
            windows: Vec::new(),
            tenths: Vec::new(),
            gate: pow10((ABSOLUTE_GATE_LUFS + 0.691) / 10.0),
        }
    }

    /// Adds the next 10 ms, planar.
    pub(super) fn add(&mut self, hop: &[Vec<f32>]) {
        let mut sum = 0.0;
        for (filter, (pair, weights)) in self.filters.iter_mut().zip(hop.chunks(2).zip(self.weights.chunks(2))) {
            let energies = filter.energies(&pair[0], pair.last().unwrap_or(&pair[0]));
            sum += weights.iter().zip(energies).map(|(weight, energy)| weight * energy).sum::<f64>();
        }
        if self.sums.len() == SHORT_TERM_HOPS {
            self.sums.pop_front();
        }
        self.sums.push_back(sum);
        self.hops += 1;
        if self.hops.is_multiple_of(BLOCK_EVERY) {
            let block = self.energy(MOMENTARY_HOPS);
            self.blocks.extend(block.filter(|energy| *energy > self.gate));
            self.tenths.push(self.sums.range(self.sums.len() - TENTH_HOPS..).sum());
        }
        if self.hops.is_multiple_of(RANGE_EVERY) {
            let window = self.energy(SHORT_TERM_HOPS);
            self.windows.extend(window.filter(|energy| *energy > self.gate));
        }
    }

    /// The mean energy of the last so many hops, if there were as many.
    pub(super) fn energy(&self, hops: usize) -> Option<f64> {
        let from = self.sums.len().checked_sub(hops)?;
        #[expect(clippy::cast_precision_loss, reason = "40 or 300")]
        let frames = self.hop_frames * hops as f64;
        Some(self.sums.range(from..).sum::<f64>() / frames)
    }

    /// Integrated loudness in LUFS: the mean of what is above both gates.
    pub(super) fn integrated_lufs(&self) -> Option<f64> {
        let gate = mean(self.blocks.iter())? * RELATIVE_GATE;
        mean(self.blocks.iter().filter(|energy| **energy >= gate)).map(lufs)
    }

    /// How loud everything so far was, moment by moment.
    pub(super) fn course(&self) -> LoudnessCourse {
        LoudnessCourse { tenths: self.tenths.clone(), tenth_frames: self.hop_frames * 10.0, gate: self.gate }
    }

    /// Loudness range in LU.
    pub(super) fn range_lu(&self) -> f64 {
        let Some(mean) = mean(self.windows.iter()) else { return 0.0 };
        let mut counted: Vec<f64> =
            self.windows.iter().copied().filter(|energy| *energy >= mean * RANGE_GATE).collect();
        counted.sort_by(f64::total_cmp);
        let [low, high] = RANGE_PERCENTILES.map(|part| counted[nearest(part, counted.len() - 1)]);
        10.0 * log10(high / low)
    }
}

/// How loud a signal was, moment by moment: 80 bytes for every second.
#[derive(Debug, Clone, Default)]
pub(crate) struct LoudnessCourse {
    /// Sums of squares of every 100 ms, weighted and summed over the channels.
    tenths: Vec<f64>,
    tenth_frames: f64,
    /// The absolute gate, as an energy.
    gate: f64,
}

impl LoudnessCourse {
    /// Short-term loudness in LUFS (EBU Tech 3341) of the 3 s that begin at that second, to a tenth of it, or of the last 3 s where
    /// the signal ends before; of all of a shorter one. None below -70 LUFS.
    pub(crate) fn short_term_from(&self, seconds: f64) -> Option<f64> {
        let last = self.tenths.len().saturating_sub(SHORT_TERM_TENTHS);
        let from = tenth(seconds).min(last);
        let window = &self.tenths[from..self.tenths.len().min(from + SHORT_TERM_TENTHS)];
        mean(window.iter()).map(|sum| sum / self.tenth_frames).filter(|energy| *energy > self.gate).map(lufs)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hours at most; negative becomes 0")]
fn tenth(seconds: f64) -> usize {
    (seconds * 10.0) as usize
}

fn mean<'a>(values: impl Iterator<Item = &'a f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "hours of seconds"
)]
fn nearest(part: f64, last: usize) -> usize {
    (part * last as f64 + 0.5) as usize
}

/// The two filters in front of the energy, for two channels at once.
fn k_weighting(rate: f64) -> Cascade {
    Cascade::new([head(rate), low_cut(rate)])
}

/// BS.1770 gives its filters for 48 kHz alone. These are the analogue ones that become them by the bilinear transform
/// (frequencies, gain and qualities as found by B. De Man, "Evaluation of Implementations of the EBU R128 Loudness
/// Measurement", AES 2018), transformed for any rate.
const HEAD: Analogue = Analogue { frequency_hz: 1_681.974_450_955_533, quality: 0.707_175_236_955_419_6 };
const HEAD_GAIN_DB: f64 = 3.999_843_853_973_347;
/// The exponent that the shelf's middle coefficient has of its gain.
const HEAD_SLOPE: f64 = 0.499_666_774_154_541_6;
const LOW_CUT: Analogue = Analogue { frequency_hz: 38.135_470_876_024_44, quality: 0.500_327_037_323_877_3 };

struct Analogue {
    frequency_hz: f64,
    quality: f64,
}

impl Analogue {
    /// The tangent of half the angle, and the denominator.
    fn at(&self, rate: f64) -> (f64, [f64; 3]) {
        let half = self.frequency_hz / rate / 2.0;
        let k = sin_turns(half) / cos_turns(half);
        (k, [1.0 + k / self.quality + k * k, 2.0 * (k * k - 1.0), 1.0 - k / self.quality + k * k])
    }
}

/// The shelf that stands for the head.
fn head(rate: f64) -> Section {
    let (k, a) = HEAD.at(rate);
    let (high, middle) = (db_to_gain(HEAD_GAIN_DB), db_to_gain(HEAD_GAIN_DB * HEAD_SLOPE) * k / HEAD.quality);
    Section::new([high + middle + k * k, 2.0 * (k * k - high), high - middle + k * k], a)
}

/// The high-pass; its numerator is not normalised in the standard.
fn low_cut(rate: f64) -> Section {
    let (_, a) = LOW_CUT.at(rate);
    Section::new([a[0], -2.0 * a[0], a[0]], a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_those_of_the_standard_at_48_khz() {
        // BS.1770-5, annex 1, tables 1 and 2.
        let head = head(48_000.0);
        let expected = [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85];
        assert!(head.b.iter().zip(expected).all(|(b, e)| (b - e).abs() < 1e-8), "{head:?}");
        assert!(head.a.iter().zip([-1.690_659_293_182_41, 0.732_480_774_215_85]).all(|(a, e)| (a - e).abs() < 1e-8));
        let cut = low_cut(48_000.0);
        assert!(cut.b.iter().zip([1.0, -2.0, 1.0]).all(|(b, e)| (b - e).abs() < 1e-8), "{cut:?}");
        assert!(cut.a.iter().zip([-1.990_047_454_833_98, 0.990_072_250_366_21]).all(|(a, e)| (a - e).abs() < 1e-8));
    }

    #[test]
    fn the_course_is_the_short_term_loudness_from_each_moment_on() {
        let mut ours = Loudness::new(2, 44_100);
        for i in 0..1_000_u32 {
            // Ten seconds: four of silence, three of one level, three of another.
            let level = [0.0, 0.0, 0.0, 0.0, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01][(i / 100) as usize];
            let sine = |n: u32| level * sin_turns(f64::from(n) * 997.0 / 44_100.0);
            let hop: Vec<f32> = (i * 441..(i + 1) * 441).map(|n| crate::dsp::narrow(sine(n))).collect();
            ours.add(&[hop.clone(), hop]);
            if i == 699 {
                let now = ours.energy(SHORT_TERM_HOPS).map(lufs).unwrap();
                assert!((ours.course().short_term_from(4.0).unwrap() - now).abs() < 1e-9, "{now}");
            }
        }
        let course = ours.course();
        assert_eq!(course.short_term_from(0.5), None);
        let [loud, soft, end] = [4.0, 7.0, 9.9].map(|at| course.short_term_from(at).unwrap());
        assert!((loud - soft - 20.0).abs() < 0.3, "{loud} {soft}");
        assert_eq!(end.to_bits(), soft.to_bits(), "near the end, the last 3 s");
        assert_eq!(LoudnessCourse::default().short_term_from(1.0), None);
    }

    #[test]
    fn the_ebur128_crate_agrees_at_every_rate_and_channel_count() {
        for (rate, channels) in [(8_000, 1), (44_100, 2), (48_000, 4), (88_200, 5), (96_000, 6), (192_000, 8)] {
            let seconds = 12;
            let mut signal = crate::testing::material(rate, channels, (rate * seconds) as usize);
            for channel in &mut signal {
                // Loud, soft, and below the gate.
                let third = channel.len() / 3;
                channel[third..2 * third].iter_mut().for_each(|x| *x *= 0.2);
                channel[2 * third..].iter_mut().for_each(|x| *x *= 1e-4);
            }
            let (mut ours, mut theirs) = (Loudness::new(channels, rate), {
                let mode = ebur128::Mode::I | ebur128::Mode::LRA;
                ebur128::EbuR128::new(channels.try_into().unwrap(), rate, mode).unwrap()
            });
            if channels == 8 {
                use ebur128::Channel::{Center, Left, Mm090, Mm135, Mp090, Mp135, Right, Unused};
                theirs.set_channel_map(&[Left, Right, Center, Unused, Mp135, Mm135, Mp090, Mm090]).unwrap();
            }
            let hop = (rate / 100) as usize;
            for at in (0..signal[0].len()).step_by(hop) {
                let block: Vec<Vec<f32>> = signal.iter().map(|channel| channel[at..at + hop].to_vec()).collect();
                let planes: Vec<&[f32]> = block.iter().map(Vec::as_slice).collect();
                theirs.add_frames_planar_f32(&planes).unwrap();
                ours.add(&block);
            }
            let (loudness, range) = (ours.integrated_lufs().unwrap(), ours.range_lu());
            assert!((loudness - theirs.loudness_global().unwrap()).abs() < 1e-6, "{rate} {channels}: {loudness}");
            assert!((range - theirs.loudness_range().unwrap()).abs() < 1e-6, "{rate} {channels}: {range}");
        }
    }
}
