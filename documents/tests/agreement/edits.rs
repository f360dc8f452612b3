//! What a studio changes in a template's clauses.

use documents::DocumentError;
use documents::agreement::{ClauseEdits, Template, edits_from_json, from_json, html, text};
use serde_json::{Value, json};

use crate::samples::changed;

#[test]
fn clauses_are_switched_replaced_added_and_summed_up_anew() {
    let json = changed(Template::SplitSheet, |value| {
        value["clauses"] = json!({
            "off": ["disputes", "people"],
            "replaced": { "credit": ["Names are printed as {title} says.", "And nowhere else."] },
            "added": [
                { "id": "merch", "after": "money", "heading": "Merchandise", "body": ["It is shared alike."], "summary": "T-shirts too." },
                { "id": "last", "heading": "At the end", "body": ["The end."], "summary": "Done." },
                { "id": "posters", "after": "merch", "heading": "Posters", "body": ["As well."], "summary": "These too." },
            ],
            "summaries": { "law": "Polish law." },
        });
    });
    let agreement = from_json(&json).unwrap();
    let clauses = text(&agreement).unwrap().clauses;
    let ids: Vec<&str> = clauses.iter().map(|clause| clause.id.as_str()).collect();
    assert!(!ids.contains(&"disputes") && !ids.contains(&"people"));
    let money = ids.iter().position(|id| *id == "money").unwrap();
    assert_eq!(ids[money + 1..money + 3], ["merch", "posters"]);
    assert_eq!(ids.last(), Some(&"last"));
    assert!(clauses.iter().zip(1..).all(|(clause, number)| clause.number == number));
    let clause = |id: &str| clauses.iter().find(|clause| clause.id == id).unwrap();
    // The studio's words are printed as they are: a brace in them is no value.
    let said: Vec<&str> = clause("credit").sentences().collect();
    assert_eq!(said, ["Names are printed as {title} says.", "And nowhere else."]);
    assert_eq!(clause("law").summary, "Polish law.");
    assert!(html(&agreement).unwrap().contains("T-shirts too."));
}

#[test]
fn edits_are_checked_against_a_template_alone_as_they_are_within_an_agreement() {
    let added = json!({ "id": "own", "after": "money", "heading": "Own", "body": ["Ours."], "summary": "Ours." });
    let good = json!({ "off": ["disputes", "own"], "added": [added], "summaries": { "law": "Polish law." } });
    let edits = edits_from_json(Template::SplitSheet, &good.to_string()).unwrap();
    assert_eq!(serde_json::to_value(&edits).unwrap(), good);
    assert_eq!(
        edits_from_json(Template::SplitSheet, r#"{ "off": [], "replaced": {} }"#).unwrap(),
        ClauseEdits::default()
    );

    let named = |template, edits: &Value| match edits_from_json(template, &edits.to_string()) {
        Err(DocumentError::Invalid(faults)) => faults.into_iter().map(|fault| fault.field).collect::<Vec<_>>(),
        other => panic!("expected a refusal, got {other:?}"),
    };
    for edits in [
        json!({ "off": ["disputes", "composition"] }),
        json!({ "replaced": { "master": ["Mine."] }, "summaries": { "nothing": "" } }),
        json!({ "added": [{ "id": "law", "after": "x", "heading": "", "body": [], "summary": "x" }] }),
        json!({ "colour": "red", "off": "disputes" }),
    ] {
        let within = changed(Template::SplitSheet, |value| value["clauses"] = edits.clone());
        let Err(DocumentError::Invalid(within)) = from_json(&within) else { panic!("{edits} stands") };
        let within: Vec<String> = within.into_iter().map(|fault| fault.field).collect();
        assert_eq!(named(Template::SplitSheet, &edits), within);
    }
    // A clause of one template is none of another's.
    assert!(edits_from_json(Template::Collaboration, r#"{ "off": ["costs"] }"#).is_ok());
    assert_eq!(named(Template::SplitSheet, &json!({ "off": ["costs"] })), ["clauses.off[0]"]);
    for none in [json!(null), json!([]), json!("off")] {
        assert_eq!(named(Template::SplitSheet, &none), ["clauses"]);
    }
}
