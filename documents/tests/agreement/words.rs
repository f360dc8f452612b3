//! What agreements say, and that every form of them says the same.

use documents::agreement::{
    Agreement, ClauseEdits, Stage, Template, Terms, concerns, diff, from_json, html, schema, template_clauses, text,
    typeset,
};
use documents::{Language, Typesetter};
use serde_json::json;

use crate::samples::{changed, example, example_json, html_text, letters, pdf_text};

#[test]
fn the_words_of_each_template_are_these() {
    for template in Template::ALL {
        insta::assert_snapshot!(template.code(), text(&example(template)).unwrap().plain());
    }
}

#[test]
fn no_agreement_leaves_a_value_open_or_a_character_unshown() {
    for template in Template::ALL {
        let plain = text(&example(template)).unwrap().plain();
        assert!(!plain.contains('{') && !plain.contains('}'), "{template:?}: a value was not put in");
        assert!(!plain.contains("[U+"), "{template:?}: a character is spelled out");
    }
}

#[test]
fn the_pdf_and_the_page_say_the_same() {
    for template in Template::ALL {
        let agreement = example(template);
        let pdf = letters(&pdf_text(&typeset(&agreement, Stage::Unsigned).unwrap().bytes));
        let page = letters(&html_text(&html(&agreement).unwrap()));
        let text = text(&agreement).unwrap();
        let mut sentences = 0;
        for clause in &text.clauses {
            for sentence in clause.sentences().chain([clause.summary.as_str(), &clause.heading]) {
                let sentence = letters(sentence);
                assert!(page.contains(&sentence), "{template:?}: the page lacks {sentence}");
                // Right-to-left words and those of other fonts stand in an order of their own in the file: `outside.rs` asks pdftotext.
                if !sentence.chars().all(|c| (c as u32) < 0x590) {
                    continue;
                }
                let in_two_parts = || {
                    sentence.char_indices().any(|(at, _)| {
                        let (first, second) = sentence.split_at(at);
                        pdf.contains(first) && pdf.contains(second)
                    })
                };
                assert!(pdf.contains(&sentence) || in_two_parts(), "{template:?}: the PDF lacks {sentence}");
                sentences += 1;
            }
        }
        assert!(sentences > 50, "{template:?}: {sentences}");
    }
}

#[test]
fn every_template_states_what_an_agreement_must() {
    for template in Template::ALL {
        let clauses = text(&example(template)).unwrap().clauses;
        let has = |id: &str| clauses.iter().any(|clause| clause.id == id);
        for id in ["payment", "credit", "revisions", "term", "law", "samples"] {
            assert!(has(id), "{template:?} lacks {id}");
        }
        assert!(has("ownership") || (has("composition") && has("master")), "{template:?} states no shares");
        assert!(clauses.iter().all(|clause| !clause.summary.is_empty() && !clause.body.is_empty()));
        let numbers: Vec<u16> = clauses.iter().map(|clause| clause.number).collect();
        assert_eq!(numbers, (1..=u16::try_from(clauses.len()).unwrap()).collect::<Vec<_>>());
    }
}

#[test]
fn the_same_agreement_gives_the_same_bytes() {
    let agreement = example(Template::SplitSheet);
    let first = typeset(&agreement, Stage::Unsigned).unwrap();
    let restored = from_json(&agreement.canonical_json().unwrap()).unwrap();
    assert_eq!(first, typeset(&restored, Stage::Unsigned).unwrap());
    assert_eq!(first.sha256, documents::world::sha256_hex(&first.bytes));
    assert_eq!(first.text_sha256, text(&agreement).unwrap().sha256());
    assert!(String::from_utf8_lossy(&first.bytes).contains("pdfaid:part>3<"));
}

#[test]
fn canonical_json_is_stable_and_travels_in_the_file() {
    for template in Template::ALL {
        let agreement = example(template);
        let canonical = agreement.canonical_json().unwrap();
        assert_eq!(from_json(&canonical).unwrap(), agreement);
        assert_eq!(from_json(&canonical).unwrap().canonical_json().unwrap(), canonical);
        let files = documents::seal::attachments(&typeset(&agreement, Stage::Unsigned).unwrap().bytes).unwrap();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].attachment.name, "agreement.json");
        assert_eq!(files[0].bytes, canonical.as_bytes());
    }
}

#[test]
fn names_of_three_scripts_have_fonts() {
    let fonts = Typesetter::worldwide();
    for name in [
        "Łucja Wiśniewska-Błażejczyk",
        "ليلى بنت عبد الله الهاشمي",
        "山田 太郎",
        "田中 美咲",
        "שרה כהן",
        "Ελένη",
        "Юрий",
    ] {
        assert!(fonts.illegible(name).is_empty(), "{name}");
    }
    assert_eq!(fonts.illegible("🔥"), ['🔥']);
}

#[test]
fn a_change_concerns_those_whom_it_touches() {
    let before = example(Template::SplitSheet);
    let touched = |json: String| -> Vec<usize> {
        let after = from_json(&json).unwrap();
        (0..4).filter(|party| concerns(&before, *party).unwrap() != concerns(&after, *party).unwrap()).collect()
    };
    let swap = changed(Template::SplitSheet, |value| {
        let writers = &mut value["terms"]["composition"]["writers"];
        writers[0]["share_ppm"] = json!(350_000);
        writers[1]["share_ppm"] = json!(316_667);
    });
    assert_eq!(touched(swap), [0, 1]);
    let publisher = changed(Template::SplitSheet, |value| {
        value["terms"]["composition"]["writers"][2]["publishers"][0]["name"] = json!("Shinjuku Music");
    });
    assert_eq!(touched(publisher), [2]);
    // Points on net receipts are paid before the owners divide.
    let points =
        changed(Template::SplitSheet, |value| value["terms"]["master"]["points"][0]["hundredths"] = json!(400));
    assert_eq!(touched(points), [0, 1, 3]);
    // On which base somebody else is paid is for them and the owners.
    let [one, other] = ["net_receipts", "dealer_price"].map(|base| {
        let json = changed(Template::SplitSheet, |value| {
            let points = value["terms"]["master"]["points"].as_array_mut().unwrap();
            points.push(json!({ "party": 2, "hundredths": 100, "base": base }));
        });
        from_json(&json).unwrap()
    });
    let differs = |party: &usize| concerns(&one, *party).unwrap() != concerns(&other, *party).unwrap();
    assert_eq!((0..4).filter(differs).collect::<Vec<usize>>(), [0, 2, 3]);
    let credit = changed(Template::SplitSheet, |value| value["general"]["credit"][1]["line"] = json!("with Layla"));
    assert_eq!(touched(credit), [1]);
    let mail = changed(Template::SplitSheet, |value| value["parties"][2]["email"] = json!("taro2@yamada.example"));
    assert_eq!(touched(mail), [2]);
    let law = changed(Template::SplitSheet, |value| value["general"]["governing_law"] = json!("Japan"));
    assert_eq!(touched(law), [0, 1, 2, 3]);
    assert_eq!(touched(example_json(Template::SplitSheet).to_owned()), Vec::<usize>::new());
    assert!(concerns(&before, 4).is_err());
}

#[test]
fn the_work_that_money_follows_is_signed_by_its_id_and_shown_by_its_title() {
    let of = |work: &str| {
        from_json(&changed(Template::SplitSheet, |value| value["reference"]["work"] = json!(work))).unwrap()
    };
    let [one, other] = ["work_0197a4c2", "work_0197a4c3"].map(of);
    let line = "Work in the catalogue: work_0197a4c2";
    assert!(text(&one).unwrap().plain().lines().any(|said| said == line));
    let title = match &one.terms {
        Terms::SplitSheet(sheet) => letters(&sheet.composition.title),
        other => panic!("no split sheet: {other:?}"),
    };
    let page = html(&one).unwrap();
    assert!(!page.contains("work_0197a4c2") && letters(&html_text(&page)).contains(&title), "{page}");
    let printed = letters(&pdf_text(&typeset(&one, Stage::Unsigned).unwrap().bytes));
    assert!(!printed.contains("work0197a4c2") && printed.contains(&title), "{printed}");
    assert!(one.canonical_json().unwrap().contains("work_0197a4c2"), "machines read it in what is attached");
    assert_ne!(text(&one).unwrap().sha256(), text(&other).unwrap().sha256());
    // It concerns everybody, so that no signature outlasts another work.
    assert!((0..4).all(|party| concerns(&one, party).unwrap() != concerns(&other, party).unwrap()));
    assert!(!text(&example(Template::SplitSheet)).unwrap().plain().contains("Work in the catalogue"));
}

#[test]
fn another_work_is_told_by_its_title() {
    let named = |work: &str, title: &str| {
        from_json(&changed(Template::SplitSheet, |value| {
            value["reference"]["work"] = json!(work);
            value["terms"]["composition"]["title"] = json!(title);
        }))
        .unwrap()
    };
    let told = |before: &Agreement, after: &Agreement| {
        let changes = diff(before, after).unwrap();
        let of_work = changes.into_iter().find(|change| change.path == "reference.work").unwrap();
        (of_work.before.unwrap(), of_work.after.unwrap())
    };
    let first = named("work_0197a4c2", "Night Drive");
    let (before, after) = told(&first, &named("work_0197a4c3", "Copper Sky"));
    assert_eq!((before.as_str(), after.as_str()), ("Night Drive", "Copper Sky"));
    let (before, after) = told(&first, &named("work_0197a4c3", "Night Drive"));
    assert_eq!((before.as_str(), after.as_str()), ("Night Drive", "another work that is called the same"));
}

#[test]
fn differences_are_told_in_words() {
    let before = example(Template::SplitSheet);
    assert_eq!(diff(&before, &before).unwrap(), []);
    let after = from_json(&changed(Template::SplitSheet, |value| {
        value["terms"]["composition"]["writers"][0]["share_ppm"] = json!(366_667);
        value["terms"]["composition"]["writers"][2]["share_ppm"] = json!(366_666);
        value["terms"]["master"]["performers"].as_array_mut().unwrap().remove(0);
        value["terms"]["effective_on"] = json!("2027-01-01");
        value["general"]["credit"][0]["line"] = json!("Produced by Noctua");
        value["general"]["revision_limit"] =
            json!({ "rounds": 2, "extra": { "minor_units": 5000, "currency": "EUR", "decimals": 2 } });
    }))
    .unwrap();
    let told: Vec<String> = diff(&before, &after)
        .unwrap()
        .into_iter()
        .map(|change| format!("{} [{}]: {:?} -> {:?}", change.label, change.path, change.before, change.after))
        .collect();
    insta::assert_snapshot!("differences", told.join("\n"));
}

#[test]
fn a_sample_that_is_cleared_for_leases_says_so() {
    let json = changed(Template::SplitSheet, |value| {
        value["general"]["samples"][0]["clearance"] = json!("cleared_for_leases");
    });
    let plain = text(&from_json(&json).unwrap()).unwrap().plain();
    assert!(plain.contains("1962: cleared for licences that are not exclusive; it must be cleared further"), "{plain}");
}

#[test]
fn only_points_on_net_receipts_are_said_to_come_before_the_owners() {
    let said = |points: serde_json::Value| {
        let json = changed(Template::SplitSheet, |value| value["terms"]["master"]["points"] = points);
        text(&from_json(&json).unwrap()).unwrap().plain()
    };
    let (receipts, others) = ("Points on net receipts are paid first", "nothing of it is owed for them");
    let point = |base: &str| json!({ "party": 1, "hundredths": 350, "base": base });
    let plain = said(json!([point("net_receipts")]));
    assert!(plain.contains(receipts) && !plain.contains(others), "{plain}");
    let plain = said(json!([point("dealer_price")]));
    assert!(!plain.contains(receipts) && plain.contains(others), "{plain}");
    let plain = said(json!([point("dealer_price"), point("net_receipts")]));
    assert!(plain.contains(receipts) && plain.contains(others), "{plain}");
    let plain = said(json!([]));
    assert!(!plain.contains(receipts) && !plain.contains(others), "{plain}");
}

#[test]
fn where_nothing_is_paid_nothing_waits_for_a_payment() {
    let free = json!({ "minor_units": 0, "currency": "EUR", "decimals": 2 });
    for template in [Template::Producer, Template::MixMaster, Template::WorkForHire, Template::ComposerForHire] {
        let json = changed(template, |value| {
            let price = if template == Template::Producer { "advance" } else { "fee" };
            value["terms"][price] = free.clone();
            value["terms"]["points"] = json!([]);
            if template != Template::Producer && template != Template::MixMaster {
                value["terms"].as_object_mut().unwrap().remove("points");
            }
            value["general"]["payment_terms"]["due_days"] = json!(0);
            value["general"]["revision_limit"] = json!({ "rounds": 1, "extra": free });
        });
        let plain = text(&from_json(&json).unwrap()).unwrap().plain();
        for wrong in ["0.00", "has been paid", "are paid for", "is paid for", "is paid.", "fee is all", "within 0"] {
            let told = plain.lines().filter(|line| line.contains(wrong) && !line.contains("No "));
            assert_eq!(told.collect::<Vec<_>>(), Vec::<&str>::new(), "{template:?}: {wrong}");
        }
        assert!(plain.contains("when they are delivered."), "{template:?}: {plain}");
        assert!(plain.contains("Advance: none") || plain.contains("Fee: none"), "{template:?}: {plain}");
        assert!(plain.contains("on receipt of an invoice") && plain.contains("Further rounds cost nothing more."));
    }
}

#[test]
fn the_fee_is_invoiced_once_and_paid_as_the_clause_on_payment_says() {
    let said = |deposit_ppm: u32| {
        let json = changed(Template::MixMaster, |value| value["terms"]["deposit_ppm"] = json!(deposit_ppm));
        text(&from_json(&json).unwrap()).unwrap().plain()
    };
    let (before, after) = ("invoiced on signing, and the work begins when it is paid", "on delivery.");
    for (deposit_ppm, invoiced_before, invoiced_after) in
        [(0, false, true), (500_000, true, true), (1_000_000, true, false)]
    {
        let plain = said(deposit_ppm);
        let fee = plain.split_once("5. Fee").unwrap().1.split_once("6. Royalty").unwrap().0;
        assert_eq!((fee.contains(before), fee.contains(after)), (invoiced_before, invoiced_after), "{fee}");
        assert_eq!(fee.contains("at least what is invoiced on signing"), invoiced_before, "{fee}");
        assert!(!fee.contains("due") && plain.contains("is paid within 30 days after an invoice"), "{plain}");
    }
}

#[test]
fn what_has_no_end_says_nothing_of_after_it() {
    for template in Template::ALL {
        let agreement = example(template);
        let plain = text(&agreement).unwrap().plain();
        assert_eq!(plain.contains("before the end stays owed"), agreement.term_ends_on().is_some(), "{template:?}");
    }
}

#[test]
fn no_cell_is_a_dash() {
    for template in Template::ALL {
        let plain = text(&example(template)).unwrap().plain();
        assert!(plain.split(['\n', '|']).all(|cell| cell.trim() != "–"), "{template:?}: {plain}");
    }
}

#[test]
fn a_renamed_party_is_one_change() {
    let before = example(Template::MixMaster);
    let after = from_json(&changed(Template::MixMaster, |value| value["parties"][0]["name"] = json!("Tanaka Studios")))
        .unwrap();
    let changes = diff(&before, &after).unwrap();
    assert!(changes.iter().any(|change| change.path == "parties[0].name"), "{changes:?}");
}

#[test]
fn the_schema_describes_the_examples_fields() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    assert_eq!(schema["title"], "Agreement");
    assert_eq!(schema["$defs"]["Terms"]["oneOf"].as_array().unwrap().len(), Template::ALL.len());
    // Every field that a document can have has a name for the list of differences.
    let texts = Language::En.agreement_texts();
    let mut names = std::collections::BTreeSet::new();
    collect(&schema, &mut names);
    for name in names {
        assert!(texts.say(&format!("field.{name}"), &[]).is_ok(), "field.{name} has no words");
    }
}

fn collect(schema: &serde_json::Value, names: &mut std::collections::BTreeSet<String>) {
    match schema {
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        serde_json::Value::Object(fields) => {
            if let Some(properties) = fields.get("properties").and_then(|properties| properties.as_object()) {
                names.extend(properties.keys().cloned());
            }
            fields.values().for_each(|field| collect(field, names));
        }
        _ => {}
    }
}

#[test]
fn forms_can_ask_for_the_clauses_of_a_template() {
    for template in Template::ALL {
        let clauses = template_clauses(template, Language::En).unwrap();
        assert!(clauses.iter().any(|clause| clause.essential) && clauses.iter().any(|clause| !clause.essential));
        assert!(clauses.iter().all(|clause| !clause.heading.is_empty()));
    }
}

#[test]
fn what_is_told_of_a_clause_without_an_agreement_stands_in_every_agreement() {
    for template in Template::ALL {
        let agreement = Agreement { clauses: ClauseEdits::default(), ..example(template) };
        let (told, written) = (template_clauses(template, Language::En).unwrap(), text(&agreement).unwrap().clauses);
        assert_eq!(told.len(), written.len(), "{template:?}");
        for (told, written) in told.iter().zip(&written) {
            assert_eq!((told.id, &told.heading), (written.id.as_str(), &written.heading));
            if let Some(summary) = &told.summary {
                assert_eq!(summary, &written.summary, "{template:?}: {}", told.id);
            }
            if let Some(text) = &told.text {
                assert_eq!(
                    text.iter().map(String::as_str).collect::<Vec<_>>(),
                    written.sentences().collect::<Vec<_>>()
                );
            }
        }
        for id in ["warranty", "changes", "disputes", "signing", "whole"] {
            let clause = told.iter().find(|clause| clause.id == id).unwrap();
            assert!(clause.text.is_some() && clause.summary.is_some(), "{template:?}: {id}");
        }
    }
}
