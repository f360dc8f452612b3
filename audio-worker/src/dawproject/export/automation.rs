//! Automation: lanes of the document become points of the project.

use std::collections::BTreeMap;

use audio_engine::render::{Lane, Mix, Shape};
use interchange::dawproject::{Content, Interpolation, Point, PointValue, Points, Target, Timeline, Unit};

use super::{Clock, Ids};
use crate::dawproject::{
    Effect, Ledger,
    courses::refine,
    units::{Measure, SILENCE_DB, db_to_gain},
};

/// Half of the octaves that an exponential curve of the engine spans at a bend of 1.
const BEND: f64 = 8.0;

/// What becomes of a number on its way into the project.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scale {
    /// As it is.
    Plain(Unit),
    /// Decibels become an amplitude, with that many dB more.
    Amplitude(f64),
    /// Milliseconds become seconds.
    Seconds,
    /// A place between left and right becomes a balance between 0 and 1.
    Balance(audio_engine::render::PanLaw),
    /// What is counted up in the document is counted down from 0 in the project.
    Negative(Unit),
}

impl Scale {
    pub(super) fn apply(self, value: f64) -> f64 {
        match self {
            Self::Plain(_) => value,
            Self::Amplitude(more_db) if value > SILENCE_DB => db_to_gain(value + more_db),
            Self::Amplitude(_) => 0.0,
            Self::Seconds => value / 1000.0,
            Self::Balance(law) => 0.5 + 0.5 * super::channels::balance(value, law).0,
            Self::Negative(_) => -value,
        }
    }

    /// How far apart two of its numbers are: frequencies by their part, for they reach over thousands.
    const fn measure(self) -> Measure {
        match self.unit() {
            Unit::Hertz => Measure::Frequency,
            _ => Measure::Position,
        }
    }

    pub(super) const fn unit(self) -> Unit {
        match self {
            Self::Plain(unit) | Self::Negative(unit) => unit,
            Self::Amplitude(_) => Unit::Linear,
            Self::Seconds => Unit::Seconds,
            Self::Balance(_) => Unit::Normalized,
        }
    }
}

/// The numbers of the document that have become parameters, by their paths.
#[derive(Debug)]
pub(super) struct Targets<'m> {
    mix: &'m Mix,
    /// The parameter's id, the number of its track, and the way there.
    by_path: BTreeMap<String, (String, usize, Scale)>,
}

impl<'m> Targets<'m> {
    pub(super) fn of(mix: &'m Mix) -> Self {
        Self { mix, by_path: BTreeMap::new() }
    }

    /// Whether a lane of the document moves the number at that path.
    pub(super) fn is_moved(&self, path: &str) -> bool {
        self.mix.automation.iter().any(|lane| lane.parameter == path)
    }

    pub(super) fn add(&mut self, path: String, id: String, track: usize, scale: Scale) {
        self.by_path.insert(path, (id, track, scale));
    }

    /// The automation of one track's parameters.
    pub(super) fn points(&self, track: usize, clock: Clock, ids: &mut Ids) -> Vec<Timeline> {
        let mut timelines = Vec::new();
        for lane in &self.mix.automation {
            let Some((id, owner, scale)) = self.by_path.get(&lane.parameter) else { continue };
            if *owner == track {
                let points = Points {
                    unit: Some(scale.unit()),
                    target: Some(Target { parameter: Some(id.clone()), ..Target::default() }),
                    points: points(lane, *scale, clock),
                };
                timelines.push(Timeline { label: ids.label(), ..Timeline::of(Content::Points(points)) });
            }
        }
        timelines
    }

    /// Tells of the automation that has no parameter in the project.
    pub(super) fn tell(&self, ledger: &mut Ledger) {
        for lane in self.mix.automation.iter().filter(|lane| !self.by_path.contains_key(&lane.parameter)) {
            let note = format!("the automation of {} is left out, for a project has no such parameter", lane.parameter);
            ledger.bypassed("Automation", Effect::Unknown, note);
        }
    }
}

/// The points of a lane, with straight lines where the document's are straight in another unit, or bent.
fn points(lane: &Lane, scale: Scale, clock: Clock) -> Vec<Point> {
    let mut points = Vec::new();
    for (i, point) in lane.points.iter().enumerate() {
        let at = clock.time(point.at);
        let next = lane.points.get(i + 1).map(|next| (clock.time(next.at), next.value));
        let bend = match point.shape {
            Shape::Hold => None,
            Shape::Linear => Some(0.0),
            Shape::Curve(bend) => Some(bend),
        };
        let way = if bend.is_some() { Interpolation::Linear } else { Interpolation::Hold };
        points.push(Point { time: at, value: PointValue::Real(scale.apply(point.value), Some(way)) });
        if let (Some(bend), Some((next_at, next_value))) = (bend, next.filter(|next| next.0 > at)) {
            let along = |part: f64| scale.apply(point.value + (next_value - point.value) * shaped(part, bend));
            let measure = scale.measure();
            refine(&along, measure, measure.tolerance(), &mut |part, value| {
                let value = PointValue::Real(value, Some(Interpolation::Linear));
                points.push(Point { time: at + (next_at - at) * part, value });
            });
        }
    }
    points
}

/// The part of the way at a part of the time, as the engine bends it.
fn shaped(part: f64, bend: f64) -> f64 {
    if bend.abs() < 1e-3 { part } else { ((BEND * bend * part).exp2() - 1.0) / ((BEND * bend).exp2() - 1.0) }
}

#[cfg(test)]
mod tests {
    use audio_engine::render::{Point as EnginePoint, Time};

    use super::*;

    #[test]
    fn a_bent_sweep_of_a_filter_is_a_few_hundred_straight_lines() {
        let point = |at, value, shape| EnginePoint { at: Time::Seconds(at), value, shape };
        let sweep = vec![point(0.0, 20.0, Shape::Curve(0.5)), point(1.0, 20_000.0, Shape::Hold)];
        let lane = Lane { parameter: "unused".to_owned(), points: sweep };
        let found = points(&lane, Scale::Plain(Unit::Hertz), Clock { bpm: None });
        assert!((50..2_000).contains(&found.len()), "{} points", found.len());
        for pair in found.windows(2) {
            let (PointValue::Real(from, _), PointValue::Real(to, _)) = (&pair[0].value, &pair[1].value) else {
                panic!("{pair:?}")
            };
            let meant = 20.0 + 19_980.0 * shaped(f64::midpoint(pair[0].time, pair[1].time), 0.5);
            assert!((f64::midpoint(*from, *to) / meant - 1.0).abs() < 1.1e-4, "{pair:?} for {meant}");
        }
    }
}
