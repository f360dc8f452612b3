//! From exact sums to minor units: each total is rounded once, and what is left over of a minor unit is said.

use super::{Exact, RoyaltyFault};
use crate::money::Currency;

/// Sums in minor units, and what of them is no whole minor unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Posted {
    /// Each sum, in the order in which they were given.
    pub(super) minor: Vec<i64>,
    /// What is left over: nothing or more, and less than a minor unit.
    pub(super) residue: Exact,
}

/// Rounds sums down, and gives one minor unit more to those with the largest remainders until they come to the whole units of their total; of equal
/// remainders the earlier has it. Each is less than a minor unit away from what it was.
pub(super) fn post(sums: &[Exact], currency: Currency) -> Result<Posted, RoyaltyFault> {
    let (total_minor, residue) = Exact::sum(sums.iter().copied())?.floor_minor(currency)?;
    let floors: Vec<(i64, Exact)> = sums.iter().map(|sum| sum.floor_minor(currency)).collect::<Result<_, _>>()?;
    let mut minor: Vec<i64> = floors.iter().map(|(minor, _)| *minor).collect();
    let floor = minor.iter().try_fold(0_i64, |sum, minor| sum.checked_add(*minor)).ok_or(RoyaltyFault::Overflow)?;
    let mut places: Vec<usize> = (0..sums.len()).collect();
    // The sort is stable.
    places.sort_by_key(|&place| std::cmp::Reverse(floors[place].1));
    let left_over =
        total_minor.checked_sub(floor).and_then(|left| usize::try_from(left).ok()).ok_or(RoyaltyFault::Overflow)?;
    for &place in places.iter().take(left_over) {
        minor[place] = minor[place].checked_add(1).ok_or(RoyaltyFault::Overflow)?;
    }
    Ok(Posted { minor, residue })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_largest_remainder_has_the_cent_and_the_rest_is_said() {
        let sums: [Exact; 3] = ["1.005", "-0.002", "2.0049"].map(|text| text.parse().unwrap());
        let posted = post(&sums, Currency::EUR).unwrap();
        assert_eq!((posted.minor, posted.residue.to_string()), (vec![100, 0, 200], "0.0079".to_owned()));
    }

    proptest! {
        #[test]
        fn postings_and_residue_are_the_total(raw in prop::collection::vec(-1_000_000_000_i64..1_000_000_000, 1..20)) {
            let sums: Vec<Exact> = raw
                .iter()
                .map(|millionths| Exact::whole(*millionths).times(crate::share::Share::from_ppm(1).unwrap().into()).unwrap())
                .collect();
            let posted = post(&sums, Currency::EUR).unwrap();
            let minors = posted.minor.iter().map(|minor| Exact::of_minor(*minor, Currency::EUR));
            let sum = Exact::sum(minors.clone()).unwrap().plus(posted.residue).unwrap();
            prop_assert_eq!(sum, Exact::sum(sums.iter().copied()).unwrap());
            for (minor, exact) in minors.zip(sums) {
                let off = minor.minus(exact).unwrap();
                prop_assert!(off.raw().abs() < Exact::of_minor(1, Currency::EUR).raw());
            }
        }
    }
}
