//! What each template agrees on: its own terms. What frames every agreement is in [`super::model`].

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::model::{Amount, yes};
use super::schema::Date;

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
    /// Participations, which are no ownership. Those on net receipts are paid before the owners divide, out of the sale of licences too;
    /// those on another base have no part in that.
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
