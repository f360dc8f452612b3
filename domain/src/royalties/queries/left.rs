//! What runs of a currency leave behind: what of statements nobody owns yet, and what has no rate. It keeps nobody from being paid, and is named.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::terms::book_of;
use crate::{
    ids::{RoyaltyRunId, StatementImportId, StudioId},
    money::Currency,
    report::StoreError,
    royalties::{
        RoyaltyError,
        entity::{ImportState, carried, import, item, run, subject_of, sum, total},
        rules::{Exact, LineKey, RuleBook, Subject, Totals, Why},
    },
    store::Db,
};

/// How many things are named; the sums are of all.
pub const MOST_NAMED: usize = 20;
/// Rows that are looked at in one go.
const BATCH: u64 = 1_000;

/// What is left behind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Left {
    /// How much waits for each reason, in the currency of the runs.
    pub sums: Vec<LeftSum>,
    /// Of what most of it is, the most first: [`MOST_NAMED`] at the most.
    pub things: Vec<LeftThing>,
    /// What is in no run's currency, for nobody has said a rate.
    pub unrated: Vec<Unrated>,
}

/// What waits for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftSum {
    /// Why it waits.
    pub why: Why,
    /// Of how many things it is.
    pub things: u64,
    /// How many lines.
    pub lines: i64,
    /// How much.
    pub amount: Exact,
}

/// Something that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftThing {
    /// Its title, as the statement has it; none of what a run has found nobody's.
    pub title: String,
    /// Its artist, likewise.
    pub artist: String,
    /// What it is, if that is known.
    pub subject: Option<Subject>,
    /// Why it waits.
    pub why: Why,
    /// How many lines.
    pub lines: i64,
    /// How much.
    pub amount: Exact,
}

/// What a statement comes to in a currency without a rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrated {
    /// The statement.
    pub import: StatementImportId,
    /// Its file.
    pub file_name: String,
    /// The currency of the lines.
    pub currency: Currency,
    /// How many.
    pub lines: i64,
    /// What they come to.
    pub amount: Exact,
}

impl Left {
    /// What waits for all reasons: lines, and how much.
    pub fn whole(&self) -> Result<(i64, Exact), RoyaltyError> {
        let lines = self.sums.iter().map(|sum| sum.lines).fold(0, i64::saturating_add);
        Ok((lines, Exact::sum(self.sums.iter().map(|sum| sum.amount))?))
    }

    /// Puts what is named into its order, and leaves out what is too much.
    fn trim(&mut self) {
        self.things.sort_by(|one, other| (other.amount, &one.title).cmp(&(one.amount, &other.title)));
        self.things.truncate(MOST_NAMED);
    }
}

/// The sums by reason, while they are added up.
type Reasons = BTreeMap<Why, LeftSum>;

fn count(reasons: &mut Reasons, thing: &LeftThing) -> Result<(), RoyaltyError> {
    let nothing = LeftSum { why: thing.why, things: 0, lines: 0, amount: Exact::ZERO };
    let sum = reasons.entry(thing.why).or_insert(nothing);
    sum.things = sum.things.saturating_add(1);
    sum.lines = sum.lines.saturating_add(thing.lines);
    sum.amount.accumulate(thing.amount)?;
    Ok(())
}

/// What waits now of what was used through a day: of statements that count, and of what earlier runs have found nobody's. For the program itself, or for who
/// has been shown the run.
pub async fn left_of(db: &Db, studio: StudioId, currency: Currency, through: NaiveDate) -> Result<Left, RoyaltyError> {
    let book = book_of(db, studio).await?;
    let (mut left, mut reasons) = (Left::default(), Reasons::new());
    let ready: BTreeSet<StatementImportId> = ready_of(db, studio).await?.into_iter().map(|row| row.id).collect();
    let totals = total::Entity::find()
        .filter(total::Column::StudioId.eq(studio))
        .filter(total::Column::AccountCurrency.eq(currency))
        .order_by_asc(total::Column::ImportId)
        .all(db)
        .await?;
    for row in totals.into_iter().filter(|row| ready.contains(&row.import_id)) {
        let Some(rate) = row.rate_of.zip(row.rate_to) else { continue };
        for thing in of_statement(db, &book, &row, (rate, through)).await? {
            count(&mut reasons, &thing)?;
            left.things.push(thing);
        }
        left.trim();
    }
    for thing in of_runs(db, studio, currency).await? {
        count(&mut reasons, &thing)?;
        left.things.push(thing);
    }
    left.trim();
    left.sums = reasons.into_values().collect();
    left.unrated = unrated(db, studio).await?;
    Ok(left)
}

/// The studio's statements that count.
async fn ready_of(db: &impl ConnectionTrait, studio: StudioId) -> Result<Vec<import::Model>, StoreError> {
    Ok(import::Entity::find()
        .filter(import::Column::StudioId.eq(studio))
        .filter(import::Column::State.eq(ImportState::Ready))
        .order_by_asc(import::Column::Id)
        .all(db)
        .await?)
}

/// What waits of a statement's lines in a currency. What the book can place now waits for the next run alone, and is none of it.
async fn of_statement(
    db: &Db,
    book: &RuleBook,
    total: &total::Model,
    (rate, through): ((Exact, Exact), NaiveDate),
) -> Result<Vec<LeftThing>, RoyaltyError> {
    let mut open: BTreeMap<i32, (i64, Exact)> = BTreeMap::new();
    let mut last = -1;
    loop {
        let sums = sum::Entity::find()
            .filter(sum::Column::ImportId.eq(total.import_id))
            .filter(sum::Column::Currency.eq(total.currency))
            .filter(sum::Column::RunId.is_null())
            .filter(sum::Column::UsedOn.lte(through))
            .filter(sum::Column::Number.gt(last))
            .order_by_asc(sum::Column::Number)
            .limit(BATCH)
            .all(db)
            .await?;
        let Some(end) = sums.last() else { break };
        last = end.number;
        for sum in &sums {
            let (lines, net) = open.entry(sum.item).or_default();
            *lines = lines.saturating_add(sum.lines);
            net.accumulate(sum.net)?;
        }
    }
    let numbers: Vec<i32> = open.keys().copied().collect();
    let mut things = Vec::new();
    for some in numbers.chunks(usize::try_from(BATCH).unwrap_or(usize::MAX)) {
        let items = item::Entity::find()
            .filter(item::Column::ImportId.eq(total.import_id))
            .filter(item::Column::Number.is_in(some.iter().copied()))
            .order_by_asc(item::Column::Number)
            .all(db)
            .await?;
        for item in items {
            let subject = item.subject();
            let Some(why) = why(book, subject.as_ref(), through) else { continue };
            let (lines, net) = open.get(&item.number).copied().unwrap_or_default();
            let (of, to) = rate;
            let amount = if of == to { net } else { net.over(to, of)? };
            things.push(LeftThing { title: item.title, artist: item.artist, subject, why, lines, amount });
        }
    }
    Ok(things)
}

/// Why something waits; nothing of what does not.
fn why(book: &RuleBook, subject: Option<&Subject>, through: NaiveDate) -> Option<Why> {
    match subject {
        None => Some(Why::Unmatched),
        Some(subject) if book.covers(subject, through) => None,
        Some(Subject::Release(_)) => Some(Why::NoTracks),
        Some(_) => Some(Why::NoSplit),
    }
}

/// What runs of the currency have found nobody's, and none has taken since.
async fn of_runs(db: &Db, studio: StudioId, currency: Currency) -> Result<Vec<LeftThing>, RoyaltyError> {
    let runs: BTreeSet<RoyaltyRunId> = run::Entity::find()
        .filter(run::Column::StudioId.eq(studio))
        .filter(run::Column::Currency.eq(currency))
        .all(db)
        .await?
        .into_iter()
        .map(|run| run.id)
        .collect();
    let rows = carried::Entity::find()
        .filter(carried::Column::StudioId.eq(studio))
        .filter(carried::Column::RunId.is_null())
        .order_by_asc(carried::Column::FromRunId)
        .order_by_asc(carried::Column::Position)
        .all(db)
        .await?;
    let thing = |row: carried::Model| -> Result<LeftThing, RoyaltyError> {
        let (_, totals): (LineKey, Totals) = serde_json::from_str(&row.content)?;
        Ok(LeftThing {
            title: String::new(),
            artist: String::new(),
            subject: subject_of(row.recording_id, row.work_id, None),
            why: row.why,
            lines: i64::try_from(totals.lines).unwrap_or(i64::MAX),
            amount: row.net,
        })
    };
    rows.into_iter().filter(|row| runs.contains(&row.from_run_id)).map(thing).collect()
}

/// What of a studio's statements that count has no rate, and so is in no run. For the program itself.
pub async fn unrated(db: &impl ConnectionTrait, studio: StudioId) -> Result<Vec<Unrated>, StoreError> {
    let totals = total::Entity::find()
        .filter(total::Column::StudioId.eq(studio))
        .filter(total::Column::AccountCurrency.is_null())
        .order_by_asc(total::Column::ImportId)
        .order_by_asc(total::Column::Currency)
        .all(db)
        .await?;
    if totals.is_empty() {
        return Ok(Vec::new());
    }
    let files: HashMap<StatementImportId, String> =
        ready_of(db, studio).await?.into_iter().map(|row| (row.id, row.file_name)).collect();
    let of = |row: total::Model| {
        Some(Unrated {
            import: row.import_id,
            file_name: files.get(&row.import_id)?.clone(),
            currency: row.currency,
            lines: row.lines,
            amount: row.amount,
        })
    };
    Ok(totals.into_iter().filter_map(of).collect())
}
