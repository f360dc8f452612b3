//! One line of a statement.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{
    codes::{Currency, Isrc, Iswc, Upc},
    dates::Span,
    decimal::Decimal,
    description::Field,
    plan::Plan,
    records::{Cell, Record},
};
use crate::fault::Fault;

/// Where a record lies in the unpacked file, so that it can be shown as it is ([`super::raw_line`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The byte that it begins at.
    pub offset: u64,
    /// Its bytes, without the line break.
    pub bytes: u64,
    /// The line that it begins on, from 1.
    pub line: u64,
}

/// Something about a line that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineFault {
    /// Where the line is.
    #[serde(flatten)]
    pub place: Place,
    /// What it is.
    #[serde(flatten)]
    pub fault: Fault,
}

/// A line of a statement. What it is counted and matched by is read; its texts are looked up when they are asked for.
pub struct Line<'l> {
    /// Where it is in the file.
    pub place: Place,
    /// Whether it is money without a recording, such as a rounding adjustment.
    pub is_adjustment: bool,
    /// When it was accounted for.
    pub period: Option<Span>,
    /// When it was sold, streamed or performed.
    pub sold: Option<Span>,
    /// The recording's code, if the line has one that is one.
    pub isrc: Option<Isrc>,
    /// The release's number, if the line has one that is one.
    pub upc: Option<Upc>,
    /// The work's code, if the line has one that is one.
    pub iswc: Option<Iswc>,
    /// How many.
    pub quantity: Option<Decimal>,
    /// What the studio gets: positive, negative or zero.
    pub amount: Decimal,
    /// In which currency.
    pub currency: Currency,
    /// What it was before the distributor's share.
    pub gross: Option<Decimal>,
    /// The exchange rate that was used.
    pub rate: Option<Decimal>,
    pub(super) cells: Cells<'l>,
}

impl<'l> Line<'l> {
    /// What the line says in a field's column; empty if it says nothing, or the format has no such column.
    pub fn text(&self, field: Field) -> Cow<'l, str> {
        let text = self.cells.text(field);
        match &self.cells.plan.description.store {
            Some(store) if field == Field::Store && text.is_empty() => Cow::Borrowed(store),
            _ => text,
        }
    }

    /// The codes of the studio's or the distributor's own for the recording or work, each with the heading of its column.
    pub fn codes(&self) -> impl Iterator<Item = (&'l str, Cow<'l, str>)> {
        self.cells.said(&self.cells.plan.codes)
    }

    /// Such codes for the release.
    pub fn release_codes(&self) -> impl Iterator<Item = (&'l str, Cow<'l, str>)> {
        self.cells.said(&self.cells.plan.release_codes)
    }

    /// The line as the file has it, in Unicode.
    pub fn raw(&self) -> &'l str {
        &self.cells.text[self.cells.record.start..self.cells.record.end]
    }
}

/// The cells of a line.
#[derive(Clone, Copy)]
pub(super) struct Cells<'l> {
    pub(super) text: &'l str,
    pub(super) row: &'l [Cell],
    pub(super) record: Record,
    pub(super) plan: &'l Plan<'l>,
}

impl<'l> Cells<'l> {
    /// What stands in a column; empty if the record ends before it.
    pub(super) fn at(&self, column: usize) -> Cow<'l, str> {
        self.row.get(column).map_or(Cow::Borrowed(""), |cell| cell.text(self.text))
    }

    /// What stands in some columns, as far as anything does, each with its heading.
    fn said(self, columns: &'l [usize]) -> impl Iterator<Item = (&'l str, Cow<'l, str>)> {
        let said = columns.iter().map(move |at| (self.plan.heading(*at), self.at(*at)));
        said.filter(|(_, text)| !text.is_empty())
    }

    /// What stands in a field's column.
    pub(super) fn text(&self, field: Field) -> Cow<'l, str> {
        self.plan.places[field as usize].map_or(Cow::Borrowed(""), |column| self.at(column))
    }

    pub(super) fn is_empty(&self, field: Field) -> bool {
        self.text(field).is_empty()
    }
}
