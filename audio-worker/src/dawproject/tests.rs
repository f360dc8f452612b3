//! Projects made by hand, what becomes of them, and how they sound.

mod layout;
mod mixer;
mod real;
mod sound;

use std::collections::BTreeMap;

use audio_engine::render::Mix;
use interchange::dawproject::{
    Arrangement, BoolParameter, Channel, Clip, Content, Document, FileReference, Interpolation, Label,
    Media as MediaFile, Member, Metadata, Point, PointValue, Points, Project, RealParameter, Role, Target, TimeUnit,
    Timeline, Track, Transport, Unit,
};

use super::{
    Entry, Fidelity, ImportError, Imported, Ledger, map,
    media::{Media, Medium},
};

fn real(id: &str, unit: Unit, value: f64) -> RealParameter {
    RealParameter { label: Label::of(id).named(id), unit: Some(unit), value: Some(value), ..RealParameter::default() }
}

fn switch(id: &str, on: bool) -> BoolParameter {
    BoolParameter { label: Label::of(id).named(id), parameter_id: None, value: Some(on) }
}

/// A channel at full level in the centre.
fn channel(id: &str, role: Role, to: Option<&str>) -> Channel {
    Channel {
        label: Label::of(id),
        destination: to.map(str::to_owned),
        role: Some(role),
        mute: Some(switch(&format!("{id} mute"), false)),
        pan: Some(real(&format!("{id} pan"), Unit::Normalized, 0.5)),
        volume: Some(real(&format!("{id} volume"), Unit::Linear, 1.0)),
        ..Channel::default()
    }
}

/// A track of that name, whose id and channel's id are made of it.
fn track(name: &str, role: Role, to: Option<&str>, change: impl FnOnce(&mut Channel)) -> Track {
    let mut channel = channel(&format!("{name} ch"), role, to);
    change(&mut channel);
    Track {
        label: Label::of(format!("{name} track")).named(name),
        channel: Some(Box::new(channel)),
        ..Track::default()
    }
}

fn members(tracks: Vec<Track>) -> Vec<Member> {
    tracks.into_iter().map(|track| Member::Track(Box::new(track))).collect()
}

fn audio(path: &str) -> Timeline {
    let file = FileReference { path: path.to_owned(), external: None };
    Timeline::of(Content::Audio(MediaFile { file, ..MediaFile::default() }))
}

/// A clip of a file from some second of it on, at a beat, so many beats long.
fn clip(path: &str, time: f64, duration: f64, from_s: f64) -> Clip {
    Clip {
        time,
        duration: Some(duration),
        content_time_unit: Some(TimeUnit::Seconds),
        play_start: Some(from_s),
        content: Some(Box::new(audio(path))),
        ..Clip::default()
    }
}

/// The lanes of a track: its clips, and automation.
fn lanes(name: &str, clips: Vec<Clip>, automation: Vec<Timeline>) -> Timeline {
    let mut inner = vec![Timeline::of(Content::Clips(clips))];
    inner.extend(automation);
    Timeline { track: Some(format!("{name} track")), ..Timeline::of(Content::Lanes(inner)) }
}

/// The course of a parameter, in straight lines between beats.
fn course(parameter: &str, unit: Unit, points: &[(f64, f64)]) -> Timeline {
    let point = |(time, value): &(f64, f64)| Point {
        time: *time,
        value: PointValue::Real(*value, Some(Interpolation::Linear)),
    };
    let target = Target { parameter: Some(parameter.to_owned()), ..Target::default() };
    let points = points.iter().map(point).collect();
    Timeline::of(Content::Points(Points { unit: Some(unit), target: Some(target), points }))
}

/// A project at 120 beats per minute, so that a beat is half a second.
fn project(tracks: Vec<Track>, lanes: Vec<Timeline>) -> Project {
    let lanes = Timeline { time_unit: Some(TimeUnit::Beats), ..Timeline::of(Content::Lanes(lanes)) };
    Project {
        version: "1.0".to_owned(),
        transport: Some(Transport { tempo: Some(real("tempo", Unit::Bpm, 120.0)), time_signature: None }),
        structure: members(tracks),
        arrangement: Some(Arrangement { lanes: Some(lanes), ..Arrangement::default() }),
        ..Project::default()
    }
}

/// One track that plays clips of `a.wav`, 4 s long, and a master.
fn one_track(clips: Vec<Clip>) -> Project {
    let tracks =
        vec![track("one", Role::Regular, Some("master ch"), |_| ()), track("master", Role::Master, None, |_| ())];
    project(tracks, vec![lanes("one", clips, Vec::new())])
}

fn media() -> Media {
    let medium = |source: &str, duration_s| Medium { source: source.to_owned(), duration_s, rate_hz: 48_000 };
    Media::default()
        .with("a.wav", Ok(medium("audio/01-a.wav", 4.0)))
        .with("b.wav", Ok(medium("audio/02-b.wav", 1.0)))
        .with("gone.wav", Err("it is not in the archive".to_owned()))
}

fn document(project: Project) -> Document {
    Document { project, metadata: Metadata::default(), unknown: BTreeMap::new() }
}

fn mapped(project: Project) -> (Mix, Ledger) {
    let (imported, _) = try_map(project).unwrap();
    (imported.mix, imported.ledger)
}

fn try_map(project: Project) -> Result<(Imported, Option<f64>), ImportError> {
    map::map(&document(project), &media())
}

/// The one entry of a ledger that has something in its note.
fn entry<'l>(ledger: &'l Ledger, part: &str) -> &'l Entry {
    let found: Vec<&Entry> = ledger.entries.iter().filter(|entry| entry.note.contains(part)).collect();
    assert_eq!(found.len(), 1, "{part:?} in {:#?}", ledger.entries);
    found[0]
}

fn assert_exact(ledger: &Ledger) {
    let rest: Vec<&Entry> = ledger.entries.iter().filter(|entry| entry.fidelity != Fidelity::Exact).collect();
    assert!(rest.is_empty(), "{rest:#?}");
}
