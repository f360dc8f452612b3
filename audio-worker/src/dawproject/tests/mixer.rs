//! Channels, devices and automation.

use audio_engine::render::{BandShape, PanLaw, Processor, Slope};
use interchange::dawproject::{
    Band, BandKind, Compressor, Device, DeviceKind, DeviceRole, Equalizer, Limiter, NoiseGate, Send, SendKind,
};

use super::*;
use crate::dawproject::Effect;

fn send(to: &str, level: f64, kind: SendKind, on: bool) -> Send {
    Send {
        destination: Some(to.to_owned()),
        kind: Some(kind),
        enable: Some(switch(&format!("{to} {level} on"), on)),
        volume: Some(real(&format!("{to} {level} level"), Unit::Linear, level)),
        ..Send::default()
    }
}

fn device(kind: DeviceKind) -> Device {
    Device { kind, label: Label::default().named("device"), role: Some(DeviceRole::AudioFx), ..Device::default() }
}

fn band(kind: BandKind, order: u32, hz: f64, gain_db: f64, q: f64) -> Band {
    Band {
        kind,
        order: Some(order),
        freq: real(&format!("freq {hz} {q}"), Unit::Hertz, hz),
        gain: Some(real(&format!("gain {hz} {q}"), Unit::Decibel, gain_db)),
        q: Some(real(&format!("q {hz} {q}"), Unit::Linear, q)),
        enabled: None,
    }
}

fn equaliser(bands: Vec<Band>) -> Device {
    device(DeviceKind::Equalizer(Box::new(Equalizer { bands, ..Equalizer::default() })))
}

/// A project whose one track has those devices.
fn with_devices(devices: Vec<Device>, automation: Vec<Timeline>) -> Project {
    let tracks = vec![
        track("one", Role::Regular, Some("master ch"), |channel| channel.devices = devices),
        track("master", Role::Master, None, |_| ()),
    ];
    project(tracks, vec![lanes("one", vec![clip("a.wav", 0.0, 4.0, 0.0)], automation)])
}

/// The processors and the ledger of a track with one device.
fn played(found: Device) -> (Vec<Processor>, Ledger) {
    let (mut mix, ledger) = mapped(with_devices(vec![found], Vec::new()));
    (mix.tracks.remove(0).strip.processors, ledger)
}

#[test]
fn groups_effects_and_the_master_become_buses_and_a_master_that_does_nothing_goes() {
    let mut group = track("drums", Role::Master, Some("master ch"), |_| ());
    group.tracks = vec![
        track("kick", Role::Regular, Some("drums ch"), |channel| {
            channel.sends =
                vec![send("room ch", 0.5, SendKind::Pre, true), send("room ch", 0.25, SendKind::Post, false)];
        }),
        track("kick", Role::Regular, None, |channel| channel.label.id = Some("second kick".to_owned())),
    ];
    group.tracks[1].label.id = Some("second".to_owned());
    let tracks = vec![
        group,
        track("room", Role::Effect, None, |channel| channel.sends = vec![send("room ch", 0.0, SendKind::Post, true)]),
        track("master", Role::Master, None, |_| ()),
    ];
    let (mix, ledger) =
        mapped(project(tracks.clone(), vec![lanes("kick", vec![clip("a.wav", 0.0, 2.0, 0.0)], Vec::new())]));
    let names: Vec<&str> = mix.tracks.iter().map(|track| track.name.as_str()).collect();
    assert_eq!(names, ["kick", "kick 2"]);
    let buses: Vec<(&str, Option<&str>)> =
        mix.buses.iter().map(|bus| (bus.name.as_str(), bus.output.as_deref())).collect();
    assert_eq!(buses, [("drums", None), ("room", None)]);
    assert!(mix.tracks.iter().all(|track| track.output.as_deref() == Some("drums")), "a group takes what is in it");
    let sends = &mix.tracks[0].strip.sends;
    assert_eq!((sends.len(), sends[0].to.as_str(), sends[0].pre_fader), (1, "room", true));
    assert!((sends[0].level_db + 6.0206).abs() < 1e-3);
    assert_exact(&ledger);

    let mut loud = tracks;
    loud[2].channel.as_mut().unwrap().volume = Some(real("louder", Unit::Linear, 0.5));
    let (mix, _) = mapped(project(loud, vec![lanes("kick", vec![clip("a.wav", 0.0, 2.0, 0.0)], Vec::new())]));
    assert_eq!(mix.buses[2].name, "master");
    assert!((mix.buses[2].strip.fader_db + 6.0206).abs() < 1e-3 && mix.buses[0].output.as_deref() == Some("master"));
}

#[test]
fn a_track_that_others_go_to_plays_its_own_clips_as_well() {
    let tracks = vec![track("one", Role::Regular, Some("two ch"), |_| ()), track("two", Role::Regular, None, |_| ())];
    let plays = |name| lanes(name, vec![clip("a.wav", 0.0, 2.0, 0.0)], Vec::new());
    let (mix, _) = mapped(project(tracks, vec![plays("one"), plays("two")]));
    let routes: Vec<_> = mix.tracks.iter().map(|track| (track.name.as_str(), track.output.as_deref())).collect();
    assert_eq!(routes, [("one", Some("two")), ("two (clips)", Some("two"))]);
}

#[test]
fn mute_solo_and_lost_ways_are_kept_or_told() {
    let tracks = vec![
        track("one", Role::Regular, Some("nowhere"), |channel| channel.mute = Some(switch("muted", true))),
        track("two", Role::Regular, None, |channel| channel.solo = Some(true)),
        track("three", Role::Regular, None, |_| ()),
        track("fader", Role::Vca, None, |channel| channel.volume = Some(real("vca", Unit::Linear, 0.5))),
    ];
    let (mix, ledger) = mapped(project(tracks, vec![lanes("two", vec![clip("a.wav", 0.0, 2.0, 0.0)], Vec::new())]));
    let mutes: Vec<bool> = mix.tracks.iter().map(|track| track.strip.mute).collect();
    assert_eq!(mutes, [true, false, true]);
    assert_eq!(entry(&ledger, "solo").fidelity, Fidelity::Exact);
    assert_eq!(entry(&ledger, "goes to the master").place, "one");
    assert!(matches!(entry(&ledger, "VCA").effect, Effect::LevelDb(db) if (db - 6.02).abs() < 0.01));
}

#[test]
fn a_place_off_the_centre_is_a_balance_whose_law_may_differ() {
    let tracks =
        vec![track("one", Role::Regular, None, |channel| channel.pan = Some(real("pan", Unit::Normalized, 0.75)))];
    let (mix, ledger) = mapped(project(tracks, vec![lanes("one", vec![clip("a.wav", 0.0, 2.0, 0.0)], Vec::new())]));
    let pan = mix.tracks[0].strip.pan.clone().unwrap();
    assert!((pan.position - 0.5).abs() < 1e-12 && pan.law == PanLaw::Balance);
    // Equal power at 0.5: √2 sin(67.5°) on the near side, √2 sin(22.5°) on the far one, against 1 and 0.5.
    assert!(matches!(entry(&ledger, "balance").effect, Effect::LevelDb(db) if (db - 2.32).abs() < 0.02), "{ledger:?}");
}

#[test]
fn bands_within_the_engine_s_ranges_are_exact() {
    let bands = vec![
        band(BandKind::Bell, 2, 1_000.0, -9.0, 1.0),
        band(BandKind::HighShelf, 2, 12_000.0, 6.0, 1.0),
        band(BandKind::LowShelf, 2, 120.0, 3.0, 0.707),
        band(BandKind::Notch, 2, 3_000.0, 0.0, 8.0),
        band(BandKind::HighPass, 1, 30.0, 0.0, 1.0),
        band(BandKind::HighPass, 2, 80.0, 0.0, 2.0),
        band(BandKind::LowPass, 3, 15_000.0, 0.0, std::f64::consts::FRAC_1_SQRT_2),
        band(BandKind::LowPass, 8, 18_000.0, 0.0, std::f64::consts::FRAC_1_SQRT_2),
        band(BandKind::BandPass, 2, 500.0, 0.0, 0.6),
    ];
    for band in bands {
        let kind = band.kind;
        let (processors, ledger) = played(equaliser(vec![band]));
        let told = entry(&ledger, "equaliser");
        assert_eq!(told.fidelity, Fidelity::Exact, "{kind:?}: {told:?}");
        assert!(matches!(told.effect, Effect::LevelDb(db) if db < 0.01), "{kind:?}: {told:?}");
        assert!(!processors.is_empty());
    }
    let (processors, _) =
        played(equaliser(vec![band(BandKind::HighPass, 8, 240.0, 0.0, std::f64::consts::FRAC_1_SQRT_2)]));
    assert!(matches!(&processors[..], [Processor::HighPass(cut)] if cut.slope == Slope::Db48));
    let (processors, _) = played(equaliser(vec![band(BandKind::Bell, 2, 240.0, 3.0, 1.0)]));
    assert!(matches!(&processors[..], [Processor::Equaliser(found)] if found.bands[0].shape == BandShape::Bell));
}

#[test]
fn what_an_equaliser_cannot_be_is_told_in_decibels() {
    let level = |found: &Entry| match found.effect {
        Effect::LevelDb(db) => db,
        other => panic!("{other:?}"),
    };
    // The quality of a steep cut: resonance, or nothing.
    let (_, ledger) = played(equaliser(vec![band(BandKind::HighPass, 8, 240.0, 0.0, 1.037_528)]));
    let steep = entry(&ledger, "equaliser");
    let resonance_db = 20.0 * (1.037_528_f64 * std::f64::consts::SQRT_2).log10();
    assert_eq!(steep.fidelity, Fidelity::Approximated);
    assert!((level(steep) - resonance_db).abs() < 0.1, "{steep:?} for {resonance_db}");
    // More than thirty decibels are no band of the engine.
    let (_, ledger) = played(equaliser(vec![band(BandKind::Bell, 2, 1_000.0, 36.0, 1.0)]));
    let loud = entry(&ledger, "equaliser");
    assert!(loud.fidelity == Fidelity::Approximated && (level(loud) - 6.0).abs() < 0.1, "{loud:?}");
    let (_, ledger) = played(equaliser(vec![band(BandKind::LowShelf, 1, 200.0, 12.0, 1.0)]));
    let first = entry(&ledger, "equaliser");
    assert!(first.fidelity == Fidelity::Approximated && (0.01..2.0).contains(&level(first)), "{first:?}");
}

#[test]
fn dynamics_are_approximated_and_plug_ins_bypassed_unless_nothing_is_heard_of_them() {
    let threshold = || Some(real("threshold", Unit::Decibel, -20.0));
    let compressor = Compressor {
        threshold: threshold(),
        ratio: Some(real("ratio", Unit::Percent, 75.0)),
        attack: Some(real("attack", Unit::Seconds, 0.02)),
        input_gain: Some(real("in", Unit::Decibel, 30.0)),
        ..Compressor::default()
    };
    let (processors, ledger) = played(device(DeviceKind::Compressor(Box::new(compressor))));
    let [Processor::Compressor(first), Processor::Compressor(second), Processor::Compressor(third)] = &processors[..]
    else {
        panic!("{processors:?}")
    };
    assert!((first.make_up_db - 24.0).abs() < 1e-9 && (second.make_up_db - 6.0).abs() < 1e-9, "30 dB in two stages");
    assert!((third.ratio - 4.0).abs() < 1e-9 && (third.attack_ms - 20.0).abs() < 1e-9 && third.knee_db.abs() < 1e-9);
    let told = entry(&ledger, "compressor");
    assert!(matches!(told.effect, Effect::LevelDb(db) if (db - 0.5625).abs() < 1e-6), "{told:?}");
    for kind in [
        DeviceKind::NoiseGate(Box::new(NoiseGate { threshold: threshold(), ..NoiseGate::default() })),
        DeviceKind::Limiter(Box::new(Limiter { threshold: threshold(), ..Limiter::default() })),
    ] {
        let (processors, ledger) = played(device(kind));
        assert_eq!((processors.len(), ledger.count(Fidelity::Approximated)), (1, 1), "{ledger:?}");
    }
    for kind in
        [DeviceKind::Vst2, DeviceKind::Vst3, DeviceKind::Clap, DeviceKind::Au, DeviceKind::Builtin, DeviceKind::Device]
    {
        let (processors, ledger) = played(device(kind.clone()));
        let told = entry(&ledger, "nobody can tell");
        assert!(processors.is_empty() && told.place == "one › device", "{told:?}");
        assert_eq!((told.fidelity, told.effect), (Fidelity::Bypassed, Effect::Unknown));
        let off = Device { enabled: Some(switch("on", false)), ..device(kind.clone()) };
        assert_exact(&played(off).1);
        let meter = Device { role: Some(DeviceRole::Analyzer), ..device(kind) };
        assert_exact(&played(meter).1);
    }
}

#[test]
fn automation_moves_faders_places_sends_and_bands() {
    let bell = band(BandKind::Bell, 2, 1_000.0, 0.0, 1.0);
    let moves = vec![
        course("one ch volume", Unit::Linear, &[(0.0, 1.0), (4.0, 0.5)]),
        course("one ch pan", Unit::Normalized, &[(0.0, 0.5), (4.0, 1.0)]),
        course("gain 1000 1", Unit::Decibel, &[(0.0, 0.0), (4.0, 6.0)]),
        course("freq 1000 1", Unit::Semitones, &[(0.0, 69.0), (4.0, 93.0)]),
        course("plug-in knob", Unit::Normalized, &[(0.0, 0.0), (4.0, 1.0)]),
    ];
    let (mix, ledger) = mapped(with_devices(vec![equaliser(vec![bell])], moves));
    let paths: Vec<&str> = mix.automation.iter().map(|lane| lane.parameter.as_str()).collect();
    assert_eq!(
        paths,
        [
            "tracks[0].strip.fader_db",
            "tracks[0].strip.pan.position",
            "tracks[0].strip.processors[0].equaliser.bands[0].frequency_hz",
            "tracks[0].strip.processors[0].equaliser.bands[0].gain_db"
        ]
    );
    let last = |lane: usize| mix.automation[lane].points.last().unwrap().value;
    assert!((last(0) + 6.0206).abs() < 1e-3 && (last(1) - 1.0).abs() < 1e-9);
    assert!((last(2) - 1_760.0).abs() < 1e-6 && (last(3) - 6.0).abs() < 1e-9);
    assert_eq!(entry(&ledger, "no such parameter").fidelity, Fidelity::Bypassed);
}

#[test]
fn a_muted_stretch_falls_silent_in_the_fader() {
    let toggle = |time, on| Point { time, value: PointValue::Bool(on) };
    let target = Target { parameter: Some("one ch mute".to_owned()), ..Target::default() };
    let points = Points { unit: None, target: Some(target), points: vec![toggle(0.0, false), toggle(2.0, true)] };
    let volume = course("one ch volume", Unit::Linear, &[(0.0, 1.0), (4.0, 0.25)]);
    let (mix, ledger) = mapped(with_devices(Vec::new(), vec![volume, Timeline::of(Content::Points(points))]));
    let lane = &mix.automation[0];
    assert_eq!(lane.parameter, "tracks[0].strip.fader_db");
    let before = lane.points.iter().nth_back(1).unwrap();
    // Half of the way from 1 to 0.25, at the second beat.
    assert!((before.value - 20.0 * 0.625_f64.log10()).abs() < 1e-3, "{before:?}");
    assert!((lane.points.last().unwrap().value + 120.0).abs() < 1e-9 && !mix.tracks[0].strip.mute);
    assert!(matches!(entry(&ledger, "-120 dB").effect, Effect::ResidueDb(_)));
}

/// The course of a switch, at those beats.
fn toggles(parameter: &str, changes: impl IntoIterator<Item = (f64, bool)>) -> Timeline {
    let point = |(time, on)| Point { time, value: PointValue::Bool(on) };
    let target = Target { parameter: Some(parameter.to_owned()), ..Target::default() };
    let points = changes.into_iter().map(point).collect();
    Timeline::of(Content::Points(Points { unit: None, target: Some(target), points }))
}

#[test]
fn a_muted_stretch_falls_silent_in_sends_before_the_fader_as_well() {
    let tracks = vec![
        track("one", Role::Regular, None, |channel| {
            channel.sends =
                vec![send("room ch", 0.5, SendKind::Pre, true), send("room ch", 0.25, SendKind::Post, true)];
        }),
        track("room", Role::Effect, None, |_| ()),
    ];
    let moves = vec![
        toggles("one ch mute", [(0.0, false), (2.0, true), (6.0, false)]),
        toggles("room ch 0.5 on", [(0.0, true), (4.0, false), (8.0, true)]),
    ];
    let (mix, _) = mapped(project(tracks, vec![lanes("one", vec![clip("a.wav", 0.0, 8.0, 0.0)], moves)]));
    let paths: Vec<&str> = mix.automation.iter().map(|lane| lane.parameter.as_str()).collect();
    assert_eq!(paths, ["tracks[0].strip.fader_db", "tracks[0].strip.sends[0].level_db"]);
    // The send is silent from the second beat, when the track is muted, to the eighth, when its own switch is on again.
    let silent: Vec<(f64, bool)> =
        mix.automation[1].points.iter().map(|point| (point.at.seconds(None).unwrap(), point.value < -119.0)).collect();
    assert_eq!(silent, [(0.0, false), (1.0, false), (1.0, true), (4.0, true), (4.0, false)]);
}

#[test]
fn switches_that_change_without_end_are_thinned_out() {
    let changes = (0..30_000).map(|i| (f64::from(i) / 1_000.0, i % 2 == 1));
    let (mix, ledger) = mapped(with_devices(Vec::new(), vec![toggles("one ch mute", changes)]));
    assert!(mix.automation[0].points.len() <= 10_000);
    assert_eq!(entry(&ledger, "thinned out").effect, Effect::Unknown);
}

#[test]
fn what_is_not_loaded_is_muted_with_all_that_is_in_it() {
    let mut group = track("group", Role::Master, None, |_| ());
    group.loaded = Some(false);
    group.tracks = vec![track("in it", Role::Regular, None, |_| ())];
    let tracks = vec![group, track("beside", Role::Regular, None, |_| ())];
    let plays = |name| lanes(name, vec![clip("a.wav", 0.0, 2.0, 0.0)], Vec::new());
    let (mix, ledger) = mapped(project(tracks, vec![plays("in it"), plays("beside")]));
    let mutes: Vec<(&str, bool)> = mix.tracks.iter().map(|track| (track.name.as_str(), track.strip.mute)).collect();
    assert_eq!(mutes, [("in it", true), ("beside", false)]);
    assert!(mix.buses[0].name == "group" && mix.buses[0].strip.mute);
    let told = ledger.entries.iter().filter(|entry| entry.note.contains("not loaded"));
    assert_eq!(told.map(|entry| entry.place.as_str()).collect::<Vec<_>>(), ["group", "in it"]);
    assert_exact(&ledger);
}

#[test]
fn names_that_are_made_here_are_no_other_track_s() {
    let tracks = vec![
        track("one", Role::Regular, Some("two ch"), |_| ()),
        track("two", Role::Regular, None, |_| ()),
        track("two (clips)", Role::Regular, None, |_| ()),
    ];
    let (mix, _) = mapped(project(tracks, vec![lanes("two", vec![clip("a.wav", 0.0, 2.0, 0.0)], Vec::new())]));
    let names: Vec<&str> = mix.tracks.iter().map(|track| track.name.as_str()).collect();
    assert_eq!(names, ["one", "two (clips) 2", "two (clips)"]);
    let alone = vec![track("Silence", Role::Effect, None, |_| ())];
    let (mix, _) = mapped(project(alone, Vec::new()));
    assert_eq!((mix.tracks[0].name.as_str(), mix.buses[0].name.as_str()), ("Silence 2", "Silence"));
}

#[test]
fn more_than_a_channel_of_the_engine_takes_is_refused_before_it_is_made() {
    let meter = || Device { role: Some(DeviceRole::Analyzer), ..device(DeviceKind::Clap) };
    let bell = |i: u32| band(BandKind::Bell, 2, 1_000.0 + f64::from(i), 1.0, 1.0);
    let refused = |devices: Vec<Device>| match try_map(with_devices(devices, Vec::new())) {
        Err(ImportError::TooMuch { place, what, count, most }) => (place, what, count, most),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(vec![meter(); 33]), ("one".to_owned(), "devices", 33, 32));
    let bands = equaliser((0..513).map(bell).collect());
    assert_eq!(refused(vec![bands]), ("one".to_owned(), "bands in an equaliser", 513, 512));
    let sends = (0..33).map(|_| send("one ch", 0.5, SendKind::Post, true)).collect();
    let many = vec![track("one", Role::Regular, None, |channel| channel.sends = sends)];
    assert!(matches!(try_map(project(many, Vec::new())), Err(ImportError::TooMuch { what: "sends", .. })));

    // Each band is moved thrice, in more lanes than the engine takes.
    let bells: Vec<Band> = (0..100).map(bell).collect();
    let ids = bells.iter().flat_map(|band| [Some(&band.freq), band.gain.as_ref(), band.q.as_ref()]);
    let moves = ids
        .flatten()
        .map(|number| course(number.label.id.as_deref().unwrap(), Unit::Linear, &[(0.0, 1.0), (4.0, 2.0)]));
    let moves = moves.collect();
    let refused = try_map(with_devices(vec![equaliser(bells)], moves)).unwrap_err();
    assert!(
        matches!(&refused, ImportError::Document(cause) if cause.to_string().contains("automation")),
        "{refused:?}"
    );
}

#[test]
fn a_mixer_of_thousands_is_refused() {
    let tracks = (0..1_001).map(|i| track(&format!("t{i}"), Role::Regular, None, |_| ())).collect();
    assert!(matches!(try_map(project(tracks, Vec::new())), Err(ImportError::TooManyTracks { .. })));
    let tracks = (0..200).map(|i| track(&format!("t{i}"), Role::Regular, None, |_| ())).collect();
    assert!(matches!(try_map(project(tracks, Vec::new())), Err(ImportError::Document(_))));
}
