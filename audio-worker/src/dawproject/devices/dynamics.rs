//! Compressor, gate and limiter: the format names their numbers, and neither knee nor detector, so that none is exact.

use audio_engine::render::{Compressor as EngineCompressor, Gate, Processor};
use interchange::dawproject::{Compressor, Limiter, NoiseGate, RealParameter};

use super::{Fate, Knob, Mapped, gain};
use crate::dawproject::{
    ledger::{Effect, Fidelity},
    units::{LOUDEST_DB, Measure},
};

/// The knee against which one without is compared, in dB: workstations have some such.
const USUAL_KNEE_DB: f64 = 6.0;
/// How far above its threshold a limiter is driven at the most, when its effect is told, in dB.
const DRIVEN_DB: f64 = 20.0;
/// What the engine's compressor holds a limiter's peaks with.
const LIMITING_RATIO: f64 = 100.0;
/// How far it looks ahead then, in milliseconds.
const LIMITING_AHEAD_MS: f64 = 1.0;

/// A device while its numbers are taken over.
#[derive(Default)]
struct Taken<'p> {
    mapped: Mapped<'p>,
    /// What is beyond the engine's ranges.
    beyond: Vec<&'static str>,
}

impl<'p> Taken<'p> {
    /// A number within a range, automated as `field` of the processor that is being made if it is.
    fn number(
        &mut self,
        parameter: Option<&'p RealParameter>,
        field: &str,
        measure: Measure,
        range: (f64, f64),
        or: f64,
    ) -> f64 {
        let name = field.rsplit('.').next().map_or("a number", plain);
        let Some(found) = parameter else { return or };
        let processor = self.mapped.processors.len();
        self.mapped.knobs.push(Knob { parameter: found, processor, field: field.to_owned(), measure, range });
        let Some(value) = measure.of(parameter).filter(|value| !value.is_nan()) else { return or };
        if !(range.0..=range.1).contains(&value) {
            self.beyond.push(name);
        }
        value.clamp(range.0, range.1)
    }

    /// Gain before what follows.
    fn gain_before(&mut self, parameter: Option<&RealParameter>) {
        self.mapped.processors.extend(gain(Measure::Level.of(parameter).unwrap_or(0.0)));
    }

    fn fate(self, effect: Effect, note: &str) -> (Mapped<'p>, Fate) {
        let note = if self.beyond.is_empty() {
            note.to_owned()
        } else {
            format!("{note}; {} lies beyond what the engine takes", self.beyond.join(", "))
        };
        let effect = if self.beyond.is_empty() { effect } else { Effect::Unknown };
        (self.mapped, Fate { fidelity: Fidelity::Approximated, effect, note })
    }
}

/// A field's name in words.
fn plain(field: &str) -> &'static str {
    match field {
        "threshold_db" => "the threshold",
        "ratio" => "the ratio",
        "attack_ms" => "the attack",
        "release_ms" => "the release",
        "make_up_db" => "the output gain",
        "range_db" => "the range",
        _ => "a number",
    }
}

/// What plays a compressor, and how well.
pub(super) fn compressor(device: &Compressor) -> (Mapped<'_>, Fate) {
    let mut taken = Taken::default();
    taken.gain_before(device.input_gain.as_ref());
    let ratio = taken.number(device.ratio.as_ref(), "compressor.ratio", Measure::Ratio, (1.0, 100.0), 4.0);
    let compressor = EngineCompressor {
        threshold_db: taken.number(
            device.threshold.as_ref(),
            "compressor.threshold_db",
            Measure::Level,
            (-80.0, 0.0),
            0.0,
        ),
        ratio,
        knee_db: 0.0,
        attack_ms: taken.number(
            device.attack.as_ref(),
            "compressor.attack_ms",
            Measure::Milliseconds,
            (0.05, 500.0),
            10.0,
        ),
        release_ms: taken.number(
            device.release.as_ref(),
            "compressor.release_ms",
            Measure::Milliseconds,
            (1.0, 5000.0),
            100.0,
        ),
        make_up_db: taken.number(
            device.output_gain.as_ref(),
            "compressor.make_up_db",
            Measure::Level,
            (-LOUDEST_DB, LOUDEST_DB),
            0.0,
        ),
        ..EngineCompressor::default()
    };
    taken.mapped.processors.push(Processor::Compressor(compressor));
    if device.auto_makeup.as_ref().is_some_and(|on| on.value == Some(true)) {
        return taken.fate(
            Effect::Unknown,
            "compressor without its automatic make-up gain, of which the project says no number",
        );
    }
    // In the middle of a knee the curve lies an eighth of it below the corner.
    let knee_db = (1.0 - 1.0 / ratio) * USUAL_KNEE_DB / 8.0;
    let note = "compressor with the project's threshold, ratio and times, and no knee; one of 6 dB would differ by as much where it begins, and what \
                its detector and times mean in the workstation the project does not say";
    taken.fate(Effect::LevelDb(knee_db), note)
}

/// What plays a gate, and how well.
pub(super) fn noise_gate(device: &NoiseGate) -> (Mapped<'_>, Fate) {
    let mut taken = Taken::default();
    // The project counts the range down from 0; without one the gate closes altogether.
    let range_db = Measure::Level.of(device.range.as_ref()).map_or(100.0, f64::abs).min(100.0);
    let gate = Gate {
        threshold_db: taken.number(
            device.threshold.as_ref(),
            "gate.threshold_db",
            Measure::Level,
            (-100.0, 0.0),
            -50.0,
        ),
        hysteresis_db: 0.0,
        range_db,
        attack_ms: taken.number(device.attack.as_ref(), "gate.attack_ms", Measure::Milliseconds, (0.05, 200.0), 1.0),
        hold_ms: 0.0,
        release_ms: taken.number(
            device.release.as_ref(),
            "gate.release_ms",
            Measure::Milliseconds,
            (1.0, 5000.0),
            100.0,
        ),
        ..Gate::default()
    };
    taken.mapped.processors.push(Processor::Gate(gate));
    let ratio = Measure::Ratio.of(device.ratio.as_ref()).unwrap_or(f64::INFINITY);
    if ratio < LIMITING_RATIO {
        let note = format!(
            "gate that closes at its threshold, where the project's turns down by {ratio:.1} to 1: just below it they differ by the whole range"
        );
        return taken.fate(Effect::LevelDb(range_db), &note);
    }
    taken.fate(Effect::Unknown, "gate with the project's threshold, range and times; what its detector is in the workstation the project does not say")
}

/// What plays a limiter, and how well.
pub(super) fn limiter(device: &Limiter) -> (Mapped<'_>, Fate) {
    let mut taken = Taken::default();
    taken.gain_before(device.input_gain.as_ref());
    let limiter = EngineCompressor {
        threshold_db: taken.number(
            device.threshold.as_ref(),
            "compressor.threshold_db",
            Measure::Level,
            (-80.0, 0.0),
            0.0,
        ),
        ratio: LIMITING_RATIO,
        knee_db: 0.0,
        attack_ms: Measure::Milliseconds.of(device.attack.as_ref()).unwrap_or(0.0).clamp(0.05, LIMITING_AHEAD_MS),
        release_ms: taken.number(
            device.release.as_ref(),
            "compressor.release_ms",
            Measure::Milliseconds,
            (1.0, 5000.0),
            50.0,
        ),
        make_up_db: taken.number(
            device.output_gain.as_ref(),
            "compressor.make_up_db",
            Measure::Level,
            (-LOUDEST_DB, LOUDEST_DB),
            0.0,
        ),
        look_ahead_ms: LIMITING_AHEAD_MS,
        ..EngineCompressor::default()
    };
    taken.mapped.processors.push(Processor::Compressor(limiter));
    let note =
        "limiter, played as a compressor of 100 to 1 that looks 1 ms ahead: driven by 20 dB it lets as much through";
    taken.fate(Effect::LevelDb(DRIVEN_DB / LIMITING_RATIO), note)
}
