//! `cargo xtask bench audio`: the engine's speed and memory beside its peers', on the same machine in the same minutes.
//!
//! First the release build renders the golden tables, which the tests hold their own build to, and must give the same bytes.
//! Then each task is run by our program and by a peer in turn, several times, pinned to one core; CPU seconds are compared, for they do not
//! depend on who else uses the machine as much as the clock on the wall does.

#![expect(clippy::print_stdout, reason = "the table is the task's answer")]

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use wait4::Wait4;

/// How often each side of a comparison runs; the median counts.
const RUNS: usize = 3;
/// What the mix of hours reads and writes.
const LONG_SOURCE: &str = "long.wav";
const LONG_OUTPUTS: [&str; 2] = ["ours-long.wav", "ours-long.mp3"];
/// Where the golden tables are committed, without the table's name.
const SNAPSHOTS: &str = "audio-engine/src/render/tests/snapshots/audio_engine__render__tests__golden__";
/// The exit code where all that was judged holds, and not all was judged.
const NOT_ALL_JUDGED: u8 = 2;
/// Names a Python that can import matchering, where the one on the PATH cannot.
const PYTHON_VARIABLE: &str = "LEDGERLINE_BENCH_PYTHON";

/// One task, ours and the peer's.
struct Task {
    name: &'static str,
    ours: Vec<String>,
    peer: Option<Vec<String>>,
    /// CPU seconds of the peer for each of ours, at least.
    least_ratio: f64,
    /// Seconds of audio for each CPU second, at least.
    least_speed: f64,
    /// Length of what comes out.
    seconds: f64,
}

/// Measures conversions of the engine named on its command line with `numpy`, in double precision; fails above -180 dBFS.
const RESAMPLING: &str = include_str!("bench_resampling_judge.py");

/// Our resident memory may not pass this, in MB.
const MOST_MB: f64 = 200.0;

/// Runs the comparison; fails if other bytes come out than are committed, if a task misses its ratio, its speed or its memory, and,
/// with a code of its own, if a promise was not judged.
pub(crate) fn audio(seconds: u32, hours: Option<u32>, cargo: impl Fn() -> Command) -> Result<ExitCode> {
    super::require(&["ffmpeg", "sox", "taskset"], "the comparisons")?;
    let mut build = cargo();
    super::step("build", build.args(["build", "--release", "--package", "audio-engine", "--example", "engine"]))?;
    let root = std::env::current_dir()?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let engine = target.join("release/examples/engine");
    check_golden(&engine, &root)?;
    let folder = target.join(format!("bench-audio-{seconds}"));
    make_stems(&folder, seconds)?;

    let bench = Bench { example: example(&root)?, folder, engine, seconds };
    let mut tasks = bench.tasks()?;
    let mut skipped = Vec::new();
    match python_with_matchering() {
        Some(python) => {
            resampling(&bench.engine, &python)?;
            tasks.push(bench.reference_match(&python)?);
        }
        None => {
            skipped.push(format!(
                "resampling and the reference match, for neither {PYTHON_VARIABLE} nor python3 can import matchering"
            ));
        }
    }
    match hours {
        Some(hours) => tasks.push(bench.long_mix(hours)?),
        None => skipped.push("the mix of hours, which `--hours 2` asks for".to_owned()),
    }
    println!("{:<44} {:>9} {:>9} {:>7} {:>9} {:>7}", "task", "ours CPU", "peer CPU", "ratio", "× real", "MB");
    let missed = tasks.iter().try_fold(0, |missed, task| Ok::<_, anyhow::Error>(missed + usize::from(!run(task)?)));
    bench.remove_long_files()?;
    let missed = missed?;
    if missed > 0 {
        println!("{missed} of {} tasks miss what they promise", tasks.len());
    }
    for part in &skipped {
        println!("not judged: {part}");
    }
    Ok(verdict(missed, skipped.len()))
}

/// 0 if every promise was judged and held, 1 if one was missed, 2 if all that were judged held and some were not.
fn verdict(missed: usize, skipped: usize) -> ExitCode {
    match (missed, skipped) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::from(NOT_ALL_JUDGED),
        _ => ExitCode::FAILURE,
    }
}

/// The release build must give the very bytes that the tests hold their own build to.
fn check_golden(engine: &Path, root: &Path) -> Result<()> {
    for name in ["every_format", "by_transforms"] {
        let folder = tempfile::tempdir()?;
        let output = Command::new(engine).args(["golden", name]).arg(folder.path()).output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            bail!("the golden table {name} cannot be rendered: {said}");
        }
        let said: Value = serde_json::from_str(&said)?;
        let Some(rendered) = said["result"].as_str() else {
            println!("the golden table {name} is not held on this processor");
            continue;
        };
        let snapshot = format!("{SNAPSHOTS}{name}.snap");
        let committed = std::fs::read_to_string(root.join(&snapshot)).context(snapshot)?;
        if Some(rendered.trim()) != table_of(&committed) {
            bail!("the release build gives other bytes than the committed golden table {name}:\n{rendered}");
        }
    }
    Ok(())
}

/// The conversion of rates, measured by numpy: no tone may bring more with it, and nothing above the lower rate may come back.
fn resampling(engine: &Path, python: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut judge = Command::new(python);
    super::step("resampling by numpy", judge.args(["-c", RESAMPLING]).arg(engine).arg(folder.path()))
}

/// What a snapshot holds behind its header.
fn table_of(snapshot: &str) -> Option<&str> {
    snapshot.splitn(3, "---\n").nth(2).map(str::trim)
}

/// One line of the table; whether the task holds.
fn run(task: &Task) -> Result<bool> {
    let (mut ours, mut peers, mut memory) = (Vec::new(), Vec::new(), 0.0_f64);
    // Without a peer it is the memory that counts, and once is enough.
    for _ in 0..if task.peer.is_some() { RUNS } else { 1 } {
        let used = measured(&task.ours).with_context(|| task.name)?;
        ours.push(used.cpu_s);
        memory = memory.max(used.mb);
        if let Some(peer) = &task.peer {
            peers.push(measured(peer).with_context(|| format!("the peer of {}", task.name))?.cpu_s);
        }
    }
    let (ours, peer) = (median(ours), median(peers));
    let ratio = peer.zip(ours).map(|(peer, ours)| peer / ours);
    let speed = ours.map_or(0.0, |ours| task.seconds / ours);
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

/// What a command took and said.
pub(crate) struct Measured {
    pub(crate) cpu_s: f64,
    /// The most resident memory, in MB.
    pub(crate) mb: f64,
    pub(crate) stdout: String,
}

/// Runs a command on one core.
pub(crate) fn measured(command: &[String]) -> Result<Measured> {
    measured_on("0", command)
}

/// Runs a command on the cores of a list such as `0,1`.
pub(crate) fn measured_on(cores: &str, command: &[String]) -> Result<Measured> {
    // A file takes whatever is said while nobody reads; a pipe would fill up.
    let said = tempfile::NamedTempFile::new()?;
    let child = Command::new("taskset")
        .args(["-c", cores])
        .args(command)
        .stdin(Stdio::null())
        .stdout(said.reopen()?)
        .stderr(Stdio::null())
        .spawn()?;
    let used = child.wait4()?;
    if !used.status.success() {
        bail!("failed: {}", command.join(" "));
    }
    let cpu = used.rusage.utime + used.rusage.stime;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 bytes")]
    let mb = used.rusage.maxrss as f64 / 1e6;
    Ok(Measured { cpu_s: cpu.as_secs_f64(), mb, stdout: std::fs::read_to_string(said.path())? })
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
    sox("tag.wav", "synth 1.5 sine 880 gain -n -12".to_owned())?;
    // Two recordings of equal length for the reference match, at the one rate that the peer works at.
    let recording = |name: &str, stems: &str, effects: &str| -> Result<()> {
        if folder.join(name).is_file() {
            return Ok(());
        }
        let draft = format!("draft-{name}");
        let mut command = Command::new("sox");
        command.current_dir(folder).arg("-m").args(words(stems)).args(["-r", "44100", "-b", "24", &draft]);
        super::step(name, command.args(words(effects)))?;
        Ok(std::fs::rename(folder.join(draft), folder.join(name))?)
    };
    recording("target.wav", "s1.wav s2.wav s3.wav s5.wav", "gain -n -6")?;
    recording("reference.wav", "s2.wav s5.wav s7.wav s8.wav", "bass 4 treble -3 gain -n -1")
}

/// A Python that has matchering: the one that the environment names, else the one on the PATH.
fn python_with_matchering() -> Option<String> {
    let named = std::env::var(PYTHON_VARIABLE).ok();
    named.into_iter().chain(["python3".to_owned()]).find(|python| {
        let mut import = Command::new(python);
        import.args(["-c", "import matchering"]).stdout(Stdio::null()).stderr(Stdio::null());
        import.status().is_ok_and(|status| status.success())
    })
}

/// The mix that speed is measured with.
fn example(root: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(root.join("audio-engine/examples/eight-stems.json"))?;
    Ok(serde_json::from_str(&text)?)
}

/// Where everything lies.
struct Bench {
    example: Value,
    folder: PathBuf,
    engine: PathBuf,
    /// Length of the stems.
    seconds: u32,
}

impl Bench {
    fn at(&self, name: &str) -> String {
        shown(&self.folder.join(name))
    }

    /// The command that renders a document to one file, the document written into the folder.
    fn bounce(&self, name: &str, mut mix: Value, format: &str, target: Value) -> Result<Vec<String>> {
        let tagged = mix["tags"].is_array();
        mix["outputs"] = json!([{ "file": format!("ours-{name}"), "format": format, "tagged": tagged }]);
        mix["master"]["target"] = target;
        let document = self.folder.join(format!("{name}.json"));
        std::fs::write(&document, mix.to_string())?;
        let folder = shown(&self.folder);
        Ok(vec![shown(&self.engine), "bounce".into(), shown(&document), folder.clone(), folder])
    }

    fn untagged(&self) -> Result<Value> {
        let mut mix = self.example.clone();
        mix.as_object_mut().context("a mix is an object")?.remove("tags");
        Ok(mix)
    }

    /// What is compared with ffmpeg. The first task leaves the master that later ones read.
    fn tasks(&self) -> Result<Vec<Task>> {
        let untagged = self.untagged()?;
        let preview = json!({
            "version": self.example["version"],
            "tracks": [{ "name": "master", "clips": [{ "source": "peer.wav" }] }],
            "master": { "ceiling_dbtp": -1 },
            "tags": [{ "source": "tag.wav", "every_s": 20, "longest_uncovered_s": 20 }],
        });
        let at = |name: &str| self.at(name);
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
        let measure = |name: &str| vec![shown(&self.engine), "measure".to_owned(), at(name)];
        let to_preview = format!(
            "{ffmpeg} -i {} -i {} -filter_complex [1:a]apad=whole_len=960000,aloop=loop=-1:size=960000[t];[0:a][t]amix=inputs=2:duration=first:normalize=0,{limiter}[o] \
             -map [o] -c:a libmp3lame -b:a 128k {}",
            at("peer.wav"),
            at("tag.wav"),
            at("peer-preview.mp3")
        );
        let task = |name, ours, peer, least_ratio, least_speed| Task {
            name,
            ours,
            peer: Some(peer),
            least_ratio,
            least_speed,
            seconds: f64::from(self.seconds),
        };
        Ok(vec![
            task(
                "eight stems to WAV 24",
                self.bounce("wav.wav", untagged.clone(), "wav24", json!("as_is"))?,
                chain(limiter, "-c:a pcm_s24le", "peer.wav"),
                2.0,
                0.0,
            ),
            task(
                "eight stems to MP3 128k",
                self.bounce("mp3.mp3", untagged.clone(), "mp3-128", json!("as_is"))?,
                chain(limiter, "-c:a libmp3lame -b:a 128k", "peer.mp3"),
                2.0,
                60.0,
            ),
            task(
                "eight stems to -14 LUFS, true peak verified",
                self.bounce("loud.wav", untagged, "wav24", json!({ "custom": -14.0 }))?,
                chain("loudnorm=I=-14:TP=-1:LRA=11,aformat=sample_rates=48000", "-c:a pcm_s24le", "peer-loud.wav"),
                1.0,
                40.0,
            ),
            task(
                "preview from a master",
                self.bounce("preview.mp3", preview, "mp3-128", json!("as_is"))?,
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

    /// The peer limits and writes the same kind of file, and has no loudness target; so have ours.
    fn reference_match(&self, python: &str) -> Result<Task> {
        let mix = json!({
            "version": self.example["version"],
            "tracks": [{ "name": "target", "clips": [{ "source": "target.wav" }] }],
            "master": { "reference": "reference.wav", "ceiling_dbtp": -0.1 },
        });
        let program = format!(
            "import matchering as m; m.process(target={:?}, reference={:?}, results=[m.pcm24({:?})])",
            self.at("target.wav"),
            self.at("reference.wav"),
            self.at("peer-match.wav")
        );
        Ok(Task {
            name: "match a reference",
            ours: self.bounce("match.wav", mix, "wav24", json!("as_is"))?,
            peer: Some(vec![python.to_owned(), "-c".to_owned(), program]),
            least_ratio: 1.5,
            least_speed: 0.0,
            seconds: f64::from(self.seconds),
        })
    }

    /// The eight strips over a source of that many hours, to a master and a tagged preview: does the memory hold?
    fn long_mix(&self, hours: u32) -> Result<Task> {
        let seconds = hours * 60 * 60;
        let mut join = Command::new("ffmpeg");
        join.args(words("-hide_banner -nostdin -loglevel error -y -stream_loop -1 -i"));
        join.arg(self.folder.join("s3.wav")).args(["-t", &seconds.to_string(), "-c", "copy", "-rf64", "auto"]);
        super::step(LONG_SOURCE, join.arg(self.folder.join(LONG_SOURCE)))?;
        let mut mix = self.example.clone();
        for track in mix["tracks"].as_array_mut().context("a mix has tracks")? {
            track["clips"] = json!([{ "source": LONG_SOURCE, "gain_db": -12 }]);
        }
        mix["outputs"] = json!([
            { "file": LONG_OUTPUTS[0], "format": "wav24", "tagged": false },
            { "file": LONG_OUTPUTS[1], "format": "mp3-128" },
        ]);
        let document = self.folder.join("long.json");
        std::fs::write(&document, mix.to_string())?;
        let folder = shown(&self.folder);
        Ok(Task {
            name: "eight stems of hours, and their preview",
            ours: vec![shown(&self.engine), "bounce".into(), shown(&document), folder.clone(), folder],
            peer: None,
            least_ratio: 0.0,
            least_speed: 0.0,
            seconds: f64::from(seconds),
        })
    }

    /// Gigabytes that nobody needs again.
    fn remove_long_files(&self) -> Result<()> {
        for name in [LONG_SOURCE].iter().chain(&LONG_OUTPUTS) {
            let file = self.folder.join(name);
            if file.is_file() {
                std::fs::remove_file(file)?;
            }
        }
        Ok(())
    }
}

/// Eight numbered pieces of a command, one behind the other.
fn joined(first: u32, piece: impl Fn(u32) -> String) -> String {
    (first..first + 8).map(piece).collect::<Vec<_>>().concat()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_judged_does_not_pass_for_held() {
        let shown = |missed, skipped| format!("{:?}", verdict(missed, skipped));
        let codes = [ExitCode::SUCCESS, ExitCode::FAILURE, ExitCode::FAILURE, ExitCode::from(NOT_ALL_JUDGED)];
        let wanted = codes.map(|code| format!("{code:?}"));
        assert_eq!([shown(0, 0), shown(1, 0), shown(1, 1), shown(0, 1)], wanted);
        assert_ne!(wanted[0], wanted[3]);
    }

    #[test]
    fn the_committed_tables_are_found() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for name in ["every_format", "by_transforms"] {
            let text = std::fs::read_to_string(root.join(format!("{SNAPSHOTS}{name}.snap"))).unwrap();
            let table = table_of(&text).unwrap();
            assert!(table.starts_with("ledgerline-engine ") && table.lines().count() > 10, "{table}");
        }
    }
}
