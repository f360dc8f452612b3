//! Whether the evidence in a sealed agreement is the evidence of that agreement. That a chain is whole in itself shows nothing of the document
//! beside it: whoever seals could put another chain there, or print what never happened. So the text, the signatures and the printed log are held
//! against the chain, entry by entry.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use documents::{
    DocumentError,
    agreement::{Agreement, Embedded, EmbeddedError, Execution, Mark, Signature, concerns, embedded, text},
};
use domain::{
    agreements::{
        entity::{EvidenceKind, evidence::Model as Entry},
        evidence::{ExportFault, Exported, canonical, data, sentence, verify_export},
    },
    catalog::Sha256,
    ids::SignerId,
};
use serde_json::{Value, json};

use super::references::{names_text, references};

/// The longest time between a step and the entry that tells of it, which is written in the same transaction.
const ONE_STEP: TimeDelta = TimeDelta::minutes(10);

/// The evidence of an agreement's signing that agrees with the document which it travels in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The chain.
    pub chain: Exported,
    /// Who did what each of its entries tells, by name, in its order.
    pub who: Vec<String>,
    /// SHA-256 of the text that was signed.
    pub text_sha256: String,
    /// SHA-256 of the text that the agreement replaces.
    pub replaces: Option<String>,
    /// Whether all that is printed of it was compared. Of what another version of the program made, its words and its pages are not.
    pub is_compared_whole: bool,
}

/// Why the evidence of a file does not hold: a sentence without its full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceDoubt {
    /// An agreement without any.
    #[error("the file calls itself {0} and carries no evidence of its signing")]
    Absent(String),
    /// What belongs to it is not there.
    #[error("the file lacks {}", .0.join(" and "))]
    Incomplete(Vec<&'static str>),
    /// What it embeds cannot be read.
    #[error("what the file embeds cannot be read: {0}")]
    Unreadable(String),
    /// The chain does not hold.
    #[error(transparent)]
    Chain(#[from] ExportFault),
    /// The chain does not end with the execution.
    #[error("the last entry of the evidence is not that all have signed")]
    NotExecuted,
    /// The chain is of another agreement.
    #[error("the evidence is of {0}, which is not the agreement of the document")]
    OtherAgreement(String),
    /// The chain is of another text.
    #[error("the evidence is of another text than the document")]
    OtherText,
    /// The pages name another last entry.
    #[error("the last entry that the document names is not the last of the evidence")]
    Head,
    /// The pages say that all had signed at another time.
    #[error("the time of the last signature in the document is not the one in the evidence")]
    ExecutedAt,
    /// The pages say that another text is replaced than the agreement does.
    #[error("the evidence page says otherwise than the agreement what it replaces")]
    Replaces,
    /// The page has more entries than the chain, or fewer.
    #[error("the evidence page has {printed} entries and the evidence {entries}")]
    Entries {
        /// On the page.
        printed: usize,
        /// In the chain.
        entries: usize,
    },
    /// An entry reads otherwise on the page.
    #[error("entry {0} on the evidence page is not entry {0} of the evidence")]
    Entry(i32),
    /// Parties that sign, and signatures, are not the same.
    #[error("the document does not have one signature of each party that signs")]
    Signatures,
    /// A signature that the chain does not know, or knows to be void.
    #[error("the evidence has no signature of {0} that stands")]
    NotSigned(String),
    /// A signature that was made otherwise.
    #[error("the signature of {0} in the document is not the one in the evidence")]
    Signature(String),
    /// A signature on other words.
    #[error("what {0} signed is not what the document says now of what concerns them")]
    OtherPart(String),
}

impl From<EmbeddedError> for EvidenceDoubt {
    fn from(error: EmbeddedError) -> Self {
        Self::Unreadable(error.to_string())
    }
}

impl From<DocumentError> for EvidenceDoubt {
    fn from(error: DocumentError) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// The evidence that travels in a sealed file; none if the file is no executed agreement. It is worth what the seal is: that the file is as it was
/// sealed, [`documents::seal::verify()`] says.
pub fn evidence(pdf: &[u8]) -> Option<Result<Evidence, EvidenceDoubt>> {
    match embedded(pdf) {
        Ok(Embedded::Incomplete { missing }) => lacking(pdf, missing).map(Err),
        Ok(Embedded::OtherVersions { evidence_json, supersedes, .. }) => {
            Some(of_other_versions(pdf, &evidence_json, supersedes))
        }
        Ok(Embedded::Whole { agreement, execution }) => Some(of_these_versions(&agreement, &execution)),
        Err(error) => Some(Err(error.into())),
    }
}

/// What is to be said of a file without all of it: of a document of another kind, nothing.
fn lacking(pdf: &[u8], missing: Vec<&'static str>) -> Option<EvidenceDoubt> {
    // An agreement alone is one that nobody has signed.
    if ["evidence.json", "execution.json"].iter().any(|part| !missing.contains(part)) {
        return Some(EvidenceDoubt::Incomplete(missing));
    }
    let own = references(pdf, None).into_iter().find(|reference| reference.starts_with("AG-"));
    own.map(EvidenceDoubt::Absent)
}

/// What can be said of a file whose pages this program would make otherwise: the chain, and that the file names its agreement and its text.
fn of_other_versions(pdf: &[u8], json: &str, replaces: Option<String>) -> Result<Evidence, EvidenceDoubt> {
    let chain = verify_export(json.as_bytes())?;
    let told = data(executed(&chain)?);
    if !references(pdf, None).contains(&chain.reference) {
        return Err(EvidenceDoubt::OtherAgreement(chain.reference));
    }
    let text_sha256 = word(&told, "text_sha256").to_owned();
    if !names_text(pdf, &text_sha256) {
        return Err(EvidenceDoubt::OtherText);
    }
    let who = named(&chain);
    Ok(Evidence { chain, who, text_sha256, replaces, is_compared_whole: false })
}

fn of_these_versions(agreement: &Agreement, execution: &Execution) -> Result<Evidence, EvidenceDoubt> {
    let chain = verify_export(execution.evidence_json.as_bytes())?;
    agrees(&chain, agreement, execution)?;
    Ok(Evidence {
        who: execution.evidence.iter().map(|line| line.who.clone()).collect(),
        text_sha256: text(agreement)?.sha256(),
        replaces: agreement.reference.supersedes.clone(),
        is_compared_whole: chain.is_worded_alike,
        chain,
    })
}

/// Holds what a document says and prints of its execution against the chain. Both were made by the versions that this program has.
///
/// # Errors
/// [`EvidenceDoubt`]: the first thing that does not agree.
pub fn agrees(chain: &Exported, agreement: &Agreement, execution: &Execution) -> Result<(), EvidenceDoubt> {
    let last = executed(chain)?;
    let own = agreement.reference.number.as_deref();
    if own != Some(chain.reference.as_str()) || execution.reference != chain.reference {
        return Err(EvidenceDoubt::OtherAgreement(chain.reference.clone()));
    }
    if word(&data(last), "text_sha256") != text(agreement)?.sha256() {
        return Err(EvidenceDoubt::OtherText);
    }
    if execution.evidence_head != chain.head.as_str() {
        return Err(EvidenceDoubt::Head);
    }
    if !is_one_step(last.at - execution.executed_at) {
        return Err(EvidenceDoubt::ExecutedAt);
    }
    if execution.supersedes != agreement.reference.supersedes {
        return Err(EvidenceDoubt::Replaces);
    }
    printed(chain, execution)?;
    let signing = agreement.parties.iter().filter(|party| party.signs).count();
    if execution.signatures.len() != signing {
        return Err(EvidenceDoubt::Signatures);
    }
    for (index, _) in agreement.parties.iter().enumerate().filter(|(_, party)| party.signs) {
        let own = execution.signatures.iter().find(|signature| signature.party == index);
        signed(chain, agreement, execution, own.ok_or(EvidenceDoubt::Signatures)?)?;
    }
    Ok(())
}

/// Who did what, as far as the chain itself names them: those who signed, and those to whom it was handed on.
fn named(chain: &Exported) -> Vec<String> {
    let mut names: BTreeMap<SignerId, String> = BTreeMap::new();
    for row in &chain.rows {
        let told = data(row);
        let id = match row.kind {
            EvidenceKind::Signed | EvidenceKind::SignedOnPaper => row.signer_id,
            EvidenceKind::Delegated => word(&told, "to").parse().ok(),
            _ => None,
        };
        names.extend(id.map(|id| (id, word(&told, "name").to_owned())).filter(|(_, name)| !name.is_empty()));
    }
    let who = |row: &Entry| match by(row) {
        Some(id) => names.get(&id).map_or("a signer", String::as_str).to_owned(),
        None => "the studio".to_owned(),
    };
    chain.rows.iter().map(who).collect()
}

/// The signer who did what an entry tells: where a change was not taken it names who proposed it, and it is the studio that did not take it.
fn by(row: &Entry) -> Option<SignerId> {
    row.signer_id.filter(|_| row.kind != EvidenceKind::CounterRefused)
}

/// The entry that all have signed, which ends what travels in a file.
fn executed(chain: &Exported) -> Result<&Entry, EvidenceDoubt> {
    chain.rows.last().filter(|row| row.kind == EvidenceKind::Executed).ok_or(EvidenceDoubt::NotExecuted)
}

/// Holds the printed log against the chain.
fn printed(chain: &Exported, execution: &Execution) -> Result<(), EvidenceDoubt> {
    let (printed, entries) = (execution.evidence.len(), chain.rows.len());
    if printed != entries {
        return Err(EvidenceDoubt::Entries { printed, entries });
    }
    // The chain names signers by their ids: whose name is printed for one is printed for all that they did.
    let mut names: BTreeMap<Option<SignerId>, &str> = BTreeMap::new();
    for (line, row) in execution.evidence.iter().zip(&chain.rows) {
        let told = data(row);
        let name = *names.entry(by(row)).or_insert(line.who.as_str());
        let same = line.seq == row.seq
            && line.at == row.at
            && line.hash == row.hash.as_str()
            && line.ip.as_deref().unwrap_or_default() == word(&told, "ip")
            && line.who == name
            && (!chain.is_worded_alike || line.what == sentence(row));
        if !same {
            return Err(EvidenceDoubt::Entry(row.seq));
        }
    }
    Ok(())
}

/// Holds a signature against the entry that tells of it.
fn signed(
    chain: &Exported,
    agreement: &Agreement,
    execution: &Execution,
    signature: &Signature,
) -> Result<(), EvidenceDoubt> {
    let name = || signature.name.clone();
    let party = json!(signature.party);
    let signs = |row: &Entry| matches!(row.kind, EvidenceKind::Signed | EvidenceKind::SignedOnPaper);
    let found = chain.rows.iter().rfind(|row| signs(row) && data(row)["party"] == party);
    let entry = found.ok_or_else(|| EvidenceDoubt::NotSigned(name()))?;
    let voids = |row: &Entry| match row.kind {
        EvidenceKind::Edited => true,
        EvidenceKind::Withdrawn => row.signer_id == entry.signer_id,
        _ => false,
    };
    if chain.rows.iter().any(|row| row.seq > entry.seq && voids(row)) {
        return Err(EvidenceDoubt::NotSigned(name()));
    }
    let told = data(entry);
    let handed_on = json!(entry.signer_id);
    let delegated = |row: &Entry| row.kind == EvidenceKind::Delegated && data(row)["to"] == handed_on;
    let line = execution.evidence.iter().find(|line| line.seq == entry.seq);
    let same = word(&told, "name") == signature.name
        && line.is_some_and(|line| line.who == signature.name)
        && told["version"] == json!(signature.version)
        && is_signed_for_by(&told, signature)
        && is_one_step(entry.at - signature.signed_at)
        && chain.rows.iter().any(delegated) == signature.on_behalf
        && is_made_so(entry.kind, &told, signature);
    if !same {
        return Err(EvidenceDoubt::Signature(name()));
    }
    // A signature that was kept over a change was made on another text than the sealed one: what concerns the party must read as it did.
    if word(&told, "concerns_sha256") != concerns(agreement, signature.party)? {
        return Err(EvidenceDoubt::OtherPart(name()));
    }
    Ok(())
}

/// Whether a company's signature names the person who the entry says made it, and a person's nobody; and any the name that was confirmed although
/// another was asked.
fn is_signed_for_by(told: &Value, signature: &Signature) -> bool {
    let confirmed = Some(word(told, "typed_name")).filter(|_| told["name_confirmed"] == json!(true));
    if signature.confirmed_name.as_deref() != confirmed {
        return false;
    }
    match &signature.representative {
        Some(person) => word(told, "typed_name") == person.name && word(told, "capacity") == person.capacity,
        None => word(told, "capacity").is_empty(),
    }
}

/// Whether a signature was made by the means that its entry tells.
fn is_made_so(kind: EvidenceKind, told: &Value, signature: &Signature) -> bool {
    match (&signature.mark, kind) {
        (Mark::Paper { signed_on, scan_sha256 }, EvidenceKind::SignedOnPaper) => {
            word(told, "signed_on") == signed_on.to_string()
                && word(told, "scan_sha256") == scan_sha256.as_deref().unwrap_or_default()
        }
        (Mark::Paper { .. }, _) | (_, EvidenceKind::SignedOnPaper) => false,
        (mark, _) => {
            let mark = serde_json::to_value(mark).map(|mark| Sha256::of(canonical(&mark).as_bytes()));
            mark.is_ok_and(|mark| word(told, "mark_sha256") == mark.as_str())
                && word(told, "shown_sha256") == signature.shown_sha256
                && word(told, "consent") == signature.consent_version
                && word(told, "ip") == signature.ip
                && word(told, "user_agent") == signature.user_agent
        }
    }
}

/// A particular of an entry; empty if it is not told.
fn word<'a>(told: &'a Value, key: &str) -> &'a str {
    told[key].as_str().unwrap_or_default()
}

fn is_one_step(later: TimeDelta) -> bool {
    (TimeDelta::zero()..=ONE_STEP).contains(&later)
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
