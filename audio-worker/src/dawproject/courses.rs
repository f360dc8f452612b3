//! Automation: the courses of parameters in the project, and the lanes that the engine follows.

use std::collections::{BTreeMap, BTreeSet};

use audio_engine::render::{Point, Shape, Time};
use interchange::dawproject::{Content, Interpolation, PointValue, Points, RealParameter, Timeline, Unit};

use super::{
    tempo::{Frame, TempoMap},
    units::{Measure, SILENCE_DB},
};

/// The most points that a lane of the engine takes.
const MAX_POINTS: usize = 10_000;
/// A straight line of the project is cut in two so many times at the most to become straight lines of the engine.
const MAX_CUTS: u32 = 20;
/// The engine's times end here, in seconds.
const LAST_S: f64 = 14_400.0;

/// The course of one parameter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Course {
    unit: Option<Unit>,
    /// Seconds, value, and whether the way to the next point is a straight line; in order.
    points: Vec<(f64, f64, bool)>,
}

impl Course {
    fn of(points: &Points, frame: Frame, tempo: &TempoMap) -> Self {
        let mut course = Self { unit: points.unit, points: Vec::with_capacity(points.points.len()) };
        for point in &points.points {
            let (value, is_linear) = match point.value {
                PointValue::Real(value, way) => (value, way == Some(Interpolation::Linear)),
                PointValue::Bool(on) => (if on { 1.0 } else { 0.0 }, false),
                PointValue::Enum(value) | PointValue::Integer(value) => (f64::from(value), false),
                PointValue::TimeSignature(..) => continue,
            };
            course.points.push((frame.seconds(point.time, tempo).clamp(0.0, LAST_S), value, is_linear));
        }
        course.points.sort_by(|a, b| a.0.total_cmp(&b.0));
        course
    }

    /// When a switch is off or on: each change, the first at the beginning.
    pub(super) fn switches(&self) -> Vec<(f64, bool)> {
        let mut switches: Vec<(f64, bool)> = Vec::new();
        for (i, (at, value, _)) in self.points.iter().enumerate() {
            let on = *value >= 0.5;
            if switches.last().is_none_or(|last| last.1 != on) {
                switches.push((if i == 0 { 0.0 } else { *at }, on));
            }
        }
        switches
    }

    /// The points that the engine follows, and how far they are off, as the measure tells distances.
    pub(super) fn points(&self, parameter: &RealParameter, measure: Measure, range: (f64, f64)) -> (Vec<Point>, f64) {
        let convert = |value: f64| measure.convert(value, self.unit, parameter).clamp(range.0, range.1);
        let mut tolerance = measure.tolerance();
        while tolerance <= 1.0 {
            if let Some(found) = self.refined(&convert, measure, tolerance) {
                return found;
            }
            tolerance *= 4.0;
        }
        // A course that has too many points of its own is thinned out.
        let every = self.points.len().div_ceil(MAX_POINTS).max(1);
        (self.points.iter().step_by(every).map(|point| engine_point(*point, &convert)).collect(), f64::INFINITY)
    }

    /// The points within a tolerance; none if they are too many.
    fn refined(&self, convert: &dyn Fn(f64) -> f64, measure: Measure, tolerance: f64) -> Option<(Vec<Point>, f64)> {
        let (mut points, mut off) = (Vec::new(), 0.0_f64);
        for (i, point) in self.points.iter().enumerate() {
            let (at, value, is_linear) = *point;
            points.push(engine_point(*point, convert));
            if let Some((next_at, next_value, _)) = self.points.get(i + 1).filter(|next| is_linear && next.0 > at) {
                let along = |part: f64| convert(value + (next_value - value) * part);
                let refined = refine(&along, measure, tolerance, &mut |part, value| {
                    if points.len() <= MAX_POINTS {
                        let at = Time::Seconds(at + (next_at - at) * part);
                        points.push(Point { at, value, shape: Shape::Linear });
                    }
                });
                off = off.max(refined);
            }
            if points.len() > MAX_POINTS {
                return None;
            }
        }
        Some((points, off))
    }
}

/// A point of a course as the engine takes it.
fn engine_point((at, value, is_linear): (f64, f64, bool), convert: &dyn Fn(f64) -> f64) -> Point {
    let shape = if is_linear { Shape::Linear } else { Shape::Hold };
    Point { at: Time::Seconds(at), value: convert(value), shape }
}

/// Cuts the way along a function from 0 to 1 until straight lines follow it, and hands out where it was cut; how far they are still off.
pub(super) fn refine(
    along: &dyn Fn(f64) -> f64,
    measure: Measure,
    tolerance: f64,
    cut: &mut dyn FnMut(f64, f64),
) -> f64 {
    let mut off = 0.0_f64;
    // What is still to be looked at, the earliest on top.
    let mut waiting = vec![(0.0, 1.0, 0)];
    while let Some((from, to, cuts)) = waiting.pop() {
        let middle = f64::midpoint(from, to);
        let (value, straight) = (along(middle), f64::midpoint(along(from), along(to)));
        let distance = measure.distance(value, straight);
        if distance > tolerance && cuts < MAX_CUTS {
            waiting.push((middle, to, cuts + 1));
            waiting.push((from, middle, cuts + 1));
        } else {
            off = off.max(distance);
            if to < 1.0 {
                cut(to, along(to));
            }
        }
    }
    off
}

/// No more points than the engine takes, and whether these are all.
pub(super) fn thinned(points: Vec<Point>) -> (Vec<Point>, bool) {
    let every = points.len().div_ceil(MAX_POINTS).max(1);
    (points.into_iter().step_by(every).collect(), every == 1)
}

/// When one of two switches silences or both do, as each says from its own changes on.
pub(super) fn either(one: &[(f64, bool)], other: &[(f64, bool)]) -> Vec<(f64, bool)> {
    let silences = |switch: &[(f64, bool)], time: f64| {
        let next = switch.partition_point(|change| change.0 <= time);
        next.checked_sub(1).is_some_and(|last| switch[last].1)
    };
    let mut times: Vec<f64> = one.iter().chain(other).map(|change| change.0).collect();
    times.sort_by(f64::total_cmp);
    let mut both: Vec<(f64, bool)> = Vec::new();
    for time in times {
        let is_silent = silences(one, time) || silences(other, time);
        if both.last().is_none_or(|last| last.1 != is_silent) {
            both.push((time, is_silent));
        }
    }
    both
}

/// A level that falls silent wherever a switch says so; `constant` is the level where no lane moves it.
pub(super) fn silenced(level: &[Point], constant: f64, silent: &[(f64, bool)]) -> Vec<Point> {
    let at = |point: &Point| point.at.seconds(None).unwrap_or(0.0);
    let point = |at: f64, value: f64, shape: Shape| Point { at: Time::Seconds(at), value, shape };
    let unmoved = [point(0.0, constant, Shape::Hold)];
    let level = if level.is_empty() { &unmoved[..] } else { level };
    let value_at = |time: f64| {
        let next = level.partition_point(|point| at(point) <= time);
        let Some(before) = next.checked_sub(1).map(|i| &level[i]) else { return (level[0].value, Shape::Hold) };
        match level.get(next) {
            Some(after) if before.shape == Shape::Linear => {
                let part = (time - at(before)) / (at(after) - at(before));
                (before.value + (after.value - before.value) * part, Shape::Linear)
            }
            _ => (before.value, Shape::Hold),
        }
    };
    let mut points = Vec::new();
    for (i, (from, is_silent)) in silent.iter().enumerate() {
        let to = silent.get(i + 1).map_or(f64::INFINITY, |next| next.0);
        if *is_silent {
            points.push(point(*from, SILENCE_DB, Shape::Hold));
            if to.is_finite() {
                points.push(point(to, SILENCE_DB, Shape::Hold));
            }
            continue;
        }
        let (value, shape) = value_at(*from);
        points.push(point(*from, value, shape));
        let first = level.partition_point(|point| at(point) <= *from);
        points.extend(level[first..].iter().take_while(|point| at(point) < to).cloned());
        if to.is_finite() {
            points.push(point(to, value_at(to).0, Shape::Hold));
        }
    }
    points
}

/// The courses of a project, by the parameter that each moves.
#[derive(Debug, Default)]
pub(super) struct Courses<'p> {
    by_parameter: BTreeMap<&'p str, Course>,
    used: BTreeSet<&'p str>,
    /// Parameters that a second course moves as well, which is left out.
    pub(super) doubled: BTreeSet<&'p str>,
}

impl<'p> Courses<'p> {
    /// The courses on the lanes of the arrangement; those within clips are the clips' own.
    pub(super) fn of(lanes: Option<&'p Timeline>, tempo: &TempoMap) -> Self {
        let mut courses = Self::default();
        if let Some(lanes) = lanes {
            courses.collect(lanes, Frame::PROJECT, tempo);
        }
        courses
    }

    fn collect(&mut self, timeline: &'p Timeline, frame: Frame, tempo: &TempoMap) {
        let frame = frame.counting(timeline.time_unit, tempo);
        match &timeline.content {
            Content::Lanes(lanes) => lanes.iter().for_each(|lane| self.collect(lane, frame, tempo)),
            Content::Points(points) => {
                let target = points.target.as_ref().and_then(|target| target.parameter.as_deref());
                let Some(id) = target.filter(|_| !points.points.is_empty()) else { return };
                if self.by_parameter.contains_key(id) {
                    self.doubled.insert(id);
                } else {
                    self.by_parameter.insert(id, Course::of(points, frame, tempo));
                }
            }
            _ => {}
        }
    }

    /// The course of a parameter, if it has one; it counts as taken over then.
    pub(super) fn take(&mut self, id: Option<&'p String>) -> Option<Course> {
        let (id, course) = self.by_parameter.get_key_value(id?.as_str())?;
        self.used.insert(*id);
        Some(course.clone())
    }

    /// Whether a parameter has a course.
    pub(super) fn moves(&self, id: Option<&String>) -> bool {
        id.is_some_and(|id| self.by_parameter.contains_key(id.as_str()))
    }

    /// The parameters whose courses nobody has taken over.
    pub(super) fn left(&self) -> impl Iterator<Item = &'p str> {
        self.by_parameter.keys().copied().filter(move |id| !self.used.contains(id))
    }

    /// When the last course ends, in seconds.
    pub(super) fn end_s(&self) -> f64 {
        let last = |course: &Course| course.points.last().map_or(0.0, |point| point.0);
        self.by_parameter.values().map(last).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(unit: Unit, points: &[(f64, f64, bool)]) -> Course {
        Course { unit: Some(unit), points: points.to_vec() }
    }

    /// The level that the engine makes of points at a time: straight lines in dB, as an amplitude.
    fn amplitude(points: &[Point], time: f64) -> f64 {
        let at = |point: &Point| point.at.seconds(None).unwrap();
        let next = points.partition_point(|point| at(point) <= time);
        let before = &points[next.saturating_sub(1)];
        let db = match points.get(next) {
            Some(after) if before.shape == Shape::Linear => {
                before.value + (after.value - before.value) * (time - at(before)) / (at(after) - at(before))
            }
            _ => before.value,
        };
        super::super::units::db_to_gain(db)
    }

    #[test]
    fn a_straight_line_of_the_amplitude_stays_one() {
        let course = course(Unit::Linear, &[(0.0, 1.0, true), (2.0, 0.0, true), (3.0, 1.9, false)]);
        let (points, off) = course.points(&RealParameter::default(), Measure::Level, (-120.0, 24.0));
        assert!(off <= Measure::Level.tolerance() && points.len() < 2_000, "{} points, {off} off", points.len());
        for i in 0..300 {
            let time = f64::from(i) / 100.0;
            let meant = if time < 2.0 { 1.0 - time / 2.0 } else { (time - 2.0) * 1.9 };
            assert!(
                (amplitude(&points, time) - meant).abs() < 1e-5,
                "{time} s: {} for {meant}",
                amplitude(&points, time)
            );
        }
    }

    #[test]
    fn a_course_of_too_many_points_still_fits() {
        let points: Vec<_> = (0..30_000).map(|i| (f64::from(i) / 10.0, f64::from(i % 7) / 7.0, true)).collect();
        let (points, off) =
            course(Unit::Linear, &points).points(&RealParameter::default(), Measure::Level, (-120.0, 24.0));
        assert!(points.len() <= MAX_POINTS && off.is_infinite());
    }

    #[test]
    fn of_two_switches_each_silences() {
        let one = [(0.0, false), (1.0, true), (3.0, false), (5.0, true)];
        let other = [(0.0, false), (2.0, true), (4.0, false), (5.0, true), (6.0, false)];
        assert_eq!(either(&one, &other), [(0.0, false), (1.0, true), (4.0, false), (5.0, true)]);
        assert_eq!((either(&one, &[]), either(&[], &one)), (one.to_vec(), one.to_vec()));
    }

    #[test]
    fn a_switch_silences_a_level_and_lets_it_go_on_where_it_would_be() {
        let point = |at: f64, value: f64| Point { at: Time::Seconds(at), value, shape: Shape::Linear };
        let muted = silenced(&[point(0.0, 0.0), point(4.0, -8.0)], 0.0, &[(0.0, false), (1.0, true), (3.0, false)]);
        for (time, db) in
            [(0.0, 0.0), (0.5, -1.0), (0.999, -1.998), (1.0, -120.0), (2.9, -120.0), (3.0, -6.0), (5.0, -8.0)]
        {
            let got = 20.0 * amplitude(&muted, time).log10();
            assert!((got - db).abs() < 1e-6, "{time} s: {got} dB for {db}");
        }
        assert!(muted.windows(2).all(|pair| pair[0].at.seconds(None) <= pair[1].at.seconds(None)));
        let constant = silenced(&[], -3.0, &[(0.0, true), (2.0, false)]);
        assert!((20.0 * amplitude(&constant, 1.0).log10() + 120.0).abs() < 1e-6);
        assert!((20.0 * amplitude(&constant, 2.5).log10() + 3.0).abs() < 1e-6);
    }
}
