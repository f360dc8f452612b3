//! What a budget comes to: what is planned, what it has cost, and what of both is recouped.

use std::collections::HashSet;

use crate::{
    ids::{BudgetCostId, BudgetLineId},
    money::{Currency, Money, MoneyError},
    production::entity::{RateKind, cost, line},
};

/// The most lines of a budget.
pub const MAX_LINES: usize = 500;
/// The most costs of a line, those that were corrected too.
pub const MAX_COSTS: usize = 1_000;
/// The highest rate, and the highest cost, in minor units.
pub const MAX_MINOR: i64 = 1_000_000_000_000;
/// The most of what a rate is paid for, in thousandths: 10,000.
pub const MAX_QUANTITY_MILLI: i32 = 10_000_000;
/// One of it, in thousandths: what a flat rate is paid for.
pub const ONE_MILLI: i32 = 1_000;

/// Why a line or a cost is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BudgetFault {
    /// Not an amount.
    #[error("an amount is nothing or more, and no more than {MAX_MINOR} of the smallest units")]
    Amount {
        /// The field.
        field: &'static str,
    },
    /// Another currency than the project's.
    #[error("this project is reckoned in {project}, and this is in {given}")]
    Currency {
        /// The field.
        field: &'static str,
        /// The project's.
        project: Currency,
        /// What was given.
        given: Currency,
    },
    /// Not a quantity.
    #[error("a quantity is 0.001 to {}", MAX_QUANTITY_MILLI / ONE_MILLI)]
    Quantity,
    /// More than one of a flat rate.
    #[error("a flat rate is paid once")]
    Flat,
    /// Too many lines.
    #[error("a budget has {MAX_LINES} lines at most")]
    Lines,
    /// Too many costs.
    #[error("a line has {MAX_COSTS} costs at most")]
    Costs,
}

/// An amount in the project's currency, in minor units.
pub fn check_amount(field: &'static str, amount: Money, currency: Currency) -> Result<i64, BudgetFault> {
    if amount.currency != currency {
        return Err(BudgetFault::Currency { field, project: currency, given: amount.currency });
    }
    if (0..=MAX_MINOR).contains(&amount.minor) { Ok(amount.minor) } else { Err(BudgetFault::Amount { field }) }
}

/// How many of what a rate is paid for, in thousandths.
pub const fn check_quantity(kind: RateKind, quantity_milli: i32) -> Result<i32, BudgetFault> {
    if quantity_milli < 1 || quantity_milli > MAX_QUANTITY_MILLI {
        return Err(BudgetFault::Quantity);
    }
    match kind {
        RateKind::Flat if quantity_milli != ONE_MILLI => Err(BudgetFault::Flat),
        _ => Ok(quantity_milli),
    }
}

/// What a line is planned to cost, in minor units: rate by quantity, half a unit rounded up.
pub fn planned_minor(rate_minor: i64, quantity_milli: i32) -> i64 {
    let exact = i128::from(rate_minor) * i128::from(quantity_milli);
    let one = i128::from(ONE_MILLI);
    i64::try_from((exact + one / 2) / one).expect("the highest rate by the highest quantity fits 64 bits")
}

/// The costs that count: those that no other corrects.
pub fn counted(costs: &[cost::Model]) -> impl Iterator<Item = &cost::Model> {
    let corrected: HashSet<BudgetCostId> = costs.iter().filter_map(|cost| cost.corrects_id).collect();
    costs.iter().filter(move |cost| !corrected.contains(&cost.id))
}

/// What a budget, or a part of it, comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// What was planned.
    pub planned: Money,
    /// What it has cost.
    pub actual: Money,
    /// What of the plan is recoupable.
    pub planned_recoupable: Money,
    /// What of the costs is recoupable.
    pub actual_recoupable: Money,
}

impl Totals {
    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { planned: zero, actual: zero, planned_recoupable: zero, actual_recoupable: zero }
    }

    /// What is left of the plan; less than nothing if more was spent.
    pub fn left(&self) -> Result<Money, MoneyError> {
        self.planned.minus(self.actual)
    }
}

/// What lines come to with what each has cost.
pub fn totals<'a>(
    currency: Currency,
    lines: impl IntoIterator<Item = &'a line::Model>,
    costs: impl Fn(BudgetLineId) -> i64,
) -> Result<Totals, MoneyError> {
    lines.into_iter().try_fold(Totals::zero(currency), |sum, line| {
        let planned = Money::new(planned_minor(line.rate_minor, line.quantity_milli), currency);
        let actual = Money::new(costs(line.id), currency);
        let nothing = Money::zero(currency);
        let (planned_part, actual_part) = if line.recoupable { (planned, actual) } else { (nothing, nothing) };
        Ok(Totals {
            planned: sum.planned.plus(planned)?,
            actual: sum.actual.plus(actual)?,
            planned_recoupable: sum.planned_recoupable.plus(planned_part)?,
            actual_recoupable: sum.actual_recoupable.plus(actual_part)?,
        })
    })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};
    use proptest::prelude::*;
    use sea_orm::prelude::Uuid;

    use super::*;
    use crate::{
        ids::{ProjectId, StudioId},
        production::entity::BudgetCategory,
    };

    fn line(n: u128, rate_minor: i64, quantity_milli: i32, recoupable: bool) -> line::Model {
        line::Model {
            id: BudgetLineId(Uuid::from_u128(n)),
            studio_id: StudioId(Uuid::nil()),
            project_id: ProjectId(Uuid::nil()),
            category: BudgetCategory::Musician,
            title: "Strings".into(),
            hire_id: None,
            rate_kind: RateKind::Hour,
            rate_minor,
            quantity_milli,
            recoupable,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn cost(n: u128, amount_minor: i64, corrects: Option<u128>) -> cost::Model {
        cost::Model {
            id: BudgetCostId(Uuid::from_u128(n)),
            studio_id: StudioId(Uuid::nil()),
            project_id: ProjectId(Uuid::nil()),
            line_id: BudgetLineId(Uuid::from_u128(1)),
            amount_minor,
            incurred_on: NaiveDate::default(),
            note: String::new(),
            corrects_id: corrects.map(|n| BudgetCostId(Uuid::from_u128(n))),
            request_key: None,
            user_id: None,
            api_key_id: None,
            recorded_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_correction_counts_in_the_place_of_what_it_corrects() {
        let costs = [cost(1, 500, None), cost(2, 700, None), cost(3, 900, Some(2)), cost(4, 0, Some(3))];
        let counts: Vec<i64> = counted(&costs).map(|cost| cost.amount_minor).collect();
        assert_eq!(counts, [500, 0]);
    }

    #[test]
    fn plans_and_costs_are_told_apart_and_so_is_what_is_recouped() {
        let lines = [line(1, 5_000, 2_500, true), line(2, 333, 1_500, false)];
        let spent = |id: BudgetLineId| if id == lines[0].id { 14_000 } else { 0 };
        let totals = totals(Currency::EUR, &lines, spent).unwrap();
        assert_eq!(totals.planned.minor, 12_500 + 500, "half a cent is rounded up");
        assert_eq!((totals.actual.minor, totals.left().unwrap().minor), (14_000, -1_000));
        assert_eq!((totals.planned_recoupable.minor, totals.actual_recoupable.minor), (12_500, 14_000));
    }

    #[test]
    fn amounts_and_quantities_have_limits() {
        let euros = |minor| check_amount("rate", Money::new(minor, Currency::EUR), Currency::EUR);
        assert_eq!((euros(0), euros(MAX_MINOR)), (Ok(0), Ok(MAX_MINOR)));
        for wrong in [-1, MAX_MINOR + 1, i64::MIN] {
            assert_eq!(euros(wrong), Err(BudgetFault::Amount { field: "rate" }));
        }
        let foreign = check_amount("rate", Money::new(1, Currency::USD), Currency::EUR).unwrap_err();
        assert_eq!(foreign.to_string(), "this project is reckoned in EUR, and this is in USD");
        assert_eq!(check_quantity(RateKind::Flat, 1_000), Ok(1_000));
        assert_eq!(check_quantity(RateKind::Flat, 2_000), Err(BudgetFault::Flat));
        for wrong in [0, -1_000, MAX_QUANTITY_MILLI + 1] {
            assert_eq!(check_quantity(RateKind::Day, wrong), Err(BudgetFault::Quantity));
        }
    }

    proptest! {
        #[test]
        fn a_plan_is_never_off_by_more_than_half_a_unit(rate in 0..=MAX_MINOR, quantity in 1..=MAX_QUANTITY_MILLI) {
            let planned = i128::from(planned_minor(rate, quantity)) * 1_000;
            let exact = i128::from(rate) * i128::from(quantity);
            prop_assert!((planned - exact).abs() <= 500);
        }

        #[test]
        fn the_largest_budget_can_be_summed(rate in 0..=MAX_MINOR, quantity in 1..=MAX_QUANTITY_MILLI) {
            let lines: Vec<_> = (0..MAX_LINES).map(|_| line(1, rate, quantity, true)).collect();
            let spent = |_| MAX_MINOR * 1_000;
            prop_assert!(totals(Currency::EUR, &lines, spent).is_ok());
        }
    }
}
