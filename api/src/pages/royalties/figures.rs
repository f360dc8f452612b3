//! Exact figures of statements, and what they are of in time, as their reader writes them.

use chrono::{Datelike, NaiveDate};
use domain::{
    money::{Currency, grouped},
    royalties::{entity::run, rules::Exact},
};

use crate::pages::{
    texts::{Language, language, t},
    words,
};

/// An exact amount with all its decimals, and at least those of its currency: `EUR 1,234.5675`, in German `1.234,5675 EUR`.
pub(super) fn exact(amount: Exact, currency: Currency) -> String {
    let (sign, number) = signed(amount);
    let (whole, decimals) = number.split_once('.').unwrap_or((number.as_str(), ""));
    let least = usize::try_from(currency.decimals()).unwrap_or(2);
    let point = if least == 0 && decimals.is_empty() { "" } else { "." };
    let figures = language().figures(&format!("{}{point}{decimals:0<least$}", grouped(whole)));
    match language() {
        Language::English => format!("{sign}{currency}\u{a0}{figures}"),
        Language::German => format!("{sign}{figures}\u{a0}{currency}"),
    }
}

/// An exact number of units.
pub(super) fn units(number: Exact) -> String {
    let (sign, number) = signed(number);
    let (whole, decimals) = number.split_once('.').unwrap_or((number.as_str(), ""));
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{sign}{}", language().figures(&format!("{}{point}{decimals}", grouped(whole))))
}

fn signed(number: Exact) -> (&'static str, String) {
    let text = number.to_string();
    let digits = text.strip_prefix('-').map(str::to_owned);
    digits.map_or_else(|| ("", text), |digits| ("−", digits))
}

/// What a run is of: `1 January 2026 to 31 March 2026`.
pub(super) fn period(run: &run::Model) -> String {
    let (from, through) = (words::date(run.from_on), words::date(run.through_on));
    t("royalties-span").with("from", &from).with("through", &through).into()
}

/// A month: `March 2026`.
pub(super) fn month(day: NaiveDate) -> String {
    let name = t(words::MONTHS[day.month0() as usize]);
    t("royalties-month").with("month", &name).with("year", &day.year().to_string()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::texts::in_german;

    #[test]
    fn exact_amounts_have_all_their_decimals_and_at_least_those_of_their_currency() {
        let read = |text: &str, currency| exact(text.parse().unwrap(), currency);
        assert_eq!(read("1234.5", Currency::EUR), "EUR\u{a0}1,234.50");
        assert_eq!(read("-0.000000000000000001", Currency::EUR), "−EUR\u{a0}0.000000000000000001");
        assert_eq!(read("7", Currency::JPY), "JPY\u{a0}7");
        assert_eq!(read("7.25", Currency::JPY), "JPY\u{a0}7.25");
        assert_eq!((units(Exact::whole(-1_200)), units("0.5".parse().unwrap())), ("−1,200".into(), "0.5".into()));
    }

    #[test]
    fn germans_read_their_own_figures_of_statements() {
        let more = |count: usize| t("royalties-statement-more").with("count", &count).to_string();
        let march = || month(NaiveDate::from_ymd_opt(2026, 3, 31).unwrap());
        assert_eq!((march(), more(1)), ("March 2026".into(), "And 1 more, in the table as well.".into()));
        in_german(|| {
            assert_eq!(exact("-1234.5675".parse().unwrap(), Currency::EUR), "−1.234,5675\u{a0}EUR");
            assert_eq!((units(Exact::whole(1_200)), march()), ("1.200".into(), "März 2026".into()));
            assert_eq!(more(1), "Und 1 weiterer, auch er in der Tabelle.");
            assert_eq!(more(1_500), "Und 1.500 weitere, alle in der Tabelle.");
        });
    }
}
