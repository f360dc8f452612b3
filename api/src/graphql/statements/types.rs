//! Statements as the API shows them. Exact numbers are strings, for they have up to 18 decimals.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, Enum, Json, SimpleObject, dataloader::Loader};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{AssetId, RecordingId, StatementFormatId, StatementImportId, StudioId, WorkId},
    money::{Currency, Money as DomainMoney},
    royalties::{
        commands::imports::Problem,
        entity::{format, import, item, receipt, total},
        queries::imports::{self as queries, FoundLine},
    },
};
use interchange::statements::{Change, Column, Drift, Field};
use serde_json::Value;

use crate::graphql::{
    caller,
    errors::Failure,
    loader,
    loaders::CallerLoader,
    scalars::{Id, Int64, Money},
};

/// Where a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::royalties::entity::ImportState")]
pub enum StatementState {
    /// It is kept, and will be read.
    Waiting,
    /// It is being read.
    Reading,
    /// No known format has its header: teach it.
    Quarantined,
    /// It was read, and something about it has to be accepted first.
    Held,
    /// It was read to its end, and its lines count.
    Ready,
    /// Somebody has stopped it.
    Cancelled,
    /// It cannot be read.
    Refused,
    /// It says what another says.
    Duplicate,
}

/// Where an exchange rate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::royalties::entity::RateSource")]
pub enum StatementRateSource {
    /// There is none: it is in the currency of the account.
    Same,
    /// The statement says it.
    Statement,
    /// The studio says it.
    Studio,
    /// What reached the bank over what the statement comes to.
    Bank,
}

/// Whether a file's own total is that of its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::royalties::entity::Stated")]
pub enum StatementAgreement {
    /// To the last decimal.
    Exact,
    /// Rounded to the places that it has.
    Rounded,
    /// It is not.
    Differs,
    /// Nobody can tell.
    Unknown,
}

/// By what it is known what lines are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::royalties::entity::MatchedBy")]
pub enum StatementMatch {
    /// By the ISRC.
    Isrc,
    /// By the UPC or EAN of a release.
    Upc,
    /// By the ISWC.
    Iswc,
    /// By a code of the studio's or the distributor's own.
    Code,
    /// By title and artist, as they were learned.
    Name,
    /// Somebody has said so.
    Hand,
}

/// A royalty statement.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct Statement {
    /// The id.
    pub id: Id<StatementImportId>,
    /// Whose it is.
    pub studio_id: Id<StudioId>,
    /// The file, as it came.
    pub asset_id: Id<AssetId>,
    /// What the file was called.
    pub file_name: String,
    /// Its length in bytes.
    pub bytes: Int64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Where it stands.
    pub state: StatementState,
    /// The format's id, once it is known.
    pub format: Option<String>,
    /// Which version of a format that the studio taught; absent for a known one.
    pub format_number: Option<i32>,
    /// The first day that it accounts for.
    pub period_from: Option<NaiveDate>,
    /// The last.
    pub period_to: Option<NaiveDate>,
    /// How many lines it has; 0 until it was read.
    pub lines: Int64,
    /// How many things its lines are of.
    pub items: i32,
    /// How many lines were read until now.
    pub lines_read: Int64,
    /// The statement that says the same.
    pub duplicate_of_id: Option<Id<StatementImportId>>,
    /// When somebody accepted what held it.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When somebody asked for it to be stopped.
    pub cancel_asked_at: Option<DateTime<Utc>>,
    /// When it was taken in.
    pub created_at: DateTime<Utc>,
    /// When it came to its end.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it is held, refused or a duplicate, and what is worth a look though it counts.
    pub problems: Vec<StatementProblem>,
    /// What its header has otherwise than the nearest format, if it is quarantined for that.
    pub drift: Option<StatementDrift>,
    #[graphql(skip)]
    key: StatementImportId,
}

impl From<import::Model> for Statement {
    fn from(row: import::Model) -> Self {
        Self {
            problems: row.problems().into_iter().map(StatementProblem::from).collect(),
            drift: row.drift().map(StatementDrift::from),
            id: row.id.into(),
            studio_id: row.studio_id.into(),
            asset_id: row.asset_id.into(),
            file_name: row.file_name,
            bytes: Int64(row.bytes),
            sha256: row.sha256.to_string(),
            state: row.state.into(),
            format: row.format,
            format_number: row.format_number,
            period_from: row.period_from,
            period_to: row.period_to,
            lines: Int64(row.lines),
            items: row.items,
            lines_read: Int64(row.lines_read),
            duplicate_of_id: row.duplicate_of.map(Id::from),
            accepted_at: row.accepted_at,
            cancel_asked_at: row.cancel_asked_at,
            created_at: row.created_at,
            ended_at: row.ended_at,
            key: row.id,
        }
    }
}

#[ComplexObject]
impl Statement {
    /// The page on which members of the studio say what its columns mean, while it waits for its format.
    #[expect(clippy::unused_async, reason = "a resolver is asynchronous")]
    async fn format_url(&self, ctx: &Context<'_>) -> Result<Option<String>, Failure> {
        if self.state != StatementState::Quarantined {
            return Ok(None);
        }
        let public_url = &caller(ctx)?.services.public_url;
        Ok(Some(format!("{public_url}/statements/{}/format", self.key)))
    }

    /// What its lines come to, by currency.
    async fn totals(&self, ctx: &Context<'_>) -> Result<Vec<StatementTotal>, Failure> {
        let totals = loader(ctx)?.load_one(TotalsOfStatement(self.key)).await?.unwrap_or_default();
        Ok(totals.into_iter().map(StatementTotal::from).collect())
    }
}

/// Loads what statements come to that the caller has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TotalsOfStatement(pub StatementImportId);

impl Loader<TotalsOfStatement> for CallerLoader {
    type Value = Vec<total::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[TotalsOfStatement]) -> Result<HashMap<TotalsOfStatement, Self::Value>, Failure> {
        let statements: Vec<StatementImportId> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<TotalsOfStatement, Self::Value> = HashMap::new();
        for total in queries::totals_of(&self.caller.services.db, &statements).await? {
            found.entry(TotalsOfStatement(total.import_id)).or_default().push(total);
        }
        Ok(found)
    }
}

/// Why a statement is held, refused or a duplicate, or what is worth a look.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct StatementProblem {
    /// A stable code in upper snake case.
    pub code: String,
    /// A sentence for a person.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
    /// Whether it holds nothing: the statement counts all the same.
    pub is_warning: bool,
}

impl From<Problem> for StatementProblem {
    fn from(Problem { code, message, remedy, is_warning }: Problem) -> Self {
        Self { code, message, remedy, is_warning }
    }
}

/// A header that no known format has.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct StatementDrift {
    /// The headings, as the file has them.
    pub header: Vec<String>,
    /// The line that they stand on, from 1.
    pub line: Int64,
    /// The header's short name.
    pub fingerprint: String,
    /// The name of the format that is nearest, if one has half of the headings.
    pub nearest: Option<String>,
    /// What the header has otherwise than that.
    pub changes: Vec<String>,
    /// The file's columns with what the nearest format takes them for, to begin a description with; nobody has confirmed it.
    pub proposal: Vec<StatementColumn>,
    /// The currency to go with it, where the nearest format or the heading of the amounts says one; nobody has confirmed it.
    pub currency: Option<String>,
}

/// A column of a format.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct StatementColumn {
    /// Its heading.
    pub heading: String,
    /// What it means, as descriptions say it; absent if it is not read.
    pub field: Option<String>,
}

impl From<Drift> for StatementDrift {
    fn from(drift: Drift) -> Self {
        let currency = drift.nearest.as_ref().and_then(|near| near.currency).map(|currency| currency.to_string());
        let (nearest, changes, proposal) =
            drift.nearest.map_or_else(Default::default, |near| (Some(near.name), near.changes, near.proposal));
        let field = |field: Field| serde_json::to_value(field).ok().and_then(|word| word.as_str().map(str::to_owned));
        let column = |column: Column| StatementColumn { heading: column.heading, field: column.field.and_then(field) };
        Self {
            header: drift.header,
            line: Int64(drift.line.cast_signed()),
            fingerprint: drift.fingerprint,
            nearest,
            changes: changes.iter().map(Change::to_string).collect(),
            proposal: proposal.into_iter().map(column).collect(),
            currency,
        }
    }
}

/// What was recorded to have reached the bank.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct StatementReceipt {
    /// Its number, from 1; all others correct the one before.
    pub number: i32,
    /// How much.
    pub amount: Money,
    /// When it reached the bank.
    pub on: NaiveDate,
    /// Why it corrects the one before.
    pub reason: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

impl From<receipt::Model> for StatementReceipt {
    fn from(row: receipt::Model) -> Self {
        Self {
            number: row.number,
            amount: DomainMoney::new(row.bank_minor, row.bank_currency).into(),
            on: row.bank_on,
            reason: row.reason,
            recorded_at: row.recorded_at,
        }
    }
}

/// Loads what was recorded to have reached the bank of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReceiptsOfStatement(pub StatementImportId);

impl Loader<ReceiptsOfStatement> for CallerLoader {
    type Value = Vec<receipt::Model>;
    type Error = Failure;

    async fn load(&self, keys: &[ReceiptsOfStatement]) -> Result<HashMap<ReceiptsOfStatement, Self::Value>, Failure> {
        let statements: Vec<StatementImportId> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<ReceiptsOfStatement, Self::Value> = HashMap::new();
        for receipt in queries::receipts_of(&self.caller.services.db, &statements).await? {
            found.entry(ReceiptsOfStatement(receipt.import_id)).or_default().push(receipt);
        }
        Ok(found)
    }
}

/// What a statement's lines in a currency come to.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct StatementTotal {
    /// The currency of the lines.
    pub currency: String,
    /// How many.
    pub lines: Int64,
    /// Their sum, exact.
    pub amount: String,
    /// The total that the file states itself.
    pub stated: Option<String>,
    /// Whether that is the sum.
    pub agreement: Option<StatementAgreement>,
    /// In which currency it is accounted for; absent until it has a rate, and until then no run takes it.
    pub account_currency: Option<String>,
    /// Whether no run takes it, for nobody has said at which rate.
    pub waits_for_rate: bool,
    /// So much of the lines' currency …
    pub rate_of: Option<String>,
    /// … is so much of the account's.
    pub rate_to: Option<String>,
    /// Where the rate comes from.
    pub rate_source: Option<StatementRateSource>,
    /// What reached the bank.
    pub bank: Option<Money>,
    /// When it did.
    pub bank_on: Option<NaiveDate>,
    /// What was booked to be due.
    pub posted: Option<Money>,
    #[graphql(skip)]
    key: (StatementImportId, Currency),
}

#[ComplexObject]
impl StatementTotal {
    /// All that was recorded to have reached the bank; the last holds.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn receipts(&self, ctx: &Context<'_>) -> Result<Vec<StatementReceipt>, Failure> {
        let (import, currency) = self.key;
        let rows = loader(ctx)?.load_one(ReceiptsOfStatement(import)).await?.unwrap_or_default();
        Ok(rows.into_iter().filter(|row| row.currency == currency).map(StatementReceipt::from).collect())
    }
}

impl From<total::Model> for StatementTotal {
    fn from(row: total::Model) -> Self {
        let money = |minor: Option<i64>| {
            minor.zip(row.account_currency).map(|(minor, currency)| DomainMoney::new(minor, currency).into())
        };
        Self {
            bank: money(row.bank_minor),
            posted: money(row.posted_minor),
            currency: row.currency.code().to_owned(),
            lines: Int64(row.lines),
            amount: row.amount.to_string(),
            waits_for_rate: row.account_currency.is_none(),
            stated: row.stated.map(|amount| amount.to_string()),
            agreement: row.agreement.map(Into::into),
            account_currency: row.account_currency.map(|currency| currency.code().to_owned()),
            rate_of: row.rate_of.map(|number| number.to_string()),
            rate_to: row.rate_to.map(|number| number.to_string()),
            rate_source: row.rate_source.map(Into::into),
            bank_on: row.bank_on,
            key: (row.import_id, row.currency),
        }
    }
}

/// What some lines of a statement are of, as it says itself, and what that is here: one of recording, work and release at the most.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct StatementItem {
    /// The statement.
    pub statement_id: Id<StatementImportId>,
    /// Its number in the statement.
    pub number: i32,
    /// The ISRC.
    pub isrc: Option<String>,
    /// The UPC as an EAN.
    pub upc: Option<String>,
    /// The ISWC.
    pub iswc: Option<String>,
    /// A code of the studio's or the distributor's own, with the format and the heading before it.
    pub code: Option<String>,
    /// The title.
    pub title: String,
    /// The artist.
    pub artist: String,
    /// Whether it is money without a recording.
    pub is_adjustment: bool,
    /// The recording, if it is one.
    pub recording_id: Option<Id<RecordingId>>,
    /// The work, if it is one.
    pub work_id: Option<Id<WorkId>>,
    /// The release's EAN, if it is one.
    pub release: Option<String>,
    /// By what that is known; absent while nobody has said so.
    pub matched_by: Option<StatementMatch>,
}

impl From<item::Model> for StatementItem {
    fn from(row: item::Model) -> Self {
        Self {
            statement_id: row.import_id.into(),
            number: row.number,
            isrc: row.isrc,
            upc: row.upc,
            iswc: row.iswc,
            code: row.code,
            title: row.title,
            artist: row.artist,
            is_adjustment: row.is_adjustment,
            recording_id: row.recording_id.map(Id::from),
            work_id: row.work_id.map(Id::from),
            release: row.release,
            matched_by: row.matched_by.map(Into::into),
        }
    }
}

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct StatementLine {
    /// Where it begins in the unpacked file: by this it is named.
    pub offset: Int64,
    /// Which line of the file it is, from 1.
    pub line: Int64,
    /// How the file has it.
    pub raw: String,
    /// The first day of the month in which it was used.
    pub used_on: NaiveDate,
    /// The country's code.
    pub territory: Option<String>,
    /// How it was used, such as `stream`.
    pub channel: String,
    /// By whom it was sold or played.
    pub source: Option<String>,
    /// How many.
    pub units: Int64,
    /// What is received, exact.
    pub net: String,
    /// The currency.
    pub currency: String,
}

impl From<FoundLine> for StatementLine {
    fn from(FoundLine { line, store, currency, place, raw, .. }: FoundLine) -> Self {
        Self {
            offset: Int64(place.offset.cast_signed()),
            line: Int64(place.line.cast_signed()),
            raw,
            used_on: line.used_on,
            territory: line.territory.map(|country| country.code().to_owned()),
            channel: line.channel.word().to_owned(),
            source: store,
            units: Int64(line.units),
            net: line.net.to_string(),
            currency: currency.code().to_owned(),
        }
    }
}

/// A format that a studio has taught, in the version that holds.
#[derive(Debug, Clone, SimpleObject)]
pub struct StatementFormat {
    /// The id.
    pub id: Id<StatementFormatId>,
    /// What programs call it.
    pub format: String,
    /// The version, from 1.
    pub number: i32,
    /// The description, as it was taught.
    pub description: Json<Value>,
    /// When.
    pub taught_at: DateTime<Utc>,
}

impl TryFrom<format::Model> for StatementFormat {
    type Error = Failure;
    fn try_from(row: format::Model) -> Result<Self, Failure> {
        Ok(Self {
            id: row.id.into(),
            format: row.format,
            number: row.number,
            description: Json(serde_json::from_str(&row.description).map_err(Failure::broken)?),
            taught_at: row.taught_at,
        })
    }
}
