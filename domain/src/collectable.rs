//! What payment services collect: no less than a least amount of each currency, and no smaller parts of it than they move. The table is Stripe's.

use crate::{
    money::{Currency, Money},
    report::{Explain, Kind, Report},
};

/// The least that is collected, in minor units, where it is not half a unit of the currency.
const LEAST: [(&str, i64); 17] = [
    ("AED", 200),
    ("BGN", 100),
    ("CZK", 1_500),
    ("DKK", 250),
    ("GBP", 30),
    ("HKD", 400),
    ("HUF", 17_500),
    ("JPY", 50),
    ("KRW", 500),
    ("MXN", 1_000),
    ("MYR", 200),
    ("NOK", 300),
    ("PLN", 200),
    ("RON", 200),
    ("SEK", 300),
    ("THB", 1_000),
    ("TWD", 1_500),
];

/// The smallest part that is moved, in minor units: what is collected is a multiple of it. Three decimals end in 0, and the ariary is moved whole.
pub fn step_minor(currency: Currency) -> i64 {
    match currency.code() {
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 10,
        "MGA" => 100,
        _ => 1,
    }
}

/// The least that is collected, in minor units; a multiple of [`step_minor`].
pub fn least_minor(currency: Currency) -> i64 {
    let listed = LEAST.iter().find(|(code, _)| *code == currency.code()).map(|(_, least)| *least);
    listed.unwrap_or_else(|| (10_i64.pow(currency.decimals()) / 2).max(step_minor(currency)))
}

/// Why an amount is not collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountFault {
    /// More than nothing, and less than the least.
    #[error("{amount} is less than the {least} that payment services collect at the least")]
    TooSmall {
        /// The amount.
        amount: Money,
        /// The least of its currency.
        least: Money,
    },
    /// Smaller parts than are moved.
    #[error("{amount} has smaller parts than payment services move: they take multiples of {step}")]
    Digits {
        /// The amount.
        amount: Money,
        /// What it has to be a multiple of.
        step: Money,
    },
}

/// Refuses what no payment service collects. Nothing is fine: it is settled without one. What is below zero is another's to refuse.
pub fn check(amount: Money) -> Result<(), AmountFault> {
    let of = |minor| Money::new(minor, amount.currency);
    let (step, least) = (of(step_minor(amount.currency)), of(least_minor(amount.currency)));
    if amount.minor % step.minor != 0 {
        return Err(AmountFault::Digits { amount, step });
    }
    if (1..least.minor).contains(&amount.minor) { Err(AmountFault::TooSmall { amount, least }) } else { Ok(()) }
}

impl Explain for AmountFault {
    fn explain(&self) -> Report {
        let (code, remedy) = match self {
            Self::TooSmall { least, .. } => ("AMOUNT_TOO_SMALL", format!("make it {least} or more, or nothing")),
            Self::Digits { step, .. } => ("AMOUNT_DIGITS", format!("make it a multiple of {step}")),
        };
        Report::new(Kind::Invalid, code, self.to_string()).remedy(remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::new(minor, code.parse().unwrap())
    }

    #[test]
    fn the_least_is_itself_collected_and_less_is_not() {
        for (code, least) in
            [("EUR", 50), ("GBP", 30), ("JPY", 50), ("HUF", 17_500), ("BHD", 500), ("ISK", 1), ("MGA", 100)]
        {
            let amount = money(least, code);
            assert_eq!(least_minor(amount.currency), least, "{code}");
            assert_eq!((check(amount), check(money(0, code))), (Ok(()), Ok(())), "{code}");
            let less = least - step_minor(amount.currency);
            assert_eq!(less > 0, check(money(less, code)).is_err(), "{code}");
        }
    }

    #[test]
    fn parts_that_are_not_moved_are_refused_by_name() {
        let refused = check(money(12_345, "BHD")).unwrap_err();
        assert!(matches!(refused, AmountFault::Digits { step, .. } if step.minor == 10), "{refused}");
        assert_eq!(check(money(12_340, "BHD")), Ok(()));
        assert_eq!(check(money(1_201, "JPY")), Ok(()), "a yen has no smaller parts");
        assert_eq!(check(money(49, "EUR")).unwrap_err().explain().code, "AMOUNT_TOO_SMALL");
    }
}
