//! The course of an automated number, and gains that follow one.

use super::super::document::{Lane, Shape};
use crate::dsp::{GRID, Stereo, db_to_gain, exp2, narrow, scale};

/// Half of the octaves that an exponential curve spans at a bend of 1.
const BEND: f64 = 8.0;

/// A number over the frames of a mix.
#[derive(Debug, Clone)]
pub(super) struct Course {
    points: Vec<(f64, f64, Shape)>,
}

impl Course {
    pub(super) fn new(lane: &Lane, tempo_bpm: Option<f64>, rate: f64) -> Self {
        let point =
            |p: &super::super::document::Point| (p.at.seconds(tempo_bpm).unwrap_or(0.0) * rate, p.value, p.shape);
        Self { points: lane.points.iter().map(point).collect() }
    }

    /// The value at a frame, which may lie before the mix.
    pub(super) fn at(&self, frame: f64) -> f64 {
        let next = self.points.partition_point(|(at, ..)| *at <= frame);
        let Some(before) = next.checked_sub(1).map(|i| self.points[i]) else {
            return self.points.first().map_or(0.0, |first| first.1);
        };
        let Some(after) = self.points.get(next) else { return before.1 };
        let t = (frame - before.0) / (after.0 - before.0);
        before.1 + (after.1 - before.1) * shaped(t, before.2)
    }
}

/// The part of the way at a part of the time.
fn shaped(t: f64, shape: Shape) -> f64 {
    match shape {
        Shape::Hold => 0.0,
        Shape::Linear => t,
        Shape::Curve(bend) if bend.abs() < 1e-3 => t,
        Shape::Curve(bend) => (exp2(BEND * bend * t) - 1.0) / (exp2(BEND * bend) - 1.0),
    }
}

/// A gain in decibels that may be automated: straight lines of the linear gain between the points of the grid.
#[derive(Debug, Clone)]
pub(super) struct Gain {
    /// A factor of 1 or -1 that does not move.
    sign: f32,
    fixed: f32,
    course: Option<Course>,
}

impl Gain {
    pub(super) fn new(db: f64, course: Option<Course>) -> Self {
        Self { sign: 1.0, fixed: narrow(db_to_gain(db)), course }
    }

    pub(super) fn inverted(self, invert: bool) -> Self {
        Self { sign: if invert { -1.0 } else { 1.0 }, ..self }
    }

    /// The gain, if it does not move.
    pub(super) fn constant(&self) -> Option<f32> {
        self.course.is_none().then_some(self.fixed * self.sign)
    }

    /// The gain at a frame.
    pub(super) fn at(&self, frame: f64) -> f32 {
        self.sign * self.course.as_ref().map_or(self.fixed, |course| narrow(db_to_gain(course.at(frame))))
    }

    /// Applies it to a block whose first sample belongs to that frame.
    pub(super) fn apply(&self, [left, right]: Stereo<'_>, frame: f64) {
        match self.constant() {
            Some(gain) if (gain - 1.0).abs() == 0.0 => {}
            Some(gain) => [left, right].into_iter().for_each(|channel| scale(channel, gain)),
            None => each_tick([left, right], frame, |frame| [self.at(frame); 2]),
        }
    }
}

/// Applies a gain of each side that is known at the points of the grid.
pub(super) fn each_tick([left, right]: Stereo<'_>, frame: f64, gains: impl Fn(f64) -> [f32; 2]) {
    let grid = f64::from(u32::try_from(GRID).unwrap_or(64));
    let mut at = frame;
    let mut from = gains(at);
    for (left, right) in left.chunks_mut(GRID).zip(right.chunks_mut(GRID)) {
        at += grid;
        let to = gains(at);
        for (channel, (from, to)) in [left, right].into_iter().zip(from.into_iter().zip(to)) {
            let step = (to - from) / narrow(grid);
            let mut part = 0.0_f32;
            for x in channel {
                *x *= from + step * part;
                part += 1.0;
            }
        }
        from = to;
    }
}
