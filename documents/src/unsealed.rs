//! Documents that are typeset here and never sealed, since they are made anew whenever they are asked for: known by what a file says that it is.

use crate::texts::{Language, Texts};

/// A document that is never sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsealed {
    /// The receipt of an order.
    Receipt,
    /// The certificate of a licence.
    Certificate,
}

/// What stands before a file's word for what it is, and what ends that: in its metadata, and in the older table of them.
const PLACES: [(&[u8], &[u8]); 2] = [(b"<dc:description>", b"</rdf:li>"), (b"/Subject", b")")];

/// The most bytes of such a place that are read.
const MOST_BYTES: usize = 300;

impl Unsealed {
    const ALL: [Self; 2] = [Self::Receipt, Self::Certificate];

    /// What it is, as it stands in a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receipt => "a receipt",
            Self::Certificate => "a certificate of a licence",
        }
    }

    fn texts(self, language: Language) -> &'static Texts {
        match self {
            Self::Receipt => language.receipt_texts(),
            Self::Certificate => language.certificate_texts(),
        }
    }

    fn is_called(self, word: &[u8]) -> bool {
        Language::ALL
            .into_iter()
            .any(|language| self.texts(language).say("kind", &[]).is_ok_and(|kind| kind.as_bytes() == word))
    }
}

/// What a file says that it is, if that is one of these. Whoever made it may have made that up.
pub fn unsealed(pdf: &[u8]) -> Option<Unsealed> {
    let mut words = PLACES.into_iter().filter_map(|(before, end)| word(pdf, before, end));
    words.find_map(|word| Unsealed::ALL.into_iter().find(|kind| kind.is_called(word)))
}

/// What stands in the first such place of a file, behind whatever opens it.
fn word<'p>(pdf: &'p [u8], before: &[u8], end: &[u8]) -> Option<&'p [u8]> {
    let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|window| window == what);
    let behind = &pdf[find(pdf, before)? + before.len()..];
    let behind = &behind[..behind.len().min(MOST_BYTES)];
    let place = &behind[..find(behind, end)?];
    place.rsplit(|byte| matches!(byte, b'>' | b'(')).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_calls_itself_and_nothing_more() {
        let xmp = |kind: &str| {
            format!(
                "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{kind}</rdf:li></rdf:Alt></dc:description>"
            )
        };
        assert_eq!(unsealed(xmp("Receipt").as_bytes()), Some(Unsealed::Receipt));
        assert_eq!(unsealed(xmp("Certificate of licence").as_bytes()), Some(Unsealed::Certificate));
        assert_eq!(unsealed(b"<< /Subject (Receipt) >>"), Some(Unsealed::Receipt));
        for other in
            [xmp("Beat licence agreement"), xmp("Receipt of something"), "/Subject (Receipt".to_owned(), String::new()]
        {
            assert_eq!(unsealed(other.as_bytes()), None, "{other}");
        }
    }
}
