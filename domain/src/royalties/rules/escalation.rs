//! Rates that rise with what was sold or earned, or from a day on.
//!
//! What a period adds is laid on the scale from where the last one ended: the part of it between two steps has the rate of the one below it. All sums of
//! the period have the same part in each step, so that neither the order of lines nor their number changes anything; returns go the way back.

use chrono::NaiveDate;

use super::{Exact, Fraction, RoyaltyFault};

/// What makes a rate rise.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Escalation {
    /// Units under the contract, from the beginning on. The thresholds rise.
    Units(Vec<Step>),
    /// What the rates were reckoned on, from the beginning on. The thresholds rise.
    Amount(Vec<Step>),
    /// Days of use. The days rise.
    Date(Vec<DateStep>),
}

/// Points that are added above a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Above how many, or how much.
    pub above: Exact,
    /// What is added to the rate there, in place of what the step below adds.
    pub adds: Fraction,
}

/// Points that are added from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateStep {
    /// From which day of use on.
    pub from: NaiveDate,
    /// What is added to the rate then, in place of what the step before adds.
    pub adds: Fraction,
}

/// What is added to the rate of a part of the base: the part is one number of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Blend {
    /// What is added.
    pub adds: Fraction,
    /// For how much of it.
    pub part: Exact,
    /// Of how much.
    pub of: Exact,
}

impl Escalation {
    /// What is wrong with it, if something is.
    pub(super) fn problem(&self) -> Option<String> {
        let rise = match self {
            Self::Units(steps) | Self::Amount(steps) => {
                steps.iter().all(|step| !step.above.is_negative()) && steps.is_sorted_by(|a, b| a.above < b.above)
            }
            Self::Date(steps) => steps.is_sorted_by(|a, b| a.from < b.from),
        };
        (!rise).then(|| "let each step lie above the one before it, the first at zero or more".to_owned())
    }

    /// What is added for use on a day, where steps are days.
    pub(super) fn on(&self, used_on: NaiveDate) -> Option<Blend> {
        let Self::Date(steps) = self else { return None };
        let step = steps.iter().rev().find(|step| step.from <= used_on)?;
        Some(Blend { adds: step.adds, part: Exact::whole(1), of: Exact::whole(1) })
    }

    /// What is added for a period, where steps are thresholds: from what had been reached of units and base before, by what the period added.
    pub(super) fn over(&self, before: Reached, period: Reached) -> Result<Vec<Blend>, RoyaltyFault> {
        match self {
            Self::Units(steps) => over_steps(steps, before.units, period.units),
            Self::Amount(steps) => over_steps(steps, before.base, period.base),
            Self::Date(_) => Ok(Vec::new()),
        }
    }
}

/// What a contract has reached: units, and what its rates were reckoned on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Reached {
    /// Units.
    pub units: Exact,
    /// What its rates were reckoned on.
    pub base: Exact,
}

fn over_steps(steps: &[Step], before: Exact, period: Exact) -> Result<Vec<Blend>, RoyaltyFault> {
    let after = before.plus(period)?;
    let (low, high) = (before.min(after), before.max(after));
    let of = high.minus(low)?;
    let mut blends = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        let next = steps.get(place + 1).map(|next| next.above);
        if of == Exact::ZERO {
            // Nothing was added in sum, yet single sums may have been: all of them stand where the period does.
            if step.above < low && next.is_none_or(|next| low <= next) {
                blends.push(Blend { adds: step.adds, part: Exact::whole(1), of: Exact::whole(1) });
            }
            continue;
        }
        let top = next.map_or(high, |next| high.min(next));
        let part = top.minus(low.max(step.above))?;
        if part.is_positive() {
            blends.push(Blend { adds: step.adds, part, of });
        }
    }
    Ok(blends)
}

/// What a base earns at a rate with what is added to it.
pub(super) fn royalty(base: Exact, rate: Fraction, blends: &[Blend]) -> Result<Exact, RoyaltyFault> {
    blends
        .iter()
        .try_fold(base.times(rate)?, |sum, blend| sum.plus(base.times(blend.adds)?.over(blend.part, blend.of)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps() -> Escalation {
        let step = |above, points: u64| Step { above: Exact::whole(above), adds: Fraction::hundredths(points * 100) };
        Escalation::Units(vec![step(100, 1), step(200, 2)])
    }

    fn earned(before: i64, period: i64) -> String {
        let reached = |units| Reached { units: Exact::whole(units), base: Exact::ZERO };
        let blends = steps().over(reached(before), reached(period)).unwrap();
        royalty(Exact::whole(1_000), Fraction::hundredths(1_000), &blends).unwrap().to_string()
    }

    #[test]
    fn a_period_that_crosses_steps_has_a_part_in_each() {
        // 10 % of 1,000 is 100; of 250 units 100 are below the first step, 100 above it and 50 above the second.
        assert_eq!(earned(0, 250), "108");
        assert_eq!(earned(0, 100), "100");
        assert_eq!(earned(100, 100), "110");
        assert_eq!(earned(200, 7), "120");
        // Returns go the way back.
        assert_eq!(earned(250, -250), "108");
        assert_eq!(earned(150, 0), "110");
    }

    #[test]
    fn days_and_the_order_of_steps() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
        let date = |day_of, points: u64| DateStep { from: day(day_of), adds: Fraction::hundredths(points * 100) };
        let dates = Escalation::Date(vec![date(10, 1), date(20, 2)]);
        let adds = |on| dates.on(day(on)).map(|blend| blend.adds.to_string());
        assert_eq!([9, 10, 25].map(adds), [None, Some("100/10000".to_owned()), Some("200/10000".to_owned())]);
        assert_eq!((dates.problem(), steps().problem()), (None, None));
        assert!(Escalation::Date(vec![date(20, 1), date(10, 2)]).problem().is_some());
        assert!(Escalation::Units(vec![Step { above: Exact::whole(-1), adds: Fraction::NOTHING }]).problem().is_some());
    }
}
