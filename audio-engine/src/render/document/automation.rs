//! Numbers that change while the mix runs.

use super::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The course of one number. It is evaluated every 64 frames; gains go straight in between.
///
/// The numbers that may move are those that the schema marks `x-automatable`. The others say what is built before the first sample
/// (the size of a reverb, the time of a delay, crossovers), where a clip lies and how loud it is, or what the whole file is held to; a lane
/// over one of them is refused by its path. Switches, such as a mute, a polarity or a slope, are no numbers and stay as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lane {
    /// Where the number stands in this document, such as `tracks[0].strip.fader_db` or
    /// `buses[1].strip.processors[0].compressor.threshold_db`.
    pub parameter: String,
    /// The points in the order of their times, at most 10000. Before the first and after the last their values hold.
    #[schemars(length(min = 1, max = 10_000))]
    pub points: Vec<Point>,
}

/// One point of a lane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// When.
    pub at: Time,
    /// The number's value there, in its own unit and range.
    pub value: f64,
    /// The way to the next point.
    #[serde(default)]
    pub shape: Shape,
}

/// The way from one point to the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Stays, then jumps.
    Hold,
    /// A straight line.
    #[default]
    Linear,
    /// An exponential curve with that bend, -1 to 1: above 0 it starts slowly, below 0 it ends slowly.
    Curve(#[schemars(range(min = -1.0, max = 1.0))] f64),
}
