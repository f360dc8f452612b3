//! How the income of recordings and works is divided: reserves and shared costs come out of it first, then everybody has their share.

use std::collections::BTreeMap;

use super::{
    AccountKey, Exact, Group, RoyaltyFault, RuleRef, Split, Subject, Version,
    outcome::{Held, HeldOf, Kind},
    place::Piece,
    reserve::HeldAt,
    split::Losses,
    work::Work,
};

/// What is divided by one version of a split.
struct Income<'a> {
    version: &'a Version,
    split: &'a Split,
    net: Exact,
    units: Exact,
    /// What of the net a reserve is held of.
    reservable: Exact,
}

impl<'a> Income<'a> {
    const fn new(version: &'a Version, split: &'a Split) -> Self {
        Self { version, split, net: Exact::ZERO, units: Exact::ZERO, reservable: Exact::ZERO }
    }
}

/// By recording or work, and version, the lowest number first.
type Pools<'a> = BTreeMap<Subject, BTreeMap<u32, Income<'a>>>;

/// Divides all income of the period.
pub(super) fn divide<'a>(work: &mut Work<'a>, pieces: &[Piece<'a>]) -> Result<(), RoyaltyFault> {
    let mut pools = gather(work, pieces)?;
    for (subject, versions) in &mut pools {
        for income in versions.values_mut() {
            hold_before(work, subject, income)?;
        }
        recover(work, subject, versions)?;
        for income in versions.values() {
            share_out(work, subject, income)?;
        }
    }
    Ok(())
}

fn gather<'a>(work: &mut Work<'a>, pieces: &[Piece<'a>]) -> Result<Pools<'a>, RoyaltyFault> {
    let mut pools = Pools::new();
    for piece in pieces {
        let versions = pools.entry(piece.subject.clone()).or_default();
        let income = versions.entry(piece.version.number).or_insert_with(|| Income::new(piece.version, piece.split));
        income.net.accumulate(piece.totals.net)?;
        income.units.accumulate(piece.totals.units)?;
        if piece.split.reserve.as_ref().is_some_and(|reserve| reserve.holds_of(piece.key)) {
            income.reservable.accumulate(piece.totals.net)?;
        }
    }
    let (book, through) = (work.run.book, work.run.period.through);
    for (subject, named, minor) in work.release_income()? {
        let gone = || RoyaltyFault::Unknown { rule: named.rule.clone(), named: named.rule.clone() };
        let (version, split) = book.split_named(&named).ok_or_else(gone)?;
        let income = pools.entry(subject).or_default().entry(named.number);
        let released = Exact::of_minor(minor, work.run.currency);
        income.or_insert_with(|| Income::new(version, split)).net.accumulate(released)?;
    }
    // Costs without income are losses that everybody bears at once where the split says so. What is open below nothing was taken back, and is given out.
    for (subject, open) in &work.costs {
        if let (true, Some((version, split))) = (*open != Exact::ZERO, book.split(subject, through)) {
            let versions = pools.entry(subject.clone()).or_default();
            if versions.is_empty() {
                versions.insert(version.number, Income::new(version, split));
            }
        }
    }
    Ok(pools)
}

fn hold_before(work: &mut Work<'_>, subject: &Subject, income: &mut Income<'_>) -> Result<(), RoyaltyFault> {
    let Some(reserve) = income.split.reserve.as_ref().filter(|reserve| reserve.held_at == HeldAt::BeforeRate) else {
        return Ok(());
    };
    let held_minor = reserve.held_minor(income.reservable.min(income.net), work.run.currency)?;
    income.net = income.net.minus(Exact::of_minor(held_minor, work.run.currency))?;
    work.income_held_minor = work.income_held_minor.checked_add(held_minor).ok_or(RoyaltyFault::Overflow)?;
    for (on, minor) in reserve.plan(held_minor, work.run.period.through)? {
        let of = HeldOf::Income { subject: subject.clone() };
        work.reserves.push(Held { on, of, rule: income.version.named(), minor });
    }
    Ok(())
}

/// Takes shared costs out of income. Classically they take what there is, and a loss adds to them; what was taken back of them adds to income; flexibly, the newest version takes all of them.
fn recover(
    work: &mut Work<'_>,
    subject: &Subject,
    versions: &mut BTreeMap<u32, Income<'_>>,
) -> Result<(), RoyaltyFault> {
    let before = work.costs.get(subject).copied().unwrap_or_default();
    let mut open = before;
    let newest = versions.last_key_value().map(|(number, _)| *number);
    for (number, income) in versions {
        let taken = match income.split.losses {
            Losses::Classic => income.net.min(open),
            Losses::Flexible if newest == Some(*number) => open,
            Losses::Flexible => Exact::ZERO,
        };
        income.net = income.net.minus(taken)?;
        open = open.minus(taken)?;
    }
    let taken = before.minus(open)?;
    if taken != Exact::ZERO {
        work.recovered.insert(subject.clone(), taken);
    }
    if open == Exact::ZERO {
        work.costs.remove(subject);
    } else {
        work.costs.insert(subject.clone(), open);
    }
    Ok(())
}

fn share_out(work: &mut Work<'_>, subject: &Subject, income: &Income<'_>) -> Result<(), RoyaltyFault> {
    let weights = income.split.weights();
    let named = income.version.named();
    let reservable = income.reservable.max(Exact::ZERO).divide(&weights)?;
    let shares = income.split.parts.iter().zip(income.net.divide(&weights)?).zip(reservable);
    for ((part, amount), reservable) in shares {
        let account = AccountKey { payee: part.payee, group: part.group.clone().unwrap_or_else(Group::shares) };
        work.act(&account, &named, Some(subject), Kind::Share, income.units, amount)?;
        let reserve = income.split.reserve.as_ref().filter(|reserve| reserve.held_at == HeldAt::AfterRate);
        if let Some(reserve) = reserve {
            let held_minor = reserve.held_minor(reservable.min(amount), work.run.currency)?;
            hold_of(work, &account, &named, &reserve.plan(held_minor, work.run.period.through)?)?;
        }
    }
    Ok(())
}

/// Holds back of what an account has earned, as it will be released.
pub(super) fn hold_of(
    work: &mut Work<'_>,
    account: &AccountKey,
    rule: &RuleRef,
    plan: &[(chrono::NaiveDate, i64)],
) -> Result<(), RoyaltyFault> {
    for &(on, minor) in plan {
        work.set_aside(account, minor)?;
        work.reserves.push(Held { on, of: HeldOf::Earnings { account: account.clone() }, rule: rule.clone(), minor });
    }
    Ok(())
}
