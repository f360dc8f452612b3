//! Times in seconds or in beats.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A time: `{"seconds": 1.5}`, or `{"beats": 8}` in a document that states its tempo.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Time {
    /// In seconds, 0 to 14400, or less where a field says so.
    Seconds(#[schemars(range(min = 0.0, max = 14_400.0))] f64),
    /// In beats of the document's tempo, the first at 0; the seconds that they make are bounded alike.
    Beats(#[schemars(range(min = 0.0))] f64),
}

impl Default for Time {
    fn default() -> Self {
        Self::Seconds(0.0)
    }
}

impl Time {
    /// The time in seconds; beats need a tempo.
    pub fn seconds(self, tempo_bpm: Option<f64>) -> Option<f64> {
        match self {
            Self::Seconds(seconds) => Some(seconds),
            Self::Beats(beats) => tempo_bpm.map(|bpm| beats * 60.0 / bpm),
        }
    }
}
