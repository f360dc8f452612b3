//! The evidence chain: each entry is hashed with the hash of the one before, so that none can be changed, left out or moved unseen.
//!
//! An entry's text is canonical JSON (keys sorted, no blanks) of `agreement`, `seq`, `at`, `kind`, `signer` and `data`; its hash is SHA-256
//! over the hash before it, a line feed, and this text. The first entry follows 64 zeros. Whoever has the entries can verify them with nothing
//! of ours: see [`export`].

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::entity::{EvidenceKind, evidence, signer};
use crate::{
    catalog::Sha256,
    env::Instant,
    ids::{AgreementId, SignerId},
};

mod exported;

pub use exported::{ExportFault, Exported, verify_export};

/// The word by which an exported chain tells its form.
pub const FORMAT: &str = "ledgerline-evidence/1";

/// What words the entries for people: this file, by its SHA-256. Who has an export with another one reads other sentences in it than here.
pub fn words() -> Sha256 {
    Sha256::of(include_bytes!("evidence.rs"))
}

/// What comes before the first entry.
pub fn beginning() -> Sha256 {
    Sha256::from_digest([0; 32])
}

/// What an entry tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When.
    pub at: Instant,
    /// What.
    pub kind: EvidenceKind,
    /// The signer who did it, or whom it was done to.
    pub signer: Option<SignerId>,
    /// The particulars.
    pub data: Value,
}

/// The entry that follows a chain of so many entries with such a head.
pub fn follow(agreement: AgreementId, count: i32, head: &Sha256, event: &Event) -> evidence::Model {
    let seq = count.saturating_add(1);
    let text = canonical(&json!({
        "agreement": agreement,
        "seq": seq,
        "at": written(event.at),
        "kind": event.kind,
        "signer": event.signer,
        "data": event.data,
    }));
    evidence::Model {
        agreement_id: agreement,
        seq,
        at: event.at,
        kind: event.kind,
        signer_id: event.signer,
        hash: hash(head, &text),
        event: text,
        previous: head.clone(),
    }
}

fn written(at: Instant) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

fn hash(previous: &Sha256, event: &str) -> Sha256 {
    Sha256::of(format!("{previous}\n{event}").as_bytes())
}

/// A value as JSON in the one form that is hashed: keys sorted, no blanks.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            let fields = keys.into_iter().map(|key| format!("{}:{}", Value::from(key.as_str()), canonical(&map[key])));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        plain => plain.to_string(),
    }
}

/// The first entry that does not hold, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceFault {
    /// There is none at this place.
    #[error("entry {seq} is missing")]
    Missing {
        /// The place.
        seq: i32,
    },
    /// Another stands at this place.
    #[error("entry {seq} is not at its place: entry {found} stands there")]
    Reordered {
        /// The place.
        seq: i32,
        /// What stands there.
        found: i32,
    },
    /// Its text does not have its hash, or its columns do not say what its text says.
    #[error("entry {seq} was altered")]
    Altered {
        /// Its number.
        seq: i32,
    },
    /// It is whole in itself and does not follow from the one before.
    #[error("entry {seq} does not follow from the one before: one of the two was replaced")]
    Unlinked {
        /// Its number.
        seq: i32,
    },
}

/// Verifies a whole chain, given in the order of its numbers, and gives its head; names the first entry that was altered, is missing, or was
/// moved. That nothing is missing at the end only [`verify_to`] can tell.
pub fn verify(rows: &[evidence::Model]) -> Result<Sha256, EvidenceFault> {
    let mut head = beginning();
    for (seq, row) in (1..).zip(rows) {
        if row.seq != seq {
            let elsewhere = rows.iter().any(|other| other.seq == seq);
            return Err(if elsewhere {
                EvidenceFault::Reordered { seq, found: row.seq }
            } else {
                EvidenceFault::Missing { seq }
            });
        }
        if hash(&row.previous, &row.event) != row.hash {
            return Err(EvidenceFault::Altered { seq });
        }
        let told: Map<String, Value> = serde_json::from_str(&row.event).map_err(|_| EvidenceFault::Altered { seq })?;
        if let Some(found) = told.get("seq").and_then(Value::as_i64).and_then(|seq| i32::try_from(seq).ok())
            && found != seq
        {
            return Err(EvidenceFault::Reordered { seq, found });
        }
        if !says(&told, row) {
            return Err(EvidenceFault::Altered { seq });
        }
        if row.previous != head {
            return Err(EvidenceFault::Unlinked { seq });
        }
        head = row.hash.clone();
    }
    Ok(head)
}

/// The same for a chain whose length and head are known from elsewhere.
pub fn verify_to(rows: &[evidence::Model], count: i32, head: &Sha256) -> Result<(), EvidenceFault> {
    let found = verify(rows)?;
    let length = i32::try_from(rows.len()).unwrap_or(i32::MAX);
    if length < count {
        return Err(EvidenceFault::Missing { seq: length.saturating_add(1) });
    }
    if length > count || found != *head {
        return Err(EvidenceFault::Unlinked { seq: length });
    }
    Ok(())
}

/// Whether the columns say what the text says.
fn says(told: &Map<String, Value>, row: &evidence::Model) -> bool {
    let same = |key: &str, value: Value| told.get(key) == Some(&value);
    same("agreement", json!(row.agreement_id))
        && same("at", json!(written(row.at)))
        && same("kind", json!(row.kind))
        && same("signer", json!(row.signer_id))
}

/// A chain as a file of its own:
/// `{"format":"ledgerline-evidence/1","reference":"AG-…","words":"<hash>","head":"<hash>","entries":[{"event":"<text>","previous":"<hash>","hash":"<hash>"},…]}`.
/// The text of each event stands as a JSON string, so that what is hashed is what stands there. [`words`] tell which [`sentence`] was printed of it.
pub fn export(reference: &str, rows: &[evidence::Model]) -> String {
    let head = rows.last().map_or_else(beginning, |row| row.hash.clone());
    let entries: Vec<Value> =
        rows.iter().map(|row| json!({ "event": row.event, "previous": row.previous, "hash": row.hash })).collect();
    let words = words();
    canonical(&json!({ "format": FORMAT, "reference": reference, "words": words, "head": head, "entries": entries }))
}

/// What an entry tells besides its columns.
pub fn data(row: &evidence::Model) -> Value {
    serde_json::from_str::<Value>(&row.event).ok().and_then(|told| told.get("data").cloned()).unwrap_or(Value::Null)
}

/// Who did what an entry tells, or whom it was done to: a signer's name, else the studio's.
pub fn who<'a>(row: &evidence::Model, signers: &'a [signer::Model], studio: &'a str) -> &'a str {
    // The entry names who proposed the change; it is the studio that did not take it.
    let by_signer = row.signer_id.filter(|_| row.kind != EvidenceKind::CounterRefused);
    let signer = by_signer.and_then(|id| signers.iter().find(|signer| signer.id == id));
    signer.map_or(studio, |signer| signer.name.as_str())
}

/// What a signer was told by whoever handed it on to them; none if nothing was said, or nobody did. Entries of earlier programs hold the words
/// themselves.
pub fn said_to_delegate(rows: &[evidence::Model], signer: &signer::Model) -> Option<String> {
    let handed_on = |row: &&evidence::Model| row.kind == EvidenceKind::Delegated && data(row)["to"] == json!(signer.id);
    let entry = || rows.iter().rev().find(handed_on).and_then(|row| text(row, "note"));
    signer.note.clone().or_else(entry)
}

/// Why the studio did not take the last change that a signer proposed; none if it did not say. Entries of earlier programs hold the words
/// themselves.
pub fn said_of_refusal(rows: &[evidence::Model], proposer: &signer::Model) -> Option<String> {
    let refused =
        |row: &&evidence::Model| row.kind == EvidenceKind::CounterRefused && row.signer_id == Some(proposer.id);
    let entry = || rows.iter().rev().find(refused).and_then(|row| text(row, "reason"));
    proposer.refusal.clone().or_else(entry)
}

/// Whether a signer of the executed agreement has withdrawn the consent to electronic records: what is to come reaches them on paper.
pub fn wants_records_on_paper(rows: &[evidence::Model], signer: SignerId) -> bool {
    rows.iter().any(|row| row.kind == EvidenceKind::ConsentWithdrawn && row.signer_id == Some(signer))
}

/// Whether a signer has consented to electronic records, and not asked for paper since.
pub fn has_consented(rows: &[evidence::Model], signer: SignerId) -> bool {
    let mut own = rows.iter().rev().filter(|row| row.signer_id == Some(signer));
    let last = own.find(|row| matches!(row.kind, EvidenceKind::Consented | EvidenceKind::Withdrawn));
    last.is_some_and(|row| row.kind == EvidenceKind::Consented)
}

/// When the link to withdraw that consent was last asked for; none if it never was.
pub fn withdrawal_asked_at(rows: &[evidence::Model], signer: SignerId) -> Option<Instant> {
    let asked = |row: &&evidence::Model| row.kind == EvidenceKind::WithdrawalAsked && row.signer_id == Some(signer);
    rows.iter().rev().find(asked).map(|row| row.at)
}

/// The version that somebody knew last, and whether they had signed it: what to compare the present one with.
pub fn last_known(rows: &[evidence::Model], who: SignerId, current: i32) -> Option<(i32, bool)> {
    let version = |row: &evidence::Model| {
        data(row).get("version").and_then(Value::as_i64).and_then(|number| i32::try_from(number).ok())
    };
    let last = |kind: EvidenceKind| {
        let mut own = rows.iter().rev().filter(|row| row.signer_id == Some(who) && row.kind == kind);
        own.find_map(|row| version(row).filter(|number| *number != current))
    };
    last(EvidenceKind::Signed)
        .or_else(|| last(EvidenceKind::SignedOnPaper))
        .map(|number| (number, true))
        .or_else(|| last(EvidenceKind::Shown).map(|number| (number, false)))
}

/// Whether the studio was told that a version no longer reads as it was sent.
pub(super) fn told_of_words(rows: &[evidence::Model], version: i32) -> bool {
    rows.iter().any(|row| row.kind == EvidenceKind::WordsChanged && data(row)["version"] == json!(version))
}

/// What the studio recorded of a signature on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperRecord {
    /// Who recorded it, by name.
    pub recorded_by: String,
    /// The day beside the signature, as it is read.
    pub signed_on: String,
    /// The version that was signed.
    pub version: i64,
}

/// What was last recorded of a signer's signature on paper; none if nothing was.
pub fn recorded_on_paper(rows: &[evidence::Model], signer: SignerId) -> Option<PaperRecord> {
    let recorded = |row: &&evidence::Model| row.kind == EvidenceKind::SignedOnPaper && row.signer_id == Some(signer);
    rows.iter().rev().find(recorded).map(|row| paper_record(&data(row)))
}

fn paper_record(data: &Value) -> PaperRecord {
    let text = |key: &str| data.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let on = text("signed_on").parse::<NaiveDate>();
    PaperRecord {
        recorded_by: text("recorded_by"),
        signed_on: on.map_or_else(|_| text("signed_on"), |on| on.format("%-d %B %Y").to_string()),
        version: data.get("version").and_then(Value::as_i64).unwrap_or_default(),
    }
}

/// Who signed for a company, and in what capacity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Representative {
    /// The name, as it was typed.
    pub name: String,
    /// Such as managing director.
    pub capacity: String,
}

/// Who signed for the company whose signer it is, the last time; none of a person.
pub fn representative(rows: &[evidence::Model], signer: SignerId) -> Option<Representative> {
    let entry = last_signed(rows, signer)?;
    Some(Representative { name: text(entry, "typed_name")?, capacity: text(entry, "capacity")? })
}

/// By which name a signer signed the last time, if it is another than the one that was asked, and was confirmed.
pub fn confirmed_name(rows: &[evidence::Model], signer: SignerId) -> Option<String> {
    let entry = last_signed(rows, signer)?;
    text(entry, "typed_name").filter(|_| data(entry)["name_confirmed"] == json!(true))
}

fn last_signed(rows: &[evidence::Model], signer: SignerId) -> Option<&evidence::Model> {
    rows.iter().rev().find(|row| row.kind == EvidenceKind::Signed && row.signer_id == Some(signer))
}

/// A particular of an entry, if it is a text that says anything.
pub(super) fn text(row: &evidence::Model, key: &str) -> Option<String> {
    data(row)[key].as_str().filter(|text| !text.is_empty()).map(String::from)
}

/// A sentence for a person about an entry, without its subject.
pub fn sentence(row: &evidence::Model) -> String {
    let data = data(row);
    let text = |key: &str| data.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |key: &str| data.get(key).and_then(Value::as_i64).unwrap_or_default();
    match row.kind {
        EvidenceKind::Created => "wrote the agreement".to_owned(),
        EvidenceKind::Edited => format!("changed the document: version {}; all signatures are void", number("version")),
        EvidenceKind::Sent => format!("sent version {} to be signed", number("version")),
        EvidenceKind::LinkMailed => format!("was mailed a link at {}", text("email")),
        EvidenceKind::LinkOpened => "opened the link".to_owned(),
        EvidenceKind::LinkRequested => "asked for another link".to_owned(),
        EvidenceKind::CodeAsked => "asked for a code".to_owned(),
        EvidenceKind::CodeMailed => format!("was mailed a code at {}", text("email")),
        EvidenceKind::CodeEntered => "entered the code".to_owned(),
        EvidenceKind::CodeRefused => "entered a wrong code".to_owned(),
        EvidenceKind::Shown => format!("was shown version {}", number("version")),
        EvidenceKind::Consented => format!("consented to electronic records, text of {}", text("consent")),
        EvidenceKind::Signed => signed(&data),
        EvidenceKind::SignedOnPaper => {
            let PaperRecord { recorded_by, signed_on, version } = paper_record(&data);
            format!("signed version {version} on paper on {signed_on}, as {recorded_by} recorded")
        }
        EvidenceKind::Declined => format!("declined: {}", text("reason")),
        EvidenceKind::Delegated => format!("handed it on to {} at {}", text("name"), text("email")),
        EvidenceKind::Countered => match number("instead_of") {
            0 => format!("proposed version {}", number("version")),
            earlier => format!("proposed version {} instead of version {earlier}", number("version")),
        },
        EvidenceKind::CounterAccepted => {
            format!(
                "took the proposed version {}; signatures that stand: {}",
                number("version"),
                number("signatures_kept")
            )
        }
        EvidenceKind::CounterRefused => format!("did not take the proposed version {}", number("version")),
        // Earlier programs did not note whether there was a consent to withdraw.
        EvidenceKind::Withdrawn if data["consented"] == json!(false) => "asked for paper".to_owned(),
        EvidenceKind::Withdrawn => "withdrew the consent to electronic records and asked for paper".to_owned(),
        EvidenceKind::Reminded => "was reminded".to_owned(),
        EvidenceKind::Voided => format!("took the agreement back: {}", text("reason")),
        EvidenceKind::Expired => "let the time to sign run out".to_owned(),
        EvidenceKind::Executed => {
            format!("recorded that all have signed: the agreement is executed in version {}", number("version"))
        }
        EvidenceKind::Sealed => format!("sealed the file, level {}", text("level")),
        EvidenceKind::TermAnnounced => "announced the end of the term".to_owned(),
        EvidenceKind::WithdrawalAsked => {
            format!("was to be mailed, at {}, a link to withdraw the consent to electronic records", text("email"))
        }
        EvidenceKind::ConsentWithdrawn => {
            "withdrew the consent to electronic records for what is to come; what was signed stands".to_owned()
        }
        EvidenceKind::ExpirySet => {
            let until = text("expires_at");
            let read = until.parse::<Instant>().map(|at| at.format("%-d %B %Y, %H:%M UTC").to_string());
            format!("set anew until when it can be signed: {}", read.unwrap_or(until))
        }
        EvidenceKind::WordsChanged => {
            format!("was not shown version {}: it would have read otherwise than it was sent", number("version"))
        }
    }
}

/// The sentence about a signature: by which name, for a company in what capacity, and instead of which name that was asked.
fn signed(data: &Value) -> String {
    let text = |key: &str| data[key].as_str().unwrap_or_default();
    let mut said = format!("signed version {}", data["version"].as_i64().unwrap_or_default());
    for (before, key) in [(" as ", "typed_name"), (", ", "capacity")] {
        if !text(key).is_empty() {
            said.extend([before, text(key)]);
        }
    }
    if data["name_confirmed"] == json!(true) {
        said.extend([", having confirmed that name instead of ", text("name")]);
    }
    said
}

#[cfg(test)]
mod tests;
