//! The master chain and the voice tags.

use super::parameters::{Parameters, Visitor, parameters};
use super::processors::Processor;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

parameters! {
    /// Processors, then loudness, the true-peak limiter, and dither.
    pub struct Master {
        moving {
            /// Gain before the processors, in dB.
            trim_db = 0.0 in -120.0 to 24.0;
        }
        fixed {
            /// The most that the limiter may take off single peaks, in dB; beyond it the loudness target gives way.
            max_reduction_db = 12.0 in 0.0 to 24.0;
        }
        other {
            /// The processors, in order, at most 32.
            #[serde(skip_serializing_if = "Vec::is_empty")]
            #[schemars(length(max = 32))]
            processors: Vec<Processor> = Vec::new();
            /// The name of a source whose spectrum, width and level the mix takes on before the loudness target.
            #[serde(skip_serializing_if = "Option::is_none")]
            reference: Option<String> = None;
            /// The loudness to reach.
            target: Target = Target::default();
            /// True peak that no output exceeds, in dBTP, -20 to 0; lossy files hold it after decoding. The target's own
            /// by default.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schemars(range(min = -20.0, max = 0.0))]
            ceiling_dbtp: Option<f64> = None;
            /// Dither of integer formats.
            dither: Dither = Dither::default();
        }
    }
}

impl Master {
    /// True peak that no output exceeds, in dBTP.
    pub fn ceiling_dbtp(&self) -> f64 {
        self.ceiling_dbtp.unwrap_or(self.target.ceiling_dbtp())
    }

    /// Shows every number, those of the processors too.
    pub(in crate::render) fn visit_all(&mut self, visitor: &mut Visitor<'_>) {
        self.visit(visitor);
        if let Some(ceiling) = &mut self.ceiling_dbtp {
            visitor.fixed("ceiling_dbtp", ceiling, -20.0, 0.0);
        }
        if let Target::Custom(lufs) = &mut self.target {
            visitor.fixed("target.custom", lufs, -40.0, -5.0);
        }
        visitor.list("processors", &mut self.processors);
    }
}

/// An integrated loudness to reach and a true peak to hold: a platform's, or one's own.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// -14 LUFS, -1 dBTP.
    Spotify,
    /// -16 LUFS, -1 dBTP.
    Apple,
    /// -14 LUFS, -1 dBTP.
    Youtube,
    /// -14 LUFS, -1 dBTP.
    Tidal,
    /// -14 LUFS, -2 dBTP.
    Amazon,
    /// -15 LUFS, -1 dBTP.
    Deezer,
    /// -8 LUFS, -0.5 dBTP.
    Club,
    /// -9 LUFS, -0.3 dBTP.
    Cd,
    /// EBU R 128: -23 LUFS, -1 dBTP.
    Ebu,
    /// That loudness in LUFS, -40 to -5, at -1 dBTP.
    Custom(#[schemars(range(min = -40.0, max = -5.0))] f64),
    /// The level stays as it is; the ceiling, -1 dBTP, holds.
    AsIs,
}

impl Default for Target {
    fn default() -> Self {
        Self::Custom(-14.0)
    }
}

impl Target {
    /// The integrated loudness to reach, in LUFS.
    pub const fn loudness_lufs(self) -> Option<f64> {
        Some(match self {
            Self::Spotify | Self::Youtube | Self::Tidal | Self::Amazon => -14.0,
            Self::Apple => -16.0,
            Self::Deezer => -15.0,
            Self::Club => -8.0,
            Self::Cd => -9.0,
            Self::Ebu => -23.0,
            Self::Custom(lufs) => lufs,
            Self::AsIs => return None,
        })
    }

    /// The true peak to hold, in dBTP.
    pub const fn ceiling_dbtp(self) -> f64 {
        match self {
            Self::Amazon => -2.0,
            Self::Club => -0.5,
            Self::Cd => -0.3,
            _ => -1.0,
        }
    }
}

/// Noise that makes the rounding to integers inaudible.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Dither {
    /// Its seed.
    pub seed: u64,
    /// Whether the noise of 16-bit files is moved to where the ear hears it least.
    pub noise_shaping: bool,
}

parameters! {
    /// A voice that is laid over the music again and again, so that no stretch can be used without it.
    pub struct TagNode {
        fixed {
            /// When the first tag starts, in seconds.
            first_at_s = 1.5 in 0.0 to 3.0;
            /// Seconds from one tag's start to the next.
            every_s = 15.0 in 2.0 to 120.0;
            /// No stretch without a tag is longer than this, in seconds; it wins over `every_s`.
            longest_uncovered_s = 14.0 in 1.0 to 120.0;
            /// How far the music steps back while the tag speaks, in dB; 0 leaves it. Where the music's short-term loudness lies more than
            /// 6 LU above its integrated loudness it steps back by as much more, up to 24 dB, and where it lies more than 6 LU
            /// below, by as much less.
            duck_db = 7.0 in 0.0 to 60.0;
            /// How long the music takes to step back before the tag, in milliseconds.
            attack_ms = 90.0 in 1.0 to 1000.0;
            /// How long the music takes to return after the tag, in milliseconds.
            release_ms = 350.0 in 1.0 to 5000.0;
        }
        other {
            /// A source's name in the workspace (at most 15 s are used); the built-in voice if absent.
            #[serde(skip_serializing_if = "Option::is_none")]
            source: Option<String> = None;
            /// The tag's loudness relative to the music's, in LU, -40 to 20; `null` mutes it. The music's is its short-term loudness over the
            /// 3 s from the tag's start on, no further than 6 LU from its integrated loudness.
            #[schemars(range(min = -40.0, max = 20.0))]
            level_lu: Option<f64> = Some(-1.0);
            /// Tempo in beats per minute, 20 to 400, the document's by default: tags start on bars if there is one.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schemars(range(min = 20.0, max = 400.0))]
            tempo_bpm: Option<f64> = None;
        }
    }
}

impl TagNode {
    /// Shows every number, the optional ones too.
    pub(in crate::render) fn visit_all(&mut self, visitor: &mut Visitor<'_>) {
        self.visit(visitor);
        if let Some(level) = &mut self.level_lu {
            visitor.fixed("level_lu", level, -40.0, 20.0);
        }
        if let Some(tempo) = &mut self.tempo_bpm {
            visitor.fixed("tempo_bpm", tempo, 20.0, 400.0);
        }
    }
}
