//! What the pages of signing show of an agreement.

use domain::{
    agreements::{
        document::{DocumentChange, Template},
        entity::{AgreementState, SignerState, evidence, signer},
        evidence as chain,
    },
    ids::SignerId,
};

use crate::pages::{errors::sentence, words};

/// A step of the way, as the head shows it.
pub(super) struct Step {
    pub(super) words: &'static str,
    pub(super) now: bool,
    pub(super) past: bool,
}

/// The head of every page.
pub(super) struct Head {
    pub(super) kind: &'static str,
    pub(super) reference: String,
    pub(super) title: String,
    pub(super) studio: String,
    /// The address that the signer's pages begin with.
    pub(super) base: String,
    pub(super) steps: Vec<Step>,
}

/// The steps, with the one that is now, from 1.
pub(super) fn steps(now: usize) -> Vec<Step> {
    let step = |(place, words): (usize, &&'static str)| Step { words, now: place == now, past: place < now };
    (1..).zip(&["Read", "Agree", "Sign"]).map(step).collect()
}

/// A template's name for people.
pub(super) const fn kind(template: Template) -> &'static str {
    match template {
        Template::SplitSheet => "Split sheet",
        Template::Producer => "Producer agreement",
        Template::MixMaster => "Mixing and mastering agreement",
        Template::WorkForHire => "Work for hire agreement",
        Template::Collaboration => "Collaboration agreement",
        Template::ComposerForHire => "Composer agreement",
    }
}

/// Somebody who signs.
pub(super) struct SignerView {
    pub(super) name: String,
    pub(super) role: String,
    pub(super) you: bool,
    /// A word for the style.
    pub(super) state: &'static str,
    pub(super) said: String,
}

/// Those who sign, and how far they have come.
pub(super) struct Signers {
    pub(super) rows: Vec<SignerView>,
    /// How many have signed, and of how many.
    pub(super) signed: usize,
    pub(super) of: usize,
}

/// Those who sign, in the signing order; those who do no longer are left out, but for who has declined.
pub(super) fn signers(rows: &[signer::Model], you: Option<SignerId>, state: AgreementState) -> Signers {
    let counts = |row: &&signer::Model| !matches!(row.state, SignerState::Replaced | SignerState::Released);
    let mut shown: Vec<&signer::Model> = rows.iter().filter(counts).collect();
    shown.sort_by_key(|row| row.position);
    let view = |row: &signer::Model| SignerView {
        name: row.name.clone(),
        role: handed_on_by(rows, row),
        you: Some(row.id) == you,
        state: match row.state {
            SignerState::Signed => "signed",
            SignerState::Declined => "declined",
            _ => "waiting",
        },
        said: match (row.state, row.signed_at) {
            (SignerState::Signed, Some(at)) => match row.paper() {
                Some(paper) => format!("Signed on paper, {}", words::date(paper.signed_on)),
                None => format!("Signed, {}", words::day(at)),
            },
            (SignerState::Signed, None) => "Signed".to_owned(),
            (SignerState::Declined, _) => "Declined".to_owned(),
            (SignerState::Paper, _) => "Wants paper".to_owned(),
            _ if state.is_final() => "Has not signed".to_owned(),
            _ => "Still to sign".to_owned(),
        },
    };
    let signed = shown.iter().filter(|row| row.state == SignerState::Signed).count();
    let of = shown.len();
    Signers { rows: shown.into_iter().map(view).collect(), signed, of }
}

/// For whom somebody signs to whom it was handed on; empty for who stands in the document.
fn handed_on_by(rows: &[signer::Model], row: &signer::Model) -> String {
    let mut first = row;
    // A chain of hand-overs cannot be longer than there are rows.
    for _ in rows {
        match first.delegated_by.and_then(|by| rows.iter().find(|other| other.id == by)) {
            Some(earlier) => first = earlier,
            None => break,
        }
    }
    if first.id == row.id { String::new() } else { format!("for {}", first.name) }
}

/// In whose name somebody signs to whom it was handed on.
pub(super) fn party_name(rows: &[signer::Model], row: &signer::Model) -> Option<String> {
    handed_on_by(rows, row).strip_prefix("for ").map(str::to_owned)
}

/// A difference between two versions.
pub(super) struct ChangeView {
    pub(super) label: String,
    pub(super) before: String,
    pub(super) after: String,
}

impl From<DocumentChange> for ChangeView {
    fn from(change: DocumentChange) -> Self {
        Self { label: change.label, before: change.before.unwrap_or_default(), after: change.after.unwrap_or_default() }
    }
}

/// An entry of the evidence.
pub(super) struct EvidenceView {
    pub(super) at: String,
    pub(super) at_iso: String,
    pub(super) said: String,
}

/// The evidence, oldest first, in sentences. Of whom an entry is, it says by name; what only the studio needs is on the evidence page of the file.
pub(super) fn evidence(rows: &[evidence::Model], signers: &[signer::Model], studio: &str) -> Vec<EvidenceView> {
    let view = |row: &evidence::Model| EvidenceView {
        at: words::moment(row.at),
        at_iso: row.at.to_rfc3339(),
        said: sentence(&format!("{} {}", chain::who(row, signers, studio), chain::sentence(row))),
    };
    rows.iter().map(view).collect()
}
