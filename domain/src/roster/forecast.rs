//! What may still come: an estimate, and no more than that. It says what a usual month of the last half year was, and how far those months lay apart; there is
//! none without half a year of them.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};

use super::income::ready;
use crate::{
    actor::Ctx,
    ids::StudioId,
    money::Currency,
    policy::{self, Action},
    royalties::{
        RoyaltyError,
        entity::{Facet, facet},
        rules::{Exact, RoyaltyFault},
    },
    store::Db,
};

/// From how many months it is estimated.
const MONTHS: u32 = 6;
/// How many months are estimated, behind the last of which statements tell.
const AHEAD: u32 = 3;
/// Of what ended longer ago than this many months nothing more is expected.
const STALE_AFTER: u32 = 12;

/// What a month may bring in one currency. An estimate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The first day of the month of use.
    pub month: NaiveDate,
    /// The currency.
    pub currency: Currency,
    /// What the weakest of the last six months brought.
    pub low: Exact,
    /// Their median.
    pub likely: Exact,
    /// What the strongest of them brought.
    pub high: Exact,
}

/// What some lines of a month come to.
#[derive(FromQueryResult)]
struct OfMonth {
    month: NaiveDate,
    currency: Currency,
    net: Exact,
}

/// What the three months may bring that follow the last of which statements tell, by currency.
pub async fn forecast(db: &Db, ctx: &Ctx, studio: StudioId) -> Result<Vec<Forecast>, RoyaltyError> {
    policy::require(&ctx.actor, Action::ReadRoyalties, studio)?;
    let mut by_currency: BTreeMap<&'static str, (Currency, BTreeMap<NaiveDate, Exact>)> = BTreeMap::new();
    for import in ready(db, &[studio]).await? {
        let rows = facet::Entity::find()
            .select_only()
            .columns([facet::Column::Month, facet::Column::Currency, facet::Column::Net])
            .filter(facet::Column::ImportId.eq(import))
            .filter(facet::Column::Facet.eq(Facet::Channel))
            .into_model::<OfMonth>()
            .all(db)
            .await?;
        for row in rows {
            let (_, months) = by_currency.entry(row.currency.code()).or_insert((row.currency, BTreeMap::new()));
            months.entry(row.month).or_insert(Exact::ZERO).accumulate(row.net)?;
        }
    }
    let today = ctx.env.now().date_naive();
    let mut all = Vec::new();
    for (currency, months) in by_currency.into_values() {
        all.extend(outlook(currency, &months, today)?);
    }
    Ok(all)
}

fn outlook(
    currency: Currency,
    months: &BTreeMap<NaiveDate, Exact>,
    today: NaiveDate,
) -> Result<Vec<Forecast>, RoyaltyFault> {
    let Some(((first, _), (last, _))) = months.first_key_value().zip(months.last_key_value()) else {
        return Ok(Vec::new());
    };
    let stale = last.checked_add_months(Months::new(STALE_AFTER)).is_none_or(|end| end < today);
    let begins = last.checked_sub_months(Months::new(MONTHS - 1));
    let Some(begins) = begins.filter(|begins| !stale && first <= begins) else { return Ok(Vec::new()) };
    // A month of which nothing is told has brought nothing.
    let month = |start: &NaiveDate, number: u32| start.checked_add_months(Months::new(number));
    let brought = |number| month(&begins, number).and_then(|month| months.get(&month).copied()).unwrap_or_default();
    let mut like: Vec<Exact> = (0..MONTHS).map(brought).collect();
    like.sort_unstable();
    let [low, _, below, above, _, high] = like[..] else { return Ok(Vec::new()) };
    let likely = below.plus(above)?.over(Exact::whole(1), Exact::whole(2))?;
    let ahead = (1..=AHEAD).filter_map(|number| month(last, number));
    Ok(ahead.map(|month| Forecast { month, currency, low, likely, high }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn months(nets: &[(&str, i64)]) -> BTreeMap<NaiveDate, Exact> {
        nets.iter().map(|(month, net)| (day(month), Exact::whole(*net))).collect()
    }

    #[test]
    fn half_a_year_gives_the_median_and_how_far_it_lay_apart() {
        let told = months(&[
            ("2025-12-01", 9_000),
            ("2026-01-01", 10),
            ("2026-02-01", 40),
            ("2026-03-01", 20),
            ("2026-04-01", 50),
            ("2026-06-01", 35),
        ]);
        let forecast = outlook(Currency::EUR, &told, day("2026-09-15")).unwrap();
        let ahead: Vec<NaiveDate> = forecast.iter().map(|row| row.month).collect();
        assert_eq!(ahead, [day("2026-07-01"), day("2026-08-01"), day("2026-09-01")]);
        // 0 (May), 10, 20, 35, 40, 50; what was before counts no more.
        let row = &forecast[0];
        assert_eq!((row.low, row.high), (Exact::ZERO, Exact::whole(50)));
        assert_eq!(row.likely.to_string(), "27.5");
    }

    #[test]
    fn less_than_half_a_year_or_what_has_ended_gives_none() {
        let five = months(&[("2026-02-01", 40), ("2026-06-01", 35)]);
        assert_eq!(outlook(Currency::EUR, &five, day("2026-07-01")).unwrap(), []);
        let six = months(&[("2026-01-01", 40), ("2026-06-01", 35)]);
        assert_eq!(outlook(Currency::EUR, &six, day("2026-07-01")).unwrap().len(), 3);
        assert_eq!(outlook(Currency::EUR, &six, day("2027-06-02")).unwrap(), []);
        assert_eq!(outlook(Currency::EUR, &BTreeMap::new(), day("2026-07-01")).unwrap(), []);
    }
}
