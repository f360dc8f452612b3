//! A list for spreadsheets: a line for each entry.

use chrono::SecondsFormat;

use super::{Books, amount};
use crate::{
    env::Instant,
    ids::{JournalId, OrderId, PartyId},
    ledger::{entity::journal, queries::EntryOfAccount},
};

const COLUMNS: [&str; 15] = [
    "journal_id",
    "posted_at",
    "occurred_at",
    "kind",
    "source",
    "external_id",
    "order_id",
    "of_journal_id",
    "reference",
    "memo",
    "account",
    "party_id",
    "party",
    "amount",
    "currency",
];

pub(super) fn head() -> String {
    format!("{}\r\n", COLUMNS.join(","))
}

pub(super) fn journal(to: &mut String, books: &Books, journal: &journal::Model, entries: &[EntryOfAccount]) {
    let printed = |at: Instant| at.to_rfc3339_opts(SecondsFormat::Micros, true);
    for row in entries {
        let cells = [
            journal.id.to_string(),
            printed(journal.posted_at),
            journal.occurred_at.map(printed).unwrap_or_default(),
            journal.kind.word().to_owned(),
            quoted(&journal.source),
            quoted(&journal.external_id),
            journal.order_id.as_ref().map(OrderId::to_string).unwrap_or_default(),
            journal.of_id.as_ref().map(JournalId::to_string).unwrap_or_default(),
            quoted(&journal.reference),
            quoted(&journal.memo),
            row.account.kind.word().to_owned(),
            row.account.party_id.as_ref().map(PartyId::to_string).unwrap_or_default(),
            quoted(books.name(&row.account).unwrap_or_default()),
            amount(row).decimal(),
            row.entry.currency.code().to_owned(),
        ];
        to.push_str(&cells.join(","));
        to.push_str("\r\n");
    }
}

/// A cell of somebody's words: quoted where it must be, and with an apostrophe in front where a spreadsheet would take it for a formula.
pub(crate) fn quoted(text: &str) -> String {
    let harmless =
        if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if harmless.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", harmless.replace('"', "\"\"")) } else { harmless }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_they_must_and_never_a_formula() {
        assert_eq!(quoted("Night Drive"), "Night Drive");
        assert_eq!(quoted("Night, \"Drive\"\n"), "\"Night, \"\"Drive\"\"\n\"");
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("@SUM(A1,A2)"), "\"'@SUM(A1,A2)\"");
        assert!(head().ends_with(",amount,currency\r\n"));
    }
}
