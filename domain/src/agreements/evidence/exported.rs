//! A chain as it travels in a sealed file, read back and verified: what [`super::export`] wrote, and nothing of ours beside it.

use serde_json::{Map, Value};

use super::{EvidenceFault, FORMAT, evidence, verify, words};
use crate::{catalog::Sha256, env::Instant};

/// The most entries that are read.
const MOST: usize = 20_000;

/// A chain that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The agreement's reference.
    pub reference: String,
    /// The hash of the last entry.
    pub head: Sha256,
    /// The entries, in their order.
    pub rows: Vec<evidence::Model>,
    /// Whether [`super::sentence`] words its entries as whoever exported it did.
    pub is_worded_alike: bool,
}

/// Why a chain that travels in a file does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportFault {
    /// It is not in the form that evidence has.
    #[error("the evidence cannot be read")]
    Unreadable,
    /// It is longer than any.
    #[error("the evidence has more than {MOST} entries")]
    TooLong,
    /// An entry does not hold.
    #[error(transparent)]
    Chain(#[from] EvidenceFault),
    /// Entries are missing at its end, or it names another one than its last.
    #[error("the last entry is not the one that the evidence names: entries are missing at its end")]
    Head,
}

/// Reads and verifies a chain as it travels in a file. That the file itself is unchanged, its seal says.
pub fn verify_export(json: &[u8]) -> Result<Exported, ExportFault> {
    let whole: Map<String, Value> = serde_json::from_slice(json).map_err(|_| ExportFault::Unreadable)?;
    let text = |of: &Map<String, Value>, key: &str| of.get(key).and_then(Value::as_str).map(str::to_owned);
    if text(&whole, "format").as_deref() != Some(FORMAT) {
        return Err(ExportFault::Unreadable);
    }
    let reference = text(&whole, "reference").ok_or(ExportFault::Unreadable)?;
    let named: Sha256 = hash(&whole, "head")?;
    let entries = whole.get("entries").and_then(Value::as_array).ok_or(ExportFault::Unreadable)?;
    if entries.len() > MOST {
        return Err(ExportFault::TooLong);
    }
    let mut rows = Vec::with_capacity(entries.len());
    for (seq, entry) in (1..).zip(entries) {
        let entry = entry.as_object().ok_or(ExportFault::Unreadable)?;
        let event = text(entry, "event").ok_or(ExportFault::Unreadable)?;
        rows.push(row(&event, hash(entry, "previous")?, hash(entry, "hash")?).ok_or(EvidenceFault::Altered { seq })?);
    }
    let head = verify(&rows)?;
    let is_worded_alike = text(&whole, "words").is_some_and(|named| named == words().as_str());
    if head == named { Ok(Exported { reference, head, rows, is_worded_alike }) } else { Err(ExportFault::Head) }
}

fn hash(of: &Map<String, Value>, key: &str) -> Result<Sha256, ExportFault> {
    of.get(key).and_then(Value::as_str).and_then(|text| text.parse().ok()).ok_or(ExportFault::Unreadable)
}

/// An entry by its text alone; none if the text is no entry's.
fn row(event: &str, previous: Sha256, hash: Sha256) -> Option<evidence::Model> {
    let told: Map<String, Value> = serde_json::from_str(event).ok()?;
    let at: Instant = told.get("at")?.as_str()?.parse().ok()?;
    Some(evidence::Model {
        agreement_id: told.get("agreement")?.as_str()?.parse().ok()?,
        seq: i32::try_from(told.get("seq")?.as_i64()?).ok()?,
        at,
        kind: serde_json::from_value(told.get("kind")?.clone()).ok()?,
        signer_id: match told.get("signer")? {
            Value::Null => None,
            signer => Some(signer.as_str()?.parse().ok()?),
        },
        event: event.to_owned(),
        previous,
        hash,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::{Event, beginning, export, follow},
        *,
    };
    use crate::{agreements::entity::EvidenceKind, env::testing, ids::AgreementId};

    fn chain() -> Vec<evidence::Model> {
        let (env, clock) = testing::env(3);
        let agreement: AgreementId = env.id();
        let (mut head, mut rows) = (beginning(), Vec::new());
        for kind in [EvidenceKind::Created, EvidenceKind::Sent, EvidenceKind::Signed, EvidenceKind::Executed] {
            let event =
                Event { at: env.now(), kind, signer: Some(env.id()), data: json!({ "version": 1, "ip": "192.0.2.7" }) };
            let count = i32::try_from(rows.len()).unwrap();
            let row = follow(agreement, count, &head, &event);
            head = row.hash.clone();
            rows.push(row);
            clock.advance(chrono::Duration::microseconds(1_500_001));
        }
        rows
    }

    #[test]
    fn what_was_exported_reads_back() {
        let rows = chain();
        let read = verify_export(export("AG-7K3M9Q2X", &rows).as_bytes()).unwrap();
        assert_eq!((read.reference.as_str(), &read.head, &read.rows), ("AG-7K3M9Q2X", &rows[3].hash, &rows));
        assert!(read.is_worded_alike);
        let elsewhere = export("AG-7K3M9Q2X", &rows).replace(words().as_str(), &"0".repeat(64));
        assert!(!verify_export(elsewhere.as_bytes()).unwrap().is_worded_alike);
    }

    #[test]
    fn whatever_is_done_to_it_is_named() {
        let rows = chain();
        let json: Value = serde_json::from_str(&export("AG-7K3M9Q2X", &rows)).unwrap();
        let entries = |change: &dyn Fn(&mut Vec<Value>)| {
            let mut json = json.clone();
            change(json["entries"].as_array_mut().unwrap());
            verify_export(json.to_string().as_bytes()).unwrap_err()
        };
        let altered = entries(&|entries| {
            entries[2]["event"] = entries[2]["event"].as_str().unwrap().replace("192.0.2.7", "192.0.2.8").into();
        });
        assert_eq!(altered, EvidenceFault::Altered { seq: 3 }.into());
        assert_eq!(entries(&|entries| drop(entries.remove(1))), EvidenceFault::Missing { seq: 2 }.into());
        assert!(matches!(
            entries(&|entries| entries.swap(1, 2)),
            ExportFault::Chain(EvidenceFault::Reordered { seq: 2, .. })
        ));
        assert_eq!(entries(&|entries| drop(entries.pop())), ExportFault::Head);
        assert_eq!(entries(&|entries| entries[0]["event"] = "{}".into()), EvidenceFault::Altered { seq: 1 }.into());
        assert_eq!(entries(&|entries| entries[0]["hash"] = "7".into()), ExportFault::Unreadable);
        for text in ["", "[]", "{}", r#"{"format":"other/1"}"#] {
            assert_eq!(verify_export(text.as_bytes()), Err(ExportFault::Unreadable), "{text}");
        }
    }
}
