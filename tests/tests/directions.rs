//! Who may know whom in the house: `ARCHITECTURE.md` draws it, this keeps it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// Each room and the rooms that it may depend on. A room without a line, and a dependency without a word, fail the test.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("audio-engine", &[]),
    ("documents", &[]),
    ("interchange", &[]),
    ("migrations", &[]),
    ("domain", &["interchange"]),
    ("adapters", &["audio-engine", "documents", "domain"]),
    ("api", &["adapters", "domain", "interchange"]),
    ("audio-worker", &["adapters", "audio-engine", "domain", "interchange"]),
    ("back-office", &["adapters", "domain", "interchange"]),
    (
        "cli",
        &[
            "adapters",
            "api",
            "audio-engine",
            "audio-worker",
            "back-office",
            "documents",
            "domain",
            "interchange",
            "migrations",
        ],
    ),
    ("tests", &[]),
    ("xtask", &[]),
];

/// In tests every room may stand on a fresh database; this crate on whatever it tests.
const TESTS_MAY_KNOW: &[&str] = &["migrations", "domain", "adapters"];

/// The packages of the workspace, as cargo tells them.
fn packages() -> Vec<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path", "../Cargo.toml"])
        .output()
        .expect("cargo answers");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("its metadata are JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

fn name(of: &Value) -> &str {
    of["name"].as_str().expect("a name")
}

#[test]
fn every_room_knows_only_whom_it_may() {
    let packages = packages();
    let allowed: BTreeMap<&str, &[&str]> = MAY_KNOW.iter().copied().collect();
    let rooms: BTreeSet<&str> = packages.iter().map(name).collect();
    assert_eq!(
        rooms,
        allowed.keys().copied().collect(),
        "the rooms of the workspace, against the rooms that have a rule"
    );

    let mut trespassers = Vec::new();
    for package in &packages {
        let room = name(package);
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let other = name(dependency);
            if !rooms.contains(other) || other == room {
                continue;
            }
            let in_tests = dependency["kind"] == "dev";
            let fine =
                allowed[room].contains(&other) || (in_tests && (room == "tests" || TESTS_MAY_KNOW.contains(&other)));
            if !fine {
                trespassers.push(format!("{room} → {other}"));
            }
        }
    }
    assert_eq!(trespassers, Vec::<String>::new(), "these know whom they may not");
}

#[test]
fn every_room_is_named_after_its_folder_and_takes_the_house_rules() {
    for package in packages() {
        let manifest_path = PathBuf::from(package["manifest_path"].as_str().expect("a path"));
        let folder = manifest_path.parent().and_then(Path::file_name).expect("a folder");
        assert_eq!(folder.to_str(), Some(name(&package)));
        let manifest = std::fs::read_to_string(&manifest_path).expect("the manifest");
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} must take the workspace's lints", name(&package));
        // Each dependency stands once, in the workspace, with the reason it was chosen.
        let versions: Vec<&str> =
            manifest.lines().filter(|line| line.contains("version = \"") && !line.starts_with("version")).collect();
        assert_eq!(versions, Vec::<&str>::new(), "{}: a version belongs into the workspace", name(&package));
    }
}
