//! The calculation of a period, step by step.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AccountKey, Charge, Exact, Held, Outcome, RoyaltyFault, RuleBook, State, Subject, Sums, Totals, Why,
    account::{Movement, Standing},
    income,
    outcome::{AccountLine, AccountStanding, Activity, PayeeLine, Period, Proof, Recovered, Suspended},
    place::{Piece, Placed, place},
    post::post,
    royalties,
    work::Work,
};
use crate::{
    ids::PartyId,
    money::{Currency, Money},
    share::Share,
};

/// What a period is reckoned from, besides its lines.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The period.
    pub period: Period,
    /// The currency of lines and charges.
    pub currency: Currency,
    /// The rules.
    pub book: &'a RuleBook,
    /// What was charged and paid since the last period, each once.
    pub charges: &'a [Charge],
    /// How everything stood.
    pub opening: &'a State,
}

/// What waits, by what it is of and why.
type Suspense = BTreeMap<(Option<Subject>, Why), Totals>;

/// What a period comes to. The same lines, rules, charges and opening give the same bytes.
pub fn calculate(run: &Run<'_>, sums: &Sums) -> Result<Outcome, RoyaltyFault> {
    let total = sums.total()?;
    let (pieces, suspense) = place_all(run, sums)?;
    let mut work = Work::open(run)?;
    income::divide(&mut work, &pieces)?;
    let (contracts, progress) = royalties::pay(&mut work, &pieces)?;
    work.release_earnings()?;
    let activities = work.activities();
    let (earned, proof) = round(&work, &activities, &suspense, &total)?;
    let accounts = settle(&work, &earned)?;
    let payees = payees(run, &accounts);
    let mut reserves = work.reserves;
    reserves.sort();
    let closing = State {
        accounts: accounts
            .iter()
            .map(|line| AccountStanding { account: line.account.clone(), standing: line.closing.clone() })
            .collect(),
        contracts: progress,
        costs: work.costs,
        reserves: merged(reserves)?,
    };
    let suspense = suspense.into_iter().map(|((subject, why), totals)| Suspended {
        subject,
        why,
        lines: totals.lines,
        amount: totals.net,
    });
    let recovered = work.recovered.into_iter().map(|(subject, amount)| Recovered { subject, amount });
    Ok(Outcome {
        period: run.period,
        currency: run.currency,
        rules_sha256: run.book.sha256(),
        proof,
        activities,
        accounts,
        payees,
        suspense: suspense.collect(),
        recovered: recovered.collect(),
        contracts,
        closing,
    })
}

fn place_all<'a>(run: &Run<'a>, sums: &'a Sums) -> Result<(Vec<Piece<'a>>, Suspense), RoyaltyFault> {
    let (mut pieces, mut suspense) = (Vec::new(), Suspense::new());
    for (key, totals) in sums.groups() {
        for placed in place(run.book, key, totals)? {
            match placed {
                Placed::To(piece) => pieces.push(piece),
                Placed::Nowhere { subject, why, totals } => {
                    suspense.entry((subject, why)).or_default().accumulate(&totals)?;
                }
            }
        }
    }
    Ok((pieces, suspense))
}

/// What an account has earned in a period.
#[derive(Debug, Default)]
struct Earned {
    activity: Exact,
    held_minor: i64,
    released_minor: i64,
    /// All of it in minor units.
    minor: i64,
}

/// Rounds each account's total once, and proves that all that came in has gone somewhere.
fn round(
    work: &Work<'_>,
    activities: &[Activity],
    suspense: &Suspense,
    total: &Totals,
) -> Result<(BTreeMap<AccountKey, Earned>, Proof), RoyaltyFault> {
    let currency = work.run.currency;
    let mut earned: BTreeMap<AccountKey, Earned> = BTreeMap::new();
    for activity in activities {
        earned.entry(activity.account.clone()).or_default().activity.accumulate(activity.amount)?;
    }
    let mut reserves_minor = work.income_held_minor;
    for (account, &(held_minor, released_minor)) in &work.aside {
        let earned = earned.entry(account.clone()).or_default();
        (earned.held_minor, earned.released_minor) = (held_minor, released_minor);
        reserves_minor = add(add(reserves_minor, held_minor)?, -released_minor)?;
    }
    let mut exact = Vec::with_capacity(earned.len() + 3);
    for earned in earned.values() {
        let aside = Exact::of_minor(add(earned.held_minor, -earned.released_minor)?, currency);
        exact.push(earned.activity.minus(aside)?);
    }
    let suspended = Exact::sum(suspense.values().map(|totals| totals.net))?;
    let costs = Exact::sum(work.recovered.values().copied())?;
    exact.extend([suspended, costs, Exact::of_minor(reserves_minor, currency)]);
    let difference = total.net.minus(Exact::sum(exact.iter().copied())?)?;
    if difference != Exact::ZERO {
        return Err(RoyaltyFault::Unbalanced { difference: difference.to_string() });
    }
    let posted = post(&exact, currency)?;
    let mut minors = posted.minor.into_iter();
    let mut accounts_minor = 0;
    for (earned, minor) in earned.values_mut().zip(minors.by_ref()) {
        earned.minor = minor;
        accounts_minor = add(accounts_minor, minor)?;
    }
    let mut next = || minors.next().expect("as many are rounded as were given");
    let (suspense_minor, costs_minor, reserves_minor) = (next(), next(), next());
    let (lines, received, residue) = (total.lines, total.net, posted.residue);
    Ok((earned, Proof { lines, received, accounts_minor, suspense_minor, costs_minor, reserves_minor, residue }))
}

fn add(one: i64, other: i64) -> Result<i64, RoyaltyFault> {
    one.checked_add(other).ok_or(RoyaltyFault::Overflow)
}

/// Settles every account: those whose advances are part of others' costs before those others, for what they recoup is given back there. Where that goes in a
/// circle, what comes back to who was settled already is settled by itself.
fn settle(work: &Work<'_>, earned: &BTreeMap<AccountKey, Earned>) -> Result<Vec<AccountLine>, RoyaltyFault> {
    let openings: BTreeMap<&AccountKey, &Standing> =
        work.run.opening.accounts.iter().map(|line| (&line.account, &line.standing)).collect();
    let nothing = Earned::default();
    let mut given_back = work.given_back.clone();
    let mut lines: BTreeMap<AccountKey, AccountLine> = BTreeMap::new();
    for account in in_order(work, earned) {
        let opening = openings.get(account).copied().cloned().unwrap_or_default();
        let earned = earned.get(account).unwrap_or(&nothing);
        let line = lines.entry(account.clone()).or_insert(opened(work, account, opening, earned));
        let back_minor = given_back.remove(account).unwrap_or(0);
        settle_one(work, line, (earned.minor, back_minor), &mut given_back)?;
    }
    // Each time less is open of advances, so that it comes to an end.
    while let Some((account, back_minor)) = given_back.pop_first() {
        let entry = lines.entry(account);
        let account = entry.key().clone();
        let line = entry.or_insert_with(|| opened(work, &account, Standing::default(), &nothing));
        settle_one(work, line, (0, back_minor), &mut given_back)?;
    }
    Ok(lines.into_values().collect())
}

/// All accounts in the order in which they are settled: whoever gives back to another before that one, as far as they do not do so in a circle.
fn in_order<'a>(work: &'a Work<'_>, earned: &'a BTreeMap<AccountKey, Earned>) -> Vec<&'a AccountKey> {
    let mut lenders: BTreeMap<&AccountKey, BTreeSet<&AccountKey>> = BTreeMap::new();
    for (account, standing) in &work.standings {
        let others = standing.advances.iter().filter_map(|advance| advance.included_in.as_ref());
        let others: BTreeSet<&AccountKey> = others.filter(|other| *other != account).collect();
        if !others.is_empty() {
            lenders.insert(account, others);
        }
    }
    // For how many each of them waits.
    let mut waits: BTreeMap<&AccountKey, usize> = lenders.keys().map(|account| (*account, 0)).collect();
    for other in lenders.values().flatten() {
        if let Some(count) = waits.get_mut(other) {
            *count += 1;
        }
    }
    let mut free: BTreeSet<&AccountKey> =
        waits.iter().filter(|(_, count)| **count == 0).map(|(account, _)| *account).collect();
    let mut rest: BTreeSet<&AccountKey> = earned.keys().chain(work.standings.keys()).collect();
    let mut ordered = Vec::with_capacity(rest.len());
    while let Some(next) = free.pop_first().or_else(|| lenders.keys().next().copied()) {
        for other in lenders.remove(next).unwrap_or_default() {
            if let Some(count) = waits.get_mut(other) {
                *count -= 1;
                if *count == 0 && lenders.contains_key(other) {
                    free.insert(other);
                }
            }
        }
        rest.remove(next);
        ordered.push(next);
    }
    ordered.extend(rest);
    ordered
}

/// An account's line before it is settled.
fn opened(work: &Work<'_>, account: &AccountKey, opening: Standing, earned: &Earned) -> AccountLine {
    let paid_minor = work.paid.get(account).copied().unwrap_or(0);
    AccountLine {
        account: account.clone(),
        opening,
        activity: earned.activity,
        held_minor: earned.held_minor,
        released_minor: earned.released_minor,
        movement: Movement { paid_minor, ..Movement::default() },
        closing: work.standings.get(account).cloned().unwrap_or_default(),
    }
}

/// Settles what an account has earned and what is given back to it, and adds what it gives back to others.
fn settle_one(
    work: &Work<'_>,
    line: &mut AccountLine,
    (earned_minor, back_minor): (i64, i64),
    given_back: &mut BTreeMap<AccountKey, i64>,
) -> Result<(), RoyaltyFault> {
    let through = work.run.period.through;
    let terms = work.run.book.payee(line.account.payee, through);
    let tax = work.run.book.withholding(through).map_or(Share::ZERO, |law| law.rate_of(&terms));
    let (movement, back) = line.closing.settle(earned_minor, back_minor, terms.order, tax)?;
    line.movement.accumulate(&movement)?;
    for (to, minor) in back {
        let sum = given_back.entry(to).or_default();
        *sum = add(*sum, minor)?;
    }
    Ok(())
}

fn payees(run: &Run<'_>, accounts: &[AccountLine]) -> Vec<PayeeLine> {
    let mut balances: BTreeMap<PartyId, i64> = BTreeMap::new();
    for line in accounts {
        let balance = balances.entry(line.account.payee).or_default();
        *balance = balance.saturating_add(line.closing.owed_minor);
    }
    let line = |(payee, balance_minor): (PartyId, i64)| {
        let balance = Money::new(balance_minor, run.currency);
        let payout = run.book.payee(payee, run.period.through).pays(balance, run.period.through);
        PayeeLine { payee, balance_minor, payout }
    };
    balances.into_iter().map(line).collect()
}

/// One line for what is released on one day to the same, so that reserves do not grow with the number of subjects.
fn merged(sorted: Vec<Held>) -> Result<Vec<Held>, RoyaltyFault> {
    let mut merged: Vec<Held> = Vec::with_capacity(sorted.len());
    for held in sorted {
        match merged.last_mut() {
            Some(last) if (last.on, &last.of, &last.rule) == (held.on, &held.of, &held.rule) => {
                last.minor = add(last.minor, held.minor)?;
            }
            _ => merged.push(held),
        }
    }
    Ok(merged)
}
