//! Numbers of 18 decimals, for money and units as statements give them. Statements have up to 12 decimals, so that a part per million of any of
//! their amounts is exact; what does not divide beyond that is placed by the largest remainder, or stays with whoever pays.

use std::fmt;

use super::RoyaltyFault;
use crate::{
    money::Currency,
    share::{Share, ShareError, WHOLE_PPM, allocate},
};

/// How many decimals there are.
pub const DECIMALS: u32 = 18;
/// One, in the smallest steps.
const ONE: i128 = 10_i128.pow(DECIMALS);

/// An exact number: of the major unit of a currency, or of units sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, sea_orm::DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct Exact(i128);

/// One number over another, such as 3 points of 15. It may be more than one: participations are no ownership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "(u64, u64)", into = "(u64, u64)")]
pub struct Fraction {
    numerator: u64,
    denominator: u64,
}

impl Fraction {
    /// All of it.
    pub const WHOLE: Self = Self { numerator: 1, denominator: 1 };
    /// Nothing of it.
    pub const NOTHING: Self = Self { numerator: 0, denominator: 1 };

    /// So many of so many; refused if there are none to take of.
    pub fn new(numerator: u64, denominator: u64) -> Result<Self, RoyaltyFault> {
        if denominator == 0 { Err(RoyaltyFault::OfNothing) } else { Ok(Self { numerator, denominator }) }
    }

    /// So many hundredths of a percent: 1,550 are 15.5 %.
    pub const fn hundredths(percent_hundredths: u64) -> Self {
        Self { numerator: percent_hundredths, denominator: 10_000 }
    }

    /// What is left of the whole; nothing if this is more than it.
    #[must_use]
    pub const fn rest(self) -> Self {
        Self { numerator: self.denominator.saturating_sub(self.numerator), denominator: self.denominator }
    }
}

impl From<Share> for Fraction {
    fn from(share: Share) -> Self {
        Self { numerator: u64::from(share.ppm()), denominator: u64::from(WHOLE_PPM) }
    }
}

impl From<Fraction> for (u64, u64) {
    fn from(fraction: Fraction) -> Self {
        (fraction.numerator, fraction.denominator)
    }
}

impl TryFrom<(u64, u64)> for Fraction {
    type Error = RoyaltyFault;
    fn try_from((numerator, denominator): (u64, u64)) -> Result<Self, RoyaltyFault> {
        Self::new(numerator, denominator)
    }
}

/// `3/15`.
impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

impl Exact {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Whole ones, such as units.
    pub fn whole(count: i64) -> Self {
        // 64 bits by 18 decimals need less than 124.
        Self(i128::from(count) * ONE)
    }

    /// Minor units of a currency.
    pub fn of_minor(minor: i64, currency: Currency) -> Self {
        Self(i128::from(minor) * step(currency))
    }

    /// So many smallest steps.
    pub const fn from_raw(raw: i128) -> Self {
        Self(raw)
    }

    /// The number of smallest steps.
    pub const fn raw(self) -> i128 {
        self.0
    }

    /// Whether it is below nothing.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether it is more than nothing.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Result<Self, RoyaltyFault> {
        self.0.checked_add(other.0).map(Self).ok_or(RoyaltyFault::Overflow)
    }

    /// The difference.
    pub fn minus(self, other: Self) -> Result<Self, RoyaltyFault> {
        self.0.checked_sub(other.0).map(Self).ok_or(RoyaltyFault::Overflow)
    }

    /// With its sign turned.
    pub fn negated(self) -> Result<Self, RoyaltyFault> {
        Self::ZERO.minus(self)
    }

    /// The sum of many.
    pub fn sum(numbers: impl IntoIterator<Item = Self>) -> Result<Self, RoyaltyFault> {
        numbers.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// Adds to a running sum.
    pub fn accumulate(&mut self, other: Self) -> Result<(), RoyaltyFault> {
        *self = self.plus(other)?;
        Ok(())
    }

    /// A fraction of it, rounded towards zero at the last decimal.
    pub fn times(self, fraction: Fraction) -> Result<Self, RoyaltyFault> {
        self.over(Self(i128::from(fraction.numerator)), Self(i128::from(fraction.denominator)))
    }

    /// So many units of it, rounded towards zero at the last decimal.
    pub fn for_units(self, units: Self) -> Result<Self, RoyaltyFault> {
        self.over(units, Self(ONE))
    }

    /// It by one number over another, rounded towards zero at the last decimal.
    pub fn over(self, numerator: Self, denominator: Self) -> Result<Self, RoyaltyFault> {
        let signs = [self, numerator, denominator].iter().filter(|number| number.is_negative()).count();
        let magnitude = mul_div(self.0.unsigned_abs(), numerator.0.unsigned_abs(), denominator.0.unsigned_abs())
            .and_then(|magnitude| i128::try_from(magnitude).ok())
            .ok_or(RoyaltyFault::Overflow)?;
        Ok(Self(if signs.is_multiple_of(2) { magnitude } else { -magnitude }))
    }

    /// Divides it in proportion to weights, as [`allocate`] does, so that the parts sum to it exactly.
    pub fn divide(self, weights: &[u64]) -> Result<Vec<Self>, RoyaltyFault> {
        let total: i128 = weights.iter().copied().map(i128::from).sum();
        if total == 0 {
            return Err(ShareError::Nobody.into());
        }
        // Whole multiples of the weights divide without a remainder; the rest is less than their total.
        let (multiple, rest) = (self.0 / total, self.0 % total);
        let rest = i64::try_from(rest).map_err(|_| RoyaltyFault::Overflow)?;
        let parts = weights.iter().zip(allocate(rest, weights)?);
        parts
            .map(|(&weight, part)| {
                let whole = multiple.checked_mul(i128::from(weight)).ok_or(RoyaltyFault::Overflow)?;
                whole.checked_add(i128::from(part)).map(Self).ok_or(RoyaltyFault::Overflow)
            })
            .collect()
    }

    /// The whole minor units in it, rounded down, and what is left over, which is never below nothing.
    pub fn floor_minor(self, currency: Currency) -> Result<(i64, Self), RoyaltyFault> {
        let step = step(currency);
        let minor = i64::try_from(self.0.div_euclid(step)).map_err(|_| RoyaltyFault::Overflow)?;
        Ok((minor, Self(self.0.rem_euclid(step))))
    }
}

/// A minor unit in smallest steps.
fn step(currency: Currency) -> i128 {
    10_i128.pow(DECIMALS.saturating_sub(currency.decimals()))
}

/// A product over a divisor, rounded down; none if that does not fit or there is nothing to divide by.
fn mul_div(left: u128, right: u128, divisor: u128) -> Option<u128> {
    if let Some(product) = left.checked_mul(right) {
        return product.checked_div(divisor);
    }
    let (multiple, rest) = (left.checked_div(divisor)?, left % divisor);
    // The rest is below the divisor: its product is divided bit by bit, as on paper, and no step leaves 128 bits.
    let (mut quotient, mut remainder) = (0_u128, 0_u128);
    let add = |remainder: u128, added: u128, quotient: &mut u128| {
        if remainder >= divisor - added {
            *quotient += 1;
            remainder - (divisor - added)
        } else {
            remainder + added
        }
    };
    for bit in (0..u128::BITS).rev() {
        quotient = quotient.checked_mul(2)?;
        remainder = add(remainder, remainder, &mut quotient);
        if (right >> bit) & 1 == 1 {
            remainder = add(remainder, rest, &mut quotient);
        }
    }
    multiple.checked_mul(right)?.checked_add(quotient)
}

/// `-1234.5`: all the decimals that it has, and no zeros after them.
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (magnitude, one) = (self.0.unsigned_abs(), ONE.unsigned_abs());
        let sign = if self.0 < 0 { "-" } else { "" };
        let decimals = format!("{:018}", magnitude % one);
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{sign}{}", magnitude / one),
            decimals => write!(f, "{sign}{}.{decimals}", magnitude / one),
        }
    }
}

impl std::str::FromStr for Exact {
    type Err = RoyaltyFault;
    fn from_str(text: &str) -> Result<Self, RoyaltyFault> {
        let refuse = || RoyaltyFault::NotExact { given: text.chars().take(64).collect() };
        let (negative, number) = text.strip_prefix('-').map_or((false, text), |number| (true, number));
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || decimals.len() > 18 || whole.len() > 21 {
            return Err(refuse());
        }
        let magnitude = format!("{whole}{decimals:0<18}").parse::<i128>().map_err(|_| refuse())?;
        Ok(Self(if negative { -magnitude } else { magnitude }))
    }
}

impl serde::Serialize for Exact {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Exact {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exact(text: &str) -> Exact {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_read_as_they_print() {
        for text in ["0", "-0.000000000000000001", "12.345678901234", "-1234567890123.5", "99999999999999999999"] {
            assert_eq!(exact(text).to_string(), text);
        }
        assert_eq!(exact("007.50").to_string(), "7.5");
        let largest = Exact(i128::MAX);
        assert_eq!(largest.to_string().parse::<Exact>(), Ok(largest));
        assert!("999999999999999999999".parse::<Exact>().is_err());
        for text in ["", "-", "1,5", "1.", ".5", "1e3", "+1", "0.0000000000000000001", "--1", "٣"] {
            assert!(matches!(text.parse::<Exact>(), Err(RoyaltyFault::NotExact { .. })), "{text:?}");
        }
        assert!(Fraction::new(1, 0).is_err());
        assert!(serde_json::from_str::<Fraction>("[1,0]").is_err());
    }

    #[test]
    fn a_part_per_million_of_twelve_decimals_is_exact() {
        let share = Share::from_ppm(333_333).unwrap();
        assert_eq!(exact("0.000000000001").times(share.into()).unwrap().to_string(), "0.000000000000333333");
    }

    #[test]
    fn minor_units_are_rounded_down_on_both_sides_of_zero() {
        let floor = |text: &str, currency| {
            let (minor, rest) = exact(text).floor_minor(currency).unwrap();
            (minor, rest.to_string())
        };
        assert_eq!(floor("1.239", Currency::EUR), (123, "0.009".to_owned()));
        assert_eq!(floor("-1.239", Currency::EUR), (-124, "0.001".to_owned()));
        assert_eq!(floor("1.239", Currency::JPY), (1, "0.239".to_owned()));
        assert_eq!(floor("1.2395", Currency::BHD), (1_239, "0.0005".to_owned()));
    }

    proptest! {
        #[test]
        fn a_product_too_wide_is_divided_all_the_same(left in any::<u32>(), right in any::<u32>(), wide in 0_u32..60) {
            let (left, right) = (u128::from(left) << wide, u128::from(right));
            // Both sides of the fraction widened alike: what the direct way cannot hold, and the same result.
            prop_assert_eq!(mul_div(left, (right + 1) << 60, (right + 2) << 60), Some(left * (right + 1) / (right + 2)));
        }

        #[test]
        fn parts_sum_to_the_whole(raw in any::<i64>(), wide in 0_u32..50, weights in prop::collection::vec(0_u64..=1_000_000, 1..12)) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let whole = Exact(i128::from(raw) << wide);
            let parts = whole.divide(&weights).unwrap();
            prop_assert_eq!(Exact::sum(parts.iter().copied()).unwrap(), whole);
            let total: u64 = weights.iter().sum();
            for (part, weight) in parts.iter().zip(weights) {
                let quota = whole.over(Exact(weight.into()), Exact(total.into())).unwrap();
                prop_assert!((part.0 - quota.0).abs() <= 1);
            }
        }
    }
}
