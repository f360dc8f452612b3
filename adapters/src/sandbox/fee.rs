//! What the sandbox keeps of a payment: 1.4 % and a quarter of the currency's unit, as Stripe's European card tariff. None of it is given back
//! with a refund. A dispute costs fifteen units, which come back if it is won.

use super::currency;

/// The fee of a charge, in minor units: `amount × 1.4 % + 0.25`, rounded half up, and never more than the amount. A quarter is reckoned in
/// the currency's own decimals, so that in yen it is 0.25 of the minor unit and takes part in the rounding.
pub(super) fn charge(amount: i64, code: &str) -> i64 {
    let amount = i128::from(amount.max(0));
    let quarter_in_thousandths = 250 * 10_i128.pow(currency::decimals(code));
    let thousandths = amount * 14 + quarter_in_thousandths;
    let rounded = (thousandths + 500) / 1000;
    i64::try_from(rounded.min(amount)).unwrap_or(i64::MAX)
}

/// The fee of a dispute, in minor units: 15.00.
pub(super) fn dispute(code: &str) -> i64 {
    15 * 10_i64.pow(currency::decimals(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fee_follows_the_currency_and_rounds_half_up() {
        assert_eq!(charge(4_999, "eur"), 95, "69.986 + 25 = 94.986");
        assert_eq!(charge(1_750, "eur"), 50, "24.5 + 25 = 49.5 goes up");
        assert_eq!(charge(10_000, "jpy"), 140, "140.25 goes down");
        assert_eq!(charge(10_000, "bhd"), 390, "140 + 250 fils");
        assert_eq!(charge(10, "eur"), 10, "never more than the amount");
        assert_eq!(charge(0, "eur"), 0);
        assert!(charge(i64::MAX, "eur") > 0);
        assert_eq!([dispute("eur"), dispute("jpy"), dispute("bhd")], [1_500, 15, 15_000]);
    }
}
