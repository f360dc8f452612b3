//! What the pages of signing show of an agreement.

use domain::{
    agreements::{
        document::{DocumentChange, Template},
        entity::{AgreementState, SignerState, evidence, signer},
        evidence as chain,
    },
    ids::SignerId,
};

use crate::pages::{
    errors::sentence,
    texts::{language, t},
    wording::Wording,
    words,
};

/// A step of the way, as the head shows it.
pub(super) struct Step {
    pub(super) words: String,
    pub(super) now: bool,
    pub(super) past: bool,
}

/// The head of every page.
pub(super) struct Head {
    pub(super) kind: String,
    pub(super) reference: String,
    pub(super) title: String,
    pub(super) studio: String,
    /// The address that the signer's pages begin with.
    pub(super) base: String,
    pub(super) steps: Vec<Step>,
}

/// The steps, with the one that is now, from 1.
pub(super) fn steps(now: usize) -> Vec<Step> {
    let step =
        |(place, key): (usize, &'static str)| Step { words: t(key).into(), now: place == now, past: place < now };
    (1..).zip(["sign-step-read", "sign-step-agree", "sign-step-sign"]).map(step).collect()
}

/// A template's name for people.
pub(super) fn kind(template: Template) -> String {
    let key = match template {
        Template::SplitSheet => "sign-kind-split-sheet",
        Template::Producer => "sign-kind-producer",
        Template::MixMaster => "sign-kind-mix-master",
        Template::WorkForHire => "sign-kind-work-for-hire",
        Template::Collaboration => "sign-kind-collaboration",
        Template::ComposerForHire => "sign-kind-composer",
    };
    t(key).into()
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
        role: handed_on_by(rows, row).map_or_else(String::new, |first| t("sign-for").with("name", &first.name).into()),
        you: Some(row.id) == you,
        state: match row.state {
            SignerState::Signed => "signed",
            SignerState::Declined => "declined",
            _ => "waiting",
        },
        said: match (row.state, row.signed_at) {
            (SignerState::Signed, Some(at)) => match row.paper() {
                Some(paper) => t("sign-signed-on-paper").with("when", &words::date(paper.signed_on)).into(),
                None => t("sign-signed-on").with("when", &words::day(at)).into(),
            },
            (SignerState::Signed, None) => t("sign-signed").into(),
            (SignerState::Declined, _) => t("sign-declined").into(),
            (SignerState::Paper, _) => t("sign-wants-paper").into(),
            _ if state.is_final() => t("sign-has-not").into(),
            _ => t("sign-still-to").into(),
        },
    };
    let signed = shown.iter().filter(|row| row.state == SignerState::Signed).count();
    let of = shown.len();
    Signers { rows: shown.into_iter().map(view).collect(), signed, of }
}

/// For whom somebody signs to whom it was handed on; none for who stands in the document.
fn handed_on_by<'a>(rows: &'a [signer::Model], row: &'a signer::Model) -> Option<&'a signer::Model> {
    let mut first = row;
    // A chain of hand-overs cannot be longer than there are rows.
    for _ in rows {
        match first.delegated_by.and_then(|by| rows.iter().find(|other| other.id == by)) {
            Some(earlier) => first = earlier,
            None => break,
        }
    }
    (first.id != row.id).then_some(first)
}

/// In whose name somebody signs to whom it was handed on.
pub(super) fn party_name(rows: &[signer::Model], row: &signer::Model) -> Option<String> {
    handed_on_by(rows, row).map(|first| first.name.clone())
}

/// A difference between two versions.
pub(super) struct ChangeView {
    pub(super) label: String,
    pub(super) before: Wording,
    pub(super) after: Wording,
}

impl From<DocumentChange> for ChangeView {
    fn from(change: DocumentChange) -> Self {
        let value = |text: Option<String>| text.map(value).unwrap_or_default();
        Self { label: change.label, before: value(change.before), after: value(change.after) }
    }
}

/// A value of an agreement: a percentage as its reader writes it, all else in the words of the agreement, which is in English.
fn value(text: String) -> Wording {
    let is_figures = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    match text.strip_suffix('%').filter(is_figures) {
        Some(figures) => Wording::own(format!("{} %", language().figures(figures))),
        None => Wording::english(text),
    }
}

/// An entry of the evidence.
pub(super) struct EvidenceView {
    pub(super) at: String,
    pub(super) at_iso: String,
    pub(super) said: String,
}

/// The evidence, oldest first, in sentences, which are English whoever reads them, as on the evidence page of the file. Of whom an entry is, it says by
/// name; what only the studio needs is on that page.
pub(super) fn evidence(rows: &[evidence::Model], signers: &[signer::Model], studio: &str) -> Vec<EvidenceView> {
    let view = |row: &evidence::Model| EvidenceView {
        at: words::moment(row.at),
        at_iso: row.at.to_rfc3339(),
        said: sentence(&format!("{} {}", chain::who(row, signers, studio), chain::sentence(row))),
    };
    rows.iter().map(view).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::texts::in_german;

    #[test]
    fn shares_are_written_as_their_reader_does_and_an_agreements_words_are_english() {
        let said = |text: &str| value(text.to_owned()).to_string();
        assert_eq!(["33.3333%", "England and Wales"].map(said), ["33.3333 %", "England and Wales"]);
        in_german(|| {
            assert_eq!(
                ["33.3333%", "50%", "50% of net", "England and Wales"].map(said),
                [
                    "33,3333 %",
                    "50 %",
                    "<span lang=\"en\">50% of net</span>",
                    "<span lang=\"en\">England and Wales</span>"
                ]
            );
        });
    }
}
