//! Exact figures of statements, and what they are of in time, as their reader writes them.

use chrono::{Datelike, NaiveDate};
use domain::{
    money::Currency,
    royalties::{entity::run, rules::Exact},
};

use crate::pages::{
    texts::{language, t},
    words,
};

/// An exact amount with all its decimals, and at least those of its currency: `EUR 1,234.5675`, in German `1.234,5675 EUR`.
pub(super) fn exact(amount: Exact, currency: Currency) -> String {
    let plain = amount.to_string();
    let (whole, decimals) = plain.split_once('.').unwrap_or((plain.as_str(), ""));
    let least = usize::try_from(currency.decimals()).unwrap_or(2);
    words::in_currency(&format!("{whole}.{decimals:0<least$}"), currency)
}

/// An exact number of units, with all its decimals: `1,203 units`, `1 unit`.
pub(super) fn units(number: Exact) -> String {
    let plain = number.to_string();
    // It decides on the form alone, and need not be exact for that.
    let count: f64 = plain.parse().unwrap_or_default();
    t("royalties-statement-units").with("count", &count).with("units", &language().figures(&plain)).into()
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
    }

    #[test]
    fn units_are_counted_with_all_their_decimals() {
        let read = |text: &str| units(text.parse().unwrap());
        assert_eq!(["1", "0.5", "-1200"].map(read), ["1 unit", "0.5 units", "−1,200 units"]);
        in_german(|| assert_eq!(["1", "1200.5"].map(read), ["1 Einheit", "1.200,5 Einheiten"]));
    }

    #[test]
    fn germans_read_their_own_figures_of_statements() {
        let more = |count: usize| t("royalties-statement-more").with("count", &count).to_string();
        let march = || month(NaiveDate::from_ymd_opt(2026, 3, 31).unwrap());
        assert_eq!((march(), more(1)), ("March 2026".into(), "And 1 more, in the table as well.".into()));
        in_german(|| {
            assert_eq!(exact("-1234.5675".parse().unwrap(), Currency::EUR), "−1.234,5675\u{a0}EUR");
            assert_eq!(march(), "März 2026");
            assert_eq!(more(1), "Und 1 weiterer, auch er in der Tabelle.");
            assert_eq!(more(1_500), "Und 1.500 weitere, alle in der Tabelle.");
        });
    }
}
