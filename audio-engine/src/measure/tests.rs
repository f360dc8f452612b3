//! What the standards' cases in [`crate::conformance`] leave open: silence, brevity, blocks.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "signals are synthesised here"
)]

use super::*;

const RATE: u32 = 48_000;

/// Stereo 1 kHz tones: (seconds, per-channel peak in dBFS; `None` is silence).
fn tones(parts: &[(f64, Option<f64>)]) -> Vec<Vec<f32>> {
    let mut left = Vec::new();
    for (seconds, level) in parts {
        let gain = level.map_or(0.0, |db| 10_f64.powf(db / 20.0));
        for _ in 0..(seconds * f64::from(RATE)).round() as usize {
            let t = left.len() as f64 / f64::from(RATE);
            left.push((gain * (std::f64::consts::TAU * 1000.0 * t).sin()) as f32);
        }
    }
    vec![left.clone(), left]
}

fn measured(signal: &[Vec<f32>]) -> Measurement {
    let mut meter = Meter::new(signal.len(), RATE);
    meter.add(signal);
    meter.finish()
}

#[track_caller]
fn near(found: Option<f64>, expected: f64, tolerance: f64) {
    let found = found.expect("a level");
    assert!((found - expected).abs() <= tolerance, "{found} is not {expected} ± {tolerance}");
}

#[test]
fn silence_has_no_level() {
    let m = measured(&tones(&[(5.0, None)]));
    assert_eq!((m.integrated_lufs, m.true_peak_dbtp, m.momentary_max_lufs), (None, None, None));
    let json = serde_json::to_value(&m).unwrap();
    assert!(json["integrated_lufs"].is_null());
    assert_eq!(json["duration_s"], 5.0);
    let mut names: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "channels",
            "duration_s",
            "integrated_lufs",
            "loudness_range_lu",
            "momentary_max_lufs",
            "plr_lu",
            "psr_min_lu",
            "sample_peak_dbfs",
            "sample_rate_hz",
            "short_term_max_lufs",
            "true_peak_dbtp"
        ]
    );
}

#[test]
fn blocks_do_not_matter() {
    let signal = tones(&[(4.0, Some(-18.0)), (3.0, Some(-31.0))]);
    let whole = measured(&signal);
    for block in [64, 1024, 4096] {
        let mut meter = Meter::new(2, RATE);
        for at in (0..signal[0].len()).step_by(block) {
            let end = (at + block).min(signal[0].len());
            meter.add(&[signal[0][at..end].to_vec(), signal[1][at..end].to_vec()]);
        }
        assert_eq!(whole, meter.finish());
    }
}

#[test]
fn too_short_is_told_from_silent() {
    let brief = measured(&tones(&[(0.3, Some(-18.0))]));
    assert_eq!(brief.undefined, [Undefined::MomentaryAndIntegrated, Undefined::ShortTermAndRange]);
    assert_eq!((brief.momentary_max_lufs, brief.integrated_lufs, brief.loudness_range_lu), (None, None, None));
    assert!(brief.true_peak_dbtp.is_some());
    let short = measured(&tones(&[(2.0, Some(-18.0))]));
    assert_eq!(short.undefined, [Undefined::ShortTermAndRange]);
    assert!(short.momentary_max_lufs.is_some() && short.short_term_max_lufs.is_none());
    let silent = measured(&tones(&[(4.0, None)]));
    assert!(silent.undefined.is_empty() && silent.momentary_max_lufs.is_none());
}

#[test]
fn peak_to_loudness_ratios() {
    // A stereo tone at -18 dBFS has -18.0 LUFS: its crest is the K-weighting's 3.01 - 3.01 dB.
    let m = measured(&tones(&[(5.0, Some(-18.0))]));
    near(m.plr_lu, 0.0, 0.1);
    near(m.psr_min_lu, 0.0, 0.1);
    let mut clicks = tones(&[(6.0, Some(-30.0))]);
    for channel in &mut clicks {
        channel[100_000] = 0.5;
    }
    let m = measured(&clicks);
    near(m.plr_lu, 24.0, 0.5);
    // The densest 3 s are those without the click.
    near(m.psr_min_lu, 0.0, 0.3);
}
