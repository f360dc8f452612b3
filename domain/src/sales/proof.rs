//! The proof that the money is right, read from the tables alone: whatever wrote a row is not asked.
//!
//! Each check is one statement, so that a sale that is made meanwhile is seen whole or not at all; only closed periods, which nothing is added to, are
//! read at leisure.

mod drifts;

use chrono::Duration;
use drifts::Check;
pub use drifts::DriftKind;
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, Iterable, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Statement,
    Value,
};

use super::SalesError;
use crate::{
    actor::Ctx,
    env::Instant,
    ids::StudioId,
    ledger::queries::{prove_periods, trial_balance, trial_balance_of_all},
    money::Money,
    payouts::entity::{PayoutState, payout},
    policy::{self, Action},
    report::StoreError,
    store::Db,
};

/// For how long a payout may be on its way, in days.
pub const STUCK_DAYS: i64 = 3;

/// The most drifts of one kind that a proof tells.
pub const MAX_DRIFTS: usize = 100;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// In which way.
    pub kind: DriftKind,
    /// Of what: the reference of an order, licence or journal, or the gateway's id of a payment.
    pub reference: String,
    /// Since when, at the latest.
    pub since: Instant,
}

/// What was looked at, and what of it is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// How many orders there are.
    pub orders: u64,
    /// How many payments.
    pub payments: u64,
    /// How many licences.
    pub licences: u64,
    /// How many journals.
    pub journals: u64,
    /// What all entries sum to, in each currency: zero.
    pub sums: Vec<Money>,
    /// What is wrong, oldest first: at most [`MAX_DRIFTS`] of each kind.
    pub drifts: Vec<Drift>,
}

impl Proof {
    /// Whether nothing is wrong.
    pub fn holds(&self) -> bool {
        self.drifts.is_empty() && self.sums.iter().all(|sum| sum.minor == 0)
    }

    /// Since when the oldest drift is there.
    pub fn oldest_drift(&self) -> Option<Instant> {
        self.drifts.first().map(|drift| drift.since)
    }
}

/// Proves a studio's books.
///
/// # Errors
/// If the actor may not read them.
pub async fn prove(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Proof, SalesError> {
    policy::require(&ctx.actor, Action::ReadLedger, studio)?;
    let sums = trial_balance(db, ctx, studio).await?;
    of(db, Some(studio), sums, Some(ctx.env.now())).await
}

/// Proves all books, whatever the time: what hangs for too long it does not tell.
///
/// # Errors
/// If the database fails.
pub async fn prove_all(db: &Db) -> Result<Proof, SalesError> {
    let sums = trial_balance_of_all(db).await?;
    of(db, None, sums, None).await
}

/// Proves all books, and that nothing hangs at an instant. For the program itself, such as `ledgerline proof`.
///
/// # Errors
/// If the database fails.
pub async fn prove_all_at(db: &Db, now: Instant) -> Result<Proof, SalesError> {
    let sums = trial_balance_of_all(db).await?;
    of(db, None, sums, Some(now)).await
}

async fn of(db: &Db, studio: Option<StudioId>, sums: Vec<Money>, now: Option<Instant>) -> Result<Proof, SalesError> {
    let mut drifts = Vec::new();
    for kind in DriftKind::iter() {
        if kind == DriftKind::PaymentUnmatched && studio.is_some() {
            continue;
        }
        let Some(Check { rows, reference, since, wrong }) = kind.check() else { continue };
        let select = format!("SELECT {reference} AS reference, {since} AS since FROM {rows} WHERE ({wrong})");
        let order = format!("ORDER BY {since}, {reference} LIMIT {MAX_DRIFTS}");
        let found = Row::find_by_statement(of_studio(db, &select, "AND", &order, studio)).all(db).await?;
        drifts.extend(found.into_iter().map(|row| Drift { kind, reference: row.reference, since: row.since }));
    }
    if let Some(now) = now {
        drifts.extend(stuck_payouts(db, studio, now).await?);
    }
    let changed = prove_periods(db, studio).await?.into_iter().take(MAX_DRIFTS).map(|period| Drift {
        kind: DriftKind::PeriodChanged,
        reference: format!("period {} up to {}", period.number, period.ends_at.format("%Y-%m-%d %H:%M UTC")),
        since: period.closed_at,
    });
    drifts.extend(changed);
    drifts.sort_by(|a, b| (a.since, a.kind, &a.reference).cmp(&(b.since, b.kind, &b.reference)));
    Ok(Proof {
        orders: count(db, "orders", studio).await?,
        payments: count(db, "payments", studio).await?,
        licences: count(db, "licences", studio).await?,
        journals: count(db, "journals", studio).await?,
        sums,
        drifts,
    })
}

async fn stuck_payouts(db: &Db, studio: Option<StudioId>, now: Instant) -> Result<Vec<Drift>, StoreError> {
    let stuck = payout::Entity::find()
        .filter(payout::Column::State.eq(PayoutState::Sending))
        .filter(payout::Column::AttemptAt.lt(now - Duration::days(STUCK_DAYS)))
        .apply_if(studio, |query, studio| query.filter(payout::Column::StudioId.eq(studio)))
        .order_by_asc(payout::Column::AttemptAt)
        .limit(u64::try_from(MAX_DRIFTS).unwrap_or(u64::MAX))
        .all(db)
        .await?;
    let drift =
        |row: payout::Model| Drift { kind: DriftKind::PayoutStuck, reference: row.reference, since: row.attempt_at };
    Ok(stuck.into_iter().map(drift).collect())
}

async fn count(db: &Db, rows: &str, studio: Option<StudioId>) -> Result<u64, StoreError> {
    let select = format!("SELECT COUNT(*) AS number FROM {rows}");
    let found = Count::find_by_statement(of_studio(db, &select, "WHERE", "", studio)).one(db).await?;
    Ok(found.map_or(0, |found| found.number.unsigned_abs()))
}

/// A statement about one studio's rows, or about all.
fn of_studio(db: &Db, select: &str, joined_by: &str, rest: &str, studio: Option<StudioId>) -> Statement {
    let backend = db.get_database_backend();
    match studio {
        Some(studio) => {
            let text = format!("{select} {joined_by} studio_id = $1 {rest}");
            Statement::from_sql_and_values(backend, text, [Value::from(studio)])
        }
        None => Statement::from_string(backend, format!("{select} {rest}")),
    }
}

#[derive(FromQueryResult)]
struct Row {
    reference: String,
    since: Instant,
}

#[derive(FromQueryResult)]
struct Count {
    number: i64,
}
