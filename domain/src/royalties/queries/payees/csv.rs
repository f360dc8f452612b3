//! A statement as a table: every amount with all its decimals.

use chrono::NaiveDate;

use super::view::{AccountView, StatementView};
use crate::{
    ledger::export::csv_cell,
    money::Money,
    royalties::{
        RoyaltyError,
        entity::ChargeKind,
        rules::{Exact, Subject},
    },
};

/// What stands in the first line.
pub const COLUMNS: [&str; 12] = [
    "statement",
    "period_from",
    "period_through",
    "account",
    "entry",
    "on",
    "subject",
    "title",
    "units",
    "amount",
    "currency",
    "note",
];

/// A line of the table, without what stands in all of them.
#[derive(Default)]
struct Line<'a> {
    account: &'a str,
    entry: &'a str,
    on: Option<NaiveDate>,
    subject: Option<Subject>,
    title: &'a str,
    units: Option<Exact>,
    amount: String,
    note: &'a str,
}

/// A statement as a table, quoted as RFC 4180 says: for each account its opening balance, what it earned of what, what was set off, and its closing balance, of
/// which each is a line; then what is charged, what is held back, and what is paid. A cell of words that a spreadsheet would take for a formula has an
/// apostrophe in front.
///
/// # Errors
/// If the amounts do not fit.
pub fn csv_of(view: &StatementView) -> Result<String, RoyaltyError> {
    let mut table = format!("{}\r\n", COLUMNS.join(","));
    for account in &view.accounts {
        write_account(&mut table, view, account)?;
    }
    let minor = |minor| Money::new(minor, view.run.currency).decimal();
    let reason = view.payee.reason.as_deref().unwrap_or_default();
    write(&mut table, view, &Line { entry: "balance", amount: minor(view.payee.balance_minor), ..Line::default() });
    let note = view.payee.waits_for.map_or(reason, |waits| if reason.is_empty() { waits.word() } else { reason });
    write(&mut table, view, &Line { entry: "due", amount: minor(view.payee.due_minor), note, ..Line::default() });
    Ok(table)
}

fn write_account(table: &mut String, view: &StatementView, of: &AccountView) -> Result<(), RoyaltyError> {
    let (row, currency) = (&of.account, view.run.currency);
    let account = row.account_group.as_str();
    let minor = |minor: i64| Money::new(minor, currency).decimal();
    let mut step = |entry, amount| write(table, view, &Line { account, entry, amount, ..Line::default() });
    step("opening", minor(row.opening_minor));
    step("paid", minor(-of.paid_minor()?));
    for activity in &of.activities {
        let subject = activity.subject();
        let title = subject.as_ref().and_then(|subject| view.titles.get(subject)).map_or("", String::as_str);
        let line = Line {
            account,
            entry: activity.kind.word(),
            subject,
            title,
            units: Some(activity.units),
            amount: activity.amount.to_string(),
            ..Line::default()
        };
        write(table, view, &line);
    }
    let mut step = |entry, amount| write(table, view, &Line { account, entry, amount, ..Line::default() });
    step("held", minor(-row.held_minor));
    step("released", minor(row.released_minor));
    step("adjusted", of.adjusted(currency)?.to_string());
    step("costs", minor(-row.costs_minor));
    step("tax", minor(-row.tax_minor));
    step("advances", minor(-row.advances_minor));
    step("closing", minor(row.closing_minor));
    step("unrecouped", minor(row.unrecouped_minor));
    for charge in of.charges.iter().filter(|charge| charge.kind != ChargeKind::Payment) {
        let (entry, on, note) = (charge.kind.word(), Some(charge.on_date), charge.note.as_str());
        let amount = minor(charge.amount_minor);
        write(table, view, &Line { account, entry, on, amount, note, ..Line::default() });
    }
    for reserve in &of.reserves {
        let (on, amount) = (Some(reserve.release_on), minor(reserve.amount_minor));
        write(table, view, &Line { account, entry: "reserve", on, amount, ..Line::default() });
    }
    Ok(())
}

fn write(table: &mut String, view: &StatementView, line: &Line<'_>) {
    let cells = [
        view.statement.reference.clone(),
        view.run.from_on.to_string(),
        view.run.through_on.to_string(),
        csv_cell(line.account),
        line.entry.to_owned(),
        line.on.map_or_else(String::new, |on| on.to_string()),
        line.subject.as_ref().map_or_else(String::new, ToString::to_string),
        csv_cell(line.title),
        line.units.map_or_else(String::new, |units| units.to_string()),
        line.amount.clone(),
        view.run.currency.code().to_owned(),
        csv_cell(line.note),
    ];
    table.push_str(&cells.join(","));
    table.push_str("\r\n");
}
