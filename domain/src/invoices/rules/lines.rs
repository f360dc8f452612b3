//! What lines come to, and the tax on them. Prices are before tax; amounts move in the steps that payment services take.

use super::{Fault, texts};
use crate::{
    collectable::step_minor,
    invoices::content::{Line, TaxFacts},
    money::{Currency, Money},
    share::WHOLE_PPM,
};

/// The most lines.
pub const MAX_LINES: usize = 50;
/// The most of what one line is of, in thousandths: a million.
pub const MAX_QUANTITY_MILLI: i64 = 1_000_000_000;
/// The highest price of one of it, in minor units.
pub const MAX_UNIT_MINOR: i64 = 1_000_000_000_000;

/// A line as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// What is done.
    pub what: String,
    /// How much of it, in thousandths.
    pub quantity_milli: i64,
    /// What one of it costs, before tax.
    pub unit: Money,
    /// Whether it is recouped from what the work earns.
    pub recoupable: bool,
}

/// What lines come to, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// Before tax.
    pub net_minor: i64,
    /// The tax.
    pub tax_minor: i64,
}

impl Sums {
    /// Both.
    pub const fn total_minor(&self) -> i64 {
        self.net_minor.saturating_add(self.tax_minor)
    }
}

/// A part of a whole in steps, rounded to the nearest; half a step upwards. All of it is zero or more, and the whole more than zero.
pub(super) fn rounded(amount: i128, part: i128, whole: i128, step: i64) -> Result<i64, Fault> {
    let divisor = whole.checked_mul(i128::from(step)).filter(|divisor| *divisor > 0).ok_or(Fault::TooMuch)?;
    let exact = amount.checked_mul(part).ok_or(Fault::TooMuch)?;
    let steps = exact.checked_add(divisor / 2).ok_or(Fault::TooMuch)? / divisor;
    i64::try_from(steps).ok().and_then(|steps| steps.checked_mul(step)).ok_or(Fault::TooMuch)
}

/// Checks lines, and says what each comes to.
pub fn check_lines(currency: Currency, lines: &[NewLine]) -> Result<Vec<Line>, Fault> {
    if lines.is_empty() || lines.len() > MAX_LINES {
        return Err(Fault::Lines);
    }
    lines.iter().enumerate().map(|(place, line)| check_line(currency, place, line)).collect()
}

fn check_line(currency: Currency, place: usize, line: &NewLine) -> Result<Line, Fault> {
    let field = |name: &str| format!("lines.{place}.{name}");
    if line.unit.currency != currency {
        return Err(Fault::Currency { field: field("unitPrice"), given: line.unit.currency, own: currency });
    }
    if !(1..=MAX_QUANTITY_MILLI).contains(&line.quantity_milli) {
        return Err(Fault::Quantity { field: field("quantityMilli") });
    }
    if !(0..=MAX_UNIT_MINOR).contains(&line.unit.minor) {
        return Err(Fault::Price { field: field("unitPrice") });
    }
    let (quantity, unit) = (i128::from(line.quantity_milli), i128::from(line.unit.minor));
    Ok(Line {
        what: texts::line(field("what"), &line.what, texts::MAX_WHAT_CHARS)?,
        quantity_milli: line.quantity_milli,
        unit_minor: line.unit.minor,
        net_minor: rounded(unit, quantity, 1_000, step_minor(currency))?,
        recoupable: line.recoupable,
    })
}

/// What lines come to with the tax on them.
pub fn sums(currency: Currency, lines: &[Line], tax: Option<&TaxFacts>) -> Result<Sums, Fault> {
    let net_minor = lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.net_minor)).ok_or(Fault::TooMuch)?;
    let tax_minor = tax_on(currency, net_minor, tax)?;
    if net_minor <= 0 {
        return Err(Fault::Nothing);
    }
    net_minor.checked_add(tax_minor).filter(|total| *total <= MAX_UNIT_MINOR).ok_or(Fault::TooMuch)?;
    Ok(Sums { net_minor, tax_minor })
}

/// The tax on an amount, rounded to the nearest step.
pub fn tax_on(currency: Currency, net_minor: i64, tax: Option<&TaxFacts>) -> Result<i64, Fault> {
    let rate = tax.filter(|tax| !tax.reverse_charge).map_or(0, |tax| tax.rate.ppm());
    rounded(i128::from(net_minor), i128::from(rate), i128::from(WHOLE_PPM), step_minor(currency))
}

/// The tax within a part of a whole, both with their tax in them: as much of it as the part is of the whole, rounded to the nearest. All of the whole has all
/// of it.
pub fn tax_within(part_minor: i64, whole_minor: i64, tax_minor: i64) -> i64 {
    if whole_minor <= 0 || part_minor <= 0 || tax_minor <= 0 {
        return 0;
    }
    let part = part_minor.min(whole_minor);
    rounded(i128::from(tax_minor), i128::from(part), i128::from(whole_minor), 1).unwrap_or(0).min(part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::share::Share;

    fn line(quantity_milli: i64, minor: i64, currency: Currency) -> NewLine {
        NewLine { what: "Mixing".into(), quantity_milli, unit: Money::new(minor, currency), recoupable: true }
    }

    fn vat(ppm: u32) -> TaxFacts {
        let rate = Share::from_ppm(ppm).unwrap();
        TaxFacts { country: "DE".into(), name: "VAT".into(), rate, reverse_charge: false }
    }

    #[test]
    fn a_line_is_its_quantity_times_its_price_and_tax_comes_on_top() {
        let lines =
            check_lines(Currency::EUR, &[line(2_500, 9_999, Currency::EUR), line(1, 500, Currency::EUR)]).unwrap();
        assert_eq!(lines.iter().map(|line| line.net_minor).collect::<Vec<_>>(), [24_998, 1]);
        assert_eq!(sums(Currency::EUR, &lines, Some(&vat(190_000))), Ok(Sums { net_minor: 24_999, tax_minor: 4_750 }));
        let reversed = TaxFacts { reverse_charge: true, ..vat(190_000) };
        assert_eq!(sums(Currency::EUR, &lines, Some(&reversed)).unwrap().tax_minor, 0);
        assert_eq!(sums(Currency::EUR, &lines, None).unwrap().total_minor(), 24_999);
    }

    #[test]
    fn amounts_keep_to_the_steps_of_their_currency() {
        let yen = check_lines(Currency::JPY, &[line(1_000, 12_345, Currency::JPY)]).unwrap();
        assert_eq!(sums(Currency::JPY, &yen, Some(&vat(100_000))), Ok(Sums { net_minor: 12_345, tax_minor: 1_235 }));
        let dinar = check_lines(Currency::BHD, &[line(1_000, 12_345, Currency::BHD)]).unwrap();
        let of_dinar = sums(Currency::BHD, &dinar, Some(&vat(100_000))).unwrap();
        assert_eq!(of_dinar, Sums { net_minor: 12_350, tax_minor: 1_240 }, "three decimals end in 0");
    }

    #[test]
    fn what_is_no_line_is_refused_by_its_place() {
        let eur = Currency::EUR;
        assert_eq!(check_lines(eur, &[]), Err(Fault::Lines));
        assert_eq!(check_lines(eur, &vec![line(1_000, 1, eur); MAX_LINES + 1]), Err(Fault::Lines));
        let second = |wrong: NewLine| check_lines(eur, &[line(1_000, 1, eur), wrong]).unwrap_err();
        assert_eq!(second(line(0, 1, eur)), Fault::Quantity { field: "lines.1.quantityMilli".into() });
        assert_eq!(second(line(1_000, -1, eur)), Fault::Price { field: "lines.1.unitPrice".into() });
        assert!(matches!(second(line(1_000, 1, Currency::JPY)), Fault::Currency { own: Currency::EUR, .. }));
        let nameless = NewLine { what: " ".into(), ..line(1_000, 1, eur) };
        assert!(matches!(second(nameless), Fault::Text { field, .. } if field == "lines.1.what"));
        let free = check_lines(eur, &[line(1_000, 0, eur)]).unwrap();
        assert_eq!(sums(eur, &free, None), Err(Fault::Nothing));
        let dear = check_lines(eur, &[line(MAX_QUANTITY_MILLI, MAX_UNIT_MINOR, eur)]);
        assert_eq!(dear.and_then(|lines| sums(eur, &lines, None)), Err(Fault::TooMuch));
    }

    proptest! {
        #[test]
        fn the_tax_within_parts_is_all_of_it_at_the_end(
            tax in 0_i64..=1_000_000, more in 0_i64..=5_000_000, cuts in prop::collection::vec(0_i64..=6_000_000, 0..8),
        ) {
            let whole = tax + more;
            prop_assert_eq!(tax_within(whole, whole, tax), tax);
            let mut last = 0;
            let mut cuts = cuts;
            cuts.sort_unstable();
            for cut in cuts {
                let within = tax_within(cut, whole, tax);
                prop_assert!(last <= within && within <= tax && within <= cut.max(0));
                last = within;
            }
        }
    }
}
