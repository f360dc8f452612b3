//! What a statement comes to: exact sums by currency, what was not taken, and whether the file's own total agrees.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    codes::Currency,
    dates::Span,
    decimal::Decimal,
    error::StatementError,
    line::{Line, LineFault, Place},
};
use crate::fault::Fault;

/// Faults and totals that are kept; more of them are only counted.
const MAX_KEPT: usize = 100;

/// The lines of a statement, or of a part of it, counted and added up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Lines that were read.
    pub lines: u64,
    /// Of these, those that are money without a recording.
    pub adjustments: u64,
    /// Of these, those whose amount is negative.
    pub negative_lines: u64,
    /// Of these, those whose amount is zero.
    pub zero_lines: u64,
    /// Rows with nothing in them.
    pub blank_rows: u64,
    /// Rows that say something about the file and were passed over.
    pub note_rows: u64,
    /// What the lines add up to, by currency.
    pub totals: BTreeMap<Currency, Total>,
    /// From the first accounting day to the last.
    pub period: Option<Span>,
    /// From the first day of sale to the last.
    pub sold: Option<Span>,
    /// Rows that were not taken: without them the sums are not the statement's.
    pub faults: Faults,
    /// Lines that were taken without a code that is none, or without a country that is none.
    pub notices: Faults,
    /// The file's own totals.
    #[serde(skip)]
    pub(super) stated: Vec<StatedTotal>,
}

/// What lines add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Total {
    /// How many lines.
    pub lines: u64,
    /// Their sum, exact.
    pub amount: Decimal,
}

/// What was found wrong: all of it is counted, the first hundred are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Faults {
    /// How many.
    pub count: u64,
    /// The first of them, in the order of the file.
    pub first: Vec<LineFault>,
}

/// A total row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StatedTotal {
    pub(super) place: Place,
    pub(super) currency: Option<Currency>,
    pub(super) amount: Decimal,
    /// The places that it is written with.
    pub(super) places: u32,
}

/// A total that the file states itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Stated {
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
    /// Its currency; nothing if the file has several and does not say which.
    pub currency: Option<Currency>,
    /// The total.
    pub amount: Decimal,
    /// Whether the lines add up to it.
    #[serde(flatten)]
    pub agreement: Agreement,
}

/// Whether lines add up to a total that is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "agreement", rename_all = "snake_case")]
pub enum Agreement {
    /// To the last decimal.
    Exact,
    /// It is their sum, rounded to the places that it has.
    Rounded {
        /// The stated total less the sum.
        difference: Decimal,
    },
    /// They do not.
    Differs {
        /// The stated total less the sum.
        difference: Decimal,
    },
    /// Nobody can tell: the file has several currencies, and the total none.
    Unknown,
}

impl Agreement {
    /// Whether it agrees, rounded or not.
    pub const fn holds(self) -> bool {
        matches!(self, Self::Exact | Self::Rounded { .. })
    }
}

impl Faults {
    pub(super) fn push(&mut self, fault: LineFault) {
        self.count += 1;
        if self.first.len() < MAX_KEPT {
            self.first.push(fault);
        }
    }

    fn absorb(&mut self, other: Self) {
        self.count += other.count;
        self.first.extend(other.first.into_iter().take(MAX_KEPT.saturating_sub(self.first.len())));
    }
}

impl Tally {
    /// Counts a line.
    pub(super) fn add(&mut self, line: &Line<'_>) -> Result<(), StatementError> {
        self.lines += 1;
        self.adjustments += u64::from(line.is_adjustment);
        self.negative_lines += u64::from(line.amount < Decimal::ZERO);
        self.zero_lines += u64::from(line.amount == Decimal::ZERO);
        self.period = joined(self.period, line.period);
        self.sold = joined(self.sold, line.sold);
        self.add_total(line.currency, Total { lines: 1, amount: line.amount })
    }

    fn add_total(&mut self, currency: Currency, total: Total) -> Result<(), StatementError> {
        let sum = self.totals.entry(currency).or_default();
        sum.lines += total.lines;
        sum.amount = sum.amount.checked_add(total.amount).ok_or(StatementError::TooMuch)?;
        Ok(())
    }

    /// Takes a total of the file's down.
    pub(super) fn state(&mut self, total: StatedTotal) {
        if self.stated.len() < MAX_KEPT {
            self.stated.push(total);
            return;
        }
        let fault =
            Fault::new("row", "the file has more than 100 total rows", "teach the format which rows are totals");
        self.faults.push(LineFault { place: total.place, fault });
    }

    /// Adds what the lines behind these come to.
    pub(super) fn absorb(&mut self, other: Self) -> Result<(), StatementError> {
        self.lines += other.lines;
        self.adjustments += other.adjustments;
        self.negative_lines += other.negative_lines;
        self.zero_lines += other.zero_lines;
        self.blank_rows += other.blank_rows;
        self.note_rows += other.note_rows;
        self.period = joined(self.period, other.period);
        self.sold = joined(self.sold, other.sold);
        self.faults.absorb(other.faults);
        self.notices.absorb(other.notices);
        for total in other.stated {
            self.state(total);
        }
        other.totals.into_iter().try_for_each(|(currency, total)| self.add_total(currency, total))
    }

    /// Holds the file's own totals against the sums.
    pub(super) fn hold(&self) -> Vec<Stated> {
        let single = match self.totals.len() {
            1 => self.totals.keys().next().copied(),
            _ => None,
        };
        self.stated.iter().map(|total| self.held(total, total.currency.or(single))).collect()
    }

    fn held(&self, total: &StatedTotal, currency: Option<Currency>) -> Stated {
        let StatedTotal { place, amount, places, .. } = *total;
        let agreement = currency.map_or(Agreement::Unknown, |currency| {
            let sum = self.totals.get(&currency).map_or(Decimal::ZERO, |sum| sum.amount);
            match amount.checked_sub(sum) {
                Some(Decimal::ZERO) => Agreement::Exact,
                Some(difference) if difference.is_rounding(places) => Agreement::Rounded { difference },
                Some(difference) => Agreement::Differs { difference },
                None => Agreement::Unknown,
            }
        });
        Stated { place, currency, amount, agreement }
    }
}

/// The days from the first of two stretches to the last.
fn joined(one: Option<Span>, other: Option<Span>) -> Option<Span> {
    match (one, other) {
        (Some(one), Some(other)) => Some(Span { from: one.from.min(other.from), to: one.to.max(other.to) }),
        (one, other) => one.or(other),
    }
}
