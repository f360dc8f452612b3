//! Explaining a cent: from an account's line back to what it is made of, and from a line of a statement to everybody's part of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AccountKey, Applied, Exact, Fraction, Group, Kind, Line, LineKey, Outcome, Passed, Period, RoyaltyFault, Rule,
    RuleBook, RuleId, RuleRef, Subject, Totals, Version, Why,
    place::{Piece, Placed, place},
    royalties::{Basis, Earned, basis, bearing_account, escalated, paid_account},
};
use crate::catalog::Sha256;

/// Somebody's part of a line, before costs, reserves and recoupment, which are of totals.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Trace {
    /// In which account.
    pub account: AccountKey,
    /// By which rule.
    pub rule: RuleRef,
    /// The document that was signed, where there is one.
    pub document_sha256: Option<Sha256>,
    /// Of which recording or work.
    pub subject: Subject,
    /// Why.
    pub kind: Kind,
    /// What it is reckoned on.
    pub base: Exact,
    /// Which part of that it is, before the contract's escalation.
    pub part: Fraction,
    /// How much; less than nothing, what is borne.
    pub amount: Exact,
}

/// Where a line has gone.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Traced {
    /// Everybody's parts.
    pub parts: Vec<Trace>,
    /// What of it waits, and why.
    pub suspended: Vec<(Option<Subject>, Why, Exact)>,
}

/// Where a line has gone, under the rules and the outcome of its period. The parts and what waits of it sum to the line exactly.
pub fn trace(book: &RuleBook, outcome: &Outcome, line: &Line) -> Result<Traced, RoyaltyFault> {
    trace_under(book, outcome.period, &outcome.contracts, line)
}

/// The rules by which lines of a subject are divided, as a book: of splits, those of the subject or its tracks and those that contracts name.
pub fn book_about(mut versions: Vec<Version>, subject: Option<&Subject>) -> Result<RuleBook, RoyaltyFault> {
    let mut subjects: BTreeSet<Subject> = subject.cloned().into_iter().collect();
    let mut named: BTreeSet<RuleId> = BTreeSet::new();
    for version in &versions {
        match &version.rule {
            Rule::Album(album) if subject == Some(&Subject::Release(album.release.clone())) => {
                subjects.extend(version.rule.subjects());
            }
            Rule::Contract(contract) => named.extend(contract.waits_for().into_iter().cloned()),
            _ => {}
        }
    }
    versions.retain(|version| match &version.rule {
        Rule::Split(split) => subjects.contains(&split.subject) || named.contains(&version.id),
        _ => true,
    });
    RuleBook::new(versions)
}

/// The same for who has of the outcome no more than its period and how contracts were applied.
pub fn trace_under(
    book: &RuleBook,
    period: Period,
    contracts: &[Applied],
    line: &Line,
) -> Result<Traced, RoyaltyFault> {
    let key = LineKey::of(line, book.grain());
    let mut traced = Traced::default();
    for placed in place(book, &key, &Totals::of(line))? {
        match placed {
            Placed::Nowhere { subject, why, totals } => traced.suspended.push((subject, why, totals.net)),
            Placed::To(piece) => {
                trace_shares(&piece, &mut traced.parts)?;
                trace_contracts(book, (period, contracts), &piece, &mut traced.parts)?;
            }
        }
    }
    Ok(traced)
}

fn trace_shares(piece: &Piece<'_>, parts: &mut Vec<Trace>) -> Result<(), RoyaltyFault> {
    let amounts = piece.totals.net.divide(&piece.split.weights())?;
    for (part, amount) in piece.split.parts.iter().zip(amounts) {
        let group = part.group.clone().unwrap_or_else(Group::shares);
        parts.push(Trace {
            account: AccountKey { payee: part.payee, group },
            rule: piece.version.named(),
            document_sha256: piece.version.document_sha256.clone(),
            subject: piece.subject.clone(),
            kind: Kind::Share,
            base: piece.totals.net,
            part: part.share.into(),
            amount,
        });
    }
    Ok(())
}

fn trace_contracts(
    book: &RuleBook,
    (period, contracts): (Period, &[Applied]),
    piece: &Piece<'_>,
    parts: &mut Vec<Trace>,
) -> Result<(), RoyaltyFault> {
    let mut earned = Earned::new();
    for (rule, places) in book.contracts() {
        let mut royalties = BTreeMap::new();
        if let Some(found) = basis(book, places, (0, piece), &earned)? {
            let named = found.version.named();
            let applied = contracts.iter().find(|applied| applied.rule == named);
            let blends = applied.map(|applied| applied.blends.clone()).unwrap_or_default();
            let royalty = escalated(&found, &blends, piece.key.used_on)?;
            royalties.insert(0, royalty);
            let amount = applied.map_or(Passed::All, |applied| applied.passed).of(royalty)?;
            let terms = book.terms(places, period.through).map_or(found.contract, |(_, terms)| terms);
            let accounts = (paid_account(rule, terms), bearing_account(terms));
            parts.extend(both_sides(piece, accounts, &found, amount)?);
        }
        earned.insert(rule, royalties);
    }
    Ok(())
}

/// What one is paid and the other bears.
fn both_sides(
    piece: &Piece<'_>,
    (paid_to, borne_by): (AccountKey, AccountKey),
    found: &Basis<'_>,
    amount: Exact,
) -> Result<[Trace; 2], RoyaltyFault> {
    let paid = Trace {
        account: paid_to,
        rule: found.version.named(),
        document_sha256: found.version.document_sha256.clone(),
        subject: piece.subject.clone(),
        kind: Kind::Royalty,
        base: found.base,
        part: found.rate,
        amount,
    };
    let borne = Trace { account: borne_by, kind: Kind::Borne, amount: amount.negated()?, ..paid.clone() };
    Ok([paid, borne])
}

/// A step of an account's line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// What was earned by a rule of something.
    Activity {
        /// The rule.
        rule: RuleRef,
        /// Of what.
        subject: Option<Subject>,
        /// Why.
        kind: Kind,
    },
    /// What was held back.
    Held,
    /// What was released.
    Released,
    /// What rounding the total to minor units has added, or taken.
    Rounding,
    /// What came back of costs that others' royalties have recouped.
    GivenBack,
    /// What made up for earnings below nothing, or went below it now.
    Deficit,
    /// What costs took.
    Costs,
    /// What was withheld for tax.
    Tax,
    /// What advances took.
    Advances,
    /// What is owed of the period: what all entries before it come to.
    Owed,
}

/// How what an account is owed of a period came about: each step with its amount, of which the last is the sum of all before it.
pub fn entries(outcome: &Outcome, account: &AccountKey) -> Result<Vec<(Entry, Exact)>, RoyaltyFault> {
    let Some(line) = outcome.account(account) else { return Ok(Vec::new()) };
    let minor = |minor: i64| Exact::of_minor(minor, outcome.currency);
    let mut entries = Vec::new();
    for activity in outcome.activities.iter().filter(|activity| activity.account == *account) {
        let (rule, subject, kind) = (activity.rule.clone(), activity.subject.clone(), activity.kind);
        entries.push((Entry::Activity { rule, subject, kind }, activity.amount));
    }
    let before = line.activity.minus(minor(line.held_minor))?.plus(minor(line.released_minor))?;
    let moved = &line.movement;
    entries.extend([
        (Entry::Held, minor(-line.held_minor)),
        (Entry::Released, minor(line.released_minor)),
        (Entry::Rounding, minor(moved.earned_minor).minus(before)?),
        (Entry::GivenBack, minor(moved.given_back_minor)),
        (Entry::Deficit, minor(moved.deficit_minor)),
        (Entry::Costs, minor(-moved.costs_minor)),
        (Entry::Tax, minor(-moved.tax_minor)),
        (Entry::Advances, minor(-moved.advances_minor)),
    ]);
    entries.retain(|(_, amount)| *amount != Exact::ZERO);
    entries.push((Entry::Owed, minor(moved.owed_minor)));
    Ok(entries)
}
