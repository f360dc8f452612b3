//! Tools that nobody here wrote, asked for their opinion where they are installed.

use std::{path::Path, process::Command};

use serde_json::Value;

/// Whether a tool is there; says so if it is not, for a check that was not made must not look as if it had been.
pub(crate) fn has(tool: &str) -> bool {
    let there = Command::new(tool).arg("-version").output().is_ok();
    if !there {
        eprintln!("SKIPPED: {tool} is not installed, its opinion was not asked");
    }
    there
}

/// Has beancount check exported books, where the Python of the other judges has it; says so if it has not.
pub(crate) fn beancount(books: &[u8]) {
    let python = std::env::var("LEDGERLINE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import beancount"]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: {python} has no beancount, its opinion was not asked");
        return;
    }
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), books).expect("written");
    let program = "import sys\nfrom beancount import loader\n_, errors, _ = loader.load_file(sys.argv[1])\nprint(errors)\nsys.exit(1 if errors else 0)";
    run(&python, &["-c", program, path(file.path())]);
}

/// The texts of an XML file, as Python's parser finds them; none if there is no Python, which is said.
pub(crate) fn xml_texts(file: &Path) -> Option<Vec<String>> {
    let python = std::env::var("LEDGERLINE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if !has(&python) {
        return None;
    }
    let program = "import json, sys\nfrom xml.etree import ElementTree\nparts = ElementTree.parse(sys.argv[1]).iter()\nprint(json.dumps([part.text.strip() for part in parts if part.text]))";
    let (out, _) = run(&python, &["-c", program, path(file)]);
    Some(serde_json::from_str(&out).expect("a list of texts"))
}

fn run(tool: &str, arguments: &[&str]) -> (String, String) {
    let output = Command::new(tool).args(arguments).output().unwrap_or_else(|error| panic!("{tool} starts: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{tool} {arguments:?} refused: {}", text(&output.stderr));
    (text(&output.stdout), text(&output.stderr))
}

/// What `ffprobe` says of the first audio stream and the format.
pub(crate) fn ffprobe(file: &Path) -> Value {
    let (out, _) = run("ffprobe", &["-v", "error", "-show_streams", "-show_format", "-of", "json", path(file)]);
    serde_json::from_str(&out).expect("ffprobe answers with JSON")
}

/// Integrated loudness in LUFS and true peak in dBTP, by ffmpeg's own meter, on the decoded file.
pub(crate) fn loudness(file: &Path) -> (f64, f64) {
    let (_, log) = run(
        "ffmpeg",
        &["-hide_banner", "-nostdin", "-i", path(file), "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"],
    );
    let summary = &log[log.rfind("Summary:").expect("ffmpeg sums up")..];
    let figure = |word: &str| {
        let line = summary
            .lines()
            .find(|line| line.trim_start().starts_with(word))
            .unwrap_or_else(|| panic!("{word} in {summary}"));
        line.split_whitespace()
            .nth(1)
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| panic!("a figure in {line}"))
    };
    (figure("I:"), figure("Peak:"))
}

/// The true peak of the decoded file by ffmpeg's meter, as a linear amplitude of three decimals.
pub(crate) fn true_peak(file: &Path) -> f64 {
    let filter = "ebur128=peak=true:metadata=1,ametadata=print:key=lavfi.r128.true_peak:file=-";
    let (out, _) = run("ffmpeg", &["-v", "error", "-nostdin", "-i", path(file), "-af", filter, "-f", "null", "-"]);
    let last = out.lines().rfind(|line| line.starts_with("lavfi.r128.true_peak=")).expect("ffmpeg measured a peak");
    last.rsplit('=').next().and_then(|text| text.parse().ok()).expect("a figure")
}

/// A level in dB as [`true_peak`] shows it.
pub(crate) fn shown(db: f64) -> f64 {
    (10_f64.powf(db / 20.0) * 1000.0).round() / 1000.0
}

/// Whether `SoX` can read the whole file; its length in seconds.
pub(crate) fn sox_seconds(file: &Path) -> f64 {
    let (_, statistics) = run("sox", &[path(file), "-n", "stat"]);
    let line = statistics.lines().find(|line| line.starts_with("Length (seconds)")).expect("SoX measures the length");
    line.rsplit(' ').next().and_then(|text| text.trim().parse().ok()).expect("a figure")
}

/// The text of a PDF.
pub(crate) fn pdf_text(file: &Path) -> String {
    run("pdftotext", &["-layout", path(file), "-"]).0
}

fn path(file: &Path) -> &str {
    file.to_str().expect("a path in UTF-8")
}
