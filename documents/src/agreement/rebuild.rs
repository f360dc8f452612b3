//! The proof that a sealed agreement is what its data make: it is typeset again out of the files that it embeds, and compared byte for byte.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::execution::{Execution, Stage};
use super::from_json;
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
    /// What it embeds cannot be read, or makes no document.
    Unusable {
        /// Why.
        why: String,
    },
}

impl Rebuilt {
    /// Whether the file shows something else than its data make.
    pub const fn is_fault(&self) -> bool {
        matches!(self, Self::Different { .. } | Self::Unusable { .. })
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
    fn differing(file: String, program: String) -> Option<Self> {
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

/// Typesets an executed agreement again out of what its file embeds, and compares it with the file as it was before it was sealed. That the
/// file is as it was sealed, [`seal::verify()`] says.
pub fn rebuild(pdf: &[u8]) -> Rebuilt {
    compared(pdf).unwrap_or_else(|why| Rebuilt::Unusable { why })
}

fn compared(pdf: &[u8]) -> Result<Rebuilt, String> {
    let sealed = seal::unsealed(pdf).map_err(|error| error.to_string())?;
    // Of the first revision: what was attached later is no part of what was sealed.
    let files = seal::attachments(sealed).map_err(|error| error.to_string())?;
    let find = |name: &str| files.iter().find(|file| file.attachment.name == name).map(|file| file.bytes.as_slice());
    let (Some(agreement), Some(evidence), Some(record)) = (find(AGREEMENT), find(EVIDENCE), find(EXECUTION)) else {
        let missing = [AGREEMENT, EVIDENCE, EXECUTION].into_iter().filter(|name| find(name).is_none()).collect();
        return Ok(Rebuilt::NoData { missing });
    };
    let unreadable = |name: &str| format!("{name} cannot be read");
    let makers: Makers = serde_json::from_slice(record).map_err(|_| unreadable(EXECUTION))?;
    let engine_version = Versions::differing(makers.engine_version, engine_version());
    let agreement = std::str::from_utf8(agreement).map_err(|_| unreadable(AGREEMENT))?;
    let agreement = match from_json(agreement) {
        Ok(agreement) => agreement,
        // What another engine has made need not be what this program reads.
        Err(_) if engine_version.is_some() => {
            return Ok(Rebuilt::OtherVersions { template_sha256: None, engine_version });
        }
        Err(error) => return Err(error.to_string()),
    };
    let template_sha256 = Versions::differing(makers.template_sha256, template_sha256(&agreement));
    if template_sha256.is_some() || engine_version.is_some() {
        return Ok(Rebuilt::OtherVersions { template_sha256, engine_version });
    }
    let record: Record<'_> = serde_json::from_slice(record).map_err(|_| unreadable(EXECUTION))?;
    if record.format != FORMAT {
        return Err(unreadable(EXECUTION));
    }
    let evidence_json = String::from_utf8(evidence.to_vec()).map_err(|_| unreadable(EVIDENCE))?;
    let execution = Execution { evidence_json, ..record.execution.into_owned() };
    let made = typeset(&agreement, Stage::Executed(&execution)).map_err(|error| error.to_string())?.bytes;
    if made == sealed {
        return Ok(Rebuilt::Identical { bytes: made.len() });
    }
    let at = made.iter().zip(sealed).position(|(made, sealed)| made != sealed);
    Ok(Rebuilt::Different { at: at.unwrap_or(made.len().min(sealed.len())) })
}
