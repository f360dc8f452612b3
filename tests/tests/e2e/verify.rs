//! `ledgerline verify`, as somebody uses it who got a sealed file and no account.

use std::path::Path;

use documents::{
    EmbeddedFile, Relationship, Typesetter,
    agreement::{Execution, Mark, Signature, Stage, from_json, text, typeset},
    seal::{Authority, Period, SealFacts, Sealer, Subject, attachments, seal},
    world::Metadata,
};
use serde_json::Value;

use crate::program;

const AGREEMENT: &str = include_str!("../../../documents/examples/agreements/work_for_hire.json");
const SEALED_AT: &str = "2026-11-23T12:00:00Z";

/// Whether the file passes, and what is said of it.
fn verify(file: &Path, arguments: &[&str]) -> (bool, Value) {
    let output = program::command().arg("verify").arg(file).arg("--json").args(arguments).output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout);
    (output.status.success(), serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
}

/// The same as a person reads it.
fn told(file: &Path, arguments: &[&str]) -> (bool, String) {
    let output = program::command().arg("verify").arg(file).args(arguments).output().expect("it starts");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A studio's authority and seal.
fn studio() -> (Authority, Sealer) {
    studio_named("Nova Studio")
}

fn studio_named(organization: &'static str) -> (Authority, Sealer) {
    let period = Period {
        from: "2026-01-01T00:00:00Z".parse().expect("an instant"),
        until: "2046-01-01T00:00:00Z".parse().expect("an instant"),
    };
    let mut next = u8::try_from(organization.len()).expect("a short name");
    let mut random = |bytes: &mut [u8]| {
        next += 1;
        bytes.fill(next);
    };
    let subject = |common_name| Subject { organization, common_name };
    let root = Authority::create(subject("Root"), period, &mut random).expect("a root");
    let sealer = root.issue_sealer(subject("Seal"), period, None, &mut random).expect("a sealer");
    (root, sealer)
}

fn sealed(pdf: &[u8], sealer: &Sealer) -> Vec<u8> {
    let at = SEALED_AT.parse().expect("an instant");
    let facts = SealFacts { at, reason: "Signed by both", location: None, name: None };
    seal(pdf, sealer, &facts).expect("it is sealed")
}

/// Pages of three words with files in them.
fn plain(embedded: &[EmbeddedFile<'_>]) -> Vec<u8> {
    let metadata = Metadata { ident: "verify", created_at: SEALED_AT.parse().expect("an instant") };
    Typesetter::bundled().render_with("Both sign.", &(), &metadata, embedded).expect("it is typeset")
}

#[test]
fn a_sealed_file_passes_and_a_changed_one_fails() {
    let (root, sealer) = studio();
    let pdf = plain(&[]);
    let mut bytes = sealed(&pdf, &sealer);

    let folder = tempfile::tempdir().expect("a folder");
    let (file, trusted) = (folder.path().join("contract.pdf"), folder.path().join("root.pem"));
    std::fs::write(&file, &bytes).expect("written");
    std::fs::write(&trusted, root.certificate_pem().expect("as PEM")).expect("written");

    let (passes, said) = verify(&file, &[]);
    assert!(passes && said["verdict"] == "intact" && said["level"] == "B-B", "{said}");
    let (passes, said) = verify(&file, &["--trust", &trusted.display().to_string()]);
    assert!(passes && said["verdict"] == "valid" && said.get("rebuilt").is_none(), "{said}");
    let (passes, said) = verify(&file, &["--level", "B-T"]);
    assert!(!passes && said["findings"][0]["kind"] == "level_too_low", "{said}");
    let (passes, said) = told(&file, &["--rebuild"]);
    assert!(passes && said.contains("rebuilt: this document does not embed its data"), "{said}");

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

/// The example as both have signed it.
fn executed() -> Vec<u8> {
    let agreement = from_json(AGREEMENT).expect("the example is an agreement");
    let shown_sha256 = text(&agreement).expect("it has a text").sha256();
    let at = SEALED_AT.parse().expect("an instant");
    let signature = |(party, name): (usize, &str)| Signature {
        party,
        name: name.to_owned(),
        on_behalf: false,
        mark: if party == 0 {
            Mark::Typed(name.to_owned())
        } else {
            Mark::Drawn(vec![vec![(0, 0), (900, 250)], vec![(450, 20)]])
        },
        signed_at: at,
        ip: "192.0.2.7".to_owned(),
        user_agent: "Lynx/2.9".to_owned(),
        version: 1,
        shown_sha256: shown_sha256.clone(),
        consent_version: "2026-11-28".to_owned(),
    };
    let reference = agreement.reference.number.clone().expect("a number");
    let head = "0".repeat(64);
    let evidence_json =
        format!(r#"{{"entries":[],"format":"ledgerline-evidence/1","head":"{head}","reference":"{reference}"}}"#);
    let execution = Execution {
        verify_url: format!("https://studio.example/verify/{reference}"),
        reference,
        executed_at: at,
        signatures: agreement.parties.iter().map(|party| party.name.as_str()).enumerate().map(signature).collect(),
        evidence_json,
        evidence: Vec::new(),
        evidence_head: head,
        supersedes: None,
    };
    typeset(&agreement, Stage::Executed(&execution)).expect("it is typeset").bytes
}

#[test]
fn a_sealed_agreement_is_made_again_and_one_that_shows_something_else_fails() {
    let (_, sealer) = studio();
    let pdf = executed();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("agreement.pdf");
    std::fs::write(&file, sealed(&pdf, &sealer)).expect("written");
    let (passes, said) = verify(&file, &["--rebuild"]);
    assert!(passes && said["rebuilt"]["outcome"] == "identical", "{said}");
    assert_eq!(said["rebuilt"]["bytes"], pdf.len(), "{said}");
    let (passes, said) = told(&file, &["--rebuild"]);
    assert!(passes && said.contains("rebuilt: identical"), "{said}");

    // Anybody can seal it: it says loudly that it shows nothing by itself, and who trusts somebody else is told that it is an impostor.
    let (passes, said) = told(&file, &[]);
    assert!(
        passes && said.starts_with("! ") && said.contains("It calls itself AG-4H6K2N8Q. That shows nothing"),
        "{said}"
    );
    let (other, _) = studio_named("Other");
    let trusted = folder.path().join("other.pem");
    std::fs::write(&trusted, other.certificate_pem().expect("as PEM")).expect("written");
    let (passes, said) = told(&file, &["--trust", &trusted.display().to_string()]);
    assert!(!passes && said.contains("calls itself AG-4H6K2N8Q, and somebody else has sealed it"), "{said}");
    let (_, said) = verify(&file, &[]);
    assert_eq!(said["references"], serde_json::json!(["AG-4H6K2N8Q"]), "{said}");

    // Sealed as well as any, with another fee in its data than on its pages.
    let files = attachments(&pdf).expect("its files");
    let forged: Vec<Vec<u8>> = files
        .iter()
        .map(|file| String::from_utf8_lossy(&file.bytes).replace("\"minor_units\":95000", "\"minor_units\":950"))
        .map(String::into_bytes)
        .collect();
    assert_ne!(forged[0], files[0].bytes);
    let embedded: Vec<EmbeddedFile<'_>> = files
        .iter()
        .zip(&forged)
        .map(|(file, bytes)| EmbeddedFile {
            name: &file.attachment.name,
            media_type: "application/json",
            relationship: Relationship::Source,
            description: "For machines",
            bytes,
        })
        .collect();
    std::fs::write(&file, sealed(&plain(&embedded), &sealer)).expect("written");
    let (passes, said) = verify(&file, &[]);
    assert!(passes && said["verdict"] == "intact", "{said}");
    let (passes, said) = verify(&file, &["--rebuild"]);
    assert!(!passes && said["rebuilt"]["outcome"] == "different", "{said}");
    let (passes, said) = told(&file, &["--rebuild"]);
    assert!(!passes && said.contains("its data make another document"), "{said}");
}
