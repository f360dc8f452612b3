//! What stands in a channel strip: filters, dynamics, colour, space. Levels are in dB, times in milliseconds or seconds,
//! frequencies in Hz; every number states its range.

use super::parameters::{Parameters, Visitor, parameters};
use super::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One processor; a strip runs them in the order of its list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Processor {
    /// Takes away what is below a frequency.
    HighPass(Cut),
    /// Takes away what is above a frequency.
    LowPass(Cut),
    /// Parametric equaliser.
    Equaliser(Equaliser),
    /// Noise gate.
    Gate(Gate),
    /// Compressor.
    Compressor(Compressor),
    /// De-esser.
    DeEsser(DeEsser),
    /// Soft saturation.
    Saturation(Saturation),
    /// Echo.
    Delay(Delay),
    /// Algorithmic reverb.
    Reverb(Reverb),
    /// Convolution with an impulse response.
    Convolution(Convolution),
    /// Multiband compressor.
    Multiband(Multiband),
    /// Stereo width.
    Width(Width),
    /// Clipper.
    Clipper(Clipper),
}

impl Parameters for Processor {
    fn visit(&mut self, visitor: &mut Visitor<'_>) {
        let (name, inner): (&str, &mut dyn Parameters) = match self {
            Self::HighPass(inner) => ("high_pass", inner),
            Self::LowPass(inner) => ("low_pass", inner),
            Self::Equaliser(inner) => ("equaliser", inner),
            Self::Gate(inner) => ("gate", inner),
            Self::Compressor(inner) => ("compressor", inner),
            Self::DeEsser(inner) => ("de_esser", inner),
            Self::Saturation(inner) => ("saturation", inner),
            Self::Delay(inner) => ("delay", inner),
            Self::Reverb(inner) => ("reverb", inner),
            Self::Convolution(inner) => ("convolution", inner),
            Self::Multiband(inner) => ("multiband", inner),
            Self::Width(inner) => ("width", inner),
            Self::Clipper(inner) => ("clipper", inner),
        };
        visitor.field(name, inner);
    }
}

impl Processor {
    /// The track or bus that this processor listens to instead of its own input.
    pub fn side_chain(&self) -> Option<&str> {
        match self {
            Self::Gate(gate) => gate.side_chain.as_deref(),
            Self::Compressor(compressor) => compressor.side_chain.as_deref(),
            _ => None,
        }
    }
}

parameters! {
    /// A Butterworth high- or low-pass.
    pub struct Cut {
        moving {
            /// Where it is 3 dB down, in Hz; at most 0.49 of the sample rate is used.
            frequency_hz = 80.0 in 10.0 to 22000.0;
        }
        other {
            /// How steep it is, in dB per octave.
            slope: Slope = Slope::Db12;
        }
    }
}

/// Steepness in dB per octave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Slope {
    /// 6 dB per octave.
    #[serde(rename = "6_db")]
    Db6,
    /// 12 dB per octave.
    #[serde(rename = "12_db")]
    Db12,
    /// 24 dB per octave.
    #[serde(rename = "24_db")]
    Db24,
    /// 48 dB per octave.
    #[serde(rename = "48_db")]
    Db48,
}

/// Bands in series.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Equaliser {
    /// The bands, 1 to 16.
    #[schemars(length(min = 1, max = 16))]
    pub bands: Vec<Band>,
}

impl Parameters for Equaliser {
    fn visit(&mut self, visitor: &mut Visitor<'_>) {
        visitor.list("bands", &mut self.bands);
    }
}

parameters! {
    /// One band, after R. Bristow-Johnson's Audio EQ Cookbook.
    pub struct Band {
        moving {
            /// Centre of a bell, half-gain point of a shelf, in Hz; at most 0.49 of the sample rate is used.
            frequency_hz = 1000.0 in 10.0 to 22000.0;
            /// Gain in dB.
            gain_db = 0.0 in -30.0 to 30.0;
            /// Quality: the centre over the bandwidth; 0.707 makes a shelf without a bump.
            q = 0.707 in 0.1 to 30.0;
        }
        other {
            /// The band's form.
            shape: BandShape = BandShape::Bell;
        }
    }
}

/// The form of an equaliser's band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BandShape {
    /// Raises or lowers around the centre.
    Bell,
    /// Raises or lowers what is below.
    LowShelf,
    /// Raises or lowers what is above.
    HighShelf,
    /// Takes away the centre; the gain is not used.
    Notch,
}

parameters! {
    /// Turns down what is below a threshold.
    pub struct Gate {
        moving {
            /// Peaks above this open it, in dBFS.
            threshold_db = -50.0 in -100.0 to 0.0;
            /// It closes this much further down, in dB.
            hysteresis_db = 3.0 in 0.0 to 24.0;
            /// How far a closed gate turns down, in dB.
            range_db = 60.0 in 0.0 to 100.0;
            /// Time constant of opening, in ms.
            attack_ms = 1.0 in 0.05 to 200.0;
            /// How long it stays open at least, in ms.
            hold_ms = 50.0 in 0.0 to 2000.0;
            /// Time constant of closing, in ms.
            release_ms = 100.0 in 1.0 to 5000.0;
        }
        fixed {
            /// How far it looks ahead, in ms; the whole mix is aligned to it.
            look_ahead_ms = 0.0 in 0.0 to 20.0;
        }
        other {
            /// The track or bus whose signal behind its fader opens it; its own input by default.
            side_chain: Option<String> = None;
        }
    }
}

parameters! {
    /// Turns down what is above a threshold (Giannoulis, Massberg and Reiss 2012: feed-forward, smoothed in decibels).
    pub struct Compressor {
        moving {
            /// Where it begins, in dBFS of the louder channel's peak.
            threshold_db = -20.0 in -80.0 to 0.0;
            /// Decibels in for one decibel out above the threshold.
            ratio = 3.0 in 1.0 to 100.0;
            /// Width of the transition around the threshold, in dB.
            knee_db = 6.0 in 0.0 to 40.0;
            /// Time constant of turning down, in ms.
            attack_ms = 10.0 in 0.05 to 500.0;
            /// Time constant of turning up again, in ms.
            release_ms = 120.0 in 1.0 to 5000.0;
            /// Gain behind it, in dB.
            make_up_db = 0.0 in -24.0 to 24.0;
            /// Part of the compressed signal, 0 to 1; the rest is the untouched one.
            mix = 1.0 in 0.0 to 1.0;
        }
        fixed {
            /// How far it looks ahead, in ms; the whole mix is aligned to it.
            look_ahead_ms = 0.0 in 0.0 to 20.0;
        }
        other {
            /// The track or bus whose signal behind its fader it listens to; its own input by default.
            side_chain: Option<String> = None;
        }
    }
}

parameters! {
    /// Turns down the highs where they hiss; what is below the frequency is not touched.
    pub struct DeEsser {
        moving {
            /// Where the highs begin, in Hz.
            frequency_hz = 5500.0 in 1000.0 to 16000.0;
            /// Peaks of the highs above this are turned down, in dBFS.
            threshold_db = -30.0 in -80.0 to 0.0;
            /// Decibels in for one decibel out above the threshold.
            ratio = 4.0 in 1.0 to 100.0;
            /// Time constant of turning down, in ms.
            attack_ms = 1.0 in 0.05 to 100.0;
            /// Time constant of turning up again, in ms.
            release_ms = 60.0 in 1.0 to 1000.0;
        }
    }
}

parameters! {
    /// A cubic soft clip at four times the rate: odd harmonics that grow with the level.
    pub struct Saturation {
        moving {
            /// Level into the curve, in dB; small signals keep theirs.
            drive_db = 6.0 in 0.0 to 40.0;
            /// Gain behind it, in dB.
            output_db = 0.0 in -24.0 to 24.0;
            /// Part of the saturated signal, 0 to 1; the rest is the untouched one.
            mix = 1.0 in 0.0 to 1.0;
        }
    }
}

parameters! {
    /// Echoes; with a time in beats they follow the tempo.
    pub struct Delay {
        moving {
            /// What is fed back, 0 to 0.98.
            feedback = 0.35 in 0.0 to 0.98;
            /// Echoes lose what is above, in Hz.
            low_pass_hz = 8000.0 in 200.0 to 22000.0;
            /// Echoes lose what is below, in Hz.
            high_pass_hz = 100.0 in 10.0 to 5000.0;
            /// Part of the echoes, 0 to 1; the rest is the untouched signal.
            mix = 0.3 in 0.0 to 1.0;
        }
        other {
            /// Time from echo to echo, 1 ms to 10 s.
            time: Time = Time::Seconds(0.375);
            /// Whether echoes change sides.
            ping_pong: bool = false;
        }
    }
}

parameters! {
    /// A feedback delay network of eight lines behind diffusing allpasses (Jot 1991).
    pub struct Reverb {
        moving {
            /// Time in which it falls by 60 dB, in seconds.
            decay_s = 1.8 in 0.1 to 30.0;
            /// The tail loses what is above, in Hz.
            damping_hz = 6000.0 in 500.0 to 22000.0;
            /// Part of the reverb, 0 to 1; the rest is the untouched signal.
            mix = 0.25 in 0.0 to 1.0;
        }
        fixed {
            /// Size of the room: 1 is a hall with walls 10 to 25 m apart.
            size = 1.0 in 0.2 to 2.0;
            /// Time before it begins, in ms.
            pre_delay_ms = 15.0 in 0.0 to 250.0;
        }
    }
}

parameters! {
    /// Convolution with a recorded impulse response.
    pub struct Convolution {
        moving {
            /// Gain of the convolved signal, in dB.
            gain_db = 0.0 in -60.0 to 24.0;
            /// Part of the convolved signal, 0 to 1; the rest is the untouched one.
            mix = 0.25 in 0.0 to 1.0;
        }
        other {
            /// The impulse response's name in the workspace; the first 20 s are used.
            source: String = String::new();
        }
    }
}

/// A compressor for each band between Linkwitz-Riley crossovers of 24 dB per octave, whose sum is flat.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Multiband {
    /// The crossovers, rising, one to four, 40 to 16000 Hz.
    #[schemars(length(min = 1, max = 4), inner(range(min = 40.0, max = 16_000.0)))]
    pub crossovers_hz: Vec<f64>,
    /// One band more than crossovers, from the lowest.
    #[schemars(length(min = 2, max = 5))]
    pub bands: Vec<MultibandBand>,
}

impl Parameters for Multiband {
    fn visit(&mut self, visitor: &mut Visitor<'_>) {
        for (i, crossover) in self.crossovers_hz.iter_mut().enumerate() {
            visitor.fixed(&format!("crossovers_hz[{i}]"), crossover, 40.0, 16_000.0);
        }
        visitor.list("bands", &mut self.bands);
    }
}

parameters! {
    /// One band of a multiband compressor.
    pub struct MultibandBand {
        moving {
            /// Where it begins, in dBFS of the louder channel's peak in this band.
            threshold_db = -24.0 in -80.0 to 0.0;
            /// Decibels in for one decibel out above the threshold.
            ratio = 2.0 in 1.0 to 100.0;
            /// Width of the transition around the threshold, in dB.
            knee_db = 6.0 in 0.0 to 40.0;
            /// Time constant of turning down, in ms.
            attack_ms = 20.0 in 0.05 to 500.0;
            /// Time constant of turning up again, in ms.
            release_ms = 150.0 in 1.0 to 5000.0;
            /// The band's gain, in dB.
            gain_db = 0.0 in -24.0 to 24.0;
        }
    }
}

parameters! {
    /// Width of the stereo picture.
    pub struct Width {
        moving {
            /// Factor on the sides: 0 is mono, 1 leaves it, 2 is the widest.
            width = 1.0 in 0.0 to 2.0;
            /// The sides lose what is below, in Hz, so that the bass is mono; 0 leaves them.
            mono_below_hz = 0.0 in 0.0 to 500.0;
        }
    }
}

parameters! {
    /// Clips peaks at four times the rate, so that little of it folds back.
    pub struct Clipper {
        moving {
            /// No sample passes this, in dBFS, but for the ripple of the filter behind it.
            ceiling_db = -1.0 in -24.0 to 0.0;
            /// Width of the rounded transition below the ceiling, in dB.
            knee_db = 2.0 in 0.0 to 12.0;
            /// Level into it, in dB.
            drive_db = 0.0 in 0.0 to 24.0;
        }
    }
}
