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

/// What an amount in the gateway's units must be divisible by: it reckons three decimals, and moves no more than two.
fn step(currency: Currency) -> i64 {
    if matches!(currency.code(), "BHD" | "JOD" | "KWD" | "OMR" | "TND") { 10 } else { 1 }
}

/// An amount in the gateway's units. One that it cannot move is refused here as it would be there, by a name: `amount_too_large`, or
/// `invalid_charge_amount` for parts of a currency that are smaller than the gateway's smallest.
pub(super) fn to_units(amount: Money) -> Result<i64, Failure> {
    let (units, minor) = ratio(amount.currency);
    let Some(product) = amount.minor.checked_mul(units) else {
        return Err(Failure::unmovable("amount_too_large", format!("{amount} is more than the gateway can move")));
    };
    if product % minor != 0 || (product / minor) % step(amount.currency) != 0 {
        let message = format!("{amount} has smaller parts than the gateway can move in {}", amount.currency);
        return Err(Failure::unmovable("invalid_charge_amount", message));
    }
    Ok(product / minor)
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
    use domain::{collectable, ports::gateway::GatewayError};

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
    fn the_domain_and_the_sandbox_know_the_same_least_and_the_gateway_can_move_it() {
        for code in ["EUR", "GBP", "JPY", "BHD", "HUF", "ISK", "UGX", "MGA", "PLN", "TWD"] {
            let currency: Currency = code.parse().unwrap();
            let least = Money::new(collectable::least_minor(currency), currency);
            let in_sandbox = crate::sandbox::currency::least(&code.to_lowercase());
            assert_eq!(to_units(least).unwrap(), in_sandbox, "{code}");
        }
    }

    #[test]
    fn what_does_not_fit_is_no_amount() {
        let krona: Currency = "ISK".parse().unwrap();
        let ariary: Currency = "MGA".parse().unwrap();
        assert_eq!(from_units(150, krona), None);
        let dinar: Currency = "BHD".parse().unwrap();
        for (minor, currency, name) in [
            (150, ariary, "invalid_charge_amount"),
            (12_345, dinar, "invalid_charge_amount"),
            (i64::MAX, krona, "amount_too_large"),
        ] {
            let refused = to_units(Money::new(minor, currency)).unwrap_err().at("trying");
            assert!(matches!(&refused, GatewayError::Refused { code, .. } if code == name), "{refused:?}");
        }
        assert_eq!(from_units(i64::MAX, ariary), None);
    }
}
