//! The data of an agreement. Its JSON is the interface: described by [`super::schema`], refused with the path of each field at fault.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::schema::Date;
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

const fn yes() -> bool {
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

/// Composition and master, each a whole of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitSheet {
    /// Words and music.
    pub composition: Composition,
    /// The sound recording.
    pub master: Master,
    /// The day from which money follows these shares; the day of the last signature when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Date>")]
    pub effective_on: Option<NaiveDate>,
}

/// Who wrote the song.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Composition {
    /// Its working title.
    pub title: String,
    /// The day it was written, or finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Date>")]
    pub written_on: Option<NaiveDate>,
    /// International Standard Musical Work Code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iswc: Option<String>,
    /// The writers; their shares total exactly one million.
    #[schemars(length(min = 1, max = 100))]
    pub writers: Vec<Writer>,
}

/// Somebody who wrote a part of the song.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Writer {
    /// Position among the parties.
    pub party: usize,
    /// What the writer did.
    pub role: WriterRole,
    /// Share of the whole composition, parts per million.
    #[schemars(range(max = 1_000_000))]
    pub share_ppm: u32,
    /// The society, where it is another than the party's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pro: Option<String>,
    /// IPI name number, where it is another than the party's: writers may have several names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipi: Option<String>,
    /// Who publishes this writer's share. What no publisher owns stays with the writer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub publishers: Vec<Publisher>,
}

/// What a writer did, in the societies' codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum WriterRole {
    /// Composer.
    #[serde(rename = "C")]
    Composer,
    /// Author of the words.
    #[serde(rename = "A")]
    Author,
    /// Composer and author.
    #[serde(rename = "CA")]
    ComposerAuthor,
    /// Arranger.
    #[serde(rename = "AR")]
    Arranger,
    /// Adaptor of the words.
    #[serde(rename = "AD")]
    Adaptor,
    /// Translator.
    #[serde(rename = "TR")]
    Translator,
}

impl WriterRole {
    /// The societies' code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Composer => "C",
            Self::Author => "A",
            Self::ComposerAuthor => "CA",
            Self::Arranger => "AR",
            Self::Adaptor => "AD",
            Self::Translator => "TR",
        }
    }
}

/// A publisher in a writer's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    /// Position among the parties, if it is one; a name otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<usize>,
    /// Name, if it is no party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// IPI name number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipi: Option<String>,
    /// Its society.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pro: Option<String>,
    /// Its place in the chain.
    pub role: PublisherRole,
    /// Of an owner (original or co-publisher): its part of this writer's publishing. Of an administrator or sub-publisher: the part
    /// of the income that it keeps of what it collects. Parts per million.
    #[schemars(range(max = 1_000_000))]
    pub share_ppm: u32,
    /// Whom an administrator or sub-publisher acts for: the position of an earlier publisher in this list, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<usize>,
    /// Where it acts, if not everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territory: Option<String>,
}

/// A publisher's place in a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PublisherRole {
    /// The writer's own publisher.
    Original,
    /// Owns a part beside the original publisher.
    CoPublisher,
    /// Collects for an owner.
    Administrator,
    /// Collects for another publisher in its own territory.
    SubPublisher,
}

impl PublisherRole {
    /// Whether it owns a part.
    pub const fn owns(self) -> bool {
        matches!(self, Self::Original | Self::CoPublisher)
    }

    /// Its key among the texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::CoPublisher => "co_publisher",
            Self::Administrator => "administrator",
            Self::SubPublisher => "sub_publisher",
        }
    }
}

/// Who owns the recording, and who takes part in it without owning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Master {
    /// International Standard Recording Code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isrc: Option<String>,
    /// The owners; their shares total exactly one million.
    #[schemars(length(min = 1, max = 100))]
    pub owners: Vec<Share>,
    /// Featured artists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub featured: Vec<Contributor>,
    /// Other performers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub performers: Vec<Contributor>,
    /// Who mixed it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub mixers: Vec<Contributor>,
    /// Participations. They are paid before the owners divide, and are no ownership.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub points: Vec<Points>,
}

/// A party's share of a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Position among the parties.
    pub party: usize,
    /// Parts per million.
    #[schemars(range(max = 1_000_000))]
    pub share_ppm: u32,
}

/// Somebody who took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contributor {
    /// Position among the parties, if it is one; a name otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<usize>,
    /// Name, if it is no party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What was contributed, such as `vocals` or `violin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
}

/// A participation in the income of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Points {
    /// Position among the parties.
    pub party: usize,
    /// Hundredths of a point: 350 are 3.5 points, which are 3.5 % of the base.
    #[schemars(range(min = 1, max = 10_000))]
    pub hundredths: u32,
    /// What they are counted on.
    pub base: RoyaltyBase,
}

/// What points are counted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoyaltyBase {
    /// What the owners receive, less distribution and taxes.
    NetReceipts,
    /// The published price to dealers.
    DealerPrice,
    /// The price in shops, without tax.
    RetailPrice,
    /// The artist's own royalty.
    ArtistRoyalty,
}

impl RoyaltyBase {
    /// Its key among the texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NetReceipts => "net_receipts",
            Self::DealerPrice => "dealer_price",
            Self::RetailPrice => "retail_price",
            Self::ArtistRoyalty => "artist_royalty",
        }
    }
}

/// Who owns what comes of the work: each side is either left out or a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ownership {
    /// Words and music; empty when the agreement does not touch them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub composition: Vec<Share>,
    /// The sound recording; empty when the agreement does not touch it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub master: Vec<Share>,
}

/// Somebody produces recordings for an artist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProducerTerms {
    /// The titles of the recordings, at least one.
    #[schemars(length(min = 1, max = 100))]
    pub recordings: Vec<String>,
    /// When they are to be delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Date>")]
    pub deliver_on: Option<NaiveDate>,
    /// Paid ahead of royalties; zero when nothing is.
    pub advance: Amount,
    /// Whether royalties are set off against the advance.
    #[serde(default = "yes")]
    pub recoupable: bool,
    /// The producers' points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub points: Vec<Points>,
    /// From when the points are paid.
    #[serde(default)]
    pub payable: Payable,
    /// Who owns compositions and recordings.
    pub ownership: Ownership,
}

/// From when a producer's royalty is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Payable {
    /// From the first copy and stream, once the advance is recouped.
    #[default]
    RecordOne,
    /// Once the costs of recording are recouped, then for everything from the first copy and stream.
    RetroactiveAfterCosts,
    /// Once the costs of recording are recouped, for what is earned afterwards.
    ProspectiveAfterCosts,
}

impl Payable {
    /// Its key among the texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RecordOne => "record_one",
            Self::RetroactiveAfterCosts => "retroactive_after_costs",
            Self::ProspectiveAfterCosts => "prospective_after_costs",
        }
    }
}

/// Somebody mixes or masters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MixMasterTerms {
    /// The titles of the songs, at least one.
    #[schemars(length(min = 1, max = 100))]
    pub songs: Vec<String>,
    /// What is done to each.
    pub services: Services,
    /// What is paid for all of it.
    pub fee: Amount,
    /// How much of the fee is paid before work starts, parts per million.
    #[serde(default)]
    #[schemars(range(max = 1_000_000))]
    pub deposit_ppm: u32,
    /// When the files are to be delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Date>")]
    pub deliver_on: Option<NaiveDate>,
    /// The files that are delivered, such as `WAV, 24 bit, 44.1 kHz`, at least one.
    #[schemars(length(min = 1, max = 50))]
    pub formats: Vec<String>,
    /// The engineers' points, if any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub points: Vec<Points>,
    /// Who owns the recordings.
    pub ownership: Ownership,
}

/// What an engineer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Services {
    /// Mixing alone.
    Mix,
    /// Mastering alone.
    Master,
    /// Both.
    MixAndMaster,
}

impl Services {
    /// Its key among the texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Mix => "mix",
            Self::Master => "master",
            Self::MixAndMaster => "mix_and_master",
        }
    }
}

/// Work whose results belong to the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkForHireTerms {
    /// What is to be done, in the parties' words.
    pub services: String,
    /// What is handed over, at least one thing.
    #[schemars(length(min = 1, max = 100))]
    pub results: Vec<String>,
    /// What is paid.
    pub fee: Amount,
    /// When the results are to be delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Date>")]
    pub deliver_on: Option<NaiveDate>,
    /// Who owns the results.
    pub ownership: Ownership,
}

/// People make something together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollaborationTerms {
    /// What they make, in their words.
    pub project: String,
    /// What each brings, at least one thing for every collaborator.
    #[schemars(length(min = 2, max = 100))]
    pub contributions: Vec<Contribution>,
    /// How they decide.
    #[serde(default)]
    pub decisions: Decisions,
    /// Who bears the costs, as a whole; equally when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub costs: Vec<Share>,
    /// Who owns compositions and recordings.
    pub ownership: Ownership,
}

/// What somebody brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contribution {
    /// Position among the parties.
    pub party: usize,
    /// What it is.
    pub part: String,
}

/// How people decide together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decisions {
    /// All of them must agree.
    #[default]
    Unanimous,
    /// More than half of the heads.
    Majority,
}

impl Decisions {
    /// Its key among the texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unanimous => "unanimous",
            Self::Majority => "majority",
        }
    }
}

/// A composition for a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComposerTerms {
    /// What the music is for, in the parties' words.
    pub project: String,
    /// The cues or pieces, at least one.
    #[schemars(length(min = 1, max = 100))]
    pub works: Vec<String>,
    /// What is paid.
    pub fee: Amount,
    /// When the music is to be delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Date>")]
    pub deliver_on: Option<NaiveDate>,
    /// How much of the writer's share of performance income the composer keeps, parts per million; usually all of it.
    #[serde(default = "whole")]
    #[schemars(range(max = 1_000_000))]
    pub writer_share_kept_ppm: u32,
    /// Who owns compositions and recordings.
    pub ownership: Ownership,
}

const fn whole() -> u32 {
    crate::format::WHOLE_PPM
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
