//! What a payee has earned over time, in each currency: a few figures, and a picture of bars in a box of 480 by 160 units with its table. And where it goes.

use std::collections::BTreeMap;

use domain::{
    money::Money,
    payouts::{entity::PayeeState, rules::bank::masked},
    royalties::{
        RoyaltyError,
        queries::payees::{Listed, Portal},
        rules::Exact,
    },
};

use super::{
    figures::{exact, period},
    waits,
};
use crate::pages::{texts::t, words};

/// The most statements that are drawn: those of four years, a quarter each.
const MOST_BARS: usize = 16;
/// The box.
const WIDTH: i64 = 480;
const HEIGHT: i128 = 160;

/// Income in one currency.
pub(super) struct IncomeView {
    pub(super) currency: &'static str,
    pub(super) earned: String,
    pub(super) paid: String,
    /// What the newest statement owes, and of that what it pays out.
    pub(super) owed: String,
    pub(super) due: String,
    /// Why the rest waits; empty if nothing does.
    pub(super) waits: String,
    /// Oldest first; none where there is only one, which is no picture.
    pub(super) bars: Vec<Bar>,
    /// Where nothing is.
    pub(super) zero: i64,
}

/// What was earned in a period.
pub(super) struct Bar {
    pub(super) period: String,
    pub(super) amount: String,
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
    pub(super) height: i64,
}

/// The income of a portal, by the currencies' codes.
pub(super) fn of(portal: &Portal) -> Result<Vec<IncomeView>, RoyaltyError> {
    let mut by_currency: BTreeMap<&'static str, Vec<&Listed>> = BTreeMap::new();
    for row in &portal.statements {
        by_currency.entry(row.run.currency.code()).or_default().push(row);
    }
    by_currency.into_iter().map(|(code, rows)| view(portal, code, &rows)).collect()
}

/// The view over the statements of a currency, the newest first.
fn view(portal: &Portal, code: &'static str, rows: &[&Listed]) -> Result<IncomeView, RoyaltyError> {
    let newest = rows[0];
    let currency = newest.run.currency;
    let paid = portal.payments.iter().filter(|row| row.currency == currency);
    let paid = Exact::sum(paid.map(|row| Exact::of_minor(row.amount_minor, currency)))?;
    let drawn: Vec<&Listed> = rows.iter().take(MOST_BARS).rev().copied().collect();
    let heights: Vec<i128> = drawn.iter().map(|row| row.earned.raw()).collect();
    let (zero, boxes) = boxes(&heights);
    let bar = |(row, (x, y, width, height)): (&Listed, Bounds)| Bar {
        period: period(&row.run),
        amount: exact(row.earned, currency),
        x,
        y,
        width,
        height,
    };
    let bars = if drawn.len() < 2 { Vec::new() } else { drawn.into_iter().zip(boxes).map(bar).collect() };
    let amount = |minor| words::amount(Money::new(minor, currency));
    Ok(IncomeView {
        currency: code,
        earned: exact(Exact::sum(rows.iter().map(|row| row.earned))?, currency),
        paid: exact(paid, currency),
        owed: amount(newest.payee.balance_minor),
        due: amount(newest.payee.due_minor),
        waits: waits(&newest.payee),
        bars,
        zero,
    })
}

/// Where a payee's money goes, as far as it is known, and what is missing where it goes nowhere yet.
pub(super) fn route(portal: &Portal) -> String {
    let studio = &portal.studio.name;
    match (&portal.route.account, &portal.route.bank) {
        (Some(account), _) if account.state == PayeeState::Ready => t("royalties-route-service").into(),
        (_, Some(bank)) => t("royalties-route-bank")
            .with("holder", &bank.holder)
            .with("account", &masked(bank.scheme, &bank.account))
            .with("day", &words::day(bank.set_at))
            .with("studio", studio)
            .into(),
        (Some(_), None) => t("royalties-route-waits").into(),
        (None, None) => t("royalties-route-none").with("studio", studio).into(),
    }
}

/// A bar's left and upper edge, its width and its height.
type Bounds = (i64, i64, i64, i64);

/// Where zero is, and the bar of each amount.
fn boxes(amounts: &[i128]) -> (i64, Vec<Bounds>) {
    let up = amounts.iter().copied().max().unwrap_or(0).max(0);
    let down = amounts.iter().copied().min().unwrap_or(0).min(0).saturating_neg();
    let all = up.saturating_add(down).max(1);
    let scaled = |amount: i128| i64::try_from(amount.saturating_mul(HEIGHT) / all).unwrap_or_default();
    let zero = scaled(up);
    let step = WIDTH / i64::try_from(amounts.len().max(1)).unwrap_or(WIDTH);
    let width = (step * 3 / 4).max(1);
    let boxes = (0..).zip(amounts).map(|(place, amount)| {
        let height = scaled(amount.saturating_abs()).max(1);
        let y = if *amount < 0 { zero } else { zero - height };
        (place * step + (step - width) / 2, y.max(0), width, height)
    });
    (zero, boxes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_on_zero_and_hang_from_it() {
        assert_eq!(boxes(&[100, 50]), (160, vec![(30, 0, 180, 160), (270, 80, 180, 80)]));
        assert_eq!(boxes(&[300, -100]), (120, vec![(30, 0, 180, 120), (270, 120, 180, 40)]));
        assert_eq!(boxes(&[0, 0]).1, [(30, 0, 180, 1), (270, 0, 180, 1)], "nothing is a line");
        assert_eq!(boxes(&[]), (0, Vec::new()));
    }
}
