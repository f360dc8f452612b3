//! The limiter on signals made to break it: what a listener's decoder gives is below the ceiling, by a meter that is not
//! ours.

#![expect(clippy::cast_possible_truncation, reason = "signals are synthesised here")]

use std::f64::consts::TAU;
use std::path::Path;

use serde_json::json;

use crate::{engine::answer, judges};

const RATE_HZ: u32 = 48_000;
const SECONDS: u32 = 4;
/// Rises and falls this long, as the standard's own signals do: a meter that mirrors what is before the first sample
/// and behind the last would hear a step of its own making.
const FADE_S: f64 = 0.01;
const CEILING_DBTP: f64 = -1.0;
const FORMATS: &str = "wav16,wav24,wav32f,flac,mp3-128,mp3-320,m4a-256,opus-128,vorbis-q6";

/// Uniform noise in -1..1 by a linear congruential generator.
fn noise() -> impl FnMut() -> f64 {
    let mut state = 1_u64;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from((state >> 33) as u32) / f64::from(1_u32 << 30) - 1.0
    }
}

/// Left and right at a moment in seconds.
type Signal = Box<dyn FnMut(f64) -> [f64; 2]>;

/// Each by its name; those beyond full scale are why the files are in floating point.
fn signals() -> Vec<(&'static str, Signal)> {
    let rate = f64::from(RATE_HZ);
    let plus_12_db = 10_f64.powf(12.0 / 20.0);
    let mut noise = noise();
    let clipped = move |t: f64, hz: f64| (plus_12_db * (TAU * hz * t).sin()).clamp(-1.0, 1.0);
    vec![
        ("clipped-square", Box::new(move |t| [clipped(t, 441.0).signum(), clipped(t, 110.0)])),
        // Samples at 45°, 135° …: the peaks between them are 3 dB higher.
        ("between-samples", Box::new(move |t| [(TAU * (rate / 4.0 * t + 0.125)).sin() * 1.41; 2])),
        ("between-samples-of-a-sixth", Box::new(move |t| [(TAU * (rate / 6.0 * t + 1.0 / 12.0)).sin() * 1.15; 2])),
        ("silence", Box::new(|_| [0.0; 2])),
        ("dc", Box::new(|_| [1.0, -1.0])),
        ("20-hz", Box::new(move |t| [plus_12_db * (TAU * 20.0 * t).sin(); 2])),
        ("white-noise", Box::new(move |_| [plus_12_db * noise(), plus_12_db * noise()])),
    ]
}

fn write(path: &Path, signal: &mut dyn FnMut(f64) -> [f64; 2]) {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: RATE_HZ,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut file = hound::WavWriter::create(path, spec).expect("the file is made");
    for frame in 0..SECONDS * RATE_HZ {
        let t = f64::from(frame) / f64::from(RATE_HZ);
        let fade = (t.min(f64::from(SECONDS) - t) / FADE_S).min(1.0);
        for sample in signal(t) {
            file.write_sample((fade * sample) as f32).expect("the file takes samples");
        }
    }
    file.finalize().expect("the file is closed");
}

#[test]
fn no_decoded_file_exceeds_the_ceiling_whatever_goes_in() {
    if !judges::has("ffmpeg") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let text = |path: &Path| path.to_str().expect("in UTF-8").to_owned();
    let mut above = Vec::new();
    for (name, mut signal) in signals() {
        write(&folder.path().join("signal.wav"), &mut signal);
        let document = folder.path().join(format!("{name}.json"));
        let mix = json!({
            "version": 2,
            "tracks": [{ "name": "signal", "clips": [{ "source": "signal.wav" }] }],
            "master": { "target": "as_is", "ceiling_dbtp": CEILING_DBTP },
            "outputs": [{ "file": "unused.wav", "format": "wav24" }],
        });
        std::fs::write(&document, mix.to_string()).expect("the document is written");
        let out = folder.path().join(name);
        let bounced = answer(&[
            "bounce",
            &text(&document),
            "--out",
            &text(&out),
            "--format",
            FORMATS,
            "--threads",
            "1",
            "--json",
        ]);
        let outputs = bounced["outputs"].as_array().expect("outputs");
        assert_eq!(outputs.len(), FORMATS.split(',').count(), "{name}");
        for output in outputs {
            let peak = judges::true_peak(Path::new(output["path"].as_str().expect("a path")));
            if peak > judges::shown(CEILING_DBTP) {
                above.push(format!("{name} as {}: {:.2} dBTP", output["file"], 20.0 * peak.log10()));
            }
        }
    }
    assert!(above.is_empty(), "{}", above.join("\n"));
}
