//! Timelines and what plays on them.

use super::{Expression, FileReference, Interpolation, Label, TimeUnit, Unit};

/// A timeline: where, in what, and of what.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// Its label.
    pub label: Label,
    /// What it and the timelines in it count in; that of the one around it by default.
    pub time_unit: Option<TimeUnit>,
    /// The id of the track that it belongs to; that of the one around it by default.
    pub track: Option<String>,
    /// What is on it.
    pub content: Content,
}

impl Timeline {
    /// A timeline of that content.
    pub fn of(content: Content) -> Self {
        Self { label: Label::default(), time_unit: None, track: None, content }
    }
}

/// What is on a timeline.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Timelines beside each other.
    Lanes(Vec<Timeline>),
    /// Clips.
    Clips(Vec<Clip>),
    /// A slot of a clip launcher.
    Slot(Slot),
    /// Notes.
    Notes(Vec<Note>),
    /// Markers.
    Markers(Vec<Marker>),
    /// Automation.
    Points(Points),
    /// A timeline whose time is warped.
    Warps(Warps),
    /// An audio file.
    Audio(Media),
    /// A video file.
    Video(Media),
}

/// A slot of a clip launcher.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Slot {
    /// Whether starting it empty stops the track.
    pub has_stop: Option<bool>,
    /// What is in it.
    pub clip: Option<Box<Clip>>,
}

/// A view on a part of a timeline, at a place of another.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Clip {
    /// Its label.
    pub label: Label,
    /// Where it starts on the timeline around it.
    pub time: f64,
    /// How long it is there.
    pub duration: Option<f64>,
    /// What the timeline in it counts in, and with it the four fields that follow.
    pub content_time_unit: Option<TimeUnit>,
    /// Where on the timeline in it it starts to play.
    pub play_start: Option<f64>,
    /// Where it stops to play.
    pub play_stop: Option<f64>,
    /// Where its loop starts.
    pub loop_start: Option<f64>,
    /// Where its loop ends.
    pub loop_end: Option<f64>,
    /// What fades count in.
    pub fade_time_unit: Option<TimeUnit>,
    /// How long it fades in; below 0 it starts that much earlier, for a cross-fade.
    pub fade_in: Option<f64>,
    /// How long it fades out.
    pub fade_out: Option<f64>,
    /// Whether it plays.
    pub enable: Option<bool>,
    /// The id of a timeline elsewhere that it plays in place of its own.
    pub reference: Option<String>,
    /// The timeline that it plays.
    pub content: Option<Box<Timeline>>,
}

/// A note.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Note {
    /// Where it starts.
    pub time: f64,
    /// How long it is.
    pub duration: f64,
    /// The MIDI channel, from 0.
    pub channel: Option<i32>,
    /// The MIDI key.
    pub key: i32,
    /// The velocity, 0 to 1.
    pub velocity: Option<f64>,
    /// The velocity of its release, 0 to 1.
    pub release: Option<f64>,
    /// What it expresses.
    pub content: Option<Box<Timeline>>,
}

/// A marker.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Marker {
    /// Its label.
    pub label: Label,
    /// Where it is.
    pub time: f64,
}

/// Automation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    /// What the values count.
    pub unit: Option<Unit>,
    /// What is automated.
    pub target: Option<Target>,
    /// The points.
    pub points: Vec<Point>,
}

/// What is automated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// The id of a parameter.
    pub parameter: Option<String>,
    /// What is expressed.
    pub expression: Option<Expression>,
    /// The MIDI channel of an expression.
    pub channel: Option<i32>,
    /// The MIDI key of an expression.
    pub key: Option<i32>,
    /// The MIDI controller of an expression.
    pub controller: Option<i32>,
}

/// A point of automation.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// When.
    pub time: f64,
    /// What is then.
    pub value: PointValue,
}

/// The value of a point.
#[derive(Debug, Clone, PartialEq)]
pub enum PointValue {
    /// Of a number, with the way to the next point; it holds by default.
    Real(f64, Option<Interpolation>),
    /// Of a choice.
    Enum(i32),
    /// Of a switch.
    Bool(bool),
    /// Of a whole number.
    Integer(i32),
    /// Of a time signature: numerator and denominator.
    TimeSignature(u16, u16),
}

/// A timeline whose time is warped.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Warps {
    /// What the timeline in it counts in.
    pub content_time_unit: Option<TimeUnit>,
    /// The timeline that is warped.
    pub content: Option<Box<Timeline>>,
    /// Which time of it is when; straight in between, and on beyond the ends.
    pub warps: Vec<Warp>,
}

/// A time of a warped timeline, and when it is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Warp {
    /// When it is.
    pub time: f64,
    /// The time of the content.
    pub content_time: f64,
}

/// An audio or video file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Media {
    /// The file's length, in seconds.
    pub duration: Option<f64>,
    /// How the workstation stretches it.
    pub algorithm: Option<String>,
    /// How many channels it has.
    pub channels: Option<u32>,
    /// Its rate, in Hz.
    pub sample_rate: Option<u32>,
    /// The file.
    pub file: FileReference,
}
