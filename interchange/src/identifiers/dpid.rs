//! DPID: who sends and receives messages of DDEX.

use std::str::FromStr;

use super::{IdentifierError, excerpt, identifier, squeeze, without_name};

identifier! {
    /// A DDEX party identifier, 18 characters: `PADPIDA`, ten letters or digits, and an ISO 7064 MOD 37,36 check character.
    Dpid
}

impl Dpid {
    /// The printed form, `PA-DPIDA-2013020802-I`.
    pub fn printed(&self) -> String {
        let text = &self.0;
        format!("{}-{}-{}-{}", &text[..2], &text[2..7], &text[7..17], &text[17..])
    }
}

/// ISO 7064 MOD 37,36 over digits and letters, which count from 10.
fn check_character(body: &str) -> char {
    let product = body.chars().filter_map(|c| c.to_digit(36)).fold(36, |product, value| {
        let sum = (product + value) % 36;
        (if sum == 0 { 36 } else { sum }) * 2 % 37
    });
    char::from_digit((37 - product) % 36, 36).expect("the remainder of 36 is a digit of that base").to_ascii_uppercase()
}

impl FromStr for Dpid {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let plain = squeeze(text);
        let code = without_name(&plain, "DPID");
        if code.len() != 18 || !code.starts_with("PADPIDA") || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(IdentifierError::Form {
                name: "identifier of a DDEX party",
                form: "PADPIDA, ten letters or digits and a check character",
                example: "PA-DPIDA-2013020802-I",
                given: excerpt(text),
            });
        }
        let expected = check_character(&code[..17]);
        if !code.ends_with(expected) {
            let expected = expected.to_string();
            return Err(IdentifierError::Check { name: "identifier of a DDEX party", expected, given: excerpt(text) });
        }
        Ok(Self(code.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn published_identifiers_hold() {
        for text in ["PA-DPIDA-2013020802-I", "padpida2013020802i", "DPID: PADPIDA2013020802I"] {
            assert_eq!(text.parse::<Dpid>().unwrap().as_str(), "PADPIDA2013020802I", "{text:?}");
        }
        assert_eq!("PADPIDA2007040502I".parse::<Dpid>().unwrap().printed(), "PA-DPIDA-2007040502-I");
        assert!(matches!("PADPIDA2013020802J".parse::<Dpid>(), Err(IdentifierError::Check { .. })));
        for text in ["", "PADPIDA2013020802", "PADPIDA2013020802II", "A1DPIDA2013020802I", "PADPIDA20130208é2I"] {
            assert!(matches!(text.parse::<Dpid>(), Err(IdentifierError::Form { .. })), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn exactly_one_check_character_is_right(number in "[0-9A-Z]{10}") {
            let right: Vec<Dpid> =
                ('0'..='9').chain('A'..='Z').filter_map(|check| format!("PADPIDA{number}{check}").parse().ok()).collect();
            prop_assert_eq!(right.len(), 1);
            prop_assert_eq!(right[0].printed().parse::<Dpid>(), Ok(right[0].clone()));
        }
    }
}
