//! Timelines.

use super::{Writer, label, mixer};
use crate::dawproject::model::{
    Clip, Content, Expression, Interpolation, Media, Note, Point, PointValue, Points, TimeUnit, Timeline, Unit, Warps,
};

/// A timeline under the name that it has among others.
pub(super) fn timeline(to: &mut Writer, timeline: &Timeline) {
    let name = match &timeline.content {
        Content::Lanes(_) => "Lanes",
        Content::Clips(_) => "Clips",
        Content::Slot(_) => "ClipSlot",
        Content::Notes(_) => "Notes",
        Content::Markers(_) => "markers",
        Content::Points(_) => "Points",
        Content::Warps(_) => "Warps",
        Content::Audio(_) => "Audio",
        Content::Video(_) => "Video",
    };
    named(to, name, timeline);
}

/// A timeline under that name.
pub(super) fn named(to: &mut Writer, name: &'static str, timeline: &Timeline) {
    to.open(name);
    attributes(to, &timeline.content);
    to.optional("timeUnit", timeline.time_unit.map(TimeUnit::word));
    to.reference("track", timeline.track.as_deref());
    label(to, &timeline.label);
    match &timeline.content {
        Content::Lanes(lanes) => lanes.iter().for_each(|lane| self::timeline(to, lane)),
        Content::Clips(clips) => clips.iter().for_each(|found| clip(to, found)),
        Content::Slot(slot) => slot.clip.iter().for_each(|found| clip(to, found)),
        Content::Notes(notes) => notes.iter().for_each(|found| note(to, found)),
        Content::Markers(markers) => {
            for marker in markers {
                to.open("Marker");
                to.number("time", Some(marker.time));
                label(to, &marker.label);
                to.close();
            }
        }
        Content::Points(found) => points(to, found),
        Content::Warps(found) => warps(to, found),
        Content::Audio(media) | Content::Video(media) => mixer::file(to, "File", &media.file),
    }
    to.close();
}

/// What a kind of timeline says of itself.
fn attributes(to: &mut Writer, content: &Content) {
    match content {
        Content::Slot(slot) => to.flag("hasStop", slot.has_stop),
        Content::Points(points) => to.optional("unit", points.unit.map(Unit::word)),
        Content::Warps(warps) => to.optional("contentTimeUnit", warps.content_time_unit.map(TimeUnit::word)),
        Content::Audio(found) | Content::Video(found) => media(to, found),
        Content::Lanes(_) | Content::Clips(_) | Content::Notes(_) | Content::Markers(_) => {}
    }
}

fn media(to: &mut Writer, media: &Media) {
    to.optional("algorithm", media.algorithm.as_deref());
    to.whole("channels", media.channels);
    to.number("duration", media.duration);
    to.whole("sampleRate", media.sample_rate);
}

fn clip(to: &mut Writer, clip: &Clip) {
    to.open("Clip");
    to.number("time", Some(clip.time));
    to.number("duration", clip.duration);
    to.optional("contentTimeUnit", clip.content_time_unit.map(TimeUnit::word));
    to.number("playStart", clip.play_start);
    to.number("playStop", clip.play_stop);
    to.number("loopStart", clip.loop_start);
    to.number("loopEnd", clip.loop_end);
    to.optional("fadeTimeUnit", clip.fade_time_unit.map(TimeUnit::word));
    to.number("fadeInTime", clip.fade_in);
    to.number("fadeOutTime", clip.fade_out);
    to.flag("enable", clip.enable);
    to.reference("reference", clip.reference.as_deref());
    label(to, &clip.label);
    if let Some(content) = &clip.content {
        timeline(to, content);
    }
    to.close();
}

fn note(to: &mut Writer, note: &Note) {
    to.open("Note");
    to.number("time", Some(note.time));
    to.number("duration", Some(note.duration));
    to.whole("channel", note.channel);
    to.whole("key", Some(note.key));
    to.number("vel", note.velocity);
    to.number("rel", note.release);
    if let Some(content) = &note.content {
        timeline(to, content);
    }
    to.close();
}

fn points(to: &mut Writer, points: &Points) {
    if let Some(target) = &points.target {
        to.open("Target");
        to.reference("parameter", target.parameter.as_deref());
        to.optional("expression", target.expression.map(Expression::word));
        to.whole("channel", target.channel);
        to.whole("key", target.key);
        to.whole("controller", target.controller);
        to.close();
    }
    for found in &points.points {
        point(to, found);
    }
}

fn point(to: &mut Writer, point: &Point) {
    to.open(match point.value {
        PointValue::Real(..) => "RealPoint",
        PointValue::Enum(_) => "EnumPoint",
        PointValue::Bool(_) => "BoolPoint",
        PointValue::Integer(_) => "IntegerPoint",
        PointValue::TimeSignature(..) => "TimeSignaturePoint",
    });
    to.number("time", Some(point.time));
    match point.value {
        PointValue::Real(value, interpolation) => {
            to.number("value", Some(value));
            to.optional("interpolation", interpolation.map(Interpolation::word));
        }
        PointValue::Enum(value) | PointValue::Integer(value) => to.whole("value", Some(value)),
        PointValue::Bool(value) => to.flag("value", Some(value)),
        PointValue::TimeSignature(numerator, denominator) => {
            to.whole("numerator", Some(numerator));
            to.whole("denominator", Some(denominator));
        }
    }
    to.close();
}

fn warps(to: &mut Writer, warps: &Warps) {
    if let Some(content) = &warps.content {
        timeline(to, content);
    }
    for warp in &warps.warps {
        to.open("Warp");
        to.number("time", Some(warp.time));
        to.number("contentTime", Some(warp.content_time));
        to.close();
    }
}
