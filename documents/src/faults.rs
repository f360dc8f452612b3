//! Collects what is wrong with a document's data, so that every fault is told at once.

use crate::error::{DocumentError, FieldError};
use crate::legible::is_invisible;
use crate::words::clean;

/// Longest name, title or other single line, in characters.
pub const MAX_LINE_CHARS: usize = 1_000;
/// Longest free text, in characters: an address, the governing law.
pub const MAX_PARAGRAPH_CHARS: usize = 10_000;

/// Collects faults.
#[derive(Default)]
pub(crate) struct Faults(pub(crate) Vec<FieldError>);

impl Faults {
    pub(crate) fn add(&mut self, field: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) {
        self.add_as("value", field, problem, remedy);
    }

    pub(crate) fn add_as(
        &mut self,
        code: &'static str,
        field: impl Into<String>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.0.push(FieldError { code, field: field.into(), problem: problem.into(), remedy: remedy.into() });
    }

    pub(crate) fn text(&mut self, field: impl Into<String>, value: &str, max_chars: usize) {
        let field = field.into();
        let chars = value.chars().count();
        // Characters without a shape of their own name nobody.
        if clean(value).chars().all(|c| c.is_whitespace() || is_invisible(c)) {
            self.add_as("empty", field, "is empty", "give the value: a contract prints no placeholder");
        } else if chars > max_chars {
            self.add_as(
                "too_long",
                field,
                format!("has {chars} characters"),
                format!("shorten it to at most {max_chars}"),
            );
        }
    }

    pub(crate) fn line(&mut self, field: impl Into<String>, value: &str) {
        self.text(field, value, MAX_LINE_CHARS);
    }

    pub(crate) fn optional(&mut self, field: impl Into<String>, value: Option<&str>) {
        if let Some(value) = value {
            self.line(field, value);
        }
    }

    pub(crate) fn email(&mut self, field: impl Into<String>, value: &str) {
        let well_formed = value.split_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty());
        if well_formed && !value.chars().any(char::is_whitespace) {
            self.line(field, value);
        } else {
            self.add_as("form", field, "is not an e-mail address", "give an address such as name@example.org");
        }
    }

    pub(crate) fn sha256(&mut self, field: impl Into<String>, value: &str) {
        let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if value.len() != 64 || !value.bytes().all(lower_hex) {
            self.add_as("form", field, "is not a SHA-256", "give 64 lower-case hexadecimal digits");
        }
    }

    pub(crate) fn count(&mut self, field: impl Into<String>, len: usize, max: usize) {
        let field = field.into();
        if len == 0 {
            self.add_as("empty", field, "is empty", "name at least one");
        } else {
            self.most(field, len, max);
        }
    }

    pub(crate) fn most(&mut self, field: impl Into<String>, len: usize, max: usize) {
        if len > max {
            self.add_as("too_many", field, format!("has {len} entries"), format!("list at most {max}"));
        }
    }

    /// Currency code and decimals of an amount.
    pub(crate) fn currency(&mut self, field: &str, currency: &str, decimals: u8) {
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let remedy = "give the three capital letters of ISO 4217";
            self.add_as("form", format!("{field}.currency"), "is not a currency code", remedy);
        }
        if decimals > crate::format::MAX_MONEY_DECIMALS {
            let remedy = format!("give at most {}", crate::format::MAX_MONEY_DECIMALS);
            self.add(format!("{field}.decimals"), format!("is {decimals}"), remedy);
        }
    }

    pub(crate) fn done(self) -> Result<(), DocumentError> {
        if self.0.is_empty() { Ok(()) } else { Err(DocumentError::Invalid(self.0)) }
    }
}
