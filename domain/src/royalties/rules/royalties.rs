//! What is paid under contracts. All royalties are reckoned first, each contract after those that it names; then it is told which of them are paid and which
//! wait for costs, for what an artist has left depends on all who are paid of it.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use super::{
    AccountKey, Base, Contract, Covers, Exact, Fraction, Group, Payable, RecoupedAt, RoyaltyFault, RuleBook, RuleId,
    Subject, Version,
    escalation::{self, Blend, Reached},
    income::hold_of,
    outcome::{Applied, Held, HeldOf, Kind, Passed, Progress},
    place::Piece,
    reserve::HeldAt,
    work::Work,
};

/// What contracts have earned of each sum of lines, by its place.
pub(super) type Earned<'a> = BTreeMap<&'a RuleId, BTreeMap<usize, Exact>>;

/// A sum of lines that a contract earns on.
pub(super) struct Basis<'a> {
    pub(super) version: &'a Version,
    pub(super) contract: &'a Contract,
    pub(super) rate: Fraction,
    /// What the rate is reckoned on.
    pub(super) base: Exact,
    /// How many lines do not say that.
    silent: u64,
}

/// A contract with what it has earned in the period.
struct Reckoned<'a> {
    rule: &'a RuleId,
    /// Its terms of payment: those at the end of the period.
    terms: (&'a Version, &'a Contract),
    royalties: BTreeMap<usize, Exact>,
    /// By which version each was reckoned: the one of the day of use.
    versions: BTreeMap<usize, &'a Version>,
    before: Progress,
    after: Progress,
    applied: BTreeMap<u32, Applied>,
}

/// The account that is paid by a contract.
pub(super) fn paid_account(rule: &RuleId, contract: &Contract) -> AccountKey {
    let group = contract.group.clone().unwrap_or_else(|| Group(rule.0.clone()));
    AccountKey { payee: contract.payee, group }
}

/// The account that bears a contract.
pub(super) fn bearing_account(contract: &Contract) -> AccountKey {
    AccountKey { payee: contract.payer, group: contract.payer_group.clone().unwrap_or_else(Group::shares) }
}

/// What a contract earns on a sum of lines, if anything.
pub(super) fn basis<'a>(
    book: &'a RuleBook,
    places: &[usize],
    (place, piece): (usize, &Piece<'_>),
    earned: &Earned<'_>,
) -> Result<Option<Basis<'a>>, RoyaltyFault> {
    let Some((version, contract)) = book.contract(places, piece.key.used_on) else { return Ok(None) };
    let Some(rate) = contract.rate_for(&piece.subject, piece.key) else { return Ok(None) };
    let base = match (rate.base_of(&piece.totals)?, &rate.base) {
        (Some(base), _) => base,
        (None, Base::RoyaltyOf(of)) if earned.contains_key(of) => royalty_of(earned, of, place),
        (None, Base::RoyaltyOf(of)) => share_of(contract, of, piece)?,
        (None, _) => Exact::ZERO,
    };
    Ok(Some(Basis { version, contract, rate: rate.rate, base, silent: rate.silent(&piece.totals) }))
}

/// What another contract has earned of a sum of lines.
fn royalty_of(earned: &Earned<'_>, of: &RuleId, place: usize) -> Exact {
    earned.get(of).and_then(|royalties| royalties.get(&place)).copied().unwrap_or_default()
}

/// What the payer of a contract has of a sum of lines by a split.
fn share_of(contract: &Contract, split: &RuleId, piece: &Piece<'_>) -> Result<Exact, RoyaltyFault> {
    if piece.version.id != *split {
        return Ok(Exact::ZERO);
    }
    let parts = piece.split.parts.iter().zip(piece.totals.net.divide(&piece.split.weights())?);
    Exact::sum(parts.filter(|(part, _)| part.payee == contract.payer).map(|(_, amount)| amount))
}

/// Pays what is due under contracts: how each was applied, and how far each has come.
pub(super) fn pay<'a>(
    work: &mut Work<'a>,
    pieces: &[Piece<'a>],
) -> Result<(Vec<Applied>, BTreeMap<RuleId, Progress>), RoyaltyFault> {
    let mut contracts = reckon(work, pieces)?;
    let gates: Vec<Gate> =
        contracts.iter().map(|contract| gate(work, &contracts, contract)).collect::<Result<_, _>>()?;
    for (contract, gate) in contracts.iter_mut().zip(gates) {
        transfer(work, pieces, contract, gate)?;
    }
    let mut progress = work.run.opening.contracts.clone();
    progress.extend(contracts.iter().map(|contract| (contract.rule.clone(), contract.after)));
    Ok((contracts.into_iter().flat_map(|contract| contract.applied.into_values()).collect(), progress))
}

fn reckon<'a>(work: &Work<'a>, pieces: &[Piece<'a>]) -> Result<Vec<Reckoned<'a>>, RoyaltyFault> {
    let book = work.run.book;
    let mut by_subject: BTreeMap<&Subject, Vec<usize>> = BTreeMap::new();
    for (place, piece) in pieces.iter().enumerate() {
        by_subject.entry(&piece.subject).or_default().push(place);
    }
    let (mut contracts, mut earned) = (Vec::new(), Earned::new());
    for (rule, places) in book.contracts() {
        let candidates = candidates(book, places, &by_subject, pieces.len());
        let Some(terms) = book.terms(places, work.run.period.through) else { continue };
        let mut grounds = Vec::new();
        for place in candidates {
            if let Some(basis) = basis(book, places, (place, &pieces[place]), &earned)? {
                grounds.push((place, basis));
            }
        }
        let before = work.run.opening.contracts.get(rule).copied().unwrap_or_default();
        let contract = reckon_one(pieces, (rule, terms), before, &grounds)?;
        earned.insert(rule, contract.royalties.clone());
        contracts.push(contract);
    }
    Ok(contracts)
}

/// The places of the sums of lines that a contract may be about.
fn candidates(
    book: &RuleBook,
    places: &[usize],
    by_subject: &BTreeMap<&Subject, Vec<usize>>,
    count: usize,
) -> BTreeSet<usize> {
    let mut candidates = BTreeSet::new();
    for contract in book.contract_versions(places) {
        match &contract.covers {
            Covers::Everything => candidates.extend(0..count),
            Covers::Only(subjects) => {
                candidates.extend(subjects.iter().filter_map(|subject| by_subject.get(subject)).flatten());
            }
        }
    }
    candidates
}

fn reckon_one<'a>(
    pieces: &[Piece<'a>],
    (rule, terms): (&'a RuleId, (&'a Version, &'a Contract)),
    before: Progress,
    grounds: &[(usize, Basis<'a>)],
) -> Result<Reckoned<'a>, RoyaltyFault> {
    let mut period = Reached::default();
    for (place, basis) in grounds {
        period.units.accumulate(pieces[*place].totals.units)?;
        period.base.accumulate(basis.base)?;
    }
    let mut applied: BTreeMap<u32, Applied> = BTreeMap::new();
    let (mut royalties, mut versions) = (BTreeMap::new(), BTreeMap::new());
    let mut after = before;
    for (place, basis) in grounds {
        let applied = match applied.entry(basis.version.number) {
            Entry::Occupied(standing) => standing.into_mut(),
            Entry::Vacant(free) => {
                let escalation = basis.contract.escalation.as_ref();
                let blends = escalation.map_or_else(|| Ok(Vec::new()), |steps| steps.over(before.reached, period))?;
                free.insert(Applied { rule: basis.version.named(), blends, passed: Passed::All, grossless: 0 })
            }
        };
        let royalty = escalated(basis, &applied.blends, pieces[*place].key.used_on)?;
        royalties.insert(*place, royalty);
        versions.insert(*place, basis.version);
        after.earned.accumulate(royalty)?;
        applied.grossless = applied.grossless.checked_add(basis.silent).ok_or(RoyaltyFault::Overflow)?;
    }
    after.reached.units.accumulate(period.units)?;
    after.reached.base.accumulate(period.base)?;
    Ok(Reckoned { rule, terms, royalties, versions, before, after, applied })
}

/// A royalty with what the contract's escalation adds to it, by thresholds or by the day of use.
pub(super) fn escalated(
    basis: &Basis<'_>,
    blends: &[Blend],
    used_on: chrono::NaiveDate,
) -> Result<Exact, RoyaltyFault> {
    let by_day = basis.contract.escalation.as_ref().and_then(|steps| steps.on(used_on));
    let blends: Vec<Blend> = blends.iter().copied().chain(by_day).collect();
    escalation::royalty(basis.base, basis.rate, &blends)
}

/// What of a contract's royalties is paid now.
#[derive(Debug, Clone, Copy)]
struct Gate {
    /// Of the period's.
    passed: Passed,
    /// Of those that had waited.
    waited: Exact,
    /// What waits afterwards.
    waiting: Exact,
    /// Whether the costs are recouped.
    open: bool,
}

fn gate(work: &Work<'_>, contracts: &[Reckoned<'_>], contract: &Reckoned<'_>) -> Result<Gate, RoyaltyFault> {
    let Progress { waiting: waited, open, .. } = contract.before;
    let all = Gate { passed: Passed::All, waited, waiting: Exact::ZERO, open };
    let Payable::AfterCosts { of, recouped_at, retroactive } = &contract.terms.1.payable else { return Ok(all) };
    let Some(artist) = contracts.iter().find(|other| other.rule == of) else { return Ok(all) };
    if open {
        return Ok(all);
    }
    let account = paid_account(artist.rule, artist.terms.1);
    let charged_minor = work.standings.get(&account).map_or(0, |standing| standing.charged_minor);
    let costs = Exact::of_minor(charged_minor, work.run.currency);
    let (mut before, mut after) = (artist.before.earned, artist.after.earned);
    if *recouped_at == RecoupedAt::NetRate {
        for borne in contracts.iter().filter(|other| bearing_account(other.terms.1) == account) {
            before = before.minus(borne.before.earned)?;
            after = after.minus(borne.after.earned)?;
        }
    }
    // Before anything is charged and earned, nothing is recouped.
    if after < costs || (costs == Exact::ZERO && after == Exact::ZERO) {
        // Nobody waits for what will not be paid.
        let period = contract.after.earned.minus(contract.before.earned)?;
        let waiting = if *retroactive { waited.plus(period)? } else { Exact::ZERO };
        return Ok(Gate { passed: Passed::Nothing, waited: Exact::ZERO, waiting, open: false });
    }
    let opened = Gate { open: true, ..all };
    if *retroactive || before >= costs {
        return Ok(opened);
    }
    let passed = Passed::Part { part: after.minus(costs)?, of: after.minus(before)? };
    Ok(Gate { passed, waited: Exact::ZERO, ..opened })
}

/// Moves what is paid from the payer to the payee.
fn transfer(
    work: &mut Work<'_>,
    pieces: &[Piece<'_>],
    contract: &mut Reckoned<'_>,
    gate: Gate,
) -> Result<(), RoyaltyFault> {
    let (version, terms) = contract.terms;
    let (paid, bearing, named) = (paid_account(contract.rule, terms), bearing_account(terms), version.named());
    let reserve = terms.reserve.as_ref();
    let (mut paid_out, mut reservable) = (Exact::ZERO, Exact::ZERO);
    for ((&place, &royalty), by) in contract.royalties.iter().zip(contract.versions.values()) {
        let (piece, amount) = (&pieces[place], gate.passed.of(royalty)?);
        if amount != Exact::ZERO {
            let (by, units, subject) = (by.named(), piece.totals.units, Some(&piece.subject));
            work.act(&paid, &by, subject, Kind::Royalty, units, amount)?;
            work.act(&bearing, &by, subject, Kind::Borne, units, amount.negated()?)?;
        }
        paid_out.accumulate(amount)?;
        if reserve.is_some_and(|reserve| reserve.holds_of(piece.key)) {
            reservable.accumulate(amount)?;
        }
    }
    if gate.waited != Exact::ZERO {
        work.act(&paid, &named, None, Kind::Retroactive, Exact::ZERO, gate.waited)?;
        work.act(&bearing, &named, None, Kind::Borne, Exact::ZERO, gate.waited.negated()?)?;
    }
    if let Some(reserve) = reserve {
        // What returns have taken of it is not there to be held.
        let held_minor = reserve.held_minor(reservable.min(paid_out), work.run.currency)?;
        let plan = reserve.plan(held_minor, work.run.period.through)?;
        match reserve.held_at {
            HeldAt::AfterRate => hold_of(work, &paid, &named, &plan)?,
            HeldAt::BeforeRate => {
                let held = Exact::of_minor(held_minor, work.run.currency);
                work.act(&paid, &named, None, Kind::HeldBase, Exact::ZERO, held.negated()?)?;
                work.act(&bearing, &named, None, Kind::HeldBase, Exact::ZERO, held)?;
                let of = HeldOf::Base { account: paid, payer: bearing };
                let held = plan.into_iter().map(|(on, minor)| Held { on, of: of.clone(), rule: named.clone(), minor });
                work.reserves.extend(held);
            }
        }
    }
    contract.after.waiting = gate.waiting;
    contract.after.open = gate.open;
    for applied in contract.applied.values_mut() {
        applied.passed = gate.passed;
    }
    Ok(())
}
