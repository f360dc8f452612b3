//! Devices: those that the format describes, and plug-ins whose state is a file.

use super::{BandKind, BoolParameter, DeviceRole, Label, Parameter, RealParameter};

/// A device or a plug-in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Device {
    /// What kind it is, with what the format says of that kind.
    pub kind: DeviceKind,
    /// Its label.
    pub label: Label,
    /// By what the plug-in is known: a UUID (VST3), a number (VST2) or a name (CLAP).
    pub device_id: Option<String>,
    /// The device's or plug-in's name.
    pub device_name: Option<String>,
    /// What it does.
    pub role: Option<DeviceRole>,
    /// Who made it.
    pub vendor: Option<String>,
    /// Whether it is active.
    pub loaded: Option<bool>,
    /// The plug-in's version.
    pub plugin_version: Option<String>,
    /// The parameters that are automated.
    pub parameters: Vec<Parameter>,
    /// Whether it is on, as opposed to bypassed.
    pub enabled: Option<BoolParameter>,
    /// The plug-in's state in its own format.
    pub state: Option<FileReference>,
}

impl Device {
    /// The labels of all its parameters.
    pub fn labels(&self) -> Vec<&Label> {
        let mut labels: Vec<&Label> = self.parameters.iter().map(Parameter::label).collect();
        labels.extend(self.enabled.iter().map(|enabled| &enabled.label));
        let mut numbers: Vec<Option<&RealParameter>> = Vec::new();
        match &self.kind {
            DeviceKind::Equalizer(device) => {
                for band in &device.bands {
                    numbers.extend([Some(&band.freq), band.gain.as_ref(), band.q.as_ref()]);
                    labels.extend(band.enabled.iter().map(|enabled| &enabled.label));
                }
                numbers.extend([device.input_gain.as_ref(), device.output_gain.as_ref()]);
            }
            DeviceKind::Compressor(device) => {
                labels.extend(device.auto_makeup.iter().map(|on| &on.label));
                numbers.extend([&device.attack, &device.input_gain, &device.output_gain].map(Option::as_ref));
                numbers.extend([&device.ratio, &device.release, &device.threshold].map(Option::as_ref));
            }
            DeviceKind::NoiseGate(device) => {
                numbers.extend([&device.attack, &device.range, &device.ratio].map(Option::as_ref));
                numbers.extend([&device.release, &device.threshold].map(Option::as_ref));
            }
            DeviceKind::Limiter(device) => {
                numbers.extend([&device.attack, &device.input_gain, &device.output_gain].map(Option::as_ref));
                numbers.extend([&device.release, &device.threshold].map(Option::as_ref));
            }
            _ => {}
        }
        labels.extend(numbers.into_iter().flatten().map(|number| &number.label));
        labels
    }
}

/// The kinds of devices.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum DeviceKind {
    /// A device of one workstation alone.
    #[default]
    Device,
    /// A device of a workstation that others may have too.
    Builtin,
    /// A VST2 plug-in.
    Vst2,
    /// A VST3 plug-in.
    Vst3,
    /// A CLAP plug-in.
    Clap,
    /// An Audio Unit.
    Au,
    /// An equaliser.
    Equalizer(Box<Equalizer>),
    /// A compressor.
    Compressor(Box<Compressor>),
    /// A noise gate.
    NoiseGate(Box<NoiseGate>),
    /// A limiter.
    Limiter(Box<Limiter>),
}

impl DeviceKind {
    /// The element's name.
    pub const fn element(&self) -> &'static str {
        match self {
            Self::Device => "Device",
            Self::Builtin => "BuiltinDevice",
            Self::Vst2 => "Vst2Plugin",
            Self::Vst3 => "Vst3Plugin",
            Self::Clap => "ClapPlugin",
            Self::Au => "AuPlugin",
            Self::Equalizer(_) => "Equalizer",
            Self::Compressor(_) => "Compressor",
            Self::NoiseGate(_) => "NoiseGate",
            Self::Limiter(_) => "Limiter",
        }
    }
}

/// A parametric equaliser.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Equalizer {
    /// Its bands.
    pub bands: Vec<Band>,
    /// Gain before it.
    pub input_gain: Option<RealParameter>,
    /// Gain behind it.
    pub output_gain: Option<RealParameter>,
}

/// One band of an equaliser.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// Its form.
    pub kind: BandKind,
    /// The order of its filter.
    pub order: Option<u32>,
    /// Its frequency.
    pub freq: RealParameter,
    /// Its gain.
    pub gain: Option<RealParameter>,
    /// Its quality.
    pub q: Option<RealParameter>,
    /// Whether it is on.
    pub enabled: Option<BoolParameter>,
}

/// A compressor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Compressor {
    /// Time of turning down.
    pub attack: Option<RealParameter>,
    /// Whether the level is made up for by itself.
    pub auto_makeup: Option<BoolParameter>,
    /// Gain before it.
    pub input_gain: Option<RealParameter>,
    /// Gain behind it.
    pub output_gain: Option<RealParameter>,
    /// Its ratio.
    pub ratio: Option<RealParameter>,
    /// Time of turning up again.
    pub release: Option<RealParameter>,
    /// Where it begins.
    pub threshold: Option<RealParameter>,
}

/// A noise gate.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NoiseGate {
    /// Time of opening.
    pub attack: Option<RealParameter>,
    /// How far it turns down, as a negative level.
    pub range: Option<RealParameter>,
    /// Its ratio.
    pub ratio: Option<RealParameter>,
    /// Time of closing.
    pub release: Option<RealParameter>,
    /// Below what it closes.
    pub threshold: Option<RealParameter>,
}

/// A limiter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limiter {
    /// Time of turning down.
    pub attack: Option<RealParameter>,
    /// Gain before it.
    pub input_gain: Option<RealParameter>,
    /// Gain behind it.
    pub output_gain: Option<RealParameter>,
    /// Time of turning up again.
    pub release: Option<RealParameter>,
    /// What it holds.
    pub threshold: Option<RealParameter>,
}

/// A file in the archive, or outside.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileReference {
    /// Its path: in the archive, or, if it is external, beside the project's file or anywhere.
    pub path: String,
    /// Whether it lies outside the archive.
    pub external: Option<bool>,
}

impl FileReference {
    /// Whether it lies outside the archive.
    pub fn is_external(&self) -> bool {
        self.external == Some(true)
    }
}
