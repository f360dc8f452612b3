//! The executed document: marks, evidence, attachments; and what tools that are not ours say of it.

use std::path::Path;
use std::process::Command;

use documents::agreement::{Mark, Rebuilt, Representative, Stage, Template, from_json, rebuild, text, typeset};

use crate::samples::{changed, example, execution, letters, pdf_text};

#[test]
fn an_executed_document_shows_who_signed_and_carries_its_evidence() {
    for template in Template::ALL {
        let agreement = example(template);
        let execution = execution(&agreement);
        let pdf = typeset(&agreement, Stage::Executed(&execution)).unwrap();
        assert_eq!(pdf, typeset(&agreement, Stage::Executed(&execution)).unwrap(), "{template:?}");
        assert_eq!(pdf.text_sha256, text(&agreement).unwrap().sha256());
        assert_eq!(pdf.template_sha256, typeset(&agreement, Stage::Unsigned).unwrap().template_sha256);
        let files = documents::seal::attachments(&pdf.bytes).unwrap();
        let names: Vec<&str> = files.iter().map(|file| file.attachment.name.as_str()).collect();
        assert_eq!(names, ["agreement.json", "evidence.json", "execution.json"]);
        assert_eq!(files[1].bytes, execution.evidence_json.as_bytes());
        let said = letters(&pdf_text(&pdf.bytes));
        for words in [
            "Signed by Zofia Żelazna-Kwiatkowska on behalf of",
            &pdf.text_sha256,
            &execution.evidence_head,
            "203.0.113.7",
            "consented to electronic records",
            &execution.verify_url,
        ] {
            assert!(said.contains(&letters(words)), "{template:?} lacks {words}");
        }
    }
}

#[test]
fn a_signature_on_paper_is_marked_as_what_it_is() {
    let agreement = example(Template::SplitSheet);
    let mut execution = execution(&agreement);
    let scan = documents::world::sha256_hex(b"scan");
    let signature = &mut execution.signatures[2];
    signature.mark = Mark::Paper { signed_on: "2026-11-27".parse().unwrap(), scan_sha256: Some(scan.clone()) };
    for empty in
        [&mut signature.ip, &mut signature.user_agent, &mut signature.shown_sha256, &mut signature.consent_version]
    {
        empty.clear();
    }
    let name = signature.name.clone();
    let pdf = typeset(&agreement, Stage::Executed(&execution)).unwrap();
    let said = letters(&pdf_text(&pdf.bytes));
    for words in ["Signed on paper on 27 November 2026", "Recorded by the studio on", "SHA-256 of the scan", &scan] {
        assert!(said.contains(&letters(words)), "{words} for {name}: {said}");
    }
    assert_eq!(rebuild(&pdf.bytes), Rebuilt::Identical { bytes: pdf.bytes.len() });

    let Mark::Paper { scan_sha256, .. } = &mut execution.signatures[2].mark else { unreachable!() };
    *scan_sha256 = Some("no hash".to_owned());
    let refused = typeset(&agreement, Stage::Executed(&execution)).unwrap_err().to_string();
    assert!(refused.contains("mark.scan_sha256"), "{refused}");
}

#[test]
fn a_company_is_signed_for_by_a_person() {
    let agreement = example(Template::WorkForHire);
    let mut execution = execution(&agreement);
    let (name, capacity) = ("Zofia Żelazna".to_owned(), "managing director".to_owned());
    execution.signatures[0].representative = Some(Representative { name, capacity });
    let pdf = typeset(&agreement, Stage::Executed(&execution)).unwrap();
    let words = format!("Signed by Zofia Żelazna, managing director, for {}", agreement.parties[0].name);
    let said = letters(&pdf_text(&pdf.bytes));
    assert!(said.contains(&letters(&words)), "{said}");
    assert_eq!(rebuild(&pdf.bytes), Rebuilt::Identical { bytes: pdf.bytes.len() });
}

#[test]
fn a_name_that_was_confirmed_is_printed_beside_the_one_that_was_asked() {
    let agreement = example(Template::SplitSheet);
    let mut execution = execution(&agreement);
    for signature in &mut execution.signatures[..2] {
        signature.confirmed_name = Some("Ben Okafor".to_owned());
    }
    let pdf = typeset(&agreement, Stage::Executed(&execution)).unwrap();
    let said = letters(&pdf_text(&pdf.bytes));
    let [first, second] = [0, 1].map(|party: usize| &execution.signatures[party].name);
    // Upon the line and at the head of the evidence.
    for words in [
        format!("Signed by Ben Okafor, where {first} was asked"),
        format!("Signed by Ben Okafor, where {second} was asked, on behalf of"),
    ] {
        assert_eq!(said.matches(&letters(&words)).count(), 2, "{words}: {said}");
    }
    assert_eq!(rebuild(&pdf.bytes), Rebuilt::Identical { bytes: pdf.bytes.len() });
}

#[test]
fn no_page_holds_signatures_alone() {
    for words in (0..12).map(|more| more * 40) {
        let json = changed(Template::MixMaster, |value| {
            value["general"]["payment_terms"]["notes"] = "word ".repeat(words + 1).into();
        });
        let pdf = typeset(&from_json(&json).unwrap(), Stage::Unsigned).unwrap();
        let document = lopdf::Document::load_mem(&pdf.bytes).unwrap();
        let page = |number: &u32| letters(&document.extract_text(&[*number]).unwrap());
        let pages: Vec<String> = document.get_pages().keys().map(page).collect();
        let intro = letters("The parties who sign agree to the text above.");
        let signed = pages.iter().find(|page| page.contains(&intro)).unwrap();
        assert!(
            signed.contains(&letters("This document is the whole agreement about its subject.")),
            "{words}: {signed}"
        );
    }
}

/// The addresses that a PDF's pages lead to.
fn links(pdf: &[u8]) -> Vec<String> {
    let document = lopdf::Document::load_mem(pdf).expect("a PDF");
    let mut found = Vec::new();
    for page in document.get_pages().into_values() {
        for annotation in document.get_page_annotations(page).unwrap_or_default() {
            let Ok(action) = annotation.get(b"A").and_then(|action| document.dereference(action)) else { continue };
            let uri = action.1.as_dict().and_then(|action| action.get(b"URI")).and_then(lopdf::Object::as_str);
            found.push(String::from_utf8_lossy(uri.expect("an address")).into_owned());
        }
    }
    found
}

#[test]
fn the_address_to_verify_at_is_a_link_and_copied_as_it_is() {
    let agreement = example(Template::SplitSheet);
    let mut execution = execution(&agreement);
    for url in [
        "https://studio.example/verify/AG-7K3M9Q2X".to_owned(),
        format!("https://{}.example/{}/verify/AG-7K3M9Q2X", "studio-of-many-words".repeat(3), "deeper/".repeat(20)),
    ] {
        execution.verify_url.clone_from(&url);
        let pdf = typeset(&agreement, Stage::Executed(&execution)).unwrap().bytes;
        let found = links(&pdf);
        // On each line that it stands on.
        assert!(!found.is_empty() && found.iter().all(|link| *link == url), "{found:?}");
        let said: String = pdf_text(&pdf).split_whitespace().collect();
        assert!(said.contains(&url), "{said}");
    }
}

#[test]
fn a_file_can_be_sealed_and_verified() {
    let agreement = example(Template::SplitSheet);
    let pdf = typeset(&agreement, Stage::Executed(&execution(&agreement))).unwrap();
    assert!(lopdf::Document::load_mem(&pdf.bytes).unwrap().catalog().unwrap().has(b"StructTreeRoot"));
    assert!(String::from_utf8_lossy(&pdf.bytes).contains("pdfaid:part>3<"));
}

/// Writes all documents where a person or a judge can look at them.
fn written(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut paths = Vec::new();
    for template in Template::ALL {
        let agreement = example(template);
        let execution = execution(&agreement);
        for (name, stage) in [("unsigned", Stage::Unsigned), ("executed", Stage::Executed(&execution))] {
            let path = folder.join(format!("{}-{name}.pdf", template.code()));
            let pdf = typeset(&agreement, stage).expect("the example is valid");
            std::fs::write(&path, pdf.bytes).expect("the folder can be written");
            paths.push(path);
        }
    }
    paths
}

#[test]
fn pdftotext_reads_what_was_shown() {
    let folder = tempfile::tempdir().unwrap();
    if Command::new("pdftotext").arg("-v").output().is_err() {
        return;
    }
    for template in Template::ALL {
        let agreement = example(template);
        let path = folder.path().join("agreement.pdf");
        std::fs::write(&path, typeset(&agreement, Stage::Unsigned).unwrap().bytes).unwrap();
        let output = Command::new("pdftotext").args(["-raw", "-enc", "UTF-8"]).arg(&path).arg("-").output().unwrap();
        let said = letters(&String::from_utf8_lossy(&output.stdout));
        for party in &agreement.parties {
            // Right-to-left words stand in the order in which they are seen, each read as it is written.
            for word in party.name.split_whitespace().map(letters) {
                assert!(said.contains(&word), "{template:?}: pdftotext does not read {word}");
            }
        }
        for clause in text(&agreement).unwrap().clauses {
            assert!(said.contains(&letters(&clause.heading)), "{template:?}: {}", clause.heading);
        }
    }
}

const SCRIPT: &str = "import sys, page
for path in sys.argv[1:]:
    result = page.validate_pdf(path, profile=page.ValidationProfile.PDF_A_3B)
    print(path, result.is_compliant, [failure.rule_id for failure in result.failures])";

/// `LEDGERLINE_TEST_PYTHON` names a Python that has the package page-validation; else `python3` is asked.
#[test]
fn page_validation_finds_pdf_a_3b() {
    let python = std::env::var("LEDGERLINE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import page"]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: {python} has no page-validation, its opinion was not asked");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(python).args(["-c", SCRIPT]).args(written(folder.path())).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let compliant = said.lines().filter(|line| line.contains(" True [")).count();
    assert_eq!(compliant, 2 * Template::ALL.len(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
