//! What a statement says was earned: lines, and the sums of those that no rule tells apart. Sums do not depend on the order of the lines, and those of
//! parts of a file can be merged, so that a file of any size is read as a stream and by several at once.

use std::{collections::BTreeMap, fmt};

use chrono::NaiveDate;

use super::{Exact, RoyaltyFault, RuleBook};
use crate::{
    identifiers::Ean,
    ids::{RecordingId, WorkId},
    pricing::Country,
    text_enum,
};

/// What earns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A recording: its income is the master's.
    Recording(RecordingId),
    /// A work: its income is the composition's.
    Work(WorkId),
    /// A release as a whole, whose income is spread over its tracks.
    Release(Ean),
}

/// The recording's or work's id; `ean_5901234123457` for a release.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recording(id) => id.fmt(f),
            Self::Work(id) => id.fmt(f),
            Self::Release(ean) => write!(f, "ean_{ean}"),
        }
    }
}

impl std::str::FromStr for Subject {
    type Err = RoyaltyFault;
    fn from_str(text: &str) -> Result<Self, RoyaltyFault> {
        let refuse = || RoyaltyFault::NotSubject { given: text.chars().take(64).collect() };
        if let Some(code) = text.strip_prefix("ean_") {
            return code.parse().map(Self::Release).map_err(|_| refuse());
        }
        let recording = text.parse().map(Self::Recording);
        recording.or_else(|_| text.parse().map(Self::Work)).map_err(|_| refuse())
    }
}

impl serde::Serialize for Subject {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Subject {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

text_enum! {
    /// How it was used.
    pub enum Channel {
        /// Streamed, as music.
        Stream = "stream",
        /// Bought as a file.
        Download = "download",
        /// Sold as a thing.
        Physical = "physical",
        /// In videos of others, on platforms that pay for it.
        Video = "video",
        /// Performed or broadcast.
        Performance = "performance",
        /// Reproduced, for the composition.
        Mechanical = "mechanical",
        /// Synchronised with pictures.
        Sync = "sync",
        /// Licensed to somebody.
        Licence = "licence",
        /// Anything else.
        Other = "other",
    }
}

/// A line of a statement, once it is read: what is not known is left out, nothing is guessed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What has earned, if that is known.
    pub subject: Option<Subject>,
    /// When it was used: the first day of its period. It decides which version of a rule holds.
    pub used_on: NaiveDate,
    /// Where.
    pub territory: Option<Country>,
    /// How.
    pub channel: Channel,
    /// In which format, such as `vinyl`, as the rules call it.
    pub format: Option<String>,
    /// By whom it was sold or played, as the rules call it.
    pub source: Option<String>,
    /// How many; below zero for returns.
    pub units: i64,
    /// What is received for it.
    pub net: Exact,
    /// What was received before others took their part, if the statement says so.
    pub gross: Option<Exact>,
}

/// Which particulars of lines a set of rules asks for; lines that differ in others alone are one sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each particular, each asked for by itself")]
pub struct Grain {
    /// Whether where it was used matters.
    pub territory: bool,
    /// Whether how it was used matters.
    pub channel: bool,
    /// Whether the format matters.
    pub format: bool,
    /// Whether it matters by whom it was sold or played.
    pub source: bool,
}

/// What the lines of one sum have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct LineKey {
    /// What has earned.
    pub subject: Option<Subject>,
    /// When.
    pub used_on: NaiveDate,
    /// Where, if a rule asks.
    pub territory: Option<Country>,
    /// How, if a rule asks.
    pub channel: Option<Channel>,
    /// In which format, if a rule asks.
    pub format: Option<String>,
    /// By whom, if a rule asks.
    pub source: Option<String>,
    /// Whether it was taken back: units or amount below zero. No reserve is held of it.
    pub returned: bool,
}

impl LineKey {
    /// Under which sum a line stands.
    pub fn of(line: &Line, grain: Grain) -> Self {
        Self {
            subject: line.subject.clone(),
            used_on: line.used_on,
            territory: line.territory.filter(|_| grain.territory),
            channel: Some(line.channel).filter(|_| grain.channel),
            format: line.format.clone().filter(|_| grain.format),
            source: line.source.clone().filter(|_| grain.source),
            returned: line.units < 0 || line.net.is_negative(),
        }
    }
}

/// What lines come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    /// How many lines.
    pub lines: u64,
    /// How many of those that say nothing of what was received before others took their part.
    pub grossless: u64,
    /// How many units; a track of a release has its part of one.
    pub units: Exact,
    /// What is received.
    pub net: Exact,
    /// What was received before others took their part, where that is said.
    pub gross: Exact,
}

impl Totals {
    /// What one line comes to.
    pub fn of(line: &Line) -> Self {
        Self {
            lines: 1,
            grossless: u64::from(line.gross.is_none()),
            units: Exact::whole(line.units),
            net: line.net,
            gross: line.gross.unwrap_or_default(),
        }
    }

    /// Adds others.
    pub fn accumulate(&mut self, other: &Self) -> Result<(), RoyaltyFault> {
        self.lines = self.lines.checked_add(other.lines).ok_or(RoyaltyFault::Overflow)?;
        self.grossless = self.grossless.checked_add(other.grossless).ok_or(RoyaltyFault::Overflow)?;
        self.units.accumulate(other.units)?;
        self.net.accumulate(other.net)?;
        self.gross.accumulate(other.gross)
    }

    /// Spreads it over tracks by their weights; each still counts the lines, for all of them are about it.
    pub fn spread(&self, weights: &[u64]) -> Result<Vec<Self>, RoyaltyFault> {
        let units = self.units.divide(weights)?;
        let parts = units.into_iter().zip(self.net.divide(weights)?).zip(self.gross.divide(weights)?);
        Ok(parts.map(|((units, net), gross)| Self { units, net, gross, ..*self }).collect())
    }
}

/// The sums of a statement's lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    grain: Grain,
    groups: BTreeMap<LineKey, Totals>,
}

impl Sums {
    /// No lines yet, to be told apart as a set of rules asks.
    pub const fn new(book: &RuleBook) -> Self {
        Self { grain: book.grain(), groups: BTreeMap::new() }
    }

    /// The sums of lines at hand.
    pub fn of<'a>(book: &RuleBook, lines: impl IntoIterator<Item = &'a Line>) -> Result<Self, RoyaltyFault> {
        let mut sums = Self::new(book);
        for line in lines {
            sums.count(line)?;
        }
        Ok(sums)
    }

    /// Counts a line.
    pub fn count(&mut self, line: &Line) -> Result<(), RoyaltyFault> {
        let totals = self.groups.entry(LineKey::of(line, self.grain)).or_default();
        totals.accumulate(&Totals::of(line))
    }

    /// Adds what some lines come to; particulars that no rule asks for are left out.
    pub fn add(&mut self, key: LineKey, totals: &Totals) -> Result<(), RoyaltyFault> {
        let grain = self.grain;
        let key = LineKey {
            territory: key.territory.filter(|_| grain.territory),
            channel: key.channel.filter(|_| grain.channel),
            format: key.format.filter(|_| grain.format),
            source: key.source.filter(|_| grain.source),
            ..key
        };
        self.groups.entry(key).or_default().accumulate(totals)
    }

    /// Takes in the sums of another part, made for the same rules.
    pub fn merge(&mut self, other: Self) -> Result<(), RoyaltyFault> {
        for (key, totals) in other.groups {
            self.groups.entry(key).or_default().accumulate(&totals)?;
        }
        Ok(())
    }

    /// Each sum, in the order of the keys.
    pub fn groups(&self) -> impl Iterator<Item = (&LineKey, &Totals)> {
        self.groups.iter()
    }

    /// What all lines come to.
    pub fn total(&self) -> Result<Totals, RoyaltyFault> {
        let mut total = Totals::default();
        for totals in self.groups.values() {
            total.accumulate(totals)?;
        }
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_read_as_they_print() {
        for text in
            ["rec_00000000000000000000000000000001", "work_00000000000000000000000000000002", "ean_5901234123457"]
        {
            assert_eq!(text.parse::<Subject>().unwrap().to_string(), text);
        }
        for text in ["", "ean_5901234123458", "beat_00000000000000000000000000000001", "rec_1"] {
            assert!(matches!(text.parse::<Subject>(), Err(RoyaltyFault::NotSubject { .. })), "{text:?}");
        }
    }
}
