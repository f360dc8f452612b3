//! Which income a payout was paid from: first in, first out, except that what takes a sale back takes that sale's own income first.

use std::collections::{HashMap, VecDeque};

use crate::ids::{EntryId, JournalId};

/// A movement of what one payee is owed, in the order in which it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The entry.
    pub entry: EntryId,
    /// Its journal.
    pub journal: JournalId,
    /// The sale that it is about, for income and for what takes it back.
    pub sale: Option<JournalId>,
    /// The payout that it undoes.
    pub undoes: Option<JournalId>,
    /// Minor units: more than zero what became owed, below zero what was paid or taken.
    pub owed_minor: i64,
}

/// So many minor units of an income.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Funded {
    /// The entry that made it owed.
    pub entry: EntryId,
    /// How much of it, in minor units.
    pub amount_minor: i64,
}

#[derive(Debug)]
struct Income {
    funded: Funded,
    sale: Option<JournalId>,
}

/// What a payout was paid from, the earliest income first; nothing if the entry is none that pays.
pub fn funded(movements: &[Movement], payout: EntryId) -> Vec<Funded> {
    let (mut waiting, mut paid) = (VecDeque::<Income>::new(), HashMap::<JournalId, Vec<Income>>::new());
    for movement in movements {
        if movement.owed_minor > 0 {
            let undone = movement.undoes.and_then(|payout| paid.remove(&payout)).unwrap_or_default();
            if undone.is_empty() {
                let funded = Funded { entry: movement.entry, amount_minor: movement.owed_minor };
                waiting.push_back(Income { funded, sale: movement.sale });
            } else {
                // What a receivable has swallowed of it is its end.
                let mut undone: VecDeque<Income> = undone.into();
                for income in take(&mut undone, movement.owed_minor, None).into_iter().rev() {
                    waiting.push_front(income);
                }
            }
            continue;
        }
        let taken = take(&mut waiting, -movement.owed_minor, movement.sale);
        if movement.entry == payout {
            return taken.into_iter().map(|income| income.funded).collect();
        }
        if movement.sale.is_none() {
            paid.insert(movement.journal, taken);
        }
    }
    Vec::new()
}

/// Takes an amount of what waits: of a sale's own income first, then from the front.
fn take(waiting: &mut VecDeque<Income>, mut amount_minor: i64, sale: Option<JournalId>) -> Vec<Income> {
    let mut taken = Vec::new();
    for own in [true, false] {
        for income in waiting.iter_mut() {
            if own && (sale.is_none() || income.sale != sale) {
                continue;
            }
            let part = income.funded.amount_minor.min(amount_minor);
            if part == 0 {
                continue;
            }
            income.funded.amount_minor -= part;
            amount_minor -= part;
            taken.push(Income { funded: Funded { amount_minor: part, ..income.funded }, sale: income.sale });
        }
    }
    waiting.retain(|income| income.funded.amount_minor > 0);
    taken
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;

    fn movement(n: u128, sale: Option<u128>, owed_minor: i64) -> Movement {
        let journal = |n| JournalId(Uuid::from_u128(n));
        let entry = EntryId(Uuid::from_u128(n));
        Movement { entry, journal: journal(n), sale: sale.map(journal), undoes: None, owed_minor }
    }

    fn told(movements: &[Movement], n: u128) -> Vec<(u128, i64)> {
        let of = |funded: Funded| (funded.entry.0.as_u128(), funded.amount_minor);
        funded(movements, EntryId(Uuid::from_u128(n))).into_iter().map(of).collect()
    }

    #[test]
    fn a_payout_is_paid_from_the_earliest_income_that_was_not_taken_back() {
        let all = [
            movement(1, Some(1), 100),
            movement(2, Some(2), 50),
            movement(3, Some(2), -20),
            movement(4, None, -110),
            movement(5, Some(5), 30),
            movement(6, None, -50),
        ];
        assert_eq!(told(&all, 4), [(1, 100), (2, 10)]);
        assert_eq!(told(&all, 6), [(2, 20), (5, 30)]);
        assert!(told(&all, 1).is_empty());
    }

    #[test]
    fn a_payout_that_came_back_leaves_its_income_to_the_next() {
        let mut back = movement(3, None, 80);
        back.undoes = Some(JournalId(Uuid::from_u128(2)));
        let all = [
            movement(1, Some(1), 100),
            movement(2, None, -80),
            back,
            movement(4, Some(4), 40),
            movement(5, None, -120),
        ];
        assert_eq!(told(&all, 5), [(1, 80), (1, 20), (4, 20)]);
    }
}
