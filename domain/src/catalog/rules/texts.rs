//! Titles, slugs, labels and descriptions.

use std::collections::BTreeSet;

use crate::visible::{has_visible, is_steering};

/// The longest title, in characters.
pub const MAX_TITLE_CHARS: usize = 200;
/// The longest description, in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 5_000;
/// The longest label, in characters.
pub const MAX_LABEL_CHARS: usize = 60;
/// The most labels of one kind on a beat.
pub const MAX_LABELS: usize = 30;
/// The longest slug, in characters, leaving room for the number of a namesake.
const MAX_SLUG_CHARS: usize = 100;

/// A title: blanks made single, 1 to [`MAX_TITLE_CHARS`] characters, none of them steering; none if it is not one.
pub fn title(text: &str) -> Option<String> {
    let tidy = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = has_visible(&tidy) && tidy.chars().count() <= MAX_TITLE_CHARS && !tidy.chars().any(is_steering);
    fits.then_some(tidy)
}

/// A description or a note: trimmed, line breaks kept, [`MAX_DESCRIPTION_CHARS`] at most; none if it is longer.
pub fn description(text: &str) -> Option<String> {
    let tidy: String = text.trim().chars().filter(|c| !is_steering(*c) || *c == '\n').collect();
    (tidy.chars().count() <= MAX_DESCRIPTION_CHARS).then_some(tidy)
}

/// The first label that is refused, by its place, if there are not simply too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelRefusal {
    /// More than [`MAX_LABELS`].
    TooMany,
    /// One is too long.
    TooLong {
        /// Its place, from 0.
        place: usize,
    },
}

/// Labels: lower-case, blanks made single, a `#` in front dropped, empty ones and repetitions dropped, in alphabetical order.
pub fn labels(given: &[String]) -> Result<Vec<String>, LabelRefusal> {
    let mut tidy = BTreeSet::new();
    for (place, text) in given.iter().enumerate() {
        let words = text.trim().trim_start_matches('#').to_lowercase();
        let label = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let label: String = label.chars().filter(|c| !is_steering(*c)).collect();
        if label.chars().count() > MAX_LABEL_CHARS {
            return Err(LabelRefusal::TooLong { place });
        }
        if !label.is_empty() {
            tidy.insert(label);
        }
    }
    if tidy.len() > MAX_LABELS { Err(LabelRefusal::TooMany) } else { Ok(tidy.into_iter().collect()) }
}

/// The word for a title in addresses: ASCII letters and digits, hyphens between, accents dropped where the letter is Latin; `beat` if nothing is left.
pub fn slug(title: &str) -> String {
    let mut slug = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        match plain(c) {
            "" if c.is_ascii_alphanumeric() => slug.push(c),
            "" if c == '\'' || c == '\u{2019}' => {}
            "" if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            letters => slug.push_str(letters),
        }
        if slug.len() >= MAX_SLUG_CHARS {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "beat".to_owned() } else { slug.to_owned() }
}

/// A Latin letter with an accent, or a sign, in plain letters; empty for all others.
fn plain(c: char) -> &'static str {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ő' => "o",
        'ö' | 'ø' | 'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'þ' => "th",
        '♯' => "sharp",
        '♭' => "flat",
        '&' => "and",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slugs_read_like_their_titles() {
        for (title, expected) in [
            ("Night Drive", "night-drive"),
            ("  Don't  Stop!! ", "dont-stop"),
            ("Für Elise (Übermut)", "fuer-elise-uebermut"),
            ("夜", "beat"),
            ("R&B", "randb"),
            ("140 BPM", "140-bpm"),
        ] {
            assert_eq!(slug(title), expected, "{title:?}");
        }
    }

    #[test]
    fn labels_are_tidied() {
        let given = ["Dark ", "#dark", "Drake  Type Beat", "", "  "].map(String::from);
        assert_eq!(labels(&given), Ok(vec!["dark".to_owned(), "drake type beat".to_owned()]));
        assert_eq!(labels(&["x".repeat(61)]), Err(LabelRefusal::TooLong { place: 0 }));
        let many: Vec<String> = (0..31).map(|n| format!("tag {n}")).collect();
        assert_eq!(labels(&many), Err(LabelRefusal::TooMany));
    }

    #[test]
    fn titles_are_one_line() {
        assert_eq!(title(" Night \n Drive "), Some("Night Drive".to_owned()));
        assert_eq!(title(" "), None);
        assert_eq!(title("\u{200b}"), None);
        assert_eq!(title(&"x".repeat(201)), None);
        assert_eq!(description("  a\r\nb\u{0} "), Some("a\nb".to_owned()));
    }

    proptest! {
        #[test]
        fn a_slug_is_always_a_word_of_an_address(title in "\\PC{0,300}") {
            let slug = slug(&title);
            prop_assert!((1..=110).contains(&slug.len()), "{slug}");
            prop_assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{slug}");
            prop_assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"), "{slug}");
        }
    }
}
