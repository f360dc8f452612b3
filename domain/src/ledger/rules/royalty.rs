//! Royalties: what a statement says is due, what of it reached the bank, what is charged against royalties, and what a run gives out.

use std::collections::BTreeMap;

use super::{AccountRef, JournalFault, Leg, Legs, require_positive};
use crate::{ids::PartyId, ledger::entity::AccountKind};

fn negated(minor: i64) -> Result<i64, JournalFault> {
    minor.checked_neg().ok_or(JournalFault::Overflow)
}

/// What a statement says is due: it waits in suspense until a run gives it out. Below zero, the sides are turned; of nothing there are no legs.
pub fn statement_due(posted_minor: i64) -> Result<Vec<Leg>, JournalFault> {
    let mut legs = Legs::default();
    legs.add(AccountRef::own(AccountKind::RoyaltiesDue), posted_minor)?;
    legs.add(AccountRef::own(AccountKind::RoyaltySuspense), negated(posted_minor)?)?;
    Ok(legs.into_journal())
}

/// What of a statement reached the bank. Nothing of it is due any more; what arrived beyond or below it is a difference.
pub fn statement_receipt(posted_minor: i64, bank_minor: i64) -> Result<Vec<Leg>, JournalFault> {
    let difference_minor = posted_minor.checked_sub(bank_minor).ok_or(JournalFault::Overflow)?;
    let mut legs = Legs::default();
    legs.add(AccountRef::own(AccountKind::Bank), bank_minor)?;
    legs.add(AccountRef::own(AccountKind::RoyaltiesDue), negated(posted_minor)?)?;
    legs.add(AccountRef::own(AccountKind::RoyaltyDifferences), difference_minor)?;
    Ok(legs.into_journal())
}

/// What the studio has paid and recoups of royalties.
pub fn charge(amount_minor: i64) -> Result<Vec<Leg>, JournalFault> {
    require_positive("the charge", amount_minor)?;
    let mut legs = Legs::default();
    legs.add(AccountRef::own(AccountKind::RoyaltyRecoupable), amount_minor)?;
    legs.add(AccountRef::own(AccountKind::Bank), negated(amount_minor)?)?;
    Ok(legs.into_journal())
}

/// The same taken back.
pub fn charge_reversed(amount_minor: i64) -> Result<Vec<Leg>, JournalFault> {
    super::reversal(&charge(amount_minor)?)
}

/// What a run moves, in minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunMoves {
    /// What is added to what payees are owed; below zero, what is set off against it.
    pub owed_minor: BTreeMap<PartyId, i64>,
    /// What is recouped of costs, advances and deficits; below zero, what is still to be.
    pub recouped_minor: i64,
    /// What is withheld for tax.
    pub tax_minor: i64,
    /// What is held back, less what is released.
    pub reserves_minor: i64,
    /// What leaves suspense.
    pub suspense_minor: i64,
}

/// What a run gives out of suspense. What leaves it beyond or below what is given out is of minor units that statements were rounded down to, and is a difference.
pub fn run(moves: &RunMoves) -> Result<Vec<Leg>, JournalFault> {
    let mut legs = Legs::default();
    let mut difference_minor = moves.suspense_minor;
    legs.add(AccountRef::own(AccountKind::RoyaltySuspense), moves.suspense_minor)?;
    let owed = moves.owed_minor.iter().map(|(party, minor)| (AccountRef::payable(*party), *minor));
    let own = [
        (AccountKind::RoyaltyRecoupable, moves.recouped_minor),
        (AccountKind::TaxDue, moves.tax_minor),
        (AccountKind::RoyaltyReserves, moves.reserves_minor),
    ];
    for (account, minor) in owed.chain(own.map(|(kind, minor)| (AccountRef::own(kind), minor))) {
        legs.add(account, negated(minor)?)?;
        difference_minor = difference_minor.checked_sub(minor).ok_or(JournalFault::Overflow)?;
    }
    legs.add(AccountRef::own(AccountKind::RoyaltyDifferences), negated(difference_minor)?)?;
    Ok(legs.into_journal())
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;
    use crate::ledger::rules::check;

    /// What legs add to an account of the studio's own.
    fn of(legs: &[Leg], kind: AccountKind) -> i64 {
        legs.iter().filter(|leg| leg.account == AccountRef::own(kind)).map(|leg| leg.amount_minor).sum()
    }

    #[test]
    fn what_is_due_turns_its_sides_below_zero_and_is_nothing_of_nothing() {
        assert_eq!(of(&statement_due(5).unwrap(), AccountKind::RoyaltySuspense), -5);
        assert_eq!(of(&statement_due(-5).unwrap(), AccountKind::RoyaltySuspense), 5);
        assert_eq!(statement_due(0), Ok(Vec::new()));
    }

    #[test]
    fn what_arrives_beyond_or_below_is_a_difference() {
        for (bank, difference) in [(95, 5), (103, -3), (100, 0), (0, 100)] {
            let legs = statement_receipt(100, bank).unwrap();
            assert_eq!((of(&legs, AccountKind::RoyaltyDifferences), check(&legs)), (difference, Ok(())));
        }
        assert_eq!(charge(0), Err(JournalFault::Nothing { what: "the charge" }));
        assert_eq!(check(&charge(7).unwrap()), Ok(()));
        let back = charge_reversed(7).unwrap();
        assert_eq!(
            (of(&back, AccountKind::RoyaltyRecoupable), of(&back, AccountKind::Bank), check(&back)),
            (-7, 7, Ok(()))
        );
    }

    #[test]
    fn a_run_gives_out_what_leaves_suspense() {
        let party = |n| PartyId(Uuid::from_u128(n));
        let moves = RunMoves {
            owed_minor: [(party(1), 50), (party(2), -5)].into(),
            recouped_minor: 30,
            tax_minor: 3,
            reserves_minor: 20,
            suspense_minor: 97,
        };
        let legs = run(&moves).unwrap();
        assert_eq!(check(&legs), Ok(()));
        // 98 are given out of the 97 that statements were rounded down to.
        assert_eq!(of(&legs, AccountKind::RoyaltyDifferences), 1);
        assert_eq!(run(&RunMoves::default()), Ok(Vec::new()));
    }
}
