//! What being late costs, as a quote has agreed it. Each fee is an invoice of its own, reckoned on what is left to pay of the late one alone: nothing is charged
//! for a fee that is late. All fees of an invoice together stay below a share of it.

use chrono::{Days, Months, NaiveDate};

use super::{
    Fault,
    lines::{MAX_UNIT_MINOR, rounded},
};
use crate::{
    collectable::{least_minor, step_minor},
    money::{Currency, Money},
    share::{Share, WHOLE_PPM},
};

/// The highest fee for a month, in parts per million of what is left to pay: 5 %.
pub const MAX_MONTHLY_PPM: u32 = 50_000;
/// The most that all fees of an invoice come to, in parts per million of it: 25 %.
pub const MAX_CAP_PPM: u32 = 250_000;
/// For how many days somebody may be late without a fee, at the most.
pub const MAX_GRACE_DAYS: i32 = 90;

/// What is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Charge {
    /// An amount, once, in minor units.
    Flat(i64),
    /// A share of what is left to pay, for each whole month.
    Monthly(Share),
}

/// What is charged for paying late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LateFee {
    /// What is charged.
    pub charge: Charge,
    /// For how many days somebody may be late without a fee.
    pub grace_days: i32,
    /// The most that all fees of an invoice come to, as a share of it.
    pub cap: Share,
}

/// A late fee as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLateFee {
    /// An amount, once; either this or a share.
    pub flat: Option<Money>,
    /// A share of what is left to pay, for each whole month.
    pub monthly: Option<Share>,
    /// For how many days somebody may be late without a fee.
    pub grace_days: i32,
    /// The most that all fees of an invoice come to, as a share of it.
    pub cap: Share,
}

/// Checks a late fee.
pub fn check(currency: Currency, given: &NewLateFee) -> Result<LateFee, Fault> {
    let charge = match (given.flat, given.monthly) {
        (Some(flat), None) if flat.currency != currency => {
            return Err(Fault::Currency { field: "lateFee.flat".to_owned(), given: flat.currency, own: currency });
        }
        (Some(flat), None) if (1..=MAX_UNIT_MINOR).contains(&flat.minor) => Charge::Flat(flat.minor),
        (None, Some(monthly)) if (1..=MAX_MONTHLY_PPM).contains(&monthly.ppm()) => Charge::Monthly(monthly),
        _ => return Err(Fault::LateFee("a late fee is an amount, or up to 5 % a month")),
    };
    if !(0..=MAX_GRACE_DAYS).contains(&given.grace_days) {
        return Err(Fault::LateFee("somebody may be late for 0 to 90 days without a fee"));
    }
    if !(1..=MAX_CAP_PPM).contains(&given.cap.ppm()) {
        return Err(Fault::LateFee("all late fees of an invoice come to up to 25 % of it"));
    }
    Ok(LateFee { charge, grace_days: given.grace_days, cap: given.cap })
}

/// An invoice that may be late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late {
    /// What it comes to without what was credited, in minor units.
    pub total_minor: i64,
    /// What is left to pay.
    pub open_minor: i64,
    /// Since when it is: the day on which it was due, or, later, the one on which what was paid went back.
    pub since: NaiveDate,
    /// What was charged already, and is not credited.
    pub charged_minor: i64,
    /// Up to which day.
    pub charged_through: Option<NaiveDate>,
}

/// The day behind which the next fee is charged; none if none is any more.
pub fn next_on(terms: &LateFee, late: Late) -> Option<NaiveDate> {
    let grace = Days::new(u64::try_from(terms.grace_days).unwrap_or(0));
    let after_grace = late.since.checked_add_days(grace)?;
    match terms.charge {
        Charge::Flat(_) if late.charged_through.is_some() => None,
        Charge::Flat(_) => Some(after_grace),
        Charge::Monthly(_) => {
            let from = late.charged_through.unwrap_or(late.since).max(late.since);
            Some(from.checked_add_months(Months::new(1))?.max(after_grace))
        }
    }
}

/// The fee that is charged today, and up to which day it reaches; none if none is due, or it comes to less than anybody collects.
pub fn due(currency: Currency, terms: &LateFee, late: Late, today: NaiveDate) -> Option<(i64, NaiveDate)> {
    let on = next_on(terms, late)?;
    if late.open_minor <= 0 || today <= on {
        return None;
    }
    let step = step_minor(currency);
    let part = |of: i64, share: Share| rounded(i128::from(of), i128::from(share.ppm()), i128::from(WHOLE_PPM), step);
    let wanted = match terms.charge {
        Charge::Flat(minor) => minor,
        Charge::Monthly(share) => part(late.open_minor, share).ok()?,
    };
    let room = part(late.total_minor, terms.cap).ok()?.saturating_sub(late.charged_minor);
    let fee = wanted.min(room) / step * step;
    (fee >= least_minor(currency)).then_some((fee, on))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EUR: Currency = Currency::EUR;

    fn share(ppm: u32) -> Share {
        Share::from_ppm(ppm).unwrap()
    }

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2027, month, day).unwrap()
    }

    fn late() -> Late {
        Late { total_minor: 100_000, open_minor: 100_000, since: day(1, 31), charged_minor: 0, charged_through: None }
    }

    #[test]
    fn a_flat_fee_is_charged_once_and_behind_the_days_of_grace() {
        let terms = LateFee { charge: Charge::Flat(4_000), grace_days: 10, cap: share(100_000) };
        assert_eq!(due(EUR, &terms, late(), day(2, 10)), None);
        assert_eq!(due(EUR, &terms, late(), day(2, 11)), Some((4_000, day(2, 10))));
        let charged = Late { charged_minor: 4_000, charged_through: Some(day(2, 10)), ..late() };
        assert_eq!(due(EUR, &terms, charged, day(12, 31)), None);
        assert_eq!(next_on(&terms, charged), None);
    }

    #[test]
    fn a_monthly_fee_is_of_what_is_left_and_never_of_a_fee() {
        let terms = LateFee { charge: Charge::Monthly(share(10_000)), grace_days: 0, cap: share(250_000) };
        assert_eq!(due(EUR, &terms, late(), day(2, 28)), None, "the month is not over");
        assert_eq!(due(EUR, &terms, late(), day(3, 1)), Some((1_000, day(2, 28))));
        let mut standing = late();
        let mut charged = Vec::new();
        for month in 2..=12 {
            while let Some((fee, through)) = due(EUR, &terms, standing, day(month, 28)) {
                charged.push(fee);
                standing.charged_minor += fee;
                standing.charged_through = Some(through);
            }
        }
        assert_eq!(charged, vec![1_000; 10], "each month costs the same");
        let half = Late { open_minor: 50_000, ..standing };
        assert_eq!(due(EUR, &terms, half, day(12, 31)).map(|(fee, _)| fee), Some(500));
    }

    #[test]
    fn all_fees_stay_below_the_cap_and_what_nobody_collects_is_not_charged() {
        let terms = LateFee { charge: Charge::Monthly(share(50_000)), grace_days: 0, cap: share(120_000) };
        let at = |charged_minor| Late { charged_minor, charged_through: Some(day(3, 31)), ..late() };
        assert_eq!(due(EUR, &terms, at(10_000), day(12, 1)).map(|(fee, _)| fee), Some(2_000));
        assert_eq!(due(EUR, &terms, at(11_960), day(12, 1)), None);
        assert_eq!(due(EUR, &terms, Late { open_minor: 0, ..late() }, day(12, 1)), None);
    }

    #[test]
    fn what_was_paid_and_went_back_is_late_from_then_on() {
        let terms = LateFee { charge: Charge::Monthly(share(10_000)), grace_days: 0, cap: share(250_000) };
        let reopened = Late { since: day(6, 15), charged_through: Some(day(2, 28)), ..late() };
        assert_eq!(due(EUR, &terms, reopened, day(7, 15)), None);
        assert_eq!(due(EUR, &terms, reopened, day(7, 16)), Some((1_000, day(7, 15))));
    }

    #[test]
    fn a_fee_has_its_bounds() {
        let new = NewLateFee { flat: None, monthly: Some(share(50_000)), grace_days: 90, cap: share(250_000) };
        assert!(check(EUR, &new).is_ok());
        let flat = |minor| NewLateFee { flat: Some(Money::new(minor, EUR)), monthly: None, ..new.clone() };
        assert_eq!(check(EUR, &flat(1)).unwrap().charge, Charge::Flat(1));
        for wrong in [
            flat(0),
            NewLateFee { flat: Some(Money::new(1, EUR)), ..new.clone() },
            NewLateFee { monthly: None, ..new.clone() },
            NewLateFee { monthly: Some(share(50_001)), ..new.clone() },
            NewLateFee { monthly: Some(Share::ZERO), ..new.clone() },
            NewLateFee { grace_days: 91, ..new.clone() },
            NewLateFee { grace_days: -1, ..new.clone() },
            NewLateFee { cap: share(250_001), ..new.clone() },
            NewLateFee { cap: Share::ZERO, ..new.clone() },
        ] {
            assert!(matches!(check(EUR, &wrong), Err(Fault::LateFee(_))), "{wrong:?}");
        }
        let yen = NewLateFee { flat: Some(Money::new(1, Currency::JPY)), monthly: None, ..new };
        assert!(matches!(check(EUR, &yen), Err(Fault::Currency { .. })));
    }
}
