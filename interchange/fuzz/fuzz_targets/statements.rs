//! Any bytes as a statement: what one thread takes of it two take as well, and each line is found again where it was read.
#![no_main]

use std::{io::Cursor, ops::ControlFlow};

use interchange::statements::{Limits, Options, Place, Summary, known, raw_lines, read};
use libfuzzer_sys::fuzz_target;

/// What is taken, and each line's place and text; nothing if the file is refused.
fn taken(bytes: &[u8], threads: usize) -> Option<(Summary, Vec<(Place, String)>)> {
    let limits = Limits { total_bytes: 64 << 20, ..Limits::DEFAULT };
    let mut lines: Vec<(Place, String)> = Vec::new();
    let summary = read(
        Cursor::new(bytes),
        known(),
        &Options { threads, limits, ..Options::default() },
        Vec::new,
        |part, line| part.push((line.place, line.raw().to_owned())),
        |part, _| {
            lines.extend(part);
            ControlFlow::Continue(())
        },
    );
    Some((summary.ok()?, lines))
}

fuzz_target!(|bytes: &[u8]| {
    let one = taken(bytes, 1);
    assert!(one == taken(bytes, 2), "threads change nothing");
    let Some((summary, lines)) = one else { return };
    let places: Vec<Place> = lines.iter().map(|(place, _)| *place).collect();
    let raw = raw_lines(Cursor::new(bytes), &summary.layout, &places).expect("what was read can be read again");
    assert!(raw.iter().eq(lines.iter().map(|(_, raw)| raw)), "a place leads to its line");
});
