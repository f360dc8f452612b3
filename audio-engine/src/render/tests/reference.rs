//! The reference: spectrum, width and level are its, the balance stays the mix's.

use super::*;

const HZ: u32 = 48_000;

/// Noise through an equaliser, as the reference's maker would have done.
fn write_noise(path: &Path, rate: u32, seconds: u32, seed: u64, gain: f32) {
    let spec =
        hound::WavSpec { channels: 2, sample_rate: rate, bits_per_sample: 24, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    let mut noise = crate::dsp::Noise::new(seed);
    for i in 0..rate * seconds {
        // A quiet beginning, which must not count.
        let level = if i < rate * seconds / 4 { 0.02 } else { 1.0 };
        let (common, own) = (noise.bipolar(), noise.bipolar());
        for side in [common + 0.5 * own, common - 0.5 * own] {
            writer.write_sample((side as f32 * gain * level * 4_000_000.0) as i32).unwrap();
        }
    }
    writer.finalize().unwrap();
}

#[test]
fn a_mix_takes_on_the_spectrum_and_level_of_its_reference() {
    let folder = tempfile::tempdir().unwrap();
    let (own, raw) = (folder.path().join("own.wav"), folder.path().join("raw.wav"));
    write_noise(&own, HZ, 24, 1, 0.3);
    write_noise(&raw, RATE, 24, 2, 0.4);
    let workspace = Workspace::new(folder.path()).with_source("own", own).with_source("raw", raw);
    // The reference: other noise at another rate, coloured, and narrower.
    let coloured = r#"{"version":2,"tracks":[{"name":"a","clips":[{"source":"raw"}],"strip":{"processors":[
        {"equaliser":{"bands":[{"shape":"low_shelf","frequency_hz":200,"gain_db":6},{"frequency_hz":2500,"gain_db":-8,"q":1}]}},
        {"width":{"width":0.5}}]}}],"master":{"target":"as_is"},"outputs":[{"file":"reference.wav","format":"wav24"}]}"#;
    let reference = render(&Mix::from_json(coloured).unwrap(), &workspace, &mut ()).unwrap();
    let workspace = workspace.with_source("reference", &reference.outputs[0].path);
    let matched = r#"{"version":2,"tracks":[{"name":"a","clips":[{"source":"own"}]}],
        "master":{"target":"as_is","reference":"reference"},"outputs":[{"file":"matched.wav","format":"wav24"}]}"#;
    let matched = render(&Mix::from_json(matched).unwrap(), &workspace, &mut ()).unwrap();
    assert_eq!(matched.frames, u64::from(24 * HZ), "no longer and no shorter");
    let loudness = |receipt: &Receipt| receipt.outputs[0].measured.integrated_lufs.unwrap();
    assert!(
        (loudness(&matched) - loudness(&reference)).abs() < 0.3,
        "{} for {}",
        loudness(&matched),
        loudness(&reference)
    );
    let bands = |path: &Path, rate: u32| -> Vec<[f64; 2]> {
        let all = samples(path);
        let mid_side: [Vec<f64>; 2] =
            [1.0, -1.0].map(|sign| all[0].iter().zip(&all[1]).map(|(l, r)| f64::from(l + r * sign)).collect());
        [80.0, 300.0, 1_000.0, 2_500.0, 6_000.0, 12_000.0]
            .iter()
            .map(|hz| [0, 1].map(|side: usize| band_db(&mid_side[side], *hz, f64::from(rate))))
            .collect()
    };
    let (got, wanted) = (bands(&matched.outputs[0].path, HZ), bands(&reference.outputs[0].path, RATE));
    for (got, wanted) in got.iter().zip(&wanted) {
        assert!((got[0] - wanted[0]).abs() < 1.0 && (got[1] - wanted[1]).abs() < 1.0, "{got:?} for {wanted:?}");
    }
}

#[test]
fn a_reference_with_nothing_in_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.wav");
    write_noise(&own, HZ, 2, 1, 0.3);
    for (name, signal) in [("silence", vec![0.0; HZ as usize]), ("moment", vec![0.5; 1_000])] {
        let path = folder.path().join("reference.wav");
        write_wav(&path, HZ, &[signal]);
        let workspace = Workspace::new(folder.path()).with_source("own", &own).with_source("reference", path);
        let mut mix = Mix::master("own", vec![output("o.wav", Format::Wav24)]);
        mix.master.reference = Some("reference".into());
        let error = render(&mix, &workspace, &mut ()).unwrap_err();
        assert!(matches!(&error, RenderError::Document { path, .. } if path == "master.reference"), "{name}: {error}");
    }
}

/// Level of noise density around a frequency: Goertzel bins of short pieces, averaged.
fn band_db(x: &[f64], hz: f64, rate: f64) -> f64 {
    let piece = crate::dsp::whole(rate / 25.0);
    let from = x.len() / 4;
    let powers = x[from..].chunks_exact(piece).map(|piece| {
        let turn = std::f64::consts::TAU * hz / rate;
        let (mut re, mut im) = (0.0, 0.0);
        for (i, x) in (0_u32..).zip(piece) {
            re += x * (turn * f64::from(i)).cos();
            im += x * (turn * f64::from(i)).sin();
        }
        (re * re + im * im) / rate
    });
    10.0 * (powers.sum::<f64>() / crate::dsp::index(x.len() - from)).log10()
}

/// A mix off its centre: a source well to the left, ambience that is in neither channel more, and highs to the right.
fn write_off_centre(path: &Path, seconds: u32) {
    let mut noise = crate::dsp::Noise::new(11);
    let (mut low, mut channels) = (0.0, [Vec::new(), Vec::new()]);
    for _ in 0..HZ * seconds {
        let (source, ambience) = (noise.bipolar(), noise.bipolar());
        low += 0.1 * (source - low);
        let (dull, bright) = (3.0 * low, source - low);
        channels[0].push((0.1 * (dull + 0.6 * bright + 0.25 * ambience)) as f32);
        channels[1].push((0.1 * (0.5 * dull + bright - 0.25 * ambience)) as f32);
    }
    write_wav(path, HZ, &channels);
}

#[test]
fn a_mix_off_its_centre_keeps_its_balance() {
    let folder = tempfile::tempdir().unwrap();
    let (own, raw) = (folder.path().join("own.wav"), folder.path().join("raw.wav"));
    write_off_centre(&own, 24);
    write_noise(&raw, RATE, 24, 2, 0.4);
    let workspace = Workspace::new(folder.path()).with_source("own", &own).with_source("raw", raw);
    let rendered = |name: &str, document: &str, workspace: &Workspace| {
        let text = format!(r#"{{"version":2,{document},"outputs":[{{"file":"{name}.wav","format":"wav24"}}]}}"#);
        render(&Mix::from_json(&text).unwrap(), workspace, &mut ()).unwrap().outputs.remove(0).path
    };
    // Centred, of another colour, and once wider and once narrower than the mix.
    for width in [0.3, 1.0, 1.8] {
        let coloured = format!(
            r#""tracks":[{{"name":"a","clips":[{{"source":"raw"}}],"strip":{{"processors":[
            {{"equaliser":{{"bands":[{{"shape":"low_shelf","frequency_hz":200,"gain_db":6}},
              {{"frequency_hz":2500,"gain_db":-8,"q":1}},{{"shape":"high_shelf","frequency_hz":8000,"gain_db":4}}]}}}},
            {{"width":{{"width":{width}}}}}]}}}}],"master":{{"target":"as_is","trim_db":-6}}"#
        );
        let reference = rendered("reference", &coloured, &workspace);
        let workspace = workspace.clone().with_source("reference", &reference);
        let matched = r#""tracks":[{"name":"a","clips":[{"source":"own"}]}],
            "master":{"target":"as_is","trim_db":-6,"reference":"reference"}"#;
        let matched = rendered("matched", matched, &workspace);
        let channels = |path: &Path| -> [Vec<f64>; 2] {
            let all = samples(path);
            [0, 1].map(|channel: usize| all[channel].iter().map(|x| f64::from(*x)).collect())
        };
        let [was, is, wanted] = [&own, &matched, &reference].map(|path| channels(path));
        let power = |db: f64| 10_f64.powf(db / 10.0);
        for hz in [80.0, 300.0, 1_000.0, 2_500.0, 6_000.0, 12_000.0] {
            let level = |x: &[f64], rate: u32| band_db(x, hz, f64::from(rate));
            let balance = |x: &[Vec<f64>; 2]| level(&x[0], HZ) - level(&x[1], HZ);
            let (before, after) = (balance(&was), balance(&is));
            assert!((before - after).abs() < 0.3, "width {width}, {hz} Hz: {before} dB became {after}");
            let whole =
                |x: &[Vec<f64>; 2], rate| 10.0 * (power(level(&x[0], rate)) + power(level(&x[1], rate))).log10();
            let (got, asked) = (whole(&is, HZ), whole(&wanted, RATE));
            assert!((got - asked).abs() < 1.0, "width {width}, {hz} Hz: {got} dB for {asked}");
        }
    }
}
