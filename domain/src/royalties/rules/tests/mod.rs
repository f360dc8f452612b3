//! The worked examples of the trade, to the cent, and random catalogues, to the last decimal.

mod catalogues;
mod contracts;
mod examples;
mod recoupment;
mod reserves;

use chrono::NaiveDate;
use sea_orm::prelude::Uuid;

use super::*;
use crate::{
    ids::{PartyId, RecordingId},
    money::{Currency, Money},
    share::Share,
};

pub(super) fn party(n: u128) -> PartyId {
    PartyId(Uuid::from_u128(n))
}

pub(super) fn recording(n: u128) -> Subject {
    Subject::Recording(RecordingId(Uuid::from_u128(n)))
}

pub(super) fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

pub(super) fn percent(hundred: u32) -> Share {
    Share::from_ppm(hundred * 10_000).unwrap()
}

pub(super) fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

pub(super) fn rule(id: &str) -> RuleId {
    RuleId(id.to_owned())
}

pub(super) fn account(payee: PartyId, group: &str) -> AccountKey {
    AccountKey { payee, group: Group(group.to_owned()) }
}

/// The first version of a rule, effective from the beginning of the year.
pub(super) fn version(id: &str, rule_of: Rule) -> Version {
    Version { id: rule(id), number: 1, effective_on: day(1, 1), document_sha256: None, rule: rule_of }
}

pub(super) fn split(id: &str, subject: Subject, parts: &[(PartyId, u32)]) -> Version {
    let parts = parts.iter().map(|&(payee, hundred)| Part { payee, share: percent(hundred), group: None }).collect();
    version(id, Rule::Split(Split { subject, parts, losses: Losses::Classic, reserve: None }))
}

pub(super) fn rate(base: Base, numerator: u64, denominator: u64) -> Rate {
    Rate { when: When::default(), base, rate: Fraction::new(numerator, denominator).unwrap() }
}

/// A contract about everything, paid from record one.
pub(super) fn contract(from: PartyId, to: PartyId, rates: Vec<Rate>) -> Contract {
    Contract {
        payer: from,
        payer_group: None,
        payee: to,
        group: None,
        covers: Covers::Everything,
        rates,
        escalation: None,
        payable: Payable::RecordOne,
        reserve: None,
    }
}

pub(super) fn under(id: &str, contract: Contract) -> Version {
    version(id, Rule::Contract(Box::new(contract)))
}

pub(super) fn line(subject: Subject, units: i64, net: &str) -> Line {
    Line {
        subject: Some(subject),
        used_on: day(1, 1),
        territory: None,
        channel: Channel::Stream,
        format: None,
        source: None,
        units,
        net: exact(net),
        gross: None,
    }
}

pub(super) fn charge(id: &str, euros: i64, to: ChargedTo) -> Charge {
    Charge { id: id.to_owned(), on: day(1, 1), amount: Money::new(euros * 100, Currency::EUR), to, reverses: None }
}

/// A half-year, 1 or 2.
pub(super) fn half(n: u32) -> Period {
    if n == 1 {
        Period { from: day(1, 1), through: day(6, 30) }
    } else {
        Period { from: day(7, 1), through: day(12, 31) }
    }
}

pub(super) fn reckon(book: &RuleBook, period: Period, opening: &State, charges: &[Charge], lines: &[Line]) -> Outcome {
    let run = Run { period, currency: Currency::EUR, book, charges, opening };
    calculate(&run, &Sums::of(book, lines).unwrap()).unwrap()
}

/// The first half-year, with nothing before it.
pub(super) fn first(rules: Vec<Version>, charges: &[Charge], lines: &[Line]) -> Outcome {
    reckon(&RuleBook::new(rules).unwrap(), half(1), &State::default(), charges, lines)
}

/// What an account is owed, in minor units.
pub(super) fn owed(outcome: &Outcome, account: &AccountKey) -> i64 {
    outcome.account(account).map_or(0, |line| line.closing.owed_minor)
}
