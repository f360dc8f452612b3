//! The agreement as PDF and as HTML.

use askama::Template as _;
use serde::Serialize;

use super::execution::{Executed, Stage};
use super::model::Agreement;
use super::rebuild;
use super::text::{AgreementText, SignatureLine, text};
use crate::error::DocumentError;
use crate::legible::{breakable_between_hyphens as breakable, with_whole_codes};
use crate::words::{Block, Clause, Fact, map_strings};
use crate::world::{EmbeddedFile, Metadata, Pdf, Relationship, Typesetter, engine_version, sha256_hex};

/// The typst source of agreements.
const TEMPLATE: &str = include_str!("../../templates/agreement.typ");

/// Style of [`html`], for pages that embed it: that of all contracts.
pub const AGREEMENT_CSS: &str = crate::licence::CONTRACT_CSS;

/// What the typst template reads from `/data.json`.
#[derive(Serialize)]
struct Data<'a> {
    families: &'a [String],
    text: &'a AgreementText,
    author: &'a str,
    keywords: Vec<&'a str>,
    executed: Option<Executed>,
}

#[derive(askama::Template)]
#[template(path = "agreement.html")]
struct Article<'a> {
    text: &'a AgreementText,
}

/// The agreement as an HTML `<article class="contract">`: the whole text, each clause beside its plain-language summary. Style it with
/// [`AGREEMENT_CSS`].
///
/// # Errors
/// [`DocumentError::Invalid`] when a value is missing or contradicts another.
pub fn html(agreement: &Agreement) -> Result<String, DocumentError> {
    Ok(Article { text: &text(agreement)? }.render()?)
}

/// Typesets an agreement as PDF/A-3b, with `agreement.json` in it; executed also with the marks of the signatures, a page of evidence,
/// `evidence.json`, and `execution.json`, so that it can be [made again](super::rebuild()). The same arguments give the same bytes.
///
/// # Errors
/// [`DocumentError::Invalid`] when a value is missing or contradicts another, or a signature is missing.
pub fn typeset(agreement: &Agreement, stage: Stage<'_>) -> Result<Pdf, DocumentError> {
    let typesetter = Typesetter::worldwide();
    let text = text(agreement)?;
    let text_sha256 = text.sha256();
    let json = agreement.canonical_json()?;
    let template_sha256 = template_sha256(agreement);
    let record;
    let mut embedded = vec![EmbeddedFile {
        name: rebuild::AGREEMENT,
        media_type: "application/json",
        relationship: Relationship::Source,
        description: "The agreement for machines",
        bytes: json.as_bytes(),
    }];
    let midnight = agreement.dated.and_time(chrono::NaiveTime::MIN).and_utc();
    let (executed, ident, created_at) = match stage {
        Stage::Unsigned => (None, agreement.reference.number.as_deref().unwrap_or(&text_sha256), midnight),
        Stage::Executed(execution) => {
            record = rebuild::record(&template_sha256, execution)?;
            for (name, description, json) in [
                (rebuild::EVIDENCE, "How the agreement was signed, for machines", &execution.evidence_json),
                (rebuild::EXECUTION, "What the document shows of it, to make it again", &record),
            ] {
                embedded.push(EmbeddedFile {
                    name,
                    media_type: "application/json",
                    relationship: Relationship::Supplement,
                    description,
                    bytes: json.as_bytes(),
                });
            }
            let executed = Executed::new(agreement, &text, execution)?;
            (Some(executed), execution.reference.as_str(), execution.executed_at)
        }
    };
    let laid_out = narrowed(&text)?;
    let data = Data {
        families: typesetter.families(),
        text: &laid_out,
        author: text.signatures.first().map_or("", |line| line.name.as_str()),
        keywords: vec![ident, &text_sha256],
        executed,
    };
    let bytes = typesetter.render_with(TEMPLATE, &data, &Metadata { ident, created_at }, &embedded)?;
    Ok(Pdf { sha256: sha256_hex(&bytes), template_sha256, text_sha256, engine_version: engine_version(), bytes })
}

/// The text with break chances by the width of its columns in the template: longest words that fit, in capitals of usual width.
fn narrowed(text: &AgreementText) -> Result<AgreementText, DocumentError> {
    const TITLE: usize = 18;
    const FACT: usize = 20;
    const BODY: usize = 30;
    const CELL: usize = 11;
    const SIGNATURE: usize = 22;
    let facts = |facts: &[Fact]| {
        let narrow = |fact: &Fact| Fact { value: breakable(&fact.value, FACT), ..fact.clone() };
        facts.iter().map(narrow).collect()
    };
    let cells = |row: &Vec<String>| row.iter().map(|cell| breakable(cell, CELL)).collect();
    let clause = |clause: &Clause| Clause {
        body: clause
            .body
            .iter()
            .map(|block| match block {
                Block::Table { head, rows } => {
                    Block::Table { head: head.clone(), rows: rows.iter().map(cells).collect() }
                }
                other => other.clone(),
            })
            .collect(),
        ..clause.clone()
    };
    let narrow = AgreementText {
        title: breakable(&text.title, TITLE),
        facts: facts(&text.shown_facts().cloned().collect::<Vec<_>>()),
        terms: facts(&text.terms),
        clauses: text.clauses.iter().map(clause).collect(),
        signatures: text
            .signatures
            .iter()
            .map(|line| SignatureLine { name: breakable(&line.name, SIGNATURE), ..line.clone() })
            .collect(),
        ..text.clone()
    };
    map_strings(&narrow, &|value| breakable(&with_whole_codes(value), BODY))
}

/// SHA-256 over the template and the texts of a language, each preceded by its length so that no two pairs collide.
pub(super) fn template_sha256(agreement: &Agreement) -> String {
    let mut bytes = Vec::new();
    for part in [TEMPLATE, agreement.language.agreement_source()] {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    sha256_hex(&bytes)
}
