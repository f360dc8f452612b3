//! A part of a statement, gathered while its lines are read: what they are of, what those come to that no rule tells apart, and where each line is. Parts are
//! gathered by several threads at once, and each only holds what its own lines say.

use std::{borrow::Cow, collections::HashMap};

use chrono::NaiveDate;
use foldhash::fast::RandomState;
use interchange::statements::{Currency, Field, Isrc, Iswc, Line as Said, Upc};

use super::{
    index::Entry,
    lines::{artist_of, channel_of, exact, title_of, units_of, used_on},
};
use crate::{
    pricing::Country,
    royalties::rules::{Channel, Exact, RoyaltyFault, Totals},
};

/// Characters of a title, an artist or a code that are kept.
const MAX_CHARS: usize = 500;
/// Bytes that the lines of a part have, about.
const PART_BYTES: usize = 1 << 20;

/// A map that is asked for every line.
pub(super) type Map<K, V> = HashMap<K, V, RandomState>;

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

/// What the lines of one sum have in common, by numbers of texts and of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SumKey {
    pub(super) item: u32,
    pub(super) currency: Currency,
    pub(super) used_on: NaiveDate,
    pub(super) territory: Option<Country>,
    pub(super) channel: Channel,
    pub(super) product: Option<u32>,
    pub(super) store: Option<u32>,
    pub(super) returned: bool,
}

/// What the lines of one cell of the tables of income have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct CellKey {
    pub(super) store: u32,
    pub(super) place: u32,
    pub(super) channel: Channel,
    pub(super) month: NaiveDate,
    pub(super) currency: Currency,
}

/// Which particulars are kept beside those that are kept always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct Kept {
    pub(super) territory: bool,
    pub(super) format: bool,
    pub(super) source: bool,
}

/// What is gathered.
pub(super) struct Part {
    kept: Kept,
    /// The month of lines that say no day.
    undated_on: NaiveDate,
    ids: Map<ItemKey, u32>,
    pub(super) items: Vec<Item>,
    pub(super) texts: Texts,
    places: Map<u32, Option<Country>>,
    channels: Map<[u32; 3], Channel>,
    pub(super) sums: Map<SumKey, Totals>,
    pub(super) cells: Map<CellKey, Totals>,
    pub(super) entries: Vec<Entry>,
    /// The lines as the file has them, in Unicode, each with one line break behind it.
    pub(super) said: Vec<u8>,
    /// The latest first day of what a line accounts for, or was sold in.
    pub(super) latest_from: Option<NaiveDate>,
    pub(super) undated_lines: u64,
    /// The first sum that was beyond what can be reckoned with.
    pub(super) fault: Option<RoyaltyFault>,
}

impl Part {
    pub(super) fn new(kept: Kept, undated_on: NaiveDate) -> Self {
        Self {
            kept,
            undated_on,
            ids: Map::default(),
            items: Vec::new(),
            texts: Texts::default(),
            places: Map::default(),
            channels: Map::default(),
            sums: Map::default(),
            cells: Map::default(),
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
        let item = self.item(line);
        self.entries.push(Entry { place: line.place, item });
        let from = line.period.map(|span| span.from).max(line.sold.map(|span| span.from));
        self.latest_from = self.latest_from.max(from);
        let month = used_on(line);
        self.undated_lines += u64::from(month.is_none());
        let month = month.unwrap_or(self.undated_on);
        let channel = self.channel(line);
        let place = self.texts.id(&line.text(Field::Territory));
        let country = *self.places.entry(place).or_insert_with(|| Country::named(&line.text(Field::Territory)));
        let store = self.texts.id(&line.text(Field::Store));
        let product = if self.kept.format { Some(self.texts.id(&line.text(Field::Product))) } else { None };
        let (units, net) = (units_of(line), exact(line.amount));
        let totals = Totals {
            lines: 1,
            grossless: u64::from(line.gross.is_none()),
            units: Exact::whole(units),
            net,
            gross: line.gross.map_or(Exact::ZERO, exact),
        };
        let key = SumKey {
            item,
            currency: line.currency,
            used_on: month,
            territory: country.filter(|_| self.kept.territory),
            channel,
            product,
            store: Some(store).filter(|_| self.kept.source),
            returned: units < 0 || net.is_negative(),
        };
        let cell = CellKey { store, place, channel, month, currency: line.currency };
        let added = self.sums.entry(key).or_default().accumulate(&totals);
        let added = added.and_then(|()| self.cells.entry(cell).or_default().accumulate(&totals));
        if let Err(fault) = added {
            self.fault.get_or_insert(fault);
        }
    }

    fn channel(&mut self, line: &Said<'_>) -> Channel {
        let says = [line.text(Field::Kind), line.text(Field::Channel), line.text(Field::Product)];
        let ids = [0, 1, 2].map(|at: usize| self.texts.id(&says[at]));
        *self.channels.entry(ids).or_insert_with(|| channel_of([&says[0], &says[1], &says[2]]))
    }

    /// The number of what a line is of.
    fn item(&mut self, line: &Said<'_>) -> u32 {
        let key = key_of(line);
        if let Some(id) = self.ids.get(&key) {
            return *id;
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
        id
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

fn cut(text: &str) -> String {
    if text.len() <= MAX_CHARS { text.to_owned() } else { text.chars().take(MAX_CHARS).collect() }
}
