//! Which shares a moment's money follows, decided on plain values.
//!
//! Versions of a work's split are numbered as they were executed. At a moment holds the last executed of those that are effective then. Before any
//! is, a beat of one maker is that maker's, as its credits say; a beat of several makers follows the first version that they have signed, for no
//! other shares have ever been agreed; and as long as there is none, its money is parked.
//!
//! A version binds those who have signed it. For a beat whose credits name somebody else it is as if nobody had signed: others do not dispose of
//! what may be theirs.

use super::{
    SplitError,
    entity::{Side, split_version},
};
use crate::{
    env::Instant,
    ids::PartyId,
    share::{Share, ShareError, WHOLE_PPM, allocate},
};

/// The most parties of one side.
pub const MAX_SHARES: usize = 200;

/// Who has which part, in the order of the document.
pub type Shares = Vec<(PartyId, Share)>;

/// A version of a work's split with its shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The version.
    pub version: split_version::Model,
    /// The writers' shares: exactly the whole.
    pub composition: Shares,
    /// Who is paid of the master's income, points before owners: exactly the whole. Sales of licences follow them.
    pub master: Shares,
    /// Who has signed it. Those who have a part of it have; others may have, too.
    pub signers: Vec<PartyId>,
}

impl Rule {
    /// Whether everybody who is credited has a part of it or has signed it.
    fn covers(&self, credits: &[(PartyId, Share)]) -> bool {
        let named = |party: &PartyId| {
            self.signers.contains(party) || self.composition.iter().chain(&self.master).any(|(of, _)| of == party)
        };
        credits.iter().all(|(party, _)| named(party))
    }
}

/// By what the money of one line is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineRule {
    /// By a version that was signed.
    Signed(Rule),
    /// By the beat's credits: it has one maker, or none.
    Credits(Shares),
    /// By nothing yet: it has several makers, or one whom a version of others leaves out, and they have not all signed one.
    Unsigned,
}

/// Checks one side: somebody is named, and the shares are exactly the whole. Who is named twice, as under two roles, stands once with the sum, at
/// the first place.
pub fn check_side(side: Side, shares: &[(PartyId, Share)]) -> Result<Shares, SplitError> {
    if shares.is_empty() || shares.len() > MAX_SHARES {
        return Err(SplitError::Length { side });
    }
    let refuse = |problem| SplitError::NotWhole { side, problem };
    let parts: Vec<Share> = shares.iter().map(|(_, share)| *share).collect();
    Share::require_whole(&parts).map_err(refuse)?;
    let mut merged: Shares = Vec::with_capacity(shares.len());
    for (party, share) in shares {
        match merged.iter_mut().find(|(standing, _)| standing == party) {
            Some((_, standing)) => *standing = Share::from_ppm(standing.ppm() + share.ppm()).map_err(refuse)?,
            None => merged.push((*party, *share)),
        }
    }
    Ok(merged)
}

/// Of a work's versions those that everybody has signed who is credited with a beat of it.
pub fn covering<'a>(versions: &'a [Rule], credits: &[(PartyId, Share)]) -> Vec<&'a Rule> {
    versions.iter().filter(|rule| rule.covers(credits)).collect()
}

/// Who is paid of a recording's income: points first, and of the rest each owner their share, by largest remainder, so that the whole stays whole.
/// Who has nothing left is not named.
pub fn income<P: Copy>(points: &[(P, Share)], owners: &[(P, Share)]) -> Result<Vec<(P, Share)>, ShareError> {
    let rest = points.iter().fold(WHOLE_PPM, |rest, (_, share)| rest.saturating_sub(share.ppm()));
    let weights: Vec<u64> = owners.iter().map(|(_, share)| u64::from(share.ppm())).collect();
    let mut paid = points.to_vec();
    for ((owner, _), ppm) in owners.iter().zip(allocate(i64::from(rest), &weights)?) {
        // A part of the whole fits.
        paid.push((*owner, Share::from_ppm(u32::try_from(ppm).unwrap_or(0))?));
    }
    paid.retain(|(_, share)| *share != Share::ZERO);
    Ok(paid)
}

/// The version that holds at a moment: of those effective then, the last executed.
pub fn effective<'a>(versions: impl IntoIterator<Item = &'a Rule>, at: Instant) -> Option<&'a Rule> {
    let holds = |rule: &&Rule| rule.version.effective_at <= at;
    versions.into_iter().filter(holds).max_by_key(|rule| rule.version.number)
}

/// The version that divides what several makers have earned at a moment: the one effective then, else the first that they have signed.
pub fn governing<'a>(versions: impl IntoIterator<Item = &'a Rule> + Clone, at: Instant) -> Option<&'a Rule> {
    effective(versions.clone(), at).or_else(|| versions.into_iter().min_by_key(|rule| rule.version.number))
}

/// Whether those who made a beat have still to sign a split: there are several of them, or versions that leave out the one, and none that they
/// have all signed.
pub fn is_unsigned(versions: &[Rule], credits: &[(PartyId, Share)]) -> bool {
    (credits.len() > 1 || !versions.is_empty()) && covering(versions, credits).is_empty()
}

/// By what a line is divided that was sold at a moment; see the module.
pub fn line_rule(versions: &[Rule], credits: &[(PartyId, Share)], at: Instant) -> LineRule {
    if is_unsigned(versions, credits) {
        return LineRule::Unsigned;
    }
    let signed = covering(versions, credits);
    let holding = if credits.len() > 1 { governing(signed, at) } else { effective(signed, at) };
    holding.map_or_else(|| LineRule::Credits(credits.to_vec()), |rule| LineRule::Signed(rule.clone()))
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use proptest::prelude::*;
    use sea_orm::prelude::Uuid;

    use super::*;
    use crate::{
        catalog::Sha256,
        env::testing,
        ids::{AgreementId, SplitVersionId, StudioId, WorkId},
    };

    fn party(n: u128) -> PartyId {
        PartyId(Uuid::from_u128(n))
    }

    fn share(ppm: u32) -> Share {
        Share::from_ppm(ppm).unwrap()
    }

    fn day(n: i64) -> Instant {
        testing::env(1).0.now() + Duration::days(n)
    }

    /// Versions in the order of execution, each effective from a day on.
    fn versions(days: &[i64]) -> Vec<Rule> {
        let rule = |(number, from): (i32, &i64)| Rule {
            version: split_version::Model {
                id: SplitVersionId(Uuid::from_u128(number.unsigned_abs().into())),
                studio_id: StudioId(Uuid::nil()),
                work_id: WorkId(Uuid::nil()),
                number,
                agreement_id: AgreementId(Uuid::nil()),
                document_sha256: Sha256::of(&number.to_be_bytes()),
                effective_at: day(*from),
                executed_at: day(0),
            },
            composition: vec![(party(1), Share::WHOLE)],
            master: vec![(party(1), Share::WHOLE)],
            signers: vec![party(1), party(7), party(8)],
        };
        (1..).zip(days).map(rule).collect()
    }

    fn number(rule: Option<&Rule>) -> Option<i32> {
        rule.map(|rule| rule.version.number)
    }

    #[test]
    fn the_last_executed_of_those_effective_holds() {
        // The third was executed last and reaches back before the second.
        let all = versions(&[0, 10, 5]);
        let at = |n| number(effective(&all, day(n)));
        assert_eq!([-1, 0, 4, 5, 9, 10, 99].map(at), [None, Some(1), Some(1), Some(3), Some(3), Some(3), Some(3)]);
        assert_eq!(number(effective(&versions(&[0, 10]), day(10))), Some(2));
        assert_eq!(number(governing(&all, day(-1))), Some(1));
        assert_eq!(number(governing(&[], day(0))), None);
    }

    #[test]
    fn before_any_is_effective_one_maker_has_it_and_several_follow_the_first_they_signed() {
        let later = versions(&[5, 3]);
        let alone = vec![(party(7), Share::WHOLE)];
        let two = vec![(party(7), share(500_000)), (party(8), share(500_000))];
        assert_eq!(line_rule(&later, &alone, day(0)), LineRule::Credits(alone.clone()));
        assert_eq!(line_rule(&later, &two, day(0)), LineRule::Signed(later[0].clone()));
        assert_eq!(line_rule(&later, &alone, day(4)), LineRule::Signed(later[1].clone()));
        assert_eq!(line_rule(&[], &two, day(0)), LineRule::Unsigned);
        assert_eq!(line_rule(&[], &[], day(0)), LineRule::Credits(Vec::new()));
    }

    #[test]
    fn a_version_binds_only_those_who_have_signed_it() {
        let mut all = versions(&[0, 5]);
        let half = share(500_000);
        let two = vec![(party(7), half), (party(8), half)];
        // The later one was signed by the seventh alone, who has no part of it.
        all[1].signers = vec![party(7)];
        assert_eq!(line_rule(&all, &two, day(9)), LineRule::Signed(all[0].clone()));
        assert_eq!(line_rule(&all, &two[..1], day(9)), LineRule::Signed(all[1].clone()));
        assert_eq!(line_rule(&all[1..], &two, day(9)), LineRule::Unsigned);
        assert!(is_unsigned(&all[1..], &two) && !is_unsigned(&all, &two));
        // Who has a part of it has signed it; whoever is credited beside them has not.
        assert!(!is_unsigned(&all[1..], &[(party(1), half), (party(7), half)]));
        assert!(is_unsigned(&all[1..], &[(party(1), half), (party(9), half)]));
        // One maker whom the others leave out waits, too; one who has signed has what was theirs until it is effective.
        let left_out = [(party(9), Share::WHOLE)];
        assert_eq!(line_rule(&all, &left_out, day(9)), LineRule::Unsigned);
        assert_eq!(line_rule(&all[1..], &two[..1], day(4)), LineRule::Credits(two[..1].to_vec()));
    }

    #[test]
    fn points_are_paid_before_the_owners_divide() {
        let paid = |points: &[u32], owners: &[u32]| -> Vec<(u128, u32)> {
            let named =
                |from: u128, parts: &[u32]| (from..).zip(parts.iter().map(|ppm| share(*ppm))).collect::<Vec<_>>();
            let paid = income(&named(8, points), &named(0, owners)).unwrap();
            assert_eq!(paid.iter().map(|(_, share)| share.ppm()).sum::<u32>(), WHOLE_PPM, "{paid:?}");
            paid.into_iter().map(|(party, share)| (party, share.ppm())).collect()
        };
        assert_eq!(paid(&[], &[900_000, 100_000]), [(0, 900_000), (1, 100_000)]);
        assert_eq!(paid(&[200_000], &[900_000, 100_000]), [(8, 200_000), (0, 720_000), (1, 80_000)]);
        // What does not divide goes to the largest remainder, and nothing is lost.
        assert_eq!(paid(&[33_300], &[333_333, 666_667]), [(8, 33_300), (0, 322_233), (1, 644_467)]);
        assert_eq!(paid(&[1_000_000], &[1_000_000]), [(8, 1_000_000)]);
    }

    #[test]
    fn a_side_is_exactly_the_whole_and_names_nobody_twice() {
        let side = Side::Master;
        let short = check_side(side, &[(party(1), share(999_999))]).unwrap_err();
        assert_eq!(short.to_string(), "master: the shares total 99.9999 %, not 100 %");
        assert!(matches!(check_side(side, &[]), Err(SplitError::Length { side: Side::Master })));
        let over = [(party(1), Share::WHOLE), (party(2), share(1))];
        assert!(matches!(check_side(side, &over), Err(SplitError::NotWhole { .. })));
        let twice = [(party(2), share(250_000)), (party(1), share(500_000)), (party(2), share(250_000))];
        let merged = check_side(Side::Composition, &twice).unwrap();
        assert_eq!(merged, [(party(2), share(500_000)), (party(1), share(500_000))]);
    }

    proptest! {
        #[test]
        fn a_later_version_changes_nothing_before_its_own_date(
            days in prop::collection::vec(-20_i64..20, 1..6), added in -20_i64..20, at in -25_i64..25,
        ) {
            let before = versions(&days);
            let mut more = days;
            more.push(added);
            let after = versions(&more);
            let (old, new) = (number(effective(&before, day(at))), number(effective(&after, day(at))));
            let last = i32::try_from(more.len()).unwrap();
            prop_assert_eq!(new, if at >= added { Some(last) } else { old });
            // And what several makers sold before everything stays with the first that they signed.
            let governed = number(governing(&after, day(at)));
            prop_assert_eq!(governed, if at >= added { Some(last) } else { number(governing(&before, day(at))) });
        }

        #[test]
        fn merging_loses_nothing(cuts in prop::collection::vec(0_u32..=WHOLE_PPM, 0..6), names in prop::collection::vec(0_u128..4, 8)) {
            let mut cuts = cuts;
            cuts.extend([0, WHOLE_PPM]);
            cuts.sort_unstable();
            let shares: Shares =
                cuts.windows(2).zip(names).map(|(pair, name)| (party(name), share(pair[1] - pair[0]))).collect();
            let merged = check_side(Side::Master, &shares).unwrap();
            for name in 0..4 {
                let sum = |shares: &Shares| -> u32 {
                    shares.iter().filter(|(of, _)| *of == party(name)).map(|(_, share)| share.ppm()).sum()
                };
                prop_assert_eq!(sum(&merged), sum(&shares));
            }
        }
    }
}
