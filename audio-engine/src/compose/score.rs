//! Scores: harmony with voice leading, bass, drums with swing, and a motif that is repeated and varied.

use super::voices::{Note, Part, Patch};
use crate::dsp::Noise;

/// What kind of beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// 140 beats per minute, rolling hats, long bass.
    Trap,
    /// 90 beats per minute, swung, electric piano.
    BoomBap,
    /// 142 beats per minute, shifted snares, sliding bass.
    Drill,
    /// 70 beats per minute, seventh chords.
    Rnb,
    /// 124 beats per minute, four on the floor.
    House,
}

impl Style {
    /// All styles.
    pub const ALL: [Self; 5] = [Self::Trap, Self::BoomBap, Self::Drill, Self::Rnb, Self::House];

    /// The genre's usual name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trap => "Trap",
            Self::BoomBap => "Boom Bap",
            Self::Drill => "Drill",
            Self::Rnb => "R&B",
            Self::House => "House",
        }
    }
}

/// What a style fixes; the seed chooses among the rest.
struct Recipe {
    bpm: f64,
    bars: u32,
    /// Part of a sixteenth that every second one comes late.
    swing: f64,
    major: bool,
    /// Progressions of four chords, as degrees of the scale from 0.
    progressions: [[i32; 4]; 3],
    /// Notes in a chord.
    voices: i32,
    chords: Patch,
    chord_rhythm: &'static [(u32, u32)],
    lead: Patch,
    kick: [&'static str; 2],
    snare: &'static str,
    hats: &'static str,
    open_hats: &'static str,
    bass: Patch,
    bass_steps: &'static [(u32, u32)],
}

const TRAP: Recipe = Recipe {
    bpm: 140.0,
    bars: 16,
    swing: 0.0,
    major: false,
    progressions: [[0, 5, 2, 6], [0, 3, 5, 4], [0, 0, 5, 6]],
    voices: 3,
    chords: Patch::Pad,
    chord_rhythm: &[(0, 16)],
    lead: Patch::Bell,
    kick: ["x.....x...x.....", "x..x......x..x.."],
    snare: "........x.......",
    hats: "x.x.x.x.x.x.xxxx",
    open_hats: "......x.........",
    bass: Patch::Sub,
    bass_steps: &[(0, 6), (6, 4), (10, 5)],
};

const BOOM_BAP: Recipe = Recipe {
    bpm: 90.0,
    bars: 12,
    swing: 0.30,
    major: false,
    progressions: [[0, 3, 6, 2], [3, 6, 0, 5], [0, 5, 3, 4]],
    voices: 4,
    chords: Patch::ElectricPiano,
    chord_rhythm: &[(0, 5), (6, 3), (11, 4)],
    lead: Patch::Pluck,
    kick: ["x......x..x.....", "x.x.......x..x.."],
    snare: "....x.......x...",
    hats: "x.x.x.x.x.x.x.x.",
    open_hats: "..............x.",
    bass: Patch::Upright,
    bass_steps: &[(0, 4), (7, 2), (10, 3), (14, 2)],
};

const DRILL: Recipe = Recipe {
    bpm: 142.0,
    bars: 16,
    swing: 0.0,
    major: false,
    progressions: [[0, 5, 3, 4], [0, 0, 3, 5], [0, 6, 5, 4]],
    voices: 3,
    chords: Patch::Strings,
    chord_rhythm: &[(0, 7), (8, 7)],
    lead: Patch::Pluck,
    kick: ["x.....x.....x...", "x..x....x....x.."],
    snare: "......x.......x.",
    hats: "x..x..x.x..x..x.",
    open_hats: "..........x.....",
    bass: Patch::Sub,
    bass_steps: &[(0, 5), (6, 5), (12, 4)],
};

const RNB: Recipe = Recipe {
    bpm: 70.0,
    bars: 8,
    swing: 0.16,
    major: true,
    progressions: [[0, 5, 1, 4], [3, 2, 1, 0], [0, 2, 3, 4]],
    voices: 4,
    chords: Patch::ElectricPiano,
    chord_rhythm: &[(0, 7), (8, 3), (11, 5)],
    lead: Patch::Bell,
    kick: ["x.........x..x..", "x..x......x....."],
    snare: "....x.......x...",
    hats: "x.xxx.xxx.xxx.xx",
    open_hats: "..............x.",
    bass: Patch::Sub,
    bass_steps: &[(0, 7), (10, 3), (13, 3)],
};

const HOUSE: Recipe = Recipe {
    bpm: 124.0,
    bars: 16,
    swing: 0.08,
    major: false,
    progressions: [[0, 6, 5, 6], [5, 3, 0, 4], [0, 2, 6, 3]],
    voices: 4,
    chords: Patch::Stab,
    chord_rhythm: &[(0, 2), (3, 2), (6, 2), (10, 2), (13, 2)],
    lead: Patch::Pluck,
    kick: ["x...x...x...x...", "x...x...x...x..x"],
    snare: "....x.......x...",
    hats: "xxxxxxxxxxxxxxxx",
    open_hats: "..x...x...x...x.",
    bass: Patch::Square,
    bass_steps: &[(2, 2), (5, 1), (6, 2), (10, 2), (14, 2)],
};

/// A finished plan.
pub(super) struct Plan {
    pub(super) title: String,
    pub(super) bpm: f64,
    pub(super) key: String,
    pub(super) seconds: f64,
    pub(super) parts: Vec<Part>,
}

pub(super) fn plan(style: Style, chance: &mut Noise) -> Plan {
    let recipe = match style {
        Style::Trap => &TRAP,
        Style::BoomBap => &BOOM_BAP,
        Style::Drill => &DRILL,
        Style::Rnb => &RNB,
        Style::House => &HOUSE,
    };
    let root = pick(chance, 12);
    let writer = Writer {
        recipe,
        root: i32::try_from(root).unwrap_or(0),
        progression: recipe.progressions[pick(chance, 3)],
        sixteenth: 15.0 / recipe.bpm,
    };
    let parts = vec![
        writer.drums(chance),
        writer.percussion(chance),
        writer.bass(chance),
        writer.chords(),
        writer.lead(chance),
    ];
    Plan {
        title: title(chance),
        bpm: recipe.bpm,
        key: key_name(root, recipe.major),
        seconds: f64::from(recipe.bars * 16) * writer.sixteenth,
        parts,
    }
}

struct Writer {
    recipe: &'static Recipe,
    /// Pitch class of the key.
    root: i32,
    progression: [i32; 4],
    sixteenth: f64,
}

impl Writer {
    /// When a sixteenth sounds, in seconds.
    fn at(&self, bar: u32, step: u32) -> f64 {
        let late = if step % 2 == 1 { self.recipe.swing } else { 0.0 };
        (f64::from(bar * 16 + step) + late) * self.sixteenth
    }

    fn note(&self, patch: Patch, bar: u32, step: u32, length: u32, midi: i32, velocity: f64) -> Note {
        Note {
            patch,
            at_s: self.at(bar, step),
            seconds: f64::from(length) * self.sixteenth * 0.96,
            pitch: midi,
            velocity,
            pan: 0.0,
        }
    }

    /// The first quarter is an introduction, the last bar a break.
    fn is_full(&self, bar: u32) -> bool {
        bar >= self.recipe.bars / 4 && bar + 1 < self.recipe.bars
    }

    fn degree(&self, bar: u32) -> i32 {
        self.progression[(bar % 4) as usize]
    }

    /// The pitch of a degree of the scale, in semitones above the lowest root.
    fn pitch(&self, degree: i32) -> i32 {
        const MAJOR: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];
        const MINOR: [i32; 7] = [0, 2, 3, 5, 7, 8, 10];
        let scale = if self.recipe.major { MAJOR } else { MINOR };
        let step = usize::try_from(degree.rem_euclid(7)).unwrap_or(0);
        self.root + scale[step] + 12 * degree.div_euclid(7)
    }

    fn drums(&self, chance: &mut Noise) -> Part {
        let mut notes = Vec::new();
        let pattern = self.recipe.kick[pick(chance, 2)];
        for bar in (0..self.recipe.bars).filter(|bar| self.is_full(*bar)) {
            for step in hits(pattern) {
                notes.push(self.note(Patch::Kick, bar, step, 4, 0, 0.95));
            }
            for step in hits(self.recipe.snare) {
                notes.push(self.note(Patch::Snare, bar, step, 3, 0, 0.9));
            }
            // A fill before every fourth bar.
            if bar % 4 == 3 {
                for step in [13, 15] {
                    notes.push(self.note(Patch::Snare, bar, step, 1, 0, 0.35 + 0.2 * chance.unit()));
                }
            }
        }
        Part { name: "drums", gain: 0.42, echo_s: None, pump_s: None, notes }
    }

    fn percussion(&self, chance: &mut Noise) -> Part {
        let mut notes = Vec::new();
        for bar in 0..self.recipe.bars {
            if bar < self.recipe.bars / 8 || bar + 1 == self.recipe.bars {
                continue;
            }
            for step in hits(self.recipe.hats) {
                let accent = if step % 4 == 0 { 0.8 } else { 0.5 };
                let hat = self.note(Patch::Hat, bar, step, 1, 0, accent + 0.15 * chance.bipolar());
                notes.push(Note { pan: 0.25, ..hat });
                // Now and then a sixteenth is split into a roll.
                if self.recipe.bpm > 135.0 && chance.unit() < 0.08 {
                    let between = self.sixteenth / 3.0;
                    for k in 1..3 {
                        let hat = self.note(Patch::Hat, bar, step, 1, 0, 0.35 + 0.1 * f64::from(k));
                        notes.push(Note { at_s: hat.at_s + between * f64::from(k), pan: 0.25, ..hat });
                    }
                }
            }
            for step in hits(self.recipe.open_hats) {
                notes.push(Note { pan: -0.2, ..self.note(Patch::OpenHat, bar, step, 2, 0, 0.5) });
            }
        }
        Part { name: "percussion", gain: 0.16, echo_s: None, pump_s: None, notes }
    }

    fn bass(&self, chance: &mut Noise) -> Part {
        let mut notes = Vec::new();
        for bar in (0..self.recipe.bars).filter(|bar| self.is_full(*bar)) {
            let root = low(self.pitch(self.degree(bar)));
            for (i, (step, steps)) in self.recipe.bass_steps.iter().enumerate() {
                let jump = match (i, pick(chance, 4)) {
                    (0, _) | (_, 0 | 1) => 0,
                    (_, 2) => 7,
                    _ => 12,
                };
                notes.push(self.note(self.recipe.bass, bar, *step, *steps, root + jump, 0.85));
            }
        }
        Part { name: "bass", gain: 0.34, echo_s: None, pump_s: None, notes }
    }

    fn chords(&self) -> Part {
        let mut notes = Vec::new();
        let mut before: Vec<i32> = Vec::new();
        for bar in 0..self.recipe.bars {
            let chord = self.lead_voices(self.degree(bar), &before);
            let last = bar + 1 == self.recipe.bars;
            let rhythm: &[(u32, u32)] = if last { &[(0, 16)] } else { self.recipe.chord_rhythm };
            for (step, steps) in rhythm {
                for (pitch, k) in chord.iter().zip(0..) {
                    let pan = (f64::from(k) / f64::from(self.recipe.voices - 1) - 0.5) * 0.7;
                    notes.push(Note { pan, ..self.note(self.recipe.chords, bar, *step, *steps, *pitch, 0.6) });
                }
            }
            before = chord;
        }
        let pump = (self.recipe.bpm > 120.0 && self.recipe.bpm < 130.0).then_some(self.sixteenth * 4.0);
        Part { name: "chords", gain: 0.12, echo_s: None, pump_s: pump, notes }
    }

    /// Stacks thirds on a degree and takes the inversion that moves least from the chord before.
    fn lead_voices(&self, degree: i32, before: &[i32]) -> Vec<i32> {
        let inversion = |first: i32| -> Vec<i32> {
            let mut chord: Vec<i32> = (0..self.recipe.voices)
                .map(|k| 48 + self.pitch(degree + 2 * k).rem_euclid(12) + if k < first { 12 } else { 0 })
                .map(|p| if p > 67 { p - 12 } else { p })
                .collect();
            chord.sort_unstable();
            chord
        };
        let movement = |chord: &Vec<i32>| chord.iter().zip(before).map(|(a, b)| (a - b).abs()).sum::<i32>();
        (0..self.recipe.voices).map(inversion).min_by_key(movement).unwrap_or_default()
    }

    fn lead(&self, chance: &mut Noise) -> Part {
        // Two bars of motif: a rhythm of sixteenths, and steps along the scale.
        let mut motif = Vec::new();
        let mut degree = 7 + 2 * pick_signed(chance, 3);
        let mut step = 0;
        while step < 32 {
            let long = [2, 2, 3, 4, 6][pick(chance, 5)];
            if chance.unit() < 0.72 {
                motif.push((step, long, degree));
            }
            degree = (degree + [-2, -1, -1, 1, 1, 2][pick(chance, 6)]).clamp(4, 14);
            step += long;
        }
        let mut notes = Vec::new();
        for bar in (0..self.recipe.bars).step_by(2) {
            if bar + 2 >= self.recipe.bars {
                break;
            }
            let varied = bar % 4 == 2;
            for (step, long, degree) in &motif {
                let shift = i32::from(varied && *step >= 16);
                let degree = self.settle(*degree + shift, bar + step / 16, *step);
                let pitch = 60 + self.pitch(degree) - 12 - if self.root > 6 { 12 } else { 0 };
                let velocity = 0.55 + 0.25 * chance.unit();
                notes.push(self.note(self.recipe.lead, bar + step / 16, step % 16, *long, pitch, velocity));
            }
        }
        Part { name: "lead", gain: 0.15, echo_s: Some(self.sixteenth * 3.0), pump_s: None, notes }
    }

    /// On the beat a melody rests on the chord: moves a degree down if it is not one of its notes.
    fn settle(&self, degree: i32, bar: u32, step: u32) -> i32 {
        let of_chord = [0, 2, 4].contains(&(degree - self.degree(bar)).rem_euclid(7));
        if step.is_multiple_of(8) && !of_chord { degree - 1 } else { degree }
    }
}

fn hits(pattern: &str) -> impl Iterator<Item = u32> + '_ {
    pattern.bytes().zip(0..).filter(|(b, _)| *b == b'x').map(|(_, step)| step)
}

/// Brings a pitch into the bass register, E1 to D#2.
fn low(pitch: i32) -> i32 {
    28 + (pitch - 4).rem_euclid(12)
}

fn pick(chance: &mut Noise, n: u64) -> usize {
    usize::try_from((chance.next_u64() >> 11) % n).unwrap_or(0)
}

fn pick_signed(chance: &mut Noise, n: u64) -> i32 {
    i32::try_from(pick(chance, n)).unwrap_or(0)
}

fn key_name(root: usize, major: bool) -> String {
    const MAJOR: [&str; 12] = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"];
    const MINOR: [&str; 12] = ["Cm", "C#m", "Dm", "Ebm", "Em", "Fm", "F#m", "Gm", "G#m", "Am", "Bbm", "Bm"];
    if major { MAJOR[root] } else { MINOR[root] }.to_owned()
}

fn title(chance: &mut Noise) -> String {
    const FIRST: [&str; 12] = [
        "Midnight", "Velvet", "Paper", "Golden", "Concrete", "Silver", "Northern", "Slow", "Electric", "Amber",
        "Hollow", "Open",
    ];
    const SECOND: [&str; 12] = [
        "Ledger", "Avenue", "Tides", "Receipt", "Skyline", "Motion", "Signal", "Harbour", "Mirrors", "Season", "Line",
        "Balance",
    ];
    format!("{} {}", FIRST[pick(chance, 12)], SECOND[pick(chance, 12)])
}
