//! Tests over the whole: the directions of dependency, and the running program from outside. What the tests that hold documents to the code read both by stands here.
//!
//! **May depend on** whatever it tests, and starts the program as its users do.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The rooms of the program.
const ROOMS: [&str; 9] =
    ["adapters", "api", "audio-engine", "audio-worker", "back-office", "cli", "documents", "domain", "interchange"];

/// What is beside our own sources.
const FOREIGN: [&str; 4] = ["target", "node_modules", "web", ".git"];

/// The folder of the workspace.
///
/// # Panics
/// If this room lies in none.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// The Rust sources below a folder of the workspace, by their paths from its root.
///
/// # Panics
/// If one cannot be read.
pub fn sources(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            if !FOREIGN.iter().any(|foreign| name == *foreign) {
                found.extend(sources(&path));
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let place = path.strip_prefix(root()).expect("within the workspace").display().to_string();
            found.insert(place, fs::read_to_string(&path).expect("a source"));
        }
    }
    found
}

/// The Rust sources of the program, by their paths from the workspace's root.
///
/// # Panics
/// If one cannot be read.
pub fn program() -> BTreeMap<String, String> {
    ROOMS.iter().flat_map(|room| sources(&root().join(room).join("src"))).collect()
}

/// What of the program's sources is there when it runs: without tests and what only they use.
///
/// # Panics
/// If one cannot be read.
pub fn shipped() -> BTreeMap<String, String> {
    let is_of_tests = |place: &str| ["/tests", "/testing", "/fixture"].iter().any(|part| place.contains(part));
    let own = program().into_iter().filter(|(place, _)| !is_of_tests(place));
    own.map(|(place, source)| {
        let begins = source.find("#[cfg(test)]").unwrap_or(source.len());
        (place, source[..begins].to_owned())
    })
    .collect()
}

/// The sources that a document names, between backticks.
pub fn places_in(document: &str) -> BTreeSet<&str> {
    quoted(document)
        .filter(|word| word.contains("/src/") && Path::new(word).extension().is_some_and(|kind| kind == "rs"))
        .collect()
}

/// What stands between backticks, as in a cell of a table.
pub fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The cells of the rows of the table under these headings.
///
/// # Panics
/// If there is none.
pub fn table(document: &str, heading: &str) -> Vec<Vec<String>> {
    let begins = document.find(heading).unwrap_or_else(|| panic!("there is a table {heading}"));
    let rows = document[begins..].lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells =
        |row: &str| -> Vec<String> { row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect() };
    rows.map(cells).collect()
}
