//! What a pack says of its song: tempo, meter, key and markers, from the arrangement, or else from the mix document.

use std::iter;

use audio_engine::render::Mix;
use domain::{
    catalog::rules::music::{self, print_bpm},
    mixes::entity::{PackComment, PackFacts, PackSection},
};
use interchange::{
    fault::Fault,
    markers::{Marker as Mark, midi as marked},
    midi::{Conductor, Key, Meter, Section, Tempo},
};

use crate::dawproject::Marker;

/// The tempo where nothing tells the song's, in thousandths of a beat per minute.
const DEFAULT_MILLI_BPM: u32 = 120_000;

/// A song as workstations are told of it.
pub(super) struct Song {
    /// A MIDI file with the conductor track alone.
    pub(super) midi: Vec<u8>,
    /// The same markers, in seconds.
    pub(super) markers: Vec<Marker>,
    /// Where tempo and meter come from, in a sentence.
    pub(super) origin: String,
}

impl Song {
    /// A song that lasts so long.
    ///
    /// # Errors
    /// Every value that no MIDI file can say.
    pub(super) fn of(facts: &PackFacts, mix: &Mix, duration_us: u64) -> Result<Self, Vec<Fault>> {
        let (mut conductor, origin) = conductor(facts, mix)?;
        conductor.length = conductor.length.max(conductor.tick_at(duration_us));
        let marks: Vec<Mark> = facts.comments.iter().map(mark).collect();
        let sections = conductor.markers.iter().map(|marker| (conductor.micros_at(marker.tick), marker.text.clone()));
        // As in the MIDI file a range has two.
        let comments = marks.iter().flat_map(|mark| {
            let end = mark.end_us.map(|end| (end, format!("{} (end)", mark.text)));
            iter::once((mark.start_us, mark.text.clone())).chain(end)
        });
        let mut placed: Vec<(u64, String)> = sections.chain(comments).collect();
        placed.sort_by_key(|(at, _)| *at);
        let markers =
            placed.into_iter().map(|(at, text)| Marker { name: one_line(&text), at_s: seconds(at), color: None });
        let markers = markers.collect();
        Ok(Self { midi: marked(&marks, &conductor)?, markers, origin })
    }
}

fn conductor(facts: &PackFacts, mix: &Mix) -> Result<(Conductor, String), Vec<Fault>> {
    let sections: Vec<Section> = facts.sections.iter().map(section).collect();
    if !sections.is_empty() {
        return Ok((Conductor::of_sections(&facts.song, &sections)?, "from the song's arrangement".to_owned()));
    }
    let told = mix.tempo_bpm.map(milli_bpm);
    let milli = told.unwrap_or(DEFAULT_MILLI_BPM);
    let tempo = Tempo::from_milli_bpm(0, milli).unwrap_or(Tempo { tick: 0, micros_per_quarter: 500_000 });
    let numerator = u8::try_from(mix.beats_per_bar).unwrap_or(4);
    let mut conductor = Conductor::steady(&facts.song, tempo, Meter { tick: 0, numerator, denominator: 4 });
    let key = mix.key.as_deref().and_then(music::Key::parse).and_then(|key| signature(&key.to_string()));
    conductor.keys.extend(key.map(|(sharps, minor)| Key { tick: 0, sharps, minor }));
    let bpm = print_bpm(i32::try_from(milli).unwrap_or(i32::MAX));
    let origin = match told {
        Some(_) => format!("{bpm} bpm, {numerator}/4, from the mix document"),
        None => format!("no tempo is known, so the MIDI file says {bpm} bpm; the stems do not depend on it"),
    };
    Ok((conductor, origin))
}

fn section(section: &PackSection) -> Section {
    Section {
        name: section.name.clone(),
        bars: u32::try_from(section.bars).unwrap_or(1),
        numerator: u8::try_from(section.meter_beats).unwrap_or(4),
        denominator: u8::try_from(section.meter_unit).unwrap_or(4),
        milli_bpm: u32::try_from(section.bpm_milli).unwrap_or(DEFAULT_MILLI_BPM),
        key: section.musical_key.as_deref().and_then(signature),
    }
}

/// The sharps of a key in canonical form, or its flats if negative, and whether it is minor.
fn signature(key: &str) -> Option<(i8, bool)> {
    let (note, mode) = key.split_once(' ')?;
    let mut note = note.chars();
    let natural: i8 = match note.next()? {
        'F' => -1,
        'C' => 0,
        'G' => 1,
        'D' => 2,
        'A' => 3,
        'E' => 4,
        'B' => 5,
        _ => return None,
    };
    let raised = match note.next() {
        Some('#') => 7,
        Some('b') => -7,
        _ => 0,
    };
    let minor = mode == "minor";
    let sharps = natural + raised - if minor { 3 } else { 0 };
    // No key has more than seven: beyond them the one that sounds the same has fewer.
    let sharps = match sharps {
        8.. => sharps - 12,
        ..=-8 => sharps + 12,
        _ => sharps,
    };
    Some((sharps, minor))
}

fn mark(comment: &PackComment) -> Mark {
    let micros = |ms: i64| u64::try_from(ms).unwrap_or(0).saturating_mul(1_000);
    Mark { start_us: micros(comment.from_ms), end_us: comment.to_ms.map(micros), text: comment.text.clone() }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[expect(clippy::cast_precision_loss, reason = "hours are far below 2^52 microseconds")]
fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and a tempo is 20 to 400")]
fn milli_bpm(bpm: f64) -> u32 {
    (bpm * 1000.0).round() as u32
}

#[cfg(test)]
mod tests {
    use audio_engine::render::{Format, Output};
    use interchange::midi::read;

    use super::*;

    fn facts() -> PackFacts {
        let section = |name: &str, bpm_milli, key: &str| PackSection {
            name: name.to_owned(),
            bars: 4,
            bpm_milli,
            meter_beats: 4,
            meter_unit: 4,
            musical_key: Some(key.to_owned()),
        };
        PackFacts {
            song: "Night Drive".to_owned(),
            studio: "Nova".to_owned(),
            sections: vec![section("Verse", 120_000, "A minor"), section("Hook", 60_000, "C major")],
            comments: vec![PackComment { text: "Ada: louder\nplease".to_owned(), from_ms: 1_000, to_ms: Some(2_500) }],
            has_more_comments: false,
        }
    }

    fn mix() -> Mix {
        Mix {
            tempo_bpm: Some(92.5),
            beats_per_bar: 3,
            ..Mix::master("a.wav", vec![Output::new("m.wav", Format::Wav24)])
        }
    }

    #[test]
    fn the_arrangement_and_the_open_comments_are_markers() {
        let song = Song::of(&facts(), &mix(), 30_000_000).unwrap();
        let read = read(&song.midi).unwrap();
        assert_eq!(read.tempos.iter().map(|tempo| tempo.micros_per_quarter).collect::<Vec<_>>(), [500_000, 1_000_000]);
        assert_eq!(read.keys.len(), 2);
        let texts: Vec<&str> = read.markers.iter().map(|marker| marker.text.as_str()).collect();
        assert_eq!(texts, ["Verse", "Ada: louder please", "Ada: louder please (end)", "Hook"]);
        let markers: Vec<(&str, f64)> = song.markers.iter().map(|one| (one.name.as_str(), one.at_s)).collect();
        assert_eq!(
            markers,
            [("Verse", 0.0), ("Ada: louder please", 1.0), ("Ada: louder please (end)", 2.5), ("Hook", 8.0)]
        );
    }

    #[test]
    fn without_an_arrangement_the_document_tells_the_tempo_or_nothing_does() {
        let facts = PackFacts { sections: Vec::new(), ..facts() };
        let song = Song::of(&facts, &mix(), 30_000_000).unwrap();
        let conductor = read(&song.midi).unwrap();
        assert_eq!(conductor.tempos[0].micros_per_quarter, 648_649);
        assert_eq!((conductor.meters[0].numerator, conductor.meters[0].denominator), (3, 4));
        assert!(song.origin.starts_with("92.5 bpm, 3/4"), "{}", song.origin);
        let song = Song::of(&facts, &Mix { tempo_bpm: None, ..mix() }, 1).unwrap();
        assert!(song.origin.contains("no tempo is known"));
    }

    #[test]
    fn every_key_has_at_most_seven_sharps_or_flats() {
        for (key, sharps, minor) in [
            ("C major", 0, false),
            ("A minor", 0, true),
            ("F# minor", 3, true),
            ("Bb major", -2, false),
            ("Eb minor", -6, true),
            ("G# major", -4, false),
            ("Fb minor", 1, true),
        ] {
            assert_eq!(signature(key), Some((sharps, minor)), "{key}");
        }
        assert_eq!(signature("H major"), None);
    }
}
