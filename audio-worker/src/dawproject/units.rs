//! The numbers of a project in the units of the engine.

use interchange::dawproject::{RealParameter, Unit};

/// What the engine takes for silence, in dB.
pub(super) const SILENCE_DB: f64 = -120.0;
/// The highest level that the engine takes, in dB.
pub(super) const LOUDEST_DB: f64 = 24.0;

/// What a number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// A level, in dB.
    Level,
    /// A place between left (-1) and right (1).
    Position,
    /// A frequency, in Hz.
    Frequency,
    /// A time, in milliseconds.
    Milliseconds,
    /// A ratio to one.
    Ratio,
    /// A number without a unit.
    Plain,
}

impl Measure {
    /// A value of a parameter, which may come in a unit of its own, as points do.
    pub(super) fn convert(self, value: f64, unit: Option<Unit>, parameter: &RealParameter) -> f64 {
        let (mut value, mut unit) = (value, unit.or(parameter.unit));
        if let (Some(Unit::Normalized), Some(own), Some(min), Some(max)) =
            (unit, parameter.unit, parameter.min, parameter.max)
            && own != Unit::Normalized
            && min.is_finite()
            && max.is_finite()
        {
            (value, unit) = (min + value * (max - min), Some(own));
        }
        match self {
            Self::Level => match unit {
                Some(Unit::Decibel) => value,
                Some(Unit::Percent) => gain_to_db(value / 100.0),
                _ => gain_to_db(value),
            },
            Self::Position => match unit {
                Some(Unit::Normalized) => 2.0 * value - 1.0,
                Some(Unit::Percent) => from_centre(value / 100.0, parameter.min),
                _ => from_centre(value, parameter.min.or(Some(-1.0))),
            },
            Self::Frequency if unit == Some(Unit::Semitones) => 440.0 * ((value - 69.0) / 12.0).exp2(),
            Self::Milliseconds => 1000.0 * value,
            Self::Ratio => match unit {
                Some(Unit::Percent) => 1.0 / (1.0 - value / 100.0).max(0.0),
                Some(Unit::Normalized) => 1.0 / (1.0 - value).max(0.0),
                _ => value,
            },
            Self::Plain if unit == Some(Unit::Percent) => value / 100.0,
            Self::Frequency | Self::Plain => value,
        }
    }

    /// The value that a parameter has where it is not automated.
    pub(super) fn of(self, parameter: Option<&RealParameter>) -> Option<f64> {
        let parameter = parameter?;
        Some(self.convert(parameter.value?, parameter.unit, parameter))
    }

    /// How far two values are apart: levels by what lies between their amplitudes, the rest by its part.
    pub(super) fn distance(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Level => (db_to_gain(a) - db_to_gain(b)).abs(),
            Self::Position => (a - b).abs(),
            _ => (a - b).abs() / a.abs().max(b.abs()).max(1e-9),
        }
    }

    /// How far apart they may be and still be heard as one: levels and places differ by less than -110 dB of full scale.
    pub(super) const fn tolerance(self) -> f64 {
        match self {
            Self::Level | Self::Position => 2e-6,
            _ => 1e-4,
        }
    }
}

/// A place counted from the centre, or from the left where the smallest is 0.
fn from_centre(value: f64, min: Option<f64>) -> f64 {
    if min.is_some_and(|min| min < 0.0) { value } else { 2.0 * value - 1.0 }
}

/// A linear amplitude in dB; nothing is silence.
pub(super) fn gain_to_db(gain: f64) -> f64 {
    if gain > 0.0 { 20.0 * gain.log10() } else { f64::NEG_INFINITY }
}

/// Decibels as a linear amplitude.
pub(super) fn db_to_gain(db: f64) -> f64 {
    10_f64.powf(db / 20.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(measure: Measure, value: f64, unit: Unit, min: Option<f64>, max: Option<f64>) -> f64 {
        let parameter = RealParameter { value: Some(value), unit: Some(unit), min, max, ..RealParameter::default() };
        measure.of(Some(&parameter)).unwrap()
    }

    #[test]
    fn every_unit_becomes_the_engine_s() {
        for (measure, value, unit, expected) in [
            (Measure::Level, 1.0, Unit::Linear, 0.0),
            (Measure::Level, 0.316_228, Unit::Linear, -10.0),
            (Measure::Level, 50.0, Unit::Percent, -6.0206),
            (Measure::Level, -6.0, Unit::Decibel, -6.0),
            (Measure::Position, 0.5, Unit::Normalized, 0.0),
            (Measure::Position, 0.0, Unit::Normalized, -1.0),
            (Measure::Position, 0.25, Unit::Linear, 0.25),
            (Measure::Frequency, 69.0, Unit::Semitones, 440.0),
            (Measure::Frequency, 135.076_232, Unit::Semitones, 20_000.0),
            (Measure::Frequency, 15.486_821, Unit::Semitones, 20.0),
            (Measure::Frequency, 1_000.0, Unit::Hertz, 1_000.0),
            (Measure::Milliseconds, 0.01, Unit::Seconds, 10.0),
            (Measure::Ratio, 4.0, Unit::Linear, 4.0),
            (Measure::Ratio, 75.0, Unit::Percent, 4.0),
        ] {
            let got = read(measure, value, unit, None, None);
            assert!((got - expected).abs() < 1e-3 * expected.abs().max(0.1), "{value} {unit:?}: {got} for {expected}");
        }
        assert!((read(Measure::Position, 25.0, Unit::Percent, Some(0.0), Some(100.0)) + 0.5).abs() < 1e-12);
        assert!((read(Measure::Position, -50.0, Unit::Percent, Some(-100.0), Some(100.0)) + 0.5).abs() < 1e-12);
        assert!(read(Measure::Level, 0.0, Unit::Linear, None, None).is_infinite());
    }

    #[test]
    fn points_between_0_and_1_reach_over_their_parameter_s_range() {
        let gain =
            RealParameter { unit: Some(Unit::Decibel), min: Some(-30.0), max: Some(30.0), ..RealParameter::default() };
        assert!((Measure::Level.convert(0.75, Some(Unit::Normalized), &gain) - 15.0).abs() < 1e-12);
    }
}
