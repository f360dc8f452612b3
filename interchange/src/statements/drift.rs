//! A header that is no known format's, and what it has otherwise than the nearest one: shown to a person, who teaches what it means.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use super::{
    codes::Currency,
    description::{Column, Description, Field, currency_in, fingerprint, normal, said_currency, shown},
};

/// Headings that are named in a message at the most.
const MAX_NAMED: usize = 12;

/// A header that no description has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// The headings, as the file has them.
    pub header: Vec<String>,
    /// The line that they stand on, from 1.
    pub line: u64,
    /// The header's short name, the same for all files that have it.
    pub fingerprint: String,
    /// The format that has most of them, if one has half.
    pub nearest: Option<Nearest>,
}

/// The format that is nearest to a header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nearest {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What the header has otherwise, from the left.
    pub changes: Vec<Change>,
    /// The file's columns with what the format takes them for, to begin a new description with: a proposal, which nobody has confirmed.
    pub proposal: Vec<Column>,
    /// The currency that the format has, or that the heading says which is taken for that of the amounts: a proposal likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

/// One thing that a header has otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A column stands where another stood.
    Renamed {
        /// Its place, from 1.
        column: usize,
        /// The heading that the format has.
        from: String,
        /// The heading that the file has.
        to: String,
    },
    /// Two columns have changed places.
    Swapped {
        /// The one that comes first in the format.
        first: String,
        /// The other.
        second: String,
    },
    /// A column stands elsewhere.
    Moved {
        /// Its place now, from 1.
        column: usize,
        /// Its heading.
        heading: String,
    },
    /// A column that the format has not.
    Added {
        /// Its place, from 1.
        column: usize,
        /// Its heading.
        heading: String,
    },
    /// A column of the format is not there.
    Missing {
        /// Its place in the format, from 1.
        column: usize,
        /// Its heading.
        heading: String,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Renamed { column, from, to } => {
                write!(f, "column {column} is {to:?} instead of {:?}", shown(from))
            }
            Self::Swapped { first, second } => {
                write!(f, "{:?} and {:?} have changed places", shown(first), shown(second))
            }
            Self::Moved { column, heading } => write!(f, "{:?} has moved to column {column}", shown(heading)),
            Self::Added { column, heading } => write!(f, "column {column}, {heading:?}, is new"),
            Self::Missing { column, heading } => {
                write!(f, "{:?}, once column {column}, is missing", shown(heading))
            }
        }
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Nearest { name, changes, .. }) = &self.nearest else {
            let named = self.header.iter().take(MAX_NAMED).map(|heading| format!("{heading:?}"));
            let named: Vec<String> = named.collect();
            let more = if self.header.len() > MAX_NAMED { ", …" } else { "" };
            return write!(f, "no known format has the header on line {}: {}{more}", self.line, named.join(", "));
        };
        let changes: Vec<String> = changes.iter().map(Change::to_string).collect();
        write!(f, "the header on line {} is nearly that of {name}, but {}", self.line, changes.join("; "))
    }
}

/// A heading as it is compared, and which of those that are the same it is.
type Key = (String, usize);

/// How alike two headers are: the headings that they share, and how many both have together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Likeness {
    shared: usize,
    both: usize,
}

impl Likeness {
    /// Whether half of the headings are shared.
    pub(super) const fn is_near(self) -> bool {
        self.shared > 1 && self.shared * 4 >= self.both
    }

    /// Whether it is greater than another: as fractions, without any.
    pub(super) const fn beats(self, other: Self) -> bool {
        self.shared * other.both > other.shared * self.both
    }
}

/// How alike a header and a format's are, whatever their order; of the header, the headings as they are compared.
pub(super) fn likeness(description: &Description, headings: &BTreeSet<String>) -> Likeness {
    let is_there = |column: &&Column| {
        let heading = normal(&column.heading);
        headings.contains(&heading) || headings.iter().any(|found| currency_in(&heading, found).is_some())
    };
    let shared = description.columns.iter().filter(is_there).count();
    Likeness { shared, both: description.columns.len() + headings.len() }
}

/// What is wrong with a header, beside the nearest format's.
pub(super) fn drift(header: Vec<String>, line: u64, nearest: Option<&Description>) -> Drift {
    let nearest = nearest.map(|description| {
        let renamed = renamed(description, &header);
        let proposal = proposal(description, &header, &renamed);
        Nearest {
            id: description.id.clone(),
            name: description.name.clone(),
            changes: changes(description, &header, &renamed),
            currency: currency(description, &proposal),
            proposal,
        }
    });
    Drift { fingerprint: fingerprint(&header), header, line, nearest }
}

/// The columns of the format that the header has, each with its place in either.
fn pairs(description: &Description, header: &[String]) -> Vec<(usize, usize)> {
    let mut seen = BTreeMap::new();
    let mut places: BTreeMap<Key, usize> = BTreeMap::new();
    for (at, heading) in header.iter().enumerate() {
        places.insert(key(&mut seen, normal(heading)), at);
    }
    let mut seen = BTreeMap::new();
    let mut pairs = Vec::new();
    for (at, column) in description.columns.iter().enumerate() {
        // A heading with room for a currency is looked for by what it is in the file.
        let found =
            header.iter().find(|found| column.is(found)).map_or_else(|| normal(&column.heading), |found| normal(found));
        if let Some(place) = places.get(&key(&mut seen, found)) {
            pairs.push((at, *place));
        }
    }
    pairs
}

fn key(seen: &mut BTreeMap<String, usize>, heading: String) -> Key {
    let count = seen.entry(heading.clone()).or_insert(0);
    *count += 1;
    (heading, *count)
}

/// Columns of either that the other has not, and that stand beside the same neighbour: place in the format, place in the header.
fn renamed(description: &Description, header: &[String]) -> Vec<(usize, usize)> {
    let pairs = pairs(description, header);
    let (ours, theirs): (BTreeSet<usize>, BTreeSet<usize>) = pairs.iter().copied().unzip();
    let mut free: BTreeSet<usize> = (0..header.len()).filter(|at| !theirs.contains(at)).collect();
    let mut renamed: Vec<(usize, usize)> = Vec::new();
    for lost in (0..description.columns.len()).filter(|at| !ours.contains(at)) {
        let before = lost.checked_sub(1).and_then(|before| place_of(before, &pairs, &renamed)).map(|at| at + 1);
        let behind = place_of(lost + 1, &pairs, &[]).and_then(|at| at.checked_sub(1));
        let found = [before, behind, Some(lost)].into_iter().flatten().find(|at| free.contains(at));
        if let Some(found) = found {
            free.remove(&found);
            renamed.push((lost, found));
        }
    }
    renamed
}

fn place_of(at: usize, pairs: &[(usize, usize)], renamed: &[(usize, usize)]) -> Option<usize> {
    pairs.iter().chain(renamed).find(|(ours, _)| *ours == at).map(|(_, theirs)| *theirs)
}

/// The differences, from the left of the file; what is missing comes last.
fn changes(description: &Description, header: &[String], renamed: &[(usize, usize)]) -> Vec<Change> {
    let heading = |at: usize| description.columns[at].heading.clone();
    let mut common = pairs(description, header);
    let shared: BTreeSet<usize> = common.iter().map(|(_, theirs)| *theirs).collect();
    common.extend(renamed);
    common.sort_unstable();
    let mut changes: Vec<(usize, Change)> = Vec::new();
    for (from, at) in renamed {
        let change = Change::Renamed { column: at + 1, from: heading(*from), to: header[*at].clone() };
        changes.push((*at, change));
    }
    for (at, found) in header.iter().enumerate() {
        if !shared.contains(&at) && !renamed.iter().any(|(_, theirs)| *theirs == at) {
            changes.push((at, Change::Added { column: at + 1, heading: found.clone() }));
        }
    }
    // The order of the columns that both have: what it would be, and what it is.
    let theirs: Vec<usize> = common.iter().map(|(_, theirs)| *theirs).collect();
    let mut sorted = theirs.clone();
    sorted.sort_unstable();
    let moved: Vec<usize> = (0..theirs.len()).filter(|at| theirs[*at] != sorted[*at]).collect();
    if let [one, other] = moved[..] {
        let (first, second) = (heading(common[one].0), heading(common[other].0));
        changes.push((sorted[one], Change::Swapped { first, second }));
    } else {
        let staying = longest_rising(&theirs);
        for at in (0..theirs.len()).filter(|at| !staying.contains(at)) {
            let change = Change::Moved { column: theirs[at] + 1, heading: heading(common[at].0) };
            changes.push((theirs[at], change));
        }
    }
    for at in (0..description.columns.len()).filter(|at| !common.iter().any(|(ours, _)| ours == at)) {
        changes.push((header.len() + at, Change::Missing { column: at + 1, heading: heading(at) }));
    }
    changes.sort_by_key(|(at, _)| *at);
    changes.into_iter().map(|(_, change)| change).collect()
}

/// The places of a longest run of numbers that rises: columns that have not moved.
fn longest_rising(numbers: &[usize]) -> BTreeSet<usize> {
    // For each place the length of the longest run that ends there, and the place before it.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(numbers.len());
    for (at, number) in numbers.iter().enumerate() {
        let before = (0..at).filter(|before| numbers[*before] < *number).max_by_key(|before| best[*before].0);
        best.push((before.map_or(1, |before| best[before].0 + 1), before));
    }
    let mut at = (0..numbers.len()).max_by_key(|at| best[*at].0);
    let mut run = BTreeSet::new();
    while let Some(place) = at {
        run.insert(place);
        at = best[place].1;
    }
    run
}

/// The header's columns, with what the format takes those of the same name or place for.
fn proposal(description: &Description, header: &[String], renamed: &[(usize, usize)]) -> Vec<Column> {
    let pairs = pairs(description, header);
    let field = |at: usize| {
        let of = pairs.iter().chain(renamed).find(|(_, theirs)| *theirs == at)?.0;
        description.columns[of].field
    };
    header.iter().enumerate().map(|(at, heading)| Column { heading: heading.clone(), field: field(at) }).collect()
}

/// The currency that a description of the proposed columns needs beside them: that of the format, or the one that the heading of the amounts names.
fn currency(description: &Description, proposal: &[Column]) -> Option<Currency> {
    if proposal.iter().any(|column| column.field == Some(Field::Currency)) {
        return None;
    }
    let amount = proposal.iter().find(|column| column.field == Some(Field::Amount));
    description.currency.or_else(|| said_currency(&amount?.heading))
}
