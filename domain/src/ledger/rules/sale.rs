//! What is sold, released to its makers, or due back to its buyer.

use super::{
    AccountRef, JournalFault, Leg, Legs, Moved,
    parts::{Holder, Part, Position, divide},
};
use crate::{
    ids::{OrderLineId, PartyId},
    ledger::entity::AccountKind,
    share::{Share, WHOLE_PPM, allocate},
};

/// A line of a sale, as the ledger needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleLine {
    /// Which line of the order.
    pub line: Option<OrderLineId>,
    /// The price as it was paid, tax and all, in minor units, zero or more.
    pub price_minor: i64,
    /// The tax within the price, in minor units, zero or more.
    pub tax_minor: i64,
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

/// A sale: what the gateway holds and has kept against what was sold, then what of it is owed to whom. Each line bears its part of the fee by
/// largest remainder over the prices, and what is left of the line goes by largest remainder over its shares, so every rounding cent has one
/// place and the same sale always gives the same legs. What is parked is kept whole. The parts sum to the total. A sale for nothing has none.
pub fn sale_journal(total_minor: i64, fee_minor: i64, lines: &[SaleLine]) -> Result<Moved, JournalFault> {
    check_amounts(total_minor, fee_minor, lines)?;
    if total_minor == 0 {
        return Ok(Moved::default());
    }
    let mut legs = Legs::default();
    legs.at_gateway(total_minor, fee_minor)?;
    legs.add(AccountRef::own(AccountKind::Sales), -total_minor)?;
    let mut parts = Vec::new();
    for (line, net_minor) in lines.iter().zip(nets(fee_minor, lines)?) {
        let mut own_minor = line.price_minor - line.tax_minor;
        for part in line_parts(line, net_minor) {
            own_minor -= part.live_minor;
            if let Some(account) = part.holder.account() {
                legs.add(AccountRef::own(AccountKind::SplitsExpense), part.live_minor)?;
                legs.add(account, -part.live_minor)?;
            }
            parts.push(part);
        }
        // Of what was sold, not of the studio's expenses.
        legs.add(AccountRef::own(AccountKind::Sales), line.tax_minor)?;
        legs.add(AccountRef::own(AccountKind::TaxDue), -line.tax_minor)?;
        parts.push(Part::new(line.line, Holder::Tax, line.tax_minor));
        parts.push(Part::new(line.line, Holder::Studio, own_minor));
    }
    parts.retain(|part| part.live_minor != 0);
    Ok(Moved { legs: legs.into_journal(), parts })
}

/// What is owed of a line to those who have made it.
fn line_parts(line: &SaleLine, net_minor: i64) -> Vec<Part> {
    match &line.division {
        Division::Shared(shares) => split_line(net_minor, shares)
            .into_iter()
            .map(|(party, share, minor, holds_cent)| Part {
                share: Some(share),
                holds_cent,
                ..Part::new(line.line, Holder::Party(party), minor)
            })
            .collect(),
        Division::Parked => vec![Part::new(line.line, Holder::Parked, net_minor)],
    }
}

/// What is left of each line when it has borne its tax and its part of the fee, in the order of the lines, never below zero: what a fee takes
/// beyond that is the studio's to bear. Of a sale for nothing, nothing.
pub fn nets(fee_minor: i64, lines: &[SaleLine]) -> Result<Vec<i64>, JournalFault> {
    let prices: Vec<u64> = lines.iter().map(|line| line.price_minor.unsigned_abs()).collect();
    if prices.iter().all(|price| *price == 0) {
        return Ok(vec![0; lines.len()]);
    }
    let fees = allocate(fee_minor, &prices).map_err(|_| JournalFault::Empty)?;
    Ok(lines.iter().zip(fees).map(|(line, fee)| (line.price_minor - line.tax_minor - fee).max(0)).collect())
}

/// The release of what is parked of a line: each party gets to the cent what it would have got if the shares had been signed before the sale. What a
/// dispute has suspended of it stays suspended, in the parties' names. The shares are the whole.
pub fn release_journal(parked: &Position, shares: &[(PartyId, Share)]) -> Result<Moved, JournalFault> {
    if parked.live_minor < 0 || parked.suspended_minor < 0 {
        return Err(JournalFault::Negative { what: "what was parked" });
    }
    let mut legs = Legs::default();
    let mut parts = vec![Part {
        suspended_minor: -parked.suspended_minor,
        ..Part::new(parked.line, Holder::Parked, -parked.live_minor)
    }];
    let suspended = split_line(parked.suspended_minor, shares);
    for ((party, share, minor, holds_cent), (_, _, waits_minor, _)) in
        split_line(parked.live_minor, shares).into_iter().zip(suspended)
    {
        legs.add(AccountRef::own(AccountKind::SplitsParked), minor)?;
        legs.add(AccountRef::payable(party), -minor)?;
        legs.add(AccountRef::suspended(None), waits_minor)?;
        legs.add(AccountRef::suspended(Some(party)), -waits_minor)?;
        parts.push(Part {
            suspended_minor: waits_minor,
            share: Some(share),
            holds_cent,
            ..Part::new(parked.line, Holder::Party(party), minor)
        });
    }
    parts.retain(|part| (part.live_minor, part.suspended_minor) != (0, 0));
    Ok(Moved { legs: legs.into_journal(), parts })
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
    if lines.iter().any(|line| line.tax_minor < 0) {
        return negative("a tax");
    }
    if let Some(SaleLine { tax_minor, price_minor, .. }) = lines.iter().find(|line| line.tax_minor > line.price_minor) {
        return Err(JournalFault::TaxTooHigh { tax_minor: *tax_minor, price_minor: *price_minor });
    }
    if fee_minor > total_minor {
        return Err(JournalFault::FeeTooHigh { fee_minor, total_minor });
    }
    let lines_minor =
        lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.price_minor)).ok_or(JournalFault::Overflow)?;
    if lines_minor == total_minor { Ok(()) } else { Err(JournalFault::Lines { lines_minor, total_minor }) }
}

/// What each party gets of a line by which share, and whether a cent of it was left over, in the order of the credits. Shares of more than the whole
/// are taken as proportions, so that no more is ever owed than there is.
fn split_line(net_minor: i64, shares: &[(PartyId, Share)]) -> Vec<(PartyId, Share, i64, bool)> {
    let mut weights: Vec<u64> = shares.iter().map(|(_, share)| u64::from(share.ppm())).collect();
    let kept = u64::from(WHOLE_PPM).saturating_sub(weights.iter().sum());
    weights.push(kept);
    // Among nobody nothing is divided: all of it stays with the studio.
    let parts = divide(net_minor, &weights);
    shares.iter().zip(parts).map(|((party, share), (minor, cent))| (*party, *share, minor, cent)).collect()
}

/// Money that came for nothing sold: the gateway holds it, and it is due back.
pub fn refund_due_journal(total_minor: i64, fee_minor: i64) -> Result<Vec<Leg>, JournalFault> {
    let division = Division::Shared(Vec::new());
    let whole = SaleLine { line: None, price_minor: total_minor, tax_minor: 0, division };
    check_amounts(total_minor, fee_minor, &[whole])?;
    let mut legs = Legs::default();
    legs.at_gateway(total_minor, fee_minor)?;
    legs.add(AccountRef::own(AccountKind::RefundsDue), -total_minor)?;
    Ok(legs.into_journal())
}

/// So much of what was due back was given back. The fee is what the gateway takes for it, below zero what it gives back of an earlier one.
pub fn due_returned_journal(amount_minor: i64, fee_minor: i64) -> Result<Vec<Leg>, JournalFault> {
    super::require_positive("what is given back", amount_minor)?;
    let mut legs = Legs::default();
    legs.at_gateway(-amount_minor, fee_minor)?;
    legs.add(AccountRef::own(AccountKind::RefundsDue), amount_minor)?;
    Ok(legs.into_journal())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sea_orm::prelude::Uuid;

    use super::*;
    use crate::ledger::rules::{check, reversal};

    fn party(n: u128) -> PartyId {
        PartyId(Uuid::from_u128(n))
    }

    fn share(ppm: u32) -> Share {
        Share::from_ppm(ppm).unwrap()
    }

    fn sold(price_minor: i64, division: Division) -> SaleLine {
        SaleLine { line: None, price_minor, tax_minor: 0, division }
    }

    fn parked(live_minor: i64) -> Position {
        Position { line: None, holder: Holder::Parked, live_minor, suspended_minor: 0 }
    }

    fn alone(price_minor: i64) -> SaleLine {
        sold(price_minor, Division::Shared(vec![(party(1), Share::WHOLE)]))
    }

    fn amount(legs: &[Leg], account: AccountRef) -> i64 {
        legs.iter().filter(|leg| leg.account == account).map(|leg| leg.amount_minor).sum()
    }

    #[test]
    fn a_sale_of_two_beats_places_every_cent() {
        let third = share(333_333);
        let lines = [
            sold(3000, Division::Shared(vec![(party(1), share(333_334)), (party(2), third), (party(3), third)])),
            alone(6000),
        ];
        let Moved { legs, parts } = sale_journal(9000, 291, &lines).unwrap();
        let cents: Vec<bool> = parts.iter().filter(|part| part.share.is_some()).map(|part| part.holds_cent).collect();
        assert_eq!(cents, [true, true, false, false], "who holds the cents that were left over");
        assert_eq!(parts.iter().map(|part| part.live_minor).sum::<i64>(), 9000, "the fee is the studio's part");
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
        assert_eq!(sale_journal(0, 0, &[alone(0)]), Ok(Moved::default()));
        assert_eq!(nets(0, &[alone(0)]), Ok(vec![0]));
    }

    #[test]
    fn what_is_shared_out_in_part_stays_in_part_with_the_studio() {
        let quarter = Division::Shared(vec![(party(1), share(250_000))]);
        let legs = sale_journal(1000, 0, &[sold(1000, quarter)]).unwrap().legs;
        assert_eq!(amount(&legs, AccountRef::payable(party(1))), -250);
        let nobody = sale_journal(1000, 0, &[sold(1000, Division::Shared(Vec::new()))]).unwrap().legs;
        assert_eq!(nobody.len(), 2);
    }

    #[test]
    fn tax_is_nobodys_income_and_a_fee_beyond_the_rest_is_the_studios() {
        let taxed = |price, tax_minor| SaleLine { tax_minor, ..alone(price) };
        let Moved { legs, parts } = sale_journal(1190, 40, &[taxed(1190, 190)]).unwrap();
        check(&legs).unwrap();
        let own = |kind| amount(&legs, AccountRef::own(kind));
        assert_eq!((own(AccountKind::Sales), own(AccountKind::TaxDue)), (-1000, -190));
        assert_eq!(amount(&legs, AccountRef::payable(party(1))), -960);
        let whose: Vec<_> = parts.iter().map(|part| (part.holder, part.live_minor)).collect();
        assert_eq!(whose, [(Holder::Party(party(1)), 960), (Holder::Tax, 190), (Holder::Studio, 40)]);
        let Moved { legs, parts } = sale_journal(100, 90, &[taxed(100, 19)]).unwrap();
        check(&legs).unwrap();
        assert_eq!(amount(&legs, AccountRef::payable(party(1))), 0);
        assert_eq!(parts.iter().map(|part| part.live_minor).collect::<Vec<_>>(), [19, 81]);
        let too_much = JournalFault::TaxTooHigh { tax_minor: 101, price_minor: 100 };
        assert_eq!(sale_journal(100, 0, &[taxed(100, 101)]), Err(too_much));
    }

    #[test]
    fn what_a_dispute_has_suspended_is_released_suspended() {
        let halves = [(party(1), share(500_000)), (party(2), share(500_000))];
        let waits = Position { suspended_minor: 41, ..parked(60) };
        let Moved { legs, parts } = release_journal(&waits, &halves).unwrap();
        check(&legs).unwrap();
        let of = |account| amount(&legs, account);
        assert_eq!([1, 2].map(|n| of(AccountRef::payable(party(n)))), [-30, -30]);
        assert_eq!([1, 2].map(|n| of(AccountRef::suspended(Some(party(n))))), [-21, -20]);
        assert_eq!((of(AccountRef::own(AccountKind::SplitsParked)), of(AccountRef::suspended(None))), (60, 41));
        assert_eq!(parts.iter().map(|part| part.live_minor + part.suspended_minor).sum::<i64>(), 0);
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
        let line = |(price_minor, shares)| sold(price_minor, Division::Shared(shares));
        prop::collection::vec((0_i64..=1_000_000_000, shares).prop_map(line), 1..8)
    }

    proptest! {
        #[test]
        fn a_sale_balances_conserves_and_owes_nobody_less_than_nothing(lines in lines(), fee_ppm in 0_i64..=1_000_000) {
            let total: i64 = lines.iter().map(|line| line.price_minor).sum();
            let fee = i64::try_from(i128::from(total) * i128::from(fee_ppm) / 1_000_000).unwrap();
            let Moved { legs, parts } = sale_journal(total, fee, &lines).unwrap();
            prop_assert_eq!(parts.iter().map(|part| part.live_minor).sum::<i64>(), total);
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
            lines in lines(), fee_ppm in 0_i64..=1_000_000, parked_at in prop::collection::vec(any::<bool>(), 8),
        ) {
            let total: i64 = lines.iter().map(|line| line.price_minor).sum();
            let fee = i64::try_from(i128::from(total) * i128::from(fee_ppm) / 1_000_000).unwrap();
            let signed = sale_journal(total, fee, &lines).unwrap().legs;
            let mut waiting = lines.clone();
            for (line, _) in waiting.iter_mut().zip(&parked_at).filter(|(_, parked)| **parked) {
                line.division = Division::Parked;
            }
            let mut both = sale_journal(total, fee, &waiting).unwrap().legs;
            prop_assert_eq!(both.iter().map(|leg| i128::from(leg.amount_minor)).sum::<i128>(), 0);
            let held = amount(&both, AccountRef::own(AccountKind::SplitsParked));
            let nets = nets(fee, &lines).unwrap();
            let waits: Vec<usize> = (0..lines.len()).filter(|at| parked_at[*at]).collect();
            prop_assert_eq!(held, -waits.iter().map(|at| nets[*at]).sum::<i64>());
            for at in waits {
                let Division::Shared(shares) = &lines[at].division else { unreachable!() };
                let released = release_journal(&parked(nets[at]), shares).unwrap().legs;
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
