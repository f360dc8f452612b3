//! Gains that follow a level: the detector, the static curve, and the smoothing that compressor, gate, de-esser and
//! multiband share (feed-forward, smoothed in the logarithmic domain; Giannoulis, Massberg and Reiss 2012).
//!
//! Levels are logarithms to base two of the amplitude. A gain is computed for every four frames and goes straight from
//! one to the next in between; blocks begin at multiples of four.

use super::fast;
use super::math;
use super::narrow;
use super::simd::vectorised;

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
    }

    /// Writes a gain for every frame of the key.
    pub(crate) fn follow(&mut self, key: [&[f32]; 2], gains: &mut Vec<f32>) {
        let curve = self.curve;
        let (attack, release, make_up) = (self.attack, self.release, self.make_up);
        let mut reduction = self.reduction;
        let start = self.gain.unwrap_or_else(|| fast::exp2(make_up));
        let smooth = |levels: &mut [f32; CHUNK], groups: usize| {
            for level in levels.iter_mut() {
                *level = curve.reduction(fast::log2(*level));
            }
            for level in &mut levels[..groups] {
                let wanted = f64::from(*level);
                let part = if wanted > reduction { attack } else { release };
                reduction += (wanted - reduction) * part;
                reduction = if reduction < NOTHING { 0.0 } else { reduction };
                *level = narrow(reduction);
            }
            for level in levels.iter_mut() {
                *level = fast::exp2(make_up - *level);
            }
        };
        self.gain = Some(ride(key, start, gains, smooth));
        self.reduction = reduction;
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
        let gate = |levels: &mut [f32; CHUNK], groups: usize| {
            for level in &mut levels[..groups] {
                let holds_at = if self.open_for > 0 { self.closes } else { self.opens };
                self.open_for = if *level > holds_at { self.hold } else { self.open_for.saturating_sub(1) };
                let (wanted, part) = if self.open_for > 0 { (0.0, self.attack) } else { (self.range, self.release) };
                self.reduction += (wanted - self.reduction) * part;
                self.reduction = if self.reduction < NOTHING { 0.0 } else { self.reduction };
                *level = fast::exp2(-narrow(self.reduction));
            }
        };
        self.gain = ride(key, start, gains, gate);
    }
}

/// Finds each group's peak, lets `shape` turn the peaks of so many groups into gains, and draws straight lines from gain to
/// gain.
fn ride(key: [&[f32]; 2], start: f32, gains: &mut Vec<f32>, mut shape: impl FnMut(&mut [f32; CHUNK], usize)) -> f32 {
    gains.resize(key[0].len(), 0.0);
    vectorised(
        #[inline(always)]
        || {
            let mut from = start;
            let frames = CHUNK * GROUP;
            for ((left, right), gains) in key[0].chunks(frames).zip(key[1].chunks(frames)).zip(gains.chunks_mut(frames))
            {
                let mut lines = [[0.0_f32; GROUP]; CHUNK];
                for ((peak, left), right) in lines.as_flattened_mut().iter_mut().zip(left).zip(right) {
                    *peak = left.abs().max(right.abs());
                }
                let mut levels = lines.map(|group| group.into_iter().fold(FLOOR, f32::max));
                let groups = gains.len().div_ceil(GROUP);
                shape(&mut levels, groups);
                let mut last = from;
                for (line, to) in lines.iter_mut().zip(levels) {
                    let rise = (to - last) * 0.25;
                    *line = [1.0, 2.0, 3.0, 4.0].map(|part: f32| last + rise * part);
                    last = to;
                }
                gains.copy_from_slice(&lines.as_flattened()[..gains.len()]);
                from = levels[groups - 1];
            }
            from
        },
    )
}
