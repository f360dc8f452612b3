//! MIDI files, read by the Python package mido.

use interchange::{
    markers::{Marker, midi},
    midi::{Conductor, Section},
};

use crate::judge::{asked_of, python};

const PROGRAM: &str = r#"
import sys, mido
file = mido.MidiFile(sys.argv[1], charset="utf-8")
print(file.type, file.ticks_per_beat, len(file.tracks), round(file.length, 6))
tick = 0
for message in file.tracks[0]:
    tick += message.time
    values = {key: value for key, value in message.dict().items() if key not in ("time", "type")}
    print(tick, message.type, *values.values())
"#;

#[test]
fn another_program_reads_the_same_tempo_meter_and_markers() {
    let Some(python) = python("mido") else { return };
    let section = |name: &str, bars, numerator, denominator, milli_bpm, key| Section {
        name: name.to_owned(),
        bars,
        numerator,
        denominator,
        milli_bpm,
        key,
    };
    let sections = [section("Intro", 2, 4, 4, 120_000, Some((-4, true))), section("Chorus", 2, 6, 8, 90_000, None)];
    let song = Conductor::of_sections("Night Drive", &sections).unwrap();
    let comment = Marker { start_us: 1_000_000, end_us: Some(2_000_000), text: "Zoë: louder".to_owned() };
    let said = asked_of(&python, PROGRAM, &midi(&[comment], &song).unwrap());
    let expected = "1 960 1 8.000002\n\
                    0 track_name Night Drive\n\
                    0 set_tempo 500000\n\
                    0 time_signature 4 4 24 8\n\
                    0 key_signature Fm\n\
                    0 marker Intro\n\
                    1920 marker Zoë: louder\n\
                    3840 marker Zoë: louder (end)\n\
                    7680 set_tempo 666667\n\
                    7680 time_signature 6 8 12 8\n\
                    7680 marker Chorus\n\
                    13440 end_of_track\n";
    assert_eq!(said, expected);
}
