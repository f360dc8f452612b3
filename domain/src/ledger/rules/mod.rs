//! What a journal is made of, decided on plain values. Debits are positive, credits negative, and every journal sums to zero.
//!
//! One file a subject: [`sale`] (what is sold, released and due back), [`parts`] (whose each cent of a sale is, and what is taken of it), [`refund`],
//! [`dispute`], [`service`], [`royalty`], [`payout`], and [`receivable`], through which every journal goes that moves what a payee is owed. To add an event: a function there
//! that gives legs and parts, and a step in `histories`, which plays all of them against each other.

pub mod dispute;
pub mod explain;
#[cfg(test)]
mod histories;
pub mod parts;
pub mod payout;
pub mod period;
pub mod receivable;
pub mod refund;
pub mod royalty;
pub mod sale;
pub mod service;

use std::collections::{BTreeMap, HashMap};

pub use parts::{Holder, Part, Position};
pub use sale::{Division, SaleLine, due_returned_journal, nets, refund_due_journal, release_journal, sale_journal};

use super::entity::AccountKind;
use crate::ids::PartyId;

/// An account, named by what it stands for; the currency is the journal's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountRef {
    /// What it stands for.
    pub kind: AccountKind,
    /// Whose it is, for a payable or a receivable and for what is suspended of a party's.
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

    /// What a party owes.
    pub const fn receivable(party: PartyId) -> Self {
        Self { kind: AccountKind::Receivable, party: Some(party) }
    }

    /// What is owed to a party unless a dispute is lost; of nobody yet for what is parked.
    pub const fn suspended(party: Option<PartyId>) -> Self {
        Self { kind: AccountKind::Suspended, party }
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

/// A journal that is about a sale: its legs, and how it moves the sale's parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved {
    /// The legs, in the accounts' own order.
    pub legs: Vec<Leg>,
    /// What it adds to each part, or takes of it.
    pub parts: Vec<Part>,
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
    /// An amount that has to be more than nothing.
    #[error("{what} is nothing")]
    Nothing {
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
    /// A line's tax is more than its price.
    #[error("a tax of {tax_minor} is more than the price of {price_minor}")]
    TaxTooHigh {
        /// The tax, in minor units.
        tax_minor: i64,
        /// The price with it, in minor units.
        price_minor: i64,
    },
    /// The lines do not make the total.
    #[error("the lines come to {lines_minor}, and {total_minor} was paid")]
    Lines {
        /// What the lines come to, in minor units.
        lines_minor: i64,
        /// What was paid, in minor units.
        total_minor: i64,
    },
    /// More than remains of a sale that is neither given back nor disputed.
    #[error("{amount_minor} is more than the {remaining_minor} that remain of the sale")]
    BeyondSale {
        /// What was asked for, in minor units.
        amount_minor: i64,
        /// What remains, in minor units.
        remaining_minor: i64,
    },
    /// More than a party is owed.
    #[error("{amount_minor} is more than the {owed_minor} that are owed")]
    BeyondOwed {
        /// What was asked for, in minor units.
        amount_minor: i64,
        /// What is owed, in minor units.
        owed_minor: i64,
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

/// The exact reversal: the same legs, each with its sign turned.
pub fn reversal(legs: &[Leg]) -> Result<Vec<Leg>, JournalFault> {
    legs.iter()
        .map(|leg| {
            let amount_minor = leg.amount_minor.checked_neg().ok_or(JournalFault::Overflow)?;
            Ok(Leg { amount_minor, ..*leg })
        })
        .collect()
}

/// The same legs with the accounts of parties that were merged into others replaced by the others'.
pub(in crate::ledger) fn succeeded(
    legs: &[Leg],
    successors: &HashMap<PartyId, PartyId>,
) -> Result<Vec<Leg>, JournalFault> {
    let mut moved = Legs::default();
    for leg in legs {
        let party = leg.account.party.map(|party| successors.get(&party).copied().unwrap_or(party));
        moved.add(AccountRef { party, ..leg.account }, leg.amount_minor)?;
    }
    Ok(moved.into_journal())
}

/// Refuses an amount that is nothing or less.
fn require_positive(what: &'static str, amount_minor: i64) -> Result<(), JournalFault> {
    match amount_minor {
        0 => Err(JournalFault::Nothing { what }),
        ..0 => Err(JournalFault::Negative { what }),
        _ => Ok(()),
    }
}

/// Legs being gathered: one for each account, in the accounts' own order.
#[derive(Default)]
struct Legs(BTreeMap<AccountRef, i64>);

impl Legs {
    fn add(&mut self, account: AccountRef, amount_minor: i64) -> Result<(), JournalFault> {
        let standing = self.0.entry(account).or_insert(0);
        *standing = standing.checked_add(amount_minor).ok_or(JournalFault::Overflow)?;
        Ok(())
    }

    /// What the gateway holds grows by an amount less its fee for that; a fee below zero is one that it gives back.
    fn at_gateway(&mut self, amount_minor: i64, fee_minor: i64) -> Result<(), JournalFault> {
        let held = amount_minor.checked_sub(fee_minor).ok_or(JournalFault::Overflow)?;
        self.add(AccountRef::own(AccountKind::GatewayClearing), held)?;
        self.add(AccountRef::own(AccountKind::GatewayFees), fee_minor)
    }

    fn into_journal(self) -> Vec<Leg> {
        self.0
            .into_iter()
            .filter(|(_, amount_minor)| *amount_minor != 0)
            .map(|(account, amount_minor)| Leg { account, amount_minor })
            .collect()
    }
}
