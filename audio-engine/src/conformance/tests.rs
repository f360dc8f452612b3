//! All cases pass, and two other meters agree on the signals.

use super::*;

#[test]
fn every_case_passes() {
    let cases = run(|_| ());
    // 6 + 4 of cases 1 to 6, 82 windows, 9 true peaks, 4 ranges, 3 rates.
    assert_eq!(cases.len(), 10 + 82 + 9 + 4 + 3);
    let failed: Vec<_> = cases.iter().filter(|case| !case.passes()).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn a_meter_that_is_off_fails() {
    let mut case = run_one();
    assert!(case.passes() && (0.0..=0.1).contains(&case.margin()));
    case.measured = case.measured.map(|level| level + 0.2);
    assert!(!case.passes());
    case.measured = None;
    assert!(!case.passes());
}

fn run_one() -> Case {
    lufs("1".to_owned(), "a steady tone", -23.0, I, &parts(&[(20.0, Some(-23.0))]))
}

/// Signals of several kinds, for meters other than ours.
fn stereo_signals() -> Vec<Vec<Vec<f32>>> {
    vec![
        parts(&[(10.0, Some(-36.0)), (60.0, Some(-23.0)), (10.0, Some(-36.0))]),
        parts(&[(20.0, Some(-26.0)), (20.1, Some(-20.0)), (20.0, Some(-26.0))]),
        crate::testing::material(RATE_HZ, 2, 20 * 48_000),
    ]
}

#[test]
fn the_bs1770_crate_agrees() {
    for signal in stereo_signals() {
        let channels: Vec<_> = signal
            .iter()
            .map(|channel| {
                let mut meter = bs1770::ChannelLoudnessMeter::new(RATE_HZ);
                meter.push(channel.iter().copied());
                meter.into_100ms_windows()
            })
            .collect();
        let power = bs1770::reduce_stereo(channels[0].as_ref(), channels[1].as_ref());
        let theirs = f64::from(bs1770::gated_mean(power.as_ref()).loudness_lkfs());
        let ours = measure(&signal).integrated_lufs.unwrap();
        assert!((ours - theirs).abs() < 0.05, "{ours} and {theirs}");
    }
}

#[test]
fn ffmpeg_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let raw = folder.path().join("signal.raw");
    for signal in stereo_signals() {
        let bytes =
            (0..signal[0].len()).flat_map(|i| [signal[0][i].to_le_bytes(), signal[1][i].to_le_bytes()].concat());
        std::fs::write(&raw, bytes.collect::<Vec<_>>()).unwrap();
        let said = std::process::Command::new("ffmpeg")
            .args(["-nostdin", "-hide_banner", "-f", "f32le", "-ar", "48000", "-ac", "2", "-i"])
            .arg(&raw)
            .args(["-af", "ebur128=peak=true", "-f", "null", "-"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&said.stderr).into_owned();
        let summary = said.rsplit("Summary:").next().unwrap();
        let figure = |name: &str| -> f64 {
            let line = summary.lines().find(|line| line.trim().starts_with(name)).unwrap_or_else(|| panic!("{said}"));
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        let ours = measure(&signal);
        assert!((ours.integrated_lufs.unwrap() - figure("I:")).abs() <= 0.1, "{ours:?} {summary}");
        assert!((ours.loudness_range_lu.unwrap() - figure("LRA:")).abs() <= 0.3, "{ours:?} {summary}");
        assert!((ours.true_peak_dbtp.unwrap() - figure("Peak:")).abs() <= 0.2, "{ours:?} {summary}");
    }
}
