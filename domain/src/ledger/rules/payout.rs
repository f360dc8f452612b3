//! What is paid to a payee, and comes back.

use super::{AccountRef, JournalFault, Leg, Legs, require_positive};
use crate::{ids::PartyId, ledger::entity::AccountKind};

/// Where a payout is paid from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaidFrom {
    /// What the gateway holds; for it the gateway keeps a fee, which is the studio's to bear.
    Gateway {
        /// The fee, in minor units; below zero what it gives back.
        fee_minor: i64,
    },
    /// The studio's own bank account, by hand.
    Bank,
}

/// A payout of no more than is owed.
pub fn payout(party: PartyId, amount_minor: i64, owed_minor: i64, from: PaidFrom) -> Result<Vec<Leg>, JournalFault> {
    if amount_minor > owed_minor {
        return Err(JournalFault::BeyondOwed { amount_minor, owed_minor });
    }
    paid(party, amount_minor, from)
}

/// A payout that failed, or that came back: it is owed again.
pub fn payout_undone(party: PartyId, amount_minor: i64, from: PaidFrom) -> Result<Vec<Leg>, JournalFault> {
    require_positive("the payout", amount_minor)?;
    let mut legs = Legs::default();
    legs.add(AccountRef::payable(party), -amount_minor)?;
    match from {
        PaidFrom::Gateway { fee_minor } => legs.at_gateway(amount_minor, fee_minor)?,
        PaidFrom::Bank => legs.add(AccountRef::own(AccountKind::Bank), amount_minor)?,
    }
    Ok(legs.into_journal())
}

fn paid(party: PartyId, amount_minor: i64, from: PaidFrom) -> Result<Vec<Leg>, JournalFault> {
    require_positive("the payout", amount_minor)?;
    let mut legs = Legs::default();
    legs.add(AccountRef::payable(party), amount_minor)?;
    match from {
        PaidFrom::Gateway { fee_minor } => legs.at_gateway(-amount_minor, fee_minor)?,
        PaidFrom::Bank => legs.add(AccountRef::own(AccountKind::Bank), -amount_minor)?,
    }
    Ok(legs.into_journal())
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;
    use crate::ledger::rules::check;

    #[test]
    fn no_more_is_paid_than_is_owed_and_what_comes_back_is_owed_again() {
        let (party, gateway) = (PartyId(Uuid::nil()), PaidFrom::Gateway { fee_minor: 25 });
        let over = payout(party, 101, 100, PaidFrom::Bank);
        assert_eq!(over, Err(JournalFault::BeyondOwed { amount_minor: 101, owed_minor: 100 }));
        assert_eq!(payout(party, 0, 100, gateway), Err(JournalFault::Nothing { what: "the payout" }));
        let made = payout(party, 100, 100, gateway).unwrap();
        let back = payout_undone(party, 100, PaidFrom::Gateway { fee_minor: -25 }).unwrap();
        check(&made).unwrap();
        assert!(made.iter().zip(&back).all(|(a, b)| a.account == b.account && a.amount_minor == -b.amount_minor));
        assert_eq!(made.len(), 3);
        for legs in [payout(party, 1, 1, PaidFrom::Bank), payout_undone(party, 1, PaidFrom::Bank)] {
            assert_eq!(check(&legs.unwrap()), Ok(()));
        }
    }
}
