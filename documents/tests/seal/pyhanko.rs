//! pyHanko and page-validation, asked about sealed files. The end-to-end tests ask in the same way, and include this file.
//!
//! `LEDGERLINE_TEST_PYTHON` names a Python that has both (`pip install pyhanko page-validation`); else `python3` is asked. Where one is missing,
//! neither is asked.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// The program that asks them.
const JUDGE: &str = include_str!("judge.py");

/// A Python with the judges; says so if there is none, for a check that was not made must not look as if it had been.
pub(crate) fn python() -> Option<String> {
    let python = std::env::var("LEDGERLINE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import pyhanko, pyhanko_certvalidator, page"]).output();
    if has.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    eprintln!("SKIPPED: {python} has no pyhanko and page-validation, their opinion was not asked");
    None
}

/// What they say of files, each with the level that it should reach, at a moment (RFC 3339), with `root.pem` and `stamps.pem` of the folder as the
/// roots to trust.
pub(crate) fn judged(python: &str, folder: &Path, moment: &str, files: &[(PathBuf, &str)]) -> Vec<Value> {
    let mut command = Command::new(python);
    command.args(["-c", JUDGE]).args([folder.join("root.pem"), folder.join("stamps.pem")]).arg(moment);
    command.args(files.iter().map(|(file, level)| format!("{}:{level}", file.display())));
    let output = command.output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let said: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(said.len(), files.len(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    said
}
