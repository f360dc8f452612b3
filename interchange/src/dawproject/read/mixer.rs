//! Tracks, channels and parameters.

use super::{Element, Reading, devices::device, label};
use crate::dawproject::model::{
    BoolParameter, Channel, EnumParameter, IntegerParameter, Member, Parameter, RealParameter, Send, TimeSignature,
    Track,
};

/// A track or a channel; nothing if the element is neither.
pub(super) fn member(element: Element<'_, '_>) -> Option<Reading<Member>> {
    match element.name() {
        "Track" => Some(track(element).map(|track| Member::Track(Box::new(track)))),
        "Channel" => Some(channel(element).map(|channel| Member::Channel(Box::new(channel)))),
        _ => None,
    }
}

fn track(element: Element<'_, '_>) -> Reading<Track> {
    Ok(Track {
        label: label(element),
        content: element.words("contentType")?,
        loaded: element.flag("loaded")?,
        channel: element.child("Channel").map(channel).transpose()?.map(Box::new),
        tracks: element.children().filter(|e| e.name() == "Track").map(track).collect::<Reading<_>>()?,
    })
}

fn channel(element: Element<'_, '_>) -> Reading<Channel> {
    Ok(Channel {
        label: label(element),
        audio_channels: element.whole("audioChannels")?,
        destination: element.text("destination").filter(|id| !id.is_empty()),
        role: element.word("role")?,
        solo: element.flag("solo")?,
        devices: match element.child("Devices") {
            Some(devices) => devices.children().filter_map(device).collect::<Reading<_>>()?,
            None => Vec::new(),
        },
        mute: element.child("Mute").map(switch).transpose()?,
        pan: element.child("Pan").map(real).transpose()?,
        sends: match element.child("Sends") {
            Some(sends) => sends.children().filter(|e| e.name() == "Send").map(send).collect::<Reading<_>>()?,
            None => Vec::new(),
        },
        volume: element.child("Volume").map(real).transpose()?,
    })
}

fn send(element: Element<'_, '_>) -> Reading<Send> {
    Ok(Send {
        label: label(element),
        destination: element.text("destination").filter(|id| !id.is_empty()),
        kind: element.word("type")?,
        enable: element.child("Enable").map(switch).transpose()?,
        pan: element.child("Pan").map(real).transpose()?,
        volume: element.child("Volume").map(real).transpose()?,
    })
}

/// A parameter of a device; nothing if the element is none.
pub(super) fn parameter(element: Element<'_, '_>) -> Option<Reading<Parameter>> {
    match element.name() {
        "RealParameter" => Some(real(element).map(Parameter::Real)),
        "BoolParameter" => Some(switch(element).map(Parameter::Bool)),
        "IntegerParameter" => Some(integer(element).map(Parameter::Integer)),
        "EnumParameter" => Some(choice(element).map(Parameter::Enum)),
        "TimeSignatureParameter" => Some(time_signature(element).map(Parameter::TimeSignature)),
        _ => None,
    }
}

pub(super) fn real(element: Element<'_, '_>) -> Reading<RealParameter> {
    Ok(RealParameter {
        label: label(element),
        parameter_id: element.whole("parameterID")?,
        max: element.amount("max")?,
        min: element.amount("min")?,
        unit: element.word("unit")?,
        value: element.amount("value")?,
    })
}

pub(super) fn switch(element: Element<'_, '_>) -> Reading<BoolParameter> {
    Ok(BoolParameter {
        label: label(element),
        parameter_id: element.whole("parameterID")?,
        value: element.flag("value")?,
    })
}

fn integer(element: Element<'_, '_>) -> Reading<IntegerParameter> {
    Ok(IntegerParameter {
        label: label(element),
        parameter_id: element.whole("parameterID")?,
        max: element.whole("max")?,
        min: element.whole("min")?,
        value: element.whole("value")?,
    })
}

fn choice(element: Element<'_, '_>) -> Reading<EnumParameter> {
    Ok(EnumParameter {
        label: label(element),
        parameter_id: element.whole("parameterID")?,
        count: element.whole("count")?,
        labels: element.text("labels"),
        value: element.whole("value")?,
    })
}

pub(super) fn time_signature(element: Element<'_, '_>) -> Reading<TimeSignature> {
    Ok(TimeSignature {
        label: label(element),
        parameter_id: element.whole("parameterID")?,
        denominator: element.beats("denominator")?,
        numerator: element.beats("numerator")?,
    })
}
