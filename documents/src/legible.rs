//! Names in any script, emoji and control characters: what the fonts cannot show is spelled out, never dropped or boxed.
//!
//! A sale must not fail, and an archive file must not break, because a buyer's name holds a character that no font has. Such a
//! character is printed as its code point, `[U+1F525]`: exact, harmless and the same in PDF and HTML. Forms ask
//! [`crate::Typesetter::illegible`] beforehand and refuse such a name; an operator who serves other scripts gives the
//! typesetter more fonts ([`crate::Typesetter::with_fonts`]).

use std::borrow::Cow;
use std::fmt::Write;

use unicode_segmentation::UnicodeSegmentation;

use crate::{words::clean, world::Typesetter};

/// Answers which characters one font has.
pub trait Glyphs {
    /// Whether the font has a glyph for the character.
    fn has(&self, c: char) -> bool;
}

/// The text with each character that no font can show spelled as `[U+…]`. Invisible characters that only tune emoji or line
/// breaks are left out.
pub fn legible<'t>(text: &'t str, fonts: &[impl Glyphs]) -> Cow<'t, str> {
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Plain letters need no asking; the last of them may carry a mark that follows.
    while let Some(first_odd) = rest.bytes().position(|byte| !is_plain(byte)) {
        let (plain, odd) = rest.split_at(first_odd.saturating_sub(1));
        out.push_str(plain);
        let cluster = odd.graphemes(true).next().unwrap_or(odd);
        push_cluster(&mut out, cluster, fonts);
        rest = &odd[cluster.len()..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The characters of a text that [`legible`] spells out, each once, in order of appearance.
pub fn illegible(text: &str, fonts: &[impl Glyphs]) -> Vec<char> {
    let mut found = Vec::new();
    for cluster in text.graphemes(true).filter(|cluster| !fits_one_font(cluster, fonts)) {
        for (place, c) in cluster.chars().filter(|c| !is_invisible(*c)).enumerate() {
            let shown = place == 0 && fonts.iter().any(|font| has(font, c));
            if !shown && !found.contains(&c) {
                found.push(c);
            }
        }
    }
    found
}

/// The characters of a value that documents spell out as they print it. Line breaks and what steers the direction of writing are no part of that.
pub fn unshown(value: &str) -> Vec<char> {
    let mut characters = Typesetter::worldwide().illegible(&clean(value));
    characters.retain(|c| !c.is_control());
    characters
}

/// What every font of ours has.
fn is_plain(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte)
}

fn push_cluster(out: &mut String, cluster: &str, fonts: &[impl Glyphs]) {
    if fits_one_font(cluster, fonts) {
        out.extend(cluster.chars().filter(|c| !is_tuning(*c)));
        return;
    }
    let mut chars = cluster.chars().filter(|c| !is_invisible(*c));
    if let Some(base) = chars.next() {
        push_char(out, base, fonts.iter().any(|font| has(font, base)));
    }
    // A mark that is not in its base's font cannot be joined to it.
    for mark in chars {
        push_char(out, mark, false);
    }
}

fn push_char(out: &mut String, c: char, shown: bool) {
    if shown {
        out.push(c);
    } else {
        write!(out, "[U+{:04X}]", u32::from(c)).expect("writing to a string never fails");
    }
}

fn fits_one_font(cluster: &str, fonts: &[impl Glyphs]) -> bool {
    fonts.iter().any(|font| cluster.chars().all(|c| is_invisible(c) || has(font, c)))
}

/// Private use characters mean nothing outside one font, controls nothing at all.
fn has(font: &impl Glyphs, c: char) -> bool {
    let private = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..);
    !private && !c.is_control() && c != '\u{fffd}' && font.has(c)
}

/// Characters without a shape of their own: joiners, isolates, and those that only tune.
pub(crate) fn is_invisible(c: char) -> bool {
    is_tuning(c) || matches!(c, '\u{200c}' | '\u{200d}' | '\u{2066}'..='\u{2069}')
}

/// Soft hyphens, break hints, variation selectors, tags.
fn is_tuning(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// The text with chances to break inserted into words that are wider than `longest` capitals, so that no name is wider than its column. Addresses
/// are broken where their parts meet, and within a part only if it is too wide by itself. The chances are zero-width spaces; a template out of
/// which text is copied sets them as gaps that have no character. Fingerprints stay whole: their column is made for them.
pub(crate) fn breakable(text: &str, longest: usize) -> Cow<'_, str> {
    // What has chances to break has been given them for a narrower column.
    let too_long = |word: &str| is_wider(word, longest) && !is_fingerprint(word) && !word.contains('\u{200b}');
    if !text.split(' ').any(too_long) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + text.len());
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        if too_long(word) {
            push_broken(&mut out, word, longest);
        } else {
            out.push_str(word);
        }
    }
    Cow::Owned(out)
}

/// A word with its chances to break: between its parts, and in a part that is too wide after each few letters.
fn push_broken(out: &mut String, word: &str, longest: usize) {
    const STEP: usize = 3;
    let mut rest = word;
    while !rest.is_empty() {
        let part = part(rest);
        if rest.len() < word.len() {
            out.push('\u{200b}');
        }
        if is_wider(part, longest) {
            for (position, cluster) in part.graphemes(true).enumerate() {
                if position > 0 && position.is_multiple_of(STEP) {
                    out.push('\u{200b}');
                }
                out.push_str(cluster);
            }
        } else {
            out.push_str(part);
        }
        rest = &rest[part.len()..];
    }
}

/// What a word begins with, up to where an address may be broken: before a dot, and behind what else joins its parts.
fn part(word: &str) -> &str {
    for (at, c) in word.char_indices() {
        if c == '.' && at > 0 {
            return &word[..at];
        }
        if matches!(c, '@' | '/' | '_' | '-') {
            return &word[..at + c.len_utf8()];
        }
    }
    word
}

/// Whether a word is wider than so many capitals. Small letters and digits take some three quarters of one.
fn is_wider(word: &str, capitals: usize) -> bool {
    let quarters = |c: char| -> usize {
        let small = c.is_lowercase() || c.is_ascii_digit() || c.is_ascii_punctuation();
        if small && !matches!(c, 'm' | 'w') { 3 } else { 4 }
    };
    word.chars().map(quarters).sum::<usize>() > 4 * capitals
}

/// The text with the groups of each ISNI (four times four digits, the last perhaps an X) kept on one line.
pub(crate) fn with_whole_codes(text: &str) -> Cow<'_, str> {
    const CHARS: usize = 19;
    let is_isni = |bytes: &[u8]| {
        bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 9 | 14 => *byte == b' ',
            18 => byte.is_ascii_digit() || *byte == b'X',
            _ => byte.is_ascii_digit(),
        })
    };
    let Some(start) = text.as_bytes().windows(CHARS).position(is_isni) else { return Cow::Borrowed(text) };
    // All of it is ASCII, so the cuts fall between characters.
    let (before, rest) = text.split_at(start);
    let (code, after) = rest.split_at(CHARS);
    Cow::Owned(format!("{before}{}{}", code.replace(' ', "\u{a0}"), with_whole_codes(after)))
}

/// As [`breakable`], for text that is broken at its hyphens first: only what stands between them counts as a word.
pub(crate) fn breakable_between_hyphens(text: &str, longest: usize) -> String {
    text.split_inclusive('-').map(|part| breakable(part, longest)).collect()
}

fn is_fingerprint(word: &str) -> bool {
    let digits = word.trim_end_matches(['.', ',', ';']);
    digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Only(&'static str);

    impl Glyphs for Only {
        fn has(&self, c: char) -> bool {
            self.0.contains(c)
        }
    }

    #[test]
    fn what_no_font_has_is_spelled_out() {
        let fonts = [Only("Midnght ó"), Only("ש")];
        assert_eq!(legible("Midnight 🔥", &fonts), "Midnight [U+1F525]");
        assert_eq!(legible("ó ש", &fonts), "ó ש");
        assert_eq!(legible("i\u{7}", &fonts), "i[U+0007]");
        assert_eq!(illegible("🔥 Midnight 🔥ß", &fonts), ['🔥', 'ß']);
    }

    #[test]
    fn a_mark_must_be_in_the_font_of_its_base() {
        let fonts = [Only("e"), Only("\u{301}")];
        assert_eq!(legible("e\u{301}", &fonts), "e[U+0301]");
        assert_eq!(illegible("e\u{301}", &fonts), ['\u{301}']);
        assert_eq!(legible("e\u{301}", &[Only("e\u{301}")]), "e\u{301}");
    }

    #[test]
    fn emoji_sequences_are_spelled_without_their_glue() {
        let fonts = [Only("a")];
        assert_eq!(legible("a❤\u{fe0f}", &fonts), "a[U+2764]");
        assert_eq!(legible("👨\u{200d}👩", &fonts), "[U+1F468][U+1F469]");
    }

    #[test]
    fn a_hyphen_is_a_chance_to_break() {
        let name = "Hohenstein-Schwarzenbergstädter of the longer line";
        assert_eq!(breakable_between_hyphens(name, 16), name);
        assert_ne!(breakable_between_hyphens(name, 14), name);
    }

    #[test]
    fn words_that_fit_are_left_whole_and_addresses_are_broken_where_their_parts_meet() {
        assert_eq!(breakable("administrator", 12), "administrator");
        assert_ne!(breakable("ADMINISTRATOR", 12), "ADMINISTRATOR");
        let email = breakable("maximiliane.friederike@hohenstein.example", 20);
        assert_eq!(email.replace('\u{200b}', "|"), "maximiliane|.friederike@|hohenstein|.example");
        assert_eq!(breakable(".com", 2).replace('\u{200b}', "|"), ".co|m");
    }

    #[test]
    fn an_isni_stays_on_its_line() {
        let text = "Ana, ISNI 0000 0001 2345 678X, and 0000 0001 2345 6789 12";
        let whole = with_whole_codes(text);
        assert_eq!(whole.replace('\u{a0}', " "), text);
        assert!(whole.contains("0000\u{a0}0001\u{a0}2345\u{a0}678X, and 0000\u{a0}0001\u{a0}2345\u{a0}6789 12"));
        assert_eq!(with_whole_codes("żółć 0000 0001 2345"), "żółć 0000 0001 2345");
    }

    #[test]
    fn long_words_get_break_chances_and_fingerprints_none() {
        let long = "a".repeat(40);
        let broken = breakable(&long, 18);
        assert_eq!(broken.replace('\u{200b}', ""), long);
        assert!(broken.split('\u{200b}').all(|part| part.chars().count() <= 3));
        let fingerprint = format!("is {}.", "0f".repeat(32));
        assert_eq!(breakable(&fingerprint, 18), fingerprint);
    }
}
