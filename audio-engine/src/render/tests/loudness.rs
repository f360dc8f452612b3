//! Loud targets: reached in every format if the limiter may go so far, and given up with a reason if it may not.

use super::*;

const LOSSY: [Format; 5] =
    [Format::Mp3Kbps128, Format::Mp3Kbps320, Format::M4aKbps256, Format::OpusKbps128, Format::VorbisQ6];

fn outputs(formats: &[Format]) -> Vec<Output> {
    formats.iter().map(|format| output(&format!("{format}.{}", format.extension()), *format)).collect()
}

/// Hits far above the bed between them: what limiters and coders have the hardest time with.
fn mastered(formats: &[Format], master: Master, workspace: &Workspace) -> Receipt {
    let mix = Mix { master, ..Mix::master("beat", outputs(formats)) };
    render(&mix, workspace, &mut ()).unwrap()
}

#[test]
fn lossy_files_reach_loud_targets_as_lossless_ones_do() {
    let (_folder, workspace) = setting(6);
    for lufs in [-14.0, -9.0] {
        let master = Master { target: Target::Custom(lufs), max_reduction_db: 24.0, ..Master::default() };
        for output in mastered(&LOSSY, master, &workspace).outputs {
            let (loudness, peak) = (output.measured.integrated_lufs.unwrap(), output.measured.true_peak_dbtp.unwrap());
            assert!((loudness - lufs).abs() <= 0.2, "{}: {loudness} LUFS for {lufs}", output.file);
            assert!(peak <= -1.0, "{}: {peak} dBTP", output.file);
            assert!(matches!(output.loudness, LoudnessOutcome::Reached { .. }) && output.shortfall.is_none());
            assert!(output.attempts <= 5, "{} for {lufs} LUFS: {} times", output.file, output.attempts);
        }
    }
}

#[test]
fn the_limiter_takes_off_no_more_than_the_document_permits() {
    let (_folder, workspace) = setting(6);
    for max_reduction_db in [0.0, 2.0, 5.0] {
        let mut mix = Mix::master("beat", outputs(&LOSSY));
        // Another rate and a voice have other peaks than the mix.
        mix.outputs.push(Output { sample_rate_hz: Some(48_000), ..output("other-rate.wav", Format::Wav24) });
        mix.outputs.push(output("plain.wav", Format::Wav24));
        mix.outputs.iter_mut().for_each(|output| output.tagged = Some(false));
        mix.outputs.push(output("tagged.wav", Format::Wav24));
        mix.outputs.push(output("tagged.mp3", Format::Mp3Kbps128));
        mix.tags = vec![TagNode { level_lu: Some(6.0), duck_db: 0.0, ..TagNode::default() }];
        mix.master = Master { target: Target::Custom(-7.0), max_reduction_db, ..Master::default() };
        for output in render(&mix, &workspace, &mut ()).unwrap().outputs {
            let taken = output.limiter_max_reduction_db;
            assert!(taken <= max_reduction_db + 0.01, "{}: {taken} dB of {max_reduction_db}", output.file);
            assert!(taken >= max_reduction_db - 0.01, "{}: {taken} dB, and more is permitted", output.file);
            assert!(output.measured.true_peak_dbtp.unwrap() <= -1.0, "{}", output.file);
        }
    }
}

#[test]
fn a_missed_target_says_why_and_what_helps() {
    let (_folder, workspace) = setting(5);
    let master = Master { target: Target::Custom(-6.0), max_reduction_db: 3.0, ..Master::default() };
    for output in mastered(&[Format::Wav24, Format::Mp3Kbps128], master, &workspace).outputs {
        let LoudnessOutcome::LimitedByCeiling { deviation_lu, max_reduction_db } = output.loudness else {
            panic!("{:?}", output.loudness)
        };
        assert!(deviation_lu < -1.0 && (max_reduction_db - 3.0).abs() < 1e-9);
        let shortfall = output.shortfall.as_ref().unwrap();
        let missing = -6.0 - output.measured.integrated_lufs.unwrap();
        assert!((shortfall.missing_lu - missing).abs() < 1e-9 && shortfall.is_grave(), "{shortfall:?}");
        let said = shortfall.to_string();
        assert!(said.starts_with(&format!("{missing:.1} LU too quiet: ")) && said.contains("3 dB"), "{said}");
        assert!(shortfall.remedy.contains("master.max_reduction_db"), "{}", shortfall.remedy);
        assert_eq!(shortfall.remedy.contains("lossless"), !output.format.is_lossless(), "{}", shortfall.remedy);
        let json = serde_json::to_value(&output).unwrap();
        assert!(json["shortfall"]["missing_lu"].as_f64().unwrap() > 1.0 && json["shortfall"]["remedy"].is_string());
    }

    // A little short is no grave matter, and nothing is said of what is reached.
    let reach = |max_reduction_db| {
        let master = Master { target: Target::Custom(-14.0), max_reduction_db, ..Master::default() };
        mastered(&[Format::Wav24], master, &workspace).outputs.remove(0)
    };
    let whole = reach(24.0);
    assert_eq!(whole.shortfall, None);
    assert_eq!(serde_json::to_value(&whole).unwrap().get("shortfall"), None);
    let short = reach(whole.limiter_max_reduction_db - 0.8).shortfall.unwrap();
    assert!((0.2..1.0).contains(&short.missing_lu) && !short.is_grave(), "{short:?}");
}

#[test]
fn near_silence_is_not_raised_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("faint.wav");
    write_wav(
        &path,
        RATE,
        &material(RATE, 2, 5 * RATE as usize)
            .into_iter()
            .map(|c| c.into_iter().map(|x| x * 0.003).collect())
            .collect::<Vec<_>>(),
    );
    let workspace = Workspace::new(folder.path()).with_source("beat", path);
    let output = mastered(&[Format::Wav24], Master::default(), &workspace).outputs.remove(0);
    assert!(matches!(output.loudness, LoudnessOutcome::TooQuiet { .. }), "{:?}", output.loudness);
    let shortfall = output.shortfall.unwrap();
    assert!(shortfall.why.contains("40 dB") && shortfall.remedy.contains("silent"), "{shortfall:?}");
}
