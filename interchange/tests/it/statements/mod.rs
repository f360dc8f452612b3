//! Royalty statements: every published header, drifted ones, and what else arrives.

use std::{io::Cursor, ops::ControlFlow};

use interchange::statements::{
    Currency, Decimal, Field, Line, Options, Place, Span, StatementError, Summary, inspect, known, read,
};

mod cases;
mod drifted;
mod formats;
mod hostile;
mod numbers;
mod packed;
mod whole;

/// `DistroKid`'s header since July 2025.
pub(crate) const DISTROKID: &str = "Date Inserted\tReporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSource Type\tCountry of Sale\tSongwriter Royalties Withheld (USD)\tEarnings (USD)\tRecoup (USD)";

/// A row of `DistroKid`'s.
pub(crate) fn distrokid(title: &str, isrc: &str, quantity: &str, earnings: &str) -> String {
    format!(
        "2026-10-05\t2026-10-01\t2026-07\tSpotify\tNova\t{title}\t{isrc}\t190000000012\t{quantity}\t100\tStreaming\tUS\t0\t{earnings}\t0"
    )
}

/// A file of `DistroKid`'s with these earnings, a line each.
pub(crate) fn earning(earnings: &[&str]) -> String {
    let rows = earnings.iter().map(|earnings| distrokid("Night Drive", "QZAB12600001", "10", earnings));
    lines(&[vec![DISTROKID.to_owned()], rows.collect()].concat())
}

pub(crate) fn lines(lines: &[String]) -> String {
    lines.join("\n") + "\n"
}

/// What a file of a known format comes to.
pub(crate) fn looked_at(bytes: impl AsRef<[u8]>) -> Result<Summary, StatementError> {
    inspect(Cursor::new(bytes.as_ref()), known(), &Options::default())
}

/// The sum in a currency.
pub(crate) fn total(summary: &Summary, currency: &str) -> Decimal {
    summary.tally.totals[&Currency::read(currency).expect("a currency")].amount
}

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// A line, kept for a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) place: Place,
    pub(crate) raw: String,
    pub(crate) isrc: Option<String>,
    pub(crate) upc: Option<String>,
    pub(crate) quantity: Option<Decimal>,
    pub(crate) amount: Decimal,
    pub(crate) currency: String,
    pub(crate) period: Option<String>,
    pub(crate) sold: Option<String>,
    pub(crate) codes: Vec<String>,
    /// Title, artist or writer, store, territory, kind.
    pub(crate) texts: [String; 5],
    pub(crate) is_adjustment: bool,
}

fn keep(line: &Line<'_>) -> Kept {
    let text = |field: Field| line.text(field).into_owned();
    let span = |span: Span| format!("{}/{}", span.from, span.to);
    let writer = text(Field::Writer);
    Kept {
        place: line.place,
        raw: line.raw().to_owned(),
        isrc: line.isrc.map(|isrc| isrc.to_string()),
        upc: line.upc.map(|upc| upc.to_string()),
        quantity: line.quantity,
        amount: line.amount,
        currency: line.currency.to_string(),
        period: line.period.map(span),
        sold: line.sold.map(span),
        codes: line.codes().chain(line.release_codes()).map(|(_, code)| code.into_owned()).collect(),
        texts: [
            text(Field::Title),
            if writer.is_empty() { text(Field::Artist) } else { writer },
            text(Field::Store),
            text(Field::Territory),
            text(Field::Kind),
        ],
        is_adjustment: line.is_adjustment,
    }
}

/// All lines of a file, and what it comes to.
pub(crate) fn kept(bytes: impl AsRef<[u8]>, options: &Options) -> Result<(Vec<Kept>, Summary), StatementError> {
    let mut all = Vec::new();
    let summary = read(
        Cursor::new(bytes.as_ref()),
        known(),
        options,
        Vec::new,
        |part, line| part.push(keep(line)),
        |part, _| {
            all.extend(part);
            ControlFlow::Continue(())
        },
    )?;
    Ok((all, summary))
}
