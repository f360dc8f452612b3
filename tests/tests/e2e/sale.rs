use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{judges, program};

/// What masters are bounced to, and how far ffmpeg's meter may be away from it.
const TARGET_LUFS: f64 = -14.0;
const TOLERANCE_LU: f64 = 0.2;
const CEILING_DBTP: f64 = -1.0;

#[test]
fn the_demo_sells_and_what_it_delivers_stands_before_outside_judges() {
    let folder = tempfile::tempdir().expect("a folder");
    let facts = demo(folder.path());
    assert_eq!(facts["ledger"]["trial_balance_minor"], 0);

    let sales = facts["sales"].as_array().expect("sales");
    let kinds = |sale: &Value| -> Vec<String> {
        let mut kinds: Vec<_> =
            sale["files"].as_array().expect("files").iter().map(|file| text(&file["kind"])).collect();
        kinds.sort();
        kinds
    };
    assert_eq!(sales.len(), 2);
    assert_eq!(kinds(&sales[0]), ["contract", "mp3", "stems", "wav"]);
    assert_eq!(sales[1]["tier"], "exclusive");
    let contracts = facts["contracts"].as_array().expect("contracts");
    let kinds_of_contracts: Vec<_> = contracts.iter().map(|contract| text(&contract["kind"])).collect();
    assert_eq!(kinds_of_contracts, ["trackout", "exclusive", "split_sheet"]);
    for contract in contracts {
        let verified = program::command()
            .arg("verify")
            .args([text(&contract["pdf"]), "--json".to_owned(), "--trust".to_owned(), text(&facts["seal_ca_pem"])])
            .output()
            .expect("it starts");
        let said: Value = serde_json::from_slice(&verified.stdout).expect("the verdict is JSON");
        assert!(verified.status.success() && said["verdict"] == "valid" && said["level"] == "B-B", "{said}");
        if contract["kind"] == "trackout" {
            assert_eq!(said["acceptance"]["as_shown"], true, "{said}");
        }
    }
    let books = program::command()
        .args(["export", "ledger", "--format", "beancount", "--data"])
        .arg(folder.path())
        .output()
        .expect("the export runs");
    assert!(books.status.success(), "{}", String::from_utf8_lossy(&books.stderr));
    assert!(String::from_utf8_lossy(&books.stdout).contains("Income:Sales"));
    judges::beancount(&books.stdout);
    for sale in sales {
        for file in sale["files"].as_array().expect("files") {
            judge(&text(&file["kind"]), &PathBuf::from(text(&file["path"])), &text(&sale["reference"]));
        }
    }
}

#[test]
fn the_same_music_comes_again_without_harm() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = demo(folder.path());
    // Beats with the very same audio, sold once more from the same data.
    let again = demo(folder.path());
    assert_ne!(first["sales"][0]["reference"], again["sales"][0]["reference"]);

    let import = program::command()
        .args(["import", "--data"])
        .args([folder.path(), &folder.path().join("demo/beats")])
        .output()
        .expect("the import runs");
    let said = String::from_utf8_lossy(&import.stdout);
    assert!(import.status.success(), "{said}{}", String::from_utf8_lossy(&import.stderr));
    assert!(said.contains("0 imported, 5 known already, 0 refused"), "{said}");
}

/// Walks the demo on a data folder; its facts.
fn demo(data: &Path) -> Value {
    let output = program::command()
        .args(["demo", "--once", "--json", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .output()
        .expect("the demo runs");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    let facts: Value = serde_json::from_slice(&output.stdout).expect("the facts are JSON");
    assert_eq!(facts["ok"], true, "{log}");
    facts
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("text, not {value}")).to_owned()
}

fn judge(kind: &str, file: &Path, reference: &str) {
    match kind {
        "wav" | "mp3" => judge_audio(kind, file),
        "contract" => {
            let bytes = std::fs::read(file).expect("the contract");
            assert!(bytes.starts_with(b"%PDF-1."));
            if judges::has("pdftotext") {
                let text = judges::pdf_text(file);
                assert!(text.contains(reference), "the contract names {reference}");
            }
        }
        "stems" => {
            let bytes = std::fs::read(file).expect("the archive");
            assert!(
                bytes.starts_with(b"PK\x03\x04") && bytes.windows(4).any(|window| window == b"PK\x05\x06"),
                "a whole zip"
            );
        }
        other => panic!("an unknown kind of file: {other}"),
    }
}

fn judge_audio(kind: &str, file: &Path) {
    if judges::has("ffprobe") {
        let probed = judges::ffprobe(file);
        let codec = &probed["streams"][0]["codec_name"];
        if kind == "wav" {
            assert_eq!(codec, "pcm_s24le");
        } else {
            assert_eq!((codec, &probed["streams"][0]["bit_rate"]), (&"mp3".into(), &"320000".into()));
        }
        assert!(probed["format"]["tags"].to_string().to_lowercase().contains("title"), "the file carries its title");
    }
    if judges::has("ffmpeg") {
        let (integrated, peak) = judges::loudness(file);
        assert!((integrated - TARGET_LUFS).abs() <= TOLERANCE_LU, "{}: {integrated} LUFS", file.display());
        assert!(peak <= CEILING_DBTP + 0.05, "{}: {peak} dBTP, ffmpeg prints one decimal", file.display());
    }
    if judges::has("sox") && kind == "wav" {
        assert!(judges::sox_seconds(file) > 1.0);
    }
}
