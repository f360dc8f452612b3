//! The licence contract: its words, its refusals, its two forms.

mod samples;

use documents::agreement::Rebuilt;
use documents::licence::{
    AtCap, Checkout, ContentId, DeliveredFile, FileContent, LicenceContract, MAX_SAMPLES, MasterOwnership, Price,
    Replaced, Sale, Sample, SampleClearance, Stage, Tier, accepted, accepted_pdf, clauses, contract_text, offer_sha256,
    preview_html, preview_page, rebuild, to_pdf,
};
use documents::{DocumentError, FieldError, Typesetter};

fn sale(contract: &mut LicenceContract) -> &mut Sale {
    match &mut contract.stage {
        Stage::Sold(sale) => sale,
        Stage::Offered => panic!("the sample is sold"),
    }
}

fn faults(contract: &LicenceContract) -> Vec<FieldError> {
    match clauses(contract) {
        Err(DocumentError::Invalid(faults)) => faults,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// Letters and digits alone: line breaks, bullets and hyphens are the layout's.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The text between tags, with entities read back.
fn html_text(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    text.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&")
}

fn pdf_text(pdf: &[u8]) -> String {
    let document = lopdf::Document::load_mem(pdf).expect("our PDF can be read");
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    pages.iter().map(|page| document.extract_text(&[*page]).expect("its text can be extracted")).collect()
}

#[test]
fn the_words_of_each_tier_are_these() {
    for tier in Tier::ALL {
        let name = format!("sold_{tier:?}").to_lowercase();
        insta::assert_snapshot!(name, contract_text(&samples::sold(tier)).unwrap().plain());
    }
    insta::assert_snapshot!("offer_mp3lease", contract_text(&samples::offer(Tier::Mp3Lease)).unwrap().plain());
    insta::assert_snapshot!("offer_exclusive", contract_text(&samples::offer(Tier::Exclusive)).unwrap().plain());
}

#[test]
fn the_pdf_and_the_page_say_the_same() {
    for tier in Tier::ALL {
        let contract = samples::sold(tier);
        let pdf = letters(&pdf_text(&to_pdf(&contract).unwrap().bytes));
        let html = letters(&html_text(&preview_html(&contract).unwrap()));
        let text = contract_text(&contract).unwrap();
        let mut sentences = 0;
        for clause in &text.clauses {
            for sentence in clause.sentences() {
                let sentence = letters(sentence);
                assert!(html.contains(&sentence), "{tier:?}: the page lacks {sentence}");
                // A page break may stand inside a sentence: then its two parts are there.
                let in_two_parts = || {
                    sentence.char_indices().any(|(at, _)| {
                        let (first, second) = sentence.split_at(at);
                        pdf.contains(first) && pdf.contains(second)
                    })
                };
                assert!(in_two_parts(), "{tier:?}: the PDF lacks {sentence}");
                sentences += 1;
            }
            assert!(html.contains(&letters(&clause.summary)) && pdf.contains(&letters(&clause.summary)));
        }
        assert!(sentences > 30);
        for file in &text.schedule {
            assert!(pdf.contains(&file.identity) && html.contains(&file.identity));
        }
    }
}

#[test]
fn what_was_offered_stands_in_what_is_sold() {
    for tier in Tier::ALL {
        let [offer, sold] = [samples::offer(tier), samples::sold(tier)].map(|it| contract_text(&it).unwrap());
        assert_eq!(offer.clauses.len(), sold.clauses.len(), "{tier:?}");
        for (offered, sold) in offer.clauses.iter().zip(&sold.clauses) {
            assert_eq!((&offered.id, &offered.summary), (&sold.id, &sold.summary));
            let said: Vec<&str> = sold.sentences().collect();
            // Who buys, when and under which number is all that a sale may word anew.
            for sentence in offered.sentences().filter(|_| offered.id != "parties") {
                assert!(said.contains(&sentence), "{tier:?}: {sentence} is not in {said:?}");
            }
        }
    }
}

#[test]
fn nobody_acts_for_themselves() {
    let said = |names: (&str, Option<&str>), address: Option<&str>| {
        let mut contract = samples::sold(Tier::WavLease);
        let licensor = &mut contract.terms.licensor;
        licensor.studio_name = "Noctua".to_owned();
        licensor.address = address.map(str::to_owned);
        licensor.producers.truncate(1);
        licensor.producers[0].legal_name = names.0.to_owned();
        licensor.producers[0].professional_name = names.1.map(str::to_owned);
        let parties = contract_text(&contract).unwrap().clauses.remove(0);
        parties.sentences().next().unwrap().to_owned()
    };
    assert!(said(("noctua ", None), None).starts_with("This agreement is made by noctua (the “Licensor”)."));
    assert!(said(("Ola Nowak", Some("NOCTUA")), Some("Wrocław")).starts_with(
        "This agreement is made by Ola Nowak (professionally known as NOCTUA), Wrocław (the “Licensor”)."
    ));
    assert!(
        said(("Ola Nowak", None), None)
            .starts_with("This agreement is made by Noctua, acting for and together with Ola Nowak (the “Licensor”).")
    );
}

#[test]
fn the_same_contract_gives_the_same_bytes() {
    let contract = samples::sold(Tier::Trackout);
    let first = to_pdf(&contract).unwrap();
    assert_eq!(first, to_pdf(&contract).unwrap());
    let stored = serde_json::to_string(&contract).unwrap();
    let restored: LicenceContract = serde_json::from_str(&stored).unwrap();
    assert_eq!(first, to_pdf(&restored).unwrap());
    assert_eq!(first.sha256, documents::world::sha256_hex(&first.bytes));
    assert_eq!(first.text_sha256, contract_text(&contract).unwrap().sha256());
}

/// How the samples were accepted, with the text that was shown.
fn checkout(shown: Option<String>) -> Checkout {
    Checkout {
        order: "LL-7K3M9Q2X".to_owned(),
        placed_at: "2026-11-23T06:15:02Z".parse().expect("an instant"),
        ip: Some("192.0.2.7".to_owned()),
        user_agent: None,
        shown_text_sha256: shown,
    }
}

#[test]
fn what_is_sealed_tells_what_was_shown_and_is_made_again() {
    for tier in Tier::ALL {
        let sold = samples::sold(tier);
        let shown = offer_sha256(&sold).unwrap();
        assert_eq!(shown, contract_text(&samples::offer(tier)).unwrap().sha256(), "{tier:?}");
        let pdf = accepted_pdf(&sold, &checkout(Some(shown.clone()))).unwrap();
        assert!(String::from_utf8_lossy(&pdf.bytes).contains("pdfaid:part>3<"), "{tier:?}");
        assert_eq!(rebuild(&pdf.bytes), Rebuilt::Identical { bytes: pdf.bytes.len() }, "{tier:?}");
        let found = accepted(&pdf.bytes).unwrap().unwrap();
        assert_eq!((found.is_as_shown, found.checkout), (Some(true), checkout(Some(shown))), "{tier:?}");
    }
    // Something else was offered than was sealed, or nobody knows what.
    let sold = samples::sold(Tier::WavLease);
    let mut other = sold.clone();
    other.terms.price.minor_units += 1;
    let pdf = accepted_pdf(&sold, &checkout(Some(offer_sha256(&other).unwrap()))).unwrap().bytes;
    assert_eq!(accepted(&pdf).unwrap().unwrap().is_as_shown, Some(false));
    let pdf = accepted_pdf(&sold, &checkout(None)).unwrap().bytes;
    assert_eq!(accepted(&pdf).unwrap().unwrap().is_as_shown, None);
}

#[test]
fn what_embeds_nothing_says_so() {
    let pdf = to_pdf(&samples::sold(Tier::Trackout)).unwrap().bytes;
    assert_eq!(accepted(&pdf), None);
    assert_eq!(rebuild(&pdf), Rebuilt::NoData { missing: vec!["licence.json", "acceptance.json"] });
    let found = documents::agreement::rebuild(&pdf);
    assert!(!found.is_fault() && !found.is_compared());
    let missing = vec!["agreement.json", "evidence.json", "execution.json"];
    assert_eq!(found, Rebuilt::NoData { missing });
}

#[test]
fn the_pdf_names_itself() {
    let pdf = to_pdf(&samples::sold(Tier::Exclusive)).unwrap();
    let document = lopdf::Document::load_mem(&pdf.bytes).unwrap();
    let info = document.trailer.get(b"Info").and_then(lopdf::Object::as_reference).unwrap();
    let info = document.get_dictionary(info).unwrap();
    let field = |name: &[u8]| lopdf::decode_text_string(info.get(name).unwrap()).unwrap();
    assert_eq!(field(b"Title"), "Noc nad Wisłą — Exclusive licence");
    assert_eq!(field(b"Author"), "Studio Żółta Łódź");
    assert!(field(b"CreationDate").starts_with("D:20261123061620"));
    let catalog = document.catalog().unwrap();
    assert!(catalog.has(b"StructTreeRoot"), "the file is not tagged");
    assert!(String::from_utf8_lossy(&pdf.bytes).contains("pdfaid:part>2<"));
}

#[test]
fn an_offer_is_readable_and_never_a_pdf() {
    for tier in Tier::ALL {
        let offer = samples::offer(tier);
        let page = html_text(&preview_page(&offer).unwrap());
        assert!(page.contains("the buyer named at checkout"));
        assert!(page.contains("This agreement comes into force when the buyer accepts it at checkout"));
        assert!(matches!(to_pdf(&offer), Err(DocumentError::NotAccepted)));
    }
}

#[test]
fn an_offer_and_its_sale_differ_only_where_the_sale_adds_facts() {
    let offered = clauses(&samples::offer(Tier::WavLease)).unwrap();
    let sold = clauses(&samples::sold(Tier::WavLease)).unwrap();
    assert_eq!(offered.len(), sold.len());
    let differing: Vec<_> =
        offered.iter().zip(&sold).filter(|(offer, sale)| offer != sale).map(|(offer, _)| offer.id.as_str()).collect();
    assert_eq!(differing, ["parties", "term", "price"]);
}

fn sample(clearance: SampleClearance) -> Sample {
    Sample { title: "Tęsknota".to_owned(), source: "Zespół Kalina, 1974".to_owned(), clearance }
}

/// A change that takes a required value away or contradicts another, and the field that must be named.
type Spoil = (&'static str, fn(&mut LicenceContract));

const SPOILED: &[Spoil] = &[
    ("terms.tier_name", |c| c.terms.tier_name.clear()),
    ("terms.licensor.studio_name", |c| " \n".clone_into(&mut c.terms.licensor.studio_name)),
    ("terms.licensor.email", |c| "nobody".clone_into(&mut c.terms.licensor.email)),
    ("terms.licensor.address", |c| c.terms.licensor.address = Some(String::new())),
    ("terms.licensor.producers", |c| c.terms.licensor.producers.clear()),
    ("terms.licensor.producers[1].legal_name", |c| c.terms.licensor.producers[1].legal_name.clear()),
    ("terms.licensor.producers[0].professional_name", |c| {
        c.terms.licensor.producers[0].professional_name = Some(String::new());
    }),
    ("terms.beat.title", |c| c.terms.beat.title.clear()),
    ("terms.beat.title", |c| c.terms.beat.title = "x".repeat(10_000)),
    ("terms.beat.work_title", |c| c.terms.beat.work_title = Some(String::new())),
    ("terms.beat.isrc", |c| c.terms.beat.isrc = Some(String::new())),
    ("terms.beat.iswc", |c| c.terms.beat.iswc = Some(String::new())),
    ("terms.beat.key", |c| c.terms.beat.key = Some(String::new())),
    ("terms.beat.bpm_milli", |c| c.terms.beat.bpm_milli = Some(0)),
    ("terms.beat.audio_sha256", |c| c.terms.beat.audio_sha256.clear()),
    ("terms.beat.audio_sha256", |c| c.terms.beat.audio_sha256 = "A".repeat(64)),
    ("terms.files", |c| c.terms.files.clear()),
    ("terms.files", |c| c.terms.files = vec![c.terms.files[0].clone(); 501]),
    ("terms.files[0].name", |c| c.terms.files[0].name.clear()),
    ("terms.files[0].format", |c| c.terms.files[0].format.clear()),
    ("terms.files[0].content.sha256", |c| {
        c.terms.files[0].content = Some(FileContent { bytes: 1, sha256: "0".to_owned() });
    }),
    ("terms.files[0].content.bytes", |c| {
        c.terms.files[0].content = Some(FileContent { bytes: 0, sha256: "0".repeat(64) });
    }),
    ("terms.price.currency", |c| "€".clone_into(&mut c.terms.price.currency)),
    ("terms.price.decimals", |c| c.terms.price.decimals = 9),
    ("terms.term", |c| c.terms.term = documents::licence::Term::Months(0)),
    ("terms.publishing_kept_ppm", |c| c.terms.publishing_kept_ppm = 1_000_001),
    ("terms.writers", |c| c.terms.writers.clear()),
    ("terms.writers", |c| c.terms.writers[0].share_ppm -= 1),
    ("terms.writers[0].name", |c| c.terms.writers[0].name.clear()),
    ("terms.writers[1].role", |c| c.terms.writers[1].role.clear()),
    ("terms.writers[0].ipi", |c| c.terms.writers[0].ipi = Some(String::new())),
    ("terms.writers[0].pro", |c| c.terms.writers[0].pro = Some(String::new())),
    ("terms.master_ownership", |c| c.terms.master_ownership = MasterOwnership::AssignedToLicensee),
    ("terms.credit_line", |c| c.terms.credit_line.clear()),
    ("terms.samples", |c| c.terms.samples = vec![sample(SampleClearance::Cleared); MAX_SAMPLES + 1]),
    ("terms.samples[1].title", |c| {
        c.terms.samples = vec![sample(SampleClearance::Cleared); 2];
        c.terms.samples[1].title.clear();
    }),
    ("terms.samples[0].source", |c| {
        c.terms.samples = vec![Sample { source: " ".to_owned(), ..sample(SampleClearance::NotCleared) }];
    }),
    ("terms.content_id", |c| {
        c.terms.samples = vec![sample(SampleClearance::RoyaltyFree)];
        c.terms.content_id = ContentId::AllowedExceptEarlierLicensees;
    }),
    ("terms.content_id", |c| {
        c.terms.samples = vec![sample(SampleClearance::Cleared)];
        c.terms.content_id = ContentId::NotAllowedSharedRecordings;
    }),
    ("terms.earlier_leases", |c| c.terms.tier = Tier::Exclusive),
    ("terms.earlier_leases", |c| c.terms.earlier_leases = samples::terms(Tier::Exclusive).earlier_leases),
    ("terms.governing_law", |c| c.terms.governing_law.clear()),
    ("stage.sold.reference", |c| sale(c).reference.clear()),
    ("stage.sold.expires_on", |c| sale(c).expires_on = None),
    ("stage.sold.licensee.name", |c| sale(c).licensee.name.clear()),
    ("stage.sold.licensee.email", |c| "a b@c".clone_into(&mut sale(c).licensee.email)),
    ("stage.sold.acceptance.accepted_by", |c| sale(c).acceptance.accepted_by.clear()),
    ("stage.sold.acceptance.order_reference", |c| sale(c).acceptance.order_reference.clear()),
];

#[test]
fn a_missing_or_contradicting_value_is_refused_by_name() {
    for (field, spoil) in SPOILED {
        let mut contract = samples::sold(Tier::WavLease);
        spoil(&mut contract);
        let faults = faults(&contract);
        assert!(faults.iter().any(|fault| fault.field == *field), "{field} is not named in {faults:?}");
        assert!(faults.iter().all(|fault| !fault.problem.is_empty() && !fault.remedy.is_empty()));
        assert!(matches!(to_pdf(&contract), Err(DocumentError::Invalid(_))));
        assert!(matches!(preview_html(&contract), Err(DocumentError::Invalid(_))));
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let mut contract = samples::sold(Tier::WavLease);
    contract.terms.beat.title.clear();
    contract.terms.credit_line.clear();
    sale(&mut contract).licensee.name.clear();
    assert_eq!(faults(&contract).len(), 3);
}

#[test]
fn more_leases_than_counted_are_refused() {
    let mut contract = samples::sold(Tier::Exclusive);
    contract.terms.earlier_leases.as_mut().unwrap().count = 1;
    assert_eq!(faults(&contract)[0].field, "terms.earlier_leases.listed");
}

#[test]
fn the_setting_at_a_cap_decides_the_clause() {
    let words = |at_cap| {
        let mut contract = samples::sold(Tier::WavLease);
        contract.terms.at_cap = at_cap;
        contract_text(&contract).unwrap().plain()
    };
    assert!(words(AtCap::Upgrade).contains("pays the difference between the price paid"));
    assert!(words(AtCap::Terminate).contains("the licence ends for further use"));
    let unlimited = clauses(&samples::sold(Tier::Unlimited)).unwrap();
    assert!(unlimited.iter().all(|clause| clause.id != "cap"));
}

/// A sample that upgrades another licence, of which so much is credited.
fn upgrade(full_minor: u64, credited_minor: u64) -> LicenceContract {
    let mut contract = samples::sold(Tier::WavLease);
    let euros = |minor_units| Price { minor_units, currency: "EUR".to_owned(), decimals: 2 };
    contract.terms.replaces = Some(Replaced {
        reference: "LL-2026-000311".to_owned(),
        tier_name: "MP3 lease".to_owned(),
        granted_on: "2026-02-03".parse().expect("a date"),
        full_price: euros(full_minor),
        credited: euros(credited_minor),
    });
    contract
}

#[test]
fn an_upgrade_says_what_it_replaces_and_what_is_credited() {
    let said = |contract: &LicenceContract| contract_text(contract).unwrap().plain().replace('\u{a0}', " ");
    let difference = said(&upgrade(7_998, 2_999));
    for sentence in [
        "Replaces: LL-2026-000311",
        "takes the place of the licence LL-2026-000311 (“MP3 lease”), which the Licensee was granted on 3 February 2026",
        "is EUR 79.98. Of that, EUR 29.99 that the Licensee had paid before are credited; the price of this licence is the difference",
        "counts towards the limits of this one",
        "the earlier licence is in force again as it was",
    ] {
        assert!(difference.contains(sentence), "{sentence} in {difference}");
    }
    assert!(said(&upgrade(7_998, 7_990)).contains("is the least that the payment service collects"));
    assert!(!said(&samples::sold(Tier::WavLease)).contains("takes the place of"));
    let stored = serde_json::to_string(&samples::sold(Tier::WavLease)).unwrap();
    assert!(!stored.contains("replaces"), "what is no upgrade is stored as it always was");
    let mut dollars = upgrade(7_998, 2_999);
    dollars.terms.replaces.as_mut().unwrap().credited.currency = "USD".to_owned();
    assert_eq!(faults(&dollars)[0].field, "terms.replaces.credited");
}

#[test]
fn an_exclusive_can_hand_the_recording_over() {
    let mut contract = samples::sold(Tier::Exclusive);
    contract.terms.master_ownership = MasterOwnership::AssignedToLicensee;
    let words = contract_text(&contract).unwrap().plain();
    assert!(words.contains("The Licensor assigns the sound recording of the Beat"));
    assert!(!words.contains("not a sale of the Beat"));
    assert!(words.contains("register it as a work of the Licensee alone"), "the recording is the Licensee’s: {words}");
}

#[test]
fn files_that_are_still_to_be_made_say_so() {
    let mut contract = samples::sold(Tier::Mp3Lease);
    contract.terms.files =
        vec![DeliveredFile { name: "MP3".to_owned(), format: "320 kbit/s".to_owned(), content: None }];
    let words = contract_text(&contract).unwrap().plain();
    assert!(words.contains("made from the recording with the fingerprint"));
    // No fingerprint is promised where none stands.
    assert!(!words.contains("Each file’s fingerprint") && !words.contains("digit for digit"), "{words}");
}

#[test]
fn each_clearance_says_who_clears_a_sample() {
    let words = |tier, clearance| {
        let mut contract = samples::sold(tier);
        contract.terms.samples = vec![sample(clearance)];
        if tier.is_exclusive() && clearance == SampleClearance::RoyaltyFree {
            contract.terms.content_id = ContentId::NotAllowedSharedRecordings;
        }
        contract_text(&contract).unwrap().plain()
    };
    for tier in Tier::ALL {
        for (clearance, said) in [
            (SampleClearance::Cleared, "cleared by the Licensor for the uses in this licence."),
            (SampleClearance::RoyaltyFree, "used under a licence that covers the uses in this agreement"),
            (SampleClearance::NotCleared, "not cleared; the Licensee clears it with its owners"),
        ] {
            assert!(words(tier, clearance).contains(&format!("“Tęsknota”, Zespół Kalina, 1974: {said}")), "{tier:?}");
        }
        let leases = words(tier, SampleClearance::ClearedForLeases);
        assert!(leases.contains("cleared by the Licensor for licences that are not exclusive"), "{tier:?}");
        assert_eq!(leases.contains("the Licensee clears it"), tier.is_exclusive(), "{tier:?}");
    }
}

#[test]
fn a_royalty_free_sample_is_why_an_exclusive_is_not_registered_with_content_id() {
    let mut contract = samples::sold(Tier::Exclusive);
    assert!(contract_text(&contract).unwrap().plain().contains("may register the Song with Content ID"));
    contract.terms.samples = vec![sample(SampleClearance::RoyaltyFree)];
    contract.terms.content_id = ContentId::NotAllowedSharedRecordings;
    let words = contract_text(&contract).unwrap().plain();
    assert!(words.contains("does not register the Beat or the Song"));
    assert!(words.contains("because others may use the same recordings"));
    assert!(!words.contains("others hold licences of the same Beat") && !words.contains("others who paid"));
}

#[test]
fn a_free_licence_is_called_free() {
    let mut contract = samples::sold(Tier::Mp3Lease);
    contract.terms.price.minor_units = 0;
    let words = contract_text(&contract).unwrap().plain();
    assert!(words.contains("given free of charge") && !words.contains("0.00"));
}

#[test]
fn markup_in_a_value_is_only_text() {
    let markup =
        r#"#eval("1+1") $x^2$ `raw` \ *b* _i_ <label> @ref {beat} </script><b>&amp; #pagebreak() #read("/data.json")"#;
    let mut contract = samples::sold(Tier::WavLease);
    contract.terms.beat.title = markup.to_owned();
    sale(&mut contract).licensee.name = markup.to_owned();
    let pdf = pdf_text(&to_pdf(&contract).unwrap().bytes);
    assert!(letters(&pdf).contains(&letters(markup)));
    assert!(pdf.contains("$x^2$") && pdf.contains("#eval"));
    let html = preview_html(&contract).unwrap();
    assert!(!html.contains("<b>") && !html.contains("</script>"));
    assert!(html_text(&html).contains(markup));
}

#[test]
fn any_script_and_any_length_leaves_a_contract() {
    let names = [
        "山田 太郎",
        "ليلى بنت عبد الله",
        "👨\u{200d}👩\u{200d}👧 family 🔥",
        "e\u{301}\u{20dd}\u{1ab0}",
        "\u{202e}evil\u{0}\u{7}\u{fffd}\u{e000}\u{10ffff}",
        "Zoë Ðảng Nguyễn Ŵ ẞ ﬁ Ω Ж",
        "שרה כהן",
    ];
    for name in names.into_iter().map(str::to_owned).chain(["W".repeat(1_000), "word ".repeat(200)]) {
        let mut contract = samples::sold(Tier::Exclusive);
        contract.terms.beat.title.clone_from(&name);
        contract.terms.licensor.studio_name.clone_from(&name);
        contract.terms.writers[0].name.clone_from(&name);
        contract.terms.files[0].name.clone_from(&name);
        contract.terms.governing_law.clone_from(&name);
        sale(&mut contract).licensee.name.clone_from(&name);
        if let Err(error) = to_pdf(&contract) {
            panic!("{name:?}: {error}");
        }
    }
    let mut contract = samples::sold(Tier::Exclusive);
    contract.terms.governing_law = "x".repeat(10_000);
    assert!(to_pdf(&contract).is_ok());
}

#[test]
fn the_largest_contract_is_still_typeset() {
    let mut contract = samples::sold(Tier::Exclusive);
    contract.terms.files = vec![contract.terms.files[0].clone(); documents::licence::MAX_FILES];
    let leases = contract.terms.earlier_leases.as_mut().unwrap();
    leases.listed = vec![leases.listed[0].clone(); documents::licence::MAX_LEASES];
    leases.count = 10_000;
    assert!(contract_text(&contract).unwrap().plain().contains("10,000 licences of the Beat"));
    assert!(to_pdf(&contract).is_ok());
}

#[test]
fn a_form_can_ask_beforehand_what_cannot_be_shown() {
    let typesetter = Typesetter::bundled();
    assert!(typesetter.illegible("Łódź, Ελλάδα, Москва, Đặng").is_empty());
    assert_eq!(typesetter.illegible("山 and 🔥"), ['山', '🔥']);
    assert_eq!(typesetter.legible("山"), "[U+5C71]");
}

#[test]
fn no_contract_leaves_a_value_open() {
    let mut said = String::new();
    for tier in Tier::ALL {
        for contract in [samples::sold(tier), samples::offer(tier)] {
            said.push_str(&contract_text(&contract).unwrap().plain());
        }
    }
    assert!(!said.contains('{') && !said.contains('}'), "a value was not put in");
}
