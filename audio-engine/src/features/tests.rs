//! Grids of 60 to 200 beats per minute with swing, cadences in 24 keys off tune, and recordings that are the same.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "signals are synthesised here"
)]

use super::*;
use crate::dsp::Noise;
use crate::testing::{ffmpeg, material, write_wav};
use std::collections::BTreeMap;
use std::f64::consts::TAU;

const RATE: u32 = 11_025;

fn heard(signal: &[f32]) -> Features {
    let mut listener = Listener::new(RATE).unwrap();
    for part in signal.chunks(4096) {
        listener.add(&[part.to_vec()]).unwrap();
    }
    listener.finish().unwrap()
}

fn hit(signal: &mut [f32], at_s: f64, hz: f64, decay: f64, gain: f64, noise: Option<&mut Noise>) {
    let at = (at_s * f64::from(RATE)) as usize;
    let mut noise = noise;
    for (i, x) in signal.iter_mut().skip(at).take((f64::from(RATE) * 5.0 / decay) as usize).enumerate() {
        let t = i as f64 / f64::from(RATE);
        let carrier = noise.as_mut().map_or_else(|| (TAU * hz * t).sin(), |noise| noise.bipolar());
        *x += (gain * (-decay * t).exp() * carrier) as f32;
    }
}

/// Kick on one and three, snare on two and four, hats on swung eighths.
fn beat(bpm: f64, swing: f64) -> Vec<f32> {
    let mut signal = vec![0.0; RATE as usize * 16];
    let mut noise = Noise::new(bpm as u64);
    let beat = 60.0 / bpm;
    for n in 0..(15.5 / beat) as usize {
        let at = 0.1 + n as f64 * beat;
        if n % 2 == 0 {
            hit(&mut signal, at, 60.0, 18.0, 0.8, None);
        } else {
            hit(&mut signal, at, 0.0, 30.0, 0.5, Some(&mut noise));
        }
        hit(&mut signal, at, 0.0, 90.0, 0.15, Some(&mut noise));
        hit(&mut signal, at + beat * swing, 0.0, 90.0, 0.1, Some(&mut noise));
    }
    signal
}

#[test]
fn tempo_of_every_grid() {
    let mut wrong = Vec::new();
    for bpm in (60..=200).step_by(5).map(f64::from).chain([93.7, 127.3, 174.5]) {
        for swing in [0.5, 0.58, 0.66] {
            let found = heard(&beat(bpm, swing)).tempo;
            if !found.is_some_and(|found| (found.bpm / bpm - 1.0).abs() < 0.01) {
                wrong.push((bpm, swing, found.map(|f| (f.bpm, f.alternative_bpm))));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:?}", wrong.len());
}

#[test]
fn nothing_to_count_has_no_confident_tempo() {
    assert_eq!(heard(&vec![0.0; RATE as usize * 10]).tempo, None);
    assert_eq!(heard(&vec![0.0; RATE as usize * 10]).key, None);
    let mut noise = Noise::new(1);
    let hiss: Vec<f32> = (0..RATE * 16).map(|_| 0.3 * noise.bipolar() as f32).collect();
    let doubtful = heard(&hiss).tempo.map_or(0.0, |tempo| tempo.confidence);
    let sure = heard(&beat(120.0, 0.5)).tempo.unwrap().confidence;
    assert!(doubtful < 0.5 * sure, "{doubtful} against {sure}");
}

/// Chords of half a second each, in semitones above the tonic, with four partials a note.
fn cadence(tonic: usize, chords: &[[i32; 3]], cents: f64) -> Vec<f32> {
    let half = RATE as usize / 2;
    let tone = |note: i32| -> Vec<f32> {
        let semitones = f64::from(note) + tonic as f64 - 9.0 + cents / 100.0;
        let hz = 220.0 * (semitones / 12.0).exp2();
        let sample = |i: usize| {
            let t = i as f64 / f64::from(RATE);
            let tone: f64 = (1..=4).map(|k| (TAU * hz * f64::from(k) * t).sin() / f64::from(k * k)).sum();
            (0.2 * (-2.0 * t).exp() * tone) as f32
        };
        (0..half).map(sample).collect()
    };
    let mut tones = BTreeMap::new();
    let mut signal = vec![0.0; half * chords.len() * 2];
    for (chord, signal) in chords.iter().cycle().zip(signal.chunks_mut(half)) {
        for note in chord {
            let tone = tones.entry(*note).or_insert_with(|| tone(*note));
            signal.iter_mut().zip(tone).for_each(|(x, tone)| *x += *tone);
        }
    }
    signal
}

#[test]
fn key_of_every_cadence_off_tune() {
    let major: [&[[i32; 3]]; 3] = [
        &[[0, 4, 7], [5, 9, 12], [7, 11, 14], [0, 4, 7]],
        &[[0, 4, 7], [9, 12, 16], [5, 9, 12], [7, 11, 14], [0, 4, 7]],
        &[[2, 5, 9], [7, 11, 14], [0, 4, 7], [0, 4, 7]],
    ];
    let minor: [&[[i32; 3]]; 3] = [
        &[[0, 3, 7], [5, 8, 12], [7, 11, 14], [0, 3, 7]],
        &[[0, 3, 7], [8, 12, 15], [5, 8, 12], [7, 11, 14], [0, 3, 7]],
        &[[0, 3, 7], [5, 8, 12], [7, 10, 14], [0, 3, 7]],
    ];
    let mut wrong = Vec::new();
    for tonic in 0..12 {
        for (mode, cadences) in [(Mode::Major, major), (Mode::Minor, minor)] {
            for (c, chords) in cadences.iter().enumerate() {
                for cents in [-50.0_f64, -45.0, -25.0, 0.0, 25.0, 45.0, 50.0] {
                    let found = heard(&cadence(tonic, chords, cents)).key.unwrap();
                    // Half-way between two keys both names are right, each with its tuning; the pitch they say together is one.
                    let half_way = cents.abs() >= 50.0;
                    let named = half_way || found.tonic == tonic;
                    let off = (found.tonic as f64 - tonic as f64) * 100.0 + found.tuning_cents - cents;
                    let tuned = ((off + 600.0).rem_euclid(1200.0) - 600.0).abs() < 6.0;
                    if found.mode != mode || !named || !tuned {
                        wrong.push((tonic, mode, c, cents, found));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {:?}", wrong.len(), &wrong[..wrong.len().min(6)]);
}

#[test]
fn the_same_recording_is_known_in_another_format() {
    let folder = tempfile::tempdir().unwrap();
    let song = |name: &str, tonic: usize, chords: &[[i32; 3]]| {
        let path = folder.path().join(name);
        let mut signal = Vec::new();
        for turn in 0..4 {
            signal.extend(cadence(tonic + turn, chords, 0.0));
        }
        write_wav(&path, RATE, &[signal]);
        path
    };
    let chords = [[0, 4, 7], [5, 9, 12], [7, 11, 14], [2, 5, 9], [0, 4, 7]];
    let others = [[0, 3, 7], [8, 12, 15], [3, 7, 10], [10, 14, 17], [5, 8, 12]];
    let (a, b) = (song("a.wav", 0, &chords), song("b.wav", 6, &others));
    let mp3 = folder.path().join("a.mp3");
    ffmpeg(&["-i", a.to_str().unwrap(), "-b:a", "48k", "-ar", "22050", "-af", "volume=-6dB", mp3.to_str().unwrap()]);
    let [a, b, mp3] = [a, b, mp3].map(|path| fingerprint(&path).unwrap());
    assert!(a.similarity(&a) > 0.95, "{}", a.similarity(&a));
    assert!(a.similarity(&mp3) > 0.6, "{}", a.similarity(&mp3));
    assert!(a.similarity(&b) < 0.3, "{}", a.similarity(&b));
    assert!(Fingerprint(Vec::new()).similarity(&a) <= 0.0);
}

#[test]
fn files_are_heard_at_any_rate() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    write_wav(&path, 48_000, &material(48_000, 2, 48_000 * 10));
    // The material pulses twice a second.
    let tempo = features(&path).unwrap().tempo.unwrap();
    assert!((tempo.bpm - 120.0).abs() < 1.0, "{tempo:?}");
}
