//! Names and notes as they are typed.

use crate::{
    report::{Explain, Kind, Report},
    visible::{has_visible, is_steering, plain_break},
};

/// The longest name of a room, a piece of equipment or a booking, in characters.
pub const MAX_NAME_CHARS: usize = 200;
/// The longest description and the longest notes, in characters.
pub const MAX_NOTES_CHARS: usize = 5_000;
/// The longest note on what was done, in characters.
pub const MAX_NOTE_CHARS: usize = 1_000;

/// A text that is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", told(.field, *.max_chars, *.is_line))]
pub struct TextFault {
    /// The input field.
    pub field: String,
    /// The most characters.
    pub max_chars: usize,
    /// Whether it is one line, which has something to be seen.
    pub is_line: bool,
}

fn told(field: &str, max_chars: usize, is_line: bool) -> String {
    if is_line {
        format!("{field} must have 1 to {max_chars} characters on one line")
    } else {
        format!("{field} can have up to {max_chars} characters")
    }
}

impl Explain for TextFault {
    fn explain(&self) -> Report {
        let remedy = if self.is_line { "give it so, without line breaks and control characters" } else { "shorten it" };
        Report::new(Kind::Invalid, "BAD_TEXT", self.to_string()).field(self.field.clone()).remedy(remedy)
    }
}

/// A text of one line: blanks made single, something to be seen, so many characters at the most.
///
/// # Errors
/// [`TextFault`], with the field.
pub fn line(field: impl Into<String>, text: &str, max_chars: usize) -> Result<String, TextFault> {
    let tidy = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !has_visible(&tidy) || tidy.chars().count() > max_chars || tidy.chars().any(is_steering) {
        return Err(TextFault { field: field.into(), max_chars, is_line: true });
    }
    Ok(tidy)
}

/// As [`line`]; none if it is left empty.
///
/// # Errors
/// [`TextFault`], with the field.
pub fn optional_line(field: &str, text: Option<&str>, max_chars: usize) -> Result<Option<String>, TextFault> {
    text.filter(|text| !text.trim().is_empty()).map(|text| line(field, text, max_chars)).transpose()
}

/// A text of several lines: trimmed, line breaks kept, so many characters at the most; may be empty.
///
/// # Errors
/// [`TextFault`], with the field.
pub fn lines(field: &str, text: &str, max_chars: usize) -> Result<String, TextFault> {
    let tidy: String = text.trim().chars().map(plain_break).filter(|c| !is_steering(*c) || *c == '\n').collect();
    if tidy.chars().count() > max_chars {
        return Err(TextFault { field: field.to_owned(), max_chars, is_line: false });
    }
    Ok(tidy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_tidied_or_refused_with_their_field() {
        assert_eq!(line("name", "  Room \t A ", 10).unwrap(), "Room A");
        for text in ["", " \u{200b}", "a\u{0}b", "eleven char"] {
            assert_eq!(line("name", text, 10).unwrap_err().field, "name", "{text:?}");
        }
        assert_eq!(optional_line("serial", Some("  "), 10), Ok(None));
        assert_eq!(optional_line("serial", Some("U 87"), 10), Ok(Some("U 87".to_owned())));
        assert_eq!(lines("notes", " a\r\nb\u{202e} ", 10).unwrap(), "a\nb");
        let long = lines("notes", "eleven char", 10).unwrap_err();
        assert_eq!(long.to_string(), "notes can have up to 10 characters");
        let missing = line("artist", "", 10).unwrap_err();
        assert_eq!(missing.to_string(), "artist must have 1 to 10 characters on one line");
    }
}
