//! Words of a page that are not all in its reader's language.
//!
//! The domain refuses in English. Where the texts have a message for a refusal's code (`texts/<language>/refusals.ftl`), a page says that instead. What is left
//! of the domain's own words, and what a page quotes of an agreement, is marked as English, so that whoever has the page read aloud hears it in that language
//! (WCAG 2.2, 3.1.2).

use std::fmt::{self, Display, Formatter};

use askama::filters::{Escaper, Html, HtmlSafe};
use domain::report::Report;

use super::{
    errors::sentence,
    texts::{Language, Text, find_refusal, language},
};

/// Words, part by part, each known to be the reader's or English. It is displayed as HTML, escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wording(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    text: String,
    is_english: bool,
}

impl Wording {
    /// Words in the reader's language.
    pub(super) fn own(text: impl Into<String>) -> Self {
        Self::of(text.into(), false)
    }

    /// Words that are English whoever reads them.
    pub(super) fn english(text: impl Into<String>) -> Self {
        Self::of(text.into(), true)
    }

    fn of(text: String, is_english: bool) -> Self {
        if text.is_empty() { Self::default() } else { Self(vec![Part { text, is_english }]) }
    }

    /// What a refusal of the domain says, and what to do about it, a sentence each.
    pub(super) fn of_report(report: &Report) -> (Self, Self) {
        if let Some((message, remedy)) = find_refusal(report.code) {
            return (Self::own(message), Self::own(remedy));
        }
        let remedy = report.remedy.as_deref().unwrap_or_default();
        (Self::english(sentence(&report.message)), Self::english(sentence(remedy)))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is this text, but for the full stop.
    pub(super) fn says(&self, text: &str) -> bool {
        matches!(self.0.as_slice(), [only] if only.text.trim_end_matches('.') == text)
    }

    /// These words, and then more.
    pub(super) fn then(mut self, more: Self) -> Self {
        self.0.extend(more.0);
        self
    }
}

impl From<Text<'_>> for Wording {
    fn from(text: Text<'_>) -> Self {
        Self::own(text)
    }
}

impl Display for Wording {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (place, Part { text, is_english }) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            if *is_english && language() != Language::English {
                write!(f, "<span lang=\"{}\">", Language::English.tag())?;
                Html.write_escaped_str(&mut *f, text)?;
                f.write_str("</span>")?;
            } else {
                Html.write_escaped_str(&mut *f, text)?;
            }
        }
        Ok(())
    }
}

/// What it displays is escaped already.
impl HtmlSafe for Wording {}

#[cfg(test)]
mod tests {
    use askama::Template;
    use domain::report::Kind;

    use super::{super::texts::in_german, *};

    #[derive(Template)]
    #[template(source = "{% if !words.is_empty() %}<p>{{ words }}</p>{% endif %}", ext = "html")]
    struct Page {
        words: Wording,
    }

    fn page(words: Wording) -> String {
        Page { words }.render().unwrap()
    }

    fn refusal(code: &'static str) -> Wording {
        let report = Report::new(Kind::Conflict, code, "“<b>” is not on sale").remedy("choose another");
        let (message, remedy) = Wording::of_report(&report);
        message.then(remedy)
    }

    #[test]
    fn a_refusal_is_said_in_the_readers_language_or_marked_as_english() {
        let english = "<p>“&#60;b&#62;” is not on sale. Choose another.</p>";
        assert_eq!([refusal("NOT_ON_SALE"), refusal("UNHEARD_OF")].map(page), [english, english]);
        in_german(|| {
            assert_eq!(page(refusal("NOT_ON_SALE")), "<p>Dieser Beat wird nicht verkauft. Wähle einen anderen.</p>");
            assert_eq!(
                page(refusal("UNHEARD_OF")),
                "<p><span lang=\"en\">“&#60;b&#62;” is not on sale.</span> <span lang=\"en\">Choose another.</span></p>"
            );
        });
    }

    #[test]
    fn what_is_nothing_stands_nowhere() {
        let nothing = Wording::own("").then(Wording::english(""));
        assert_eq!([nothing, Wording::own("Los & weiter")].map(page), ["", "<p>Los &#38; weiter</p>"]);
    }
}
