//! How the records of one file are read: its format's description, laid out for speed.

use super::{
    blocks::{Block, MAX_CELL_BYTES},
    codes::{Currency, Isrc, Iswc, Upc},
    dates::{DateError, Span},
    decimal::{Decimal, Mark, NumberError},
    description::{Description, Field, RowRole, normal},
    detect::Found,
    error::StatementError,
    line::{Cells, Line, LineFault, Place},
    records::{Cell, Records, Syntax},
    tally::{StatedTotal, Tally},
};
use crate::{
    fault::Fault,
    places::{self, Place as Named},
};

/// Dates of which it is known what they mean: a file has few that differ.
const KNOWN_DATES: usize = 8;
/// Characters of a cell that a message quotes.
const MAX_QUOTED: usize = 64;

/// How records are read.
pub(super) struct Plan<'d> {
    pub(super) description: &'d Description,
    /// The column of each field.
    pub(super) places: [Option<usize>; Field::COUNT],
    /// The headings that the file has.
    header: Vec<String>,
    /// The columns of own codes.
    pub(super) codes: Vec<usize>,
    /// The columns of such codes of releases.
    pub(super) release_codes: Vec<usize>,
    /// The currency of every line, where no column says it.
    pub(super) currency: Option<Currency>,
    pub(super) mark: Mark,
    syntax: Syntax,
    /// What labels of other rows are, in the form that headings are compared in.
    labels: Vec<(String, RowRole)>,
}

/// What a record that is no ordinary line is.
enum Special {
    Blank,
    Note,
    Total(StatedTotal),
    Adjustment,
}

/// The dates that were met last.
#[derive(Default)]
struct Dates {
    known: [KnownDate; KNOWN_DATES],
    oldest: usize,
}

/// A date as the file writes it, and what it means.
#[derive(Default)]
struct KnownDate {
    text: [u8; 24],
    length: usize,
    span: Option<Span>,
}

impl<'d> Plan<'d> {
    /// Lays a description out. The currency that somebody named holds where the file says none.
    pub(super) fn new(found: &Found<'d>, syntax: Syntax, named: Option<Currency>) -> Result<Self, StatementError> {
        let description = found.description;
        let mut places = [None; Field::COUNT];
        let (mut codes, mut release_codes) = (Vec::new(), Vec::new());
        for (at, column) in description.columns.iter().enumerate() {
            match column.field {
                Some(Field::Code) => codes.push(at),
                Some(Field::ReleaseCode) => release_codes.push(at),
                Some(field) => places[field as usize] = places[field as usize].or(Some(at)),
                None => {}
            }
        }
        let currency = if places[Field::Currency as usize].is_some() {
            None
        } else {
            let said = description.currency_in(&found.header).or(description.currency).or(named);
            let format = &description.name;
            Some(said.ok_or_else(|| StatementError::NoCurrency { format: format.clone() })?)
        };
        let labels = description.rows.iter().map(|row| (normal(&row.label), row.role)).collect();
        let header = found.header.clone();
        Ok(Self { description, places, header, codes, release_codes, currency, mark: found.mark, syntax, labels })
    }

    pub(super) fn heading(&self, column: usize) -> &str {
        self.header.get(column).map_or("", String::as_str)
    }

    /// Reads the records of a block, hands its lines over and counts them.
    pub(super) fn read(&self, block: &Block, mut take: impl FnMut(&Line<'_>)) -> Result<Tally, StatementError> {
        let mut tally = Tally::default();
        let mut records = Records::new(&block.text, self.syntax, block.line);
        let mut dates = Dates::default();
        let mut cells: Vec<Cell> = Vec::new();
        let (mut offset, mut counted) = (block.offset, 0);
        while let Some(record) = records.next(&mut cells) {
            if record.end - record.start > MAX_CELL_BYTES
                && let Some(at) = cells.iter().position(|cell| cell.len() > MAX_CELL_BYTES)
            {
                let (line, column, most_bytes) = (record.line, at + 1, MAX_CELL_BYTES);
                return Err(StatementError::CellTooLarge { line, column, most_bytes });
            }
            offset += block.encoding.bytes(&block.text[counted..record.start]);
            counted = record.start;
            let bytes = block.encoding.bytes(&block.text[record.start..record.end]);
            let place = Place { offset, bytes, line: record.line };
            let cells = Cells { text: &block.text, row: &cells, record, plan: self };
            let special = if record.breaks > 0 && self.holds_rows(&cells) {
                Err(self.swallowed(&cells))
            } else if self.may_be_special(&cells) {
                self.special(&cells, place)
            } else {
                Ok(None)
            };
            let is_adjustment = match special {
                Ok(None) => false,
                Ok(Some(Special::Adjustment)) => true,
                Ok(Some(Special::Blank)) => {
                    tally.blank_rows += 1;
                    continue;
                }
                Ok(Some(Special::Note)) => {
                    tally.note_rows += 1;
                    continue;
                }
                Ok(Some(Special::Total(total))) => {
                    tally.state(total);
                    continue;
                }
                Err(fault) => {
                    tally.faults.push(LineFault { place, fault });
                    continue;
                }
            };
            match self.line(cells, place, is_adjustment, &mut dates, &mut tally) {
                Ok(line) => {
                    tally.add(&line)?;
                    take(&line);
                }
                Err(fault) => tally.faults.push(LineFault { place, fault }),
            }
        }
        Ok(tally)
    }

    /// Whether a cell of it holds other rows.
    fn holds_rows(&self, cells: &Cells<'_>) -> bool {
        let columns = self.description.columns.len();
        cells.row.iter().any(|cell| cell.holds_rows(cells.text, self.syntax, columns))
    }

    fn swallowed(&self, cells: &Cells<'_>) -> Fault {
        let columns = self.description.columns.len();
        let at = cells.row.iter().position(|cell| cell.holds_rows(cells.text, self.syntax, columns));
        let problem =
            format!("a quotation mark opens here, and the next one closes it {} lines later", cells.record.breaks);
        Fault::new(
            self.heading(at.unwrap_or_default()),
            problem,
            "double the mark and close it behind the text, or teach the format as one without quotation marks",
        )
    }

    /// Whether it has no code, or another number of cells than the header: only then it may be anything but a line.
    fn may_be_special(&self, cells: &Cells<'_>) -> bool {
        let codes = [Field::Isrc, Field::Upc, Field::Iswc];
        cells.row.len() != self.description.columns.len() || codes.iter().all(|field| cells.is_empty(*field))
    }

    /// What a record is that may be no line.
    fn special(&self, cells: &Cells<'_>, place: Place) -> Result<Option<Special>, Fault> {
        let columns = self.description.columns.len();
        let filled: Vec<usize> = (0..cells.row.len()).filter(|at| !cells.at(*at).is_empty()).collect();
        let Some(first) = filled.first() else { return Ok(Some(Special::Blank)) };
        let is_aligned = cells.row.len() == columns;
        let is_number = |at: &usize| {
            let field = self.description.columns.get(*at).and_then(|column| column.field);
            let says = cells.at(*at);
            let reads = Decimal::read_count(&says, self.mark).is_ok() || Currency::read(&says).is_some();
            if is_aligned { field.map_or(reads, Field::is_number) } else { reads }
        };
        let numbers_behind = filled[1..].iter().all(is_number);
        let label = normal(&cells.at(*first));
        let row = |(known, role): &(String, RowRole)| Some((labelled(&label, known)?, *role));
        if numbers_behind && let Some((named, role)) = self.labels.iter().find_map(row) {
            match role {
                RowRole::Note => return Ok(Some(Special::Note)),
                RowRole::Total => return self.total(cells, &filled, (place, named)).map(Some),
                RowRole::Adjustment if is_aligned => return Ok(Some(Special::Adjustment)),
                RowRole::Adjustment => {}
            }
        }
        if !is_aligned {
            return if cells.row.len() > columns && filled.iter().all(|at| *at < columns) {
                Ok(None)
            } else {
                Err(self.misaligned(cells.row.len()))
            };
        }
        if filled.iter().all(is_number) {
            let bare = self.labels.iter().find(|(known, _)| known.is_empty());
            return match bare {
                Some((_, RowRole::Total)) => self.total(cells, &filled, (place, None)).map(Some),
                Some((_, RowRole::Note)) => Ok(Some(Special::Note)),
                Some((_, RowRole::Adjustment)) => Ok(Some(Special::Adjustment)),
                None => Err(self.bare()),
            };
        }
        let adjusts = |at: &usize| {
            let text = normal(&cells.at(*at));
            self.labels.iter().any(|(known, role)| *role == RowRole::Adjustment && !known.is_empty() && *known == text)
        };
        Ok(filled.iter().any(adjusts).then_some(Special::Adjustment))
    }

    fn misaligned(&self, count: usize) -> Fault {
        let problem = format!("the row has {count} cells where the header has {}", self.description.columns.len());
        Fault::new("row", problem, "put cells that contain the separator into quotation marks")
    }

    fn bare(&self) -> Fault {
        let amount = self.places[Field::Amount as usize].unwrap_or_default();
        let problem = "the row has an amount and nothing that says what it is for: it may be a total";
        Fault::new(
            self.heading(amount),
            problem,
            "teach the format what a row of numbers alone is, or say what it is for",
        )
    }

    /// The file's own total, out of the column of the amounts; or the last number, if the row is shorter than others. Its label may name the currency.
    fn total(
        &self,
        cells: &Cells<'_>,
        filled: &[usize],
        (place, labelled): (Place, Option<Currency>),
    ) -> Result<Special, Fault> {
        let amount = cells.text(Field::Amount);
        let says = if cells.row.len() == self.description.columns.len() && !amount.is_empty() {
            amount
        } else {
            let number = |at: &&usize| Decimal::read(&cells.at(**at), self.mark).is_ok();
            filled.iter().rev().find(number).map_or(amount, |at| cells.at(*at))
        };
        let named = || filled.iter().skip(1).find_map(|at| Currency::read(&cells.at(*at)));
        let said = self.currency.or(labelled).or_else(|| Currency::read(&cells.text(Field::Currency)));
        let currency = said.or_else(named);
        let amount = self.number(&says, Field::Amount, currency)?;
        Ok(Special::Total(StatedTotal { place, currency, amount, places: Decimal::places_of(&says, self.mark) }))
    }

    /// Reads a line; what of it is no code is told, and left out.
    fn line<'l>(
        &'l self,
        cells: Cells<'l>,
        place: Place,
        is_adjustment: bool,
        dates: &mut Dates,
        tally: &mut Tally,
    ) -> Result<Line<'l>, Fault> {
        let currency = match self.currency {
            Some(currency) => currency,
            None => self.currency_of(&cells)?,
        };
        let optional = |field: Field| {
            let says = cells.text(field);
            if says.is_empty() { Ok(None) } else { self.number(&says, field, Some(currency)).map(Some) }
        };
        self.notice_place(&cells, place, tally);
        let mut quantity = optional(Field::Quantity)?;
        if quantity.is_none_or(|count| count == Decimal::ZERO) {
            quantity = optional(Field::ReleaseQuantity)?.or(quantity);
        }
        Ok(Line {
            place,
            is_adjustment,
            period: self.span(&cells, Field::Period, Field::PeriodEnd, dates)?,
            sold: self.span(&cells, Field::Sold, Field::SoldEnd, dates)?,
            quantity,
            amount: self.number(&cells.text(Field::Amount), Field::Amount, Some(currency))?,
            currency,
            gross: optional(Field::Gross)?,
            rate: optional(Field::Rate)?,
            isrc: self.code(&cells, Field::Isrc, Isrc::read, place, tally),
            upc: self.code(&cells, Field::Upc, Upc::read, place, tally),
            iswc: self.code(&cells, Field::Iswc, Iswc::read, place, tally),
            cells,
        })
    }

    fn currency_of(&self, cells: &Cells<'_>) -> Result<Currency, Fault> {
        let says = cells.text(Field::Currency);
        Currency::read(&says).ok_or_else(|| {
            let problem = format!("{:?} is no currency", quoted(&says));
            self.fault(Field::Currency, problem, "write its three letters, such as USD")
        })
    }

    fn number(&self, says: &str, field: Field, currency: Option<Currency>) -> Result<Decimal, Fault> {
        let is_count = matches!(field, Field::Quantity | Field::ReleaseQuantity);
        let read = if is_count { Decimal::read_count } else { Decimal::read };
        let number = read(says, self.mark).or_else(|error| {
            let plain = currency.and_then(|currency| without_sign(says, currency)).ok_or(error)?;
            read(&plain, self.mark)
        });
        number.map_err(|error| {
            let remedy = match (error, self.mark) {
                (NumberError::Empty, _) => "write a number, 0 if it is nothing",
                (NumberError::TooFine | NumberError::TooLarge, _) => {
                    "look whether the file's decimal mark is read right"
                }
                (_, Mark::Point) => "write it like 1234.56, or teach the format with a comma as its decimal mark",
                (_, Mark::Comma) => "write it like 1234,56, or teach the format with a point as its decimal mark",
            };
            self.fault(field, format!("{:?} is not taken, for {error}", quoted(says)), remedy)
        })
    }

    fn span(&self, cells: &Cells<'_>, field: Field, end: Field, dates: &mut Dates) -> Result<Option<Span>, Fault> {
        let (from, to) = (self.date(cells, field, dates)?, self.date(cells, end, dates)?);
        match (from, to) {
            (Some(from), Some(to)) if from.from > to.to => {
                Err(self.fault(end, "it ends before it begins".to_owned(), "look whether the two dates are swapped"))
            }
            (Some(from), Some(to)) => Ok(Some(Span { from: from.from, to: to.to })),
            (from, to) => Ok(from.or(to)),
        }
    }

    fn date(&self, cells: &Cells<'_>, field: Field, dates: &mut Dates) -> Result<Option<Span>, Fault> {
        let says = cells.text(field);
        if says.is_empty() {
            return Ok(None);
        }
        if let Some(span) = dates.find(&says) {
            return Ok(Some(span));
        }
        let span = Span::read(&says, self.description.dates).map_err(|error| {
            let remedy = match error {
                DateError::NotADate => "write it like 2026-07 or 2026-07-31",
                DateError::Ambiguous => "teach the format which comes first, or write it like 2026-07-31",
            };
            self.fault(field, format!("{:?} is not taken, for {error}", quoted(&says)), remedy)
        })?;
        dates.keep(&says, span);
        Ok(Some(span))
    }

    fn code<T>(
        &self,
        cells: &Cells<'_>,
        field: Field,
        read: fn(&str) -> Option<T>,
        place: Place,
        tally: &mut Tally,
    ) -> Option<T> {
        let says = cells.text(field);
        if says.is_empty() {
            return None;
        }
        let code = read(&says);
        if code.is_none() {
            let remedy = match field {
                Field::Isrc => "write it like AA6Q72000047",
                Field::Iswc => "write it like T0345246801",
                _ => "write all of its 8 to 14 digits: spreadsheets shorten long numbers",
            };
            let fault = self.fault(field, format!("{:?} is no such code", quoted(&says)), remedy);
            tally.notices.push(LineFault { place, fault });
        }
        code
    }

    /// Tells of a place that is none that is known: what goes by countries goes by nothing of such a line.
    fn notice_place(&self, cells: &Cells<'_>, place: Place, tally: &mut Tally) {
        let says = cells.text(Field::Territory);
        if places::place(&says) == Named::Unknown {
            let problem = format!("{:?} is no country that is known", quoted(&says));
            let remedy = "write the country's two letters, such as GB, or its name in English";
            tally.notices.push(LineFault { place, fault: self.fault(Field::Territory, problem, remedy) });
        }
    }

    fn fault(&self, field: Field, problem: String, remedy: &str) -> Fault {
        let column = self.places[field as usize].unwrap_or_default();
        Fault::new(self.heading(column), problem, remedy)
    }
}

impl Dates {
    fn find(&self, says: &str) -> Option<Span> {
        let says = says.as_bytes();
        let known =
            self.known.iter().find(|known| known.length == says.len() && known.text[..known.length] == *says)?;
        known.span
    }

    /// Keeps a date in the place of the one that was kept first, if it is not too long.
    fn keep(&mut self, says: &str, span: Span) {
        let known = &mut self.known[self.oldest];
        if let Some(text) = known.text.get_mut(..says.len()) {
            text.copy_from_slice(says.as_bytes());
            (known.length, known.span) = (says.len(), Some(span));
            self.oldest = (self.oldest + 1) % KNOWN_DATES;
        }
    }
}

/// The currency that a label names which is a known one, if it names any: `Total`, `Total (USD):`. Nothing of another label.
#[expect(clippy::option_option, reason = "a label that names no currency is one all the same")]
fn labelled(label: &str, known: &str) -> Option<Option<Currency>> {
    let rest = label.strip_prefix(known).filter(|_| !known.is_empty())?;
    if rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '(' | ')' | '='));
    if rest.is_empty() { Some(None) } else { Currency::read(rest).map(Some) }
}

/// A number without the sign or code of the line's currency before or behind it; nothing if it has neither.
fn without_sign(says: &str, currency: Currency) -> Option<String> {
    let sign = match currency.as_str() {
        "USD" | "CAD" | "AUD" | "NZD" | "SGD" | "HKD" | "MXN" => "$",
        "EUR" => "\u{20ac}",
        "GBP" => "\u{a3}",
        "JPY" | "CNY" => "\u{a5}",
        code => code,
    };
    let says = says.trim();
    let begin = says.trim_start_matches(['-', '+', '(', '\u{2212}', ' ']);
    let end = says.trim_end_matches(['-', ')', '\u{2212}', ' ']);
    let is_beside = |sign: &&str| begin.starts_with(*sign) || end.ends_with(*sign);
    let found = [currency.as_str(), sign].into_iter().find(is_beside)?;
    Some(says.replacen(found, "", 1))
}

/// A cell as a message quotes it.
fn quoted(says: &str) -> String {
    says.chars().take(MAX_QUOTED).collect()
}
