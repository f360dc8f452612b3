//! What the messages of DDEX have in common: who exchanges them, and how they write times, decimals and references.

use chrono::{DateTime, NaiveDate, Utc};

use crate::places::is_language;

/// Somebody who sends or receives messages, for which DDEX gives an identifier.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Messenger {
    /// The identifier, with or without hyphens: `PADPIDA2013020802I`.
    pub dpid: String,
    /// The name.
    pub name: String,
}

/// The version of the allowed values that roles and kinds are of.
pub(crate) const VALUES: &str = "6";

/// What refers to an item within the message: its kind's letter and its number.
pub(crate) fn anchor(kind: char, index: usize) -> String {
    format!("{kind}{}", index + 1)
}

pub(crate) fn truth(it: bool) -> &'static str {
    if it { "true" } else { "false" }
}

pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub(crate) fn day(date: NaiveDate) -> String {
    date.format("%Y-%m-%d").to_string()
}

/// A number with so many digits behind its point, without zeros at its end.
pub(crate) fn decimal(number: u32, digits: u32) -> String {
    let unit = 10_u32.pow(digits);
    let width = digits as usize;
    let text = format!("{}.{:0width$}", number / unit, number % unit);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `PT3M25.5S`.
pub(crate) fn duration(millis: u64) -> String {
    let (hours, minutes, rest) = (millis / 3_600_000, millis / 60_000 % 60, millis % 60_000);
    let hours = if hours > 0 { format!("{hours}H") } else { String::new() };
    let minutes = if minutes > 0 { format!("{minutes}M") } else { String::new() };
    format!("PT{hours}{minutes}{}S", decimal(u32::try_from(rest).unwrap_or_default(), 3))
}

/// Language, and maybe script, region and variant (RFC 5646), as far as DDEX's schemas take them.
pub(crate) fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-').peekable();
    let language = parts
        .next()
        .filter(|code| is_language(code) || (code.len() == 3 && code.bytes().all(|b| b.is_ascii_lowercase())));
    parts.next_if(|script| is_word(script));
    parts.next_if(|region| {
        (region.len() == 2 && is_word(region)) || (region.len() == 3 && region.bytes().all(|b| b.is_ascii_digit()))
    });
    parts.next_if(|variant| {
        variant.len() >= 5 && variant.bytes().all(|b| b.is_ascii_alphanumeric()) && is_word(&variant[..1])
    });
    language.is_some() && parts.next().is_none()
}

fn is_word(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_those_that_the_schemas_take() {
        for tag in ["en", "de-CH", "yue", "zh-Hant-TW", "es-419", "sl-rozaj1", "en-Latn-GB-oxendict"] {
            assert!(is_language_tag(tag), "{tag}");
        }
        for tag in ["", "e", "xx", "English", "DE", "de-", "de-1996", "de-CH-1996", "en-GB-GB-GB", "en-é1234", "en_GB"]
        {
            assert!(!is_language_tag(tag), "{tag}");
        }
    }
}
