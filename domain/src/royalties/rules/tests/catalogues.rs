//! Random catalogues: splits that change, releases, contracts upon contracts, charges, payments and reserves, over two periods. Whatever comes, each decimal has a
//! place, the order of what is given changes no byte, a replay from what was written down is identical, and what is booked of it is what is open.

mod made;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use made::{Seed, charges, contracts, line_of, payments, reversals, splits, terms};
use proptest::{
    prelude::*,
    test_runner::{TestCaseError, TestRunner},
};

use super::*;
use crate::{
    ledger::rules::{check, royalty},
    royalties::commands::runs::moves_of,
};

const CASES: u32 = 10_000;

/// What catalogues have to reach, each as often as this at the least.
const ENOUGH: u32 = 20;
const TO_REACH: [&str; 24] = [
    "a rate rises",
    "income is held before it is divided",
    "earnings are held",
    "a base is held",
    "something is released",
    "contracts recoup each other",
    "participations are more than all",
    "lines are below zero",
    "a loss waits",
    "shared costs are paid for",
    "tax is withheld",
    "advances are recouped",
    "an advance comes back to others' costs",
    "advances go in a circle",
    "royalties wait for costs",
    "royalties that waited are paid",
    "a part is paid behind the costs",
    "a split changes in the period",
    "something is nobody's",
    "gross is missing",
    "a payment is set off",
    "a charge is taken back",
    "what was recouped of it is given back",
    "a payout is held or too little",
];

/// How often catalogues have reached what.
#[derive(Default)]
struct Reached(RefCell<BTreeMap<&'static str, u32>>);

impl Reached {
    fn see(&self, what: &'static str, is_there: bool) {
        *self.0.borrow_mut().entry(what).or_default() += u32::from(is_there);
    }

    fn look(&self, outcome: &Outcome, charges: &[Charge], lines: &[Line]) {
        let moved = |is: fn(&Movement) -> bool| outcome.accounts.iter().any(|line| is(&line.movement));
        let held = |is: fn(&HeldOf) -> bool| outcome.closing.reserves.iter().any(|held| is(&held.of));
        let kinds = |kind| outcome.activities.iter().any(|activity| activity.kind == kind);
        let passed = |is: fn(&Passed) -> bool| outcome.contracts.iter().any(|applied| is(&applied.passed));
        let twice = |same: fn(&Activity, &Activity) -> bool| {
            let mut pairs = outcome.activities.iter().zip(outcome.activities.iter().skip(1));
            pairs.any(|(one, next)| same(one, next))
        };
        self.see("a rate rises", outcome.contracts.iter().any(|applied| !applied.blends.is_empty()));
        self.see("income is held before it is divided", held(|of| matches!(of, HeldOf::Income { .. })));
        self.see("earnings are held", held(|of| matches!(of, HeldOf::Earnings { .. })));
        self.see("a base is held", held(|of| matches!(of, HeldOf::Base { .. })));
        self.see("something is released", outcome.accounts.iter().any(|line| line.released_minor > 0));
        let recoup_each_other = twice(|one, next| {
            one.account == next.account
                && one.rule.rule != next.rule.rule
                && (one.kind, next.kind) == (Kind::Royalty, Kind::Royalty)
        });
        self.see("contracts recoup each other", recoup_each_other);
        let is_over = |line: &AccountLine| line.closing.deficit_minor > 0 && line.activity.is_negative();
        self.see("participations are more than all", outcome.accounts.iter().any(is_over));
        self.see("lines are below zero", lines.iter().any(|line| line.net.is_negative() || line.units < 0));
        self.see("a loss waits", outcome.recovered.iter().any(|line| line.amount.is_negative()));
        self.see("shared costs are paid for", outcome.recovered.iter().any(|line| line.amount.is_positive()));
        self.see("tax is withheld", moved(|moved| moved.tax_minor > 0));
        self.see("advances are recouped", moved(|moved| moved.advances_minor > 0));
        self.see("an advance comes back to others' costs", moved(|moved| moved.given_back_minor > 0));
        let back = |charge: &Charge| match &charge.to {
            ChargedTo::Advance { account, included_in: Some(other) } => Some((account.clone(), other.clone())),
            _ => None,
        };
        let backs: BTreeSet<(AccountKey, AccountKey)> = charges.iter().filter_map(back).collect();
        let is_circle = backs.iter().any(|(one, other)| backs.contains(&(other.clone(), one.clone())));
        self.see("advances go in a circle", is_circle);
        self.see("royalties wait for costs", passed(|passed| *passed == Passed::Nothing));
        self.see("royalties that waited are paid", kinds(Kind::Retroactive));
        self.see("a part is paid behind the costs", passed(|passed| matches!(passed, Passed::Part { .. })));
        let changes = twice(|one, next| {
            let is_share = (one.kind, next.kind) == (Kind::Share, Kind::Share);
            is_share && one.rule.rule == next.rule.rule && one.rule.number != next.rule.number
        });
        self.see("a split changes in the period", changes);
        self.see("something is nobody's", !outcome.suspense.is_empty());
        self.see("gross is missing", outcome.contracts.iter().any(|applied| applied.grossless > 0));
        self.see("a charge is taken back", charges.iter().any(|charge| charge.reverses.is_some()));
        let gives_back = |line: &AccountLine| {
            let taken_back = charges.iter().filter(|charge| charge.reverses.is_some());
            let mut costs = taken_back
                .filter(|charge| matches!(&charge.to, ChargedTo::Cost { account } if *account == line.account));
            line.movement.given_back_minor > 0 && costs.next().is_some()
        };
        self.see("what was recouped of it is given back", outcome.accounts.iter().any(gives_back));
        self.see("a payment is set off", moved(|moved| moved.paid_minor > 0));
        let waits = |payout: &Payout| matches!(payout, Payout::Held { .. } | Payout::BelowMinimum { .. });
        self.see("a payout is held or too little", outcome.payees.iter().any(|line| waits(&line.payout)));
    }
}

/// What holds of every outcome.
fn prove(book: &RuleBook, outcome: &Outcome, lines: &[Line]) {
    let proof = &outcome.proof;
    let received = Exact::sum(lines.iter().map(|line| line.net)).unwrap();
    let minor = proof.accounts_minor + proof.suspense_minor + proof.costs_minor + proof.reserves_minor;
    assert_eq!(Exact::of_minor(minor, Currency::EUR).plus(proof.residue).unwrap(), received);
    assert!(!proof.residue.is_negative() && proof.residue < exact("0.01"), "{}", proof.residue);
    assert_eq!(outcome.accounts.iter().map(|line| line.movement.earned_minor).sum::<i64>(), proof.accounts_minor);
    assert!(outcome.closing.reserves.iter().all(|held| held.minor > 0 && held.on > outcome.period.through));
    for line in &outcome.accounts {
        let (before, after, moved) = (&line.opening, &line.closing, &line.movement);
        assert!(after.owed_minor >= 0 && after.deficit_minor >= 0 && after.costs_minor >= 0);
        assert!(after.advances.iter().all(|advance| advance.open_minor > 0));
        assert_eq!(after.owed_minor, before.owed_minor + moved.owed_minor - moved.paid_minor);
        assert_eq!(after.deficit_minor, before.deficit_minor + moved.deficit_minor);
        let mut entries = explain::entries(outcome, &line.account).unwrap();
        let owed = entries.pop().map(|(_, owed)| owed);
        assert_eq!(Exact::sum(entries.into_iter().map(|(_, amount)| amount)).ok(), owed);
    }
    let owed: i64 = outcome.accounts.iter().map(|line| line.closing.owed_minor).sum();
    assert_eq!(outcome.payees.iter().map(|line| line.balance_minor).sum::<i64>(), owed);
    for line in lines {
        let traced = explain::trace(book, outcome, line).unwrap();
        let parts = traced.parts.iter().map(|part| part.amount);
        let waiting = traced.suspended.iter().map(|(_, _, amount)| *amount);
        assert_eq!(Exact::sum(parts.chain(waiting)).unwrap(), line.net);
    }
}

/// What the books have of costs, advances and deficits: shared costs are rounded down, and what is included in others' costs stands there.
fn recoupable(state: &State) -> i64 {
    let shared = Exact::sum(state.costs.values().copied()).unwrap().floor_minor(Currency::EUR).unwrap().0;
    let of_account = |line: &AccountStanding| {
        let own = line.standing.advances.iter().filter(|advance| advance.included_in.is_none());
        let advances: i64 = own.map(|advance| advance.open_minor).sum();
        line.standing.costs_minor + line.standing.deficit_minor + advances
    };
    shared + state.accounts.iter().map(of_account).sum::<i64>()
}

/// What is held back, but for what is the payer's until it is released.
fn held(state: &State) -> i64 {
    let held = state.reserves.iter().filter(|held| !matches!(held.of, HeldOf::Base { .. }));
    held.map(|held| held.minor).sum()
}

/// What the books hold after a period is what is open after it.
fn prove_books(outcome: &Outcome, opening: &State, charges: &[Charge]) {
    let proof = &outcome.proof;
    let mut moves = moves_of(outcome).unwrap();
    let is_booked = |charge: &&Charge| match &charge.to {
        ChargedTo::Shared { .. } | ChargedTo::Cost { .. } => true,
        ChargedTo::Advance { included_in, .. } => included_in.is_none(),
        ChargedTo::Payment { .. } => false,
    };
    let booked: i64 = charges.iter().filter(is_booked).map(|charge| charge.amount.minor).sum();
    assert_eq!(recoupable(&outcome.closing), recoupable(opening) + booked - moves.recouped_minor);
    assert_eq!(held(&outcome.closing), held(opening) + moves.reserves_minor);
    let given = moves.owed_minor.values().sum::<i64>() + moves.recouped_minor + moves.tax_minor + moves.reserves_minor;
    let off = given - (proof.accounts_minor + proof.costs_minor + proof.reserves_minor);
    assert!(off.abs() <= 1, "{off}");
    moves.suspense_minor = given - off;
    let legs = royalty::run(&moves).unwrap();
    assert!(legs.is_empty() || check(&legs) == Ok(()), "{legs:?}");
}

fn play(
    reached: &Reached,
    (lines, deals, costs): (&[Seed], &[Seed], &[Seed]),
    picks: &[u64],
    turn: prop::sample::Index,
) -> Result<(), TestCaseError> {
    let (deals, accounts) = contracts(deals);
    let rules = [splits(picks), terms(picks), deals].concat();
    let lines: Vec<Line> = lines.iter().map(|seed| line_of(*seed)).collect();
    let (costs, later_costs) = costs.split_at(costs.len() / 2);
    let (costs, mut later_costs) = (charges(costs, 0, &accounts), charges(later_costs, 1, &accounts));
    let book = RuleBook::new(rules.clone()).unwrap();
    let once = reckon(&book, half(1), &State::default(), &costs, &lines);
    later_costs.extend(payments(&once));
    later_costs.extend(reversals(&costs));
    // The second period is told the same lines once more, as another statement might.
    let twice = reckon(&book, half(2), &once.closing, &later_costs, &lines);
    for (outcome, opening, charges) in [(&once, &State::default(), &costs), (&twice, &once.closing, &later_costs)] {
        prove(&book, outcome, &lines);
        prove_books(outcome, opening, charges);
        reached.look(outcome, charges, &lines);
    }

    // Another order of lines, rules and charges, and the lines counted in two parts.
    let (mut other_rules, mut other_costs, mut other_lines) = (rules, costs, lines);
    other_rules.reverse();
    other_costs.reverse();
    later_costs.reverse();
    let middle = if other_lines.is_empty() { 0 } else { turn.index(other_lines.len()) };
    other_lines.rotate_left(middle);
    let other = RuleBook::new(other_rules).unwrap();
    prop_assert_eq!(other.sha256(), book.sha256());
    let mut sums = Sums::of(&other, &other_lines[..middle]).unwrap();
    sums.merge(Sums::of(&other, &other_lines[middle..]).unwrap()).unwrap();
    prop_assert_eq!(&sums, &Sums::of(&book, &other_lines).unwrap());
    let again = reckon(&other, half(1), &State::default(), &other_costs, &other_lines);
    prop_assert_eq!(again.canonical(), once.canonical());

    // From what was written down.
    let inputs = Inputs {
        period: half(2),
        currency: Currency::EUR,
        versions: book.versions().to_vec(),
        charges: later_costs,
        opening: again.closing,
        sums: sums.groups().map(|(key, totals)| (key.clone(), *totals)).collect(),
    };
    prop_assert_eq!(replay(&inputs.canonical()).unwrap().canonical(), twice.canonical());
    let waits = inputs.waiting().unwrap().iter().try_fold(Exact::ZERO, |sum, waits| sum.plus(waits.totals.net));
    prop_assert_eq!(waits, Exact::sum(twice.suspense.iter().map(|line| line.amount)));
    Ok(())
}

fn seeds(most: usize) -> impl Strategy<Value = Vec<Seed>> {
    prop::collection::vec((any::<u64>(), -10_000_000_000_000_i64..100_000_000_000_000), 0..most)
}

#[test]
fn every_decimal_has_a_place_and_a_replay_is_identical() {
    let reached = Reached::default();
    let catalogue =
        ((seeds(12), seeds(6), seeds(12)), prop::collection::vec(any::<u64>(), 1..6), any::<prop::sample::Index>());
    let config = ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    let played = TestRunner::new(config)
        .run(&catalogue, |((lines, deals, costs), picks, turn)| play(&reached, (&lines, &deals, &costs), &picks, turn));
    played.unwrap();
    let reached = reached.0.into_inner();
    for what in TO_REACH {
        let times = reached.get(what).copied().unwrap_or(0);
        assert!(times >= ENOUGH, "{what}: {times} times");
    }
}
