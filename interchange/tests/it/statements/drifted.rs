//! Headers that are nearly those of a format: none is guessed, and each difference is told.

use interchange::statements::{
    Change, Column, Currency, Description, Drift, Field, Options, StatementError, inspect, known,
};

use super::{DISTROKID, cases::CASES, distrokid, lines, looked_at, total};

/// The drift that a header of these headings is refused by, with a line behind it.
fn drift(headings: &[&str], separator: char) -> Drift {
    let separator = separator.to_string();
    let cells = vec!["1"; headings.len()];
    let text = lines(&[headings.join(&separator), cells.join(&separator)]);
    match looked_at(text) {
        Err(StatementError::Drift(drift)) => *drift,
        other => panic!("{headings:?}: {other:?}"),
    }
}

fn changes(drift: &Drift, of: &str) -> Vec<Change> {
    let nearest = drift.nearest.as_ref().expect("a format is near");
    assert_eq!(nearest.id, of);
    nearest.changes.clone()
}

#[test]
fn a_renamed_column_is_told() {
    for case in CASES {
        let mut headings = case.header.to_vec();
        headings[1] = "Something Else";
        let drift = drift(&headings, case.separator);
        let (from, to) = (case.header[1].to_owned(), "Something Else".to_owned());
        assert_eq!(changes(&drift, case.id), [Change::Renamed { column: 2, from, to }], "{}", case.id);
    }
}

#[test]
fn swapped_columns_are_told() {
    for case in CASES {
        let mut headings = case.header.to_vec();
        headings.swap(0, 2);
        let drift = drift(&headings, case.separator);
        let (first, second) = (case.header[0].to_owned(), case.header[2].to_owned());
        assert_eq!(changes(&drift, case.id), [Change::Swapped { first, second }], "{}", case.id);
    }
}

#[test]
fn an_added_column_is_told() {
    for case in CASES {
        let mut headings = case.header.to_vec();
        headings.insert(1, "Bonus");
        let drift = drift(&headings, case.separator);
        let added = Change::Added { column: 2, heading: "Bonus".to_owned() };
        assert_eq!(changes(&drift, case.id), [added], "{}", case.id);
    }
}

#[test]
fn a_missing_column_is_told() {
    for case in CASES {
        let mut headings = case.header.to_vec();
        headings.remove(1);
        let drift = drift(&headings, case.separator);
        let missing = Change::Missing { column: 2, heading: case.header[1].to_owned() };
        assert_eq!(changes(&drift, case.id), [missing], "{}", case.id);
    }
}

#[test]
fn a_moved_column_is_told_in_words() {
    let mut headings: Vec<&str> = DISTROKID.split('\t').collect();
    let store = headings.remove(3);
    headings.insert(8, store);
    let drift = drift(&headings, '\t');
    assert_eq!(
        drift.to_string(),
        "the header on line 1 is nearly that of DistroKid, but \"Store\" has moved to column 9"
    );
}

#[test]
fn a_heading_with_room_for_a_currency_is_told_in_words() {
    let mut headings: Vec<&str> = DISTROKID.split('\t').collect();
    headings[13] = "Earnings USD net";
    let drift = drift(&headings, '\t');
    assert_eq!(
        drift.to_string(),
        "the header on line 1 is nearly that of DistroKid, but column 14 is \"Earnings USD net\" instead of \"Earnings (a currency's code)\""
    );
}

#[test]
fn the_currency_of_the_heading_is_proposed_with_the_columns() {
    let proposed = |header: &str, at: usize, heading: &'static str| {
        let mut headings: Vec<&str> = header.split('\t').collect();
        headings[at] = heading;
        drift(&headings, '\t').nearest.unwrap().currency
    };
    assert_eq!(proposed(DISTROKID, 3, "Shop"), Currency::read("USD"));
    assert_eq!(proposed(DISTROKID, 13, "Earnings USD net"), Currency::read("USD"));
    assert_eq!(proposed(DISTROKID, 13, "NET Earnings"), None);
}

#[test]
fn case_and_spaces_are_no_drift() {
    let header = DISTROKID.to_uppercase().replace("SALE MONTH", " Sale  Month ");
    let summary = looked_at(lines(&[header, distrokid("A", "QZAB12600001", "1", "0.1")])).unwrap();
    assert_eq!(summary.layout.format, "distrokid");
}

#[test]
fn a_header_that_nobody_knows_is_near_nothing() {
    let drift = drift(&["Datum", "Werk", "Betrag"], ';');
    assert_eq!((drift.header.len(), drift.line, drift.nearest.as_ref()), (3, 1, None));
    assert_eq!(drift.to_string(), "no known format has the header on line 1: \"Datum\", \"Werk\", \"Betrag\"");
    assert_eq!(drift.fingerprint.len(), 16);
}

#[test]
fn files_of_one_header_have_one_fingerprint() {
    let one = drift(&["Datum", "Werk", "Betrag"], ';');
    assert_eq!(one.fingerprint, drift(&["datum", "Werk ", "BETRAG"], ',').fingerprint);
    assert_ne!(one.fingerprint, drift(&["Werk", "Datum", "Betrag"], ';').fingerprint);
}

#[test]
fn what_the_nearest_format_means_is_proposed_and_can_be_taught() {
    let mut headings: Vec<&str> = DISTROKID.split('\t').collect();
    headings[13] = "Net Earnings";
    let drift = drift(&headings, '\t');
    let nearest = drift.nearest.unwrap();
    let proposed = |heading: &str, field| Column { heading: heading.to_owned(), field };
    assert_eq!(nearest.proposal[6], proposed("ISRC", Some(Field::Isrc)));
    assert_eq!(nearest.proposal[13], proposed("Net Earnings", Some(Field::Amount)));
    assert_eq!(nearest.proposal[9], proposed("Team Percentage", None));

    let columns = serde_json::to_string(&nearest.proposal).unwrap();
    let text = format!(r#"{{ "id": "own", "name": "Ours", "currency": "USD", "columns": {columns} }}"#);
    let taught: Description = serde_json::from_str(&text).unwrap();
    taught.check().unwrap();
    let formats = [&[taught][..], known()].concat();
    let file = lines(&[headings.join("\t"), distrokid("A", "QZAB12600001", "1", "0.1")]);
    let summary = inspect(std::io::Cursor::new(file), &formats, &Options::default()).unwrap();
    assert_eq!(summary.layout.name, "Ours");
    assert_eq!(total(&summary, "USD").to_string(), "0.1");
}

#[test]
fn a_description_that_cannot_be_read_by_is_refused_with_the_field() {
    let column = |heading: &str, field| Column { heading: heading.to_owned(), field };
    let mut description = known()[0].clone();
    description.columns = vec![column("A", Some(Field::Isrc)), column("B", Some(Field::Isrc))];
    description.name = " ".to_owned();
    let faults = description.check().unwrap_err();
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["name", "columns[1].field", "columns"]);

    let mut twice = known()[0].clone();
    twice.currency = Currency::read("USD");
    assert_eq!(twice.check().unwrap_err()[0].field, "currency");
}

#[test]
fn of_two_descriptions_with_one_header_the_first_holds() {
    let mut own = known()[0].clone();
    own.id = "own".to_owned();
    let formats = [&[own][..], known()].concat();
    let file = lines(&[DISTROKID.to_owned(), distrokid("A", "QZAB12600001", "1", "0.1")]);
    let summary = inspect(std::io::Cursor::new(file), &formats, &Options::default()).unwrap();
    assert_eq!(summary.layout.format, "own");
}
