//! Numbers, shares, money, dates and durations as contracts print them. Integers only: what is printed is exact.

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};

use crate::texts::Language;

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Most decimals that an amount of money may have; ISO 4217 knows at most four.
pub const MAX_MONEY_DECIMALS: u8 = 4;

/// One million: a whole, in parts per million.
pub const WHOLE_PPM: u32 = 1_000_000;

/// A whole number with its thousands grouped, for example `100,000`.
pub fn number(value: u64, language: Language) -> String {
    let separator = match language {
        Language::En => ',',
    };
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// Parts per million as an exact percentage without trailing zeros: 333 333 is `33.3333%`.
pub fn percent(share_ppm: u32, language: Language) -> String {
    decimal_percent(u128::from(share_ppm), 4, language)
}

/// A share of a share as an exact percentage: 60 % of 50 % is `30%`. Both in parts per million.
pub fn percent_of(share_ppm: u32, whole_ppm: u32, language: Language) -> String {
    decimal_percent(u128::from(share_ppm) * u128::from(whole_ppm), 10, language)
}

fn decimal_percent(scaled: u128, decimals: usize, language: Language) -> String {
    format!("{}%", decimal(scaled, decimals, true, language))
}

/// What stands before decimals.
pub(crate) const fn point(language: Language) -> char {
    match language {
        Language::En => '.',
    }
}

/// `scaled / 10^decimals` in decimal notation.
fn decimal(scaled: u128, decimals: usize, trim: bool, language: Language) -> String {
    let point = point(language);
    let digits = format!("{scaled:0>width$}", width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let fraction = if trim { fraction.trim_end_matches('0') } else { fraction };
    let whole = whole.parse::<u64>().map_or_else(|_| whole.to_owned(), |value| number(value, language));
    if fraction.is_empty() { whole } else { format!("{whole}{point}{fraction}") }
}

/// An amount with its ISO 4217 code in front, for example `USD 1,299.00` or `JPY 5,000`.
///
/// `minor_units` counts the currency's smallest unit, `decimals` says how many of its digits stand after the point.
pub fn money(minor_units: u64, currency: &str, decimals: u8, language: Language) -> String {
    let amount = decimal(u128::from(minor_units), usize::from(decimals), false, language);
    format!("{currency}\u{a0}{amount}")
}

/// A calendar date in words, for example `23 November 2026`.
pub fn date(date: NaiveDate, language: Language) -> String {
    match language {
        Language::En => {
            format!("{}\u{a0}{} {}", date.day(), ENGLISH_MONTHS[date.month0() as usize], date.year())
        }
    }
}

/// An instant to the second in UTC, for example `23 November 2026, 06:16:20 UTC`.
pub fn instant(instant: DateTime<Utc>, language: Language) -> String {
    format!("{}, {} UTC", date(instant.date_naive(), language), instant.format("%H:%M:%S"))
}

/// A number of months as people say it: `36` is `3 years`, `18` is `18 months`.
pub fn months(months: u16, language: Language) -> String {
    match language {
        Language::En if months == 1 => "1\u{a0}month".to_owned(),
        Language::En if months == 12 => "1\u{a0}year".to_owned(),
        Language::En if months.is_multiple_of(12) => format!("{}\u{a0}years", months / 12),
        Language::En => format!("{months}\u{a0}months"),
    }
}

/// The size of a file, exact, for example `31,752,044 bytes`.
pub fn bytes(bytes: u64, language: Language) -> String {
    match language {
        Language::En if bytes == 1 => "1\u{a0}byte".to_owned(),
        Language::En => format!("{}\u{a0}bytes", number(bytes, language)),
    }
}

/// Beats per minute from thousandths, for example 92 500 is `92.5`.
pub fn bpm(bpm_milli: u32, language: Language) -> String {
    decimal(u128::from(bpm_milli), 3, true, language)
}

/// A number of thousandths, for example 2 500 is `2.5`.
pub fn thousandths(milli: u64, language: Language) -> String {
    decimal(u128::from(milli), 3, true, language)
}

/// The last day of a term of whole months that begins in the course of `starts_on`, as a licence does with its purchase.
///
/// The term ends on the day of the month that it started on; a month that lacks this day ends it on its last day, so that a term
/// begun on 29 February ends on 28 February in a common year. `None` beyond the calendar's range.
pub fn last_day(starts_on: NaiveDate, months: u16) -> Option<NaiveDate> {
    starts_on.checked_add_months(Months::new(u32::from(months)))
}

/// The last day of a term of whole months of which `first` is the first whole day: 24 months from 1 December 2026 end with 30 November 2028.
///
/// It is the day before the one on which another such term would begin; where the month lacks that day, it is the month's last. `None`
/// beyond the calendar's range.
pub fn last_day_from(first: NaiveDate, months: u16) -> Option<NaiveDate> {
    let next = last_day(first, months)?;
    if next.day() == first.day() { next.pred_opt() } else { Some(next) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EN: Language = Language::En;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(0, EN), "0");
        assert_eq!(number(999, EN), "999");
        assert_eq!(number(10_000, EN), "10,000");
        assert_eq!(number(u64::MAX, EN), "18,446,744,073,709,551,615");
    }

    #[test]
    fn money_keeps_every_minor_unit() {
        assert_eq!(money(129_900, "USD", 2, EN), "USD\u{a0}1,299.00");
        assert_eq!(money(5, "EUR", 2, EN), "EUR\u{a0}0.05");
        assert_eq!(money(5_000, "JPY", 0, EN), "JPY\u{a0}5,000");
        assert_eq!(money(12_345, "KWD", 3, EN), "KWD\u{a0}12.345");
        assert_eq!(money(u64::MAX, "USD", 2, EN), "USD\u{a0}184,467,440,737,095,516.15");
    }

    #[test]
    fn shares_are_exact() {
        assert_eq!(percent(0, EN), "0%");
        assert_eq!(percent(1, EN), "0.0001%");
        assert_eq!(percent(500_000, EN), "50%");
        assert_eq!(percent(333_333, EN), "33.3333%");
        assert_eq!(percent(WHOLE_PPM, EN), "100%");
        assert_eq!(percent_of(333_333, 500_000, EN), "16.66665%");
        assert_eq!(percent_of(1, 1, EN), "0.0000000001%");
    }

    #[test]
    fn times_are_said_in_words() {
        assert_eq!(date(day(2026, 11, 3), EN), "3\u{a0}November 2026");
        assert_eq!(
            instant(day(2026, 11, 23).and_hms_opt(6, 5, 4).unwrap().and_utc(), EN),
            "23\u{a0}November 2026, 06:05:04 UTC"
        );
        assert_eq!(months(36, EN), "3\u{a0}years");
        assert_eq!(months(12, EN), "1\u{a0}year");
        assert_eq!(months(18, EN), "18\u{a0}months");
        assert_eq!(months(1, EN), "1\u{a0}month");
        assert_eq!(bpm(140_000, EN), "140");
        assert_eq!(bpm(92_500, EN), "92.5");
        assert_eq!(bytes(1, EN), "1\u{a0}byte");
        assert_eq!(bytes(31_752_044, EN), "31,752,044\u{a0}bytes");
    }

    #[test]
    fn a_term_ends_on_its_own_day_or_on_the_months_last() {
        assert_eq!(last_day(day(2026, 11, 23), 36), Some(day(2029, 11, 23)));
        assert_eq!(last_day(day(2028, 2, 29), 12), Some(day(2029, 2, 28)));
        assert_eq!(last_day(day(2028, 2, 29), 48), Some(day(2032, 2, 29)));
        assert_eq!(last_day(day(2026, 8, 31), 6), Some(day(2027, 2, 28)));
    }

    #[test]
    fn a_term_of_whole_days_ends_on_the_day_before_the_next() {
        assert_eq!(last_day_from(day(2026, 12, 1), 24), Some(day(2028, 11, 30)));
        assert_eq!(last_day_from(day(2026, 12, 1), 1), Some(day(2026, 12, 31)));
        assert_eq!(last_day_from(day(2027, 1, 15), 12), Some(day(2028, 1, 14)));
        assert_eq!(last_day_from(day(2028, 2, 29), 12), Some(day(2029, 2, 28)));
        assert_eq!(last_day_from(day(2028, 2, 29), 48), Some(day(2032, 2, 28)));
        assert_eq!(last_day_from(day(2026, 8, 31), 6), Some(day(2027, 2, 28)));
        assert_eq!(last_day_from(NaiveDate::MAX, 1), None);
    }

    proptest! {
        #[test]
        fn a_percentage_reads_back_as_the_same_share(share_ppm in 0..=WHOLE_PPM) {
            let text = percent(share_ppm, EN);
            let text = text.strip_suffix('%').unwrap();
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            prop_assert!(!text.contains('.') || !text.ends_with('0'));
            let read: u32 = format!("{whole}{fraction:0<4}").parse().unwrap();
            prop_assert_eq!(read, share_ppm);
        }

        #[test]
        fn a_share_of_the_whole_is_the_share(share_ppm in 0..=WHOLE_PPM) {
            prop_assert_eq!(percent_of(share_ppm, WHOLE_PPM, EN), percent(share_ppm, EN));
            prop_assert_eq!(percent_of(WHOLE_PPM, share_ppm, EN), percent(share_ppm, EN));
        }

        #[test]
        fn an_amount_reads_back_as_the_same_minor_units(minor in any::<u64>(), decimals in 0..=MAX_MONEY_DECIMALS) {
            let text = money(minor, "XTS", decimals, EN);
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            prop_assert_eq!(digits.parse::<u64>().unwrap(), minor);
            prop_assert_eq!(text.split_once('.').map_or(0, |(_, f)| f.len()), usize::from(decimals));
        }

        #[test]
        fn a_grouped_number_reads_back(value in any::<u64>()) {
            prop_assert_eq!(number(value, EN).replace(',', "").parse::<u64>().unwrap(), value);
        }
    }
}
