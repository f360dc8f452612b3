//! Agreements from six templates: one model, one text, signed by many.
//!
//! [`from_json`] reads and checks a document. [`text()`] gathers all that a reader sees; [`html`] and [`typeset`] lay out that one value, so
//! that the text shown, the text signed and the text sealed are the same. [`concerns`] fingerprints what concerns one party, so that a
//! counter-proposal asks only those again whom it touches.
//!
//! [`rebuild()`] typesets a sealed agreement again out of the files that it embeds, and says whether the bytes are the same; [`embedded`] reads
//! those files.
//!
//! To add a template: a variant of [`Terms`] with its struct in `terms.rs`, its clauses' ids in `clauses.rs`, their sentences in
//! `texts/agreements`, a sample in `documents/examples`; the tests then ask for the rest.

mod clauses;
mod codes;
mod diff;
mod edits;
mod execution;
mod model;
mod rebuild;
mod render;
mod schema;
mod shares;
mod speaker;
mod terms;
mod text;
mod validate;
mod work;

use chrono::NaiveDate;

pub use diff::{Change, diff};
pub use edits::edits_from_json;
pub use execution::{EvidenceLine, Execution, MAX_MARK_POINTS, Mark, Representative, Signature, Stage};
pub use model::{
    AGREEMENT_VERSION, AddedClause, Agreement, Amount, ClauseEdits, CollaborationTerms, ComposerTerms, Composition,
    Contribution, Contributor, Credit, Decisions, General, Master, MixMasterTerms, Ownership, Party, PartyKind,
    Payable, PaymentTerms, Points, ProducerTerms, Publisher, PublisherRole, Reference, RevisionLimit, Role,
    RoyaltyBase, Sample, SampleClearance, Services, Share, SplitSheet, Statements, Template, Term, Terms,
    WorkForHireTerms, Writer, WriterRole,
};
pub use rebuild::{Embedded, EmbeddedError, Rebuilt, Versions, embedded, rebuild};
pub use render::{AGREEMENT_CSS, html, typeset};
pub use schema::schema;
pub use text::{AgreementText, SignatureLine, concerns, text};

use crate::error::DocumentError;
use crate::format::last_day_from;
use crate::texts::Language;

/// Most bytes of JSON that are read as an agreement.
pub const MAX_JSON_BYTES: usize = 1 << 20;

/// Reads an agreement and checks it.
///
/// # Errors
/// [`DocumentError::Invalid`] with every fault and its path: of the form first, then, if the form is right, of the values.
pub fn from_json(json: &str) -> Result<Agreement, DocumentError> {
    let value = parsed(json)?;
    schema::check(&value)?;
    let agreement: Agreement = serde_path_to_error::deserialize(value)
        .map_err(|error| schema::not_read(&error.path().to_string(), error.inner().to_string()))?;
    agreement.validate()?;
    Ok(agreement)
}

/// JSON of a size that is read.
fn parsed(json: &str) -> Result<serde_json::Value, DocumentError> {
    if json.len() > MAX_JSON_BYTES {
        return Err(DocumentError::TooLarge { bytes: json.len(), limit: MAX_JSON_BYTES });
    }
    serde_json::from_str(json).map_err(|error| schema::not_read("", error.to_string()))
}

impl Agreement {
    /// Checks all that the types do not say: totals, check digits, positions, lengths.
    ///
    /// # Errors
    /// [`DocumentError::Invalid`] with every fault.
    pub fn validate(&self) -> Result<(), DocumentError> {
        validate::validate(self)
    }

    /// The agreement as JSON: fields in the model's order, nothing that is left out. Equal agreements give equal text.
    ///
    /// # Errors
    /// None in practice: the model is plain data.
    pub fn canonical_json(&self) -> Result<String, DocumentError> {
        Ok(serde_json::to_string(self)?)
    }

    /// Its template.
    pub const fn template(&self) -> Template {
        self.terms.template()
    }

    /// The last day of its term; `None` if it is perpetual.
    pub fn term_ends_on(&self) -> Option<NaiveDate> {
        match self.general.term {
            Term::Perpetual { .. } => None,
            Term::Months { starts_on, months } => last_day_from(starts_on.unwrap_or(self.dated), months),
        }
    }
}

/// A clause that a template has, for forms that switch and edit clauses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateClause {
    /// Its id, as [`ClauseEdits`] names it.
    pub id: &'static str,
    /// Its heading.
    pub heading: String,
    /// Its paragraphs, where they read the same in every agreement.
    pub text: Option<Vec<String>>,
    /// Its summary, where it reads the same in every agreement.
    pub summary: Option<String>,
    /// Whether it carries the terms, and so can be neither switched off nor replaced.
    pub essential: bool,
}

/// The clauses of a template, in order.
///
/// # Errors
/// [`DocumentError::Text`] when a language lacks a heading or a sentence.
pub fn template_clauses(template: Template, language: Language) -> Result<Vec<TemplateClause>, DocumentError> {
    let texts = language.agreement_texts();
    let clause = |id: &'static str| -> Result<TemplateClause, DocumentError> {
        let text = clauses::constant(id)
            .map(|(_, sentences)| sentences.iter().map(|key| texts.say(key, &[])).collect::<Result<_, _>>());
        Ok(TemplateClause {
            id,
            heading: texts.say(&format!("{id}.heading"), &[])?,
            text: text.transpose()?,
            // A clause whose summary the agreement decides has several under other keys, and none under this one.
            summary: texts.say(&format!("{id}.summary"), &[]).ok(),
            essential: clauses::ESSENTIAL.contains(&id),
        })
    };
    clauses::ids(template).iter().copied().map(clause).collect()
}

/// What a template is called.
///
/// # Errors
/// [`DocumentError::Text`] when a language lacks the name.
pub fn template_name(template: Template, language: Language) -> Result<String, DocumentError> {
    language.agreement_texts().say(&format!("kind.{}", template.code()), &[])
}
