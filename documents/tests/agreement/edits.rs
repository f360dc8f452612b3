//! What a studio changes in a template's clauses.

use documents::agreement::{Template, from_json, html, text};
use serde_json::json;

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
