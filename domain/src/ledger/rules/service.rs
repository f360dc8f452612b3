//! What services bring in: an order that licenses nothing, such as one that pays an invoice, and what a client pays by bank transfer. Nobody has a share of
//! it. Until it is paid nothing is booked: the books are of money, and what is owed by clients stands in their invoices.

use super::{
    AccountRef, JournalFault, Leg, Legs, Moved,
    parts::{Holder, Part},
};
use crate::ledger::entity::AccountKind;

/// What the gateway has collected for a service: what it holds and has kept, against income and tax. The parts sum to the total; the studio bears the fee.
/// What is given back of it, or disputed, is taken of them as of any sale.
pub fn service_journal(total_minor: i64, fee_minor: i64, tax_minor: i64) -> Result<Moved, JournalFault> {
    super::require_positive("the total", total_minor)?;
    if fee_minor < 0 {
        return Err(JournalFault::Negative { what: "the fee" });
    }
    if tax_minor < 0 {
        return Err(JournalFault::Negative { what: "a tax" });
    }
    if fee_minor > total_minor {
        return Err(JournalFault::FeeTooHigh { fee_minor, total_minor });
    }
    if tax_minor > total_minor {
        return Err(JournalFault::TaxTooHigh { tax_minor, price_minor: total_minor });
    }
    let own_minor = total_minor - tax_minor;
    let mut legs = Legs::default();
    legs.at_gateway(total_minor, fee_minor)?;
    legs.add(AccountRef::own(AccountKind::Services), -own_minor)?;
    legs.add(AccountRef::own(AccountKind::TaxDue), -tax_minor)?;
    let mut parts = vec![Part::new(None, Holder::Tax, tax_minor), Part::new(None, Holder::Service, own_minor)];
    parts.retain(|part| part.live_minor != 0);
    Ok(Moved { legs: legs.into_journal(), parts })
}

/// What a transfer brings, in minor units; all of it is below zero of one that takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transferred {
    /// What it pays, tax and all.
    pub applied_minor: i64,
    /// The tax within that.
    pub tax_minor: i64,
    /// What is beyond it, and is owed back.
    pub excess_minor: i64,
}

impl Transferred {
    /// The same with its sign turned.
    pub fn reversed(self) -> Result<Self, JournalFault> {
        let turned = |minor: i64| minor.checked_neg().ok_or(JournalFault::Overflow);
        Ok(Self {
            applied_minor: turned(self.applied_minor)?,
            tax_minor: turned(self.tax_minor)?,
            excess_minor: turned(self.excess_minor)?,
        })
    }
}

/// A transfer to or from the studio's own bank account.
pub fn transfer_journal(moved: Transferred) -> Result<Vec<Leg>, JournalFault> {
    let Transferred { applied_minor, tax_minor, excess_minor } = moved;
    if tax_minor.unsigned_abs() > applied_minor.unsigned_abs() {
        return Err(JournalFault::TaxTooHigh { tax_minor, price_minor: applied_minor });
    }
    let whole_minor = applied_minor.checked_add(excess_minor).ok_or(JournalFault::Overflow)?;
    if whole_minor == 0 {
        return Err(JournalFault::Nothing { what: "the transfer" });
    }
    let mut legs = Legs::default();
    legs.add(AccountRef::own(AccountKind::Bank), whole_minor)?;
    legs.add(AccountRef::own(AccountKind::Services), tax_minor - applied_minor)?;
    legs.add(AccountRef::own(AccountKind::TaxDue), -tax_minor)?;
    legs.add(AccountRef::own(AccountKind::RefundsDue), -excess_minor)?;
    Ok(legs.into_journal())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::rules::{
        check,
        dispute::{dispute_lost, dispute_opened},
        parts::{remaining, totals},
        refund::refund_journal,
    };

    fn amount(legs: &[Leg], kind: AccountKind) -> i64 {
        legs.iter().filter(|leg| leg.account == AccountRef::own(kind)).map(|leg| leg.amount_minor).sum()
    }

    #[test]
    fn a_service_is_income_of_its_own_and_goes_back_from_there() {
        let paid = service_journal(11_900, 350, 1_900).unwrap();
        check(&paid.legs).unwrap();
        let of = |legs: &[Leg]| {
            [AccountKind::GatewayClearing, AccountKind::GatewayFees, AccountKind::Services, AccountKind::TaxDue]
                .map(|kind| amount(legs, kind))
        };
        assert_eq!(of(&paid.legs), [11_550, 350, -10_000, -1_900]);
        let refund = refund_journal(&remaining(&paid.parts).unwrap(), 1_190, 0).unwrap();
        check(&refund.legs).unwrap();
        assert_eq!(of(&refund.legs), [-1_190, 0, 1_000, 190]);
        assert_eq!(amount(&refund.legs, AccountKind::Sales), 0);
        let mut parts = paid.parts;
        parts.extend(refund.parts);
        parts.extend(dispute_opened(&remaining(&parts).unwrap(), 10_710, 1_500).unwrap().parts);
        let lost = dispute_lost(&remaining(&parts).unwrap(), 10_710, 0).unwrap();
        check(&lost.legs).unwrap();
        assert_eq!([AccountKind::Services, AccountKind::TaxDue].map(|kind| amount(&lost.legs, kind)), [9_000, 1_710]);
        parts.extend(lost.parts);
        assert_eq!(totals(&remaining(&parts).unwrap()), Ok((0, 0)));
    }

    #[test]
    fn what_does_not_add_up_is_refused() {
        assert_eq!(service_journal(0, 0, 0), Err(JournalFault::Nothing { what: "the total" }));
        assert_eq!(service_journal(10, 11, 0), Err(JournalFault::FeeTooHigh { fee_minor: 11, total_minor: 10 }));
        assert_eq!(service_journal(10, 0, 11), Err(JournalFault::TaxTooHigh { tax_minor: 11, price_minor: 10 }));
        assert_eq!(service_journal(10, -1, 0), Err(JournalFault::Negative { what: "the fee" }));
        let nothing = Transferred { applied_minor: 0, tax_minor: 0, excess_minor: 0 };
        assert_eq!(transfer_journal(nothing), Err(JournalFault::Nothing { what: "the transfer" }));
    }

    proptest! {
        #[test]
        fn transfers_balance_and_their_reverse_takes_them_back(
            applied in 0_i64..=1_000_000_000, tax_ppm in 0_i64..=1_000_000, excess in 0_i64..=1_000_000,
        ) {
            prop_assume!(applied + excess > 0);
            let moved = Transferred { applied_minor: applied, tax_minor: applied * tax_ppm / 1_000_000, excess_minor: excess };
            let (legs, back) = (transfer_journal(moved).unwrap(), transfer_journal(moved.reversed().unwrap()).unwrap());
            prop_assert_eq!(check(&legs), Ok(()));
            prop_assert_eq!(amount(&legs, AccountKind::Bank), applied + excess);
            prop_assert_eq!(&super::super::reversal(&legs).unwrap(), &back);
        }
    }
}
