//! What should not be in a statement, each with its defined outcome.

use interchange::statements::{Agreement, Decimal, Description, Options, StatementError, inspect, known};

use super::{DISTROKID, decimal, distrokid, earning, kept, lines, looked_at, total};

/// The fault of the only line that is not taken.
fn fault(text: &str) -> (u64, String) {
    let summary = looked_at(text).expect("the file is read");
    assert_eq!(summary.tally.faults.count, 1, "{:?}", summary.tally.faults);
    assert!(!summary.holds());
    let found = &summary.tally.faults.first[0];
    (found.place.line, found.fault.to_string())
}

#[test]
fn amounts_with_the_marks_of_other_countries_are_faults_beside_points_and_amounts_where_all_have_them() {
    let (line, said) = fault(&earning(&["0.5", "1.234,56", "0.25"]));
    assert_eq!(line, 3);
    assert_eq!(
        said,
        "Earnings (USD): \"1.234,56\" is not taken, for its marks are not those of the file, or its thousands are not in threes; \
         write it like 1234.56, or teach the format with a comma as its decimal mark"
    );
    let (_, said) = fault(&earning(&["0.5", "1,234"]));
    assert!(said.contains("it may be more than a thousand, or a little more than one"), "{said}");
    let summary = looked_at(earning(&["0,5", "1.234,56", "1,234"])).unwrap();
    assert_eq!(total(&summary, "USD"), decimal("1236.294"));
}

#[test]
fn negative_lines_zero_lines_and_parentheses_are_lines() {
    let summary = looked_at(earning(&["(12.30)", "-0.000000000001", "0", "12.3"])).unwrap();
    assert_eq!(total(&summary, "USD"), decimal("-0.000000000001"));
    assert_eq!((summary.tally.negative_lines, summary.tally.zero_lines, summary.tally.lines), (2, 1, 4));
}

#[test]
fn the_same_line_twice_counts_twice() {
    let summary = looked_at(earning(&["0.1", "0.1"])).unwrap();
    assert_eq!((total(&summary, "USD"), summary.tally.lines), (decimal("0.2"), 2));
}

#[test]
fn a_code_in_lower_case_with_hyphens_is_the_code_and_what_is_none_is_told() {
    let rows = ["qz-ab1-26-00001", "not a code", ""].map(|isrc| distrokid("A", isrc, "1", "0.1"));
    let (lines, summary) = kept(lines(&[&[DISTROKID.to_owned()][..], &rows].concat()), &Options::default()).unwrap();
    let isrcs: Vec<Option<&str>> = lines.iter().map(|line| line.isrc.as_deref()).collect();
    assert_eq!(isrcs, [Some("QZAB12600001"), None, None]);
    assert_eq!(summary.tally.notices.count, 1);
    let notice = &summary.tally.notices.first[0];
    assert_eq!((notice.place.line, notice.fault.field.as_str()), (3, "ISRC"));
    assert!(summary.holds(), "the money is there all the same");
}

#[test]
fn ten_megabytes_in_one_cell_are_refused_by_line_and_column() {
    for title in ["x".repeat(10_000_000), format!("\"{}\"", "x\n".repeat(5_000_000)), "x".repeat(70_000)] {
        let rows = [distrokid("A", "QZAB12600001", "1", "0.1"), distrokid(&title, "QZAB12600001", "1", "0.1")];
        let refused = looked_at(lines(&[&[DISTROKID.to_owned()][..], &rows].concat())).unwrap_err();
        assert!(matches!(refused, StatementError::CellTooLarge { line: 3, column: 6, .. }), "{refused}");
    }
}

#[test]
fn a_record_without_an_end_is_refused() {
    let refused = looked_at("a,".repeat(1 << 20)).unwrap_err();
    assert!(matches!(refused, StatementError::RecordTooLarge { line: 1, .. }), "{refused}");
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_refused_with_its_line() {
    let rows = [distrokid("A", "QZAB12600001", "1", "0.1"), distrokid("\"Heroes", "QZAB12600001", "1", "0.1")];
    let refused = looked_at(lines(&[&[DISTROKID.to_owned()][..], &rows].concat())).unwrap_err();
    assert!(matches!(refused, StatementError::OpenQuote { line: 3 }), "{refused}");
}

#[test]
fn a_quotation_mark_that_another_title_closes_swallows_no_line_in_silence() {
    for closing in ["\"Heroes\"", "12\""] {
        let rows = ["\"Weird", "Between", closing, "Behind"].map(|title| distrokid(title, "QZAB12600001", "1", "0.1"));
        let summary = looked_at(lines(&[&[DISTROKID.to_owned()][..], &rows].concat())).unwrap();
        assert_eq!((summary.tally.lines, summary.tally.faults.count), (1, 1), "{closing}");
        let found = &summary.tally.faults.first[0];
        assert_eq!((found.place.line, found.fault.field.as_str()), (2, "Title"));
        assert_eq!(
            found.fault.problem, "a quotation mark opens here, and the next one closes it 2 lines later",
            "{closing}"
        );
        assert!(!summary.holds());
    }
    let rows = ["\"Weird", "12\""].map(|title| distrokid(title, "QZAB12600001", "1", "0.1"));
    let unquoted = Description { unquoted: true, ..known()[0].clone() };
    let text = lines(&[&[DISTROKID.to_owned()][..], &rows].concat());
    let summary = inspect(std::io::Cursor::new(text), &[unquoted], &Options::default()).unwrap();
    assert_eq!((summary.tally.lines, summary.tally.faults.count), (2, 0));
}

#[test]
fn zeros_are_no_text_wherever_they_come() {
    for rows in [1, 30_000] {
        let text = earning(&vec!["0.1"; rows]) + &distrokid("A\0B", "QZAB12600001", "1", "0.1");
        let refused = looked_at(text).unwrap_err();
        assert!(matches!(refused, StatementError::NotText { .. }), "{refused}");
    }
}

#[test]
fn a_total_row_is_no_line_and_is_held_against_them() {
    let with = |row: &str| looked_at(earning(&["0.004", "0.003"]) + row + "\n").unwrap();
    let tabs = "\t".repeat(12);
    for (row, agreement) in [
        (format!("Total\t{tabs}0.007\t"), Agreement::Exact),
        (format!("\tTOTAL (USD):{}0.007\t", "\t".repeat(12)), Agreement::Exact),
        ("Grand Total\t0.007".to_owned(), Agreement::Exact),
        (format!("Total\t{tabs}0.01\t"), Agreement::Rounded { difference: decimal("0.003") }),
        (format!("Total\t{tabs}1.007\t"), Agreement::Differs { difference: decimal("1") }),
    ] {
        let summary = with(&row);
        assert_eq!((summary.tally.lines, summary.stated.len()), (2, 1), "{row}: {:?}", summary.tally.faults);
        assert_eq!(total(&summary, "USD"), decimal("0.007"), "{row}");
        assert_eq!(summary.stated[0].agreement, agreement, "{row}");
        assert_eq!(summary.stated[0].place.line, 4, "{row}");
        assert_eq!(summary.holds(), agreement.holds(), "{row}");
    }
}

#[test]
fn numbers_alone_are_neither_a_line_nor_passed_over() {
    let (line, said) = fault(&(earning(&["0.1"]) + &"\t".repeat(13) + "0.1\t\n"));
    assert_eq!(line, 3);
    assert!(said.contains("it may be a total"), "{said}");
}

#[test]
fn a_rounding_adjustment_is_money_of_its_own() {
    let row = format!("Rounding Adjustment{}-0.001\t\n", "\t".repeat(13));
    let (lines, summary) = kept(earning(&["0.004"]) + &row, &Options::default()).unwrap();
    assert_eq!((summary.tally.lines, summary.tally.adjustments), (2, 1));
    assert!(lines[1].is_adjustment && lines[1].isrc.is_none());
    assert_eq!(total(&summary, "USD"), decimal("0.003"));
}

#[test]
fn a_song_called_total_is_a_song() {
    let text = lines(&[DISTROKID.to_owned(), distrokid("Total", "", "1", "0.1")]);
    let summary = looked_at(text).unwrap();
    assert_eq!((summary.tally.lines, summary.stated.len()), (1, 0));
}

#[test]
fn mixed_currencies_are_added_up_apart() {
    let header = "date,paid to,item type,item name,artist,currency,item price,quantity,discount code,sub total,transaction fee,fee type,item total,amount you received,bandcamp transaction id,paypal transaction id,net amount";
    let row = |currency: &str, amount: &str| format!("1/15/26 3:07am,,track,Song,Nova,{currency},,1,,,,,,,,,{amount}");
    let rows = [header.to_owned(), row("USD", "1.5"), row("jpy", "300"), row("USD", "0.25"), row("", "9")];
    let total_row = |label: &str, amount: &str| format!("{label}{}{amount}", ",".repeat(16));
    let totals = [total_row("Total", "301.75"), total_row("Total (USD)", "1.75"), total_row("Total JPY:", "301")];
    let summary = looked_at(lines(&[&rows[..], &totals].concat())).unwrap();
    assert_eq!((total(&summary, "USD"), total(&summary, "JPY")), (decimal("1.75"), decimal("300")));
    assert_eq!(summary.tally.faults.first[0].fault.field, "currency");
    assert_eq!((summary.stated[0].currency, summary.stated[0].agreement), (None, Agreement::Unknown));
    let stated = |at: usize| (summary.stated[at].currency.map(|code| code.to_string()), summary.stated[at].agreement);
    assert_eq!(stated(1), (Some("USD".to_owned()), Agreement::Exact));
    assert_eq!(stated(2), (Some("JPY".to_owned()), Agreement::Differs { difference: decimal("1") }));
}

#[test]
fn rows_of_another_length_are_faults_and_blank_ones_are_not() {
    let row = distrokid("A", "QZAB12600001", "1", "0.1");
    let blank = "\t".repeat(14);
    let text =
        lines(&[DISTROKID.to_owned(), row.clone(), String::new(), blank, format!("{row}\t\t"), format!("{row}\tx")]);
    let summary = looked_at(text).unwrap();
    assert_eq!((summary.tally.lines, summary.tally.blank_rows, summary.tally.faults.count), (2, 2, 1));
    let found = &summary.tally.faults.first[0];
    assert_eq!((found.place.line, found.fault.problem.as_str()), (6, "the row has 16 cells where the header has 15"));
}

#[test]
fn empty_amounts_wrong_dates_and_endless_sums_are_faults() {
    let (_, said) = fault(&earning(&["0.5", ""]));
    assert!(said.contains("it is empty"), "{said}");
    let (_, said) = fault(&earning(&["0.5"]).replace("2026-07", "2026-17"));
    assert!(said.starts_with("Sale Month: \"2026-17\" is not taken, for it is no date"), "{said}");
    let (_, said) = fault(&earning(&["0.5", "0.1234567890123456789"]));
    assert!(said.contains("more than 18 decimal places"), "{said}");
    let large = vec!["999999999999999"; 200_000];
    assert!(matches!(looked_at(earning(&large)), Err(StatementError::TooMuch)));
}

#[test]
fn what_is_no_statement_is_named() {
    assert!(matches!(looked_at(""), Err(StatementError::Empty)));
    assert!(matches!(looked_at("\n \n"), Err(StatementError::Empty)));
    assert!(matches!(looked_at("%PDF-1.7\n"), Err(StatementError::NotText { what: "a PDF", .. })));
    assert!(matches!(looked_at(b"\x00\x00\x00\x18ftypmp42"), Err(StatementError::NotText { .. })));
    assert!(matches!(looked_at("hello"), Err(StatementError::Drift(_))));
    let summary = looked_at(DISTROKID).unwrap();
    assert_eq!((summary.tally.lines, summary.tally.totals.len()), (0, 0));
}

#[test]
fn only_a_hundred_faults_are_kept_and_all_are_counted() {
    let summary = looked_at(earning(&vec!["?"; 30_000])).unwrap();
    assert_eq!((summary.tally.faults.count, summary.tally.faults.first.len()), (30_000, 100));
    let lines: Vec<u64> = summary.tally.faults.first.iter().map(|fault| fault.place.line).collect();
    assert_eq!(lines, (2..102).collect::<Vec<u64>>());
    assert_eq!(summary.tally.totals.values().map(|total| total.amount).max(), None::<Decimal>);
}

#[test]
fn a_country_that_there_is_not_is_told_and_its_line_is_taken() {
    let row = distrokid("Night Drive", "QZAB12600001", "10", "0.5");
    let places = ["Narnia", "usa", "OU", "DE", ""].map(|place| row.replace("\tUS\t", &format!("\t{place}\t")));
    let summary = looked_at(lines(&[&[DISTROKID.to_owned()][..], &places].concat())).unwrap();
    assert_eq!((summary.tally.lines, summary.tally.notices.count), (5, 1));
    let notice = &summary.tally.notices.first[0];
    assert_eq!(notice.place.line, 2);
    assert_eq!(
        notice.fault.to_string(),
        "Country of Sale: \"Narnia\" is no country that is known; write the country's two letters, such as GB, or its name in English"
    );
}
