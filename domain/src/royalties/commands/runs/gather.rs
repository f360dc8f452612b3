//! What a run is reckoned from: all that waits and can be given out, with what of it the run takes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use super::paid::{Paid, owed_before, paid_since};
use crate::{
    catalog::entity::recording,
    ids::{PartyId, RoyaltyChargeId, RoyaltyRunId, StatementImportId, StudioId},
    money::{Currency, Money},
    parties::records::successor,
    report::StoreError,
    royalties::{
        RoyaltyError,
        entity::{ChargeKind, ImportState, carried, charge, import, item, rule, run, sum, total},
        queries::terms::{book_of, grain_of, successors},
        rules::{
            AccountKey, Charge, ChargedTo, Exact, Group, Inputs, LineKey, Period, RuleBook, State, Subject, Successors,
            Sums, Totals,
        },
    },
    splits::entity::split_version,
};

/// How many sums are read at once.
const BATCH: u64 = 5_000;

/// By what it is told whether the terms have changed: all of it grows when they do, and nothing of it ever shrinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TermsMark {
    rules: u64,
    splits: u64,
    recordings: u64,
    merged: u64,
}

impl TermsMark {
    pub(super) async fn of(db: &impl ConnectionTrait, studio: StudioId) -> Result<Self, StoreError> {
        let rules = rule::Entity::find().filter(rule::Column::StudioId.eq(studio)).count(db).await?;
        let splits = split_version::Entity::find().filter(split_version::Column::StudioId.eq(studio)).count(db).await?;
        let recordings = recording::Entity::find().filter(recording::Column::StudioId.eq(studio)).count(db).await?;
        let merged = successor::Entity::find().filter(successor::Column::StudioId.eq(studio)).count(db).await?;
        Ok(Self { rules, splits, recordings, merged })
    }
}

/// What a run takes of a statement in one currency.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) import: StatementImportId,
    pub(super) currency: Currency,
    /// So much of the lines' currency is so much of the run's.
    pub(super) rate: (Exact, Exact),
    /// The things of which it takes lines, and what each is.
    pub(super) items: BTreeMap<i32, Subject>,
    /// Whether those are all that the statement has.
    pub(super) is_whole: bool,
    /// How many sums.
    pub(super) rows: u64,
    pub(super) lines: i64,
    pub(super) amount: Exact,
    pub(super) received: Exact,
}

/// What a run is reckoned from, and what it takes.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) book: RuleBook,
    pub(super) inputs: Inputs,
    pub(super) taken: Vec<Taken>,
    pub(super) carried: BTreeMap<RoyaltyRunId, Vec<i32>>,
    pub(super) charges: Vec<RoyaltyChargeId>,
    /// What each account is owed before what was paid since is set off.
    pub(super) owed: BTreeMap<AccountKey, i64>,
    pub(super) paid: Vec<Paid>,
}

/// For what it is gathered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) studio: StudioId,
    pub(super) currency: Currency,
    pub(super) through: NaiveDate,
}

/// Gathers what a run is reckoned from that follows another, if there is one, and begins from how that left everything.
pub(super) async fn gather(
    db: &impl ConnectionTrait,
    asked: Asked,
    opening: Option<&run::Model>,
    closing: State,
) -> Result<Gathered, RoyaltyError> {
    let book = book_of(db, asked.studio).await?;
    let successors = successors(db, asked.studio).await?;
    let opening_state = closing.succeeded(&successors)?;
    let mut sums = Sums::new(&book);
    let taken = take_statements(db, asked, &book, &mut sums).await?;
    let carried = take_carried(db, asked, &book, &mut sums).await?;
    let (mut charges, charge_ids) = open_charges(db, asked, &book, &successors).await?;
    let owed = owed_before(&opening_state, &charges);
    let paid = match opening {
        Some(opening) => {
            let earlier = runs_of(asked.studio, asked.currency).count(db).await?;
            paid_since(db, asked, opening, &owed, earlier).await?
        }
        None => Vec::new(),
    };
    let payment = |paid: &Paid| Charge {
        id: paid.name.clone(),
        on: paid.on.min(asked.through),
        amount: Money::new(paid.minor, asked.currency),
        to: ChargedTo::Payment { account: paid.account.clone() },
        reverses: None,
    };
    charges.extend(paid.iter().map(payment));
    charges.sort_by(|one, other| one.id.cmp(&other.id));
    let days = sums.groups().map(|(key, _)| key.used_on).chain(charges.iter().map(|charge| charge.on));
    let earliest = days.min().unwrap_or(asked.through).min(asked.through);
    let from = opening.and_then(|run| run.through_on.succ_opt()).unwrap_or(earliest);
    let inputs = Inputs {
        period: Period { from, through: asked.through },
        currency: asked.currency,
        versions: book.versions().to_vec(),
        charges,
        opening: opening_state,
        sums: sums.groups().map(|(key, totals)| (key.clone(), *totals)).collect(),
    };
    Ok(Gathered { book, inputs, taken, carried, charges: charge_ids, owed, paid })
}

/// The statements of which sums wait for a run.
async fn waiting_statements(
    db: &impl ConnectionTrait,
    asked: Asked,
) -> Result<Vec<(import::Model, total::Model)>, StoreError> {
    let open = sum::Entity::find()
        .select_only()
        .column(sum::Column::ImportId)
        .filter(sum::Column::StudioId.eq(asked.studio))
        .filter(sum::Column::RunId.is_null());
    let imports: HashMap<StatementImportId, import::Model> = import::Entity::find()
        .filter(import::Column::StudioId.eq(asked.studio))
        .filter(import::Column::State.eq(ImportState::Ready))
        .filter(import::Column::Id.in_subquery(open.into_query()))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let totals = total::Entity::find()
        .filter(total::Column::StudioId.eq(asked.studio))
        .filter(total::Column::AccountCurrency.eq(asked.currency))
        .order_by_asc(total::Column::ImportId)
        .order_by_asc(total::Column::Currency)
        .all(db)
        .await?;
    Ok(totals.into_iter().filter_map(|row| Some((imports.get(&row.import_id)?.clone(), row))).collect())
}

/// The things that lines of a statement are of and that the book can place.
pub(super) async fn covered_items(
    db: &impl ConnectionTrait,
    import: StatementImportId,
    book: &RuleBook,
    on: NaiveDate,
) -> Result<BTreeMap<i32, Subject>, StoreError> {
    let rows = item::Entity::find()
        .filter(item::Column::ImportId.eq(import))
        .filter(item::Column::MatchedBy.is_not_null())
        .all(db)
        .await?;
    let covered = |row: item::Model| {
        let subject = row.subject()?;
        book.covers(&subject, on).then_some((row.number, subject))
    };
    Ok(rows.into_iter().filter_map(covered).collect())
}

/// The rate of a statement's currency, if it has one: so much of it is so much of the account's.
pub(super) fn rate_of(row: &total::Model) -> Option<(Exact, Exact)> {
    row.rate_of.zip(row.rate_to)
}

/// An amount at a rate.
pub(super) fn converted(amount: Exact, (of, to): (Exact, Exact)) -> Result<Exact, RoyaltyError> {
    if of == to { Ok(amount) } else { Ok(amount.over(to, of)?) }
}

async fn take_statements(
    db: &impl ConnectionTrait,
    asked: Asked,
    book: &RuleBook,
    sums: &mut Sums,
) -> Result<Vec<Taken>, RoyaltyError> {
    let mut all = Vec::new();
    for (import, row) in waiting_statements(db, asked).await? {
        let Some(rate) = rate_of(&row) else { continue };
        let items = covered_items(db, import.id, book, asked.through).await?;
        let is_whole = usize::try_from(import.items).is_ok_and(|count| count == items.len());
        let mut taken = Taken {
            import: import.id,
            currency: row.currency,
            rate,
            items,
            is_whole,
            rows: 0,
            lines: 0,
            amount: Exact::ZERO,
            received: Exact::ZERO,
        };
        if !taken.items.is_empty() {
            take_sums(db, asked, &mut taken, sums).await?;
        }
        if taken.rows > 0 {
            all.push(taken);
        }
    }
    Ok(all)
}

/// Takes a statement's sums, so many at a time.
async fn take_sums(
    db: &impl ConnectionTrait,
    asked: Asked,
    taken: &mut Taken,
    sums: &mut Sums,
) -> Result<(), RoyaltyError> {
    let mut behind = -1;
    loop {
        let rows = sum::Entity::find()
            .filter(open_sums(taken.import, taken.currency, asked.through))
            .filter(sum::Column::Number.gt(behind))
            .order_by_asc(sum::Column::Number)
            .limit(BATCH)
            .all(db)
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        behind = last.number;
        for row in rows {
            let Some(subject) = taken.items.get(&row.item) else { continue };
            taken.rows = taken.rows.saturating_add(1);
            taken.lines = taken.lines.saturating_add(row.lines);
            taken.amount.accumulate(row.net)?;
            let totals = Totals {
                lines: row.lines.unsigned_abs(),
                grossless: row.grossless.unsigned_abs(),
                units: row.units,
                net: converted(row.net, taken.rate)?,
                gross: converted(row.gross, taken.rate)?,
            };
            taken.received.accumulate(totals.net)?;
            let key = LineKey {
                subject: Some(subject.clone()),
                used_on: row.used_on,
                territory: row.territory,
                channel: row.channel,
                format: row.format,
                source: row.source,
                returned: row.returned,
            };
            sums.add(key, &totals)?;
        }
    }
}

/// The sums of a statement's currency through a day that no run has taken.
pub(super) fn open_sums(import: StatementImportId, currency: Currency, through: NaiveDate) -> Condition {
    Condition::all()
        .add(sum::Column::ImportId.eq(import))
        .add(sum::Column::Currency.eq(currency))
        .add(sum::Column::RunId.is_null())
        .add(sum::Column::UsedOn.lte(through))
}

/// The runs of a currency.
pub(super) fn runs_of(studio: StudioId, currency: Currency) -> sea_orm::Select<run::Entity> {
    run::Entity::find()
        .select_only()
        .column(run::Column::Id)
        .filter(run::Column::StudioId.eq(studio))
        .filter(run::Column::Currency.eq(currency))
}

async fn take_carried(
    db: &impl ConnectionTrait,
    asked: Asked,
    book: &RuleBook,
    sums: &mut Sums,
) -> Result<BTreeMap<RoyaltyRunId, Vec<i32>>, RoyaltyError> {
    let rows = carried::Entity::find()
        .filter(carried::Column::StudioId.eq(asked.studio))
        .filter(carried::Column::RunId.is_null())
        .filter(carried::Column::FromRunId.in_subquery(runs_of(asked.studio, asked.currency).into_query()))
        .order_by_asc(carried::Column::FromRunId)
        .order_by_asc(carried::Column::Position)
        .all(db)
        .await?;
    let mut taken: BTreeMap<RoyaltyRunId, Vec<i32>> = BTreeMap::new();
    for row in rows {
        let (key, totals): (LineKey, Totals) = serde_json::from_str(&row.content)?;
        if key.subject.as_ref().is_some_and(|subject| book.covers(subject, asked.through)) {
            sums.add(key, &totals)?;
            taken.entry(row.from_run_id).or_default().push(row.position);
        }
    }
    Ok(taken)
}

/// The charges that no run has taken and nobody has taken back, everybody led on. A payment that one took that was discarded is taken however late its day is; costs of a release wait until
/// somebody has said which tracks it has.
async fn open_charges(
    db: &impl ConnectionTrait,
    asked: Asked,
    book: &RuleBook,
    successors: &Successors,
) -> Result<(Vec<Charge>, Vec<RoyaltyChargeId>), RoyaltyError> {
    let in_time = Condition::any()
        .add(charge::Column::OnDate.lte(asked.through))
        .add(charge::Column::Kind.eq(ChargeKind::Payment));
    let rows = charge::Entity::find()
        .filter(charge::Column::StudioId.eq(asked.studio))
        .filter(charge::Column::Currency.eq(asked.currency))
        .filter(charge::Column::RunId.is_null())
        .filter(in_time)
        .order_by_asc(charge::Column::Id)
        .all(db)
        .await?;
    let rows = without_reversed(rows);
    let mut charges = Vec::with_capacity(rows.len());
    let mut ids = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(charge) = charge_of(&row, asked.through) else { continue };
        let waits = |subject: &Subject| matches!(subject, Subject::Release(_)) && !book.covers(subject, charge.on);
        if matches!(&charge.to, ChargedTo::Shared { subject } if waits(subject)) {
            continue;
        }
        ids.push(row.id);
        charges.push(charge.succeeded(successors));
    }
    Ok((charges, ids))
}

/// Charges but for those that were taken back before a run took them, and what takes them back: both come to nothing.
fn without_reversed(rows: Vec<charge::Model>) -> Vec<charge::Model> {
    let open: BTreeSet<RoyaltyChargeId> = rows.iter().map(|row| row.id).collect();
    let reversed: BTreeSet<RoyaltyChargeId> =
        rows.iter().filter_map(|row| row.reverses_id).filter(|id| open.contains(id)).collect();
    let stays =
        |row: &charge::Model| !reversed.contains(&row.id) && row.reverses_id.is_none_or(|id| !reversed.contains(&id));
    rows.into_iter().filter(stays).collect()
}

/// A charge as it is reckoned with. The database holds that each has what its kind needs.
fn charge_of(row: &charge::Model, through: NaiveDate) -> Option<Charge> {
    let account = |party: Option<PartyId>, group: Option<&String>| {
        Some(AccountKey { payee: party?, group: Group(group?.clone()) })
    };
    let own = account(row.party_id, row.account_group.as_ref());
    let to = match row.kind {
        ChargeKind::Shared => ChargedTo::Shared { subject: row.subject()? },
        ChargeKind::Cost => ChargedTo::Cost { account: own? },
        ChargeKind::Advance => {
            let included_in = account(row.included_party_id, row.included_group.as_ref());
            ChargedTo::Advance { account: own?, included_in }
        }
        ChargeKind::Payment => ChargedTo::Payment { account: own? },
    };
    // A payment is called the same before it is a row.
    let id = row.request_key.clone().filter(|_| row.kind == ChargeKind::Payment).unwrap_or_else(|| row.id.to_string());
    Some(Charge {
        id,
        on: row.on_date.min(through),
        amount: Money::new(row.amount_minor, row.currency),
        to,
        reverses: row.reverses_id.map(|id| id.to_string()),
    })
}

/// The statements that wait, where rules ask for particulars that may not have been kept of their lines.
pub(super) async fn maybe_coarse(
    db: &impl ConnectionTrait,
    asked: Asked,
) -> Result<Vec<StatementImportId>, RoyaltyError> {
    let grain = grain_of(db, asked.studio).await?;
    if !(grain.territory || grain.format || grain.source) {
        return Ok(Vec::new());
    }
    let mut imports: Vec<StatementImportId> =
        waiting_statements(db, asked).await?.into_iter().map(|(import, _)| import.id).collect();
    imports.dedup();
    Ok(imports)
}
