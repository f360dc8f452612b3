//! What documents can show. Characters that no font of theirs has are printed as code points, `[U+AE40]`: nothing is lost, and nobody reads it. So
//! a text with such characters is refused by name where it is typed, before anything is signed or bought with it.

use crate::{
    ports::AgreementDocuments,
    report::{Explain, Kind, Report},
};

/// Most characters that a refusal names.
const MOST_NAMED: usize = 5;

/// Most characters of a text that is looked at before it is saved.
const MOST_ASKED: usize = 1_000;

/// What to do about a text that documents cannot show.
pub(crate) const REMEDY: &str =
    "spell it in Latin letters, as a passport does; Greek, Cyrillic, Arabic, Hebrew and Japanese can be shown too";

/// A text that documents cannot show.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", problem(characters))]
pub struct Illegible {
    field: &'static str,
    characters: Vec<char>,
}

impl Explain for Illegible {
    fn explain(&self) -> Report {
        Report::new(Kind::Invalid, "ILLEGIBLE", self.to_string()).field(self.field).remedy(REMEDY)
    }
}

/// What is wrong with a text that has these characters.
pub(crate) fn problem(characters: &[char]) -> String {
    let mut named: Vec<String> =
        characters.iter().take(MOST_NAMED).map(|c| format!("{c} (U+{:04X})", u32::from(*c))).collect();
    if let Some(more) = characters.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
        named.push(format!("{more} more"));
    }
    format!("the document cannot show this, for its fonts lack {}", named.join(", "))
}

/// The characters that documents print as code points, for whoever types a text that is not refused, such as a title; of the beginning of a text that is
/// longer than any of these.
pub fn unprintable(documents: &dyn AgreementDocuments, text: &str) -> Vec<char> {
    documents.illegible(&text.chars().take(MOST_ASKED).collect::<String>())
}

/// Refuses a text of that input field if documents cannot show it.
pub fn require_legible(documents: &dyn AgreementDocuments, field: &'static str, text: &str) -> Result<(), Illegible> {
    let characters = documents.illegible(text);
    if characters.is_empty() { Ok(()) } else { Err(Illegible { field, characters }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreements::testing::PlainDocuments;

    #[test]
    fn what_cannot_be_shown_is_refused_by_name() {
        assert_eq!(require_legible(&PlainDocuments, "name", "Łukasz 夜子"), Ok(()));
        let told = require_legible(&PlainDocuments, "buyerName", "Kim 민수 🔥").unwrap_err().explain();
        assert_eq!((told.code, told.field.as_deref()), ("ILLEGIBLE", Some("buyerName")));
        assert_eq!(
            told.message,
            "the document cannot show this, for its fonts lack 민 (U+BBFC), 수 (U+C218), 🔥 (U+1F525)"
        );
        assert!(problem(&['a'; 7]).ends_with("a (U+0061), 2 more"));
    }

    #[test]
    fn what_is_printed_otherwise_is_told_and_the_beginning_is_enough() {
        assert_eq!(unprintable(&PlainDocuments, "Fire 🔥"), ['🔥']);
        assert!(unprintable(&PlainDocuments, "Night Drive").is_empty());
        assert!(unprintable(&PlainDocuments, &format!("{}🔥", "a".repeat(MOST_ASKED))).is_empty());
    }
}
