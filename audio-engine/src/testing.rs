//! What tests share: material, and a second opinion by ffmpeg, which must be installed where they run.

#![expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "signals are synthesised here")]

use crate::decode::Decoder;
use crate::dsp::Noise;
use std::path::Path;
use std::process::Command;

/// Music of a kind: three partials that move, a pulse twice a second, a little noise; peaks below -3 dBFS.
pub(crate) fn material(rate: u32, channels: usize, frames: usize) -> Vec<Vec<f32>> {
    let tau = std::f64::consts::TAU;
    (0..channels)
        .map(|c| {
            let mut noise = Noise::new(c as u64 + 1);
            let detune = 1.0 + c as f64 * 0.003;
            let sample = |i: usize| {
                let t = i as f64 / f64::from(rate);
                let tone = (tau * 220.0 * detune * t).sin() + 0.5 * (tau * 1_333.0 * t + (tau * 0.7 * t).sin()).sin();
                let high = 0.15 * (tau * 6_150.0 * detune * t).sin();
                let beat = (t * 2.0).fract();
                let pulse = (-beat * 25.0).exp() * (tau * 90.0 * beat).sin();
                (0.2 * (tone + high) + 0.3 * pulse + 0.01 * noise.bipolar()) as f32
            };
            let mut sample = sample;
            (0..frames).map(&mut sample).collect()
        })
        .collect()
}

/// Everything that our decoder gives.
pub(crate) fn decode(path: &Path) -> Vec<Vec<f32>> {
    let mut decoder = Decoder::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut all = vec![Vec::new(); decoder.spec().channels];
    while let Some(block) = decoder.next_block().unwrap_or_else(|e| panic!("{}: {e}", path.display())) {
        for (all, channel) in all.iter_mut().zip(block) {
            all.extend_from_slice(channel);
        }
    }
    all
}

/// Runs a tool and returns what it printed.
pub(crate) fn run(tool: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(tool).args(arguments).output();
    let output = output.unwrap_or_else(|e| panic!("the tests need {tool}, as the README says: {e}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {arguments:?}: {said}");
    output.stdout
}

/// Runs ffmpeg with those arguments, quietly.
pub(crate) fn ffmpeg(arguments: &[&str]) -> Vec<u8> {
    run("ffmpeg", &[&["-v", "error", "-nostdin", "-y"], arguments].concat())
}

/// Everything that ffmpeg's decoder gives; `input` are arguments before the file.
pub(crate) fn ffmpeg_decode(input: &[&str], path: &Path, channels: usize) -> Vec<Vec<f32>> {
    planar(&ffmpeg(&[input, &["-i", path.to_str().unwrap(), "-f", "f32le", "-"]].concat()), channels)
}

/// Interleaved little-endian floats, a vector for each channel.
pub(crate) fn planar(bytes: &[u8], channels: usize) -> Vec<Vec<f32>> {
    let mut all = vec![Vec::new(); channels];
    for frame in bytes.chunks_exact(4 * channels) {
        for (channel, sample) in all.iter_mut().zip(frame.chunks_exact(4)) {
            channel.push(f32::from_le_bytes(sample.try_into().unwrap()));
        }
    }
    all
}

/// The largest difference in dBFS; unequal lengths are infinitely far apart.
pub(crate) fn difference_dbfs(a: &[Vec<f32>], b: &[Vec<f32>]) -> f64 {
    if a.len() != b.len() || a.iter().zip(b).any(|(a, b)| a.len() != b.len()) {
        return f64::INFINITY;
    }
    let pairs = a.iter().flatten().zip(b.iter().flatten());
    let largest = pairs.map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs()).fold(0.0, f64::max);
    20.0 * largest.log10()
}

/// Signal to noise of `b` against `a`, in dB.
pub(crate) fn signal_to_noise_db(a: &[Vec<f32>], b: &[Vec<f32>]) -> f64 {
    let power = |x: f64| x * x;
    let signal: f64 = a.iter().flatten().map(|x| power(f64::from(*x))).sum();
    let noise: f64 =
        a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| power(f64::from(*a) - f64::from(*b))).sum();
    10.0 * (signal / noise).log10()
}

/// Writes floats as a WAV file.
pub(crate) fn write_wav(path: &Path, rate: u32, signal: &[Vec<f32>]) {
    let spec = hound::WavSpec {
        channels: signal.len() as u16,
        sample_rate: rate,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    for i in 0..signal[0].len() {
        for channel in signal {
            writer.write_sample(channel[i]).unwrap();
        }
    }
    writer.finalize().unwrap();
}
