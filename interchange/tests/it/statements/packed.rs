//! Encodings, and what statements are packed in.

use std::io::{Cursor, Write};

use flate2::{Compression, write::GzEncoder};
use interchange::statements::{
    Encoding, Limits, Options, Packing, StatementError, inspect, known, raw_line, raw_lines,
};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{DISTROKID, decimal, distrokid, earning, kept, lines, looked_at, total};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("it is packed");
    encoder.finish().expect("it is packed")
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        writer.write_all(bytes).expect("it is packed");
    }
    writer.finish().expect("it is packed").into_inner()
}

/// Three lines with letters that each encoding has otherwise.
fn text() -> String {
    let rows = ["Zoë", "Dvořák", "Größe"].map(|title| distrokid(title, "QZAB12600001", "1", "0.1"));
    lines(&[&[DISTROKID.to_owned()][..], &rows].concat())
}

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn every_encoding_says_the_same_and_each_line_is_found_again() {
    let text = text();
    let marked = format!("\u{feff}{text}");
    for (bytes, encoding) in [
        (text.clone().into_bytes(), Encoding::Utf8),
        (marked.clone().into_bytes(), Encoding::Utf8),
        (utf_16(&marked, u16::to_le_bytes), Encoding::Utf16Le),
        (utf_16(&marked, u16::to_be_bytes), Encoding::Utf16Be),
        (utf_16(&text, u16::to_le_bytes), Encoding::Utf16Le),
        (utf_16(&text, u16::to_be_bytes), Encoding::Utf16Be),
    ] {
        for (packed, packing) in [
            (bytes.clone(), Packing::Plain),
            (gzip(&bytes), Packing::Gzip),
            (zip(&[("__MACOSX/._a.tsv", b"x"), ("a.tsv", &bytes)]), Packing::Zip),
        ] {
            let (lines, summary) = kept(&packed, &Options::default()).unwrap();
            assert_eq!((summary.layout.encoding, summary.layout.packing), (encoding, packing));
            let titles: Vec<&str> = lines.iter().map(|line| line.texts[0].as_str()).collect();
            assert_eq!(titles, ["Zoë", "Dvořák", "Größe"]);
            assert_eq!(total(&summary, "USD"), decimal("0.3"));
            for line in &lines {
                assert_eq!(raw_line(Cursor::new(&packed), &summary.layout, line.place).unwrap(), line.raw);
            }
            let places = [lines[0].place, lines[2].place];
            let raw = raw_lines(Cursor::new(&packed), &summary.layout, &places).unwrap();
            assert_eq!(raw, [lines[0].raw.as_str(), lines[2].raw.as_str()]);
        }
    }
}

#[test]
fn windows_1252_is_known_by_its_first_letter_however_late_it_comes() {
    for rows in [1, 30_000] {
        let mut bytes = earning(&vec!["0.000000000001"; rows]).into_bytes();
        bytes.extend(distrokid("Zo?", "QZAB12600001", "1", "1").replace('?', "\u{1}").bytes().map(|b| match b {
            1 => 0xeb,
            other => other,
        }));
        let (lines, summary) = kept(&bytes, &Options::default()).unwrap();
        assert_eq!(summary.layout.encoding, Encoding::Windows1252);
        let last = lines.last().unwrap();
        assert_eq!((lines.len(), last.texts[0].as_str()), (rows + 1, "Zoë"));
        assert_eq!(raw_line(Cursor::new(&bytes), &summary.layout, last.place).unwrap(), last.raw);
    }
}

#[test]
fn two_encodings_in_one_file_are_refused_with_the_line() {
    let mut bytes = text().into_bytes();
    bytes.extend(b"2026\t\t\t\t\tZo\xeb\n");
    let refused = looked_at(&bytes).unwrap_err();
    assert!(matches!(refused, StatementError::Encoding { line: 5, encoding: "UTF-8" }), "{refused}");
    let mut odd = utf_16(&format!("\u{feff}{}", text()), u16::to_le_bytes);
    odd.pop();
    assert!(matches!(looked_at(&odd), Err(StatementError::Encoding { encoding: "UTF-16", .. })));
}

#[test]
fn separators_and_line_breaks_are_found() {
    let text = text();
    for separator in [",", ";", "|"] {
        for end in ["\n", "\r\n", "\r"] {
            let (lines, summary) = kept(text.replace('\t', separator).replace('\n', end), &Options::default()).unwrap();
            assert_eq!(summary.layout.separator.to_string(), separator);
            assert_eq!((lines.len(), lines[2].place.line, lines[2].raw.matches(separator).count()), (3, 4, 14));
        }
    }
}

#[test]
fn a_file_that_is_cut_off_is_refused_wherever_it_is_cut() {
    let whole = earning(&vec!["0.123456789012"; 5000]);
    let packed = gzip(whole.as_bytes());
    for cut in [1, 8, 9, packed.len() / 2] {
        let refused = looked_at(&packed[..packed.len() - cut]).unwrap_err();
        assert!(matches!(refused, StatementError::Truncated), "{cut}: {refused}");
    }
    let mut damaged = packed.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x55;
    assert!(looked_at(&damaged).is_err());
    let archive = zip(&[("a.tsv", whole.as_bytes())]);
    assert!(looked_at(&archive[..archive.len() - 30]).is_err());
}

#[test]
fn two_members_of_gzip_are_one_file() {
    let packed = [gzip(earning(&["1"]).as_bytes()), gzip(distrokid("A", "", "1", "2").as_bytes())].concat();
    assert_eq!(total(&looked_at(&packed).unwrap(), "USD"), decimal("3"));
}

#[test]
fn what_stands_behind_a_packed_file_is_no_end_in_its_middle() {
    let packed = [&gzip(earning(&["1"]).as_bytes())[..], b"garbage"].concat();
    let refused = looked_at(&packed).unwrap_err();
    assert!(matches!(refused, StatementError::Damaged(_)), "{refused}");
    assert!(refused.to_string().contains("something that is not packed stands behind what is"), "{refused}");
}

#[test]
fn bombs_are_refused_by_what_comes_out() {
    let packed = gzip(earning(&vec!["0.1"; 60_000]).as_bytes());
    let limits = Limits { ratio: 2, free_bytes: 1 << 20, ..Limits::DEFAULT };
    let refused = inspect(Cursor::new(packed), known(), &Options { limits, ..Options::default() }).unwrap_err();
    assert!(matches!(refused, StatementError::Bomb { .. }), "{refused}");
}

#[test]
fn an_archive_holds_one_statement() {
    let text = text();
    let two = zip(&[("a.tsv", text.as_bytes()), ("b.tsv", text.as_bytes())]);
    let refused = looked_at(&two).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the archive holds 2 files instead of one statement (a.tsv, b.tsv): unpack it and take each by itself"
    );
    assert!(matches!(looked_at(zip(&[])), Err(StatementError::NotOneFile { found: 0, .. })));
    let sheet = zip(&[("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")]);
    assert!(matches!(looked_at(&sheet), Err(StatementError::NotText { what: "a spreadsheet", .. })));
}
