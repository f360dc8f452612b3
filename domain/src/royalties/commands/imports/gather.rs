//! A whole statement, gathered from its parts in the order of the file: what is in memory of a file of any size is its distinct items, a bounded number of
//! sums, and a few parts.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Write},
    ops::ControlFlow,
};

use chrono::NaiveDate;
use interchange::statements::{self, Description, Options, Place, Progress, StatementError, Summary};
use sha2::{Digest, Sha256 as Hasher};
use tempfile::NamedTempFile;

use super::{
    counts::{Counts, Kept, Map, SumKey, Terms, Texts},
    index::{Entry, IndexWriter},
    lines::{as_called, in_format},
    part::{Item, ItemKey, Of, Part, Shared},
};
use crate::{
    catalog::Sha256,
    money::Currency,
    pricing::Country,
    royalties::{
        entity::Facet,
        rules::{Channel, Exact, RoyaltyFault, Totals},
    },
};

/// Sums that are in memory at the most; more are put aside, so that several may have one key.
const MAX_SUMS: usize = 200_000;
/// Things that a statement's lines may be of. Each of them is kept in memory and as a row.
const MAX_ITEMS: usize = 1_000_000;
/// Values of the tables of income; lines of more are counted as of others.
const MAX_FACETS: usize = 50_000;
/// What the value of lines is called that are of more values than are kept; which ones, is as the threads come to them.
const OTHERS: &str = "(others)";
/// Characters of a value.
const MAX_VALUE: usize = 200;

/// Why a statement is not gathered.
#[derive(Debug)]
pub(super) enum Unread {
    /// It cannot be read.
    Statement(StatementError),
    /// It comes to more than can be reckoned with.
    Fault(RoyaltyFault),
    /// It is of more things than are kept.
    TooManyItems,
    /// A currency that there is not.
    Currency(String),
    /// The disk.
    Disk(io::Error),
}

impl From<io::Error> for Unread {
    fn from(cause: io::Error) -> Self {
        Self::Disk(cause)
    }
}

impl From<RoyaltyFault> for Unread {
    fn from(fault: RoyaltyFault) -> Self {
        Self::Fault(fault)
    }
}

/// A sum, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct SumRow {
    pub(super) item: u32,
    pub(super) currency: Currency,
    pub(super) used_on: NaiveDate,
    pub(super) territory: Option<Country>,
    pub(super) channel: Channel,
    pub(super) format: Option<String>,
    pub(super) source: Option<String>,
    pub(super) returned: bool,
    pub(super) totals: Totals,
}

/// A value of a table of income in a month.
pub(super) type FacetKey = (Facet, String, NaiveDate, statements::Currency);

/// What was gathered of a statement.
pub(super) struct Gathered {
    pub(super) summary: Summary,
    pub(super) items: Vec<Item>,
    pub(super) facets: BTreeMap<FacetKey, (u64, Exact, Exact)>,
    pub(super) index: NamedTempFile,
    pub(super) content_sha256: Sha256,
    pub(super) latest_from: Option<NaiveDate>,
    pub(super) undated_lines: u64,
    aside: Option<NamedTempFile>,
    sums: Vec<SumRow>,
}

impl Gathered {
    /// Each sum: those that were put aside first.
    pub(super) fn sums(&mut self) -> io::Result<impl Iterator<Item = io::Result<SumRow>>> {
        let aside = self.aside.as_ref().map(NamedTempFile::reopen).transpose()?.map(BufReader::new);
        let read = |line: io::Result<String>| -> io::Result<SumRow> { Ok(serde_json::from_str(&line?)?) };
        let aside = aside.into_iter().flat_map(BufRead::lines).map(read);
        Ok(aside.chain(std::mem::take(&mut self.sums).into_iter().map(Ok)))
    }
}

/// Reads a statement, in one thread and those that it starts; `go_on` is told how many lines were read, and may stop it.
pub(super) fn gather(
    file: File,
    formats: &[Description],
    options: &Options,
    (kept, undated_on): (Kept, NaiveDate),
    mut go_on: impl FnMut(u64) -> bool,
) -> Result<Gathered, Unread> {
    let shared = Shared::new(kept, undated_on);
    let mut whole = Whole::new(&shared)?;
    let mut failure = None;
    let take = |part: Part<'_>, progress: Progress<'_>| {
        if let Err(unread) = whole.take(part, &progress.layout.format) {
            failure = Some(unread);
            return ControlFlow::Break(());
        }
        if go_on(progress.lines) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let read = statements::read(file, formats, options, || Part::new(&shared), Part::take, take);
    match (failure, read) {
        (Some(unread), _) => Err(unread),
        (None, Err(error)) => Err(Unread::Statement(error)),
        (None, Ok(summary)) => whole.finish(summary),
    }
}

/// What is gathered of the parts until now.
struct Whole<'s> {
    shared: &'s Shared,
    ids: Map<ItemKey, u32>,
    /// Of how many items the parts know the numbers.
    told: usize,
    items: Vec<Item>,
    texts: Texts,
    sums: Map<Sum, Totals>,
    aside: Option<BufWriter<NamedTempFile>>,
    facets: BTreeMap<FacetKey, (u64, Exact, Exact)>,
    index: IndexWriter,
    digest: Hasher,
    latest_from: Option<NaiveDate>,
    undated_lines: u64,
}

/// What the lines of a sum have in common: what they are of, their terms by the statement's numbers of texts, and whether they were returned.
type Sum = (u32, Terms, bool);

impl<'s> Whole<'s> {
    fn new(shared: &'s Shared) -> io::Result<Self> {
        Ok(Self {
            shared,
            ids: Map::default(),
            told: 0,
            items: Vec::new(),
            texts: Texts::default(),
            sums: Map::default(),
            aside: None,
            facets: BTreeMap::new(),
            index: IndexWriter::new()?,
            digest: Hasher::new(),
            latest_from: None,
            undated_lines: 0,
        })
    }

    fn take(&mut self, mut part: Part<'_>, format: &str) -> Result<(), Unread> {
        if let Some(fault) = part.fault.take() {
            return Err(fault.into());
        }
        self.digest.update(&part.said);
        self.latest_from = self.latest_from.max(part.latest_from);
        self.undated_lines += part.undated_lines;
        let numbers = self.number(part.items)?;
        let number = |item: u32| numbers.get(item as usize).copied().unwrap_or(u32::MAX);
        let entry = |(place, of): (Place, Of)| {
            let item = match of {
                Of::Known(item) => item,
                Of::New(item) => number(item),
            };
            Entry { place, item }
        };
        let entries: Vec<Entry> = part.entries.into_iter().map(entry).collect();
        self.index.block(&entries)?;
        let mut counts = part.counts;
        for (key, totals) in part.sums {
            let key = SumKey { item: number(key.item), ..key };
            counts.sums.entry(key).or_default().accumulate(&totals)?;
        }
        if self.items.len() > self.told + self.told / 8 {
            self.told = self.items.len();
            self.shared.tell(self.ids.clone());
        }
        if counts.are_full() {
            self.empty(counts, format)?;
        } else {
            self.shared.lay_by(counts);
        }
        Ok(())
    }

    /// Adds what was counted.
    fn empty(&mut self, counts: Counts, format: &str) -> Result<(), Unread> {
        self.count(&counts, format)?;
        let translated = |terms: &Terms| Terms {
            channel: in_format(format, terms.channel),
            product: terms.product.map(|id| self.texts.id(counts.texts.text(id))),
            store: terms.store.map(|id| self.texts.id(counts.texts.text(id))),
            ..*terms
        };
        let terms: Vec<Terms> = counts.terms.iter().map(translated).collect();
        for (key, totals) in counts.sums {
            if let Some(terms) = terms.get(key.terms as usize) {
                self.sums.entry((key.item, *terms, key.returned)).or_default().accumulate(&totals)?;
            }
        }
        if self.texts.len() > MAX_ITEMS {
            return Err(Unread::TooManyItems);
        }
        if self.sums.len() > MAX_SUMS {
            self.put_aside()?;
        }
        Ok(())
    }

    /// Gives what the lines of a part are of their numbers in the statement.
    fn number(&mut self, items: Vec<Item>) -> Result<Vec<u32>, Unread> {
        let mut numbers = Vec::with_capacity(items.len());
        for item in items {
            let next = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
            let number = *self.ids.entry(item.key.clone()).or_insert(next);
            if number == next {
                self.items.push(item);
            }
            numbers.push(number);
        }
        if self.items.len() > MAX_ITEMS { Err(Unread::TooManyItems) } else { Ok(numbers) }
    }

    /// Adds to the tables of income.
    fn count(&mut self, counts: &Counts, format: &str) -> Result<(), Unread> {
        for (kind, totals) in counts.kinds.iter().zip(&counts.income) {
            let store = counts.texts.text(kind.store);
            let place = counts.texts.text(kind.place);
            let place = Country::named(place).map_or_else(|| value(place), |country| country.code().to_owned());
            let channel = in_format(format, kind.channel).word().to_owned();
            for (facet, value) in [(Facet::Source, value(store)), (Facet::Territory, place), (Facet::Channel, channel)]
            {
                let mut key = (facet, value, kind.month, kind.currency);
                if self.facets.len() >= MAX_FACETS && !self.facets.contains_key(&key) {
                    OTHERS.clone_into(&mut key.1);
                }
                let (lines, units, net) = self.facets.entry(key).or_default();
                *lines += totals.lines;
                units.accumulate(totals.units)?;
                net.accumulate(totals.net)?;
            }
        }
        Ok(())
    }

    /// The sums as they are written, in one order.
    fn rows(&mut self) -> Result<Vec<SumRow>, Unread> {
        let texts = &self.texts;
        let row = |((item, terms, returned), totals): (Sum, Totals)| -> Result<SumRow, Unread> {
            Ok(SumRow {
                item,
                currency: own(terms.currency)?,
                used_on: terms.used_on,
                territory: terms.territory,
                channel: terms.channel,
                format: terms.product.and_then(|id| as_called(texts.text(id))),
                source: terms.store.and_then(|id| as_called(texts.text(id))),
                returned,
                totals,
            })
        };
        let mut rows = std::mem::take(&mut self.sums).into_iter().map(row).collect::<Result<Vec<SumRow>, Unread>>()?;
        rows.sort_by(|one, other| order(one).cmp(&order(other)));
        Ok(rows)
    }

    fn put_aside(&mut self) -> Result<(), Unread> {
        let rows = self.rows()?;
        let file = match &mut self.aside {
            Some(file) => file,
            none => none.insert(BufWriter::new(NamedTempFile::new()?)),
        };
        for row in rows {
            serde_json::to_writer(&mut *file, &row).map_err(io::Error::from)?;
            file.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(mut self, summary: Summary) -> Result<Gathered, Unread> {
        while let Some(counts) = self.shared.take_up() {
            self.empty(counts, &summary.layout.format)?;
        }
        let sums = self.rows()?;
        let aside = self.aside.map(BufWriter::into_inner).transpose();
        Ok(Gathered {
            summary,
            items: self.items,
            facets: self.facets,
            index: self.index.finish()?,
            content_sha256: Sha256::from_digest(self.digest.finalize().into()),
            latest_from: self.latest_from,
            undated_lines: self.undated_lines,
            aside: aside.map_err(io::IntoInnerError::into_error)?,
            sums,
        })
    }
}

type Order<'r> = (u32, &'static str, NaiveDate, Channel, bool, Option<Country>, Option<&'r str>, Option<&'r str>);

fn order(row: &SumRow) -> Order<'_> {
    (
        row.item,
        row.currency.code(),
        row.used_on,
        row.channel,
        row.returned,
        row.territory,
        row.format.as_deref(),
        row.source.as_deref(),
    )
}

/// A value of a table of income, as the file says it.
fn value(text: &str) -> String {
    text.trim().chars().take(MAX_VALUE).collect()
}

/// A currency of a statement as one of ours.
pub(super) fn own(currency: statements::Currency) -> Result<Currency, Unread> {
    currency.as_str().parse().map_err(|_| Unread::Currency(currency.to_string()))
}
