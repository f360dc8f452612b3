//! Stamped broadcast WAV files, read by the Python package wavinfo.

use std::io::Cursor;

use chrono::NaiveDate;
use interchange::bwf::{Bext, Cue, Loudness, Stamp, stamp};

use crate::judge::{asked_of, python};

const PROGRAM: &str = r#"
import sys, wavinfo
info = wavinfo.WavInfoReader(sys.argv[1])
bext = info.bext
print(bext.version, bext.description, bext.originator, bext.originator_ref, bext.originator_date, bext.originator_time, bext.time_reference, sep="|")
print(bext.loudness_value, bext.loudness_range, bext.max_true_peak, bext.max_shortterm_loudness, bext.coding_history.strip(), sep="|")
for name, frame in info.cues.each_cue():
    print(name, frame, info.cues.label_and_note(name)[0], info.cues.range(name), sep="|")
"#;

fn chunk(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len()).unwrap().to_le_bytes();
    let even = vec![0; body.len() % 2];
    [kind.as_slice(), &size, body, &even].concat()
}

#[test]
fn another_program_reads_the_same_place_levels_and_markers() {
    let Some(python) = python("wavinfo") else { return };
    let loudness = Loudness {
        integrated: Some(-1401),
        range: Some(620),
        true_peak: Some(-103),
        momentary: None,
        short_term: Some(-900),
    };
    let bext = Bext {
        description: "Night Drive / Lead".to_owned(),
        originator: "Ledgerline".to_owned(),
        loudness: Some(loudness),
        coding_history: "A=PCM,F=48000,W=24,M=mono,T=Ledgerline\r\n".to_owned(),
        ..Bext::default()
    };
    // Of one channel, 48000 samples of 24 bits a second.
    let format = b"\x01\0\x01\0\x80\xBB\0\0\x80\x32\x02\0\x03\0\x18\0";
    let body = [
        b"WAVE".to_vec(),
        chunk(*b"fmt ", format),
        chunk(*b"bext", &bext.to_bytes().unwrap()),
        chunk(*b"data", &[0; 3]),
    ]
    .concat();
    let mut file = Cursor::new(chunk(*b"RIFF", &body));
    let with = Stamp {
        originator_reference: Some("HANDOFF-1".to_owned()),
        origination: NaiveDate::from_ymd_opt(2026, 3, 24).and_then(|date| date.and_hms_opt(11, 5, 9)),
        time_reference: Some(172_800_000),
        markers: vec![
            Cue { start: 48_000, length: None, name: "Verse 1".to_owned() },
            Cue { start: 96_000, length: Some(4800), name: "Click".to_owned() },
        ],
        ..Stamp::default()
    };
    stamp(&mut file, &with).unwrap();
    let expected = "2|Night Drive / Lead|Ledgerline|HANDOFF-1|2026-03-24|11:05:09|172800000\n\
                    -14.01|6.2|-1.03|-9.0|A=PCM,F=48000,W=24,M=mono,T=Ledgerline\n\
                    1|48000|Verse 1|None\n\
                    2|96000|Click|4800\n";
    assert_eq!(asked_of(&python, PROGRAM, file.get_ref()), expected);
}
