//! Whatever is written is read back the same; whatever is damaged is refused, or read, and never worse.

use std::io::Cursor;

use interchange::dawproject::{
    Archive, Arrangement, BoolParameter, Channel, Clip, Content, FileReference, Interpolation, Label, Media, Member,
    Metadata, Note, Packer, Point, PointValue, Points, Project, RealParameter, Send, Slot, Target, TimeUnit, Timeline,
    Track, Unit, Warp, Warps, read_project, write_project,
};
use proptest::{collection::vec, option, prelude::*};

use crate::builder::{metadata, whole};

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9 <>&\"'\n\t\r=äß🎵-]{0,12}"
}

/// A label without an id, which no two may share.
fn label() -> impl Strategy<Value = Label> {
    (option::of(text()), option::of(text()), option::of(text())).prop_map(|(name, color, comment)| Label {
        id: None,
        name,
        color,
        comment,
    })
}

fn id() -> impl Strategy<Value = Option<String>> {
    option::of("[a-z<&][a-z0-9 ]{0,6}")
}

fn time() -> impl Strategy<Value = f64> {
    prop_oneof![-1e7..1e7_f64, -1.0..1.0_f64, (0..64_i32).prop_map(f64::from), Just(-0.0)]
}

fn length() -> impl Strategy<Value = f64> {
    prop_oneof![0.0..1e7_f64, 0.0..1.0_f64, Just(1.833_333_015_441_894_5)]
}

fn amount() -> impl Strategy<Value = Option<f64>> {
    option::of(prop_oneof![-1e12..1e12_f64, 0.0..2.0_f64, Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(1e-300)])
}

fn unit() -> impl Strategy<Value = Option<TimeUnit>> {
    option::of(prop_oneof![Just(TimeUnit::Beats), Just(TimeUnit::Seconds)])
}

fn real() -> impl Strategy<Value = RealParameter> {
    let unit = option::of(prop_oneof![Just(Unit::Linear), Just(Unit::Decibel), Just(Unit::Semitones)]);
    (label(), option::of(any::<i32>()), amount(), amount(), unit, amount()).prop_map(
        |(label, parameter_id, max, min, unit, value)| RealParameter { label, parameter_id, max, min, unit, value },
    )
}

fn switch() -> impl Strategy<Value = BoolParameter> {
    (label(), option::of(any::<bool>())).prop_map(|(label, value)| BoolParameter { label, parameter_id: None, value })
}

fn point() -> impl Strategy<Value = Point> {
    let way = option::of(prop_oneof![Just(Interpolation::Hold), Just(Interpolation::Linear)]);
    let value = prop_oneof![
        (-1e12..1e12_f64, way).prop_map(|(value, way)| PointValue::Real(value, way)),
        any::<bool>().prop_map(PointValue::Bool),
        any::<i32>().prop_map(PointValue::Integer),
        (1..=256_u16, 1..=256_u16)
            .prop_map(|(numerator, denominator)| PointValue::TimeSignature(numerator, denominator)),
    ];
    (time(), value).prop_map(|(time, value)| Point { time, value })
}

fn media() -> impl Strategy<Value = Media> {
    let file = ("[a-z/ä.]{1,12}", option::of(any::<bool>()));
    let file = file.prop_map(|(path, external)| FileReference { path, external });
    (option::of(length()), option::of(text()), option::of(1..64_u32), option::of(1..200_000_u32), file).prop_map(
        |(duration, algorithm, channels, sample_rate, file)| Media { duration, algorithm, channels, sample_rate, file },
    )
}

fn clip(content: impl Strategy<Value = Timeline>) -> impl Strategy<Value = Clip> {
    let times = (option::of(time()), option::of(time()), option::of(time()), option::of(time()));
    let fades = (unit(), option::of(time()), option::of(time()));
    let content = option::of(content.prop_map(Box::new));
    (label(), time(), option::of(length()), unit(), times, fades, option::of(any::<bool>()), content).prop_map(
        |(label, time, duration, content_time_unit, times, fades, enable, content)| Clip {
            label,
            time,
            duration,
            content_time_unit,
            play_start: times.0,
            play_stop: times.1,
            loop_start: times.2,
            loop_end: times.3,
            fade_time_unit: fades.0,
            fade_in: fades.1,
            fade_out: fades.2,
            enable,
            reference: None,
            content,
        },
    )
}

fn timeline() -> impl Strategy<Value = Timeline> {
    let of = |content: BoxedStrategy<Content>| {
        (label(), unit(), id(), content).prop_map(|(label, time_unit, track, content)| Timeline {
            label,
            time_unit,
            track,
            content,
        })
    };
    let points = (id(), vec(point(), 0..4)).prop_map(|(parameter, points)| {
        let target = Some(Target { parameter, ..Target::default() });
        Content::Points(Points { unit: Some(Unit::Linear), target, points })
    });
    let note = (time(), length(), any::<i32>()).prop_map(|(time, duration, key)| Note {
        time,
        duration,
        key,
        ..Note::default()
    });
    let leaf = of(prop_oneof![
        points,
        media().prop_map(Content::Audio),
        media().prop_map(Content::Video),
        vec(note, 0..4).prop_map(Content::Notes),
    ]
    .boxed());
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let warp = (time(), time()).prop_map(|(time, content_time)| Warp { time, content_time });
        let warps = (unit(), option::of(inner.clone().prop_map(Box::new)), vec(warp, 0..3));
        let warps = warps.prop_map(|(content_time_unit, content, warps)| Warps { content_time_unit, content, warps });
        let slot = (option::of(any::<bool>()), option::of(clip(inner.clone()).prop_map(Box::new)));
        of(prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Content::Lanes),
            vec(clip(inner.clone()), 0..3).prop_map(Content::Clips),
            warps.prop_map(Content::Warps),
            slot.prop_map(|(has_stop, clip)| Content::Slot(Slot { has_stop, clip })),
        ]
        .boxed())
    })
}

fn track() -> impl Strategy<Value = Track> {
    let send = (label(), switch(), real()).prop_map(|(label, enable, volume)| Send {
        label,
        enable: Some(enable),
        volume: Some(volume),
        ..Send::default()
    });
    let channel = (label(), option::of(switch()), option::of(real()), vec(send, 0..3), option::of(real()));
    let channel = channel.prop_map(|(label, mute, pan, sends, volume)| {
        Box::new(Channel { label, mute, pan, sends, volume, ..Channel::default() })
    });
    let leaf = (label(), option::of(channel)).prop_map(|(label, channel)| Track { label, channel, ..Track::default() });
    leaf.prop_recursive(3, 12, 3, |inner| {
        (label(), vec(inner, 0..3)).prop_map(|(label, tracks)| Track { label, tracks, ..Track::default() })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_project_comes_back_the_same(
        tracks in vec(track().prop_map(|track| Member::Track(Box::new(track))), 0..4),
        lanes in vec(timeline(), 0..4),
        version in text(),
    ) {
        let lanes = Timeline::of(Content::Lanes(lanes));
        let arrangement = Some(Arrangement { lanes: Some(lanes), ..Arrangement::default() });
        let project = Project { version, structure: tracks, arrangement, ..Project::default() };
        let written = write_project(&project);
        let (read, unknown) = read_project(&written).unwrap();
        prop_assert!(unknown.is_empty());
        prop_assert_eq!(&read, &project);
        prop_assert_eq!(write_project(&read), written);
    }

    #[test]
    fn a_damaged_text_is_refused_or_read_and_then_stable(
        damage in vec((any::<prop::sample::Index>(), "[a-zA-Z<>/=\"&0-9 .-]{0,3}", 0..6_usize), 1..6),
    ) {
        let mut text = write_project(&whole());
        for (at, put, cut) in damage {
            let at = at.index(text.len());
            let (Some(from), Some(to)) = (floor(&text, at), floor(&text, (at + cut).min(text.len()))) else { continue };
            text.replace_range(from..to, &put);
        }
        if let Ok((project, _)) = read_project(&text) {
            let written = write_project(&project);
            let (again, _) = read_project(&written).unwrap();
            prop_assert_eq!(write_project(&again), written);
        }
    }

    #[test]
    fn a_damaged_archive_is_refused_or_read(
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in 0..64_usize,
    ) {
        let mut packer = Packer::new(Cursor::new(Vec::new()), &whole(), &metadata()).unwrap();
        packer.file("audio/loop.wav", 5, &mut b"loops".as_slice()).unwrap();
        let mut bytes = packer.finish().unwrap().into_inner();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(bytes.len() - cut / 32 * (cut % 32));
        if let Ok(mut archive) = Archive::open(Cursor::new(bytes)) {
            let _ = archive.read();
            let _ = archive.copy("audio/loop.wav", &mut Vec::new());
        }
    }
}

/// The last boundary of a character at or before a byte.
fn floor(text: &str, at: usize) -> Option<usize> {
    (0..=at).rev().find(|at| text.is_char_boundary(*at))
}

#[test]
fn names_come_back_without_the_spaces_around_them() {
    let names = Metadata { title: Some("  x \n".to_owned()), artist: Some(String::new()), ..Metadata::default() };
    let bytes = Packer::new(Cursor::new(Vec::new()), &whole(), &names).unwrap().finish().unwrap().into_inner();
    let read = Archive::open(Cursor::new(bytes)).unwrap().read().unwrap().metadata;
    assert_eq!((read.title.as_deref(), read.artist.as_deref()), (Some("x"), None));
}
