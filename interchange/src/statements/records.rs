//! Records and their cells, as RFC 4180 has them: a quotation mark means something only where it begins a cell, for titles have them in the middle.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr2};

/// How records and cells are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Syntax {
    /// Between the cells of a record.
    pub(super) separator: u8,
    /// Behind each record.
    pub(super) end: u8,
    /// Whether cells may be put into quotation marks.
    pub(super) quotes: bool,
}

/// Where a cell lies in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    start: usize,
    end: usize,
    quoted: bool,
}

/// Where a record lies in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) start: usize,
    /// Behind its last cell.
    pub(super) end: usize,
    /// Where the next one begins.
    pub(super) next: usize,
    pub(super) line: u64,
    /// The line breaks within its cells.
    pub(super) breaks: u64,
}

/// The records of a text, one after the other.
pub(super) struct Records<'t> {
    text: &'t str,
    syntax: Syntax,
    quotes: bool,
    at: usize,
    line: u64,
}

impl Cell {
    pub(super) const fn len(self) -> usize {
        self.end - self.start
    }

    /// What it says, without its quotation marks and the spaces around it.
    pub(super) fn text(self, text: &str) -> Cow<'_, str> {
        let raw = &text[self.start..self.end];
        if !self.quoted {
            return Cow::Borrowed(trimmed(raw));
        }
        let behind = closed(raw.as_bytes(), 0).unwrap_or(raw.len() + 1);
        let (inside, rest) = (&raw[1..behind - 1], raw.get(behind..).unwrap_or_default());
        if rest.is_empty() && !inside.contains('"') {
            return Cow::Borrowed(inside.trim());
        }
        Cow::Owned((inside.replace("\"\"", "\"") + rest).trim().to_owned())
    }

    /// Whether it has line breaks and as many separators as whole rows: it begins with a quotation mark that was never meant to put it into any, and what it
    /// holds are the rows behind it.
    pub(super) fn holds_rows(self, text: &str, syntax: Syntax, columns: usize) -> bool {
        let raw = &text.as_bytes()[self.start..self.end];
        self.quoted && memchr(syntax.end, raw).is_some() && memchr_iter(syntax.separator, raw).count() + 1 >= columns
    }
}

/// A text without the spaces around it, which nearly no cell has.
fn trimmed(raw: &str) -> &str {
    let is_dense = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
    if is_dense(raw.as_bytes().first()) && is_dense(raw.as_bytes().last()) { raw } else { raw.trim() }
}

impl<'t> Records<'t> {
    pub(super) fn new(text: &'t str, syntax: Syntax, line: u64) -> Self {
        let quotes = syntax.quotes && memchr(b'"', text.as_bytes()).is_some();
        Self { text, syntax, quotes, at: 0, line }
    }

    /// Lays the cells of the next record out; nothing at the end.
    pub(super) fn next(&mut self, cells: &mut Vec<Cell>) -> Option<Record> {
        cells.clear();
        let bytes = self.text.as_bytes();
        let (start, line) = (self.at, self.line);
        if start == bytes.len() {
            return None;
        }
        let mut end = memchr(self.syntax.end, &bytes[start..]).map_or(bytes.len(), |at| start + at);
        let mut breaks = 0;
        if self.quotes && memchr(b'"', &bytes[start..end]).is_some() {
            end = self.quoted(start, cells);
            breaks = memchr_iter(self.syntax.end, &bytes[start..end]).count() as u64;
        } else {
            let mut cell = start;
            for at in memchr_iter(self.syntax.separator, &bytes[start..end]) {
                cells.push(Cell { start: cell, end: start + at, quoted: false });
                cell = start + at + 1;
            }
            cells.push(Cell { start: cell, end, quoted: false });
        }
        self.at = (end + 1).min(bytes.len());
        self.line += breaks + 1;
        if self.syntax.end == b'\n' && end > start && bytes[end - 1] == b'\r' {
            end -= 1;
            if let Some(last) = cells.last_mut() {
                last.end = end.max(last.start);
            }
        }
        Some(Record { start, end, next: self.at, line, breaks })
    }

    /// Lays out a record that has quotation marks; where it ends.
    fn quoted(&self, start: usize, cells: &mut Vec<Cell>) -> usize {
        let bytes = self.text.as_bytes();
        let mut cell = start;
        loop {
            let quoted = bytes.get(cell) == Some(&b'"');
            let from = if quoted { closed(bytes, cell).unwrap_or(bytes.len()) } else { cell };
            let end =
                memchr2(self.syntax.separator, self.syntax.end, &bytes[from..]).map_or(bytes.len(), |at| from + at);
            cells.push(Cell { start: cell, end, quoted });
            if bytes.get(end) != Some(&self.syntax.separator) {
                return end;
            }
            cell = end + 1;
        }
    }
}

/// Whether a place is the first of a cell.
pub(super) fn begins_cell(bytes: &[u8], at: usize, syntax: Syntax) -> bool {
    at.checked_sub(1).is_none_or(|before| bytes[before] == syntax.separator || bytes[before] == syntax.end)
}

/// The place behind the quotation mark that closes the one at a place; nothing if none does.
pub(super) fn closed(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        let mark = at + memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(mark + 1) != Some(&b'"') {
            return Some(mark + 1);
        }
        at = mark + 2;
    }
}
