//! A file that is read in blocks by several threads is the file.

use std::{io::Cursor, ops::ControlFlow};

use interchange::statements::{Options, StatementError, known, read};
use proptest::{collection::vec, prelude::*};

use super::{DISTROKID, distrokid, kept, lines};

fn threads(threads: usize) -> Options {
    Options { threads, ..Options::default() }
}

/// A file of several blocks, in which every seventh title has what could mislead.
fn large(rows: usize) -> String {
    let titles = ["\"Two\nlines\"", "12\" Mix", "\"A \"\"quoted\"\" one\"", "Plain", "\"Tab\tinside\"", "\"\"", "Zoë"];
    let row = |at: usize| {
        distrokid(titles[at % titles.len()], &format!("QZAB126{:05}", at % 5000), "1", &format!("0.{at:012}"))
    };
    lines(&[vec![DISTROKID.to_owned()], (0..rows).map(row).collect()].concat())
}

#[test]
fn several_threads_give_the_lines_of_one_in_their_order() {
    let text = large(40_000);
    let (one, summary) = kept(&text, &threads(1)).unwrap();
    assert_eq!(one.len(), 40_000);
    assert_eq!(summary.tally.faults.count, 0);
    for count in [2, 3, 8] {
        let (several, of_several) = kept(&text, &threads(count)).unwrap();
        assert!(several == one, "{count} threads give other lines");
        assert_eq!(of_several, summary);
    }
    for line in &one {
        let begin = usize::try_from(line.place.offset).unwrap();
        let end = begin + usize::try_from(line.place.bytes).unwrap();
        assert_eq!(&text[begin..end], line.raw);
    }
    let last = one.last().unwrap();
    let begin = usize::try_from(last.place.offset).unwrap();
    assert_eq!(last.place.line, text[..begin].matches('\n').count() as u64 + 1);
}

#[test]
fn whoever_takes_the_lines_may_stop() {
    for count in [1, 2] {
        let mut parts = 0;
        let stopped = read(
            Cursor::new(large(40_000)),
            known(),
            &threads(count),
            || 0_u64,
            |lines, _| *lines += 1,
            |lines, progress| {
                parts += 1;
                assert_eq!((progress.lines, progress.layout.format.as_str()), (lines, "distrokid"));
                ControlFlow::Break(())
            },
        );
        assert!(matches!(stopped, Err(StatementError::Cancelled)));
        assert_eq!(parts, 1);
    }
}

/// What a cell may hold, written as it is or in quotation marks.
fn cell() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9 ,;\"\n\t'ëß]{0,10}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_written_with_quotation_marks_is_read_as_it_was(titles in vec(cell(), 1..20), trailing in any::<bool>()) {
        let quote = |title: &String| format!("\"{}\"", title.replace('"', "\"\""));
        let rows: Vec<String> = titles.iter().map(|title| distrokid(&quote(title), "QZAB12600001", "1", "0.1")).collect();
        let mut text = lines(&[&[DISTROKID.to_owned()][..], &rows].concat());
        if !trailing {
            text.pop();
        }
        let (kept, summary) = kept(&text, &threads(2)).unwrap();
        prop_assert_eq!(summary.tally.faults.count, 0);
        let found: Vec<&str> = kept.iter().map(|line| line.texts[0].as_str()).collect();
        let written: Vec<&str> = titles.iter().map(|title| title.trim()).collect();
        prop_assert_eq!(found, written);
        for line in &kept {
            let begin = usize::try_from(line.place.offset).unwrap();
            prop_assert!(text[begin..].starts_with(&line.raw));
        }
    }

    #[test]
    fn whatever_is_damaged_is_refused_or_read(damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut bytes = large(50).into_bytes();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok((lines, summary)) = kept(&bytes, &threads(2)) {
            prop_assert_eq!(summary.tally.lines, lines.len() as u64);
        }
    }
}
