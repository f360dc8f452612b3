//! The true-peak limiter: look-ahead, one gain for all channels, four-fold oversampled detection, and a release that is
//! fast after single peaks and slow after dense limiting.

use super::math::exp2;
use super::oversample::{DELAY, PeakFinder};
use super::{Planar, frames, index, narrow};
use std::collections::VecDeque;

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
    minimum: SlidingMinimum,
    fast: f64,
    slow: f64,
    fast_step: f64,
    slow_step: f64,
    boxes: [RunningMean; 2],
    delayed: Vec<VecDeque<f32>>,
    /// Frames of start-up that are still to be dropped.
    warm_up: usize,
    peaks: Vec<f32>,
    lowest: f64,
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
            minimum: SlidingMinimum::new(look_ahead + 1),
            fast: 1.0,
            slow: 1.0,
            fast_step: 1.0 - exp2(-std::f64::consts::LOG2_E / (FAST_RELEASE_S * rate)),
            slow_step: 1.0 - exp2(-std::f64::consts::LOG2_E / (SLOW_RELEASE_S * rate)),
            boxes: [RunningMean::new(first), RunningMean::new(look_ahead + 2 - first)],
            delayed: vec![VecDeque::new(); channels],
            warm_up: look_ahead + DELAY,
            peaks: Vec::new(),
            lowest: 1.0,
            at_unity: 0,
        }
    }

    /// The largest gain reduction so far, as a linear factor of at most 1.
    pub(crate) fn lowest_gain(&self) -> f64 {
        self.lowest
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
                for peak in peaks {
                    *peak = self.next_gain(*peak);
                }
            }
        }
        let drop = self.warm_up.min(n);
        self.warm_up -= drop;
        let delay = self.look_ahead + DELAY;
        for (channel, queue) in block.iter_mut().zip(&mut self.delayed) {
            queue.extend(channel.iter());
            channel.clear();
            let ready = queue.len().saturating_sub(delay);
            channel.extend(queue.drain(..ready));
            for (x, gain) in channel.iter_mut().zip(&peaks[drop..]) {
                *x *= gain;
            }
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
        self.minimum.skip(peaks.len());
        peaks.fill(1.0);
        true
    }

    /// From the peak between a frame and the next to the gain of the frame `look_ahead` earlier.
    fn next_gain(&mut self, peak: f32) -> f32 {
        // A peak between two samples binds both of them.
        let bound = peak.max(std::mem::replace(&mut self.previous_peak, peak));
        let wanted = if bound > self.ceiling { f64::from(self.ceiling) / f64::from(bound) } else { 1.0 };
        let held = self.minimum.push(wanted);
        self.fast = held.min(self.fast + (1.0 - self.fast) * self.fast_step);
        self.slow += (held - self.slow) * self.slow_step;
        if self.slow > 1.0 - 1e-7 {
            self.slow = 1.0;
        }
        if self.fast > 1.0 - 1e-7 {
            self.fast = 1.0;
        }
        let target = self.fast.min(self.slow);
        self.lowest = self.lowest.min(target);
        self.at_unity = if target < 1.0 { 0 } else { self.at_unity + 1 };
        // Both means look back no further than the minimum looks ahead, so the result never exceeds what was wanted.
        let mut gain = fixed(target);
        for mean in &mut self.boxes {
            gain = mean.push(gain);
        }
        if gain == UNITY { 1.0 } else { unfixed(gain) }
    }
}

/// The smallest of the last `window` values.
struct SlidingMinimum {
    window: u64,
    now: u64,
    queue: VecDeque<(u64, f64)>,
}

impl SlidingMinimum {
    fn new(window: usize) -> Self {
        Self { window: window as u64, now: 0, queue: VecDeque::new() }
    }

    /// Ones that need not be remembered: they are no minimum of anything.
    fn skip(&mut self, frames: usize) {
        self.now += frames as u64;
    }

    fn push(&mut self, value: f64) -> f64 {
        while self.queue.back().is_some_and(|(_, last)| *last >= value) {
            self.queue.pop_back();
        }
        self.queue.push_back((self.now, value));
        self.now += 1;
        while self.queue.front().is_some_and(|(at, _)| at + self.window < self.now) {
            self.queue.pop_front();
        }
        self.queue.front().map_or(value, |(_, smallest)| *smallest)
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
