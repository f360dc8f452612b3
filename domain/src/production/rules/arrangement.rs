//! Arrangement maps: what a section may be, and where each begins.

use crate::{
    catalog::rules::music::{BPM_MILLI, Key},
    visible::{has_visible, is_steering},
};

/// The most sections of a song.
pub const MAX_SECTIONS: usize = 100;
/// The most bars of a section.
pub const MAX_BARS: i32 = 1_000;
/// The most beats of a bar.
pub const MAX_BEATS: i32 = 32;
/// The longest name of a section, in characters.
pub const MAX_NAME_CHARS: usize = 60;

/// A section as entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSection {
    /// What it is called.
    pub name: String,
    /// How many bars it has.
    pub bars: i32,
    /// Its tempo, in thousandths of a quarter note per minute.
    pub bpm_milli: i32,
    /// How many beats a bar has.
    pub meter_beats: i32,
    /// Which note a beat is: 4 for a quarter.
    pub meter_unit: i32,
    /// Its key, in any spelling.
    pub musical_key: Option<String>,
    /// The bar in which it begins, from 1, as the program that it comes from says; none where it follows from those before it.
    pub start_bar: Option<i32>,
}

/// A section with where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it is called.
    pub name: String,
    /// How many bars it has.
    pub bars: i32,
    /// Its tempo, in thousandths of a quarter note per minute.
    pub bpm_milli: i32,
    /// How many beats a bar has.
    pub meter_beats: i32,
    /// Which note a beat is.
    pub meter_unit: i32,
    /// Its key in canonical form.
    pub musical_key: Option<String>,
}

/// Where a section lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The bar in which it begins, from 1.
    pub start_bar: i32,
    /// When it begins, in milliseconds, rounded.
    pub start_ms: i64,
    /// When it ends, in milliseconds, rounded.
    pub end_ms: i64,
}

/// Why a map is refused; sections count from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapFault {
    /// Too many sections.
    #[error("a song has {MAX_SECTIONS} sections at most")]
    TooMany,
    /// A name is empty or too long.
    #[error("a section's name has 1 to {MAX_NAME_CHARS} characters on one line")]
    Name {
        /// The section.
        place: usize,
    },
    /// Not a number of bars.
    #[error("a section has 1 to {MAX_BARS} bars")]
    Bars {
        /// The section.
        place: usize,
    },
    /// Not a tempo.
    #[error("a tempo is {} to {} bpm", BPM_MILLI.start() / 1_000, BPM_MILLI.end() / 1_000)]
    Tempo {
        /// The section.
        place: usize,
    },
    /// Not a meter.
    #[error("a meter has 1 to {MAX_BEATS} beats, each a whole, half, quarter, eighth, sixteenth or thirty-second note")]
    Meter {
        /// The section.
        place: usize,
    },
    /// Not a key.
    #[error("{given:?} is no key")]
    Key {
        /// The section.
        place: usize,
        /// What was given, cut to 40 characters.
        given: String,
    },
    /// It begins before the one before it ends.
    #[error("this section begins in bar {given}, and the one before it lasts until bar {last}: they overlap")]
    Overlap {
        /// The section.
        place: usize,
        /// Where it begins.
        given: i32,
        /// The last bar of the one before it.
        last: i32,
    },
    /// Bars between two sections are nobody's.
    #[error("this section begins in bar {given}, and bar {expected} is nobody's")]
    Gap {
        /// The section.
        place: usize,
        /// Where it begins.
        given: i32,
        /// The first bar that is nobody's.
        expected: i32,
    },
}

/// Checks a map: each section by itself, and that they follow each other where they say where they begin.
pub fn check(given: Vec<NewSection>) -> Result<Vec<Section>, MapFault> {
    if given.len() > MAX_SECTIONS {
        return Err(MapFault::TooMany);
    }
    let mut next_bar = 1;
    let mut checked = Vec::with_capacity(given.len());
    for (place, section) in given.into_iter().enumerate() {
        let start_bar = section.start_bar;
        let section = check_one(place, section)?;
        match start_bar {
            Some(given) if given < next_bar => return Err(MapFault::Overlap { place, given, last: next_bar - 1 }),
            Some(given) if given > next_bar => return Err(MapFault::Gap { place, given, expected: next_bar }),
            _ => next_bar += section.bars,
        }
        checked.push(section);
    }
    Ok(checked)
}

fn check_one(place: usize, given: NewSection) -> Result<Section, MapFault> {
    let name = given.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if !has_visible(&name) || name.chars().count() > MAX_NAME_CHARS || name.chars().any(is_steering) {
        return Err(MapFault::Name { place });
    }
    if !(1..=MAX_BARS).contains(&given.bars) {
        return Err(MapFault::Bars { place });
    }
    if !BPM_MILLI.contains(&given.bpm_milli) {
        return Err(MapFault::Tempo { place });
    }
    if !(1..=MAX_BEATS).contains(&given.meter_beats) || ![1, 2, 4, 8, 16, 32].contains(&given.meter_unit) {
        return Err(MapFault::Meter { place });
    }
    let musical_key = match given.musical_key.filter(|text| !text.trim().is_empty()) {
        None => None,
        Some(text) => {
            let key = Key::parse(&text);
            Some(key.ok_or_else(|| MapFault::Key { place, given: text.chars().take(40).collect() })?.to_string())
        }
    };
    let NewSection { bars, bpm_milli, meter_beats, meter_unit, .. } = given;
    Ok(Section { name, bars, bpm_milli, meter_beats, meter_unit, musical_key })
}

/// Where sections lie that follow each other. Each lasts a whole number of nanoseconds, so that a map of the most sections is off by less than a microsecond.
pub fn places<'a>(sections: impl IntoIterator<Item = &'a Section>) -> Vec<Place> {
    let (mut bar, mut start_ns) = (1, 0);
    let place = |section: &Section| {
        let end_ns = start_ns + duration_ns(section);
        let place = Place { start_bar: bar, start_ms: to_ms(start_ns), end_ms: to_ms(end_ns) };
        bar += section.bars;
        start_ns = end_ns;
        place
    };
    sections.into_iter().map(place).collect()
}

/// How long a section lasts. The longest, of 1000 bars of 32 whole notes at 20 bpm, takes four and a half days, and a hundred of them fit 64 bits.
fn duration_ns(section: &Section) -> i64 {
    const MINUTE_NS: i64 = 60_000_000_000;
    let beats = i64::from(section.bars) * i64::from(section.meter_beats);
    // A beat is so many quarters: four by its unit; a minute has so many thousandths of the tempo.
    let exact = i128::from(beats) * 4 * i128::from(MINUTE_NS) * 1_000;
    let divisor = i128::from(section.meter_unit) * i128::from(section.bpm_milli);
    i64::try_from(exact / divisor).expect("four and a half days fit 64 bits")
}

const fn to_ms(ns: i64) -> i64 {
    (ns + 500_000) / 1_000_000
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn section(name: &str, bars: i32, bpm_milli: i32, (meter_beats, meter_unit): (i32, i32)) -> NewSection {
        NewSection {
            name: name.into(),
            bars,
            bpm_milli,
            meter_beats,
            meter_unit,
            musical_key: Some("Am".into()),
            start_bar: None,
        }
    }

    #[test]
    fn sections_begin_where_the_last_one_ended() {
        let given = vec![
            section(" Intro ", 8, 120_000, (4, 4)),
            section("Verse", 16, 120_000, (4, 4)),
            section("Bridge", 4, 90_000, (6, 8)),
            section("Out", 1, 120_000, (7, 8)),
        ];
        let map = check(given).unwrap();
        assert_eq!((map[0].name.as_str(), map[0].musical_key.as_deref()), ("Intro", Some("A minor")));
        let lies: Vec<_> = places(&map).iter().map(|place| (place.start_bar, place.start_ms, place.end_ms)).collect();
        // 8 bars of 2 s, 16 bars of 2 s, 4 bars of 3 quarters at 90, 3.5 quarters at 120.
        assert_eq!(lies, [(1, 0, 16_000), (9, 16_000, 48_000), (25, 48_000, 56_000), (29, 56_000, 57_750)]);
        assert_eq!(check(Vec::new()), Ok(Vec::new()), "a map can be emptied");
    }

    #[test]
    fn what_overlaps_or_leaves_a_gap_is_named() {
        let at = |start_bar| NewSection { start_bar: Some(start_bar), ..section("Hook", 8, 120_000, (4, 4)) };
        assert!(check(vec![at(1), at(9), section("Out", 2, 120_000, (4, 4)), at(19)]).is_ok());
        assert_eq!(check(vec![at(1), at(8)]), Err(MapFault::Overlap { place: 1, given: 8, last: 8 }));
        assert_eq!(check(vec![at(1), at(10)]), Err(MapFault::Gap { place: 1, given: 10, expected: 9 }));
        assert_eq!(check(vec![at(0)]), Err(MapFault::Overlap { place: 0, given: 0, last: 0 }));
        assert_eq!(check(vec![at(-5)]), Err(MapFault::Overlap { place: 0, given: -5, last: 0 }));
    }

    #[test]
    fn what_is_no_section_is_refused_by_its_place() {
        let good = || section("Hook", 8, 120_000, (4, 4));
        for (wrong, expected) in [
            (section(" \u{200b}", 8, 120_000, (4, 4)), MapFault::Name { place: 1 }),
            (section(&"x".repeat(61), 8, 120_000, (4, 4)), MapFault::Name { place: 1 }),
            (section("Hook", 0, 120_000, (4, 4)), MapFault::Bars { place: 1 }),
            (section("Hook", -8, 120_000, (4, 4)), MapFault::Bars { place: 1 }),
            (section("Hook", 1_001, 120_000, (4, 4)), MapFault::Bars { place: 1 }),
            (section("Hook", 8, 19_999, (4, 4)), MapFault::Tempo { place: 1 }),
            (section("Hook", 8, 400_001, (4, 4)), MapFault::Tempo { place: 1 }),
            (section("Hook", 8, 120_000, (0, 4)), MapFault::Meter { place: 1 }),
            (section("Hook", 8, 120_000, (4, 3)), MapFault::Meter { place: 1 }),
        ] {
            assert_eq!(check(vec![good(), wrong]), Err(expected));
        }
        let keyless = NewSection { musical_key: Some("H".into()), ..good() };
        assert_eq!(check(vec![keyless]), Err(MapFault::Key { place: 0, given: "H".into() }));
        assert_eq!(check(vec![good(); MAX_SECTIONS + 1]), Err(MapFault::TooMany));
    }

    proptest! {
        #[test]
        fn places_follow_without_a_gap(
            given in prop::collection::vec((1..=MAX_BARS, BPM_MILLI, 1..=MAX_BEATS, 0_u32..6), 1..MAX_SECTIONS),
        ) {
            let given = given.into_iter().map(|(bars, bpm, beats, unit)| section("Part", bars, bpm, (beats, 1 << unit)));
            let map = check(given.collect()).unwrap();
            let places = places(&map);
            prop_assert_eq!(places[0].start_bar, 1);
            for (pair, section) in places.windows(2).zip(&map) {
                prop_assert_eq!(pair[1].start_bar, pair[0].start_bar + section.bars);
                prop_assert_eq!(pair[1].start_ms, pair[0].end_ms);
                prop_assert!(pair[0].start_ms < pair[0].end_ms);
            }
        }
    }
}
