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
use crate::{ids::PartyId, money::Currency, share::Share};

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

/// Settles every account: those whose advances are part of others' costs first, for what they recoup is given back there.
fn settle(work: &Work<'_>, earned: &BTreeMap<AccountKey, Earned>) -> Result<Vec<AccountLine>, RoyaltyFault> {
    let openings: BTreeMap<&AccountKey, &Standing> =
        work.run.opening.accounts.iter().map(|line| (&line.account, &line.standing)).collect();
    let all: BTreeSet<&AccountKey> = earned.keys().chain(work.standings.keys()).collect();
    let mut given_back: BTreeMap<AccountKey, i64> = BTreeMap::new();
    let mut lines = BTreeMap::new();
    let (first, then): (Vec<&AccountKey>, Vec<&AccountKey>) =
        all.into_iter().partition(|account| is_lent(work, account));
    for account in first.into_iter().chain(then) {
        let back_minor = given_back.remove(account).unwrap_or(0);
        let opening = openings.get(account).copied().cloned().unwrap_or_default();
        let (line, back) = settle_one(work, (account, opening), earned.get(account), back_minor)?;
        for (to, minor) in back {
            refuse_chain(work, account, &to)?;
            let sum = given_back.entry(to).or_default();
            *sum = add(*sum, minor)?;
        }
        lines.insert(account.clone(), line);
    }
    // Accounts that stood in no book so far.
    for (account, back_minor) in given_back {
        let (line, _) = settle_one(work, (&account, Standing::default()), None, back_minor)?;
        lines.insert(account, line);
    }
    Ok(lines.into_values().collect())
}

/// Whether an account has advances that are part of others' costs.
fn is_lent(work: &Work<'_>, account: &AccountKey) -> bool {
    let lent = |standing: &Standing| standing.advances.iter().any(|advance| advance.included_in.is_some());
    work.standings.get(account).is_some_and(lent)
}

fn refuse_chain(work: &Work<'_>, from: &AccountKey, to: &AccountKey) -> Result<(), RoyaltyFault> {
    if !is_lent(work, to) {
        return Ok(());
    }
    let mut advances = work.standings.get(from).into_iter().flat_map(|standing| &standing.advances);
    let charge =
        advances.find(|advance| advance.included_in.as_ref() == Some(to)).map(|advance| advance.charge.clone());
    Err(RoyaltyFault::Chain { charge: charge.unwrap_or_default() })
}

/// Settles one account: its line, and what is given back to others.
fn settle_one(
    work: &Work<'_>,
    (account, opening): (&AccountKey, Standing),
    earned: Option<&Earned>,
    back_minor: i64,
) -> Result<(AccountLine, Vec<(AccountKey, i64)>), RoyaltyFault> {
    let nothing = Earned::default();
    let earned = earned.unwrap_or(&nothing);
    let through = work.run.period.through;
    let terms = work.run.book.payee(account.payee, through);
    let tax = work.run.book.withholding(through).map_or(Share::ZERO, |law| law.rate_of(&terms));
    let mut closing = work.standings.get(account).cloned().unwrap_or_default();
    let (movement, given_back) = closing.settle(earned.minor, back_minor, terms.order, tax)?;
    let movement = Movement { paid_minor: work.paid.get(account).copied().unwrap_or(0), ..movement };
    let line = AccountLine {
        account: account.clone(),
        opening,
        activity: earned.activity,
        held_minor: earned.held_minor,
        released_minor: earned.released_minor,
        movement,
        closing,
    };
    Ok((line, given_back))
}

fn payees(run: &Run<'_>, accounts: &[AccountLine]) -> Vec<PayeeLine> {
    let mut balances: BTreeMap<PartyId, i64> = BTreeMap::new();
    for line in accounts {
        let balance = balances.entry(line.account.payee).or_default();
        *balance = balance.saturating_add(line.closing.owed_minor);
    }
    let line = |(payee, balance_minor): (PartyId, i64)| {
        let payout = run.book.payee(payee, run.period.through).pays(balance_minor, run.period.through);
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
