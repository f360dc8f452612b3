//! Other programs, asked in Python for their opinion.

use std::{path::Path, process::Command};

/// A Python that has these packages: the one that `LEDGERLINE_TEST_PYTHON` names, or `python3`. Says so if there is none, for a check that was not made must
/// not look as if it had been.
pub(crate) fn python(packages: &str) -> Option<String> {
    let python = std::env::var("LEDGERLINE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", &format!("import {packages}")]).output();
    if has.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    eprintln!("SKIPPED: {python} has not all of {packages}, their opinion was not asked");
    None
}

/// What a program says of a file.
pub(crate) fn asked(python: &str, program: &str, file: &Path) -> String {
    let output = Command::new(python).args(["-c", program]).arg(file).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// What a program says of what this file would hold.
pub(crate) fn asked_of(python: &str, program: &str, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, bytes).expect("it is written");
    asked(python, program, &file)
}
