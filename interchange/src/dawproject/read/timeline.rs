//! Timelines.

use super::{Element, Reading, devices::file, label};
use crate::dawproject::model::{
    Clip, Content, Marker, Media, Note, Point, PointValue, Points, Slot, Target, Timeline, Warp, Warps,
};

/// A timeline; nothing if the element is none.
pub(super) fn timeline(element: Element<'_, '_>) -> Option<Reading<Timeline>> {
    let read: fn(Element<'_, '_>) -> Reading<Timeline> = match element.name() {
        "Lanes" => lanes,
        "Clips" => clips,
        "ClipSlot" => slot,
        "Notes" => notes,
        "markers" | "Markers" => markers,
        "Points" => points,
        "Warps" => warps,
        "Audio" => audio,
        "Video" => video,
        _ => return None,
    };
    Some(read(element))
}

fn of(element: Element<'_, '_>, content: Content) -> Reading<Timeline> {
    Ok(Timeline {
        label: label(element),
        time_unit: element.word("timeUnit")?,
        track: element.text("track").filter(|track| !track.is_empty()),
        content,
    })
}

/// The first timeline in an element.
fn inner(element: Element<'_, '_>) -> Reading<Option<Box<Timeline>>> {
    Ok(element.children().find_map(timeline).transpose()?.map(Box::new))
}

pub(super) fn lanes(element: Element<'_, '_>) -> Reading<Timeline> {
    of(element, Content::Lanes(element.children().filter_map(timeline).collect::<Reading<_>>()?))
}

fn clips(element: Element<'_, '_>) -> Reading<Timeline> {
    let clips = element.children().filter(|e| e.name() == "Clip").map(clip).collect::<Reading<_>>()?;
    of(element, Content::Clips(clips))
}

fn slot(element: Element<'_, '_>) -> Reading<Timeline> {
    let clip = element.child("Clip").map(clip).transpose()?.map(Box::new);
    of(element, Content::Slot(Slot { has_stop: element.flag("hasStop")?, clip }))
}

fn clip(element: Element<'_, '_>) -> Reading<Clip> {
    Ok(Clip {
        label: label(element),
        time: element.need(element.time("time")?, "time")?,
        duration: element.length("duration")?,
        content_time_unit: element.word("contentTimeUnit")?,
        play_start: element.time("playStart")?,
        play_stop: element.time("playStop")?,
        loop_start: element.time("loopStart")?,
        loop_end: element.time("loopEnd")?,
        fade_time_unit: element.word("fadeTimeUnit")?,
        fade_in: element.time("fadeInTime")?,
        fade_out: element.time("fadeOutTime")?,
        enable: element.flag("enable")?,
        reference: element.text("reference").filter(|id| !id.is_empty()),
        content: inner(element)?,
    })
}

fn notes(element: Element<'_, '_>) -> Reading<Timeline> {
    let notes = element.children().filter(|e| e.name() == "Note").map(note).collect::<Reading<_>>()?;
    of(element, Content::Notes(notes))
}

fn note(element: Element<'_, '_>) -> Reading<Note> {
    Ok(Note {
        time: element.need(element.time("time")?, "time")?,
        duration: element.need(element.length("duration")?, "duration")?,
        channel: element.whole("channel")?,
        key: element.need(element.whole("key")?, "key")?,
        velocity: element.amount("vel")?,
        release: element.amount("rel")?,
        content: inner(element)?,
    })
}

fn marker(element: Element<'_, '_>) -> Reading<Marker> {
    Ok(Marker { label: label(element), time: element.need(element.time("time")?, "time")? })
}

pub(super) fn markers(element: Element<'_, '_>) -> Reading<Timeline> {
    let markers = element.children().filter(|e| e.name() == "Marker").map(marker).collect::<Reading<_>>()?;
    of(element, Content::Markers(markers))
}

pub(super) fn points(element: Element<'_, '_>) -> Reading<Timeline> {
    let points = Points {
        unit: element.word("unit")?,
        target: element.child("Target").map(target).transpose()?,
        points: element.children().filter_map(point).collect::<Reading<_>>()?,
    };
    of(element, Content::Points(points))
}

fn target(element: Element<'_, '_>) -> Reading<Target> {
    Ok(Target {
        parameter: element.text("parameter").filter(|id| !id.is_empty()),
        expression: element.word("expression")?,
        channel: element.whole("channel")?,
        key: element.whole("key")?,
        controller: element.whole("controller")?,
    })
}

/// A point; nothing if the element is none.
fn point(element: Element<'_, '_>) -> Option<Reading<Point>> {
    let value = match element.name() {
        "RealPoint" => real_value(element),
        "EnumPoint" => value(element, element.whole("value"), PointValue::Enum),
        "BoolPoint" => value(element, element.flag("value"), PointValue::Bool),
        "IntegerPoint" => value(element, element.whole("value"), PointValue::Integer),
        "TimeSignaturePoint" => signature_value(element),
        _ => return None,
    };
    let time = element.time("time").and_then(|time| element.need(time, "time"));
    Some(time.and_then(|time| Ok(Point { time, value: value? })))
}

fn value<T>(
    element: Element<'_, '_>,
    value: Reading<Option<T>>,
    of: impl FnOnce(T) -> PointValue,
) -> Reading<PointValue> {
    Ok(of(element.need(value?, "value")?))
}

fn real_value(element: Element<'_, '_>) -> Reading<PointValue> {
    let value = element.need(element.amount("value")?, "value")?;
    Ok(PointValue::Real(value, element.word("interpolation")?))
}

fn signature_value(element: Element<'_, '_>) -> Reading<PointValue> {
    Ok(PointValue::TimeSignature(element.beats("numerator")?, element.beats("denominator")?))
}

fn warp(element: Element<'_, '_>) -> Reading<Warp> {
    Ok(Warp {
        time: element.need(element.time("time")?, "time")?,
        content_time: element.need(element.time("contentTime")?, "contentTime")?,
    })
}

fn warps(element: Element<'_, '_>) -> Reading<Timeline> {
    let warps = Warps {
        content_time_unit: element.word("contentTimeUnit")?,
        content: inner(element)?,
        warps: element.children().filter(|e| e.name() == "Warp").map(warp).collect::<Reading<_>>()?,
    };
    of(element, Content::Warps(warps))
}

fn audio(element: Element<'_, '_>) -> Reading<Timeline> {
    of(element, Content::Audio(media(element)?))
}

fn video(element: Element<'_, '_>) -> Reading<Timeline> {
    of(element, Content::Video(media(element)?))
}

fn media(element: Element<'_, '_>) -> Reading<Media> {
    Ok(Media {
        duration: element.length("duration")?,
        algorithm: element.text("algorithm"),
        channels: element.count("channels")?,
        sample_rate: element.count("sampleRate")?,
        file: file(element.need(element.child("File"), "File")?)?,
    })
}
