//! What a booking costs, what of that is paid ahead, and what is kept when it does not take place.

use chrono::Duration;

use crate::{
    collectable::{least_minor, step_minor},
    env::Instant,
    money::{Money, MoneyError},
    share::{Share, WHOLE_PPM},
};

/// How many minutes a day has that is rented as one.
const DAY_MINUTES: i64 = 24 * 60;

/// What a room or a piece of equipment costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// An hour.
    pub hour: Option<Money>,
    /// A day.
    pub day: Option<Money>,
}

/// How long something is rented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rented {
    /// So many minutes.
    Minutes(i64),
    /// So many days as the calendar has them, whatever hours those have; and their true minutes.
    Days {
        /// How many.
        days: i64,
        /// Their minutes.
        minutes: i64,
    },
}

/// What is paid for something at its rates; none if it is not rented. A session costs its minutes by the hour, rounded to the nearest, and no more than the days
/// that it begins where those have a rate; whole days cost their days, or their hours where days have no rate. The parts that payment services do not move are
/// rounded up.
///
/// # Errors
/// If it does not fit.
pub fn price(rates: Rates, rented: Rented) -> Result<Option<Money>, MoneyError> {
    let (minutes, days) = match rented {
        Rented::Minutes(minutes) => (minutes, minutes.div_euclid(DAY_MINUTES) + i64::from(minutes % DAY_MINUTES != 0)),
        Rented::Days { days, minutes } => (minutes, days),
    };
    let by_hours = rates.hour.map(|rate| of_parts(rate, minutes, 60)).transpose()?;
    let by_days = rates.day.map(|rate| of_parts(rate, days, 1)).transpose()?;
    Ok(match (rented, by_hours, by_days) {
        (Rented::Minutes(_), Some(hours), Some(days)) => Some(if hours.minor < days.minor { hours } else { days }),
        (Rented::Days { .. }, _, Some(days)) => Some(days),
        (_, hours, days) => hours.or(days),
    })
}

/// So many parts of a rate, each an `of`th of it.
fn of_parts(rate: Money, parts: i64, of: i64) -> Result<Money, MoneyError> {
    let exact = i128::from(rate.minor) * i128::from(parts);
    let minor = (exact + i128::from(of) / 2) / i128::from(of);
    movable(Money::new(i64::try_from(minor).map_err(|_| MoneyError::Overflow)?, rate.currency))
}

/// The least amount of no less that payment services move.
fn movable(amount: Money) -> Result<Money, MoneyError> {
    let step = step_minor(amount.currency);
    let short = amount.minor.rem_euclid(step);
    if short == 0 { Ok(amount) } else { amount.plus(Money::new(step - short, amount.currency)) }
}

/// What is paid ahead of a price: its share, rounded up to what payment services move, and no less than they collect. Of a price that they do not collect nothing is.
pub fn deposit(price: Money, share: Share) -> Money {
    let nothing = Money::zero(price.currency);
    if share == Share::ZERO || price.minor < least_minor(price.currency) {
        return nothing;
    }
    let exact = i128::from(price.minor) * i128::from(share.ppm());
    let whole = i128::from(WHOLE_PPM);
    // No more than the price, which fits.
    let minor = i64::try_from((exact + whole - 1) / whole).unwrap_or(price.minor).max(least_minor(price.currency));
    let moved = movable(Money::new(minor, price.currency)).unwrap_or(price);
    if moved.minor > price.minor { price } else { moved }
}

/// Until when a client cancels for nothing.
pub fn free_until(starts_at: Instant, free_cancel_hours: i32) -> Instant {
    starts_at - Duration::hours(i64::from(free_cancel_hours))
}

/// What is kept of what was paid when a client cancels, or does not come: nothing until the deadline, its last moment included, then the share, rounded down to what
/// payment services move.
pub fn kept(paid: Money, kept_share: Share, free_until: Instant, now: Instant) -> Money {
    if now <= free_until {
        return Money::zero(paid.currency);
    }
    let exact = i128::from(paid.minor) * i128::from(kept_share.ppm()) / i128::from(WHOLE_PPM);
    let minor = i64::try_from(exact).unwrap_or(paid.minor);
    let rest = (paid.minor - minor).rem_euclid(step_minor(paid.currency));
    // What goes back is moved; so what is kept gives up what cannot be.
    let minor = if rest == 0 { minor } else { minor - (step_minor(paid.currency) - rest) };
    Money::new(minor.max(0), paid.currency)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{env::testing, money::Currency};

    fn euro(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn rates(hour: Option<i64>, day: Option<i64>) -> Rates {
        Rates { hour: hour.map(euro), day: day.map(euro) }
    }

    fn share(ppm: u32) -> Share {
        Share::from_ppm(ppm).unwrap()
    }

    #[test]
    fn hours_cost_no_more_than_their_days() {
        let cost = |rates, rented| price(rates, rented).unwrap().map(|money| money.minor);
        let both = rates(Some(5_000), Some(35_000));
        assert_eq!(cost(both, Rented::Minutes(90)), Some(7_500));
        assert_eq!(cost(both, Rented::Minutes(10 * 60)), Some(35_000), "ten hours are dearer than a day");
        assert_eq!(cost(both, Rented::Minutes(25 * 60)), Some(70_000), "of which a second is begun");
        let two_days = Rented::Days { days: 2, minutes: 49 * 60 };
        assert_eq!(cost(both, two_days), Some(70_000), "whatever hours the days have");
        assert_eq!(cost(rates(Some(5_000), None), two_days), Some(245_000), "by the hour where days have no rate");
        assert_eq!(cost(rates(None, Some(35_000)), Rented::Minutes(60)), Some(35_000));
        assert_eq!(cost(rates(None, None), Rented::Minutes(60)), None);
        assert_eq!(cost(rates(Some(1_001), None), Rented::Minutes(45)), Some(751), "750.75 to the nearest");
        assert!(price(rates(Some(i64::MAX), None), Rented::Minutes(120)).is_err());
        let dinar = Rates { hour: Some(Money::new(10_010, "KWD".parse().unwrap())), day: None };
        assert_eq!(
            price(dinar, Rented::Minutes(15)).unwrap().unwrap().minor,
            2_510,
            "2502.5, rounded up to what is moved"
        );
    }

    #[test]
    fn a_deposit_is_collected_or_none() {
        assert_eq!(deposit(euro(10_000), share(300_000)), euro(3_000));
        assert_eq!(deposit(euro(9_999), share(333_333)), euro(3_333), "rounded up");
        assert_eq!(deposit(euro(100), share(10_000)), euro(50), "the least that is collected");
        assert_eq!(deposit(euro(49), Share::WHOLE), euro(0), "less is not collected at all");
        assert_eq!(deposit(euro(10_000), Share::ZERO), euro(0));
        assert_eq!(deposit(euro(10_000), Share::WHOLE), euro(10_000));
    }

    #[test]
    fn nothing_is_kept_until_the_deadline_and_its_share_after_it() {
        let (env, _) = testing::env(1);
        let starts_at = env.now() + Duration::hours(48);
        let until = free_until(starts_at, 48);
        let second = Duration::seconds(1);
        assert_eq!(kept(euro(3_001), share(500_000), until, until), euro(0), "the last moment is free");
        assert_eq!(kept(euro(3_001), share(500_000), until, until + second), euro(1_500), "rounded for the client");
        assert_eq!(kept(euro(3_000), Share::WHOLE, until, starts_at + second), euro(3_000));
        assert_eq!(kept(euro(3_000), Share::ZERO, until, starts_at + second), euro(0));
        let dinar = |minor| Money::new(minor, "KWD".parse().unwrap());
        assert_eq!(
            kept(dinar(1_010), share(500_000), until, starts_at),
            dinar(500),
            "510 go back, for 505 are not moved"
        );
    }

    proptest! {
        #[test]
        fn what_is_kept_and_what_goes_back_are_what_was_paid(
            minor in 0_i64..=1_000_000_000_000,
            ppm in 0_u32..=1_000_000,
            code in prop::sample::select(vec!["EUR", "JPY", "KWD", "MGA"]),
        ) {
            let currency: Currency = code.parse().unwrap();
            let paid = movable(Money::new(minor, currency)).unwrap();
            let (env, _) = testing::env(1);
            let kept = kept(paid, share(ppm), env.now() - Duration::hours(1), env.now());
            prop_assert!((0..=paid.minor).contains(&kept.minor));
            prop_assert_eq!((paid.minor - kept.minor) % step_minor(currency), 0, "what goes back can be moved");
            let ahead = deposit(paid, share(ppm));
            prop_assert!((0..=paid.minor).contains(&ahead.minor));
            prop_assert!(ahead.minor == 0 || crate::collectable::check(ahead).is_ok(), "{ahead}");
        }
    }
}
