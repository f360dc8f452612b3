//! At which rate of which base a line earns under a contract.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Channel, Exact, Fraction, LineKey, RoyaltyFault, RuleId, Totals};
use crate::pricing::Country;

/// For which lines a rate holds. What is empty holds for all; a line that does not say something holds for none that asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// Where.
    pub territories: BTreeSet<Country>,
    /// How.
    pub channels: BTreeSet<Channel>,
    /// In which formats.
    pub formats: BTreeSet<String>,
    /// By whom it was sold or played.
    pub sources: BTreeSet<String>,
    /// Used from this day on.
    pub from: Option<NaiveDate>,
    /// Used through this day.
    pub through: Option<NaiveDate>,
}

impl When {
    /// Whether it holds for a sum of lines.
    pub(super) fn holds_for(&self, key: &LineKey) -> bool {
        fn named<T: Ord>(asked: &BTreeSet<T>, said: Option<&T>) -> bool {
            asked.is_empty() || said.is_some_and(|said| asked.contains(said))
        }
        named(&self.territories, key.territory.as_ref())
            && named(&self.channels, key.channel.as_ref())
            && named(&self.formats, key.format.as_ref())
            && named(&self.sources, key.source.as_ref())
            && self.from.is_none_or(|from| from <= key.used_on)
            && self.through.is_none_or(|through| key.used_on <= through)
    }
}

/// Something taken off a price before the rate is reckoned on it, such as packaging, tax or free goods.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deduction {
    /// What for.
    pub what: String,
    /// How much of what is left at its turn.
    pub part: Fraction,
}

/// A published price of one unit, in the currency of the statement: the one to dealers (PPD) or the one in shops, without tax.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListPrice {
    /// The price.
    pub price: Exact,
    /// What it is multiplied by first, such as `[130, 100]`: an uplift of 30 %.
    #[serde(default = "whole")]
    pub uplift: Fraction,
    /// What is taken off it then, one after the other.
    #[serde(default)]
    pub deductions: Vec<Deduction>,
}

const fn whole() -> Fraction {
    Fraction::WHOLE
}

impl ListPrice {
    /// What of the price royalties are reckoned on.
    pub fn base(&self) -> Result<Exact, RoyaltyFault> {
        let lifted = self.price.times(self.uplift)?;
        self.deductions.iter().try_fold(lifted, |left, deduction| left.times(deduction.part.rest()))
    }
}

/// What a rate is reckoned on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Base {
    /// What is received.
    NetReceipts,
    /// What was received before others took their part. Lines that do not say it earn nothing and are counted.
    GrossReceipts,
    /// A price to dealers, a unit.
    DealerPrice(ListPrice),
    /// A price in shops, a unit.
    RetailPrice(ListPrice),
    /// A fixed amount a unit.
    PerUnit(Exact),
    /// What the payer earns of the same lines by another rule: points of an artist's royalty, as a letter of direction pays them.
    RoyaltyOf(RuleId),
}

impl Base {
    /// Whether it is a price below zero.
    pub(super) const fn is_below_zero(&self) -> bool {
        match self {
            Self::DealerPrice(price) | Self::RetailPrice(price) => price.price.is_negative(),
            Self::PerUnit(amount) => amount.is_negative(),
            Self::NetReceipts | Self::GrossReceipts | Self::RoyaltyOf(_) => false,
        }
    }
}

/// A rate and what it holds for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// For which lines.
    #[serde(default)]
    pub when: When,
    /// On what it is reckoned.
    pub base: Base,
    /// How much of it.
    pub rate: Fraction,
}

impl Rate {
    /// What a sum of lines comes to as its base; none where that is another rule's royalty.
    pub(super) fn base_of(&self, totals: &Totals) -> Result<Option<Exact>, RoyaltyFault> {
        Ok(match &self.base {
            Base::NetReceipts => Some(totals.net),
            Base::GrossReceipts => Some(totals.gross),
            Base::DealerPrice(price) | Base::RetailPrice(price) => Some(price.base()?.for_units(totals.units)?),
            Base::PerUnit(amount) => Some(amount.for_units(totals.units)?),
            Base::RoyaltyOf(_) => None,
        })
    }

    /// How many of a sum of lines do not say what it is reckoned on.
    pub(super) const fn silent(&self, totals: &Totals) -> u64 {
        if matches!(self.base, Base::GrossReceipts) { totals.grossless } else { 0 }
    }
}

/// The rate of a sum of lines: the first that holds for it.
pub(super) fn rate_for<'a>(rates: &'a [Rate], key: &LineKey) -> Option<&'a Rate> {
    rates.iter().find(|rate| rate.when.holds_for(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dealer_price_is_lifted_and_then_lessened() {
        let off =
            |what: &str, percent: u64| Deduction { what: what.to_owned(), part: Fraction::hundredths(percent * 100) };
        let price = ListPrice {
            price: "10".parse().unwrap(),
            uplift: Fraction::new(130, 100).unwrap(),
            deductions: vec![off("packaging", 25), off("free goods", 15)],
        };
        // 10 × 1.3 = 13, less 25 % = 9.75, less 15 % = 8.2875.
        assert_eq!(price.base().unwrap().to_string(), "8.2875");
    }

    #[test]
    fn the_first_rate_that_holds_is_taken() {
        let rate =
            |when, numerator| Rate { when, base: Base::NetReceipts, rate: Fraction::new(numerator, 100).unwrap() };
        let abroad = When { territories: BTreeSet::from(["DE".parse().unwrap()]), ..When::default() };
        let vinyl = When { formats: BTreeSet::from(["vinyl".to_owned()]), ..When::default() };
        let rates = [rate(vinyl, 10), rate(abroad, 12), rate(When::default(), 15)];
        let key = |territory: Option<&str>, format: Option<&str>| LineKey {
            subject: None,
            used_on: NaiveDate::default(),
            territory: territory.map(|code| code.parse().unwrap()),
            channel: None,
            format: format.map(str::to_owned),
            source: None,
            returned: false,
        };
        let found = |territory, format| rate_for(&rates, &key(territory, format)).map(|rate| rate.rate.to_string());
        assert_eq!(found(Some("DE"), Some("vinyl")).as_deref(), Some("10/100"));
        assert_eq!(found(Some("DE"), None).as_deref(), Some("12/100"));
        assert_eq!(found(None, None).as_deref(), Some("15/100"));
        assert_eq!(rate_for(&rates[..2], &key(None, None)), None);
    }
}
