//! What a file's name says of a beat: `Title 140bpm Am.wav`, `Title_140_Am.wav`, `140 BPM - Title (Cm).mp3`.

use super::{
    music::{self, Key},
    texts,
};

/// What a file's name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedBeat {
    /// The title, never empty.
    pub title: String,
    /// Tempo in thousandths of a beat per minute, if it is there.
    pub bpm_milli: Option<i32>,
    /// Key in canonical form, if it is there.
    pub musical_key: Option<String>,
}

/// A word of a name and where it stands, in bytes.
#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    /// Whether an underscore, a hyphen or a bracket stands on both of its sides, or the name's end does.
    set_off: bool,
}

/// What was found, and the bytes that say it.
type Found<T> = (T, std::ops::Range<usize>);

/// A file's name without its folders and without its extension, where it has one of up to four letters and digits.
pub fn base_name(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((base, extension))
            if !base.is_empty()
                && (1..=4).contains(&extension.len())
                && extension.bytes().all(|b| b.is_ascii_alphanumeric())
                && extension.bytes().any(|b| b.is_ascii_alphabetic()) =>
        {
            base
        }
        _ => name,
    }
}

/// Reads a file's name. A number counts as the tempo where `bpm` says so, or where it stands beside the key or set off by itself and is a usual tempo
/// (60 to 220).
pub fn read(path: &str) -> NamedBeat {
    let base = base_name(path);
    let words = words(base);
    let key = find_key(&words);
    let bpm = find_bpm(&words, key.as_ref().map(|(_, span)| span));
    let key = key.or_else(|| find_note_behind(&words, &bpm.as_ref()?.1));
    let spans: Vec<_> = [key.as_ref().map(|(_, span)| span.clone()), bpm.as_ref().map(|(_, span)| span.clone())]
        .into_iter()
        .flatten()
        .collect();
    let title = [without(base, &spans), base.replace('_', " ")].iter().find_map(|text| texts::title(text));
    NamedBeat {
        title: title.unwrap_or_else(|| "Untitled".to_owned()),
        bpm_milli: bpm.map(|(milli, _)| milli),
        musical_key: key.map(|(key, _)| key.to_string()),
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '_' | '-' | '–' | '—' | '(' | ')' | '[' | ']' | '{' | '}' | ',' | '|')
}

fn words(base: &str) -> Vec<Word<'_>> {
    let is_gap = |c: char| c.is_whitespace() || is_mark(c);
    let marked = |side: &str, from_end: bool| {
        let mut gap = side.chars().take_while(|c| is_gap(*c));
        let mut back = side.chars().rev().take_while(|c| is_gap(*c));
        side.is_empty() || if from_end { back.any(is_mark) } else { gap.any(is_mark) }
    };
    base.split(is_gap)
        .filter(|text| !text.is_empty())
        .map(|text| {
            let start = text.as_ptr() as usize - base.as_ptr() as usize;
            let end = start + text.len();
            let set_off = marked(&base[..start], true) && marked(&base[end..], false);
            Word { text, start, end, set_off }
        })
        .collect()
}

/// The last key in the name. A note alone is none: `Plan B` has no key.
fn find_key(words: &[Word<'_>]) -> Option<Found<Key>> {
    (0..words.len()).rev().find_map(|at| {
        (1..=3_usize.min(words.len() - at)).rev().find_map(|count| {
            let run = &words[at..at + count];
            let text = run.iter().map(|word| word.text).collect::<Vec<_>>().join(" ");
            let (letter, accidental, mode) = music::note_and_mode(&text)?;
            let written_as_key = text.starts_with(letter) || text.len() > 2;
            // `I am` is not in A minor, and `A M` is no A major.
            let spelled = count == 1 || run[count - 1].text.len() > 1;
            let minor = mode.filter(|_| written_as_key && spelled)?;
            Some((Key::new(letter, accidental, minor), run[0].start..run[count - 1].end))
        })
    })
}

/// A note alone behind the tempo, such as the `F` of `Title 140bpm F`: its major. Before the tempo it belongs to the title, as in
/// `Plan B 140bpm`.
fn find_note_behind(words: &[Word<'_>], bpm: &std::ops::Range<usize>) -> Option<Found<Key>> {
    let word = words.iter().find(|word| word.start >= bpm.end)?;
    let (letter, accidental, None) = music::note_and_mode(word.text)? else { return None };
    word.text.starts_with(letter).then(|| (Key::new(letter, accidental, false), word.start..word.end))
}

fn find_bpm(words: &[Word<'_>], key: Option<&std::ops::Range<usize>>) -> Option<Found<i32>> {
    let is_unit = |word: &Word<'_>| word.text.eq_ignore_ascii_case("bpm");
    let said = words.iter().enumerate().find_map(|(at, word)| {
        let lower = word.text.to_ascii_lowercase();
        if let Some(number) = lower.strip_suffix("bpm").or_else(|| lower.strip_prefix("bpm")).filter(|n| !n.is_empty())
        {
            return Some((music::bpm_milli(number)?, word.start..word.end));
        }
        let unit = words.get(at + 1).filter(|next| is_unit(next));
        let before = at.checked_sub(1).map(|before| &words[before]).filter(|before| is_unit(before));
        let number = music::bpm_milli(word.text);
        match (unit, before) {
            (Some(unit), _) => Some((number?, word.start..unit.end)),
            (None, Some(unit)) => Some((number?, unit.start..word.end)),
            (None, None) => None,
        }
    });
    said.or_else(|| {
        words.iter().enumerate().rev().find_map(|(at, word)| {
            let beside_key = key.is_some_and(|key| {
                words.get(at + 1).is_some_and(|next| next.start == key.start)
                    || at.checked_sub(1).is_some_and(|before| words[before].end == key.end)
            });
            let alone = words.len() == 1;
            let milli = music::bpm_milli(word.text).filter(|milli| (60_000..=220_000).contains(milli))?;
            (!alone && (beside_key || word.set_off)).then_some((milli, word.start..word.end))
        })
    })
}

/// The name without what has been read from it, and without the brackets and hyphens that this leaves empty.
fn without(base: &str, spans: &[std::ops::Range<usize>]) -> String {
    let kept: String = base
        .char_indices()
        .map(|(at, c)| if spans.iter().any(|span| span.contains(&at)) || c == '_' { ' ' } else { c })
        .collect();
    let mut text = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    loop {
        let mut next = text.clone();
        for empty in ["()", "[]", "{}", "( )", "[ ]", "{ }"] {
            next = next.replace(empty, " ");
        }
        for (twice, once) in [("- -", "-"), ("--", "-"), (", ,", ","), ("( ", "("), (" )", ")")] {
            next = next.replace(twice, once);
        }
        let next = next.split_whitespace().collect::<Vec<_>>().join(" ");
        let next = next.trim_matches([' ', '-', '–', '—', ',', '|']).to_owned();
        if next == text {
            return text;
        }
        text = next;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_as_producers_write_them() {
        for (name, title, bpm, key) in [
            ("Title 140bpm Am.wav", "Title", Some(140_000), Some("A minor")),
            ("Title_140_Am.wav", "Title", Some(140_000), Some("A minor")),
            ("140 BPM - Title (Cm).mp3", "Title", Some(140_000), Some("C minor")),
            ("beats/Night Drive [92.5 BPM] [F# Minor].flac", "Night Drive", Some(92_500), Some("F# minor")),
            ("Night Drive - BPM 92 - Gbmaj.aiff", "Night Drive", Some(92_000), Some("Gb major")),
            ("lo-fi_dreams_85bpm.wav", "lo-fi dreams", Some(85_000), None),
            ("Cold-140bpm-Ebm.wav", "Cold", Some(140_000), Some("Eb minor")),
            ("Plan B.wav", "Plan B", None, None),
            ("I am here.wav", "I am here", None, None),
            ("Summer 99.wav", "Summer 99", None, None),
            ("140.wav", "140", None, None),
            ("Am.wav", "Am", None, Some("A minor")),
            ("Title (prod. Nova) 140 Am.wav", "Title (prod. Nova)", Some(140_000), Some("A minor")),
            ("Title v1.2", "Title v1.2", None, None),
            ("Mr. Fox.ogg", "Mr. Fox", None, None),
            ("Title 140bpm F.wav", "Title", Some(140_000), Some("F major")),
            ("Title 140bpm F#.wav", "Title", Some(140_000), Some("F# major")),
            ("Plan B 140bpm.wav", "Plan B", Some(140_000), None),
            ("140bpm a night.wav", "a night", Some(140_000), None),
            ("Rain in E flat major 70bpm.wav", "Rain in", Some(70_000), Some("Eb major")),
        ] {
            let read = read(name);
            assert_eq!(
                (read.title.as_str(), read.bpm_milli, read.musical_key.as_deref()),
                (title, bpm, key),
                "{name:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn every_name_has_a_title(name in "\\PC{0,60}") {
            prop_assert!(!read(&name).title.is_empty());
        }

        #[test]
        fn a_plain_name_gives_back_its_parts(title in "[A-Z][a-z]{3,9}( [A-Z][a-z]{3,9}){0,2}", bpm in 60_i32..220, letter in prop::char::range('A', 'G')) {
            let read = read(&format!("{title} {bpm}bpm {letter}m.wav"));
            prop_assert_eq!(read.title, title);
            prop_assert_eq!(read.bpm_milli, Some(bpm * 1_000));
            prop_assert_eq!(read.musical_key, Some(format!("{letter} minor")));
        }
    }
}
