//! Random histories of everything that can happen to money, played against each other in memory. Four tests of 25,000 histories each; a failing one is
//! shrunk to its shortest.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sea_orm::prelude::Uuid;

use super::{
    AccountRef, Division, Holder, Leg, Moved, Part, Position, SaleLine, check,
    dispute::{dispute_lost, dispute_opened, dispute_won},
    parts::{remaining, totals},
    payout::{PaidFrom, payout, payout_undone},
    receivable::{Standing, settle},
    refund::{refund_failed_journal, refund_journal},
    release_journal, reversal,
    royalty::{self, RunMoves},
    sale_journal,
};
use crate::{
    ids::{OrderLineId, PartyId},
    ledger::entity::AccountKind,
    share::{Share, WHOLE_PPM},
};

/// How many histories each test plays.
const CASES: u32 = 25_000;
/// How many payees there are, few, so that they meet.
const PARTIES: u32 = 4;
/// And currencies.
const CURRENCIES: usize = 2;

fn party(n: u32) -> PartyId {
    PartyId(Uuid::from_u128(u128::from(n % PARTIES)))
}

/// A step: what, on which of those there are, and how much of it in parts per million.
type Step = (u8, u16, u32);

#[derive(Default)]
struct Sale {
    currency: usize,
    captured_minor: i64,
    /// Given back, or lost.
    gone_minor: i64,
    parts: Vec<Part>,
    /// What remains of each part, told from all of them.
    positions: Vec<Position>,
    /// The amounts of disputes that are open.
    disputes: Vec<i64>,
}

struct Paid {
    currency: usize,
    party: PartyId,
    amount_minor: i64,
    from: PaidFrom,
}

/// What royalties have come to in a currency.
#[derive(Default)]
struct Royalties {
    /// What statements say is due, and whether it has reached the bank.
    statements: Vec<(i64, bool)>,
    /// What of it no run has given out.
    waiting_minor: i64,
    /// What is still to reach the bank.
    due_minor: i64,
    held_minor: i64,
    recoupable_minor: i64,
    differences_minor: i64,
    /// What was given to parties, less what was taken of them.
    given: BTreeMap<PartyId, i64>,
    /// All that was booked of it, to be taken back in the end.
    journals: Vec<Vec<Leg>>,
}

/// The books of a history.
#[derive(Default)]
struct Books {
    accounts: [BTreeMap<AccountRef, i64>; CURRENCIES],
    sales: Vec<Sale>,
    payouts: Vec<Paid>,
    royalties: [Royalties; CURRENCIES],
    /// What was paid and has not come back, so that what parties have of sales can be told from what they are owed.
    paid: [BTreeMap<PartyId, i64>; CURRENCIES],
}

fn part_of(amount: i64, ppm: u32) -> i64 {
    i64::try_from(i128::from(amount) * i128::from(ppm) / i128::from(WHOLE_PPM)).unwrap()
}

impl Books {
    fn balance(&self, currency: usize, account: AccountRef) -> i64 {
        self.accounts[currency].get(&account).copied().unwrap_or(0)
    }

    fn standing(&self, currency: usize, party: PartyId) -> Standing {
        Standing {
            owed_minor: -self.balance(currency, AccountRef::payable(party)),
            due_minor: self.balance(currency, AccountRef::receivable(party)),
        }
    }

    /// What every journal goes through, and what holds after each.
    fn book(&mut self, currency: usize, legs: &[Leg]) {
        check(legs).unwrap();
        let payees =
            legs.iter().filter(|leg| leg.account.kind == AccountKind::Payable).filter_map(|leg| leg.account.party);
        let payees: BTreeMap<_, _> = payees.map(|party| (party, self.standing(currency, party))).collect();
        let settled = settle(legs, &payees).unwrap();
        check(&settled).unwrap();
        for leg in settled {
            *self.accounts[currency].entry(leg.account).or_insert(0) += leg.amount_minor;
        }
        for party in payees.into_keys() {
            let Standing { owed_minor, due_minor } = self.standing(currency, party);
            assert!(owed_minor >= 0 && due_minor >= 0, "nothing owed is below zero");
            assert!(owed_minor == 0 || due_minor == 0, "what is due is settled first");
        }
    }

    fn book_on(&mut self, at: usize, moved: Moved) {
        self.book(self.sales[at].currency, &moved.legs);
        let sale = &mut self.sales[at];
        sale.parts.extend(moved.parts);
        sale.positions = remaining(&sale.parts).unwrap();
        let positions = &sale.positions;
        assert!(positions.iter().all(|at| at.live_minor >= 0 && at.suspended_minor >= 0), "{positions:?}");
        let (live, suspended) = totals(positions).unwrap();
        assert!(sale.gone_minor <= sale.captured_minor, "no more goes than came");
        assert_eq!(live + suspended + sale.gone_minor, sale.captured_minor, "each cent is somebody's");
        assert_eq!(suspended, sale.disputes.iter().sum::<i64>());
    }

    fn sell(&mut self, pick: u16, ppm: u32) {
        let pick = u32::from(pick);
        let price_minor = 1 + i64::from(ppm) / (1 + i64::from(pick % 7) * 997);
        let line = |n: u32, price_minor: i64| {
            let cut = pick.wrapping_mul(6_151 + n) % WHOLE_PPM;
            let other = pick.wrapping_mul(3_571 + n) % (WHOLE_PPM - cut);
            let share = |ppm| Share::from_ppm(ppm).unwrap();
            let shares = vec![
                (party(pick), share(cut)),
                (party(pick + 1), share(other)),
                (party(pick + 2), share(WHOLE_PPM - cut - other)),
            ];
            let division = if (pick + n).is_multiple_of(5) { Division::Parked } else { Division::Shared(shares) };
            let tax_minor = if pick.is_multiple_of(3) { price_minor / 6 } else { 0 };
            SaleLine { line: Some(OrderLineId(Uuid::from_u128(u128::from(n)))), price_minor, tax_minor, division }
        };
        let lines: Vec<SaleLine> = match pick % 4 {
            0 => vec![line(0, price_minor), line(1, price_minor * 2 + 1)],
            _ => vec![line(0, price_minor)],
        };
        let captured_minor = lines.iter().map(|line| line.price_minor).sum();
        let moved = sale_journal(captured_minor, part_of(captured_minor, ppm / 20), &lines).unwrap();
        let currency = usize::from(pick.is_multiple_of(6));
        self.sales.push(Sale { currency, captured_minor, ..Sale::default() });
        self.book_on(self.sales.len() - 1, moved);
    }

    /// A sale that there is, and what remains of it, live and suspended.
    fn pick(&self, pick: u16) -> Option<(usize, i64, i64)> {
        let at = usize::from(pick).checked_rem(self.sales.len())?;
        let (live, suspended) = totals(&self.sales[at].positions).unwrap();
        Some((at, live, suspended))
    }

    fn refund(&mut self, at: usize, amount_minor: i64, fee_minor: i64) {
        let moved = refund_journal(&self.sales[at].positions, amount_minor, fee_minor).unwrap();
        self.sales[at].gone_minor += amount_minor;
        self.book_on(at, moved);
    }

    /// A refund that cannot be given back after all: nothing is left of it.
    fn refund_fails(&mut self, at: usize, amount_minor: i64, fee_minor: i64) {
        let before = self.sales[at].positions.clone();
        let made = refund_journal(&before, amount_minor, fee_minor).unwrap();
        let failed = refund_failed_journal(&made.parts, fee_minor).unwrap();
        self.sales[at].gone_minor += amount_minor;
        self.book_on(at, made);
        self.sales[at].gone_minor -= amount_minor;
        self.book_on(at, failed);
        assert_eq!(self.sales[at].positions, before);
    }

    fn dispute(&mut self, at: usize, amount_minor: i64) {
        let moved = dispute_opened(&self.sales[at].positions, amount_minor, 15).unwrap();
        self.sales[at].disputes.push(amount_minor);
        self.book_on(at, moved);
    }

    fn decide(&mut self, at: usize, is_won: bool) {
        let sale = &mut self.sales[at];
        let Some(amount_minor) = sale.disputes.pop() else { return };
        let moved = if is_won {
            dispute_won(&sale.positions, amount_minor, -15).unwrap()
        } else {
            sale.gone_minor += amount_minor;
            dispute_lost(&sale.positions, amount_minor, 0).unwrap()
        };
        self.book_on(at, moved);
    }

    fn release(&mut self, at: usize, pick: u16) {
        let parked = self.sales[at]
            .positions
            .iter()
            .find(|at| at.holder == Holder::Parked && (at.live_minor, at.suspended_minor) != (0, 0));
        let Some(parked) = parked else { return };
        let cut = u32::from(pick) * 13 % WHOLE_PPM;
        let shares = [(party(1), Share::from_ppm(cut).unwrap()), (party(3), Share::from_ppm(WHOLE_PPM - cut).unwrap())];
        self.book_on(at, release_journal(parked, &shares).unwrap());
    }

    fn pay(&mut self, pick: u16, ppm: u32) {
        let (currency, party) = (usize::from(pick.is_multiple_of(6)), party(u32::from(pick)));
        let owed_minor = self.standing(currency, party).owed_minor;
        let amount_minor = if ppm > 500_000 { owed_minor } else { part_of(owed_minor, ppm * 2) };
        assert!(payout(party, owed_minor + 1, owed_minor, PaidFrom::Bank).is_err(), "no more than is owed");
        if amount_minor == 0 {
            return;
        }
        let from = if pick.is_multiple_of(3) {
            PaidFrom::Bank
        } else {
            PaidFrom::Gateway { fee_minor: i64::from(pick % 2) * 25 }
        };
        self.book(currency, &payout(party, amount_minor, owed_minor, from).unwrap());
        *self.paid[currency].entry(party).or_insert(0) += amount_minor;
        self.payouts.push(Paid { currency, party, amount_minor, from });
    }

    fn undo_payout(&mut self, pick: u16) {
        let Some(at) = usize::from(pick).checked_rem(self.payouts.len()) else { return };
        let Paid { currency, party, amount_minor, from } = self.payouts.swap_remove(at);
        self.book(currency, &payout_undone(party, amount_minor, from).unwrap());
        *self.paid[currency].entry(party).or_insert(0) -= amount_minor;
    }

    fn book_royalties(&mut self, currency: usize, legs: Vec<Leg>) {
        if !legs.is_empty() {
            self.book(currency, &legs);
            self.royalties[currency].journals.push(legs);
        }
    }

    /// A statement arrives; one of returns alone is below zero.
    fn state(&mut self, pick: u16, ppm: u32) {
        let currency = usize::from(pick.is_multiple_of(6));
        let minor = i64::from(ppm) / (1 + i64::from(pick % 5));
        let minor = if pick.is_multiple_of(7) { -minor / 3 } else { minor };
        let of = &mut self.royalties[currency];
        of.statements.push((minor, false));
        of.waiting_minor += minor;
        of.due_minor += minor;
        self.book_royalties(currency, royalty::statement_due(minor).unwrap());
    }

    /// What a statement says reaches the bank, or nearly.
    fn receive(&mut self, pick: u16) {
        let currency = usize::from(pick.is_multiple_of(6));
        let of = &mut self.royalties[currency];
        let Some((minor, is_there)) = of.statements.iter_mut().find(|(_, is_there)| !is_there) else { return };
        let (minor, bank_minor) = (*minor, *minor - i64::from(pick % 5) + 2);
        *is_there = true;
        of.due_minor -= minor;
        of.differences_minor += minor - bank_minor;
        self.book_royalties(currency, royalty::statement_receipt(minor, bank_minor).unwrap());
    }

    fn charge(&mut self, pick: u16, ppm: u32) {
        let (currency, minor) = (usize::from(pick.is_multiple_of(6)), 1 + i64::from(ppm) / 7);
        self.royalties[currency].recoupable_minor += minor;
        self.book_royalties(currency, royalty::charge(minor).unwrap());
    }

    /// A run gives out a part of what waits, or takes back what is below zero; now and then a cent more or less than it takes.
    fn give_out(&mut self, pick: u16, ppm: u32) {
        let currency = usize::from(pick.is_multiple_of(6));
        let of = &mut self.royalties[currency];
        let suspense_minor = if of.waiting_minor > 0 { part_of(of.waiting_minor, ppm) } else { of.waiting_minor };
        let (some, off) = (suspense_minor.max(0), i64::from(pick % 3) - 1);
        let (recouped_minor, tax_minor) = (of.recoupable_minor.min(some / 5), some / 10);
        let reserves_minor = if pick.is_multiple_of(2) { some / 20 } else { -of.held_minor / 2 };
        let (first, second) = (suspense_minor / 2, -i64::from(pick % 50));
        let third = suspense_minor + off - recouped_minor - tax_minor - reserves_minor - first - second;
        let pick = u32::from(pick);
        let owed_minor = BTreeMap::from([(party(pick), first), (party(pick + 1), second), (party(pick + 2), third)]);
        for (party, minor) in &owed_minor {
            *of.given.entry(*party).or_insert(0) += minor;
        }
        of.waiting_minor -= suspense_minor;
        of.recoupable_minor -= recouped_minor;
        of.held_minor += reserves_minor;
        of.differences_minor += off;
        let moves = RunMoves { owed_minor, recouped_minor, tax_minor, reserves_minor, suspense_minor };
        self.book_royalties(currency, royalty::run(&moves).unwrap());
    }

    fn step(&mut self, (what, pick, ppm): Step) {
        match what {
            0..=2 => self.sell(pick, ppm),
            3 => self.pay(pick, ppm),
            4 => self.undo_payout(pick),
            13 => self.state(pick, ppm),
            14 => self.receive(pick),
            15 => self.charge(pick, ppm),
            16 => self.give_out(pick, ppm),
            _ => {
                let Some((at, live, suspended)) = self.pick(pick) else { return };
                let amount = if ppm > 900_000 { live } else { part_of(live, ppm).max(i64::from(live > 0)) };
                match what {
                    6 if amount > 0 && pick.is_multiple_of(4) => {
                        self.refund_fails(at, amount, -part_of(amount, ppm / 40));
                    }
                    5 | 6 if amount > 0 => self.refund(at, amount, -part_of(amount, ppm / 40)),
                    7 | 8 if amount > 0 => self.dispute(at, amount),
                    9 if suspended > 0 => self.decide(at, true),
                    10 if suspended > 0 => self.decide(at, false),
                    11 => self.release(at, pick),
                    _ => {
                        let beyond = refund_journal(&self.sales[at].positions, live + 1, 0);
                        assert!(beyond.is_err(), "no more than remains");
                    }
                }
            }
        }
    }

    /// What holds of the books as a whole.
    fn prove(&self) {
        for currency in 0..CURRENCIES {
            assert_eq!(self.accounts[currency].values().sum::<i64>(), 0, "all entries of a currency sum to zero");
            let of = &self.royalties[currency];
            let royalties = [
                (AccountKind::RoyaltySuspense, -of.waiting_minor),
                (AccountKind::RoyaltiesDue, of.due_minor),
                (AccountKind::RoyaltyReserves, -of.held_minor),
                (AccountKind::RoyaltyRecoupable, of.recoupable_minor),
                (AccountKind::RoyaltyDifferences, of.differences_minor),
            ];
            for (kind, minor) in royalties {
                assert_eq!(self.balance(currency, AccountRef::own(kind)), minor, "{kind}");
            }
            for n in 0..PARTIES {
                let (mut live, mut suspended) = (0, 0);
                for sale in self.sales.iter().filter(|sale| sale.currency == currency) {
                    for at in sale.positions.iter().filter(|at| at.holder == Holder::Party(party(n))) {
                        live += at.live_minor;
                        suspended += at.suspended_minor;
                    }
                }
                let Standing { owed_minor, due_minor } = self.standing(currency, party(n));
                let paid = self.paid[currency].get(&party(n)).copied().unwrap_or(0);
                let given = of.given.get(&party(n)).copied().unwrap_or(0);
                assert_eq!(
                    owed_minor - due_minor,
                    live + given - paid,
                    "who is owed has a part of a sale, or royalties"
                );
                assert_eq!(-self.balance(currency, AccountRef::suspended(Some(party(n)))), suspended);
            }
        }
    }

    /// Takes everything back: each dispute is decided, each sale given back to the last cent, all royalties reversed, each payout returned.
    fn take_all_back(&mut self) {
        for at in 0..self.sales.len() {
            while !self.sales[at].disputes.is_empty() {
                self.decide(at, at.is_multiple_of(2));
            }
            let (live, _) = totals(&self.sales[at].positions).unwrap();
            if live > 0 {
                self.refund(at, live, 0);
            }
            assert_eq!(self.sales[at].gone_minor, self.sales[at].captured_minor);
            assert!(self.sales[at].positions.iter().all(|at| (at.live_minor, at.suspended_minor) == (0, 0)));
        }
        for currency in 0..CURRENCIES {
            for legs in std::mem::take(&mut self.royalties[currency]).journals.into_iter().rev() {
                self.book(currency, &reversal(&legs).unwrap());
            }
        }
        self.prove();
        while !self.payouts.is_empty() {
            self.undo_payout(0);
        }
    }

    fn play(steps: Vec<Step>) {
        let mut books = Self::default();
        for step in steps {
            books.step(step);
        }
        books.prove();
        books.take_all_back();
        for accounts in &books.accounts {
            // What the gateway has charged and not given back is all that remains, and it was taken from what it held.
            let left = accounts.iter().filter(|(account, minor)| {
                **minor != 0 && !matches!(account.kind, AccountKind::GatewayClearing | AccountKind::GatewayFees)
            });
            let left: Vec<_> = left.collect();
            assert!(left.is_empty(), "everybody ends at exactly nothing: {left:?}");
        }
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0_u8..=16, any::<u16>(), 0_u32..=WHOLE_PPM), 1..16)
}

macro_rules! histories {
    ($($name:ident),+) => {
        proptest! {
            #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]
            $(#[test]
            fn $name(steps in steps()) {
                Books::play(steps);
            })+
        }
    };
}

histories!(
    whatever_happens_the_books_hold_i,
    whatever_happens_the_books_hold_ii,
    whatever_happens_the_books_hold_iii,
    whatever_happens_the_books_hold_iv
);

#[test]
fn the_histories_reach_what_they_are_about() {
    let mut books = Books::default();
    // A sale to the first payee, paid out, disputed and lost: the payee owes, and a payout of later income is less by that.
    for step in [(0, 4, 800_000), (3, 2, 1_000_000), (7, 0, 1_000_000), (10, 0, 0)] {
        books.step(step);
    }
    let due = |books: &Books| (0..PARTIES).map(|n| books.standing(0, party(n)).due_minor).sum::<i64>();
    assert!(due(&books) > 0, "what was paid out and lost is due");
    books.step((0, 4, 900_000));
    assert_eq!(due(&books), 0, "later income has settled it");
    books.prove();
    // Royalties are given out and paid; returns take them back of who has nothing left.
    for step in [(13, 4, 900_000), (16, 4, WHOLE_PPM), (3, 4, WHOLE_PPM), (13, 28, 900_000), (16, 28, WHOLE_PPM)] {
        books.step(step);
    }
    assert!(due(&books) > 0, "what was paid out and is taken back is due");
    books.prove();
    books.take_all_back();
}
