//! What the gateway keeps of money that it moves.
//!
//! A balance transaction is in the currency in which the gateway settles with the studio, which need not be the payment's. The studio's books
//! are in the payment's: there a fee is the same part of what was moved as it is of the transaction. That needs no rate, and nothing of either
//! currency's decimals.

use domain::money::Money;
use serde_json::Value;

use super::{answers, failure::Failure};

/// What a balance transaction says in another currency, as it is: `fee` of `amount`, in units of which only their ratio matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Part {
    fee: i128,
    amount: i128,
}

impl Part {
    /// The same part of `moved`, in minor units: `fee × moved ÷ amount`, its size rounded half up. A transaction that has moved nothing is no
    /// part of anything, and counts as free.
    fn of(self, moved: Money) -> Result<i64, Failure> {
        if self.amount == 0 {
            return Ok(0);
        }
        let amount = self.amount.unsigned_abs();
        let too_large = Failure::Shape("balance_transaction.fee");
        let Some(product) = self.fee.unsigned_abs().checked_mul(i128::from(moved.minor).unsigned_abs()) else {
            return Err(too_large);
        };
        let (whole, rest) = (product / amount, product % amount);
        let size = if rest >= amount - rest { whole + 1 } else { whole };
        let minor = i64::try_from(size).map_err(|_| too_large)?;
        Ok(if (self.fee < 0) == (moved.minor < 0) { minor } else { -minor })
    }
}

/// What was kept of money that a balance transaction has moved, below zero what was given back; in the money's currency.
pub(super) fn fee_of(transaction: &Value, moved: Money) -> Result<Money, Failure> {
    fee_of_all(std::slice::from_ref(transaction), moved)
}

/// What was kept by several transactions, each of which has moved the same money there or back. Of those in another currency the first says what
/// part: so a fee that comes back whole leaves nothing, whatever the rate was by then.
pub(super) fn fee_of_all(transactions: &[Value], moved: Money) -> Result<Money, Failure> {
    let mut fee = Money::zero(moved.currency);
    let mut foreign = Part::default();
    for transaction in transactions {
        let settled = answers::text(transaction, "currency")?;
        if settled.eq_ignore_ascii_case(moved.currency.code()) {
            let kept = answers::signed(transaction, "fee", moved.currency)?;
            fee = fee.plus(kept).map_err(|_| Failure::Shape("balance_transaction.fee"))?;
        } else {
            foreign.fee += i128::from(answers::whole(transaction, "fee")?);
            let amount = i128::from(answers::whole(transaction, "amount")?);
            if foreign.amount == 0 {
                foreign.amount = amount;
            }
        }
    }
    let converted = Money::new(foreign.of(moved)?, moved.currency);
    fee.plus(converted).map_err(|_| Failure::Shape("balance_transaction.fee"))
}

#[cfg(test)]
mod tests {
    use domain::money::Currency;
    use serde_json::json;

    use super::*;

    fn transaction(amount: i64, fee: i64, currency: &str) -> Value {
        json!({ "amount": amount, "fee": fee, "currency": currency })
    }

    fn kept(amount: i64, fee: i64, currency: &str, moved: Money) -> i64 {
        let kept = fee_of(&transaction(amount, fee, currency), moved).unwrap();
        assert_eq!(kept.currency, moved.currency);
        kept.minor
    }

    #[test]
    fn a_fee_in_another_currency_is_the_same_part_of_what_was_moved() {
        let dollars = Money::new(3_000, "USD".parse().unwrap());
        assert_eq!(kept(3_000, 117, "usd", dollars), 117, "the same currency is not reckoned with");
        assert_eq!(kept(2_760, 108, "eur", dollars), 117, "108 ÷ 2,760 × 3,000 = 117.39");
        assert_eq!(kept(-2_760, 108, "eur", dollars), 117, "of a refund or a dispute");
        assert_eq!(kept(-2_760, -108, "eur", dollars), -117, "given back");
        let yen = Money::new(4_500, Currency::JPY);
        assert_eq!(kept(2_760, 108, "eur", yen), 176, "no decimals against two: 176.09");
        assert_eq!(kept(2_760, 108, "xau", dollars), 117, "not even the other currency need be known");
    }

    #[test]
    fn half_a_unit_goes_up_whichever_way_the_money_went() {
        let euro = Money::new(1, Currency::EUR);
        assert_eq!([kept(2, 1, "usd", euro), kept(-2, -1, "usd", euro)], [1, -1]);
        assert_eq!([kept(3, 1, "usd", euro), kept(3, 2, "usd", euro), kept(0, 5, "usd", euro)], [0, 1, 0]);
        let most = Money::new(i64::MAX, Currency::EUR);
        assert_eq!(kept(i64::MAX, i64::MAX, "usd", most), i64::MAX);
        assert_eq!(kept(i64::MIN, i64::MAX, "usd", most), i64::MAX - 1);
        let too_much = fee_of(&transaction(1, i64::MAX, "usd"), most);
        assert!(matches!(too_much, Err(Failure::Shape("balance_transaction.fee"))), "{too_much:?}");
    }

    #[test]
    fn what_comes_back_whole_leaves_nothing_at_any_rate() {
        let dollars = Money::new(3_000, "USD".parse().unwrap());
        let sum = |transactions: &[Value]| fee_of_all(transactions, dollars).unwrap().minor;
        let taken = transaction(-2_760, 1_500, "eur");
        assert_eq!(sum(&[taken.clone(), transaction(2_801, -1_500, "eur")]), 0);
        assert_eq!(sum(&[taken, transaction(3_000, -5, "usd")]), 1_625, "1,630.43 less 5");
        assert_eq!(sum(&[]), 0);
    }
}
