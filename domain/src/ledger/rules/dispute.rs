//! Disputes: a buyer's bank takes the money back until it has decided.
//!
//! While it has not, nothing is reversed: what was disputed is suspended, part by part, and what the gateway has taken is a claim. Won, all of it is
//! restored; lost, it is given back as by a refund. What the gateway takes for a dispute is the studio's to bear, whoever wins.
//!
//! What came for nothing sold has no parts: while it is disputed it is still due back, lost it is with its buyer, and won it is to be given back.

use super::{
    AccountRef, JournalFault, Leg, Legs, Moved,
    parts::{Holder, Position, restore, suspend, take_suspended},
    refund::take_back,
};
use crate::ledger::entity::AccountKind;

const DISPUTED: AccountRef = AccountRef::own(AccountKind::Disputed);

/// A dispute was opened over so much of what remains of a sale: the gateway takes that and its fee.
pub fn dispute_opened(remaining: &[Position], amount_minor: i64, fee_minor: i64) -> Result<Moved, JournalFault> {
    let parts = suspend(remaining, amount_minor)?;
    let mut legs = Legs::default();
    legs.at_gateway(-amount_minor, fee_minor)?;
    legs.add(DISPUTED, amount_minor)?;
    for part in &parts {
        move_part(&mut legs, part.holder, part.suspended_minor)?;
    }
    Ok(Moved { legs: legs.into_journal(), parts })
}

/// A dispute was won: the gateway gives the amount back, and its fee or not (below zero if it does).
pub fn dispute_won(remaining: &[Position], amount_minor: i64, fee_minor: i64) -> Result<Moved, JournalFault> {
    let parts = restore(remaining, amount_minor)?;
    let mut legs = Legs::default();
    legs.at_gateway(amount_minor, fee_minor)?;
    legs.add(DISPUTED, -amount_minor)?;
    for part in &parts {
        move_part(&mut legs, part.holder, part.suspended_minor)?;
    }
    Ok(Moved { legs: legs.into_journal(), parts })
}

/// A dispute was lost: what was suspended is taken back. The fee is what the gateway takes for losing it, if anything.
pub fn dispute_lost(remaining: &[Position], amount_minor: i64, fee_minor: i64) -> Result<Moved, JournalFault> {
    let parts = take_suspended(remaining, amount_minor)?;
    let mut legs = Legs::default();
    legs.at_gateway(0, fee_minor)?;
    legs.add(DISPUTED, -amount_minor)?;
    let standing = |holder: Holder| holder.suspense();
    take_back(&mut legs, amount_minor, &parts, |part| -part.suspended_minor, standing)?;
    Ok(Moved { legs: legs.into_journal(), parts })
}

/// A dispute was opened over so much of what is due back anyway: the gateway takes that and its fee, and nobody's share is in it.
pub fn due_dispute_opened(amount_minor: i64, fee_minor: i64) -> Result<Vec<Leg>, JournalFault> {
    super::require_positive("what is disputed", amount_minor)?;
    let mut legs = Legs::default();
    legs.at_gateway(-amount_minor, fee_minor)?;
    legs.add(DISPUTED, amount_minor)?;
    Ok(legs.into_journal())
}

/// Such a dispute was won: the gateway has the amount again, which is still due back, and its fee or not (below zero if it gives it back).
pub fn due_dispute_won(amount_minor: i64, fee_minor: i64) -> Result<Vec<Leg>, JournalFault> {
    super::require_positive("what was disputed", amount_minor)?;
    let mut legs = Legs::default();
    legs.at_gateway(amount_minor, fee_minor)?;
    legs.add(DISPUTED, -amount_minor)?;
    Ok(legs.into_journal())
}

/// Such a dispute was lost: the buyer has the amount, and it is due back no more. The fee is what the gateway takes for losing it, if anything.
pub fn due_dispute_lost(amount_minor: i64, fee_minor: i64) -> Result<Vec<Leg>, JournalFault> {
    super::require_positive("what was disputed", amount_minor)?;
    let mut legs = Legs::default();
    legs.at_gateway(0, fee_minor)?;
    legs.add(DISPUTED, -amount_minor)?;
    legs.add(AccountRef::own(AccountKind::RefundsDue), amount_minor)?;
    Ok(legs.into_journal())
}

/// Moves what a holder is owed into suspense; back, if the amount is below zero.
fn move_part(legs: &mut Legs, holder: Holder, minor: i64) -> Result<(), JournalFault> {
    if let (Some(live), Some(suspense)) = (holder.account(), holder.suspense()) {
        legs.add(live, minor)?;
        legs.add(suspense, -minor)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;
    use crate::{
        ids::PartyId,
        ledger::rules::{
            check,
            parts::{Part, remaining, totals},
        },
    };

    const PARTY: Holder = Holder::Party(PartyId(Uuid::nil()));

    fn sold() -> Vec<Part> {
        let part = |(holder, minor)| Part::new(None, holder, minor);
        [(PARTY, 600), (Holder::Parked, 250), (Holder::Tax, 100), (Holder::Studio, 50)].map(part).to_vec()
    }

    fn in_account(legs: &[Leg], account: AccountRef) -> i64 {
        legs.iter().filter(|leg| leg.account == account).map(|leg| leg.amount_minor).sum()
    }

    #[test]
    fn what_is_due_back_is_due_until_the_buyer_has_it() {
        let own = AccountRef::own;
        let opened = due_dispute_opened(3000, 1500).unwrap();
        check(&opened).unwrap();
        assert_eq!(in_account(&opened, own(AccountKind::GatewayClearing)), -4500);
        assert_eq!(in_account(&opened, own(AccountKind::RefundsDue)), 0);
        for (ended, due) in [(due_dispute_won(3000, 0).unwrap(), 0), (due_dispute_lost(3000, 0).unwrap(), 3000)] {
            check(&ended).unwrap();
            assert_eq!(in_account(&opened, DISPUTED) + in_account(&ended, DISPUTED), 0);
            assert_eq!(in_account(&ended, own(AccountKind::RefundsDue)), due);
            assert_eq!(in_account(&ended, own(AccountKind::GatewayClearing)), 3000 - due);
        }
        assert_eq!(due_dispute_opened(0, 0), Err(JournalFault::Nothing { what: "what is disputed" }));
    }

    fn amount(moved: &Moved, account: AccountRef) -> i64 {
        moved.legs.iter().filter(|leg| leg.account == account).map(|leg| leg.amount_minor).sum()
    }

    #[test]
    fn what_is_disputed_is_suspended_and_a_win_restores_it() {
        let mut parts = sold();
        let opened = dispute_opened(&remaining(&parts).unwrap(), 500, 15).unwrap();
        check(&opened.legs).unwrap();
        assert_eq!(amount(&opened, AccountRef::own(AccountKind::GatewayClearing)), -515);
        assert_eq!((amount(&opened, DISPUTED), amount(&opened, AccountRef::own(AccountKind::GatewayFees))), (500, 15));
        assert_eq!(amount(&opened, PARTY.suspense().unwrap()), -300);
        assert_eq!(amount(&opened, AccountRef::own(AccountKind::Sales)), 0, "nothing is reversed");
        parts.extend(opened.parts);
        assert_eq!(totals(&remaining(&parts).unwrap()), Ok((500, 500)));
        let won = dispute_won(&remaining(&parts).unwrap(), 500, -15).unwrap();
        check(&won.legs).unwrap();
        assert_eq!(amount(&won, AccountRef::own(AccountKind::GatewayClearing)), 515);
        parts.extend(won.parts);
        let whole: Vec<_> = remaining(&parts).unwrap().iter().map(|at| (at.live_minor, at.suspended_minor)).collect();
        assert_eq!(whole, [(600, 0), (250, 0), (100, 0), (50, 0)]);
    }

    #[test]
    fn a_loss_gives_back_what_was_suspended_and_leaves_the_rest() {
        let mut parts = sold();
        parts.extend(dispute_opened(&remaining(&parts).unwrap(), 500, 15).unwrap().parts);
        let lost = dispute_lost(&remaining(&parts).unwrap(), 500, 0).unwrap();
        check(&lost.legs).unwrap();
        assert_eq!(amount(&lost, AccountRef::own(AccountKind::GatewayClearing)), 0, "the gateway has it already");
        assert_eq!(amount(&lost, AccountRef::own(AccountKind::Sales)), 450);
        assert_eq!(amount(&lost, AccountRef::own(AccountKind::TaxDue)), 50);
        assert_eq!(amount(&lost, PARTY.suspense().unwrap()), 300);
        parts.extend(lost.parts);
        assert_eq!(totals(&remaining(&parts).unwrap()), Ok((500, 0)));
        let again = dispute_lost(&remaining(&parts).unwrap(), 1, 0);
        assert_eq!(again, Err(JournalFault::BeyondSale { amount_minor: 1, remaining_minor: 0 }));
    }
}
