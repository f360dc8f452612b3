//! Reserves: what is held back against returns and given out later.
//!
//! Held before the rate, it is a part of the income that no royalty is reckoned on yet; held after it, a part of the royalty: of 100 at 25 %, a
//! reserve of 20 % holds 20 of the income in the one case, and in the other 5 of the royalty of 25. Nothing is held of returns, and the releases total 100 %.

use std::collections::BTreeSet;

use chrono::{Months, NaiveDate};

use super::{Channel, Exact, LineKey, RoyaltyFault};
use crate::{
    money::Currency,
    share::{Share, allocate},
};

/// After how many months the last of a reserve is given out at the latest.
const MOST_MONTHS: u32 = 120;

/// At which step a reserve is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldAt {
    /// Of the income, before costs and rate: pre-calculation.
    BeforeRate,
    /// Of what is earned by it: post-calculation.
    AfterRate,
}

/// A part of what was held, given out so many months after the period in which it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// After how many months.
    pub after_months: u32,
    /// How much of it.
    pub share: Share,
}

/// The terms of a reserve.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reserve {
    /// How much is held.
    pub rate: Share,
    /// At which step.
    pub held_at: HeldAt,
    /// Of which channels; of all if none is named.
    #[serde(default)]
    pub channels: BTreeSet<Channel>,
    /// When it is given out; together all of it.
    pub releases: Vec<Release>,
}

impl Reserve {
    /// What is wrong with the terms, if something is.
    pub(super) fn problem(&self) -> Option<String> {
        if self.releases.iter().any(|release| !(1..=MOST_MONTHS).contains(&release.after_months)) {
            return Some(format!("release it after 1 to {MOST_MONTHS} months"));
        }
        let shares: Vec<Share> = self.releases.iter().map(|release| release.share).collect();
        let problem = Share::require_whole(&shares).err()?;
        Some(format!("{problem}: let the releases give out all that is held"))
    }

    /// Whether something is held of a sum of lines.
    pub(super) fn holds_of(&self, key: &LineKey) -> bool {
        let named = || key.channel.is_some_and(|channel| self.channels.contains(&channel));
        !key.returned && (self.channels.is_empty() || named())
    }

    /// How much is held, in whole minor units; nothing of what is below zero.
    pub(super) fn held_minor(&self, of: Exact, currency: Currency) -> Result<i64, RoyaltyFault> {
        if !of.is_positive() {
            return Ok(0);
        }
        Ok(of.times(self.rate.into())?.floor_minor(currency)?.0)
    }

    /// When how much of it is given out, if it was held in a period that ends on a day.
    pub(super) fn plan(&self, held_minor: i64, ends_on: NaiveDate) -> Result<Vec<(NaiveDate, i64)>, RoyaltyFault> {
        let weights: Vec<u64> = self.releases.iter().map(|release| u64::from(release.share.ppm())).collect();
        let parts = self.releases.iter().zip(allocate(held_minor, &weights)?);
        let dated = parts.map(|(release, minor)| {
            let on = ends_on.checked_add_months(Months::new(release.after_months)).ok_or(RoyaltyFault::Overflow)?;
            Ok((on, minor))
        });
        dated.filter(|part| !matches!(part, Ok((_, 0)))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reserve(rate: u32, releases: &[(u32, u32)]) -> Reserve {
        let share = |ppm| Share::from_ppm(ppm).unwrap();
        Reserve {
            rate: share(rate),
            held_at: HeldAt::AfterRate,
            channels: BTreeSet::new(),
            releases: releases.iter().map(|&(after_months, ppm)| Release { after_months, share: share(ppm) }).collect(),
        }
    }

    #[test]
    fn what_is_held_is_given_out_to_the_cent() {
        let terms = reserve(250_000, &[(6, 333_333), (12, 333_333), (18, 333_334)]);
        assert_eq!(terms.problem(), None);
        assert_eq!(terms.held_minor(Exact::whole(100), Currency::EUR), Ok(2_500));
        assert_eq!(terms.held_minor(Exact::whole(-100), Currency::EUR), Ok(0));
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let plan = terms.plan(100, day(2025, 8, 31)).unwrap();
        assert_eq!(plan, [(day(2026, 2, 28), 33), (day(2026, 8, 31), 33), (day(2027, 2, 28), 34)]);
    }

    #[test]
    fn releases_that_keep_something_back_are_refused() {
        let problem = reserve(200_000, &[(6, 500_000)]).problem().unwrap();
        assert_eq!(problem, "the shares total 50 %, not 100 %: let the releases give out all that is held");
        for months in [0, 121, u32::MAX] {
            assert!(reserve(200_000, &[(months, 1_000_000)]).problem().is_some(), "{months}");
        }
    }
}
