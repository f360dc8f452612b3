//! A file of each format, built from its published header.

use interchange::statements::{Agreement, Currency, Description, Options, StatementError, Summary, known};

use super::{cases::CASES, decimal, kept, looked_at, total};

/// `YouTube`'s file does not say its currency.
fn options() -> Options {
    Options { currency: Currency::read("EUR"), ..Options::default() }
}

#[test]
fn every_format_has_a_case_and_every_description_holds() {
    let mut ids: Vec<&str> = known().iter().map(|format| format.id.as_str()).collect();
    let mut cases: Vec<&str> = CASES.iter().map(|case| case.id).collect();
    ids.sort_unstable();
    cases.sort_unstable();
    assert_eq!(ids, cases);
    for format in known() {
        format.check().unwrap();
        let saved = serde_json::to_string(format).unwrap();
        assert_eq!(&serde_json::from_str::<Description>(&saved).unwrap(), format);
    }
}

#[test]
fn each_format_is_read_from_its_published_header_to_the_last_decimal() {
    for case in CASES {
        let text = case.rows().join("\r\n") + "\r\n";
        let (lines, summary) = kept(&text, &options()).unwrap_or_else(|error| panic!("{}: {error}", case.id));
        assert_eq!(summary.layout.format, case.id);
        assert_eq!((summary.layout.separator, summary.layout.header_line), (case.separator, 1), "{}", case.id);
        assert!(summary.tally.faults.first.is_empty(), "{}: {:?}", case.id, summary.tally.faults.first);
        assert!(summary.tally.notices.first.is_empty(), "{}: {:?}", case.id, summary.tally.notices.first);
        assert_eq!((summary.tally.lines, lines.len()), (2, 2), "{}", case.id);
        assert_eq!(total(&summary, case.currency), decimal(case.amounts.2), "{}", case.id);
        assert_eq!(summary.tally.totals.len(), 1, "{}", case.id);
        let first = &lines[0];
        assert_eq!(first.isrc.as_deref(), case.isrc, "{}", case.id);
        assert_eq!(first.upc.as_deref(), case.upc, "{}", case.id);
        assert_eq!(first.quantity, case.quantity.map(decimal), "{}", case.id);
        assert_eq!(first.sold.as_deref(), case.sold, "{}", case.id);
        assert_eq!(first.period.as_deref(), case.period, "{}", case.id);
        assert_eq!(first.codes, case.codes, "{}", case.id);
        assert_eq!(first.texts, case.texts, "{}", case.id);
        assert_eq!(first.currency, case.currency, "{}", case.id);
        assert!(!first.is_adjustment, "{}", case.id);
        assert!(summary.holds(), "{}", case.id);
    }
}

#[test]
fn each_format_is_known_behind_a_preamble_and_with_a_total_of_its_own() {
    for case in CASES {
        let mut cells = vec![""; case.header.len()];
        cells[0] = "Total";
        let amount = case.header.iter().position(|heading| *heading == case.amounts.0).unwrap();
        let comma = ["believe", "orchard_old"].contains(&case.id);
        let says = if comma { case.amounts.2.replace('.', ",") } else { case.amounts.2.to_owned() };
        cells[amount] = &says;
        let mut rows = vec!["Statement of Nova".to_owned(), String::new()];
        rows.extend(case.rows());
        rows.push(case.joined(&cells));
        let summary = looked_at_as_euro(&rows.join("\n")).unwrap_or_else(|error| panic!("{}: {error}", case.id));
        assert_eq!((summary.layout.format.as_str(), summary.layout.header_line), (case.id, 3));
        assert!(summary.tally.faults.first.is_empty(), "{}: {:?}", case.id, summary.tally.faults.first);
        assert_eq!(summary.tally.lines, 2, "the total of {} is no line", case.id);
        assert_eq!(summary.stated.len(), 1, "{}", case.id);
        assert_eq!(summary.stated[0].agreement, Agreement::Exact, "{}", case.id);
    }
}

#[test]
fn releases_that_fuga_counts_in_a_column_of_their_own_are_counted() {
    let case = CASES.iter().find(|case| case.id == "fuga").unwrap();
    let row = |assets: &str, releases: &str| {
        let says = |heading: &&str| match *heading {
            "Asset Quantity" => assets.to_owned(),
            "Product Quantity" => releases.to_owned(),
            "Product UPC" => "190000000012".to_owned(),
            "Reported Royalty" => "0.5".to_owned(),
            "Currency" => "EUR".to_owned(),
            _ => String::new(),
        };
        case.header.iter().map(says).collect::<Vec<String>>().join(",")
    };
    let rows = [row("", "3"), row("0", "4"), row("12", "1"), row("0", "0"), row("", "")];
    let text = [&[case.joined(case.header)][..], &rows].concat().join("\n");
    let (lines, _) = kept(text, &options()).unwrap();
    let counted: Vec<Option<String>> = lines.iter().map(|line| line.quantity.map(|count| count.to_string())).collect();
    let expected = [Some("3"), Some("4"), Some("12"), Some("0"), None].map(|count| count.map(str::to_owned));
    assert_eq!(counted, expected);
}

fn looked_at_as_euro(text: &str) -> Result<Summary, StatementError> {
    kept(text, &options()).map(|(_, summary)| summary)
}

#[test]
fn a_file_that_does_not_say_its_currency_is_not_guessed() {
    let case = CASES.iter().find(|case| case.id == "youtube").unwrap();
    let refused = looked_at(case.rows().join("\n")).unwrap_err();
    assert_eq!(refused.to_string(), "YouTube does not say in which currency it is: name it");
}

#[test]
fn the_currency_in_the_heading_of_the_amounts_is_the_files() {
    let case = CASES.iter().find(|case| case.id == "soundcloud").unwrap();
    let text = case.rows().join("\n").replace("Revenue (USD)", "Revenue (EUR)");
    let summary = looked_at(text).unwrap();
    assert_eq!(total(&summary, "EUR"), decimal("0.03"));
}
