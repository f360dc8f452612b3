//! The examples, executions of them, and what can be read out of a finished file.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use documents::agreement::{Agreement, EvidenceLine, Execution, Mark, Signature, Template, from_json, text};
use documents::world::sha256_hex;
use serde_json::Value;

/// The committed example of a template.
pub(crate) fn example_json(template: Template) -> &'static str {
    match template {
        Template::SplitSheet => include_str!("../../examples/agreements/split_sheet.json"),
        Template::Producer => include_str!("../../examples/agreements/producer.json"),
        Template::MixMaster => include_str!("../../examples/agreements/mix_master.json"),
        Template::WorkForHire => include_str!("../../examples/agreements/work_for_hire.json"),
        Template::Collaboration => include_str!("../../examples/agreements/collaboration.json"),
        Template::ComposerForHire => include_str!("../../examples/agreements/composer_for_hire.json"),
    }
}

pub(crate) fn example(template: Template) -> Agreement {
    from_json(example_json(template)).unwrap_or_else(|error| panic!("{template:?}: {error}"))
}

/// An example with one place of its JSON changed.
pub(crate) fn changed(template: Template, change: impl FnOnce(&mut Value)) -> String {
    let mut value: Value = serde_json::from_str(example_json(template)).expect("the example is JSON");
    change(&mut value);
    value.to_string()
}

/// A curve that looks like a hand's: arcs up and down, flatter and flatter.
fn stroke(seed: u16) -> Vec<(u16, u16)> {
    (0..120_u16)
        .map(|step| {
            let (arc, phase) = (step / 12, step % 12);
            let height = phase * (12 - phase) * (14 + seed % 6 - arc) / 5;
            (40 + step * 7, if arc % 2 == 0 { 150 - height } else { 150 + height })
        })
        .collect()
}

/// Everybody has signed, in turn drawing and typing; the second on behalf of the party.
pub(crate) fn execution(agreement: &Agreement) -> Execution {
    let begin: DateTime<Utc> = Utc.with_ymd_and_hms(2026, 11, 28, 9, 15, 0).unwrap();
    let shown = text(agreement).expect("the agreement is valid").sha256();
    let mut at = begin;
    let mut signatures = Vec::new();
    let mut evidence = Vec::new();
    for (party, signer) in agreement.parties.iter().enumerate().filter(|(_, party)| party.signs) {
        let name = if party == 1 { "Zofia Żelazna-Kwiatkowska".to_owned() } else { signer.name.clone() };
        for what in [
            "opened the link",
            "entered the code",
            "was shown version 2",
            "consented to electronic records",
            "signed version 2",
        ] {
            at += TimeDelta::seconds(47);
            evidence.push(EvidenceLine {
                seq: i32::try_from(evidence.len() + 1).expect("few lines"),
                at,
                what: what.to_owned(),
                who: name.clone(),
                ip: Some("203.0.113.7".to_owned()),
                hash: sha256_hex(format!("{party} {what}").as_bytes()),
            });
        }
        let mark = if party % 2 == 0 {
            Mark::Drawn(vec![stroke(u16::try_from(party).expect("few parties")), vec![(100, 220), (880, 190)]])
        } else {
            Mark::Typed(name.clone())
        };
        signatures.push(Signature {
            party,
            name,
            on_behalf: party == 1,
            representative: None,
            confirmed_name: None,
            mark,
            signed_at: at,
            ip: "203.0.113.7".to_owned(),
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(),
            version: 2,
            shown_sha256: shown.clone(),
            consent_version: "2026-11".to_owned(),
        });
    }
    Execution {
        reference: agreement.reference.number.clone().unwrap_or_default(),
        executed_at: at,
        verify_url: "https://studio.example/verify/AG-7K3M9Q2X".to_owned(),
        signatures,
        evidence_json: r#"{"format":"test"}"#.to_owned(),
        evidence_head: evidence.last().map(|line| line.hash.clone()).unwrap_or_default(),
        evidence,
        supersedes: None,
    }
}

/// Letters and digits alone: line breaks, bullets and hyphens are the layout's.
pub(crate) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The text between tags, with entities read back.
pub(crate) fn html_text(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    text.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&")
}

/// The text of a PDF, page after page.
pub(crate) fn pdf_text(pdf: &[u8]) -> String {
    let document = lopdf::Document::load_mem(pdf).expect("our PDF can be read");
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    pages.iter().map(|page| document.extract_text(&[*page]).expect("its text can be extracted")).collect()
}
