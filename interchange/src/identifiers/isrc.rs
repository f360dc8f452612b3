//! ISRC, ISO 3901: recordings.

use std::str::FromStr;

use super::{IdentifierError, excerpt, identifier, squeeze, without_name};

identifier! {
    /// An International Standard Recording Code, 12 characters: two letters, three letters or digits, two digits of the year, five more.
    /// It has no check digit.
    Isrc
}

impl Isrc {
    /// The printed form, `AA-6Q7-20-00047`.
    pub fn printed(&self) -> String {
        let text = &self.0;
        format!("{}-{}-{}-{}", &text[..2], &text[2..5], &text[5..7], &text[7..])
    }
}

impl FromStr for Isrc {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let plain = squeeze(text);
        // An Icelandic code of the registrant `RC…` begins with ISRC, too: the name is dropped only where a whole code follows it.
        let code = if plain.len() > 12 { without_name(&plain, "ISRC") } else { &plain };
        let bytes = code.as_bytes();
        let well_formed = bytes.len() == 12
            && bytes[..2].iter().all(u8::is_ascii_uppercase)
            && bytes[2..5].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            && bytes[5..].iter().all(u8::is_ascii_digit);
        if well_formed {
            return Ok(Self(code.to_owned()));
        }
        Err(IdentifierError::Form {
            name: "ISRC",
            form: "two letters, three letters or digits, and seven digits",
            example: "AA-6Q7-20-00047",
            given: excerpt(text),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_code_are_one_code() {
        for text in ["AA6Q72000047", "aa-6q7-20-00047", "ISRC AA6Q72000047", "isrc: AA-6Q7-20-00047", "AA 6Q7 20 00047"]
        {
            assert_eq!(text.parse::<Isrc>().unwrap().as_str(), "AA6Q72000047", "{text:?}");
        }
        assert_eq!("ISRC12345678".parse::<Isrc>().unwrap().as_str(), "ISRC12345678");
        for text in
            ["", "ISRC", "AA6Q7200004", "AA6Q720000470", "A16Q72000047", "AA6Q7200004X", "ÄA6Q72000047", "AA6_72000047"]
        {
            assert!(matches!(text.parse::<Isrc>(), Err(IdentifierError::Form { name: "ISRC", .. })), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_printed_form_reads_back(code in "[A-Z]{2}[A-Z0-9]{3}[0-9]{7}") {
            let isrc: Isrc = code.parse().unwrap();
            prop_assert_eq!(isrc.as_str(), code.as_str());
            prop_assert_eq!(isrc.printed().parse::<Isrc>(), Ok(isrc.clone()));
            prop_assert_eq!(format!("ISRC {}", isrc.printed()).parse::<Isrc>(), Ok(isrc));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = text.parse::<Isrc>();
        }
    }
}
