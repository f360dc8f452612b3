use sea_orm::prelude::Uuid;

use super::*;
use crate::env::testing;

fn chain(length: i32) -> Vec<evidence::Model> {
    let (env, clock) = testing::env(5);
    let agreement = AgreementId(Uuid::from_u128(1));
    let mut head = beginning();
    let mut rows = Vec::new();
    for count in 0..length {
        clock.advance(chrono::Duration::milliseconds(1500));
        let signer = (count % 2 == 0).then(|| SignerId(Uuid::from_u128(7)));
        let data = json!({ "version": count, "note": "„Łódź“ — 夜\n\"x\"", "ip": "192.0.2.7" });
        let row = follow(agreement, count, &head, &Event { at: env.now(), kind: EvidenceKind::Shown, signer, data });
        head = row.hash.clone();
        rows.push(row);
    }
    rows
}

#[test]
fn a_chain_that_nobody_touched_holds() {
    let rows = chain(5);
    assert_eq!(verify(&rows).unwrap(), rows[4].hash);
    assert_eq!(verify_to(&rows, 5, &rows[4].hash), Ok(()));
    assert_eq!(verify(&[]).unwrap(), beginning());
}

#[test]
fn the_first_entry_that_was_touched_is_named() {
    let altered = |change: fn(&mut evidence::Model)| {
        let mut rows = chain(5);
        change(&mut rows[2]);
        verify(&rows).unwrap_err()
    };
    assert_eq!(
        altered(|row| row.event = row.event.replace("192.0.2.7", "192.0.2.8")),
        EvidenceFault::Altered { seq: 3 }
    );
    assert_eq!(altered(|row| row.at += chrono::Duration::seconds(1)), EvidenceFault::Altered { seq: 3 });
    assert_eq!(altered(|row| row.kind = EvidenceKind::Signed), EvidenceFault::Altered { seq: 3 });
    assert_eq!(altered(|row| row.signer_id = None), EvidenceFault::Altered { seq: 3 });
    assert_eq!(altered(|row| row.hash = beginning()), EvidenceFault::Altered { seq: 3 });
    // Whoever alters an entry and makes its hash anew is told by the next.
    let forged = |row: &mut evidence::Model| {
        row.event = row.event.replace("192.0.2.7", "192.0.2.8");
        row.hash = hash(&row.previous, &row.event);
    };
    assert_eq!(altered(forged), EvidenceFault::Unlinked { seq: 4 });
}

#[test]
fn what_is_missing_or_moved_is_named() {
    let mut rows = chain(5);
    rows.remove(1);
    assert_eq!(verify(&rows), Err(EvidenceFault::Missing { seq: 2 }));
    let mut rows = chain(5);
    rows.swap(1, 3);
    assert_eq!(verify(&rows), Err(EvidenceFault::Reordered { seq: 2, found: 4 }));
    // The numbers swapped too, as somebody would who writes the table.
    let mut rows = chain(5);
    rows.swap(1, 3);
    (rows[1].seq, rows[3].seq) = (2, 4);
    assert_eq!(verify(&rows), Err(EvidenceFault::Reordered { seq: 2, found: 4 }));
    let whole = chain(5);
    assert_eq!(verify_to(&whole[..4], 5, &whole[4].hash), Err(EvidenceFault::Missing { seq: 5 }));
    assert_eq!(verify_to(&whole, 4, &whole[3].hash), Err(EvidenceFault::Unlinked { seq: 5 }));
}

#[test]
fn canonical_json_has_sorted_keys_and_no_blanks() {
    let value = json!({ "b": [1, null, true], "a": { "d": "x", "c": "\u{e9}\n" } });
    assert_eq!(canonical(&value), "{\"a\":{\"c\":\"\u{e9}\\n\",\"d\":\"x\"},\"b\":[1,null,true]}");
}

#[test]
fn an_exported_chain_can_be_verified_with_nothing_of_ours() {
    let rows = chain(3);
    let file: Value = serde_json::from_str(&export("AG-7K3M9Q2X", &rows)).unwrap();
    let mut head = "0".repeat(64);
    for entry in file["entries"].as_array().unwrap() {
        assert_eq!(entry["previous"], json!(head));
        let text = format!("{head}\n{}", entry["event"].as_str().unwrap());
        head = Sha256::of(text.as_bytes()).to_string();
        assert_eq!(entry["hash"], json!(head));
    }
    assert_eq!(
        (&file["head"], &file["format"], &file["reference"]),
        (&json!(head), &json!(FORMAT), &json!("AG-7K3M9Q2X"))
    );
}

#[test]
fn nobody_withdraws_what_they_never_gave() {
    let (env, _) = testing::env(5);
    let signer = SignerId(Uuid::from_u128(7));
    let entry = |kind, data| {
        let event = Event { at: env.now(), kind, signer: Some(signer), data };
        follow(AgreementId(Uuid::from_u128(1)), 0, &beginning(), &event)
    };
    let asked = entry(EvidenceKind::Withdrawn, json!({ "consented": false }));
    assert_eq!(sentence(&asked), "asked for paper");
    let earlier = entry(EvidenceKind::Withdrawn, json!({}));
    assert_eq!(sentence(&earlier), "withdrew the consent to electronic records and asked for paper");
    let mut rows = vec![asked];
    assert!(!has_consented(&rows, signer));
    rows.push(entry(EvidenceKind::Consented, json!({})));
    assert!(has_consented(&rows, signer) && !has_consented(&rows, SignerId(Uuid::from_u128(8))));
    rows.push(earlier);
    assert!(!has_consented(&rows, signer));
}
