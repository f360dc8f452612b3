//! The text that says what is what in a pack.

use std::fmt::Write as _;

use audio_engine::render::{Mix, Track};
use domain::mixes::handoffs::Packing;

use super::stems::{Length, Stem};
use crate::dawproject::{Fidelity, Ledger};

/// Writes it: facts, stems, how each workstation opens them, and what the DAWproject lacks. Lines end as every system takes it.
pub(super) fn notes(
    packing: &Packing,
    mix: &Mix,
    (length, tempo): (Length, &str),
    stems: &[Stem],
    ledger: &Ledger,
) -> String {
    let (facts, name) = (&packing.pack.facts, packing.name());
    let mut lines = vec![
        name.clone(),
        format!("Handed off by {} on {}", facts.studio, packing.pack.requested_at.format("%Y-%m-%d")),
        String::new(),
        format!(
            "{} stems, broadcast WAV, 24 bit, {} Hz, stereo. Each begins at zero, has the time stamp 0 and is {} samples long ({}).",
            stems.len(),
            length.rate_hz,
            length.frames,
            clock(length),
        ),
        "They are the clips with their gains and fades, before faders, plug-ins, buses and master.".to_owned(),
        format!("Tempo and meter: {tempo}."),
        String::new(),
        "Open it".to_owned(),
        "  Ableton Live  Set the tempo, drag all stems to 1.1.1 of tracks of their own, and turn Warp off.".to_owned(),
        format!("  FL Studio     Drag {name}.mid in for the tempo, then the stems to bar 1 of the playlist."),
        format!("  Logic Pro     File, Import, MIDI File: {name}.mid; then add the stems at 1 1 1 1, one a track."),
        format!(
            "  Pro Tools     File, Import, MIDI: {name}.mid with tempo map; then import the stems at session start."
        ),
        format!("  Bitwig Studio, Cubase, Studio One  Open {name}.dawproject: it has faders, sends and routing, too."),
        String::new(),
        format!("{name}.wav is the mix as it was bounced, to compare with."),
        format!("{name}.mid and {name}.dawproject have the sections and the open comments of the review as markers."),
        String::new(),
        "Stems, and how the mix has them".to_owned(),
    ];
    lines.extend(stems.iter().filter_map(|stem| Some(format!("  {}", of_stem(stem, mix.tracks.get(stem.track)?)))));
    if facts.has_more_comments {
        lines.push(String::new());
        lines.push(format!("Of the open comments the first {} are among the markers.", facts.comments.len()));
    }
    lines.push(String::new());
    lines.extend(of_ledger(ledger));
    lines.push(String::new());
    lines.join("\r\n")
}

/// Minutes, seconds and thousandths.
fn clock(length: Length) -> String {
    let ms = length.micros() / 1_000;
    format!("{}:{:02}.{:03}", ms / 60_000, ms / 1_000 % 60, ms % 1_000)
}

fn of_stem(stem: &Stem, track: &Track) -> String {
    let mut line = format!("{}: fader {:+.1} dB", stem.name, track.strip.fader_db);
    if let Some(pan) = &track.strip.pan {
        let _ = write!(line, ", pan {:+.2}", pan.position);
    }
    if let Some(bus) = &track.output {
        let _ = write!(line, ", to {bus}");
    }
    if track.strip.invert_polarity {
        line.push_str(", polarity inverted");
    }
    if track.strip.mute {
        line.push_str(", muted");
    }
    if stem.trim_db < 0.0 {
        let _ = write!(line, "; turned down by {:.1} dB, so that its peaks fit: turn it up by as much", -stem.trim_db);
    }
    line
}

fn of_ledger(ledger: &Ledger) -> Vec<String> {
    let lost = ledger.entries.iter().filter(|entry| entry.fidelity != Fidelity::Exact);
    let lost: Vec<String> = lost
        .map(|entry| format!("  {} ({}, {}): {}", entry.place, entry.fidelity.name(), entry.effect, entry.note))
        .collect();
    if lost.is_empty() {
        return vec!["The DAWproject has everything that the mix has.".to_owned()];
    }
    [vec!["What the DAWproject has otherwise, or not at all".to_owned()], lost].concat()
}
