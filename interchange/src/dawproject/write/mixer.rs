//! Tracks, channels, parameters and devices.

use super::{Writer, label};
use crate::dawproject::model::{
    Band, BoolParameter, Channel, ContentType, Device, DeviceKind, DeviceRole, FileReference, Member, Parameter,
    RealParameter, Role, Send, SendKind, TimeSignature, Track, Unit,
};

pub(super) fn member(to: &mut Writer, member: &Member) {
    match member {
        Member::Track(found) => track(to, found),
        Member::Channel(found) => channel(to, found),
    }
}

fn track(to: &mut Writer, track: &Track) {
    to.open("Track");
    let content: Vec<&str> = track.content.iter().copied().map(ContentType::word).collect();
    if !content.is_empty() {
        to.text("contentType", &content.join(" "));
    }
    to.flag("loaded", track.loaded);
    label(to, &track.label);
    if let Some(found) = &track.channel {
        channel(to, found);
    }
    for inner in &track.tracks {
        self::track(to, inner);
    }
    to.close();
}

fn channel(to: &mut Writer, channel: &Channel) {
    to.open("Channel");
    to.whole("audioChannels", channel.audio_channels);
    to.reference("destination", channel.destination.as_deref());
    to.optional("role", channel.role.map(Role::word));
    to.flag("solo", channel.solo);
    label(to, &channel.label);
    if !channel.devices.is_empty() {
        to.open("Devices");
        for found in &channel.devices {
            device(to, found);
        }
        to.close();
    }
    switch(to, "Mute", channel.mute.as_ref());
    real(to, "Pan", channel.pan.as_ref());
    if !channel.sends.is_empty() {
        to.open("Sends");
        for found in &channel.sends {
            send(to, found);
        }
        to.close();
    }
    real(to, "Volume", channel.volume.as_ref());
    to.close();
}

fn send(to: &mut Writer, send: &Send) {
    to.open("Send");
    to.reference("destination", send.destination.as_deref());
    to.optional("type", send.kind.map(SendKind::word));
    label(to, &send.label);
    switch(to, "Enable", send.enable.as_ref());
    real(to, "Pan", send.pan.as_ref());
    real(to, "Volume", send.volume.as_ref());
    to.close();
}

pub(super) fn real(to: &mut Writer, name: &'static str, parameter: Option<&RealParameter>) {
    let Some(parameter) = parameter else { return };
    to.open(name);
    to.number("max", parameter.max);
    to.number("min", parameter.min);
    to.optional("unit", parameter.unit.map(Unit::word));
    to.number("value", parameter.value);
    to.whole("parameterID", parameter.parameter_id);
    label(to, &parameter.label);
    to.close();
}

fn switch(to: &mut Writer, name: &'static str, parameter: Option<&BoolParameter>) {
    let Some(parameter) = parameter else { return };
    to.open(name);
    to.flag("value", parameter.value);
    to.whole("parameterID", parameter.parameter_id);
    label(to, &parameter.label);
    to.close();
}

pub(super) fn time_signature(to: &mut Writer, name: &'static str, signature: &TimeSignature) {
    to.open(name);
    to.whole("denominator", Some(signature.denominator));
    to.whole("numerator", Some(signature.numerator));
    to.whole("parameterID", signature.parameter_id);
    label(to, &signature.label);
    to.close();
}

fn parameter(to: &mut Writer, parameter: &Parameter) {
    match parameter {
        Parameter::Real(found) => real(to, "RealParameter", Some(found)),
        Parameter::Bool(found) => switch(to, "BoolParameter", Some(found)),
        Parameter::Integer(found) => {
            to.open("IntegerParameter");
            to.whole("max", found.max);
            to.whole("min", found.min);
            to.whole("value", found.value);
            to.whole("parameterID", found.parameter_id);
            label(to, &found.label);
            to.close();
        }
        Parameter::Enum(found) => {
            to.open("EnumParameter");
            to.whole("count", found.count);
            to.optional("labels", found.labels.as_deref());
            to.whole("value", found.value);
            to.whole("parameterID", found.parameter_id);
            label(to, &found.label);
            to.close();
        }
        Parameter::TimeSignature(found) => time_signature(to, "TimeSignatureParameter", found),
    }
}

fn device(to: &mut Writer, device: &Device) {
    to.open(device.kind.element());
    to.optional("deviceID", device.device_id.as_deref());
    to.optional("deviceName", device.device_name.as_deref());
    to.optional("deviceRole", device.role.map(DeviceRole::word));
    to.optional("deviceVendor", device.vendor.as_deref());
    to.flag("loaded", device.loaded);
    to.optional("pluginVersion", device.plugin_version.as_deref());
    label(to, &device.label);
    if !device.parameters.is_empty() {
        to.open("Parameters");
        for found in &device.parameters {
            parameter(to, found);
        }
        to.close();
    }
    switch(to, "Enabled", device.enabled.as_ref());
    if let Some(state) = &device.state {
        file(to, "State", state);
    }
    kind(to, &device.kind);
    to.close();
}

/// What the format says of a kind of device, in the order of its schema.
fn kind(to: &mut Writer, kind: &DeviceKind) {
    let numbers: Vec<(&'static str, &Option<RealParameter>)> = match kind {
        DeviceKind::Equalizer(device) => {
            for found in &device.bands {
                band(to, found);
            }
            vec![("InputGain", &device.input_gain), ("OutputGain", &device.output_gain)]
        }
        DeviceKind::Compressor(device) => {
            real(to, "Attack", device.attack.as_ref());
            switch(to, "AutoMakeup", device.auto_makeup.as_ref());
            vec![
                ("InputGain", &device.input_gain),
                ("OutputGain", &device.output_gain),
                ("Ratio", &device.ratio),
                ("Release", &device.release),
                ("Threshold", &device.threshold),
            ]
        }
        DeviceKind::NoiseGate(device) => vec![
            ("Attack", &device.attack),
            ("Range", &device.range),
            ("Ratio", &device.ratio),
            ("Release", &device.release),
            ("Threshold", &device.threshold),
        ],
        DeviceKind::Limiter(device) => vec![
            ("Attack", &device.attack),
            ("InputGain", &device.input_gain),
            ("OutputGain", &device.output_gain),
            ("Release", &device.release),
            ("Threshold", &device.threshold),
        ],
        _ => Vec::new(),
    };
    for (name, number) in numbers {
        real(to, name, number.as_ref());
    }
}

fn band(to: &mut Writer, band: &Band) {
    to.open("Band");
    to.text("type", band.kind.word());
    to.whole("order", band.order);
    real(to, "Freq", Some(&band.freq));
    real(to, "Gain", band.gain.as_ref());
    real(to, "Q", band.q.as_ref());
    switch(to, "Enabled", band.enabled.as_ref());
    to.close();
}

/// A file that is named.
pub(super) fn file(to: &mut Writer, name: &'static str, file: &FileReference) {
    to.open(name);
    to.text("path", &file.path);
    to.flag("external", file.external);
    to.close();
}
