//! Whether there is anything to be seen of a text, and whether it is seen as it stands. A name that nobody can see names nobody, and no document
//! prints one; a character that turns the direction of what stands behind it makes a name read as another's, and a page or mail say something else.
//!
//! Names and titles with such characters are refused, longer texts lose them.

/// Whether a text has a character that can be seen.
pub(crate) fn has_visible(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(c))
}

/// Whether a character is not seen and steers what is: a control character, or one that embeds, overrides or isolates a direction of writing.
/// Scripts that are written from right to left need none of them.
pub fn is_steering(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text in which lines may break, without what embeds, overrides or isolates a direction of writing.
pub(crate) fn undirected(text: &str) -> String {
    text.chars().filter(|c| c.is_control() || !is_steering(*c)).collect()
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
        for c in ['\u{0}', '\n', '\u{7f}', '\u{85}', '\u{9b}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}'] {
            assert!(is_steering(c), "{c:?}");
        }
        for c in "Ada 夜子 ليلى می\u{200c}خواهم שרה\u{200f} 👩\u{200d}🎤\u{2019}".chars() {
            assert!(!is_steering(c), "{c:?}");
        }
        assert_eq!(undirected("a\n\u{202e}b\u{2066}c\u{2069}"), "a\nbc");
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
