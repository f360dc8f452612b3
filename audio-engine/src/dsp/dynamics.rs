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
        // Nothing turns it down faster than the faster of both; twice that, for rounding.
        let kept = 1.0 - self.attack.max(self.release);
        self.lasting = (0..CHUNK).fold(2.0 * NOTHING, |reduction, _| reduction / kept);
    }

    /// Writes a gain for every frame of the key.
    pub(crate) fn follow(&mut self, key: [&[f32]; 2], gains: &mut Vec<f32>) {
        let start = self.gain.unwrap_or_else(|| fast::exp2(self.make_up));
        let end = ride(
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
fn ride(key: [&[f32]; 2], start: f32, gains: &mut Vec<f32>, shape: impl FnMut(&mut [f32; CHUNK], usize)) -> f32 {
    gains.resize(key[0].len(), 0.0);
    dispatch!(Level::new(), simd => ride_by(simd, key, start, gains, shape))
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
