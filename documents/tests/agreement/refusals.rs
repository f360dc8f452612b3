//! What is refused, by the path of the field.

use documents::agreement::{Stage, Template, from_json, typeset};
use documents::{DocumentError, FieldError};
use serde_json::{Value, json};

use crate::samples::{changed, example, execution};

fn faults(json: &str) -> Vec<FieldError> {
    match from_json(json) {
        Err(DocumentError::Invalid(faults)) => faults,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn remove(object: &mut Value, field: &str) {
    object.as_object_mut().expect("an object of the example").remove(field);
}

/// Path of the field that must be named, code of the fault, template, and the change that spoils it.
type Spoil = (&'static str, &'static str, Template, fn(&mut Value));

const SPLIT: Template = Template::SplitSheet;

const SPOILED: &[Spoil] = &[
    // The form.
    ("terms.composition.colour", "unknown_field", SPLIT, |v| v["terms"]["composition"]["colour"] = json!("red")),
    ("terms.composition.writers[1].shares", "unknown_field", SPLIT, |v| {
        v["terms"]["composition"]["writers"][1]["shares"] = json!(1);
    }),
    ("parties[0].name", "missing", SPLIT, |v| remove(&mut v["parties"][0], "name")),
    ("parties[2].name", "type", SPLIT, |v| v["parties"][2]["name"] = json!(7)),
    ("terms.template", "choice", SPLIT, |v| v["terms"]["template"] = json!("handshake")),
    ("terms.template", "choice", SPLIT, |v| remove(&mut v["terms"], "template")),
    ("terms.master", "missing", SPLIT, |v| remove(&mut v["terms"], "master")),
    ("terms.composition.writers[0].role", "choice", SPLIT, |v| {
        v["terms"]["composition"]["writers"][0]["role"] = json!("ghost");
    }),
    ("terms.composition.writers[0].share_ppm", "range", SPLIT, |v| {
        v["terms"]["composition"]["writers"][0]["share_ppm"] = json!(-1);
    }),
    ("terms.composition.writers[0].share_ppm", "type", SPLIT, |v| {
        v["terms"]["composition"]["writers"][0]["share_ppm"] = json!(0.5);
    }),
    ("terms.effective_on", "form", SPLIT, |v| v["terms"]["effective_on"] = json!("2026-02-30")),
    ("dated", "form", SPLIT, |v| v["dated"] = json!("28.11.2026")),
    ("general.term.months", "range", Template::Collaboration, |v| v["general"]["term"]["months"] = json!(0)),
    ("general.term.years", "unknown_field", SPLIT, |v| v["general"]["term"]["years"] = json!(3)),
    ("general.payment_terms.statements", "choice", SPLIT, |v| {
        v["general"]["payment_terms"]["statements"] = json!("never");
    }),
    ("parties", "too_few", SPLIT, |v| v["parties"] = json!([v["parties"][0]])),
    ("version", "range", SPLIT, |v| v["version"] = json!(2)),
    // 99.9999 %.
    ("terms.composition.writers", "total", SPLIT, |v| {
        v["terms"]["composition"]["writers"][1]["share_ppm"] = json!(266_666);
    }),
    ("terms.master.owners", "total", SPLIT, |v| v["terms"]["master"]["owners"][0]["share_ppm"] = json!(500_001)),
    ("terms.master.owners", "empty", SPLIT, |v| v["terms"]["master"]["owners"] = json!([])),
    ("terms.master.owners[1].party", "twice", SPLIT, |v| v["terms"]["master"]["owners"][1]["party"] = json!(0)),
    ("terms.master.owners[0].party", "range", SPLIT, |v| v["terms"]["master"]["owners"][0]["party"] = json!(9)),
    ("terms.master.owners[0].share_ppm", "range", SPLIT, |v| {
        v["terms"]["master"]["owners"] =
            json!([{ "party": 0, "share_ppm": 0 }, { "party": 3, "share_ppm": 1_000_000 }]);
    }),
    ("parties[2].signs", "missing", SPLIT, |v| v["parties"][2]["signs"] = json!(false)),
    ("terms.composition.writers[0].publishers", "total", SPLIT, |v| {
        v["terms"]["composition"]["writers"][0]["publishers"][1]["share_ppm"] = json!(500_001);
    }),
    ("terms.composition.writers[0].publishers[2].of", "missing", SPLIT, |v| {
        remove(&mut v["terms"]["composition"]["writers"][0]["publishers"][2], "of");
    }),
    ("terms.composition.writers[0].publishers[2].of", "range", SPLIT, |v| {
        v["terms"]["composition"]["writers"][0]["publishers"][2]["of"] = json!(2);
    }),
    ("terms.composition.writers[0].publishers[0].of", "value", SPLIT, |v| {
        v["terms"]["composition"]["writers"][0]["publishers"][0]["of"] = json!(0);
    }),
    ("terms.composition.writers[0].publishers[0].name", "missing", SPLIT, |v| {
        remove(&mut v["terms"]["composition"]["writers"][0]["publishers"][0], "name");
    }),
    ("terms.master.mixers[0].name", "twice", SPLIT, |v| v["terms"]["master"]["mixers"][0]["party"] = json!(0)),
    // Check digits.
    ("parties[0].ipi", "check_digit", SPLIT, |v| v["parties"][0]["ipi"] = json!("00045620793")),
    ("parties[0].ipi", "form", SPLIT, |v| v["parties"][0]["ipi"] = json!("12")),
    ("terms.composition.writers[1].ipi", "check_digit", SPLIT, |v| {
        v["terms"]["composition"]["writers"][1]["ipi"] = json!("00045620793");
    }),
    ("terms.composition.writers[0].publishers[0].ipi", "check_digit", SPLIT, |v| {
        v["terms"]["composition"]["writers"][0]["publishers"][0]["ipi"] = json!("00045620793");
    }),
    ("parties[0].isni", "check_digit", SPLIT, |v| v["parties"][0]["isni"] = json!("0000000121464388")),
    ("terms.composition.iswc", "check_digit", SPLIT, |v| v["terms"]["composition"]["iswc"] = json!("T-034.524.680-2")),
    ("terms.master.isrc", "form", SPLIT, |v| v["terms"]["master"]["isrc"] = json!("no code")),
    // Values.
    ("title", "empty", SPLIT, |v| v["title"] = json!("  ")),
    ("title", "empty", SPLIT, |v| v["title"] = json!("\u{202e}\u{200b}")),
    ("title", "too_long", SPLIT, |v| v["title"] = json!("x".repeat(10_000))),
    ("parties[1].name", "too_long", SPLIT, |v| v["parties"][1]["name"] = json!("名".repeat(1_001))),
    ("general.governing_law", "too_long", SPLIT, |v| v["general"]["governing_law"] = json!("x".repeat(10_001))),
    ("parties[1].email", "form", SPLIT, |v| v["parties"][1]["email"] = json!("nobody")),
    ("parties[1].email", "missing", SPLIT, |v| remove(&mut v["parties"][1], "email")),
    ("parties[1].email", "twice", SPLIT, |v| v["parties"][1]["email"] = json!("LUCJA@noctua.example")),
    ("reference.supersedes", "form", SPLIT, |v| v["reference"]["supersedes"] = json!("abc")),
    ("terms.master.points[0].hundredths", "range", SPLIT, |v| {
        v["terms"]["master"]["points"][0]["hundredths"] = json!(0);
    }),
    ("general.credit[0].party", "range", SPLIT, |v| v["general"]["credit"][0]["party"] = json!(4)),
    ("terms.advance.currency", "form", Template::Producer, |v| v["terms"]["advance"]["currency"] = json!("€")),
    ("terms.fee.decimals", "value", Template::MixMaster, |v| v["terms"]["fee"]["decimals"] = json!(9)),
    ("terms.recordings", "empty", Template::Producer, |v| v["terms"]["recordings"] = json!([])),
    ("terms.ownership.master", "total", Template::Producer, |v| {
        v["terms"]["ownership"]["master"][0]["share_ppm"] = json!(999_999);
    }),
    ("terms.ownership.composition", "empty", Template::ComposerForHire, |v| {
        v["terms"]["ownership"]["composition"] = json!([]);
    }),
    ("terms.deposit_ppm", "range", Template::MixMaster, |v| v["terms"]["deposit_ppm"] = json!(1_000_001)),
    ("parties", "missing", Template::Producer, |v| v["parties"][0]["role"] = json!("manager")),
    ("parties[1].signs", "missing", Template::MixMaster, |v| v["parties"][1]["signs"] = json!(false)),
    ("terms.contributions", "missing", Template::Collaboration, |v| {
        v["terms"]["contributions"][2]["party"] = json!(0);
    }),
    ("terms.costs", "total", Template::Collaboration, |v| v["terms"]["costs"][0]["share_ppm"] = json!(333_333)),
    // Edits of clauses.
    ("clauses.off[0]", "choice", SPLIT, |v| v["clauses"] = json!({ "off": ["everything"] })),
    ("clauses.off[0]", "essential", SPLIT, |v| v["clauses"] = json!({ "off": ["composition"] })),
    ("clauses.off[0]", "essential", SPLIT, |v| v["clauses"] = json!({ "off": ["payment"] })),
    ("clauses.off[0]", "essential", SPLIT, |v| v["clauses"] = json!({ "off": ["credit"] })),
    ("clauses.off[0]", "essential", Template::MixMaster, |v| v["clauses"] = json!({ "off": ["revisions"] })),
    ("clauses.off[0]", "essential", Template::Producer, |v| v["clauses"] = json!({ "off": ["samples"] })),
    ("clauses.off[1]", "essential", SPLIT, |v| v["clauses"] = json!({ "off": ["disputes", "law"] })),
    ("clauses.replaced.master", "essential", SPLIT, |v| v["clauses"] = json!({ "replaced": { "master": ["Mine."] } })),
    ("clauses.replaced.law", "empty", SPLIT, |v| v["clauses"] = json!({ "replaced": { "law": [] } })),
    ("clauses.summaries.nothing", "choice", SPLIT, |v| v["clauses"] = json!({ "summaries": { "nothing": "x" } })),
    ("clauses.added[0].id", "twice", SPLIT, |v| {
        v["clauses"] = json!({ "added": [{ "id": "law", "heading": "x", "body": ["x"], "summary": "x" }] });
    }),
    ("clauses.added[0].after", "choice", SPLIT, |v| {
        v["clauses"] =
            json!({ "added": [{ "id": "own", "after": "x", "heading": "x", "body": ["x"], "summary": "x" }] });
    }),
    ("clauses.added[0].body[0]", "too_long", SPLIT, |v| {
        let body = "x".repeat(10_001);
        v["clauses"] = json!({ "added": [{ "id": "own", "heading": "x", "body": [body], "summary": "x" }] });
    }),
];

#[test]
fn each_fault_is_named_by_its_path() {
    for (field, code, template, spoil) in SPOILED {
        let faults = faults(&changed(*template, spoil));
        let named = faults.iter().any(|fault| fault.field == *field && fault.code == *code);
        assert!(named, "{field} ({code}) is not named in {faults:#?}");
        assert!(faults.iter().all(|fault| !fault.problem.is_empty() && !fault.remedy.is_empty()));
    }
}

#[test]
fn a_ten_thousandth_of_a_percent_is_missed() {
    let json = changed(SPLIT, |v| v["terms"]["composition"]["writers"][1]["share_ppm"] = json!(266_666));
    let faults = faults(&json);
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].problem, "total 99.9999%");
}

#[test]
fn all_faults_are_told_at_once() {
    let form = changed(SPLIT, |v| {
        v["colour"] = json!("red");
        v["parties"][0]["nmae"] = json!("x");
        v["terms"]["composition"]["writers"][0]["share_ppm"] = json!("40 %");
        v["general"].as_object_mut().unwrap().remove("territory");
    });
    assert_eq!(faults(&form).len(), 4);
    let values = changed(SPLIT, |v| {
        v["title"] = json!("");
        v["parties"][0]["ipi"] = json!("00045620793");
        v["terms"]["master"]["owners"][0]["share_ppm"] = json!(1);
    });
    assert_eq!(faults(&values).len(), 3);
}

#[test]
fn what_is_no_document_is_refused() {
    for json in ["", "{", "[]", "null", "7", "\"text\"", "{}", "{\"a\":}", "\u{feff}{}"] {
        assert!(matches!(from_json(json), Err(DocumentError::Invalid(_))), "{json:?}");
    }
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(matches!(from_json(&deep), Err(DocumentError::Invalid(_))));
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20));
    assert!(matches!(from_json(&large), Err(DocumentError::TooLarge { .. })));
}

#[test]
fn an_execution_that_lacks_a_signature_is_no_execution() {
    let agreement = example(SPLIT);
    let named = |change: fn(&mut documents::agreement::Execution)| {
        let mut execution = execution(&agreement);
        change(&mut execution);
        match typeset(&agreement, Stage::Executed(&execution)) {
            Err(DocumentError::Invalid(faults)) => faults.into_iter().map(|fault| fault.field).collect::<Vec<_>>(),
            other => panic!("expected a refusal, got {:?}", other.map(|pdf| pdf.sha256)),
        }
    };
    assert_eq!(named(|e| drop(e.signatures.remove(0))), ["execution.signatures"]);
    assert_eq!(named(|e| e.signatures.push(e.signatures[0].clone())), ["execution.signatures"]);
    assert_eq!(named(|e| "https://x/".repeat(40).clone_into(&mut e.verify_url)), ["execution.verify_url"]);
    assert_eq!(named(|e| e.evidence_head.clear()), ["execution.evidence_head"]);
    assert_eq!(
        named(|e| e.signatures[0].mark = documents::agreement::Mark::Drawn(vec![vec![]])),
        ["execution.signatures[0].mark"]
    );
    assert_eq!(
        named(|e| e.signatures[0].mark = documents::agreement::Mark::Drawn(vec![vec![(1, 1); 5_001]])),
        ["execution.signatures[0].mark"]
    );
    assert_eq!(
        named(|e| e.signatures[0].mark = documents::agreement::Mark::Typed(" ".to_owned())),
        ["execution.signatures[0].mark"]
    );
}
