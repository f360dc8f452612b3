//! What the engine gives, to the last bit: short renders in every format whose hashes are committed as tables beside the tests.
//!
//! The tests hold their own build to the tables, in other blocks and on other threads too; the release build is held to them by the
//! first step of `cargo xtask bench audio`, which runs the example `engine`. Vorbis stands in no committed table: its encoder, in
//! C, asks the system's mathematical functions, whose last bit depends on the processor.

use crate::ENGINE_VERSION;
use crate::dsp::{Noise, narrow, sin_turns};
use crate::render::{Format, Metadata, Mix, Output, OutputReceipt, RenderError, Workspace, render};
use std::path::Path;

/// A committed table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Every format, at one rate, by arithmetic alone: the same on every processor.
    EveryFormat,
    /// The same through resampler and convolver, which transform by a library that takes what the processor offers.
    ByTransforms,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 2] = [Self::EveryFormat, Self::ByTransforms];

    /// The name that it is committed under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EveryFormat => "every_format",
            Self::ByTransforms => "by_transforms",
        }
    }

    /// Whether this processor must give what was committed: transforms round otherwise without AVX and FMA.
    pub fn is_held_here(self) -> bool {
        self == Self::EveryFormat || has_vectors()
    }

    /// Renders the table in that workspace, which has no sources yet: the engine's version, then a line for each file.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn render(self, mut workspace: Workspace) -> Result<String, RenderError> {
        let (rates_hz, processor) = match self {
            Self::EveryFormat => ([48_000, 48_000], ""),
            Self::ByTransforms => ([44_100, 96_000], r#",{"convolution":{"source":"a","gain_db":-30}}"#),
        };
        for (name, rate, seed) in [("a", rates_hz[0], 1), ("b", rates_hz[1], 2)] {
            let path = workspace.output_dir.join(format!("{name}.wav"));
            write_source(&path, rate, seed).map_err(|cause| RenderError::Io(std::io::Error::other(cause)))?;
            workspace = workspace.with_source(name, path);
        }
        let receipt = render(&mix(processor)?, &workspace, &mut ())?;
        let line = |output: &OutputReceipt| format!("{:<14} {}\n", output.file, output.sha256);
        Ok(format!("{ENGINE_VERSION}\n{}", receipt.outputs.iter().map(line).collect::<String>()))
    }
}

#[cfg(target_arch = "x86_64")]
fn has_vectors() -> bool {
    std::arch::is_x86_feature_detected!("avx") && std::arch::is_x86_feature_detected!("fma")
}

#[cfg(not(target_arch = "x86_64"))]
const fn has_vectors() -> bool {
    false
}

/// What is committed of a table.
pub fn without_vorbis(table: &str) -> String {
    table.lines().filter(|line| !line.starts_with("vorbis")).collect::<Vec<_>>().join("\n")
}

/// A chord with noise bursts on the beat, by arithmetic alone: a platform's own sine would be another input.
fn write_source(path: &Path, rate: u32, seed: u64) -> Result<(), hound::Error> {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: rate,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(path, spec)?;
    let mut noise = Noise::new(seed);
    for i in 0..rate * 3 / 2 {
        let t = f64::from(i) / f64::from(rate);
        let burst = (1.0 - 4.0 * (t % 0.5)).max(0.0) * noise.bipolar();
        for detune in [1.0, 1.004] {
            let chord: f64 = [110.0, 277.2, 659.3, 5_000.0].iter().map(|hz| sin_turns(hz * detune * t)).sum();
            writer.write_sample(narrow(0.12 * chord + 0.4 * burst))?;
        }
    }
    writer.finalize()
}

/// Two tracks through every processor, in every format; the first is written with a tag as well.
fn mix(processor: &str) -> Result<Mix, RenderError> {
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
    let mut mix = Mix::from_json(&document)?;
    let master = |format: Format| Output {
        tagged: Some(false),
        metadata: Metadata { title: Some("Golden".into()), ..Metadata::default() },
        ..Output::new(format!("{format}.{}", format.extension()), format)
    };
    mix.outputs = Format::ALL.into_iter().map(master).collect();
    mix.outputs.push(Output::new("preview.wav", Format::Wav24));
    Ok(mix)
}
