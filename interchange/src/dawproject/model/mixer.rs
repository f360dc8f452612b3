//! Tracks, channels and the parameters that may be automated.

use super::{ContentType, Device, Label, Role, SendKind, Unit};

/// A track or a channel of the structure.
#[derive(Debug, Clone, PartialEq)]
pub enum Member {
    /// A track.
    Track(Box<Track>),
    /// A channel without a track of its own.
    Channel(Box<Channel>),
}

/// A track of the sequencer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Track {
    /// Its label.
    pub label: Label,
    /// What it is for.
    pub content: Vec<ContentType>,
    /// Whether it is active.
    pub loaded: Option<bool>,
    /// Its channel in the mixer.
    pub channel: Option<Box<Channel>>,
    /// The tracks in it, if it is a folder or a group.
    pub tracks: Vec<Track>,
}

/// A channel of the mixer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Channel {
    /// Its label.
    pub label: Label,
    /// How many channels of audio it has.
    pub audio_channels: Option<u32>,
    /// The id of the channel that it goes to.
    pub destination: Option<String>,
    /// What it is in the mixer.
    pub role: Option<Role>,
    /// Whether it is to be heard alone.
    pub solo: Option<bool>,
    /// Its devices, in order.
    pub devices: Vec<Device>,
    /// Whether it is silent.
    pub mute: Option<BoolParameter>,
    /// Its place between left and right.
    pub pan: Option<RealParameter>,
    /// What else goes to other channels.
    pub sends: Vec<Send>,
    /// Its fader.
    pub volume: Option<RealParameter>,
}

/// A copy of a channel's signal to another.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Send {
    /// Its label.
    pub label: Label,
    /// The id of the channel that it goes to.
    pub destination: Option<String>,
    /// Where it is taken; behind the fader by default.
    pub kind: Option<SendKind>,
    /// Whether it is on.
    pub enable: Option<BoolParameter>,
    /// Its place between left and right.
    pub pan: Option<RealParameter>,
    /// Its level.
    pub volume: Option<RealParameter>,
}

/// A number that may be automated.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RealParameter {
    /// Its label.
    pub label: Label,
    /// The number by which a plug-in knows it.
    pub parameter_id: Option<i32>,
    /// The largest value.
    pub max: Option<f64>,
    /// The smallest value.
    pub min: Option<f64>,
    /// What it counts.
    pub unit: Option<Unit>,
    /// Its value where it is not automated; infinite where a level is silence.
    pub value: Option<f64>,
}

/// A switch that may be automated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BoolParameter {
    /// Its label.
    pub label: Label,
    /// The number by which a plug-in knows it.
    pub parameter_id: Option<i32>,
    /// Its value where it is not automated.
    pub value: Option<bool>,
}

/// A whole number that may be automated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IntegerParameter {
    /// Its label.
    pub label: Label,
    /// The number by which a plug-in knows it.
    pub parameter_id: Option<i32>,
    /// The largest value.
    pub max: Option<i32>,
    /// The smallest value.
    pub min: Option<i32>,
    /// Its value where it is not automated.
    pub value: Option<i32>,
}

/// A choice that may be automated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnumParameter {
    /// Its label.
    pub label: Label,
    /// The number by which a plug-in knows it.
    pub parameter_id: Option<i32>,
    /// How many choices there are.
    pub count: Option<i32>,
    /// Their names, with a space between them.
    pub labels: Option<String>,
    /// Which one it is where it is not automated, from 0.
    pub value: Option<i32>,
}

/// A time signature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeSignature {
    /// Its label.
    pub label: Label,
    /// The number by which a plug-in knows it.
    pub parameter_id: Option<i32>,
    /// What a beat is: 4 for a quarter note.
    pub denominator: u16,
    /// How many beats a bar has.
    pub numerator: u16,
}

/// A parameter of a device.
#[derive(Debug, Clone, PartialEq)]
pub enum Parameter {
    /// A number.
    Real(RealParameter),
    /// A switch.
    Bool(BoolParameter),
    /// A whole number.
    Integer(IntegerParameter),
    /// A choice.
    Enum(EnumParameter),
    /// A time signature.
    TimeSignature(TimeSignature),
}

impl Parameter {
    /// Its label.
    pub const fn label(&self) -> &Label {
        match self {
            Self::Real(parameter) => &parameter.label,
            Self::Bool(parameter) => &parameter.label,
            Self::Integer(parameter) => &parameter.label,
            Self::Enum(parameter) => &parameter.label,
            Self::TimeSignature(parameter) => &parameter.label,
        }
    }
}
