//! A stand-in for the documents, for tests of what the domain does with them: it reads the same fields of the JSON, typesets nothing, and its
//! text is the JSON itself.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{
    document::{
        DocumentChange, DocumentProblem, DocumentStage, PartyReading, Reading, SplitReading, Template, TemplateFacts,
    },
    evidence::canonical,
};
use crate::{
    catalog::Sha256,
    ports::{AgreementDocuments, ContractPdf, PortError},
    share::Share,
};

/// Documents without templates.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainDocuments;

fn problem(path: &str, message: impl Into<String>) -> Vec<DocumentProblem> {
    vec![DocumentProblem {
        path: path.to_owned(),
        code: "BAD".to_owned(),
        message: message.into(),
        remedy: String::new(),
    }]
}

fn parsed<T: serde::de::DeserializeOwned>(value: &Value, path: &str) -> Result<T, Vec<DocumentProblem>> {
    serde_json::from_value(value.clone()).map_err(|cause| problem(path, cause.to_string()))
}

/// One side's shares, which must be whole.
fn side(rows: &Value, path: &str) -> Result<Vec<(usize, Share)>, Vec<DocumentProblem>> {
    let mut shares = Vec::new();
    for row in rows.as_array().into_iter().flatten() {
        shares.push((parsed(&row["party"], path)?, parsed(&row["share_ppm"], path)?));
    }
    let parts: Vec<Share> = shares.iter().map(|(_, share)| *share).collect();
    Share::require_whole(&parts).map_err(|cause| problem(path, cause.to_string()))?;
    Ok(shares)
}

fn own(rows: &Value, party: usize) -> Vec<&Value> {
    rows.as_array().into_iter().flatten().filter(|row| row["party"] == json!(party)).collect()
}

impl AgreementDocuments for PlainDocuments {
    fn read(&self, json: &str) -> Result<Reading, Vec<DocumentProblem>> {
        let document: Value = serde_json::from_str(json).map_err(|cause| problem("", cause.to_string()))?;
        let terms = &document["terms"];
        let template: Template = parsed(&terms["template"], "terms.template")?;
        let (writers, owners) = (&terms["composition"]["writers"], &terms["master"]["owners"]);
        let mut parties = Vec::new();
        for (index, row) in document["parties"].as_array().into_iter().flatten().enumerate() {
            let concerns = json!([document["general"], row, own(writers, index), own(owners, index)]);
            parties.push(PartyReading {
                name: parsed(&row["name"], "parties.name")?,
                email: parsed(&row["email"], "parties.email")?,
                signs: parsed(&row["signs"], "parties.signs")?,
                concerns_sha256: Sha256::of(canonical(&concerns).as_bytes()),
                facts: parsed(row, "parties")?,
            });
        }
        let splits = if template == Template::SplitSheet {
            Some(SplitReading {
                work: parsed(&document["reference"]["work"], "reference.work")?,
                title: parsed(&terms["composition"]["title"], "terms.composition.title")?,
                effective_on: parsed(&terms["effective_on"], "terms.effective_on")?,
                composition: side(writers, "terms.composition.writers")?,
                master: side(owners, "terms.master.owners")?,
                owners: side(owners, "terms.master.owners")?,
            })
        } else {
            None
        };
        let canonical_json = canonical(&document);
        Ok(Reading {
            template,
            title: parsed(&document["title"], "title")?,
            text_sha256: Sha256::of(canonical_json.as_bytes()),
            canonical_json,
            parties,
            term_ends_on: parsed(&document["general"]["term"]["ends_on"], "general.term.ends_on")?,
            splits,
        })
    }

    fn illegible(&self, text: &str) -> Vec<char> {
        // As if there were no font for Hangul and emoji.
        text.chars().filter(|c| matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{1f000}'..)).collect()
    }

    fn template(&self, template: Template) -> Result<TemplateFacts, PortError> {
        Ok(TemplateFacts { name: template.to_string(), clauses: Vec::new() })
    }

    fn read_edits(&self, _: Template, json: &str) -> Result<Map<String, Value>, Vec<DocumentProblem>> {
        let mut edits: Map<String, Value> =
            serde_json::from_str(json).map_err(|cause| problem("clauses", cause.to_string()))?;
        let off = edits.get("off").and_then(Value::as_array);
        if let Some(place) = off.and_then(|off| off.iter().position(|id| id == "parties")) {
            return Err(problem(&format!("clauses.off[{place}]"), "parties is essential"));
        }
        edits.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
        Ok(edits)
    }

    fn html(&self, json: &str) -> Result<String, PortError> {
        Ok(format!("<pre>{}</pre>", json.replace('&', "&amp;").replace('<', "&lt;")))
    }

    fn diff(&self, before: &str, after: &str) -> Result<Vec<DocumentChange>, PortError> {
        let change = || DocumentChange {
            label: "The document".to_owned(),
            path: String::new(),
            before: Some(before.to_owned()),
            after: Some(after.to_owned()),
        };
        Ok((before != after).then(change).into_iter().collect())
    }

    fn typeset(&self, json: &str, _: DocumentStage<'_>) -> Result<ContractPdf, PortError> {
        Ok(ContractPdf {
            bytes: Bytes::copy_from_slice(json.as_bytes()),
            template_sha256: Sha256::of(b"plain"),
            text_sha256: Sha256::of(json.as_bytes()),
            engine_version: "plain".to_owned(),
        })
    }
}
