//! `ledgerline verify`, as somebody uses it who got a sealed file and no account.

use std::path::Path;

use documents::{
    Typesetter,
    seal::{Authority, Period, SealFacts, Subject, seal},
    world::Metadata,
};
use serde_json::Value;

use crate::program;

/// Whether the file passes, and what is said of it.
fn verify(file: &Path, arguments: &[&str]) -> (bool, Value) {
    let output = program::command().arg("verify").arg(file).arg("--json").args(arguments).output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout);
    (output.status.success(), serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
}

#[test]
fn a_sealed_file_passes_and_a_changed_one_fails() {
    let created_at = "2026-11-23T12:00:00Z".parse().expect("an instant");
    let period = Period {
        from: "2026-01-01T00:00:00Z".parse().expect("an instant"),
        until: "2046-01-01T00:00:00Z".parse().expect("an instant"),
    };
    let mut next = 0_u8;
    let mut random = |bytes: &mut [u8]| {
        next += 1;
        bytes.fill(next);
    };
    let subject = |common_name| Subject { organization: "Nova Studio", common_name };
    let root = Authority::create(subject("Root"), period, &mut random).expect("a root");
    let sealer = root.issue_sealer(subject("Seal"), period, None, &mut random).expect("a sealer");
    let metadata = Metadata { ident: "verify", created_at };
    let pdf = Typesetter::bundled().render("Both sign.", &(), &metadata).expect("it is typeset");
    let facts = SealFacts { at: created_at, reason: "Signed by both", location: None, name: None };
    let mut bytes = seal(&pdf, &sealer, &facts).expect("it is sealed");

    let folder = tempfile::tempdir().expect("a folder");
    let (file, trusted) = (folder.path().join("contract.pdf"), folder.path().join("root.pem"));
    std::fs::write(&file, &bytes).expect("written");
    std::fs::write(&trusted, root.certificate_pem().expect("as PEM")).expect("written");

    let (passes, said) = verify(&file, &[]);
    assert!(passes && said["verdict"] == "intact" && said["level"] == "B-B", "{said}");
    let (passes, said) = verify(&file, &["--trust", &trusted.display().to_string()]);
    assert!(passes && said["verdict"] == "valid", "{said}");
    let (passes, said) = verify(&file, &["--level", "B-T"]);
    assert!(!passes && said["findings"][0]["kind"] == "level_too_low", "{said}");

    let middle = pdf.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, &bytes).expect("written");
    let (passes, said) = verify(&file, &[]);
    assert!(!passes && said["verdict"] == "refused", "{said}");

    std::fs::write(&file, b"no PDF").expect("written");
    let (passes, said) = verify(&file, &[]);
    assert!(!passes && said["findings"][0]["kind"] == "not_pdf", "{said}");
    let output = program::command().arg("verify").arg(folder.path().join("absent.pdf")).output().expect("it starts");
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("absent.pdf"));
}
