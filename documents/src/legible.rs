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

/// The text with chances to break inserted into words of more than `longest` characters, so that no name is wider than its
/// column. The chances are zero-width spaces, which leave no trace in a PDF. Fingerprints stay whole: their column is made for them.
pub(crate) fn breakable(text: &str, longest: usize) -> Cow<'_, str> {
    const STEP: usize = 3;
    let too_long = |word: &str| word.chars().count() > longest && !is_fingerprint(word);
    if !text.split(' ').any(too_long) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + text.len());
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        if !too_long(word) {
            out.push_str(word);
            continue;
        }
        for (position, cluster) in word.graphemes(true).enumerate() {
            if position > 0 && position.is_multiple_of(STEP) {
                out.push('\u{200b}');
            }
            out.push_str(cluster);
        }
    }
    Cow::Owned(out)
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
        assert_eq!(breakable_between_hyphens(name, 20), name);
        assert_ne!(breakable_between_hyphens(name, 18), name);
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
