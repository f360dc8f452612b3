use proptest::prelude::*;

use super::*;
use crate::midi::{Meter, Tempo};

fn point(start_us: u64, text: &str) -> Marker {
    Marker { start_us, end_us: None, text: text.to_owned() }
}

fn range(start_us: u64, end_us: u64, text: &str) -> Marker {
    Marker { start_us, end_us: Some(end_us), text: text.to_owned() }
}

fn comments() -> Vec<Marker> {
    vec![
        range(62_000_000, 90_250_000, "Ada: chorus, \"louder\""),
        point(12_500_499, "Bob: click\nhere\tor there"),
        point(3_723_004_000, "late"),
    ]
}

#[test]
fn reaper_gets_markers_and_regions() {
    let list = reaper(&comments()).unwrap();
    let expected = "#,Name,Start,End,Length\r\n\
                    M1,\"Bob: click here or there\",0:00:12.500,,\r\n\
                    R1,\"Ada: chorus, \"\"louder\"\"\",0:01:02.000,0:01:30.250,0:00:28.250\r\n\
                    M2,\"late\",1:02:03.004,,\r\n";
    assert_eq!(list, expected);
    let read = read_reaper(&list).unwrap();
    let expected = [
        point(12_500_000, "Bob: click here or there"),
        range(62_000_000, 90_250_000, "Ada: chorus, \"louder\""),
        point(3_723_004_000, "late"),
    ];
    assert_eq!(read, expected);
}

#[test]
fn reapers_own_lists_are_read() {
    let list = "#,Name,Start,End,Length,Color\nM1,Intro,0:00.000,,,\n2,No letter,90,,,FF0000\nR1,Verse,0:10.500,1:00:00,0:10.000,00FF00\n";
    let expected = [point(0, "Intro"), point(90_000_000, "No letter"), range(10_500_000, 3_600_000_000, "Verse")];
    assert_eq!(read_reaper(list).unwrap(), expected);
    let error = read_reaper("#,Name,Start,End,Length\nM1,a,0:01,,\nR1,b,5.1.00,9.1.00,4.0.00\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 3: '5.1.00' is not a time; let the ruler show minutes and seconds, and export the list again"
    );
    for (list, line) in [
        ("", 1),
        ("Name,Start\na,0\n", 1),
        ("#,Name,Start\nX1,a,0\n", 2),
        ("#,Name,Start\nM1,a,\n", 2),
        ("#,Name,Start\nM1,a,1:2:3:4\n", 2),
        ("#,Name,Start\nM1,a,-1\n", 2),
        ("#,Name,Start\nM1,a,400000:00:00\n", 2),
        ("#,Name,Start,End\nR1,a,1\n", 2),
    ] {
        assert_eq!(read_reaper(list).unwrap_err().line, line, "{list}");
    }
}

#[test]
fn audacity_gets_labels() {
    let track = audacity(&comments()).unwrap();
    let expected = "12.500499\t12.500499\tBob: click here or there\n\
                    62.000000\t90.250000\tAda: chorus, \"louder\"\n\
                    3723.004000\t3723.004000\tlate\n";
    assert_eq!(track, expected);
    let read = read_audacity("1,5\t1,5\r\n\\\t100.0\t200.0\n\n2\t3\tto\tthree \n").unwrap();
    assert_eq!(read, [point(1_500_000, ""), range(2_000_000, 3_000_000, "to\tthree")]);
    for (track, line) in [("1\n", 1), ("1\t2\ta\nx\t2\n", 2), ("2\t1\ta\n", 1), ("1e3\t2000\ta", 1)] {
        assert_eq!(read_audacity(track).unwrap_err().line, line, "{track}");
    }
}

#[test]
fn midi_gets_markers_on_the_songs_own_grid() {
    let meter = Meter { tick: 0, numerator: 4, denominator: 4 };
    let mut song = Conductor::steady("Night Drive", Tempo::from_milli_bpm(0, 120_000).unwrap(), meter);
    song.markers.push(midi::Marker { tick: 1920, text: "Verse".to_owned() });
    let file = midi(&[range(500_000, 1_500_000, "Too loud"), point(250_000, "click")], &song).unwrap();
    let read = midi::read(&file).unwrap();
    let markers: Vec<(u64, &str)> = read.markers.iter().map(|marker| (marker.tick, marker.text.as_str())).collect();
    assert_eq!(markers, [(480, "click"), (960, "Too loud"), (1920, "Verse"), (2880, "Too loud (end)")]);
    assert_eq!((read.tempos, read.meters), (song.tempos, song.meters));
    let points = read_midi(&file).unwrap();
    assert_eq!(
        points.iter().map(|marker| marker.start_us).collect::<Vec<_>>(),
        [250_000, 500_000, 1_000_000, 1_500_000]
    );
    assert_eq!(read_midi(b"nothing"), Err(MidiError::NotMidi));
}

#[test]
fn what_cannot_be_written_is_named() {
    let bad = [point(0, " \n"), range(5, 5, "a"), range(0, MAX_US + 1, "b"), point(MAX_US, "c")];
    let fields: Vec<String> = audacity(&bad).unwrap_err().into_iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["markers[0].text", "markers[1].end_us", "markers[2].end_us"]);
    assert_eq!(reaper(&bad).unwrap_err().len(), 3);
    // Shorter than the list can say, it is a point.
    assert!(reaper(&[range(0, 400, "a")]).unwrap().contains("M1,\"a\",0:00:00.000,,"));
    let many = vec![point(0, "a"); MAX_MARKERS + 1];
    assert_eq!(reaper(&many).unwrap_err()[0].field, "markers");
}

prop_compose! {
    fn markers()(list in prop::collection::btree_map(0_u64..MAX_US / 2, (prop::option::of(1_u64..1_000_000_000), "[a-z\",\\\\ é]{0,20}x"), 0..20)) -> Vec<Marker> {
        let marker = |(start_us, (length, text)): (u64, (Option<u64>, String))| Marker {
            start_us,
            end_us: length.map(|length| start_us + length),
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        list.into_iter().map(marker).collect()
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(markers in markers()) {
        prop_assert_eq!(read_audacity(&audacity(&markers).unwrap()).unwrap(), markers.clone());
        let read = read_reaper(&reaper(&markers).unwrap()).unwrap();
        prop_assert_eq!(read.len(), markers.len());
        for (read, marker) in read.iter().zip(&markers) {
            prop_assert!(read.start_us.abs_diff(marker.start_us) <= 500);
            prop_assert_eq!(&read.text, &marker.text);
        }
    }

    #[test]
    fn no_text_makes_it_fall_over(text in "(#,Name,Start,End\n)?([0-9RM,.:\t\"a]{0,12}\n){0,6}", any_text in "\\PC{0,100}") {
        let _ = (read_reaper(&text), read_audacity(&text), read_reaper(&any_text), read_audacity(&any_text));
    }
}
