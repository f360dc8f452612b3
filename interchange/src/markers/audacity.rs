//! Audacity's label track: a line each, of start, end and text apart by tabs, in seconds. A point ends where it begins.

use super::{MAX_MARKERS, Marker, MarkerError, one_line, seconds, sorted};
use crate::fault::Fault;

/// Writes the track, exact to the microsecond.
///
/// # Errors
///
/// Every marker that cannot be written.
pub fn audacity(markers: &[Marker]) -> Result<String, Vec<Fault>> {
    let mut out = String::new();
    for marker in sorted(markers)? {
        let end = marker.end_us.unwrap_or(marker.start_us);
        out.push_str(&decimal(marker.start_us));
        out.push('\t');
        out.push_str(&decimal(end));
        out.push('\t');
        out.push_str(&one_line(&marker.text));
        out.push('\n');
    }
    Ok(out)
}

fn decimal(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

/// Reads the track. Lines with frequencies, which begin with a backslash, are passed over.
///
/// # Errors
///
/// A line without two times; an end before its start; too many lines.
pub fn read_audacity(text: &str) -> Result<Vec<Marker>, MarkerError> {
    let mut markers = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() || text.starts_with('\\') {
            continue;
        }
        let mut cells = text.splitn(3, '\t');
        let mut time = || cells.next().and_then(|cell| seconds(cell.trim()));
        let (Some(start_us), Some(end)) = (time(), time()) else {
            let problem = format!("'{}' does not begin with two times", crate::contact::short(text));
            return Err(MarkerError {
                line,
                problem,
                remedy: "export the labels again: start, end and text apart by tabs",
            });
        };
        if end < start_us {
            return Err(MarkerError {
                line,
                problem: "the end is before the start".to_owned(),
                remedy: "exchange them",
            });
        }
        if markers.len() == MAX_MARKERS {
            let problem = format!("there are more than {MAX_MARKERS} labels");
            return Err(MarkerError { line, problem, remedy: "export several tracks" });
        }
        let text = cells.next().unwrap_or_default().trim().to_owned();
        markers.push(Marker { start_us, end_us: Some(end).filter(|end| *end > start_us), text });
    }
    Ok(markers)
}
