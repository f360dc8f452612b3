//! IPN, the International Performer Number of SCAPR: performers.

use std::str::FromStr;

use super::{IdentifierError, digits, excerpt, identifier, squeeze, without_name};

identifier! {
    /// An International Performer Number, eight digits. It has no check digit that is published.
    Ipn
}

impl Ipn {
    /// The printed form, which is the plain one.
    pub fn printed(&self) -> &str {
        &self.0
    }
}

impl FromStr for Ipn {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let plain = squeeze(text);
        let code = without_name(&plain, "IPN");
        if code.len() == 8 && digits(code).is_some() {
            return Ok(Self(code.to_owned()));
        }
        Err(IdentifierError::Form {
            name: "IPN",
            form: "eight digits, zeros in front included",
            example: "00012345",
            given: excerpt(text),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_are_one_number() {
        for text in ["00012345", "IPN 0001 2345", "ipn: 00012345"] {
            assert_eq!(text.parse::<Ipn>().unwrap().printed(), "00012345", "{text:?}");
        }
        for text in ["", "12345", "000123456", "0001234X"] {
            assert!(matches!(text.parse::<Ipn>(), Err(IdentifierError::Form { .. })), "{text:?}");
        }
    }
}
