//! ISNI, ISO 27729: public identities of people and organisations.

use std::str::FromStr;

use super::{IdentifierError, digits, excerpt, identifier, squeeze, without_name};

identifier! {
    /// An International Standard Name Identifier, 16 characters: 15 digits and an ISO 7064 MOD 11-2 check character, which is a digit or `X`.
    Isni
}

impl Isni {
    /// The printed form, `0000 0001 2146 438X`.
    pub fn printed(&self) -> String {
        let text = &self.0;
        format!("{} {} {} {}", &text[..4], &text[4..8], &text[8..12], &text[12..])
    }
}

/// ISO 7064 MOD 11-2 over digits.
fn check_character(digits: &[u32]) -> char {
    let total = digits.iter().fold(0, |total, digit| 2 * (total + digit) % 11);
    match (12 - total) % 11 {
        10 => 'X',
        value => char::from_digit(value, 10).expect("the remainder of 11 is a digit if it is not 10"),
    }
}

impl FromStr for Isni {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let plain = squeeze(text);
        let code = without_name(&plain, "ISNI");
        let form = || IdentifierError::Form {
            name: "ISNI",
            form: "15 digits and a check character, a digit or X",
            example: "0000 0001 2146 438X",
            given: excerpt(text),
        };
        let (body, check) = code.split_at_checked(15).ok_or_else(form)?;
        let values = digits(body).ok_or_else(form)?;
        if check.len() != 1 || !(check == "X" || check.as_bytes()[0].is_ascii_digit()) {
            return Err(form());
        }
        let expected = check_character(&values);
        if !check.starts_with(expected) {
            return Err(IdentifierError::Check { name: "ISNI", expected: expected.to_string(), given: excerpt(text) });
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
        assert_eq!("isni 0000 0001 2146 438x".parse::<Isni>().unwrap().as_str(), "000000012146438X");
        assert_eq!("0000000405062673".parse::<Isni>().unwrap().printed(), "0000 0004 0506 2673");
        assert!(matches!("0000000405062674".parse::<Isni>(), Err(IdentifierError::Check { .. })));
        for text in ["", "000000040506267", "00000004050626733", "X000000405062673", "000000040506267é"] {
            assert!(matches!(text.parse::<Isni>(), Err(IdentifierError::Form { .. })), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn exactly_one_check_character_is_right(number in "[0-9]{15}") {
            let right: Vec<Isni> = "0123456789X".chars().filter_map(|check| format!("{number}{check}").parse().ok()).collect();
            prop_assert_eq!(right.len(), 1);
            prop_assert_eq!(right[0].printed().parse::<Isni>(), Ok(right[0].clone()));
        }

        #[test]
        fn a_swap_of_neighbours_is_noticed(number in "[0-9]{15}", place in 0_usize..14) {
            let values = digits(&number).unwrap();
            prop_assume!(values[place] != values[place + 1]);
            let mut swapped = values.clone();
            swapped.swap(place, place + 1);
            prop_assert_ne!(check_character(&values), check_character(&swapped));
        }
    }
}
