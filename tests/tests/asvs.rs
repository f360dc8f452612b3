//! `docs/asvs.md` says which test shows what: each of them is there.

use std::{collections::BTreeSet, fs};

use tests::{quoted, root, sources};

/// The names of the functions in a source that the marker of a test stands before.
fn tests_in(source: &str) -> impl Iterator<Item = &str> {
    let marked = source.split("test]").skip(1).chain(source.split("test(").skip(1));
    marked.filter_map(|part| part.split_once("fn ")?.1.split_once('(')).map(|(name, _)| name)
}

#[test]
fn every_test_that_is_named_is_there() {
    let document = fs::read_to_string(root().join("docs/asvs.md")).expect("the table");
    let all = sources(&root());
    let found: BTreeSet<&str> = all.values().flat_map(|source| tests_in(source)).collect();
    let shown = document.lines().filter(|line| line.starts_with("| ")).filter_map(|line| line.rsplit('|').nth(1));
    let named: BTreeSet<&str> = shown.flat_map(quoted).collect();
    assert!(named.len() > 50, "the tests are named in the last column");
    let gone: Vec<&&str> = named.iter().filter(|name| !found.contains(**name)).collect();
    assert!(gone.is_empty(), "docs/asvs.md names tests that are not there: {gone:#?}");
}
