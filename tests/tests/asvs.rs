//! `docs/asvs.md` says of each point which test shows it: no point of the levels 1 and 2 is missing, and each test is there.

use std::{collections::BTreeSet, fs, path::Path};

use tests::{quoted, root, sources};

/// How many points of each section are of level 1 or 2; these come first in theirs. What is not here has none, or is about what the product has not: V10 is OAuth,
/// V17 WebRTC.
const POINTS: [(&str, u32); 65] = [
    ("1.1", 2),
    ("1.2", 9),
    ("1.3", 11),
    ("1.4", 3),
    ("1.5", 2),
    ("2.1", 3),
    ("2.2", 3),
    ("2.3", 4),
    ("2.4", 1),
    ("3.2", 2),
    ("3.3", 4),
    ("3.4", 6),
    ("3.5", 5),
    ("3.7", 2),
    ("4.1", 3),
    ("4.2", 1),
    ("4.3", 2),
    ("4.4", 4),
    ("5.1", 1),
    ("5.2", 3),
    ("5.3", 2),
    ("5.4", 3),
    ("6.1", 3),
    ("6.2", 12),
    ("6.3", 4),
    ("6.4", 4),
    ("6.5", 5),
    ("6.6", 3),
    ("6.8", 4),
    ("7.1", 3),
    ("7.2", 4),
    ("7.3", 2),
    ("7.4", 5),
    ("7.5", 2),
    ("7.6", 2),
    ("8.1", 2),
    ("8.2", 3),
    ("8.3", 1),
    ("8.4", 1),
    ("9.1", 3),
    ("9.2", 4),
    ("11.1", 2),
    ("11.2", 3),
    ("11.3", 3),
    ("11.4", 4),
    ("11.5", 1),
    ("11.6", 1),
    ("12.1", 3),
    ("12.2", 2),
    ("12.3", 4),
    ("13.1", 1),
    ("13.2", 5),
    ("13.3", 2),
    ("13.4", 5),
    ("14.1", 2),
    ("14.2", 4),
    ("14.3", 3),
    ("15.1", 3),
    ("15.2", 3),
    ("15.3", 7),
    ("16.1", 1),
    ("16.2", 5),
    ("16.3", 4),
    ("16.4", 3),
    ("16.5", 3),
];

fn document() -> String {
    fs::read_to_string(root().join("docs/asvs.md")).expect("the table")
}

/// The rows of the tables, without their frames.
fn rows(document: &str) -> impl Iterator<Item = &str> {
    let rows = document.lines().filter_map(|line| line.strip_prefix("| "));
    rows.filter(|row| row.starts_with(|c: char| c.is_ascii_digit()))
}

/// Which points a row is about.
fn first_cell(row: &str) -> &str {
    row.split('|').next().unwrap_or_default()
}

/// The points that a text names: one, several as `1.4.1–1.4.3`, or all of a section, which then stands for itself.
fn points_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '–'));
    let points = words.filter_map(|word| {
        let (first, last) = word.split_once('–').unwrap_or((word, word));
        let ((section, from), (_, to)) = (first.rsplit_once('.')?, last.rsplit_once('.')?);
        let (from, to): (u32, u32) = (from.parse().ok()?, to.parse().ok()?);
        Some((from..=to).map(move |point| format!("{section}.{point}")))
    });
    points.flatten().collect()
}

/// The names of the functions in a source that the marker of a test stands before.
fn tests_in(source: &str) -> impl Iterator<Item = &str> {
    let marked = source.split("test]").skip(1).chain(source.split("test(").skip(1));
    marked.filter_map(|part| part.split_once("fn ")?.1.split_once('(')).map(|(name, _)| name)
}

/// The names of the tests of pages and scripts below a folder, which are sentences.
fn sentences(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sentences(&path));
        } else if path.extension().is_some_and(|kind| kind == "ts") {
            let source = fs::read_to_string(&path).expect("a source");
            let begun = source.split("test(\"").skip(1);
            found.extend(begun.filter_map(|part| part.split_once('"')).map(|(name, _)| name.to_owned()));
        }
    }
    found
}

#[test]
fn every_test_that_is_named_is_there() {
    let (document, all) = (document(), sources(&root()));
    let scripts = ["web/src", "tests/browser/journeys"].map(|folder| sentences(&root().join(folder)));
    let found: BTreeSet<&str> =
        all.values().flat_map(|source| tests_in(source)).chain(scripts.iter().flatten().map(String::as_str)).collect();
    let named: BTreeSet<&str> = rows(&document).filter_map(|row| row.rsplit('|').nth(1)).flat_map(quoted).collect();
    assert!(named.len() > 50, "the tests are named in the last column");
    let gone: Vec<&&str> = named.iter().filter(|name| !found.contains(**name)).collect();
    assert!(gone.is_empty(), "docs/asvs.md names tests that are not there: {gone:#?}");
}

#[test]
fn every_point_of_the_levels_1_and_2_is_told_of() {
    let document = document();
    let (_, absent) = document.split_once("## What is not there").expect("its last part");
    let of_rows = rows(&document).map(|row| points_in(first_cell(row))).chain([points_in(absent)]);
    let told: BTreeSet<String> = of_rows.flatten().collect();
    let asked: BTreeSet<String> =
        POINTS.iter().flat_map(|(section, points)| (1..=*points).map(move |n| format!("{section}.{n}"))).collect();
    let is_told = |point: &&String| {
        told.contains(*point) || point.rsplit_once('.').is_some_and(|(section, _)| told.contains(section))
    };
    let missing: Vec<&String> = asked.iter().filter(|point| !is_told(point)).collect();
    assert!(missing.is_empty(), "docs/asvs.md does not tell of {missing:#?}");
    for row in rows(&document) {
        let cell = first_cell(row);
        let others: Vec<String> = points_in(cell).into_iter().filter(|point| !asked.contains(point)).collect();
        assert!(others.is_empty() || cell.contains("(level 3)"), "{others:?} in “{cell}” are of level 3, or of none");
    }
}
