use proptest::prelude::*;

use super::*;

fn four_four(milli_bpm: u32) -> Conductor {
    let meter = Meter { tick: 0, numerator: 4, denominator: 4 };
    Conductor::steady("Night Drive", Tempo::from_milli_bpm(0, milli_bpm).unwrap(), meter)
}

fn section(name: &str, bars: u32, numerator: u8, denominator: u8, milli_bpm: u32) -> Section {
    Section { name: name.to_owned(), bars, numerator, denominator, milli_bpm, key: None }
}

#[test]
fn a_file_is_written_byte_for_byte() {
    let mut song = four_four(120_000);
    song.keys.push(Key { tick: 0, sharps: -3, minor: true });
    song.markers.push(Marker { tick: 3840, text: "Verse\n1".to_owned() });
    song.length = 7680;
    let mut expected = b"MThd\0\0\0\x06\0\x01\0\x01\x03\xC0MTrk\0\0\0\x39".to_vec();
    expected.extend_from_slice(b"\x00\xFF\x03\x0BNight Drive");
    expected.extend_from_slice(b"\x00\xFF\x51\x03\x07\xA1\x20");
    expected.extend_from_slice(b"\x00\xFF\x58\x04\x04\x02\x18\x08");
    expected.extend_from_slice(b"\x00\xFF\x59\x02\xFD\x01");
    expected.extend_from_slice(b"\x9E\x00\xFF\x06\x07Verse 1");
    expected.extend_from_slice(b"\x9E\x00\xFF\x2F\x00");
    expected[21] = u8::try_from(expected.len() - 22).unwrap();
    assert_eq!(write(&song).unwrap(), expected);
}

#[test]
fn quantities_have_the_bytes_of_the_standards_table() {
    let table: [(u64, &[u8]); 10] = [
        (0x00, &[0x00]),
        (0x40, &[0x40]),
        (0x7F, &[0x7F]),
        (0x80, &[0x81, 0x00]),
        (0x2000, &[0xC0, 0x00]),
        (0x3FFF, &[0xFF, 0x7F]),
        (0x4000, &[0x81, 0x80, 0x00]),
        (0x001F_FFFF, &[0xFF, 0xFF, 0x7F]),
        (0x0020_0000, &[0x81, 0x80, 0x80, 0x00]),
        (0x0FFF_FFFF, &[0xFF, 0xFF, 0xFF, 0x7F]),
    ];
    for (quantity, bytes) in table {
        let mut written = Vec::new();
        write::push_quantity(&mut written, quantity);
        assert_eq!(written, bytes, "{quantity:#x}");
    }
}

#[test]
fn sections_become_tempos_meters_keys_and_markers() {
    let mut bridge = section("Bridge", 2, 6, 8, 90_000);
    bridge.key = Some((2, false));
    let sections = [section("Intro", 4, 4, 4, 120_000), section("Verse", 8, 4, 4, 120_000), bridge];
    let song = Conductor::of_sections("Night Drive", &sections).unwrap();
    let tempos: Vec<(u64, u32)> = song.tempos.iter().map(|tempo| (tempo.tick, tempo.micros_per_quarter)).collect();
    assert_eq!(tempos, [(0, 500_000), (46_080, 666_667)]);
    let meters: Vec<(u64, u8, u8)> =
        song.meters.iter().map(|meter| (meter.tick, meter.numerator, meter.denominator)).collect();
    assert_eq!(meters, [(0, 4, 4), (46_080, 6, 8)]);
    assert_eq!(song.keys, [Key { tick: 46_080, sharps: 2, minor: false }]);
    assert_eq!(song.markers.iter().map(|marker| marker.tick).collect::<Vec<_>>(), [0, 15_360, 46_080]);
    // Six eighths are three quarters: two bars are 6 × 960 ticks.
    assert_eq!(song.length, 46_080 + 5760);
    assert_eq!((song.micros_at(46_080), song.tick_at(24_000_000)), (24_000_000, 46_080));
    assert_eq!(read(&write(&song).unwrap()).unwrap(), song);
}

#[test]
fn instants_and_ticks_are_found_across_changes() {
    let mut song = four_four(120_000);
    song.tempos.push(Tempo { tick: 960, micros_per_quarter: 1_000_000 });
    for (micros, tick) in [(0, 0), (250_000, 480), (500_000, 960), (1_000_000, 1440), (1_500_000, 1920)] {
        assert_eq!((song.tick_at(micros), song.micros_at(tick)), (tick, micros));
    }
    // Without a tempo it is 120.
    song.tempos.clear();
    assert_eq!((song.tick_at(1_000_000), song.micros_at(960)), (1920, 500_000));
    assert_eq!(song.tick_at(u64::MAX), u64::MAX / 500_000 * 960 + u64::MAX % 500_000 * 960 / 500_000);
}

#[test]
fn what_no_file_can_say_is_named() {
    let mut song = four_four(120_000);
    song.ticks_per_quarter = 0x8000;
    song.tempos.push(Tempo { tick: 0, micros_per_quarter: 0 });
    song.meters.push(Meter { tick: 5, numerator: 0, denominator: 3 });
    song.keys.push(Key { tick: 0, sharps: 8, minor: false });
    song.markers.push(Marker { tick: 0x1000_0000, text: "a".repeat(1001) });
    let fields: Vec<String> = write(&song).unwrap_err().into_iter().map(|fault| fault.field).collect();
    let expected = [
        "ticks_per_quarter",
        "tempos[1].micros_per_quarter",
        "meters[1].numerator",
        "meters[1].denominator",
        "keys[0].sharps",
        "markers[0].text",
        "tempos[1].tick",
        "length",
    ];
    assert_eq!(fields, expected);
    assert_eq!(Tempo::from_milli_bpm(0, 0), None);
    assert_eq!(Tempo::from_milli_bpm(0, 3576), None);
    assert_eq!(Tempo::from_milli_bpm(0, 3577).unwrap().micros_per_quarter, 16_773_833);
    let sections = [section("A", 0, 4, 4, 0), section("B", 0, 0, 5, 120_000)];
    let faults = Conductor::of_sections("", &sections).unwrap_err();
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["sections[0].milli_bpm", "sections[1].bars", "meters[0].numerator", "meters[0].denominator"]);
}

#[test]
fn foreign_files_are_read_and_damaged_ones_refused() {
    // Type 0, running status, a system exclusive message and a tempo after notes.
    let mut file = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x00".to_vec();
    file.extend_from_slice(
        b"\x00\x90\x3C\x40\x60\x3C\x00\x00\xF0\x03\x01\x02\xF7\x00\xC0\x05\x00\xFF\x51\x03\x07\xA1\x20",
    );
    file.extend_from_slice(b"\x60\xFF\x06\x02Zo\x00\xFF\x2F\x00");
    file[21] = u8::try_from(file.len() - 22).unwrap();
    let song = read(&file).unwrap();
    assert_eq!((song.ticks_per_quarter, song.length), (96, 192));
    assert_eq!(song.tempos, [Tempo { tick: 96, micros_per_quarter: 500_000 }]);
    assert_eq!(song.markers, [Marker { tick: 192, text: "Zo".to_owned() }]);

    assert_eq!(read(b"RIFF"), Err(MidiError::NotMidi));
    assert_eq!(read(b""), Err(MidiError::NotMidi));
    let with = |at: usize, byte: u8| {
        let mut damaged = file.clone();
        damaged[at] = byte;
        read(&damaged)
    };
    assert_eq!(with(9, 2), Err(MidiError::Type(2)));
    assert_eq!(with(12, 0xE8), Err(MidiError::Frames));
    assert!(matches!(with(22 + 1, 0x3C), Err(MidiError::Damaged { at: 23 })));
    assert!(matches!(with(22 + 1, 0xF4), Err(MidiError::Damaged { .. })));
    for length in 14..file.len() - 1 {
        assert!(matches!(read(&file[..length]), Err(MidiError::Damaged { .. })) || length == 14, "{length}");
    }
    assert_eq!(read(&vec![0; (16 << 20) + 1]), Err(MidiError::TooLarge));
}

prop_compose! {
    fn songs()(
        name in "[a-zA-Zé ]{0,20}",
        ticks_per_quarter in 1_u16..0x8000,
        tempos in prop::collection::btree_map(0_u64..1_000_000, 1_u32..0x0100_0000, 0..6),
        meters in prop::collection::btree_map(0_u64..1_000_000, (1_u8..=255, 0_u32..=6), 0..6),
        keys in prop::collection::btree_map(0_u64..1_000_000, (-7_i8..=7, any::<bool>()), 0..4),
        markers in prop::collection::btree_map(0_u64..1_000_000, "[a-z]{0,10}", 0..8),
        length in 1_000_000_u64..0x0FFF_FFFF,
    ) -> Conductor {
        Conductor {
            name: name.split_whitespace().collect::<Vec<_>>().join(" "),
            ticks_per_quarter,
            tempos: tempos.into_iter().map(|(tick, micros_per_quarter)| Tempo { tick, micros_per_quarter }).collect(),
            meters: meters
                .into_iter()
                .map(|(tick, (numerator, power))| Meter { tick, numerator, denominator: 1 << power })
                .collect(),
            keys: keys.into_iter().map(|(tick, (sharps, minor))| Key { tick, sharps, minor }).collect(),
            markers: markers.into_iter().map(|(tick, text)| Marker { tick, text }).collect(),
            length,
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(song in songs()) {
        prop_assert_eq!(read(&write(&song).unwrap()).unwrap(), song);
    }

    #[test]
    fn a_tick_is_found_again_by_its_instant(song in songs(), tick in 0_u64..2_000_000) {
        // Ticks shorter than two microseconds share an instant.
        prop_assume!(song.tempos.iter().all(|tempo| tempo.micros_per_quarter > 2 * u32::from(song.ticks_per_quarter)));
        prop_assume!(u32::from(song.ticks_per_quarter) * 2 < 500_000);
        prop_assert_eq!(song.tick_at(song.micros_at(tick)), tick);
    }

    #[test]
    fn no_bytes_make_it_fall_over(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0_usize..100, byte in any::<u8>()) {
        let _ = read(&bytes);
        let mut file = b"MThd\0\0\0\x06\0\x01\0\x01\0\x60MTrk\0\0\0\xC8".to_vec();
        file.extend_from_slice(&bytes);
        if let Some(one) = file.get_mut(at) {
            *one = byte;
        }
        let _ = read(&file);
    }
}
