//! Which documents a file says that it is: the references that it names as its own. Whoever seals a copy carries them along.

use std::collections::BTreeSet;

use serde::Deserialize;

/// What references begin with: agreements, orders and their licences.
const BEGINNINGS: [&[u8]; 2] = [b"AG-", b"LL-"];

/// How many characters follow.
const LENGTH: usize = 8;

/// The most references that are told of a file.
const MOST: usize = 20;

/// What stands before a document's keywords, which its reference is among, and what ends them: in its metadata, and in the older table of them.
const KEYWORDS: [(&[u8], u8); 2] = [(b"<pdf:Keywords>", b'<'), (b"/Keywords", b')')];

/// The most bytes of keywords that are read.
const MOST_BYTES: usize = 1000;

/// The most places with keywords that are read.
const MOST_PLACES: usize = 100;

/// The evidence of a signing, as far as it names its agreement.
#[derive(Deserialize)]
struct Evidence {
    reference: String,
}

/// The references that a file names as its own, each once: in its metadata, and as the one that its evidence is of. Others may stand in what
/// people wrote in it, and say nothing of what it is. Whether the file is what they name, they do not say.
pub fn references(pdf: &[u8], evidence: Option<&[u8]>) -> Vec<String> {
    let mut found: BTreeSet<String> = evidence.and_then(own_reference).into_iter().collect();
    for keywords in keywords(pdf).take(MOST_PLACES) {
        for at in 0..keywords.len() {
            if found.len() >= MOST {
                break;
            }
            found.extend(read(keywords, at));
        }
    }
    found.into_iter().collect()
}

/// Whether a file names a text, by its SHA-256, among its keywords: as every document of ours names the text that it shows.
pub(super) fn names_text(pdf: &[u8], sha256: &str) -> bool {
    let hash = sha256.as_bytes();
    !hash.is_empty() && keywords(pdf).take(MOST_PLACES).any(|words| words.windows(hash.len()).any(|word| word == hash))
}

/// The agreement whose evidence it is.
fn own_reference(evidence: &[u8]) -> Option<String> {
    let Evidence { reference } = serde_json::from_slice(evidence).ok()?;
    read(reference.as_bytes(), 0).filter(|read| *read == reference)
}

/// The keywords of a file, wherever it has some.
fn keywords(pdf: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..pdf.len()).filter_map(move |at| {
        let rest = &pdf[at..];
        let (before, end) = KEYWORDS.iter().find(|(before, _)| rest.starts_with(before))?;
        let behind = &rest[before.len()..];
        behind[..behind.len().min(MOST_BYTES)].split(|byte| byte == end).next()
    })
}

/// The reference that begins at a place, with the number of its licence; none if none does.
fn read(bytes: &[u8], at: usize) -> Option<String> {
    let rest = bytes.get(at..)?;
    let beginning = BEGINNINGS.iter().find(|beginning| rest.starts_with(beginning))?;
    if at > 0 && bytes[at - 1].is_ascii_alphanumeric() {
        return None;
    }
    let end = beginning.len() + LENGTH;
    let is_own = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    let code = rest.get(beginning.len()..end).filter(|code| code.iter().all(is_own))?;
    let behind = rest.get(end..).unwrap_or_default();
    if behind.first().is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let mut text = [*beginning, code].concat();
    if let Some((b'-', number)) = behind.split_first() {
        let digits = number.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if (1..=3).contains(&digits) {
            text.push(b'-');
            text.extend_from_slice(&number[..digits]);
        }
    }
    String::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::{names_text, references};

    #[test]
    fn each_reference_is_found_once_and_nothing_else() {
        let pdf = b"<pdf:Keywords>LL-7K3M9Q2X-1, AG-7K3M9Q2X</pdf:Keywords> /Keywords (AG-7K3M9Q2X XAG-11111111 \
            AG-7K3M9Q2 AG-7K3M9Q2XY ag-7k3m9q2x LL-ABCDEFGH-1234) /Reason (AG-22222222 was signed)";
        assert_eq!(references(pdf, None), ["AG-7K3M9Q2X", "LL-7K3M9Q2X-1", "LL-ABCDEFGH"]);
        let many: Vec<String> = (0..60).map(|n| format!("AG-{n:08}")).collect();
        assert_eq!(references(format!("/Keywords({})", many.join(" ")).as_bytes(), None).len(), 20);
        for nothing in [&b""[..], b"/Keywords", b"/Keywords(AG-", b"/Keywords(LL-7K3M9Q2)", b"/Keywords\xff\xfeAG-\xff"]
        {
            assert!(references(nothing, None).is_empty());
        }
    }

    #[test]
    fn a_text_is_named_among_the_keywords_alone() {
        let pdf = b"abc0 <pdf:Keywords>AG-7K3M9Q2X, abc1</pdf:Keywords> abc2 /Keywords(abc3)";
        assert!(names_text(pdf, "abc1") && names_text(pdf, "abc3"));
        assert!(!names_text(pdf, "abc0") && !names_text(pdf, "abc2") && !names_text(pdf, ""));
    }

    #[test]
    fn of_the_evidence_only_the_agreement_that_it_is_of_counts() {
        let evidence = br#"{"entries":[{"event":"It replaces AG-11111111"}],"reference":"AG-00000000"}"#;
        assert_eq!(references(b"", Some(evidence)), ["AG-00000000"]);
        for nothing in [&b""[..], b"AG-00000000", br#"{"reference":"see AG-00000000"}"#, br#"{"reference":7}"#] {
            assert!(references(b"", Some(nothing)).is_empty());
        }
    }
}
