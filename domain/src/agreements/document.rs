//! A document as the domain knows it: what it must execute, learned from its JSON through [`crate::ports::AgreementDocuments`], and what the
//! typesetter must be told of its signing. The JSON is the one source; nothing of it is typed twice.

use chrono::NaiveDate;

use super::evidence::Representative;
use crate::{
    catalog::Sha256, email::EmailAddress, env::Instant, ids::WorkId, parties::PartyFacts, share::Share, text_enum,
};

text_enum! {
    /// The templates of agreements.
    pub enum Template {
        /// Who wrote and who owns, in shares.
        SplitSheet = "split_sheet",
        /// A producer's work for an artist: advance, points, credit.
        Producer = "producer",
        /// Mixing and mastering.
        MixMaster = "mix_master",
        /// Work made for hire.
        WorkForHire = "work_for_hire",
        /// Two or more who make something together.
        Collaboration = "collaboration",
        /// A composer for hire who keeps the writer's share.
        ComposerForHire = "composer_for_hire",
    }
}

/// What a template is called and which clauses it has, before there is a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFacts {
    /// Its name.
    pub name: String,
    /// Its clauses, in order.
    pub clauses: Vec<TemplateClause>,
}

/// A clause that a template has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateClause {
    /// Its id, by which edits name it.
    pub id: String,
    /// Its heading.
    pub heading: String,
    /// Its paragraphs, where they read the same in every document.
    pub text: Option<Vec<String>>,
    /// Its summary, where it reads the same in every document.
    pub summary: Option<String>,
    /// Whether it carries the document's own terms, and so can be neither switched off nor replaced.
    pub essential: bool,
}

/// What a document says, read once when it is written and kept beside it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reading {
    /// Its template.
    pub template: Template,
    /// Its title.
    pub title: String,
    /// The document in canonical form: the bytes that are kept, shown, signed and sealed.
    pub canonical_json: String,
    /// SHA-256 of the document's text, the same in every rendering.
    pub text_sha256: Sha256,
    /// The parties, in the document's order.
    pub parties: Vec<PartyReading>,
    /// When the term ends, if it does.
    pub term_ends_on: Option<NaiveDate>,
    /// The shares that it executes, if it is a split sheet.
    pub splits: Option<SplitReading>,
}

impl Reading {
    /// Whether it says to everybody what another says: the same text to the same people, with the same that follows from it.
    pub fn says_what(&self, other: &Self) -> bool {
        self.to_people() == other.to_people()
    }

    /// What of it somebody reads, or follows from it: the facts of the parties stand in the text.
    fn to_people(&self) -> Self {
        let plain = |party: &PartyReading| PartyReading { facts: PartyFacts::default(), ..party.clone() };
        let parties = self.parties.iter().map(plain).collect();
        // What earlier programs have not read stands in the text all the same.
        let splits = self.splits.clone().map(|splits| SplitReading { owners: Vec::new(), ..splits });
        Self { canonical_json: String::new(), parties, splits, ..self.clone() }
    }
}

/// A party to a document.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PartyReading {
    /// The name in the document.
    pub name: String,
    /// Where its mail goes.
    pub email: Option<EmailAddress>,
    /// Whether it signs.
    pub signs: bool,
    /// SHA-256 of the text that concerns this party: the general terms and the rows of its own.
    pub concerns_sha256: Sha256,
    /// What else it says of the party; nothing in what earlier programs have read.
    #[serde(default)]
    pub facts: PartyFacts,
}

/// The shares of a split sheet; parties by their index in the document, each side exactly the whole.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SplitReading {
    /// The work that they are of, if it is one of the studio's: the document's `reference.work`.
    pub work: Option<WorkId>,
    /// What the document calls the work.
    #[serde(default)]
    pub title: String,
    /// From which day they hold; none: from the execution.
    pub effective_on: Option<NaiveDate>,
    /// Who wrote.
    pub composition: Vec<(usize, Share)>,
    /// Who is paid of the recording's income: points on what is received first, and of the rest its owners.
    pub master: Vec<(usize, Share)>,
    /// Who owns the recording: points are no ownership. Empty in what earlier programs have read.
    #[serde(default)]
    pub owners: Vec<(usize, Share)>,
}

/// Something in a document that cannot stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentProblem {
    /// Where, such as `terms.composition.writers[1].ipi`; empty if it is about the whole.
    pub path: String,
    /// A stable code in upper snake case.
    pub code: String,
    /// What is wrong, for a person.
    pub message: String,
    /// What to do about it, for a person; empty if nothing can be said.
    pub remedy: String,
}

/// A difference between two documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentChange {
    /// What has changed, for a person.
    pub label: String,
    /// Where.
    pub path: String,
    /// What stood there; none if it is new.
    pub before: Option<String>,
    /// What stands there; none if it is gone.
    pub after: Option<String>,
}

/// How far a document is when it is typeset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentStage<'a> {
    /// Nobody has signed.
    Unsigned,
    /// Everybody has.
    Executed(&'a Execution),
}

/// All that stands in an executed document beside its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    /// The one reference, `AG-…`.
    pub reference: String,
    /// When the last signature was made.
    pub executed_at: Instant,
    /// The page where it can be verified; goes into the QR.
    pub verify_url: String,
    /// The signatures, in the order in which they were made.
    pub signatures: Vec<Signature>,
    /// The evidence chain up to the execution, embedded as `evidence.json`; its form is told at [`super::evidence::export`].
    pub evidence_json: String,
    /// The same for the evidence page.
    pub evidence: Vec<EvidenceLine>,
    /// The hash of the chain's last entry.
    pub evidence_head: Sha256,
    /// The text hash of the executed document that this one replaces.
    pub supersedes: Option<Sha256>,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// For which party of the document, by index.
    pub party: usize,
    /// Who signed.
    pub name: String,
    /// Whether they signed for the party, to whom it had been handed on.
    pub on_behalf: bool,
    /// The person by whom the company signed that the party is; none of a person.
    pub representative: Option<Representative>,
    /// The name by which they signed, if it is another than the one that was asked, and was confirmed.
    pub confirmed_name: Option<String>,
    /// The visible mark.
    pub mark: Mark,
    /// When; of one on paper: when the studio recorded it.
    pub signed_at: Instant,
    /// From which network address; empty if it is not known.
    pub ip: String,
    /// With what.
    pub user_agent: String,
    /// Which version was signed: an earlier one if what was changed later did not concern the party.
    pub version: i32,
    /// SHA-256 of what was shown before signing; none of what was signed on paper.
    pub shown_sha256: Option<Sha256>,
    /// The version of the consent to electronic records; none of what was signed on paper.
    pub consent_version: Option<String>,
}

/// A signature's visible mark.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// A name, typed.
    Typed(String),
    /// Strokes on a field of [`Mark::WIDTH`] by [`Mark::HEIGHT`], each a list of points from the upper left corner.
    Drawn(Vec<Vec<(u16, u16)>>),
    /// By hand on paper, which the studio has and has recorded.
    Paper(PaperMark),
}

/// A signature on paper, as the studio recorded it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PaperMark {
    /// The day that stands beside it.
    pub signed_on: NaiveDate,
    /// SHA-256 of a scan of it, if the studio has one.
    pub scan_sha256: Option<Sha256>,
}

impl Mark {
    /// The field's width.
    pub const WIDTH: u16 = 1000;
    /// The field's height.
    pub const HEIGHT: u16 = 300;
}

/// An entry of the evidence chain, as the evidence page prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceLine {
    /// Its number, from 1.
    pub seq: i32,
    /// When.
    pub at: Instant,
    /// A sentence for a person, such as `signed version 2`.
    pub what: String,
    /// Who did it: a signer's name, or the studio's.
    pub who: String,
    /// From which network address, where one is known.
    pub ip: Option<String>,
    /// The entry's hash.
    pub hash: Sha256,
}
