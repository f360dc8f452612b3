use chrono::DateTime;
use documents::{
    EmbeddedFile, Relationship, Typesetter,
    agreement::{Representative, Stage, typeset},
    seal::attachments,
    world::Metadata,
};

use super::{fixture::Signed, *};

const AGREEMENT: &str = include_str!("../../../../documents/examples/agreements/work_for_hire.json");
const REFERENCE: &str = "AG-4H6K2N8Q";

/// What is said of a document with that execution.
fn judged(signed: &Signed) -> Result<(), EvidenceDoubt> {
    let chain = verify_export(signed.execution.evidence_json.as_bytes()).expect("the chain is whole");
    agrees(&chain, &signed.agreement, &signed.execution)
}

fn pdf(signed: &Signed) -> Vec<u8> {
    typeset(&signed.agreement, Stage::Executed(&signed.execution)).expect("it is typeset").bytes
}

/// Other pages, under those keywords, with the files of a document.
fn pages(keywords: &str, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let embedded: Vec<EmbeddedFile<'_>> = files
        .iter()
        .map(|(name, bytes)| EmbeddedFile {
            name,
            media_type: "application/json",
            relationship: Relationship::Data,
            description: "For machines",
            bytes,
        })
        .collect();
    let template = format!("#set document(keywords: ({keywords}))\nBoth sign.");
    let metadata = Metadata { ident: "forged", created_at: DateTime::UNIX_EPOCH };
    Typesetter::bundled().render_with(&template, &(), &metadata, &embedded).expect("it is typeset")
}

#[test]
fn what_was_signed_agrees() {
    let signed = Signed::by_all(AGREEMENT);
    assert_eq!(judged(&signed), Ok(()));
    let found = evidence(&pdf(&signed)).unwrap().unwrap();
    assert!(found.is_compared_whole && found.replaces.is_none());
    let second = signed.execution.signatures[1].name.as_str();
    assert_eq!((found.who[0].as_str(), found.who[4].as_str()), ("Nova Studio", second));
    // Where the pages are not compared, the chain itself names who signed.
    let own = named(&found.chain);
    assert_eq!((own.len(), own[0].as_str(), own[4].as_str()), (found.who.len(), "the studio", second));
    assert_eq!(found.text_sha256, text(&signed.agreement).unwrap().sha256());
    assert_eq!(found.chain.head.as_str(), signed.execution.evidence_head);
}

/// Something that pages print otherwise, and what is said of it.
type Forgery = (fn(&mut Execution), EvidenceDoubt);

#[test]
fn what_is_printed_otherwise_than_the_evidence_says_is_named() {
    let name = |party: usize| Signed::by_all(AGREEMENT).execution.signatures[party].name.clone();
    let signature = |party| EvidenceDoubt::Signature(name(party));
    let forgeries: [Forgery; 18] = [
        (|it| it.evidence[3].what = "signed version 9".to_owned(), EvidenceDoubt::Entry(4)),
        (|it| it.evidence[2].ip = Some("198.51.100.1".to_owned()), EvidenceDoubt::Entry(3)),
        (|it| it.evidence[3].who = "Somebody Else".to_owned(), EvidenceDoubt::Entry(4)),
        (|it| it.evidence[4].at += TimeDelta::seconds(1), EvidenceDoubt::Entry(5)),
        (|it| it.evidence[0].hash = "0".repeat(64), EvidenceDoubt::Entry(1)),
        (|it| it.evidence.swap(2, 3), EvidenceDoubt::Entry(3)),
        (|it| drop(it.evidence.pop()), EvidenceDoubt::Entries { printed: 6, entries: 7 }),
        (|it| it.evidence_head = "0".repeat(64), EvidenceDoubt::Head),
        (|it| it.executed_at -= TimeDelta::days(1), EvidenceDoubt::ExecutedAt),
        (|it| it.supersedes = Some("0".repeat(64)), EvidenceDoubt::Replaces),
        (|it| it.reference = "AG-00000000".to_owned(), EvidenceDoubt::OtherAgreement(REFERENCE.to_owned())),
        (|it| drop(it.signatures.pop()), EvidenceDoubt::Signatures),
        (|it| it.signatures[0].mark = Mark::Typed("X".to_owned()), signature(0)),
        (|it| it.signatures[1].shown_sha256 = "0".repeat(64), signature(1)),
        (|it| it.signatures[1].signed_at += TimeDelta::seconds(1), signature(1)),
        (|it| it.signatures[0].on_behalf = true, signature(0)),
        (|it| it.signatures[0].confirmed_name = Some("Somebody Else".to_owned()), signature(0)),
        (
            |it| {
                let (name, capacity) = ("Somebody Else".to_owned(), "director".to_owned());
                it.signatures[0].representative = Some(Representative { name, capacity });
            },
            signature(0),
        ),
    ];
    for (number, (forge, doubt)) in forgeries.into_iter().enumerate() {
        let mut signed = Signed::by_all(AGREEMENT);
        forge(&mut signed.execution);
        assert_eq!(judged(&signed), Err(doubt), "forgery {number}");
    }
}

#[test]
fn a_whole_chain_of_something_else_is_named() {
    let signed = Signed::by_all(AGREEMENT);
    let first = signed.execution.signatures[0].name.clone();
    let none = signed.with_entries(|row, _| row.kind == EvidenceKind::Executed);
    assert_eq!(judged(&none), Err(EvidenceDoubt::NotSigned(first.clone())));
    let unfinished = signed.with_entries(|row, _| row.kind != EvidenceKind::Executed);
    assert_eq!(judged(&unfinished), Err(EvidenceDoubt::NotExecuted));
    let one = signed.with_entries(|row, _| !(row.kind == EvidenceKind::Signed && row.seq < 5));
    assert_eq!(judged(&one), Err(EvidenceDoubt::NotSigned(first.clone())));
    let other_text = signed.with_entries(|row, told| {
        if row.kind == EvidenceKind::Executed {
            told["text_sha256"] = json!("0".repeat(64));
        }
        true
    });
    assert_eq!(judged(&other_text), Err(EvidenceDoubt::OtherText));
    // Kept over a change that did concern the party.
    let other_part = signed.with_entries(|row, told| {
        if row.kind == EvidenceKind::Signed && told["party"] == 0 {
            told["concerns_sha256"] = json!("0".repeat(64));
        }
        true
    });
    assert_eq!(judged(&other_part), Err(EvidenceDoubt::OtherPart(first)));
    // Of another agreement, every word of it as it was written there.
    let mut other = Signed::by_all(&AGREEMENT.replace(REFERENCE, "AG-00000000"));
    other.agreement = signed.agreement.clone();
    assert_eq!(judged(&other), Err(EvidenceDoubt::OtherAgreement("AG-00000000".to_owned())));
    // And none at all, as long as it is whole.
    let mut empty = signed;
    empty.execution.evidence_json = domain::agreements::evidence::export(REFERENCE, &[]);
    assert_eq!(judged(&empty), Err(EvidenceDoubt::NotExecuted));
}

#[test]
fn a_signature_that_a_later_step_made_void_does_not_stand() {
    let signed = Signed::by_all(AGREEMENT);
    let name = |party: usize| signed.execution.signatures[party].name.clone();
    let voided = |kind: EvidenceKind, signer: Option<SignerId>| {
        let mut forged = signed.with_entries(|row, _| row.kind != EvidenceKind::Executed);
        forged.note(kind, signer, json!({ "version": 2 }));
        forged.note(EvidenceKind::Executed, None, json!({ "text_sha256": text(&forged.agreement).unwrap().sha256() }));
        judged(&forged.with_entries(|_, _| true))
    };
    assert_eq!(voided(EvidenceKind::Edited, None), Err(EvidenceDoubt::NotSigned(name(0))));
    let second: SignerId = format!("signer_{:032x}", 2).parse().unwrap();
    assert_eq!(voided(EvidenceKind::Withdrawn, Some(second)), Err(EvidenceDoubt::NotSigned(name(1))));
    assert_eq!(voided(EvidenceKind::Reminded, Some(second)), Ok(()));
}

#[test]
fn a_file_that_lacks_its_evidence_is_told_from_one_that_has_none() {
    let signed = Signed::by_all(AGREEMENT);
    let files: Vec<(String, Vec<u8>)> =
        attachments(&pdf(&signed)).unwrap().into_iter().map(|file| (file.attachment.name, file.bytes)).collect();
    assert_eq!(evidence(&pages("", &[])), None);
    let own = format!("\"{REFERENCE}\",");
    assert_eq!(evidence(&pages(&own, &[])), Some(Err(EvidenceDoubt::Absent(REFERENCE.to_owned()))));
    let lacking = |keep: &[usize]| {
        let files: Vec<_> = keep.iter().map(|at| files[*at].clone()).collect();
        evidence(&pages("", &files))
    };
    assert_eq!(lacking(&[0]), None);
    assert_eq!(lacking(&[1]), Some(Err(EvidenceDoubt::Incomplete(vec!["agreement.json", "execution.json"]))));
    assert_eq!(lacking(&[0, 2]), Some(Err(EvidenceDoubt::Incomplete(vec!["evidence.json"]))));

    // What another version made is held to its chain and to what it calls itself.
    let mut other = files;
    let record = String::from_utf8(other[2].1.clone()).unwrap();
    other[2].1 = record.replace("\"engine_version\":\"documents", "\"engine_version\":\"elsewhere").into_bytes();
    assert_eq!(evidence(&pages("", &other)), Some(Err(EvidenceDoubt::OtherAgreement(REFERENCE.to_owned()))));
    assert_eq!(evidence(&pages(&own, &other)), Some(Err(EvidenceDoubt::OtherText)));
    let text_sha256 = text(&signed.agreement).unwrap().sha256();
    let found = evidence(&pages(&format!("{own} \"{text_sha256}\","), &other)).unwrap().unwrap();
    assert!(!found.is_compared_whole && found.text_sha256 == text_sha256);
}
