//! The proof that a sealed agreement is what its data make: it is typeset again out of the files that it embeds, and compared byte for byte.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::execution::{Execution, Stage};
use super::from_json;
use super::model::Agreement;
use super::render::{template_sha256, typeset};
use crate::error::DocumentError;
use crate::seal;
use crate::world::engine_version;

/// The agreement in canonical form.
pub(super) const AGREEMENT: &str = "agreement.json";
/// The evidence for machines.
pub(super) const EVIDENCE: &str = "evidence.json";
/// A [`Record`].
pub(super) const EXECUTION: &str = "execution.json";

/// The word by which `execution.json` tells its form.
const FORMAT: &str = "ledgerline-execution/1";

/// `execution.json`: what an executed document shows beside its text, and what made it.
/// `{"format":"ledgerline-execution/1","template_sha256":"<hash>","engine_version":"documents …, typst …","execution":{…}}`, where the
/// execution has the fields of [`Execution`] but for the evidence, which is a file of its own.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record<'a> {
    format: Cow<'a, str>,
    template_sha256: Cow<'a, str>,
    engine_version: Cow<'a, str>,
    execution: Cow<'a, Execution>,
}

/// What made a document: told in every form of a record.
#[derive(Deserialize)]
struct Makers {
    template_sha256: String,
    engine_version: String,
}

/// As much of an agreement as tells what it replaces, whatever version wrote it.
#[derive(Deserialize)]
struct Replacing {
    reference: ReplacingReference,
}

#[derive(Deserialize)]
struct ReplacingReference {
    supersedes: Option<String>,
}

/// What came of typesetting an agreement again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Rebuilt {
    /// It is byte for byte what was sealed.
    Identical {
        /// How many bytes.
        bytes: usize,
    },
    /// Another template or another engine made it than this program has: there is nothing to compare.
    OtherVersions {
        /// The templates, where they differ.
        template_sha256: Option<Versions>,
        /// The engines, where they differ.
        engine_version: Option<Versions>,
    },
    /// The same template and the same engine make something else of its data than what was sealed.
    Different {
        /// The first byte that differs.
        at: usize,
    },
    /// It does not embed its data.
    NoData {
        /// The files that it lacks.
        missing: Vec<&'static str>,
    },
    /// What it embeds cannot be read, makes no document, or contradicts itself.
    Unusable {
        /// Why.
        why: String,
    },
}

impl Rebuilt {
    /// Compares what was made with what was sealed.
    pub(crate) fn of(made: &[u8], sealed: &[u8]) -> Self {
        if made == sealed {
            return Self::Identical { bytes: made.len() };
        }
        let at = made.iter().zip(sealed).position(|(made, sealed)| made != sealed);
        Self::Different { at: at.unwrap_or(made.len().min(sealed.len())) }
    }

    /// Whether the file shows something else than its data make.
    pub const fn is_fault(&self) -> bool {
        matches!(self, Self::Different { .. } | Self::Unusable { .. })
    }

    /// Whether the file was compared with what its data make.
    pub const fn is_compared(&self) -> bool {
        !matches!(self, Self::OtherVersions { .. } | Self::NoData { .. })
    }
}

/// A version that differs between a file and this program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Versions {
    /// What made the file.
    pub file: String,
    /// What this program has.
    pub program: String,
}

impl Versions {
    pub(crate) fn differing(file: String, program: String) -> Option<Self> {
        (file != program).then_some(Self { file, program })
    }
}

/// Writes `execution.json`.
pub(super) fn record(template_sha256: &str, execution: &Execution) -> Result<String, DocumentError> {
    Ok(serde_json::to_string(&Record {
        format: FORMAT.into(),
        template_sha256: template_sha256.into(),
        engine_version: engine_version().into(),
        execution: Cow::Borrowed(execution),
    })?)
}

/// The data that a sealed document embeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Embedded {
    /// Not all that tells how an agreement was executed.
    Incomplete {
        /// The files that it lacks.
        missing: Vec<&'static str>,
    },
    /// Another template or another engine made it than this program has: no more of it is read.
    OtherVersions {
        /// The evidence for machines.
        evidence_json: String,
        /// SHA-256 of the text that the agreement replaces, as far as this program can tell.
        supersedes: Option<String>,
        /// The templates, where they differ.
        template_sha256: Option<Versions>,
        /// The engines, where they differ.
        engine_version: Option<Versions>,
    },
    /// All of it, in the versions that this program has.
    Whole {
        /// The agreement.
        agreement: Box<Agreement>,
        /// How it was executed, with the evidence for machines.
        execution: Box<Execution>,
    },
}

/// What a document embeds cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EmbeddedError(String);

impl EmbeddedError {
    pub(crate) const fn new(why: String) -> Self {
        Self(why)
    }
}

/// Reads what a sealed agreement embeds. That the file is as it was sealed, [`seal::verify()`] says.
///
/// # Errors
/// [`EmbeddedError`], which names the file that cannot be read.
pub fn embedded(pdf: &[u8]) -> Result<Embedded, EmbeddedError> {
    let unreadable = |name: &str| EmbeddedError(format!("{name} cannot be read"));
    // Of the first revision: what was attached later is no part of what was sealed.
    let sealed = seal::unsealed(pdf).map_err(|error| EmbeddedError(error.to_string()))?;
    let files = seal::attachments(sealed).map_err(|error| EmbeddedError(error.to_string()))?;
    let find = |name: &str| files.iter().find(|file| file.attachment.name == name).map(|file| file.bytes.as_slice());
    let (Some(agreement), Some(evidence), Some(record)) = (find(AGREEMENT), find(EVIDENCE), find(EXECUTION)) else {
        let missing = [AGREEMENT, EVIDENCE, EXECUTION].into_iter().filter(|name| find(name).is_none()).collect();
        return Ok(Embedded::Incomplete { missing });
    };
    let makers: Makers = serde_json::from_slice(record).map_err(|_| unreadable(EXECUTION))?;
    let evidence_json = String::from_utf8(evidence.to_vec()).map_err(|_| unreadable(EVIDENCE))?;
    let text = std::str::from_utf8(agreement).map_err(|_| unreadable(AGREEMENT))?;
    let engine_version = Versions::differing(makers.engine_version, engine_version());
    let read = from_json(text);
    let template_sha256 =
        read.as_ref().ok().and_then(|read| Versions::differing(makers.template_sha256, template_sha256(read)));
    if template_sha256.is_some() || engine_version.is_some() {
        // What another engine has made need not be what this program reads.
        let supersedes = serde_json::from_str::<Replacing>(text).ok().and_then(|read| read.reference.supersedes);
        return Ok(Embedded::OtherVersions { evidence_json, supersedes, template_sha256, engine_version });
    }
    let agreement = read.map_err(|error| EmbeddedError(error.to_string()))?;
    let record: Record<'_> = serde_json::from_slice(record).map_err(|_| unreadable(EXECUTION))?;
    if record.format != FORMAT {
        return Err(unreadable(EXECUTION));
    }
    let execution = Execution { evidence_json, ..record.execution.into_owned() };
    Ok(Embedded::Whole { agreement: Box::new(agreement), execution: Box::new(execution) })
}

/// Typesets an executed agreement again out of what its file embeds, and compares it with the file as it was before it was sealed. That the
/// file is as it was sealed, [`seal::verify()`] says; whether what it embeds agrees with itself, the comparison does not.
pub fn rebuild(pdf: &[u8]) -> Rebuilt {
    compared(pdf).unwrap_or_else(|why| Rebuilt::Unusable { why })
}

fn compared(pdf: &[u8]) -> Result<Rebuilt, String> {
    let (agreement, execution) = match embedded(pdf).map_err(|error| error.to_string())? {
        Embedded::Incomplete { missing } => return Ok(Rebuilt::NoData { missing }),
        Embedded::OtherVersions { template_sha256, engine_version, .. } => {
            return Ok(Rebuilt::OtherVersions { template_sha256, engine_version });
        }
        Embedded::Whole { agreement, execution } => (agreement, execution),
    };
    let sealed = seal::unsealed(pdf).map_err(|error| error.to_string())?;
    let made = typeset(&agreement, Stage::Executed(&execution)).map_err(|error| error.to_string())?.bytes;
    Ok(Rebuilt::of(&made, sealed))
}
