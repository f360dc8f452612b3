//! Amounts, exactly.

use interchange::statements::{DateError, DateOrder, Decimal, Isrc, Iswc, Mark, NumberError, Span, Upc};
use proptest::prelude::*;

use super::{decimal, earning, looked_at, total};

fn point(text: &str) -> Result<String, NumberError> {
    Decimal::read(text, Mark::Point).map(|number| number.to_string())
}

fn comma(text: &str) -> Result<String, NumberError> {
    Decimal::read(text, Mark::Comma).map(|number| number.to_string())
}

#[test]
fn every_way_to_write_an_amount_is_read_exactly() {
    let said = [
        ("0", "0"),
        ("-0", "0"),
        ("0.000000000001", "0.000000000001"),
        ("0.000000000000000001", "0.000000000000000001"),
        ("12.10", "12.1"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+5", "5"),
        ("-12.30", "-12.3"),
        ("(12.30)", "-12.3"),
        ("12.30-", "-12.3"),
        ("\u{2212}12.30", "-12.3"),
        (" 12.30 ", "12.3"),
        ("1,234.56", "1234.56"),
        ("1 234.56", "1234.56"),
        ("1\u{202f}234.56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1,234,567", "1234567"),
        ("1.5E-05", "0.000015"),
        ("2e3", "2000"),
        ("999999999999999.999999999999999999", "999999999999999.999999999999999999"),
    ];
    for (text, expected) in said {
        assert_eq!(point(text).as_deref(), Ok(expected), "{text}");
    }
    for (text, expected) in [("1.234,56", "1234.56"), ("0,258066", "0.258066"), ("(1,5)", "-1.5"), ("1,234", "1.234")] {
        assert_eq!(comma(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn what_could_be_another_number_is_not_read() {
    for text in ["1.234,56", "0,5", "12,30", "1,23,456", "0,004", "1.2.3", ",5"] {
        assert_eq!(point(text), Err(NumberError::Marks), "{text}");
    }
    assert_eq!(comma("1,234.56"), Err(NumberError::Marks));
    assert_eq!(point("1,234"), Err(NumberError::Ambiguous));
    assert_eq!(comma("1.234"), Err(NumberError::Ambiguous));
    assert_eq!(Decimal::read_count("1,234", Mark::Point), Ok(decimal("1234")));
    for text in ["x", "-", "--5", "(-5)", "(5", "1e", "0x10", "NaN", "$5", "٣"] {
        assert_eq!(point(text), Err(NumberError::NotANumber), "{text}");
    }
    assert_eq!(point("  "), Err(NumberError::Empty));
    assert_eq!(point("0.0000000000000000001"), Err(NumberError::TooFine));
    assert_eq!(point("1000000000000000"), Err(NumberError::TooLarge));
    assert_eq!(point("1e30"), Err(NumberError::TooLarge));
}

#[test]
fn dates_are_read_as_far_as_they_say() {
    let said = |text: &str, order| Span::read(text, order).map(|span| format!("{}/{}", span.from, span.to));
    for (text, expected) in [
        ("2026-07-31", "2026-07-31/2026-07-31"),
        ("2026-02", "2026-02-01/2026-02-28"),
        ("202602", "2026-02-01/2026-02-28"),
        ("2026M2", "2026-02-01/2026-02-28"),
        ("Feb-26", "2026-02-01/2026-02-28"),
        ("02/2026", "2026-02-01/2026-02-28"),
        ("5 Sept 2026", "2026-09-05/2026-09-05"),
        ("2026Q3", "2026-07-01/2026-09-30"),
        ("Q4 2026", "2026-10-01/2026-12-31"),
        ("2026", "2026-01-01/2026-12-31"),
        ("31.12.2026", "2026-12-31/2026-12-31"),
        ("12/31/2026", "2026-12-31/2026-12-31"),
        ("2026-07-31T10:00:00Z", "2026-07-31/2026-07-31"),
        ("Jan 2026 - Mar 2026", "2026-01-01/2026-03-31"),
    ] {
        assert_eq!(said(text, None).as_deref(), Ok(expected), "{text}");
    }
    assert_eq!(said("05/06/2026", None), Err(DateError::Ambiguous));
    assert_eq!(said("05/06/2026", Some(DateOrder::DayFirst)).as_deref(), Ok("2026-06-05/2026-06-05"));
    assert_eq!(said("05/06/2026", Some(DateOrder::MonthFirst)).as_deref(), Ok("2026-05-06/2026-05-06"));
    for text in ["2026-13", "2026-02-30", "Spotify", "1", "31/31/2026", "2026-03 - 2026-01"] {
        assert_eq!(said(text, None), Err(DateError::NotADate), "{text}");
    }
}

#[test]
fn codes_have_one_form() {
    for text in ["qz-ab1-26-00001", "QZAB12600001", "ISRC QZ AB1 26 00001"] {
        assert_eq!(Isrc::read(text).map(|code| code.to_string()).as_deref(), Some("QZAB12600001"), "{text}");
    }
    assert_eq!(Isrc::read("ISRC12345678").map(|code| code.to_string()).as_deref(), Some("ISRC12345678"));
    for text in ["", "QZAB1260000", "QZAB126000011", "Q1AB12600001", "QZAB1260000X", "9780306406157"] {
        assert_eq!(Isrc::read(text), None, "{text}");
    }
    assert_eq!(Iswc::read("t-034.524.680-1").map(|code| code.to_string()).as_deref(), Some("T0345246801"));
    assert_eq!(Iswc::read("X0345246801"), None);
    assert_eq!(Upc::read("190000000012"), Upc::read("'0190000000012"));
    assert_eq!(Upc::read("1.9E+11"), None);
}

proptest! {
    #[test]
    fn a_decimal_comes_back_the_same(units in -(10_i128.pow(33) - 1)..10_i128.pow(33)) {
        let number = Decimal::from_units(units);
        prop_assert_eq!(number.to_string().parse::<Decimal>(), Ok(number));
        let comma = number.to_string().replace('.', ",");
        prop_assert_eq!(Decimal::read(&comma, Mark::Comma), Ok(number));
        let json = serde_json::to_string(&number).unwrap();
        prop_assert_eq!(serde_json::from_str::<Decimal>(&json).unwrap(), number);
    }

    #[test]
    fn the_sum_of_a_file_is_the_sum_of_its_lines(
        amounts in proptest::collection::vec(-1_000_000_000_000_000_i64..1_000_000_000_000_000, 1..60),
    ) {
        let amounts: Vec<Decimal> = amounts.iter().map(|pico| Decimal::from_units(i128::from(*pico) * 1_000_000)).collect();
        let texts: Vec<String> = amounts.iter().map(ToString::to_string).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let summary = looked_at(earning(&texts)).unwrap();
        let sum = amounts.iter().fold(Decimal::ZERO, |sum, amount| sum.checked_add(*amount).unwrap());
        prop_assert_eq!(total(&summary, "USD"), sum);
        prop_assert_eq!(summary.tally.lines, amounts.len() as u64);
    }

    #[test]
    fn no_text_is_read_as_another_number(text in "[0-9.,() eE$-]{0,12}") {
        for mark in [Mark::Point, Mark::Comma] {
            if let Ok(number) = Decimal::read(&text, mark) {
                prop_assert_eq!(number.to_string().parse::<Decimal>(), Ok(number));
            }
        }
    }
}
