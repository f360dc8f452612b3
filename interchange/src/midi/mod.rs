//! Standard MIDI files (MIDI 1.0, RP-001): tempo, meter, key and markers of a song, as every DAW opens them beside its stems.
//!
//! Only the conductor track is written and read; notes have no place in a hand-off of audio.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{MidiError, read};
pub use write::write;

use crate::fault::Fault;

/// Ticks of a quarter note where nobody asks for others.
pub const TICKS_PER_QUARTER: u16 = 960;
/// Microseconds of a quarter note where no tempo stands: 120 to the minute.
const DEFAULT_MICROS: u32 = 500_000;
/// The largest tempo event: three bytes.
const MAX_MICROS: u32 = 0xFF_FFFF;

/// What the conductor track says. Ticks count from the song's start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conductor {
    /// The song's title.
    pub name: String,
    /// Ticks of a quarter note, from 1 to 32767.
    pub ticks_per_quarter: u16,
    /// Tempos, one a tick at most; before the first it is 120.
    pub tempos: Vec<Tempo>,
    /// Meters, one a tick at most; before the first it is 4/4.
    pub meters: Vec<Meter>,
    /// Keys, one a tick at most.
    pub keys: Vec<Key>,
    /// Markers, any number a tick.
    pub markers: Vec<Marker>,
    /// Where the song ends; nothing lies later.
    pub length: u64,
}

/// A tempo from here on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tempo {
    /// Where it begins.
    pub tick: u64,
    /// Microseconds of a quarter note, from 1 to 16777215.
    pub micros_per_quarter: u32,
}

/// A meter from here on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meter {
    /// Where it begins.
    pub tick: u64,
    /// Beats of a bar, at least 1.
    pub numerator: u8,
    /// What a beat is: 1, 2, 4, 8, 16, 32 or 64.
    pub denominator: u8,
}

/// A key from here on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Where it begins.
    pub tick: u64,
    /// Sharps, or flats if negative, from -7 to 7.
    pub sharps: i8,
    /// Whether it is minor.
    pub minor: bool,
}

/// A named place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Where.
    pub tick: u64,
    /// Its name, in one line.
    pub text: String,
}

/// A part of an arrangement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it is called; a marker with this name stands at its start.
    pub name: String,
    /// Whole bars, at least 1.
    pub bars: u32,
    /// Beats of a bar, at least 1.
    pub numerator: u8,
    /// What a beat is: 1, 2, 4, 8, 16, 32 or 64.
    pub denominator: u8,
    /// Thousandths of quarter notes to the minute: 120 is 120000.
    pub milli_bpm: u32,
    /// Sharps, or flats if negative, and whether it is minor.
    pub key: Option<(i8, bool)>,
}

impl Tempo {
    /// A tempo in thousandths of quarter notes to the minute, to the nearest microsecond of a quarter note; nothing if no file can say it.
    pub fn from_milli_bpm(tick: u64, milli_bpm: u32) -> Option<Self> {
        let minute = 60_000_000_000_u64;
        let micros = (minute + u64::from(milli_bpm) / 2).checked_div(u64::from(milli_bpm))?;
        let micros_per_quarter = u32::try_from(micros).ok().filter(|micros| (1..=MAX_MICROS).contains(micros))?;
        Some(Self { tick, micros_per_quarter })
    }
}

impl Conductor {
    /// A song of one tempo and meter, and without an end of its own.
    pub fn steady(name: &str, tempo: Tempo, meter: Meter) -> Self {
        Self {
            name: name.to_owned(),
            ticks_per_quarter: TICKS_PER_QUARTER,
            tempos: vec![tempo],
            meters: vec![meter],
            keys: Vec::new(),
            markers: Vec::new(),
            length: 0,
        }
    }

    /// A song of sections, one after the other. What does not change from one to the next is not said again.
    ///
    /// # Errors
    ///
    /// Every value of a section that no file can say.
    pub fn of_sections(name: &str, sections: &[Section]) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut song = Self {
            name: name.to_owned(),
            ticks_per_quarter: TICKS_PER_QUARTER,
            tempos: Vec::new(),
            meters: Vec::new(),
            keys: Vec::new(),
            markers: Vec::new(),
            length: 0,
        };
        for (index, section) in sections.iter().enumerate() {
            let tick = song.length;
            let meter = Meter { tick, numerator: section.numerator, denominator: section.denominator };
            let Some(tempo) = Tempo::from_milli_bpm(tick, section.milli_bpm) else {
                faults.push(write::tempo_fault(&format!("sections[{index}].milli_bpm")));
                continue;
            };
            if section.bars == 0 {
                faults.push(Fault::new(
                    format!("sections[{index}].bars"),
                    "it is 0",
                    "give the section a bar, or leave it out",
                ));
            }
            if song.tempos.last().is_none_or(|last| last.micros_per_quarter != tempo.micros_per_quarter) {
                song.tempos.push(tempo);
            }
            if song
                .meters
                .last()
                .is_none_or(|last| (last.numerator, last.denominator) != (meter.numerator, meter.denominator))
            {
                song.meters.push(meter);
            }
            if let Some((sharps, minor)) = section.key
                && song.keys.last().is_none_or(|last| (last.sharps, last.minor) != (sharps, minor))
            {
                song.keys.push(Key { tick, sharps, minor });
            }
            song.markers.push(Marker { tick, text: section.name.clone() });
            song.length += u64::from(section.bars) * meter.bar_ticks(song.ticks_per_quarter);
        }
        faults.extend(write::faults(&song));
        if faults.is_empty() { Ok(song) } else { Err(faults) }
    }

    /// Where an instant lies, in microseconds from the start, to the nearest tick.
    pub fn tick_at(&self, micros: u64) -> u64 {
        let ppq = u128::from(self.ticks_per_quarter.max(1));
        let (mut from, mut tempo, mut passed) = (0_u64, DEFAULT_MICROS, 0_u128);
        let sought = u128::from(micros) * ppq;
        for change in &self.tempos {
            let at = passed + u128::from(change.tick.saturating_sub(from)) * u128::from(tempo);
            if at > sought {
                break;
            }
            (from, tempo, passed) = (change.tick, change.micros_per_quarter.max(1), at);
        }
        let tempo = u128::from(tempo);
        let ticks = (sought - passed + tempo / 2) / tempo;
        from.saturating_add(u64::try_from(ticks).unwrap_or(u64::MAX))
    }

    /// When a tick is, in microseconds from the start, to the nearest.
    pub fn micros_at(&self, tick: u64) -> u64 {
        let ppq = u128::from(self.ticks_per_quarter.max(1));
        let (mut from, mut tempo, mut passed) = (0_u64, DEFAULT_MICROS, 0_u128);
        for change in self.tempos.iter().take_while(|change| change.tick <= tick) {
            passed += u128::from(change.tick.saturating_sub(from)) * u128::from(tempo);
            (from, tempo) = (change.tick, change.micros_per_quarter.max(1));
        }
        passed += u128::from(tick - from) * u128::from(tempo);
        u64::try_from((passed + ppq / 2) / ppq).unwrap_or(u64::MAX)
    }
}

impl Meter {
    /// Ticks of one bar.
    fn bar_ticks(self, ticks_per_quarter: u16) -> u64 {
        u64::from(self.numerator) * 4 * u64::from(ticks_per_quarter) / u64::from(self.denominator.max(1))
    }
}
