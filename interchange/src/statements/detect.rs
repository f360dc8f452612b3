//! Which format a file has, by the fingerprint of its header.

use std::collections::BTreeSet;

use super::{
    blocks::{Blocks, whole},
    decimal::Mark,
    description::{Description, Field, MAX_COLUMNS, normal},
    drift::{Likeness, drift, likeness},
    error::StatementError,
    records::{Cell, Records, Syntax},
};

/// What may stand between cells.
const SEPARATORS: [u8; 4] = [b'\t', b';', b',', b'|'];
/// Rows that may stand before the header.
const MAX_PREAMBLE: usize = 30;
/// Rows that are asked for their decimal mark.
const MAX_ASKED: usize = 2000;
/// Characters of a heading that are kept.
const MAX_HEADING: usize = 200;

/// What a file's header told.
pub(super) struct Found<'d> {
    pub(super) description: &'d Description,
    pub(super) header: Vec<String>,
    /// The line of the header, from 1.
    pub(super) line: u64,
    pub(super) mark: Mark,
}

/// A row that may be a header.
struct Row {
    syntax: Syntax,
    header: Vec<String>,
    line: u64,
    /// Where the row behind it begins.
    next: usize,
    /// Where the last whole row of the head ends.
    end: usize,
}

/// Finds the format and passes over the header and what stands before it. Of two descriptions with the same header the first is taken.
pub(super) fn detect<'d>(blocks: &mut Blocks<'_>, formats: &'d [Description]) -> Result<Found<'d>, StatementError> {
    let head = blocks.head();
    let rows = rows(&head, blocks);
    for row in &rows {
        let Some(description) = formats.iter().find(|description| description.matches(&row.header)) else { continue };
        blocks.syntax = Syntax { quotes: !description.unquoted, ..row.syntax };
        let mark = description.decimal.unwrap_or_else(|| told(&head[row.next..row.end], blocks.syntax, description));
        blocks.pass(&head[..row.next]);
        return Ok(Found { description, header: row.header.clone(), line: row.line, mark });
    }
    if head.trim().is_empty() {
        return Err(StatementError::Empty);
    }
    // What has no line break within a whole block says so by itself.
    let end = whole(head.as_bytes(), Syntax { quotes: false, ..blocks.syntax }).0;
    if end.is_none() && !blocks.ended {
        blocks.next()?;
    }
    let mut best: Option<(Likeness, &Row, &Description)> = None;
    for row in &rows {
        let headings: BTreeSet<String> = row.header.iter().map(|heading| normal(heading)).collect();
        for description in formats {
            let like = likeness(description, &headings);
            if like.is_near() && best.as_ref().is_none_or(|(known, ..)| like.beats(*known)) {
                best = Some((like, row, description));
            }
        }
    }
    let (row, nearest) = match best {
        Some((_, row, description)) => (Some(row), Some(description)),
        // The first of the rows with most cells.
        None => (rows.iter().rev().max_by_key(|row| row.header.len()), None),
    };
    let cut = |heading: &str| -> String { heading.chars().take(MAX_HEADING).collect() };
    let (header, line): (Vec<String>, u64) = match row {
        Some(row) => (row.header.iter().map(|heading| cut(heading)).collect(), row.line),
        None => (vec![cut(head.trim().lines().next().unwrap_or_default())], 1),
    };
    Err(StatementError::Drift(Box::new(drift(header, line, nearest))))
}

/// The first rows, taken apart by each separator, as far as they have two cells.
fn rows(head: &str, blocks: &Blocks<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for separator in SEPARATORS {
        let syntax = Syntax { separator, quotes: true, ..blocks.syntax };
        // The last row of the head may go on behind it.
        let end = if blocks.ended { head.len() } else { whole(head.as_bytes(), syntax).0.unwrap_or_default() };
        let text = &head[..end];
        let mut records = Records::new(text, syntax, blocks.line);
        let mut cells: Vec<Cell> = Vec::new();
        for _ in 0..=MAX_PREAMBLE {
            let Some(record) = records.next(&mut cells) else { break };
            let mut header: Vec<String> =
                cells.iter().take(MAX_COLUMNS + 1).map(|cell| cell.text(text).into_owned()).collect();
            while header.last().is_some_and(String::is_empty) {
                header.pop();
            }
            if (2..=MAX_COLUMNS).contains(&header.len()) {
                rows.push(Row { syntax, header, line: record.line, next: record.next, end });
            }
        }
    }
    rows
}

/// The decimal mark that the first amounts have; a point if they do not tell, or tell both.
fn told(text: &str, syntax: Syntax, description: &Description) -> Mark {
    let Some(amount) = description.position(Field::Amount) else { return Mark::Point };
    let mut records = Records::new(text, syntax, 1);
    let mut cells: Vec<Cell> = Vec::new();
    let mut comma = false;
    for _ in 0..MAX_ASKED {
        if records.next(&mut cells).is_none() {
            break;
        }
        let Some(cell) = cells.get(amount) else { continue };
        match Mark::told_by(&cell.text(text)) {
            Some(Mark::Point) => return Mark::Point,
            Some(Mark::Comma) => comma = true,
            None => {}
        }
    }
    if comma { Mark::Comma } else { Mark::Point }
}
