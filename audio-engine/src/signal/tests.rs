//! Each fact by a signal that has it and one that does not.

#![expect(clippy::cast_possible_truncation, reason = "signals are synthesised here")]

use super::*;
use crate::dsp::Noise;
use crate::testing::{decode, ffmpeg, material};

fn facts(rate: u32, signal: &[Vec<f32>]) -> SignalFacts {
    let mut meter = SignalMeter::new(signal.len(), rate);
    meter.add(signal);
    let whole = meter.finish();
    let mut meter = SignalMeter::new(signal.len(), rate);
    for at in (0..signal[0].len()).step_by(1000) {
        let end = (at + 1000).min(signal[0].len());
        meter.add(&signal.iter().map(|c| c[at..end].to_vec()).collect::<Vec<_>>());
    }
    let parts = meter.finish();
    assert_eq!(
        (parts.clipped_runs, parts.cutoff_hz, parts.silence_end_s),
        (whole.clipped_runs, whole.cutoff_hz, whole.silence_end_s)
    );
    whole
}

fn noise(frames: usize, seed: u64, gain: f32) -> Vec<f32> {
    let mut noise = Noise::new(seed);
    (0..frames).map(|_| gain * noise.bipolar() as f32).collect()
}

#[test]
fn phase_and_balance() {
    let a = noise(96_000, 1, 0.3);
    let half: Vec<f32> = a.iter().map(|x| x * 0.5).collect();
    let inverted: Vec<f32> = a.iter().map(|x| -x).collect();
    let found = facts(48_000, &[a.clone(), half]);
    assert!((found.correlation.unwrap() - 1.0).abs() < 1e-6 && (found.imbalance_db.unwrap() - 6.02).abs() < 0.01);
    assert!(!found.dual_mono);
    let found = facts(48_000, &[a.clone(), inverted]);
    assert!((found.correlation_min.unwrap() + 1.0).abs() < 1e-6);
    assert!(facts(48_000, &[a.clone(), noise(96_000, 2, 0.3)]).correlation.unwrap().abs() < 0.02);
    assert!(facts(48_000, &[a.clone(), a.clone()]).dual_mono);
    let found = facts(48_000, &[a.clone(), vec![0.0; 96_000]]);
    assert_eq!((found.silent_channels, found.imbalance_db, found.correlation), (vec![1], None, None));
}

#[test]
fn clipping_is_runs_not_peaks() {
    let mut signal = vec![0.1; 48_000];
    for i in [100, 200, 201, 300, 301, 302, 1000, 1001, 1002, 1003, 1004] {
        signal[i] = if i < 1000 { 1.0 } else { -1.0 };
    }
    let found = facts(48_000, &[signal]);
    assert_eq!((found.clipped_runs, found.clipped_longest), (2, 5));
}

#[test]
fn silence_offset_and_noise() {
    let mut signal = noise(96_000, 3, 0.5);
    signal[..24_000].fill(0.0);
    signal[84_000..].fill(0.000_5);
    signal[24_000] = 0.5;
    signal[83_999] = 0.5;
    let found = facts(48_000, &[signal.clone()]);
    assert!((found.silence_start_s - 0.5).abs() < 1e-9 && (found.silence_end_s - 0.25).abs() < 1e-9, "{found:?}");
    let shifted: Vec<f32> = noise(96_000, 4, 0.1).iter().map(|x| x + 0.02).collect();
    assert!((facts(48_000, &[shifted]).dc_offset - 0.02).abs() < 0.001);
    let quiet = noise(48_000, 5, 0.001);
    let found = facts(48_000, &[[noise(48_000, 6, 0.5), quiet].concat()]);
    // Uniform noise of that width has a third of its square as power: -64.8 dBFS.
    assert!((found.noise_floor_dbfs.unwrap() + 64.8).abs() < 0.3, "{found:?}");
}

#[test]
fn nothing_is_nothing() {
    let found = facts(48_000, &[vec![0.0; 4_800], vec![0.0; 4_800]]);
    assert_eq!((found.correlation, found.noise_floor_dbfs, found.cutoff_hz), (None, None, None));
    assert!((found.silence_start_s - 0.1).abs() < 1e-9 && (found.silence_end_s - 0.1).abs() < 1e-9);
    assert_eq!(SignalMeter::new(2, 48_000).finish().silent_channels, [0, 1]);
}

#[test]
fn transcoded_files_are_told_from_dull_ones() {
    let folder = tempfile::tempdir().unwrap();
    let raw = folder.path().join("noise.raw");
    let signal = noise(5 * 44_100, 7, 0.3);
    std::fs::write(&raw, signal.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>()).unwrap();
    assert_eq!(facts(44_100, &[signal]).cutoff_hz, None);
    for (kbps, expected) in [("128k", 19_500.0..20_500.0), ("64k", 10_000.0..17_500.0)] {
        let mp3 = folder.path().join("noise.mp3");
        let input = ["-f", "f32le", "-ar", "44100", "-ac", "1", "-i", raw.to_str().unwrap()];
        ffmpeg(&[&input[..], &["-c:a", "libmp3lame", "-b:a", kbps, mp3.to_str().unwrap()]].concat());
        let cutoff = facts(44_100, &decode(&mp3)).cutoff_hz;
        assert!(cutoff.is_some_and(|hz| expected.contains(&hz)), "{kbps}: {cutoff:?}");
    }
    // A tone, and noise that falls off by 12 dB an octave, end by themselves.
    assert_eq!(facts(44_100, &material(44_100, 2, 4 * 44_100)).cutoff_hz, None);
    let (mut a, mut b) = (0.0_f32, 0.0_f32);
    let dull = noise(4 * 44_100, 8, 0.9).into_iter().map(|x| {
        a += 0.2 * (x - a);
        b += 0.2 * (a - b);
        b
    });
    assert_eq!(facts(44_100, &[dull.collect()]).cutoff_hz, None);
}
