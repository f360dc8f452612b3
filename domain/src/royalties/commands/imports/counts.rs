//! What lines come to, counted by one thread after the other. Lines are of few kinds: what a kind's texts mean is found out once, and each further line finds it
//! by one look at what it says.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use foldhash::fast::RandomState;
use interchange::statements::{Currency, Field, Line as Said};

use super::lines::{channel_of, cut};
use crate::{
    pricing::Country,
    royalties::rules::{Channel, Totals},
};

/// Kinds of lines that are told apart before counts are emptied: a file may say something else on every line.
const MAX_KINDS: usize = 20_000;
/// Bytes that kinds say before counts are emptied: a cell may be long.
const MAX_BYTES: usize = 4 << 20;
/// Sums of counts before they are emptied.
const MAX_SUMS: usize = 50_000;
/// What says of which kind a line is, in this order.
const SAYS: [Field; 5] = [Field::Kind, Field::Channel, Field::Product, Field::Store, Field::Territory];

/// A map that is asked for every line.
pub(super) type Map<K, V> = HashMap<K, V, RandomState>;

/// Which particulars are kept beside those that are kept always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct Kept {
    pub(super) territory: bool,
    pub(super) format: bool,
    pub(super) source: bool,
}

/// Texts that lines say over and over, each once. Nothing is said most often, by every column that a format has not: it is the first.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    ids: Map<Box<str>, u32>,
    all: Vec<Box<str>>,
}

impl Default for Texts {
    fn default() -> Self {
        Self { ids: Map::default(), all: vec!["".into()] }
    }
}

impl Texts {
    /// The number of a text.
    pub(super) fn id(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.ids.insert(text.into(), id);
        self.all.push(text.into());
        id
    }

    /// The text of a number.
    pub(super) fn text(&self, id: u32) -> &str {
        self.all.get(id as usize).map_or("", |text| text)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}

/// A kind of lines: what they say of how, where and by whom something was used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) store: u32,
    pub(super) place: u32,
    pub(super) channel: Channel,
    pub(super) month: NaiveDate,
    pub(super) currency: Currency,
    /// The number of what is kept of it for the rules.
    pub(super) terms: u32,
}

/// What the rules can tell lines of one thing apart by, as far as it is kept; texts by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Terms {
    pub(super) currency: Currency,
    pub(super) used_on: NaiveDate,
    pub(super) territory: Option<Country>,
    pub(super) channel: Channel,
    pub(super) product: Option<u32>,
    pub(super) store: Option<u32>,
}

/// What the lines of one sum have in common, by the numbers of what they are of and of their terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SumKey {
    pub(super) item: u32,
    pub(super) terms: u32,
    pub(super) returned: bool,
}

/// What is counted.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) texts: Texts,
    /// The numbers of kinds, by what a line of them says.
    known: Map<Box<[u8]>, u32>,
    /// Bytes that they say.
    bytes: usize,
    pub(super) kinds: Vec<Kind>,
    /// What the lines of each kind come to.
    pub(super) income: Vec<Totals>,
    numbers: Map<Terms, u32>,
    pub(super) terms: Vec<Terms>,
    pub(super) sums: Map<SumKey, Totals>,
    /// Room for what a line says.
    says: Vec<u8>,
}

impl Counts {
    /// The number of a line's kind.
    pub(super) fn kind(&mut self, line: &Said<'_>, month: NaiveDate, kept: Kept) -> u32 {
        self.says.clear();
        for field in SAYS {
            self.says.extend_from_slice(line.text(field).as_bytes());
            // No cell has one: what has is no text, and refused.
            self.says.push(0);
        }
        self.says.extend_from_slice(&month.num_days_from_ce().to_le_bytes());
        self.says.extend_from_slice(line.currency.as_str().as_bytes());
        if let Some(number) = self.known.get(self.says.as_slice()) {
            return *number;
        }
        let number = u32::try_from(self.kinds.len()).unwrap_or(u32::MAX);
        self.known.insert(self.says.as_slice().into(), number);
        self.bytes += self.says.len();
        let kind = self.read(line, month, kept);
        self.kinds.push(kind);
        self.income.push(Totals::default());
        number
    }

    /// Finds out what a line says.
    fn read(&mut self, line: &Said<'_>, month: NaiveDate, kept: Kept) -> Kind {
        let [kind, part, product, store, place] = SAYS.map(|field| cut(&line.text(field)));
        let channel = channel_of([&kind, &part, &product]);
        let store = self.texts.id(&store);
        let terms = Terms {
            currency: line.currency,
            used_on: month,
            territory: if kept.territory { Country::named(&place) } else { None },
            channel,
            product: kept.format.then(|| self.texts.id(&product)),
            store: kept.source.then_some(store),
        };
        let next = u32::try_from(self.terms.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(terms).or_insert(next);
        if number == next {
            self.terms.push(terms);
        }
        Kind { store, place: self.texts.id(&place), channel, month, currency: line.currency, terms: number }
    }

    /// Whether it is time to empty them.
    pub(super) fn are_full(&self) -> bool {
        self.kinds.len() > MAX_KINDS || self.bytes > MAX_BYTES || self.sums.len() > MAX_SUMS
    }
}
