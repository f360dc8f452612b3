//! A part of a statement, gathered while its lines are read: what they are of, what those come to that no rule tells apart, and where each line is. Parts are
//! gathered by several threads at once. What a part alone knows is the few things that no part before it had; all else is added to counts that go on from part to part.

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::NaiveDate;
use interchange::statements::{Isrc, Iswc, Line as Said, Place, Upc};

use super::{
    counts::{Counts, Kept, Map, SumKey},
    lines::{artist_of, cut, exact, title_of, units_of, used_on},
};
use crate::royalties::rules::{Exact, RoyaltyFault, Totals};

/// Bytes that the lines of a part have, about.
const PART_BYTES: usize = 1 << 20;

/// What lines are told apart by, as the file says it: a recording by its code alone, what has none by all that is said of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum ItemKey {
    Isrc(Isrc),
    Iswc(Iswc),
    Upc(Upc, String),
    Code(String, String),
    ReleaseCode(String, String),
    Name(String),
    Adjustment(String),
}

/// What lines are of, as the first of them says it.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) key: ItemKey,
    pub(super) isrc: Option<Isrc>,
    pub(super) upc: Option<Upc>,
    pub(super) iswc: Option<Iswc>,
    /// Each heading and code.
    pub(super) codes: Vec<(String, String)>,
    /// The same of the release.
    pub(super) release_codes: Vec<(String, String)>,
    pub(super) title: String,
    pub(super) artist: String,
    pub(super) is_adjustment: bool,
}

/// What the parts of a statement share.
pub(super) struct Shared {
    kept: Kept,
    /// The month of lines that say no day.
    undated_on: NaiveDate,
    /// The things that have a number in the statement, as of the last time that it was told.
    known: Mutex<Arc<Map<ItemKey, u32>>>,
    /// Counts that no part holds now.
    resting: Mutex<Vec<Counts>>,
}

impl Shared {
    pub(super) fn new(kept: Kept, undated_on: NaiveDate) -> Self {
        Self { kept, undated_on, known: Mutex::default(), resting: Mutex::default() }
    }

    /// Tells the parts that are still to come what has a number.
    pub(super) fn tell(&self, known: Map<ItemKey, u32>) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
    }

    /// Lays counts by until a part goes on with them.
    pub(super) fn lay_by(&self, counts: Counts) {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner).push(counts);
    }

    /// Counts that were laid by, if there are any.
    pub(super) fn take_up(&self) -> Option<Counts> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn known(&self) -> Arc<Map<ItemKey, u32>> {
        Arc::clone(&self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Of what a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// Of what has this number in the statement.
    Known(u32),
    /// Of what had none yet when the part was begun; a number within the part.
    New(u32),
}

/// A part, gathered.
pub(super) struct Part<'s> {
    shared: &'s Shared,
    known: Arc<Map<ItemKey, u32>>,
    pub(super) counts: Counts,
    /// The numbers of `items`.
    ids: Map<ItemKey, u32>,
    /// What the part found, by its own numbers.
    pub(super) items: Vec<Item>,
    /// Sums of them.
    pub(super) sums: Map<SumKey, Totals>,
    pub(super) entries: Vec<(Place, Of)>,
    /// The lines as the file has them, in Unicode, each with one line break behind it.
    pub(super) said: Vec<u8>,
    /// The latest first day of what a line accounts for, or was sold in.
    pub(super) latest_from: Option<NaiveDate>,
    pub(super) undated_lines: u64,
    /// The first sum that was beyond what can be reckoned with.
    pub(super) fault: Option<RoyaltyFault>,
}

impl<'s> Part<'s> {
    pub(super) fn new(shared: &'s Shared) -> Self {
        Self {
            shared,
            known: shared.known(),
            counts: shared.take_up().unwrap_or_default(),
            ids: Map::default(),
            items: Vec::new(),
            sums: Map::default(),
            entries: Vec::new(),
            said: Vec::with_capacity(PART_BYTES),
            latest_from: None,
            undated_lines: 0,
            fault: None,
        }
    }

    /// Takes a line in.
    pub(super) fn take(&mut self, line: &Said<'_>) {
        self.said.extend_from_slice(line.raw().as_bytes());
        self.said.push(b'\n');
        let of = self.item(line);
        self.entries.push((line.place, of));
        let from = line.period.map(|span| span.from).max(line.sold.map(|span| span.from));
        self.latest_from = self.latest_from.max(from);
        let month = used_on(line);
        self.undated_lines += u64::from(month.is_none());
        let (units, net) = (units_of(line), exact(line.amount));
        let totals = Totals {
            lines: 1,
            grossless: u64::from(line.gross.is_none()),
            units: Exact::whole(units),
            net,
            gross: line.gross.map_or(Exact::ZERO, exact),
        };
        let kind = self.counts.kind(line, month.unwrap_or(self.shared.undated_on), self.shared.kept);
        let counted = self.counts.income[kind as usize].accumulate(&totals);
        let (terms, returned) = (self.counts.kinds[kind as usize].terms, units < 0 || net.is_negative());
        let sum = match of {
            Of::Known(item) => self.counts.sums.entry(SumKey { item, terms, returned }),
            Of::New(item) => self.sums.entry(SumKey { item, terms, returned }),
        };
        if let Err(fault) = counted.and_then(|()| sum.or_default().accumulate(&totals)) {
            self.fault.get_or_insert(fault);
        }
    }

    /// What a line is of.
    fn item(&mut self, line: &Said<'_>) -> Of {
        let key = key_of(line);
        if let Some(number) = self.known.get(&key) {
            return Of::Known(*number);
        }
        if let Some(id) = self.ids.get(&key) {
            return Of::New(*id);
        }
        let id = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.ids.insert(key.clone(), id);
        self.items.push(Item {
            key,
            isrc: line.isrc,
            upc: line.upc,
            iswc: line.iswc,
            codes: line.codes().map(kept).collect(),
            release_codes: line.release_codes().map(kept).collect(),
            title: cut(&title_of(line)),
            artist: cut(&artist_of(line)),
            is_adjustment: line.is_adjustment,
        });
        Of::New(id)
    }
}

fn key_of(line: &Said<'_>) -> ItemKey {
    match (line.isrc, line.iswc) {
        (Some(isrc), _) => return ItemKey::Isrc(isrc),
        (None, Some(iswc)) => return ItemKey::Iswc(iswc),
        (None, None) => {}
    }
    let title = title_of(line);
    if line.is_adjustment {
        return ItemKey::Adjustment(cut(&title));
    }
    let name = format!("{}\t{}", cut(&title), cut(&artist_of(line)));
    if let Some(upc) = line.upc {
        return ItemKey::Upc(upc, name);
    }
    if let Some((_, code)) = line.codes().next() {
        return ItemKey::Code(cut(&code), name);
    }
    match line.release_codes().next() {
        Some((_, code)) => ItemKey::ReleaseCode(cut(&code), name),
        None => ItemKey::Name(name),
    }
}

/// A heading and its code.
fn kept((heading, code): (&str, Cow<'_, str>)) -> (String, String) {
    (heading.to_owned(), cut(&code))
}
