//! What became of each thing of a project that could not be taken over as it stood, and what that does to the sound.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The fidelity ledger: an entry for every device, and for everything else that is not what it was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// The entries, in the order of the project.
    pub entries: Vec<Entry>,
}

/// One thing, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Where it is, such as `Drums › EQ+`.
    pub place: String,
    /// What became of it.
    pub fidelity: Fidelity,
    /// What that does to the sound.
    pub effect: Effect,
    /// A sentence that says so.
    pub note: String,
}

/// What became of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fidelity {
    /// It sounds as its numbers say.
    Exact,
    /// It sounds nearly so.
    Approximated,
    /// It was left out.
    Bypassed,
}

impl Fidelity {
    /// Its name, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Approximated => "approximated",
            Self::Bypassed => "bypassed",
        }
    }
}

/// What a thing's fate does to the sound.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Levels are off by so many dB at the most, at some frequency or at some time.
    LevelDb(f64),
    /// What is added or missing lies at so many dBFS at the most.
    ResidueDb(f64),
    /// Nobody can tell without the original.
    Unknown,
}

impl Effect {
    /// No effect.
    pub(super) const NONE: Self = Self::LevelDb(0.0);
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LevelDb(db) if db.abs() < 0.005 => write!(f, "0 dB"),
            Self::LevelDb(db) => write!(f, "up to {db:.2} dB"),
            Self::ResidueDb(db) => write!(f, "{db:.0} dBFS left"),
            Self::Unknown => write!(f, "unknown"),
        }
    }
}

impl Ledger {
    /// How many entries have that fate.
    pub fn count(&self, fidelity: Fidelity) -> usize {
        self.entries.iter().filter(|entry| entry.fidelity == fidelity).count()
    }

    /// Whether nothing was approximated or left out.
    pub fn is_exact(&self) -> bool {
        self.count(Fidelity::Exact) == self.entries.len()
    }

    pub(super) fn exact(&mut self, place: &str, note: impl Into<String>) {
        self.enter(place, Fidelity::Exact, Effect::NONE, note.into());
    }

    pub(super) fn approximated(&mut self, place: &str, effect: Effect, note: impl Into<String>) {
        self.enter(place, Fidelity::Approximated, effect, note.into());
    }

    pub(super) fn bypassed(&mut self, place: &str, effect: Effect, note: impl Into<String>) {
        self.enter(place, Fidelity::Bypassed, effect, note.into());
    }

    fn enter(&mut self, place: &str, fidelity: Fidelity, effect: Effect, note: String) {
        self.entries.push(Entry { place: place.to_owned(), fidelity, effect, note });
    }
}
