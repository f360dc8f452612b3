//! Clips, loops, links and warps.

use audio_engine::render::{Clip as EngineClip, Time};
use interchange::dawproject::{Expression, Warp, Warps};

use super::*;
use crate::dawproject::Effect;

/// Position, start and end of each clip of the first track, in seconds; the end of the file where a clip has none.
fn parts(mix: &Mix) -> Vec<(f64, f64, Option<f64>)> {
    let seconds = |time: Time| time.seconds(None).unwrap();
    let part = |clip: &EngineClip| (seconds(clip.position), seconds(clip.from), clip.to.map(seconds));
    mix.tracks[0].clips.iter().map(part).collect()
}

fn assert_parts(mix: &Mix, expected: &[(f64, f64, Option<f64>)]) {
    let parts = parts(mix);
    assert_eq!(parts.len(), expected.len(), "{parts:?} for {expected:?}");
    for (got, want) in parts.iter().zip(expected) {
        let close = |a: f64, b: f64| (a - b).abs() < 1e-6;
        let ends = match (got.2, want.2) {
            (None, None) => true,
            (Some(a), Some(b)) => close(a, b),
            _ => false,
        };
        assert!(close(got.0, want.0) && close(got.1, want.1) && ends, "{parts:?} for {expected:?}");
    }
}

fn looped(content: Timeline, time: f64, duration: f64, play_start: f64, round: (f64, f64)) -> Clip {
    Clip {
        time,
        duration: Some(duration),
        play_start: Some(play_start),
        loop_start: Some(round.0),
        loop_end: Some(round.1),
        content: Some(Box::new(content)),
        ..Clip::default()
    }
}

fn warped(path: &str, warps: &[(f64, f64)]) -> Timeline {
    let warp = |(time, content_time): &(f64, f64)| Warp { time: *time, content_time: *content_time };
    let warps = Warps {
        content_time_unit: Some(TimeUnit::Seconds),
        content: Some(Box::new(audio(path))),
        warps: warps.iter().map(warp).collect(),
    };
    Timeline { time_unit: Some(TimeUnit::Beats), ..Timeline::of(Content::Warps(warps)) }
}

#[test]
fn a_clip_plays_its_part_at_its_place_and_no_more_than_its_file_has() {
    let (mix, ledger) = mapped(one_track(vec![clip("a.wav", 2.0, 4.0, 0.5), clip("a.wav", 8.0, 100.0, 1.0)]));
    assert_parts(&mix, &[(1.0, 0.5, Some(2.5)), (4.0, 1.0, None)]);
    assert_exact(&ledger);
    let off = Clip { enable: Some(false), ..clip("a.wav", 0.0, 4.0, 0.0) };
    let early = clip("a.wav", -2.0, 6.0, 0.25);
    let (mix, _) = mapped(one_track(vec![off, early]));
    assert_parts(&mix, &[(0.0, 1.25, Some(3.25))]);
}

#[test]
fn a_loop_goes_round_until_its_clip_ends() {
    // As Bitwig writes a looped file: a clip of clips of a warped file, that is not stretched.
    let inner = Clip {
        time: 0.0,
        duration: Some(2.0),
        content: Some(Box::new(warped("b.wav", &[(0.0, 0.0), (2.0, 1.0)]))),
        ..Clip::default()
    };
    let outer = looped(Timeline::of(Content::Clips(vec![inner])), 4.0, 5.0, 0.5, (0.0, 2.0));
    let (mix, ledger) = mapped(one_track(vec![outer]));
    assert_parts(&mix, &[(2.0, 0.25, None), (2.75, 0.0, None), (3.75, 0.0, Some(0.75))]);
    assert_exact(&ledger);
}

#[test]
fn a_link_plays_what_it_is_linked_to() {
    let mut first = clip("a.wav", 0.0, 2.0, 0.0);
    first.content = Some(Box::new(Timeline { label: Label::of("linked"), ..audio("a.wav") }));
    let link = Clip { reference: Some("linked".to_owned()), content: None, ..clip("a.wav", 4.0, 1.0, 1.5) };
    let lost = Clip { reference: Some("nowhere".to_owned()), content: None, ..clip("a.wav", 6.0, 1.0, 0.0) };
    let (mix, ledger) = mapped(one_track(vec![first, link, lost]));
    assert_parts(&mix, &[(0.0, 0.0, Some(1.0)), (2.0, 1.5, Some(2.0))]);
    assert_eq!(entry(&ledger, "linked to").fidelity, Fidelity::Bypassed);
}

#[test]
fn what_is_not_stretched_is_exact_and_what_is_plays_at_its_own_speed_from_each_anchor_on() {
    // The first two beats at the file's own speed, in two anchors that make one part; then a second of it in four beats.
    let content = warped("a.wav", &[(0.0, 0.0), (1.0, 0.5), (2.0, 1.0), (6.0, 2.0)]);
    let warps = Clip { time: 0.0, duration: Some(6.0), content: Some(Box::new(content)), ..Clip::default() };
    let (mix, ledger) = mapped(one_track(vec![warps]));
    assert_parts(&mix, &[(0.0, 0.0, Some(1.0)), (1.0, 1.0, Some(2.0))]);
    let stretched = entry(&ledger, "stretched");
    assert_eq!((stretched.fidelity, stretched.effect), (Fidelity::Approximated, Effect::Unknown));
    assert!(stretched.note.contains("100.00 %") && stretched.note.contains("1000 ms"), "{}", stretched.note);
    // Faster than it was: the part is cut where the next begins.
    let content = warped("a.wav", &[(0.0, 0.0), (2.0, 2.0), (4.0, 4.0)]);
    let warps = Clip { time: 0.0, duration: Some(4.0), content: Some(Box::new(content)), ..Clip::default() };
    assert_parts(&mapped(one_track(vec![warps])).0, &[(0.0, 0.0, Some(1.0)), (1.0, 2.0, Some(3.0))]);
}

#[test]
fn a_tempo_that_changes_moves_what_is_counted_in_beats() {
    let mut project = one_track(vec![clip("a.wav", 8.0, 2.0, 0.0)]);
    let hold = |time, bpm| Point { time, value: PointValue::Real(bpm, Some(Interpolation::Hold)) };
    let points = Points { points: vec![hold(0.0, 120.0), hold(4.0, 60.0)], ..Points::default() };
    project.arrangement.as_mut().unwrap().tempo = Some(Timeline::of(Content::Points(points)));
    let (mix, ledger) = mapped(project);
    assert_parts(&mix, &[(6.0, 0.0, Some(2.0))]);
    assert_eq!(mix.tempo_bpm, Some(120.0));
    assert_eq!(entry(&ledger, "tempo changes").fidelity, Fidelity::Exact);
}

#[test]
fn fades_and_gains_of_a_clip_are_its_own() {
    let gain = Points {
        unit: Some(Unit::Decibel),
        target: Some(Target { expression: Some(Expression::Gain), ..Target::default() }),
        points: vec![Point { time: 0.0, value: PointValue::Real(-6.0, None) }],
    };
    let content = Content::Lanes(vec![Timeline::of(Content::Points(gain)), audio("a.wav")]);
    let faded = Clip {
        fade_time_unit: Some(TimeUnit::Seconds),
        fade_in: Some(0.1),
        fade_out: Some(0.2),
        content: Some(Box::new(Timeline::of(content))),
        ..clip("a.wav", 2.0, 4.0, 1.0)
    };
    // A fade below 0 begins before the clip, with what lies before in the file.
    let crossed = Clip { fade_in: Some(-1.0), ..clip("a.wav", 8.0, 2.0, 1.0) };
    let (mix, ledger) = mapped(one_track(vec![faded, crossed]));
    assert_parts(&mix, &[(1.0, 1.0, Some(3.0)), (3.5, 0.5, Some(2.0))]);
    let [first, second] = &mix.tracks[0].clips[..] else { panic!("two clips") };
    assert!((first.gain_db + 6.0).abs() < 1e-9);
    let length =
        |fade: &Option<audio_engine::render::Fade>| fade.as_ref().map(|fade| fade.length.seconds(None).unwrap());
    assert!(
        (length(&first.fade_in).unwrap() - 0.1).abs() < 1e-9 && (length(&first.fade_out).unwrap() - 0.2).abs() < 1e-9
    );
    assert!((length(&second.fade_in).unwrap() - 0.5).abs() < 1e-9 && second.fade_out.is_none());
    let fades = entry(&ledger, "fades are straight lines");
    assert!(matches!(fades.effect, Effect::LevelDb(db) if (db - 3.92).abs() < 0.01), "{fades:?}");
}

#[test]
fn what_is_missing_is_left_out_and_told() {
    let (mix, ledger) = mapped(one_track(vec![clip("gone.wav", 0.0, 2.0, 0.0), clip("a.wav", 4.0, 2.0, 0.0)]));
    assert_eq!(mix.tracks[0].clips.len(), 1);
    let missing = entry(&ledger, "gone.wav");
    assert_eq!((missing.fidelity, missing.effect), (Fidelity::Bypassed, Effect::Unknown));
    assert!(missing.note.contains("not in the archive"), "{}", missing.note);
}

#[test]
fn loops_without_measure_are_refused() {
    let endless = looped(audio("a.wav"), 0.0, 10_000_000.0, 0.0, (0.0, 1e-6));
    assert!(matches!(try_map(one_track(vec![endless])), Err(ImportError::TooManyClips { .. })));
    // Each timeline plays the next one twenty times.
    let mut lane = vec![lanes("one", Vec::new(), Vec::new())];
    for level in 0..10 {
        let link = Clip { reference: Some(format!("level {}", level + 1)), duration: Some(1.0), ..Clip::default() };
        let clips =
            Timeline { label: Label::of(format!("level {level}")), ..Timeline::of(Content::Clips(vec![link; 20])) };
        lane.push(Timeline { track: Some("one track".to_owned()), ..clips });
    }
    let mut project = one_track(Vec::new());
    let lanes = Timeline::of(Content::Lanes(lane));
    project.arrangement.as_mut().unwrap().lanes = Some(lanes);
    assert!(matches!(try_map(project), Err(ImportError::TooManyClips { .. })));
    // A thousand points of a clip's own, looked at in each round.
    let points: Vec<(f64, f64)> = (0..1_000).map(|i| (f64::from(i) / 1_000.0, 0.5)).collect();
    let moved = Timeline::of(Content::Lanes(vec![course("nothing", Unit::Linear, &points)]));
    let moved = looped(moved, 0.0, 4_000.0, 0.0, (0.0, 1.0));
    assert!(matches!(try_map(one_track(vec![moved])), Err(ImportError::TooManyClips { most: 1_000_000 })));
    // Clips that are played, but far more than a track may have.
    let many = looped(audio("a.wav"), 0.0, 20_000.0, 0.0, (0.0, 1.0));
    assert!(matches!(try_map(one_track(vec![many])), Err(ImportError::TooManyClips { most: 4096 })));
}

#[test]
fn a_project_without_audio_plays_silence_as_long_as_it_moves() {
    let tracks = vec![track("one", Role::Regular, None, |_| ())];
    let moves = course("one ch volume", Unit::Linear, &[(0.0, 1.0), (9.0, 0.5)]);
    let (imported, silence_s) = try_map(project(tracks, vec![lanes("one", Vec::new(), vec![moves])])).unwrap();
    assert_eq!(imported.mix.tracks[0].clips[0].source, "audio/silence.wav");
    assert!(silence_s.is_some_and(|seconds| (seconds - 5.0).abs() < 1e-9), "{silence_s:?}");
    let (imported, _) = try_map(Project::default()).unwrap();
    assert_eq!(imported.mix.tracks.len(), 1);
}
