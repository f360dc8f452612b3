//! `cargo xtask bench audio`: the engine's speed and memory beside its peers', on the same machine in the same minutes.
//!
//! Each task is run by our program and by a peer in turn, several times, pinned to one core; CPU seconds are compared, for they do not
//! depend on who else uses the machine as much as the clock on the wall does.

#![expect(clippy::print_stdout, reason = "the table is the task's answer")]

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use wait4::Wait4;

/// How often each side runs; the median counts.
const RUNS: usize = 3;

/// One task, ours and the peer's.
struct Task {
    name: &'static str,
    ours: Vec<String>,
    peer: Option<Vec<String>>,
    /// CPU seconds of the peer for each of ours, at least.
    least_ratio: f64,
    /// Seconds of audio for each CPU second, at least.
    least_speed: f64,
}

/// Our resident memory may not pass this, in MB.
const MOST_MB: f64 = 200.0;

/// Runs the comparison; fails if a task misses its ratio, its speed or its memory.
pub(crate) fn audio(seconds: u32, cargo: impl Fn() -> Command) -> Result<ExitCode> {
    for tool in ["ffmpeg", "sox", "taskset"] {
        if Command::new(tool).arg("--help").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
            bail!("the comparison needs {tool} on the PATH");
        }
    }
    let mut build = cargo();
    super::step("build", build.args(["build", "--release", "--package", "audio-engine", "--example", "engine"]))?;
    let root = std::env::current_dir()?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let engine = target.join("release/examples/engine");
    let folder = target.join(format!("bench-audio-{seconds}"));
    make_stems(&folder, seconds)?;

    let tasks = tasks(&root, &folder, &engine)?;
    println!("{:<44} {:>9} {:>9} {:>7} {:>9} {:>7}", "task", "ours CPU", "peer CPU", "ratio", "× real", "MB");
    let mut missed = 0;
    for task in &tasks {
        missed += usize::from(!run(task, f64::from(seconds))?);
    }
    if missed > 0 {
        println!("{missed} of {} tasks miss what they promise", tasks.len());
    }
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One line of the table; whether the task holds.
fn run(task: &Task, seconds: f64) -> Result<bool> {
    let (mut ours, mut peers, mut memory) = (Vec::new(), Vec::new(), 0.0_f64);
    for _ in 0..RUNS {
        let (cpu_s, mb) = measured(&task.ours).with_context(|| task.name)?;
        ours.push(cpu_s);
        memory = memory.max(mb);
        if let Some(peer) = &task.peer {
            peers.push(measured(peer).with_context(|| format!("the peer of {}", task.name))?.0);
        }
    }
    let (ours, peer) = (median(ours), median(peers));
    let ratio = peer.zip(ours).map(|(peer, ours)| peer / ours);
    let speed = ours.map_or(0.0, |ours| seconds / ours);
    let holds = ratio.is_none_or(|ratio| ratio >= task.least_ratio) && speed >= task.least_speed && memory <= MOST_MB;
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"));
    println!(
        "{} {:<42} {:>9} {:>9} {:>7} {speed:>9.0} {memory:>7.0}",
        if holds { "✓" } else { "✗" },
        task.name,
        shown(ours),
        shown(peer),
        shown(ratio)
    );
    Ok(holds)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// CPU seconds and the most resident memory in MB of a command on one core.
fn measured(command: &[String]) -> Result<(f64, f64)> {
    let child = Command::new("taskset")
        .args(["-c", "0"])
        .args(command)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let used = child.wait4()?;
    if !used.status.success() {
        bail!("failed: {}", command.join(" "));
    }
    let cpu = used.rusage.utime + used.rusage.stime;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 bytes")]
    let mb = used.rusage.maxrss as f64 / 1e6;
    Ok((cpu.as_secs_f64(), mb))
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Eight stereo stems of 24 bits at 48 kHz, and a tag, synthesised once.
fn make_stems(folder: &Path, seconds: u32) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let voices = [
        "pl C2 tremolo 2 60",
        "sawtooth 110 tremolo 4 70",
        "pinknoise tremolo 2 90",
        "whitenoise tremolo 8 95",
        "sine 220 sine 330 tremolo 1 50",
        "square 55 tremolo 2 80",
        "triangle 440 tremolo 3 60",
        "brownnoise tremolo 0.5 70",
    ];
    let sox = |name: &str, arguments: String| -> Result<()> {
        let file = folder.join(name);
        if file.is_file() {
            return Ok(());
        }
        let draft = folder.join(format!("draft-{name}"));
        let mut command = Command::new("sox");
        command.args(["-n", "-r", "48000", "-b", "24", "-c", "2"]).arg(&draft).args(words(&arguments));
        super::step(name, &mut command)?;
        Ok(std::fs::rename(draft, file)?)
    };
    for (index, voice) in voices.iter().enumerate() {
        sox(&format!("s{}.wav", index + 1), format!("synth {seconds} {voice} gain -n -9"))?;
    }
    sox("tag.wav", "synth 1.5 sine 880 gain -n -12".to_owned())
}

/// The tasks, their documents written into the folder.
fn tasks(root: &Path, folder: &Path, engine: &Path) -> Result<Vec<Task>> {
    let example = root.join("audio-engine/examples/eight-stems.json");
    let example: Value = serde_json::from_str(&std::fs::read_to_string(example)?)?;
    let bounce = |name: &str, mut mix: Value, format: &str, target: Value| -> Result<Vec<String>> {
        let tagged = mix["tags"].is_array();
        mix["outputs"] = json!([{ "file": format!("ours-{name}"), "format": format, "tagged": tagged }]);
        mix["master"]["target"] = target;
        let document = folder.join(format!("{name}.json"));
        std::fs::write(&document, mix.to_string())?;
        Ok(vec![shown(engine), "bounce".into(), shown(&document), shown(folder), shown(folder)])
    };
    let mut untagged = example.clone();
    untagged.as_object_mut().context("a mix is an object")?.remove("tags");
    let preview = json!({
        "version": example["version"],
        "tracks": [{ "name": "master", "clips": [{ "source": "peer.wav" }] }],
        "master": { "ceiling_dbtp": -1 },
        "tags": [{ "source": "tag.wav", "every_s": 20, "longest_uncovered_s": 20 }],
    });
    let at = |name: &str| shown(&folder.join(name));

    let ffmpeg =
        "ffmpeg -hide_banner -nostdin -loglevel error -y -threads 1 -filter_threads 1 -filter_complex_threads 1";
    let limiter = "alimiter=limit=0.891:level=0:attack=5:release=50";
    let inputs = joined(1, |n| format!(" -i {}", at(&format!("s{n}.wav"))));
    let strip = "equalizer=f=80:t=q:w=0.7:g=-3,equalizer=f=400:t=q:w=1:g=-2,equalizer=f=3000:t=q:w=1:g=2,\
                 highshelf=f=10000:g=1.5,acompressor=threshold=-20dB:ratio=3:attack=10:release=120,volume=0.7";
    let strips = joined(0, |n| format!("[{n}:a]{strip}[t{n}];"));
    let sum = joined(0, |n| format!("[t{n}]"));
    let bus = "acompressor=threshold=-14dB:ratio=2:attack=30:release=200";
    let chain = |last: &str, codec: &str, out: &str| {
        words(&format!(
            "{ffmpeg}{inputs} -filter_complex {strips}{sum}amix=inputs=8:normalize=0,{bus},{last}[o] -map [o] {codec} {}",
            at(out)
        ))
    };
    let measure = |name: &str| vec![shown(engine), "measure".to_owned(), at(name)];
    let to_preview = format!(
        "{ffmpeg} -i {} -i {} -filter_complex [1:a]apad=whole_len=960000,aloop=loop=-1:size=960000[t];[0:a][t]amix=inputs=2:duration=first:normalize=0,{limiter}[o] \
         -map [o] -c:a libmp3lame -b:a 128k {}",
        at("peer.wav"),
        at("tag.wav"),
        at("peer-preview.mp3")
    );
    let task =
        |name, ours, peer, least_ratio, least_speed| Task { name, ours, peer: Some(peer), least_ratio, least_speed };
    Ok(vec![
        task(
            "eight stems to WAV 24",
            bounce("wav.wav", untagged.clone(), "wav24", json!("as_is"))?,
            chain(limiter, "-c:a pcm_s24le", "peer.wav"),
            2.0,
            0.0,
        ),
        task(
            "eight stems to MP3 128k",
            bounce("mp3.mp3", untagged.clone(), "mp3-128", json!("as_is"))?,
            chain(limiter, "-c:a libmp3lame -b:a 128k", "peer.mp3"),
            2.0,
            60.0,
        ),
        task(
            "eight stems to -14 LUFS, true peak verified",
            bounce("loud.wav", untagged, "wav24", json!({ "custom": -14.0 }))?,
            chain("loudnorm=I=-14:TP=-1:LRA=11,aformat=sample_rates=48000", "-c:a pcm_s24le", "peer-loud.wav"),
            1.0,
            40.0,
        ),
        task(
            "preview from a master",
            bounce("preview.mp3", preview, "mp3-128", json!("as_is"))?,
            words(&to_preview),
            1.5,
            0.0,
        ),
        task(
            "measure with true peak",
            measure("peer.wav"),
            words(&format!("{ffmpeg} -i {} -af ebur128=peak=true:framelog=verbose -f null -", at("peer.wav"))),
            1.7,
            0.0,
        ),
    ])
}

/// Eight numbered pieces of a command, one behind the other.
fn joined(first: u32, piece: impl Fn(u32) -> String) -> String {
    (first..first + 8).map(piece).collect::<Vec<_>>().concat()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
