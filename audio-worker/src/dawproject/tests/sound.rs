//! Projects in their archives, imported, exported and rendered: what is exact sounds so.

use std::{fs, path::Path};

use audio_engine::{
    compare::{CompareOptions, compare},
    decode::Decoder,
    render::{
        Band, BandShape, Bus, Clip as EngineClip, Cut, Equaliser, Format, Lane, Mix, Output, Pan, PanLaw,
        Point as EnginePoint, Processor, Reverb, SendTo, Shape, Slope, Strip, Target as Loudness, Time,
        Track as EngineTrack, Workspace, render,
    },
};
use interchange::dawproject::{Device, DeviceKind, Equalizer, Metadata, Packer, Send, SendKind};

use super::*;
use crate::dawproject::{Effect, Marker, export, import};

const RATE_HZ: u32 = 48_000;

/// Two tones and a little noise, stereo, 16 bits, at a level that no limiter minds.
fn write_wav(path: &Path, seconds: u32, hz: f64) {
    let frames = RATE_HZ * seconds;
    let mut noise = 1_u32;
    let mut data = Vec::new();
    for i in 0..frames {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = f64::from(noise >> 16) / 65_536.0 - 0.5;
        for side in [1.0, 1.5] {
            let tone = (std::f64::consts::TAU * hz * side * f64::from(i) / f64::from(RATE_HZ)).sin();
            #[expect(clippy::cast_possible_truncation, reason = "a tenth of full scale")]
            let sample = (3_000.0 * tone + 1_000.0 * grain) as i16;
            data.extend(sample.to_le_bytes());
        }
    }
    let bytes = u32::try_from(data.len()).unwrap();
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + bytes).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\x00\x00\x00\x01\x00\x02\x00");
    wav.extend(RATE_HZ.to_le_bytes());
    wav.extend((RATE_HZ * 4).to_le_bytes());
    wav.extend(b"\x04\x00\x10\x00data");
    wav.extend(bytes.to_le_bytes());
    wav.extend(data);
    fs::write(path, wav).unwrap();
}

/// Packs a project with files of those names from a folder.
fn pack(folder: &Path, project: &Project, files: &[&str]) -> std::path::PathBuf {
    let path = folder.join("project.dawproject");
    let mut packer = Packer::new(fs::File::create(&path).unwrap(), project, &Metadata::default()).unwrap();
    for name in files {
        let bytes = fs::read(folder.join(name)).unwrap();
        packer.file(name, bytes.len() as u64, &mut bytes.as_slice()).unwrap();
    }
    packer.finish().unwrap();
    path
}

/// Renders a mix whose sources lie in a folder to `name` in it, and gives where.
fn bounce(mix: &Mix, folder: &Path, name: &str) -> std::path::PathBuf {
    let mut mix = mix.clone();
    mix.outputs = vec![Output::new(name, Format::Wav32Float)];
    let mut workspace = Workspace::new(folder);
    for source in mix.sources() {
        workspace = workspace.with_source(source, folder.join(source));
    }
    render(&mix, &workspace, &mut ()).unwrap();
    folder.join(name)
}

fn assert_same(a: &Path, b: &Path) {
    let found = compare(a, b, CompareOptions { align: false, match_gain: false }).unwrap();
    assert!(found.null_depth_db.is_none_or(|depth| depth <= -100.0), "{found:?}");
    assert_eq!(found.unmatched_frames, 0, "{found:?}");
}

fn samples(path: &Path) -> Vec<Vec<f32>> {
    let mut decoder = Decoder::open(path).unwrap();
    let mut all = vec![Vec::new(); 2];
    while let Some(block) = decoder.next_block().unwrap() {
        all.iter_mut().zip(block).for_each(|(all, channel)| all.extend_from_slice(channel));
    }
    all
}

fn seconds(at: f64) -> Time {
    Time::Seconds(at)
}

fn engine_clip(source: &str, position: f64, from: f64, to: f64) -> EngineClip {
    EngineClip {
        source: source.to_owned(),
        position: seconds(position),
        from: seconds(from),
        to: Some(seconds(to)),
        ..EngineClip::default()
    }
}

/// A group with an equaliser, an effect that is sent to, loops and cuts, faders: all of it exact.
fn exact_project() -> Project {
    let band = interchange::dawproject::Band {
        kind: interchange::dawproject::BandKind::Bell,
        order: Some(2),
        freq: real("freq", Unit::Hertz, 800.0),
        gain: Some(real("gain", Unit::Decibel, -6.0)),
        q: Some(real("q", Unit::Linear, 1.5)),
        enabled: None,
    };
    let equaliser =
        Equalizer { bands: vec![band], input_gain: None, output_gain: Some(real("out", Unit::Decibel, 2.0)) };
    let device = Device { kind: DeviceKind::Equalizer(Box::new(equaliser)), ..Device::default() };
    let mut group = track("group", Role::Submix, Some("master ch"), |channel| channel.devices = vec![device]);
    group.tracks = vec![
        track("one", Role::Regular, Some("group ch"), |channel| {
            channel.volume = Some(real("one volume", Unit::Linear, 0.5));
            channel.sends = vec![Send {
                destination: Some("room ch".to_owned()),
                kind: Some(SendKind::Post),
                volume: Some(real("send", Unit::Linear, 0.25)),
                ..Send::default()
            }];
        }),
        track("two", Role::Regular, Some("group ch"), |_| ()),
    ];
    let tracks = vec![
        group,
        track("room", Role::Effect, Some("master ch"), |_| ()),
        track("master", Role::Master, None, |channel| channel.volume = Some(real("end", Unit::Linear, 0.8))),
    ];
    let round = Clip { loop_start: Some(0.25), loop_end: Some(1.0), ..clip("audio/two.wav", 1.0, 4.0, 0.0) };
    let one =
        lanes("one", vec![clip("audio/one.wav", 0.0, 2.0, 0.5), clip("audio/one.wav", 3.0, 2.0, 0.0)], Vec::new());
    project(tracks, vec![one, lanes("two", vec![round], Vec::new())])
}

/// The same, as one would write it for the engine.
fn reference() -> Mix {
    let db = |gain: f64| 20.0 * gain.log10();
    let strip = |fader_db| Strip { fader_db, ..Strip::default() };
    let one =
        Strip { sends: vec![SendTo { to: "room".to_owned(), level_db: db(0.25), pre_fader: false }], ..strip(db(0.5)) };
    let clips = vec![engine_clip("audio/01-one.wav", 0.0, 0.5, 1.5), engine_clip("audio/01-one.wav", 1.5, 0.0, 1.0)];
    let rounds = vec![
        engine_clip("audio/02-two.wav", 0.5, 0.0, 1.0),
        engine_clip("audio/02-two.wav", 1.5, 0.25, 1.0),
        engine_clip("audio/02-two.wav", 2.25, 0.25, 0.5),
    ];
    let bell = Band { shape: BandShape::Bell, frequency_hz: 800.0, gain_db: -6.0, q: 1.5 };
    let equaliser = Processor::Equaliser(Equaliser { bands: vec![bell] });
    let track = |name: &str, clips, strip| EngineTrack {
        name: name.to_owned(),
        clips,
        strip,
        output: Some("group".to_owned()),
    };
    let bus = |name: &str, strip, output: Option<&str>| Bus {
        name: name.to_owned(),
        strip,
        output: output.map(str::to_owned),
    };
    let mut mix = Mix::master("unused", Vec::new());
    mix.sample_rate_hz = Some(RATE_HZ);
    mix.tracks = vec![track("one", clips, one), track("two", rounds, Strip::default())];
    mix.buses = vec![
        // Behind an equaliser alone its gain may as well stand in the fader.
        bus("group", Strip { processors: vec![equaliser], ..strip(2.0) }, Some("end")),
        bus("room", Strip::default(), Some("end")),
        bus("end", strip(db(0.8)), None),
    ];
    mix.master.target = Loudness::AsIs;
    mix.master.ceiling_dbtp = Some(0.0);
    mix
}

#[test]
fn the_bounce_of_exact_devices_alone_is_the_engine_s_own() {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("from");
    fs::create_dir_all(from.join("audio")).unwrap();
    write_wav(&from.join("audio/one.wav"), 2, 220.0);
    write_wav(&from.join("audio/two.wav"), 2, 330.0);
    let project = pack(&from, &exact_project(), &["audio/one.wav", "audio/two.wav"]);
    let into = folder.path().join("into");
    let imported = import(&project, &into, None).unwrap();
    assert_exact(&imported.ledger);
    assert_eq!(imported.mix.sample_rate_hz, Some(RATE_HZ));
    assert_same(&bounce(&reference(), &into, "reference.wav"), &bounce(&imported.mix, &into, "imported.wav"));
}

#[test]
fn a_fader_that_moves_in_a_straight_line_does_so_to_a_hundred_decibels() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("audio")).unwrap();
    write_wav(&folder.path().join("audio/one.wav"), 3, 220.0);
    let moves = course("one ch volume", Unit::Linear, &[(0.0, 1.0), (4.0, 0.0), (6.0, 0.75)]);
    let tracks = vec![track("one", Role::Regular, None, |_| ())];
    let made = project(tracks, vec![lanes("one", vec![clip("audio/one.wav", 0.0, 6.0, 0.0)], vec![moves])]);
    let packed = pack(folder.path(), &made, &["audio/one.wav"]);
    let into = folder.path().join("into");
    let imported = import(&packed, &into, None).unwrap();
    assert_exact(&imported.ledger);
    let bounced = samples(&bounce(&imported.mix, &into, "bounced.wav"));
    let source = samples(&folder.path().join("audio/one.wav"));
    let (mut left, mut meant) = (0.0, 0.0);
    for (out, dry) in bounced.iter().zip(&source) {
        assert_eq!(out.len(), dry.len());
        for (i, (out, dry)) in out.iter().zip(dry).enumerate() {
            let at_s = f64::from(u32::try_from(i).unwrap()) / f64::from(RATE_HZ);
            let gain = if at_s < 2.0 { 1.0 - at_s / 2.0 } else { 0.75 * (at_s - 2.0) };
            let wanted = f64::from(*dry) * gain;
            left += (f64::from(*out) - wanted).powi(2);
            meant += wanted * wanted;
        }
    }
    let depth_db = 10.0 * (left / meant).log10();
    assert!(depth_db < -100.0, "{depth_db} dB are left");
}

/// A mix with all that a project can hold of it.
fn exportable() -> Mix {
    let mut mix = Mix::master("unused", vec![Output::new("mix.wav", Format::Wav32Float)]);
    let bell = Band { shape: BandShape::HighShelf, frequency_hz: 5_000.0, gain_db: 4.0, q: 0.8 };
    let one = Strip {
        trim_db: -3.0,
        fader_db: -4.5,
        processors: vec![
            Processor::HighPass(Cut { frequency_hz: 70.0, slope: Slope::Db24 }),
            Processor::Equaliser(Equaliser { bands: vec![bell] }),
        ],
        pan: Some(Pan { position: -0.4, law: PanLaw::Minus3Db }),
        sends: vec![SendTo { to: "room".to_owned(), level_db: -12.0, pre_fader: true }],
        ..Strip::default()
    };
    let two = Strip { pan: Some(Pan { position: 0.0, law: PanLaw::Minus6Db }), ..Strip::default() };
    let gained = EngineClip { gain_db: -2.5, ..engine_clip("audio/two.wav", 1.25, 0.5, 1.75) };
    mix.sample_rate_hz = Some(RATE_HZ);
    mix.tempo_bpm = Some(97.0);
    mix.beats_per_bar = 3;
    mix.tracks = vec![
        EngineTrack {
            name: "one".to_owned(),
            clips: vec![EngineClip { source: "audio/one.wav".to_owned(), ..EngineClip::default() }],
            strip: one,
            output: Some("group".to_owned()),
        },
        EngineTrack { name: "two".to_owned(), clips: vec![gained], strip: two, output: None },
    ];
    mix.buses = vec![
        Bus { name: "group".to_owned(), ..Bus::default() },
        Bus { name: "room".to_owned(), strip: Strip { fader_db: -6.0, ..Strip::default() }, output: None },
    ];
    let point = |at, value, shape| EnginePoint { at: Time::Beats(at), value, shape };
    let lane = |parameter: &str, points| Lane { parameter: parameter.to_owned(), points };
    mix.automation = vec![
        lane(
            "tracks[1].strip.fader_db",
            vec![point(0.0, -20.0, Shape::Linear), point(2.5, 0.0, Shape::Curve(0.3)), point(4.0, -9.0, Shape::Hold)],
        ),
        lane("tracks[0].strip.sends[0].level_db", vec![point(1.0, -30.0, Shape::Hold), point(2.0, -6.0, Shape::Hold)]),
        lane(
            "tracks[0].strip.processors[1].equaliser.bands[0].gain_db",
            vec![point(0.0, 0.0, Shape::Linear), point(3.0, 6.0, Shape::Hold)],
        ),
    ];
    mix.master.trim_db = 1.5;
    mix.master.target = Loudness::AsIs;
    mix.master.ceiling_dbtp = Some(0.0);
    mix
}

fn write_sources(folder: &Path) -> BTreeMap<String, std::path::PathBuf> {
    fs::create_dir_all(folder.join("audio")).unwrap();
    write_wav(&folder.join("audio/one.wav"), 2, 220.0);
    write_wav(&folder.join("audio/two.wav"), 2, 330.0);
    ["audio/one.wav", "audio/two.wav"].map(|name| (name.to_owned(), folder.join(name))).into()
}

#[test]
fn a_mix_that_goes_out_as_a_project_sounds_the_same_when_it_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let sources = write_sources(folder.path());
    let markers = [Marker { name: "Drop".to_owned(), at_s: 1.5, color: Some("#ff0000".to_owned()) }];
    let write = |name: &str| {
        let path = folder.path().join(name);
        let exported = export(&exportable(), &sources, &markers, fs::File::create(&path).unwrap()).unwrap();
        assert_exact(&exported.ledger);
        path
    };
    let (first, second) = (write("first.dawproject"), write("second.dawproject"));
    assert_eq!(fs::read(&first).unwrap(), fs::read(&second).unwrap(), "the same bytes each time");
    let into = folder.path().join("into");
    let imported = import(&first, &into, None).unwrap();
    assert_eq!((imported.mix.tempo_bpm, imported.mix.beats_per_bar), (Some(97.0), 3));
    let [marker] = &imported.markers[..] else { panic!("{:?}", imported.markers) };
    assert!(marker.name == "Drop" && (marker.at_s - 1.5).abs() < 1e-9 && marker.color == markers[0].color);
    let rest: Vec<&Entry> = imported.ledger.entries.iter().filter(|entry| entry.fidelity != Fidelity::Exact).collect();
    assert!(rest.iter().all(|entry| entry.note.contains("balance")), "{rest:#?}");
    assert_same(&bounce(&exportable(), folder.path(), "before.wav"), &bounce(&imported.mix, &into, "after.wav"));
}

#[test]
fn no_two_files_in_a_project_have_one_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut sources = write_sources(folder.path());
    let one = folder.path().join("audio/one.wav");
    // The third is called as the first is when it is numbered.
    let names = ["03-a.wav", "x/a.wav", "y/a.wav"];
    sources.extend(names.map(|name| (name.to_owned(), one.clone())));
    let mut mix = exportable();
    mix.tracks[0].clips = names.map(|name| EngineClip { source: name.to_owned(), ..EngineClip::default() }).into();
    let to = fs::File::create(folder.path().join("a.dawproject")).unwrap();
    export(&mix, &sources, &[], to).unwrap();
}

#[test]
fn what_a_project_has_no_device_for_is_told_when_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let sources = write_sources(folder.path());
    let mut mix = exportable();
    mix.master.target = Loudness::Spotify;
    mix.tracks[0].strip.processors.push(Processor::Reverb(Reverb::default()));
    mix.tracks[0].strip.invert_polarity = true;
    mix.automation.push(Lane {
        parameter: "tracks[0].strip.processors[2].reverb.mix".to_owned(),
        points: vec![EnginePoint { at: seconds(0.0), value: 0.5, shape: Shape::Hold }],
    });
    let to = fs::File::create(folder.path().join("a.dawproject")).unwrap();
    let ledger = export(&mix, &sources, &[], to).unwrap().ledger;
    for part in ["the reverb is left out", "loudness target", "polarity", "reverb.mix"] {
        let told = entry(&ledger, part);
        assert_eq!((told.fidelity, told.effect), (Fidelity::Bypassed, Effect::Unknown), "{told:?}");
    }
    let to = fs::File::create(folder.path().join("b.dawproject")).unwrap();
    let missing = export(&mix, &BTreeMap::new(), &[], to).unwrap_err();
    assert!(missing.to_string().contains("audio/one.wav"), "{missing}");
    mix.tracks[0].clips[0].from = seconds(2.0);
    let to = fs::File::create(folder.path().join("c.dawproject")).unwrap();
    let beyond = export(&mix, &sources, &[], to).unwrap_err();
    assert!(beyond.to_string().contains("2 s into audio/one.wav, which ends after 2 s"), "{beyond}");
}

#[test]
fn files_beside_a_project_are_read_and_what_cannot_be_decoded_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    write_wav(&folder.path().join("loose.wav"), 1, 220.0);
    fs::write(folder.path().join("broken.wav"), b"RIFF, but no more").unwrap();
    let external = |path: &str| {
        let file = FileReference { path: path.to_owned(), external: Some(true) };
        let content = Timeline::of(Content::Audio(MediaFile { file, ..MediaFile::default() }));
        Clip { content: Some(Box::new(content)), ..clip("", 0.0, 1.0, 0.0) }
    };
    let made = one_track(vec![
        external("loose.wav"),
        external("./loose.wav"),
        external("../../etc/passwd"),
        clip("broken.wav", 2.0, 1.0, 0.0),
    ]);
    let packed = pack(folder.path(), &made, &["broken.wav"]);
    let into = folder.path().join("into");
    let imported = import(&packed, &into, Some(folder.path())).unwrap();
    let played: Vec<&str> = imported.mix.tracks[0].clips.iter().map(|clip| clip.source.as_str()).collect();
    assert_eq!(played, ["audio/01-loose.wav"; 2], "one file, however it is named");
    assert!(entry(&imported.ledger, "broken.wav").note.contains("cannot be decoded"));
    assert!(entry(&imported.ledger, "passwd").note.contains("nothing is read"));
    let files: Vec<_> = fs::read_dir(into.join("audio")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["01-loose.wav"], "what is of no use is not kept");
    bounce(&imported.mix, &into, "mix.wav");
}

#[test]
fn a_refused_project_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("audio")).unwrap();
    write_wav(&folder.path().join("audio/one.wav"), 1, 220.0);
    let mut made = one_track(vec![clip("audio/one.wav", 0.0, 1.0, 0.0)]);
    made.transport.as_mut().unwrap().tempo = Some(real("tempo", Unit::Bpm, 0.0));
    let packed = pack(folder.path(), &made, &["audio/one.wav"]);
    let into = folder.path().join("into");
    assert!(matches!(import(&packed, &into, None), Err(ImportError::Tempo { .. })));
    assert_eq!(fs::read_dir(into.join("audio")).unwrap().count(), 0);
    fs::write(&packed, b"PK").unwrap();
    let refused = import(&packed, &into, None).unwrap_err();
    assert!(matches!(&refused, ImportError::Project(_)) && refused.to_string().contains("damaged"), "{refused}");
}
