//! Conductor tracks written.

use super::{Conductor, MAX_MICROS, Meter};
use crate::fault::Fault;

/// The largest distance between two events: four bytes of seven bits.
const MAX_DELTA: u64 = 0x0FFF_FFFF;
/// Characters of a name.
const MAX_TEXT: usize = 1000;

/// Writes a file of type 1 with its conductor track.
///
/// # Errors
///
/// Every value that no file can say.
pub fn write(song: &Conductor) -> Result<Vec<u8>, Vec<Fault>> {
    let faults = faults(song);
    if !faults.is_empty() {
        return Err(faults);
    }
    // In one tick stand the name, tempo, meter, key and markers, in this order.
    let mut events: Vec<(u64, Vec<u8>)> = vec![(0, meta(0x03, one_line(&song.name).as_bytes()))];
    events
        .extend(song.tempos.iter().map(|tempo| (tempo.tick, meta(0x51, &tempo.micros_per_quarter.to_be_bytes()[1..]))));
    events.extend(song.meters.iter().map(|meter| (meter.tick, meta(0x58, &meter_bytes(*meter)))));
    events.extend(
        song.keys.iter().map(|key| (key.tick, meta(0x59, &[key.sharps.to_be_bytes()[0], u8::from(key.minor)]))),
    );
    events.extend(song.markers.iter().map(|marker| (marker.tick, meta(0x06, one_line(&marker.text).as_bytes()))));
    events.sort_by_key(|(tick, _)| *tick);
    events.push((song.length.max(events.last().map_or(0, |(tick, _)| *tick)), meta(0x2F, &[])));

    let mut track = Vec::new();
    let mut before = 0;
    for (tick, bytes) in events {
        push_quantity(&mut track, tick - before);
        track.extend_from_slice(&bytes);
        before = tick;
    }
    let mut file = b"MThd\0\0\0\x06\0\x01\0\x01".to_vec();
    file.extend_from_slice(&song.ticks_per_quarter.to_be_bytes());
    file.extend_from_slice(b"MTrk");
    file.extend_from_slice(&u32::try_from(track.len()).unwrap_or(u32::MAX).to_be_bytes());
    file.extend_from_slice(&track);
    Ok(file)
}

/// Beats, what a beat is as a power of two, MIDI clocks of a beat (24 to a quarter note), and 32nds of 24 clocks.
fn meter_bytes(meter: Meter) -> [u8; 4] {
    let power = u8::try_from(meter.denominator.trailing_zeros()).unwrap_or_default();
    [meter.numerator, power, (96 / meter.denominator).max(1), 8]
}

fn meta(kind: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xFF, kind];
    push_quantity(&mut bytes, data.len() as u64);
    bytes.extend_from_slice(data);
    bytes
}

/// A quantity in groups of seven bits, the highest first; all but the last have their eighth bit set.
pub(super) fn push_quantity(to: &mut Vec<u8>, quantity: u64) {
    let groups = (1..10).take_while(|group| quantity >> (7 * group) > 0).count();
    for group in (0..=groups).rev() {
        let bits = (quantity >> (7 * group)).to_le_bytes()[0] & 0x7F;
        to.push(if group > 0 { bits | 0x80 } else { bits });
    }
}

/// In one line, for names have no others.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).collect()
}

pub(super) fn tempo_fault(field: &str) -> Fault {
    Fault::new(field, "no MIDI file can say this tempo", "choose one from 3.58 to 60000000 quarter notes a minute")
}

/// What no file can say.
pub(super) fn faults(song: &Conductor) -> Vec<Fault> {
    let mut faults = Vec::new();
    if song.ticks_per_quarter == 0 || song.ticks_per_quarter > 0x7FFF {
        faults.push(Fault::new("ticks_per_quarter", "it is not from 1 to 32767", "use 960"));
    }
    for (index, tempo) in song.tempos.iter().enumerate() {
        if !(1..=MAX_MICROS).contains(&tempo.micros_per_quarter) {
            faults.push(tempo_fault(&format!("tempos[{index}].micros_per_quarter")));
        }
    }
    for (index, meter) in song.meters.iter().enumerate() {
        if meter.numerator == 0 {
            faults.push(Fault::new(format!("meters[{index}].numerator"), "a bar has no beat", "give it at least 1"));
        }
        if !meter.denominator.is_power_of_two() || meter.denominator > 64 {
            let field = format!("meters[{index}].denominator");
            faults.push(Fault::new(field, "it is no power of two up to 64", "use 1, 2, 4, 8, 16, 32 or 64"));
        }
    }
    for (index, key) in song.keys.iter().enumerate() {
        if !(-7..=7).contains(&key.sharps) {
            let field = format!("keys[{index}].sharps");
            faults.push(Fault::new(
                field,
                "a key has seven sharps or flats at most",
                "write the key that sounds the same",
            ));
        }
    }
    for (index, marker) in song.markers.iter().enumerate() {
        if marker.text.chars().count() > MAX_TEXT {
            faults.push(Fault::new(format!("markers[{index}].text"), "it has more than 1000 characters", "shorten it"));
        }
    }
    if song.name.chars().count() > MAX_TEXT {
        faults.push(Fault::new("name", "it has more than 1000 characters", "shorten it"));
    }
    let lists: [(&str, Vec<u64>); 3] = [
        ("tempos", song.tempos.iter().map(|tempo| tempo.tick).collect()),
        ("meters", song.meters.iter().map(|meter| meter.tick).collect()),
        ("keys", song.keys.iter().map(|key| key.tick).collect()),
    ];
    for (list, ticks) in &lists {
        if let Some(at) = ticks.windows(2).position(|pair| pair[0] >= pair[1]) {
            let field = format!("{list}[{}].tick", at + 1);
            faults.push(Fault::new(field, "it is not after the one before", "write them in order, one a tick"));
        }
    }
    let latest =
        lists.iter().flat_map(|(_, ticks)| ticks).copied().chain(song.markers.iter().map(|marker| marker.tick));
    if latest.chain([song.length]).any(|tick| tick > MAX_DELTA) {
        faults.push(Fault::new(
            "length",
            "the song has more than 268435455 ticks",
            "use fewer ticks of a quarter note",
        ));
    }
    faults
}
