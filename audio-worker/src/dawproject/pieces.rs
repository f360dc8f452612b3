//! Parts of files at their places, and what was met on the way to them.

use std::collections::BTreeMap;

use audio_engine::render::{Clip, Fade, FadeCurve, Time};
use interchange::dawproject::{Expression, PointValue, Points, RealParameter};

use super::{
    ledger::{Effect, Ledger},
    media::Medium,
    units::{LOUDEST_DB, Measure, SILENCE_DB, gain_to_db},
};

/// Parts that are shorter are not heard, in seconds.
pub(super) const SHORTEST_S: f64 = 1e-5;
/// How much a part is off at its end before it counts as stretched, in frames of its file.
const DRIFT_FRAMES: f64 = 0.5;
/// And in parts of its length, for some workstations write beats in single precision.
const DRIFT_PARTS: f64 = 2.5e-7;
/// Fades where a stretched part is cut, in seconds.
const CUT_FADE_S: f64 = 0.005;

/// A part of a file at its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    source: String,
    at_s: f64,
    from_s: f64,
    to_s: f64,
    file_s: f64,
    fade_in_s: f64,
    fade_out_s: f64,
    gain_db: f64,
}

impl Piece {
    /// Where it starts, in seconds.
    pub(super) fn at_s(&self) -> f64 {
        self.at_s
    }

    /// Where it ends, in seconds.
    pub(super) fn end_s(&self) -> f64 {
        self.at_s + self.to_s - self.from_s
    }

    /// The clip that the engine plays.
    pub(super) fn clip(&self) -> Clip {
        let fade = |length: f64| {
            (length > 0.0).then(|| Fade { length: Time::Seconds(length.min(600.0)), curve: FadeCurve::Linear })
        };
        let to_end = self.to_s >= self.file_s - 1e-9;
        Clip {
            source: self.source.clone(),
            position: Time::Seconds(self.at_s),
            from: Time::Seconds(self.from_s),
            to: (!to_end).then_some(Time::Seconds(self.to_s)),
            gain_db: self.gain_db,
            fade_in: fade(self.fade_in_s),
            fade_out: fade(self.fade_out_s),
        }
    }
}

/// What was met on the way that the engine does not play as it is, for one track.
#[derive(Debug, Default)]
pub(super) struct Met {
    /// Notes of instruments.
    pub(super) notes: usize,
    /// Video files.
    pub(super) videos: usize,
    /// Warped parts that play at their own speed: how many, and by how much the most stretched one is.
    stretched: usize,
    most_stretched: f64,
    most_late_s: f64,
    /// Fades, and those that do not fit their part.
    fades: usize,
    cut_fades: usize,
    /// Automation in clips.
    automated: usize,
    /// Timelines that are warped and no audio.
    pub(super) warped: usize,
    /// Links to timelines that are not there.
    pub(super) unlinked: usize,
    /// Files that are nowhere, and why.
    pub(super) missing: BTreeMap<String, String>,
}

/// A part of a file that lies between two seconds of the project at some speed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) at_s: f64,
    pub(super) end_s: f64,
    pub(super) from_s: f64,
    pub(super) speed: f64,
}

/// Adds a part of a file: to the piece before it, if it goes on with that; at its own speed, if it is stretched.
pub(super) fn add(pieces: &mut Vec<Piece>, first: usize, medium: &Medium, part: Part, met: &mut Met) {
    let frame_s = DRIFT_FRAMES / f64::from(medium.rate_hz);
    let room_s = part.end_s - part.at_s;
    let wanted_s = room_s * part.speed;
    let mut piece = Piece {
        source: medium.source.clone(),
        at_s: part.at_s,
        from_s: part.from_s.max(0.0),
        to_s: (part.from_s + room_s.min(wanted_s)).min(medium.duration_s),
        file_s: medium.duration_s,
        fade_in_s: 0.0,
        fade_out_s: 0.0,
        gain_db: 0.0,
    };
    let late_s = (room_s - wanted_s).abs();
    if late_s > frame_s + DRIFT_PARTS * room_s {
        met.stretched += 1;
        met.most_stretched = met.most_stretched.max((1.0 / part.speed - 1.0).abs());
        met.most_late_s = met.most_late_s.max(late_s);
        let cut = CUT_FADE_S.min((piece.to_s - piece.from_s) / 4.0);
        (piece.fade_in_s, piece.fade_out_s) = (cut, cut);
    } else if let Some(before) = pieces[first..].last_mut()
        && before.fade_out_s <= 0.0
        && (before.end_s() - part.at_s).abs() <= frame_s
        && (part.at_s - before.at_s - (part.from_s - before.from_s)).abs() <= frame_s
    {
        before.to_s = (before.from_s + part.end_s - before.at_s).min(medium.duration_s);
        return;
    } else {
        piece.to_s = (piece.from_s + room_s).min(medium.duration_s);
    }
    if piece.to_s - piece.from_s > SHORTEST_S {
        pieces.push(piece);
    }
}

pub(super) fn last_end(pieces: &[Piece]) -> f64 {
    pieces.iter().map(Piece::end_s).fold(0.0, f64::max)
}

/// Fades in what begins where a clip does.
pub(super) fn fade_in(pieces: &mut [Piece], opens_s: f64, length_s: f64, met: &mut Met) {
    if length_s <= SHORTEST_S {
        return;
    }
    for piece in pieces.iter_mut().filter(|piece| piece.at_s < opens_s + length_s) {
        if (piece.at_s - opens_s).abs() > SHORTEST_S || piece.to_s - piece.from_s < length_s {
            met.cut_fades += 1;
        } else {
            met.fades += 1;
            piece.fade_in_s = piece.fade_in_s.max(length_s);
        }
    }
}

/// Fades out what ends where a clip does.
pub(super) fn fade_out(pieces: &mut [Piece], ends_s: f64, length_s: f64, met: &mut Met) {
    if length_s <= SHORTEST_S {
        return;
    }
    for piece in pieces.iter_mut().filter(|piece| piece.end_s() > ends_s - length_s) {
        // Lengths in beats are rounded more than once on their way to seconds.
        if (piece.end_s() - ends_s).abs() > 0.001 || piece.to_s - piece.from_s < length_s {
            met.cut_fades += 1;
        } else {
            met.fades += 1;
            piece.fade_out_s = piece.fade_out_s.max(length_s);
        }
    }
}

/// A level that a clip expresses all along becomes its gain; whatever else it expresses or moves is noted.
pub(super) fn express(points: &Points, pieces: &mut [Piece], met: &mut Met) {
    if points.points.is_empty() {
        return;
    }
    let mut values = points.points.iter().map(|point| match point.value {
        PointValue::Real(value, _) => Some(value),
        _ => None,
    });
    let first = values.next().flatten();
    let stays = values.all(|value| value.is_some() && value == first);
    let expression = points.target.as_ref().and_then(|target| target.expression);
    match (expression, first) {
        (Some(Expression::Gain), Some(gain)) if stays => {
            let gain_db = Measure::Level.convert(gain, points.unit, &RealParameter::default());
            for piece in &mut *pieces {
                piece.gain_db = (piece.gain_db + gain_db).clamp(SILENCE_DB, LOUDEST_DB);
            }
        }
        (Some(Expression::Transpose | Expression::Formant | Expression::Timbre), Some(value))
            if stays && value.abs() < 1e-9 => {}
        (Some(Expression::Pan), Some(value)) if stays => {
            let place = Measure::Position.convert(value, points.unit, &RealParameter::default());
            met.automated += usize::from(place.abs() > 1e-9);
        }
        _ => met.automated += 1,
    }
}

impl Met {
    /// Tells what was met on a track.
    pub(super) fn tell(self, place: &str, ledger: &mut Ledger) {
        for (path, why) in &self.missing {
            ledger.bypassed(place, Effect::Unknown, format!("the clips of {path} are left out: {why}"));
        }
        if self.stretched > 0 {
            let note = format!(
                "{} parts are stretched in the project, by up to {:.2} %; here they play at their own speed, each from its place on, and end up to \
                 {:.0} ms off: stretch them in the workstation and export anew",
                self.stretched,
                100.0 * self.most_stretched,
                1000.0 * self.most_late_s
            );
            ledger.approximated(place, Effect::Unknown, note);
        }
        if self.fades > 0 {
            let note = format!(
                "{} fades are straight lines here, for the project does not say what form they have; an equal-power fade begins that much louder",
                self.fades
            );
            ledger.approximated(place, Effect::LevelDb(gain_to_db(std::f64::consts::FRAC_PI_2)), note);
        }
        for (count, what) in [
            (self.cut_fades, "fades reach over more than one part of a clip, and are left out"),
            (
                self.notes,
                "notes are not played, for instruments stay in the workstation: put a bounce of the track in its place",
            ),
            (self.videos, "video files are left out, with their sound"),
            (self.automated, "automations within clips are not played"),
            (self.warped, "warped timelines are left out, for they run backwards or hold more than an audio file"),
            (self.unlinked, "clips are left out, for what they are linked to is not in the project"),
        ] {
            if count > 0 {
                ledger.bypassed(place, Effect::Unknown, format!("{count} {what}"));
            }
        }
    }
}
