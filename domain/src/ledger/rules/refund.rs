//! Money given back to its buyer, in part or whole.

use super::{
    AccountRef, JournalFault, Legs, Moved,
    parts::{Holder, Part, Position, take_live},
};
use crate::ledger::entity::AccountKind;

/// A refund of so much of what remains of a sale. Every part bears its share of it; see [`super::parts`]. The fee is what the gateway keeps for
/// it, below zero what it gives back of an earlier one; either way it is the studio's alone.
pub fn refund_journal(remaining: &[Position], amount_minor: i64, fee_minor: i64) -> Result<Moved, JournalFault> {
    let parts = take_live(remaining, amount_minor)?;
    let mut legs = Legs::default();
    legs.at_gateway(-amount_minor, fee_minor)?;
    take_back(&mut legs, amount_minor, &parts, |part| -part.live_minor, Holder::account)?;
    Ok(Moved { legs: legs.into_journal(), parts })
}

/// A refund that failed, given what it took of each part: all of it is there again, and the fee as before it.
pub fn refund_failed_journal(taken: &[Part], fee_minor: i64) -> Result<Moved, JournalFault> {
    let mut parts = Vec::with_capacity(taken.len());
    let mut amount_minor = 0_i64;
    for part in taken {
        let live_minor = part.live_minor.checked_neg().ok_or(JournalFault::Overflow)?;
        amount_minor = amount_minor.checked_add(live_minor).ok_or(JournalFault::Overflow)?;
        parts.push(Part { live_minor, ..part.clone() });
    }
    super::require_positive("what was given back", amount_minor)?;
    let mut legs = Legs::default();
    legs.at_gateway(amount_minor, fee_minor.checked_neg().ok_or(JournalFault::Overflow)?)?;
    take_back(&mut legs, -amount_minor, &parts, |part| -part.live_minor, Holder::account)?;
    Ok(Moved { legs: legs.into_journal(), parts })
}

/// Turns a sale back by an amount: what was sold, and what of it is owed to whom, from the account that it stands in.
pub(super) fn take_back(
    legs: &mut Legs,
    amount_minor: i64,
    parts: &[Part],
    taken: impl Fn(&Part) -> i64,
    standing: impl Fn(Holder) -> Option<AccountRef>,
) -> Result<(), JournalFault> {
    // Of what is tax alone, nothing stays in either.
    let is_service = parts.iter().any(|part| part.holder == Holder::Service);
    let income = AccountRef::own(if is_service { AccountKind::Services } else { AccountKind::Sales });
    legs.add(income, amount_minor)?;
    for part in parts {
        let minor = taken(part);
        match part.holder {
            Holder::Tax => {
                legs.add(income, -minor)?;
                legs.add(AccountRef::own(AccountKind::TaxDue), minor)?;
            }
            holder => {
                if let Some(account) = standing(holder) {
                    legs.add(account, minor)?;
                    legs.add(AccountRef::own(AccountKind::SplitsExpense), -minor)?;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;
    use crate::{
        ids::PartyId,
        ledger::rules::{Division, SaleLine, check, parts::remaining, sale_journal},
        share::Share,
    };

    #[test]
    fn a_refund_in_three_ends_where_one_would_have() {
        let payee = |n| PartyId(Uuid::from_u128(n));
        let thirds = [333_334, 333_333, 333_333].map(|ppm| Share::from_ppm(ppm).unwrap());
        let shares = (1..).map(payee).zip(thirds).collect();
        let line = SaleLine { line: None, price_minor: 3000, tax_minor: 0, division: Division::Shared(shares) };
        let sale = sale_journal(3000, 117, &[line]).unwrap();
        let (mut parts, mut sums) = (sale.parts.clone(), Legs::default());
        let mut book = |legs: &[super::super::Leg]| {
            check(legs).unwrap();
            for leg in legs {
                sums.add(leg.account, leg.amount_minor).unwrap();
            }
        };
        book(&sale.legs);
        for amount in [1, 999, 2000] {
            let refund = refund_journal(&remaining(&parts).unwrap(), amount, 0).unwrap();
            book(&refund.legs);
            parts.extend(refund.parts);
        }
        assert!(remaining(&parts).unwrap().iter().all(|at| at.live_minor == 0));
        let left: Vec<_> = sums.into_journal().into_iter().map(|leg| (leg.account.kind, leg.amount_minor)).collect();
        assert_eq!(left, [(AccountKind::GatewayClearing, -117), (AccountKind::GatewayFees, 117)], "the fee was kept");
        let beyond = refund_journal(&remaining(&parts).unwrap(), 1, 0);
        assert_eq!(beyond, Err(JournalFault::BeyondSale { amount_minor: 1, remaining_minor: 0 }));
    }

    #[test]
    fn a_refund_that_failed_leaves_all_as_it_was() {
        let payee = Holder::Party(PartyId(Uuid::from_u128(1)));
        let at = |(holder, live_minor)| Position { line: None, holder, live_minor, suspended_minor: 0 };
        let before = [(payee, 700), (Holder::Parked, 200), (Holder::Tax, 100), (Holder::Studio, 33)].map(at);
        for (amount, fee) in [(1, 0), (500, -20), (1033, 7)] {
            let refund = refund_journal(&before, amount, fee).unwrap();
            let failed = refund_failed_journal(&refund.parts, fee).unwrap();
            check(&failed.legs).unwrap();
            assert_eq!(failed.legs, super::super::reversal(&refund.legs).unwrap());
            let sum: i64 = refund.parts.iter().chain(&failed.parts).map(|part| part.live_minor).sum();
            assert_eq!(sum, 0);
        }
        assert!(refund_failed_journal(&[], 0).is_err());
    }

    #[test]
    fn a_fee_that_the_gateway_gives_back_is_the_studios() {
        let at = Position { line: None, holder: Holder::Studio, live_minor: 500, suspended_minor: 0 };
        let refund = refund_journal(&[at], 500, -20).unwrap();
        check(&refund.legs).unwrap();
        let minor: Vec<_> = refund.legs.iter().map(|leg| (leg.account.kind, leg.amount_minor)).collect();
        let expected =
            [(AccountKind::GatewayClearing, -480), (AccountKind::GatewayFees, -20), (AccountKind::Sales, 500)];
        assert_eq!(minor, expected);
    }
}
