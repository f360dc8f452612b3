//! What may be paid, when what failed is tried again, and what is accepted of those who ask. What banks accept stands in [`bank`].

pub mod bank;

use chrono::{Duration, NaiveDate};

use super::PayoutError;
use crate::{
    money::Money,
    sales::rules::{MAX_KEY_CHARS, MAX_REASON_CHARS},
    visible::{has_visible, undirected},
};

/// For how many days the money of a sale is held back, unless the studio says otherwise.
pub const DEFAULT_HOLD_DAYS: i32 = 14;
/// The most days that it can say.
pub const MAX_HOLD_DAYS: i32 = 365;
/// How long a mailed link leads to the gateway, in days.
pub const LINK_DAYS: i64 = 30;
/// How long after a link was mailed another is mailed to the same payee, in minutes.
pub const INVITE_MIN: i64 = 10;
/// The longest note, in characters.
pub const MAX_NOTE_CHARS: usize = 500;
/// After how many attempts a payout is not tried again by itself: more than a month.
pub const MOST_ATTEMPTS: i32 = 40;
/// How many days after today a bank can be told to pay at the latest.
pub const MOST_EXECUTE_DAYS: u64 = 31;
/// The longest wait between two attempts, in hours.
const LONGEST_WAIT_H: i64 = 24;

/// The gateway's name where real money moves.
const LIVE_GATEWAY: &str = "stripe";
/// The names of gateways where none does.
const PLAY_GATEWAYS: [&str; 2] = ["sandbox", "stripe_test"];

/// Of which gateways' sales nothing is paid while a gateway is in use: where real money moves, what was tried without any is not paid with it.
pub fn unpaid_sources(gateway: &str) -> &'static [&'static str] {
    if gateway == LIVE_GATEWAY { &PLAY_GATEWAYS } else { &[] }
}

/// How a payee stands in one currency, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// What is owed to them.
    pub owed_minor: i64,
    /// What remains to them of sales whose money is held back: younger than the hold, about to be given back, or of no real money.
    pub withheld_minor: i64,
}

impl Standing {
    /// What is owed and held back: it is the last of what is owed, for what is older was there before.
    pub fn held_minor(self) -> i64 {
        self.withheld_minor.clamp(0, self.owed_minor.max(0))
    }

    /// What can be paid now, never below zero.
    pub fn payable_minor(self) -> i64 {
        self.owed_minor.max(0) - self.held_minor()
    }
}

/// Why nothing is paid to a payee for now, whatever is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Why, for a person.
    pub reason: String,
    /// Through which day; until further notice if none is named.
    pub through: Option<NaiveDate>,
}

/// What is kept to when a payee is paid, whichever way: what the studio's payouts ask for, and what the payee's terms of royalties do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// From which amount on is paid.
    pub minimum: Money,
    /// Why nothing is.
    pub hold: Option<Hold>,
}

/// What a payee waits for who is owed something and paid nothing now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitsFor {
    /// Their payouts are held.
    Hold,
    /// All of it is held back, for it was sold lately, is about to be given back, or was tried without real money.
    Sales,
    /// It is less than is paid at the least.
    Minimum,
}

impl WaitsFor {
    /// What a refusal of [`check_amount`] says; none if nothing is owed.
    pub const fn of(refusal: &PayoutError) -> Option<Self> {
        match refusal {
            PayoutError::OnHold { .. } => Some(Self::Hold),
            PayoutError::NothingPayable { held } if held.minor > 0 => Some(Self::Sales),
            PayoutError::BelowMinimum { .. } => Some(Self::Minimum),
            _ => None,
        }
    }
}

/// Checks how much is to be paid: what was asked for, or all that can be. Whoever pays moves multiples of a step, in minor units; what is less of all that can
/// be paid stays owed. Whoever pays, and whoever shows what can be paid and why nothing can, asks this.
pub fn check_amount(
    asked: Option<Money>,
    standing: Standing,
    terms: &Terms,
    step_minor: i64,
) -> Result<Money, PayoutError> {
    let minimum = terms.minimum;
    check_hold(standing, terms)?;
    let payable = Money::new(standing.payable_minor(), minimum.currency);
    let held = Money::new(standing.held_minor(), minimum.currency);
    let most_minor = payable.minor - payable.minor % step_minor;
    let amount = asked.unwrap_or(Money::new(most_minor, payable.currency));
    if most_minor == 0 {
        return Err(PayoutError::NothingPayable { held });
    }
    if amount.currency != payable.currency || amount.minor <= 0 {
        return Err(PayoutError::Amount { currency: payable.currency });
    }
    if amount.minor > payable.minor {
        return Err(PayoutError::BeyondPayable { payable, held });
    }
    if amount.minor % step_minor != 0 {
        return Err(PayoutError::Step { step: Money::new(step_minor, payable.currency) });
    }
    if amount.minor < minimum.minor {
        return Err(PayoutError::BelowMinimum { amount, minimum });
    }
    Ok(amount)
}

/// Refuses to pay a payee whose payouts are held.
pub fn check_hold(standing: Standing, terms: &Terms) -> Result<(), PayoutError> {
    match &terms.hold {
        Some(Hold { reason, through }) if standing.owed_minor > 0 => {
            Err(PayoutError::OnHold { reason: reason.clone(), through: *through })
        }
        _ => Ok(()),
    }
}

/// How long a payout waits after its n-th attempt (from 1) was refused: an hour, doubling up to a day; none if it is not tried again by itself.
pub fn wait_after(attempt: i32) -> Option<Duration> {
    if attempt >= MOST_ATTEMPTS {
        return None;
    }
    let doublings = attempt.saturating_sub(1).clamp(0, 5);
    Some(Duration::hours((1_i64 << doublings).min(LONGEST_WAIT_H)))
}

/// How long a payout waits that failed and cannot be tried again yet, such as while its money is held back: a day.
pub const fn wait_for_money() -> Duration {
    Duration::hours(LONGEST_WAIT_H)
}

/// Checks the key under which something is asked for.
pub fn check_key(key: Option<&str>) -> Result<(), PayoutError> {
    let fits = key.is_none_or(|key| (1..=MAX_KEY_CHARS).contains(&key.chars().count()));
    fits.then_some(()).ok_or(PayoutError::RequestKey)
}

/// A note, which may be empty.
pub fn check_note(note: &str) -> Result<String, PayoutError> {
    let note = undirected(note.trim());
    if note.chars().count() > MAX_NOTE_CHARS { Err(PayoutError::Note) } else { Ok(note) }
}

/// A reason, which may not.
pub fn check_reason(reason: &str) -> Result<String, PayoutError> {
    let reason = undirected(reason.trim());
    let fits = has_visible(&reason) && reason.chars().count() <= MAX_REASON_CHARS;
    if fits { Ok(reason) } else { Err(PayoutError::Reason) }
}

/// A country as ISO 3166-1 alpha-2 writes it. Whether the gateway pays there it says itself.
pub fn check_country(country: &str) -> Result<String, PayoutError> {
    let country = country.trim().to_ascii_uppercase();
    let fits = country.len() == 2 && country.bytes().all(|letter| letter.is_ascii_uppercase());
    if fits { Ok(country) } else { Err(PayoutError::Country) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{collectable, money::Currency};

    const fn euro(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    const fn least(minimum: Money) -> Terms {
        Terms { minimum, hold: None }
    }

    #[test]
    fn who_waits_is_told_what_for() {
        let hold = Hold { reason: "an audit".to_owned(), through: None };
        let held = Terms { hold: Some(hold), ..least(euro(0)) };
        let waits = |owed_minor, withheld_minor, terms: &Terms| {
            let refusal = check_amount(None, Standing { owed_minor, withheld_minor }, terms, 1).unwrap_err();
            WaitsFor::of(&refusal)
        };
        assert_eq!(waits(100, 0, &held), Some(WaitsFor::Hold));
        assert_eq!(waits(100, 100, &least(euro(0))), Some(WaitsFor::Sales));
        assert_eq!(waits(100, 0, &least(euro(101))), Some(WaitsFor::Minimum));
        assert_eq!(waits(0, 0, &held), None);
        let told = check_hold(Standing { owed_minor: 1, withheld_minor: 0 }, &held).unwrap_err();
        assert!(told.to_string().contains("an audit"), "{told}");
    }

    #[test]
    fn what_was_sold_lately_is_held_back() {
        let standing = |owed_minor, withheld_minor| Standing { owed_minor, withheld_minor };
        let of = |standing: Standing| (standing.payable_minor(), standing.held_minor());
        assert_eq!(of(standing(150, 50)), (100, 50));
        assert_eq!(of(standing(50, 50)), (0, 50));
        // What they owed has swallowed a part of the young money.
        assert_eq!(of(standing(20, 50)), (0, 20));
        assert_eq!(of(standing(0, 50)), (0, 0));
        assert_eq!(of(standing(70, 0)), (70, 0));
    }

    #[test]
    fn amounts_are_checked_by_name() {
        let standing = Standing { owed_minor: 150, withheld_minor: 50 };
        let check = |asked: Option<i64>, minimum| check_amount(asked.map(euro), standing, &least(euro(minimum)), 1);
        assert_eq!(check(None, 100).unwrap(), euro(100));
        assert_eq!(check(Some(40), 0).unwrap(), euro(40));
        assert!(matches!(check(Some(101), 0), Err(PayoutError::BeyondPayable { .. })));
        assert!(matches!(check(Some(0), 0), Err(PayoutError::Amount { .. })));
        assert!(matches!(check(Some(-1), 0), Err(PayoutError::Amount { .. })));
        assert!(matches!(check(None, 101), Err(PayoutError::BelowMinimum { .. })));
        let dollars = Money::new(10, Currency::USD);
        let none = least(euro(0));
        assert!(matches!(check_amount(Some(dollars), standing, &none, 1), Err(PayoutError::Amount { .. })));
        let none = check_amount(None, Standing { owed_minor: 50, withheld_minor: 80 }, &none, 1);
        assert!(matches!(none, Err(PayoutError::NothingPayable { held }) if held == euro(50)));
    }

    #[test]
    fn what_is_smaller_than_the_gateway_moves_stays_owed() {
        let dinars = |minor| Money::new(minor, "KWD".parse().unwrap());
        let step = collectable::step_minor(dinars(0).currency);
        let check = |asked: Option<i64>, owed_minor| {
            check_amount(asked.map(dinars), Standing { owed_minor, withheld_minor: 0 }, &least(dinars(0)), step)
        };
        assert_eq!(check(None, 12_345).unwrap(), dinars(12_340));
        assert_eq!(check(Some(12_340), 12_345).unwrap(), dinars(12_340));
        assert!(matches!(check(Some(12_345), 12_345), Err(PayoutError::Step { step }) if step.minor == 10));
        assert!(matches!(check(None, 5), Err(PayoutError::NothingPayable { .. })));
    }

    #[test]
    fn what_was_tried_without_money_is_not_paid_with_it() {
        assert_eq!(unpaid_sources("stripe"), ["sandbox", "stripe_test"]);
        assert!(unpaid_sources("sandbox").is_empty() && unpaid_sources("stripe_test").is_empty());
    }

    #[test]
    fn waits_double_up_to_a_day_and_end_after_a_month() {
        let hours: Vec<_> = (1..=7).map(|attempt| wait_after(attempt).map(|wait| wait.num_hours())).collect();
        assert_eq!(hours, [1, 2, 4, 8, 16, 24, 24].map(Some));
        assert_eq!(wait_after(MOST_ATTEMPTS), None);
        let all: i64 = (1..MOST_ATTEMPTS).filter_map(wait_after).map(|wait| wait.num_days()).sum();
        assert!(all > 30, "{all} days");
    }

    #[test]
    fn a_country_has_two_letters() {
        assert_eq!(check_country(" de ").unwrap(), "DE");
        for text in ["", "D", "DEU", "D1", "ÄÖ"] {
            assert!(matches!(check_country(text), Err(PayoutError::Country)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_payable_and_held_is_what_is_owed(owed_minor in 0_i64..1_000_000, withheld_minor in 0_i64..1_000_000) {
            let standing = Standing { owed_minor, withheld_minor };
            prop_assert_eq!(standing.payable_minor() + standing.held_minor(), owed_minor);
            prop_assert!(standing.payable_minor() >= 0 && standing.held_minor() <= withheld_minor);
        }
    }
}
