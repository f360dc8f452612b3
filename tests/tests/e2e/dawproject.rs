//! Projects of other workstations, from the command line.

use std::path::Path;

use audio_engine::compose::{Style, compose};
use serde_json::{Value, json};

use crate::{engine::answer, program};

fn text(path: &Path) -> &str {
    path.to_str().expect("in UTF-8")
}

/// A mix of a composed beat's stems, with an equaliser and an effect, written beside them.
fn mix(folder: &Path) -> String {
    let files = compose(11, Style::BoomBap).write(folder, "mix", 48_000).expect("a composed beat");
    let tracks: Vec<Value> = files
        .stems
        .iter()
        .map(|(name, file)| {
            let source = file.file_name().expect("a name").to_str().expect("in UTF-8");
            json!({
                "name": name,
                "clips": [{ "source": source, "position": { "beats": 2 }, "from": { "seconds": 1 }, "to": { "seconds": 5 } }],
                "strip": {
                    "fader_db": -9,
                    "processors": [{ "equaliser": { "bands": [{ "shape": "bell", "frequency_hz": 300, "gain_db": -4, "q": 1 }] } }],
                    "sends": [{ "to": "room", "level_db": -12 }],
                },
            })
        })
        .collect();
    let document = json!({
        "version": 2,
        "sample_rate_hz": 48_000,
        "tempo_bpm": 90,
        "tracks": tracks,
        "buses": [{ "name": "room" }],
        "master": { "target": "as_is", "ceiling_dbtp": 0 },
        "outputs": [{ "file": "mix.wav", "format": "wav32f", "metadata": { "title": "Eleven" } }],
    });
    let path = folder.join("eleven.json");
    std::fs::write(&path, document.to_string()).expect("the document is written");
    text(&path).to_owned()
}

#[test]
fn a_mix_goes_out_as_a_project_and_comes_back_sounding_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| text(&folder.path().join(name)).to_owned();
    let document = mix(folder.path());
    let markers = json!([{ "name": "Drop", "at_s": 2.5 }]);
    std::fs::write(at("markers.json"), markers.to_string()).expect("markers are written");
    let project = at("eleven.dawproject");
    let written =
        answer(&["dawproject", "export", &document, "--to", &project, "--markers", &at("markers.json"), "--json"]);
    assert_eq!(written["ledger"]["entries"].as_array().map(Vec::len), Some(0), "{written}");

    let into = at("into");
    let taken = answer(&["dawproject", "import", &project, "--into", &into, "--json"]);
    let entries = taken["ledger"]["entries"].as_array().expect("a ledger");
    assert!(!entries.is_empty() && entries.iter().all(|entry| entry["fidelity"] == "exact"), "{taken}");
    assert_eq!(taken["markers"][0]["name"], "Drop");
    let imported = format!("{into}/mix.json");
    assert_eq!(taken["mix"], imported.as_str());
    let again: Value = serde_json::from_str(&std::fs::read_to_string(&imported).expect("a mix")).expect("in JSON");
    assert_eq!(again["outputs"][0]["metadata"]["title"], "Eleven");

    let (before, after) = (at("before"), at("after"));
    answer(&["bounce", &document, "--out", &before, "--json"]);
    answer(&["bounce", &imported, "--out", &after, "--json"]);
    let (before, after) = (format!("{before}/mix.wav"), format!("{after}/mix.wav"));
    answer(&["compare", &before, &after, "--no-align", "--at-most", "-100", "--json"]);
}

#[test]
fn nothing_is_written_over_and_what_is_no_project_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let document = mix(folder.path());
    let at = |name: &str| text(&folder.path().join(name)).to_owned();
    let project = at("eleven.dawproject");
    let plain =
        program::command().args(["dawproject", "export", &document, "--to", &project]).output().expect("it runs");
    assert!(plain.status.success() && String::from_utf8_lossy(&plain.stdout).contains("nothing was lost"));
    let plain =
        program::command().args(["dawproject", "import", &project, "--into", &at("into")]).output().expect("it runs");
    let said = String::from_utf8_lossy(&plain.stdout).into_owned();
    assert!(plain.status.success() && said.contains("nothing is approximated or bypassed"), "{said}");

    std::fs::write(at("bad.dawproject"), "PK, but no more").expect("a file is written");
    let (bad, into, other, marked) = (at("bad.dawproject"), at("into"), at("other"), at("marked"));
    std::fs::create_dir(&marked).expect("a folder is made");
    std::fs::write(at("marked/markers.json"), "[]").expect("a file is written");
    for (arguments, named) in [
        (["dawproject", "export", document.as_str(), "--to", project.as_str()], "there already"),
        (["dawproject", "import", project.as_str(), "--into", into.as_str()], "holds a mix.json already"),
        (["dawproject", "import", project.as_str(), "--into", marked.as_str()], "holds a markers.json already"),
        (["dawproject", "import", bad.as_str(), "--into", other.as_str()], "damaged"),
        (["dawproject", "import", document.as_str(), "--into", other.as_str()], "damaged"),
    ] {
        let output = program::command().args(arguments).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(named), "{arguments:?}: {said}");
    }
}
