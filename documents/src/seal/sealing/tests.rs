//! A file that was sealed twice, the second time by somebody who hides the first.

use super::*;
use crate::seal::{Authority, FindingKind, Options, Period, Report, Subject, Verdict, verify};
use crate::world::{Metadata, Typesetter};

fn sealed_at() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn sealer(organization: &str, mut seed: u8) -> Sealer {
    let mut random = |bytes: &mut [u8]| {
        seed += 1;
        bytes.fill(seed);
    };
    let period =
        Period { from: sealed_at() - chrono::TimeDelta::days(1), until: sealed_at() + chrono::TimeDelta::days(9) };
    let subject = |common_name| Subject { organization, common_name };
    let root = Authority::create(subject("Root"), period, &mut random).unwrap();
    root.issue_sealer(subject("Seal"), period, None, &mut random).unwrap()
}

fn genuine() -> Vec<u8> {
    let metadata = Metadata { ident: "two seals", created_at: sealed_at() };
    let pdf = Typesetter::bundled().render("I owe you everything.", &(), &metadata).unwrap();
    let facts = SealFacts { at: sealed_at(), reason: "Signed", location: None, name: None };
    seal(&pdf, &sealer("Nova", 1), &facts).unwrap()
}

/// Another page, and a further seal over it that is named before the genuine one.
fn forged(genuine: &[u8]) -> Vec<u8> {
    let file = File::open(genuine).unwrap();
    let (page, first) = (file.pages().unwrap().0[0], signature_fields(&file).unwrap().remove(0));
    let Object::Dict(mut entries) = file.resolve(&Object::Reference(page)).unwrap() else { panic!("a page") };
    let mut revision = Revision::of(&file);
    let shown = revision.add(Body::Stream(b"BT /F0 12 Tf 50 700 Td (I owe you nothing.) Tj ET".to_vec()));
    entries.insert(b"Contents".to_vec(), Object::Reference(shown));
    revision.set(page, Object::Dict(entries));
    let changed = revision.write();

    let file = File::open(&changed).unwrap();
    let entries = dict([
        ("Type", Object::name("Sig")),
        ("SubFilter", Object::name("ETSI.CAdES.detached")),
        ("M", Object::text("D:20261123130000Z")),
    ]);
    let (mut out, Covered { room, .. }) = with_room(&file, file.catalog().unwrap(), entries, "Nova", true).unwrap();
    let named = signature_fields(&File::open(&out).unwrap()).unwrap();
    assert_eq!(named[0].signature, first.signature, "the form names them in the order of their making");
    // Turned round: as many bytes as before, so that no offset moves.
    let at = out.windows(8).rposition(|bytes| bytes == b"/Fields ").expect("the form") + 8;
    let end = at + out[at..].iter().position(|byte| *byte == b']').unwrap();
    let list = String::from_utf8_lossy(&out[at + 1..end]).into_owned();
    let turned_round: Vec<&str> = list.split_inclusive(" R").map(str::trim).filter(|name| !name.is_empty()).collect();
    let turned = format!("{:<width$}", [turned_round[1], turned_round[0]].join(" "), width = list.len());
    out[at + 1..end].copy_from_slice(turned.as_bytes());
    let digest = digest_around(&out, &room);
    let content = signed_data::sign(&Content::Detached { sha256: &digest }, &sealer("Mallory", 77)).unwrap();
    put(&mut out, room, &content.to_der().unwrap()).unwrap();
    out
}

fn judged(file: &[u8]) -> Report {
    verify(file, &Options::default().at(sealed_at()))
}

#[test]
fn a_seal_named_before_the_genuine_one_hides_nothing() {
    let genuine = genuine();
    assert_eq!(judged(&genuine).verdict, Verdict::Intact);
    let report = judged(&forged(&genuine));
    assert_eq!(report.signatures.len(), 2);
    assert_eq!(report.signatures.iter().map(|seal| seal.holds).collect::<Vec<_>>(), [true, true], "{report:#?}");
    assert_eq!(report.verdict, Verdict::Refused);
    assert!(report.found(FindingKind::PageContentChanged) && report.found(FindingKind::SignatureAdded), "{report:#?}");
    assert!(report.seal().unwrap().certificates[0].subject.contains("Nova"), "the first is the genuine one");
}
