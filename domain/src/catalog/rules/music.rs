//! Tempo and key.

use std::fmt;

/// The tempi that are accepted, in thousandths of a beat per minute, both ends included: 20 to 400 bpm.
pub const BPM_MILLI: std::ops::RangeInclusive<i32> = 20_000..=400_000;

/// Reads a tempo such as `140`, `140.5 BPM`, `92,75bpm`, in thousandths of a beat per minute; none if it is none, or outside [`BPM_MILLI`].
pub fn bpm_milli(text: &str) -> Option<i32> {
    let text = text.trim().to_ascii_lowercase();
    let number = text.strip_suffix("bpm").unwrap_or(&text).trim_end().replace(',', ".");
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let digits_only = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || fraction.len() > 3 || !digits_only(whole) || !digits_only(fraction) {
        return None;
    }
    let milli = whole.parse::<i32>().ok()? * 1_000 + format!("{fraction:0<3}").parse::<i32>().ok()?;
    BPM_MILLI.contains(&milli).then_some(milli)
}

/// A tempo as it is printed: `140`, `92.75`.
pub fn print_bpm(milli: i32) -> String {
    let (whole, rest) = (milli / 1_000, milli % 1_000);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{}", format!("{rest:03}").trim_end_matches('0')) }
}

/// A key: a note and a mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    letter: char,
    accidental: Option<char>,
    minor: bool,
}

/// The canonical form, `A minor`, `F# major`.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let accidental = self.accidental.map(String::from).unwrap_or_default();
        write!(f, "{}{accidental} {}", self.letter, if self.minor { "minor" } else { "major" })
    }
}

/// Whether a mode's word says minor; none if it is no mode's word.
fn is_minor(word: &str) -> Option<bool> {
    match word {
        // `Am` and `AM` differ by the case alone.
        "m" => Some(true),
        "M" => Some(false),
        _ => match word.to_lowercase().as_str() {
            "min" | "minor" | "moll" => Some(true),
            "maj" | "major" | "dur" => Some(false),
            _ => None,
        },
    }
}

/// Reads a note with what may be written onto it: `F#maj`, `Gbm`, `B♭ minor`; the mode is none where nothing says it.
pub(super) fn note_and_mode(text: &str) -> Option<(char, Option<char>, Option<bool>)> {
    let text = text.trim();
    let letter = text.chars().next()?.to_ascii_uppercase();
    if !('A'..='G').contains(&letter) {
        return None;
    }
    let rest = text[1..].trim_start_matches([' ', '-', '_']);
    let lower = rest.to_lowercase();
    let (accidental, rest) = if let Some(rest) = rest.strip_prefix(['#', '♯']) {
        (Some('#'), rest)
    } else if let Some(rest) = rest.strip_prefix(['b', '♭']) {
        (Some('b'), rest)
    } else if lower.starts_with("sharp") {
        (Some('#'), &rest[5..])
    } else if lower.starts_with("flat") {
        (Some('b'), &rest[4..])
    } else {
        (None, rest)
    };
    match rest.trim_matches([' ', '-', '_']) {
        "" => Some((letter, accidental, None)),
        word => is_minor(word).map(|minor| (letter, accidental, Some(minor))),
    }
}

impl Key {
    pub(super) const fn new(letter: char, accidental: Option<char>, minor: bool) -> Self {
        Self { letter, accidental, minor }
    }

    /// Reads a key as people write it: `Am`, `A minor`, `F#maj`, `Gbm`, `b♭ Minor`, `E flat major`; a note alone is major. Positions of the Camelot wheel
    /// (`8A` is A minor, `8B` is C major) are understood, too. None if it is no key.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(key) = camelot(text.trim()) {
            return Some(key);
        }
        let (letter, accidental, mode) = note_and_mode(text)?;
        Some(Self::new(letter, accidental, mode.unwrap_or(false)))
    }

    /// The key itself and those that mix with it, each in every spelling. By the rule of the Camelot wheel these are the same number with the other letter,
    /// which is the relative major or minor, and one number up or down with the same letter, which is a fifth up or down.
    pub fn compatible(self) -> Vec<Self> {
        let relative = if self.minor { 3 } else { 9 };
        [(0, self.minor), (7, self.minor), (5, self.minor), (relative, !self.minor)]
            .into_iter()
            .flat_map(|(up, minor)| spellings((self.semitone() + up) % 12, minor))
            .collect()
    }

    /// How many semitones the note lies above C, 0 to 11.
    fn semitone(self) -> u8 {
        let natural = match self.letter {
            'C' => 0,
            'D' => 2,
            'E' => 4,
            'F' => 5,
            'G' => 7,
            'A' => 9,
            _ => 11,
        };
        let raised = match self.accidental {
            Some('#') => 1,
            Some(_) => 11,
            None => 0,
        };
        (natural + raised) % 12
    }
}

/// The keys of a mode that sound alike: the notes that lie so many semitones above C, such as `F#` and `Gb`.
fn spellings(semitone: u8, minor: bool) -> impl Iterator<Item = Key> {
    ('A'..='G')
        .flat_map(move |letter| [None, Some('#'), Some('b')].map(|accidental| Key::new(letter, accidental, minor)))
        .filter(move |key| key.semitone() == semitone)
}

/// Positions 1 to 12 of the Camelot wheel: `A` is minor, `B` its relative major.
fn camelot(text: &str) -> Option<Key> {
    const MINOR: [&str; 12] = ["Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "Db"];
    const MAJOR: [&str; 12] = ["B", "F#", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E"];
    let ring = text.chars().last()?;
    let place: usize = text.strip_suffix(ring)?.parse().ok().filter(|place| (1..=12).contains(place))?;
    let (notes, minor) = match ring {
        'A' | 'a' => (MINOR, true),
        'B' | 'b' => (MAJOR, false),
        _ => return None,
    };
    let mut note = notes[place - 1].chars();
    Some(Key::new(note.next()?, note.next(), minor))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tempi_are_read_exactly() {
        for (text, expected) in [
            ("140", Some(140_000)),
            ("140bpm", Some(140_000)),
            (" 92.75 BPM ", Some(92_750)),
            ("92,5", Some(92_500)),
            ("20", Some(20_000)),
            ("400", Some(400_000)),
            ("19.999", None),
            ("400.001", None),
            ("1400", None),
            ("-140", None),
            ("1e2", None),
            ("", None),
            ("bpm", None),
            ("140.12345", None),
        ] {
            assert_eq!(bpm_milli(text), expected, "{text:?}");
        }
        assert_eq!((print_bpm(140_000), print_bpm(92_750)), ("140".to_owned(), "92.75".to_owned()));
    }

    #[test]
    fn keys_have_one_form() {
        for (text, expected) in [
            ("Am", "A minor"),
            ("A minor", "A minor"),
            ("amin", "A minor"),
            ("A-minor", "A minor"),
            ("F#maj", "F# major"),
            ("Gbm", "Gb minor"),
            ("b♭ Minor", "Bb minor"),
            ("E flat major", "Eb major"),
            ("C", "C major"),
            ("CM", "C major"),
            ("C#", "C# major"),
            ("F sharp min", "F# minor"),
            ("8A", "A minor"),
            ("8b", "C major"),
            ("12A", "Db minor"),
        ] {
            assert_eq!(Key::parse(text).map(|key| key.to_string()).as_deref(), Some(expected), "{text:?}");
        }
        for text in ["", "H", "Admin", "Abc", "A minor 7", "0A", "13B", "é", "Ä minor"] {
            assert_eq!(Key::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn keys_mix_with_their_neighbours_on_the_camelot_wheel() {
        for (key, mixing) in [
            ("Am", &["A minor", "C major", "B# major", "D minor", "E minor", "Fb minor"][..]),
            ("C", &["A minor", "C major", "B# major", "F major", "E# major", "G major"][..]),
            ("F#m", &["F# minor", "Gb minor", "A major", "B minor", "Cb minor", "C# minor", "Db minor"][..]),
        ] {
            let mut found: Vec<_> = Key::parse(key).unwrap().compatible().iter().map(ToString::to_string).collect();
            let mut mixing = mixing.to_vec();
            found.sort();
            mixing.sort_unstable();
            assert_eq!(found, mixing, "{key}");
        }
        for number in 1..=12 {
            for (letter, other) in [("A", "B"), ("B", "A")] {
                let at = |number: i32, letter: &str| Key::parse(&format!("{number}{letter}")).unwrap();
                let (down, up) = ((number + 10) % 12 + 1, number % 12 + 1);
                let wheel = [at(number, letter), at(number, other), at(down, letter), at(up, letter)];
                let mixing = at(number, letter).compatible();
                let sound = |key: &Key| (key.semitone(), key.minor);
                assert!(wheel.iter().all(|key| mixing.contains(key)), "{number}{letter}: {mixing:?}");
                let is_on_wheel = |key: &Key| wheel.iter().any(|of| sound(of) == sound(key));
                assert!(mixing.iter().all(is_on_wheel), "{number}{letter}: {mixing:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn keys_mix_both_ways(notes in [0_usize..21, 0_usize..21], minor in any::<[bool; 2]>()) {
            let key = |note: usize, minor| {
                Key::new(char::from(b"ABCDEFG"[note / 3]), [None, Some('#'), Some('b')][note % 3], minor)
            };
            let (one, other) = (key(notes[0], minor[0]), key(notes[1], minor[1]));
            prop_assert!(one.compatible().contains(&one));
            prop_assert_eq!(one.compatible().contains(&other), other.compatible().contains(&one));
        }

        #[test]
        fn what_is_printed_reads_back(milli in BPM_MILLI, letter in prop::char::range('A', 'G'), sign in 0_usize..3, minor in any::<bool>()) {
            prop_assert_eq!(bpm_milli(&print_bpm(milli)), Some(milli));
            let key = Key::new(letter, [None, Some('#'), Some('b')][sign], minor);
            prop_assert_eq!(Key::parse(&key.to_string()), Some(key));
        }

        #[test]
        fn no_text_makes_them_panic(text in "\\PC{0,20}") {
            let _ = (bpm_milli(&text), Key::parse(&text));
        }
    }
}
