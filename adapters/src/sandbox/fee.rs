//! What the sandbox keeps of a payment: 1.4 % and a quarter of the currency's unit, as Stripe's European card tariff. None of it is given back
//! with a refund. A dispute costs about fifteen euros in whichever currency, which come back if it is won.

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

/// The fee of a dispute, in minor units, where thirty times the least charge is not about fifteen euros.
const DISPUTE: [(&str, i64); 23] = [
    ("bhd", 6_000),
    ("bif", 45_000),
    ("clp", 14_000),
    ("djf", 2_700),
    ("gbp", 1_500),
    ("gnf", 130_000),
    ("inr", 150_000),
    ("isk", 200_000),
    ("jod", 11_000),
    ("kmf", 7_000),
    ("kwd", 5_000),
    ("mga", 70_000),
    ("omr", 6_000),
    ("pyg", 115_000),
    ("rwf", 22_000),
    ("sek", 15_000),
    ("tnd", 50_000),
    ("ugx", 5_800_000),
    ("vnd", 400_000),
    ("vuv", 1_900),
    ("xaf", 10_000),
    ("xof", 10_000),
    ("xpf", 1_800),
];

/// The fee of a dispute, in minor units: about fifteen euros.
pub(super) fn dispute(code: &str) -> i64 {
    let listed = DISPUTE.iter().find(|(listed, _)| *listed == code).map(|(_, fee)| *fee);
    listed.unwrap_or_else(|| 30 * currency::least(code))
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
    }

    #[test]
    fn a_dispute_costs_about_the_same_in_every_currency() {
        assert_eq!([dispute("eur"), dispute("usd"), dispute("gbp")], [1_500; 3]);
        assert_eq!([dispute("jpy"), dispute("krw"), dispute("huf")], [1_500, 15_000, 525_000]);
        assert_eq!([dispute("bhd"), dispute("isk"), dispute("vnd")], [6_000, 200_000, 400_000]);
        for (code, fee) in DISPUTE {
            assert_eq!(fee % currency::step(code), 0, "{code}");
        }
    }
}
