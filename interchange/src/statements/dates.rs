//! Days, months, quarters and years as statements write them.

use chrono::{Datelike as _, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// Of a date whose parts are two small numbers and a year, which comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// `31/12/2026`.
    DayFirst,
    /// `12/31/2026`.
    MonthFirst,
}

/// A stretch of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first day.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
}

/// Why a text is not taken for a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// It is something else, or no day of any calendar.
    #[error("it is no date")]
    NotADate,
    /// `05/06/2026` is in May or in June.
    #[error("it may be day and month, or month and day")]
    Ambiguous,
}

/// The parts of a date: those of the longest have a day, a month and a year.
const MAX_PARTS: usize = 3;
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

#[derive(Clone, Copy)]
enum Part {
    /// A number, and its digits.
    Number(u32, usize),
    Month(u32),
    Quarter(u32),
}

impl Span {
    /// Reads `2026-07-31`, `2026-07`, `20260731`, `202607`, `2026M7`, `Jul 2026`, `2026-Q3`, `07/31/2026 8:15am`, `2026`, or two of them with ` - ` or ` to ` between.
    ///
    /// # Errors
    /// Why it is no date.
    pub fn read(text: &str, order: Option<DateOrder>) -> Result<Self, DateError> {
        let text = text.trim();
        if let Some(span) = iso(text.as_bytes()) {
            return Ok(span);
        }
        for between in [" - ", " \u{2013} ", " to "] {
            if let Some((first, last)) = text.split_once(between) {
                let span = Self { from: one(first, order)?.from, to: one(last, order)?.to };
                return if span.from <= span.to { Ok(span) } else { Err(DateError::NotADate) };
            }
        }
        one(text, order)
    }

    fn day(year: u32, month: u32, day: u32) -> Option<Self> {
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        in_reach(date).then_some(Self { from: date, to: date })
    }

    fn months(year: u32, month: u32, count: u32) -> Option<Self> {
        let from = Self::day(year, month, 1)?.from;
        let to = from.checked_add_months(Months::new(count))?.checked_sub_days(Days::new(1))?;
        Some(Self { from, to })
    }
}

/// Whether a statement could be of that year: anything else is a number that is no date.
fn in_reach(date: NaiveDate) -> bool {
    (1900..2200).contains(&date.year())
}

/// `2026-07-31` or `2026-07`, which nearly all are.
fn iso(text: &[u8]) -> Option<Span> {
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0, |number: u32, b| b.is_ascii_digit().then(|| number * 10 + u32::from(b - b'0')))
    };
    match text {
        [year @ .., b'-', m1, m2, b'-', d1, d2] if year.len() == 4 => {
            Span::day(number(year)?, number(&[*m1, *m2])?, number(&[*d1, *d2])?)
        }
        [year @ .., b'-', m1, m2] if year.len() == 4 => Span::months(number(year)?, number(&[*m1, *m2])?, 1),
        _ => None,
    }
}

/// One date, without the time behind it.
fn one(text: &str, order: Option<DateOrder>) -> Result<Span, DateError> {
    let (parts, length) = parts(without_time(text.trim())).ok_or(DateError::NotADate)?;
    let span = match parts[..length] {
        [Part::Number(number, 8)] => Span::day(number / 10_000, number / 100 % 100, number % 100),
        [Part::Number(number, 6)] => Span::months(number / 100, number % 100, 1),
        [Part::Number(year, 4)] => Span::months(year, 1, 12),
        [Part::Number(year, 4), Part::Number(month, 1..=2)] | [Part::Number(month, 1..=2), Part::Number(year, 4)] => {
            Span::months(year, month, 1)
        }
        [Part::Month(month), Part::Number(year, digits @ (2 | 4))]
        | [Part::Number(year, digits @ (2 | 4)), Part::Month(month)] => Span::months(full(year, digits), month, 1),
        [Part::Quarter(quarter), Part::Number(year, digits @ (2 | 4))]
        | [Part::Number(year, digits @ (2 | 4)), Part::Quarter(quarter)] => {
            Span::months(full(year, digits), quarter * 3 - 2, 3)
        }
        [Part::Month(month), Part::Number(day, 1..=2), Part::Number(year, digits @ (2 | 4))]
        | [Part::Number(day, 1..=2), Part::Month(month), Part::Number(year, digits @ (2 | 4))] => {
            Span::day(full(year, digits), month, day)
        }
        [Part::Number(year, 4), Part::Number(month, 1..=2), Part::Number(day, 1..=2)] => Span::day(year, month, day),
        [Part::Number(first, 1..=2), Part::Number(second, 1..=2), Part::Number(year, digits @ (2 | 4))] => {
            let year = full(year, digits);
            match order {
                Some(DateOrder::DayFirst) => Span::day(year, second, first),
                // Dates with dots begin with the day everywhere.
                None if text.contains('.') || first > 12 || first == second => Span::day(year, second, first),
                Some(DateOrder::MonthFirst) => Span::day(year, first, second),
                None if second > 12 => Span::day(year, first, second),
                None => return Err(DateError::Ambiguous),
            }
        }
        _ => None,
    };
    span.ok_or(DateError::NotADate)
}

/// A year of two digits is one of this century.
const fn full(year: u32, digits: usize) -> u32 {
    if digits == 2 { year + 2000 } else { year }
}

/// A date before the time of day: `2026-07-31T10:00:00Z`, `7/31/26 8:15am`.
fn without_time(text: &str) -> &str {
    let Some(colon) = text.find(':') else { return text };
    text[..colon].rfind(['T', ' ']).map_or(text, |end| text[..end].trim_end())
}

/// The numbers and words of a date; nothing if there is anything else, or too much.
fn parts(text: &str) -> Option<([Part; MAX_PARTS], usize)> {
    let (mut parts, mut length) = ([Part::Number(0, 0); MAX_PARTS], 0_usize);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is_digit = c.is_ascii_digit();
        if !is_digit && !c.is_ascii_alphabetic() {
            if !matches!(c, ' ' | '-' | '/' | '.' | ',' | '\'') {
                return None;
            }
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let end =
            rest.find(|c: char| c.is_ascii_digit() != is_digit || !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        rest = behind;
        if word.eq_ignore_ascii_case("m") && length == 1 {
            // `2026M7`.
            continue;
        }
        let part = if is_digit {
            Part::Number(word.parse().ok()?, word.len())
        } else if word.eq_ignore_ascii_case("q") {
            // `Q3 2026`, and `3Q2026`, whose number came already.
            match (rest.as_bytes(), length.checked_sub(1).map(|last| parts[last])) {
                ([quarter @ b'1'..=b'4', after @ ..], _) if !after.first().is_some_and(u8::is_ascii_digit) => {
                    rest = &rest[1..];
                    Part::Quarter(u32::from(quarter - b'0'))
                }
                (_, Some(Part::Number(quarter @ 1..=4, 1))) => {
                    length -= 1;
                    Part::Quarter(quarter)
                }
                _ => return None,
            }
        } else {
            let lower = word.to_ascii_lowercase();
            let month = MONTHS.iter().position(|month| lower.len() >= 3 && month.starts_with(&lower))?;
            Part::Month(u32::try_from(month).ok()? + 1)
        };
        *parts.get_mut(length)? = part;
        length += 1;
    }
    Some((parts, length))
}
