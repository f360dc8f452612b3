//! Invoices and credit notes.

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use documents::invoice::{Invoice, Kind, LateFee, Line, Side, Tax, invoice_text, to_pdf};
use documents::{DocumentError, Language};

fn issued_at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 12, 2, 9, 30, 0).single().expect("a literal instant")
}

fn invoice() -> Invoice {
    Invoice {
        language: Language::En,
        kind: Kind::Invoice,
        reference: "INV-2026-0007".to_owned(),
        issued_at: issued_at(),
        supplied_on: NaiveDate::from_ymd_opt(2026, 11, 30),
        due_on: NaiveDate::from_ymd_opt(2026, 12, 16),
        title: "Night Drive EP".to_owned(),
        quote: Some("QT-7K3M9Q2X".to_owned()),
        of_invoice: None,
        seller: Side {
            name: "Nova Sound".to_owned(),
            legal_name: Some("Nova Sound GmbH".to_owned()),
            address: "Lange Gasse 1\n10115 Berlin".to_owned(),
            country: Some("Germany".to_owned()),
            email: "nova@example.com".to_owned(),
            vat_id: Some("DE123456789".to_owned()),
            tax_number: Some("30/123/45678".to_owned()),
        },
        client: Side {
            name: "Ada Lovelace".to_owned(),
            legal_name: None,
            address: "12 St James’s Square\nLondon".to_owned(),
            country: Some("United Kingdom".to_owned()),
            email: "ada@example.com".to_owned(),
            vat_id: None,
            tax_number: None,
        },
        currency: "EUR".to_owned(),
        decimals: 2,
        lines: vec![
            Line { what: "Mixing".to_owned(), quantity_milli: 2_500, unit: 40_000, net: 100_000 },
            Line { what: "Travel".to_owned(), quantity_milli: 1_000, unit: 5_000, net: 5_000 },
        ],
        net: 105_000,
        tax: Some(Tax { name: "VAT 19 % (Germany)".to_owned(), minor_units: 19_950, reverse_charge: false }),
        tax_note: None,
        total: 124_950,
        late_fee: Some(LateFee { flat: None, monthly_ppm: Some(10_000), grace_days: 14, cap_ppm: 100_000 }),
        pay_url: Some("https://studio.example/invoices/invoice.invoice_0193.0.00ab".to_owned()),
        bank_details: Some("IBAN DE89 3704 0044 0532 0130 00\nBIC COBADEFFXXX".to_owned()),
        notes: "The quote covers: Mixing; Travel.".to_owned(),
    }
}

/// Letters and digits alone: line breaks and spaces are the layout's.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn page_text(pdf: &[u8]) -> String {
    let document = lopdf::Document::load_mem(pdf).expect("our PDF can be read");
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    letters(&document.extract_text(&pages).expect("its text can be extracted"))
}

#[test]
fn an_invoice_shows_every_fact_and_is_made_alike_each_time() {
    let pdf = to_pdf(&invoice()).unwrap();
    assert_eq!(pdf, to_pdf(&invoice()).unwrap());
    let shown = page_text(&pdf);
    for fact in [
        "INV-2026-0007",
        "2 December 2026",
        "Supplied on 30 November 2026",
        "16 December 2026",
        "QT-7K3M9Q2X",
        "Nova Sound GmbH",
        "10115 Berlin",
        "VAT ID DE123456789",
        "Tax number 30/123/45678",
        "Ada Lovelace",
        "United Kingdom",
        "2.5",
        "EUR 400.00",
        "EUR 1,050.00",
        "VAT 19 % (Germany)",
        "EUR 199.50",
        "EUR 1,249.50",
        "a fee of 1% of what is left to pay",
        "no more than 10% of the invoice",
        "invoice.invoice_0193.0.00ab",
        "IBAN DE89 3704 0044 0532 0130 00",
        "The quote covers",
    ] {
        assert!(shown.contains(&letters(fact)), "{fact} in {shown}");
    }
}

#[test]
fn a_number_is_asked_for_with_a_transfer_alone() {
    let said = |pay_url: Option<&str>, bank: Option<&str>| {
        let (pay_url, bank_details) = (pay_url.map(str::to_owned), bank.map(str::to_owned));
        let text = invoice_text(&Invoice { pay_url, bank_details, ..invoice() }).unwrap();
        (text.payment_heading, text.payment.join("\n"))
    };
    let asked = "Please name the number INV-2026-0007.";
    let (heading, online) = said(Some("https://studio.example/pay"), None);
    assert!(!heading.is_empty() && online.ends_with("https://studio.example/pay"), "{online}");
    assert!(said(None, Some("IBAN DE89 3704 0044 0532 0130 00")).1.ends_with(asked));
    assert_eq!(said(None, None), (String::new(), String::new()));
}

#[test]
fn an_address_to_pay_at_is_copied_as_it_is() {
    let pdf = to_pdf(&invoice()).unwrap();
    let document = lopdf::Document::load_mem(&pdf).expect("our PDF can be read");
    let text = document.extract_text(&[1]).expect("its text can be extracted");
    assert!(!text.contains('\u{200b}'), "{text}");
}

#[test]
fn being_late_is_said_in_days_only_where_there_are_some() {
    let said = |grace_days| {
        let fee = LateFee { flat: Some(4_000), monthly_ppm: None, grace_days, cap_ppm: 100_000 };
        invoice_text(&Invoice { late_fee: Some(fee), ..invoice() }).unwrap().remarks[0].clone()
    };
    assert!(said(0).contains("if it is paid late;"), "{}", said(0));
    assert!(said(1).contains("if it is paid more than a day late;"), "{}", said(1));
    assert!(said(14).contains("if it is paid more than 14 days late;"), "{}", said(14));
}

#[test]
fn where_no_tax_is_charged_it_says_why() {
    let tax = Tax { name: "Reverse charge (France)".to_owned(), minor_units: 0, reverse_charge: true };
    let reversed = Invoice { tax: Some(tax), total: 105_000, ..invoice() };
    let text = invoice_text(&reversed).unwrap();
    assert!(text.remarks[0].starts_with("Reverse charge"), "{:?}", text.remarks);
    let small = Invoice { tax: None, tax_note: Some("No VAT by § 19 UStG.".to_owned()), total: 105_000, ..invoice() };
    assert_eq!(invoice_text(&small).unwrap().remarks[0], "No VAT by § 19 UStG.");
    let silent = Invoice { tax: None, total: 105_000, ..invoice() };
    assert_eq!(invoice_text(&silent).unwrap().remarks[0], "No tax is charged.");
}

#[test]
fn a_credit_note_names_its_invoice_and_asks_for_nothing() {
    let note = Invoice {
        kind: Kind::CreditNote,
        reference: "INV-2026-0008".to_owned(),
        due_on: None,
        of_invoice: Some("INV-2026-0007".to_owned()),
        late_fee: None,
        pay_url: None,
        bank_details: None,
        notes: "The travel was not needed.".to_owned(),
        ..invoice()
    };
    let text = invoice_text(&note).unwrap();
    assert_eq!((text.kind.as_str(), text.total.label.as_str()), ("Credit note", "Credited"));
    assert!(text.payment.is_empty() && text.payment_heading.is_empty());
    let shown = page_text(&to_pdf(&note).unwrap());
    assert!(shown.contains(&letters("Over the invoice INV-2026-0007")), "{shown}");
}

#[test]
fn what_does_not_add_up_is_no_invoice() {
    for wrong in [Invoice { total: 124_951, ..invoice() }, Invoice { net: 105_001, total: 124_951, ..invoice() }] {
        let Err(DocumentError::Invalid(faults)) = to_pdf(&wrong) else { panic!("a wrong total is printed") };
        assert_eq!(faults[0].field, "total");
    }
}

#[test]
fn the_longest_names_and_the_most_lines_are_set() {
    let wide = "W".repeat(300);
    let line = Line { what: wide.clone(), quantity_milli: 1_000_000_000, unit: 1, net: 1 };
    let long = Invoice {
        seller: Side { name: wide.clone(), address: wide, ..invoice().seller },
        lines: vec![line; 50],
        net: 50,
        tax: None,
        total: 50,
        ..invoice()
    };
    let pdf = to_pdf(&long).unwrap();
    let document = lopdf::Document::load_mem(&pdf).expect("our PDF can be read");
    assert!(document.get_pages().len() > 1);
}
