//! What a journal is made of. Debits are positive, credits negative, and every journal sums to zero.

use std::collections::BTreeMap;

use super::entity::AccountKind;
use crate::{
    ids::PartyId,
    share::{Share, WHOLE_PPM, allocate},
};

/// An account, named by what it stands for; the currency is the journal's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountRef {
    /// What it stands for.
    pub kind: AccountKind,
    /// To whom, exactly if it is a payable.
    pub party: Option<PartyId>,
}

impl AccountRef {
    /// An account of the studio's own.
    pub const fn own(kind: AccountKind) -> Self {
        Self { kind, party: None }
    }

    /// What is owed to a party.
    pub const fn payable(party: PartyId) -> Self {
        Self { kind: AccountKind::Payable, party: Some(party) }
    }
}

/// One side of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// The account.
    pub account: AccountRef,
    /// Minor units: debit positive, credit negative, never zero.
    pub amount_minor: i64,
}

/// A line of a sale, as the ledger needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleLine {
    /// The price, in minor units, zero or more.
    pub price_minor: i64,
    /// Whose it is.
    pub division: Division,
}

/// Whose a line's money is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Division {
    /// Who has a part of it and how much, in the order of the document or the credits. What the shares leave of the whole stays with the studio.
    Shared(Vec<(PartyId, Share)>),
    /// Its makers', in shares that are still to be signed.
    Parked,
}

/// Why legs are no journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalFault {
    /// A price, a total or a fee is below zero.
    #[error("{what} is below zero")]
    Negative {
        /// Which.
        what: &'static str,
    },
    /// The fee is more than was paid.
    #[error("the gateway's fee of {fee_minor} is more than the {total_minor} paid")]
    FeeTooHigh {
        /// The fee, in minor units.
        fee_minor: i64,
        /// What was paid, in minor units.
        total_minor: i64,
    },
    /// The lines do not make the total.
    #[error("the lines come to {lines_minor}, and {total_minor} was paid")]
    Lines {
        /// What the lines come to, in minor units.
        lines_minor: i64,
        /// What was paid, in minor units.
        total_minor: i64,
    },
    /// Debits and credits differ.
    #[error("the entries sum to {sum_minor}, not to zero")]
    Unbalanced {
        /// What they sum to.
        sum_minor: i128,
    },
    /// Fewer than two legs, or one of nothing.
    #[error("a journal has two or more entries, none of them zero")]
    Empty,
    /// Beyond 64 bits.
    #[error("the amount is too large")]
    Overflow,
}

/// Checks that legs are a journal.
pub fn check(legs: &[Leg]) -> Result<(), JournalFault> {
    if legs.len() < 2 || legs.iter().any(|leg| leg.amount_minor == 0) {
        return Err(JournalFault::Empty);
    }
    let sum_minor: i128 = legs.iter().map(|leg| i128::from(leg.amount_minor)).sum();
    if sum_minor == 0 { Ok(()) } else { Err(JournalFault::Unbalanced { sum_minor }) }
}

/// A sale: what the gateway holds and has kept against what was sold, then what of it is owed to whom. Each line bears its part of the fee by
/// largest remainder over the prices, and what is left of the line goes by largest remainder over its shares, so every rounding cent has one
/// place and the same sale always gives the same legs. What is parked is kept whole. A sale for nothing has none.
pub fn sale_journal(total_minor: i64, fee_minor: i64, lines: &[SaleLine]) -> Result<Vec<Leg>, JournalFault> {
    check_amounts(total_minor, fee_minor, lines)?;
    if total_minor == 0 {
        return Ok(Vec::new());
    }
    let mut legs = Legs::default();
    legs.add(AccountRef::own(AccountKind::GatewayClearing), total_minor - fee_minor)?;
    legs.add(AccountRef::own(AccountKind::GatewayFees), fee_minor)?;
    legs.add(AccountRef::own(AccountKind::Sales), -total_minor)?;
    for (line, net_minor) in lines.iter().zip(nets(fee_minor, lines)?) {
        match &line.division {
            Division::Shared(shares) => {
                for (party, part) in split_line(net_minor, shares) {
                    legs.add(AccountRef::own(AccountKind::SplitsExpense), part)?;
                    legs.add(AccountRef::payable(party), -part)?;
                }
            }
            Division::Parked => {
                legs.add(AccountRef::own(AccountKind::SplitsExpense), net_minor)?;
                legs.add(AccountRef::own(AccountKind::SplitsParked), -net_minor)?;
            }
        }
    }
    Ok(legs.into_journal())
}

/// What is left of each line when it has borne its part of the fee, in the order of the lines. Of a sale for nothing, nothing.
pub fn nets(fee_minor: i64, lines: &[SaleLine]) -> Result<Vec<i64>, JournalFault> {
    let prices: Vec<u64> = lines.iter().map(|line| line.price_minor.unsigned_abs()).collect();
    if prices.iter().all(|price| *price == 0) {
        return Ok(vec![0; lines.len()]);
    }
    let fees = allocate(fee_minor, &prices).map_err(|_| JournalFault::Empty)?;
    Ok(lines.iter().zip(fees).map(|(line, fee)| line.price_minor - fee).collect())
}

/// The release of what was parked for a line: each party gets to the cent what it would have got if the shares had been signed before the sale.
pub fn release_journal(net_minor: i64, shares: &[(PartyId, Share)]) -> Result<Vec<Leg>, JournalFault> {
    if net_minor < 0 {
        return Err(JournalFault::Negative { what: "what was parked" });
    }
    let mut legs = Legs::default();
    for (party, part) in split_line(net_minor, shares) {
        legs.add(AccountRef::own(AccountKind::SplitsParked), part)?;
        legs.add(AccountRef::payable(party), -part)?;
    }
    Ok(legs.into_journal())
}

fn check_amounts(total_minor: i64, fee_minor: i64, lines: &[SaleLine]) -> Result<(), JournalFault> {
    let negative = |what| Err(JournalFault::Negative { what });
    if total_minor < 0 {
        return negative("the total");
    }
    if fee_minor < 0 {
        return negative("the fee");
    }
    if lines.iter().any(|line| line.price_minor < 0) {
        return negative("a price");
    }
    if fee_minor > total_minor {
        return Err(JournalFault::FeeTooHigh { fee_minor, total_minor });
    }
    let lines_minor =
        lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.price_minor)).ok_or(JournalFault::Overflow)?;
    if lines_minor == total_minor { Ok(()) } else { Err(JournalFault::Lines { lines_minor, total_minor }) }
}

/// What each party gets of a line, in the order of the credits. Shares of more than the whole are taken as proportions, so that no more is
/// ever owed than there is.
fn split_line(net_minor: i64, shares: &[(PartyId, Share)]) -> Vec<(PartyId, i64)> {
    let mut weights: Vec<u64> = shares.iter().map(|(_, share)| u64::from(share.ppm())).collect();
    let kept = u64::from(WHOLE_PPM).saturating_sub(weights.iter().sum());
    weights.push(kept);
    // Among nobody nothing is divided: all of it stays with the studio.
    let parts = allocate(net_minor, &weights).unwrap_or_default();
    shares.iter().zip(parts).map(|((party, _), part)| (*party, part)).collect()
}

/// Money that came for nothing sold: the gateway holds it, and it is due back.
pub fn refund_due_journal(total_minor: i64, fee_minor: i64) -> Result<Vec<Leg>, JournalFault> {
    let whole = SaleLine { price_minor: total_minor, division: Division::Shared(Vec::new()) };
    check_amounts(total_minor, fee_minor, &[whole])?;
    let mut legs = Legs::default();
    legs.add(AccountRef::own(AccountKind::GatewayClearing), total_minor - fee_minor)?;
    legs.add(AccountRef::own(AccountKind::GatewayFees), fee_minor)?;
    legs.add(AccountRef::own(AccountKind::RefundsDue), -total_minor)?;
    Ok(legs.into_journal())
}

/// The exact reversal: the same legs, each with its sign turned.
pub fn reversal(legs: &[Leg]) -> Result<Vec<Leg>, JournalFault> {
    legs.iter()
        .map(|leg| {
            let amount_minor = leg.amount_minor.checked_neg().ok_or(JournalFault::Overflow)?;
            Ok(Leg { amount_minor, ..*leg })
        })
        .collect()
}

/// Legs being gathered: one for each account, in the accounts' own order, which is the order that they are locked in.
#[derive(Default)]
struct Legs(BTreeMap<AccountRef, i64>);

impl Legs {
    fn add(&mut self, account: AccountRef, amount_minor: i64) -> Result<(), JournalFault> {
        let standing = self.0.entry(account).or_insert(0);
        *standing = standing.checked_add(amount_minor).ok_or(JournalFault::Overflow)?;
        Ok(())
    }

    fn into_journal(self) -> Vec<Leg> {
        self.0
            .into_iter()
            .filter(|(_, amount_minor)| *amount_minor != 0)
            .map(|(account, amount_minor)| Leg { account, amount_minor })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sea_orm::prelude::Uuid;

    use super::*;

    fn party(n: u128) -> PartyId {
        PartyId(Uuid::from_u128(n))
    }

    fn share(ppm: u32) -> Share {
        Share::from_ppm(ppm).unwrap()
    }

    fn alone(price_minor: i64) -> SaleLine {
        SaleLine { price_minor, division: Division::Shared(vec![(party(1), Share::WHOLE)]) }
    }

    fn amount(legs: &[Leg], account: AccountRef) -> i64 {
        legs.iter().filter(|leg| leg.account == account).map(|leg| leg.amount_minor).sum()
    }

    #[test]
    fn a_sale_of_two_beats_places_every_cent() {
        let third = share(333_333);
        let lines = [
            SaleLine {
                price_minor: 3000,
                division: Division::Shared(vec![(party(1), share(333_334)), (party(2), third), (party(3), third)]),
            },
            alone(6000),
        ];
        let legs = sale_journal(9000, 291, &lines).unwrap();
        check(&legs).unwrap();
        // The fee of 2.91 falls 0.97 and 1.94 on the lines; 29.03 is 9.68 + 9.68 + 9.67, the cents to the first in the credits.
        assert_eq!(amount(&legs, AccountRef::own(AccountKind::GatewayClearing)), 8709);
        assert_eq!(amount(&legs, AccountRef::own(AccountKind::GatewayFees)), 291);
        assert_eq!(amount(&legs, AccountRef::own(AccountKind::Sales)), -9000);
        assert_eq!(amount(&legs, AccountRef::own(AccountKind::SplitsExpense)), 8709);
        assert_eq!([1, 2, 3].map(|n| amount(&legs, AccountRef::payable(party(n)))), [-968 - 5806, -968, -967]);
        let back = reversal(&legs).unwrap();
        assert!(legs.iter().zip(&back).all(|(a, b)| a.account == b.account && a.amount_minor == -b.amount_minor));
    }

    #[test]
    fn a_sale_for_nothing_posts_nothing() {
        assert_eq!(sale_journal(0, 0, &[alone(0)]), Ok(Vec::new()));
        assert_eq!(nets(0, &[alone(0)]), Ok(vec![0]));
    }

    #[test]
    fn what_is_shared_out_in_part_stays_in_part_with_the_studio() {
        let quarter = Division::Shared(vec![(party(1), share(250_000))]);
        let lines = [SaleLine { price_minor: 1000, division: quarter }];
        let legs = sale_journal(1000, 0, &lines).unwrap();
        assert_eq!(amount(&legs, AccountRef::payable(party(1))), -250);
        let nobody = SaleLine { price_minor: 1000, division: Division::Shared(Vec::new()) };
        let nobody = sale_journal(1000, 0, &[nobody]).unwrap();
        assert_eq!(nobody.len(), 2);
    }

    #[test]
    fn what_does_not_add_up_is_refused() {
        let line = alone(1000);
        let one = std::slice::from_ref(&line);
        assert_eq!(sale_journal(900, 0, one), Err(JournalFault::Lines { lines_minor: 1000, total_minor: 900 }));
        assert_eq!(sale_journal(1000, 1001, one), Err(JournalFault::FeeTooHigh { fee_minor: 1001, total_minor: 1000 }));
        assert_eq!(sale_journal(1000, -1, one), Err(JournalFault::Negative { what: "the fee" }));
        let twice = [alone(i64::MAX), line];
        assert_eq!(sale_journal(i64::MAX, 0, &twice), Err(JournalFault::Overflow));
    }

    fn lines() -> impl Strategy<Value = Vec<SaleLine>> {
        let shares = prop::collection::vec(0_u32..=1_000_000, 0..6).prop_map(|mut cuts| {
            cuts.extend([0, 1_000_000]);
            cuts.sort_unstable();
            cuts.windows(2).enumerate().map(|(n, pair)| (party(n as u128), share(pair[1] - pair[0]))).collect()
        });
        let line = |(price_minor, shares)| SaleLine { price_minor, division: Division::Shared(shares) };
        prop::collection::vec((0_i64..=1_000_000_000, shares).prop_map(line), 1..8)
    }

    proptest! {
        #[test]
        fn a_sale_balances_conserves_and_owes_nobody_less_than_nothing(lines in lines(), fee_ppm in 0_i64..=1_000_000) {
            let total: i64 = lines.iter().map(|line| line.price_minor).sum();
            let fee = i64::try_from(i128::from(total) * i128::from(fee_ppm) / 1_000_000).unwrap();
            let legs = sale_journal(total, fee, &lines).unwrap();
            prop_assert_eq!(legs.iter().map(|leg| i128::from(leg.amount_minor)).sum::<i128>(), 0);
            prop_assert!(legs.iter().all(|leg| leg.amount_minor != 0));
            let owed: i64 = legs
                .iter()
                .filter(|leg| leg.account.kind == AccountKind::Payable)
                .map(|leg| { assert!(leg.amount_minor < 0); -leg.amount_minor })
                .sum();
            prop_assert_eq!(owed, total - fee);
            prop_assert_eq!(amount(&legs, AccountRef::own(AccountKind::GatewayClearing)), total - fee);
            if total > 0 {
                prop_assert_eq!(check(&legs), Ok(()));
                prop_assert_eq!(check(&reversal(&legs).unwrap()), Ok(()));
            }
        }

        #[test]
        fn what_is_parked_and_released_is_what_a_signed_split_would_have_given(
            lines in lines(), fee_ppm in 0_i64..=1_000_000, parked in prop::collection::vec(any::<bool>(), 8),
        ) {
            let total: i64 = lines.iter().map(|line| line.price_minor).sum();
            let fee = i64::try_from(i128::from(total) * i128::from(fee_ppm) / 1_000_000).unwrap();
            let signed = sale_journal(total, fee, &lines).unwrap();
            let mut waiting = lines.clone();
            for (line, _) in waiting.iter_mut().zip(&parked).filter(|(_, parked)| **parked) {
                line.division = Division::Parked;
            }
            let mut both = sale_journal(total, fee, &waiting).unwrap();
            prop_assert_eq!(both.iter().map(|leg| i128::from(leg.amount_minor)).sum::<i128>(), 0);
            let held = amount(&both, AccountRef::own(AccountKind::SplitsParked));
            let nets = nets(fee, &lines).unwrap();
            let parked: Vec<usize> = (0..lines.len()).filter(|at| parked[*at]).collect();
            prop_assert_eq!(held, -parked.iter().map(|at| nets[*at]).sum::<i64>());
            for at in parked {
                let Division::Shared(shares) = &lines[at].division else { unreachable!() };
                let released = release_journal(nets[at], shares).unwrap();
                prop_assert!(released.is_empty() || check(&released) == Ok(()));
                both.extend(released);
            }
            prop_assert_eq!(amount(&both, AccountRef::own(AccountKind::SplitsParked)), 0);
            for leg in &both {
                prop_assert_eq!(amount(&both, leg.account), amount(&signed, leg.account));
            }
        }

        #[test]
        fn what_is_due_back_balances(total in 1_i64..=i64::MAX, fee_ppm in 0_i64..=1_000_000) {
            let legs = refund_due_journal(total, total / 1_000_000 * fee_ppm).unwrap();
            prop_assert_eq!(check(&legs), Ok(()));
        }
    }
}
