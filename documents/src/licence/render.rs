//! The contract as PDF and as HTML.

use askama::Template;
use serde::Serialize;

use super::model::{LicenceContract, Stage};
use super::text::{ContractText, contract_text, contract_text_with};
use crate::error::DocumentError;
use crate::legible::breakable;
use crate::texts::Language;
use crate::words::{Block, Fact, map_strings};
use crate::world::{EmbeddedFile, Metadata, Pdf, Typesetter, engine_version, sha256_hex};

/// The typst source of the contract.
const TEMPLATE: &str = include_str!("../../templates/licence.typ");

/// Style of [`preview_html`], for pages that embed it. Every rule is confined to `.contract`.
pub const CONTRACT_CSS: &str = include_str!("../../templates/licence.css");

/// What the typst template reads from `/data.json`.
#[derive(Serialize)]
struct Data<'a> {
    families: &'a [String],
    text: &'a ContractText,
    keywords: Vec<&'a str>,
}

#[derive(Template)]
#[template(path = "licence.html")]
struct Article<'a> {
    text: &'a ContractText,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    language: &'a str,
    title: String,
    css: &'a str,
    article: String,
}

/// Typesets an accepted contract as PDF/A-2b with the bundled fonts. The same contract gives the same bytes.
///
/// # Errors
/// [`DocumentError::Invalid`] when a value is missing or contradicts another, [`DocumentError::NotAccepted`] for an offer.
pub fn to_pdf(contract: &LicenceContract) -> Result<Pdf, DocumentError> {
    to_pdf_with(Typesetter::worldwide(), contract)
}

/// As [`to_pdf`], with the fonts of `typesetter`.
///
/// # Errors
/// As [`to_pdf`].
pub fn to_pdf_with(typesetter: &Typesetter, contract: &LicenceContract) -> Result<Pdf, DocumentError> {
    to_pdf_embedding(typesetter, contract, &[])
}

/// As [`to_pdf_with`], with files in it: PDF/A-3b if there are any.
pub(super) fn to_pdf_embedding(
    typesetter: &Typesetter,
    contract: &LicenceContract,
    embedded: &[EmbeddedFile<'_>],
) -> Result<Pdf, DocumentError> {
    let Stage::Sold(sale) = &contract.stage else { return Err(DocumentError::NotAccepted) };
    let text = contract_text_with(typesetter, contract)?;
    let breakable_text = narrowed(&text)?;
    let data = Data {
        families: typesetter.families(),
        text: &breakable_text,
        keywords: vec![&sale.reference, &contract.terms.beat.audio_sha256],
    };
    let metadata = Metadata { ident: &sale.reference, created_at: sale.acceptance.accepted_at };
    let bytes = typesetter.render_with(TEMPLATE, &data, &metadata, embedded)?;
    Ok(Pdf {
        sha256: sha256_hex(&bytes),
        template_sha256: template_sha256(contract.terms.language),
        text_sha256: text.sha256(),
        engine_version: engine_version(),
        bytes,
    })
}

/// The contract as an HTML `<article class="contract">`: the whole text, before paying (an offer) or after. Style it with
/// [`CONTRACT_CSS`].
///
/// # Errors
/// [`DocumentError::Invalid`] when a value is missing or contradicts another.
pub fn preview_html(contract: &LicenceContract) -> Result<String, DocumentError> {
    Ok(Article { text: &contract_text(contract)? }.render()?)
}

/// The contract as an HTML page of its own, without scripts or anything loaded from elsewhere.
///
/// # Errors
/// As [`preview_html`].
pub fn preview_page(contract: &LicenceContract) -> Result<String, DocumentError> {
    let text = contract_text(contract)?;
    let title = format!("{} — {}", text.beat, text.tier);
    let article = Article { text: &text }.render()?;
    Ok(Page { language: &text.language, title, css: CONTRACT_CSS, article }.render()?)
}

/// The text with break chances by the width of its columns in the template: longest words that fit, in capitals of usual width.
fn narrowed(text: &ContractText) -> Result<ContractText, DocumentError> {
    const TITLE: usize = 18;
    const FACT: usize = 20;
    const BODY: usize = 30;
    let facts = |facts: &[Fact]| {
        facts
            .iter()
            .map(|fact| Fact { label: fact.label.clone(), value: breakable(&fact.value, FACT).into_owned() })
            .collect()
    };
    Ok(ContractText {
        beat: breakable(&text.beat, TITLE).into_owned(),
        facts: facts(&text.facts),
        terms: facts(&text.terms),
        ..map_strings(text, &|value| breakable(value, BODY).into_owned())?
    })
}

/// SHA-256 over the template and the texts of a language, each preceded by its length so that no two pairs collide.
pub(super) fn template_sha256(language: Language) -> String {
    let mut bytes = Vec::new();
    for part in [TEMPLATE, language.source()] {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    sha256_hex(&bytes)
}
