//! Conductor tracks read: of type 0 the only track, of type 1 what any track says of tempo, meter, key and markers.

use super::{Conductor, Key, Marker, Meter, Tempo};

/// Bytes of a file.
const MAX_BYTES: usize = 16 << 20;
/// Events that are kept.
const MAX_EVENTS: usize = 100_000;

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MidiError {
    /// It is larger than 16 MiB, or says more than 100000 things.
    #[error("the MIDI file is larger than can be read; export tempo and markers without notes")]
    TooLarge,
    /// It does not begin as one.
    #[error("the file is no MIDI file; export it as a standard MIDI file (.mid)")]
    NotMidi,
    /// It holds patterns that are independent of each other.
    #[error("the MIDI file is of type {0}; export it as type 0 or 1")]
    Type(u16),
    /// It counts in frames of film, not in beats.
    #[error("the MIDI file counts in frames; export it with ticks per quarter note")]
    Frames,
    /// It ends within an event, or an event is none.
    #[error("the MIDI file is damaged at byte {at}; export it again")]
    Damaged {
        /// Where, from 0.
        at: usize,
    },
}

/// Reads what a file says of tempo, meter, key and markers.
///
/// # Errors
///
/// A file that is none, is too large, is damaged, or is of a kind that no DAW writes.
pub fn read(bytes: &[u8]) -> Result<Conductor, MidiError> {
    if bytes.len() > MAX_BYTES {
        return Err(MidiError::TooLarge);
    }
    let mut file = Cursor { bytes, at: 0 };
    if file.take(4).ok() != Some(b"MThd".as_slice()) {
        return Err(MidiError::NotMidi);
    }
    let header = file.length()?;
    let head = file.take(header)?;
    let word = |at: usize| head.get(at..at + 2).map(|two| u16::from_be_bytes([two[0], two[1]]));
    let (Some(kind), Some(ticks_per_quarter)) = (word(0), word(4)) else {
        return Err(MidiError::Damaged { at: file.at });
    };
    if kind > 1 {
        return Err(MidiError::Type(kind));
    }
    if ticks_per_quarter == 0 || ticks_per_quarter > 0x7FFF {
        return Err(MidiError::Frames);
    }
    let mut song = Conductor {
        name: String::new(),
        ticks_per_quarter,
        tempos: Vec::new(),
        meters: Vec::new(),
        keys: Vec::new(),
        markers: Vec::new(),
        length: 0,
    };
    let mut tracks = 0;
    while file.at < bytes.len() {
        let kind = file.take(4)?;
        let length = file.length()?;
        let from = file.at;
        let body = file.take(length)?;
        if kind == b"MTrk" {
            track(&mut Cursor { bytes: &bytes[..from + body.len()], at: from }, &mut song, tracks == 0)?;
            tracks += 1;
        }
    }
    // Tracks may say the same things in any order; of those in one tick the last counts.
    song.tempos.sort_by_key(|tempo| tempo.tick);
    song.meters.sort_by_key(|meter| meter.tick);
    song.keys.sort_by_key(|key| key.tick);
    song.markers.sort_by_key(|marker| marker.tick);
    keep_last(&mut song.tempos, |tempo| tempo.tick);
    keep_last(&mut song.meters, |meter| meter.tick);
    keep_last(&mut song.keys, |key| key.tick);
    Ok(song)
}

fn keep_last<T: Copy>(list: &mut Vec<T>, tick: impl Fn(&T) -> u64) {
    list.dedup_by(|later, kept| {
        let same = tick(later) == tick(kept);
        if same {
            *kept = *later;
        }
        same
    });
}

fn track(bytes: &mut Cursor<'_>, song: &mut Conductor, is_first: bool) -> Result<(), MidiError> {
    let (mut tick, mut running) = (0_u64, None);
    while bytes.at < bytes.bytes.len() {
        tick += bytes.quantity()?;
        let first = bytes.byte()?;
        let status = if first >= 0x80 {
            first
        } else {
            // The status of the event before, and this is its first byte already.
            bytes.at -= 1;
            running.ok_or(MidiError::Damaged { at: bytes.at })?
        };
        match status {
            0xFF => {
                let kind = bytes.byte()?;
                let length = bytes.quantity_length()?;
                let data = bytes.take(length)?;
                running = None;
                if kind == 0x2F {
                    break;
                }
                meta(kind, data, tick, song, is_first);
                if song.tempos.len() + song.meters.len() + song.keys.len() + song.markers.len() > MAX_EVENTS {
                    return Err(MidiError::TooLarge);
                }
            }
            0xF0 | 0xF7 => {
                let length = bytes.quantity_length()?;
                bytes.take(length)?;
                running = None;
            }
            0x80..=0xEF => {
                bytes.take(if matches!(status & 0xF0, 0xC0 | 0xD0) { 1 } else { 2 })?;
                running = Some(status);
            }
            _ => return Err(MidiError::Damaged { at: bytes.at }),
        }
    }
    song.length = song.length.max(tick);
    Ok(())
}

fn meta(kind: u8, data: &[u8], tick: u64, song: &mut Conductor, is_first: bool) {
    let text = || crate::text::decode(data).chars().filter(|c| !c.is_control()).collect::<String>();
    match (kind, data) {
        (0x51, [a, b, c]) => {
            let micros_per_quarter = u32::from_be_bytes([0, *a, *b, *c]);
            if micros_per_quarter > 0 {
                song.tempos.push(Tempo { tick, micros_per_quarter });
            }
        }
        (0x58, [numerator, power, ..]) if *numerator > 0 && *power <= 6 => {
            song.meters.push(Meter { tick, numerator: *numerator, denominator: 1 << *power });
        }
        (0x59, [sharps, minor]) => {
            song.keys.push(Key { tick, sharps: i8::from_be_bytes([*sharps]), minor: *minor == 1 });
        }
        (0x06, _) => song.markers.push(Marker { tick, text: text() }),
        (0x03, _) if is_first && song.name.is_empty() => song.name = text(),
        _ => {}
    }
}

/// Bytes with a place in them, of which nothing is taken that is not there.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], MidiError> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or(MidiError::Damaged { at: self.at })?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, MidiError> {
        Ok(self.take(1)?[0])
    }

    /// A chunk's length.
    fn length(&mut self) -> Result<usize, MidiError> {
        let four = self.take(4)?;
        let length = u32::from_be_bytes([four[0], four[1], four[2], four[3]]);
        usize::try_from(length).map_err(|_| MidiError::TooLarge)
    }

    /// A quantity of four groups at most.
    fn quantity(&mut self) -> Result<u64, MidiError> {
        let mut quantity = 0;
        for _ in 0..4 {
            let byte = self.byte()?;
            quantity = quantity << 7 | u64::from(byte & 0x7F);
            if byte < 0x80 {
                return Ok(quantity);
            }
        }
        Err(MidiError::Damaged { at: self.at })
    }

    fn quantity_length(&mut self) -> Result<usize, MidiError> {
        usize::try_from(self.quantity()?).map_err(|_| MidiError::TooLarge)
    }
}
