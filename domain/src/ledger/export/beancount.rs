//! A file for beancount (version 2 and later): accounts are opened on their day, each journal is a transaction of the day on which it was posted (UTC),
//! and at the end every balance is asserted, so that `bean-check` fails if a line is lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use chrono::{Days, NaiveDate};

use super::{Books, amount};
use crate::{
    ids::TypedId,
    ledger::{
        entity::{AccountKind, account, journal},
        queries::{Balance, EntryOfAccount},
    },
};

/// The account's name: its kind, and of a party's the digits of the party's id, for names change and are not unique.
fn account_name(account: &account::Model) -> String {
    let kind = match account.kind {
        AccountKind::GatewayClearing => "Assets:Gateway:Clearing",
        AccountKind::Disputed => "Assets:Gateway:Disputed",
        AccountKind::Bank => "Assets:Bank",
        AccountKind::Receivable => "Assets:Receivable",
        AccountKind::Payable => "Liabilities:Payable",
        AccountKind::Suspended => "Liabilities:Suspended",
        AccountKind::RefundsDue => "Liabilities:RefundsDue",
        AccountKind::SplitsParked => "Liabilities:Parked",
        AccountKind::TaxDue => "Liabilities:Tax",
        AccountKind::Sales => "Income:Sales",
        AccountKind::Services => "Income:Services",
        AccountKind::RoyaltiesDue => "Assets:Royalties:Due",
        AccountKind::RoyaltyRecoupable => "Assets:Royalties:Recoupable",
        AccountKind::RoyaltySuspense => "Liabilities:Royalties:Suspense",
        AccountKind::RoyaltyReserves => "Liabilities:Royalties:Reserves",
        AccountKind::RoyaltyDifferences => "Expenses:Royalties:Differences",
        AccountKind::GatewayFees => "Expenses:Gateway:Fees",
        AccountKind::SplitsExpense => "Expenses:Splits",
    };
    match account.party_id {
        Some(party) => format!("{kind}:P{}", party.uuid().simple()),
        // A kind that parties have beside the studio needs a name of its own for the studio's.
        None if account.kind == AccountKind::Suspended => format!("{kind}:Parked"),
        None => kind.to_owned(),
    }
}

pub(super) fn head(books: &Books) -> String {
    let mut text = format!(
        "; Ledgerline's books of {}, up to {}\noption \"title\" {}\noption \"operating_currency\" \"{}\"\n\n",
        one_line(&books.studio.name),
        books.until.to_rfc3339(),
        quoted(&books.studio.name),
        books.studio.currency.code()
    );
    // Several currencies are one account here.
    let mut opened: BTreeMap<String, (NaiveDate, BTreeSet<&str>, Option<&str>)> = BTreeMap::new();
    for Balance { account, .. } in &books.balances {
        let day = account.opened_at.date_naive();
        let entry = opened.entry(account_name(account)).or_insert((day, BTreeSet::new(), books.name(account)));
        entry.0 = entry.0.min(day);
        entry.1.insert(account.currency.code());
    }
    for (name, (day, currencies, party)) in opened {
        let currencies = currencies.into_iter().collect::<Vec<_>>().join(",");
        line(&mut text, format_args!("{day} open {name} {currencies}"));
        if let Some(party) = party {
            line(&mut text, format_args!("  party: {}", quoted(party)));
        }
    }
    text
}

pub(super) fn journal(to: &mut String, journal: &journal::Model, entries: &[EntryOfAccount]) {
    let link = link(&journal.reference).map(|link| format!(" ^{link}")).unwrap_or_default();
    line(to, format_args!("\n{} * {}{link}", journal.posted_at.date_naive(), quoted(&journal.memo)));
    line(to, format_args!("  journal: \"{}\"", journal.id));
    line(to, format_args!("  kind: \"{}\"", journal.kind));
    line(to, format_args!("  source: {}", quoted(&journal.source)));
    line(to, format_args!("  external-id: {}", quoted(&journal.external_id)));
    if let Some(at) = journal.occurred_at {
        line(to, format_args!("  occurred: {}", at.date_naive()));
    }
    for row in entries {
        let (name, amount) = (account_name(&row.account), amount(row));
        line(to, format_args!("  {name}  {} {}", amount.decimal(), amount.currency.code()));
    }
}

/// A balance is asserted at the beginning of a day: of the one behind the last that has been written.
pub(super) fn tail(books: &Books) -> String {
    let until = books.until.date_naive();
    let day = until.checked_add_days(Days::new(1)).unwrap_or(until);
    let mut text = String::from("\n");
    for Balance { account, balance } in &books.balances {
        let name = account_name(account);
        line(&mut text, format_args!("{day} balance {name}  {} {}", balance.decimal(), balance.currency.code()));
    }
    text
}

fn line(to: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(to, "{text}").expect("a string takes what is written");
}

/// A string of the format, on one line.
fn quoted(text: &str) -> String {
    format!("\"{}\"", one_line(text).replace('\\', "\\\\").replace('"', "\\\""))
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A reference as a link, if it is written in letters that a link may have.
fn link(reference: &str) -> Option<&str> {
    let sound = !reference.is_empty() && reference.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_/.".contains(&b));
    sound.then_some(reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_within_their_string() {
        assert_eq!(
            quoted("Say \"hi\" \\ \n2026-01-01 open Assets:Evil"),
            "\"Say \\\"hi\\\" \\\\  2026-01-01 open Assets:Evil\""
        );
        assert_eq!(link("LL-7K3M9Q2X"), Some("LL-7K3M9Q2X"));
        assert_eq!((link("a b"), link("")), (None, None));
    }
}
