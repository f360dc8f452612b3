//! Projects and archives made by hand.

use std::io::{Cursor, Write};

use interchange::dawproject::{
    Application, Arrangement, Band, BandKind, BoolParameter, Channel, Clip, Compressor, Content, ContentType, Device,
    DeviceKind, DeviceRole, EnumParameter, Equalizer, Expression, FileReference, IntegerParameter, Interpolation,
    Label, Limiter, Marker, Media, Member, Metadata, NoiseGate, Note, Parameter, Point, PointValue, Points, Project,
    RealParameter, Role, Scene, Send, SendKind, Slot, Target, TimeSignature, TimeUnit, Timeline, Track, Transport,
    Unit, Warp, Warps,
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// An archive of those entries.
pub(crate) fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The same archive with some bytes of equal length in place of others, wherever they stand.
pub(crate) fn patched(archive: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = archive.to_vec();
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(from.len()).position(|window| window == from) {
        bytes[at + found..at + found + from.len()].copy_from_slice(to);
        at += found + from.len();
    }
    bytes
}

/// Where the directory says something of the entry of that name: the offset of its record.
pub(crate) fn record(archive: &[u8], name: &str) -> usize {
    let starts = (0..archive.len()).filter(|at| archive[*at..].starts_with(b"PK\x01\x02"));
    let mut named = starts.filter(|at| archive.get(at + 46..).is_some_and(|rest| rest.starts_with(name.as_bytes())));
    named.next().expect("the directory has the entry")
}

/// A `project.xml` with something in its lanes.
pub(crate) fn lanes(inner: &str) -> String {
    format!("<Project version=\"1.0\"><Arrangement><Lanes timeUnit=\"beats\">{inner}</Lanes></Arrangement></Project>")
}

pub(crate) fn number(id: &str, unit: Unit, value: f64) -> RealParameter {
    RealParameter { label: Label::of(id), unit: Some(unit), value: Some(value), ..RealParameter::default() }
}

pub(crate) fn switch(id: &str, on: bool) -> BoolParameter {
    BoolParameter { label: Label::of(id), parameter_id: None, value: Some(on) }
}

fn timeline(id: &str, content: Content) -> Timeline {
    Timeline { label: Label::of(id), ..Timeline::of(content) }
}

pub(crate) fn audio(path: &str) -> Timeline {
    let file = FileReference { path: path.to_owned(), external: None };
    let media = Media {
        duration: Some(1.5),
        algorithm: Some("stretch".to_owned()),
        channels: Some(2),
        sample_rate: Some(44_100),
        file,
    };
    timeline(&format!("audio of {path}"), Content::Audio(media))
}

/// Devices of every kind, with everything that the format says of them.
fn devices() -> Vec<Device> {
    let kinds = [
        DeviceKind::Equalizer(Box::new(Equalizer {
            bands: vec![Band {
                kind: BandKind::HighPass,
                order: Some(4),
                freq: number("freq", Unit::Semitones, 58.5),
                gain: Some(number("gain", Unit::Decibel, -3.0)),
                q: Some(number("q", Unit::Linear, 0.7)),
                enabled: Some(switch("band on", true)),
            }],
            input_gain: Some(number("eq in", Unit::Decibel, 1.0)),
            output_gain: Some(number("eq out", Unit::Decibel, f64::NEG_INFINITY)),
        })),
        DeviceKind::Compressor(Box::new(Compressor {
            attack: Some(number("attack", Unit::Seconds, 0.01)),
            auto_makeup: Some(switch("make up", false)),
            input_gain: Some(number("in", Unit::Decibel, 0.0)),
            output_gain: Some(number("out", Unit::Decibel, 2.0)),
            ratio: Some(number("ratio", Unit::Percent, 75.0)),
            release: Some(number("release", Unit::Seconds, 0.1)),
            threshold: Some(number("threshold", Unit::Decibel, -20.0)),
        })),
        DeviceKind::NoiseGate(Box::new(NoiseGate {
            range: Some(number("range", Unit::Decibel, f64::NEG_INFINITY)),
            ..NoiseGate::default()
        })),
        DeviceKind::Limiter(Box::new(Limiter {
            threshold: Some(number("limit", Unit::Decibel, -1.0)),
            ..Limiter::default()
        })),
        DeviceKind::Vst2,
        DeviceKind::Vst3,
        DeviceKind::Clap,
        DeviceKind::Au,
        DeviceKind::Builtin,
        DeviceKind::Device,
    ];
    let device = |(i, kind): (usize, DeviceKind)| Device {
        label: Label::of(format!("device {i}")).named(kind.element()),
        device_id: Some("org.example.device".to_owned()),
        device_name: Some("Device".to_owned()),
        role: Some(if i % 2 == 0 { DeviceRole::AudioFx } else { DeviceRole::Instrument }),
        vendor: Some("Somebody & Sons".to_owned()),
        loaded: Some(true),
        plugin_version: Some("1.2".to_owned()),
        parameters: parameters(i),
        enabled: Some(switch(&format!("device {i} on"), true)),
        state: Some(FileReference { path: format!("plugins/{i}.state"), external: None }),
        kind,
    };
    kinds.into_iter().enumerate().map(device).collect()
}

fn parameters(device: usize) -> Vec<Parameter> {
    let label = |name: &str| Label::of(format!("{name} of {device}"));
    vec![
        Parameter::Real(RealParameter {
            parameter_id: Some(7),
            ..number(&format!("real of {device}"), Unit::Normalized, 0.25)
        }),
        Parameter::Bool(BoolParameter { label: label("switch"), parameter_id: Some(8), value: Some(true) }),
        Parameter::Integer(IntegerParameter {
            label: label("steps"),
            parameter_id: Some(9),
            max: Some(12),
            min: Some(-12),
            value: Some(3),
        }),
        Parameter::Enum(EnumParameter {
            label: label("mode"),
            parameter_id: Some(10),
            count: Some(2),
            labels: Some("soft hard".to_owned()),
            value: Some(1),
        }),
        Parameter::TimeSignature(TimeSignature {
            label: label("signature"),
            parameter_id: None,
            denominator: 8,
            numerator: 7,
        }),
    ]
}

pub(crate) fn channel(id: &str, role: Role, destination: Option<&str>) -> Channel {
    Channel {
        label: Label::of(id),
        audio_channels: Some(2),
        destination: destination.map(str::to_owned),
        role: Some(role),
        solo: Some(false),
        mute: Some(switch(&format!("{id} mute"), false)),
        pan: Some(number(&format!("{id} pan"), Unit::Normalized, 0.5)),
        volume: Some(number(&format!("{id} volume"), Unit::Linear, 0.5)),
        ..Channel::default()
    }
}

pub(crate) fn send(id: &str, to: &str, level: f64, on: bool) -> Send {
    Send {
        label: Label::of(id),
        destination: Some(to.to_owned()),
        kind: Some(SendKind::Pre),
        enable: Some(switch(&format!("{id} on"), on)),
        pan: Some(number(&format!("{id} pan"), Unit::Normalized, 0.5)),
        volume: Some(number(&format!("{id} level"), Unit::Linear, level)),
    }
}

fn track(id: &str, channel: Channel, tracks: Vec<Track>) -> Member {
    Member::Track(Box::new(Track {
        label: Label {
            color: Some("#d99d10".to_owned()),
            comment: Some("first\nsecond \"line\"".to_owned()),
            ..Label::of(id)
        },
        content: vec![ContentType::Audio, ContentType::Notes],
        loaded: Some(true),
        channel: Some(Box::new(channel)),
        tracks,
    }))
}

fn points(id: &str, parameter: &str, points: Vec<Point>) -> Timeline {
    let target = Target { parameter: Some(parameter.to_owned()), ..Target::default() };
    timeline(id, Content::Points(Points { unit: Some(Unit::Linear), target: Some(target), points }))
}

/// Clips of every kind: looped, faded, warped, linked, with what they express.
fn clips() -> Timeline {
    let warps = Warps {
        content_time_unit: Some(TimeUnit::Seconds),
        content: Some(Box::new(audio("audio/loop.wav"))),
        warps: vec![Warp { time: 0.0, content_time: 0.0 }, Warp { time: 3.1, content_time: 1.5 }],
    };
    let expression = Points {
        unit: Some(Unit::Decibel),
        target: Some(Target {
            expression: Some(Expression::Gain),
            channel: Some(1),
            key: Some(2),
            controller: Some(3),
            ..Target::default()
        }),
        points: vec![Point { time: 0.0, value: PointValue::Real(-3.0, Some(Interpolation::Hold)) }],
    };
    let lanes = Content::Lanes(vec![
        timeline("expression", Content::Points(expression)),
        Timeline { time_unit: Some(TimeUnit::Beats), ..timeline("warps", Content::Warps(warps)) },
    ]);
    let looped = Clip {
        label: Label::default().named("loop"),
        time: 4.0,
        duration: Some(8.0),
        content_time_unit: Some(TimeUnit::Beats),
        play_start: Some(0.5),
        play_stop: Some(12.0),
        loop_start: Some(0.0),
        loop_end: Some(3.1),
        fade_time_unit: Some(TimeUnit::Seconds),
        fade_in: Some(-0.01),
        fade_out: Some(0.02),
        enable: Some(true),
        reference: None,
        content: Some(Box::new(timeline("looped", lanes))),
    };
    let linked = Clip { time: 12.0, duration: Some(3.1), reference: Some("looped".to_owned()), ..Clip::default() };
    let note = Note {
        time: 0.0,
        duration: 1.0,
        channel: Some(0),
        key: 60,
        velocity: Some(0.8),
        release: Some(0.5),
        content: None,
    };
    let notes =
        Clip { time: 16.0, content: Some(Box::new(timeline("notes", Content::Notes(vec![note])))), ..Clip::default() };
    timeline("clips", Content::Clips(vec![looped, linked, notes]))
}

fn arrangement() -> Arrangement {
    let volume = vec![
        Point { time: 0.0, value: PointValue::Real(1.0, Some(Interpolation::Linear)) },
        Point { time: 4.0, value: PointValue::Real(0.25, None) },
    ];
    let others = vec![
        Point { time: 0.0, value: PointValue::Bool(true) },
        Point { time: 1.0, value: PointValue::Enum(1) },
        Point { time: 2.0, value: PointValue::Integer(-4) },
    ];
    let tempo = vec![
        Point { time: 0.0, value: PointValue::Real(110.0, Some(Interpolation::Linear)) },
        Point { time: 16.0, value: PointValue::Real(140.0, Some(Interpolation::Hold)) },
    ];
    let marker = |name: &str, time| Marker { label: Label::default().named(name), time };
    let lanes = vec![
        Timeline {
            track: Some("drums".to_owned()),
            ..timeline(
                "drums' lanes",
                Content::Lanes(vec![
                    clips(),
                    points("fade", "drums ch volume", volume),
                    points("rest", "drums ch mute", others),
                ]),
            )
        },
        timeline("cues", Content::Markers(vec![marker("Verse", 2.0)])),
    ];
    let signature = Point { time: 8.0, value: PointValue::TimeSignature(7, 8) };
    Arrangement {
        label: Label::of("arrangement"),
        lanes: Some(Timeline { time_unit: Some(TimeUnit::Beats), ..timeline("lanes", Content::Lanes(lanes)) }),
        markers: Some(timeline("markers", Content::Markers(vec![marker("Intro", 0.0), marker("Drop <1>", 16.0)]))),
        tempo: Some(points("tempo course", "tempo", tempo)),
        time_signature: Some(points("signature course", "signature", vec![signature])),
    }
}

/// A project with everything in it.
pub(crate) fn whole() -> Project {
    let mut drums = channel("drums ch", Role::Regular, Some("group ch"));
    drums.sends = vec![send("drums to room", "room ch", 0.3, true)];
    drums.devices = devices();
    let mut room = channel("room ch", Role::Effect, Some("master ch"));
    // As Bitwig writes it: an effect may be sent to itself, and is not.
    room.sends = vec![send("room to itself", "room ch", 0.0, false)];
    let Member::Track(drums) = track("drums", drums, Vec::new()) else { unreachable!("a track") };
    let slot = Slot {
        has_stop: Some(true),
        clip: Some(Box::new(Clip { content: Some(Box::new(audio("audio/shot.wav"))), ..Clip::default() })),
    };
    let slot = Timeline { track: Some("drums".to_owned()), ..timeline("slot", Content::Slot(slot)) };
    Project {
        version: "1.0".to_owned(),
        application: Application { name: "Hand & Co".to_owned(), version: "1".to_owned() },
        transport: Some(Transport {
            tempo: Some(RealParameter { min: Some(20.0), max: Some(666.0), ..number("tempo", Unit::Bpm, 110.0) }),
            time_signature: Some(TimeSignature {
                label: Label::of("signature"),
                parameter_id: None,
                denominator: 4,
                numerator: 4,
            }),
        }),
        structure: vec![
            track("group", channel("group ch", Role::Submix, Some("master ch")), vec![*drums]),
            track("room", room, Vec::new()),
            Member::Channel(Box::new(channel("vca ch", Role::Vca, None))),
            track("master", channel("master ch", Role::Master, None), Vec::new()),
        ],
        arrangement: Some(arrangement()),
        scenes: vec![Scene {
            label: Label::of("scene").named("Scene 1"),
            content: Some(timeline("scene lanes", Content::Lanes(vec![slot]))),
        }],
    }
}

pub(crate) fn metadata() -> Metadata {
    Metadata {
        title: Some("Night & Day <demo>".to_owned()),
        artist: Some("Nova".to_owned()),
        year: Some("2026".to_owned()),
        comment: Some("two\nlines".to_owned()),
        ..Metadata::default()
    }
}
