//! `ledgerline verify`, as somebody uses it who got a sealed file and no account.

#[path = "../../../adapters/src/seals/evidence/fixture.rs"]
mod fixture;
#[expect(dead_code, reason = "one sold licence is enough")]
#[path = "../../../documents/tests/samples/mod.rs"]
mod samples;

use std::path::Path;

use documents::{
    EmbeddedFile, Language, Relationship, Typesetter,
    agreement::{Stage, text, typeset},
    licence::{Checkout, Tier, accepted_pdf, offer_sha256},
    receipt::{Line, Person, Receipt, to_pdf},
    seal::{Authority, Period, SealFacts, Sealer, Subject, attachments, seal},
    world::Metadata,
};
use domain::agreements::entity::EvidenceKind;
use fixture::Signed;
use serde_json::{Value, json};

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
    // Who asks for the comparison and does not look hears of it that there was none.
    let output = program::command().arg("verify").arg(&file).arg("--rebuild").output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("rebuilt: this document does not embed its data"), "{said}");
    assert_eq!(output.status.code(), Some(2), "{said}");

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

#[test]
fn a_receipt_is_called_one_and_no_contract() {
    let person = |name: &str| Person {
        name: name.to_owned(),
        legal_name: None,
        address: None,
        email: "nova@example.com".to_owned(),
    };
    let receipt = Receipt {
        language: Language::En,
        reference: "LL-7K3M9Q2X".to_owned(),
        paid_at: SEALED_AT.parse().expect("an instant"),
        seller: person("Nova Sound"),
        buyer: person("Ada Lovelace"),
        currency: "EUR".to_owned(),
        decimals: 2,
        lines: vec![Line {
            title: "Night Drive".to_owned(),
            tier: "MP3 lease".to_owned(),
            reference: "LL-7K3M9Q2X-1".to_owned(),
            list: 0,
        }],
        upgrade: None,
        discounts: Vec::new(),
        tax: None,
        total: 0,
        payments: Vec::new(),
        given_back: 0,
    };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("receipt.pdf");
    std::fs::write(&file, to_pdf(&receipt).expect("it is typeset")).expect("written");
    let (passes, said) = told(&file, &[]);
    assert!(!passes && said.contains("receipt.pdf: no sealed document"), "{said}");
    assert!(said.contains("this is a receipt, which is not sealed") && !said.contains("not to be relied on"), "{said}");
    let (passes, said) = verify(&file, &[]);
    assert!(!passes && said["findings"][0]["kind"] == "never_sealed", "{said}");
}

/// An agreement as it is typeset once all have signed.
fn executed(signed: &Signed) -> Vec<u8> {
    typeset(&signed.agreement, Stage::Executed(&signed.execution)).expect("it is typeset").bytes
}

#[test]
fn a_sealed_agreement_is_made_again_and_one_that_shows_something_else_fails() {
    let (_, sealer) = studio();
    let pdf = executed(&Signed::by_all(AGREEMENT));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("agreement.pdf");
    std::fs::write(&file, sealed(&pdf, &sealer)).expect("written");
    let (passes, said) = verify(&file, &["--rebuild"]);
    assert!(passes && said["rebuilt"]["outcome"] == "identical", "{said}");
    assert_eq!(said["rebuilt"]["bytes"], pdf.len(), "{said}");
    let (passes, said) = told(&file, &["--rebuild"]);
    assert!(passes && said.contains("rebuilt: identical"), "{said}");

    // Anybody can seal it: it says loudly that it shows nothing by itself, and who trusts somebody else is told that they have not sealed it.
    let (passes, said) = told(&file, &[]);
    assert!(
        passes && said.starts_with("! ") && said.contains("It calls itself AG-4H6K2N8Q. That shows nothing"),
        "{said}"
    );
    let (other, _) = studio_named("Other");
    let trusted = folder.path().join("other.pem");
    std::fs::write(&trusted, other.certificate_pem().expect("as PEM")).expect("written");
    let (passes, said) = told(&file, &["--trust", &trusted.display().to_string()]);
    assert!(!passes && said.contains("It names AG-4H6K2N8Q; whom you trust has not sealed it."), "{said}");
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
    assert!(!passes && said["verdict"] == "refused", "{said}");
    assert_eq!(said["evidence"]["fault"], "the evidence is of another text than the document", "{said}");
    let (passes, said) = verify(&file, &["--rebuild"]);
    assert!(!passes && said["rebuilt"]["outcome"] == "different", "{said}");
    let (passes, said) = told(&file, &["--rebuild"]);
    assert!(!passes && said.contains("its data make another document"), "{said}");
}

#[test]
fn a_forged_evidence_page_fails_though_its_data_make_it() {
    let (root, sealer) = studio();
    let folder = tempfile::tempdir().expect("a folder");
    let (file, trusted) = (folder.path().join("agreement.pdf"), folder.path().join("root.pem"));
    std::fs::write(&trusted, root.certificate_pem().expect("as PEM")).expect("written");
    let judged = |signed: &Signed| {
        std::fs::write(&file, sealed(&executed(signed), &sealer)).expect("written");
        verify(&file, &["--trust", &trusted.display().to_string(), "--rebuild"])
    };
    let honest = Signed::by_all(AGREEMENT);
    let (passes, said) = judged(&honest);
    assert!(passes && said["verdict"] == "valid" && said["evidence"]["compared"] == true, "{said}");

    // The page says what never happened.
    let mut page = honest.clone();
    page.execution.evidence[3].what = "signed version 9".to_owned();
    // Evidence that is whole, and of nobody's signature.
    let nobody = honest.with_entries(|row, _| row.kind != EvidenceKind::Signed);
    // Signed was something else than what is sealed.
    let other = honest.with_entries(|row, told| {
        if row.kind == EvidenceKind::Executed {
            told["text_sha256"] = json!("0".repeat(64));
        }
        true
    });
    for (forged, fault) in [
        (page, "entry 4 on the evidence page is not entry 4 of the evidence"),
        (nobody, "the evidence has no signature of Grzegorz Brzęczyszczykiewicz that stands"),
        (other, "the evidence is of another text than the document"),
    ] {
        let (passes, said) = judged(&forged);
        assert!(!passes && said["verdict"] == "refused" && said["findings"][0]["kind"] == "contradicted", "{said}");
        assert_eq!((&said["evidence"]["fault"], &said["rebuilt"]["why"]), (&json!(fault), &json!(fault)), "{said}");
    }
    let (passes, said) = told(&file, &[]);
    assert!(!passes && said.contains("The evidence of its signing does not hold"), "{said}");
}

#[test]
fn a_licence_is_made_again_and_tells_whether_it_is_what_was_offered() {
    let (_, sealer) = studio();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("licence.pdf");
    let sold = samples::sold(Tier::WavLease);
    let judged = |shown: String| {
        let checkout = Checkout {
            order: "LL-7K3M9Q2X".to_owned(),
            placed_at: SEALED_AT.parse().expect("an instant"),
            ip: Some("192.0.2.7".to_owned()),
            user_agent: None,
            shown_text_sha256: Some(shown),
        };
        let pdf = accepted_pdf(&sold, &checkout).expect("it is typeset").bytes;
        std::fs::write(&file, sealed(&pdf, &sealer)).expect("written");
        verify(&file, &["--rebuild"])
    };
    let (passes, said) = judged(offer_sha256(&sold).expect("it has a text"));
    assert!(passes && said["rebuilt"]["outcome"] == "identical" && said["acceptance"]["as_shown"] == true, "{said}");
    assert_eq!((&said["acceptance"]["order"], &said["evidence"]), (&json!("LL-7K3M9Q2X"), &Value::Null), "{said}");
    let (_, said) = judged("0".repeat(64));
    assert_eq!(said["acceptance"]["as_shown"], false, "{said}");
    let (_, said) = told(&file, &[]);
    assert!(said.contains("not quite the one that was offered"), "{said}");
}

#[test]
fn what_replaces_what_is_told_on_the_files_alone() {
    let (root, sealer) = studio();
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let trusted = path("root.pem").display().to_string();
    std::fs::write(&trusted, root.certificate_pem().expect("as PEM")).expect("written");
    let first = Signed::by_all(AGREEMENT);
    let replaced = text(&first.agreement).expect("it has a text").sha256();
    let mut later: Value = serde_json::from_str(AGREEMENT).expect("it is JSON");
    later["reference"] = json!({ "number": "AG-00000001", "supersedes": replaced });
    let second = Signed::by_all(&later.to_string());
    for (name, signed) in [("first.pdf", &first), ("second.pdf", &second)] {
        std::fs::write(path(name), sealed(&executed(signed), &sealer)).expect("written");
    }
    let (one, two) = (path("first.pdf"), path("second.pdf"));
    let with = |file: &Path, other: &Path| verify(file, &["--with", &other.display().to_string(), "--trust", &trusted]);

    let (passes, said) = verify(&one, &[]);
    assert!(passes && said["replaces"].is_null() && said.get("with").is_none(), "{said}");
    let (passes, said) = with(&one, &two);
    assert!(passes && said["with"]["outcome"] == "replaces", "{said}");
    assert_eq!((&said["with"]["reference"], &said["with"]["verdict"]), (&json!("AG-00000001"), &json!("valid")));
    let (_, said) = told(&one, &["--with", &two.display().to_string(), "--trust", &trusted]);
    assert!(said.contains("It was replaced by AG-00000001"), "{said}");
    let (passes, said) = with(&two, &one);
    assert!(passes && said["with"]["outcome"] == "is_replaced" && said["replaces"] == replaced.as_str(), "{said}");
    let (_, said) = with(&one, &one);
    assert_eq!(said["with"]["outcome"], "unrelated", "{said}");
    let (_, said) = told(&two, &[]);
    assert!(said.contains(&format!("replaces the agreement whose text has the SHA-256 {replaced}")), "{said}");

    // Whom nobody here trusts replaces nothing.
    let (_, stranger) = studio_named("Stranger");
    std::fs::write(&two, sealed(&executed(&second), &stranger)).expect("written");
    let (passes, said) = with(&one, &two);
    assert!(!passes && said["with"]["outcome"] == "unknown" && said["with"]["verdict"] == "refused", "{said}");
}
