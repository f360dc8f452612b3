//! A buyer's receipt.

use chrono::{DateTime, TimeZone, Utc};
use documents::receipt::{Amount, Line, Payment, Person, Receipt, ReceiptText, Tax, Upgrade, receipt_text, to_pdf};
use documents::seal::{FindingKind, Options, Verdict, verify};
use documents::{DocumentError, Language};

fn paid_at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 30, 12, 0, 0).single().expect("a literal instant")
}

fn receipt() -> Receipt {
    let line = |title: &str, n: u32, list| Line {
        title: title.to_owned(),
        tier: "WAV lease".to_owned(),
        reference: format!("LL-7K3M9Q2X-{n}"),
        list,
    };
    Receipt {
        language: Language::En,
        reference: "LL-7K3M9Q2X".to_owned(),
        paid_at: paid_at(),
        seller: Person {
            name: "Nova Sound".to_owned(),
            legal_name: Some("Nova Sound Ltd".to_owned()),
            address: Some("1 Long Lane\nLondon".to_owned()),
            email: "nova@example.com".to_owned(),
        },
        buyer: Person {
            name: "Ada Lovelace".to_owned(),
            legal_name: None,
            address: Some("Germany".to_owned()),
            email: "ada@example.com".to_owned(),
        },
        currency: "EUR".to_owned(),
        decimals: 2,
        lines: vec![line("Night Drive", 1, 6_000), line("Day Walk", 2, 3_000)],
        upgrade: None,
        discounts: vec![Amount { name: "Coupon SUMMER".to_owned(), minor_units: 1_000 }],
        tax: Some(Tax { amount: Amount { name: "VAT 19 % (Germany)".to_owned(), minor_units: 1_277 }, included: true }),
        total: 8_000,
        payments: vec![Payment {
            service: "stripe".to_owned(),
            id: "pi_1".to_owned(),
            minor_units: 8_000,
            received_at: paid_at(),
        }],
        given_back: 500,
    }
}

/// Letters and digits alone: line breaks and spaces are the layout's.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The text as it stands in the file, with whatever is not seen.
fn raw_text(pdf: &[u8]) -> String {
    let document = lopdf::Document::load_mem(pdf).expect("our PDF can be read");
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    document.extract_text(&pages).expect("its text can be extracted")
}

fn page_text(pdf: &[u8]) -> String {
    letters(&raw_text(pdf))
}

#[test]
fn a_receipt_shows_every_fact_and_is_made_alike_each_time() {
    let pdf = to_pdf(&receipt()).unwrap();
    assert_eq!(pdf, to_pdf(&receipt()).unwrap());
    let shown = page_text(&pdf);
    for fact in [
        "LL-7K3M9Q2X-2",
        "Nova Sound Ltd",
        "1 Long Lane, London",
        "Ada Lovelace",
        "Night Drive",
        "EUR 60.00",
        "Sum of the list",
        "EUR 90.00",
        "Coupon SUMMER",
        "Included in the total: VAT 19 % (Germany)",
        "EUR 12.77",
        "EUR 80.00",
        "stripe, 30 November 2026, pi_1",
        "Given back since",
    ] {
        assert!(shown.contains(&letters(fact)), "{fact} in {shown}");
    }
}

#[test]
fn tax_on_top_is_added_and_what_was_free_says_so() {
    let on_top = Tax { included: false, amount: Amount { name: "Sales tax".to_owned(), minor_units: 800 } };
    let taxed = Receipt { tax: Some(on_top), total: 8_800, ..receipt() };
    let text = receipt_text(&taxed).unwrap();
    assert_eq!(text.sums.last().map(|fact| fact.label.as_str()), Some("Sales tax"));
    let all = Amount { name: "Coupon ALL".to_owned(), minor_units: 9_000 };
    let free = Receipt { discounts: vec![all], tax: None, total: 0, payments: Vec::new(), given_back: 0, ..receipt() };
    assert!(page_text(&to_pdf(&free).unwrap()).contains("Nothingwastobepaid"));
}

#[test]
fn what_does_not_add_up_is_no_receipt() {
    let miscredited = upgraded(3_000, 1);
    for wrong in [Receipt { total: 8_001, ..receipt() }, miscredited] {
        let Err(DocumentError::Invalid(faults)) = to_pdf(&wrong) else { panic!("a wrong total is printed") };
        assert_eq!(faults[0].field, "total");
    }
}

/// An upgrade from a lease that was bought before, for 30.00.
fn upgraded(credited: u64, rounded_up: u64) -> Receipt {
    let upgrade = Upgrade { replaced: "LL-2B4C6D8F-1".to_owned(), tier: "MP3 lease".to_owned(), credited, rounded_up };
    Receipt {
        lines: vec![receipt().lines.remove(0)],
        upgrade: Some(upgrade),
        discounts: Vec::new(),
        tax: None,
        total: 3_000,
        given_back: 0,
        ..receipt()
    }
}

#[test]
fn an_upgrade_names_the_licence_that_it_replaces_and_the_credit() {
    let text = receipt_text(&upgraded(3_000, 0)).unwrap();
    assert_eq!(
        text.lines[0].detail,
        "WAV lease, licence LL-7K3M9Q2X-1; it replaces the licence LL-2B4C6D8F-1 (MP3 lease)"
    );
    let said = |text: &ReceiptText| -> Vec<String> {
        text.sums.iter().map(|fact| format!("{}: {}", fact.label, fact.value.replace('\u{a0}', " "))).collect()
    };
    let sums = ["Sum of the list: EUR 60.00", "Credited of what was paid for LL-2B4C6D8F-1: −EUR 30.00"];
    assert_eq!(said(&text), sums);
    let rounded = said(&receipt_text(&upgraded(3_020, 20)).unwrap());
    assert_eq!(rounded.last().map(String::as_str), Some("Up to what can be collected: EUR 0.20"));
    assert!(page_text(&to_pdf(&upgraded(3_000, 0)).unwrap()).contains(&letters("replaces the licence LL-2B4C6D8F-1")));
}

#[test]
fn who_verifies_a_receipt_hears_that_it_is_one_and_is_not_sealed() {
    let report = verify(&to_pdf(&receipt()).unwrap(), &Options::default());
    let [finding] = &report.findings[..] else { panic!("{report:#?}") };
    assert_eq!((report.verdict, finding.kind), (Verdict::Refused, FindingKind::NeverSealed));
    assert_eq!(finding.message, "By what it says of itself, this is a receipt, which is not sealed.");
    assert!(finding.remedy.contains("the page of its order"), "{}", finding.remedy);
}

#[test]
fn what_is_copied_is_the_payment_services_number_and_nothing_unseen() {
    let stripe = "pi_3MtwBwLkdIwHu7ix28a3tqPa";
    let sandbox = "pi_0123456789abcdef0123456789abcdef";
    let endless = "x".repeat(120);
    for id in [stripe, sandbox, endless.as_str()] {
        let payments = vec![Payment { id: id.to_owned(), ..receipt().payments.remove(0) }];
        let pdf = to_pdf(&Receipt { payments, ..receipt() }).unwrap();
        let raw = raw_text(&pdf);
        assert!(letters(&raw).contains(&letters(id)), "{raw}");
        assert!(!raw.contains('\u{200b}'), "{raw:?}");
    }
}

#[test]
fn the_longest_names_and_the_most_lines_are_set() {
    let wide = "W".repeat(200);
    let line = Line { title: wide.clone(), tier: wide.clone(), reference: "LL-7K3M9Q2X-50".to_owned(), list: 1 };
    let long = Receipt {
        seller: Person { name: wide, ..receipt().seller },
        lines: vec![line; 50],
        discounts: Vec::new(),
        tax: None,
        total: 50,
        ..receipt()
    };
    let pdf = to_pdf(&long).unwrap();
    let document = lopdf::Document::load_mem(&pdf).expect("our PDF can be read");
    assert!(document.get_pages().len() > 1);
}
