//! The true-peak limiter: look-ahead, one gain for all channels, four-fold oversampled detection, and a release that is
//! fast after single peaks and slow after dense limiting.

use super::math::exp2;
use super::oversample::{DELAY, PeakFinder};
use super::{Planar, frames, index, narrow, simd};

/// How far ahead peaks are seen, in seconds.
const LOOK_AHEAD_S: f64 = 0.005;
/// Time constant of the release after a single peak, in seconds.
const FAST_RELEASE_S: f64 = 0.060;
/// Time constant of the average reduction that the release falls back to, in seconds.
const SLOW_RELEASE_S: f64 = 0.350;
/// Gains are averaged as integers of this unit, so that running sums never drift.
const UNITY: i64 = 1 << 30;
/// Frames that are looked at together for whether the limiter rests.
const IDLE_CHUNK: usize = 64;
const UNITY_F64: f64 = 1_073_741_824.0;

/// Keeps the true peak of a signal at a ceiling, up to a few hundredths of a decibel.
pub(crate) struct Limiter {
    ceiling: f32,
    finders: Vec<PeakFinder>,
    look_ahead: usize,
    previous_peak: f32,
    /// Reductions are what the gain lacks to one.
    held: SlidingMaximum,
    fast: f64,
    slow: f64,
    /// What is left of the fast reduction after a frame.
    fast_keep: f64,
    slow_step: f64,
    boxes: [RunningMean; 2],
    delayed: Planar,
    /// Frames of start-up that are still to be dropped.
    warm_up: usize,
    peaks: Vec<f32>,
    largest_reduction: f64,
    /// Frames since the gain was last below one.
    at_unity: usize,
}

impl Limiter {
    /// `ceiling` is linear, full scale at 1.
    pub(crate) fn new(channels: usize, sample_rate_hz: u32, ceiling: f64) -> Self {
        let rate = f64::from(sample_rate_hz);
        let look_ahead = whole(rate * LOOK_AHEAD_S).max(8);
        let first = look_ahead.div_ceil(2) + 1;
        Self {
            ceiling: narrow(ceiling),
            finders: (0..channels).map(|_| PeakFinder::new()).collect(),
            look_ahead,
            previous_peak: 0.0,
            held: SlidingMaximum::new(look_ahead + 1),
            fast: 0.0,
            slow: 0.0,
            fast_keep: exp2(-std::f64::consts::LOG2_E / (FAST_RELEASE_S * rate)),
            slow_step: 1.0 - exp2(-std::f64::consts::LOG2_E / (SLOW_RELEASE_S * rate)),
            boxes: [RunningMean::new(first), RunningMean::new(look_ahead + 2 - first)],
            delayed: vec![Vec::new(); channels],
            warm_up: look_ahead + DELAY,
            peaks: Vec::new(),
            largest_reduction: 0.0,
            at_unity: 0,
        }
    }

    /// The largest gain reduction so far, as a linear factor of at most 1.
    pub(crate) fn lowest_gain(&self) -> f64 {
        1.0 - self.largest_reduction
    }

    /// Limits a block in place; the first blocks come out shorter by the look-ahead, [`Limiter::flush`] gives the rest.
    pub(crate) fn process(&mut self, block: &mut Planar) {
        let n = frames(block);
        self.peaks.clear();
        self.peaks.resize(n, 0.0);
        for (finder, channel) in self.finders.iter_mut().zip(block.iter()) {
            finder.raise(channel, &mut self.peaks, self.ceiling);
        }
        // `peaks` now holds the gains, one per frame.
        let mut peaks = std::mem::take(&mut self.peaks);
        for peaks in peaks.chunks_mut(IDLE_CHUNK) {
            if !self.rests(peaks) {
                self.find_gains(peaks);
            }
        }
        let drop = self.warm_up.min(n);
        self.warm_up -= drop;
        let delay = self.look_ahead + DELAY;
        for (channel, queue) in block.iter_mut().zip(&mut self.delayed) {
            queue.extend_from_slice(channel);
            channel.clear();
            let ready = queue.len().saturating_sub(delay);
            channel.extend(queue.drain(..ready));
            simd::multiply(channel, &peaks[drop..]);
        }
        self.peaks = peaks;
    }

    /// The frames that are still inside.
    pub(crate) fn flush(&mut self, block: &mut Planar) {
        for channel in block.iter_mut() {
            channel.clear();
            channel.resize(self.look_ahead + DELAY, 0.0);
        }
        self.process(block);
    }

    /// If nothing is to be limited, and nothing has been for longer than anything is remembered, all gains are exactly one.
    fn rests(&mut self, peaks: &mut [f32]) -> bool {
        let loudest = peaks.iter().fold(self.previous_peak, |m, x| m.max(*x));
        if loudest > self.ceiling || self.at_unity <= 2 * self.look_ahead + 4 {
            return false;
        }
        self.previous_peak = peaks[peaks.len() - 1];
        peaks.fill(1.0);
        true
    }

    /// From the peaks between frames and the next to the gains of the frames `look_ahead` earlier, at most
    /// [`IDLE_CHUNK`] of them.
    fn find_gains(&mut self, peaks: &mut [f32]) {
        let ceiling = f64::from(self.ceiling);
        let mut wanted = [0.0; IDLE_CHUNK];
        for (wanted, peak) in wanted.iter_mut().zip(peaks.iter()) {
            // A peak between two samples binds both of them.
            let bound = peak.max(std::mem::replace(&mut self.previous_peak, *peak));
            *wanted = 1.0 - ceiling / f64::from(bound.max(self.ceiling));
        }
        for (gain, wanted) in peaks.iter_mut().zip(wanted) {
            let held = self.held.push(wanted);
            self.fast = settled(held.max(self.fast * self.fast_keep));
            self.slow = settled(self.slow + (held - self.slow) * self.slow_step);
            let reduction = self.fast.max(self.slow);
            self.largest_reduction = self.largest_reduction.max(reduction);
            self.at_unity = if reduction > 0.0 { 0 } else { self.at_unity + 1 };
            // Both means look back no further than the maximum looks ahead, so the result never exceeds what was wanted.
            let mut smooth = fixed(1.0 - reduction);
            for mean in &mut self.boxes {
                smooth = mean.push(smooth);
            }
            *gain = if smooth == UNITY { 1.0 } else { unfixed(smooth) };
        }
    }
}

/// A reduction that nobody can hear is none.
fn settled(reduction: f64) -> f64 {
    if reduction < 1e-7 { 0.0 } else { reduction }
}

/// The largest of the last so many values, none of them negative (van Herk 1992): the window lies over a block that is
/// being filled, of which the maximum is known, and over the end of the block before it, of which all maxima are.
///
/// Once all values are zero, it does not matter how many more are pushed.
struct SlidingMaximum {
    filling: Vec<f64>,
    highest: f64,
    at: usize,
    /// From each place of the last block to its end; one longer than a block.
    to_end: Vec<f64>,
}

impl SlidingMaximum {
    fn new(window: usize) -> Self {
        Self { filling: vec![0.0; window], highest: 0.0, at: 0, to_end: vec![0.0; window + 1] }
    }

    fn push(&mut self, value: f64) -> f64 {
        if self.at == self.filling.len() {
            let mut highest = 0.0_f64;
            for (to_end, value) in self.to_end.iter_mut().zip(&self.filling).rev() {
                highest = highest.max(*value);
                *to_end = highest;
            }
            (self.at, self.highest) = (0, 0.0);
        }
        self.filling[self.at] = value;
        self.highest = self.highest.max(value);
        self.at += 1;
        self.highest.max(self.to_end[self.at])
    }
}

/// The mean of the last `len` integers, rounded, starting from unity.
struct RunningMean {
    values: Vec<i64>,
    at: usize,
    sum: i64,
    /// One over the length: a division for every frame would take longer than all else.
    part: f64,
}

impl RunningMean {
    fn new(len: usize) -> Self {
        let len = len.max(1);
        Self { values: vec![UNITY; len], at: 0, sum: UNITY * count(len), part: 1.0 / index(len) }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "sums below 2^40")]
    fn push(&mut self, value: i64) -> i64 {
        self.sum += value - std::mem::replace(&mut self.values[self.at], value);
        self.at += 1;
        if self.at == self.values.len() {
            self.at = 0;
        }
        (self.sum as f64 * self.part + 0.5) as i64
    }
}

#[expect(clippy::cast_possible_wrap, reason = "a look-ahead in frames")]
fn count(n: usize) -> i64 {
    n as i64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a look-ahead of at most 960 frames")]
fn whole(x: f64) -> usize {
    x as usize
}

#[expect(clippy::cast_possible_truncation, reason = "gains lie between 0 and 1")]
fn fixed(gain: f64) -> i64 {
    (gain * UNITY_F64) as i64
}

#[expect(clippy::cast_precision_loss, reason = "at most 2^30")]
fn unfixed(gain: i64) -> f32 {
    narrow(gain as f64 / UNITY_F64)
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "signals are synthesised here")]
mod tests {
    use super::*;
    use crate::dsp::sin_turns;

    fn run(limiter: &mut Limiter, input: &[f32], block: usize) -> Vec<f32> {
        let mut out = Vec::new();
        for chunk in input.chunks(block) {
            let mut block = vec![chunk.to_vec()];
            limiter.process(&mut block);
            out.extend_from_slice(&block[0]);
        }
        let mut tail = vec![Vec::new()];
        limiter.flush(&mut tail);
        out.extend_from_slice(&tail[0]);
        out
    }

    fn burst() -> Vec<f32> {
        (0..48_000)
            .map(|i| {
                let level = if (20_000..24_000).contains(&i) { 2.5 } else { 0.4 };
                narrow(level * sin_turns(f64::from(i) * 0.037))
            })
            .collect()
    }

    #[test]
    fn the_sliding_maximum_is_the_largest_of_its_window() {
        let mut noise = crate::dsp::Noise::new(5);
        let values: Vec<f64> =
            (0..500_usize).map(|i| if (i / 60).is_multiple_of(2) { noise.unit() } else { 0.0 }).collect();
        for window in [1, 2, 7, 60] {
            let mut sliding = SlidingMaximum::new(window);
            for i in 0..values.len() {
                let largest = values[(i + 1).saturating_sub(window)..=i].iter().fold(0.0_f64, |m, x| m.max(*x));
                assert_eq!(sliding.push(values[i]).to_bits(), largest.to_bits(), "{window}: {i}");
            }
        }
    }

    #[test]
    fn quiet_signals_pass_unchanged_and_aligned() {
        let input: Vec<f32> = burst().iter().map(|x| x * 0.3).collect();
        let mut limiter = Limiter::new(1, 48_000, 0.89);
        let output = run(&mut limiter, &input, 500);
        assert_eq!(input, output);
        assert_eq!(limiter.lowest_gain().to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn peaks_stay_at_the_ceiling() {
        let output = run(&mut Limiter::new(1, 48_000, 0.5), &burst(), 512);
        let loudest = output.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
        assert!(loudest <= 0.5, "{loudest}");
        assert!(loudest > 0.48, "{loudest}");
    }

    #[test]
    fn block_size_does_not_matter() {
        let whole = run(&mut Limiter::new(1, 44_100, 0.5), &burst(), 48_000);
        for block in [1, 64, 257, 4096] {
            assert_eq!(whole, run(&mut Limiter::new(1, 44_100, 0.5), &burst(), block), "block {block}");
        }
    }

    #[test]
    fn channels_share_one_gain() {
        let loud = burst();
        let mut block = vec![loud.clone(), vec![0.1; loud.len()]];
        let mut limiter = Limiter::new(2, 48_000, 0.5);
        limiter.process(&mut block);
        let lowest = block[1].iter().fold(1.0_f32, |m, x| m.min(*x));
        assert!((lowest - 0.02).abs() < 0.002, "{lowest}");
    }

    /// Seconds from the end of what is 6 dB above the ceiling until less than 1 dB is taken off what follows.
    fn recovery_s(loud_frames: usize) -> f64 {
        let end = 4_800 + loud_frames;
        let input: Vec<f32> = (0..end + 96_000).map(|i| if (4_800..end).contains(&i) { 1.0 } else { 0.05 }).collect();
        let output = run(&mut Limiter::new(1, 48_000, 0.5), &input, 4096);
        let one_db_less = narrow(crate::dsp::db_to_gain(-1.0));
        let last = output.iter().zip(&input).rposition(|(y, x)| y / x < one_db_less).unwrap();
        index(last - end) / 48_000.0
    }

    #[test]
    fn the_release_is_fast_after_a_peak_and_slow_after_dense_limiting() {
        // 60 ms · ln(0.5 / 0.109) are 0.09 s, and 350 ms make 0.53 s of it.
        let (single, dense) = (recovery_s(1), recovery_s(96_000));
        assert!((0.05..0.15).contains(&single), "after one peak: {single} s");
        assert!((0.35..0.8).contains(&dense), "after two seconds: {dense} s");
        // In between it lies in between: the average reduction is what it falls back to.
        let some = recovery_s(9_600);
        assert!(single < some && some < dense, "after a fifth of a second: {some} s");
    }

    #[test]
    fn hostile_signals_stay_below_the_ceiling() {
        let mut noise = crate::dsp::Noise::new(9);
        let second = 48_000;
        let signal = |make: &mut dyn FnMut(f64) -> f64| -> Vec<f32> {
            (0..second).map(|i| narrow(make(f64::from(i)))).collect()
        };
        let signals = [
            ("square", signal(&mut |i| if (i / 109.0) as i64 % 2 == 0 { 4.0 } else { -4.0 })),
            ("between samples", signal(&mut |i| 2.0 * sin_turns(i / 4.0 + 0.125))),
            ("noise at +12 dB", signal(&mut |_| 4.0 * noise.bipolar())),
            ("20 Hz", signal(&mut |i| 3.0 * sin_turns(i / 2_400.0))),
            ("DC", signal(&mut |_| 1.5)),
            ("clicks", signal(&mut |i| if i as i64 % 4_801 == 0 { 8.0 } else { 0.1 })),
            ("silence", signal(&mut |_| 0.0)),
        ];
        for (name, input) in signals {
            let output = run(&mut Limiter::new(1, 48_000, 0.5), &input, 4096);
            assert_eq!(output.len(), input.len(), "{name}");
            let highest = PeakFinder::new().highest(&output, 0.0);
            // What moving gains add between samples is left to the verification of the finished file.
            assert!(20.0 * (highest / 0.5).log10() < 0.1, "{name}: {highest}");
        }
    }
}
