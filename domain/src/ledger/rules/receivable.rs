//! What a payee owes. A payable is never below zero: what a refund or a lost dispute takes beyond what is still owed, because it has been paid out, is
//! a receivable, and what the payee earns later settles that first.

use std::collections::BTreeMap;

use super::{AccountRef, JournalFault, Leg, Legs};
use crate::{ids::PartyId, ledger::entity::AccountKind};

/// How a payee stands in one currency. At most one of the two is more than zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// What is owed to them, in minor units.
    pub owed_minor: i64,
    /// What they owe, in minor units.
    pub due_minor: i64,
}

/// The same legs with each movement of a payable divided between it and the payee's receivable. Who has no standing has nothing.
pub fn settle(legs: &[Leg], standings: &BTreeMap<PartyId, Standing>) -> Result<Vec<Leg>, JournalFault> {
    let mut settled = Legs::default();
    for leg in legs {
        let (AccountKind::Payable, Some(party)) = (leg.account.kind, leg.account.party) else {
            settled.add(leg.account, leg.amount_minor)?;
            continue;
        };
        let Standing { owed_minor, due_minor } = standings.get(&party).copied().unwrap_or_default();
        let net = owed_minor.checked_sub(due_minor).and_then(|net| net.checked_sub(leg.amount_minor));
        let net = net.ok_or(JournalFault::Overflow)?;
        let (owed, due) = (net.max(0), net.checked_neg().ok_or(JournalFault::Overflow)?.max(0));
        settled.add(AccountRef::payable(party), owed_minor - owed)?;
        settled.add(AccountRef::receivable(party), due - due_minor)?;
    }
    Ok(settled.into_journal())
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;

    const PARTY: PartyId = PartyId(Uuid::nil());

    fn settled(standing: (i64, i64), amount_minor: i64) -> Vec<(AccountKind, i64)> {
        let standing = Standing { owed_minor: standing.0, due_minor: standing.1 };
        let legs = [
            Leg { account: AccountRef::payable(PARTY), amount_minor },
            Leg { account: AccountRef::own(AccountKind::Sales), amount_minor: -amount_minor },
        ];
        let settled = settle(&legs, &[(PARTY, standing)].into()).unwrap();
        assert_eq!(settled.iter().map(|leg| leg.amount_minor).sum::<i64>(), 0);
        let party = settled.into_iter().filter(|leg| leg.account.party.is_some());
        party.map(|leg| (leg.account.kind, leg.amount_minor)).collect()
    }

    #[test]
    fn what_is_taken_beyond_what_is_owed_is_due_and_income_settles_it_first() {
        use AccountKind::{Payable, Receivable};
        assert_eq!(settled((100, 0), 60), [(Payable, 60)]);
        assert_eq!(settled((100, 0), 160), [(Payable, 100), (Receivable, 60)]);
        assert_eq!(settled((0, 60), 10), [(Receivable, 10)]);
        assert_eq!(settled((0, 60), -40), [(Receivable, -40)]);
        assert_eq!(settled((0, 60), -100), [(Payable, -40), (Receivable, -60)]);
        assert_eq!(settled((0, 0), -100), [(Payable, -100)]);
    }
}
