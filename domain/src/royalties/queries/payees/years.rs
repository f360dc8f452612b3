//! What payees have earned and were paid in a year.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::{
    actor::Ctx,
    ids::{PartyId, RoyaltyRunId, StudioId},
    ledger::export::csv_cell,
    money::{Currency, Money},
    parties::{find_parties_by_ids, successors_of},
    payouts::entity::{PayoutState, payout},
    policy::{self, Action},
    royalties::{
        RoyaltyError,
        entity::{ChargeKind, RunState, account, charge, run},
        rules::RoyaltyFault,
    },
    store::Db,
};

/// How many parties are looked up at a time.
const BATCH: usize = 500;

/// What a payee has earned and was paid in a year, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearTotal {
    /// Who; of one that was merged, who took their place.
    pub party: PartyId,
    /// The currency.
    pub currency: Currency,
    /// What was earned by the statements of periods that ended in the year, after reserves and before anything was set off.
    pub earned_minor: i64,
    /// What was withheld of that for tax.
    pub tax_minor: i64,
    /// What was paid out in the year, whatever for.
    pub paid_minor: i64,
}

fn add(to: &mut i64, minor: i64) -> Result<(), RoyaltyFault> {
    *to = to.checked_add(minor).ok_or(RoyaltyFault::Overflow)?;
    Ok(())
}

/// What each payee of a studio has earned and was paid in a year: the sums of their statements, and of their payouts by the day (UTC) on which they left.
///
/// # Errors
/// If the actor may not see that, or there is no such year.
pub async fn year_totals(db: &Db, ctx: &Ctx, studio: StudioId, year: i32) -> Result<Vec<YearTotal>, RoyaltyError> {
    policy::require(&ctx.actor, Action::ReadRoyalties, studio)?;
    let (first, next) = days_of(year).ok_or(RoyaltyError::Year)?;
    let runs = run::Entity::find()
        .filter(run::Column::StudioId.eq(studio))
        .filter(run::Column::State.eq(RunState::Posted))
        .filter(run::Column::ThroughOn.gte(first))
        .filter(run::Column::ThroughOn.lt(next))
        .all(db)
        .await?;
    let mut sums: BTreeMap<(PartyId, &'static str), YearTotal> = BTreeMap::new();
    for run in &runs {
        for (party, (earned_minor, tax_minor)) in earned_in(db, run.id).await? {
            let total = of(&mut sums, party, run.currency);
            add(&mut total.earned_minor, earned_minor)?;
            add(&mut total.tax_minor, tax_minor)?;
        }
    }
    let left: Vec<(PartyId, Currency, i64, i64)> = payout::Entity::find()
        .select_only()
        .column(payout::Column::PartyId)
        .column(payout::Column::Currency)
        .column(payout::Column::AmountMinor)
        .column(payout::Column::ReversedMinor)
        .filter(payout::Column::StudioId.eq(studio))
        .filter(payout::Column::State.is_in([PayoutState::Paid, PayoutState::Exported]))
        .filter(payout::Column::PaidAt.gte(at(first)))
        .filter(payout::Column::PaidAt.lt(at(next)))
        .into_tuple()
        .all(db)
        .await?;
    for (party, currency, amount_minor, reversed_minor) in left {
        let total = of(&mut sums, party, currency);
        add(&mut total.paid_minor, amount_minor)?;
        add(&mut total.paid_minor, reversed_minor.checked_neg().ok_or(RoyaltyFault::Overflow)?)?;
    }
    lead_on(db, sums).await
}

/// The first day of a year and of the next.
fn days_of(year: i32) -> Option<(NaiveDate, NaiveDate)> {
    let january = |year| NaiveDate::from_ymd_opt(year, 1, 1);
    january(year).zip(january(year.checked_add(1)?)).filter(|_| (1900..=9998).contains(&year))
}

fn at(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}

fn of<'a>(
    sums: &'a mut BTreeMap<(PartyId, &'static str), YearTotal>,
    party: PartyId,
    currency: Currency,
) -> &'a mut YearTotal {
    let none = YearTotal { party, currency, earned_minor: 0, tax_minor: 0, paid_minor: 0 };
    sums.entry((party, currency.code())).or_insert(none)
}

/// What each payee has earned in a run, as [`super::AccountView::earned_minor`] says it, and what was withheld of it.
async fn earned_in(db: &Db, run: RoyaltyRunId) -> Result<BTreeMap<PartyId, (i64, i64)>, RoyaltyError> {
    let mut earned: BTreeMap<PartyId, (i64, i64)> = BTreeMap::new();
    for row in account::Entity::find().filter(account::Column::RunId.eq(run)).all(db).await? {
        let (sum, tax) = earned.entry(row.party_id).or_default();
        add(sum, row.closing_minor)?;
        add(sum, row.opening_minor.checked_neg().ok_or(RoyaltyFault::Overflow)?)?;
        for minor in [row.costs_minor, row.tax_minor, row.advances_minor] {
            add(sum, minor)?;
        }
        add(tax, row.tax_minor)?;
    }
    let payments = charge::Entity::find()
        .filter(charge::Column::RunId.eq(run))
        .filter(charge::Column::Kind.eq(ChargeKind::Payment))
        .all(db)
        .await?;
    let paid_to: Vec<PartyId> = payments.iter().filter_map(|row| row.party_id).collect();
    let successors = successors(db, &paid_to).await?;
    for row in payments {
        let Some(party) = row.party_id else { continue };
        // A payment names whom it was made to; the run has accounted for it to who had taken their place.
        let accounted = if earned.contains_key(&party) { party } else { *successors.get(&party).unwrap_or(&party) };
        add(&mut earned.entry(accounted).or_default().0, row.amount_minor)?;
    }
    Ok(earned)
}

async fn successors(db: &Db, parties: &[PartyId]) -> Result<HashMap<PartyId, PartyId>, RoyaltyError> {
    let mut successors = HashMap::new();
    for chunk in parties.chunks(BATCH) {
        successors.extend(successors_of(db, chunk.iter().copied()).await?);
    }
    Ok(successors)
}

/// Adds what was told to those who were merged since to who took their place.
async fn lead_on(db: &Db, sums: BTreeMap<(PartyId, &'static str), YearTotal>) -> Result<Vec<YearTotal>, RoyaltyError> {
    let parties: Vec<PartyId> = sums.keys().map(|(party, _)| *party).collect();
    let successors = successors(db, &parties).await?;
    let mut led: BTreeMap<(PartyId, &'static str), YearTotal> = BTreeMap::new();
    for total in sums.into_values() {
        let party = *successors.get(&total.party).unwrap_or(&total.party);
        let sum = of(&mut led, party, total.currency);
        add(&mut sum.earned_minor, total.earned_minor)?;
        add(&mut sum.tax_minor, total.tax_minor)?;
        add(&mut sum.paid_minor, total.paid_minor)?;
    }
    Ok(led.into_values().collect())
}

/// The totals of a year as a table, quoted as RFC 4180 says, with the payees' names.
///
/// # Errors
/// As [`year_totals`].
pub async fn year_csv(db: &Db, ctx: &Ctx, studio: StudioId, year: i32) -> Result<String, RoyaltyError> {
    let totals = year_totals(db, ctx, studio, year).await?;
    let mut names = HashMap::new();
    let parties: Vec<PartyId> = totals.iter().map(|total| total.party).collect();
    for chunk in parties.chunks(BATCH) {
        names.extend(find_parties_by_ids(db, chunk).await?);
    }
    let mut table = "year,party_id,party,legal_name,currency,earned,tax_withheld,paid_out\r\n".to_owned();
    for total in &totals {
        let party = names.get(&total.party);
        let minor = |minor| Money::new(minor, total.currency).decimal();
        let cells = [
            year.to_string(),
            total.party.to_string(),
            csv_cell(party.map_or("", |party| party.name.as_str())),
            csv_cell(party.and_then(|party| party.legal_name.as_deref()).unwrap_or_default()),
            total.currency.code().to_owned(),
            minor(total.earned_minor),
            minor(total.tax_minor),
            minor(total.paid_minor),
        ];
        table.push_str(&cells.join(","));
        table.push_str("\r\n");
    }
    Ok(table)
}
