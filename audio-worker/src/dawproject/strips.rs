//! Channels become strips: fader, place, sends, devices, and what moves them.

use std::collections::BTreeMap;

use audio_engine::render::{Lane, Pan, PanLaw, Point, SendTo, Strip};
use interchange::dawproject::{BoolParameter, Channel, RealParameter, Send, SendKind};

use super::{
    courses::{Courses, either, silenced, thinned},
    desk::Desk,
    devices::{self, Knob},
    ledger::{Effect, Ledger},
    units::{LOUDEST_DB, Measure, SILENCE_DB, db_to_gain, gain_to_db},
};

/// Levels that the engine takes, in dB.
const LEVEL_DB: (f64, f64) = (SILENCE_DB, LOUDEST_DB);

/// The most lanes that the engine takes. One more is made, for which the document is refused, and no further ones.
const MAX_LANES: usize = 256;

/// What strips are made with, and what they add to.
pub(super) struct Bench<'p, 'd> {
    pub(super) desk: &'d Desk<'p>,
    /// The bus that each node that has one is.
    pub(super) buses: &'d BTreeMap<usize, String>,
    pub(super) courses: &'d mut Courses<'p>,
    pub(super) lanes: &'d mut Vec<Lane>,
    pub(super) ledger: &'d mut Ledger,
    pub(super) rate_hz: f64,
}

impl<'p> Bench<'p, '_> {
    /// The strip of a channel that stands at that path of the document.
    pub(super) fn strip(&mut self, channel: &'p Channel, place: &str, path: &str) -> Strip {
        let fader_db = self.level(channel.volume.as_ref(), place);
        let mut strip = Strip { fader_db, ..Strip::default() };
        self.move_level(
            channel.volume.as_ref(),
            &[(channel.mute.as_ref(), true)],
            (fader_db, place, format!("{path}.fader_db")),
        );
        if !self.courses.moves(channel.mute.as_ref().and_then(|mute| mute.label.id.as_ref())) {
            strip.mute = channel.mute.as_ref().is_some_and(|mute| mute.value == Some(true));
        }
        strip.pan = self.pan(channel.pan.as_ref(), place, path);
        for send in &channel.sends {
            self.send(send, channel.mute.as_ref(), place, path, &mut strip);
        }
        for device in &channel.devices {
            let name = [&device.label.name, &device.device_name].into_iter().flatten().next();
            let place = format!("{place} › {}", name.map_or_else(|| device.kind.element(), String::as_str));
            let moves = self.courses.moves(device.enabled.as_ref().and_then(|on| on.label.id.as_ref()));
            let mapped = devices::device(device, self.rate_hz, &place, moves, self.ledger);
            let first = strip.processors.len();
            strip.processors.extend(mapped.processors);
            for knob in &mapped.knobs {
                self.turn(knob, &format!("{path}.processors[{}].{}", first + knob.processor, knob.field), &place);
            }
        }
        strip
    }

    /// A level within what the engine takes; its own where there is none.
    fn level(&mut self, parameter: Option<&RealParameter>, place: &str) -> f64 {
        let level = Measure::Level.of(parameter).filter(|level| !level.is_nan()).unwrap_or(0.0);
        if level > LOUDEST_DB {
            let note = format!("a level of {level:.1} dB is more than the engine's {LOUDEST_DB:.0} dB");
            self.ledger.approximated(place, Effect::LevelDb(level.min(999.0) - LOUDEST_DB), note);
        }
        level.clamp(LEVEL_DB.0, LEVEL_DB.1)
    }

    /// The lane of a level, which falls silent where one of its switches says so: each with the value that does that.
    fn move_level(
        &mut self,
        parameter: Option<&'p RealParameter>,
        switches: &[(Option<&'p BoolParameter>, bool)],
        (constant, place, path): (f64, &str, String),
    ) {
        let mut points = self.points(parameter, Measure::Level, LEVEL_DB, place);
        let mut silent: Vec<(f64, bool)> = Vec::new();
        for &(switch, silencing) in switches {
            if let Some(course) = self.courses.take(switch.and_then(|switch| switch.label.id.as_ref())) {
                let these = course.switches().into_iter().map(|(at, on)| (at, on == silencing));
                silent = either(&silent, &these.collect::<Vec<_>>());
            }
        }
        if !silent.is_empty() {
            let (fallen, are_all) = thinned(silenced(&points, constant, &silent));
            points = fallen;
            let note =
                "its switch is automated: the level falls to -120 dB in its place, within a hundredth of a second";
            self.ledger.approximated(place, Effect::ResidueDb(SILENCE_DB), note);
            if !are_all {
                let note = "its switch has more changes than the engine's 10000 points, and is thinned out";
                self.ledger.approximated(place, Effect::Unknown, note);
            }
        }
        self.push(path, points);
    }

    fn push(&mut self, parameter: String, points: Vec<Point>) {
        if !points.is_empty() && self.lanes.len() <= MAX_LANES {
            self.lanes.push(Lane { parameter, points });
        }
    }

    /// The points that move a parameter; none if nothing does.
    fn points(
        &mut self,
        parameter: Option<&'p RealParameter>,
        measure: Measure,
        range: (f64, f64),
        place: &str,
    ) -> Vec<Point> {
        let Some(found) = parameter else { return Vec::new() };
        let Some(course) = self.courses.take(found.label.id.as_ref()).filter(|_| self.lanes.len() <= MAX_LANES) else {
            return Vec::new();
        };
        let (points, off) = course.points(found, measure, range);
        if off > measure.tolerance() {
            let what = found.label.name.as_deref().unwrap_or("a parameter");
            let effect = if measure == Measure::Level && off.is_finite() {
                Effect::ResidueDb(gain_to_db(off))
            } else {
                Effect::Unknown
            };
            let note = format!("the automation of {what} has more points than the engine's 10000, and is thinned out");
            self.ledger.approximated(place, effect, note);
        }
        points
    }

    /// Moves a number as the project moves its parameter.
    fn turn(&mut self, knob: &Knob<'p>, path: &str, place: &str) {
        let points = self.points(Some(knob.parameter), knob.measure, knob.range, place);
        self.push(path.to_owned(), points);
    }

    /// A place between left and right. In the centre and unmoved everything passes as it comes.
    fn pan(&mut self, parameter: Option<&'p RealParameter>, place: &str, path: &str) -> Option<Pan> {
        let position =
            Measure::Position.of(parameter).filter(|position| !position.is_nan()).unwrap_or(0.0).clamp(-1.0, 1.0);
        let points = self.points(parameter, Measure::Position, (-1.0, 1.0), place);
        if points.is_empty() && position.abs() < 1e-6 {
            return None;
        }
        let furthest = points.iter().map(|point| point.value).chain([position]).map(f64::abs).fold(0.0, f64::max);
        let note = "its place is a balance here, which leaves the nearer side as it is, for the project does not say which law its workstation has; \
                    one of equal power whose centre is as loud would differ by as much";
        self.ledger.approximated(place, Effect::LevelDb(law_db(furthest)), note);
        self.push(format!("{path}.pan.position"), points);
        Some(Pan { position, law: PanLaw::Balance })
    }

    /// A send, unless nothing of it can be heard. The fader does not move one before it, but the channel's switch silences it all the same.
    fn send(&mut self, send: &'p Send, mute: Option<&'p BoolParameter>, place: &str, path: &str, strip: &mut Strip) {
        let moves = |id: Option<&String>| self.courses.moves(id);
        let switch_moves = moves(send.enable.as_ref().and_then(|on| on.label.id.as_ref()));
        let level_moves = moves(send.volume.as_ref().and_then(|volume| volume.label.id.as_ref()));
        let off = send.enable.as_ref().is_some_and(|on| on.value == Some(false)) && !switch_moves;
        let is_silent =
            Measure::Level.of(send.volume.as_ref()).is_some_and(|level| level <= SILENCE_DB) && !level_moves;
        if off || is_silent {
            return;
        }
        let bus =
            send.destination.as_deref().and_then(|id| self.desk.by_channel(id)).and_then(|to| self.buses.get(&to));
        let Some(to) = bus.cloned() else {
            self.ledger.bypassed(
                place,
                Effect::Unknown,
                "a send is left out, for it goes to no channel of the project",
            );
            return;
        };
        let level_db = self.level(send.volume.as_ref(), place);
        let path = format!("{path}.sends[{}].level_db", strip.sends.len());
        let pre_fader = send.kind == Some(SendKind::Pre);
        let switches = [(send.enable.as_ref(), false), (mute.filter(|_| pre_fader), true)];
        self.move_level(send.volume.as_ref(), &switches, (level_db, place, path));
        let position = Measure::Position.of(send.pan.as_ref()).unwrap_or(0.0);
        if position.abs() > 1e-6 {
            let effect = Effect::LevelDb(gain_to_db((1.0 - position.abs()).max(1e-6)).abs());
            self.ledger.bypassed(
                place,
                effect,
                format!("the send to {to} comes from the centre here, not from its own place"),
            );
        }
        strip.sends.push(SendTo { to, level_db, pre_fader });
    }
}

/// How far a balance is from equal power that is as loud in the centre, at a place.
fn law_db(place: f64) -> f64 {
    let power = |part: f64| (std::f64::consts::FRAC_PI_2 * part).sin() * std::f64::consts::SQRT_2;
    let (near, far) = (power(0.5 + 0.5 * place), power(0.5 - 0.5 * place));
    let floor = db_to_gain(-60.0);
    let difference = |ours: f64, theirs: f64| gain_to_db(ours.max(floor) / theirs.max(floor)).abs();
    difference(1.0, near).max(difference(1.0 - place, far))
}
