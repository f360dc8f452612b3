//! Whether there is anything to be seen of a text. A name that nobody can see names nobody, and no document prints one.

/// Whether a text has a character that can be seen.
pub(crate) fn has_visible(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(c))
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
