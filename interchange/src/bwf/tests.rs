use std::io::Cursor;

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;

fn bext() -> Bext {
    Bext {
        description: "Night Drive / Lead Zoë".to_owned(),
        originator: "Ledgerline".to_owned(),
        originator_reference: "LL-7K3M9Q2X".to_owned(),
        origination: NaiveDate::from_ymd_opt(2026, 3, 24).and_then(|date| date.and_hms_opt(11, 5, 9)),
        time_reference: 0x0000_0001_9BFC_C800,
        loudness: None,
        coding_history: "A=PCM,F=48000,W=24,M=stereo,T=Ledgerline\r\n".to_owned(),
    }
}

fn chunk(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_vec();
    bytes.extend_from_slice(&u32::try_from(body.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(body);
    if body.len() % 2 == 1 {
        bytes.push(0);
    }
    bytes
}

/// A WAV file of these chunks, whose header says its size.
fn wav(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"RIFF\0\0\0\0WAVE".to_vec();
    file.extend(chunks.concat());
    let size = u32::try_from(file.len() - 8).unwrap();
    file[4..8].copy_from_slice(&size.to_le_bytes());
    file
}

fn cue(start: u64, length: Option<u64>, name: &str) -> Cue {
    Cue { start, length, name: name.to_owned() }
}

fn stamped(file: &[u8], with: &Stamp) -> Result<Vec<u8>, BwfError> {
    let mut file = Cursor::new(file.to_vec());
    stamp(&mut file, with)?;
    Ok(file.into_inner())
}

#[test]
fn the_chunk_is_laid_out_as_the_standard_says() {
    let body = bext().to_bytes().unwrap();
    assert_eq!(body.len(), 602 + bext().coding_history.len());
    assert_eq!(&body[..24], b"Night Drive / Lead Zo?\0\0");
    assert_eq!(&body[256..267], b"Ledgerline\0");
    assert_eq!(&body[288..300], b"LL-7K3M9Q2X\0");
    assert_eq!(&body[320..338], b"2026-03-2411:05:09");
    assert_eq!(&body[338..346], [0x00, 0xC8, 0xFC, 0x9B, 0x01, 0, 0, 0]);
    assert_eq!(&body[346..348], [1, 0]);
    assert!(body[348..602].iter().all(|b| *b == 0));
    assert_eq!(&body[602..608], b"A=PCM,");
    let read = Bext { description: "Night Drive / Lead Zo?".to_owned(), ..bext() };
    assert_eq!(Bext::parse(&body), Some(read));
    assert_eq!(Bext::parse(&body[..601]), None);
}

#[test]
fn levels_make_it_version_2() {
    let loudness = Loudness {
        integrated: Some(-1401),
        range: Some(620),
        true_peak: Some(-103),
        momentary: None,
        short_term: Some(-900),
    };
    let body = Bext { loudness: Some(loudness), ..bext() }.to_bytes().unwrap();
    assert_eq!(&body[346..348], [2, 0]);
    assert_eq!(&body[412..422], [0x87, 0xFA, 0x6C, 0x02, 0x99, 0xFF, 0xFF, 0x7F, 0x7C, 0xFC]);
    assert_eq!(Bext::parse(&body).unwrap().loudness, Some(loudness));
}

#[test]
fn what_does_not_fit_is_named() {
    let long = Bext {
        description: "a".repeat(257),
        originator: "a".repeat(33),
        originator_reference: "é".repeat(33),
        ..bext()
    };
    let fields: Vec<String> = long.to_bytes().unwrap_err().into_iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["description", "originator", "originator_reference"]);
    assert!(Bext { description: "é".repeat(256), ..bext() }.to_bytes().is_ok());
    let faults = cues(&[cue(0, None, "a"), cue(1 << 32, Some(1 << 32), "b")]).unwrap_err();
    assert_eq!(
        faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(),
        ["markers[1].start", "markers[1].length"]
    );
}

#[test]
fn markers_are_laid_out_as_the_standard_says() {
    assert_eq!(cues(&[]).unwrap(), b"");
    let bytes = cues(&[cue(48_000, None, "Verse\n1"), cue(96_000, Some(4800), "Click")]).unwrap();
    let mut expected = b"cue \x34\0\0\0\x02\0\0\0".to_vec();
    expected.extend_from_slice(b"\x01\0\0\0\x80\xBB\0\0data\0\0\0\0\0\0\0\0\x80\xBB\0\0");
    expected.extend_from_slice(b"\x02\0\0\0\x00\x77\x01\0data\0\0\0\0\0\0\0\0\x00\x77\x01\0");
    expected.extend_from_slice(b"LIST\x4C\0\0\0adtl");
    expected.extend_from_slice(b"labl\x0C\0\0\0\x01\0\0\0Verse 1\0");
    expected.extend_from_slice(b"labl\x0A\0\0\0\x02\0\0\0Click\0");
    expected.extend_from_slice(b"ltxt\x14\0\0\0\x02\0\0\0\xC0\x12\0\0rgn \0\0\0\0\0\0\0\0");
    let after = u32::try_from(expected.len() - 68).unwrap();
    expected[64..68].copy_from_slice(&after.to_le_bytes());
    assert_eq!(bytes, expected);
}

#[test]
fn a_finished_file_is_stamped_and_keeps_the_rest() {
    let loudness = Some(Loudness { integrated: Some(-1400), ..Loudness::default() });
    let before = Bext { loudness, time_reference: 0, ..bext() };
    let data = chunk(*b"data", &[1, 2, 3]);
    let parts = [
        chunk(*b"fmt ", &[0; 16]),
        chunk(*b"bext", &before.to_bytes().unwrap()),
        chunk(*b"iXML", b"<x/>"),
        data.clone(),
    ];
    let file = wav(&parts);
    let with = Stamp {
        originator_reference: Some("HANDOFF-1".to_owned()),
        time_reference: Some(172_800_000),
        markers: vec![cue(0, None, "Intro")],
        ..Stamp::default()
    };
    let after = stamped(&file, &with).unwrap();
    let bext_at = 12 + 24 + 8;
    let read = Bext::parse(&after[bext_at..bext_at + before.to_bytes().unwrap().len()]).unwrap();
    assert_eq!((read.time_reference, read.originator_reference.as_str()), (172_800_000, "HANDOFF-1"));
    assert_eq!((read.loudness, read.originator.as_str()), (loudness, "Ledgerline"));
    assert_eq!(read.coding_history, before.coding_history);
    let added = cues(&with.markers).unwrap();
    assert_eq!(&after[file.len() - data.len()..file.len()], data);
    assert_eq!(&after[file.len()..], added);
    assert_eq!(after[4..8], u32::try_from(after.len() - 8).unwrap().to_le_bytes());
    // Without markers only the chunk's bytes change.
    let plain = stamped(&file, &Stamp { time_reference: Some(1), ..Stamp::default() }).unwrap();
    assert_eq!(plain.len(), file.len());
    assert_eq!(plain.iter().zip(&file).filter(|(a, b)| a != b).count(), 1);
    assert!(matches!(stamped(&after, &with), Err(BwfError::HasMarkers)));
}

#[test]
fn large_files_say_their_size_in_their_own_chunk() {
    let mut sizes = [0; 28];
    sizes[8..16].copy_from_slice(&4_u64.to_le_bytes());
    let mut data = chunk(*b"data", &[1, 2, 3, 4]);
    data[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut file = wav(&[chunk(*b"ds64", &sizes), chunk(*b"bext", &bext().to_bytes().unwrap()), data]);
    file[..4].copy_from_slice(b"RF64");
    file[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    let after = stamped(&file, &Stamp { markers: vec![cue(1, None, "a")], ..Stamp::default() }).unwrap();
    assert_eq!(after[4..8], u32::MAX.to_le_bytes());
    assert_eq!(after[20..28], (after.len() as u64 - 8).to_le_bytes());
}

#[test]
fn other_files_are_refused_untouched() {
    let time = Stamp { time_reference: Some(1), ..Stamp::default() };
    let whole = wav(&[chunk(*b"bext", &bext().to_bytes().unwrap()), chunk(*b"data", &[0; 4])]);
    assert!(stamped(&whole, &time).is_ok());
    assert!(matches!(stamped(b"", &time), Err(BwfError::NotWav)));
    assert!(matches!(stamped(b"RIFF\0\0\0\0AVI LIST", &time), Err(BwfError::NotWav)));
    assert!(matches!(stamped(&wav(&[chunk(*b"data", &[0; 4])]), &time), Err(BwfError::NoBext)));
    assert!(matches!(stamped(&wav(&[chunk(*b"bext", &[0; 600])]), &time), Err(BwfError::NoBext)));
    assert!(matches!(stamped(&whole[..whole.len() - 1], &time), Err(BwfError::Damaged { .. })));
    assert!(matches!(stamped(&[&whole[..], b"junk"].concat(), &time), Err(BwfError::Damaged { .. })));
    let mut large = whole.clone();
    large[..4].copy_from_slice(b"RF64");
    assert!(matches!(stamped(&large, &time), Err(BwfError::Damaged { at: 12 })));
    let many = wav(&vec![chunk(*b"JUNK", b""); 1001]);
    assert!(matches!(stamped(&many, &time), Err(BwfError::Damaged { .. })));
    let long = Stamp { originator: Some("a".repeat(33)), ..Stamp::default() };
    let error = stamped(&whole, &long).unwrap_err();
    assert_eq!(error.to_string(), "the file cannot be stamped: originator: it has more than 32 characters; shorten it");
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        description in "[ -~]{0,256}",
        reference in "[!-~]{0,32}",
        time_reference in any::<u64>(),
        seconds in 0_i64..4_000_000_000,
        levels in prop::option::of(prop::array::uniform5(prop::option::of(-10_000_i16..10_000))),
    ) {
        let loudness = levels.map(|[integrated, range, true_peak, momentary, short_term]| Loudness {
            integrated, range, true_peak, momentary, short_term,
        });
        let origination = chrono::DateTime::from_timestamp(seconds, 0).map(|at| at.naive_utc());
        let bext = Bext { description, originator_reference: reference, time_reference, origination, loudness, ..bext() };
        prop_assert_eq!(Bext::parse(&bext.to_bytes().unwrap()), Some(bext));
    }

    #[test]
    fn no_bytes_make_it_fall_over(bytes in prop::collection::vec(any::<u8>(), 0..200), large in any::<bool>()) {
        let _ = Bext::parse(&bytes);
        let mut file = if large { b"RF64\0\0\0\0WAVEds64\x10\0\0\0".to_vec() } else { b"RIFF\0\0\0\0WAVE".to_vec() };
        file.extend_from_slice(&bytes);
        let _ = stamped(&file, &Stamp { time_reference: Some(1), ..Stamp::default() });
    }
}
