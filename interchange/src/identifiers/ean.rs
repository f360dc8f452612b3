//! EAN-13 and UPC-A, GS1: releases.

use std::str::FromStr;

use super::{IdentifierError, digits, excerpt, identifier, squeeze, without_name};

identifier! {
    /// An EAN-13, 13 digits; a UPC-A of 12 is one with a zero in front. The check digit is weighted 3 and 1 from the right.
    Ean
}

impl Ean {
    /// The printed form: a UPC-A as its 12 digits, any other as its 13.
    pub fn printed(&self) -> &str {
        self.upc().unwrap_or(&self.0)
    }

    /// The UPC-A, if it is one.
    pub fn upc(&self) -> Option<&str> {
        self.0.strip_prefix('0')
    }
}

impl FromStr for Ean {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let plain = squeeze(text);
        let code = without_name(without_name(&plain, "EAN"), "UPC");
        let form = || IdentifierError::Form {
            name: "EAN or UPC",
            form: "13 digits (EAN) or 12 (UPC)",
            example: "5901234123457",
            given: excerpt(text),
        };
        if !(12..=13).contains(&code.len()) {
            return Err(form());
        }
        let code = format!("{code:0>13}");
        let values = digits(&code).ok_or_else(form)?;
        let sum: u32 = values[..12].iter().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
        let expected = (10 - sum % 10) % 10;
        if expected != values[12] {
            let expected = expected.to_string();
            return Err(IdentifierError::Check { name: "EAN or UPC", expected, given: excerpt(text) });
        }
        Ok(Self(code))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn published_numbers_hold() {
        assert_eq!("590-1234-12345-7".parse::<Ean>().unwrap().as_str(), "5901234123457");
        let upc: Ean = "UPC 036000291452".parse().unwrap();
        assert_eq!((upc.as_str(), upc.upc(), upc.printed()), ("0036000291452", Some("036000291452"), "036000291452"));
        assert!(matches!("5901234123458".parse::<Ean>(), Err(IdentifierError::Check { .. })));
        for text in ["", "59012341234", "59012341234570", "590123412345X"] {
            assert!(matches!(text.parse::<Ean>(), Err(IdentifierError::Form { .. })), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn exactly_one_check_digit_is_right(number in "[0-9]{12}") {
            let right: Vec<Ean> = (0..10).filter_map(|check| format!("{number}{check}").parse().ok()).collect();
            prop_assert_eq!(right.len(), 1);
            prop_assert_eq!(right[0].printed().parse::<Ean>(), Ok(right[0].clone()));
        }
    }
}
