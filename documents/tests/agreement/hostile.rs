//! Data that wants to be more than data: markup, any script, any length.

use documents::agreement::{Stage, Template, from_json, html, text, typeset};
use serde_json::{Value, json};

use crate::samples::{changed, execution, html_text, letters, pdf_text};

const MARKUP: &str = r#"#eval("1+1") $x^2$ `raw` \ *b* _i_ <label> @ref {title} </script><b>&amp; #pagebreak() #read("/data.json") #panic("x") = H"#;

/// Puts the text wherever a template takes words of others.
fn everywhere(value: &mut Value, text: &str) {
    value["title"] = json!(text);
    for party in value["parties"].as_array_mut().expect("parties") {
        party["name"] = json!(text);
        party["legal_name"] = json!(text.chars().skip(1).collect::<String>());
        party["address"] = json!(text);
        party["pro"] = json!(text);
    }
    let general = &mut value["general"];
    general["territory"] = json!(text);
    general["governing_law"] = json!(text);
    general["payment_terms"]["notes"] = json!(text);
    general["credit"] = json!([{ "party": 0, "line": text }]);
    general["samples"] = json!([{ "title": text, "source": text, "clearance": "cleared" }]);
    let terms = &mut value["terms"];
    for list in ["recordings", "songs", "formats", "results", "works"] {
        if terms[list].is_array() {
            terms[list] = json!([text, text]);
        }
    }
    for words in ["services", "project"] {
        if terms[words].is_string() && terms[words] != "mix_and_master" {
            terms[words] = json!(text);
        }
    }
    if terms["composition"].is_object() {
        terms["composition"]["title"] = json!(text);
        for list in ["featured", "performers", "mixers"] {
            terms["master"][list] = json!([{ "name": text, "part": text }]);
        }
        terms["composition"]["writers"][0]["publishers"][0]["name"] = json!(text);
    }
    value["clauses"] = json!({
        "added": [{ "id": "own", "heading": text, "body": [text], "summary": text }],
        "replaced": { "law": [text] },
        "summaries": { "term": text },
    });
}

fn typesets(template: Template, words: &str) -> Vec<u8> {
    let json = changed(template, |value| everywhere(value, words));
    let agreement = from_json(&json).unwrap_or_else(|error| panic!("{template:?} {words:?}: {error}"));
    let execution = execution(&agreement);
    let shown: String = words.chars().take(60).collect();
    let pdf = typeset(&agreement, Stage::Executed(&execution))
        .unwrap_or_else(|error| panic!("{template:?} {shown:?}: {error}"));
    pdf.bytes
}

#[test]
fn markup_in_a_value_is_only_text() {
    for template in Template::ALL {
        let pdf = pdf_text(&typesets(template, MARKUP));
        assert!(letters(&pdf).contains(&letters(MARKUP)), "{template:?}");
        let agreement = from_json(&changed(template, |value| everywhere(value, MARKUP))).unwrap();
        let page = html(&agreement).unwrap();
        assert!(!page.contains("<b>") && !page.contains("</script>"), "{template:?}");
        assert!(html_text(&page).contains(MARKUP), "{template:?}");
    }
}

#[test]
fn any_script_leaves_an_agreement() {
    let names = [
        "山田 太郎",
        "ليلى بنت عبد الله",
        "👨\u{200d}👩\u{200d}👧 family 🔥",
        "e\u{301}\u{20dd}\u{1ab0}",
        "\u{202e}evil\u{0}\u{7}\u{fffd}\u{e000}\u{10ffff}",
        "Zoë Ðảng Nguyễn Ŵ ẞ ﬁ Ω Ж",
        "שרה כהן",
        "ไทย हिन्दी 한국어",
    ];
    for (name, template) in names.into_iter().zip(Template::ALL.into_iter().cycle()) {
        typesets(template, name);
        typesets(Template::SplitSheet, name);
    }
}

#[test]
fn any_length_leaves_an_agreement_or_is_refused_by_name() {
    for words in ["W".repeat(1_000), "word ".repeat(200), "ш".repeat(1_000), "漢".repeat(1_000)] {
        typesets(Template::SplitSheet, &words);
        typesets(Template::Collaboration, &words);
    }
    let agreement = from_json(&changed(Template::SplitSheet, |value| {
        value["general"]["governing_law"] = json!("x".repeat(10_000));
        value["general"]["payment_terms"]["notes"] = json!("word ".repeat(2_000));
    }))
    .unwrap();
    assert!(typeset(&agreement, Stage::Unsigned).is_ok());
}

#[test]
fn characters_that_steer_are_taken_out_and_emoji_spelled() {
    let json = changed(Template::MixMaster, |value| {
        value["title"] = json!("Fire 🔥 \u{202e}gnp.exe");
        value["parties"][0]["name"] = json!("\u{202e}live\u{2066}");
    });
    let text = text(&from_json(&json).unwrap()).unwrap();
    assert_eq!(text.title, "Fire [U+1F525] gnp.exe");
    assert!(!text.plain().contains('\u{202e}') && !text.plain().contains('\u{2066}'));
}

#[test]
fn fifty_parties_stand_in_one_agreement() {
    let json = changed(Template::SplitSheet, |value| {
        let parties: Vec<Value> = (0..50)
            .map(|index| json!({ "name": format!("Writer {index}"), "role": "writer", "email": format!("w{index}@example.org") }))
            .collect();
        let shares: Vec<Value> = (0..50).map(|index| json!({ "party": index, "share_ppm": 20_000 })).collect();
        let writers: Vec<Value> =
            (0..50).map(|index| json!({ "party": index, "role": "CA", "share_ppm": 20_000 })).collect();
        value["parties"] = json!(parties);
        value["terms"]["composition"]["writers"] = json!(writers);
        value["terms"]["master"]["owners"] = json!(shares);
    });
    let agreement = from_json(&json).unwrap();
    assert!(text(&agreement).unwrap().between.contains("49 others"));
    assert!(typeset(&agreement, Stage::Executed(&execution(&agreement))).is_ok());
}
