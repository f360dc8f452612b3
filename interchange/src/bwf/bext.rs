//! The `bext` chunk (EBU Tech 3285), of version 1, or 2 if it tells levels.

use std::ops::Range;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::fault::Fault;

/// Bytes before the coding history.
pub(super) const FIXED_BYTES: usize = 602;
/// A level that is not told (Tech 3285, 2.4).
const UNKNOWN: i16 = 0x7FFF;

// Where the fields lie.
const DESCRIPTION: Range<usize> = 0..256;
const ORIGINATOR: Range<usize> = 256..288;
const REFERENCE: Range<usize> = 288..320;
const DATE: Range<usize> = 320..330;
const TIME: Range<usize> = 330..338;
const TIME_REFERENCE: Range<usize> = 338..346;
const VERSION: Range<usize> = 346..348;
const LEVELS: Range<usize> = 412..422;

/// What a `bext` chunk says. Its texts are ASCII: any other character is written as a question mark.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bext {
    /// What is heard, 256 characters at most.
    pub description: String,
    /// Who made the file, 32 characters at most.
    pub originator: String,
    /// The originator's own reference, 32 characters at most.
    pub originator_reference: String,
    /// When it was made, by the clock on its wall.
    pub origination: Option<NaiveDateTime>,
    /// Where the first sample stands, in samples from the timeline's midnight.
    pub time_reference: u64,
    /// How loud it is; with levels the chunk is of version 2.
    pub loudness: Option<Loudness>,
    /// How the sound was coded on its way: a line for each step, each ended by CR and LF.
    pub coding_history: String,
}

/// Levels, each in hundredths; nothing where one is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Loudness {
    /// Integrated, in LUFS.
    pub integrated: Option<i16>,
    /// Range, in LU.
    pub range: Option<i16>,
    /// Highest true peak, in dBTP.
    pub true_peak: Option<i16>,
    /// Highest momentary, in LUFS.
    pub momentary: Option<i16>,
    /// Highest short-term, in LUFS.
    pub short_term: Option<i16>,
}

impl Bext {
    /// The chunk's body.
    ///
    /// # Errors
    ///
    /// Every text that is longer than its field.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Vec<Fault>> {
        let mut body = vec![0; FIXED_BYTES];
        body[VERSION].copy_from_slice(&1_u16.to_le_bytes());
        let mut faults = Vec::new();
        faults.extend(put_description(&mut body, &self.description).err());
        faults.extend(put_originator(&mut body, &self.originator).err());
        faults.extend(put_reference(&mut body, &self.originator_reference).err());
        if let Some(at) = self.origination {
            put_origination(&mut body, at);
        }
        put_time_reference(&mut body, self.time_reference);
        if let Some(loudness) = &self.loudness {
            put_loudness(&mut body, loudness);
        }
        body.extend(self.coding_history.chars().map(ascii));
        if faults.is_empty() { Ok(body) } else { Err(faults) }
    }

    /// What a chunk's body says; nothing if it is too short to be one. Dates that are none are not told.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let fixed = body.get(..FIXED_BYTES)?;
        let text = |range: Range<usize>| plain(&fixed[range]);
        // The standard leaves the separators open.
        let parted = |range: Range<usize>, by: &str| text(range).replace(['-', '_', ':', ' ', '.'], by);
        let date = NaiveDate::parse_from_str(&parted(DATE, "-"), "%Y-%m-%d").ok();
        let time = NaiveTime::parse_from_str(&parted(TIME, ":"), "%H:%M:%S").unwrap_or_default();
        let level = |at: usize| Some(i16::from_le_bytes([fixed[at], fixed[at + 1]])).filter(|level| *level != UNKNOWN);
        let version = u16::from_le_bytes([fixed[VERSION.start], fixed[VERSION.start + 1]]);
        let loudness = Loudness {
            integrated: level(LEVELS.start),
            range: level(LEVELS.start + 2),
            true_peak: level(LEVELS.start + 4),
            momentary: level(LEVELS.start + 6),
            short_term: level(LEVELS.start + 8),
        };
        let mut reference = [0; 8];
        reference.copy_from_slice(&fixed[TIME_REFERENCE]);
        Some(Self {
            description: text(DESCRIPTION),
            originator: text(ORIGINATOR),
            originator_reference: text(REFERENCE),
            origination: date.map(|date| date.and_time(time)),
            time_reference: u64::from_le_bytes(reference),
            loudness: (version >= 2).then_some(loudness),
            coding_history: plain(&body[FIXED_BYTES..]),
        })
    }
}

fn plain(field: &[u8]) -> String {
    let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

fn ascii(c: char) -> u8 {
    let is_plain = c.is_ascii() && (!c.is_ascii_control() || matches!(c, '\r' | '\n'));
    u8::try_from(c).ok().filter(|_| is_plain).unwrap_or(b'?')
}

fn put(body: &mut [u8], range: Range<usize>, field: &str, text: &str) -> Result<(), Fault> {
    let to = &mut body[range];
    if text.chars().count() > to.len() {
        let problem = format!("it has more than {} characters", to.len());
        return Err(Fault::new(field, problem, "shorten it"));
    }
    to.fill(0);
    for (to, from) in to.iter_mut().zip(text.chars().map(ascii)) {
        *to = from;
    }
    Ok(())
}

pub(super) fn put_description(body: &mut [u8], text: &str) -> Result<(), Fault> {
    put(body, DESCRIPTION, "description", text)
}

pub(super) fn put_originator(body: &mut [u8], text: &str) -> Result<(), Fault> {
    put(body, ORIGINATOR, "originator", text)
}

pub(super) fn put_reference(body: &mut [u8], text: &str) -> Result<(), Fault> {
    put(body, REFERENCE, "originator_reference", text)
}

pub(super) fn put_origination(body: &mut [u8], at: NaiveDateTime) {
    // A year of four digits: the field has no more.
    let date = at.format("%Y-%m-%d").to_string();
    if date.len() == DATE.len() {
        body[DATE].copy_from_slice(date.as_bytes());
        body[TIME].copy_from_slice(at.format("%H:%M:%S").to_string().as_bytes());
    }
}

pub(super) fn put_time_reference(body: &mut [u8], samples: u64) {
    // Low word first, each little-endian: a little-endian number of 64 bits.
    body[TIME_REFERENCE].copy_from_slice(&samples.to_le_bytes());
}

pub(super) fn put_loudness(body: &mut [u8], loudness: &Loudness) {
    let Loudness { integrated, range, true_peak, momentary, short_term } = *loudness;
    body[VERSION].copy_from_slice(&2_u16.to_le_bytes());
    for (to, level) in body[LEVELS].chunks_exact_mut(2).zip([integrated, range, true_peak, momentary, short_term]) {
        to.copy_from_slice(&level.unwrap_or(UNKNOWN).to_le_bytes());
    }
}
