//! A letter of direction.

use chrono::{NaiveDate, TimeZone, Utc};
use documents::Language;
use documents::direction::{Agreed, Direction, direction_text, to_pdf};

fn letter() -> Direction {
    Direction {
        language: Language::En,
        reference: "contract:producer v2".to_owned(),
        written_at: Utc.with_ymd_and_hms(2026, 10, 1, 9, 0, 0).single().expect("a literal instant"),
        studio: "Nova Sound".to_owned(),
        payer: "Ana Flores".to_owned(),
        payee: "Orson Vale".to_owned(),
        part: 3,
        of: 15,
        effective_on: NaiveDate::from_ymd_opt(2026, 10, 1).expect("a literal day"),
        agreed: None,
        titles: Some(vec!["Night Drive".to_owned(), "Slow Tide".to_owned()]),
    }
}

#[test]
fn it_says_who_is_paid_which_part_of_whose_royalty_for_what() {
    let text = direction_text(&letter()).unwrap();
    assert_eq!(
        text.paragraphs[0],
        "I, Ana Flores, direct you to pay Orson Vale directly 3 of every 15 parts (20%) of each royalty that you owe me for the titles below, and to deduct what you pay so from what you pay me."
    );
    assert_eq!(text.paragraphs[1].replace('\u{a0}', " "), "This holds for whatever is used from 1 October 2026 on.");
    assert_eq!((text.titles.len(), text.signatures.len()), (2, 2));
    assert!(text.closing.contains("contract:producer v2"), "{}", text.closing);
    let all = direction_text(&Direction { titles: None, ..letter() }).unwrap();
    assert!(all.paragraphs[0].contains("that you owe me for recordings") && all.titles_heading.is_empty());
    assert_eq!(all.agreed, "");
}

#[test]
fn a_percentage_without_an_end_is_not_written() {
    for (part, of, said) in [(1, 3, "1 of every 3 parts of each"), (350, 1_500, "350 of every 1,500 parts of each")] {
        let text = direction_text(&Direction { part, of, ..letter() }).unwrap();
        assert!(text.paragraphs[0].contains(said), "{}", text.paragraphs[0]);
    }
    let more = direction_text(&Direction { part: 3, of: 2, ..letter() }).unwrap();
    assert!(more.paragraphs[0].contains("3 of every 2 parts (150%)"), "{}", more.paragraphs[0]);
}

#[test]
fn the_agreement_that_it_carries_out_is_named_with_its_fingerprint() {
    let agreed = Agreed {
        reference: "AG-7K3M9Q2X".to_owned(),
        executed_on: NaiveDate::from_ymd_opt(2026, 9, 28).expect("a literal day"),
        sha256: "0f".repeat(32),
    };
    let carries_out = Direction { agreed: Some(agreed), ..letter() };
    let text = direction_text(&carries_out).unwrap();
    let said = format!(
        "This carries out the agreement AG-7K3M9Q2X, which was executed on 28 September 2026. The SHA-256 of its document is {}.",
        "0f".repeat(32)
    );
    assert_eq!(text.agreed.replace('\u{a0}', " "), said);
    let document = lopdf::Document::load_mem(&to_pdf(&carries_out).unwrap()).expect("our PDF can be read");
    assert_eq!(document.get_pages().len(), 1);
}

#[test]
fn it_is_made_alike_each_time_on_one_page() {
    let pdf = to_pdf(&letter()).unwrap();
    assert_eq!(pdf, to_pdf(&letter()).unwrap());
    let document = lopdf::Document::load_mem(&pdf).expect("our PDF can be read");
    assert_eq!(document.get_pages().len(), 1);
    let long = Direction { payer: "W".repeat(200), titles: Some(vec!["ליאת 🔥".to_owned(); 200]), ..letter() };
    assert!(to_pdf(&long).is_ok());
}
