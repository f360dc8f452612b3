//! What is accepted as a text, a day, a number of a tax office, or a key.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};

use super::Fault;
use crate::visible::{has_visible, is_steering, undirected};

/// The longest title of a quote or an invoice, and the longest name of a stage, in characters.
pub const MAX_TITLE_CHARS: usize = 200;
/// The longest text of a line, in characters.
pub const MAX_WHAT_CHARS: usize = 300;
/// The longest name of a client, in characters.
pub const MAX_NAME_CHARS: usize = 200;
/// The longest postal address, in characters.
pub const MAX_ADDRESS_CHARS: usize = 500;
/// The longest notes, in characters.
pub const MAX_NOTES_CHARS: usize = 2_000;
/// The longest reason, in characters.
pub const MAX_REASON_CHARS: usize = 1_000;
/// The longest note to a transfer, in characters.
pub const MAX_NOTE_CHARS: usize = 500;
/// The longest key under which something is asked for once, in characters.
pub const MAX_KEY_CHARS: usize = 255;

/// The years whose days are written with four digits everywhere: databases do not sort, or not even keep, all others.
const YEARS: RangeInclusive<i32> = 2_000..=9_999;

/// A text of one line: trimmed, runs of blanks made one, with something to be seen.
pub fn line(field: impl Into<String>, text: &str, most: usize) -> Result<String, Fault> {
    let tidy = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if has_visible(&tidy) && tidy.chars().count() <= most && !tidy.chars().any(is_steering) {
        Ok(tidy)
    } else {
        Err(Fault::Text { field: field.into(), least: 1, most })
    }
}

/// A text of several lines, which may be empty.
pub fn block(field: impl Into<String>, text: &str, most: usize) -> Result<String, Fault> {
    let tidy = undirected(text.replace('\r', "").trim());
    if tidy.chars().count() <= most && !tidy.contains('\0') {
        Ok(tidy)
    } else {
        Err(Fault::Text { field: field.into(), least: 0, most })
    }
}

/// A text of several lines with something to be seen.
pub fn filled_block(field: &str, text: &str, most: usize) -> Result<String, Fault> {
    let tidy = block(field, text, most)?;
    if has_visible(&tidy) { Ok(tidy) } else { Err(Fault::Text { field: field.to_owned(), least: 1, most }) }
}

/// A text of several lines; none if it is left empty.
pub fn optional_block(field: &str, text: Option<&str>, most: usize) -> Result<Option<String>, Fault> {
    let tidy = block(field, text.unwrap_or_default(), most)?;
    Ok(Some(tidy).filter(|text| has_visible(text)))
}

/// A VAT identification number without blanks, in capitals; none if it is left empty.
pub fn vat_id(field: &'static str, text: Option<&str>) -> Result<Option<String>, Fault> {
    let tidy: String = text.unwrap_or_default().chars().filter(|c| !c.is_whitespace() && !".-".contains(*c)).collect();
    let tidy = tidy.to_uppercase();
    if tidy.is_empty() {
        return Ok(None);
    }
    let country = tidy.bytes().take(2).filter(u8::is_ascii_uppercase).count() == 2;
    let rest = tidy.bytes().skip(2).all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if country && rest && (4..=15).contains(&tidy.len()) { Ok(Some(tidy)) } else { Err(Fault::VatId { field }) }
}

/// A day of a year that can be kept.
pub fn day(field: impl Into<String>, day: NaiveDate) -> Result<NaiveDate, Fault> {
    if YEARS.contains(&day.year()) { Ok(day) } else { Err(Fault::Year { field: field.into() }) }
}

/// A key under which something is asked for once.
pub fn key(text: Option<&str>) -> Result<Option<String>, Fault> {
    match text {
        None => Ok(None),
        Some(text) if (1..=MAX_KEY_CHARS).contains(&text.chars().count()) && !text.contains('\0') => {
            Ok(Some(text.to_owned()))
        }
        Some(_) => Err(Fault::Key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_tidied_or_refused() {
        assert_eq!(line("title", "  Night \t Drive ", 20).unwrap(), "Night Drive");
        for text in ["", " \u{200b} ", "a\u{202e}b", "xxxxxxxxxxxxxxxxxxxxx"] {
            assert!(matches!(line("title", text, 20), Err(Fault::Text { .. })), "{text:?}");
        }
        assert_eq!(block("notes", " a\r\n\u{202e}b ", 20).unwrap(), "a\nb");
        assert!(block("notes", "a\0b", 20).is_err());
        assert!(filled_block("reason", "\u{200b}", 20).is_err());
        assert_eq!(optional_block("note", Some(" "), 20), Ok(None));
    }

    #[test]
    fn a_vat_number_names_its_country() {
        assert_eq!(vat_id("vatId", Some(" de 123.456-789 ")).unwrap().as_deref(), Some("DE123456789"));
        assert_eq!(vat_id("vatId", Some(" ")), Ok(None));
        for text in ["123456789", "D1234", "DE", "DE1", "DE12345678901234", "DE12/34"] {
            assert!(vat_id("vatId", Some(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_can_be_kept() {
        let last = NaiveDate::from_ymd_opt(9_999, 12, 31).unwrap();
        assert_eq!(day("dueOn", last), Ok(last));
        for odd in [NaiveDate::MIN, NaiveDate::MAX, last.succ_opt().unwrap()] {
            assert_eq!(day("dueOn", odd), Err(Fault::Year { field: "dueOn".into() }), "{odd}");
        }
    }

    #[test]
    fn a_key_is_some_text() {
        assert_eq!(key(None), Ok(None));
        assert!(key(Some("")).is_err() && key(Some(&"k".repeat(256))).is_err() && key(Some("a\0")).is_err());
    }
}
