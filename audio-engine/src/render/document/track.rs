//! Tracks with their clips, buses, and the channel strip that both have.

use super::parameters::{Parameters, Visitor, parameters};
use super::processors::Processor;
use super::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Clips behind one channel strip.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Track {
    /// A name that no other track or bus has, 1 to 200 bytes.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// What it plays, at most 4096; clips that overlap are summed.
    #[schemars(length(max = 4096))]
    pub clips: Vec<Clip>,
    /// Its channel strip.
    #[serde(default)]
    pub strip: Strip,
    /// The bus that it goes to; the master by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
}

/// A sum of tracks and other buses behind a channel strip: a group, or where an effect is sent to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bus {
    /// A name that no other track or bus has, 1 to 200 bytes.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// Its channel strip.
    #[serde(default)]
    pub strip: Strip,
    /// The bus that it goes to; the master by default. Circles are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
}

/// A part of a source at a place of the mix.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clip {
    /// The source's name in the workspace.
    #[schemars(length(min = 1))]
    pub source: String,
    /// Where it starts in the mix.
    #[serde(default)]
    pub position: Time,
    /// Where it begins within its source, before the source's end.
    #[serde(default)]
    pub from: Time,
    /// Where it ends within its source; at the source's end by default, and never behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Time>,
    /// Gain in dB, -120 to 24.
    #[serde(default)]
    #[schemars(range(min = -120.0, max = 24.0))]
    pub gain_db: f64,
    /// Rises from silence at its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fade_in: Option<Fade>,
    /// Falls to silence at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fade_out: Option<Fade>,
}

impl Parameters for Clip {
    fn visit(&mut self, visitor: &mut Visitor<'_>) {
        visitor.fixed("gain_db", &mut self.gain_db, -120.0, 24.0);
    }
}

/// A fade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fade {
    /// How long it takes, up to 600 s.
    pub length: Time,
    /// Its form.
    #[serde(default)]
    pub curve: FadeCurve,
}

/// The form of a fade; a fade-out is its mirror.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FadeCurve {
    /// A straight line of the amplitude: cross-fades of equal signals keep their level.
    #[default]
    Linear,
    /// A quarter of a sine: cross-fades of different signals keep their power.
    EqualPower,
    /// Half a cosine: starts and ends gently.
    SCurve,
    /// A straight line in decibels over the last 60 dB.
    Exponential,
}

parameters! {
    /// A channel strip: trim, polarity, processors, then fader, pan and sends.
    pub struct Strip {
        moving {
            /// Gain at the input, in dB.
            trim_db = 0.0 in -120.0 to 24.0;
            /// Gain at the output, in dB.
            fader_db = 0.0 in -120.0 to 24.0;
        }
        other {
            /// Whether the signal is turned upside down.
            invert_polarity: bool = false;
            /// Whether nothing passes, neither to the output nor to a send.
            mute: bool = false;
            /// The processors, in order, at most 32.
            #[serde(skip_serializing_if = "Vec::is_empty")]
            #[schemars(length(max = 32))]
            processors: Vec<Processor> = Vec::new();
            /// Where it stands between left and right; as it comes by default.
            #[serde(skip_serializing_if = "Option::is_none")]
            pan: Option<Pan> = None;
            /// What else goes to buses, at most 32.
            #[serde(skip_serializing_if = "Vec::is_empty")]
            #[schemars(length(max = 32))]
            sends: Vec<SendTo> = Vec::new();
        }
    }
}

impl Strip {
    /// Shows every number, those of pan, processors and sends too.
    pub(in crate::render) fn visit_all(&mut self, visitor: &mut Visitor<'_>) {
        self.visit(visitor);
        if let Some(pan) = &mut self.pan {
            visitor.field("pan", pan);
        }
        visitor.list("processors", &mut self.processors);
        visitor.list("sends", &mut self.sends);
    }
}

parameters! {
    /// A place between left and right.
    pub struct Pan {
        moving {
            /// -1 is left, 0 the centre, 1 right.
            position = 0.0 in -1.0 to 1.0;
        }
        other {
            /// How loud the centre is against the sides.
            law: PanLaw = PanLaw::Minus3Db;
        }
    }
}

/// The level of each channel in the centre, against that of a channel on its own side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PanLaw {
    /// The centre is as loud as the sides: only the far channel is turned down.
    #[serde(rename = "balance")]
    Balance,
    /// Equal power: sine and cosine.
    #[serde(rename = "-3_db")]
    Minus3Db,
    /// Halfway between equal power and equal amplitude.
    #[serde(rename = "-4.5_db")]
    Minus4Db5,
    /// Equal amplitude: straight lines.
    #[serde(rename = "-6_db")]
    Minus6Db,
}

/// A copy of the signal to a bus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendTo {
    /// The bus.
    pub to: String,
    /// Level in dB, -120 to 24.
    #[serde(default)]
    #[schemars(range(min = -120.0, max = 24.0), extend("x-automatable" = true))]
    pub level_db: f64,
    /// Whether it is taken before fader and pan.
    #[serde(default)]
    pub pre_fader: bool,
}

impl Parameters for SendTo {
    fn visit(&mut self, visitor: &mut Visitor<'_>) {
        visitor.number("level_db", &mut self.level_db, -120.0, 24.0);
    }
}
