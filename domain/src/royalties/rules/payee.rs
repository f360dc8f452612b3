//! How a payee is paid: tax withheld by country, the order of recoupment, the least that is paid, and what holds a payout.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::{
    ids::PartyId,
    money::{Currency, Money},
    pricing::Country,
    share::Share,
};

/// A step between what an account earns and what is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recoup {
    /// Costs of the payee's own.
    Costs,
    /// Tax withheld.
    Tax,
    /// Advances.
    Advances,
}

/// The usual order: expenses before tax, and advances last.
pub const ORDER: [Recoup; 3] = [Recoup::Costs, Recoup::Tax, Recoup::Advances];

const fn order() -> [Recoup; 3] {
    ORDER
}

/// Why nothing is paid out for now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// Why, for a person.
    pub reason: String,
    /// Through which day; until further notice if none is named.
    #[serde(default)]
    pub through: Option<NaiveDate>,
}

/// The terms of a payee.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payee {
    /// Who.
    pub payee: PartyId,
    /// Where the payee is taxed, if that is known.
    #[serde(default)]
    pub country: Option<Country>,
    /// What is withheld in place of the country's rate, where a treaty or an exemption was shown.
    #[serde(default)]
    pub treaty: Option<Share>,
    /// The least that is paid out, of what is owed in its currency; in others all is.
    #[serde(default)]
    pub minimum: Option<Money>,
    /// What holds payouts.
    #[serde(default)]
    pub hold: Option<Hold>,
    /// In which order is recouped.
    #[serde(default = "order")]
    pub order: [Recoup; 3],
}

impl Payee {
    /// The terms of somebody of whom nothing is known.
    pub(super) const fn unknown(payee: PartyId) -> Self {
        Self { payee, country: None, treaty: None, minimum: None, hold: None, order: ORDER }
    }

    /// What is wrong with them and in which field, if something is.
    pub(super) fn problem(&self) -> Option<(&'static str, String)> {
        let mut each = self.order;
        each.sort_unstable();
        if each != ORDER {
            return Some(("order", "name costs, tax and advances once each".to_owned()));
        }
        let is_below = self.minimum.is_some_and(|minimum| minimum.minor < 0);
        is_below.then(|| ("minimum", "the least that is paid is zero or more".to_owned()))
    }

    /// What of a balance is paid out on a day, or why nothing is.
    pub(super) fn pays(&self, balance: Money, on: NaiveDate) -> Payout {
        let minimum_minor = self.least(balance.currency);
        match &self.hold {
            Some(hold) if hold.through.is_none_or(|through| on <= through) => {
                Payout::Held { reason: hold.reason.clone() }
            }
            _ if balance.minor <= 0 => Payout::Nothing,
            _ if balance.minor < minimum_minor => Payout::BelowMinimum { minimum_minor },
            _ => Payout::Due { minor: balance.minor },
        }
    }

    /// The least that is paid out in a currency, in minor units.
    fn least(&self, currency: Currency) -> i64 {
        self.minimum.filter(|minimum| minimum.currency == currency).map_or(0, |minimum| minimum.minor)
    }
}

/// What is paid out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payout {
    /// This much.
    Due {
        /// In minor units.
        minor: i64,
    },
    /// Nothing: there is nothing to pay.
    Nothing,
    /// Nothing yet: it is less than the least that is paid.
    BelowMinimum {
        /// That least, in minor units of the period's currency.
        minimum_minor: i64,
    },
    /// Nothing for now.
    Held {
        /// Why.
        reason: String,
    },
}

/// What is withheld of royalties for the tax office, by where a payee is taxed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withholding {
    /// The rate of each country.
    pub countries: BTreeMap<Country, Share>,
    /// The rate of all others, and of payees who have not said where they are taxed.
    pub otherwise: Share,
}

impl Withholding {
    /// What is withheld of a payee.
    pub(super) fn rate_of(&self, payee: &Payee) -> Share {
        let of_country = || payee.country.and_then(|country| self.countries.get(&country).copied());
        payee.treaty.or_else(of_country).unwrap_or(self.otherwise)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;

    fn payee() -> Payee {
        Payee::unknown(PartyId(Uuid::from_u128(1)))
    }

    fn share(percent: u32) -> Share {
        Share::from_ppm(percent * 10_000).unwrap()
    }

    #[test]
    fn tax_is_by_treaty_then_country_then_the_rest() {
        let code = |code: &str| -> Country { code.parse().unwrap() };
        let law = Withholding { countries: BTreeMap::from([(code("FR"), share(15))]), otherwise: share(30) };
        let rate = |country, treaty| law.rate_of(&Payee { country, treaty, ..payee() });
        assert_eq!(rate(None, None), share(30));
        assert_eq!(rate(Some(code("JP")), None), share(30));
        assert_eq!(rate(Some(code("FR")), None), share(15));
        assert_eq!(rate(Some(code("FR")), Some(share(0))), share(0));
        assert_eq!(serde_json::to_string(&law).unwrap(), r#"{"countries":{"FR":150000},"otherwise":300000}"#);
    }

    #[test]
    fn little_and_held_money_waits() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
        let hold = Hold { reason: "bank details are missing".to_owned(), through: Some(day(10)) };
        let euros = |minor| Money::new(minor, Currency::EUR);
        let terms = Payee { minimum: Some(euros(5_000)), hold: Some(hold), ..payee() };
        let reason = "bank details are missing".to_owned();
        assert_eq!(terms.pays(euros(9_999), day(10)), Payout::Held { reason });
        assert_eq!(terms.pays(euros(5_000), day(11)), Payout::Due { minor: 5_000 });
        assert_eq!(terms.pays(euros(4_999), day(11)), Payout::BelowMinimum { minimum_minor: 5_000 });
        assert_eq!(terms.pays(euros(-1), day(11)), Payout::Nothing);
        // So many euros are no least of dollars or yen.
        for currency in [Currency::USD, Currency::JPY] {
            assert_eq!(terms.pays(Money::new(271, currency), day(11)), Payout::Due { minor: 271 });
        }
        assert_eq!(Payee { minimum: Some(euros(-1)), ..payee() }.problem().map(|(field, _)| field), Some("minimum"));
    }

    #[test]
    fn each_step_is_named_once() {
        let twice = Payee { order: [Recoup::Tax, Recoup::Tax, Recoup::Costs], ..payee() };
        assert_eq!(twice.problem().map(|(field, _)| field), Some("order"));
        let other = Payee { order: [Recoup::Advances, Recoup::Costs, Recoup::Tax], ..payee() };
        assert_eq!(other.problem(), None);
    }
}
