//! Identifiers of the music business, with their check digits.
//!
//! Each is read from any of its usual spellings (upper or lower case, with or without its name, spaces, hyphens and dots), is kept in one plain
//! form, which is what the database holds, and prints in the form that its standard sets for people. To add one: a file with a type that
//! is made only by `FromStr`, a line here, the standard's example and a property test for its check digit.

mod dpid;
mod ean;
mod ipi;
mod ipn;
mod isni;
mod isrc;
mod iswc;

use std::str::FromStr;

pub use dpid::Dpid;
pub use ean::Ean;
pub use ipi::{IpiBaseNumber, IpiNameNumber};
pub use ipn::Ipn;
pub use isni::Isni;
pub use isrc::Isrc;
pub use iswc::Iswc;

/// Why a text is not the identifier that was asked for. The message names the identifier, what is wrong and how a good one looks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// It does not have the identifier's form.
    #[error("{given:?} is not an {name}: it has {form}, such as {example}")]
    Form {
        /// The identifier's name, such as `ISRC`.
        name: &'static str,
        /// Its form in words.
        form: &'static str,
        /// A valid one, as printed.
        example: &'static str,
        /// What was given, cut to 64 characters.
        given: String,
    },
    /// The form is right and the check digit is not: a digit is mistyped or two are swapped.
    #[error(
        "{given:?} is not a valid {name}: by its other digits it would end in {expected}, so one of them is mistyped"
    )]
    Check {
        /// The identifier's name.
        name: &'static str,
        /// What the check digit or digits would be.
        expected: String,
        /// What was given, cut to 64 characters.
        given: String,
    },
}

/// The plain form of a text that was checked before; one that was not stays as it is.
pub(crate) fn plain<T: FromStr + Into<String>>(text: &str) -> String {
    text.parse::<T>().map_or_else(|_| text.to_owned(), Into::into)
}

/// Drops what people put between the characters, and raises the case.
fn squeeze(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '\u{2010}'..='\u{2015}'))
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Drops an identifier's name in front of it.
fn without_name<'a>(text: &'a str, name: &str) -> &'a str {
    text.strip_prefix(name).map_or(text, |rest| rest.trim_start_matches(':'))
}

/// The values of a text of ASCII digits; none if it holds anything else.
fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|c| c.to_digit(10)).collect()
}

/// What was given, cut for a message.
fn excerpt(text: &str) -> String {
    text.chars().take(64).collect()
}

/// The check digit that ISWC and the IPI base number share: ten minus the last digit of `start` plus each digit times its place from 1.
fn weighted_check(start: u32, digits: &[u32]) -> u32 {
    let sum: u32 = (1..).zip(digits).map(|(place, digit)| place * digit).sum::<u32>() + start;
    (10 - sum % 10) % 10
}

/// Declares an identifier's type: a text that only its parser makes.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The plain form, as the database holds it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        /// The plain form; the printed one is `printed`.
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
use identifier;
