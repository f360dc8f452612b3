//! Of parties that became one since, one. What was signed names them as they were, and stays; what is reckoned with names who took their place, so that one payee
//! has one account for each group, and one set of terms.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    AccountKey, AccountStanding, Charge, ChargedTo, Covers, Group, HeldOf, Part, RoyaltyFault, Rule, RuleId, Standing,
    State, Subject, Version,
};
use crate::{ids::PartyId, share::Share};

/// Who took whose place.
pub type Successors = HashMap<PartyId, PartyId>;

fn lead(party: &mut PartyId, successors: &Successors) {
    if let Some(successor) = successors.get(party) {
        *party = *successor;
    }
}

fn lead_account(account: &mut AccountKey, successors: &Successors) {
    lead(&mut account.payee, successors);
}

impl Rule {
    /// Whom it names.
    pub fn parties(&self) -> Vec<PartyId> {
        match self {
            Self::Split(split) => split.parts.iter().map(|part| part.payee).collect(),
            Self::Contract(contract) => vec![contract.payer, contract.payee],
            Self::Payee(terms) => vec![terms.payee],
            Self::Album(_) | Self::Withholding(_) => Vec::new(),
        }
    }

    /// Which recordings, works and releases it names.
    pub fn subjects(&self) -> Vec<Subject> {
        match self {
            Self::Split(split) => vec![split.subject.clone()],
            Self::Album(album) => album.tracks.iter().map(|(recording, _)| Subject::Recording(*recording)).collect(),
            Self::Contract(contract) => match &contract.covers {
                Covers::Everything => Vec::new(),
                Covers::Only(subjects) => subjects.iter().cloned().collect(),
            },
            Self::Payee(_) | Self::Withholding(_) => Vec::new(),
        }
    }

    /// Which groups of accounts it names.
    pub fn groups(&self) -> Vec<&Group> {
        match self {
            Self::Split(split) => split.parts.iter().filter_map(|part| part.group.as_ref()).collect(),
            Self::Contract(contract) => contract.payer_group.iter().chain(&contract.group).collect(),
            Self::Album(_) | Self::Payee(_) | Self::Withholding(_) => Vec::new(),
        }
    }

    fn lead(&mut self, successors: &Successors) {
        match self {
            Self::Split(split) => {
                for part in &mut split.parts {
                    lead(&mut part.payee, successors);
                }
                split.parts = folded(std::mem::take(&mut split.parts));
            }
            Self::Contract(contract) => {
                lead(&mut contract.payer, successors);
                lead(&mut contract.payee, successors);
            }
            Self::Payee(terms) => lead(&mut terms.payee, successors),
            Self::Album(_) | Self::Withholding(_) => {}
        }
    }
}

/// One part for each payee and group, where the first of them stood.
fn folded(parts: Vec<Part>) -> Vec<Part> {
    let mut folded: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts {
        match folded.iter_mut().find(|other| (other.payee, &other.group) == (part.payee, &part.group)) {
            Some(standing) => {
                let ppm = standing.share.ppm().saturating_add(part.share.ppm());
                // Parts are the whole at the most.
                standing.share = Share::from_ppm(ppm).unwrap_or(Share::WHOLE);
            }
            None => folded.push(part),
        }
    }
    folded
}

/// Rules with everybody led on to who took their place. Of the terms of payees who are one now, those of who is there hold, or else those of the rule named first.
pub fn succeeded(mut versions: Vec<Version>, successors: &Successors) -> Vec<Version> {
    if successors.is_empty() {
        return versions;
    }
    let terms = |version: &Version| if let Rule::Payee(terms) = &version.rule { Some(terms.payee) } else { None };
    let present: BTreeSet<PartyId> =
        versions.iter().filter_map(terms).filter(|payee| !successors.contains_key(payee)).collect();
    let mut named: BTreeMap<PartyId, RuleId> = BTreeMap::new();
    for version in &versions {
        if let Some(successor) = terms(version).and_then(|payee| successors.get(&payee)) {
            let first = named.entry(*successor).or_insert_with(|| version.id.clone());
            if version.id < *first {
                *first = version.id.clone();
            }
        }
    }
    versions.retain(|version| match terms(version).and_then(|payee| successors.get(&payee)) {
        None => true,
        Some(successor) => !present.contains(successor) && named.get(successor) == Some(&version.id),
    });
    for version in &mut versions {
        version.rule.lead(successors);
    }
    versions
}

impl Charge {
    /// The charge with everybody led on to who took their place. An advance may be included in the very account that it was paid to then: what is recouped of it
    /// comes back there, for it is among that account's costs already.
    #[must_use]
    pub fn succeeded(mut self, successors: &Successors) -> Self {
        match &mut self.to {
            ChargedTo::Shared { .. } => {}
            ChargedTo::Cost { account } | ChargedTo::Payment { account } => lead_account(account, successors),
            ChargedTo::Advance { account, included_in } => {
                lead_account(account, successors);
                if let Some(other) = included_in {
                    lead_account(other, successors);
                }
            }
        }
        self
    }
}

impl State {
    /// How everything stands with everybody led on to who took their place: accounts of one payee and group become one.
    pub fn succeeded(self, successors: &Successors) -> Result<Self, RoyaltyFault> {
        if successors.is_empty() {
            return Ok(self);
        }
        let mut accounts: BTreeMap<AccountKey, Standing> = BTreeMap::new();
        for AccountStanding { mut account, standing } in self.accounts {
            lead_account(&mut account, successors);
            accounts.entry(account).or_default().join(standing)?;
        }
        for standing in accounts.values_mut() {
            for other in standing.advances.iter_mut().filter_map(|advance| advance.included_in.as_mut()) {
                lead_account(other, successors);
            }
            standing.advances.sort();
        }
        let mut reserves = self.reserves;
        for held in &mut reserves {
            match &mut held.of {
                HeldOf::Income { .. } => {}
                HeldOf::Earnings { account } => lead_account(account, successors),
                HeldOf::Base { account, payer } => {
                    lead_account(account, successors);
                    lead_account(payer, successors);
                }
            }
        }
        reserves.sort();
        let accounts = accounts.into_iter().map(|(account, standing)| AccountStanding { account, standing });
        Ok(Self { accounts: accounts.collect(), reserves, ..self })
    }
}

impl Standing {
    /// Adds how another account stood. What is owed and what is below nothing stay side by side: the next period sets them off.
    fn join(&mut self, other: Self) -> Result<(), RoyaltyFault> {
        let sum = |one: i64, other: i64| one.checked_add(other).ok_or(RoyaltyFault::Overflow);
        self.owed_minor = sum(self.owed_minor, other.owed_minor)?;
        self.deficit_minor = sum(self.deficit_minor, other.deficit_minor)?;
        self.costs_minor = sum(self.costs_minor, other.costs_minor)?;
        self.charged_minor = sum(self.charged_minor, other.charged_minor)?;
        self.advances.extend(other.advances);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        money::{Currency, Money},
        royalties::rules::{
            Base, Payee, RuleBook, RuleRef,
            payee::ORDER,
            tests::{account, contract, party, percent, rate, recording, split, under, version},
        },
    };

    fn terms(n: u128, minimum_minor: i64) -> Version {
        let minimum = Some(Money::new(minimum_minor, Currency::EUR));
        let payee = party(n);
        let terms = Payee { payee, country: None, treaty: None, minimum, hold: None, order: ORDER };
        version(&format!("payee-{n}"), Rule::Payee(terms))
    }

    fn merged() -> Successors {
        HashMap::from([(party(2), party(1))])
    }

    #[test]
    fn rules_of_two_who_became_one_hold_beside_each_other() {
        let versions = vec![
            split("one", recording(1), &[(party(1), 60), (party(2), 30), (party(3), 10)]),
            under("deal", contract(party(1), party(2), vec![rate(Base::NetReceipts, 1, 10)])),
            terms(2, 500),
            terms(1, 100),
        ];
        let book = RuleBook::new(succeeded(versions, &merged())).unwrap();
        let named = |rule: &str| book.find(&RuleRef { rule: RuleId(rule.to_owned()), number: 1 });
        let Some(Rule::Split(split)) = named("one").map(|version| version.rule.clone()) else { unreachable!() };
        let parts: Vec<_> = split.parts.iter().map(|part| (part.payee, part.share)).collect();
        assert_eq!(parts, [(party(1), percent(90)), (party(3), percent(10))]);
        assert!(named("payee-1").is_some() && named("payee-2").is_none());
    }

    #[test]
    fn accounts_of_two_who_became_one_are_one() {
        let standing = |owed_minor, deficit_minor| Standing { owed_minor, deficit_minor, ..Standing::default() };
        let of = |n, standing| AccountStanding { account: account(party(n), "shares"), standing };
        let state = State { accounts: vec![of(1, standing(100, 0)), of(2, standing(20, 5))], ..State::default() };
        let joined = state.succeeded(&merged()).unwrap();
        assert_eq!(joined.accounts, [of(1, standing(120, 5))]);
    }
}
