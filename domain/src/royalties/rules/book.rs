//! Rules as versioned values: each version has an effective date, names the document it comes from, and never changes once money has followed it. The book
//! is checked as a whole when it is made, so that reckoning meets no rule that cannot be.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{
    Album, Base, Contract, Grain, Payee, Rate, RoyaltyFault, RuleId, RuleRef, Split, Subject, Withholding,
    outcome::canonical,
};
use crate::{catalog::Sha256, identifiers::Ean, ids::PartyId};

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Whose the income of a recording or work is.
    Split(Split),
    /// Over which tracks a release's income is spread.
    Album(Album),
    /// What one party pays another.
    Contract(Box<Contract>),
    /// How a payee is paid.
    Payee(Payee),
    /// What is withheld for tax. There is one such rule.
    Withholding(Withholding),
}

/// What rule it is and of what: all versions of one say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum About<'a> {
    Split(&'a Subject),
    Album(&'a Ean),
    Contract(PartyId, PartyId),
    Payee(PartyId),
    Withholding,
}

impl Rule {
    fn about(&self) -> About<'_> {
        match self {
            Self::Split(split) => About::Split(&split.subject),
            Self::Album(album) => About::Album(&album.release),
            Self::Contract(contract) => About::Contract(contract.payer, contract.payee),
            Self::Payee(terms) => About::Payee(terms.payee),
            Self::Withholding(_) => About::Withholding,
        }
    }

    fn problem(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Split(split) => split.problem(),
            Self::Album(album) => album.problem(),
            Self::Contract(contract) => contract.problem(),
            Self::Payee(terms) => terms.problem(),
            Self::Withholding(_) => None,
        }
    }
}

/// A version of a rule.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// The rule.
    pub id: RuleId,
    /// Its number; of the versions that are effective the highest holds.
    pub number: u32,
    /// From which day of use it holds.
    pub effective_on: NaiveDate,
    /// SHA-256 of the document that was signed, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_sha256: Option<Sha256>,
    /// What it says.
    pub rule: Rule,
}

impl Version {
    /// What it is called.
    pub fn named(&self) -> RuleRef {
        RuleRef { rule: self.id.clone(), number: self.number }
    }

    const fn split(&self) -> Option<&Split> {
        if let Rule::Split(split) = &self.rule { Some(split) } else { None }
    }

    const fn album(&self) -> Option<&Album> {
        if let Rule::Album(album) = &self.rule { Some(album) } else { None }
    }

    fn contract(&self) -> Option<&Contract> {
        if let Rule::Contract(contract) = &self.rule { Some(contract) } else { None }
    }

    const fn payee(&self) -> Option<&Payee> {
        if let Rule::Payee(terms) = &self.rule { Some(terms) } else { None }
    }

    const fn withholding(&self) -> Option<&Withholding> {
        if let Rule::Withholding(law) = &self.rule { Some(law) } else { None }
    }
}

/// Where in the book the versions of one rule stand, the lowest number first.
type Places = Vec<usize>;

/// A set of rules that can be reckoned with.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Vec<Version>", into = "Vec<Version>")]
pub struct RuleBook {
    /// By rule and number.
    versions: Vec<Version>,
    splits: BTreeMap<Subject, Places>,
    albums: BTreeMap<Ean, Places>,
    payees: BTreeMap<PartyId, Places>,
    withholding: Places,
    /// In an order in which none waits for a later one.
    contracts: Vec<(RuleId, Places)>,
    grain: Grain,
}

impl RuleBook {
    /// Checks rules and makes a book of them, in whatever order they come.
    pub fn new(mut versions: Vec<Version>) -> Result<Self, RoyaltyFault> {
        versions.sort_by(|one, other| (&one.id, one.number).cmp(&(&other.id, other.number)));
        check(&versions)?;
        let mut book = Self {
            splits: BTreeMap::new(),
            albums: BTreeMap::new(),
            payees: BTreeMap::new(),
            withholding: Places::new(),
            contracts: Vec::new(),
            grain: Grain::default(),
            versions,
        };
        let mut contracts: BTreeMap<RuleId, Places> = BTreeMap::new();
        for (place, version) in book.versions.iter().enumerate() {
            match &version.rule {
                Rule::Split(split) => book.splits.entry(split.subject.clone()).or_default().push(place),
                Rule::Album(album) => book.albums.entry(album.release.clone()).or_default().push(place),
                Rule::Payee(terms) => book.payees.entry(terms.payee).or_default().push(place),
                Rule::Withholding(_) => book.withholding.push(place),
                Rule::Contract(_) => contracts.entry(version.id.clone()).or_default().push(place),
            }
        }
        book.grain = grain(&book.versions);
        book.contracts = in_order(&book.versions, contracts)?;
        Ok(book)
    }

    /// The versions, by rule and number.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// What it comes to as bytes: JSON without spaces, in one order.
    pub fn canonical(&self) -> Vec<u8> {
        canonical(&self.versions)
    }

    /// The hash of those bytes.
    pub fn sha256(&self) -> Sha256 {
        Sha256::of(&self.canonical())
    }

    /// Which particulars of lines its rules ask for.
    pub const fn grain(&self) -> Grain {
        self.grain
    }

    /// Whether somebody has said whose the income of a subject is: of a recording or work by a split, of a release by its tracks. What it does not cover waits.
    pub fn covers(&self, subject: &Subject, on: NaiveDate) -> bool {
        match subject {
            Subject::Release(release) => self.album(release, on).is_some(),
            Subject::Recording(_) | Subject::Work(_) => self.split(subject, on).is_some(),
        }
    }

    /// A version by its name.
    pub fn find(&self, named: &RuleRef) -> Option<&Version> {
        let place =
            self.versions.binary_search_by(|version| (&version.id, version.number).cmp(&(&named.rule, named.number)));
        place.ok().map(|place| &self.versions[place])
    }

    fn at(&self, places: &[usize]) -> impl DoubleEndedIterator<Item = &Version> {
        places.iter().map(move |&place| &self.versions[place])
    }

    fn effective(&self, places: &[usize], on: NaiveDate) -> Option<&Version> {
        self.at(places).rev().find(|version| version.effective_on <= on)
    }

    /// The split of what is used on a day: the one effective then, else, as for what was sold before anything was signed, the first.
    pub(super) fn split(&self, subject: &Subject, on: NaiveDate) -> Option<(&Version, &Split)> {
        let places = self.splits.get(subject)?;
        let version = self.effective(places, on).or_else(|| self.at(places).next())?;
        version.split().map(|split| (version, split))
    }

    /// The tracks of a release on a day, or at first.
    pub(super) fn album(&self, release: &Ean, on: NaiveDate) -> Option<&Album> {
        let places = self.albums.get(release)?;
        self.effective(places, on).or_else(|| self.at(places).next())?.album()
    }

    /// The contracts, each after those that it waits for.
    pub(super) fn contracts(&self) -> impl Iterator<Item = (&RuleId, &[usize])> {
        self.contracts.iter().map(|(rule, places)| (rule, places.as_slice()))
    }

    /// Of a contract's versions the one effective on a day. Before any is there is none.
    pub(super) fn contract(&self, places: &[usize], on: NaiveDate) -> Option<(&Version, &Contract)> {
        let version = self.effective(places, on)?;
        version.contract().map(|contract| (version, contract))
    }

    /// A contract's terms of payment in a period that ends on a day: those of the version effective then, or of the newest if none is yet.
    pub(super) fn terms(&self, places: &[usize], through: NaiveDate) -> Option<(&Version, &Contract)> {
        let version = self.effective(places, through).or_else(|| self.at(places).next_back())?;
        version.contract().map(|contract| (version, contract))
    }

    /// All versions of a contract.
    pub(super) fn contract_versions(&self, places: &[usize]) -> impl Iterator<Item = &Contract> {
        self.at(places).filter_map(Version::contract)
    }

    /// A version of a split by its name.
    pub(super) fn split_named(&self, named: &RuleRef) -> Option<(&Version, &Split)> {
        let version = self.find(named)?;
        version.split().map(|split| (version, split))
    }

    /// A payee's terms on a day.
    pub(super) fn payee(&self, payee: PartyId, on: NaiveDate) -> Payee {
        let terms = self.payees.get(&payee).and_then(|places| self.effective(places, on)?.payee());
        terms.cloned().unwrap_or_else(|| Payee::unknown(payee))
    }

    /// What is withheld on a day, if anything is.
    pub(super) fn withholding(&self, on: NaiveDate) -> Option<&Withholding> {
        self.effective(&self.withholding, on)?.withholding()
    }
}

impl TryFrom<Vec<Version>> for RuleBook {
    type Error = RoyaltyFault;
    fn try_from(versions: Vec<Version>) -> Result<Self, RoyaltyFault> {
        Self::new(versions)
    }
}

impl From<RuleBook> for Vec<Version> {
    fn from(book: RuleBook) -> Self {
        book.versions
    }
}

/// Checks each version, and the versions of each rule against each other.
fn check(versions: &[Version]) -> Result<(), RoyaltyFault> {
    for pair in versions.windows(2) {
        let (one, next) = (&pair[0], &pair[1]);
        if one.id == next.id && one.number == next.number {
            return Err(RoyaltyFault::Twice { rule: one.id.clone(), number: one.number });
        }
        if one.id == next.id && one.rule.about() != next.rule.about() {
            return Err(RoyaltyFault::Changed { rule: one.id.clone() });
        }
    }
    let mut owners: BTreeMap<About<'_>, &RuleId> = BTreeMap::new();
    for version in versions {
        if let Some((field, problem)) = version.rule.problem() {
            return Err(RoyaltyFault::Rule { rule: version.id.clone(), number: version.number, field, problem });
        }
        // Two parties may have any number of contracts.
        if matches!(version.rule, Rule::Contract(_)) {
            continue;
        }
        let owner = *owners.entry(version.rule.about()).or_insert(&version.id);
        if *owner != version.id {
            return Err(RoyaltyFault::Rival { one: owner.clone(), other: version.id.clone() });
        }
    }
    Ok(())
}

impl Grain {
    /// Which particulars rules ask for.
    pub fn asked_by(versions: &[Version]) -> Self {
        grain(versions)
    }
}

fn grain(versions: &[Version]) -> Grain {
    let mut grain = Grain::default();
    for version in versions {
        let (rates, reserve): (Vec<&Rate>, _) = match &version.rule {
            Rule::Split(split) => (Vec::new(), split.reserve.as_ref()),
            Rule::Contract(contract) => (contract.rates.iter().collect(), contract.reserve.as_ref()),
            Rule::Album(_) | Rule::Payee(_) | Rule::Withholding(_) => continue,
        };
        grain.channel |= reserve.is_some_and(|reserve| !reserve.channels.is_empty());
        for Rate { when, .. } in rates {
            grain.territory |= !when.territories.is_empty();
            grain.channel |= !when.channels.is_empty();
            grain.format |= !when.formats.is_empty();
            grain.source |= !when.sources.is_empty();
        }
    }
    grain
}

/// Contracts in an order in which none waits for a later one.
fn in_order(
    versions: &[Version],
    mut waiting: BTreeMap<RuleId, Places>,
) -> Result<Vec<(RuleId, Places)>, RoyaltyFault> {
    let rules: BTreeSet<&RuleId> = versions.iter().map(|version| &version.id).collect();
    let mut needs: BTreeMap<&RuleId, BTreeSet<&RuleId>> = BTreeMap::new();
    for version in versions {
        let Some(contract) = version.contract() else { continue };
        let named = contract.waits_for();
        if let Some(unknown) = named.iter().find(|named| !may_be_named(versions, &rules, contract, named)) {
            return Err(RoyaltyFault::Unknown { rule: version.id.clone(), named: (*unknown).clone() });
        }
        needs.entry(&version.id).or_default().extend(named);
    }
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let free =
            |rule: &&RuleId| needs.get(*rule).is_none_or(|needs| needs.iter().all(|need| !waiting.contains_key(*need)));
        let ready: Vec<RuleId> = waiting.keys().filter(free).cloned().collect();
        if ready.is_empty() {
            let rule = waiting.into_keys().next().expect("something is waiting");
            return Err(RoyaltyFault::Circle { rule });
        }
        for rule in ready {
            if let Some(places) = waiting.remove(&rule) {
                ordered.push((rule, places));
            }
        }
    }
    Ok(ordered)
}

/// Whether a contract can wait for a rule: a contract, or a split whose parts its payer may have.
fn may_be_named(versions: &[Version], rules: &BTreeSet<&RuleId>, of: &Contract, named: &RuleId) -> bool {
    let is_base = || of.rates.iter().any(|rate| matches!(&rate.base, Base::RoyaltyOf(rule) if rule == named));
    rules.contains(named)
        && versions.iter().filter(|version| version.id == *named).all(|version| match &version.rule {
            // Points of a royalty are borne by who earns it.
            Rule::Contract(other) => !is_base() || other.payee == of.payer,
            Rule::Split(_) => is_base(),
            Rule::Album(_) | Rule::Payee(_) | Rule::Withholding(_) => false,
        })
}
