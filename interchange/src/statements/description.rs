//! What a format is: its header, and what each column means. A description is data: those that are known lie in `formats`, and a studio may add its own.

use std::{collections::BTreeSet, sync::LazyLock};

use serde::{Deserialize, Serialize};

use super::{codes::Currency, dates::DateOrder, decimal::Mark};
use crate::fault::Fault;

/// Columns of a header at the most.
pub const MAX_COLUMNS: usize = 256;
/// Characters of a heading, name or label at the most.
const MAX_CHARACTERS: usize = 200;
/// Labels of other rows at the most.
const MAX_LABELS: usize = 100;
/// Stands in a heading for the code of a currency.
const CURRENCY: &str = "{currency}";

/// Codes that are taken for those of a currency where they stand among other words: `NET` is three capitals, too.
const USUAL_CURRENCIES: [&str; 26] = [
    "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "INR", "JPY", "KRW", "MXN",
    "NOK", "NZD", "PLN", "RON", "SEK", "SGD", "THB", "TRY", "USD", "ZAR",
];

/// Each known format as a description.
const FORMATS: [&str; 15] = [
    include_str!("formats/distrokid.json"),
    include_str!("formats/distrokid_old.json"),
    include_str!("formats/tunecore.json"),
    include_str!("formats/cd_baby.json"),
    include_str!("formats/believe.json"),
    include_str!("formats/orchard.json"),
    include_str!("formats/orchard_old.json"),
    include_str!("formats/fuga.json"),
    include_str!("formats/apple.json"),
    include_str!("formats/soundcloud.json"),
    include_str!("formats/bandcamp.json"),
    include_str!("formats/prs.json"),
    include_str!("formats/ascap.json"),
    include_str!("formats/symphonic.json"),
    include_str!("formats/youtube.json"),
];

/// The descriptions of the known formats.
pub fn known() -> &'static [Description] {
    static KNOWN: LazyLock<Vec<Description>> = LazyLock::new(|| {
        let read = |text: &&str| serde_json::from_str(text).expect("the descriptions in `formats` hold");
        FORMATS.iter().map(read).collect()
    });
    &KNOWN
}

/// A format of statements. As JSON it is what a studio saves when it teaches one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// What programs call it: `distrokid`.
    pub id: String,
    /// What people call it: `DistroKid`.
    pub name: String,
    /// The header, column by column: a file has this one, in this order, or is of another format.
    pub columns: Vec<Column>,
    /// The currency of all amounts, where neither a column nor the heading of the amounts says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The store of all lines, where no column says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// The decimal mark. Without one it is what the file's first amounts have, and a point where they do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal: Option<Mark>,
    /// The order in dates such as `05/06/2026`. Without one such a date is a fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<DateOrder>,
    /// Cells are never put into quotation marks: one that begins a cell is a part of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unquoted: bool,
    /// Rows that are no lines of a recording's or work's, by what stands in their first cell that holds something.
    #[serde(default = "usual_rows")]
    pub rows: Vec<RowLabel>,
}

/// A column of a header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its heading; case and the number of spaces between its words are all the same. `{currency}` in it stands for any currency's code.
    pub heading: String,
    /// What it means; nothing if it is not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
}

/// What a column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// When it was accounted for: a day, a month, a quarter.
    Period,
    /// Where the accounting has a column for its end.
    PeriodEnd,
    /// When it was sold, streamed or performed.
    Sold,
    /// Where a sale has a column for its end.
    SoldEnd,
    /// The country.
    Territory,
    /// Who sold, streamed or performed it.
    Store,
    /// The part of the store: a subscription, a shop within the group.
    Channel,
    /// Stream, download, return, …
    Kind,
    /// Track, album, video, …
    Product,
    /// The recording's or work's title.
    Title,
    /// Who performs it.
    Artist,
    /// Who wrote it.
    Writer,
    /// The release that it is on.
    Release,
    /// The label.
    Label,
    /// The recording's ISRC.
    Isrc,
    /// The release's UPC or EAN.
    Upc,
    /// The work's ISWC.
    Iswc,
    /// A code of the studio's or the distributor's own for the recording or work; there may be several columns of them.
    Code,
    /// Such a code for the release, which is that of all its tracks; there may be several columns of them, too.
    ReleaseCode,
    /// How many.
    Quantity,
    /// How many releases, where they have a column of their own: read where the other says nothing, or none.
    ReleaseQuantity,
    /// What the studio gets. There is exactly one such column.
    Amount,
    /// The amount's currency.
    Currency,
    /// What it was before the distributor's share, in the same currency.
    Gross,
    /// The exchange rate that the distributor used.
    Rate,
}

impl Field {
    /// How many there are.
    pub(super) const COUNT: usize = Self::Rate as usize + 1;

    /// Whether it is a number: a row that has nothing else is no line.
    pub(super) const fn is_number(self) -> bool {
        matches!(
            self,
            Self::Quantity | Self::ReleaseQuantity | Self::Amount | Self::Currency | Self::Gross | Self::Rate
        )
    }
}

/// What a row is that is no ordinary line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowLabel {
    /// What its first cell that holds something begins with, as whole words; nothing for a row of numbers alone.
    pub label: String,
    /// What it is.
    pub role: RowRole,
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowRole {
    /// The file's own total, held against the sum of the lines and never added to it.
    Total,
    /// Money without a recording: a line of the sum.
    Adjustment,
    /// Something about the file, which is passed over.
    Note,
}

/// The labels that files of any format have.
fn usual_rows() -> Vec<RowLabel> {
    let totals = ["Total", "Totals", "Grand Total", "Sum"].map(|label| (label, RowRole::Total));
    let adjustments = ["Rounding Adjustment", "Rounding", "Adjustment"].map(|label| (label, RowRole::Adjustment));
    let rows = totals.into_iter().chain(adjustments);
    rows.map(|(label, role)| RowLabel { label: label.to_owned(), role }).collect()
}

impl Description {
    /// Whether a header is this format's, whole and in order.
    pub fn matches(&self, header: &[String]) -> bool {
        header.len() == self.columns.len() && self.columns.iter().zip(header).all(|(column, found)| column.is(found))
    }

    /// The currency that the heading of the amounts says.
    pub(super) fn currency_in(&self, header: &[String]) -> Option<Currency> {
        let amount = self.position(Field::Amount)?;
        currency_in(&normal(&self.columns[amount].heading), &normal(header.get(amount)?))
    }

    /// The first column of a field.
    pub(super) fn position(&self, field: Field) -> Option<usize> {
        self.columns.iter().position(|column| column.field == Some(field))
    }

    /// Looks whether a description that somebody wrote can be read by.
    ///
    /// # Errors
    /// Each fault, by its path in the description.
    pub fn check(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        let mut refuse = |field: String, problem: &str, remedy: &str| faults.push(Fault::new(field, problem, remedy));
        let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= MAX_CHARACTERS;
        for (field, text) in [("id", &self.id), ("name", &self.name)] {
            if !fits(text) {
                refuse(field.to_owned(), "it is empty or too long", "give it 1 to 200 characters");
            }
        }
        if !(2..=MAX_COLUMNS).contains(&self.columns.len()) {
            refuse("columns".to_owned(), "a header has 2 to 256 columns", "name each column of the file's header");
        }
        let mut fields = BTreeSet::new();
        for (at, column) in self.columns.iter().enumerate() {
            if column.heading.chars().count() > MAX_CHARACTERS {
                refuse(format!("columns[{at}].heading"), "it is too long", "give it 200 characters at the most");
            }
            if let Some(field) = column.field
                && !matches!(field, Field::Code | Field::ReleaseCode)
                && !fields.insert(field)
            {
                refuse(
                    format!("columns[{at}].field"),
                    "another column means the same",
                    "choose one; only codes may stand in several",
                );
            }
        }
        let Some(amount) = self.position(Field::Amount) else {
            refuse("columns".to_owned(), "no column is the amount", "say which column holds what the studio gets");
            return Err(faults);
        };
        let said = [
            fields.contains(&Field::Currency),
            self.currency.is_some(),
            self.columns[amount].heading.contains(CURRENCY),
        ];
        if said.iter().filter(|said| **said).count() > 1 {
            let remedy = "let a column, the heading of the amounts or the description say it";
            refuse("currency".to_owned(), "the currency is said more than once", remedy);
        }
        if self.rows.len() > MAX_LABELS {
            refuse("rows".to_owned(), "there are too many", "name 100 labels at the most");
        }
        for (at, row) in self.rows.iter().enumerate() {
            if row.label.chars().count() > MAX_CHARACTERS {
                refuse(format!("rows[{at}].label"), "it is too long", "give it 200 characters at the most");
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

impl Column {
    /// Whether a heading of a file is this column's.
    pub(super) fn is(&self, found: &str) -> bool {
        let (heading, found) = (normal(&self.heading), normal(found));
        heading == found || currency_in(&heading, &found).is_some()
    }
}

/// A heading as headings are compared: in lower case, with one space between its words.
pub(super) fn normal(heading: &str) -> String {
    let words: Vec<String> = heading.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// The code that a heading has where the described one leaves room for it; both are [`normal`].
pub(super) fn currency_in(described: &str, found: &str) -> Option<Currency> {
    let (before, behind) = described.split_once(CURRENCY)?;
    Currency::read(found.strip_prefix(before)?.strip_suffix(behind)?)
}

/// A heading as a person reads it: where it leaves room for a currency, that is said in words.
pub(super) fn shown(heading: &str) -> String {
    heading.replace(CURRENCY, "a currency's code")
}

/// The currency whose code stands in a heading as a word of its own, in capitals; nothing if there is none, or there are two.
pub(super) fn said_currency(heading: &str) -> Option<Currency> {
    let words = heading.split(|c: char| !c.is_alphanumeric());
    let mut codes = words.filter(|word| USUAL_CURRENCIES.contains(word));
    match (codes.next(), codes.next()) {
        (Some(only), None) => Currency::read(only),
        _ => None,
    }
}

/// A short name for a header, the same for files of the same columns: 16 hexadecimal digits (FNV-1a over the headings as they are compared).
pub fn fingerprint(header: &[String]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for heading in header {
        for byte in normal(heading).bytes().chain([0x1f]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}
