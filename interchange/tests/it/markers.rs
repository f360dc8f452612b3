//! Comments as markers, read by other programs: REAPER's list and Audacity's labels by Python's own csv, a DAWproject by its zipfile and lxml. The MIDI file is
//! read in [`super::midi`].

use std::io::Cursor;

use interchange::{
    dawproject::{Arrangement, Content, Label, Marker as ProjectMarker, Metadata, Packer, Project, TimeUnit, Timeline},
    markers::{Marker, audacity, reaper},
};

use crate::judge::{asked_of, python};

/// Comments as people write them: with line breaks, commas, quotation marks and signs of all kinds.
fn comments() -> Vec<Marker> {
    let said = |start_us, end_us, text: &str| Marker { start_us, end_us, text: text.to_owned() };
    vec![
        said(62_000_000, Some(90_250_000), "Ada: chorus, \"louder\" & <wider>; please"),
        said(12_500_000, None, "Bob: a click\nhere\tor there"),
        said(3_723_004_000, None, "Zoë: 低音 = 100 % 🎚"),
        said(0, None, "Bob: '"),
    ]
}

const REAPER: &str = r##"
import csv, sys
def seconds(clock):
    hours, minutes, rest = clock.split(":")
    return (int(hours) * 60 + int(minutes)) * 60 + float(rest)
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file, strict=True):
        times = [row[name] for name in ("Start", "End", "Length")]
        print(row["#"], *("%.3f" % seconds(time) if time else "-" for time in times), row["Name"])
"##;

#[test]
fn another_program_reads_the_same_rows_of_the_list_for_reaper() {
    let Some(python) = python("csv") else { return };
    let said = asked_of(&python, REAPER, reaper(&comments()).unwrap().as_bytes());
    let expected = "M1 0.000 - - Bob: '\n\
                    M2 12.500 - - Bob: a click here or there\n\
                    R1 62.000 90.250 28.250 Ada: chorus, \"louder\" & <wider>; please\n\
                    M3 3723.004 - - Zoë: 低音 = 100 % 🎚\n";
    assert_eq!(said, expected);
}

const AUDACITY: &str = r#"
import csv, sys
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    for start, end, text in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True):
        print("%.3f" % float(start), "%.3f" % float(end), text)
"#;

#[test]
fn another_program_reads_the_same_labels_for_audacity() {
    let Some(python) = python("csv") else { return };
    let said = asked_of(&python, AUDACITY, audacity(&comments()).unwrap().as_bytes());
    let expected = "0.000 0.000 Bob: '\n\
                    12.500 12.500 Bob: a click here or there\n\
                    62.000 90.250 Ada: chorus, \"louder\" & <wider>; please\n\
                    3723.004 3723.004 Zoë: 低音 = 100 % 🎚\n";
    assert_eq!(said, expected);
}

const DAWPROJECT: &str = r#"
import sys, zipfile
from lxml import etree
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    project = etree.fromstring(archive.read("project.xml"))
markers = project.find("Arrangement/Markers")
print(markers.get("timeUnit"))
for marker in markers.iterchildren("Marker"):
    print("%.3f" % float(marker.get("time")), marker.get("name"))
"#;

#[test]
fn another_program_reads_the_same_markers_of_a_dawproject() {
    let Some(python) = python("lxml") else { return };
    let mark = |(time, name): (f64, &str)| ProjectMarker { label: Label::default().named(name), time };
    let said = [
        (0.0, "Bob: '"),
        (62.0, "Ada: chorus, \"louder\" & <wider>; please"),
        (62.0, "Ada: chorus (end)"),
        (3_723.004, "Zoë: 低音 = 100 % 🎚"),
    ];
    let markers = Timeline {
        label: Label::of("comments"),
        time_unit: Some(TimeUnit::Seconds),
        ..Timeline::of(Content::Markers(said.map(mark).into()))
    };
    let project = Project {
        version: "1.0".to_owned(),
        arrangement: Some(Arrangement { markers: Some(markers), ..Arrangement::default() }),
        ..Project::default()
    };
    let packer = Packer::new(Cursor::new(Vec::new()), &project, &Metadata::default()).unwrap();
    let archive = packer.finish().unwrap().into_inner();
    let expected = "seconds\n\
                    0.000 Bob: '\n\
                    62.000 Ada: chorus, \"louder\" & <wider>; please\n\
                    62.000 Ada: chorus (end)\n\
                    3723.004 Zoë: 低音 = 100 % 🎚\n";
    assert_eq!(asked_of(&python, DAWPROJECT, &archive), expected);
}
