//! Whose each cent of a sale is. A sale is divided into parts that sum to what was paid: a party's share of a line, what is parked of it, its tax, and
//! what stays with the studio, which bears the gateway's fee. What is given back or disputed is taken of the parts that remain.
//!
//! Each taking is allocated by largest remainder over the *remaining* parts, in the order in which the sale named them. So no part is ever driven below
//! zero, and when all of a sale has been taken back exactly nothing remains of any part, however it was cut: allocating the running total
//! anew each time has neither property.

use std::collections::HashMap;

use super::{AccountRef, JournalFault};
use crate::{
    ids::{OrderLineId, PartyId},
    ledger::entity::AccountKind,
    share::Share,
};

/// Whose a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A party's share.
    Party(PartyId),
    /// Its makers', in shares that are still to be signed.
    Parked,
    /// The state's.
    Tax,
    /// The studio's own: what nobody has a share of, and what the gateway's fee is paid from.
    Studio,
    /// The studio's own of a service, which is income of another kind.
    Service,
}

impl Holder {
    /// The account that owes a live part; none for the studio's, which is owed to nobody.
    pub const fn account(self) -> Option<AccountRef> {
        match self {
            Self::Party(party) => Some(AccountRef::payable(party)),
            Self::Parked => Some(AccountRef::own(AccountKind::SplitsParked)),
            Self::Tax => Some(AccountRef::own(AccountKind::TaxDue)),
            Self::Studio | Self::Service => None,
        }
    }

    /// The account that a part waits in while it is disputed; none if it stays where it is. Tax is the state's until the dispute is lost.
    pub const fn suspense(self) -> Option<AccountRef> {
        match self {
            Self::Party(party) => Some(AccountRef::suspended(Some(party))),
            Self::Parked => Some(AccountRef::suspended(None)),
            Self::Tax | Self::Studio | Self::Service => None,
        }
    }
}

/// What a journal does to a part of a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The line of the order; none where a sale was booked before lines were told apart.
    pub line: Option<OrderLineId>,
    /// Whose.
    pub holder: Holder,
    /// What is added to what its holder has of the sale, in minor units; below zero what is taken.
    pub live_minor: i64,
    /// What is added to what is suspended of it while a dispute is open.
    pub suspended_minor: i64,
    /// By which share of the line, where one divided it.
    pub share: Option<Share>,
    /// Whether a cent of it is one that the division left over: the exact quota is less.
    pub holds_cent: bool,
}

impl Part {
    /// A part of a sale as it was divided.
    pub const fn new(line: Option<OrderLineId>, holder: Holder, live_minor: i64) -> Self {
        Self { line, holder, live_minor, suspended_minor: 0, share: None, holds_cent: false }
    }

    const fn moved(position: &Position, (live_minor, suspended_minor): (i64, i64), holds_cent: bool) -> Self {
        let Position { line, holder, .. } = *position;
        Self { line, holder, live_minor, suspended_minor, share: None, holds_cent }
    }
}

/// What remains of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The line of the order.
    pub line: Option<OrderLineId>,
    /// Whose.
    pub holder: Holder,
    /// What its holder has of the sale, in minor units, never below zero.
    pub live_minor: i64,
    /// What is suspended of it, in minor units, never below zero.
    pub suspended_minor: i64,
}

/// What remains of each part of a sale, given all that has been done to it in order. The positions stand as the sale first named them.
pub fn remaining<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Result<Vec<Position>, JournalFault> {
    let mut places: HashMap<(Option<OrderLineId>, Holder), usize> = HashMap::new();
    let mut positions: Vec<Position> = Vec::new();
    for part in parts {
        let Part { line, holder, .. } = *part;
        let place = *places.entry((line, holder)).or_insert_with(|| {
            positions.push(Position { line, holder, live_minor: 0, suspended_minor: 0 });
            positions.len() - 1
        });
        let position = &mut positions[place];
        let sum = |a: i64, b| a.checked_add(b).ok_or(JournalFault::Overflow);
        position.live_minor = sum(position.live_minor, part.live_minor)?;
        position.suspended_minor = sum(position.suspended_minor, part.suspended_minor)?;
    }
    Ok(positions)
}

/// What remains of a sale, and what of it is suspended, in minor units.
pub fn totals(positions: &[Position]) -> Result<(i64, i64), JournalFault> {
    let sum = |of: fn(&Position) -> i64| {
        positions.iter().try_fold(0_i64, |sum, position| sum.checked_add(of(position))).ok_or(JournalFault::Overflow)
    };
    Ok((sum(|position| position.live_minor)?, sum(|position| position.suspended_minor)?))
}

/// Takes an amount of what is live, from each part in proportion to what remains of it. Parts of which nothing is taken are not named.
pub fn take_live(positions: &[Position], amount_minor: i64) -> Result<Vec<Part>, JournalFault> {
    let taken = take(positions, amount_minor, |position| position.live_minor)?;
    Ok(taken.map(|(position, minor, cent)| Part::moved(position, (-minor, 0), cent)).collect())
}

/// Suspends an amount of what is live.
pub fn suspend(positions: &[Position], amount_minor: i64) -> Result<Vec<Part>, JournalFault> {
    let taken = take(positions, amount_minor, |position| position.live_minor)?;
    Ok(taken.map(|(position, minor, cent)| Part::moved(position, (-minor, minor), cent)).collect())
}

/// Restores an amount of what is suspended.
pub fn restore(positions: &[Position], amount_minor: i64) -> Result<Vec<Part>, JournalFault> {
    let taken = take(positions, amount_minor, |position| position.suspended_minor)?;
    Ok(taken.map(|(position, minor, cent)| Part::moved(position, (minor, -minor), cent)).collect())
}

/// Takes an amount of what is suspended.
pub fn take_suspended(positions: &[Position], amount_minor: i64) -> Result<Vec<Part>, JournalFault> {
    let taken = take(positions, amount_minor, |position| position.suspended_minor)?;
    Ok(taken.map(|(position, minor, cent)| Part::moved(position, (0, -minor), cent)).collect())
}

fn take(
    positions: &[Position],
    amount_minor: i64,
    of: fn(&Position) -> i64,
) -> Result<impl Iterator<Item = (&Position, i64, bool)>, JournalFault> {
    super::require_positive("what is taken", amount_minor)?;
    let weights: Vec<u64> = positions.iter().map(|position| u64::try_from(of(position)).unwrap_or(0)).collect();
    let remaining: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if i128::from(amount_minor) > remaining {
        let remaining_minor = i64::try_from(remaining).unwrap_or(i64::MAX);
        return Err(JournalFault::BeyondSale { amount_minor, remaining_minor });
    }
    let taken = divide(amount_minor, &weights);
    Ok(positions.iter().zip(taken).filter(|(_, (minor, _))| *minor > 0).map(|(at, (minor, cent))| (at, minor, cent)))
}

/// [`crate::share::allocate`], and with each part whether it holds a cent that was left over. Among nobody nothing is divided.
pub fn divide(amount_minor: i64, weights: &[u64]) -> Vec<(i64, bool)> {
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let parts = crate::share::allocate(amount_minor, weights).unwrap_or_default();
    let holds_cent = |part: i64, weight: u64| {
        let quota = u128::from(amount_minor.unsigned_abs()) * u128::from(weight) / total.max(1);
        u128::from(part.unsigned_abs()) > quota
    };
    parts.into_iter().zip(weights).map(|(part, weight)| (part, holds_cent(part, *weight))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sea_orm::prelude::Uuid;

    use super::*;

    fn positions(amounts: &[i64]) -> Vec<Position> {
        let at = |(n, live_minor): (usize, &i64)| Position {
            line: None,
            holder: Holder::Party(PartyId(Uuid::from_u128(n as u128))),
            live_minor: *live_minor,
            suspended_minor: 0,
        };
        amounts.iter().enumerate().map(at).collect()
    }

    fn live(parts: &[Part]) -> Vec<i64> {
        parts.iter().map(|part| part.live_minor).collect()
    }

    #[test]
    fn what_is_left_over_goes_to_the_earlier_and_is_told() {
        let parts = take_live(&positions(&[34, 33, 33]), 10).unwrap();
        assert_eq!(live(&parts), [-4, -3, -3]);
        assert_eq!(parts.iter().map(|part| part.holds_cent).collect::<Vec<_>>(), [true, false, false]);
        assert!(divide(90, &[1, 1, 1]).iter().all(|(_, cent)| !cent), "what divides leaves nothing over");
        assert!(divide(5, &[]).is_empty());
    }

    #[test]
    fn no_more_is_taken_than_remains_and_not_nothing() {
        let all = positions(&[5, 0, 7]);
        assert_eq!(take_live(&all, 13), Err(JournalFault::BeyondSale { amount_minor: 13, remaining_minor: 12 }));
        assert_eq!(restore(&all, 1), Err(JournalFault::BeyondSale { amount_minor: 1, remaining_minor: 0 }));
        assert_eq!(take_live(&all, 0), Err(JournalFault::Nothing { what: "what is taken" }));
        assert_eq!(live(&take_live(&all, 12).unwrap()), [-5, -7], "who has nothing is not named");
    }

    proptest! {
        #[test]
        fn whatever_the_cuts_nobody_goes_below_zero_and_all_end_at_nothing(
            amounts in prop::collection::vec(0_i64..=1_000_000, 1..8), cuts in prop::collection::vec(1_i64..=400_000, 0..30),
        ) {
            let mut parts: Vec<Part> =
                positions(&amounts).iter().map(|at| Part::new(at.line, at.holder, at.live_minor)).collect();
            for cut in cuts {
                let standing = remaining(&parts).unwrap();
                let (live, _) = totals(&standing).unwrap();
                if live == 0 {
                    break;
                }
                parts.extend(take_live(&standing, cut.min(live)).unwrap());
                prop_assert!(remaining(&parts).unwrap().iter().all(|at| at.live_minor >= 0));
            }
            let (live, _) = totals(&remaining(&parts).unwrap()).unwrap();
            if live > 0 {
                parts.extend(take_live(&remaining(&parts).unwrap(), live).unwrap());
            }
            prop_assert!(remaining(&parts).unwrap().iter().all(|at| at.live_minor == 0));
        }
    }
}
