//! The gateway's units of money. They are minor units as ISO 4217 has them, but for a few currencies.

use domain::money::{Currency, Money};

use super::failure::Failure;

/// How many of the gateway's units a minor unit is: `(units, minor)`.
fn ratio(currency: Currency) -> (i64, i64) {
    match currency.code() {
        // They have no decimals, and the gateway reckons them with two that are always 00.
        "ISK" | "UGX" => (100, 1),
        // ISO 4217 gives it two decimals, and the gateway none.
        "MGA" => (1, 100),
        _ => (1, 1),
    }
}

/// An amount in the gateway's units.
pub(super) fn to_units(amount: Money) -> Result<i64, Failure> {
    let (units, minor) = ratio(amount.currency);
    let whole = amount.minor.checked_mul(units).filter(|product| product % minor == 0);
    whole.map(|product| product / minor).ok_or_else(|| {
        Failure::Request(format!("{amount} is no amount that the gateway can collect in {}", amount.currency))
    })
}

/// The gateway's units as an amount; none if they are no whole minor units.
pub(super) fn from_units(count: i64, currency: Currency) -> Option<Money> {
    let (units, minor) = ratio(currency);
    let product = count.checked_mul(minor)?;
    (product % units == 0).then(|| Money::new(product / units, currency))
}

/// The gateway's word for a currency.
pub(super) fn to_currency(currency: Currency) -> stripe_types::Currency {
    let code = currency.code().to_lowercase();
    code.parse().unwrap_or(stripe_types::Currency::Unknown(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_amounts_are_minor_units_and_some_are_not() {
        for (code, minor, units) in [
            ("EUR", 4_999, 4_999),
            ("JPY", 1_200, 1_200),
            ("BHD", 12_340, 12_340),
            ("HUF", 150_000, 150_000),
            ("ISK", 1_200, 120_000),
            ("UGX", 5_000, 500_000),
            ("MGA", 120_000, 1_200),
        ] {
            let amount = Money::new(minor, code.parse().unwrap());
            assert_eq!(to_units(amount).unwrap(), units, "{code}");
            assert_eq!(from_units(units, amount.currency), Some(amount), "{code}");
            assert_eq!(to_currency(amount.currency).to_string(), code.to_lowercase());
        }
    }

    #[test]
    fn what_does_not_fit_is_no_amount() {
        let krona: Currency = "ISK".parse().unwrap();
        let ariary: Currency = "MGA".parse().unwrap();
        assert_eq!(from_units(150, krona), None);
        assert!(to_units(Money::new(150, ariary)).is_err());
        assert!(to_units(Money::new(i64::MAX, krona)).is_err());
        assert_eq!(from_units(i64::MAX, ariary), None);
    }
}
