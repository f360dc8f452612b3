//! Money: whole minor units of a currency, with checked arithmetic only. There is no floating point and no unchecked operator here.

use std::fmt;

use crate::share::{Share, ShareError, allocate};

/// An ISO 4217 currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sea_orm::DeriveValueType)]
#[sea_orm(value_type = "String")]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// The euro, the default of a new studio.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);
    /// The United States dollar.
    pub const USD: Self = Self(iso_currency::Currency::USD);
    /// The Japanese yen, which has no minor unit.
    pub const JPY: Self = Self(iso_currency::Currency::JPY);
    /// The Bahraini dinar, which has three decimals.
    pub const BHD: Self = Self(iso_currency::Currency::BHD);

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals the currency has: 0, 2 or 3. The few with 4 (units of account) and none defined (metals) are not money here.
    pub fn decimals(self) -> u32 {
        u32::from(self.0.exponent().unwrap_or(0))
    }
}

impl sea_orm::TryFromU64 for Currency {
    fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
        Err(sea_orm::DbErr::ConvertFromU64("Currency"))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::str::FromStr for Currency {
    type Err = MoneyError;
    fn from_str(code: &str) -> Result<Self, MoneyError> {
        iso_currency::Currency::from_code(code)
            .filter(|currency| matches!(currency.exponent(), Some(0 | 2 | 3)))
            .map(Self)
            .ok_or_else(|| MoneyError::UnknownCurrency(code.chars().take(16).collect()))
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What can go wrong with money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not an ISO 4217 code of a currency with 0, 2 or 3 decimals.
    #[error("{0:?} is not the ISO 4217 code of a currency")]
    UnknownCurrency(String),
    /// Two amounts of different currencies met.
    #[error("{left} and {right} cannot be reckoned together")]
    CurrencyMismatch {
        /// The currency of the left amount.
        left: Currency,
        /// The currency of the right amount.
        right: Currency,
    },
    /// The result does not fit 64 bits.
    #[error("the amount is too large")]
    Overflow,
    /// The shares cannot carry an allocation.
    #[error(transparent)]
    Shares(#[from] ShareError),
}

/// An amount: minor units (cents, yen, fils) and their currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Money {
    /// Minor units; negative for what is owed the other way.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// An amount of minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency })
        }
    }

    /// The sum, if the currencies agree and it fits.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(minor, self.currency))
    }

    /// The difference, if the currencies agree and it fits.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(minor, self.currency))
    }

    /// The amount with its sign turned.
    pub fn negated(self) -> Result<Self, MoneyError> {
        Ok(Self::new(self.minor.checked_neg().ok_or(MoneyError::Overflow)?, self.currency))
    }

    /// The sum of many amounts of one currency; zero for none.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// The amount as programs read it: `-1234.50`, the decimals of the currency, nothing grouped and no code.
    pub fn decimal(self) -> String {
        let decimals = self.currency.decimals();
        let unit = 10_u64.pow(decimals);
        let (sign, magnitude) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        if decimals == 0 {
            format!("{sign}{magnitude}")
        } else {
            let width = usize::try_from(decimals).unwrap_or(2);
            format!("{sign}{}.{:0width$}", magnitude / unit, magnitude % unit)
        }
    }

    /// Divides the amount by shares that total the whole, so that the parts sum to the amount exactly; see [`allocate`].
    pub fn split(self, shares: &[Share]) -> Result<Vec<Self>, MoneyError> {
        Share::require_whole(shares)?;
        let weights: Vec<u64> = shares.iter().map(|share| u64::from(share.ppm())).collect();
        Ok(allocate(self.minor, &weights)?.into_iter().map(|minor| Self::new(minor, self.currency)).collect())
    }
}

/// As people read it everywhere, on pages and in mails as in documents: `EUR 1,234.50`, `−JPY 5,000`. The code stands before the amount, thousands are
/// grouped, and the decimals are the currency's.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = self.decimal();
        let (sign, number) = decimal.strip_prefix('-').map_or(("", decimal.as_str()), |number| ("−", number));
        let (whole, rest) = number.find('.').map_or((number, ""), |point| number.split_at(point));
        write!(f, "{sign}{} {}{rest}", self.currency, grouped(whole))
    }
}

/// Digits in groups of three: `10,000`.
pub fn grouped(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals_follow_iso_4217() {
        assert_eq!([Currency::EUR, Currency::JPY, Currency::BHD].map(Currency::decimals), [2, 0, 3]);
        for (minor, currency, decimal, print) in [
            (-5, Currency::EUR, "-0.05", "−EUR 0.05"),
            (129_900, Currency::USD, "1299.00", "USD 1,299.00"),
            (1_200, Currency::JPY, "1200", "JPY 1,200"),
            (-1_234_567_890, Currency::BHD, "-1234567.890", "−BHD 1,234,567.890"),
            (i64::MIN, Currency::JPY, "-9223372036854775808", "−JPY 9,223,372,036,854,775,808"),
        ] {
            let money = Money::new(minor, currency);
            assert_eq!((money.decimal().as_str(), money.to_string().as_str()), (decimal, print));
        }
    }

    #[test]
    fn what_is_no_currency_is_refused() {
        for code in ["", "EU", "eur", "EURO", "XAU", "🦀", "CLF"] {
            assert_eq!(code.parse::<Currency>(), Err(MoneyError::UnknownCurrency(code.into())), "{code}");
        }
    }

    #[test]
    fn currencies_do_not_mix_and_nothing_wraps() {
        let (euro, yen) = (Money::new(1, Currency::EUR), Money::new(1, Currency::JPY));
        assert!(matches!(euro.plus(yen), Err(MoneyError::CurrencyMismatch { .. })));
        assert_eq!(Money::new(i64::MAX, Currency::EUR).plus(euro), Err(MoneyError::Overflow));
        assert_eq!(Money::new(i64::MIN, Currency::EUR).negated(), Err(MoneyError::Overflow));
    }

    #[test]
    fn shares_that_are_not_whole_split_nothing() {
        let shares = [Share::from_ppm(999_999).unwrap()];
        assert!(matches!(Money::new(100, Currency::EUR).split(&shares), Err(MoneyError::Shares(_))));
    }

    proptest! {
        #[test]
        fn a_split_conserves_the_amount(minor in any::<i64>(), cuts in prop::collection::vec(0_u32..=1_000_000, 0..12)) {
            let mut edges = cuts;
            edges.extend([0, 1_000_000]);
            edges.sort_unstable();
            let shares: Vec<_> = edges.windows(2).map(|pair| Share::from_ppm(pair[1] - pair[0]).unwrap()).collect();
            let parts = Money::new(minor, Currency::EUR).split(&shares).unwrap();
            prop_assert_eq!(parts.iter().map(|part| i128::from(part.minor)).sum::<i128>(), i128::from(minor));
        }
    }
}
