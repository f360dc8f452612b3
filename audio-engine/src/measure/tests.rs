//! The cases of EBU Tech 3341 and 3342 that can be synthesised.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::type_complexity,
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
fn tech_3341_cases_1_to_5_integrated() {
    let cases: [(&[(f64, Option<f64>)], f64); 5] = [
        (&[(20.0, Some(-23.0))], -23.0),
        (&[(20.0, Some(-33.0))], -33.0),
        (&[(10.0, Some(-36.0)), (60.0, Some(-23.0)), (10.0, Some(-36.0))], -23.0),
        (
            &[(10.0, Some(-72.0)), (10.0, Some(-36.0)), (60.0, Some(-23.0)), (10.0, Some(-36.0)), (10.0, Some(-72.0))],
            -23.0,
        ),
        (&[(20.0, Some(-26.0)), (20.1, Some(-20.0)), (20.0, Some(-26.0))], -23.0),
    ];
    for (i, (parts, expected)) in cases.into_iter().enumerate() {
        let m = measured(&tones(parts));
        near(m.integrated_lufs, expected, 0.1);
        if i < 2 {
            near(m.momentary_max_lufs, expected, 0.1);
            near(m.short_term_max_lufs, expected, 0.1);
        }
    }
}

#[test]
fn tech_3341_case_6_surround() {
    let level = |db: f64| -> Vec<f32> {
        (0..20 * 48_000)
            .map(|i| (10_f64.powf(db / 20.0) * (std::f64::consts::TAU * f64::from(i) / 48.0).sin()) as f32)
            .collect()
    };
    let m = measured(&[level(-28.0), level(-28.0), level(-24.0), level(-30.0), level(-30.0)]);
    near(m.integrated_lufs, -23.0, 0.1);
}

#[test]
fn tech_3341_cases_9_and_12_windows() {
    let short: Vec<_> = (0..5).flat_map(|_| [(1.34, Some(-20.0)), (1.66, Some(-30.0))]).collect();
    near(measured(&tones(&short)).short_term_max_lufs, -23.0, 0.1);
    let momentary: Vec<_> = (0..25).flat_map(|_| [(0.18, Some(-20.0)), (0.22, Some(-30.0))]).collect();
    near(measured(&tones(&momentary)).momentary_max_lufs, -23.0, 0.1);
}

#[test]
fn tech_3341_cases_10_and_13_any_offset() {
    for i in 0..20 {
        let offset = f64::from(i);
        near(
            measured(&tones(&[(offset * 0.15, None), (3.0, Some(-23.0)), (1.0, None)])).short_term_max_lufs,
            -23.0,
            0.1,
        );
        near(
            measured(&tones(&[(offset * 0.02, None), (0.4, Some(-23.0)), (1.0, None)])).momentary_max_lufs,
            -23.0,
            0.1,
        );
    }
}

#[test]
fn tech_3341_cases_15_to_19_true_peak() {
    for (divisor, degrees, amplitude, expected) in [
        (4.0, 0.0, 0.5, -6.0),
        (4.0, 45.0, 0.5, -6.0),
        (6.0, 60.0, 0.5, -6.0),
        (8.0, 67.5, 0.5, -6.0),
        (4.0, 45.0, 1.41, 3.0),
    ] {
        let n = 48_000;
        let tone: Vec<f32> = (0..n)
            .map(|i| {
                let fade = (f64::from(i.min(n - i)) / 480.0).min(1.0);
                let phase = std::f64::consts::TAU * (f64::from(i) / divisor + degrees / 360.0);
                (fade * amplitude * phase.sin()) as f32
            })
            .collect();
        let found = measured(&[tone.clone(), tone]).true_peak_dbtp.unwrap();
        assert!((-0.4..=0.2).contains(&(found - expected)), "fs/{divisor} at {degrees}°: {found}");
    }
}

#[test]
fn tech_3342_loudness_range() {
    for (levels, expected) in [
        (&[-20.0, -30.0][..], 10.0),
        (&[-20.0, -15.0], 5.0),
        (&[-40.0, -20.0], 20.0),
        (&[-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
    ] {
        let parts: Vec<_> = levels.iter().map(|l| (20.0, Some(*l))).collect();
        near(measured(&tones(&parts)).loudness_range_lu, expected, 1.0);
    }
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
