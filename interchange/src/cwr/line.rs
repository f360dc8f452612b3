//! A line of fixed fields, and the characters that it may have.

use std::fmt::Write as _;

use chrono::NaiveDate;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Which characters a field may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Characters {
    /// Those of titles.
    Title,
    /// Those of names, numbers and codes.
    Name,
}

/// What names may have beside letters, digits and blanks.
const NAME_MARKS: &str = "!#$%&'()+-./?@`";
/// What titles may have beside them.
const TITLE_MARKS: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{}~";

/// A text as the standard writes it, in capital letters without accents; or the first character that it has no letter for.
pub(super) fn folded(text: &str, characters: Characters) -> Result<String, char> {
    let marks = match characters {
        Characters::Title => TITLE_MARKS,
        Characters::Name => NAME_MARKS,
    };
    let mut out = String::with_capacity(text.len());
    for c in text.trim().nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_uppercase) {
        match c {
            'A'..='Z' | '0'..='9' | ' ' => out.push(c),
            'Æ' => out.push_str("AE"),
            'Œ' => out.push_str("OE"),
            'Ø' => out.push('O'),
            'Ł' => out.push('L'),
            'Đ' | 'Ð' => out.push('D'),
            'Þ' => out.push_str("TH"),
            '‘' | '’' => out.push('\''),
            '“' | '”' if marks.contains('"') => out.push('"'),
            '\u{2010}'..='\u{2015}' => out.push('-'),
            c if marks.contains(c) => out.push(c),
            c => return Err(c),
        }
    }
    Ok(out)
}

/// Parts per million as hundredths of a percent, halves up.
pub(super) fn hundredths(ppm: u32) -> u32 {
    ppm.saturating_add(50) / 100
}

/// A line that is being written. What is put into it was checked to fit.
pub(super) struct Line(String);

impl Line {
    /// A line with its kind in front.
    pub(super) fn new(kind: &str) -> Self {
        Self(kind.to_owned())
    }

    fn text(self, text: &str, characters: Characters, width: usize) -> Self {
        let text = folded(text, characters).unwrap_or_default();
        self.code(&text, width)
    }

    /// A title.
    pub(super) fn title(self, title: &str, width: usize) -> Self {
        self.text(title, Characters::Title, width)
    }

    /// A name.
    pub(super) fn name(self, name: &str, width: usize) -> Self {
        self.text(name, Characters::Name, width)
    }

    /// A code of the standard, with blanks behind it.
    pub(super) fn code(mut self, code: &str, width: usize) -> Self {
        let _ = write!(self.0, "{code:<width$}");
        self
    }

    /// A number, with zeros in front of it.
    pub(super) fn number(mut self, number: u64, width: usize) -> Self {
        let _ = write!(self.0, "{number:0>width$}");
        self
    }

    /// Digits, with zeros in front of them.
    pub(super) fn digits(mut self, digits: &str, width: usize) -> Self {
        let _ = write!(self.0, "{digits:0>width$}");
        self
    }

    /// So many blanks.
    pub(super) fn blank(self, width: usize) -> Self {
        self.code("", width)
    }

    /// So many zeros.
    pub(super) fn zeros(self, width: usize) -> Self {
        self.digits("", width)
    }

    /// A society's number, or blanks.
    pub(super) fn society(self, society: Option<u16>) -> Self {
        match society {
            Some(society) => self.number(u64::from(society), 3),
            None => self.blank(3),
        }
    }

    /// A share, in hundredths of a percent.
    pub(super) fn share(self, ppm: u32) -> Self {
        self.number(u64::from(hundredths(ppm)), 5)
    }

    /// A date, or zeros.
    pub(super) fn date(self, date: Option<NaiveDate>) -> Self {
        match date {
            Some(date) => self.code(&date.format("%Y%m%d").to_string(), 8),
            None => self.zeros(8),
        }
    }

    /// Hours, minutes and seconds, or zeros.
    pub(super) fn duration(self, seconds: Option<u32>) -> Self {
        let seconds = seconds.unwrap_or_default();
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        self.number(u64::from(hours), 2).number(u64::from(minutes), 2).number(u64::from(seconds), 2)
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}
