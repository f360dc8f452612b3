//! What is done with agreements: by the studio, by signers, by the schedule, and by the jobs that mail and seal.
//!
//! Each takes the agreement's row lock first. Those that must leave a mark even when they refuse (a code entered wrongly) take
//! [`crate::services::Services`] and commit by themselves; the others take a transaction.

mod clauses;
mod dossier;
mod execution;
mod links;
mod paper;
mod records;
mod schedule;
mod signing;
mod studio;

pub use clauses::{PreparedClauses, set_clause_defaults};
pub use execution::{SealedFile, record_sealed, void_others};
pub use links::{Opened, ask_code, enter_code, open_link, request_link};
pub use paper::{PaperSignature, ask_withdrawal, record_paper_signature, withdraw_consent};
pub use records::{record_code_mailed, record_link_mailed};
pub use schedule::{Tended, announce_term, expire, remind_overdue, tend};
pub use signing::{
    CounterProposal, Delegation, Seen, Signing, consent, counter, decline, delegate, shown, sign, withdraw,
    worded_otherwise,
};
pub use studio::{
    AgreementEdit, NewAgreement, accept_counter, amend_agreement, create_agreement, edit_agreement, refuse_counter,
    remind_signers, send_agreement, void_agreement,
};

use serde_json::{Map, Value};

use super::{
    AgreementError,
    document::{PartyReading, Reading},
    entity::version,
    rules::Seat,
};
use crate::{actor::Ctx, catalog::Sha256, env::Env, identity::rules as texts, ports::AgreementDocuments};

pub use crate::identity::commands::Device;

/// Every text by which signers have consented to electronic records, under its version, the current one last. A paragraph is a line. Signatures
/// name the version: another text gets another one, and none of these is changed.
pub const CONSENT_TEXTS: [(&str, &str); 2] = [
    ("2026-11-28", include_str!("../consent/2026-11-28.txt")),
    ("2026-11-29", include_str!("../consent/2026-11-29.txt")),
];
const CURRENT_CONSENT: (&str, &str) = CONSENT_TEXTS[CONSENT_TEXTS.len() - 1];
/// The version of the text by which signers consent to electronic records now.
pub const CONSENT_VERSION: &str = CURRENT_CONSENT.0;
/// The text itself.
pub const CONSENT_TEXT: &str = CURRENT_CONSENT.1;

/// A document that has been read and found to stand; what every command that writes one takes. It bears the agreement's number, so that the
/// number is part of what is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    reading: Reading,
    number: String,
}

impl Prepared {
    /// Reads a new agreement's document, outside of any transaction, and gives it a number.
    pub fn new(documents: &dyn AgreementDocuments, env: &Env, json: &str) -> Result<Self, AgreementError> {
        Self::beginning(documents, env, json, &Value::Null)
    }

    /// The same for one that may begin with the studio's `defaults`: see [`super::queries::default_clauses_of`].
    pub fn beginning(
        documents: &dyn AgreementDocuments,
        env: &Env,
        json: &str,
        defaults: &Value,
    ) -> Result<Self, AgreementError> {
        Self::read(documents, json, super::rules::reference(env), None, &[defaults])
    }

    /// The same for an agreement that shall replace an executed one: it names the text that it replaces.
    pub fn amending(
        documents: &dyn AgreementDocuments,
        env: &Env,
        json: &str,
        replaced: &version::Model,
        defaults: &Value,
    ) -> Result<Self, AgreementError> {
        let supersedes = Some(replaced.text_sha256.to_string());
        Self::read(documents, json, super::rules::reference(env), supersedes, &[&standing(replaced), defaults])
    }

    /// The same for another version of an agreement: number, and what it replaces, stay as they are in the present one.
    pub fn revising(
        documents: &dyn AgreementDocuments,
        json: &str,
        present: &version::Model,
    ) -> Result<Self, AgreementError> {
        let standing = standing(present);
        let word = |key: &str| standing["reference"][key].as_str().map(String::from);
        Self::read(documents, json, word("number").unwrap_or_default(), word("supersedes"), &[&standing])
    }

    fn read(
        documents: &dyn AgreementDocuments,
        json: &str,
        number: String,
        supersedes: Option<String>,
        standing: &[&Value],
    ) -> Result<Self, AgreementError> {
        // What is no JSON is left as it is, for the documents to say what is wrong with it.
        let stamped = match serde_json::from_str::<Value>(json) {
            Ok(Value::Object(mut fields)) => {
                let reference = fields.entry("reference").or_insert_with(|| Value::Object(Map::new()));
                if let Some(reference) = reference.as_object_mut() {
                    reference.insert("number".to_owned(), Value::from(number.as_str()));
                    reference.remove("supersedes");
                    if let Some(replaced) = supersedes {
                        reference.insert("supersedes".to_owned(), Value::from(replaced));
                    }
                }
                Value::Object(fields).to_string()
            }
            _ => json.to_owned(),
        };
        let reading = documents.read(&stamped).map_err(AgreementError::Document)?;
        let document = serde_json::from_str(&stamped).unwrap_or_default();
        let mut faults = super::rules::steering(&document);
        // What stands already, and was read as it is, holds up no change of something else.
        let illegible = |of: &Value| super::rules::illegible(of, &|text| documents.illegible(text));
        let known: Vec<_> = standing.iter().flat_map(|of| illegible(of)).collect();
        faults.extend(illegible(&document).into_iter().filter(|fault| !known.contains(fault)));
        if !faults.is_empty() {
            return Err(AgreementError::Document(faults));
        }
        Ok(Self { reading, number })
    }

    /// What it says.
    pub const fn reading(&self) -> &Reading {
        &self.reading
    }

    /// The number that it bears.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// What it says, if it bears the agreement's number.
    fn of(&self, own: &str) -> Result<&Reading, AgreementError> {
        if self.number == own {
            Ok(&self.reading)
        } else {
            Err(AgreementError::OtherNumber { given: self.number.clone(), own: own.to_owned() })
        }
    }
}

/// The document of a version.
fn standing(version: &version::Model) -> Value {
    serde_json::from_str(&version.document).unwrap_or_default()
}

/// The places of those who sign, in the document's order.
fn seats(ctx: &Ctx, reading: &Reading) -> Result<Vec<Seat>, AgreementError> {
    let seat = |(party, row): (usize, &PartyReading)| {
        let email = row.email.as_ref().ok_or_else(|| AgreementError::NoAddress { name: row.name.clone() })?;
        let (key, concerns, fresh) = (email.account_key(), row.concerns_sha256.clone(), ctx.env.id());
        Ok(Seat { party, key, concerns, fresh })
    };
    reading.parties.iter().enumerate().filter(|(_, row)| row.signs).map(seat).collect()
}

/// A text that may be left empty.
fn note(field: &'static str, text: Option<&str>) -> Result<Option<String>, AgreementError> {
    // Browsers end the lines of a form's text with two characters.
    let text = text.map(|text| text.replace("\r\n", "\n"));
    texts::optional_text(text.as_deref(), super::rules::MAX_NOTE_CHARS)
        .map_err(|fault| AgreementError::Text { field, fault })
}

/// What the evidence holds of words that are not for everybody: it goes to all who sign, and to whomever they show it, for good. The words
/// themselves stand where those find them whom they are for.
fn sha256_of(words: Option<&String>) -> Option<Sha256> {
    words.map(|words| Sha256::of(words.as_bytes()))
}

/// A text that may not.
fn reason(text: &str) -> Result<String, AgreementError> {
    let empty = AgreementError::Text { field: "reason", fault: texts::NameFault::Empty };
    note("reason", Some(text))?.ok_or(empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_of_the_consent_reads_as_it_did_when_it_was_consented_to() {
        let pinned = CONSENT_TEXTS.map(|(version, text)| (version, Sha256::of(text.as_bytes()).to_string()));
        let expected = [
            ("2026-11-28", "9d29ed835ff3c27b215bb07f4da2a9c6e28f2fe666f382c26bdee3f5aed9dd70"),
            ("2026-11-29", "0f041c6c710bb04fcce4465e45bd01f878fc783df96709d745f0b7a004a72c54"),
        ];
        assert_eq!(pinned, expected.map(|(version, sha256)| (version, sha256.to_owned())));
        assert_eq!((CONSENT_VERSION, CONSENT_TEXT), CONSENT_TEXTS[1]);
    }
}
