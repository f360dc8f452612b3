//! Devices: what plays each, and how well.

mod dynamics;
mod equaliser;
mod response;

use audio_engine::render::{Compressor, Processor};
use interchange::dawproject::{Device, DeviceKind, DeviceRole, RealParameter};

use super::{
    ledger::{Effect, Fidelity, Ledger},
    units::{LOUDEST_DB, Measure, SILENCE_DB},
};

/// What plays a device.
#[derive(Debug, Default)]
pub(super) struct Mapped<'p> {
    pub(super) processors: Vec<Processor>,
    /// Its parameters that move a number.
    pub(super) knobs: Vec<Knob<'p>>,
}

/// A parameter, and the number that it moves.
#[derive(Debug)]
pub(super) struct Knob<'p> {
    pub(super) parameter: &'p RealParameter,
    /// Which of the device's processors it belongs to.
    pub(super) processor: usize,
    /// The number's path below that.
    pub(super) field: String,
    pub(super) measure: Measure,
    pub(super) range: (f64, f64),
}

/// What became of a device.
#[derive(Debug, Clone, PartialEq)]
struct Fate {
    fidelity: Fidelity,
    effect: Effect,
    note: String,
}

/// Takes a device over; the ledger says how. `moves` tells whether its switch is automated.
pub(super) fn device<'p>(
    device: &'p Device,
    rate_hz: f64,
    place: &str,
    moves: bool,
    ledger: &mut Ledger,
) -> Mapped<'p> {
    let switched = device.enabled.as_ref().and_then(|enabled| enabled.value) != Some(false);
    if !moves && (!switched || device.loaded == Some(false)) {
        ledger.exact(place, "switched off in the project, and so left out");
        return Mapped::default();
    }
    let (mapped, fate) = match &device.kind {
        DeviceKind::Equalizer(found) => equaliser::equaliser(found, rate_hz),
        DeviceKind::Compressor(found) => dynamics::compressor(found),
        DeviceKind::NoiseGate(found) => dynamics::noise_gate(found),
        DeviceKind::Limiter(found) => dynamics::limiter(found),
        _ => (Mapped::default(), foreign(device)),
    };
    if moves {
        let note = "switching it on and off is automated in the project, and not here: it stays on";
        ledger.approximated(place, Effect::Unknown, note);
    }
    ledger.entries.push(super::ledger::Entry {
        place: place.to_owned(),
        fidelity: fate.fidelity,
        effect: fate.effect,
        note: fate.note,
    });
    mapped
}

/// A device that only its own workstation or plug-in can play.
fn foreign(device: &Device) -> Fate {
    let what = match device.kind {
        DeviceKind::Vst2 => "VST2 plug-in",
        DeviceKind::Vst3 => "VST3 plug-in",
        DeviceKind::Clap => "CLAP plug-in",
        DeviceKind::Au => "Audio Unit",
        _ => "device of the workstation",
    };
    let by = device.vendor.as_ref().filter(|vendor| !vendor.is_empty()).map(|vendor| format!(" by {vendor}"));
    let what = format!("{what}{}", by.unwrap_or_default());
    let remedy = "freeze the track in the workstation and export anew to hear it";
    let (fidelity, effect, note) = match device.role {
        Some(DeviceRole::Analyzer) => {
            (Fidelity::Exact, Effect::NONE, format!("{what} that shows, and changes nothing"))
        }
        Some(DeviceRole::Instrument) => {
            (Fidelity::Bypassed, Effect::Unknown, format!("{what}: its notes are silent here; {remedy}"))
        }
        Some(DeviceRole::NoteFx) => {
            (Fidelity::Bypassed, Effect::Unknown, format!("{what} that changes notes, which are silent here"))
        }
        Some(DeviceRole::AudioFx) | None => (
            Fidelity::Bypassed,
            Effect::Unknown,
            format!("{what}: it is left out, and what it does nobody can tell; {remedy}"),
        ),
    };
    Fate { fidelity, effect, note }
}

/// Plain gain: the engine has no processor of that name, but a compressor that does not compress is one.
fn gain(gain_db: f64) -> Vec<Processor> {
    let mut left = gain_db.clamp(SILENCE_DB, 5.0 * LOUDEST_DB);
    let mut stages = Vec::new();
    while left.abs() > 1e-9 {
        let make_up_db = left.clamp(-LOUDEST_DB, LOUDEST_DB);
        left -= make_up_db;
        stages.push(Processor::Compressor(Compressor {
            threshold_db: 0.0,
            ratio: 1.0,
            knee_db: 0.0,
            make_up_db,
            ..Compressor::default()
        }));
    }
    stages
}

/// The gain of a processor that is nothing but gain, in dB.
pub(super) fn plain_gain_db(processor: &Processor) -> Option<f64> {
    match processor {
        Processor::Compressor(found) if found.ratio <= 1.0 && found.look_ahead_ms <= 0.0 => {
            // Beside the untouched signal a gain is another one.
            let gain = 1.0 + (super::units::db_to_gain(found.make_up_db) - 1.0) * found.mix;
            Some(super::units::gain_to_db(gain))
        }
        _ => None,
    }
}
