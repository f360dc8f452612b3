//! Tax: by the rate of the buyer's country, within the prices or on top of them.

use super::PricedLine;
use crate::{
    money::MoneyError,
    pricing::Country,
    share::{Share, WHOLE_PPM, allocate},
};

/// The tax of a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxRule {
    /// The buyer's country.
    pub country: Country,
    /// What it is called there, such as `VAT`.
    pub name: String,
    /// Its rate; nothing for a country of which the studio has no rate.
    pub rate: Share,
    /// Whether the prices on the list have it in them; otherwise it comes on top.
    pub included: bool,
}

/// `VAT 19 % (Germany)`, `No tax (Japan)`.
impl std::fmt::Display for TaxRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { country, name, rate, .. } = self;
        if *rate == Share::ZERO {
            write!(f, "No tax ({})", country.name())
        } else {
            write!(f, "{name} {rate} % ({})", country.name())
        }
    }
}

impl TaxRule {
    /// Of a country for which the studio has no rate.
    pub fn none(country: Country) -> Self {
        Self { country, name: "Tax".to_owned(), rate: Share::ZERO, included: true }
    }

    /// Puts the tax on the lines: reckoned once over all of them, rounded to the nearest, and distributed by largest remainder.
    pub(super) fn put_on(&self, lines: &mut [PricedLine], step: i64) -> Result<(), MoneyError> {
        let base_minor: i64 = lines.iter().map(|line| line.price_minor).sum();
        if base_minor <= 0 || self.rate == Share::ZERO {
            return Ok(());
        }
        // What is within a price need not be moved by itself; what comes on top is moved with it.
        let step = if self.included { 1 } else { step };
        let (rate, whole) = (i128::from(self.rate.ppm()), i128::from(WHOLE_PPM));
        let divisor = if self.included { whole + rate } else { whole };
        let steps = (i128::from(base_minor / step) * rate + divisor / 2) / divisor;
        let steps = i64::try_from(steps).map_err(|_| MoneyError::Overflow)?;
        let weights: Vec<u64> = lines.iter().map(|line| (line.price_minor / step).unsigned_abs()).collect();
        for (line, part) in lines.iter_mut().zip(allocate(steps, &weights)?) {
            line.tax_minor = part.checked_mul(step).ok_or(MoneyError::Overflow)?;
            if !self.included {
                line.price_minor = line.price_minor.checked_add(line.tax_minor).ok_or(MoneyError::Overflow)?;
            }
        }
        Ok(())
    }
}
