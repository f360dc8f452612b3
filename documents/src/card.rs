//! The picture that a shared link shows: a title, whose it is, what is known of it, and its waveform or the titles that stand below it.
//!
//! It is no document. Nobody signs it and nothing is proved by it, so what no font can show is left out of it, where a document would spell it.

use serde::Serialize;

use crate::error::DocumentError;
use crate::legible::breakable;
use crate::words::clean;
use crate::world::{Typesetter, engine_version, sha256_hex};

/// The typst source of cards.
const TEMPLATE: &str = include_str!("../templates/card.typ");

/// Longest words that are kept whole where not all words can be, in capitals of usual width.
const LONGEST_WORD: usize = 24;

/// What a card shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Card {
    /// What it is of.
    pub title: String,
    /// Whose that is; empty if the title says so.
    pub by: String,
    /// What is known of it, such as its tempo.
    pub facts: Vec<String>,
    /// What belongs to it, each on a line of its own. There is room for four, and for none beside a waveform.
    pub titles: Vec<String>,
    /// How high each bar of its waveform is, the loudest 255.
    pub bars: Vec<u8>,
    /// What it is painted with.
    pub colours: Colours,
}

/// The colours of a card, each as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Colours {
    /// What lies behind.
    pub ground: String,
    /// The title.
    pub text: String,
    /// What is said below it.
    pub quiet: String,
    /// Whose it is, and the waveform.
    pub accent: String,
}

/// What the typst template reads from `/data.json`.
#[derive(Serialize)]
struct Data<'a> {
    families: &'a [String],
    by: Line,
    title: Line,
    facts: Line,
    titles: Vec<Line>,
    bars: &'a [u8],
    colours: &'a Colours,
}

/// Some words, as they are set.
#[derive(Serialize)]
struct Line {
    whole: String,
    /// The same with chances to break its longest words.
    broken: String,
    /// Whether it is written from right to left.
    rtl: bool,
}

impl Line {
    fn new(text: &str) -> Self {
        let whole = shown(text);
        Self { broken: breakable(&whole, LONGEST_WORD).into_owned(), rtl: is_rtl(&whole), whole }
    }
}

/// A text without what no font can show, such as emoji; none of it if a letter is among that, for a part of a name is another name.
fn shown(text: &str) -> String {
    let (typesetter, text) = (Typesetter::worldwide(), clean(text));
    let missing = typesetter.illegible(&text);
    if missing.iter().any(|c| c.is_alphanumeric()) {
        return String::new();
    }
    let rest: String = text.chars().filter(|c| !missing.contains(c)).collect();
    typesetter.legible(&clean(&rest))
}

/// Whether a text is written from right to left, which its first letter tells.
fn is_rtl(text: &str) -> bool {
    let rtl = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    text.chars().find(|c| c.is_alphabetic()).is_some_and(rtl)
}

/// The card as a PNG of 1200 × 630 pixels, typeset with the bundled fonts. The same card gives the same bytes.
///
/// # Errors
/// [`DocumentError::Typeset`] if a colour is none, [`DocumentError::TooLarge`] for more data than any document has.
pub fn to_png(card: &Card) -> Result<Vec<u8>, DocumentError> {
    let typesetter = Typesetter::worldwide();
    let (title, by) = (Line::new(&card.title), Line::new(&card.by));
    // Of a title that cannot be shown it is said at least whose it is.
    let (title, by) = if title.whole.is_empty() { (by, title) } else { (title, by) };
    let data = Data {
        families: typesetter.families(),
        by,
        title,
        facts: Line::new(&card.facts.join(" · ")),
        titles: card.titles.iter().map(|title| Line::new(title)).collect(),
        bars: &card.bars,
        colours: &card.colours,
    };
    typesetter.picture(TEMPLATE, &data)
}

/// SHA-256 over all that decides a card's pixels: its data, its template and the typesetter. It is told without painting it.
///
/// # Errors
/// [`DocumentError::Json`] if the data cannot be written.
pub fn fingerprint(card: &Card) -> Result<String, DocumentError> {
    let decisive = [engine_version(), TEMPLATE.to_owned(), serde_json::to_string(card)?];
    Ok(sha256_hex(decisive.join("\n").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_glyph_is_left_out_and_no_part_of_a_name_stands_for_it() {
        assert_eq!(shown("Midnight 🔥 Ride 🔥"), "Midnight Ride");
        assert_eq!(shown("🔥🔥"), "");
        assert_eq!(shown("Night \u{202e}Drive"), "Night Drive");
        assert_eq!(shown("Seoul 서울"), "");
        assert_eq!(shown("夜を走る"), "夜を走る");
    }

    #[test]
    fn the_first_letter_tells_the_direction() {
        for rtl in ["ليلة", "שלום Night", "2026 ليلة"] {
            assert!(is_rtl(rtl), "{rtl}");
        }
        for ltr in ["Night ليلة", "夜", "2026", ""] {
            assert!(!is_rtl(ltr), "{ltr}");
        }
    }
}
