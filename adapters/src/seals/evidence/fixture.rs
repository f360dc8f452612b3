//! An agreement as its parties have signed it, with the chain that the domain writes of it: for tests, here and of the program.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use documents::agreement::{Agreement, EvidenceLine, Execution, Mark, Signature, concerns, from_json, text};
use domain::{
    agreements::{
        entity::{EvidenceKind, evidence::Model as Entry},
        evidence::{Event, beginning, canonical, data, export, follow, sentence},
    },
    catalog::Sha256,
    ids::SignerId,
};
use serde_json::{Value, json};

/// Who stands on the evidence page for what no signer did.
const STUDIO: &str = "Nova Studio";

/// An executed agreement.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) agreement: Agreement,
    pub(crate) execution: Execution,
    rows: Vec<Entry>,
    names: BTreeMap<SignerId, String>,
}

impl Signed {
    /// The agreement as all of its parties have signed it, typing and drawing in turn.
    pub(crate) fn by_all(json: &str) -> Self {
        let agreement = from_json(json).expect("the example is an agreement");
        let text_sha256 = text(&agreement).expect("it has a text").sha256();
        let reference = agreement.reference.number.clone().expect("a number");
        let execution = Execution {
            verify_url: format!("https://studio.example/verify/{reference}"),
            reference,
            executed_at: moment(0),
            signatures: Vec::new(),
            evidence_json: String::new(),
            evidence: Vec::new(),
            evidence_head: String::new(),
            supersedes: agreement.reference.supersedes.clone(),
        };
        let mut signed = Self { agreement, execution, rows: Vec::new(), names: BTreeMap::new() };
        signed.note(EvidenceKind::Created, None, json!({ "version": 1, "text_sha256": text_sha256 }));
        signed.note(EvidenceKind::Sent, None, json!({ "version": 1 }));
        let parties = signed.agreement.parties.iter().enumerate().filter(|(_, party)| party.signs);
        let parties: Vec<(usize, String)> = parties.map(|(index, party)| (index, party.name.clone())).collect();
        for (party, name) in parties {
            signed.sign(party, name, &text_sha256);
        }
        signed.note(EvidenceKind::Executed, None, json!({ "version": 1, "text_sha256": text_sha256 }));
        signed.print();
        signed
    }

    /// The same with other entries: each is kept if `change` says so, and tells what it is changed to. The chain is whole and the page shows it,
    /// as whoever can seal a file can have it.
    pub(crate) fn with_entries(&self, change: impl Fn(&Entry, &mut Value) -> bool) -> Self {
        let mut forged = self.clone();
        forged.rows.clear();
        for row in &self.rows {
            let mut told = data(row);
            if change(row, &mut told) {
                forged.note(row.kind, row.signer_id, told);
            }
        }
        forged.print();
        forged
    }

    /// Appends an entry.
    pub(crate) fn note(&mut self, kind: EvidenceKind, signer: Option<SignerId>, data: Value) {
        let count = i32::try_from(self.rows.len()).expect("few entries");
        let head = self.rows.last().map_or_else(beginning, |row| row.hash.clone());
        let agreement = format!("agr_{:032x}", 1).parse().expect("an id");
        self.rows.push(follow(agreement, count, &head, &Event { at: moment(count), kind, signer, data }));
    }

    fn sign(&mut self, party: usize, name: String, text_sha256: &str) {
        let signer: SignerId = format!("signer_{:032x}", party + 1).parse().expect("an id");
        let mark = if party.is_multiple_of(2) {
            Mark::Typed(name.clone())
        } else {
            Mark::Drawn(vec![vec![(0, 0), (900, 250)], vec![(450, 20)]])
        };
        let device = json!({ "ip": "192.0.2.7", "user_agent": "Lynx/2.9" });
        self.note(EvidenceKind::LinkOpened, Some(signer), device);
        let written = serde_json::to_value(&mark).expect("it is plain data");
        let signed_at = moment(i32::try_from(self.rows.len()).expect("few entries"));
        let data = json!({
            "name": name, "party": party, "version": 1, "text_sha256": text_sha256,
            "concerns_sha256": concerns(&self.agreement, party).expect("a party"), "shown_sha256": text_sha256,
            "consent": "2026-11-28", "mark_sha256": Sha256::of(canonical(&written).as_bytes()),
            "ip": "192.0.2.7", "user_agent": "Lynx/2.9",
        });
        self.note(EvidenceKind::Signed, Some(signer), data);
        self.names.insert(signer, name.clone());
        self.execution.signatures.push(Signature {
            party,
            name,
            on_behalf: false,
            representative: None,
            confirmed_name: None,
            mark,
            signed_at,
            ip: "192.0.2.7".to_owned(),
            user_agent: "Lynx/2.9".to_owned(),
            version: 1,
            shown_sha256: text_sha256.to_owned(),
            consent_version: "2026-11-28".to_owned(),
        });
    }

    /// Prints the chain on the evidence page, and embeds it.
    fn print(&mut self) {
        let line = |row: &Entry| EvidenceLine {
            seq: row.seq,
            at: row.at,
            what: sentence(row),
            who: row.signer_id.and_then(|id| self.names.get(&id)).map_or(STUDIO, String::as_str).to_owned(),
            ip: data(row)["ip"].as_str().map(str::to_owned),
            hash: row.hash.to_string(),
        };
        let lines = self.rows.iter().map(line).collect();
        let last = self.rows.last().expect("an entry");
        self.execution.executed_at = last.at;
        self.execution.evidence_head = last.hash.to_string();
        self.execution.evidence_json = export(&self.execution.reference, &self.rows);
        self.execution.evidence = lines;
    }
}

/// The time of an entry.
fn moment(count: i32) -> DateTime<Utc> {
    let begin: DateTime<Utc> = "2026-11-23T11:00:00Z".parse().expect("an instant");
    begin + TimeDelta::seconds(47 * i64::from(count))
}
