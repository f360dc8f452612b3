//! The data of an agreement: what frames every one of them; each template's own terms are in [`super::terms`]. Its JSON is the interface:
//! described by [`super::schema`], refused with the path of each field at fault.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::schema::Date;
pub use super::terms::{
    CollaborationTerms, ComposerTerms, Composition, Contribution, Contributor, Decisions, Master, MixMasterTerms,
    Ownership, Payable, Points, ProducerTerms, Publisher, PublisherRole, RoyaltyBase, Services, Share, SplitSheet,
    WorkForHireTerms, Writer, WriterRole,
};
pub use crate::licence::{Price as Amount, Sample, SampleClearance};
use crate::texts::Language;

/// The version of the model that this program reads.
pub const AGREEMENT_VERSION: u32 = 1;

/// An agreement between parties, made from one of six templates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// [`AGREEMENT_VERSION`].
    #[serde(default = "present")]
    #[schemars(range(min = 1, max = 1))]
    pub version: u32,
    /// The language that it is written in.
    #[serde(default)]
    pub language: Language,
    /// What it is known by.
    #[serde(default)]
    pub reference: Reference,
    /// The day that it bears.
    #[schemars(with = "Date")]
    pub dated: NaiveDate,
    /// What it is about, in few words: a song's title, a project's name.
    pub title: String,
    /// Who makes it, at least two. Other fields name a party by its position here, from 0.
    #[schemars(length(min = 2, max = 50))]
    pub parties: Vec<Party>,
    /// What is agreed, by template.
    pub terms: Terms,
    /// What every agreement states.
    pub general: General,
    /// What the studio changes in the template's clauses.
    #[serde(default, skip_serializing_if = "ClauseEdits::is_empty")]
    pub clauses: ClauseEdits,
}

const fn present() -> u32 {
    AGREEMENT_VERSION
}

/// What an agreement is known by.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Its number, such as `AG-7K3M9Q2X`; given when the agreement is drafted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The id of the work in the studio's catalogue that the shares are of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<String>,
    /// SHA-256 of the text of the agreement that this one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<String>,
}

/// Somebody who makes the agreement, or is named by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The name that people know: an artist's, a studio's.
    pub name: String,
    /// The name in law, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_name: Option<String>,
    /// A person or a company.
    #[serde(default)]
    pub kind: PartyKind,
    /// Where it lives or sits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Where it is reached; needed of whoever signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The part it takes.
    pub role: Role,
    /// IPI name number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipi: Option<String>,
    /// The society that it belongs to, such as `ZAiKS` or `JASRAC`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pro: Option<String>,
    /// International Standard Name Identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isni: Option<String>,
    /// Whether it signs. Whoever holds a share or owes something does.
    #[serde(default = "yes")]
    pub signs: bool,
}

pub(super) const fn yes() -> bool {
    true
}

/// What a party is in law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// A human being.
    #[default]
    Person,
    /// A company, an association, a band with a legal form.
    Company,
}

/// The part that a party takes in the agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Writes words or music.
    Writer,
    /// Produces the recording.
    Producer,
    /// Performs, and is who the recording is released under.
    Artist,
    /// Releases the recording.
    Label,
    /// Publishes works.
    Publisher,
    /// Owns the recording or a part of it.
    Owner,
    /// Records, mixes or masters.
    Engineer,
    /// Orders and pays.
    Client,
    /// Works for hire.
    Contractor,
    /// Composes for hire.
    Composer,
    /// Makes something together with others.
    Collaborator,
    /// Performs for the recording.
    Performer,
    /// Acts for somebody.
    Manager,
    /// Takes another part.
    Other,
}

impl Role {
    /// Its name in JSON, which is also its key among the texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Writer => "writer",
            Self::Producer => "producer",
            Self::Artist => "artist",
            Self::Label => "label",
            Self::Publisher => "publisher",
            Self::Owner => "owner",
            Self::Engineer => "engineer",
            Self::Client => "client",
            Self::Contractor => "contractor",
            Self::Composer => "composer",
            Self::Collaborator => "collaborator",
            Self::Performer => "performer",
            Self::Manager => "manager",
            Self::Other => "other",
        }
    }
}

/// Which template an agreement is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Template {
    /// Who wrote a song and owns its recording.
    SplitSheet,
    /// Somebody produces recordings for an artist.
    Producer,
    /// Somebody mixes or masters.
    MixMaster,
    /// Work whose results belong to the client.
    WorkForHire,
    /// People make something together.
    Collaboration,
    /// A composition for a client, the composer keeping the writer's share.
    ComposerForHire,
}

impl Template {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::SplitSheet,
        Self::Producer,
        Self::MixMaster,
        Self::WorkForHire,
        Self::Collaboration,
        Self::ComposerForHire,
    ];

    /// Its name in JSON, which is also its key among the texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SplitSheet => "split_sheet",
            Self::Producer => "producer",
            Self::MixMaster => "mix_master",
            Self::WorkForHire => "work_for_hire",
            Self::Collaboration => "collaboration",
            Self::ComposerForHire => "composer_for_hire",
        }
    }
}

/// What is agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "template", rename_all = "snake_case")]
pub enum Terms {
    /// See [`Template::SplitSheet`].
    SplitSheet(SplitSheet),
    /// See [`Template::Producer`].
    Producer(ProducerTerms),
    /// See [`Template::MixMaster`].
    MixMaster(MixMasterTerms),
    /// See [`Template::WorkForHire`].
    WorkForHire(WorkForHireTerms),
    /// See [`Template::Collaboration`].
    Collaboration(CollaborationTerms),
    /// See [`Template::ComposerForHire`].
    ComposerForHire(ComposerTerms),
}

impl Terms {
    /// The template.
    pub const fn template(&self) -> Template {
        match self {
            Self::SplitSheet(_) => Template::SplitSheet,
            Self::Producer(_) => Template::Producer,
            Self::MixMaster(_) => Template::MixMaster,
            Self::WorkForHire(_) => Template::WorkForHire,
            Self::Collaboration(_) => Template::Collaboration,
            Self::ComposerForHire(_) => Template::ComposerForHire,
        }
    }
}

/// What every agreement states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct General {
    /// When money is paid.
    pub payment_terms: PaymentTerms,
    /// How people are credited; by their parts when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub credit: Vec<Credit>,
    /// How many rounds of changes are included; as many as both sides agree to when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision_limit: Option<RevisionLimit>,
    /// How long it lasts.
    pub term: Term,
    /// Where it holds, such as `the whole world`.
    pub territory: String,
    /// Whose law governs it.
    pub governing_law: String,
    /// What was taken from others; none when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub samples: Vec<Sample>,
}

/// When money is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentTerms {
    /// Days from invoice or statement to payment.
    #[schemars(range(max = 365))]
    pub due_days: u16,
    /// How often income that is shared is accounted for.
    #[serde(default)]
    pub statements: Statements,
    /// Anything else about payment, in the parties' words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// How often income is accounted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Statements {
    /// Each month.
    Monthly,
    /// Each quarter of the year.
    #[default]
    Quarterly,
    /// Each half of the year.
    HalfYearly,
    /// Each year.
    Yearly,
}

impl Statements {
    /// Its key among the texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::HalfYearly => "half_yearly",
            Self::Yearly => "yearly",
        }
    }
}

/// How somebody is credited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// Position among the parties.
    pub party: usize,
    /// The words to print, such as `Prod. by Noctua`.
    pub line: String,
}

/// How many rounds of changes are included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevisionLimit {
    /// Rounds.
    #[schemars(range(max = 1_000))]
    pub rounds: u16,
    /// What each further round costs; to be agreed when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<Amount>,
}

/// How long the agreement lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Term {
    /// Without end.
    Perpetual {
        /// The first day; the day that the agreement bears when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<Date>")]
        starts_on: Option<NaiveDate>,
    },
    /// A number of months.
    Months {
        /// The first day; the day that the agreement bears when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<Date>")]
        starts_on: Option<NaiveDate>,
        /// How many.
        #[schemars(range(min = 1, max = 1_200))]
        months: u16,
    },
}

/// What a studio changes in a template's clauses. Those that carry the terms themselves cannot be switched off or replaced.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClauseEdits {
    /// Clauses left out, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub off: Vec<String>,
    /// Other paragraphs for a clause, by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub replaced: BTreeMap<String, Vec<String>>,
    /// Clauses of the studio's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub added: Vec<AddedClause>,
    /// Other plain-language summaries, by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub summaries: BTreeMap<String, String>,
}

impl ClauseEdits {
    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A clause of the studio's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddedClause {
    /// Its id, unlike any other: small letters, digits and dashes.
    pub id: String,
    /// The clause that it stands behind; at the end when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Its heading.
    pub heading: String,
    /// Its paragraphs, at least one.
    #[schemars(length(min = 1, max = 50))]
    pub body: Vec<String>,
    /// What it means in plain words.
    pub summary: String,
}
