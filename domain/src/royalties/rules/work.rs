//! What is written down while a period is reckoned.

use std::collections::BTreeMap;

use super::{
    AccountKey, Album, Charge, Exact, RoyaltyFault, RuleRef, Run, Subject,
    account::Standing,
    charge::{self, ChargedTo},
    outcome::{Activity, Held, HeldOf, Kind},
};

/// By what activities are summed.
type ActivityKey = (AccountKey, RuleRef, Option<Subject>, Kind);

/// The books of a period while it is reckoned.
#[derive(Debug)]
pub(super) struct Work<'a> {
    pub(super) run: &'a Run<'a>,
    activities: BTreeMap<ActivityKey, (Exact, Exact)>,
    /// How accounts stand with what is charged to them in the period.
    pub(super) standings: BTreeMap<AccountKey, Standing>,
    /// What was paid of accounts.
    pub(super) paid: BTreeMap<AccountKey, i64>,
    /// What accounts are given back of charges that were taken back.
    pub(super) given_back: BTreeMap<AccountKey, i64>,
    /// What is held back and not due, with what this period adds.
    pub(super) reserves: Vec<Held>,
    /// What is due to be released of it.
    due: Vec<Held>,
    /// What is held of accounts' earnings and what is released to them.
    pub(super) aside: BTreeMap<AccountKey, (i64, i64)>,
    /// What is held of income less what is released to it.
    pub(super) income_held_minor: i64,
    /// What is open of shared costs.
    pub(super) costs: BTreeMap<Subject, Exact>,
    /// What was paid for of them.
    pub(super) recovered: BTreeMap<Subject, Exact>,
}

impl<'a> Work<'a> {
    /// Opens the books: how everything stood, what is charged since, and what is due of reserves.
    pub(super) fn open(run: &'a Run<'a>) -> Result<Self, RoyaltyFault> {
        charge::check(run.charges, run.currency, run.period.through)?;
        let opening = &run.opening.accounts;
        let (due, reserves) = run.opening.reserves.iter().cloned().partition(|held| held.on <= run.period.through);
        let mut work = Self {
            run,
            activities: BTreeMap::new(),
            standings: opening.iter().map(|line| (line.account.clone(), line.standing.clone())).collect(),
            paid: BTreeMap::new(),
            given_back: BTreeMap::new(),
            reserves,
            due,
            aside: BTreeMap::new(),
            income_held_minor: 0,
            costs: run.opening.costs.clone(),
            recovered: BTreeMap::new(),
        };
        let mut charges: Vec<&Charge> = run.charges.iter().collect();
        // The sort is stable.
        charges.sort_by_key(|charge| charge.turn());
        for charge in charges {
            match (&charge.to, &charge.reverses) {
                (ChargedTo::Shared { subject }, _) => {
                    work.share_cost(subject, charge.on, Exact::of_minor(charge.amount.minor, run.currency))?;
                }
                (ChargedTo::Cost { account } | ChargedTo::Advance { account, .. }, Some(reverses)) => {
                    let given_back = work.standings.entry(account.clone()).or_default().reverse(charge, reverses)?;
                    for (to, minor) in given_back.into_iter().filter(|(_, minor)| *minor != 0) {
                        let sum = work.given_back.entry(to).or_default();
                        *sum = sum.checked_add(minor).ok_or(RoyaltyFault::Overflow)?;
                    }
                }
                (
                    ChargedTo::Cost { account } | ChargedTo::Advance { account, .. } | ChargedTo::Payment { account },
                    _,
                ) => {
                    let paid = work.standings.entry(account.clone()).or_default().charge(account, charge)?;
                    let sum = work.paid.entry(account.clone()).or_default();
                    *sum = sum.checked_add(paid).ok_or(RoyaltyFault::Overflow)?;
                }
            }
        }
        Ok(work)
    }

    fn share_cost(&mut self, subject: &Subject, on: chrono::NaiveDate, amount: Exact) -> Result<(), RoyaltyFault> {
        let Subject::Release(release) = subject else {
            return self.costs.entry(subject.clone()).or_default().accumulate(amount);
        };
        let none = || RoyaltyFault::NoTracks { subject: subject.clone() };
        let album: &Album = self.run.book.album(release, on).ok_or_else(none)?;
        for ((recording, _), part) in album.tracks.iter().zip(amount.divide(&album.weights())?) {
            self.costs.entry(Subject::Recording(*recording)).or_default().accumulate(part)?;
        }
        Ok(())
    }

    /// Writes down what an account has earned.
    pub(super) fn act(
        &mut self,
        account: &AccountKey,
        rule: &RuleRef,
        subject: Option<&Subject>,
        kind: Kind,
        units: Exact,
        amount: Exact,
    ) -> Result<(), RoyaltyFault> {
        let key = (account.clone(), rule.clone(), subject.cloned(), kind);
        let (all_units, all) = self.activities.entry(key).or_default();
        all_units.accumulate(units)?;
        all.accumulate(amount)
    }

    /// Holds so much of an account's earnings back.
    pub(super) fn set_aside(&mut self, account: &AccountKey, minor: i64) -> Result<(), RoyaltyFault> {
        let (held, _) = self.aside.entry(account.clone()).or_default();
        *held = held.checked_add(minor).ok_or(RoyaltyFault::Overflow)?;
        Ok(())
    }

    /// Releases what is due of income: of what, under which version, how much.
    pub(super) fn release_income(&mut self) -> Result<Vec<(Subject, RuleRef, i64)>, RoyaltyFault> {
        let mut released = Vec::new();
        for held in &self.due {
            if let HeldOf::Income { subject } = &held.of {
                self.income_held_minor =
                    self.income_held_minor.checked_sub(held.minor).ok_or(RoyaltyFault::Overflow)?;
                released.push((subject.clone(), held.rule.clone(), held.minor));
            }
        }
        Ok(released)
    }

    /// Releases what is due to accounts.
    pub(super) fn release_earnings(&mut self) -> Result<(), RoyaltyFault> {
        for held in std::mem::take(&mut self.due) {
            match &held.of {
                HeldOf::Income { .. } => {}
                HeldOf::Earnings { account } => {
                    let (_, released) = self.aside.entry(account.clone()).or_default();
                    *released = released.checked_add(held.minor).ok_or(RoyaltyFault::Overflow)?;
                }
                HeldOf::Base { account, payer } => {
                    let amount = Exact::of_minor(held.minor, self.run.currency);
                    self.act(account, &held.rule, None, Kind::HeldBase, Exact::ZERO, amount)?;
                    self.act(payer, &held.rule, None, Kind::HeldBase, Exact::ZERO, amount.negated()?)?;
                }
            }
        }
        Ok(())
    }

    /// The activities, in the order of their keys; what comes to nothing is left out.
    pub(super) fn activities(&self) -> Vec<Activity> {
        let some =
            self.activities.iter().filter(|(_, (units, amount))| (*units, *amount) != (Exact::ZERO, Exact::ZERO));
        some.map(|((account, rule, subject, kind), &(units, amount))| Activity {
            account: account.clone(),
            rule: rule.clone(),
            subject: subject.clone(),
            kind: *kind,
            units,
            amount,
        })
        .collect()
    }
}
