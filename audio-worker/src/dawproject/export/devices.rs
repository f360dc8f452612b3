//! Processors become devices, where the format has one.

use audio_engine::render::{BandShape, Compressor as EngineCompressor, Cut, Gate, Processor, Slope, Strip};
use interchange::dawproject::{
    Band, BandKind, Compressor, Device, DeviceKind, DeviceRole, Equalizer, NoiseGate, RealParameter, Unit,
};

use super::{
    Ids,
    automation::{Scale, Targets},
    channels::Seat,
};
use crate::dawproject::{Effect, Ledger, devices::plain_gain_db};

/// Where devices are put together.
struct Rack<'a, 'm> {
    seat: Seat<'a>,
    ids: &'a mut Ids,
    targets: &'a mut Targets<'m>,
    ledger: &'a mut Ledger,
}

/// The devices of a strip: one for its trim, if it has one, and one for each processor that the format knows.
pub(super) fn devices(
    strip: &Strip,
    seat: Seat<'_>,
    ids: &mut Ids,
    targets: &mut Targets<'_>,
    ledger: &mut Ledger,
) -> Vec<Device> {
    let mut devices = Vec::new();
    let mut rack = Rack { seat, ids, targets, ledger };
    let trim = format!("{}.trim_db", seat.path);
    if strip.trim_db.abs() > 0.0 || rack.targets.is_moved(&trim) {
        let gain = rack.number("InputGain", strip.trim_db, &trim, Scale::Plain(Unit::Decibel));
        let equaliser = Equalizer { input_gain: Some(gain), ..Equalizer::default() };
        devices.push(rack.of("Trim", DeviceKind::Equalizer(Box::new(equaliser))));
    }
    for (i, processor) in strip.processors.iter().enumerate() {
        devices.extend(rack.device(processor, &format!("{}.processors[{i}]", seat.path)));
    }
    devices
}

impl Rack<'_, '_> {
    /// The device for a processor at that path; none, and an entry of the ledger, if the format has none.
    fn device(&mut self, processor: &Processor, path: &str) -> Option<Device> {
        if let Some(gain_db) = plain_gain_db(processor) {
            let gain = self.number(
                "OutputGain",
                gain_db,
                &format!("{path}.compressor.make_up_db"),
                Scale::Plain(Unit::Decibel),
            );
            let equaliser = Equalizer { output_gain: Some(gain), ..Equalizer::default() };
            return Some(self.of("Gain", DeviceKind::Equalizer(Box::new(equaliser))));
        }
        let left_out = match processor {
            Processor::HighPass(cut) => return Some(self.cut(cut, BandKind::HighPass, &format!("{path}.high_pass"))),
            Processor::LowPass(cut) => return Some(self.cut(cut, BandKind::LowPass, &format!("{path}.low_pass"))),
            Processor::Equaliser(found) => {
                let bands = found.bands.iter().enumerate();
                let bands = bands.map(|(i, band)| self.band(band, &format!("{path}.equaliser.bands[{i}]"))).collect();
                let equaliser = Equalizer { bands, ..Equalizer::default() };
                return Some(self.of("Equaliser", DeviceKind::Equalizer(Box::new(equaliser))));
            }
            Processor::Gate(found) => return Some(self.gate(found, &format!("{path}.gate"))),
            Processor::Compressor(found) => return Some(self.compressor(found, &format!("{path}.compressor"))),
            Processor::DeEsser(_) => "the de-esser",
            Processor::Saturation(_) => "the saturation",
            Processor::Delay(_) => "the delay",
            Processor::Reverb(_) => "the reverb",
            Processor::Convolution(_) => "the convolution",
            Processor::Multiband(_) => "the multiband compressor",
            Processor::Width(_) => "the stereo width",
            Processor::Clipper(_) => "the clipper",
        };
        let note = format!("{left_out} is left out, for a project has no such device: bounce the track to keep it");
        self.ledger.bypassed(self.seat.name, Effect::Unknown, note);
        None
    }

    /// A number that becomes a parameter.
    fn number(&mut self, name: &str, value: f64, path: &str, scale: Scale) -> RealParameter {
        let label = self.ids.label().named(name);
        self.targets.add(path.to_owned(), label.id.clone().unwrap_or_default(), self.seat.track, scale);
        RealParameter { label, unit: Some(scale.unit()), value: Some(scale.apply(value)), ..RealParameter::default() }
    }

    fn of(&mut self, name: &str, kind: DeviceKind) -> Device {
        Device {
            kind,
            label: self.ids.label().named(name),
            device_name: Some(name.to_owned()),
            role: Some(DeviceRole::AudioFx),
            vendor: Some("Ledgerline".to_owned()),
            loaded: Some(true),
            ..Device::default()
        }
    }

    fn cut(&mut self, cut: &Cut, kind: BandKind, path: &str) -> Device {
        let order = match cut.slope {
            Slope::Db6 => 1,
            Slope::Db12 => 2,
            Slope::Db24 => 4,
            Slope::Db48 => 8,
        };
        let freq = self.number("Freq", cut.frequency_hz, &format!("{path}.frequency_hz"), Scale::Plain(Unit::Hertz));
        let band = Band { kind, order: Some(order), freq, gain: None, q: None, enabled: None };
        let name = if kind == BandKind::HighPass { "High-pass" } else { "Low-pass" };
        self.of(name, DeviceKind::Equalizer(Box::new(Equalizer { bands: vec![band], ..Equalizer::default() })))
    }

    fn band(&mut self, band: &audio_engine::render::Band, path: &str) -> Band {
        let kind = match band.shape {
            BandShape::Bell => BandKind::Bell,
            BandShape::LowShelf => BandKind::LowShelf,
            BandShape::HighShelf => BandKind::HighShelf,
            BandShape::Notch => BandKind::Notch,
        };
        Band {
            kind,
            order: Some(2),
            freq: self.number("Freq", band.frequency_hz, &format!("{path}.frequency_hz"), Scale::Plain(Unit::Hertz)),
            gain: Some(self.number("Gain", band.gain_db, &format!("{path}.gain_db"), Scale::Plain(Unit::Decibel))),
            q: Some(self.number("Q", band.q, &format!("{path}.q"), Scale::Plain(Unit::Linear))),
            enabled: None,
        }
    }

    fn gate(&mut self, gate: &Gate, path: &str) -> Device {
        let note =
            "a gate keeps threshold, range and times; its hysteresis, hold, look-ahead and side chain are left out";
        self.ledger.approximated(self.seat.name, Effect::Unknown, note);
        let found = NoiseGate {
            attack: Some(self.number("Attack", gate.attack_ms, &format!("{path}.attack_ms"), Scale::Seconds)),
            range: Some(self.number(
                "Range",
                gate.range_db,
                &format!("{path}.range_db"),
                Scale::Negative(Unit::Decibel),
            )),
            ratio: None,
            release: Some(self.number("Release", gate.release_ms, &format!("{path}.release_ms"), Scale::Seconds)),
            threshold: Some(self.number(
                "Threshold",
                gate.threshold_db,
                &format!("{path}.threshold_db"),
                Scale::Plain(Unit::Decibel),
            )),
        };
        self.of("Gate", DeviceKind::NoiseGate(Box::new(found)))
    }

    fn compressor(&mut self, compressor: &EngineCompressor, path: &str) -> Device {
        let knee_db = (1.0 - 1.0 / compressor.ratio) * compressor.knee_db / 8.0;
        let is_whole = compressor.mix >= 1.0 && compressor.side_chain.is_none();
        let effect = if is_whole { Effect::LevelDb(knee_db) } else { Effect::Unknown };
        let note = "a compressor keeps threshold, ratio, times and make-up gain; its knee, mix, look-ahead and side chain are left out";
        self.ledger.approximated(self.seat.name, effect, note);
        let at = |field: &str| format!("{path}.{field}");
        let found = Compressor {
            attack: Some(self.number("Attack", compressor.attack_ms, &at("attack_ms"), Scale::Seconds)),
            auto_makeup: None,
            input_gain: None,
            output_gain: Some(self.number(
                "OutputGain",
                compressor.make_up_db,
                &at("make_up_db"),
                Scale::Plain(Unit::Decibel),
            )),
            ratio: Some(self.number("Ratio", compressor.ratio, &at("ratio"), Scale::Plain(Unit::Linear))),
            release: Some(self.number("Release", compressor.release_ms, &at("release_ms"), Scale::Seconds)),
            threshold: Some(self.number(
                "Threshold",
                compressor.threshold_db,
                &at("threshold_db"),
                Scale::Plain(Unit::Decibel),
            )),
        };
        self.of("Compressor", DeviceKind::Compressor(Box::new(found)))
    }
}
