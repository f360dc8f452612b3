//! `docs/asvs.md` says which test shows what: each of them is there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// The names of the functions in the sources of a folder that the marker of a test stands before.
fn tests_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            if !["target", "node_modules", "web", ".git"].iter().any(|other| name == *other) {
                tests_in(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            for part in text.split("test]").skip(1).chain(text.split("test(").skip(1)) {
                let named = part.split_once("fn ").and_then(|(_, rest)| rest.split_once('('));
                found.extend(named.map(|(name, _)| name.to_owned()));
            }
        }
    }
}

#[test]
fn every_test_that_is_named_is_there() {
    let document = fs::read_to_string(root().join("docs/asvs.md")).expect("the table");
    let mut found = BTreeSet::new();
    tests_in(&root(), &mut found);
    let shown = document.lines().filter(|line| line.starts_with("| ")).filter_map(|line| line.rsplit('|').nth(1));
    let named: BTreeSet<&str> = shown.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert!(named.len() > 50, "the tests are named in the last column");
    let gone: Vec<&&str> = named.iter().filter(|name| !found.contains(**name)).collect();
    assert!(gone.is_empty(), "docs/asvs.md names tests that are not there: {gone:#?}");
}
