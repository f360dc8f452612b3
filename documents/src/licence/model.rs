//! The data that a licence contract states. Plain values; nothing here reads a clock or a database.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::texts::Language;

/// A licence contract: its terms, and who took them, if anybody has yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceContract {
    /// What is offered or was sold.
    pub terms: LicenceTerms,
    /// Offered to anybody, or sold to somebody.
    pub stage: Stage,
}

/// Whether the contract is still an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Readable before paying: the licensee is "the buyer named at checkout" and dates count from the purchase. Never a PDF.
    Offered,
    /// Accepted and paid.
    Sold(Box<Sale>),
}

/// The five tiers that beats are licensed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Non-exclusive, delivered as MP3.
    Mp3Lease,
    /// Non-exclusive, delivered as WAV.
    WavLease,
    /// Non-exclusive, delivered with its stems.
    Trackout,
    /// Non-exclusive without limits of use.
    Unlimited,
    /// The last licence that is granted.
    Exclusive,
}

impl Tier {
    /// All tiers from the smallest to the largest.
    pub const ALL: [Self; 5] = [Self::Mp3Lease, Self::WavLease, Self::Trackout, Self::Unlimited, Self::Exclusive];

    /// Whether no further licence is granted after this one.
    pub fn is_exclusive(self) -> bool {
        self == Self::Exclusive
    }
}

/// Everything that is known before somebody buys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceTerms {
    /// Language of the contract.
    pub language: Language,
    /// Which kind of licence this is.
    pub tier: Tier,
    /// What the studio calls the tier, for example `Premium WAV lease`.
    pub tier_name: String,
    /// Who grants the licence.
    pub licensor: Licensor,
    /// What is licensed.
    pub beat: Beat,
    /// The files that the licensee receives, at least one.
    pub files: Vec<DeliveredFile>,
    /// What the licence costs.
    pub price: Price,
    /// How far the licence reaches.
    pub caps: Caps,
    /// What happens when a cap is reached; unused when there is none.
    pub at_cap: AtCap,
    /// For how long the licence lasts.
    pub term: Term,
    /// Share of the new song's composition that the licensor's writers keep, parts per million.
    pub publishing_kept_ppm: u32,
    /// Writers of the beat; their shares total exactly one million.
    pub writers: Vec<Writer>,
    /// Who owns the sound recording of the beat.
    pub master_ownership: MasterOwnership,
    /// The credit to print, for example `Prod. by Noctua`.
    pub credit_line: String,
    /// Whether the licensee may register the new song with fingerprinting services.
    pub content_id: ContentId,
    /// Recordings or compositions of others in the beat; none when empty.
    pub samples: Vec<Sample>,
    /// Leases sold before an exclusive; `Some` for an exclusive (also when there are none), `None` for every other tier.
    pub earlier_leases: Option<EarlierLeases>,
    /// The licence that this one replaces; left out of what is no upgrade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Replaced>,
    /// Whose law governs: completes "governed by the law of …", for example `England and Wales`.
    pub governing_law: String,
}

/// Who grants the licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licensor {
    /// Name of the studio.
    pub studio_name: String,
    /// The people who made the beat and act together as licensor, at least one.
    pub producers: Vec<Producer>,
    /// Postal address on one line, if the studio publishes it.
    pub address: Option<String>,
    /// Where the licensee can write to.
    pub email: String,
}

impl Licensor {
    /// Whether the studio is nobody but the one who made the beat, by either name: then there are not two to act for each other.
    pub(super) fn is_sole_producer(&self) -> bool {
        let [producer] = self.producers.as_slice() else { return false };
        let names = [Some(&producer.legal_name), producer.professional_name.as_ref()];
        names.into_iter().flatten().any(|name| name.trim().to_lowercase() == self.studio_name.trim().to_lowercase())
    }
}

/// A person who made the beat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Producer {
    /// Name in law.
    pub legal_name: String,
    /// Artist name, if another.
    pub professional_name: Option<String>,
}

/// The instrumental that is licensed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beat {
    /// Title as published.
    pub title: String,
    /// Title of the work that the recording embodies, if another.
    pub work_title: Option<String>,
    /// ISRC of the recording, with or without hyphens.
    pub isrc: Option<String>,
    /// ISWC of the work, with or without punctuation.
    pub iswc: Option<String>,
    /// Tempo in thousandths of a beat per minute.
    pub bpm_milli: Option<u32>,
    /// Musical key, for example `A minor`.
    pub key: Option<String>,
    /// SHA-256 of the recording that was uploaded, 64 lower-case hexadecimal digits.
    pub audio_sha256: String,
}

/// A file that belongs to the licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveredFile {
    /// Name or kind, for example `Midnight.wav` or `All stems`.
    pub name: String,
    /// Format in words, for example `WAV, 24 bit, 44.1 kHz`.
    pub format: String,
    /// Size and hash once the file exists; without, the contract says that it is made from the recording that it names.
    pub content: Option<FileContent>,
}

/// What identifies a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileContent {
    /// Size in bytes, above zero.
    pub bytes: u64,
    /// SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// A price in integer minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Amount in the currency's smallest unit; zero is a licence given free of charge.
    pub minor_units: u64,
    /// ISO 4217 code, three capital letters.
    pub currency: String,
    /// Digits after the point, 0 to 4.
    pub decimals: u8,
}

/// Limits of use over the whole term and all platforms together; `None` is without limit, zero excludes the use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caps {
    /// Audio and video streams.
    pub streams: Option<u64>,
    /// Copies sold or given away: downloads and physical copies.
    pub copies: Option<u64>,
    /// Music videos.
    pub videos: Option<u64>,
    /// Radio stations.
    pub radio_stations: Option<u64>,
    /// Paid live performances.
    pub paid_performances: Option<u64>,
}

impl Caps {
    /// Whether nothing is limited.
    pub fn is_unlimited(&self) -> bool {
        *self == Self::default()
    }
}

/// What happens when a cap is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtCap {
    /// The licensee upgrades and pays the difference.
    Upgrade,
    /// The licence ends.
    Terminate,
}

/// How long the licence lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// For ever.
    Perpetual,
    /// For so many months from the contract date.
    Months(u16),
}

/// A writer of the beat's composition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Writer {
    /// Name in law.
    pub name: String,
    /// What the writer did, for example `Composer`.
    pub role: String,
    /// IPI name number, if known.
    pub ipi: Option<String>,
    /// Performing rights organisation, if any.
    pub pro: Option<String>,
    /// Share of the beat's composition, parts per million.
    pub share_ppm: u32,
}

/// Who owns the sound recording of the beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MasterOwnership {
    /// The licensor keeps the beat's recording; the licensee owns what is added to it.
    Licensor,
    /// The beat's recording passes to the licensee; for exclusives only.
    AssignedToLicensee,
}

/// Whether the licensee may register the new song with fingerprinting services such as Content ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentId {
    /// Never: others hold licences of the same beat.
    NotAllowed,
    /// Never: others may use the same recordings, for a royalty-free sample is in the beat.
    NotAllowedSharedRecordings,
    /// Yes, but never against holders of earlier licences.
    AllowedExceptEarlierLicensees,
}

/// One declared sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// What was taken.
    pub title: String,
    /// Its artist, library or owner.
    pub source: String,
    /// By what right.
    pub clearance: SampleClearance,
}

/// By what right a sample is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SampleClearance {
    /// Cleared by the licensor for this licence.
    Cleared,
    /// Cleared by the licensor for licences that are not exclusive.
    ClearedForLeases,
    /// From a library whose licence covers it, and that others may use, too.
    RoyaltyFree,
    /// Not cleared: the licensee must clear it before releasing.
    NotCleared,
}

/// Leases sold before an exclusive. They survive it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierLeases {
    /// How many there are in all.
    pub count: u64,
    /// Those listed one by one, at most `count`.
    pub listed: Vec<EarlierLease>,
}

/// One lease sold before. The holder is not named: that is not the new licensee's to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierLease {
    /// Its own reference.
    pub reference: String,
    /// What its tier was called.
    pub tier_name: String,
    /// The day it was granted.
    pub granted_on: NaiveDate,
    /// Its last day; `None` for ever.
    pub expires_on: Option<NaiveDate>,
}

/// A licence that an upgrade replaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// Its own reference.
    pub reference: String,
    /// What its tier was called.
    pub tier_name: String,
    /// The day it was granted.
    pub granted_on: NaiveDate,
    /// What the new tier costs without the credit.
    pub full_price: Price,
    /// What was paid before, and is credited.
    pub credited: Price,
}

/// What a purchase adds to the terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sale {
    /// The one reference of payment, licence, files and payout.
    pub reference: String,
    /// The day the licence was granted and its term begins.
    pub contract_date: NaiveDate,
    /// Last day of the term, by [`crate::format::last_day`]; `None` exactly when the term is perpetual.
    pub expires_on: Option<NaiveDate>,
    /// Who holds the licence.
    pub licensee: Licensee,
    /// How the licensee agreed.
    pub acceptance: Acceptance,
}

/// Who holds the licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licensee {
    /// Name of the person or company.
    pub name: String,
    /// Where the files and this contract were sent.
    pub email: String,
}

/// Signature by acceptance at checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// Who accepted.
    pub accepted_by: String,
    /// When, to the second.
    pub accepted_at: DateTime<Utc>,
    /// The order whose payment confirmed it.
    pub order_reference: String,
}
