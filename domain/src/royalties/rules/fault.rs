//! Why rules or lines cannot be reckoned.

use chrono::NaiveDate;

use super::{AccountKey, RuleId, Subject};
use crate::share::ShareError;

/// Why rules or lines cannot be reckoned. Each names the rule and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoyaltyFault {
    /// A sum or product beyond what the numbers hold.
    #[error("an amount is too large to be reckoned with: split the statement, or look for a misplaced decimal point")]
    Overflow,
    /// Not a decimal number.
    #[error("{given:?} is not a number with a point and at most 18 decimals, such as -1234.5")]
    NotExact {
        /// What was given, cut to 64 characters.
        given: String,
    },
    /// A fraction of nothing.
    #[error("a fraction needs something to take of: its second number is one or more")]
    OfNothing,
    /// Not the name of what earns.
    #[error("{given:?} is neither a recording (rec_…), nor a work (work_…), nor a release (ean_ and its 13 digits)")]
    NotSubject {
        /// What was given, cut to 64 characters.
        given: String,
    },
    /// An amount cannot be divided so.
    #[error(transparent)]
    Shares(#[from] ShareError),
    /// The same version twice.
    #[error("version {number} of the rule {rule} is there twice: number each version once")]
    Twice {
        /// The rule.
        rule: RuleId,
        /// The version.
        number: u32,
    },
    /// Versions of one rule that are about different things.
    #[error(
        "the versions of the rule {rule} are not about the same: give what is about something else a name of its own"
    )]
    Changed {
        /// The rule.
        rule: RuleId,
    },
    /// Two rules where there can be one.
    #[error("the rules {one} and {other} both divide the same: make them versions of one rule")]
    Rival {
        /// The one.
        one: RuleId,
        /// The other.
        other: RuleId,
    },
    /// A rule that says what cannot be.
    #[error("the rule {rule}, version {number}, {field}: {problem}")]
    Rule {
        /// The rule.
        rule: RuleId,
        /// The version.
        number: u32,
        /// The field.
        field: &'static str,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// A rule that names one that is not there.
    #[error(
        "the rule {rule} names {named}, which is no contract here, nor a split or contract by which its payer earns: add it, or name another"
    )]
    Unknown {
        /// The rule.
        rule: RuleId,
        /// What it names.
        named: RuleId,
    },
    /// Contracts that wait for each other.
    #[error("the contract {rule} depends on itself through what it names: royalties cannot be reckoned in a circle")]
    Circle {
        /// One of them.
        rule: RuleId,
    },
    /// The same charge twice.
    #[error("the charge {charge:?} is there twice: give each charge once")]
    ChargeTwice {
        /// The charge.
        charge: String,
    },
    /// A charge that the period does not reach.
    #[error("the charge {charge:?} is of {on}, after the period: leave it for the next")]
    ChargeLater {
        /// The charge.
        charge: String,
        /// Its day.
        on: NaiveDate,
    },
    /// A charge of less than nothing, a reversal of more, or either in another currency.
    #[error(
        "the charge {charge:?} is of nothing or less, or in another currency than the period: give an amount above zero in its currency, and below zero if it takes another back"
    )]
    ChargeAmount {
        /// The charge.
        charge: String,
    },
    /// A charge on a release of which nobody knows the tracks.
    #[error("the costs of {subject} cannot be spread: say which tracks it has")]
    NoTracks {
        /// The release.
        subject: Subject,
    },
    /// More was paid than was owed.
    #[error("{account} was paid more than the {owed_minor} that it was owed: record the rest as an advance")]
    Overpaid {
        /// The account.
        account: AccountKey,
        /// What was owed, in minor units.
        owed_minor: i64,
    },
    /// What was given out is not what came in. It cannot happen; if it does, nothing is booked.
    #[error(
        "what was given out differs from what came in by {difference}: nothing may be booked of this, please report it"
    )]
    Unbalanced {
        /// By how much.
        difference: String,
    },
}
