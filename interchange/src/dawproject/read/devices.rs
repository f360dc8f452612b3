//! Devices.

use super::{
    Element, Reading, label,
    mixer::{parameter, real, switch},
};
use crate::dawproject::model::{
    Band, Compressor, Device, DeviceKind, Equalizer, FileReference, Limiter, NoiseGate, RealParameter,
};

/// A device; nothing if the element is none.
pub(super) fn device(element: Element<'_, '_>) -> Option<Reading<Device>> {
    let kind = match element.name() {
        "Device" => Ok(DeviceKind::Device),
        "BuiltinDevice" => Ok(DeviceKind::Builtin),
        "Vst2Plugin" => Ok(DeviceKind::Vst2),
        "Vst3Plugin" => Ok(DeviceKind::Vst3),
        "ClapPlugin" => Ok(DeviceKind::Clap),
        "AuPlugin" => Ok(DeviceKind::Au),
        "Equalizer" => equalizer(element).map(|device| DeviceKind::Equalizer(Box::new(device))),
        "Compressor" => compressor(element).map(|device| DeviceKind::Compressor(Box::new(device))),
        "NoiseGate" => noise_gate(element).map(|device| DeviceKind::NoiseGate(Box::new(device))),
        "Limiter" => limiter(element).map(|device| DeviceKind::Limiter(Box::new(device))),
        _ => return None,
    };
    Some(kind.and_then(|kind| of_kind(element, kind)))
}

fn of_kind(element: Element<'_, '_>, kind: DeviceKind) -> Reading<Device> {
    Ok(Device {
        kind,
        label: label(element),
        device_id: element.text("deviceID"),
        device_name: element.text("deviceName"),
        role: element.word("deviceRole")?,
        vendor: element.text("deviceVendor"),
        loaded: element.flag("loaded")?,
        plugin_version: element.text("pluginVersion"),
        parameters: match element.child("Parameters") {
            Some(parameters) => parameters.children().filter_map(parameter).collect::<Reading<_>>()?,
            None => Vec::new(),
        },
        enabled: element.child("Enabled").map(switch).transpose()?,
        state: element.child("State").map(file).transpose()?,
    })
}

/// A file that is named.
pub(super) fn file(element: Element<'_, '_>) -> Reading<FileReference> {
    let path = element.text("path").filter(|path| !path.is_empty());
    Ok(FileReference { path: element.need(path, "path")?, external: element.flag("external")? })
}

/// The number of that name in a device, if there is one.
fn number(element: Element<'_, '_>, name: &str) -> Reading<Option<RealParameter>> {
    element.child(name).map(real).transpose()
}

fn equalizer(element: Element<'_, '_>) -> Reading<Equalizer> {
    Ok(Equalizer {
        bands: element.children().filter(|e| e.name() == "Band").map(band).collect::<Reading<_>>()?,
        input_gain: number(element, "InputGain")?,
        output_gain: number(element, "OutputGain")?,
    })
}

fn band(element: Element<'_, '_>) -> Reading<Band> {
    Ok(Band {
        kind: element.need(element.word("type")?, "type")?,
        order: element.count("order")?,
        freq: element.need(number(element, "Freq")?, "Freq")?,
        gain: number(element, "Gain")?,
        q: number(element, "Q")?,
        enabled: element.child("Enabled").map(switch).transpose()?,
    })
}

fn compressor(element: Element<'_, '_>) -> Reading<Compressor> {
    Ok(Compressor {
        attack: number(element, "Attack")?,
        auto_makeup: element.child("AutoMakeup").map(switch).transpose()?,
        input_gain: number(element, "InputGain")?,
        output_gain: number(element, "OutputGain")?,
        ratio: number(element, "Ratio")?,
        release: number(element, "Release")?,
        threshold: number(element, "Threshold")?,
    })
}

fn noise_gate(element: Element<'_, '_>) -> Reading<NoiseGate> {
    Ok(NoiseGate {
        attack: number(element, "Attack")?,
        range: number(element, "Range")?,
        ratio: number(element, "Ratio")?,
        release: number(element, "Release")?,
        threshold: number(element, "Threshold")?,
    })
}

fn limiter(element: Element<'_, '_>) -> Reading<Limiter> {
    Ok(Limiter {
        attack: number(element, "Attack")?,
        input_gain: number(element, "InputGain")?,
        output_gain: number(element, "OutputGain")?,
        release: number(element, "Release")?,
        threshold: number(element, "Threshold")?,
    })
}
