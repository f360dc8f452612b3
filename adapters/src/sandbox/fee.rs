//! What the sandbox keeps of a payment: 1.4 % and a quarter of the currency's unit, as Stripe's European card tariff.

use domain::money::Currency;

/// The fee of a charge, in minor units: `amount × 1.4 % + 0.25`, rounded half up, and never more than the amount. A quarter is reckoned in
/// the currency's own decimals, so that in yen it is 0.25 of the minor unit and takes part in the rounding.
pub(super) fn fee_minor(amount_minor: i64, currency: Currency) -> i64 {
    let amount = i128::from(amount_minor.max(0));
    let quarter_in_thousandths = 250 * 10_i128.pow(currency.decimals());
    let thousandths = amount * 14 + quarter_in_thousandths;
    let rounded = (thousandths + 500) / 1000;
    i64::try_from(rounded.min(amount)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fee_follows_the_currency_and_rounds_half_up() {
        assert_eq!(fee_minor(4_999, Currency::EUR), 95, "69.986 + 25 = 94.986");
        assert_eq!(fee_minor(1_750, Currency::EUR), 50, "24.5 + 25 = 49.5 goes up");
        assert_eq!(fee_minor(10_000, Currency::JPY), 140, "140.25 goes down");
        assert_eq!(fee_minor(10_000, Currency::BHD), 390, "140 + 250 fils");
        assert_eq!(fee_minor(10, Currency::EUR), 10, "never more than the amount");
        assert_eq!(fee_minor(0, Currency::EUR), 0);
        assert!(fee_minor(i64::MAX, Currency::EUR) > 0);
    }
}
