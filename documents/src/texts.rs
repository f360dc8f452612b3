//! The sentences of every document, by language, apart from the logic that chooses among them.
//!
//! Licences have `texts/<code>.txt`, agreements `texts/agreements/<code>.txt`, certificates `texts/certificates/<code>.txt`, receipts `texts/receipts/<code>.txt`,
//! invoices `texts/invoices/<code>.txt`, payees' statements `texts/royalty_statements/<code>.txt`, letters of direction
//! `texts/directions/<code>.txt`: a document's template
//! hash covers the sentences it is made of, and no others.
//!
//! A line of `texts/<code>.txt` is `key = sentence`; `{name}` is replaced by a value, once, so that a value which itself holds
//! braces is printed as it is. Lines that start with `#` are remarks for translators.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::error::DocumentError;

/// A language that documents can be written in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// International English.
    #[default]
    En,
}

impl Language {
    /// Every language, for tests and menus.
    pub const ALL: [Self; 1] = [Self::En];

    /// BCP 47 code, also the name of the file of texts.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
        }
    }

    /// The file of texts as it was compiled in; its hash belongs to the proof that a document can be made again.
    pub fn source(self) -> &'static str {
        match self {
            Self::En => include_str!("../texts/en.txt"),
        }
    }

    /// The file of the invoices' texts.
    pub fn invoice_source(self) -> &'static str {
        match self {
            Self::En => include_str!("../texts/invoices/en.txt"),
        }
    }

    /// The parsed sentences of invoices.
    pub fn invoice_texts(self) -> &'static Texts {
        static EN: OnceLock<Texts> = OnceLock::new();
        match self {
            Self::En => EN.get_or_init(|| Texts::parse(Self::En.invoice_source())),
        }
    }

    /// The file of the texts of letters of direction.
    pub fn direction_source(self) -> &'static str {
        match self {
            Self::En => include_str!("../texts/directions/en.txt"),
        }
    }

    /// The parsed sentences of letters of direction.
    pub fn direction_texts(self) -> &'static Texts {
        static EN: OnceLock<Texts> = OnceLock::new();
        match self {
            Self::En => EN.get_or_init(|| Texts::parse(Self::En.direction_source())),
        }
    }

    /// The file of the texts of payees' statements.
    pub fn royalty_statement_source(self) -> &'static str {
        match self {
            Self::En => include_str!("../texts/royalty_statements/en.txt"),
        }
    }

    /// The parsed sentences of payees' statements.
    pub fn royalty_statement_texts(self) -> &'static Texts {
        static EN: OnceLock<Texts> = OnceLock::new();
        match self {
            Self::En => EN.get_or_init(|| Texts::parse(Self::En.royalty_statement_source())),
        }
    }

    /// The file of the agreements' texts.
    pub fn agreement_source(self) -> &'static str {
        match self {
            Self::En => include_str!("../texts/agreements/en.txt"),
        }
    }

    /// The file of the certificates' texts.
    pub fn certificate_source(self) -> &'static str {
        match self {
            Self::En => include_str!("../texts/certificates/en.txt"),
        }
    }

    /// The parsed sentences of certificates.
    pub fn certificate_texts(self) -> &'static Texts {
        static EN: OnceLock<Texts> = OnceLock::new();
        match self {
            Self::En => EN.get_or_init(|| Texts::parse(Self::En.certificate_source())),
        }
    }

    /// The file of the receipts' texts.
    pub fn receipt_source(self) -> &'static str {
        match self {
            Self::En => include_str!("../texts/receipts/en.txt"),
        }
    }

    /// The parsed sentences of receipts.
    pub fn receipt_texts(self) -> &'static Texts {
        static EN: OnceLock<Texts> = OnceLock::new();
        match self {
            Self::En => EN.get_or_init(|| Texts::parse(Self::En.receipt_source())),
        }
    }

    /// The parsed sentences of agreements.
    pub fn agreement_texts(self) -> &'static Texts {
        static EN: OnceLock<Texts> = OnceLock::new();
        match self {
            Self::En => EN.get_or_init(|| Texts::parse(Self::En.agreement_source())),
        }
    }

    /// The parsed sentences.
    pub fn texts(self) -> &'static Texts {
        static EN: OnceLock<Texts> = OnceLock::new();
        match self {
            Self::En => EN.get_or_init(|| Texts::parse(Self::En.source())),
        }
    }
}

/// The sentences of one language by key.
#[derive(Debug)]
pub struct Texts {
    sentences: BTreeMap<&'static str, &'static str>,
}

impl Texts {
    fn parse(source: &'static str) -> Self {
        let sentences = source
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once(" = "))
            .map(|(key, sentence)| (key.trim(), sentence.trim()))
            .collect();
        Self { sentences }
    }

    /// All keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.sentences.keys().copied()
    }

    /// The sentence `key` with each `{name}` replaced by its value.
    ///
    /// Quotation marks of a value that stands between quotation marks are the inner ones, and a value with right-to-left letters is wrapped in a Unicode isolate, so that it cannot reorder the words around it.
    ///
    /// # Errors
    /// [`DocumentError::Text`] when the key is unknown or the sentence names a value that `values` lacks.
    pub fn say(&self, key: &str, values: &[(&str, &str)]) -> Result<String, DocumentError> {
        let fail = |problem: String| DocumentError::Text { key: key.to_owned(), problem };
        let sentence = self.sentences.get(key).ok_or_else(|| fail("there is no such sentence".to_owned()))?;
        let mut said = String::with_capacity(sentence.len() + 64);
        let mut rest = *sentence;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or_else(|| fail("a brace is not closed".to_owned()))?;
            let (_, value) = values
                .iter()
                .find(|(known, _)| *known == name)
                .ok_or_else(|| fail(format!("the value '{name}' was not given")))?;
            said.push_str(before);
            if said.ends_with(QUOTES[0]) {
                push_isolated(&mut said, &value.replace(QUOTES[0], "‘").replace(QUOTES[1], "’"));
            } else {
                push_isolated(&mut said, value);
            }
            rest = after;
        }
        said.push_str(rest);
        Ok(said)
    }
}

/// The quotation marks that sentences have around a value.
const QUOTES: [char; 2] = ['“', '”'];

/// Appends a value; right-to-left ones between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (UAX #9).
fn push_isolated(said: &mut String, value: &str) {
    if value.chars().any(is_right_to_left) && !value.starts_with('\u{2068}') {
        said.push('\u{2068}');
        said.push_str(value);
        said.push('\u{2069}');
    } else {
        said.push_str(value);
    }
}

/// Letters of the scripts written from right to left (Hebrew to Arabic Extended, their presentation forms, and the
/// supplementary right-to-left blocks).
pub(crate) fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_once_and_never_read_again() {
        let texts = Texts::parse("greet = Hello {name}, {name}! {\nplain = Hello");
        assert!(texts.say("greet", &[("name", "Ana")]).is_err());
        let texts = Texts::parse("greet = Hello {name} and {other}!");
        assert_eq!(texts.say("greet", &[("name", "{other}"), ("other", "Bo")]).unwrap(), "Hello {other} and Bo!");
    }

    #[test]
    fn quotation_marks_within_quotation_marks_are_the_inner_ones() {
        let texts = Texts::parse("title = {name}\nwork = For “{name}”, by {other}:");
        let say = |key| texts.say(key, &[("name", "Strings for “Long Winter”"), ("other", "“Ana”")]).unwrap();
        assert_eq!(say("work"), "For “Strings for ‘Long Winter’”, by “Ana”:");
        assert_eq!(say("title"), "Strings for “Long Winter”");
    }

    #[test]
    fn a_missing_value_or_sentence_is_an_error() {
        let texts = Texts::parse("greet = Hello {name}");
        assert!(matches!(texts.say("greet", &[]), Err(DocumentError::Text { .. })));
        assert!(matches!(texts.say("bye", &[]), Err(DocumentError::Text { .. })));
    }

    #[test]
    fn right_to_left_names_stand_isolated() {
        let texts = Texts::parse("greet = {name} (the licensee)");
        assert_eq!(texts.say("greet", &[("name", "ליאת")]).unwrap(), "\u{2068}ליאת\u{2069} (the licensee)");
    }

    #[test]
    fn no_line_of_texts_is_lost() {
        for language in Language::ALL {
            for (source, texts, english) in [
                (language.source(), language.texts(), Language::En.texts()),
                (language.agreement_source(), language.agreement_texts(), Language::En.agreement_texts()),
                (language.certificate_source(), language.certificate_texts(), Language::En.certificate_texts()),
                (language.receipt_source(), language.receipt_texts(), Language::En.receipt_texts()),
                (language.invoice_source(), language.invoice_texts(), Language::En.invoice_texts()),
                (language.direction_source(), language.direction_texts(), Language::En.direction_texts()),
                (
                    language.royalty_statement_source(),
                    language.royalty_statement_texts(),
                    Language::En.royalty_statement_texts(),
                ),
            ] {
                let lines = source.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
                assert_eq!(lines.count(), texts.keys().count(), "a duplicate or malformed line in {language:?}");
                assert_eq!(english.keys().collect::<Vec<_>>(), texts.keys().collect::<Vec<_>>());
            }
        }
    }
}
