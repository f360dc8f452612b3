//! Comments at points and ranges of a mix, as markers that a DAW opens: REAPER's region and marker list, Audacity's label track, a MIDI file.
//!
//! Each is read back as well, as those programs write it.

mod audacity;
mod reaper;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::{
    fault::Fault,
    midi::{self, Conductor, MidiError},
};

pub use audacity::{audacity, read_audacity};
pub use reaper::{read_reaper, reaper};

/// Something said of a point or a range of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Where it begins, in microseconds from the recording's start.
    pub start_us: u64,
    /// Where a range ends, later than its beginning; nothing of a point.
    pub end_us: Option<u64>,
    /// What is said. Line breaks become blanks, for no marker has lines.
    pub text: String,
}

/// Why a list of markers was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}; {remedy}")]
pub struct MarkerError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub problem: String,
    /// What to do.
    pub remedy: &'static str,
}

/// Markers of one list.
const MAX_MARKERS: usize = 100_000;
/// Where the last marker may lie: after a hundred hours.
const MAX_US: u64 = 100 * 3600 * 1_000_000;
/// Characters of a marker in a MIDI file.
const MAX_MIDI_TEXT: usize = 500;

/// Writes a MIDI file with the song's tempo and the markers beside its own. A range has two, the second named after the first: `Too loud (end)`. Long
/// texts are cut, for DAWs show them on a ruler.
///
/// # Errors
///
/// Every marker, or value of the song, that cannot be written.
pub fn midi(markers: &[Marker], song: &Conductor) -> Result<Vec<u8>, Vec<Fault>> {
    let sorted = sorted(markers)?;
    let mut song = song.clone();
    for marker in sorted {
        let text: String = one_line(&marker.text).chars().take(MAX_MIDI_TEXT).collect();
        let (start, end) = (song.tick_at(marker.start_us), marker.end_us.map(|end| song.tick_at(end)));
        let ends = end.map(|tick| midi::Marker { tick, text: format!("{text} (end)") });
        song.markers.push(midi::Marker { tick: start, text });
        song.markers.extend(ends);
    }
    song.markers.sort_by_key(|marker| marker.tick);
    midi::write(&song)
}

/// Reads the markers of a MIDI file, each as a point.
///
/// # Errors
///
/// A file that [`midi::read()`] does not read.
pub fn read_midi(bytes: &[u8]) -> Result<Vec<Marker>, MidiError> {
    let song = midi::read(bytes)?;
    let points = song.markers.iter().map(|marker| Marker {
        start_us: song.micros_at(marker.tick),
        end_us: None,
        text: marker.text.clone(),
    });
    Ok(points.collect())
}

/// The markers in the order of time, if each can be written.
fn sorted(markers: &[Marker]) -> Result<Vec<&Marker>, Vec<Fault>> {
    let mut faults = Vec::new();
    if markers.len() > MAX_MARKERS {
        faults.push(Fault::new("markers", format!("there are more than {MAX_MARKERS}"), "write several lists"));
    }
    for (index, marker) in markers.iter().enumerate() {
        if one_line(&marker.text).is_empty() {
            faults.push(Fault::new(
                format!("markers[{index}].text"),
                "it is empty",
                "say something, or leave the marker out",
            ));
        }
        if marker.end_us.is_some_and(|end| end <= marker.start_us) {
            faults.push(Fault::new(
                format!("markers[{index}].end_us"),
                "it is not after the start",
                "write a point without an end",
            ));
        }
        if marker.end_us.unwrap_or(marker.start_us) > MAX_US {
            let field = if marker.end_us.is_some() { "end_us" } else { "start_us" };
            faults.push(Fault::new(
                format!("markers[{index}].{field}"),
                "it lies after a hundred hours",
                "correct the time",
            ));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut sorted: Vec<&Marker> = markers.iter().collect();
    sorted.sort_by_key(|marker| (marker.start_us, marker.end_us));
    Ok(sorted)
}

fn one_line(text: &str) -> String {
    let words: Vec<Cow<'_, str>> = text.split_whitespace().map(plain).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn plain(word: &str) -> Cow<'_, str> {
    if word.contains(char::is_control) {
        word.chars().filter(|c| !c.is_control()).collect()
    } else {
        Cow::Borrowed(word)
    }
}

/// Microseconds of `12.5`, with a point or a comma; what is finer than they are is rounded off.
fn seconds(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str| text.len() <= 15 && text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let mut micros = whole.parse::<u64>().ok()?.checked_mul(1_000_000)?;
    let mut unit = 100_000;
    for digit in fraction.bytes().take(6) {
        micros += u64::from(digit - b'0') * unit;
        unit /= 10;
    }
    micros += u64::from(fraction.as_bytes().get(6).is_some_and(|digit| *digit >= b'5'));
    Some(micros).filter(|micros| *micros <= MAX_US)
}
