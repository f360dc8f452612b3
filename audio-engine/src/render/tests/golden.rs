//! What the engine gives, to the last bit: short renders in every format, held to the hashes of the committed table
//! whatever the build's profile, block size, number of threads and processor. Vorbis is left out of the table: its encoder, in C, asks the
//! system's mathematical functions, whose last bit depends on the processor.
//!
//! A change that alters a sample raises [`ENGINE_VERSION`], the table's first line, and writes the table anew:
//! `INSTA_UPDATE=always cargo test -p audio-engine golden`.

use super::*;
use crate::ENGINE_VERSION;
use crate::dsp::{Noise, narrow, sin_turns};

/// A chord with noise bursts on the beat, by arithmetic alone: a platform's own sine would be another input.
fn write_source(path: &Path, rate: u32, seed: u64) {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: rate,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    let mut noise = Noise::new(seed);
    for i in 0..rate * 3 / 2 {
        let t = f64::from(i) / f64::from(rate);
        let burst = (1.0 - 4.0 * (t % 0.5)).max(0.0) * noise.bipolar();
        for detune in [1.0, 1.004] {
            let chord: f64 = [110.0, 277.2, 659.3, 5_000.0].iter().map(|hz| sin_turns(hz * detune * t)).sum();
            writer.write_sample(narrow(0.12 * chord + 0.4 * burst)).unwrap();
        }
    }
    writer.finalize().unwrap();
}

/// Two tracks at those rates through every processor, in every format; the first is written with a tag as well.
fn render_all(rates_hz: [u32; 2], processor: &str, workspace_of: impl Fn(Workspace) -> Workspace) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = workspace_of(Workspace::new(folder.path()));
    for (name, rate, seed) in [("a", rates_hz[0], 1), ("b", rates_hz[1], 2)] {
        let path = folder.path().join(format!("{name}.wav"));
        write_source(&path, rate, seed);
        workspace = workspace.with_source(name, path);
    }
    let document = format!(
        r#"{{"version":2,"sample_rate_hz":48000,"tempo_bpm":120,
        "tracks":[
          {{"name":"a","clips":[{{"source":"a","fade_in":{{"length":{{"beats":0.5}},"curve":"s_curve"}}}}],
            "strip":{{"trim_db":1.5,"pan":{{"position":-0.3}},"sends":[{{"to":"room","level_db":-9}}],"processors":[
              {{"high_pass":{{"frequency_hz":30,"slope":"24_db"}}}},{{"gate":{{"threshold_db":-45,"look_ahead_ms":1}}}},
              {{"equaliser":{{"bands":[{{"frequency_hz":900,"gain_db":4,"q":2}},{{"shape":"high_shelf","gain_db":-3}}]}}}},
              {{"compressor":{{"ratio":4,"look_ahead_ms":3}}}},{{"de_esser":{{}}}}]}}}},
          {{"name":"b","clips":[{{"source":"b","gain_db":-3,"fade_out":{{"length":{{"beats":1}},"curve":"exponential"}}}}],
            "strip":{{"processors":[{{"compressor":{{"side_chain":"a"}}}},{{"saturation":{{}}}},
              {{"delay":{{"time":{{"beats":0.25}}}}}}{processor}]}}}}],
        "buses":[{{"name":"room","strip":{{"processors":[{{"reverb":{{"mix":1}}}}]}}}}],
        "automation":[{{"parameter":"tracks[0].strip.fader_db","points":[
          {{"at":{{"seconds":0}},"value":-6,"shape":{{"curve":0.3}}}},{{"at":{{"seconds":1}},"value":0}}]}}],
        "master":{{"target":{{"custom":-10}},"processors":[
          {{"multiband":{{"crossovers_hz":[200,3000],"bands":[{{}},{{}},{{}}]}}}},
          {{"width":{{"width":1.3,"mono_below_hz":120}}}},{{"clipper":{{"drive_db":3}}}}]}},
        "tags":[{{"first_at_s":0.5}}],
        "outputs":[{{"file":"unused.wav","format":"wav24"}}]}}"#
    );
    let mut mix = Mix::from_json(&document).unwrap();
    let master = |format: Format| Output {
        tagged: Some(false),
        metadata: Metadata { title: Some("Golden".into()), ..Metadata::default() },
        ..Output::new(format!("{format}.{}", format.extension()), format)
    };
    mix.outputs = Format::ALL.into_iter().map(master).collect();
    mix.outputs.push(Output::new("preview.wav", Format::Wav24));
    let receipt = render(&mix, &workspace, &mut ()).unwrap();
    let line = |output: &OutputReceipt| format!("{:<14} {}\n", output.file, output.sha256);
    format!("{ENGINE_VERSION}\n{}", receipt.outputs.iter().map(line).collect::<String>())
}

#[test]
fn golden_bytes_of_every_format() {
    let table = render_all([48_000, 48_000], "", |workspace| workspace);
    insta::assert_snapshot!("every_format", without_vorbis(&table));
    let cut = render_all([48_000, 48_000], "", |workspace| Workspace { block_frames: 256, threads: 2, ..workspace });
    assert_eq!(table, cut, "in other blocks, on two threads");
}

/// Resampler and convolver transform by a library that takes what the processor offers.
#[test]
#[cfg(target_arch = "x86_64")]
fn golden_bytes_by_transforms() {
    if std::arch::is_x86_feature_detected!("avx") && std::arch::is_x86_feature_detected!("fma") {
        let convolution = r#",{"convolution":{"source":"a","gain_db":-30}}"#;
        let table = render_all([44_100, 96_000], convolution, |workspace| workspace);
        insta::assert_snapshot!("by_transforms", without_vorbis(&table));
    }
}

fn without_vorbis(table: &str) -> String {
    table.lines().filter(|line| !line.starts_with("vorbis")).collect::<Vec<_>>().join("\n")
}
