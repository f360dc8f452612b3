//! The list of REAPER's region and marker manager, which exports it and imports it again.
//!
//! ```text
//! #,Name,Start,End,Length
//! M1,"Too loud",0:00:12.500,,
//! R1,"Chorus",0:01:02.000,0:01:30.250,0:00:28.250
//! ```

use csv::ReaderBuilder;

use super::{MAX_MARKERS, Marker, MarkerError, one_line, seconds, sorted};
use crate::fault::Fault;

/// Writes the list: points as markers, ranges as regions, each numbered by itself. Times are rounded to the millisecond, as the list has them.
///
/// # Errors
///
/// Every marker that cannot be written.
pub fn reaper(markers: &[Marker]) -> Result<String, Vec<Fault>> {
    let mut out = String::from("#,Name,Start,End,Length\r\n");
    let (mut points, mut ranges) = (0, 0);
    for marker in sorted(markers)? {
        let name = one_line(&marker.text).replace('"', "\"\"");
        let start = rounded(marker.start_us);
        let line = if let Some(end) = marker.end_us.map(rounded).filter(|end| *end > start) {
            ranges += 1;
            format!("R{ranges},\"{name}\",{},{},{}", clock(start), clock(end), clock(end - start))
        } else {
            points += 1;
            format!("M{points},\"{name}\",{},,", clock(start))
        };
        out.push_str(&line);
        out.push_str("\r\n");
    }
    Ok(out)
}

/// Milliseconds.
fn rounded(micros: u64) -> u64 {
    (micros + 500) / 1000
}

fn clock(millis: u64) -> String {
    let seconds = millis / 1000;
    format!("{}:{:02}:{:02}.{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60, millis % 1000)
}

/// Reads the list, in whichever order its columns stand.
///
/// # Errors
///
/// A list without its columns, or a row without a name that says what it is or a time; too many rows. Times in bars and beats cannot be read, for the
/// list does not say the tempo.
pub fn read_reaper(text: &str) -> Result<Vec<Marker>, MarkerError> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records().flatten();
    let fail = |line, problem: String, remedy| Err(MarkerError { line, problem, remedy });
    let headings = records.next().unwrap_or_default();
    let column = |name: &str| headings.iter().position(|heading| heading.trim().eq_ignore_ascii_case(name));
    let (Some(kind), Some(name), Some(start)) = (column("#"), column("Name"), column("Start")) else {
        return fail(
            1,
            "the columns #, Name and Start are not there".to_owned(),
            "export the list from the region and marker manager",
        );
    };
    let end = column("End");
    let mut markers = Vec::new();
    for (index, record) in records.enumerate() {
        // A line each: REAPER's names have no line breaks.
        let line = index as u64 + 2;
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        let time = |at: usize| {
            let text = cell(at);
            instant(text).ok_or_else(|| MarkerError {
                line,
                problem: format!("'{}' is not a time", crate::contact::short(text)),
                remedy: "let the ruler show minutes and seconds, and export the list again",
            })
        };
        let is_range = match cell(kind).chars().next() {
            Some('R' | 'r') => true,
            Some('M' | 'm' | '0'..='9') => false,
            _ => {
                let problem = format!("'{}' is neither a marker nor a region", crate::contact::short(cell(kind)));
                return fail(line, problem, "number markers M1, M2 and regions R1, R2");
            }
        };
        let start_us = time(start)?;
        let end_us = match end {
            Some(end) if is_range => Some(time(end)?).filter(|end| *end > start_us),
            _ => None,
        };
        if markers.len() == MAX_MARKERS {
            return fail(line, format!("there are more than {MAX_MARKERS} markers"), "export several lists");
        }
        markers.push(Marker { start_us, end_us, text: cell(name).to_owned() });
    }
    Ok(markers)
}

/// Microseconds of `1:02:03.5`, `2:03.5` or `3.5`.
fn instant(text: &str) -> Option<u64> {
    let mut parts = text.split(':').rev();
    let mut micros = seconds(parts.next()?)?;
    let mut unit = 60_000_000;
    for part in parts.by_ref().take(2) {
        let count = part.parse::<u32>().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()))?;
        micros += u64::from(count) * unit;
        unit *= 60;
    }
    if parts.next().is_some() { None } else { Some(micros).filter(|micros| *micros <= super::MAX_US) }
}
