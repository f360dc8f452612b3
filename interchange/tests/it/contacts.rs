//! Cards, read by the Python package vobject.

use interchange::{
    contact::{Address, Contact, Labelled, Name},
    vcard::write,
};

use crate::judge::{asked_of, python};

const PROGRAM: &str = r#"
import sys, vobject
for card in vobject.readComponents(open(sys.argv[1], encoding="utf-8", newline="").read()):
    street = card.adr.value
    print([card.version.value, card.fn.value, card.n.value.family, card.org.value, [mail.value for mail in card.email_list],
        [mail.params.get("TYPE", []) for mail in card.email_list], street.street, street.city, card.note.value, card.categories.value])
"#;

#[test]
fn another_program_reads_the_same_contacts() {
    let Some(python) = python("vobject") else { return };
    let contact = Contact {
        name: Name { full: "Zoë, the \"Count\"".to_owned(), family: "Löw; Lovelace".to_owned(), ..Name::default() },
        organisation: "Night, Drive".to_owned(),
        department: "A&R".to_owned(),
        mails: vec![
            Labelled { label: Some("work".to_owned()), value: "zoe@example.com".to_owned() },
            Labelled { label: Some("tour manager".to_owned()), value: "tour@example.com".to_owned() },
        ],
        addresses: vec![Address {
            street: "Long Road 1, rear".to_owned(),
            locality: "Köln".to_owned(),
            ..Address::default()
        }],
        notes: format!("{}\nsecond line", "Likes tea, calls late; ".repeat(12).trim_end()),
        categories: vec!["Mix, master".to_owned(), "VIP".to_owned()],
        ..Contact::default()
    };
    let said = asked_of(&python, PROGRAM, write(&[contact]).as_bytes());
    let note = "Likes tea, calls late; ".repeat(12);
    let expected = format!(
        "['4.0', 'Zoë, the \"Count\"', 'Löw; Lovelace', ['Night, Drive', 'A&R'], ['zoe@example.com', 'tour@example.com'], [['work'], []], \
         'Long Road 1, rear', 'Köln', '{}\\nsecond line', ['Mix, master', 'VIP']]\n",
        note.trim_end()
    );
    assert_eq!(said, expected);
}
