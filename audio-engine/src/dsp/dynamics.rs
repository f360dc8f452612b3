//! Gains that follow a level: the detector, the static curve, and the smoothing that compressor, gate, de-esser and
//! multiband share (feed-forward, smoothed in the logarithmic domain; Giannoulis, Massberg and Reiss 2012).
//!
//! Levels are logarithms to base two of the amplitude. A gain is computed for every four frames and goes straight from
//! one to the next in between; blocks begin at multiples of four.

use super::fast;
use super::math;
use super::narrow;
use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x4};

/// Frames that share one gain.
pub(crate) const GROUP: usize = 4;
/// Decibels of one doubling.
const DB_PER_LOG2: f64 = 6.020_599_913_279_624;
/// Below this amplitude a level is not looked at.
const FLOOR: f32 = 1e-10;
/// Groups that are computed at a time: so few that the processor sees from one recursion to the next, and does the rest
/// while either waits for itself.
const CHUNK: usize = 16;
/// Less than this is no reduction; so that a recursion ends instead of fading into denormal numbers.
const NOTHING: f64 = 1e-9;

pub(crate) fn to_log2(db: f64) -> f64 {
    db / DB_PER_LOG2
}

/// The part of the way that a one-pole smoother with that time constant goes in one group.
fn step(time_ms: f64, rate: f64) -> f64 {
    let groups = time_ms / 1000.0 * rate / f64::from(u32::try_from(GROUP).unwrap_or(4));
    1.0 - math::exp2(-std::f64::consts::LOG2_E / groups.max(1e-3))
}

/// A compressor's static curve.
#[derive(Debug, Clone, Copy)]
struct Curve {
    threshold: f32,
    half_knee: f32,
    slope: f32,
}

impl Curve {
    /// How far a level is turned down. Within the knee the curve is a parabola.
    #[inline(always)]
    fn reduction(self, level: f32) -> f32 {
        let over = level - self.threshold;
        let inside = (over + self.half_knee).max(0.0).min(2.0 * self.half_knee);
        let above = (over - self.half_knee).max(0.0);
        self.slope * (inside * inside / (4.0 * self.half_knee) + above)
    }
}

/// What a compressor's gain needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CompressorSetting {
    pub(crate) threshold_db: f64,
    pub(crate) ratio: f64,
    pub(crate) knee_db: f64,
    pub(crate) attack_ms: f64,
    pub(crate) release_ms: f64,
    pub(crate) make_up_db: f64,
}

/// A compressor's gain.
#[derive(Debug, Clone)]
pub(crate) struct CompressorGain {
    curve: Curve,
    attack: f64,
    release: f64,
    make_up: f32,
    reduction: f64,
    /// A reduction beyond this does not become [`NOTHING`] within a chunk.
    lasting: f64,
    gain: Option<f32>,
}

impl CompressorGain {
    pub(crate) fn new(setting: &CompressorSetting, rate: f64) -> Self {
        let mut new = Self {
            curve: Curve { threshold: 0.0, half_knee: 1.0, slope: 0.0 },
            attack: 0.0,
            release: 0.0,
            make_up: 0.0,
            reduction: 0.0,
            lasting: 0.0,
            gain: None,
        };
        new.set(setting, rate);
        new
    }

    pub(crate) fn set(&mut self, setting: &CompressorSetting, rate: f64) {
        self.curve = Curve {
            threshold: narrow(to_log2(setting.threshold_db)),
            half_knee: narrow(to_log2(setting.knee_db / 2.0).max(1e-4)),
            slope: narrow(1.0 - 1.0 / setting.ratio),
        };
        self.attack = step(setting.attack_ms, rate);
        self.release = step(setting.release_ms, rate);
        self.make_up = narrow(to_log2(setting.make_up_db));
        // It becomes less by the release alone, and fastest towards no reduction; twice that, for rounding.
        let kept = 1.0 - self.release;
        self.lasting = (0..CHUNK).fold(2.0 * NOTHING, |reduction, _| reduction / kept);
    }

    /// Writes a gain for every frame of the key.
    pub(crate) fn follow(&mut self, key: [&[f32]; 2], gains: &mut Vec<f32>) {
        self.follow_with(Level::new(), key, gains);
    }

    fn follow_with(&mut self, level: Level, key: [&[f32]; 2], gains: &mut Vec<f32>) {
        let start = self.gain.unwrap_or_else(|| fast::exp2(self.make_up));
        let end = ride(
            level,
            key,
            start,
            gains,
            #[inline(always)]
            |levels, groups| {
                let Self { curve, attack, release, make_up, mut reduction, lasting, .. } = *self;
                for level in levels.iter_mut() {
                    *level = curve.reduction(fast::log2(*level));
                }
                let towards = |wanted: f32, reduction: f64| {
                    let wanted = f64::from(wanted);
                    reduction + (wanted - reduction) * if wanted > reduction { attack } else { release }
                };
                if reduction > lasting {
                    // The question below would lie in the way from each group to the next.
                    for level in &mut levels[..groups] {
                        reduction = towards(*level, reduction);
                        *level = narrow(reduction);
                    }
                } else {
                    for level in &mut levels[..groups] {
                        reduction = towards(*level, reduction);
                        reduction = if reduction < NOTHING { 0.0 } else { reduction };
                        *level = narrow(reduction);
                    }
                }
                for level in levels.iter_mut() {
                    *level = fast::exp2(make_up - *level);
                }
                self.reduction = reduction;
            },
        );
        self.gain = Some(end);
    }
}

/// What a gate's gain needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GateSetting {
    pub(crate) threshold_db: f64,
    pub(crate) hysteresis_db: f64,
    pub(crate) range_db: f64,
    pub(crate) attack_ms: f64,
    pub(crate) hold_ms: f64,
    pub(crate) release_ms: f64,
}

/// A gate's gain.
#[derive(Debug, Clone)]
pub(crate) struct GateGain {
    opens: f32,
    closes: f32,
    range: f64,
    attack: f64,
    release: f64,
    hold: u32,
    /// Groups for which it stays open.
    open_for: u32,
    reduction: f64,
    gain: f32,
}

impl GateGain {
    pub(crate) fn new(setting: &GateSetting, rate: f64) -> Self {
        let mut new = Self {
            opens: 0.0,
            closes: 0.0,
            range: 0.0,
            attack: 0.0,
            release: 0.0,
            hold: 0,
            open_for: 0,
            reduction: 0.0,
            gain: 1.0,
        };
        new.set(setting, rate);
        new.reduction = new.range;
        new.gain = fast::exp2(-narrow(new.range));
        new
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "two seconds at most")]
    pub(crate) fn set(&mut self, setting: &GateSetting, rate: f64) {
        self.opens = narrow(math::db_to_gain(setting.threshold_db));
        self.closes = narrow(math::db_to_gain(setting.threshold_db - setting.hysteresis_db));
        self.range = to_log2(setting.range_db);
        self.attack = step(setting.attack_ms, rate);
        self.release = step(setting.release_ms, rate);
        self.hold = (setting.hold_ms / 1000.0 * rate) as u32 / 4 + 1;
    }

    /// Writes a gain for every frame of the key.
    pub(crate) fn follow(&mut self, key: [&[f32]; 2], gains: &mut Vec<f32>) {
        let start = self.gain;
        self.gain = ride(
            Level::new(),
            key,
            start,
            gains,
            #[inline(always)]
            |levels, groups| {
                for level in &mut levels[..groups] {
                    let holds_at = if self.open_for > 0 { self.closes } else { self.opens };
                    self.open_for = if *level > holds_at { self.hold } else { self.open_for.saturating_sub(1) };
                    let (wanted, part) =
                        if self.open_for > 0 { (0.0, self.attack) } else { (self.range, self.release) };
                    self.reduction += (wanted - self.reduction) * part;
                    self.reduction = if self.reduction < NOTHING { 0.0 } else { self.reduction };
                    *level = fast::exp2(-narrow(self.reduction));
                }
            },
        );
    }
}

/// Finds each group's peak, lets `shape` turn the peaks of so many groups into gains, and draws straight lines from gain to
/// gain.
fn ride(
    level: Level,
    key: [&[f32]; 2],
    start: f32,
    gains: &mut Vec<f32>,
    shape: impl FnMut(&mut [f32; CHUNK], usize),
) -> f32 {
    gains.resize(key[0].len(), 0.0);
    dispatch!(level, simd => ride_by(simd, key, start, gains, shape))
}

#[inline(always)]
fn ride_by<S: Simd>(
    simd: S,
    key: [&[f32]; 2],
    start: f32,
    gains: &mut [f32],
    mut shape: impl FnMut(&mut [f32; CHUNK], usize),
) -> f32 {
    const FRAMES: usize = CHUNK * GROUP;
    let line = |from: f32, to: f32| -> [f32; GROUP] {
        let parts = f32x4::simd_from(simd, [1.0, 2.0, 3.0, 4.0]);
        (f32x4::splat(simd, from) + f32x4::splat(simd, (to - from) * 0.25) * parts).to_array()
    };
    let mut from = start;
    for ((left, right), gains) in key[0].chunks(FRAMES).zip(key[1].chunks(FRAMES)).zip(gains.chunks_mut(FRAMES)) {
        let mut frames = [0.0_f32; FRAMES];
        for ((peak, left), right) in frames.iter_mut().zip(left).zip(right) {
            *peak = left.abs().max(right.abs());
        }
        let four = |groups: usize| {
            // Their first frames, their second ones, and so on.
            let frames = f32x4::load_four_interleaved(simd, &frames[groups * GROUP..][..4 * GROUP]);
            frames.into_iter().fold(f32x4::splat(simd, FLOOR), f32x4::max_precise)
        };
        // In one vector, not by way of memory: that would be read before it is written, and wait for all that goes before.
        let mut levels = four(0).combine(four(4)).combine(four(8).combine(four(12))).to_array();
        shape(&mut levels, gains.len().div_ceil(GROUP));
        let (whole, rest) = gains.as_chunks_mut();
        for (gains, to) in whole.iter_mut().zip(&levels) {
            *gains = line(from, *to);
            from = *to;
        }
        if !rest.is_empty() {
            let to = levels[whole.len()];
            rest.copy_from_slice(&line(from, to)[..rest.len()]);
            from = to;
        }
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::{GRID, Noise, levels};

    const RATE: f64 = 48_000.0;

    /// The largest magnitude of a group.
    fn peak(left: &[f32], right: &[f32]) -> f32 {
        left.iter().chain(right).fold(FLOOR, |peak, x| peak.max(x.abs()))
    }

    fn bits(gains: &[f32]) -> Vec<u32> {
        gains.iter().map(|gain| gain.to_bits()).collect()
    }

    #[test]
    fn gains_are_the_bits_of_a_plain_loop() {
        const START: f32 = 0.7;
        let mut noise = Noise::new(9);
        let shaped = |peak: f32| fast::exp2(-0.5 * fast::log2(peak));
        for len in [0, 1, 3, 4, 63, 64, 65, 257] {
            let mut channel = || -> Vec<f32> { (0..len).map(|_| narrow(noise.bipolar())).collect() };
            let (left, right) = (channel(), channel());
            let (mut from, mut expected) = (START, Vec::new());
            for (left, right) in left.chunks(GROUP).zip(right.chunks(GROUP)) {
                let to = shaped(peak(left, right));
                let line = [1.0_f32, 2.0, 3.0, 4.0].map(|part| from + (to - from) * 0.25 * part);
                expected.extend_from_slice(&line[..left.len()]);
                from = to;
            }
            for level in levels() {
                // Of another length before.
                let mut gains = vec![1.0; 9];
                let end = ride(level, [&left, &right], START, &mut gains, |peaks, groups| {
                    peaks[..groups].iter_mut().for_each(|peak| *peak = shaped(*peak));
                });
                let given = (bits(&gains), end.to_bits());
                assert_eq!(given, (bits(&expected), from.to_bits()), "{len} frames, {level:?}");
            }
        }
    }

    #[test]
    fn a_reduction_is_that_of_the_plain_recursion_through_silence_and_back() {
        let mut noise = Noise::new(5);
        let sample = |i: usize| if (2_000..34_000).contains(&i) { 0.0 } else { narrow(noise.bipolar()) };
        let key: Vec<f32> = (0..36_800).map(sample).collect();
        for (attack_ms, release_ms) in [(0.1, 20.0), (5.0, 1.0), (30.0, 0.5), (30.0, 0.1)] {
            let setting = CompressorSetting {
                threshold_db: -30.0,
                ratio: 4.0,
                knee_db: 6.0,
                attack_ms,
                release_ms,
                make_up_db: 2.0,
            };
            for (level, frames) in levels().into_iter().flat_map(|level| [(level, GRID), (level, 25 * GRID)]) {
                let mut gain = CompressorGain::new(&setting, RATE);
                let (mut reduction, mut was_none, mut gains) = (0.0_f64, false, Vec::new());
                for block in key.chunks(frames) {
                    gain.follow_with(level, [block, block], &mut gains);
                    for group in block.chunks(GROUP) {
                        let wanted = f64::from(gain.curve.reduction(fast::log2(peak(group, group))));
                        let part = if wanted > reduction { gain.attack } else { gain.release };
                        reduction += (wanted - reduction) * part;
                        reduction = if reduction < NOTHING { 0.0 } else { reduction };
                    }
                    was_none |= reduction.to_bits() == 0;
                    let given = (gain.reduction.to_bits(), gain.gain.map(f32::to_bits));
                    let gained = fast::exp2(gain.make_up - narrow(reduction));
                    let expected = (reduction.to_bits(), Some(gained.to_bits()));
                    assert_eq!(given, expected, "{attack_ms} and {release_ms} ms, blocks of {frames}, {level:?}");
                }
                assert!(was_none && reduction > 0.1, "{attack_ms} and {release_ms} ms: {reduction} at the end");
            }
        }
    }
}
