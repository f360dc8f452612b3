//! Content lines, as calendars and cards share them: folded at 75 octets (RFC 5545, 3.1; RFC 6350, 3.2), values and parameters escaped.

/// Octets of a line without its line break.
const MAX_OCTETS: usize = 75;

/// Appends one content line, folded between characters, with its line break.
pub(crate) fn push_folded(out: &mut String, line: &str) {
    let mut room = MAX_OCTETS;
    for c in line.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            // The blank that begins a continuation counts.
            room = MAX_OCTETS - 1;
        }
        out.push(c);
        room -= c.len_utf8();
    }
    out.push_str("\r\n");
}

/// The content lines of a text, each with the number of the physical line that it begins on, from 1. Any line break is taken; empty lines are not
/// handed out.
pub(crate) fn unfold(text: &str) -> Vec<(u64, String)> {
    let mut lines: Vec<(u64, String)> = Vec::new();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for (number, physical) in (1..).zip(text.split('\n')) {
        match (physical.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, line))) => line.push_str(rest),
            _ if physical.is_empty() => {}
            _ => lines.push((number, physical.to_owned())),
        }
    }
    lines
}

/// A text value: backslash, semicolon, comma and line breaks escaped; control characters, which no value may have, left out.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push_str("\\\\"),
            ';' => out.push_str("\\;"),
            ',' => out.push_str("\\,"),
            '\n' => out.push_str("\\n"),
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push_str("\\n");
            }
            c if c.is_control() && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}

/// A text value read. An unknown escape stands for itself.
pub(crate) fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n' | 'N') => out.push('\n'),
            Some(c @ ('\\' | ';' | ',' | ':')) => out.push(c),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

/// The parts of a value between separators that are not escaped, still escaped.
pub(crate) fn split(value: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut escaped) = (0, false);
    for (at, c) in value.char_indices() {
        if c == separator && !escaped {
            parts.push(&value[from..at]);
            from = at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    parts.push(&value[from..]);
    parts
}

/// A parameter's value, in quotation marks where it must be; circumflex, line breaks and quotation marks as RFC 6868 says.
pub(crate) fn parameter(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    for c in value.chars() {
        match c {
            '^' => out.push_str("^^"),
            '\n' => out.push_str("^n"),
            '"' => out.push_str("^'"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    if out.contains([':', ';', ',']) { format!("\"{out}\"") } else { out }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(line: &str) -> String {
        let mut out = String::new();
        push_folded(&mut out, line);
        out
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        assert_eq!(folded("SUMMARY:Short"), "SUMMARY:Short\r\n");
        assert_eq!(folded(&"a".repeat(75)), format!("{}\r\n", "a".repeat(75)));
        assert_eq!(folded(&"a".repeat(76)), format!("{}\r\n a\r\n", "a".repeat(75)));
        // 74 octets and a character of two: it does not fit.
        assert_eq!(folded(&format!("{}ë", "a".repeat(74))), format!("{}\r\n ë\r\n", "a".repeat(74)));
    }

    #[test]
    fn unfolding_takes_any_line_break_and_numbers_physical_lines() {
        let lines = unfold("A:1\r\n 2\n\nB:3\r\tx\r\n");
        assert_eq!(lines, [(1, "A:12".to_owned()), (4, "B:3x".to_owned())]);
        assert_eq!(unfold(" leading"), [(1, " leading".to_owned())]);
    }

    #[test]
    fn texts_are_escaped_as_the_standard_says() {
        assert_eq!(escape("Vocals; take 1, \\o/\r\nloud"), "Vocals\\; take 1\\, \\\\o/\\nloud");
        assert_eq!(escape("a\u{7}b\tc"), "ab\tc");
        assert_eq!(unescape("C:\\users \\n\\N\\;"), "C:\\users \n\n;");
        assert_eq!(split("a\\;b;c\\\\;d", ';'), ["a\\;b", "c\\\\", "d"]);
        assert_eq!(parameter("Ada \"The Count\" L, ^2"), "\"Ada ^'The Count^' L, ^^2\"");
        assert_eq!(parameter("Ada"), "Ada");
    }

    proptest! {
        #[test]
        fn folding_loses_nothing_and_keeps_to_its_width(line in "[^\\p{Cc} \t][^\\p{Cc}]{0,300}") {
            let text = folded(&line);
            prop_assert!(text.split("\r\n").all(|physical| physical.len() <= MAX_OCTETS));
            prop_assert_eq!(unfold(&text), vec![(1, line)]);
        }

        #[test]
        fn escaping_loses_nothing(text in "[^\\p{Cc}]{0,40}(\n[^\\p{Cc}]{0,40}){0,3}") {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains('\n'));
            prop_assert_eq!(unescape(&escaped), text.clone());
            prop_assert_eq!(split(&escaped, ';').len(), 1);
            prop_assert_eq!(split(&escaped, ',').len(), 1);
        }

        #[test]
        fn nothing_that_is_read_makes_it_fall_over(text in ".{0,200}") {
            for (_, line) in unfold(&text) {
                unescape(&line);
                split(&line, ';');
            }
        }
    }
}
