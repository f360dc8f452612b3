use proptest::prelude::*;

use super::*;
use crate::contact::{Address, Contact, Imported, Labelled, MAX_BYTES, MAX_CONTACTS, Name, ReadError};

fn labelled(label: &str, value: &str) -> Labelled {
    Labelled { label: (!label.is_empty()).then(|| label.to_owned()), value: value.to_owned() }
}

fn read_all(text: &str) -> Vec<Imported> {
    let import = read(text.as_bytes()).unwrap();
    assert!(import.rejected.is_empty(), "{:?}", import.rejected);
    import.contacts
}

#[test]
fn an_export_of_google_is_read() {
    let contacts = read_all(
        "Address 1 - Formatted,Address 2 - Formatted,First Name,Middle Name,Last Name,Organization Name,Organization Title,Birthday,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,\
         E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Label,Address 1 - Street,Address 1 - City,\
         Address 1 - Country,Website 1 - Value\r\n\
         \"Long Road 1\nLondon\",Short Road 2,Ada,King,Lovelace,Analytical,Producer,1815-12-10,\"two\r\nlines, \"\"quoted\"\"\",* myContacts ::: VIP,* Work,ada@example.com,\
         Tour,a@example.com ::: b@example.com,Mobile,+49 30 1234,Home,Long Road 1,London,UK,https://example.com\r\n",
    );
    let [Imported { line: 2, contact, notices }] = &contacts[..] else { panic!("{contacts:?}") };
    assert!(notices.is_empty());
    assert_eq!(contact.name.full, "Ada King Lovelace");
    assert_eq!((contact.organisation.as_str(), contact.title.as_str()), ("Analytical", "Producer"));
    assert_eq!(contact.notes, "two\nlines, \"quoted\"");
    assert_eq!(contact.categories, ["VIP"]);
    let mails = [("work", "ada@example.com"), ("tour", "a@example.com"), ("tour", "b@example.com")];
    assert_eq!(contact.mails, mails.map(|(label, mail)| labelled(label, mail)));
    assert_eq!(contact.phones, [labelled("cell", "+49 30 1234")]);
    let addresses: Vec<_> =
        contact.addresses.iter().map(|address| (address.label.as_deref(), address.street.as_str())).collect();
    assert_eq!(addresses, [(Some("home"), "Long Road 1"), (None, "Short Road 2")]);
    assert_eq!(contact.extras.len(), 1);
    assert_eq!((contact.extras[0].name.as_str(), contact.extras[0].value.as_str()), ("Birthday", "1815-12-10"));
}

#[test]
fn an_export_of_outlook_is_read_with_semicolons_in_windows_1252() {
    let text = "Title;First Name;Last Name;Company;Business Street;Business Street 2;Business City;Home City;Business Phone;\
                Business Fax;Mobile Phone;E-mail Address;E-mail 2 Address;Categories;Web Page\r\n\
                Dr.;Zoë;Müller;Büro;Hof 1;Hinterhaus;Köln;Bonn;0221 1;0221 2222;0170 123;zoe@example.com;z@example.com;\
                Mix,Master;example.com\r\n";
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let import = read(&bytes).unwrap();
    let imported = &import.contacts[0];
    let contact = &imported.contact;
    assert_eq!((contact.name.full.as_str(), contact.organisation.as_str()), ("Zoë Müller", "Büro"));
    let work = Address {
        label: Some("work".to_owned()),
        street: "Hof 1\nHinterhaus".to_owned(),
        locality: "Köln".to_owned(),
        ..Address::default()
    };
    let home = Address { label: Some("home".to_owned()), locality: "Bonn".to_owned(), ..Address::default() };
    assert_eq!(contact.addresses, [work, home]);
    assert_eq!(
        contact.phones,
        [labelled("work", "0221 1"), labelled("fax", "0221 2222"), labelled("cell", "0170 123")]
    );
    assert_eq!(contact.mails, [labelled("", "zoe@example.com"), labelled("", "z@example.com")]);
    assert_eq!(contact.categories, ["Mix", "Master"]);
    assert_eq!(contact.urls, [labelled("", "example.com")]);
    assert_eq!(contact.extras[0].name, "Title");
    assert!(imported.notices.is_empty());
}

#[test]
fn tabs_marks_and_short_rows_are_taken() {
    let contacts = read_all("\u{feff}Name\tE-Mail-Adresse\tTelefon\nAda\tada@example.com\n\t\t\n\nBob\n");
    assert_eq!(contacts.iter().map(|imported| imported.line).collect::<Vec<_>>(), [2, 5]);
    assert_eq!(contacts[0].contact.mails, [labelled("", "ada@example.com")]);
    let wide: Vec<u8> = "\u{feff}Name\r\nZoë\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read(&wide).unwrap().contacts[0].contact.name.full, "Zoë");
}

#[test]
fn a_bad_row_is_told_with_line_field_and_remedy_and_nothing_is_lost() {
    let text = "Name,E-mail,Phone,Web Page\n\
                Ada,ada at home,12,javascript:alert(1)\n\
                ,,,\n\
                \" \",,, \n\
                Bob,bob@example.com,,,,extra\n\
                ,,,example.com\n";
    let import = read(text.as_bytes()).unwrap();
    let [ada] = &import.contacts[..] else { panic!("{import:?}") };
    let notices: Vec<String> = ada.notices.iter().map(ToString::to_string).collect();
    assert_eq!(
        notices,
        [
            "E-mail: 'ada at home' is not a mail address; write it as name@example.com",
            "Phone: '12' is not a telephone number; write at least three digits, with the country's code if you can",
            "Web Page: 'javascript:alert(1)' is not the address of a page; write it as https://example.com",
        ]
    );
    assert_eq!(ada.contact.extras.len(), 3);
    let rejected: Vec<(u64, &str)> =
        import.rejected.iter().map(|rejected| (rejected.line, rejected.fault.field.as_str())).collect();
    assert_eq!(rejected, [(5, "row"), (6, "name")]);
    assert_eq!(import.rejected[0].source, ["Bob", "bob@example.com", "extra"]);
}

#[test]
fn what_is_said_twice_is_kept_beside_the_first() {
    let contacts = read_all("Name,Company,Firma,City,Ort,Land,Country\nAda,Analytical,Engines,London,Paris,UK,UK\n");
    let contact = &contacts[0].contact;
    assert_eq!((contact.organisation.as_str(), contact.addresses[0].locality.as_str()), ("Analytical", "London"));
    let kept: Vec<_> = contact.extras.iter().map(|extra| (extra.name.as_str(), extra.value.as_str())).collect();
    assert_eq!(kept, [("Firma", "Engines"), ("Ort", "Paris")]);
}

#[test]
fn what_is_no_list_is_refused() {
    assert!(matches!(read(&vec![b','; MAX_BYTES + 1]), Err(ReadError::TooLarge { .. })));
    assert!(matches!(read(b"PK\x03\x04\0\0"), Err(ReadError::NotText { .. })));
    assert!(matches!(read(b""), Err(ReadError::Empty { .. })));
    assert!(matches!(read(b"Colour,Size\nred,3\n"), Err(ReadError::Empty { .. })));
    assert_eq!(read(b"Name,Notes\nAda,fine\nBob,\"open\nEve,never\n"), Err(ReadError::OpenQuote { line: 3 }));
    // A mark within a cell opens nothing.
    assert_eq!(read(b"Name,Notes\nAda,6\" nail\nBob,\"a \"\"b\"\"\"\n").unwrap().contacts.len(), 2);
    let many = format!("Name\n{}", "A\n".repeat(MAX_CONTACTS + 1));
    assert!(matches!(read(many.as_bytes()), Err(ReadError::TooMany { what: "contacts", .. })));
    // Few rows that say very much, in one cell each, in many, or in rows that are refused.
    for row in [
        format!("Ada,{}\n", "a ::: ".repeat(2_000)),
        format!("Ada{}\n", ",a".repeat(400)),
        format!("Ada{}\n", ",a".repeat(600)),
    ] {
        let headings = format!("Name,E-mail{}", ",Colour".repeat(399));
        let much = format!("{headings}\n{}", row.repeat(501));
        assert!(matches!(read(much.as_bytes()), Err(ReadError::TooMany { what: "values", limit: 200_000 })), "{row}");
    }
    let long = format!("Name,Notes\nAda,{}\n", "a".repeat(20_001));
    assert_eq!(read(long.as_bytes()).unwrap().rejected[0].fault.field, "Notes");
}

#[test]
fn no_cell_is_a_formula_and_telephone_numbers_stay() {
    let contact = Contact {
        name: Name { full: "=HYPERLINK(\"https://evil.example\")".to_owned(), ..Name::default() },
        nickname: "@SUM(A1)".to_owned(),
        organisation: "-1+2".to_owned(),
        phones: vec![labelled("", "+49 30 1234"), labelled("", "+1-555-0100")],
        ..Contact::default()
    };
    let text = write(std::slice::from_ref(&contact));
    assert!(text.starts_with('\u{feff}'));
    let cells: Vec<String> = csv::ReaderBuilder::new()
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes())
        .records()
        .flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
        .filter(|cell| !cell.is_empty())
        .collect();
    let expected = ["'=HYPERLINK(\"https://evil.example\")", "'@SUM(A1)", "'-1+2", "+49 30 1234", "'+1-555-0100"];
    assert_eq!(cells, expected);
    assert_eq!(read_all(&text)[0].contact, contact);
}

fn words() -> impl Strategy<Value = String> {
    "[^\\p{Cc}\\s';,*][^\\p{Cc}\\s;,]{0,12}( [^\\p{Cc}\\s:;,]{1,20}){0,3}"
}

prop_compose! {
    fn contacts()(
        full in words(),
        family in words(),
        mails in prop::collection::vec(prop::sample::select(vec!["", "home", "work", "tour manager"]), 0..4),
        address in (words(), words()),
        notes in words(),
        categories in prop::collection::btree_set(words(), 0..3),
    ) -> Contact {
        let mails = mails.iter().enumerate().map(|(i, label)| labelled(label, &format!("a{i}@example.com"))).collect();
        Contact {
            name: Name { full, family, ..Name::default() },
            mails,
            addresses: vec![Address { street: address.0, country: address.1, ..Address::default() }],
            notes,
            categories: categories.into_iter().collect(),
            ..Contact::default()
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(contacts in prop::collection::vec(contacts(), 1..4)) {
        let text = write(&contacts);
        let read = read(text.as_bytes()).unwrap();
        prop_assert!(read.rejected.is_empty(), "{:?}", read.rejected);
        prop_assert_eq!(read.contacts.into_iter().map(|imported| imported.contact).collect::<Vec<_>>(), contacts);
    }

    #[test]
    fn every_row_is_in_one_of_the_two_lists(rows in prop::collection::vec("[A-Za-z@.,;\"' =+\t]{1,30}", 0..20)) {
        let text = format!("Name,E-mail,Phone\n{}", rows.join("\n"));
        if let Ok(import) = read(text.as_bytes()) {
            let taken = import.contacts.len() + import.rejected.len();
            prop_assert!(taken <= rows.len());
            let mut lines = import.contacts.iter().map(|contact| contact.line).chain(import.rejected.iter().map(|row| row.line));
            prop_assert!(lines.all(|line| line >= 2 && line <= 1 + rows.len() as u64));
        }
    }

    #[test]
    fn no_bytes_make_it_fall_over(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }
}
