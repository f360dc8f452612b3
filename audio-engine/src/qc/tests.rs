//! Files with known faults, and one without.

use super::*;
use crate::dsp::{Noise, cos_turns, index, narrow, sin_turns};
use crate::render::{Format, Mix, Output, Workspace, render};
use crate::resample;
use crate::testing::{material, write_wav};
use std::path::PathBuf;

fn codes(signal: &[Vec<f32>], rate: u32, wanted: &Expectations) -> (Verdict, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    write_wav(&path, rate, signal);
    let report = check(&path, wanted).unwrap();
    assert!(report.findings.iter().all(|finding| !finding.message.is_empty() && !finding.remedy.is_empty()));
    (report.verdict, report.findings.into_iter().map(|finding| finding.code).collect())
}

/// Material that ends in silence, as a master does.
fn good(rate: u32) -> Vec<Vec<f32>> {
    let mut signal = material(rate, 2, 4 * rate as usize);
    for channel in &mut signal {
        channel.extend(vec![0.0; rate as usize / 2]);
    }
    signal
}

#[test]
fn a_good_file_passes_and_each_fault_is_named() {
    let wanted = Expectations::default();
    assert_eq!(codes(&good(48_000), 48_000, &wanted), (Verdict::Pass, vec![]));

    let mut clipped = good(48_000);
    clipped[0][1000..1020].fill(1.0);
    let (verdict, found) = codes(&clipped, 48_000, &wanted);
    assert!(verdict == Verdict::Fail && found.contains(&"clipping".to_owned()), "{found:?}");

    let mut late = good(48_000);
    for channel in &mut late {
        channel.splice(0..0, vec![0.0; 3 * 48_000]);
    }
    assert_eq!(codes(&late, 48_000, &wanted), (Verdict::Listen, vec!["silence_start".to_owned()]));

    let mut one_sided = good(48_000);
    one_sided[1].fill(0.0);
    assert_eq!(codes(&one_sided, 48_000, &wanted), (Verdict::Fail, vec!["silent_channel".to_owned()]));

    let mut inverted = good(48_000);
    inverted[1] = inverted[0].iter().map(|x| -x).collect();
    assert_eq!(codes(&inverted, 48_000, &wanted), (Verdict::Fail, vec!["phase".to_owned()]));

    let quiet = Expectations { loudness_lufs: Some(-40.0), ..Expectations::default() };
    assert_eq!(codes(&good(48_000), 48_000, &quiet), (Verdict::Listen, vec!["loudness".to_owned()]));
    assert_eq!(codes(&good(32_000), 32_000, &wanted), (Verdict::Listen, vec!["sample_rate".to_owned()]));
    assert_eq!(
        codes(&[vec![0.0; 48_000], vec![0.0; 48_000]], 48_000, &wanted),
        (Verdict::Fail, vec!["silence".to_owned()])
    );
}

/// What is found in a file, each with how bad it is.
fn found_in(path: &Path) -> Vec<(String, Severity)> {
    let report = check(path, &Expectations::default()).unwrap();
    report.findings.into_iter().map(|finding| (finding.code, finding.severity)).collect()
}

#[test]
fn what_is_rarer_is_named_as_well() {
    let rate = 48_000;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    let found = |signal: &[Vec<f32>]| {
        write_wav(&path, rate, signal);
        found_in(&path)
    };
    let finding = |code: &str, severity| (code.to_owned(), severity);

    let mut uneven = good(rate);
    uneven[1].iter_mut().for_each(|x| *x *= 0.5);
    assert_eq!(found(&uneven), [finding("imbalance", Severity::Warning)]);

    let mut cut = good(rate);
    for channel in &mut cut {
        channel.truncate(4 * rate as usize);
        channel.push(0.1);
    }
    assert_eq!(found(&cut), [finding("cut_end", Severity::Note)]);

    let mut offset = good(rate);
    offset.iter_mut().flatten().for_each(|x| *x += 0.02);
    assert!(found(&offset).contains(&finding("dc_offset", Severity::Warning)));

    // A quarter of the rate, seen halfway up its slopes: 1.5 dB lie between the samples.
    let between = |level: f64| -> Vec<Vec<f32>> {
        let tone = |gain: f64| (0..96_000).map(|i| narrow(gain * sin_turns(index(i) / 4.0 + 0.125))).collect();
        vec![tone(level), tone(0.8 * level)]
    };
    assert!(found(&between(1.2)).contains(&finding("true_peak", Severity::Fault)), "between samples alone");
    assert!(found(&between(0.95)).contains(&finding("true_peak", Severity::Warning)));
    assert!(!found(&between(0.6)).iter().any(|(code, _)| code == "true_peak"));

    let spec =
        hound::WavSpec { channels: 1, sample_rate: rate, bits_per_sample: 8, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    (0..rate).for_each(|i| writer.write_sample(i32::from(i % 7 == 0) * 50).unwrap());
    writer.finalize().unwrap();
    assert!(found_in(&path).contains(&finding("bit_depth", Severity::Fault)));
}

#[test]
fn a_header_that_claims_another_loudness_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source.wav");
    write_wav(&source, 48_000, &good(48_000));
    let workspace = Workspace::new(folder.path()).with_source("source", source);
    let mix = Mix::master("source", vec![Output::new("master.wav", Format::Wav24)]);
    let path = render(&mix, &workspace, &mut ()).unwrap().outputs.remove(0).path;
    let claims = |path: &Path| found_in(path).iter().any(|(code, _)| code == "header_loudness");
    assert!(!claims(&path));
    let mut bytes = std::fs::read(&path).unwrap();
    let chunk = bytes.windows(4).position(|kind| kind == b"bext").unwrap();
    // Behind kind and size, 412 bytes in: the integrated loudness in hundredths.
    bytes[chunk + 8 + 412..][..2].copy_from_slice(&(-500_i16).to_le_bytes());
    std::fs::write(&path, bytes).unwrap();
    assert!(claims(&path));
}

/// The severity and the words of what is said about the band of such a file.
fn said_of_the_band(signal: &[Vec<f32>], rate: u32) -> Option<(Severity, String)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    write_wav(&path, rate, signal);
    let findings = check(&path, &Expectations::default()).unwrap().findings;
    let found = findings.into_iter().find(|finding| finding.code == "bandwidth");
    found.map(|finding| (finding.severity, format!("{}; {}", finding.message, finding.remedy)))
}

#[test]
fn a_converted_file_is_no_transcoded_one() {
    let mut noise = Noise::new(7);
    let original: Vec<f32> = (0..4 * 44_100).map(|_| narrow(0.3 * noise.bipolar())).collect();
    assert_eq!(said_of_the_band(std::slice::from_ref(&original), 44_100), None);
    let wide: Vec<f64> = original.iter().map(|x| f64::from(*x)).collect();
    for rate in [48_000, 96_000] {
        let converted = resample(std::slice::from_ref(&wide), 44_100, rate).unwrap();
        let converted = converted[0].iter().map(|x| narrow(*x)).collect();
        // A cut within the converter's own skirt may pass for none, but is never an encoder's.
        if let Some((severity, words)) = said_of_the_band(&[converted], rate) {
            assert!(severity == Severity::Note && !words.contains("MP3"), "{rate}: {words}");
        }
    }
    // And one that an encoder has cut is told as before.
    let cut = low_passed(&wide, 16_000.0, 44_100.0);
    let (severity, words) = said_of_the_band(&[cut], 44_100).unwrap();
    assert!(severity == Severity::Warning && words.contains("MP3"), "{words}");
}

/// What is above a frequency is taken away as with a knife: a windowed sinc of 1023 taps.
fn low_passed(signal: &[f64], hz: f64, rate: f64) -> Vec<f32> {
    const HALF: usize = 511;
    let tap = |i: usize| {
        let x = index(i) - index(HALF);
        let window = 0.42 + 0.5 * cos_turns(x / (2.0 * index(HALF + 1))) + 0.08 * cos_turns(x / index(HALF + 1));
        let turns = hz / rate * x;
        let sinc = if i == HALF { 2.0 * hz / rate } else { sin_turns(turns) / (std::f64::consts::PI * x) };
        sinc * window
    };
    let taps: Vec<f64> = (0..=2 * HALF).map(tap).collect();
    signal.windows(taps.len()).map(|part| narrow(part.iter().zip(&taps).map(|(x, tap)| x * tap).sum())).collect()
}

#[test]
fn stems_are_held_against_each_other_and_their_mix() {
    let folder = tempfile::tempdir().unwrap();
    let rate = 48_000;
    let all = material(rate, 2, 96_000);
    let (bass, lead) = (vec![all[0].clone()], vec![all[1].iter().map(|x| x * 0.5).collect::<Vec<_>>()]);
    // The lead is turned over in the mix.
    let mix = vec![bass[0].iter().zip(&lead[0]).map(|(b, l)| b - 3.0 * l).collect::<Vec<_>>()];
    let write = |name: &str, rate: u32, signal: &[Vec<f32>]| -> PathBuf {
        let path = folder.path().join(name);
        write_wav(&path, rate, signal);
        path
    };
    let stems = [
        write("01 Bass.wav", rate, &bass),
        write("02 Lead.wav", rate, &lead),
        write("Audio 3.wav", rate, &[bass[0][..90_000].to_vec()]),
        write("04 Pad.wav", 44_100, &bass),
        // As long as the others, in time.
        write("05 Choir.wav", 44_100, &material(44_100, 1, 88_200)),
        folder.path().join("missing.wav"),
    ];
    let mix = write("mix.wav", rate, &mix);
    let report = check_stems(&stems, Some(&mix)).unwrap();
    let codes = |i: usize| -> Vec<&str> { report.stems[i].findings.iter().map(|f| f.code.as_str()).collect() };
    assert_eq!(codes(0), Vec::<&str>::new(), "{:?}", report.stems[0].gain_in_mix);
    assert_eq!(codes(1), ["polarity"], "{:?}", report.stems[1].gain_in_mix);
    assert_eq!(codes(2), ["length", "name"].iter().copied().rev().collect::<Vec<_>>());
    assert!(codes(3).contains(&"rate_differs"));
    assert!(codes(3).contains(&"length"));
    assert!(codes(4).contains(&"rate_differs") && !codes(4).contains(&"length"), "{:?}", codes(4));
    assert_eq!(codes(5), ["unreadable"]);
    assert_eq!(report.verdict, Verdict::Fail);
}
