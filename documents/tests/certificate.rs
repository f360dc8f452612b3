//! The certificate of a licence, and the text for the form of a service that has claimed the song.

mod samples;

use chrono::NaiveDate;
use documents::certificate::{Certificate, MAX_DISPUTE_CHARS, certificate_text, dispute_text, to_pdf};
use documents::licence::{LicenceContract, Stage, Tier, clauses};
use documents::{DocumentError, Language};

const VERIFY_URL: &str = "https://studio.example/verify/LL-2026-001742";

fn certificate(contract: LicenceContract) -> Certificate {
    Certificate { contract, verify_url: VERIFY_URL.to_owned() }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a literal date of the calendar")
}

/// Letters and digits alone: line breaks, bullets and hyphens are the layout's.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The text of a PDF that has one page.
fn page_text(pdf: &[u8]) -> String {
    let document = lopdf::Document::load_mem(pdf).expect("our PDF can be read");
    assert_eq!(document.get_pages().len(), 1, "a certificate has one page");
    document.extract_text(&[1]).expect("its text can be extracted")
}

/// A contract with every name as long as anybody can enter it here.
fn longest() -> Certificate {
    let mut contract = samples::sold(Tier::WavLease);
    let wide = "W".repeat(200);
    contract.terms.licensor.studio_name = format!("{wide}, trading as {wide}");
    contract.terms.tier_name = "W".repeat(100);
    contract.terms.beat.title.clone_from(&wide);
    if let Stage::Sold(sale) = &mut contract.stage {
        sale.licensee.name = wide;
    }
    Certificate { contract, verify_url: format!("https://{}", "w".repeat(292)) }
}

#[test]
fn a_certificate_says_what_the_contract_says() {
    for tier in Tier::ALL {
        let certificate = certificate(samples::sold(tier));
        let text = certificate_text(&certificate).unwrap();
        let of_contract = clauses(&certificate.contract).unwrap();
        let clause = of_contract.iter().find(|clause| clause.id == "contentid").unwrap();
        assert_eq!(&text.clause, clause, "{tier:?}");
        let pdf = page_text(&to_pdf(&certificate).unwrap());
        assert!(!pdf.contains('\u{200b}'), "{tier:?}: the address can be copied as it stands");
        let pdf = letters(&pdf);
        for fact in &text.facts {
            let (label, value) = (letters(&fact.label), letters(&fact.value));
            assert!(pdf.contains(&label) && pdf.contains(&value), "{tier:?}: the page lacks {fact:?}");
        }
        for sentence in text.clause.sentences() {
            assert!(pdf.contains(&letters(sentence)), "{tier:?}: the page lacks {sentence}");
        }
        let values: Vec<&str> = text.facts.iter().map(|fact| fact.value.as_str()).collect();
        for said in ["LL-2026-001742", "Studio Żółta Łódź", "Grzegorz Brzęczyszczykiewicz", VERIFY_URL] {
            assert!(values.contains(&said), "{tier:?}: {said}");
        }
    }
}

#[test]
fn what_is_not_known_is_left_out() {
    let mut contract = samples::sold(Tier::Unlimited);
    contract.terms.beat.isrc = None;
    let text = certificate_text(&certificate(contract.clone())).unwrap();
    assert!(text.facts.iter().all(|fact| fact.label != "ISRC"));
    assert!(text.facts.iter().any(|fact| fact.value == "without end"));
    let said = dispute_text(&certificate(contract), day(2100, 1, 1)).unwrap();
    assert!(!said.contains("ISRC") && said.contains("The licence has no end.") && said.starts_with("I have a licence"));
}

#[test]
fn the_pdf_is_archived_as_the_contract_is() {
    let certificate = certificate(samples::sold(Tier::WavLease));
    let bytes = to_pdf(&certificate).unwrap();
    assert_eq!(bytes, to_pdf(&certificate).unwrap(), "the same certificate gives the same bytes");
    let document = lopdf::Document::load_mem(&bytes).unwrap();
    let info = document.trailer.get(b"Info").and_then(lopdf::Object::as_reference).unwrap();
    let info = document.get_dictionary(info).unwrap();
    let field = |name: &[u8]| lopdf::decode_text_string(info.get(name).unwrap()).unwrap();
    assert_eq!(field(b"Title"), "Certificate of licence — Noc nad Wisłą");
    assert_eq!(field(b"Author"), "Studio Żółta Łódź");
    assert!(field(b"CreationDate").starts_with("D:20261123061620"));
    assert!(document.catalog().unwrap().has(b"StructTreeRoot"), "the file is not tagged");
    assert!(String::from_utf8_lossy(&bytes).contains("pdfaid:part>2<"));
}

#[test]
fn the_longest_names_still_fit() {
    let certificate = longest();
    let pdf = letters(&page_text(&to_pdf(&certificate).unwrap()));
    assert!(pdf.contains(&letters(&certificate.contract.terms.licensor.studio_name)));
    let said = dispute_text(&certificate, day(2026, 12, 1)).unwrap();
    assert!(said.chars().count() <= MAX_DISPUTE_CHARS, "{} characters", said.chars().count());
    assert!(said.contains(&certificate.verify_url) && said.contains("W…"), "the address is never cut: {said}");
}

#[test]
fn the_text_for_a_form_is_true_on_its_day() {
    let certificate = certificate(samples::sold(Tier::WavLease));
    let last = dispute_text(&certificate, day(2029, 11, 23)).unwrap();
    assert!(last.starts_with("I have a licence for the music that was claimed.\n"), "{last}");
    for said in [
        "My song uses the beat “Noc nad Wisłą”. Studio Żółta Łódź licensed it to Grzegorz Brzęczyszczykiewicz on 23 November 2026",
        "under the reference LL-2026-001742",
        "The ISRC of the beat’s recording is PL-A12-26-00042.",
        "The last day of the licence is 23 November 2029.",
        "“Content ID”",
        VERIFY_URL,
        "Please release the claim.",
    ] {
        assert!(last.contains(said), "{said} in {last}");
    }
    let over = dispute_text(&certificate, day(2029, 11, 24)).unwrap();
    assert!(over.starts_with("I had a licence for the music that was claimed. Its term is over.\n"), "{over}");
    for tier in Tier::ALL {
        let said = dispute_text(&self::certificate(samples::sold(tier)), day(2026, 12, 1)).unwrap();
        assert!(!said.contains('{') && said.chars().count() <= MAX_DISPUTE_CHARS, "{tier:?}: {said}");
    }
}

#[test]
fn an_offer_has_no_certificate_and_an_address_fits_a_code() {
    let offer = certificate(samples::offer(Tier::WavLease));
    assert!(matches!(certificate_text(&offer), Err(DocumentError::NotAccepted)));
    assert!(matches!(to_pdf(&offer), Err(DocumentError::NotAccepted)));
    assert!(matches!(dispute_text(&offer, day(2026, 12, 1)), Err(DocumentError::NotAccepted)));
    for url in [String::new(), "x".repeat(301)] {
        let wrong = Certificate { verify_url: url, ..certificate(samples::sold(Tier::WavLease)) };
        let Err(DocumentError::Invalid(faults)) = to_pdf(&wrong) else { panic!("it is refused") };
        assert!(faults[0].field == "verify_url" && !faults[0].remedy.is_empty());
    }
}

#[test]
fn no_sentence_is_said_by_nobody() {
    let source = include_str!("../src/certificate/text.rs");
    for key in Language::En.certificate_texts().keys() {
        assert!(source.contains(&format!("\"{key}\"")), "{key}");
    }
}
