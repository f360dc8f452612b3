//! Whether there is anything to be seen of a text, and whether it is seen as it stands. A name that nobody can see names nobody, and no document
//! prints one; a character that turns the direction of what stands behind it makes a name read as another's, and a page or mail say something else.
//!
//! Names and titles with such characters are refused, longer texts lose them.

use std::borrow::Cow;

/// Whether a text has a character that can be seen.
pub(crate) fn has_visible(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(c))
}

/// Whether a character is not seen and steers what is: a control character, a separator of lines or paragraphs, or one that embeds, overrides or
/// isolates a direction of writing. Scripts that are written from right to left need none of them.
pub fn is_steering(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A separator of lines or paragraphs as the line break that it is; another character as it stands.
pub(crate) const fn plain_break(c: char) -> char {
    if matches!(c, '\u{2028}' | '\u{2029}') { '\n' } else { c }
}

/// A text in which lines may break, by line breaks alone, without what embeds, overrides or isolates a direction of writing.
pub(crate) fn undirected(text: &str) -> String {
    text.chars().map(plain_break).filter(|c| c.is_control() || !is_steering(*c)).collect()
}

/// A text as it stands among words of another direction of writing: one with letters that are written from right to left is isolated (UAX #9), so
/// that quotation marks and numbers beside it stay on their side.
pub fn isolated(text: &str) -> Cow<'_, str> {
    let from_right = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    if text.contains(from_right) { Cow::Owned(format!("\u{2068}{text}\u{2069}")) } else { Cow::Borrowed(text) }
}

/// Characters without a shape of their own: joiners, break hints, what steers direction or only tunes, fillers that stand for nothing. The
/// documents call no other character empty; a test beside their typesetter holds that.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_told_from_what_is_written() {
        for c in [
            '\u{0}', '\n', '\u{7f}', '\u{85}', '\u{9b}', '\u{2028}', '\u{2029}', '\u{202a}', '\u{202e}', '\u{2066}',
            '\u{2069}',
        ] {
            assert!(is_steering(c), "{c:?}");
        }
        for c in "Ada 夜子 ليلى می\u{200c}خواهم שרה\u{200f} 👩\u{200d}🎤\u{2019}".chars() {
            assert!(!is_steering(c), "{c:?}");
        }
        assert_eq!(undirected("a\n\u{202e}b\u{2066}c\u{2069}"), "a\nbc");
        assert_eq!(undirected("a\u{2028}b\u{2029}c"), "a\nb\nc");
    }

    #[test]
    fn what_is_written_from_right_to_left_is_isolated() {
        assert_eq!(isolated("Łucja 夜子"), "Łucja 夜子");
        for name in ["ليلى", "Layla ليلى", "שרה"] {
            assert_eq!(isolated(name), format!("\u{2068}{name}\u{2069}"));
        }
    }

    #[test]
    fn what_nobody_can_see_is_nothing() {
        for text in
            ["", " \t", "\u{200b}", "\u{200d}\u{feff}", "\u{202e}\u{2066}", "\u{ad} \u{2060}", "\u{3164}", "\u{0}"]
        {
            assert!(!has_visible(text), "{text:?}");
        }
        // Joiners stand within names as they are written.
        for text in ["Ada", "夜子", "می\u{200c}خواهم", "👩\u{200d}🎤", "."] {
            assert!(has_visible(text), "{text:?}");
        }
    }
}
