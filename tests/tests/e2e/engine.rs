//! The engine from its command line, judged by tools that are not ours.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use audio_engine::compose::{Style, compose};
use serde_json::{Value, json};

use crate::{judges, program};

/// Runs a command that must succeed; its answer.
pub(crate) fn answer(arguments: &[&str]) -> Value {
    let output = program::command().args(arguments).output().expect("the program runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the answer is JSON")
}

/// A mix of a composed beat's stems, written beside them.
fn mix(folder: &Path) -> String {
    let files = compose(7, Style::BoomBap).write(folder, "mix", 48_000).expect("a composed beat");
    let tracks: Vec<Value> = files
        .stems
        .iter()
        .map(|(name, file)| {
            let source = file.file_name().expect("a name").to_str().expect("in UTF-8");
            json!({
                "name": name,
                "clips": [{ "source": source }],
                "strip": { "processors": [
                    { "equaliser": { "bands": [{ "shape": "bell", "frequency_hz": 300, "gain_db": -2, "q": 1 }] } },
                    { "compressor": { "threshold_db": -20, "ratio": 3 } },
                ] },
            })
        })
        .collect();
    let document = json!({
        "version": 2,
        "tempo_bpm": 90,
        "tracks": tracks,
        "master": { "target": "spotify" },
        "outputs": [{ "file": "unused.wav", "format": "wav24", "metadata": { "title": "Seven", "artist": "Nova" } }],
    });
    let path = folder.join("seven.json");
    std::fs::write(&path, document.to_string()).expect("the document is written");
    path.to_str().expect("in UTF-8").to_owned()
}

#[test]
fn one_mix_becomes_every_format_and_each_holds_loudness_and_ceiling() {
    let folder = tempfile::tempdir().expect("a folder");
    let document = mix(folder.path());
    let out = folder.path().join("out");
    let formats = "wav24,wav16,wav32f,flac,mp3-320,mp3-128,m4a-256,opus-128,vorbis-q6";
    let bounced = answer(&[
        "bounce",
        &document,
        "--out",
        out.to_str().expect("in UTF-8"),
        "--format",
        formats,
        "--preview",
        "--threads",
        "2",
        "--json",
    ]);
    let outputs = bounced["outputs"].as_array().expect("outputs");
    assert_eq!(outputs.len(), 10);
    let key = bounced["receipt"]["key"].as_str().expect("a key");
    assert_eq!(key.len(), 64);
    for output in outputs {
        let file = Path::new(output["path"].as_str().expect("a path")).to_owned();
        assert!(file.is_file(), "{}", file.display());
        if judges::has("ffmpeg") {
            let (integrated, peak) = judges::loudness(&file);
            let is_master = !file.to_string_lossy().contains("preview");
            assert!(!is_master || (integrated + 14.0).abs() <= 0.2, "{}: {integrated} LUFS", file.display());
            assert!(peak <= -1.0 + 0.05, "{}: {peak} dBTP", file.display());
        }
        if judges::has("ffprobe") {
            let tags = judges::ffprobe(&file).to_string();
            assert!(tags.contains("Seven") && tags.contains("Nova"), "{}: {tags}", file.display());
        }
    }

    let again = folder.path().join("again");
    let arguments = ["bounce", &document, "--out", again.to_str().expect("in UTF-8"), "--format", formats, "--preview"];
    let again = answer(&[&arguments[..], &["--threads", "1", "--json"]].concat());
    for (first, second) in outputs.iter().zip(again["outputs"].as_array().expect("outputs")) {
        assert_eq!(first["sha256"], second["sha256"], "{}", first["file"]);
    }
    let wav = out.join("seven-wav24.wav");
    let flac = out.join("seven.flac");
    let compared = answer(&["compare", wav.to_str().expect("UTF-8"), flac.to_str().expect("UTF-8"), "--json"]);
    assert_eq!(compared["identical"], true, "{compared}");
    let checked = answer(&["check", flac.to_str().expect("UTF-8"), "--loudness", "-14", "--json"]);
    assert_ne!(checked[0]["verdict"], "fail", "{checked}");
}

#[test]
fn the_meter_passes_every_case_that_can_be_synthesised() {
    let cases = answer(&["selftest", "--json"]);
    let cases = cases.as_array().expect("cases");
    assert!(cases.len() > 100, "{} figures", cases.len());
    assert!(cases.iter().all(|case| case["passes"] == true), "{cases:?}");
}

/// Runs a command that must be refused, and what it says then.
fn refusal(folder: &Path, arguments: &[&str]) -> String {
    let output = program::command().current_dir(folder).args(arguments).output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}: {said}");
    said
}

#[test]
fn what_is_there_is_not_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    mix(folder.path());
    let song = std::fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let song = song.map(|name| name.to_string_lossy().into_owned()).find(|name| name.contains(".wav")).expect("a stem");
    let document = json!({
        "version": 2,
        "tracks": [{ "name": "a", "clips": [{ "source": song }] }],
        "outputs": [{ "file": "mix.json", "format": "wav24" }],
    });
    std::fs::write(folder.path().join("mix.json"), document.to_string()).expect("the document is written");
    let before = std::fs::read(folder.path().join(&song)).expect("a song");
    for (arguments, named) in [
        (&["bounce", "mix.json", "--out", "."][..], "outputs[0].file"),
        (&["bounce", "mix.json", "--out", &song], "no folder"),
        (&["peaks", &song, "--out", &song], "itself"),
        (&["peaks", &song, "--out", "/dev/null"], "no file"),
        (&["peaks", &song, "--out", "."], "no file"),
        (&["peaks", &song, "--out", "-"], "--out"),
    ] {
        let said = refusal(folder.path(), arguments);
        assert!(said.contains(named), "{arguments:?}: {said}");
    }
    assert_eq!(std::fs::read(folder.path().join(&song)).expect("a song"), before);
    assert_eq!(std::fs::read_to_string(folder.path().join("mix.json")).expect("a document"), document.to_string());
    assert!(!folder.path().join("-").exists());
}

#[test]
fn a_damaged_header_is_refused_without_a_decoder_s_last_words() {
    let folder = tempfile::tempdir().expect("a folder");
    // A WAV header of 65535 channels, which the decoder panics at.
    let mut bytes =
        b"RIFF\x24\x10\0\0WAVEfmt \x10\0\0\0\x01\0\xFF\xFF\x44\xAC\0\0\0\0\0\0\xFE\xFF\x10\0data\0\x10\0\0".to_vec();
    bytes.resize(44 + 4096, 1);
    std::fs::write(folder.path().join("many.wav"), bytes).expect("the file is written");
    let output = program::command().current_dir(folder.path()).args(["measure", "many.wav"]).output().expect("it runs");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(!output.status.success() && said.contains("many.wav"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn what_no_command_can_mean_is_refused_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    for (arguments, named) in [
        (&["check", "a.wav", "--ceiling", "nan"][..], "--ceiling"),
        (&["check", "a.wav", "--ceiling", "5"], "-20 to 0"),
        (&["check", "a.wav", "--loudness", "nan"], "--loudness"),
        (&["check", "a.wav", "--loudness", "-200"], "-70 to 0"),
        (&["compare", "a.wav", "b.wav", "--at-most", "nan"], "--at-most"),
        (&["bounce", "a.json", "--out", "o", "--threads", "0"], "--threads"),
        (&["bounce", "a.json", "--out", "o", "--config", "nosuch.toml"], "nosuch.toml"),
        (&["measure", "a.wav", "--config", "nosuch.toml"], "nosuch.toml"),
    ] {
        let said = refusal(folder.path(), arguments);
        assert!(said.contains(named), "{arguments:?}: {said}");
    }
}

/// How long a render may take to begin, and to end once it is told to.
const PATIENCE: Duration = Duration::from_mins(1);

#[test]
fn a_bounce_that_is_stopped_leaves_nothing_and_one_that_is_killed_is_swept() {
    let folder = tempfile::tempdir().expect("a folder");
    let (document, out) = (mix(folder.path()), folder.path().join("out"));
    let names = || -> Vec<String> {
        let found = std::fs::read_dir(&out).into_iter().flatten();
        found.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    };
    let bounce =
        || program::command().args(["bounce", &document, "--out"]).arg(&out).spawn().expect("the program runs");
    let begun = || {
        let started = Instant::now();
        let mut child = bounce();
        while !names().iter().any(|name| name.starts_with(".render-") && out.join(name).join("mix.scratch").exists()) {
            assert!(
                started.elapsed() < PATIENCE && child.try_wait().expect("a state").is_none(),
                "it begins: {:?}",
                names()
            );
            std::thread::yield_now();
        }
        child
    };
    for signal in ["INT", "TERM"] {
        let mut child = begun();
        let told = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(told.expect("kill runs").success());
        assert!(!child.wait().expect("it ends").success(), "{signal}");
        assert_eq!(names(), Vec::<String>::new(), "{signal}");
    }
    let mut killed = begun();
    killed.kill().expect("it is there to be killed");
    killed.wait().expect("and gone");
    assert!(names().iter().any(|name| name.starts_with(".render-")), "what a killed render leaves: {:?}", names());
    assert!(bounce().wait().expect("it ends").success());
    assert_eq!(names(), ["unused.wav"]);
}

#[test]
fn a_wrong_mix_is_refused_by_the_path_of_its_field() {
    let folder = tempfile::tempdir().expect("a folder");
    let document = folder.path().join("mix.json");
    let outputs = json!([{ "file": "a.wav", "format": "wav24" }]);
    for (mix, named) in [
        (
            json!({ "version": 2, "outputs": outputs, "tracks": [{ "name": "a", "clips": [{ "source": "a.wav" }], "gain": 1 }] }),
            "tracks[0]",
        ),
        (
            json!({ "version": 2, "outputs": outputs, "tracks": [{ "name": "a", "clips": [{ "source": "a.wav" }], "strip": { "fader_db": 99 } }] }),
            "tracks[0].strip.fader_db",
        ),
        (
            json!({ "version": 2, "outputs": outputs, "tracks": [{ "name": "a", "clips": [{ "source": "../a.wav" }] }] }),
            "../a.wav",
        ),
    ] {
        std::fs::write(&document, mix.to_string()).expect("the document is written");
        let output = program::command()
            .args([Path::new("bounce"), &document, Path::new("--out"), folder.path()])
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(named), "{named}: {said}");
    }
}
