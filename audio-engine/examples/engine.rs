//! The engine from a command line, for trying it and for measuring its speed and memory:
//! `engine inspect|measure|analyse FILE`, `engine peaks FILE OUT`, `engine preview|master FILE FOLDER`,
//! `engine bounce DOCUMENT SOURCES FOLDER [THREADS]`, `engine schema`, `engine compose SEED FOLDER`,
//! `engine golden TABLE FOLDER`, which is null where this processor is not held to the table,
//! `engine resample IN FROM_HZ TO_HZ OUT`, one channel of raw little-endian doubles.

use audio_engine::compose::{Style, compose};
use audio_engine::decode::inspect;
use audio_engine::golden::{Table, without_vorbis};
use audio_engine::measure::{analyse, measure};
use audio_engine::render::{Format, Metadata, Mix, Output, TagNode, Workspace, mix_schema, render};
use audio_engine::resample;
use audio_engine::waveform::{Waveform, WaveformOptions};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(line) => {
            say(&line);
            ExitCode::SUCCESS
        }
        Err(error) => {
            let mut line = error.to_string();
            let mut source = error.source();
            while let Some(error) = source {
                line = format!("{line}: {error}");
                source = error.source();
            }
            say(&line);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "an example's output")]
fn say(line: &str) {
    println!("{line}");
}

fn run(arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    let started = Instant::now();
    let json = match arguments {
        ["inspect", file] => serde_json::to_string(&inspect(Path::new(file))?)?,
        ["analyse", file] => serde_json::to_string(&analyse(Path::new(file))?)?,
        ["measure", file] => serde_json::to_string(&measure(Path::new(file))?)?,
        ["peaks", file, out] => {
            Waveform::of(Path::new(file), WaveformOptions::default())?.write(Path::new(out))?;
            "{}".to_owned()
        }
        ["preview", file, folder] => bounce(&Mix::preview("source", "preview.mp3", TagNode::default()), file, folder)?,
        ["master", file, folder] => {
            let metadata = Metadata { title: Some("Example".to_owned()), bpm: Some(120.0), ..Metadata::default() };
            let output = |file: &str, format| Output { metadata: metadata.clone(), ..Output::new(file, format) };
            let outputs = vec![output("master.wav", Format::Wav24), output("master.mp3", Format::Mp3Kbps320)];
            bounce(&Mix::master("source", outputs), file, folder)?
        }
        ["compose", seed, folder] => {
            for style in Style::ALL {
                let folder = Path::new(folder).join(style.name());
                std::fs::create_dir_all(&folder)?;
                compose(seed.parse()?, style).write(&folder, "mix", 44_100)?;
            }
            "{}".to_owned()
        }
        ["bounce", document, sources, folder] | ["bounce", document, sources, folder, _] => {
            let mix = Mix::from_json(&std::fs::read_to_string(document)?)?;
            let threads = arguments.get(4).map_or(Ok(1), |threads| threads.parse())?;
            let mut workspace = Workspace::new(*folder).with_threads(threads);
            for name in mix.sources() {
                workspace = workspace.with_source(name, Path::new(sources).join(name));
            }
            serde_json::to_string(&render(&mix, &workspace, &mut ())?)?
        }
        ["golden", name, folder] => {
            let table = Table::ALL.into_iter().find(|table| table.name() == *name).ok_or("there is no such table")?;
            let rendered = table.is_held_here().then(|| table.render(Workspace::new(*folder))).transpose()?;
            serde_json::to_string(&rendered.as_deref().map(without_vorbis))?
        }
        ["resample", file, from_hz, to_hz, out] => {
            let (samples, rest) = as_doubles(&std::fs::read(file)?);
            if rest > 0 {
                return Err(format!("{file} ends within a double").into());
            }
            let converted = resample(&[samples], from_hz.parse()?, to_hz.parse()?)?;
            std::fs::write(
                out,
                converted.concat().iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<u8>>(),
            )?;
            "{}".to_owned()
        }
        ["schema"] => mix_schema(),
        _ => {
            return Err(
                "usage: engine inspect|measure|peaks|preview|master|bounce|golden|resample|schema|compose …".into()
            );
        }
    };
    Ok(format!("{{\"seconds\":{:.3},\"result\":{json}}}", started.elapsed().as_secs_f64()))
}

/// Raw little-endian doubles, and how many bytes are left over.
fn as_doubles(bytes: &[u8]) -> (Vec<f64>, usize) {
    let (doubles, rest) = bytes.as_chunks::<8>();
    (doubles.iter().map(|double| f64::from_le_bytes(*double)).collect(), rest.len())
}

fn bounce(document: &Mix, file: &str, folder: &str) -> Result<String, Box<dyn Error>> {
    let workspace = Workspace::new(folder).with_source("source", file);
    Ok(serde_json::to_string(&render(document, &workspace, &mut ())?)?)
}
