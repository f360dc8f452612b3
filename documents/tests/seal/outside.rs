//! What tools that nobody here wrote say of sealed files: pyHanko, page-validation and poppler's `pdfsig`, which needs the `certutil` of NSS beside
//! it.

use std::{path::Path, process::Command};

use documents::seal::FindingKind as Kind;
use serde_json::Value;

use crate::{
    pyhanko::{self, python},
    studio::{LEVELS, STUDIO},
    tampering::attempts,
};

/// Asks about files, each with the level that it should reach.
fn judged(python: &str, folder: &Path, files: &[(String, &[u8], &str)]) -> Vec<Value> {
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    write("root.pem", STUDIO.root.certificate_pem().unwrap().as_bytes());
    write("stamps.pem", STUDIO.stamp_root.certificate_pem().unwrap().as_bytes());
    let written: Vec<_> = files.iter().map(|(name, bytes, level)| (write(name, bytes), *level)).collect();
    pyhanko::judged(python, folder, "2026-11-24T12:00:00+00:00", &written)
}

#[test]
fn pyhanko_and_page_validation_accept_every_level() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    // What stands behind a seal at B-LT and B-LTA is not covered by it, as the standard has it. One rule of the judge of PDF/A asks that
    // a signature cover the file even then, and nothing else is held against them.
    let beyond = serde_json::json!(["PDFA3B-SIGNATURE-BYTERANGE-001"]);
    let none = serde_json::json!([]);
    let levels = [
        ("B-B", &LEVELS.sealed, "ENTIRE_FILE", "NONE", 0, &none),
        ("B-T", &LEVELS.stamped, "ENTIRE_FILE", "NONE", 0, &none),
        ("B-LT", &LEVELS.lasting, "ENTIRE_REVISION", "LTA_UPDATES", 0, &beyond),
        ("B-LTA", &LEVELS.archived, "ENTIRE_REVISION", "LTA_UPDATES", 1, &beyond),
    ];
    let files: Vec<_> =
        levels.iter().map(|(level, bytes, ..)| (format!("{level}.pdf"), bytes.as_slice(), *level)).collect();
    for ((level, _, coverage, modifications, stamps, pdfa), said) in
        levels.iter().zip(judged(&python, folder.path(), &files))
    {
        eprintln!("{level}: {said}");
        assert_eq!(said["bottom_line"], true, "{level}: {said}");
        assert_eq!(said["coverage"], *coverage, "{level}: {said}");
        assert_eq!(said["modifications"], *modifications, "{level}: {said}");
        assert_eq!(said["docmdp_ok"], true, "{level}: {said}");
        assert_eq!(said["document_timestamps"], *stamps, "{level}: {said}");
        assert_eq!(said["timestamp"], if *level == "B-B" { Value::Null } else { true.into() }, "{level}: {said}");
        assert_eq!(said["failures"], **pdfa, "{level}: {said}");
        if matches!(*level, "B-LT" | "B-LTA") {
            assert_eq!(said["ades"], "PASSED", "{level}: {said}");
        }
    }
}

/// What only this verifier refuses: bytes and objects that no reader shows, and the loss of what proves a seal in the long run.
const OURS_ALONE: [Kind; 5] = [
    Kind::CutOff,
    Kind::UnexplainedBytes,
    Kind::UnexplainedObject,
    Kind::SignaturePadding,
    Kind::ValidationDataRemoved,
];

/// Deeds that pyHanko does not look at: it takes any list of extensions, and any further entry in the field of a document timestamp (where
/// the judge of PDF/A names the action).
const UNSEEN_BY_PYHANKO: [&str; 2] = ["script among the extensions", "archive timestamp given an action"];

#[test]
fn pyhanko_refuses_what_is_refused_here() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let attempts: Vec<_> = attempts().into_iter().filter(|attempt| attempt.kind != Kind::LevelTooLow).collect();
    let files: Vec<_> = attempts
        .iter()
        .enumerate()
        .map(|(index, attempt)| {
            let level = if attempt.what.contains("archive timestamp") { "B-LTA" } else { "B-B" };
            (format!("{index}.pdf"), attempt.file.as_slice(), level)
        })
        .collect();
    let mut accepted = Vec::new();
    for (attempt, said) in attempts.iter().zip(judged(&python, folder.path(), &files)) {
        eprintln!("{}: {said}", attempt.what);
        let accepts = said["bottom_line"] == true && said.get("ades").is_none_or(|ades| ades == "PASSED");
        if accepts && !OURS_ALONE.contains(&attempt.kind) && !UNSEEN_BY_PYHANKO.contains(&attempt.what) {
            accepted.push(attempt.what);
        }
    }
    assert!(accepted.is_empty(), "pyHanko accepts {accepted:?}");
}

#[test]
fn pdfsig_reads_every_level() {
    if Command::new("pdfsig").arg("-v").output().is_err() {
        eprintln!("SKIPPED: pdfsig is not installed, its opinion was not asked");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let nss = folder.path().join("nss");
    std::fs::create_dir(&nss).unwrap();
    // Without a database of certificates it cannot read a signature at all.
    let made = Command::new("certutil").args(["-N", "--empty-password", "-d"]).arg(&nss).status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: certutil is not installed, pdfsig's opinion was not asked");
        return;
    }
    for (name, bytes, whole) in
        [("bb.pdf", &LEVELS.sealed, true), ("bt.pdf", &LEVELS.stamped, true), ("blta.pdf", &LEVELS.archived, false)]
    {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let output = Command::new("pdfsig").arg("-nssdir").arg(&nss).arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        // It ends with 0 even where the digest is wrong: only its words count.
        assert!(said.contains("Signature is Valid."), "{name}: {said}");
        assert!(said.contains("ETSI.CAdES.detached"), "{name}: {said}");
        assert_eq!(said.contains("Not total document signed"), !whole, "{name}: {said}");
    }
}
