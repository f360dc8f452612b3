//! IPI, the numbers of CISAC for interested parties: the name number (a name of a party) and the base number (the party).

use std::str::FromStr;

use super::{IdentifierError, digits, excerpt, identifier, squeeze, weighted_check, without_name};

identifier! {
    /// An IPI name number, 11 digits, of which the last two check the first nine: with S the sum of the nine times 10, 9, …, 2 and
    /// m = S mod 101 they are 00 if m = 0, else (101 − m) mod 100.
    IpiNameNumber
}

impl IpiNameNumber {
    /// The printed form, which is the plain one.
    pub fn printed(&self) -> &str {
        &self.0
    }
}

impl FromStr for IpiNameNumber {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let plain = squeeze(text);
        let code = without_name(&plain, "IPI");
        let form = || IdentifierError::Form {
            name: "IPI name number",
            form: "11 digits, zeros in front included or left out",
            example: "00045620792",
            given: excerpt(text),
        };
        // A shorter text could be half of a number: nine digits are the least that a society prints.
        if !(9..=11).contains(&code.len()) {
            return Err(form());
        }
        let code = format!("{code:0>11}");
        let values = digits(&code).ok_or_else(form)?;
        let sum: u32 = (2..=10).rev().zip(&values[..9]).map(|(weight, digit)| weight * digit).sum();
        let expected = match sum % 101 {
            0 => 0,
            rest => (101 - rest) % 100,
        };
        if expected != values[9] * 10 + values[10] {
            let expected = format!("{expected:02}");
            return Err(IdentifierError::Check { name: "IPI name number", expected, given: excerpt(text) });
        }
        Ok(Self(code))
    }
}

identifier! {
    /// An IPI base number, 11 characters in plain form: `I`, nine digits and a check digit, the ISWC's sum starting at 2.
    IpiBaseNumber
}

impl IpiBaseNumber {
    /// The printed form, `I-001068130-6`.
    pub fn printed(&self) -> String {
        format!("I-{}-{}", &self.0[1..10], &self.0[10..])
    }
}

impl FromStr for IpiBaseNumber {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let plain = squeeze(text);
        let code = without_name(&plain, "IPI");
        let form = || IdentifierError::Form {
            name: "IPI base number",
            form: "an I, nine digits and a check digit",
            example: "I-001068130-6",
            given: excerpt(text),
        };
        let values = code.strip_prefix('I').filter(|rest| rest.len() == 10).and_then(digits).ok_or_else(form)?;
        let expected = weighted_check(2, &values[..9]);
        if expected != values[9] {
            let expected = expected.to_string();
            return Err(IdentifierError::Check { name: "IPI base number", expected, given: excerpt(text) });
        }
        Ok(Self(code.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn published_numbers_hold() {
        for text in ["00045620792", "045620792", "000 456 207 92", "IPI: 00045620792"] {
            assert_eq!(text.parse::<IpiNameNumber>().unwrap().as_str(), "00045620792", "{text:?}");
        }
        assert_eq!("I-001068130-6".parse::<IpiBaseNumber>().unwrap().as_str(), "I0010681306");
        assert_eq!("i0010681306".parse::<IpiBaseNumber>().unwrap().printed(), "I-001068130-6");
        assert!(matches!("00045620793".parse::<IpiNameNumber>(), Err(IdentifierError::Check { .. })));
        assert!(matches!("I-001068130-7".parse::<IpiBaseNumber>(), Err(IdentifierError::Check { .. })));
        for text in ["", "12", "000456207920", "0004562079X"] {
            assert!(matches!(text.parse::<IpiNameNumber>(), Err(IdentifierError::Form { .. })), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn exactly_one_ending_of_a_name_number_is_right(number in "[0-9]{9}") {
            let right = (0..100).filter(|check| format!("{number}{check:02}").parse::<IpiNameNumber>().is_ok()).count();
            prop_assert_eq!(right, 1);
        }

        #[test]
        fn exactly_one_check_digit_of_a_base_number_is_right(number in "[0-9]{9}") {
            let right: Vec<IpiBaseNumber> = (0..10).filter_map(|check| format!("I{number}{check}").parse().ok()).collect();
            prop_assert_eq!(right.len(), 1);
            prop_assert_eq!(right[0].printed().parse::<IpiBaseNumber>(), Ok(right[0].clone()));
        }
    }
}
