use proptest::prelude::*;

use super::*;
use crate::contact::{Address, Contact, Extra, Import, Labelled, MAX_BYTES, MAX_CONTACTS, MAX_VALUES, Name, ReadError};

fn labelled(label: &str, value: &str) -> Labelled {
    Labelled { label: (!label.is_empty()).then(|| label.to_owned()), value: value.to_owned() }
}

fn read_one(lines: &str) -> Contact {
    let import = read(lines.as_bytes()).unwrap();
    assert_eq!((import.contacts.len(), import.rejected.len()), (1, 0), "{import:?}");
    let imported = import.contacts.into_iter().next().unwrap();
    assert!(imported.notices.is_empty(), "{:?}", imported.notices);
    imported.contact
}

fn ada() -> Contact {
    Contact {
        name: Name {
            full: "Dr. Ada Lovelace".to_owned(),
            prefix: "Dr.".to_owned(),
            given: "Ada".to_owned(),
            family: "Lovelace".to_owned(),
            ..Name::default()
        },
        nickname: "The Countess".to_owned(),
        organisation: "Night; Drive, Records".to_owned(),
        department: "A&R".to_owned(),
        title: "Producer".to_owned(),
        mails: vec![labelled("work", "ada@example.com"), labelled("tour manager", "tour@example.com")],
        phones: vec![labelled("cell", "+49 30 1234567"), labelled("", "555 0100")],
        urls: vec![labelled("home", "https://example.com/ada?a=1,2;b")],
        addresses: vec![Address {
            label: Some("work".to_owned()),
            street: "Studio 3\nLong Road 1, back yard".to_owned(),
            locality: "Berlin".to_owned(),
            postal_code: "10115".to_owned(),
            country: "Germany".to_owned(),
            ..Address::default()
        }],
        notes: "Likes tea.\n\nCalls late; always.".to_owned(),
        categories: vec!["Mixing, mastering".to_owned(), "VIP".to_owned()],
        extras: Vec::new(),
    }
}

#[test]
fn a_card_is_written_as_the_standard_says() {
    let expected = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "FN:Dr. Ada Lovelace",
        "N:Lovelace;Ada;;Dr.;",
        "NICKNAME:The Countess",
        "ORG:Night\\; Drive\\, Records;A&R",
        "TITLE:Producer",
        "EMAIL;TYPE=work:ada@example.com",
        "item1.EMAIL:tour@example.com",
        "item1.X-ABLabel:tour manager",
        "TEL;TYPE=cell:+49 30 1234567",
        "TEL:555 0100",
        "URL;TYPE=home:https://example.com/ada?a=1,2;b",
        "ADR;TYPE=work:;;Studio 3\\nLong Road 1\\, back yard;Berlin;;10115;Germany",
        "NOTE:Likes tea.\\n\\nCalls late\\; always.",
        "CATEGORIES:Mixing\\, mastering,VIP",
        "END:VCARD",
        "",
    ];
    let text = write(&[ada()]);
    assert_eq!(text, expected.join("\r\n"));
    assert_eq!(read_one(&text), ada());
}

#[test]
fn cards_of_apple_and_google_are_read() {
    let contact = read_one(
        "BEGIN:VCARD\nVERSION:3.0\nPRODID:-//Apple Inc.//iOS 17.0//EN\nN:Lovelace;Ada;King,Noel;;\nFN:Ada Lovelace\n\
         item1.EMAIL;type=INTERNET;type=pref:ada@example.com\nitem1.X-ABLabel:_$!<HomePage>!$_\n\
         EMAIL;type=INTERNET;type=WORK:work@example.com\nTEL;type=CELL;type=VOICE;type=pref:+1 (555) 010-0100\n\
         TEL;type=WORK;type=FAX:5550101\nitem2.ADR;type=HOME;type=pref:;;1 Long Road;London;;N1;UK\nitem2.X-ABADR:gb\n\
         item3.URL;type=pref:http\\://example.com\nNOTE:one\\nNOTE\n two\nBDAY;value=date:1815-12-10\n\
         PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\nORG:Analytical;Engines;First floor\nCATEGORIES:myContacts,Friends\nEND:VCARD\n",
    );
    assert_eq!(contact.name.additional, "King, Noel");
    assert_eq!(contact.mails, [labelled("home", "ada@example.com"), labelled("work", "work@example.com")]);
    assert_eq!(contact.phones, [labelled("cell", "+1 (555) 010-0100"), labelled("fax", "5550101")]);
    assert_eq!(contact.urls, [labelled("", "http://example.com")]);
    assert_eq!(contact.addresses[0].street, "1 Long Road");
    assert_eq!(contact.notes, "one\nNOTEtwo");
    assert_eq!((contact.organisation.as_str(), contact.department.as_str()), ("Analytical", "Engines, First floor"));
    assert_eq!(contact.categories, ["myContacts", "Friends"]);
    let extras: Vec<(&str, &str)> =
        contact.extras.iter().map(|extra| (extra.name.as_str(), extra.value.as_str())).collect();
    assert_eq!(extras, [("X-ABADR", "gb"), ("BDAY", "1815-12-10")]);
}

#[test]
fn a_birthday_without_a_year_has_none() {
    for (line, said) in [
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-04", "--05-04"),
        ("BDAY;value=date;x-apple-omit-year=1604:16040504", "--0504"),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1984-05-04", "1984-05-04"),
        ("BDAY:1604-05-04", "1604-05-04"),
    ] {
        let contact = read_one(&format!("BEGIN:VCARD\nVERSION:3.0\nFN:Ada\n{line}\nEND:VCARD\n"));
        assert_eq!(contact.extras[0].value, said, "{line}");
    }
}

#[test]
fn version_4_writes_types_and_addresses_in_its_own_way() {
    let contact = read_one(
        "begin:vcard\r\nversion:4.0\r\nfn:Ada\r\nTEL;VALUE=uri;PREF=2;TYPE=\"voice,home\":tel:+1-555-0100\r\n\
         TEL;VALUE=uri;PREF=1;TYPE=work:tel:+1-555-0101\r\nEMAIL;ALTID=\"a:b;c\":ada@example.com\r\nend:vcard\r\n",
    );
    assert_eq!(contact.phones, [labelled("work", "+1-555-0101"), labelled("home", "+1-555-0100")]);
    assert_eq!(contact.mails, [labelled("", "ada@example.com")]);
}

#[test]
fn a_company_stays_one() {
    let company = Contact {
        organisation: "Night; Drive, Records".to_owned(),
        department: "A&R".to_owned(),
        mails: vec![labelled("work", "mail@example.com")],
        ..Contact::default()
    };
    let text = write(std::slice::from_ref(&company));
    assert!(text.contains("KIND:org\r\nFN:Night\\; Drive\\, Records\r\n"), "{text}");
    let kind = Extra { name: "KIND".to_owned(), value: "org".to_owned() };
    let again = read_one(&text);
    assert_eq!(again, Contact { extras: vec![kind], ..company });
    assert_eq!(write(&[again]), text);
    // Of a company with somebody's name, and of a person, nothing is taken away.
    let card = |kind: &str| format!("BEGIN:VCARD\nVERSION:4.0\nKIND:{kind}\nFN:Ada\nORG:Analytical\nEND:VCARD\n");
    assert_eq!(read_one(&card("org")).name.full, "Ada");
    assert_eq!(read_one(&card("individual").replace("Analytical", "Ada")).name.full, "Ada");
}

#[test]
fn what_is_said_twice_is_kept_beside_the_first() {
    let contact = read_one(
        "BEGIN:VCARD\nVERSION:4.0\nFN:Ada\nN:Lovelace;Ada;;;\nN:Byron;Ada;;;\nORG:Analytical;Engines\nORG:Night Drive\n\
         TITLE:Producer\nTITLE:Producer\nTITLE:Mixer\nNICKNAME:Countess\nNICKNAME:Al\nEND:VCARD\n",
    );
    assert_eq!((contact.name.family.as_str(), contact.title.as_str()), ("Lovelace", "Producer"));
    assert_eq!((contact.organisation.as_str(), contact.department.as_str()), ("Analytical", "Engines"));
    let kept: Vec<_> = contact.extras.iter().map(|extra| (extra.name.as_str(), extra.value.as_str())).collect();
    let expected = [("N", "Byron;Ada;;;"), ("ORG", "Night Drive"), ("TITLE", "Mixer"), ("NICKNAME", "Al")];
    assert_eq!(kept, expected);
}

#[test]
fn encodings_are_told_apart() {
    let card = "BEGIN:VCARD\nVERSION:3.0\nFN:Zoë\nEND:VCARD\n";
    let windows: Vec<u8> = card.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let wide: Vec<u8> = "\u{feff}".encode_utf16().chain(card.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [card.as_bytes(), &windows, &wide] {
        assert_eq!(read(bytes).unwrap().contacts[0].contact.name.full, "Zoë");
    }
}

#[test]
fn what_is_no_card_is_told_with_its_line_and_kept() {
    let import = read(
        b"BEGIN:VCARD\nVERSION:2.1\nN;ENCODING=QUOTED-PRINTABLE:L=C3=B6w;Ada\nEND:VCARD\n\
          BEGIN:VCARD\nVERSION:3.0\nFN;ENCODING=QUOTED-PRINTABLE:=41da\nEND:VCARD\n\
          stray\n\
          BEGIN:VCARD\nVERSION:3.0\nNOTE:nobody\nEND:VCARD\n\
          BEGIN:VCARD\nVERSION:3.0\nFN:Cut\n\
          BEGIN:VCARD\nVERSION:3.0\nFN:Ada\nEMAIL:at home\nno colon\nURL:javascript:alert(1)\nEND:VCARD\n\
          BEGIN:VCARD\nFN:Unended\n",
    )
    .unwrap();
    let rejected: Vec<(u64, &str)> =
        import.rejected.iter().map(|rejected| (rejected.line, rejected.fault.field.as_str())).collect();
    assert_eq!(rejected, [(1, "VERSION"), (5, "FN"), (9, "BEGIN"), (10, "name"), (14, "END"), (24, "END")]);
    assert_eq!(import.rejected[0].source.len(), 4);
    assert_eq!(import.rejected[0].fault.problem, "the card is of version 2.1");
    let ada = &import.contacts[0];
    assert_eq!((ada.line, ada.contact.name.full.as_str(), ada.contact.mails.len()), (17, "Ada", 0));
    let notices: Vec<&str> = ada.notices.iter().map(|notice| notice.field.as_str()).collect();
    assert_eq!(notices, ["EMAIL", "", "URL"]);
    let kept: Vec<&str> = ada.contact.extras.iter().map(|extra| extra.value.as_str()).collect();
    assert_eq!(kept, ["at home", "no colon", "javascript:alert(1)"]);
}

#[test]
fn there_are_limits() {
    assert!(matches!(read(&vec![b' '; MAX_BYTES + 1]), Err(ReadError::TooLarge { .. })));
    assert!(matches!(read(b"PK\x03\x04\0\0"), Err(ReadError::NotText { .. })));
    assert!(matches!(read(b"Name,Mail\nAda,ada@example.com\n"), Err(ReadError::Empty { .. })));
    assert!(matches!(read(b""), Err(ReadError::Empty { .. })));
    let many = "BEGIN:VCARD\nVERSION:3.0\nFN:A\nEND:VCARD\n".repeat(MAX_CONTACTS + 1);
    assert_eq!(read(many.as_bytes()), Err(ReadError::TooMany { what: "contacts", limit: MAX_CONTACTS }));
    let groups = |from: usize| (from..from + 2_000).map(|i| i.to_string()).collect::<Vec<_>>().join(",");
    let much = (0..120).map(|line| format!("CATEGORIES:{}\n", groups(2_000 * line))).collect::<Vec<_>>().concat();
    let much = format!("BEGIN:VCARD\nVERSION:3.0\nFN:A\n{much}END:VCARD\n");
    assert_eq!(read(much.as_bytes()), Err(ReadError::TooMany { what: "values", limit: 200_000 }));
    let old = format!("BEGIN:VCARD\nVERSION:2.1\n{}END:VCARD\n", "NOTE:a\n".repeat(490)).repeat(450);
    assert_eq!(read(old.as_bytes()), Err(ReadError::TooMany { what: "values", limit: 200_000 }));
    let tall = format!("BEGIN:VCARD\nVERSION:3.0\nFN:A\n{}END:VCARD\n", "NOTE:a\n".repeat(MAX_VALUES));
    assert_eq!(read(tall.as_bytes()).unwrap().rejected[0].fault.field, "BEGIN");
    let wide = format!("BEGIN:VCARD\nVERSION:3.0\nFN:A\nNOTE:{}\nEND:VCARD\n", "a".repeat(20_001));
    assert_eq!(read(wide.as_bytes()).unwrap().rejected[0].fault.field, "NOTE");
}

fn words() -> impl Strategy<Value = String> {
    "[^\\p{Cc}\\s][^\\p{Cc}\\s]{0,12}( [^\\p{Cc}\\s]{1,60}){0,3}"
}

prop_compose! {
    fn contacts()(
        full in words(),
        family in words(),
        organisation in words(),
        mails in prop::collection::vec(prop::sample::select(vec!["", "home", "work", "tour manager"]), 0..4),
        street in words(),
        notes in words(),
        categories in prop::collection::btree_set(words(), 0..3),
    ) -> Contact {
        let mails = mails.iter().enumerate().map(|(i, label)| labelled(label, &format!("a{i}@example.com"))).collect();
        Contact {
            name: Name { full, family, ..Name::default() },
            organisation,
            mails,
            addresses: vec![Address { street, ..Address::default() }],
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
        prop_assert!(text.split("\r\n").all(|line| line.len() <= 75));
        let Import { contacts: read, rejected, .. } = read(text.as_bytes()).unwrap();
        prop_assert!(rejected.is_empty(), "{rejected:?}");
        prop_assert_eq!(read.into_iter().map(|imported| imported.contact).collect::<Vec<_>>(), contacts);
    }

    #[test]
    fn no_bytes_make_it_fall_over(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "(BEGIN:VCARD\n)?.{0,80}\n(item1.)?(N|FN|ADR|TEL)[:;=\",]{0,5}.{0,80}\nEND:VCARD") {
        let _ = read(&bytes);
        let _ = read(text.as_bytes());
    }
}
