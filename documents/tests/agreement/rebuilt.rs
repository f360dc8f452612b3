//! Executed documents made again out of what they embed.

use documents::agreement::{Agreement, Rebuilt, Stage, Template, Versions, rebuild, typeset};
use documents::world::Metadata;
use documents::{EmbeddedFile, Relationship, Typesetter, seal};
use serde_json::{Value, json};

use crate::samples::{example, execution};

fn executed(agreement: &Agreement) -> Vec<u8> {
    typeset(agreement, Stage::Executed(&execution(agreement))).expect("the example is valid").bytes
}

/// Other pages with the files of a document, one of them changed.
fn with_changed(pdf: &[u8], name: &str, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut files = seal::attachments(pdf).expect("our PDF can be read");
    let file = files.iter_mut().find(|file| file.attachment.name == name).expect("the file is attached");
    let mut value: Value = serde_json::from_slice(&file.bytes).expect("it is JSON");
    change(&mut value);
    file.bytes = value.to_string().into_bytes();
    let embedded: Vec<EmbeddedFile<'_>> = files
        .iter()
        .map(|file| EmbeddedFile {
            name: &file.attachment.name,
            media_type: "application/json",
            relationship: Relationship::Data,
            description: "For machines",
            bytes: &file.bytes,
        })
        .collect();
    let metadata = Metadata { ident: "forged", created_at: chrono::DateTime::UNIX_EPOCH };
    Typesetter::worldwide().render_with("Both sign.", &(), &metadata, &embedded).expect("it is typeset")
}

#[test]
fn every_template_is_made_again_byte_for_byte() {
    for template in Template::ALL {
        let pdf = executed(&example(template));
        assert_eq!(rebuild(&pdf), Rebuilt::Identical { bytes: pdf.len() }, "{template:?}");
    }
}

#[test]
fn what_the_data_do_not_make_is_named() {
    let agreement = example(Template::SplitSheet);
    let pdf = executed(&agreement);
    let found = rebuild(&with_changed(&pdf, "agreement.json", |json| json["title"] = json!("Another song")));
    assert!(found.is_fault() && matches!(found, Rebuilt::Different { .. }), "{found:?}");

    // A single letter of what the file says of itself, which is not compressed.
    let mut touched = pdf.clone();
    let at = touched.windows(7).position(|window| window == b"Noc nad").unwrap();
    touched[at] ^= 1;
    assert_eq!(rebuild(&touched), Rebuilt::Different { at });

    let found = rebuild(&with_changed(&pdf, "agreement.json", |json| json["parties"] = json!([])));
    assert!(found.is_fault() && matches!(&found, Rebuilt::Unusable { why } if why.contains("parties")), "{found:?}");
    let found = rebuild(&with_changed(&pdf, "execution.json", |json| json["execution"]["signatures"] = json!([])));
    assert!(matches!(&found, Rebuilt::Unusable { why } if why.contains("execution.signatures")), "{found:?}");
    assert!(matches!(rebuild(b"no PDF"), Rebuilt::Unusable { .. }));
}

#[test]
fn other_versions_are_told_and_not_compared() {
    let pdf = executed(&example(Template::Producer));
    let files = seal::attachments(&pdf).unwrap();
    let made: Value = serde_json::from_slice(&files[2].bytes).unwrap();
    let own = |name: &str| made[name].as_str().unwrap().to_owned();
    let other = with_changed(&pdf, "execution.json", |json| json["template_sha256"] = json!("0".repeat(64)));
    let template = Versions { file: "0".repeat(64), program: own("template_sha256") };
    assert_eq!(rebuild(&other), Rebuilt::OtherVersions { template_sha256: Some(template), engine_version: None });
    // Another version's record may say more than this one reads.
    let other = with_changed(&pdf, "execution.json", |json| {
        json["engine_version"] = json!("documents 9.0.0, typst 1.0.0");
        json["format"] = json!("ledgerline-execution/2");
        json["more"] = json!(true);
    });
    let engine = Versions { file: "documents 9.0.0, typst 1.0.0".to_owned(), program: own("engine_version") };
    let found = rebuild(&other);
    assert!(!found.is_fault());
    assert_eq!(found, Rebuilt::OtherVersions { template_sha256: None, engine_version: Some(engine) });
}

#[test]
fn what_does_not_embed_its_data_says_so() {
    let unsigned = typeset(&example(Template::MixMaster), Stage::Unsigned).unwrap().bytes;
    let found = rebuild(&unsigned);
    assert!(!found.is_fault());
    assert_eq!(found, Rebuilt::NoData { missing: vec!["evidence.json", "execution.json"] });
}
