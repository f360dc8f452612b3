//! The rules of production: pure decisions on plain types.

pub mod arrangement;
pub mod budget;
pub mod kinds;
pub mod people;
pub mod stages;
pub mod states;

use chrono::NaiveDate;
use url::Url;

use super::ProductionError;
use crate::{
    catalog::rules::texts,
    visible::{has_visible, is_steering},
};

/// The most songs of a project.
pub const MAX_SONGS: usize = 200;
/// The most tasks of a stage.
pub const MAX_TASKS: usize = 100;
/// The most candidates of a project.
pub const MAX_CANDIDATES: usize = 500;
/// The most reference tracks of a project with its songs.
pub const MAX_REFERENCES: usize = 500;
/// The most roles of people in a project with its songs.
pub const MAX_PEOPLE: usize = 1_000;
/// The most agreements that a project waits for.
pub const MAX_AGREEMENTS: usize = 50;
/// The longest detail of a role, in characters.
pub const MAX_DETAIL_CHARS: usize = 100;
/// The longest address, in characters.
pub const MAX_URL_CHARS: usize = 300;

/// A title for a field: one line of 1 to [`texts::MAX_TITLE_CHARS`] characters.
pub fn title(field: &'static str, text: &str) -> Result<String, ProductionError> {
    texts::title(text).ok_or(ProductionError::Title { field })
}

/// A text for a field that may be empty, of [`texts::MAX_DESCRIPTION_CHARS`] characters at most.
pub fn text(field: &'static str, text: &str) -> Result<String, ProductionError> {
    texts::description(text).ok_or(ProductionError::TooLong { field })
}

/// A reason for a field, which is kept in the history.
pub fn reason(field: &'static str, given: &str) -> Result<String, ProductionError> {
    let reason = text(field, given)?;
    if has_visible(&reason) { Ok(reason) } else { Err(ProductionError::Reason { field }) }
}

/// What somebody's role is more exactly, on one line; empty if nothing was said.
pub fn detail(text: &str) -> Result<String, ProductionError> {
    let tidy = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = tidy.chars().count() <= MAX_DETAIL_CHARS && !tidy.chars().any(is_steering);
    if fits { Ok(tidy) } else { Err(ProductionError::Detail) }
}

/// An address in its normal form: on a host with a name, without user or password.
pub fn url(text: &str) -> Result<String, ProductionError> {
    let url = Url::parse(text.trim()).map_err(|_| ProductionError::Url)?;
    let is_named = url.domain().is_some_and(|domain| domain.contains('.'));
    let is_bare = url.username().is_empty() && url.password().is_none();
    let is_web = matches!(url.scheme(), "https" | "http");
    let url = String::from(url);
    if is_web && is_named && is_bare && url.chars().count() <= MAX_URL_CHARS {
        Ok(url)
    } else {
        Err(ProductionError::Url)
    }
}

/// Whether a project begins before it is due.
pub fn require_order(starts_on: Option<NaiveDate>, due_on: Option<NaiveDate>) -> Result<(), ProductionError> {
    match (starts_on, due_on) {
        (Some(starts_on), Some(due_on)) if due_on < starts_on => Err(ProductionError::Dates),
        _ => Ok(()),
    }
}

/// Whether what is due on a day is late on another.
pub fn is_late(due_on: Option<NaiveDate>, today: NaiveDate) -> bool {
    due_on.is_some_and(|due_on| due_on < today)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(2026, 12, day)
    }

    #[test]
    fn addresses_are_of_the_web() {
        assert_eq!(url(" HTTPS://Example.com/a b ").unwrap(), "https://example.com/a%20b");
        let long = format!("https://example.com/{}", "x".repeat(MAX_URL_CHARS));
        for wrong in [
            "",
            "example.com",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://localhost",
            "https://a:b@x.de",
            long.as_str(),
        ] {
            assert!(matches!(url(wrong), Err(ProductionError::Url)), "{wrong}");
        }
    }

    #[test]
    fn what_is_due_today_is_not_late() {
        let today = day(10).unwrap();
        assert!(!is_late(None, today) && !is_late(day(10), today) && !is_late(day(11), today));
        assert!(is_late(day(9), today));
        assert!(require_order(day(9), day(9)).is_ok() && require_order(None, day(1)).is_ok());
        assert!(matches!(require_order(day(10), day(9)), Err(ProductionError::Dates)));
    }

    #[test]
    fn a_reason_is_something_to_be_read() {
        assert_eq!(reason("reason", " They sign\u{0} tonight. ").unwrap(), "They sign tonight.");
        assert!(matches!(reason("reason", " \u{200b}"), Err(ProductionError::Reason { field: "reason" })));
        assert!(matches!(reason("reason", &"x".repeat(5_001)), Err(ProductionError::TooLong { field: "reason" })));
        assert_eq!(detail("  bass   guitar ").unwrap(), "bass guitar");
        assert!(matches!(detail(&"x".repeat(101)), Err(ProductionError::Detail)));
    }
}
