//! Bytes that nobody meant to be a PDF.

use std::{fmt::Write as _, io::Write as _};

use documents::seal::{FindingKind, Options, PdfError, Verdict, attachments, verify};
use flate2::{Compression, write::ZlibEncoder};

use crate::{
    studio::{Foretold, LEVELS},
    tampering::strict,
};

/// Mutants of each file.
const MUTANTS: usize = 400;

/// Whatever is changed in what is covered is refused. The room of the last signature is not covered: in it stand fields that nobody
/// signs, such as copies of roots; whatever is done to them, what is said of the signatures stays the same or the file is refused.
#[test]
fn no_mutant_is_taken_for_the_original_and_none_brings_the_verifier_down() {
    let mut random = Foretold(2026);
    for file in [&LEVELS.sealed, &LEVELS.archived] {
        let word = b"/Contents <";
        let start = file.windows(word.len()).rposition(|window| window == word).unwrap() + word.len();
        let behind = start + file[start..].iter().position(|byte| *byte == b'>').unwrap();
        let original = verify(file, &strict());
        for _ in 0..MUTANTS {
            let mut mutant = file.clone();
            for _ in 0..=random.below(4) {
                mutate(&mut mutant, &mut random);
            }
            let report = verify(&mutant, &strict());
            let is_covered_whole =
                mutant.len() == file.len() && mutant[..start] == file[..start] && mutant[behind..] == file[behind..];
            if report.verdict != Verdict::Refused {
                assert!(is_covered_whole, "{:#?}", report.findings);
                assert_eq!(report.signatures, original.signatures);
                assert_eq!(report.level, original.level);
            }
            drop(attachments(&mutant));
        }
    }
}

fn mutate(file: &mut Vec<u8>, random: &mut Foretold) {
    let at = random.below(file.len());
    let length = (1 + random.below(64)).min(file.len() - at);
    match random.below(7) {
        0 => file[at] ^= 1 << random.below(8),
        1 => file[at] = random.next().to_le_bytes()[0],
        2 => {
            file.drain(at..at + length);
        }
        3 => {
            let piece = file[at..at + length].to_vec();
            let to = random.below(file.len());
            file.splice(to..to, piece);
        }
        4 => file.truncate(at + 1),
        5 => {
            // Numbers and structure are where readers stumble.
            let words: [&[u8]; 8] =
                [b"<<", b">>", b"[", b"99999999999999999999", b"-1", b"0 0 R", b"endobj", b"stream"];
            let word = words[random.below(words.len())];
            let at = at.min(file.len().saturating_sub(word.len()));
            file[at..at + word.len()].copy_from_slice(word);
        }
        _ => {
            // The tail holds the tables.
            let tail = file.len() - 1 - random.below(file.len().min(2_000));
            file[tail] ^= 1 << random.below(8);
        }
    }
}

#[test]
fn what_is_no_pdf_is_refused_by_name() {
    let nested =
        format!("%PDF-1.7\n1 0 obj\n{}\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n", "[".repeat(100_000));
    let deep_trailer =
        format!("{nested}{}\nstartxref\n{}\n%%EOF", "<</A ".repeat(100_000), nested.find("xref").unwrap());
    let circle = "%PDF-1.7\nxref\n0 0\ntrailer\n<</Root 1 0 R /Prev 9>>\nstartxref\n9\n%%EOF";
    let huge = "%PDF-1.7\nxref\n0 4294967295\ntrailer\n<<>>\nstartxref\n9\n%%EOF";
    let itself = "%PDF-1.7\n1 0 obj\n1 0 R\nendobj\nxref\n1 1\n0000000009 00000 n \ntrailer\n<</Root 1 0 R>>\nstartxref\n30\n%%EOF";
    for (bytes, kind) in [
        (&b""[..], FindingKind::NotPdf),
        (b"GIF89a", FindingKind::NotPdf),
        (b"%PDF-", FindingKind::CutOff),
        (b"%PDF-1.7\nstartxref\n%%EOF", FindingKind::CutOff),
        (b"%PDF-1.7\nstartxref\n99999999999999999999999\n%%EOF", FindingKind::CutOff),
        (b"%PDF-1.7\nstartxref\n4000000000\n%%EOF", FindingKind::BrokenStructure),
        (deep_trailer.as_bytes(), FindingKind::BrokenStructure),
        (circle.as_bytes(), FindingKind::BrokenStructure),
        (huge.as_bytes(), FindingKind::BrokenStructure),
        (itself.as_bytes(), FindingKind::BrokenStructure),
    ] {
        let report = verify(bytes, &Options::default());
        assert_eq!(report.verdict, Verdict::Refused);
        assert!(report.found(kind), "{:?}: {:#?}", bytes[..bytes.len().min(60)].escape_ascii(), report.findings);
    }
}

/// A PDF of these objects, the catalogue first.
fn of_objects(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n1 {}\n", objects.len());
    for (index, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", out.len()).unwrap();
        out.extend([format!("{} 0 obj\n", index + 1).as_bytes(), object, b"\nendobj\n"].concat());
    }
    let at = out.len();
    out.extend(format!("{table}trailer\n<</Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n").into_bytes());
    out
}

/// A catalogue, with a stream beside it that inflates to that many zeros.
fn beside_zeros(catalog: &str, mebibytes: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&vec![0; mebibytes << 20]).unwrap();
    let zeros = encoder.finish().unwrap();
    let head = format!("<</Filter/FlateDecode/Length {}>>\nstream\n", zeros.len());
    of_objects(&[catalog.into(), [head.as_bytes(), &zeros, b"\nendstream"].concat()])
}

#[test]
fn small_streams_that_inflate_are_counted_together() {
    let specification = |name: usize| format!("<</F({name})/EF<</F 2 0 R>>>>");
    let attaching = |names: &mut dyn Iterator<Item = usize>, mebibytes| {
        let files: String = names.map(specification).collect();
        beside_zeros(&format!("<</AF[{files}]>>"), mebibytes)
    };
    let most = PdfError::Broken { at: 0, problem: "streams inflate to more than 64 MiB" }.to_string();
    let most = most.split_once(": ").unwrap().1;
    let refused = |pdf: &[u8]| {
        let report = verify(pdf, &Options::default());
        report
            .findings
            .iter()
            .any(|finding| finding.kind == FindingKind::BrokenStructure && finding.message.contains(most))
    };

    // One file under one name is one file, however often it is listed.
    let pdf = attaching(&mut [7; 100].into_iter(), 20);
    assert_eq!(attachments(&pdf).unwrap().len(), 1);
    assert!(!refused(&pdf));
    assert_eq!(attachments(&attaching(&mut (0..3), 20)).unwrap().len(), 3);
    let pdf = attaching(&mut (0..4), 20);
    assert!(attachments(&pdf).unwrap_err().to_string().contains(most));
    assert!(refused(&pdf));
    assert!(refused(&attaching(&mut (0..1), 65)));
    let many = attachments(&attaching(&mut (0..5_000), 0)).unwrap_err();
    assert!(many.to_string().contains("tree of attached files is too large"), "{many}");

    // The store of certificates and lists is counted as well.
    assert!(refused(&beside_zeros("<</DSS<</Certs[2 0 R]/CRLs[2 0 R]>>>>", 40)));
    assert!(!refused(&beside_zeros("<</DSS<</Certs[2 0 R 2 0 R 2 0 R]>>>>", 40)));
}
